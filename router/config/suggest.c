/* suggest.c: the known word that is closest to what was written.
 *
 * The distance is that of Damerau and Levenshtein in its restricted form ("optimal string
 * alignment"), which knows the four slips that hands make. */
#include "config/suggest.h"

#include <string.h>

guint
suggest_distance (const char *a, const char *b)
{
  /* Three rows of the table: for the two letters before, the letter before, and this letter of a.
   */
  guint rows[3][SUGGEST_WORD_BYTES + 1];
  guint *before = rows[0], *last = rows[1], *row = rows[2];
  gsize a_length = strlen (a), b_length = strlen (b);

  if (a_length > SUGGEST_WORD_BYTES || b_length > SUGGEST_WORD_BYTES)
    return G_MAXUINT;
  for (gsize j = 0; j <= b_length; j++)
    last[j] = (guint) j;
  for (gsize i = 1; i <= a_length; i++)
    {
      char a_letter = g_ascii_tolower (a[i - 1]);
      guint *spare = before;

      row[0] = (guint) i;
      for (gsize j = 1; j <= b_length; j++)
        {
          char b_letter = g_ascii_tolower (b[j - 1]);
          guint steps = last[j - 1] + (a_letter != b_letter);

          steps = MIN (steps, MIN (last[j], row[j - 1]) + 1);
          if (i > 1 && j > 1 && a_letter == g_ascii_tolower (b[j - 2]) &&
              b_letter == g_ascii_tolower (a[i - 2]))
            steps = MIN (steps, before[j - 2] + 1);
          row[j] = steps;
        }
      before = last;
      last = row;
      row = spare;
    }
  return last[b_length];
}

void
suggestion_init (Suggestion *suggestion, const char *word)
{
  gsize length = strlen (word);

  suggestion->word = word;
  suggestion->best = NULL;
  /* One slip in three letters: further away it would be a guess, not a suggestion. */
  suggestion->distance = (guint) MIN (length, SUGGEST_WORD_BYTES) / 3 + 1;
  if (length < 3)
    suggestion->distance = (guint) length;
}

void
suggestion_offer (Suggestion *suggestion, const char *candidate)
{
  guint distance = suggest_distance (suggestion->word, candidate);

  if (distance > suggestion->distance)
    return;
  if (distance == suggestion->distance &&
      (!suggestion->best || strcmp (candidate, suggestion->best) >= 0))
    return;
  suggestion->best = candidate;
  suggestion->distance = distance;
}

const char *
suggestion_get (const Suggestion *suggestion)
{
  return suggestion->best;
}

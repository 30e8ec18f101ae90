#include "config.h"

#include "sb-line-diff.h"

#include <string.h>

/* What is compared line by line, between what both texts begin and end with: the table of longest
 * common parts has the square of it.  Longer ones are told as taken out and put in as a whole. */
#define MAX_COMPARED 2000

struct SbLineDiff
{
  char **before, **after;
  GArray *lines; /* SbDiffLine */
};

static char **
split (const char *text)
{
  char **lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  guint n = g_strv_length (lines);

  /* A text ends with its last line's end; an empty one has no lines. */
  if (n > 0 && *lines[n - 1] == '\0')
    g_clear_pointer (&lines[n - 1], g_free);
  return lines;
}

static void
add (SbLineDiff *self, char sign, const char *text, guint index)
{
  SbDiffLine line = { sign, text, index + 1 };

  g_array_append_val (self->lines, line);
}

/* table[i][j]: the longest part that what begins at i and at j has in common. */
static guint16 *
new_table (char **before, guint n_before, char **after, guint n_after)
{
  guint width = n_after + 1;
  guint16 *table = g_new0 (guint16, (gsize) (n_before + 1) * width);

  for (guint i = n_before; i-- > 0;)
    for (guint j = n_after; j-- > 0;)
      table[i * width + j] = strcmp (before[i], after[j]) == 0
                                 ? (guint16) (table[(i + 1) * width + j + 1] + 1)
                                 : MAX (table[(i + 1) * width + j], table[i * width + j + 1]);
  return table;
}

static void
compare (SbLineDiff *self, guint start, guint n_before, guint n_after)
{
  char **before = self->before + start, **after = self->after + start;
  gboolean too_long = n_before > MAX_COMPARED || n_after > MAX_COMPARED;
  g_autofree guint16 *table = too_long ? NULL : new_table (before, n_before, after, n_after);
  guint width = n_after + 1, i = 0, j = 0;

  while (i < n_before || j < n_after)
    if (table != NULL && i < n_before && j < n_after && strcmp (before[i], after[j]) == 0)
      {
        add (self, ' ', after[j], start + j);
        i++;
        j++;
      }
    else if (i < n_before && (j == n_after || table == NULL ||
                              table[(i + 1) * width + j] >= table[i * width + j + 1]))
      {
        add (self, '-', before[i], start + i);
        i++;
      }
    else
      {
        add (self, '+', after[j], start + j);
        j++;
      }
}

static void
compare_all (SbLineDiff *self)
{
  guint n_before = g_strv_length (self->before), n_after = g_strv_length (self->after);
  guint start = 0, end = 0;

  while (start < n_before && start < n_after &&
         strcmp (self->before[start], self->after[start]) == 0)
    {
      add (self, ' ', self->after[start], start);
      start++;
    }
  while (end < n_before - start && end < n_after - start &&
         strcmp (self->before[n_before - 1 - end], self->after[n_after - 1 - end]) == 0)
    end++;
  compare (self, start, n_before - start - end, n_after - start - end);
  for (guint i = n_after - end; i < n_after; i++)
    add (self, ' ', self->after[i], i);
}

static gboolean
is_near (GArray *lines, guint at, guint context)
{
  guint from = at > context ? at - context : 0, to = MIN (at + context, lines->len - 1);

  for (guint i = from; i <= to; i++)
    if (g_array_index (lines, SbDiffLine, i).sign != ' ')
      return TRUE;
  return FALSE;
}

static void
leave_out (SbLineDiff *self, guint context)
{
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (SbDiffLine));
  gboolean was_kept = TRUE;

  for (guint i = 0; i < self->lines->len; i++)
    {
      SbDiffLine line = g_array_index (self->lines, SbDiffLine, i);
      gboolean keep = is_near (self->lines, i, context);
      SbDiffLine gap = { '@', "", line.line };

      if (keep)
        g_array_append_val (kept, line);
      else if (was_kept)
        g_array_append_val (kept, gap);
      was_kept = keep;
    }
  g_array_unref (self->lines);
  self->lines = kept;
}

SbLineDiff *
sb_line_diff_new (const char *before, const char *after, guint context)
{
  SbLineDiff *self = g_new0 (SbLineDiff, 1);

  self->before = split (before);
  self->after = split (after);
  self->lines = g_array_new (FALSE, FALSE, sizeof (SbDiffLine));
  compare_all (self);
  leave_out (self, context);
  return self;
}

void
sb_line_diff_free (SbLineDiff *self)
{
  g_strfreev (self->before);
  g_strfreev (self->after);
  g_array_unref (self->lines);
  g_free (self);
}

const SbDiffLine *
sb_line_diff_get (SbLineDiff *self, guint *out_n)
{
  *out_n = self->lines->len;
  return (const SbDiffLine *) self->lines->data;
}

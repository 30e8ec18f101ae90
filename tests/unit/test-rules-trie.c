/* The wildcard score, against every score that is known and against its definition. */
#include "rules/rules.h"
#include "rules/trie.h"

#include <glib.h>
#include <string.h>

static guint
score_of (const char *pattern)
{
  RulesError error = { 0 };
  guint score = G_MAXUINT;

  if (!rules_wildcard_score (pattern, strlen (pattern), &score, &error))
    g_error ("%s: %s", pattern, error.reason);
  return score;
}

static guint
wildcard_score (const char *wildcard)
{
  g_autofree char *pattern = g_strdup_printf ("{\"a\":[{\"wildcard\":\"%s\"}]}", wildcard);

  return score_of (pattern);
}

/* As EventBridge's own library counts them; of the last two EventBridge accepts one. */
static void
test_known (void)
{
  g_assert_cmpuint (wildcard_score ("*"), ==, 2);
  g_assert_cmpuint (wildcard_score ("*a"), ==, 2);
  g_assert_cmpuint (wildcard_score ("a*"), ==, 2);
  g_assert_cmpuint (wildcard_score ("*a*"), ==, 3);
  g_assert_cmpuint (wildcard_score ("dir/*/file*.txt"), ==, 3);
  g_assert_cmpuint (wildcard_score ("*a*b*"), ==, 4);
  g_assert_cmpuint (wildcard_score ("*/dir/*"), ==, 4);
  g_assert_cmpuint (wildcard_score ("/Users/*/dir/dir/dir/dir/dir/doc.txt"), ==, 7);
  g_assert_cmpuint (wildcard_score ("*:*:*:*:event-bus/*"), ==, 9);
  g_assert_cmpuint (wildcard_score ("*:*:*:*:*:event-bus/*"), ==, 11);
}

static void
test_scopes (void)
{
  g_assert_cmpuint (score_of ("{\"a\":[\"x\"]}"), ==, 0);
  g_assert_cmpuint (score_of ("{\"a\":[{\"wildcard\":\"abc\"}]}"), ==, 1);
  g_assert_cmpuint (score_of ("{\"a\":[{\"wildcard\":\"*:x/*\"},{\"wildcard\":\"*:y/*\"}]}"), ==,
                    6);
  /* The same one twice counts once. */
  g_assert_cmpuint (score_of ("{\"a\":[{\"wildcard\":\"*a*\"},{\"wildcard\":\"*a*\"}]}"), ==, 3);
  /* Fields do not add up; the greatest counts. */
  g_assert_cmpuint (score_of ("{\"a\":[{\"wildcard\":\"*a*\"}],\"b\":[{\"wildcard\":\"*a*b*\"}]}"),
                    ==, 4);
  /* Branches do where they look at a field together. */
  g_assert_cmpuint (
      score_of (
          "{\"$or\":[{\"a\":[{\"wildcard\":\"*:x/*\"}]},{\"a\":[{\"wildcard\":\"*:y/*\"}]}]}"),
      ==, 6);
  g_assert_cmpuint (score_of ("{\"$or\":[{\"0\":[1],\"a\":[{\"wildcard\":\"*:x/*\"}]},"
                              "{\"0\":[2],\"a\":[{\"wildcard\":\"*:y/*\"}]}]}"),
                    ==, 3);
  g_assert_cmpuint (score_of ("{\"$or\":[{\"0\":[1],\"a\":[{\"wildcard\":\"*:x/*\"}]},"
                              "{\"0\":[1],\"a\":[{\"wildcard\":\"*:y/*\"}]}]}"),
                    ==, 6);
  /* What one exclusion lists shares its beginnings. */
  g_assert_cmpuint (score_of ("{\"a\":[{\"anything-but\":{\"wildcard\":[\"*1\",\"*2\",\"*3\"]}}]}"),
                    ==, 2);
  /* But not the letters behind a star. */
  g_assert_cmpuint (score_of ("{\"a\":[{\"anything-but\":{\"wildcard\":[\"*a1\",\"*a2\"]}}]}"), ==,
                    3);
  g_assert_cmpuint (score_of ("{\"a\":[{\"anything-but\":{\"wildcard\":[\"*1a\",\"*1b\"]}}]}"), ==,
                    2);
}

/* ---- The definition -------------------------------------------------------------------------- */

/* Whether the first length characters of the wildcard fit the whole value. */
static gboolean
prefix_fits (const char *wildcard, gsize length, const char *value)
{
  if (length == 0)
    return *value == '\0';
  if (*wildcard == '*')
    return prefix_fits (wildcard + 1, length - 1, value) ||
           (*value != '\0' && prefix_fits (wildcard, length, value + 1));
  return *wildcard == *value && prefix_fits (wildcard + 1, length - 1, value + 1);
}

static guint
count_prefixes (const char *const *wildcards, guint n, const char *value)
{
  guint count = 0;

  for (guint i = 0; i < n; i++)
    for (gsize length = 1; length <= strlen (wildcards[i]); length++)
      count += prefix_fits (wildcards[i], length, value);
  return count;
}

/* The best over all values up to a length. */
static guint
best_value (const char *const *wildcards, guint n, char *value, gsize length, gsize max_length)
{
  guint best = count_prefixes (wildcards, n, value);

  if (length == max_length)
    return best;
  for (const char *c = "ab\""; *c; c++)
    {
      guint more;

      value[length] = *c;
      value[length + 1] = '\0';
      more = best_value (wildcards, n, value, length + 1, max_length);
      best = MAX (best, more);
    }
  value[length] = '\0';
  return best;
}

static char *
random_wildcard (GRand *random)
{
  GString *text = g_string_new ("\"");
  guint n = (guint) g_rand_int_range (random, 0, 5);

  for (guint i = 0; i < n; i++)
    {
      char c = "ab*"[g_rand_int_range (random, 0, 3)];

      if (c != '*' || text->str[text->len - 1] != '*')
        g_string_append_c (text, c);
    }
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

/* Values of eight bytes reach every star of two short wildcards and leave room for the best end. */
static void
test_against_definition (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *first = random_wildcard (random);
      g_autofree char *second = random_wildcard (random);
      const char *wildcards[] = { first, second };
      guint n = g_str_equal (first, second) ? 1 : 2;
      char value[16] = "\"";
      Arena arena;
      Trie trie;
      guint score;

      arena_init (&arena, NULL);
      trie_init (&trie, &arena);
      for (guint j = 0; j < n; j++)
        g_assert_true (
            trie_add_wildcard (&trie, wildcards[j] + 1, strlen (wildcards[j]) - 2, wildcards[j]));
      g_assert_true (trie_score (&trie, G_MAXUINT, &score));
      g_test_message ("%s %s", first, second);
      g_assert_cmpuint (score, ==, best_value (wildcards, n, value, 1, 8));
      arena_clear (&arena);
    }
}

static void
test_limit_stops (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Arena arena;
  Trie trie;
  guint score;

  for (guint i = 0; i < 30000; i++)
    g_string_append (text, "*ab");
  arena_init (&arena, NULL);
  trie_init (&trie, &arena);
  g_assert_true (trie_add_wildcard (&trie, text->str, text->len, text));
  g_assert_true (trie_score (&trie, 10, &score));
  g_assert_cmpuint (score, >, 10);
  arena_clear (&arena);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/trie/known", test_known);
  g_test_add_func ("/rules/trie/scopes", test_scopes);
  g_test_add_func ("/rules/trie/against-definition", test_against_definition);
  g_test_add_func ("/rules/trie/limit-stops", test_limit_stops);
  return g_test_run ();
}

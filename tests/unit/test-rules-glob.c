/* Wildcards, against the plainest matcher that there is. */
#include "rules/glob.h"

#include <glib.h>
#include <string.h>

/* The definition, by recursion. */
static gboolean
plain_match (const char *pattern, const char *value)
{
  if (*pattern == '\0')
    return *value == '\0';
  if (*pattern == '*')
    return plain_match (pattern + 1, value) || (*value != '\0' && plain_match (pattern, value + 1));
  return *pattern == *value && plain_match (pattern + 1, value + 1);
}

static void
random_text (GRand *random, const char *characters, guint max_length, char *out)
{
  guint length = (guint) g_rand_int_range (random, 0, (gint) max_length + 1);

  for (guint i = 0; i < length; i++)
    out[i] = characters[g_rand_int_range (random, 0, (gint) strlen (characters))];
  out[length] = '\0';
}

static void
test_against_definition (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (99);
  guint held = 0;
  Arena arena;

  arena_init (&arena, NULL);
  for (guint i = 0; i < 50000; i++)
    {
      char pattern[16], value[16];
      gsize position;
      Glob glob;
      gboolean expected;

      random_text (random, "ab*", 8, pattern);
      random_text (random, "ab", 12, value);
      if (strstr (pattern, "**"))
        continue;
      arena_reset (&arena);
      g_assert_cmpint (glob_parse (pattern, strlen (pattern), &arena, &glob, &position), ==,
                       GLOB_OK);
      expected = plain_match (pattern, value);
      g_test_message ("%s %s", pattern, value);
      g_assert_cmpint (glob_matches (&glob, value, strlen (value)), ==, expected);
      held += expected;
    }
  g_assert_cmpuint (held, >, 1000);
  arena_clear (&arena);
}

/* Longer than what is looked at a block at a time; by the first place of each piece. */
static void
test_long_values (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint held = 0;
  Arena arena;

  arena_init (&arena, NULL);
  for (guint i = 0; i < 20000; i++)
    {
      char one[12], two[12], value[201];
      g_autofree char *pattern = NULL;
      const char *at;
      gsize position;
      Glob glob;
      gboolean expected;

      random_text (random, i % 2 == 0 ? "ab" : "aaab", 10, one + 1);
      random_text (random, "ab", 6, two + 1);
      one[0] = two[0] = 'a';
      random_text (random, i % 3 == 0 ? "aaaaaaaab" : "ab", 200, value);
      pattern = g_strconcat ("*", one, "*", two, "*", NULL);
      arena_reset (&arena);
      g_assert_cmpint (glob_parse (pattern, strlen (pattern), &arena, &glob, &position), ==,
                       GLOB_OK);
      at = strstr (value, one);
      expected = at != NULL && strstr (at + strlen (one), two) != NULL;
      g_test_message ("%s %s", pattern, value);
      g_assert_cmpint (glob_matches (&glob, value, strlen (value)), ==, expected);
      held += expected;
    }
  g_assert_cmpuint (held, >, 1000);
  g_assert_cmpuint (held, <, 19000);
  arena_clear (&arena);
}

static void
test_mistakes (void)
{
  static const struct
  {
    const char *text;
    GlobResult result;
    gsize position;
  } cases[] = {
    { "**", GLOB_CONSECUTIVE, 0 }, { "a**", GLOB_CONSECUTIVE, 1 }, { "*a**b", GLOB_CONSECUTIVE, 2 },
    { "\\", GLOB_ESCAPE, 0 },      { "ab\\c", GLOB_ESCAPE, 2 },    { "\\**", GLOB_OK, 0 },
    { "\\*\\*", GLOB_OK, 0 },      { "\\\\*", GLOB_OK, 0 },        { "\\***", GLOB_CONSECUTIVE, 2 },
  };
  Arena arena;

  arena_init (&arena, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize position;
      Glob glob;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (glob_parse (cases[i].text, strlen (cases[i].text), &arena, &glob, &position),
                       ==, cases[i].result);
      if (cases[i].result != GLOB_OK)
        g_assert_cmpuint (position, ==, cases[i].position);
    }
  arena_clear (&arena);
}

/* Thousands of stars over a long value that nearly fits: no going back. */
static void
test_hostile (void)
{
  g_autoptr (GString) pattern = g_string_new ("*");
  g_autofree char *value = g_strnfill (256 * 1024, 'a');
  gsize position;
  Arena arena;
  Glob glob;

  for (guint i = 0; i < 5000; i++)
    g_string_append (pattern, "aa*");
  g_string_append_c (pattern, 'b');
  arena_init (&arena, NULL);
  g_assert_cmpint (glob_parse (pattern->str, pattern->len, &arena, &glob, &position), ==, GLOB_OK);
  g_assert_false (glob_matches (&glob, value, strlen (value)));
  value[strlen (value) - 1] = 'b';
  g_assert_true (glob_matches (&glob, value, strlen (value)));
  arena_clear (&arena);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/glob/against-definition", test_against_definition);
  g_test_add_func ("/rules/glob/long-values", test_long_values);
  g_test_add_func ("/rules/glob/mistakes", test_mistakes);
  g_test_add_func ("/rules/glob/hostile", test_hostile);
  return g_test_run ();
}

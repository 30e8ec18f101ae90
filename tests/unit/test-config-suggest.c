/* "Did you mean …": near enough to be meant, and nothing else. */
#include "config/suggest.h"

static void
test_distance (void)
{
  static const struct
  {
    const char *a, *b;
    guint distance;
  } cases[] = {
    { "", "", 0 },
    { "", "abc", 3 },
    { "abc", "", 3 },
    { "Target", "Targets", 1 },   /* left out */
    { "Targgets", "Targets", 1 }, /* put in */
    { "Tarjets", "Targets", 1 },  /* changed */
    { "Tragets", "Targets", 1 },  /* swapped */
    { "targets", "TARGETS", 0 },  /* case */
    { "kitten", "sitting", 3 },
    { "ca", "abc", 3 }, /* no letter is edited twice: 2 in the unrestricted form */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s, %s", cases[i].a, cases[i].b);
      g_assert_cmpuint (suggest_distance (cases[i].a, cases[i].b), ==, cases[i].distance);
      g_assert_cmpuint (suggest_distance (cases[i].b, cases[i].a), ==, cases[i].distance);
    }
}

static void
test_long_words (void)
{
  g_autofree char *longest = g_strnfill (SUGGEST_WORD_BYTES, 'a');
  g_autofree char *too_long = g_strnfill (SUGGEST_WORD_BYTES + 1, 'a');

  g_assert_cmpuint (suggest_distance (longest, longest), ==, 0);
  g_assert_cmpuint (suggest_distance (longest, ""), ==, SUGGEST_WORD_BYTES);
  g_assert_cmpuint (suggest_distance (too_long, longest), ==, G_MAXUINT);
  g_assert_cmpuint (suggest_distance ("a", too_long), ==, G_MAXUINT);
}

static const char *
closest (const char *word, const char *const *candidates)
{
  Suggestion suggestion;

  suggestion_init (&suggestion, word);
  for (guint i = 0; candidates[i]; i++)
    suggestion_offer (&suggestion, candidates[i]);
  return suggestion_get (&suggestion);
}

static void
test_closest (void)
{
  static const char *const candidates[] = { "Description", "State", "EventPattern",
                                            "Targets",     "Id",    NULL };
  static const struct
  {
    const char *word, *meant;
  } cases[] = {
    { "Target", "Targets" },
    { "target", "Targets" },
    { "eventpattern", "EventPattern" },
    { "EvenPatern", "EventPattern" },
    { "Descripton", "Description" },
    { "ID", "Id" },
    { "Ix", "Id" },
    { "x", NULL },
    { "", NULL },
    { "Name", NULL },
    { "Schedule", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].word);
      g_assert_cmpstr (closest (cases[i].word, candidates), ==, cases[i].meant);
    }
}

static void
test_order_does_not_matter (void)
{
  static const char *const forward[] = { "baler", "baker", "maker", NULL };
  static const char *const backward[] = { "maker", "baker", "baler", NULL };

  g_assert_cmpstr (closest ("bamer", forward), ==, "baker");
  g_assert_cmpstr (closest ("bamer", backward), ==, "baker");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-suggest/distance", test_distance);
  g_test_add_func ("/config-suggest/long-words", test_long_words);
  g_test_add_func ("/config-suggest/closest", test_closest);
  g_test_add_func ("/config-suggest/order-does-not-matter", test_order_does_not_matter);
  return g_test_run ();
}

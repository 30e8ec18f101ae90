/* match-decide.c: reading stops when what was seen decides, and not before.  What stands behind is
 * no JSON, so that reading on is an error. */
#include "rules/rules.h"

#include <glib.h>
#include <string.h>

/* What an event says: whether the first, the second rule hold; or that it was read to its end. */
static char *
match (const char *const *patterns, const char *event)
{
  RulesSource sources[4];
  size_t n = 0, count;
  RulesScratch *scratch = NULL;
  RulesSet *set = NULL;
  const uint32_t *ids;
  RulesError error;
  GString *answer = g_string_new (NULL);

  for (; patterns[n]; n++)
    sources[n] = (RulesSource){ patterns[n], strlen (patterns[n]) };
  g_assert_true (rules_set_build (sources, n, NULL, NULL, &set, &error));
  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  if (!rules_match_valid (set, scratch, event, strlen (event), &ids, &count, &error))
    g_string_assign (answer, "read on");
  else
    for (size_t i = 0; i < count; i++)
      g_string_append_printf (answer, "%u ", ids[i]);
  rules_scratch_free (scratch);
  rules_set_free (set);
  return g_string_free (answer, FALSE);
}

static void
test_decides (void)
{
  static const struct
  {
    const char *patterns[3];
    const char *event, *answer;
  } cases[] = {
    /* A field that does not hold decides against its rule. */
    { { "{\"a\":[1],\"b\":[1]}" }, "{\"a\":2,\"c\":!", "" },
    { { "{\"a\":[1],\"b\":[1]}" }, "{\"a\":1,\"c\":!", "read on" },
    { { "{\"a\":[{\"anything-but\":1}],\"b\":[1]}" }, "{\"a\":1,!", "" },
    { { "{\"a\":[{\"exists\":false}],\"b\":[1]}" }, "{\"a\":1,!", "" },
    { { "{\"a\":[{\"exists\":false}],\"b\":[1]}" }, "{\"b\":1,!", "read on" },
    { { "{\"a\":{\"x\":[1]},\"b\":[1]}" }, "{\"a\":{\"x\":2,!", "" },
    /* Every rule must be decided. */
    { { "{\"a\":[1],\"b\":[1]}", "{\"a\":[2],\"b\":[1]}" }, "{\"a\":3,!", "" },
    { { "{\"a\":[1],\"b\":[1]}", "{\"a\":[2],\"b\":[1]}" }, "{\"a\":2,!", "read on" },
    { { "{\"a\":[1],\"b\":[1]}", "{\"a\":[2],\"b\":[1]}" }, "{\"a\":2,\"b\":1,!", "1 " },
    { { "{\"a\":[1],\"$or\":[{\"b\":[1]},{\"c\":[1]}]}" }, "{\"a\":1,\"b\":2,!", "read on" },
    { { "{\"a\":[1],\"$or\":[{\"b\":[1]},{\"c\":[1]}]}" }, "{\"a\":1,\"b\":2,\"c\":1,!", "0 " },
    /* One value of an array is enough when it holds, and none is when it does not. */
    { { "{\"a\":[1],\"b\":[1]}" }, "{\"a\":1,\"b\":[2,1,!", "0 " },
    { { "{\"a\":[1],\"b\":[1]}" }, "{\"a\":1,\"b\":[2,3,!", "read on" },
    { { "{\"a\":[1],\"b\":[1]}" }, "{\"a\":[2],!", "read on" },
    { { "{\"a\":[1],\"d\":{\"b\":[1]}}" }, "{\"a\":1,\"d\":[{\"b\":1},!", "0 " },
    /* Two fields in arrays must be of one element. */
    { { "{\"d\":{\"a\":[1],\"b\":[1]}}" }, "{\"d\":[{\"a\":1},{\"b\":1},!", "read on" },
    { { "{\"d\":{\"a\":[1],\"b\":[1]}}" }, "{\"d\":[{\"a\":1},{\"b\":1},{}]}", "" },
    /* A name with dots may spell the path again. */
    { { "{\"a\":{\"b\":[1]},\"c\":[1]}" }, "{\"a.b\":2,\"a\":{\"b\":1},\"c\":1}", "0 " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = match (cases[i].patterns, cases[i].event);

      g_test_message ("%s", cases[i].event);
      g_assert_cmpstr (answer, ==, cases[i].answer);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/match-decide", test_decides);
  return g_test_run ();
}

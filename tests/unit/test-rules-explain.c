/* Explanations: what is said of each field, and that it agrees with the match. */
#include "rules-failing-alloc.h"
#include "rules/rules.h"

#include <glib.h>
#include <string.h>

static RulesSet *
build (const char *pattern, const RulesAlloc *alloc)
{
  const RulesSource source = { pattern, strlen (pattern) };
  RulesError error = { 0 };
  RulesSet *set = NULL;

  if (!rules_set_build (&source, 1, NULL, alloc, &set, &error))
    g_error ("%s: %s", pattern, error.reason);
  return set;
}

/* The one leaf of a pattern for field a. */
static void
test_sentences (void)
{
  static const struct
  {
    const char *alternatives, *event;
    gboolean held;
    const char *value, *why;
  } cases[] = {
    { "[\"opened\", \"reopened\"]", "{\"a\":\"closed\"}", FALSE, "\"closed\"",
      "the event has \"closed\", the rule wants one of \"opened\", \"reopened\"" },
    { "[\"opened\"]", "{\"a\": \"opened\" }", TRUE, "\"opened\"",
      "the event has \"opened\", as the rule wants" },
    { "[5]", "{\"a\":5.0}", TRUE, "5.0", "the event has 5.0, as the rule wants" },
    { "[5]", "{\"a\":\"5\"}", FALSE, "\"5\"", "the event has \"5\", the rule wants 5" },
    { "[null,true]", "{\"a\":false}", FALSE, "false",
      "the event has false, the rule wants one of null, true" },
    { "[\"x\"]", "{\"b\":1}", FALSE, NULL, "the event has no value here, the rule wants \"x\"" },
    { "[\"x\"]", "{\"a\":{\"x\":\"x\"}}", FALSE, NULL,
      "the event has an object here, which is no value itself, the rule wants \"x\"" },
    { "[{\"exists\":true}]", "{\"a\":[]}", FALSE, NULL,
      "the event has an array without values here, the rule wants any value" },
    { "[{\"exists\":true}]", "{\"a\":0}", TRUE, "0",
      "the event has 0, as the rule wants: any value" },
    { "[{\"exists\":false}]", "{\"a\":null}", FALSE, "null",
      "the event has null, the rule wants no value" },
    { "[{\"exists\":false}]", "{}", TRUE, NULL, "the event has no value here, as the rule wants" },
    { "[{\"prefix\":\"img/\"}]", "{\"a\":\"doc/x\"}", FALSE, "\"doc/x\"",
      "the event has \"doc/x\", the rule wants a string that begins with \"img/\"" },
    { "[{\"suffix\":\".png\"}]", "{\"a\":\"x.png\"}", TRUE, "\"x.png\"",
      "the event has \"x.png\", as the rule wants: a string that ends with \".png\"" },
    { "[{\"suffix\":{\"equals-ignore-case\":\".png\"}}]", "{\"a\":\"x.gif\"}", FALSE, "\"x.gif\"",
      "the event has \"x.gif\", the rule wants a string that ends with \".png\" in any case" },
    { "[{\"equals-ignore-case\":\"yes\"}]", "{\"a\":\"no\"}", FALSE, "\"no\"",
      "the event has \"no\", the rule wants \"yes\" in any case" },
    { "[{\"wildcard\":\"a*z\"}]", "{\"a\":\"b\"}", FALSE, "\"b\"",
      "the event has \"b\", the rule wants a string like \"a*z\"" },
    { "[{\"numeric\":[\">\", 5 , \"<=\",1e1]}]", "{\"a\":11}", FALSE, "11",
      "the event has 11, the rule wants a number > 5 and <= 1e1" },
    { "[{\"numeric\":[\"=\",7]}]", "{\"a\":7}", TRUE, "7",
      "the event has 7, as the rule wants: a number = 7" },
    { "[{\"cidr\":\"10.0.0.0/8\"}]", "{\"a\":\"11.0.0.1\"}", FALSE, "\"11.0.0.1\"",
      "the event has \"11.0.0.1\", the rule wants an address in \"10.0.0.0/8\"" },
    { "[{\"anything-but\":[\"x\",\"y\"]}]", "{\"a\":\"y\"}", FALSE, "\"y\"",
      "the event has \"y\", the rule wants anything but \"x\" or \"y\"" },
    { "[{\"anything-but\":[1,2,3]}]", "{\"a\":2}", FALSE, "2",
      "the event has 2, the rule wants anything but 1, 2 or 3" },
    { "[{\"anything-but\":{\"prefix\":\"x\"}}]", "{\"a\":\"xy\"}", FALSE, "\"xy\"",
      "the event has \"xy\", the rule wants anything that does not begin with \"x\"" },
    { "[{\"anything-but\":{\"suffix\":\"y\"}}]", "{\"a\":\"xy\"}", FALSE, "\"xy\"",
      "the event has \"xy\", the rule wants anything that does not end with \"y\"" },
    { "[{\"anything-but\":{\"wildcard\":\"x*\"}}]", "{\"a\":\"xy\"}", FALSE, "\"xy\"",
      "the event has \"xy\", the rule wants anything that is not like \"x*\"" },
    { "[{\"anything-but\":{\"equals-ignore-case\":\"x\"}}]", "{\"a\":\"X\"}", FALSE, "\"X\"",
      "the event has \"X\", the rule wants anything but \"x\" in any case" },
    { "[\"x\",{\"prefix\":\"y\"}]", "{\"a\":[\"b\",\"c\",\"d\",\"e\",\"f\"]}", FALSE, "\"b\"",
      "the event has \"b\", \"c\", \"d\" and 2 more, the rule wants one of \"x\", a string that "
      "begins with "
      "\"y\"" },
    { "[\"x\",{\"prefix\":\"y\"}]", "{\"a\":[\"b\",\"yes\"]}", TRUE, "\"yes\"",
      "the event has \"yes\", as the rule wants: a string that begins with \"y\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *pattern = g_strdup_printf ("{ \"a\" : %s }", cases[i].alternatives);
      const char *event = cases[i].event;
      RulesSet *set = build (pattern, NULL);
      RulesTrace trace;
      const RulesTraceLeaf *leaf;

      g_test_message ("%s on %s", pattern, event);
      g_assert_true (rules_explain (set, 0, event, strlen (event), &trace, NULL));
      g_assert_cmpuint (trace.n_leaves, ==, 1);
      leaf = &trace.leaves[0];
      g_assert_cmpstr (leaf->path, ==, "a");
      g_assert_cmpstr (leaf->predicate, ==, cases[i].alternatives);
      g_assert_cmpuint (leaf->pattern_offset, ==, 8);
      g_assert_cmpstr (leaf->why, ==, cases[i].why);
      g_assert_cmpint (leaf->held, ==, cases[i].held);
      g_assert_cmpint (trace.matched, ==, cases[i].held);
      g_assert_cmpint (leaf->present, ==, cases[i].value != NULL);
      if (cases[i].value)
        g_assert_cmpmem (event + leaf->value_offset, leaf->value_length, cases[i].value,
                         strlen (cases[i].value));
      g_assert_cmpstr (trace.summary, ==,
                       cases[i].held ? "the rule matches"
                                     : "the rule does not match: a does not fit");
      rules_trace_clear (set, &trace);
      g_assert_null (trace.leaves);
      rules_set_free (set);
    }
}

/* What is held and why, a line a leaf. */
static char *
describe (const char *pattern, const char *event)
{
  GString *text = g_string_new (NULL);
  RulesSet *set = build (pattern, NULL);
  RulesTrace trace;

  g_assert_true (rules_explain (set, 0, event, strlen (event), &trace, NULL));
  for (size_t i = 0; i < trace.n_leaves; i++)
    g_string_append_printf (text, "%u %s %s %s\n", trace.leaves[i].branch, trace.leaves[i].path,
                            trace.leaves[i].held ? "+" : "-", trace.leaves[i].why);
  g_string_append (text, trace.summary);
  rules_trace_clear (set, &trace);
  rules_set_free (set);
  return g_string_free (text, FALSE);
}

static void
test_arrays (void)
{
  static const char pattern[] = "{\"d\":{\"a\":[1],\"b\":[2],\"c\":[{\"exists\":false}]}}";
  g_autofree char *apart = describe (pattern, "{\"d\":[{\"a\":1},{\"b\":2}]}");
  g_autofree char *elsewhere = describe (pattern, "{\"d\":[{\"a\":1,\"b\":2},{\"c\":3}]}");
  g_autofree char *present = describe (pattern, "{\"d\":[{\"a\":1,\"b\":2,\"c\":3}]}");

  g_assert_cmpstr (
      apart, ==,
      "0 d.a + the event has 1, as the rule wants\n"
      "0 d.b - the event has 2, but not in the same array element as what the rule wants of d.a\n"
      "0 d.c + the event has no value here, as the rule wants\n"
      "the rule does not match: d.b does not fit");
  g_assert_cmpstr (
      elsewhere, ==,
      "0 d.a + the event has 1, as the rule wants\n"
      "0 d.b + the event has 2, as the rule wants\n"
      "0 d.c + the event has no value here in the same array element, as the rule wants\n"
      "the rule matches");
  g_assert_cmpstr (present, ==,
                   "0 d.a + the event has 1, as the rule wants\n"
                   "0 d.b + the event has 2, as the rule wants\n"
                   "0 d.c - the event has 3, the rule wants no value\n"
                   "the rule does not match: d.c does not fit");
}

static void
test_branches (void)
{
  static const char pattern[] = "{\"z\":[0],\"$or\":[{\"a\":[1]},{\"b\":[2]}]}";
  g_autofree char *second = describe (pattern, "{\"b\":2,\"z\":0}");
  g_autofree char *none = describe (pattern, "{\"b\":3}");

  /* In the order of the pattern. */
  g_assert_cmpstr (second, ==,
                   "0 z + the event has 0, as the rule wants\n"
                   "0 a - the event has no value here, the rule wants 1\n"
                   "1 z + the event has 0, as the rule wants\n"
                   "1 b + the event has 2, as the rule wants\n"
                   "the rule matches, by combination 2 of the 2 that its $or makes");
  g_assert_cmpstr (none, ==,
                   "0 z - the event has no value here, the rule wants 0\n"
                   "0 a - the event has no value here, the rule wants 1\n"
                   "1 z - the event has no value here, the rule wants 0\n"
                   "1 b - the event has 3, the rule wants 2\n"
                   "the rule does not match: none of the 2 combinations that its $or makes fits");
}

static void
test_one_line (void)
{
  static const char pattern[] = "{\"a\": [\n    \"x  y\\\"\",\r\n\t{ \"prefix\" :  \"[\" }\n  ]}";
  RulesSet *set = build (pattern, NULL);
  RulesTrace trace;

  g_assert_true (rules_explain (set, 0, "{}", 2, &trace, NULL));
  g_assert_cmpstr (trace.leaves[0].predicate, ==, "[ \"x  y\\\"\", { \"prefix\" : \"[\" } ]");
  rules_trace_clear (set, &trace);
  rules_set_free (set);
}

/* Long values are cut between characters, long lists counted. */
static void
test_cut (void)
{
  g_autoptr (GString) pattern = g_string_new ("{\"a\":[");
  g_autoptr (GString) event = g_string_new ("{\"a\":\"");
  RulesSet *set;
  RulesTrace trace;

  for (guint i = 0; i < 100; i++)
    {
      g_string_append_printf (pattern, "%s%u", i > 0 ? "," : "", i);
      g_string_append (event, "é");
    }
  g_string_append (pattern, "]}");
  g_string_append (event, "\"}");
  set = build (pattern->str, NULL);
  g_assert_true (rules_explain (set, 0, event->str, event->len, &trace, NULL));
  g_assert_true (g_utf8_validate (trace.leaves[0].why, -1, NULL));
  g_assert_nonnull (strstr (trace.leaves[0].why, "é…, the rule wants one of 0, 1, 2"));
  g_assert_true (g_str_has_suffix (trace.leaves[0].why, "10, 11 and 88 more"));
  g_assert_cmpuint (trace.leaves[0].value_length, ==, 202);
  rules_trace_clear (set, &trace);
  rules_set_free (set);
}

static void
test_refused (void)
{
  RulesSet *set = build ("{\"a\":[1]}", NULL);
  RulesTrace trace = { .n_leaves = 7 };
  RulesError error = { 0 };

  g_assert_false (rules_explain (set, 0, "{\"a\":", 5, &trace, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_JSON);
  g_assert_cmpuint (error.offset, ==, 5);
  g_assert_false (rules_explain (set, 1, "{}", 2, &trace, &error));
  g_assert_cmpstr (error.reason, ==, "there is no rule 1");
  g_assert_cmpuint (trace.n_leaves, ==, 7);
  rules_set_free (set);
}

/* The trace says what the match says, and a branch whose leaves all hold is a match. */
static void
test_agrees (void)
{
  static const char *const patterns[] = {
    "{\"a\":{\"b\":[1],\"c\":[{\"exists\":false}]}}",
    "{\"a\":{\"b\":[1],\"c\":[2]},\"d\":[{\"exists\":false},3]}",
    "{\"$or\":[{\"a\":{\"b\":[1]}},{\"a\":{\"c\":[2]},\"d\":[1]}],\"a\":{\"d\":[2,3]}}",
    "{\"a\":[1,2],\"d\":[{\"exists\":true}]}",
  };
  static const char *const pieces[] = { "1",
                                        "2",
                                        "[1,2]",
                                        "{\"b\":1}",
                                        "{\"c\":2}",
                                        "{\"b\":1,\"c\":2}",
                                        "[{\"b\":1},{\"c\":2}]",
                                        "[{\"b\":1,\"d\":3},{\"c\":2}]",
                                        "[]",
                                        "[[{\"b\":1}],{\"d\":2}]" };
  guint n_matched = 0;

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    for (guint j = 0; j < G_N_ELEMENTS (pieces) * G_N_ELEMENTS (pieces); j++)
      {
        g_autofree char *event = g_strdup_printf ("{\"a\":%s,\"d\":%s}",
                                                  pieces[j / G_N_ELEMENTS (pieces)],
                                                  pieces[j % G_N_ELEMENTS (pieces)]);
        RulesSet *set = build (patterns[i], NULL);
        RulesScratch *scratch = NULL;
        gboolean any = FALSE, all = TRUE;
        const uint32_t *ids;
        RulesTrace trace;
        size_t count;

        g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
        g_assert_true (rules_match (set, scratch, event, strlen (event), &ids, &count, NULL));
        g_assert_true (rules_explain (set, 0, event, strlen (event), &trace, NULL));
        g_test_message ("%s on %s", patterns[i], event);
        for (size_t k = 0; k < trace.n_leaves; k++)
          {
            all = all && trace.leaves[k].held;
            if (k + 1 == trace.n_leaves || trace.leaves[k + 1].branch != trace.leaves[k].branch)
              {
                any = any || all;
                all = TRUE;
              }
          }
        g_assert_cmpint (trace.matched, ==, count == 1);
        g_assert_cmpint (trace.matched, ==, any);
        n_matched += trace.matched;
        rules_trace_clear (set, &trace);
        rules_scratch_free (scratch);
        rules_set_free (set);
      }
  g_assert_cmpuint (n_matched, >, 20);
}

static void
test_failing_memory (void)
{
  static const char pattern[] = "{\"$or\":[{\"d\":{\"a\":[1],\"b\":[{\"numeric\":[\">\",2]}]}},{"
                                "\"x\":[{\"anything-but\":[\"q\"]}]}]}";
  static const char event[] = "{\"d\":[{\"a\":1},{\"b\":3}],\"x\":{\"y\\n\":[]}}";

  for (guint left = 0;; left++)
    {
      FailingAlloc user = { G_MAXUINT, 0 };
      RulesAlloc alloc = { failing_alloc_resize, &user };
      RulesSet *set = build (pattern, &alloc);
      RulesError error = { 0 };
      RulesTrace trace = { 0 };
      gboolean ok;

      user.left = left;
      ok = rules_explain (set, 0, event, sizeof event - 1, &trace, &error);
      if (ok)
        rules_trace_clear (set, &trace);
      else
        {
          g_assert_cmpint (error.code, ==, RULES_ERROR_NO_MEMORY);
          g_assert_null (trace.leaves);
        }
      rules_set_free (set);
      g_assert_cmpuint (user.n_live, ==, 0);
      if (ok)
        break;
      g_assert_cmpuint (left, <, 1000);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/explain/sentences", test_sentences);
  g_test_add_func ("/rules/explain/arrays", test_arrays);
  g_test_add_func ("/rules/explain/branches", test_branches);
  g_test_add_func ("/rules/explain/one-line", test_one_line);
  g_test_add_func ("/rules/explain/cut", test_cut);
  g_test_add_func ("/rules/explain/refused", test_refused);
  g_test_add_func ("/rules/explain/agrees", test_agrees);
  g_test_add_func ("/rules/explain/failing-memory", test_failing_memory);
  return g_test_run ();
}

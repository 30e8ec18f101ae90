/* Matching: sets of rules, hostile events, failing memory.  What each operator means is in the
 * vectors. */
#include "rules-failing-alloc.h"
#include "rules/rules.h"

#include <glib.h>
#include <string.h>

static RulesSet *
build (const char *const *patterns, guint n)
{
  g_autofree RulesSource *sources = g_new0 (RulesSource, n);
  RulesLimits limits = { .max_pattern_bytes = 1024 * 1024, .max_values = 1000000 };
  RulesError error = { 0 };
  RulesSet *set = NULL;

  for (guint i = 0; i < n; i++)
    sources[i] = (RulesSource){ patterns[i], strlen (patterns[i]) };
  if (!rules_set_build (sources, n, &limits, NULL, &set, &error))
    g_error ("%s: %s", patterns[error.rule], error.reason);
  return set;
}

static gboolean
match_one (const char *pattern, const char *event, gsize length)
{
  RulesSet *set = build (&pattern, 1);
  RulesScratch *scratch = NULL;
  RulesError error = { 0 };
  const uint32_t *ids;
  size_t count;

  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  if (!rules_match (set, scratch, event, length, &ids, &count, &error))
    g_error ("%s", error.reason);
  rules_scratch_free (scratch);
  rules_set_free (set);
  return count == 1;
}

static void
test_ids (void)
{
  static const char *const patterns[] = {
    "{\"source\":[\"shop\"]}",           "{\"source\":[\"depot\"]}",
    "{\"n\":[{\"numeric\":[\">\",5]}]}", "{\"source\":[{\"prefix\":\"s\"}],\"n\":[7]}",
    "{\"x\":[{\"exists\":false}]}",
  };
  static const struct
  {
    const char *event, *ids;
  } cases[] = {
    { "{\"source\":\"shop\",\"n\":7}", "0 2 3 4" },
    { "{\"source\":\"depot\",\"x\":1}", "1" },
    { "{}", "4" },
    { "{\"x\":null}", "" },
    { "{\"n\":[1,6],\"source\":[\"depot\",\"shop\"]}", "0 1 2 4" },
  };
  RulesSet *set = build (patterns, G_N_ELEMENTS (patterns));
  RulesScratch *scratch = NULL;

  g_assert_cmpuint (rules_set_count (set), ==, G_N_ELEMENTS (patterns));
  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) found = g_string_new (NULL);
      const uint32_t *ids;
      size_t count;

      g_test_message ("%s", cases[i].event);
      g_assert_true (
          rules_match (set, scratch, cases[i].event, strlen (cases[i].event), &ids, &count, NULL));
      for (size_t j = 0; j < count; j++)
        g_string_append_printf (found, "%s%u", j > 0 ? " " : "", ids[j]);
      g_assert_cmpstr (found->str, ==, cases[i].ids);
    }
  rules_scratch_free (scratch);
  rules_set_free (set);
}

static void
test_empty_set (void)
{
  RulesSet *set = build (NULL, 0);
  RulesScratch *scratch = NULL;
  const uint32_t *ids;
  size_t count = 7;

  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  g_assert_true (rules_match (set, scratch, "{\"a\":1}", 7, &ids, &count, NULL));
  g_assert_cmpuint (count, ==, 0);
  rules_scratch_free (scratch);
  rules_set_free (set);
  rules_set_free (NULL);
  rules_scratch_free (NULL);
}

static void
test_refused_rule (void)
{
  static const RulesSource sources[] = { { "{\"a\":[1]}", 9 }, { "{\"a\":1}", 7 }, { "{}", 2 } };
  RulesError error = { 0 };
  RulesSet *set = NULL;

  g_assert_false (rules_set_build (sources, 3, NULL, NULL, &set, &error));
  g_assert_cmpuint (error.rule, ==, 1);
  g_assert_null (set);
}

static void
test_bad_event (void)
{
  static const char *const patterns[] = { "{\"a\":[1]}" };
  static const struct
  {
    const char *event;
    RulesErrorCode code;
    guint line, column;
  } cases[] = {
    { "", RULES_ERROR_JSON, 1, 1 },
    { "[]", RULES_ERROR_JSON, 1, 1 },
    { "{\"b\":[1,\n2,]}", RULES_ERROR_JSON, 2, 3 },
    { "{\"a\":1", RULES_ERROR_JSON, 1, 7 },
  };
  RulesSet *set = build (patterns, 1);
  RulesScratch *scratch = NULL;
  const uint32_t *ids = NULL;
  size_t count = 7;

  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RulesError error = { 0 };

      g_test_message ("%s", cases[i].event);
      g_assert_false (rules_match (set, scratch, cases[i].event, strlen (cases[i].event), &ids,
                                   &count, &error));
      g_assert_cmpint (error.code, ==, cases[i].code);
      g_assert_cmpuint (error.line, ==, cases[i].line);
      g_assert_cmpuint (error.column, ==, cases[i].column);
      g_assert_null (ids);
      g_assert_cmpuint (count, ==, 7);
    }
  rules_scratch_free (scratch);
  rules_set_free (set);
}

static void
test_max_values (void)
{
  static const RulesSource source = { "{\"a\":[9],\"b\":[9]}", 17 };
  RulesLimits limits = { .max_values = 3 };
  RulesScratch *scratch = NULL;
  RulesSet *set = NULL;
  RulesError error = { 0 };
  const uint32_t *ids;
  size_t count;

  g_assert_true (rules_set_build (&source, 1, &limits, NULL, &set, NULL));
  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  /* Values that no rule looks at are free. */
  g_assert_true (
      rules_match (set, scratch, "{\"a\":[1,2],\"b\":3,\"c\":[4,5,6]}", 29, &ids, &count, &error));
  g_assert_false (
      rules_match (set, scratch, "{\"a\":[1,2],\"b\":[3,4]}", 21, &ids, &count, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_LIMIT);
  g_assert_cmpuint (error.offset, ==, 18);
  rules_scratch_free (scratch);
  rules_set_free (set);
}

/* ---- Hostile events -------------------------------------------------------------------------- */

/* {"d":[{"a":0,"b":"x"}, …]} with n elements, of which the last is special. */
static GString *
long_array (guint n, const char *element, const char *last)
{
  GString *text = g_string_new ("{\"d\":[");

  for (guint i = 0; i < n; i++)
    g_string_append (text, element);
  g_string_append (text, last);
  g_string_append (text, "]}");
  return text;
}

static void
test_long_arrays (void)
{
  static const char two[] = "{\"d\":{\"a\":[1],\"b\":[2]}}";
  static const char absent[] = "{\"d\":{\"a\":[1],\"b\":[{\"exists\":false}]}}";
  static const char none[] = "{\"d\":{\"a\":[1],\"b\":[2],\"c\":[{\"exists\":false}]}}";
  g_autoptr (GString) apart = long_array (50000, "{\"a\":1},{\"b\":2},", "{}");
  g_autoptr (GString) together = long_array (50000, "{\"a\":1},{\"b\":2},", "{\"b\":2,\"a\":1}");
  g_autoptr (GString) full = long_array (50000, "{\"a\":1,\"b\":2,\"c\":3},", "{\"a\":1}");
  g_autoptr (GString) scalars = long_array (100000, "\"x\",", "\"y\"");

  g_assert_false (match_one (two, apart->str, apart->len));
  g_assert_true (match_one (two, together->str, together->len));
  g_assert_true (match_one (absent, full->str, full->len));
  g_assert_false (match_one (none, full->str, full->len));
  g_assert_true (match_one ("{\"d\":[\"y\"]}", scalars->str, scalars->len));
  g_assert_false (match_one ("{\"d\":[\"z\"]}", scalars->str, scalars->len));
}

/* Two arrays that are fine side by side, and a third that never fits: what was found out about it
 * for one choice must not be found out again for each. */
static void
test_independent_arrays (void)
{
  static const char pattern[] =
      "{\"x\":{\"a\":[1],\"b\":[2]},\"y\":{\"a\":[1],\"b\":[2]},\"z\":{\"a\":[1],\"b\":[2]}}";
  g_autoptr (GString) event = g_string_new ("{");

  for (const char *name = "xyz"; *name; name++)
    {
      g_string_append_printf (event, "%s\"%c\":[", *name == 'x' ? "" : ",", *name);
      for (guint i = 0; i < 20000; i++)
        g_string_append (event, *name == 'z' ? "{\"a\":1},{\"b\":2}," : "{\"a\":1,\"b\":2},");
      g_string_append (event, "{}]");
    }
  g_string_append_c (event, '}');
  g_assert_false (match_one (pattern, event->str, event->len));
}

/* Elements within elements, where only the last of all fits. */
static void
test_nested_arrays (void)
{
  static const char pattern[] = "{\"o\":{\"i\":{\"a\":[1],\"b\":[2]},\"k\":[3]}}";
  g_autoptr (GString) event = g_string_new ("{\"o\":[");

  for (guint i = 0; i < 200; i++)
    {
      g_string_append (event, "{\"k\":3,\"i\":[");
      for (guint j = 0; j < 200; j++)
        g_string_append (event, "{\"a\":1},{\"b\":2},");
      g_string_append (event, "{}]},{\"k\":4,\"i\":[{\"a\":1,\"b\":2}]},");
    }
  g_string_append (event, "{}");
  g_string_append (event, "]}");
  g_assert_false (match_one (pattern, event->str, event->len));
}

/* Equal names make arrays that exclude nothing of each other, so that choices multiply. */
static void
test_equal_names (void)
{
  g_autoptr (GString) pattern = g_string_new ("{\"d\":{");
  g_autoptr (GString) event = g_string_new ("{");
  RulesScratch *scratch = NULL;
  RulesError error = { 0 };
  const uint32_t *ids;
  RulesSet *set;
  size_t count;

  for (guint i = 0; i < 24; i++)
    {
      g_string_append_printf (pattern, "%s\"f%02u\":[1]", i > 0 ? "," : "", i);
      g_string_append (event, i > 0 ? "," : "");
      g_string_append (event, "\"d\":[");
      for (guint j = 0; j < 24; j++)
        g_string_append_printf (event, "%s{\"f%02u\":1}", j > 0 ? "," : "", j == i ? 0 : j);
      g_string_append (event, "]");
    }
  g_string_append (pattern, ",\"never\":[1]}}");
  g_string_append (event, ",\"d\":{\"never\":[{\"x\":1}]},\"d.never\":1,\"d\":[{\"f00\":2}]}");
  set = build ((const char *const[]){ pattern->str }, 1);
  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  /* An answer or a refusal, but soon. */
  if (!rules_match (set, scratch, event->str, event->len, &ids, &count, &error))
    g_assert_cmpint (error.code, ==, RULES_ERROR_LIMIT);
  rules_scratch_free (scratch);
  rules_set_free (set);
}

static void
test_deep (void)
{
  g_autoptr (GString) event = g_string_new (NULL);
  g_autoptr (GString) path = g_string_new ("{\"a");
  g_autofree char *pattern = NULL;

  for (guint i = 0; i < 900; i++)
    g_string_append (event, i % 2 ? "[" : "{\"a\":");
  g_string_append (event, "\"x\"");
  for (guint i = 900; i > 0; i--)
    g_string_append (event, (i - 1) % 2 ? "]" : "}");
  for (guint i = 1; i < 450; i++)
    g_string_append (path, ".a");
  pattern = g_strdup_printf ("%s\":[\"x\"]}", path->str);
  g_assert_true (match_one (pattern, event->str, event->len));
  g_assert_false (match_one ("{\"a\":[\"x\"]}", event->str, event->len));
}

/* 1000 levels are an event, 1001 are not. */
static void
test_too_deep (void)
{
  for (guint depth = 1000; depth <= 1001; depth++)
    {
      static const char *const patterns[] = { "{\"z\":[1]}" };
      g_autofree char *open = g_strnfill (depth - 1, '[');
      g_autofree char *close = g_strnfill (depth - 1, ']');
      g_autofree char *event = g_strdup_printf ("{\"a\":%s%s,\"z\":1}", open, close);
      RulesSet *set = build (patterns, 1);
      RulesScratch *scratch = NULL;
      RulesError error = { 0 };
      const uint32_t *ids;
      size_t count;
      gboolean ok;

      g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
      ok = rules_match (set, scratch, event, strlen (event), &ids, &count, &error);
      g_assert_cmpint (ok, ==, depth == 1000);
      rules_scratch_free (scratch);
      rules_set_free (set);
    }
}

static void
test_long_strings (void)
{
  g_autofree char *value = g_strnfill (256 * 1024, 'a');
  g_autofree char *event = g_strdup_printf ("{\"s\":\"%sb\"}", value);
  gsize length = strlen (event);

  g_assert_true (match_one ("{\"s\":[{\"suffix\":\"ab\"}]}", event, length));
  g_assert_false (match_one ("{\"s\":[{\"wildcard\":\"*aaaa*c\"}]}", event, length));
  g_assert_true (match_one ("{\"s\":[{\"wildcard\":\"a*aaaa*b\"}]}", event, length));
  g_assert_true (
      match_one ("{\"s\":[{\"prefix\":{\"equals-ignore-case\":\"AAAA\"}}]}", event, length));
  g_assert_true (match_one (
      "{\"s\":[{\"anything-but\":{\"equals-ignore-case\":[\"x\",\"AAAA\"]}}]}", event, length));
  g_assert_true (
      match_one ("{\"s\":[{\"wildcard\":\"*z\"},{\"suffix\":{\"equals-ignore-case\":\"AQ\"}}]}",
                 event, length));
}

/* ---- Failing memory -------------------------------------------------------------------------- */

static void
test_failing_memory (void)
{
  static const char *const patterns[] = {
    "{\"d\":{\"a\":[1],\"b\":[2]},\"e\":[{\"exists\":false}]}",
    "{\"d\":{\"a\":[1],\"c\":[{\"wildcard\":\"*x*\"}]}}",
  };
  static const char event[] = "{\"d\":[{\"a\":1},{\"b\":2},{\"a\":1,\"c\":\"xyz\\n\"},{\"a\":1,"
                              "\"b\":2}],\"f\":\"\\u00e9\"}";
  RulesSet *set = build (patterns, 2);

  for (guint left = 0;; left++)
    {
      FailingAlloc user = { left, 0 };
      RulesAlloc alloc = { failing_alloc_resize, &user };
      RulesError error = { 0 };
      RulesScratch *scratch = NULL;
      const uint32_t *ids;
      size_t count = 0;
      gboolean ok = rules_scratch_new (&alloc, &scratch, &error) &&
                    rules_match (set, scratch, event, sizeof event - 1, &ids, &count, &error);

      if (ok)
        g_assert_cmpuint (count, ==, 2);
      else
        g_assert_cmpint (error.code, ==, RULES_ERROR_NO_MEMORY);
      rules_scratch_free (scratch);
      g_assert_cmpuint (user.n_live, ==, 0);
      if (ok)
        break;
      g_assert_cmpuint (left, <, 1000);
    }
  rules_set_free (set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/match/ids", test_ids);
  g_test_add_func ("/rules/match/empty-set", test_empty_set);
  g_test_add_func ("/rules/match/refused-rule", test_refused_rule);
  g_test_add_func ("/rules/match/bad-event", test_bad_event);
  g_test_add_func ("/rules/match/max-values", test_max_values);
  g_test_add_func ("/rules/match/long-arrays", test_long_arrays);
  g_test_add_func ("/rules/match/independent-arrays", test_independent_arrays);
  g_test_add_func ("/rules/match/nested-arrays", test_nested_arrays);
  g_test_add_func ("/rules/match/equal-names", test_equal_names);
  g_test_add_func ("/rules/match/deep", test_deep);
  g_test_add_func ("/rules/match/too-deep", test_too_deep);
  g_test_add_func ("/rules/match/long-strings", test_long_strings);
  g_test_add_func ("/rules/match/failing-memory", test_failing_memory);
  return g_test_run ();
}

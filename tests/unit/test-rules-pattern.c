/* Patterns: what a refusal says, and how $or is multiplied out.  What a pattern means is in the
 * vectors. */
#include "rules-failing-alloc.h"
#include "rules/pattern.h"
#include "rules/rules.h"

#include <glib.h>
#include <string.h>

static gboolean
build (const char *pattern, const RulesLimits *limits, RulesError *error)
{
  const RulesSource source = { pattern, strlen (pattern) };
  RulesSet *set = NULL;
  gboolean ok = rules_set_build (&source, 1, limits, NULL, &set, error);

  g_assert_cmpint (ok, ==, set != NULL);
  rules_set_free (set);
  return ok;
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *pattern;
    RulesErrorCode code;
    guint line, column;
    const char *pointer, *hint;
  } cases[] = {
    { "{\"a\": \"x\"}", RULES_ERROR_PATTERN, 1, 7, "/a", "Write \"a\": [\"x\"]" },
    { "{\"a\": 5}", RULES_ERROR_PATTERN, 1, 7, "/a", "Write \"a\": [5]" },
    { "{\n\"a\": {\"b/c\": null}}", RULES_ERROR_PATTERN, 2, 14, "/a/b~1c",
      "Write \"b/c\": [null]" },
    { "{\"a\": [1, [2]]}", RULES_ERROR_PATTERN, 1, 11, "/a/1",
      "Write the values side by side: [\"x\", \"y\"]" },
    { "{\"a\": [\"x\", {\"prefix\": 5}]}", RULES_ERROR_PATTERN, 1, 24, "/a/1/prefix",
      "Give one string, in double quotes." },
    { "{\"$or\": [{\"a\": [1]}, {\"b\": {\"c\": 5}}]}", RULES_ERROR_PATTERN, 1, 34, "/$or/1/b/c",
      "Write \"c\": [5]" },
    { "{\"a\": [{\"cidr\": \"10.0.0.0\"}]}", RULES_ERROR_PATTERN, 1, 17, "/a/0/cidr",
      "Write an address, a slash and a number of bits: 10.0.0.0/24" },
    { "{}", RULES_ERROR_PATTERN, 1, 2, "", "Name at least one field." },
    { "[]", RULES_ERROR_PATTERN, 1, 1, "",
      "Write an object, for example {\"source\": [\"shop\"]}" },
    { "{\"a\": [\"x\" \"y\"]}", RULES_ERROR_JSON, 1, 12, "", "Put a comma between the entries." },
    { "{\"a\": [x]}", RULES_ERROR_JSON, 1, 8, "", "Text stands in double quotes." },
    { "{\"a\": [{\"wildcard\": \"*a*a*a*a*a*a\"}]}", RULES_ERROR_LIMIT, 1, 7, "/a",
      "Give this field fewer stars, or longer texts between them that do not repeat." },
    { "{\"b\":[1],\"$or\":[{\"c\":{\"a\": [{\"wildcard\": \"*a*a*a*a*a*a\"}]}},{\"d\":[1]}]}",
      RULES_ERROR_LIMIT, 1, 28, "/$or/0/c/a",
      "Give this field fewer stars, or longer texts between them that do not repeat." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RulesError error = { 0 };

      g_test_message ("%s", cases[i].pattern);
      g_assert_false (build (cases[i].pattern, NULL, &error));
      g_assert_cmpint (error.code, ==, cases[i].code);
      g_assert_cmpuint (error.line, ==, cases[i].line);
      g_assert_cmpuint (error.column, ==, cases[i].column);
      g_assert_cmpstr (error.pointer, ==, cases[i].pointer);
      g_assert_cmpstr (error.hint, ==, cases[i].hint);
      g_assert_false (build (cases[i].pattern, NULL, NULL));
    }
}

/* Every reason comes with something to do about it. */
static void
test_hints (void)
{
  static const char *const patterns[] = {
    "{\"a\":[]}",
    "{\"a\":[{}]}",
    "{\"a\":[{\"x\":1}]}",
    "{\"a\":[{\"exactly\":1}]}",
    "{\"a\":[{\"prefix\":{}}]}",
    "{\"a\":[{\"suffix\":{\"x\":1}}]}",
    "{\"a\":[{\"prefix\":\"a\",\"suffix\":\"b\"}]}",
    "{\"a\":[{\"wildcard\":\"**\"}]}",
    "{\"a\":[{\"wildcard\":\"\\\\\"}]}",
    "{\"a\":[{\"exists\":1}]}",
    "{\"a\":[{\"numeric\":1}]}",
    "{\"a\":[{\"numeric\":[1]}]}",
    "{\"a\":[{\"numeric\":[\"~\",1]}]}",
    "{\"a\":[{\"numeric\":[\"=\"]}]}",
    "{\"a\":[{\"numeric\":[\"=\",1,2]}]}",
    "{\"a\":[{\"numeric\":[\">\",1,2]}]}",
    "{\"a\":[{\"numeric\":[\">\",1,\">\",2]}]}",
    "{\"a\":[{\"numeric\":[\">\",2,\"<\",1]}]}",
    "{\"a\":[{\"numeric\":[\"=\",1e999]}]}",
    "{\"a\":[{\"anything-but\":null}]}",
    "{\"a\":[{\"anything-but\":[null]}]}",
    "{\"a\":[{\"anything-but\":[]}]}",
    "{\"a\":[{\"anything-but\":{}}]}",
    "{\"a\":[{\"anything-but\":{\"x\":1}}]}",
    "{\"a\":[{\"anything-but\":{\"prefix\":\"\"}}]}",
    "{\"a\":[{\"anything-but\":{\"prefix\":[]}}]}",
    "{\"a\":[{\"anything-but\":{\"wildcard\":1}}]}",
    "{\"a\":[{\"anything-but\":1e999}]}",
    "{\"a\":[{\"cidr\":1}]}",
    "{\"a\":[{\"cidr\":\"x/8\"}]}",
    "{\"a\":[{\"cidr\":\"1.1.1.1/32\"}]}",
    "{\"$or\":1}",
    "{\"$or\":[1]}",
    "{\"$or\":[{\"a\":[1]}]}",
    "{\"$or\":[{\"prefix\":[1]},{\"a\":[1]}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      RulesError error = { 0 };

      g_test_message ("%s", patterns[i]);
      /* Numbers in $or make it a name. */
      if (g_str_equal (patterns[i], "{\"$or\":[1]}"))
        {
          g_assert_true (build (patterns[i], NULL, &error));
          continue;
        }
      g_assert_false (build (patterns[i], NULL, &error));
      g_assert_cmpstr (error.reason, !=, "");
      g_assert_cmpstr (error.hint, !=, "");
      g_assert_cmpstr (error.pointer, !=, "");
    }
}

static void
test_message_is_cut (void)
{
  RulesError error = { 0 };
  static const char pattern[] = "{\"a\": 5}";
  static const char whole[] =
      "Event pattern is not valid. Reason: \"a\" must be an object or an array\n"
      " at [Source: (String)\"{\"a\": 5}\"; line: 1, column: 8]";
  char buffer[32];

  g_assert_false (build (pattern, NULL, &error));
  g_assert_cmpuint (rules_error_eventbridge (&error, pattern, 8, NULL, 0), ==, strlen (whole));
  g_assert_cmpuint (rules_error_eventbridge (&error, pattern, 8, buffer, sizeof buffer), ==,
                    strlen (whole));
  g_assert_cmpstr (buffer, ==, "Event pattern is not valid. Rea");
  buffer[0] = 'x';
  rules_error_eventbridge (&error, pattern, 8, buffer, 1);
  g_assert_cmpstr (buffer, ==, "");
}

static void
test_limits (void)
{
  g_autofree char *text = g_strnfill (5000, 'x');
  g_autofree char *pattern = g_strdup_printf ("{\"a\":[\"%s\"]}", text);
  RulesLimits limits = { .max_pattern_bytes = 10000 };
  RulesError error = { 0 };

  g_assert_false (build (pattern, NULL, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_LIMIT);
  g_assert_cmpstr (error.reason, ==, "the pattern has 5010 bytes, at most 4096 are accepted");
  g_assert_true (build (pattern, &limits, &error));
  limits = (RulesLimits){ .max_wildcard_score = 3 };
  g_assert_true (build ("{\"a\":[{\"wildcard\":\"*a*\"}]}", &limits, &error));
  g_assert_false (build ("{\"a\":[{\"wildcard\":\"*a*b*\"}]}", &limits, &error));
}

/* n members each in m $or side by side. */
static char *
multiply (guint n, guint m)
{
  GString *text = g_string_new ("{");

  for (guint i = 0; i < m; i++)
    {
      g_string_append_printf (text, "%s\"f%u\":{\"$or\":[", i > 0 ? "," : "", i);
      for (guint j = 0; j < n; j++)
        g_string_append_printf (text, "%s{\"g%u\":[%u]}", j > 0 ? "," : "", j, j);
      g_string_append (text, "]}");
    }
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

static void
test_combinations (void)
{
  g_autofree char *thousand = multiply (10, 3);
  g_autofree char *more = multiply (2, 10);
  g_autofree char *bomb = multiply (2, 40);
  RulesLimits limits = { .max_combinations = 1024 };
  RulesError error = { 0 };

  g_assert_true (build (thousand, NULL, &error));
  g_assert_false (build (more, NULL, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_LIMIT);
  g_assert_cmpstr (error.reason, ==, "this $or makes more than 1000 combinations");
  g_assert_cmpstr (error.pointer, ==, "/f9/$or/1");
  g_assert_true (build (more, &limits, &error));
  g_assert_false (build (bomb, NULL, &error));
}

/* ---- The plan -------------------------------------------------------------------------------- */

static char *
describe (const char *pattern)
{
  GString *text = g_string_new (NULL);
  Arena arena;
  Plan plan;

  arena_init (&arena, NULL);
  g_assert_true (pattern_parse (pattern, strlen (pattern), NULL, &arena, &plan, NULL));
  for (size_t i = 0; i < plan.n_branches; i++)
    {
      g_string_append (text, i > 0 ? " | " : "");
      for (size_t j = 0; j < plan.branches[i].n_fields; j++)
        {
          const Field *field = plan.branches[i].fields[j];

          g_string_append_printf (text, "%s%.*s=%.*s", j > 0 ? " " : "", (int) field->n_path,
                                  field->path, (int) field->length, pattern + field->start);
        }
    }
  arena_clear (&arena);
  return g_string_free (text, FALSE);
}

static void
test_plan (void)
{
  static const struct
  {
    const char *pattern, *plan;
  } cases[] = {
    { "{\"b\":[1],\"a\":{\"c\":[2],\"b\":[3]}}", "a.b=[3] a.c=[2] b=[1]" },
    { "{\"a\":[1],\"a\":[2]}", "a=[2]" },
    { "{\"a\":{\"b\":[1]},\"a.b\":[2]}", "a.b=[2]" },
    { "{\"\":{\"b\":[1]},\"a\":{\"\":[2]}}", "a.=[2] b=[1]" },
    { "{\"$or\":[{\"a\":[1]},{\"b\":[2]}]}", "a=[1] | b=[2]" },
    { "{\"a\":[0],\"$or\":[{\"a\":[1]},{\"b\":[2]}],\"b\":[3]}", "a=[1] b=[3] | a=[0] b=[3]" },
    { "{\"$or\":[{\"a\":[1]},{\"b\":[2]}],\"x\":{\"$or\":[{\"a\":[1]},{\"b\":[2]}]}}",
      "a=[1] x.a=[1] | b=[2] x.a=[1] | a=[1] x.b=[2] | b=[2] x.b=[2]" },
    { "{\"$or\":[{\"a\":[1]},{\"b\":[2],\"$or\":[{\"c\":[3]},{\"d\":[4]}]}]}",
      "a=[1] | b=[2] c=[3] | b=[2] d=[4]" },
    { "{\"$or\":[1,2]}", "$or=[1,2]" },
    { "{\"a\":{\"$or\":{\"b\":[1]}},\"$or\":[{\"prefix\":\"x\"}]}",
      "$or=[{\"prefix\":\"x\"}] a.$or.b=[1]" },
    { "{\"\\ud83d\\ude00\":[1],\"\\uff5e\":[2],\"z\":[3]}", "z=[3] 😀=[1] ～=[2]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *plan = describe (cases[i].pattern);

      g_test_message ("%s", cases[i].pattern);
      g_assert_cmpstr (plan, ==, cases[i].plan);
    }
}

/* ---- Hostile patterns and failing memory ----------------------------------------------------- */

static void
test_deep (void)
{
  RulesLimits limits = { .max_pattern_bytes = 1024 * 1024 };

  for (guint depth = 998; depth <= 1000; depth++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      RulesError error = { 0 };
      gboolean ok;

      for (guint i = 0; i < depth; i++)
        g_string_append (text, "{\"a\":");
      g_string_append (text, "[1]");
      for (guint i = 0; i < depth; i++)
        g_string_append_c (text, '}');
      ok = build (text->str, &limits, &error);
      g_assert_cmpint (ok, ==, depth < 1000);
      if (!ok)
        g_assert_cmpint (error.code, ==, RULES_ERROR_JSON);
    }
}

static void
test_large (void)
{
  RulesLimits limits = { .max_pattern_bytes = 16 * 1024 * 1024, .max_wildcard_score = 100000 };
  g_autoptr (GString) fields = g_string_new ("{");
  g_autoptr (GString) values = g_string_new ("{\"a\":[");
  g_autoptr (GString) stars = g_string_new ("{\"a\":[");
  RulesError error = { 0 };

  for (guint i = 0; i < 20000; i++)
    {
      g_string_append_printf (fields, "\"f%u\":[%u],", i * 7919 % 20000, i);
      g_string_append_printf (values, "\"v%u\",", i);
    }
  g_string_append (fields, "\"z\":[1]}");
  g_string_append (values, "1]}");
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (stars, "{\"wildcard\":\"x%u*y*%uz\"},", i, i);
  g_string_append (stars, "1]}");
  g_assert_true (build (fields->str, &limits, &error));
  g_assert_true (build (values->str, &limits, &error));
  g_assert_true (build (stars->str, &limits, &error));
}

static void
test_failing_memory (void)
{
  static const char pattern[] =
      "{\"source\":[\"shop\",\"10.0.0.1\",{\"prefix\":\"x\"},5],\"$or\":[{\"d\":{\"a\":[{"
      "\"wildcard\":\"*a*\"},"
      "{\"equals-ignore-case\":\"zzé\"},{\"anything-but\":{\"wildcard\":[\"q*\",\"*r\"]}}]}},"
      "{\"d\":{\"a\":[{\"suffix\":{\"equals-ignore-case\":\"ab\"}},{\"cidr\":\"10.0.0.0/8\"},"
      "{\"anything-but\":[1,2]}]}}]}";
  const RulesSource sources[] = { { pattern, sizeof pattern - 1 },
                                  { pattern, sizeof pattern - 1 } };

  for (guint left = 0;; left++)
    {
      FailingAlloc user = { left, 0 };
      RulesAlloc alloc = { failing_alloc_resize, &user };
      RulesError error = { 0 };
      RulesSet *set = NULL;
      gboolean ok = rules_set_build (sources, 2, NULL, &alloc, &set, &error);

      if (!ok)
        {
          g_assert_cmpint (error.code, ==, RULES_ERROR_NO_MEMORY);
          g_assert_null (set);
        }
      rules_set_free (set);
      g_assert_cmpuint (user.n_live, ==, 0);
      if (ok)
        break;
      g_assert_cmpuint (left, <, 1000);
    }
}

/* Pieces of patterns in any order: nothing but an answer comes out, twice the same. */
static void
test_random (void)
{
  static const char *const pieces[] = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"b\"",
    "\"$or\"",
    "\"prefix\"",
    "\"suffix\"",
    "\"wildcard\"",
    "\"anything-but\"",
    "\"equals-ignore-case\"",
    "\"numeric\"",
    "\"exists\"",
    "\"cidr\"",
    "\"exactly\"",
    "\"=\"",
    "\"<\"",
    "\">\"",
    "1",
    "true",
    "null",
    "\"*a*\"",
    "\"10.0.0.0/8\"",
    "{\"a\":[",
    "]}",
    "[{",
    "}]",
    "\"\\ud800\"",
    "é",
    "\"É\"",
    "1e999",
    " ",
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (31337);
  guint valid = 0;

  for (guint i = 0; i < 100000; i++)
    {
      g_autoptr (GString) text = g_string_new (g_rand_boolean (random) ? "{\"a\":[" : "{");
      guint n = (guint) g_rand_int_range (random, 0, 14);
      RulesError first = { 0 }, second = { 0 };

      for (guint j = 0; j < n; j++)
        g_string_append (text, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
      valid += build (text->str, NULL, &first);
      build (text->str, NULL, &second);
      g_assert_cmpstr (first.reason, ==, second.reason);
      g_assert_cmpuint (first.offset, <=, text->len);
    }
  g_assert_cmpuint (valid, >, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/pattern/refusals", test_refusals);
  g_test_add_func ("/rules/pattern/hints", test_hints);
  g_test_add_func ("/rules/pattern/message-is-cut", test_message_is_cut);
  g_test_add_func ("/rules/pattern/limits", test_limits);
  g_test_add_func ("/rules/pattern/combinations", test_combinations);
  g_test_add_func ("/rules/pattern/plan", test_plan);
  g_test_add_func ("/rules/pattern/deep", test_deep);
  g_test_add_func ("/rules/pattern/large", test_large);
  g_test_add_func ("/rules/pattern/failing-memory", test_failing_memory);
  g_test_add_func ("/rules/pattern/random", test_random);
  return g_test_run ();
}

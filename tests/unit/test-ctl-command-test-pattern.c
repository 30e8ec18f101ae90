/* Patterns tried without a router: the answer, the reasons, and errors at their place in a file. */
#include "ctl/ctl.h"
#include "rules/rules.h"

#include "support/ctl-run.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

static const char event[] =
    "{\"source\":\"shop\",\"detail-type\":\"Paid\",\"detail\":{\"total\":120}}";

static void
test_match (void)
{
  g_autoptr (CtlRun) yes = CTL_RUN (
      "test-pattern", "{\"source\":[\"shop\"],\"detail\":{\"total\":[{\"numeric\":[\">\",100]}]}}",
      event);
  g_autoptr (CtlRun) no = CTL_RUN (
      "test-pattern", "{\"source\":[\"shop\"],\"detail\":{\"total\":[{\"numeric\":[\"<\",100]}]}}",
      event);

  g_assert_cmpstr (yes->err, ==, "");
  g_assert_cmpint (yes->exit_code, ==, EX_OK);
  ctl_run_assert_contains (yes->out, "✓ The pattern matches.");
  ctl_run_assert_contains (yes->out, "✓ source");
  ctl_run_assert_contains (yes->out, "✓ detail.total");
  g_assert_cmpint (no->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (no->out, "✗ The pattern does not match.");
  ctl_run_assert_contains (no->out, "✓ source");
  ctl_run_assert_contains (no->out, "✗ detail.total");
  ctl_run_assert_contains (no->out, "120");
}

/* Told where there are wildcards, for the person who is about to add another. */
static void
test_wildcard_score (void)
{
  const char *pattern = "{\"detail-type\":[{\"wildcard\":\"P*i*d\"}]}";
  g_autoptr (CtlRun) some = CTL_RUN ("test-pattern", pattern, event);
  g_autoptr (CtlRun) none = CTL_RUN ("test-pattern", "{\"source\":[\"shop\"]}", event);
  g_autofree char *line = NULL;
  unsigned score;

  g_assert_true (rules_wildcard_score (pattern, strlen (pattern), &score, NULL));
  g_assert_cmpuint (score, >, 0);
  line = g_strdup_printf ("\n  wildcard complexity %u of 10\n", score);
  g_assert_cmpint (some->exit_code, ==, EX_OK);
  ctl_run_assert_contains (some->out, line);
  g_assert_cmpint (none->exit_code, ==, EX_OK);
  g_assert_null (strstr (none->out, "complexity"));
}

/* One more than the limit is refused, so that the line never says “11 of 10”. */
static void
test_too_complex (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("test-pattern", "{\"a\":[{\"wildcard\":\"*a*a*a*a*a*a*a\"}]}",
                                    event);

  g_assert_cmpint (run->exit_code, ==, EX_DATAERR);
  ctl_run_assert_contains (run->err, "Rule is too complex");
  ctl_run_assert_contains (run->err, "Its wildcard complexity is 14, at most 10 is allowed.");
}

/* As a router with another Limits.WildcardScore does it; what is in force can always be asked. */
static void
test_other_limit (void)
{
  const char *pattern = "{\"source\":[{\"wildcard\":\"*s*h*o*p*\"}]}";
  const char *complex = "{\"a\":[{\"wildcard\":\"*a*a*a*a*a*a*a\"}]}";
  g_autoptr (CtlRun) refused = CTL_RUN ("test-pattern", "--wildcard-score=2", pattern, event);
  g_autoptr (CtlRun) taken = CTL_RUN ("test-pattern", "--wildcard-score=500", pattern, event);
  g_autoptr (CtlRun) wrong = CTL_RUN ("test-pattern", "--wildcard-score=0", pattern, event);
  g_autoptr (CtlRun) explained = CTL_RUN ("explain", complex, event);

  g_assert_cmpint (refused->exit_code, ==, EX_DATAERR);
  ctl_run_assert_contains (refused->err, "Rule is too complex");
  g_assert_cmpint (taken->exit_code, ==, EX_OK);
  ctl_run_assert_contains (taken->out, " of 500\n");
  g_assert_cmpint (wrong->exit_code, ==, EX_USAGE);
  ctl_run_assert_contains (wrong->err, "at least 1");
  g_assert_cmpint (explained->exit_code, ==, EX_NOTHING);
}

static void
test_json (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("test-pattern", "--json",
                                    "{\"detail\":{\"total\":[120],\"x\":[1]}}", event);
  g_autoptr (JsonNode) root = json_from_string (run->out, NULL);
  JsonArray *leaves;

  g_assert_cmpint (run->exit_code, ==, EX_NOTHING);
  g_assert_nonnull (root);
  g_assert_false (json_object_get_boolean_member (json_node_get_object (root), "matches"));
  leaves = json_object_get_array_member (json_node_get_object (root), "leaves");
  g_assert_cmpuint (json_array_get_length (leaves), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      JsonObject *leaf = json_array_get_object_element (leaves, i);
      gboolean total = g_str_equal (json_object_get_string_member (leaf, "path"), "detail.total");

      g_assert_cmpint (json_object_get_boolean_member (leaf, "held"), ==, total);
      g_assert_cmpint (json_object_get_boolean_member (leaf, "present"), ==, total);
      if (total)
        g_assert_cmpint (json_object_get_int_member (leaf, "value"), ==, 120);
    }
}

static void
test_detail (void)
{
  g_autoptr (CtlRun) run = CTL_RUN (
      "test-pattern", "--detail", "--source", "shop", "--detail-type", "Paid",
      "{\"source\":[\"shop\"],\"detail-type\":[\"Paid\"],\"detail\":{\"a\":[1]}}", "{\"a\":1}");

  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->exit_code, ==, EX_OK);
}

static void
test_errors (void)
{
  g_autoptr (CtlRun) pattern = CTL_RUN ("test-pattern", "{\n  \"source\": \"shop\"\n}", event);
  g_autoptr (CtlRun) broken = CTL_RUN ("test-pattern", "{\"source\":[\"shop\"]}", "{\"a\":}");
  g_autoptr (CtlRun) missing = CTL_RUN ("test-pattern", "/nowhere/pattern.json", event);

  g_assert_cmpint (pattern->exit_code, ==, EX_DATAERR);
  ctl_run_assert_contains (pattern->err, "The pattern:2:");
  ctl_run_assert_contains (pattern->err, "    2 |   \"source\": \"shop\"\n");
  g_assert_cmpint (broken->exit_code, ==, EX_DATAERR);
  ctl_run_assert_contains (broken->err, "The event:1:6: not valid JSON");
  g_assert_cmpint (missing->exit_code, ==, EX_NOINPUT);
}

/* A rule's file: places are those of the file, not of the pattern within it. */
static void
test_rule_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("test-ctl-pattern-XXXXXX", &error);
  g_autofree char *file = g_build_filename (folder, "rule.json", NULL);
  g_autoptr (CtlRun) good = NULL;
  g_autoptr (CtlRun) bad = NULL;
  g_autoptr (CtlRun) string = NULL;
  g_autofree char *place = g_strconcat (file, ":3:", NULL);

  g_assert_no_error (error);
  g_file_set_contents (file, "{\n  \"EventPattern\": {\n    \"source\": [\"shop\"]\n  }\n}\n", -1,
                       &error);
  g_assert_no_error (error);
  good = CTL_RUN ("test-pattern", file, event);
  g_assert_cmpint (good->exit_code, ==, EX_OK);

  g_file_set_contents (file, "{\n  \"EventPattern\": {\n    \"source\": \"shop\"\n  }\n}\n", -1,
                       &error);
  g_assert_no_error (error);
  bad = CTL_RUN ("test-pattern", file, event);
  g_assert_cmpint (bad->exit_code, ==, EX_DATAERR);
  ctl_run_assert_contains (bad->err, place);
  ctl_run_assert_contains (bad->err, "    3 |     \"source\": \"shop\"\n");

  g_file_set_contents (file, "{\"EventPattern\": \"{\\\"source\\\":[\\\"shop\\\"]}\"}", -1, &error);
  g_assert_no_error (error);
  string = CTL_RUN ("test-pattern", file, event);
  g_assert_cmpint (string->exit_code, ==, EX_OK);

  g_assert_cmpint (g_remove (file), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/command-test-pattern/match", test_match);
  g_test_add_func ("/ctl/command-test-pattern/wildcard-score", test_wildcard_score);
  g_test_add_func ("/ctl/command-test-pattern/too-complex", test_too_complex);
  g_test_add_func ("/ctl/command-test-pattern/other-limit", test_other_limit);
  g_test_add_func ("/ctl/command-test-pattern/json", test_json);
  g_test_add_func ("/ctl/command-test-pattern/detail", test_detail);
  g_test_add_func ("/ctl/command-test-pattern/errors", test_errors);
  g_test_add_func ("/ctl/command-test-pattern/rule-file", test_rule_file);

  return g_test_run ();
}

/* How problems of a configuration are shown, to people and to programs. */
#include "ctl/check.h"

#include "support/ctl-run.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdlib.h>

static GPtrArray *
two_problems (void)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func ((GDestroyNotify) config_problem_free);
  ConfigProblem *problem = g_new0 (ConfigProblem, 1);

  problem->file = g_strdup ("rule/default/paid.json");
  problem->line = 2;
  problem->column = 10;
  problem->key = g_strdup ("Targets[0].Arn");
  problem->message = g_strdup ("no connector “webhook/\033[2Jx”");
  problem->hint = g_strdup ("Did you mean “webhook/y”?");
  g_ptr_array_add (problems, problem);
  problem = g_new0 (ConfigProblem, 1);
  problem->file = g_strdup ("router.json");
  problem->key = g_strdup ("");
  problem->message = g_strdup ("the file is empty");
  problem->hint = g_strdup ("");
  g_ptr_array_add (problems, problem);
  return problems;
}

typedef void (*Print) (Output *output, const char *folder, GPtrArray *problems);

static char *
printed (Print print, const char *folder)
{
  g_autoptr (GPtrArray) problems = two_problems ();
  char *text = NULL;
  size_t length;
  FILE *stream = open_memstream (&text, &length);
  Output *output = output_new (stream, FALSE, 0);
  char *copy;

  print (output, folder, problems);
  output_free (output);
  fclose (stream);
  copy = g_strdup (text);
  free (text);
  return copy;
}

static void
print_lines (Output *output, const char *folder, GPtrArray *problems)
{
  check_print_problems (output, folder, problems, FALSE);
}

static void
print_excerpts (Output *output, const char *folder, GPtrArray *problems)
{
  check_print_problems (output, folder, problems, TRUE);
}

static void
print_json (Output *output, const char *folder, GPtrArray *problems)
{
  check_print_json (output, problems);
}

static void
test_lines (void)
{
  g_autofree char *text = printed (print_lines, "/nowhere");

  g_assert_cmpstr (text, ==,
                   "rule/default/paid.json:2:10: Targets[0].Arn: no connector “webhook/\\x1b[2Jx”\n"
                   "  Did you mean “webhook/y”?\n"
                   "router.json: the file is empty\n");
}

static void
test_excerpts (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("test-ctl-check-XXXXXX", &error);
  g_autofree char *rules = g_build_filename (folder, "rule", NULL);
  g_autofree char *bus = g_build_filename (rules, "default", NULL);
  g_autofree char *file = g_build_filename (bus, "paid.json", NULL);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (g_mkdir_with_parents (bus, 0700), ==, 0);
  g_file_set_contents (file, "{\n  \"Arn\": \"webhook/x\"\n}\n", -1, &error);
  g_assert_no_error (error);
  text = printed (print_excerpts, folder);
  g_assert_cmpstr (text, ==,
                   "rule/default/paid.json:2:10: Targets[0].Arn: no connector “webhook/\\x1b[2Jx”\n"
                   "    2 |   \"Arn\": \"webhook/x\"\n"
                   "      |          ^\n"
                   "  Did you mean “webhook/y”?\n"
                   "router.json: the file is empty\n"
                   "2 problems\n");
  g_assert_cmpint (g_remove (file), ==, 0);
  g_assert_cmpint (g_rmdir (bus), ==, 0);
  g_assert_cmpint (g_rmdir (rules), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_json (void)
{
  g_autofree char *text = printed (print_json, "/nowhere");
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonArray *problems;
  JsonObject *first;

  g_assert_nonnull (root);
  g_assert_false (json_object_get_boolean_member (json_node_get_object (root), "valid"));
  problems = json_object_get_array_member (json_node_get_object (root), "problems");
  g_assert_cmpuint (json_array_get_length (problems), ==, 2);
  first = json_array_get_object_element (problems, 0);
  g_assert_cmpstr (json_object_get_string_member (first, "file"), ==, "rule/default/paid.json");
  g_assert_cmpint (json_object_get_int_member (first, "line"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (first, "column"), ==, 10);
  g_assert_cmpstr (json_object_get_string_member (first, "key"), ==, "Targets[0].Arn");
  g_assert_cmpstr (json_object_get_string_member (first, "message"), ==,
                   "no connector “webhook/\033[2Jx”");
}

/* The command itself, on the example. */
static void
test_command (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "..", "examples",
                                                   "quickstart", "config", NULL);
  g_autoptr (CtlRun) good = CTL_RUN ("check", folder);
  g_autoptr (CtlRun) json = CTL_RUN ("check", "--json", folder);
  g_autoptr (CtlRun) none = CTL_RUN ("check", "/nowhere/at/all");
  g_autofree char *samples = g_test_build_filename (G_TEST_DIST, "..", "..", "examples",
                                                    "quickstart", "samples", NULL);
  g_autoptr (CtlRun) bad = CTL_RUN ("check", samples);

  g_assert_cmpstr (good->err, ==, "");
  g_assert_cmpint (good->exit_code, ==, 0);
  g_assert_cmpstr (good->out, ==,
                   "The configuration is valid: 1 source, 1 bus, 5 rules, 5 connectors.\n");
  g_assert_cmpstr (json->out, ==, "{\"valid\":true,\"problems\":[]}\n");
  g_assert_cmpint (none->exit_code, ==, 66);
  g_assert_cmpint (bad->exit_code, ==, 78);
  ctl_run_assert_contains (bad->out, "push.json: ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/check/lines", test_lines);
  g_test_add_func ("/ctl/check/excerpts", test_excerpts);
  g_test_add_func ("/ctl/check/json", test_json);
  g_test_add_func ("/ctl/check/command", test_command);

  return g_test_run ();
}

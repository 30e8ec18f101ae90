/* The tests of a configuration: what holds passes, what does not says where and what instead. */
#include "config/cases.h"

#include "support/config-folder.h"

#define RULE                                                                                       \
  "{\"EventPattern\": {\"source\": [\"shop\"], \"detail\": {\"total\": [{\"numeric\": [\">\", "    \
  "100]}]}},"                                                                                      \
  " \"Targets\": [{\"Id\": \"billing\", \"Arn\": \"file/all\","                                    \
  " \"InputTransformer\": {\"InputPathsMap\": {\"id\": \"$.detail.id\"},"                          \
  " \"InputTemplate\": \"{\\\"order\\\": <id>}\"}}]}"

static char *
folder_with (const char *test)
{
  char *folder = test_folder_new ();
  g_autofree char *text = g_strdup_printf ("{\"Tests\": [%s]}", test);

  test_folder_put (folder, "file/all.json", "{\"Path\": \"all\"}");
  test_folder_put (folder, "rule/default/paid.json", RULE);
  test_folder_put (folder, "tests/paid.json", text);
  return folder;
}

#define TEST(matches, more)                                                                        \
  "{\"Name\": \"t\", \"Event\": {\"source\": \"shop\", \"detail-type\": \"Paid\", \"detail\":"     \
  " {\"id\": 7, \"total\": 120}}, \"Matches\": [" matches "]" more "}"

static void
check_run (const char *test, const char *const *expected)
{
  g_autofree char *folder = folder_with (test);
  g_autoptr (GPtrArray) problems = NULL, failures = test_problems_new ();
  g_autoptr (Configuration) configuration = config_load (folder, test_connector_schemas, NULL,
                                                         &problems);

  g_assert_nonnull (configuration);
  g_assert_cmpuint (config_cases_run (configuration, failures), ==, 1);
  test_problems_are (test, failures, expected);
  test_folder_free (g_steal_pointer (&folder));
}

static void
test_passes (void)
{
  check_run (TEST ("\"paid\"", ", \"Outputs\": {\"paid/billing\": {\"order\": 7}}"),
             (const char *const[]){ NULL });
}

static void
test_matches (void)
{
  check_run (TEST ("", ""),
             (const char *const[]){ "tests/paid.json:1:*: Tests?0?.Matches: test “t”: expected to "
                                    "match none, but it matches paid. *",
                                    NULL });
  check_run (TEST ("\"paid\", \"piad\"", ""),
             (const char *const[]){ "tests/paid.json:1:*: Tests?0?.Matches: test “t”: expected to "
                                    "match paid, piad, but it matches paid. There is no rule "
                                    "“default/piad”.",
                                    NULL });
}

static void
test_outputs (void)
{
  check_run (
      TEST ("\"paid\"", ", \"Outputs\": {\"paid/billing\": {\"order\": 8, \"x\": 1}}"),
      (const char *const[]){ "*test “t”: paid/billing would be sent something else: $.order: "
                             "expected 8, not 7; $.x: expected 1, not nothing*",
                             NULL });
  check_run (TEST ("\"paid\"", ", \"Outputs\": {\"paid/nobody\": 1}"),
             (const char *const[]){ "*there is no rule and target “paid/nobody” on bus “default”*",
                                    NULL });
}

static void
check_refused (const char *test, const char *expected)
{
  g_autofree char *folder = folder_with (test);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) configuration = config_load (folder, test_connector_schemas, NULL,
                                                         &problems);

  g_assert_null (configuration);
  test_problems_are (test, problems, (const char *const[]){ expected, NULL });
  test_folder_free (g_steal_pointer (&folder));
}

static void
test_form (void)
{
  check_refused ("{\"Name\": \"t\", \"Event\": {\"source\": \"a\"}, \"Matches\": []}",
                 "tests/paid.json:1:*an event has source, detail-type and detail*");
  check_refused ("{\"Name\": \"t\", \"Event\": 1, \"Matches\": []}",
                 "tests/paid.json:1:*expected an object, not the number 1*");
  check_refused (TEST ("", ", \"Outputs\": 1"),
                 "tests/paid.json:1:*expected an object, {\"rule/target\": …}*");
  check_refused (TEST ("", ", \"Bus\": \"nowhere\""), "tests/paid.json:1:*no bus “nowhere”*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-cases/passes", test_passes);
  g_test_add_func ("/config-cases/matches", test_matches);
  g_test_add_func ("/config-cases/outputs", test_outputs);
  g_test_add_func ("/config-cases/form", test_form);
  return g_test_run ();
}

/* From a JSON pointer to file, line, column and key. */
#include "support/config-folder.h"

#define TEXT                                                                                       \
  "{\n"                                                                                            \
  "  \"Targets\": [\n"                                                                             \
  "    { \"Id\": \"a\" },\n"                                                                       \
  "    { \"Id\": \"b\", \"a.b\": { \"x y\": 1, \"c/d~e\": [ true ] } }\n"                          \
  "  ],\n"                                                                                         \
  "  \"Text\": \"ab\\n\\u00e9\\ud83d\\ude00z\"\n"                                                  \
  "}\n"

typedef struct
{
  ConfigFile *file;
  GPtrArray *problems;
  ConfigReport report;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->file = test_file_new ("rule/default/a.json", TEXT);
  fixture->problems = test_problems_new ();
  config_report_init (&fixture->report, fixture->file, fixture->problems);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  config_report_clear (&fixture->report);
  g_ptr_array_unref (fixture->problems);
  config_file_free (fixture->file);
}

static void
test_places (Fixture *fixture, gconstpointer data)
{
  ConfigReport *report = &fixture->report;
  gsize mark = config_report_enter (report, "Targets");

  config_report_value (report, "", "array");
  config_report_enter_index (report, 1);
  config_report_value (report, "", "element");
  config_report_enter (report, "a.b");
  config_report_name (report, "Hint.", "name %d", 1);
  config_report_enter (report, "c/d~e");
  config_report_enter_index (report, 0);
  config_report_value (report, "", "deep");
  config_report_leave (report, mark);
  config_report_value (report, "", "root");
  config_report_enter (report, "Missing");
  config_report_value (report, "", "missing");
  config_report_leave (report, mark);
  config_report_offset (report, 4, "", "offset");
  config_report_file (report, "", "file");
  test_problems_are ("places", fixture->problems,
                     (const char *const[]){
                         "rule/default/a.json:2:14: Targets: array",
                         "rule/default/a.json:4:5: Targets[1]: element",
                         "rule/default/a.json:4:18: Targets[1][\"a.b\"]: name 1. Hint.",
                         "rule/default/a.json:4:48: Targets[1][\"a.b\"].c/d~e[0]: deep",
                         "rule/default/a.json:1:1: root",
                         "rule/default/a.json:1:1: Missing: missing",
                         "rule/default/a.json:2:3: offset",
                         "rule/default/a.json: file",
                         NULL,
                     });
}

static void
test_rules_in_object (Fixture *fixture, gconstpointer data)
{
  ConfigReport *report = &fixture->report;
  RulesError error = { .offset = 15, .reason = "bad", .pointer = "/a.b/x y", .hint = "Do." };

  config_report_enter (report, "Targets");
  config_report_enter_index (report, 1);
  config_report_rules (report, "not fit", &error);
  /* A pointer that was cut, an offset beyond the end: nothing is read that is not there. */
  error = (RulesError){ .offset = 1000, .reason = "bad", .pointer = "/a.b/nothing/deeper" };
  config_report_rules (report, "", &error);
  test_problems_are (
      "rules", fixture->problems,
      (const char *const[]){
          "rule/default/a.json:4:20: Targets[1][\"a.b\"][\"x y\"]: not fit: bad. Do.",
          "rule/default/a.json:4:58: Targets[1][\"a.b\"].nothing: bad",
          NULL,
      });
}

/* Offsets in what the string means: a b \n é 😀 z is 1 1 1 2 4 1 bytes. */
static void
test_rules_in_string (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    gsize offset;
    guint column; /* of the file's line 6; the string's quote is at 11 */
  } cases[] = {
    { 0, 12 }, { 1, 13 }, { 2, 14 }, { 3, 16 }, { 5, 22 }, { 9, 34 }, { 10, 35 }, { 999, 35 },
  };

  config_report_enter (&fixture->report, "Text");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RulesError error = { .offset = cases[i].offset, .reason = "bad", .pointer = "/inside" };
      ConfigProblem *problem;

      config_report_rules (&fixture->report, "", &error);
      problem = fixture->problems->pdata[i];
      g_assert_cmpuint (problem->line, ==, 6);
      g_assert_cmpuint (problem->column, ==, cases[i].column);
      g_assert_cmpstr (problem->key, ==, "Text");
    }
}

static void
test_room (Fixture *fixture, gconstpointer data)
{
  ConfigProblem *last;

  for (guint i = 0; i < REPORT_PROBLEMS_PER_FILE + 10; i++)
    config_report_value (&fixture->report, "", "again");
  g_assert_cmpuint (fixture->problems->len, ==, REPORT_PROBLEMS_PER_FILE + 1);
  last = fixture->problems->pdata[REPORT_PROBLEMS_PER_FILE];
  g_assert_cmpstr (last->message, ==, "more than 100 problems; the others are not told");
}

static void
test_file_names (void)
{
  g_autoptr (GPtrArray) problems = test_problems_new ();
  ConfigProblem *problem;

  config_problem_add (problems, "bus/\xff.json", "Rename \xff.", "bad name “%s”", "\xff");
  problem = problems->pdata[0];
  g_assert_true (g_utf8_validate (problem->file, -1, NULL));
  g_assert_cmpstr (problem->message, ==, "bad name “\uFFFD”");
  g_assert_cmpstr (problem->hint, ==, "Rename \uFFFD.");
  g_assert_cmpuint (problem->line, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/config-report/places", Fixture, NULL, set_up, test_places, tear_down);
  g_test_add ("/config-report/rules-in-object", Fixture, NULL, set_up, test_rules_in_object,
              tear_down);
  g_test_add ("/config-report/rules-in-string", Fixture, NULL, set_up, test_rules_in_string,
              tear_down);
  g_test_add ("/config-report/room", Fixture, NULL, set_up, test_room, tear_down);
  g_test_add_func ("/config-report/file-names", test_file_names);
  return g_test_run ();
}

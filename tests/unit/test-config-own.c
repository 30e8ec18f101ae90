/* Sources that take no requests: schedules and folders. */
#include "config/own.h"

#include "support/config-folder.h"

#include "config/source.h"

#include <string.h>

static ConfigSource *
read_source (const char *text, const char *const *expected)
{
  g_autoptr (ConfigFile) file = test_file_new ("source/own.json", text);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) config_file_free);
  ConfigNames names = { NULL, files };
  ConfigReport report;
  ConfigSource *source;

  config_report_init (&report, file, problems);
  source = config_source_new (&report, &names);
  config_report_clear (&report);
  test_problems_are (text, problems, expected);
  return source;
}

static ConfigSource *
read_good (const char *text)
{
  return read_source (text, (const char *const[]){ NULL });
}

static void
test_schedule (void)
{
  g_autoptr (ConfigSource) plain = read_good (
      "{\"Schedule\":{\"Expression\":\"rate(5 minutes)\"}}");
  g_autoptr (ConfigSource) full = read_good (
      "{\"Schedule\":{\"Expression\":\"cron(0 8 * * ? *)\",\"TimeZone\":\"Europe/Zurich\","
      "\"CatchUp\":\"all\",\"CatchUpEvents\":7,\"Detail\":{\"n\":1.50}}}");
  g_autoptr (ConfigSource) none = read_good (
      "{\"Schedule\":{\"Expression\":\"at(2026-11-21T09:14:00)\",\"CatchUp\":\"none\"}}");

  g_assert_cmpstr (plain->schedule->expression, ==, "rate(5 minutes)");
  g_assert_cmpstr (plain->schedule->zone, ==, NULL);
  g_assert_cmpint (plain->schedule->catch_up, ==, CONFIG_CATCH_UP_LAST);
  g_assert_cmpuint (plain->schedule->max_catch_up, ==, 1000);
  g_assert_cmpmem (g_bytes_get_data (plain->schedule->detail, NULL),
                   g_bytes_get_size (plain->schedule->detail), "{}", 2);

  g_assert_cmpstr (full->schedule->zone, ==, "Europe/Zurich");
  g_assert_cmpint (full->schedule->catch_up, ==, CONFIG_CATCH_UP_ALL);
  g_assert_cmpuint (full->schedule->max_catch_up, ==, 7);
  /* As it is written: 1.50, and not 1.5. */
  g_assert_cmpmem (g_bytes_get_data (full->schedule->detail, NULL),
                   g_bytes_get_size (full->schedule->detail), "{\"n\":1.50}", 10);
  g_assert_cmpint (none->schedule->catch_up, ==, CONFIG_CATCH_UP_NONE);
  g_assert_null (plain->folder);
}

static void
test_folder (void)
{
  g_autoptr (ConfigSource) plain = read_good ("{\"Folder\":{\"Path\":\"drop\"}}");
  g_autoptr (ConfigSource) full = read_good (
      "{\"Folder\":{\"Path\":\"/srv/drop\",\"SettleSeconds\":0.5,\"RescanSeconds\":0,"
      "\"FileBytes\":100,\"KeepDone\":false},\"Id\":{\"Path\":\"$.id\"}}");

  g_assert_cmpstr (plain->folder->path, ==, "drop");
  g_assert_cmpint (plain->folder->settle_us, ==, G_USEC_PER_SEC);
  g_assert_cmpint (plain->folder->rescan_us, ==, 300 * G_USEC_PER_SEC);
  g_assert_cmpuint (plain->folder->file_bytes, ==, 67108864);
  g_assert_true (plain->folder->keeps_done);
  g_assert_null (plain->schedule);

  g_assert_cmpint (full->folder->settle_us, ==, G_USEC_PER_SEC / 2);
  g_assert_cmpint (full->folder->rescan_us, ==, 0);
  g_assert_cmpuint (full->folder->file_bytes, ==, 100);
  g_assert_false (full->folder->keeps_done);
}

#define FOLDER "\"Folder\":{\"Path\":\"drop\"}"
#define SCHEDULE "\"Schedule\":{\"Expression\":\"rate(1 hour)\"}"

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *problem;
  } cases[] = {
    { "{" FOLDER "," SCHEDULE "}", "*“Schedule” and “Folder” exclude each other*" },
    { "{" FOLDER ",\"Methods\":[\"POST\"]}",
      "*: Methods: a source with “Folder” takes no requests*" },
    { "{" SCHEDULE ",\"Handshakes\":[\"slack\"]}",
      "*: Handshakes: a source with “Schedule” takes no requests*" },
    { "{" SCHEDULE ",\"Id\":\"x\"}", "*: Id: a source with “Schedule” takes no requests*" },
    { "{" SCHEDULE ",\"Source\":{\"Path\":\"$.a\"}}",
      "*: Source: there is no request to take it from*" },
    { "{" FOLDER ",\"Source\":{\"Header\":\"X-A\"}}",
      "*: Source: there is no request to take it from*" },
    { "{\"Schedule\":{\"Expression\":\"rate(0 minutes)\"}}", "*: Schedule.Expression: *" },
    { "{\"Schedule\":{\"Expression\":\"cron(0 8 * * ? *)\",\"TimeZone\":\"Europe/Zurich2\"}}",
      "*: Schedule.TimeZone: *" },
    { "{\"Folder\":{\"Path\":\"drop\",\"RescanSeconds\":-1}}",
      "*: Folder.RescanSeconds: -1 is out of bounds*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    config_source_free (
        read_source (cases[i].text, (const char *const[]){ cases[i].problem, NULL }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/own/schedule", test_schedule);
  g_test_add_func ("/config/own/folder", test_folder);
  g_test_add_func ("/config/own/bad", test_bad);
  return g_test_run ();
}

/* Files dropped into a folder while the daemon is killed again and again: every line is one event,
 * no more and no less. */
#include "support/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_FILES 60
#define N_LINES 5
#define N_KILLS 6

/* As a program should: written elsewhere, renamed into place. */
static void
drop (const char *folder, guint number)
{
  g_autofree char *name = g_strdup_printf ("%03u.ndjson", number);
  g_autofree char *hidden = g_strconcat (folder, "/.", name, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_LINES; i++)
    g_string_append_printf (text, "{\"file\":%u,\"line\":%u}\n", number, i);
  g_file_set_contents (hidden, text->str, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (hidden, path), ==, 0);
}

static guint
count_files (const char *folder, const char *inner)
{
  g_autofree char *path = g_build_filename (folder, inner, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_killed (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *folder = scenario_state_path (scenario, "drop");
  g_autofree char *total = g_strdup_printf ("%d", N_FILES * N_LINES);
  gint64 deadline_us;

  g_mkdir_with_parents (folder, 0700);
  scenario_config (scenario, "file/out.json", "{'Path': 'out.jsonl'}");
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 't', 'Arn': 'file/out'}]}");
  scenario_config (scenario, "source/drop.json", "{'Folder': {'Path': '%s', 'SettleSeconds': 0}}",
                   folder);
  scenario_start (scenario);
  for (guint i = 0; i < N_FILES; i++)
    {
      drop (folder, i);
      if (i % (N_FILES / N_KILLS) == N_FILES / N_KILLS - 1)
        {
          g_usleep ((gulong) g_random_int_range (0, 200000));
          scenario_kill (scenario);
          scenario_start (scenario);
        }
    }
  scenario_wait (scenario, "/v1/status", "ledger.events", total);
  deadline_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  while (count_files (folder, "done") < N_FILES && g_get_monotonic_time () < deadline_us)
    g_usleep (20000);
  g_assert_cmpuint (count_files (folder, "done"), ==, N_FILES);
  g_assert_cmpuint (count_files (folder, "claimed"), ==, 0);
  g_assert_cmpuint (count_files (folder, "failed"), ==, 0);
  scenario_wait (scenario, "/v1/status", "ledger.events", total);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* ---- Noticing ---- */

/* Nothing is looked through by itself: what is taken was noticed. */
static void
configure_noticing (Scenario *scenario, const char *folder)
{
  scenario_config (scenario, "source/drop.json",
                   "{'Folder': {'Path': '%s', 'SettleSeconds': 0, 'RescanSeconds': 0}}", folder);
}

static void
wait_for_events (Scenario *scenario, guint n)
{
  g_autofree char *expected = g_strdup_printf ("%u", n);

  scenario_wait (scenario, "/v1/status", "ledger.events", expected);
}

static void
wait_for_folder (const char *path)
{
  gint64 deadline_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_thread_yield ();
    }
}

static void
test_noticed (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *folder = scenario_state_path (scenario, "drop");
  g_autofree char *claimed = g_build_filename (folder, "claimed", NULL);
  g_autofree char *moved = g_strconcat (folder, "-moved", NULL);
  g_autofree char *late = g_build_filename (folder, "late.json", NULL);
  g_autoptr (Answer) reloaded = NULL;
  gint64 begun_us;
  guint n = 0;

  /* A source that is new, in a router that has slept until now. */
  scenario_start (scenario);
  configure_noticing (scenario, folder);
  reloaded = scenario_post (scenario, "/v1/reload", "{}");
  g_assert_cmpuint (reloaded->status, ==, 200);
  wait_for_folder (claimed);
  begun_us = g_get_monotonic_time ();
  drop (folder, n++);
  wait_for_events (scenario, n * N_LINES);
  g_test_message ("noticed, kept and seen after %" G_GINT64_FORMAT " ms",
                  (g_get_monotonic_time () - begun_us) / 1000);

  /* Hundreds at once. */
  while (n < 300)
    drop (folder, n++);
  wait_for_events (scenario, n * N_LINES);

  /* The folder goes away, and is made again by the router; files move in with it. */
  g_assert_cmpint (g_rename (folder, moved), ==, 0);
  wait_for_folder (claimed);
  drop (folder, n++);
  wait_for_events (scenario, n * N_LINES);

  /* Written slowly in place: closed before it is whole to us, and taken all the same. */
  {
    g_autoptr (GError) error = NULL;

    g_file_set_contents_full (late, "{}", -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
    g_assert_no_error (error);
  }
  wait_for_events (scenario, n * N_LINES + 1);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* How often the thread of that name has slept. */
static guint64
count_sleeps (Scenario *scenario, const char *thread)
{
  g_autofree char *tasks = g_strdup_printf ("/proc/%d/task", (int) scenario_pid (scenario));
  g_autoptr (GDir) dir = g_dir_open (tasks, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (tasks, name, "status", NULL);
      g_autofree char *text = NULL;
      g_autofree char *head = g_strdup_printf ("Name:\t%s\n", thread);

      if (g_file_get_contents (path, &text, NULL, NULL) && g_str_has_prefix (text, head))
        return g_ascii_strtoull (strstr (text, "\nvoluntary_ctxt_switches:") +
                                     strlen ("\nvoluntary_ctxt_switches:\t"),
                                 NULL, 10);
    }
  g_error ("there is no thread “%s”", thread);
}

/* While nothing happens nothing is done. */
static void
test_idle (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *folder = scenario_state_path (scenario, "drop");
  g_autofree char *claimed = g_build_filename (folder, "claimed", NULL);
  gint64 end_us;
  guint64 before;

  configure_noticing (scenario, folder);
  scenario_start (scenario);
  wait_for_folder (claimed);
  drop (folder, 0);
  wait_for_events (scenario, N_LINES);
  g_free (scenario_accept (scenario, "/v1/events",
                           "{'source': 's', 'detail-type': 't', 'detail': {}}"));
  wait_for_events (scenario, N_LINES + 1);
  before = count_sleeps (scenario, "folders");
  /* The last look may have had an end of its own. */
  for (guint64 now = before + 1; now != before;)
    {
      before = now;
      end_us = g_get_monotonic_time () + G_USEC_PER_SEC / 4;
      while (g_get_monotonic_time () < end_us)
        wait_for_events (scenario, N_LINES + 1);
      now = count_sleeps (scenario, "folders");
    }
  end_us = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;
  while (g_get_monotonic_time () < end_us)
    wait_for_events (scenario, N_LINES + 1);
  g_assert_cmpuint (count_sleeps (scenario, "folders"), ==, before);
  scenario_stop (scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/folders/killed", test_killed);
  g_test_add_func ("/scenario/folders/noticed", test_noticed);
  g_test_add_func ("/scenario/folders/idle", test_idle);
  return g_test_run ();
}

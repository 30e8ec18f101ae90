/* Files dropped into a folder while the daemon is killed again and again: every line is one event,
 * no more and no less. */
#include "support/scenario.h"

#include <glib/gstdio.h>

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/folders/killed", test_killed);
  return g_test_run ();
}

/* What the app costs while nobody does anything with it: how often the system wakes it. The clock
 * of a figure is a count of seconds, not a bound: a slow machine wakes a program less often, never
 * more.
 *
 * Animations are on, as they are for most users: a spinner that nobody sees is what costs most. */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "sections.h"
#include "ui-driver.h"

#define PERIOD_S 3
#define MAX_SHOWN (40 * PERIOD_S) /* GTK tells assistive technology of whatever changes */
#define MAX_HIDDEN (PERIOD_S - 1) /* whatever comes once a second is too often */
#define DEADLINE_S 60

typedef struct
{
  char *folder;
  char *socket;
  GSubprocess *router;
  UiApp *app;
  char *window; /* as X calls it */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *world = g_test_build_filename (G_TEST_DIST, "world.json", NULL);
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("signalbox-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->socket = g_build_filename (fixture->folder, "socket", NULL);
  fixture->router = ui_spawn (
      (const char *const[]){ g_getenv ("FAKE_ROUTER"), world, fixture->socket, NULL });
  while (!g_file_test (fixture->socket, G_FILE_TEST_EXISTS))
    g_usleep (5000);
  fixture->app = ui_app_launch (
      (const char *const[]){ g_getenv ("SIGNALBOX"), "--socket", fixture->socket, NULL },
      "signalbox");
  ui_find (fixture->app, "status", "Connected");
  ui_find (fixture->app, "label", "What Changed");
  fixture->window = ui_app_dup_window (fixture->app);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (ui_app_close (fixture->app), ==, 0);
  g_subprocess_send_signal (fixture->router, SIGTERM);
  g_subprocess_wait (fixture->router, NULL, NULL);
  g_clear_object (&fixture->router);
  g_assert_no_errno (g_rmdir (fixture->folder));
  g_free (fixture->folder);
  g_free (fixture->socket);
  g_free (fixture->window);
}

static void
xdotool (const char *command, const char *argument)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "xdotool",
                                                      command, argument, NULL);

  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

/* How often a thread of the process went to sleep, and hence was waked. */
static gint64
count_wake_ups (UiApp *app)
{
  g_autofree char *tasks = g_strdup_printf ("/proc/%s/task", ui_app_get_process (app));
  g_autoptr (GDir) folder = g_dir_open (tasks, 0, NULL);
  const char *task;
  gint64 n = 0;

  g_assert_nonnull (folder);
  while ((task = g_dir_read_name (folder)) != NULL)
    {
      static const char field[] = "\nvoluntary_ctxt_switches:";
      g_autofree char *path = g_build_filename (tasks, task, "status", NULL);
      g_autofree char *text = NULL;
      const char *found;

      /* A thread of a pool may have ended. */
      if (!g_file_get_contents (path, &text, NULL, NULL))
        continue;
      found = strstr (text, field);
      g_assert_nonnull (found);
      n += g_ascii_strtoll (found + strlen (field), NULL, 10);
    }
  return n;
}

static gint64
wake_ups_of_a_period (UiApp *app)
{
  gint64 before = count_wake_ups (app);

  g_usleep (PERIOD_S * G_USEC_PER_SEC);
  return count_wake_ups (app) - before;
}

/* What was under way may come to its end first. */
static void
assert_calms_down (UiApp *app, gint64 max)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  gint64 n;

  while ((n = wake_ups_of_a_period (app)) > max)
    {
      g_test_message ("%" G_GINT64_FORMAT " times in %d s", n, PERIOD_S);
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    }
  g_test_message ("%" G_GINT64_FORMAT " times in %d s", n, PERIOD_S);
}

static void
assert_wakes_again (UiApp *app)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;

  while (wake_ups_of_a_period (app) <= MAX_HIDDEN)
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
}

static void
test_shown (Fixture *fixture, gconstpointer data)
{
  static const char *const sections[] = { KEY_OVERVIEW, KEY_EVENTS };

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      ui_keys (fixture->app, sections[i]);
      assert_calms_down (fixture->app, MAX_SHOWN);
    }
}

static void
test_minimised (Fixture *fixture, gconstpointer data)
{
  xdotool ("windowminimize", fixture->window);
  assert_calms_down (fixture->app, MAX_HIDDEN);
  xdotool ("windowmap", fixture->window);
  assert_wakes_again (fixture->app);
}

static void
test_other_desktop (Fixture *fixture, gconstpointer data)
{
  xdotool ("set_num_desktops", "2");
  xdotool ("set_desktop", "1");
  assert_calms_down (fixture->app, MAX_HIDDEN);
  xdotool ("set_desktop", "0");
  assert_wakes_again (fixture->app);
}

static void
test_unmapped (Fixture *fixture, gconstpointer data)
{
  xdotool ("windowunmap", fixture->window);
  assert_calms_down (fixture->app, MAX_HIDDEN);
  xdotool ("windowmap", fixture->window);
  assert_wakes_again (fixture->app);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  TEST ("/idle/shown", test_shown);
  TEST ("/idle/minimised", test_minimised);
  TEST ("/idle/other-desktop", test_other_desktop);
  TEST ("/idle/unmapped", test_unmapped);
  return g_test_run ();
}

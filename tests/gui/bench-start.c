/* How soon after it is started the app shows its window, and numbers of the router in it; against
 * the least that can be had here, a window of libadwaita with a header bar, started in turn with
 * it.
 *
 * Usage: gui-session bench-start [SOCKET]
 *
 * Without a socket a fake router answers. The clock of the machine drifts: it is the ratios that
 * count. */
#include <gtksourceview/gtksource.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sb-overview-page.h"
#include "window-fixture.h"

#define ROUNDS 15
#define BE_STARTED "--be-started"

/* ---- What is started ------------------------------------------------------------------------- */

typedef struct
{
  gint64 frame_us, content_us; /* since its parent started it */
} Times;

typedef struct
{
  gint64 started_us;
  Times times;
  GtkWidget *window;
} Start;

static gboolean
has_content (GtkWidget *window)
{
  GtkWidget *stack;

  if (!SB_IS_WINDOW (window))
    return TRUE;
  stack = window_part (sb_window_get_page (SB_WINDOW (window), "overview"), SB_TYPE_OVERVIEW_PAGE,
                       "stack");
  return g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (stack)), "numbers") &&
         gtk_widget_get_mapped (stack);
}

static void
painted_cb (Start *start)
{
  gint64 now_us = g_get_monotonic_time () - start->started_us;

  if (start->times.frame_us == 0)
    start->times.frame_us = now_us;
  if (!has_content (start->window))
    return;
  start->times.content_us = now_us;
  /* Without the farewell, which is not what is measured. */
  if (write (STDOUT_FILENO, &start->times, sizeof start->times) != sizeof start->times)
    _exit (1);
  _exit (0);
}

static void
realized_cb (GtkWidget *window, Start *start)
{
  start->window = window;
  g_signal_connect_swapped (gtk_widget_get_frame_clock (window), "after-paint",
                            G_CALLBACK (painted_cb), start);
}

static void
added_cb (GtkApplication *application, GtkWidget *window, Start *start)
{
  g_signal_connect (window, "realize", G_CALLBACK (realized_cb), start);
}

static void
activate_bare_cb (GtkApplication *application)
{
  GtkWidget *window = g_object_new (ADW_TYPE_APPLICATION_WINDOW, "application", application,
                                    "default-width", 1200, "default-height", 760, NULL);

  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), adw_header_bar_new ());
  gtk_window_present (GTK_WINDOW (window));
}

/* socket: of the router; "" for a bare window. */
static int
be_started (char *program, const char *started, char *socket)
{
  Start start = { .started_us = g_ascii_strtoll (started, NULL, 10) };
  char *argv[] = { program, (char *) "--socket", socket, NULL };
  gboolean bare = *socket == '\0';
  g_autoptr (GtkApplication) application = NULL;

  if (bare)
    {
      application = GTK_APPLICATION (
          adw_application_new ("org.signalbox.Bare", G_APPLICATION_DEFAULT_FLAGS));
      g_signal_connect (application, "activate", G_CALLBACK (activate_bare_cb), NULL);
    }
  else
    {
      gtk_source_init ();
      application = GTK_APPLICATION (sb_application_new ());
    }
  g_signal_connect (application, "window-added", G_CALLBACK (added_cb), &start);
  return g_application_run (G_APPLICATION (application), bare ? 1 : 3, argv);
}

/* ---- Starting -------------------------------------------------------------------------------- */

/* The fake router lives in this process, so that the main loop goes on meanwhile. */
static Times
start_one (const char *program, const char *socket)
{
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_monotonic_time ());
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                      program, BE_STARTED, now, socket, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) out = NULL;
  Times times;

  g_assert_no_error (error);
  g_subprocess_communicate_async (process, NULL, NULL, take_result_cb, &result);
  wait_until (result != NULL);
  g_subprocess_communicate_finish (process, result, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (out), ==, sizeof times);
  memcpy (&times, g_bytes_get_data (out, NULL), sizeof times);
  return times;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

static double
median_ms (gint64 *times_us)
{
  qsort (times_us, ROUNDS, sizeof *times_us, compare);
  return (double) times_us[ROUNDS / 2] / 1000;
}

static void
compare_starts (const char *program, const char *socket)
{
  gint64 bare_us[ROUNDS], frame_us[ROUNDS], content_us[ROUNDS];
  double bare_ms, frame_ms, content_ms;

  for (guint i = 0; i < ROUNDS; i++)
    {
      Times times;

      bare_us[i] = start_one (program, "").frame_us;
      times = start_one (program, socket);
      frame_us[i] = times.frame_us;
      content_us[i] = times.content_us;
    }
  bare_ms = median_ms (bare_us);
  frame_ms = median_ms (frame_us);
  content_ms = median_ms (content_us);
  g_print ("%-24s %5.0f ms\n", "bare window, first frame", bare_ms);
  g_print ("%-24s %5.0f ms, %.2f times that\n", "app, first frame", frame_ms, frame_ms / bare_ms);
  g_print ("%-24s %5.0f ms, %.2f times that\n", "app, numbers", content_ms, content_ms / bare_ms);
}

int
main (int argc, char *argv[])
{
  World world;

  if (argc == 4 && g_str_equal (argv[1], BE_STARTED))
    return be_started (argv[0], argv[2], argv[3]);
  if (argc == 2)
    {
      compare_starts (argv[0], argv[1]);
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  world_set_up (&world, NULL);
  compare_starts (argv[0], world.socket);
  world_tear_down (&world, NULL);
  return 0;
}

/* What the app makes of a large store: how soon there are rows, how long a filter takes, how much
 * memory scrolling needs, and whether it answers while much changes.
 *
 * Usage: gui-session bench-window SOCKET, where a router listens that has a store made by
 *
 *   fill-store --done STATE 1000000 && fill-store STATE 1040000
 *
 * and no rules, so that the last 40 000 deliveries are dead letters.  Events are sent to it, a
 * thousand a second.  Nothing is asserted; the aims are 250 MB, and 80 ms for a filter. */
#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>

#include "sb-dead-groups-page.h"
#include "sb-events-page.h"
#include "window-fixture.h"

#define N_FILTERS 15
#define SCROLL_S 8
#define LIVE_S 5
#define TICK_MS 5

static double
memory_mb (void)
{
  g_autofree char *text = NULL;
  const char *found;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL) ||
      (found = strstr (text, "VmRSS:")) == NULL)
    return 0;
  return (double) g_ascii_strtoll (found + strlen ("VmRSS:"), NULL, 10) / 1024;
}

static guint
n_rows (SbPage *page)
{
  return g_list_model_get_n_items (G_LIST_MODEL (sb_list_page_get_list (SB_LIST_PAGE (page))));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

/* How long the main loop was kept from a timer that comes every 5 ms. */
typedef struct
{
  gint64 last_us, worst_us;
  GArray *late_us;
} Pulse;

static gboolean
tick_cb (gpointer user_data)
{
  Pulse *pulse = user_data;
  gint64 now_us = g_get_monotonic_time ();
  gint64 late_us = now_us - pulse->last_us - TICK_MS * 1000;

  pulse->worst_us = MAX (pulse->worst_us, late_us);
  g_array_append_val (pulse->late_us, late_us);
  pulse->last_us = now_us;
  return G_SOURCE_CONTINUE;
}

static void
run_for (guint seconds, const char *what, gboolean (*step) (gpointer), gpointer data, guint step_ms)
{
  gint64 end_us = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  Pulse pulse = { g_get_monotonic_time (), 0, g_array_new (FALSE, FALSE, sizeof (gint64)) };
  guint tick = g_timeout_add_full (G_PRIORITY_DEFAULT, TICK_MS, tick_cb, &pulse, NULL);
  guint work = g_timeout_add (step_ms, step, data);

  while (g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_source_remove (work);
  g_array_sort (pulse.late_us, compare);
  g_print ("%-34s median %5.1f ms, 99 %% %6.1f ms, worst %6.1f ms late\n", what,
           (double) g_array_index (pulse.late_us, gint64, pulse.late_us->len / 2) / 1000,
           (double) g_array_index (pulse.late_us, gint64, pulse.late_us->len * 99 / 100) / 1000,
           (double) pulse.worst_us / 1000);
  g_array_unref (pulse.late_us);
}

/* ---- Filtering ------------------------------------------------------------------------------- */

static void
filter (SbPage *page)
{
  GtkEditable *entry = window_part (page, SB_TYPE_EVENTS_PAGE, "search_entry");
  SbPagedList *list = sb_list_page_get_list (SB_LIST_PAGE (page));
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < N_FILTERS; i++)
    {
      g_autofree char *text = g_strdup_printf ("since:%ud", i + 1);
      gint64 start_us, took_us;

      gtk_editable_set_text (entry, text);
      /* The entry waits a moment for more keys: what is measured begins when it does not. */
      wait_until (!sb_paged_list_get_loaded (list));
      start_us = g_get_monotonic_time ();
      wait_until (sb_paged_list_get_loaded (list));
      took_us = g_get_monotonic_time () - start_us;
      g_array_append_val (times, took_us);
    }
  g_array_sort (times, compare);
  g_print ("%-34s median %5.1f ms, worst %6.1f ms\n", "filter to rows",
           (double) g_array_index (times, gint64, N_FILTERS / 2) / 1000,
           (double) g_array_index (times, gint64, N_FILTERS - 1) / 1000);
  gtk_editable_set_text (entry, "");
  wait_until (!sb_paged_list_get_loaded (list));
  wait_until (sb_paged_list_get_loaded (list));
}

/* ---- Scrolling ------------------------------------------------------------------------------- */

static gboolean
scroll_cb (gpointer user_data)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (user_data));

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) +
                                            gtk_adjustment_get_page_size (adjustment));
  return G_SOURCE_CONTINUE;
}

/* ---- Live ------------------------------------------------------------------------------------ */

typedef struct
{
  SoupSession *session;
  guint n_sent;
} Sender;

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) answer G_GNUC_UNUSED = soup_session_send_and_read_finish (
      SOUP_SESSION (source), result, NULL);
}

/* A hundred in one request, ten times a second. */
static gboolean
send_cb (gpointer user_data)
{
  Sender *sender = user_data;
  g_autoptr (SoupMessage) message = soup_message_new ("POST", "http://localhost/v1/events");
  g_autoptr (GString) body = g_string_new ("[");
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append_printf (body, "%s{\"source\":\"bench\",\"detail-type\":\"Live\",\"detail\":%u}",
                            i > 0 ? "," : "", sender->n_sent++);
  g_string_append_c (body, ']');
  bytes = g_bytes_new (body->str, body->len);
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  soup_session_send_and_read_async (sender->session, message, G_PRIORITY_LOW, NULL, sent_cb, NULL);
  return G_SOURCE_CONTINUE;
}

static void
live (const char *socket)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (socket);
  Sender sender = { soup_session_new_with_options ("remote-connectable", address, NULL), 0 };

  run_for (LIVE_S, "1000 events a second", send_cb, &sender, 100);
  g_object_unref (sender.session);
}

int
main (int argc, char *argv[])
{
  SbApplication *application = window_test_init (&argc, &argv);
  g_autoptr (SbAddress) address = NULL;
  g_autoptr (SbClient) client = NULL;
  WindowFixture fixture = { 0 };
  gint64 start_us = g_get_monotonic_time ();
  SbPage *page;

  if (argc != 2)
    {
      g_printerr ("usage: bench-window SOCKET\n");
      return 2;
    }
  address = sb_address_new_socket (argv[1]);
  client = fixture.world.client = sb_client_new (address, 30);
  window_open (&fixture, WINDOW_WIDE);
  wait_until (sb_router_get_status (fixture.router) != NULL);
  page = window_show (&fixture, "events");
  wait_until (n_rows (page) > 0);
  g_print ("%-34s %5.0f ms, %.0f MB\n", "start to rows",
           (double) (g_get_monotonic_time () - start_us) / 1000, memory_mb ());
  filter (page);
  run_for (SCROLL_S, "scrolling, a page each 33 ms", scroll_cb,
           window_part (page, SB_TYPE_LIST_PAGE, "list_view"), 33);
  g_print ("%-34s %u rows, %.0f MB\n", "scrolled", n_rows (page), memory_mb ());
  live (argv[1]);
  page = window_show (&fixture, "dead-groups");
  start_us = g_get_monotonic_time ();
  wait_until (n_rows (page) > 0);
  g_print ("%-34s %5.0f ms, %u groups\n", "dead letters",
           (double) (g_get_monotonic_time () - start_us) / 1000, n_rows (page));
  live (argv[1]);
  g_print ("%-34s %.0f MB\n", "at the end", memory_mb ());
  gtk_window_destroy (GTK_WINDOW (fixture.window));
  g_object_unref (fixture.router);
  g_object_unref (application);
  return 0;
}

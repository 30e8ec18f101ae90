/* A disk that becomes read-only or full under the running router, and is well again later: senders
 * are told to come back before they have sent their bodies, nothing that was accepted is lost,
 * nothing is sent twice, and nobody has to start anything again. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  gboolean is_full;
  guint status;
  const char *type, *member; /* of the problem; of the store's status */
} Trouble;

static const Trouble read_only = { FALSE, 503, "urn:signalbox:problem:disk-blocked",
                                   "store.disk_blocked" };
static const Trouble full = { TRUE, 507, "urn:signalbox:problem:disk-full", "store.disk_full" };

static void
touch (const char *path)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "", 0, &error);
  g_assert_no_error (error);
}

static void
set_blocked (Scenario *scenario, const Trouble *trouble, gboolean blocked)
{
  g_autofree char *flag = g_build_filename (scenario_folder (scenario), "blocked", NULL);
  g_autofree char *is_full = g_strconcat (flag, ".full", NULL);

  if (trouble->is_full)
    touch (is_full);
  if (blocked)
    touch (flag);
  else
    g_assert_cmpint (g_unlink (flag), ==, 0);
}

static void
start (Scenario *scenario)
{
  g_autofree char *preload = g_strconcat ("LD_PRELOAD=", g_getenv ("FAULT_PRELOAD"), NULL);
  g_autofree char *flag = g_strdup_printf ("SIGNALBOX_FAULT_WHILE=%s/blocked",
                                           scenario_folder (scenario));

  scenario_prefix (scenario,
                   (const char *[]){ "/usr/bin/env", "ASAN_OPTIONS=verify_asan_link_order=0",
                                     preload, flag, NULL });
  scenario_start (scenario);
}

/* Only the head of a request is sent, for a body of a megabyte.  Returns the whole answer. */
static char *
ask_without_body (Scenario *scenario)
{
  static const char head[] = "POST /in/shop HTTP/1.1\r\nHost: localhost\r\n"
                             "Content-Type: application/json\r\nContent-Length: 1000000\r\n"
                             "Connection: close\r\n\r\n";
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  char text[4096];
  gsize n;

  g_socket_client_set_timeout (client, 30);
  connection = g_socket_client_connect_to_uri (client, scenario_url (scenario), 80, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), head,
                             sizeof head - 1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), text,
                           sizeof text - 1, &n, NULL, &error);
  g_assert_no_error (error);
  return g_strndup (text, n);
}

static void
check_turned_away_early (Scenario *scenario, const Trouble *trouble)
{
  g_autofree char *answer = ask_without_body (scenario);
  g_autofree char *begin = g_strdup_printf ("HTTP/1.1 %u ", trouble->status);

  g_test_message ("%s", answer);
  g_assert_true (g_str_has_prefix (answer, begin));
  g_assert_nonnull (strstr (answer, "\r\nRetry-After: "));
  g_assert_nonnull (strstr (answer, trouble->type));
}

/* Refused with its own type until the router has found out that the disk is well. */
static char *
accept_again (Scenario *scenario, const Trouble *trouble)
{
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (Answer) answer = scenario_post (scenario, "/in/shop", "{'n':2}");

      if (answer->status == 202)
        return g_strdup (json_at_string (answer->json, "id"));
      g_assert_cmpuint (answer->status, ==, trouble->status);
      g_assert_cmpstr (json_at_string (answer->json, "type"), ==, trouble->type);
      g_usleep (100 * 1000);
    }
  g_error ("The router takes nothing although the disk does");
}

static void
test_trouble (gconstpointer data)
{
  const Trouble *trouble = data;
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "webhook/a.json", "{'Url':'%s'}", receiver_url (receiver));
  scenario_config (scenario, "rule/default/r.json", "{'Targets':[{'Id':'t','Arn':'webhook/a'}]}");
  start (scenario);
  receiver_hold (receiver);
  first = scenario_accept (scenario, "/in/shop", "{'n':1}");
  receiver_wait (receiver, 1);

  set_blocked (scenario, trouble, TRUE);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Answer) answer = scenario_post (scenario, "/in/shop", "{'n':0}");

      g_assert_cmpuint (answer->status, ==, trouble->status);
    }
  scenario_wait (scenario, "/v1/status", trouble->member, "true");
  check_turned_away_early (scenario, trouble);
  /* What was sent meanwhile cannot be recorded yet, and is not sent again. */
  receiver_release (receiver);
  scenario_wait (scenario, "/v1/status", "schedule.under_way", "1");
  g_assert_false (scenario_has_ended (scenario));

  set_blocked (scenario, trouble, FALSE);
  second = accept_again (scenario, trouble);
  scenario_wait_delivery (scenario, first, 1, "done");
  scenario_wait_delivery (scenario, second, 1, "done");
  scenario_wait (scenario, "/v1/status", trouble->member, "false");
  scenario_wait (scenario, "/v1/status", "ledger.events", "2");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 2);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/blocked/read-only", &read_only, test_trouble);
  g_test_add_data_func ("/blocked/full", &full, test_trouble);
  return g_test_run ();
}

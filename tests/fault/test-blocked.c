/* A disk that becomes read-only under the running router, and is well again later: senders are told
 * to come back, nothing that was accepted is lost, nothing is sent twice, and nobody has to start
 * anything again. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <glib/gstdio.h>

static void
set_blocked (Scenario *scenario, gboolean blocked)
{
  g_autofree char *flag = g_build_filename (scenario_folder (scenario), "blocked", NULL);
  g_autoptr (GError) error = NULL;

  if (!blocked)
    g_assert_cmpint (g_unlink (flag), ==, 0);
  else
    g_assert_true (g_file_set_contents (flag, "", 0, &error));
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

/* 503 with its own type until the router has found out that the disk is well. */
static char *
accept_again (Scenario *scenario)
{
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (Answer) answer = scenario_post (scenario, "/in/shop", "{'n':2}");

      if (answer->status == 202)
        return g_strdup (json_at_string (answer->json, "id"));
      g_assert_cmpuint (answer->status, ==, 503);
      g_assert_cmpstr (json_at_string (answer->json, "type"), ==,
                       "urn:signalbox:problem:disk-blocked");
      g_usleep (100 * 1000);
    }
  g_error ("The router takes nothing although the disk does");
}

static void
test_read_only (void)
{
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

  set_blocked (scenario, TRUE);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Answer) answer = scenario_post (scenario, "/in/shop", "{'n':0}");

      g_assert_cmpuint (answer->status, ==, 503);
    }
  scenario_wait (scenario, "/v1/status", "store.disk_blocked", "true");
  /* What was sent meanwhile cannot be recorded yet, and is not sent again. */
  receiver_release (receiver);
  scenario_wait (scenario, "/v1/status", "schedule.under_way", "1");
  g_assert_false (scenario_has_ended (scenario));

  set_blocked (scenario, FALSE);
  second = accept_again (scenario);
  scenario_wait_delivery (scenario, first, 1, "done");
  scenario_wait_delivery (scenario, second, 1, "done");
  scenario_wait (scenario, "/v1/status", "store.disk_blocked", "false");
  scenario_wait (scenario, "/v1/status", "ledger.events", "2");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 2);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blocked/read-only", test_read_only);
  return g_test_run ();
}

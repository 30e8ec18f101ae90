/* Every kind of connector under the real daemon, by the same rules: it can be probed and tried, it
 * delivers what is big, its time-out ends an attempt, what is under way when the router is killed
 * is delivered after it, and what it cannot do it says. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

/* What a queue takes at most, less the envelope. */
#define BIG_BYTES (1024 * 1024 - 1024)

typedef struct
{
  const char *ref;
  const char *settings; /* with %s for the receiver's URL; NULL: there is no file */
  const char *broken;   /* settings with which it cannot deliver; NULL: it always can */
  const char *outcome;  /* of a test with these */
} Kind;

static const Kind kinds[] = {
  { "webhook/c", "{'Url': '%s/hook'}", "{'Url': 'http://127.0.0.1:1/'}", "down" },
  { "file/c", "{'Path': 'lines.jsonl'}", "{'Path': '/proc/nowhere/x.jsonl'}", "misconfigured" },
  { "email/c", "{'To': ['a@example.org']}",
    "{'To': ['a@example.org'], 'Smtp': {'Host': '127.0.0.1', 'Port': 1, 'Security': 'none'}}",
    "down" },
  { "sms/c",
    "{'To': ['+4915112345678'], 'MaxSegments': 255, 'Text': '<detail-type>',"
    " 'Gateway': {'Preset': 'json', 'Url': '%s/sms', 'Auth': 'none', 'TimeoutSeconds': 1}}",
    "{'To': ['+4915112345678'], 'Gateway': {'Preset': 'json', 'Url': 'http://127.0.0.1:1/',"
    " 'Auth': 'none'}, 'Text': 'x'}",
    "down" },
  { "exec/c", "{'Command': ['/bin/sh', '-c', 'cat >/dev/null'], 'TimeoutSeconds': 1}",
    "{'Command': ['/nowhere/at/all']}", "misconfigured" },
  { "log/c", "{}", NULL, NULL },
  { "queue/c", "{}", NULL, NULL },
  { "bus/c", "{}", NULL, NULL },
};

static void
configure (Scenario *scenario, const Kind *kind, const char *settings, Receiver *receiver)
{
  g_autofree char *path = g_strconcat (kind->ref, ".json", NULL);
  g_auto (GStrv) parts = g_strsplit (settings, "%s", 2);
  g_autofree char *text = g_strjoinv (receiver_url (receiver), parts);

  scenario_config (scenario, "router.json",
                   "{'Outgoing': {'AllowAddresses': ['loopback']},"
                   " 'Limits': {'EventBytes': 1048576}}");
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, path, "%s", text);
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 't', 'Arn': '%s', 'RetryPolicy':"
                   " {'Schedule': [0, 0.2, 0.4, 0.6, 0.8, 1, 2, 3, 4, 5, 6, 7, 8]}}]}",
                   kind->ref);
}

static Answer *
ask (Scenario *scenario, const Kind *kind, const char *what, const char *body)
{
  g_autofree char *path = g_strdup_printf ("/v1/connectors/%s/%s", kind->ref, what);
  Answer *answer = scenario_post (scenario, path, body);

  g_test_message ("%s %s: %s", what, kind->ref, answer->body);
  g_assert_cmpuint (answer->status, ==, 200);
  return answer;
}

static void
expect (Scenario *scenario, const Kind *kind, const char *what, const char *outcome)
{
  g_autoptr (Answer) answer = ask (scenario, kind, what, "{'detail': {'n': 1}}");

  g_assert_cmpstr (json_at_string (answer->json, "outcome"), ==, outcome);
}

/* Probed and tried, when it works and when it does not; nothing of it is a delivery. */
static void
test_tried (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Answer) status = NULL;
  g_autoptr (Answer) nowhere = NULL;

  configure (scenario, kind, kind->settings, receiver);
  scenario_start (scenario);
  expect (scenario, kind, "probe", "delivered");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 0);
  expect (scenario, kind, "test", "delivered");
  if (kind->broken != NULL)
    {
      g_autoptr (Answer) reloaded = NULL;

      configure (scenario, kind, kind->broken, receiver);
      reloaded = scenario_post (scenario, "/v1/reload", "");
      g_assert_cmpuint (reloaded->status, ==, 200);
      expect (scenario, kind, "probe", kind->outcome);
      expect (scenario, kind, "test", kind->outcome);
    }
  nowhere = scenario_post (scenario, "/v1/connectors/webhook/nowhere/probe", "{}");
  g_assert_cmpuint (nowhere->status, ==, 404);
  status = scenario_get (scenario, "/v1/status");
  g_assert_cmpint (json_at_int (status->json, "ledger.deliveries"), ==, 0);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* The largest event, then a kill while some are under way: all are delivered. */
static void
test_big_and_killed (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *filler = g_strnfill (BIG_BYTES, 'x');
  g_autofree char *body = g_strdup_printf ("{'text': '%s'}", filler);
  g_autofree char *big = NULL;

  configure (scenario, kind, kind->settings, receiver);
  scenario_start (scenario);
  big = scenario_accept (scenario, "/in/shop", body);
  scenario_wait_delivery (scenario, big, 1, "done");
  for (guint i = 0; i < 20; i++)
    g_free (scenario_accept (scenario, "/in/shop", "{}"));
  scenario_kill (scenario);
  scenario_start (scenario);
  scenario_wait (scenario, "/v1/status", "ledger.done", "21");
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* What does not end is ended, recorded as that, and tried again. */
static void
test_time_out (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Receiver) receiver = receiver_new ();
  static const char *const refs[] = { "webhook/w", "sms/s", "exec/e" };
  g_autofree char *id = NULL;
  gint64 since_us;

  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "webhook/w.json", "{'Url': '%s/', 'TimeoutSeconds': 1}",
                   receiver_url (receiver));
  scenario_config (scenario, "sms/s.json",
                   "{'To': ['+4915112345678'], 'Text': 'x', 'Gateway': {'Preset': 'json',"
                   " 'Url': '%s/', 'Auth': 'none', 'TimeoutSeconds': 1}}",
                   receiver_url (receiver));
  scenario_config (scenario, "exec/e.json",
                   "{'Command': ['/bin/sh', '-c', 'sleep 100 & wait'], 'TimeoutSeconds': 1}");
  for (gsize i = 0; i < G_N_ELEMENTS (refs); i++)
    {
      g_autofree char *path = g_strdup_printf ("rule/default/r%" G_GSIZE_FORMAT ".json", i);

      scenario_config (scenario, path,
                       "{'Targets': [{'Id': 't', 'Arn': '%s',"
                       " 'RetryPolicy': {'MaximumRetryAttempts': 0}}]}",
                       refs[i]);
    }
  receiver_hold (receiver);
  scenario_start (scenario);
  since_us = g_get_monotonic_time ();
  id = scenario_accept (scenario, "/in/shop", "{}");
  for (guint i = 1; i <= G_N_ELEMENTS (refs); i++)
    {
      g_autofree char *member = g_strdup_printf ("deliveries.%u.last.error_code", i - 1);
      g_autofree char *path = g_strconcat ("/v1/events/", id, NULL);

      scenario_wait_delivery (scenario, id, i, "dead");
      scenario_wait (scenario, path, member, "TIMEOUT");
    }
  g_assert_cmpint (g_get_monotonic_time () - since_us, <, 30 * G_TIME_SPAN_SECOND);
  receiver_release (receiver);
  scenario_stop (scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_auto (GStrv) parts = g_strsplit (kinds[i].ref, "/", 2);
      g_autofree char *tried = g_strconcat ("/scenario/outgoing/tried/", parts[0], NULL);
      g_autofree char *killed = g_strconcat ("/scenario/outgoing/big-and-killed/", parts[0], NULL);

      g_test_add_data_func (tried, &kinds[i], test_tried);
      g_test_add_data_func (killed, &kinds[i], test_big_and_killed);
    }
  g_test_add_func ("/scenario/outgoing/time-out", test_time_out);
  return g_test_run ();
}

/* Requests that come again, with the real daemon: each kept once, over kills and restarts. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <string.h>

static Answer *
post (Scenario *scenario, const char *path, const char *header, const char *body)
{
  const char *headers[] = { "Content-Type: application/json", header, NULL };

  return scenario_request (scenario, "POST", path, headers, body, -1);
}

static void
assert_answer (Scenario *scenario,
               const char *path,
               const char *header,
               const char *body,
               guint status,
               const char *expected)
{
  g_autoptr (Answer) answer = post (scenario, path, header, body);

  g_test_message ("%s %s %s: %u %s", path, header, body, answer->status, answer->body);
  g_assert_cmpuint (answer->status, ==, status);
  if (status == 202)
    g_assert_cmpstr (answer->body, ==, expected);
  else
    {
      g_autofree char *type = g_strconcat ("urn:signalbox:problem:", expected, NULL);

      g_assert_cmpstr (json_at_string (answer->json, "type"), ==, type);
    }
}

static void
configure (Scenario *scenario, Receiver *receiver)
{
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "source/strict.json", "{'Repeats': {'Required': true}}");
  scenario_config (scenario, "source/ids.json",
                   "{'Repeats': {'Key': {'Path': '$.id'}, 'Required': true}}");
  scenario_config (scenario, "source/github.json",
                   "{'Repeats': {'Key': {'Header': 'X-GitHub-Delivery'}}}");
  scenario_config (scenario, "webhook/chat.json", "{'Url': '%s/hook'}", receiver_url (receiver));
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 'chat', 'Arn': 'webhook/chat'}]}");
}

static void
test_once (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Answer) first = NULL;
  g_autoptr (Answer) by_id = NULL;
  g_autoptr (Answer) bus = NULL;
  g_autoptr (Answer) plain = NULL;
  static const char event[] = "{\"source\":\"a\",\"detail-type\":\"b\",\"detail\":{}}";

  configure (scenario, receiver);
  scenario_start (scenario);
  first = post (scenario, "/in/shop", "Idempotency-Key: \"one\"", "{\"n\":1}");
  by_id = post (scenario, "/in/ids", "X-Nothing: 1", "{\"id\":\"evt_1\",\"try\":1}");
  bus = post (scenario, "/v1/events", "Idempotency-Key: one", event);
  g_assert_cmpuint (first->status, ==, 202);
  g_assert_cmpuint (by_id->status, ==, 202);
  g_assert_cmpuint (bus->status, ==, 202);
  for (guint round = 0; round < 3; round++)
    {
      assert_answer (scenario, "/in/shop", "Idempotency-Key: one", "{\"n\":1}", 202, first->body);
      assert_answer (scenario, "/in/shop", "Idempotency-Key: one", "{\"n\":2}", 422,
                     "idempotency-key-reused");
      /* An id of the sender's own says all. */
      assert_answer (scenario, "/in/ids", "X-Nothing: 1", "{\"id\":\"evt_1\",\"try\":2}", 202,
                     by_id->body);
      assert_answer (scenario, "/v1/events", "Idempotency-Key: one", event, 202, bus->body);
      if (round == 0)
        scenario_kill (scenario);
      else if (round == 1)
        scenario_stop (scenario);
      if (round < 2)
        scenario_start (scenario);
    }
  assert_answer (scenario, "/in/strict", "X-Nothing: 1", "{}", 400, "idempotency-key-missing");
  assert_answer (scenario, "/in/ids", "X-Nothing: 1", "{}", 400, "idempotency-key-missing");
  assert_answer (scenario, "/in/shop", "Idempotency-Key: \"open", "{}", 400,
                 "invalid-idempotency-key");
  plain = post (scenario, "/in/github", "Idempotency-Key: one", "{}");
  g_assert_cmpuint (plain->status, ==, 202);
  scenario_wait (scenario, "/v1/status", "ledger.done", "4");
  scenario_wait (scenario, "/v1/status", "ledger.events", "4");
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* A hundred threads' worth of the same request: one event; who comes while it is under way is told
 * so. */
typedef struct
{
  Scenario *scenario;
  gint accepted, under_way, other; /* atomic */
} Crowd;

static gpointer
post_same (gpointer data)
{
  Crowd *crowd = data;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *key = g_strdup_printf ("Idempotency-Key: crowd-%u", i);
      g_autoptr (Answer) answer = post (crowd->scenario, "/in/shop", key, "{\"n\":1}");

      g_atomic_int_inc (answer->status == 202   ? &crowd->accepted
                        : answer->status == 409 ? &crowd->under_way
                                                : &crowd->other);
    }
  return NULL;
}

static void
test_crowd (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  Crowd crowd = { .scenario = scenario };
  GThread *threads[8];

  configure (scenario, receiver);
  scenario_start (scenario);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("post", post_same, &crowd);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_test_message ("%d accepted, %d under way", crowd.accepted, crowd.under_way);
  g_assert_cmpint (crowd.other, ==, 0);
  g_assert_cmpint (crowd.accepted, >=, 20);
  g_assert_cmpint (crowd.accepted + crowd.under_way, ==, 160);
  scenario_wait (scenario, "/v1/status", "ledger.events", "20");
  scenario_wait (scenario, "/v1/status", "ledger.done", "20");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 20);
  scenario_stop (scenario);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/repeats/once", test_once);
  g_test_add_func ("/scenario/repeats/crowd", test_crowd);
  return g_test_run ();
}

/* From bus to bus of the real daemon: whole, once, durable, and not for ever. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <signal.h>
#include <string.h>

#define N_EVENTS 200

static void
configure (Scenario *scenario, Receiver *receiver)
{
  scenario_config (scenario, "source/shop.json", "{'DetailType': 'Order Paid'}");
  scenario_config (scenario, "bus/eu.json", "{}");
  scenario_config (scenario, "webhook/desk.json", "{'Url': '%s'}", receiver_url (receiver));
  scenario_config (scenario, "rule/default/europe.json",
                   "{'EventPattern': {'detail': {'country': ['de', 'fr']}},"
                   " 'Targets': [{'Id': 'eu', 'Arn': 'bus/eu'}]}");
  scenario_config (scenario, "rule/eu/all.json",
                   "{'EventPattern': {'source': ['shop'], 'detail-type': ['Order Paid']},"
                   " 'Targets': [{'Id': 'desk', 'Arn': 'webhook/desk'}]}");
}

static JsonNode *
envelope_of (const ReceivedRequest *request)
{
  g_autofree char *body = received_body (request);
  JsonNode *node = json_from_string (body, NULL);

  g_assert_nonnull (node);
  return node;
}

/* The event arrives as it was, and both sides say of it where it went and came from. */
static void
test_forwarded (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (JsonNode) seen = NULL;
  g_autoptr (Answer) first = NULL;
  g_autoptr (Answer) second = NULL;
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  g_autofree char *there = NULL;

  configure (scenario, receiver);
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'country': 'de', 'total': 12.50}");
  receiver_wait (receiver, 1);
  scenario_wait_delivery (scenario, id, 1, "done");
  seen = envelope_of (receiver_request (receiver, 0));
  g_assert_cmpstr (json_at_string (seen, "source"), ==, "shop");
  g_assert_cmpstr (json_at_string (seen, "detail-type"), ==, "Order Paid");
  g_assert_cmpstr (json_at_string (seen, "id"), !=, id);
  {
    g_autofree char *body = received_body (receiver_request (receiver, 0));

    g_assert_nonnull (strstr (body, "\"total\": 12.50"));
  }
  path = g_strconcat ("/v1/events/", id, NULL);
  first = scenario_get (scenario, path);
  g_assert_nonnull (strstr (first->body, json_at_string (seen, "id")));
  there = g_strconcat ("/v1/events/", json_at_string (seen, "id"), NULL);
  second = scenario_get (scenario, there);
  g_test_message ("%s", second->body);
  g_assert_cmpstr (json_at_string (second->json, "event.ingress"), ==, "bus/default");
  g_assert_cmpstr (json_at_string (second->json, "event.bus"), ==, "eu");
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* Killed again and again while events cross: each is at the other side once. */
static void
test_killed (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  configure (scenario, receiver);
  scenario_start (scenario);
  for (guint i = 0; i < N_EVENTS; i++)
    {
      g_autofree char *body = g_strdup_printf ("{'country': 'fr', 'n': %u}", i);

      g_free (scenario_accept (scenario, "/in/shop", body));
      if (i % 40 == 39)
        {
          scenario_kill (scenario);
          scenario_start (scenario);
        }
    }
  scenario_wait (scenario, "/v1/status", "ledger.events", "400");
  scenario_wait (scenario, "/v1/status", "ledger.done", "400");
  for (guint i = 0; i < receiver_n_requests (receiver); i++)
    {
      g_autoptr (JsonNode) node = envelope_of (receiver_request (receiver, i));

      g_hash_table_add (seen, g_strdup (json_at_string (node, "id")));
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, N_EVENTS);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* More buses than one may cross: a dead letter with a cause of its own. */
static void
test_too_many (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Answer) dead = NULL;

  scenario_config (scenario, "router.json", "{'Limits': {'BusHops': 2}}");
  scenario_config (scenario, "source/shop.json", "{}");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *bus = g_strdup_printf ("bus/b%u.json", i);
      g_autofree char *rule = i == 0 ? g_strdup ("rule/default/go.json")
                                     : g_strdup_printf ("rule/b%u/go.json", i - 1);

      scenario_config (scenario, bus, "{}");
      scenario_config (scenario, rule, "{'Targets': [{'Id': 'on', 'Arn': 'bus/b%u'}]}", i);
    }
  scenario_start (scenario);
  g_free (scenario_accept (scenario, "/in/shop", "{}"));
  scenario_wait (scenario, "/v1/status", "ledger.dead", "1");
  dead = scenario_get (scenario, "/v1/deliveries?state=dead");
  g_test_message ("%s", dead->body);
  g_assert_cmpstr (json_at_string (dead->json, "deliveries.0.connector"), ==, "bus/b2");
  g_assert_nonnull (strstr (dead->body, "too-many-hops"));
  g_assert_nonnull (strstr (dead->body, "Limits.BusHops is 2"));
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* A circle is refused before it is in force. */
static void
test_circle (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *said = NULL;

  scenario_config (scenario, "bus/eu.json", "{}");
  scenario_config (scenario, "rule/default/a.json", "{'Targets': [{'Id': 'x', 'Arn': 'bus/eu'}]}");
  scenario_config (scenario, "rule/eu/b.json", "{'Targets': [{'Id': 'x', 'Arn': 'bus/default'}]}");
  g_assert_cmpint (scenario_start_refused (scenario, &said), ==, 78);
  g_test_message ("%s", said);
  g_assert_nonnull (strstr (said, "rule/eu/b.json:1:"));
  g_assert_nonnull (strstr (said, "default, eu, default"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/buses/forwarded", test_forwarded);
  g_test_add_func ("/scenario/buses/killed", test_killed);
  g_test_add_func ("/scenario/buses/too-many", test_too_many);
  g_test_add_func ("/scenario/buses/circle", test_circle);
  return g_test_run ();
}

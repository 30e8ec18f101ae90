/* Two hundred connectors, of which one is away, and as many hang as would take every place that
 * there is: the others get all that is theirs, in the order that they are owed it. */
#include "support/receiver.h"
#include "support/scenario.h"

#define N_CONNECTORS 200
#define N_HANGING 64 /* times 16 at once: more than the router has under way */
#define N_EVENTS 20

static const char *
url_of (guint i, Receiver *hanging, Receiver *healthy)
{
  if (i == 0)
    return "http://127.0.0.1:9";
  return i <= N_HANGING ? receiver_url (hanging) : receiver_url (healthy);
}

static void
configure (Scenario *scenario, Receiver *hanging, Receiver *healthy)
{
  scenario_config (scenario, "source/shop.json", "{}");
  for (guint i = 0; i < N_CONNECTORS; i++)
    {
      g_autofree char *webhook = g_strdup_printf ("webhook/c%u.json", i);
      g_autofree char *rule = g_strdup_printf ("rule/default/r%u.json", i);
      gboolean is_healthy = i > N_HANGING;

      scenario_config (scenario, webhook, "{'Url':'%s/c%u','TimeoutSeconds':3600,'Concurrency':%u}",
                       url_of (i, hanging, healthy), i, is_healthy ? 1 : 16);
      scenario_config (scenario, rule,
                       "{'Targets':[{'Id':'t','Arn':'webhook/c%u','InputPath':'$.detail'}]}", i);
    }
}

/* Of each path every number, one after the other. */
static void
check_order (Receiver *receiver)
{
  g_autoptr (GHashTable) next = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < receiver_n_requests (receiver); i++)
    {
      const ReceivedRequest *request = receiver_request (receiver, i);
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (next, request->path));
      g_autofree char *body = received_body (request);
      g_autofree char *expected = g_strdup_printf ("{\"n\":%u}", n);

      g_assert_cmpstr (body, ==, expected);
      g_hash_table_insert (next, request->path, GUINT_TO_POINTER (n + 1));
    }
  g_assert_cmpuint (g_hash_table_size (next), ==, N_CONNECTORS - N_HANGING - 1);
}

static void
test_hanging (void)
{
  const guint n_healthy = (N_CONNECTORS - N_HANGING - 1) * N_EVENTS;
  g_autofree char *done = g_strdup_printf ("%u", n_healthy);
  g_autoptr (Receiver) hanging = receiver_new ();
  g_autoptr (Receiver) healthy = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();

  receiver_hold (hanging);
  configure (scenario, hanging, healthy);
  scenario_start (scenario);
  for (guint i = 0; i < N_EVENTS; i++)
    {
      g_autofree char *body = g_strdup_printf ("{'n':%u}", i);
      g_autofree char *id G_GNUC_UNUSED = scenario_accept (scenario, "/in/shop", body);
    }
  scenario_wait (scenario, "/v1/status", "ledger.done", done);
  g_assert_cmpuint (receiver_n_requests (healthy), ==, n_healthy);
  check_order (healthy);
  /* They do hang, and each of them has its own places. */
  g_assert_cmpuint (receiver_n_requests (hanging), >=, N_HANGING);
  g_assert_cmpuint (receiver_n_requests (hanging), <, 1024);

  /* And those that hung get everything once they answer. */
  receiver_release (hanging);
  receiver_wait (hanging, N_HANGING * N_EVENTS);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fairness/hanging", test_hanging);
  return g_test_run ();
}

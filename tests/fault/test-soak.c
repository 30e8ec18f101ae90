/* The same work again and again in one process: threads, descriptors and memory are afterwards what
 * they were after the first time (L7), and the store has kept what was promised (L1 to L6).
 *
 * The work has everything in it that takes memory or descriptors for a while: many connections, a
 * receiver that fails, retries, dead letters that are replayed, searches, and reloads. */
#include "support/evidence.h"
#include "support/receiver.h"
#include "support/scenario.h"
#include "support/traffic.h"

#include <curl/curl.h>

#define N_SENDERS 24
#define N_EVENTS 1500
#define N_ROUNDS 4 /* or SOAK_ROUNDS of the environment */
#define WINDOW 32

#define MEGABYTE ((gsize) 1024 * 1024)

/* The store's page caches grow to their bound of some 20 megabytes, connections to the receiver are
 * kept for the next request, and a second thread for long answers comes and goes. */
static const Footprint allowed = {
  .threads = 1,
  .descriptors = WINDOW,
#if defined(__SANITIZE_ADDRESS__)
  .resident_bytes = 400 * MEGABYTE, /* what was freed is kept, to be watched */
#else
  .resident_bytes = 24 * MEGABYTE,
#endif
};

static void
configure (Scenario *scenario, Receiver *receiver)
{
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "webhook/chat.json", "{'Url': '%s', 'Concurrency': %u}",
                   receiver_url (receiver), WINDOW);
  scenario_config (scenario, "rule/default/chat.json",
                   "{'EventPattern': {'detail': {'paid': [true]}},"
                   " 'Targets': [{'Id': 'chat', 'Arn': 'webhook/chat', 'RetryPolicy':"
                   " {'MaximumRetryAttempts': 1,"
                   " 'Backoff': {'BaseSeconds': 0.02, 'Factor': 1, 'Jitter': 0.2}}}]}");
}

static void
wait_until_over (Scenario *scenario)
{
  scenario_wait (scenario, "/v1/status", "ledger.ready", "0");
  scenario_wait (scenario, "/v1/status", "ledger.waiting", "0");
  scenario_wait (scenario, "/v1/status", "schedule.under_way", "0");
}

static void
ask (Scenario *scenario, const char *method, const char *path, const char *body)
{
  static const char *const headers[] = { "Content-Type: application/json", NULL };
  g_autoptr (Answer) answer = scenario_request (scenario, method, path, headers, body, -1);

  if (answer->status < 200 || answer->status > 299)
    g_error ("%s %s: %u %s", method, path, answer->status, answer->body);
}

static void
wait_acknowledged (Traffic *traffic, guint n)
{
  gint64 end_us = g_get_monotonic_time () + G_TIME_SPAN_MINUTE;

  while (traffic_n_acknowledged (traffic) < n)
    {
      if (g_get_monotonic_time () > end_us)
        g_error ("%u of %u events were acknowledged in a minute", traffic_n_acknowledged (traffic),
                 n);
      g_usleep (1000);
    }
}

static void
work (Scenario *scenario, Evidence *evidence)
{
  g_autofree char *url = g_strconcat (scenario_url (scenario), "/in/shop", NULL);
  Traffic *traffic = traffic_start (url, N_SENDERS, evidence);

  wait_acknowledged (traffic, N_EVENTS / 2);
  ask (scenario, "POST", "/v1/reload", NULL);
  wait_acknowledged (traffic, N_EVENTS);
  traffic_stop (traffic);
  wait_until_over (scenario);
  ask (scenario, "POST", "/v1/replay",
       "{\"filter\":{\"connector\":\"webhook/chat\"},\"actor\":\"soak\"}");
  wait_until_over (scenario);
  ask (scenario, "GET", "/v1/events?text=number&limit=200", NULL);
  ask (scenario, "GET", "/v1/deliveries?state=dead&limit=200", NULL);
  ask (scenario, "GET", "/metrics", NULL);
}

static void
check (Scenario *scenario, Evidence *evidence)
{
  g_autofree char *state_dir = g_build_filename (scenario_folder (scenario), "state", NULL);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  Store *store = store_engine_sqlite.open (state_dir, &error);

  g_assert_no_error (error);
  evidence_read_generations (evidence, state_dir);
  found = evidence_check (evidence, store, TRUE);
  store_close (store);
  for (guint i = 0; i < MIN (found->len, 10); i++)
    g_test_message ("%s", (char *) found->pdata[i]);
  g_assert_cmpuint (found->len, ==, 0);
}

static void
test_soak (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Evidence) evidence = evidence_new ();
  const char *rounds = g_getenv ("SOAK_ROUNDS");
  guint n_rounds = rounds != NULL ? (guint) g_ascii_strtoull (rounds, NULL, 10) : N_ROUNDS;
  Footprint before, after;

  receiver_fail_randomly (receiver, 20, 11);
  configure (scenario, receiver);
  scenario_start (scenario);
  work (scenario, evidence);
  g_assert_true (footprint_take (scenario_pid (scenario), &before));
  for (guint i = 1; i < n_rounds; i++)
    work (scenario, evidence);
  g_assert_true (footprint_take (scenario_pid (scenario), &after));
  g_test_message ("threads %u and %u, descriptors %u and %u, bytes %" G_GSIZE_FORMAT
                  " and %" G_GSIZE_FORMAT,
                  before.threads, after.threads, before.descriptors, after.descriptors,
                  before.resident_bytes, after.resident_bytes);
  evidence_footprint (evidence, &before, &after, &allowed);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
  traffic_read_receiver (evidence, "webhook/chat", receiver);
  check (scenario, evidence);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  g_test_add_func ("/soak/footprint", test_soak);
  return g_test_run ();
}

/* Two configurations take turns under traffic: every event is matched by exactly one of them, that
 * of the generation that it records, and none is lost.
 *
 * RELOAD_TURNS of the environment: how many configurations.  What senders wait for their answers,
 * while nothing changes and while everything does, is told and not judged (--verbose). */
#include "support/scenario.h"

#include <curl/curl.h>
#include <string.h>

#define N_SENDERS 8
#define N_TURNS 100
#define CALM_US (2 * G_TIME_SPAN_SECOND)

typedef struct
{
  Scenario *scenario;
  GMutex lock;
  GPtrArray *ids;   /* of acknowledged events; with the lock */
  GArray *waits[2]; /* gint64, us: calm, and while configurations change; with the lock */
  gint is_changing; /* atomic */
  gint stop;        /* atomic */
  gint refused;     /* atomic: answers that were no 202 */
  gint wrong;       /* atomic: matched by none, or by both */
} Traffic;

static size_t
collect (char *data, size_t size, size_t n, void *user_data)
{
  g_string_append_len (user_data, data, (gssize) (size * n));
  return size * n;
}

static void
post (Traffic *traffic, CURL *curl, GString *answer)
{
  gint is_changing = g_atomic_int_get (&traffic->is_changing);
  gint64 begun_us = g_get_monotonic_time (), wait_us;
  long status = 0;
  g_autoptr (JsonNode) json = NULL;

  g_string_truncate (answer, 0);
  if (curl_easy_perform (curl) == CURLE_OK)
    curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 202)
    {
      g_atomic_int_inc (&traffic->refused);
      return;
    }
  wait_us = g_get_monotonic_time () - begun_us;
  json = json_from_string (answer->str, NULL);
  if (json_at_length (json, "matched") != 1 || json_at_int (json, "deliveries") != 1)
    g_atomic_int_inc (&traffic->wrong);
  g_mutex_lock (&traffic->lock);
  g_ptr_array_add (traffic->ids, g_strdup (json_at_string (json, "id")));
  g_array_append_val (traffic->waits[is_changing], wait_us);
  g_mutex_unlock (&traffic->lock);
}

static gpointer
sender (gpointer data)
{
  Traffic *traffic = data;
  g_autofree char *url = g_strconcat (scenario_url (traffic->scenario), "/in/shop", NULL);
  g_autoptr (GString) answer = g_string_new (NULL);
  struct curl_slist *headers = curl_slist_append (NULL, "Content-Type: application/json");
  CURL *curl = curl_easy_init ();

  curl_easy_setopt (curl, CURLOPT_URL, url);
  curl_easy_setopt (curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt (curl, CURLOPT_WRITEDATA, answer);
  curl_easy_setopt (curl, CURLOPT_POSTFIELDS, "{\"paid\": true}");
  while (!g_atomic_int_get (&traffic->stop))
    post (traffic, curl, answer);
  curl_slist_free_all (headers);
  curl_easy_cleanup (curl);
  return NULL;
}

/* Generation n has the rule "odd" or "even" alone. */
static const char *
rule_of (gint64 generation)
{
  return generation % 2 == 1 ? "odd" : "even";
}

static void
apply (Scenario *scenario, gint64 generation)
{
  g_autofree char *body = g_strdup_printf (
      "{'reason':'turn','files':{'source/shop.json':'{}',"
      "'file/all.json':'{\\\"Path\\\": \\\"all\\\"}',"
      "'rule/default/%s.json':'{\\\"EventPattern\\\": {\\\"source\\\": [\\\"shop\\\"]},"
      " \\\"Targets\\\": [{\\\"Id\\\": \\\"t\\\", \\\"Arn\\\": \\\"file/all\\\"}]}'}}",
      rule_of (generation));
  g_autofree char *match = g_strdup_printf ("If-Match: \"%" G_GINT64_FORMAT "\"", generation - 1);
  const char *const headers[] = { "Content-Type: application/json", match, NULL };
  g_autoptr (Answer) answer = NULL;

  g_strdelimit (body, "'", '"');
  answer = scenario_request (scenario, "PUT", "/v1/config", headers, body, -1);
  if (answer->status != 200)
    g_error ("The configuration was answered %u: %s", answer->status, answer->body);
  g_assert_cmpint (json_at_int (answer->json, "generation"), ==, generation);
}

/* The event is that of one generation, and matched by its rule. */
static void
check_event (Scenario *scenario, const char *id)
{
  g_autofree char *path = g_strdup_printf ("/v1/events/%s", id);
  g_autoptr (Answer) answer = scenario_get (scenario, path);
  g_autofree char *expected = NULL;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (json_at_length (answer->json, "deliveries"), ==, 1);
  expected = g_strconcat ("default/", rule_of (json_at_int (answer->json, "event.generation")),
                          NULL);
  g_assert_cmpstr (json_at_string (answer->json, "deliveries.0.rule"), ==, expected);
}

static int
compare_waits (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static double
percentile_ms (GArray *waits, guint percent)
{
  if (waits->len == 0)
    return 0;
  g_array_sort (waits, compare_waits);
  return (double) g_array_index (waits, gint64, (waits->len - 1) * percent / 100) / 1000;
}

static void
tell_waits (Traffic *traffic)
{
  GArray *calm = traffic->waits[0], *changing = traffic->waits[1];

  g_test_message ("%u answers while nothing changes: median %.2f ms, p99 %.2f ms", calm->len,
                  percentile_ms (calm, 50), percentile_ms (calm, 99));
  g_test_message ("%u while everything does: median %.2f ms, p99 %.2f ms, %.2f times",
                  changing->len, percentile_ms (changing, 50), percentile_ms (changing, 99),
                  percentile_ms (changing, 99) / MAX (0.001, percentile_ms (calm, 99)));
}

static void
test_reload (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  const char *turns = g_getenv ("RELOAD_TURNS");
  gint64 n_turns = turns != NULL ? g_ascii_strtoll (turns, NULL, 10) : N_TURNS;
  GThread *senders[N_SENDERS];
  Traffic traffic = { .scenario = scenario,
                      .ids = g_ptr_array_new_with_free_func (g_free),
                      .waits = { g_array_new (FALSE, FALSE, sizeof (gint64)),
                                 g_array_new (FALSE, FALSE, sizeof (gint64)) } };
  g_autofree char *received = NULL;

  g_mutex_init (&traffic.lock);
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "file/all.json", "{'Path': 'all'}");
  scenario_config (scenario, "rule/default/odd.json",
                   "{'EventPattern': {'source': ['shop']},"
                   " 'Targets': [{'Id': 't', 'Arn': 'file/all'}]}");
  scenario_start (scenario);
  for (guint i = 0; i < N_SENDERS; i++)
    senders[i] = g_thread_new ("sender", sender, &traffic);
  if (turns != NULL)
    g_usleep (CALM_US);
  g_atomic_int_set (&traffic.is_changing, 1);
  for (gint64 generation = 2; generation <= n_turns; generation++)
    apply (scenario, generation);
  g_atomic_int_set (&traffic.stop, TRUE);
  for (guint i = 0; i < N_SENDERS; i++)
    g_thread_join (senders[i]);

  g_test_message ("%u events in %" G_GINT64_FORMAT " generations", traffic.ids->len, n_turns);
  tell_waits (&traffic);
  g_assert_cmpint (traffic.refused, ==, 0);
  g_assert_cmpint (traffic.wrong, ==, 0);
  g_assert_cmpuint (traffic.ids->len, >=, n_turns);
  received = g_strdup_printf ("%u", traffic.ids->len);
  scenario_wait (scenario, "/v1/status", "ledger.events", received);
  for (guint i = 0; i < traffic.ids->len; i += 1 + traffic.ids->len / 1000)
    check_event (scenario, g_ptr_array_index (traffic.ids, i));
  scenario_wait (scenario, "/v1/status", "ledger.ready", "0");
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
  g_ptr_array_unref (traffic.ids);
  g_array_unref (traffic.waits[0]);
  g_array_unref (traffic.waits[1]);
  g_mutex_clear (&traffic.lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  g_test_add_func ("/scenario/reload", test_reload);
  return g_test_run ();
}

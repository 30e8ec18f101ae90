/* The promise under fire: 64 keep-alive connections post a thousand events while the receiver fails
 * at random and the router is killed ten times with SIGKILL.  Every acknowledged event is there
 * afterwards, byte for byte; each delivery is done, waiting or dead; the ledger balances; and what
 * is done, the receiver has seen. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <curl/curl.h>
#include <poll.h>
#include <string.h>

#define N_SENDERS 64
#define N_EVENTS 1000
#define N_KILLS 10
#define DEADLINE_US (120 * G_USEC_PER_SEC)

typedef struct
{
  Scenario *scenario;
  GMutex lock;
  GCond changed;
  guint next; /* number of the next event to be posted */
  guint acknowledged;
  GHashTable *events; /* id -> body as sent, of what was acknowledged */
  guint odd_answers;  /* neither 202 nor "come back later" */
} Storm;

static size_t
collect (char *data, size_t size, size_t n, void *user_data)
{
  g_string_append_len (user_data, data, (gssize) (size * n));
  return size * n;
}

/* Posts one body until it is acknowledged.  A request whose fate is unknown is sent again, as every
 * sender of webhooks does; the router may then hold it twice. */
static void
post_until_acknowledged (Storm *storm, CURL *curl, guint number)
{
  g_autofree char *body = g_strdup_printf ("{\"number\": %u, \"paid\": true}", number);
  g_autoptr (GString) answer = g_string_new (NULL);
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  long status = 0;

  curl_easy_setopt (curl, CURLOPT_POSTFIELDSIZE, (long) strlen (body));
  curl_easy_setopt (curl, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt (curl, CURLOPT_WRITEDATA, answer);
  while (status != 202)
    {
      g_string_truncate (answer, 0);
      status = 0;
      if (curl_easy_perform (curl) == CURLE_OK)
        curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
      if (status != 202 && status != 503 && status != 0)
        {
          g_mutex_lock (&storm->lock);
          storm->odd_answers++;
          g_mutex_unlock (&storm->lock);
          g_test_message ("answered %ld: %s", status, answer->str);
        }
      if (g_get_monotonic_time () > deadline)
        g_error ("Event %u was not acknowledged in time", number);
      /* Refused or killed: let others run. */
      if (status != 202)
        poll (NULL, 0, 5);
    }
  g_autoptr (JsonNode) json = json_from_string (answer->str, NULL);
  g_mutex_lock (&storm->lock);
  g_hash_table_insert (storm->events, g_strdup (json_at_string (json, "id")),
                       g_steal_pointer (&body));
  storm->acknowledged++;
  g_cond_broadcast (&storm->changed);
  g_mutex_unlock (&storm->lock);
}

static gpointer
sender (gpointer data)
{
  static const char type[] = "Content-Type: application/json";
  Storm *storm = data;
  g_autofree char *url = g_strconcat (scenario_url (storm->scenario), "/in/shop", NULL);
  struct curl_slist *headers = curl_slist_append (NULL, type);
  CURL *curl = curl_easy_init ();

  headers = curl_slist_append (headers, "Expect:");
  curl_easy_setopt (curl, CURLOPT_URL, url);
  curl_easy_setopt (curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, collect);
  for (;;)
    {
      guint number;

      g_mutex_lock (&storm->lock);
      number = storm->next < N_EVENTS ? storm->next++ : G_MAXUINT;
      g_mutex_unlock (&storm->lock);
      if (number == G_MAXUINT)
        break;
      post_until_acknowledged (storm, curl, number);
    }
  curl_slist_free_all (headers);
  curl_easy_cleanup (curl);
  return NULL;
}

static void
wait_acknowledged (Storm *storm, guint n)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  g_mutex_lock (&storm->lock);
  while (storm->acknowledged < n)
    if (!g_cond_wait_until (&storm->changed, &storm->lock, deadline))
      g_error ("Only %u of %u events were acknowledged in time", storm->acknowledged, n);
  g_mutex_unlock (&storm->lock);
}

static void
check_event (Scenario *scenario, const char *id, const char *sent)
{
  g_autofree char *body_path = g_strdup_printf ("/v1/events/%s/body", id);
  g_autofree char *path = g_strdup_printf ("/v1/events/%s", id);
  g_autoptr (Answer) body = scenario_get (scenario, body_path);
  g_autoptr (Answer) event = scenario_get (scenario, path);

  g_test_message ("event %s", id);
  g_assert_cmpuint (body->status, ==, 200);
  g_assert_cmpmem (body->body, body->length, sent, strlen (sent));
  g_assert_cmpuint (event->status, ==, 200);
  g_assert_cmpuint (json_at_length (event->json, "deliveries"), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *member = g_strdup_printf ("deliveries.%u.state", i);
      const char *state = json_at_string (event->json, member);

      if (!g_str_equal (state, "done") && !g_str_equal (state, "waiting") &&
          !g_str_equal (state, "dead"))
        g_error ("Delivery %u of event %s is %s", i + 1, id, state);
    }
}

/* Delivery ids that the receiver answered with 2xx. */
static GHashTable *
taken_by (Receiver *receiver)
{
  GHashTable *taken = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = receiver_n_requests (receiver);

  for (guint i = 0; i < n; i++)
    {
      const ReceivedRequest *request = receiver_request (receiver, i);

      if (request->answered == 200)
        g_hash_table_add (taken, (gpointer) received_header (request, "Signalbox-Delivery-Id"));
    }
  return taken;
}

/* Done implies that the target's own log shows it. */
static void
check_done_was_taken (Scenario *scenario, Receiver *receiver)
{
  g_autoptr (GHashTable) taken = taken_by (receiver);
  g_autofree char *after = g_strdup ("");
  guint done = 0;

  for (;;)
    {
      g_autofree char *path = g_strdup_printf (
          "/v1/deliveries?state=done&connector=webhook/chat&limit=500%s%s",
          *after != '\0' ? "&after=" : "", after);
      g_autoptr (Answer) page = scenario_get (scenario, path);
      JsonNode *next;

      g_assert_cmpuint (page->status, ==, 200);
      for (guint i = 0; i < json_at_length (page->json, "deliveries"); i++)
        {
          g_autofree char *member = g_strdup_printf ("deliveries.%u.id", i);
          const char *id = json_at_string (page->json, member);

          if (!g_hash_table_contains (taken, id))
            g_error ("%s is done, but the receiver never took it", id);
          done++;
        }
      next = json_at (page->json, "next");
      if (next == NULL || JSON_NODE_HOLDS_NULL (next))
        break;
      g_free (after);
      after = g_strdup (json_node_get_string (next));
    }
  g_test_message ("%u done of the webhook's", done);
  g_assert_cmpuint (done, >, 0);
}

static void
configure (Scenario *scenario, Receiver *receiver)
{
  scenario_config (scenario, "source/shop.json", "{}");
  /* By chance more than half of the first attempts after a start may fail: no breaker, or what is
   * owed would be held. */
  scenario_config (scenario, "webhook/chat.json",
                   "{'Url': '%s', 'Concurrency': 32, 'Breaker': {'Failures': 0}}",
                   receiver_url (receiver));
  scenario_config (scenario, "file/log.json", "{'Path': 'log.jsonl'}");
  scenario_config (scenario, "rule/default/chat.json",
                   "{'EventPattern': {'detail': {'paid': [true]}},"
                   " 'Targets': [{'Id': 'chat', 'Arn': 'webhook/chat', 'RetryPolicy':"
                   " {'MaximumRetryAttempts': 3,"
                   " 'Backoff': {'BaseSeconds': 0.05, 'Factor': 2, 'Jitter': 0.2}}}]}");
  scenario_config (scenario, "rule/default/log.json",
                   "{'EventPattern': {'source': ['shop']},"
                   " 'Targets': [{'Id': 'log', 'Arn': 'file/log'}]}");
}

/* Ready means not tried yet: wait until everything has been tried at least once. */
static void
wait_until_tried (Scenario *scenario)
{
  scenario_wait (scenario, "/v1/status", "ledger.ready", "0");
  scenario_wait (scenario, "/v1/status", "schedule.under_way", "0");
}

static void
test_storm (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  GThread *senders[N_SENDERS];
  Storm storm = { .scenario = scenario };
  GHashTableIter each;
  gpointer id, body;

  g_mutex_init (&storm.lock);
  g_cond_init (&storm.changed);
  storm.events = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  receiver_fail_randomly (receiver, 30, 4711);
  configure (scenario, receiver);
  scenario_start (scenario);
  for (guint i = 0; i < N_SENDERS; i++)
    senders[i] = g_thread_new ("sender", sender, &storm);
  for (guint i = 1; i <= N_KILLS; i++)
    {
      wait_acknowledged (&storm, i * N_EVENTS / (N_KILLS + 1));
      scenario_kill (scenario);
      scenario_start (scenario);
    }
  for (guint i = 0; i < N_SENDERS; i++)
    g_thread_join (senders[i]);

  g_assert_cmpuint (storm.odd_answers, ==, 0);
  g_assert_cmpuint (storm.acknowledged, ==, N_EVENTS);
  g_assert_cmpuint (g_hash_table_size (storm.events), ==, N_EVENTS);
  wait_until_tried (scenario);
  g_hash_table_iter_init (&each, storm.events);
  while (g_hash_table_iter_next (&each, &id, &body))
    check_event (scenario, id, body);
  scenario_check_ledger (scenario);
  check_done_was_taken (scenario, receiver);
  scenario_stop (scenario);

  g_hash_table_unref (storm.events);
  g_cond_clear (&storm.changed);
  g_mutex_clear (&storm.lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  g_test_add_func ("/scenario/storm", test_storm);
  return g_test_run ();
}

/* The life of an event, with the real daemon and scripted receivers: accepted, matched,
 * transformed, delivered, retried, dead, replayed, discarded; and all of it over restarts and
 * kills. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <sqlite3.h>
#include <string.h>

#define QUICK_RETRY(n)                                                                             \
  "'RetryPolicy': {'MaximumRetryAttempts': " #n                                                    \
  ", 'Backoff': {'BaseSeconds': 0.02, 'Factor': 1, 'Jitter': 0}}"

/* One source, one rule to one webhook; extra is more of its target, or "". */
static void
configure (Scenario *scenario, Receiver *receiver, const char *extra)
{
  scenario_config (scenario, "source/shop.json", "{'DetailType': 'order'}");
  scenario_config (scenario, "webhook/chat.json", "{'Url': '%s/hook', 'Breaker': {'Failures': 0}}",
                   receiver_url (receiver));
  scenario_config (scenario, "rule/default/paid.json",
                   "{'EventPattern': {'source': ['shop'], 'detail': {'paid': [true]}},"
                   " 'Targets': [{'Id': 'chat', 'Arn': 'webhook/chat'%s%s}]}",
                   *extra != '\0' ? ", " : "", extra);
}

static void
test_delivered (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Answer) other = NULL;
  g_autofree char *id = NULL;
  g_autofree char *delivery_id = NULL;
  g_autofree char *body = NULL;
  const ReceivedRequest *request;

  configure (scenario, receiver,
             "'InputTransformer': {'InputPathsMap': {'n': '$.detail.n'},"
             " 'InputTemplate': '{\\\"order\\\": <n>}'}");
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'paid': true, 'n': 1.50}");
  other = scenario_post (scenario, "/in/shop", "{'paid': false}");
  g_assert_cmpuint (other->status, ==, 202);
  g_assert_cmpuint (json_at_length (other->json, "matched"), ==, 0);

  receiver_wait (receiver, 1);
  request = receiver_request (receiver, 0);
  body = received_body (request);
  delivery_id = g_strconcat (id, "-1", NULL);
  g_assert_cmpstr (body, ==, "{\"order\": 1.50}");
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->path, ==, "/hook");
  g_assert_cmpstr (received_header (request, "Content-Type"), ==, "application/json");
  g_assert_cmpstr (received_header (request, "Signalbox-Event-Id"), ==, id);
  g_assert_cmpstr (received_header (request, "Signalbox-Delivery-Id"), ==, delivery_id);
  g_assert_cmpstr (received_header (request, "Signalbox-Attempt"), ==, "1");
  scenario_wait_delivery (scenario, id, 1, "done");
  scenario_wait (scenario, "/v1/status", "ledger.events", "2");
  scenario_wait (scenario, "/v1/status", "ledger.unmatched", "1");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* Without an input the target gets the whole envelope, and the body in it byte for byte. */
static void
test_untouched (void)
{
  static const char sent[] =
      "{ \"paid\" : true,\n\t\"big\": 9007199254740993, \"e\": \"\\u00e9\" }";
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *id = NULL;
  g_autofree char *body = NULL;
  g_autofree char *body_path = NULL;
  g_autofree char *again = NULL;
  g_autoptr (Answer) stored = NULL;
  g_autoptr (Answer) reload = NULL;

  configure (scenario, receiver, "");
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", sent);
  receiver_wait (receiver, 1);
  body = received_body (receiver_request (receiver, 0));
  g_assert_nonnull (strstr (body, sent));
  body_path = g_strdup_printf ("/v1/events/%s/body", id);
  stored = scenario_get (scenario, body_path);
  g_assert_cmpmem (stored->body, stored->length, sent, strlen (sent));

  scenario_config (scenario, "rule/default/paid.json",
                   "{'EventPattern': {'source': ['shop']},"
                   " 'Targets': [{'Id': 'chat', 'Arn': 'webhook/chat', 'InputPath': '$.detail'}]}");
  reload = scenario_post (scenario, "/v1/reload", "");
  g_assert_cmpuint (reload->status, ==, 200);
  g_free (scenario_accept (scenario, "/in/shop", sent));
  receiver_wait (receiver, 2);
  again = received_body (receiver_request (receiver, 1));
  g_assert_cmpstr (again, ==, sent);
  scenario_stop (scenario);
}

static void
test_retried (void)
{
  static const guint answers[] = { 500, RECEIVER_DROP, 429 };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Answer) journey = NULL;
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;

  receiver_script (receiver, answers, G_N_ELEMENTS (answers));
  configure (scenario, receiver, QUICK_RETRY (10));
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'paid': true}");
  receiver_wait (receiver, 4);
  scenario_wait_delivery (scenario, id, 1, "done");

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *attempt = g_strdup_printf ("%u", i + 1);
      const ReceivedRequest *request = receiver_request (receiver, i);

      g_assert_cmpstr (received_header (request, "Signalbox-Attempt"), ==, attempt);
      g_assert_cmpstr (received_header (request, "Signalbox-Delivery-Id"), ==,
                       received_header (receiver_request (receiver, 0), "Signalbox-Delivery-Id"));
    }
  path = g_strdup_printf ("/v1/deliveries/%s-1", id);
  journey = scenario_get (scenario, path);
  g_assert_cmpuint (json_at_length (journey->json, "history"), ==, 4);
  g_assert_cmpint (json_at_int (journey->json, "history.0.status"), ==, 500);
  g_assert_cmpint (json_at_int (journey->json, "history.1.status"), ==, 0);
  g_assert_cmpint (json_at_int (journey->json, "history.2.status"), ==, 429);
  g_assert_cmpint (json_at_int (journey->json, "history.3.status"), ==, 200);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

static void
test_dead_and_replayed (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Answer) dead = NULL;
  g_autoptr (Answer) replay = NULL;
  g_autoptr (Answer) after = NULL;
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  g_autofree char *request = NULL;

  receiver_set_status (receiver, 503);
  receiver_set_body (receiver, "closed for the night", -1);
  configure (scenario, receiver, QUICK_RETRY (2));
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'paid': true}");
  scenario_wait_delivery (scenario, id, 1, "dead");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 3);

  path = g_strdup_printf ("/v1/deliveries/%s-1", id);
  dead = scenario_get (scenario, path);
  g_assert_cmpstr (json_at_string (dead->json, "dead_reason"), ==, "attempts-used-up");
  g_assert_cmpint (json_at_int (dead->json, "attempts"), ==, 3);
  g_assert_cmpstr (json_at_string (dead->json, "history.2.response"), ==, "closed for the night");
  g_assert_cmpstr (json_at_string (dead->json, "dead_letter.ERROR_CODE"), ==, "ERROR_FROM_TARGET");
  g_assert_cmpstr (json_at_string (dead->json, "dead_letter.EXHAUSTED_RETRY_CONDITION"), ==,
                   "MaximumRetryAttempts");
  g_assert_cmpstr (json_at_string (dead->json, "dead_letter.RETRY_ATTEMPTS"), ==, "2");

  /* It stays dead over a kill and a restart. */
  scenario_kill (scenario);
  scenario_start (scenario);
  scenario_wait_delivery (scenario, id, 1, "dead");

  receiver_set_status (receiver, 200);
  request = g_strdup_printf ("{'ids': ['%s-1'], 'actor': 'ada', 'reason': 'receiver is back'}", id);
  replay = scenario_post (scenario, "/v1/replay", request);
  g_assert_cmpuint (replay->status, ==, 200);
  g_assert_cmpint (json_at_int (replay->json, "applied"), ==, 1);
  scenario_wait_delivery (scenario, id, 1, "done");
  after = scenario_get (scenario, path);
  g_assert_cmpuint (json_at_length (after->json, "history"), ==, 5);
  g_assert_cmpstr (json_at_string (after->json, "history.3.kind"), ==, "replay");
  g_assert_cmpstr (json_at_string (after->json, "history.3.actor"), ==, "ada");
  g_assert_cmpstr (json_at_string (after->json, "history.3.reason"), ==, "receiver is back");
  g_assert_cmpint (json_at_int (after->json, "history.4.attempt"), ==, 4);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

static void
test_refused_at_once (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *id = NULL;

  receiver_set_status (receiver, 404);
  configure (scenario, receiver, QUICK_RETRY (10));
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'paid': true}");
  scenario_wait_delivery (scenario, id, 1, "dead");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
  scenario_stop (scenario);
}

/* Several at once by filter; then those that are let go. */
static void
test_many (void)
{
  enum
  {
    N = 30
  };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Answer) replay = NULL;
  g_autoptr (Answer) discard = NULL;
  g_autoptr (Answer) page = NULL;
  g_autoptr (Answer) rest = NULL;
  g_autofree char *next = NULL;

  receiver_set_status (receiver, 500);
  configure (scenario, receiver, QUICK_RETRY (0));
  scenario_start (scenario);
  for (guint i = 0; i < N; i++)
    g_free (scenario_accept (scenario, "/in/shop", "{'paid': true}"));
  scenario_wait (scenario, "/v1/status", "ledger.dead", "30");

  page = scenario_get (scenario, "/v1/deliveries?state=dead&limit=20");
  g_assert_cmpuint (json_at_length (page->json, "deliveries"), ==, 20);
  next = g_strdup_printf ("/v1/deliveries?state=dead&limit=20&after=%s",
                          json_at_string (page->json, "next"));
  rest = scenario_get (scenario, next);
  g_assert_cmpuint (json_at_length (rest->json, "deliveries"), ==, 10);

  replay = scenario_post (scenario, "/v1/replay", "{'filter': {'connector': 'webhook/none'}}");
  g_assert_cmpint (json_at_int (replay->json, "applied"), ==, 0);
  g_clear_pointer (&replay, answer_free);
  replay = scenario_post (scenario, "/v1/replay", "{'filter': {'connector': 'webhook/chat'}}");
  g_assert_cmpint (json_at_int (replay->json, "applied"), ==, N);
  receiver_wait (receiver, 2 * N);
  scenario_wait (scenario, "/v1/status", "ledger.dead", "30");

  discard = scenario_post (scenario, "/v1/discard", "{'filter': {}}");
  g_assert_cmpint (json_at_int (discard->json, "applied"), ==, N);
  scenario_wait (scenario, "/v1/status", "ledger.discarded", "30");
  scenario_wait (scenario, "/v1/status", "ledger.dead", "0");
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* What waits for its next attempt is due again after a stop, and after a kill. */
static void
test_restarted (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *id = NULL;

  receiver_set_status (receiver, 503);
  configure (scenario, receiver, QUICK_RETRY (185));
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'paid': true}");
  receiver_wait (receiver, 2);
  scenario_stop (scenario);
  scenario_start (scenario);
  receiver_wait (receiver, receiver_n_requests (receiver) + 2);
  scenario_kill (scenario);
  scenario_start (scenario);
  receiver_wait (receiver, receiver_n_requests (receiver) + 2);
  receiver_set_status (receiver, 200);
  scenario_wait_delivery (scenario, id, 1, "done");
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* Killed with an answer outstanding: not settled, so due again, with the same delivery id. */
static void
test_killed_while_sending (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *id = NULL;

  receiver_hold (receiver);
  configure (scenario, receiver, "");
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'paid': true}");
  receiver_wait (receiver, 1);
  scenario_kill (scenario);
  receiver_release (receiver);
  scenario_start (scenario);
  scenario_wait_delivery (scenario, id, 1, "done");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 2);
  g_assert_cmpstr (received_header (receiver_request (receiver, 0), "Signalbox-Delivery-Id"), ==,
                   received_header (receiver_request (receiver, 1), "Signalbox-Delivery-Id"));
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* A target that does not answer leaves the others alone. */
static void
test_slow_target_holds_up_nobody (void)
{
  g_autoptr (Receiver) slow = receiver_new ();
  g_autoptr (Receiver) quick = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();

  receiver_hold (slow);
  configure (scenario, quick, "");
  scenario_config (scenario, "webhook/slow.json", "{'Url': '%s', 'Concurrency': 2}",
                   receiver_url (slow));
  scenario_config (scenario, "rule/default/slow.json",
                   "{'EventPattern': {'source': ['shop']},"
                   " 'Targets': [{'Id': 'slow', 'Arn': 'webhook/slow'}]}");
  scenario_start (scenario);
  for (guint i = 0; i < 20; i++)
    g_free (scenario_accept (scenario, "/in/shop", "{'paid': true}"));
  receiver_wait (quick, 20);
  receiver_wait (slow, 2);
  g_assert_cmpuint (receiver_n_requests (slow), ==, 2); /* its window */
  receiver_release (slow);
  receiver_wait (slow, 20);
  scenario_wait (scenario, "/v1/status", "ledger.done", "40");
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* File, email and sms work without any account. */
static void
test_outboxes (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *id = NULL;
  g_autofree char *lines_path = NULL;
  g_autofree char *lines = NULL;
  g_autofree char *mail_path = NULL;
  g_autofree char *sms_path = NULL;

  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "file/log.json", "{'Path': 'log.jsonl'}");
  scenario_config (
      scenario, "email/ops.json",
      "{'From': 'signalbox@example.org', 'To': ['ops@example.org'], 'Outbox': 'mail'}");
  scenario_config (scenario, "sms/oncall.json", "{'To': ['+15550100'], 'Outbox': 'sms'}");
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 'log', 'Arn': 'file/log', 'InputPath': '$.detail'},"
                   " {'Id': 'mail', 'Arn': 'email/ops'}, {'Id': 'sms', 'Arn': 'sms/oncall'}],"
                   " 'EventPattern': {'source': ['shop']}}");
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'a': 1}");
  for (guint i = 1; i <= 3; i++)
    scenario_wait_delivery (scenario, id, i, "done");
  lines_path = scenario_state_path (scenario, "log.jsonl");
  g_assert_true (g_file_get_contents (lines_path, &lines, NULL, NULL));
  g_assert_cmpstr (lines, ==, "{\"a\": 1}\n");
  mail_path = scenario_state_path (scenario, "mail/new");
  sms_path = scenario_state_path (scenario, "sms");
  for (const char *const *path = (const char *const[]){ mail_path, sms_path, NULL }; *path != NULL;
       path++)
    {
      g_autoptr (GDir) folder = g_dir_open (*path, 0, NULL);

      g_test_message ("%s", *path);
      g_assert_nonnull (folder);
      g_assert_nonnull (g_dir_read_name (folder));
    }
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* A rule that is gone: its deliveries have an answer to "where did it go?". */
static void
test_rule_removed (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Answer) removed = NULL;
  g_autoptr (Answer) dead = NULL;
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;

  receiver_set_status (receiver, 503);
  configure (scenario, receiver, QUICK_RETRY (185));
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'paid': true}");
  receiver_wait (receiver, 1);
  removed = scenario_request (scenario, "DELETE", "/v1/config/file/rule/default/paid.json", NULL,
                              NULL, 0);
  g_assert_cmpuint (removed->status, ==, 200);
  scenario_wait_delivery (scenario, id, 1, "dead");
  path = g_strdup_printf ("/v1/deliveries/%s-1", id);
  dead = scenario_get (scenario, path);
  g_assert_cmpstr (json_at_string (dead->json, "dead_reason"), ==, "no-target");
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* A second router on the same folder is refused, and harms nothing. */
static void
test_one_router_a_folder (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) first = scenario_new ();
  g_autoptr (Scenario) second = scenario_new ();
  g_autofree char *said = NULL;
  g_autofree char *state = NULL;
  g_autofree char *argument = NULL;
  g_autofree char *id = NULL;

  configure (first, receiver, "");
  scenario_start (first);
  state = scenario_state_path (first, "");
  argument = g_strconcat ("--state=", state, NULL);
  scenario_argument (second, argument);
  g_assert_cmpint (scenario_start_refused (second, &said), ==, 74);
  g_test_message ("%s", said);
  id = scenario_accept (first, "/in/shop", "{'paid': true}");
  scenario_wait_delivery (first, id, 1, "done");
  scenario_stop (first);
}

static void
execute (const char *path, const char *sql)
{
  sqlite3 *database = NULL;
  char *problem = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_exec (database, sql, NULL, NULL, &problem);
  g_assert_cmpstr (problem, ==, NULL);
  g_assert_cmpint (sqlite3_close (database), ==, SQLITE_OK);
}

/* A ledger that does not balance is told at the start, and one that does is not. */
static void
test_ledger_checked (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *id = NULL;
  g_autofree char *store = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  configure (scenario, receiver, "");
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'paid': true}");
  scenario_wait_delivery (scenario, id, 1, "done");
  scenario_stop (scenario);
  scenario_start (scenario);
  scenario_stop (scenario);
  before = scenario_log (scenario);
  g_assert_null (strstr (before, "does not balance"));

  store = scenario_state_path (scenario, "signalbox.db");
  execute (store, "UPDATE counter SET n = n + 2 WHERE kind = 5");
  scenario_start (scenario);
  scenario_stop (scenario);
  after = scenario_log (scenario);
  g_assert_nonnull (strstr (after, "does not balance: of 3 deliveries 2 are"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/life/delivered", test_delivered);
  g_test_add_func ("/scenario/life/untouched", test_untouched);
  g_test_add_func ("/scenario/life/retried", test_retried);
  g_test_add_func ("/scenario/life/dead-and-replayed", test_dead_and_replayed);
  g_test_add_func ("/scenario/life/refused-at-once", test_refused_at_once);
  g_test_add_func ("/scenario/life/many", test_many);
  g_test_add_func ("/scenario/life/restarted", test_restarted);
  g_test_add_func ("/scenario/life/killed-while-sending", test_killed_while_sending);
  g_test_add_func ("/scenario/life/slow-target-holds-up-nobody", test_slow_target_holds_up_nobody);
  g_test_add_func ("/scenario/life/outboxes", test_outboxes);
  g_test_add_func ("/scenario/life/rule-removed", test_rule_removed);
  g_test_add_func ("/scenario/life/one-router-a-folder", test_one_router_a_folder);
  g_test_add_func ("/scenario/life/ledger-checked", test_ledger_checked);
  return g_test_run ();
}

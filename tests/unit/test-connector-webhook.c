/* The webhook connector against a scripted receiver: what it sends, and what it makes of answers.
 */
#include "connector/connector.h"
#include "support/receiver.h"
#include "support/sender.h"

#include <string.h>

static Sender *
sender_to (Receiver *receiver, const char *more)
{
  g_autofree char *settings = g_strdup_printf (
      "{\"Url\":\"%s/hook?x=1\"%s%s}", receiver_url (receiver), *more != '\0' ? "," : "", more);

  return sender_new ("webhook", settings);
}

static void
assert_outcome (Sender *sender, OutcomeKind kind, int status, const char *error_code)
{
  Outcome outcome;

  sender_send_text (sender, "{\"a\":1}", &outcome);
  g_test_message ("%s", outcome.note);
  g_assert_cmpint (outcome.kind, ==, kind);
  g_assert_cmpint (outcome.status, ==, status);
  g_assert_cmpstr (outcome.error_code, ==, error_code);
  outcome_clear (&outcome);
}

static void
test_request (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver,
                                         "\"Headers\":{\"X-Token\":\" secret \",\"X-Empty\":\"\"}");
  const ReceivedRequest *request;
  g_autofree char *body = NULL;

  assert_outcome (sender, OUTCOME_DELIVERED, 200, NULL);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
  request = receiver_request (receiver, 0);
  body = received_body (request);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->path, ==, "/hook");
  g_assert_cmpstr (body, ==, "{\"a\":1}");
  g_assert_cmpstr (received_header (request, "Content-Type"), ==, "application/json");
  g_assert_cmpstr (received_header (request, "Content-Length"), ==, "7");
  g_assert_true (g_str_has_prefix (received_header (request, "User-Agent"), "Signalbox/"));
  g_assert_cmpstr (received_header (request, "Signalbox-Event-Id"), ==,
                   "01934b1c-0000-7000-8000-000000000001");
  g_assert_cmpstr (received_header (request, "Signalbox-Delivery-Id"), ==,
                   "01934b1c-0000-7000-8000-000000000001-2");
  g_assert_cmpstr (received_header (request, "Signalbox-Attempt"), ==, "3");
  g_assert_cmpstr (received_header (request, "X-Token"), ==, "secret");
  g_assert_cmpstr (received_header (request, "X-Empty"), ==, "");
  g_assert_null (received_header (request, "Expect"));
}

/* Large bodies are where other clients send Expect. */
static void
test_large_body (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "\"Method\":\"PUT\"");
  gsize length = 3 * 1024 * 1024;
  g_autoptr (GBytes) payload = g_bytes_new_take (memset (g_malloc (length), '7', length), length);
  ConnectorRequest request = sender_request (payload);
  Outcome outcome;

  sender_send (sender, &request, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  g_assert_cmpstr (receiver_request (receiver, 0)->method, ==, "PUT");
  g_assert_true (g_bytes_equal (receiver_request (receiver, 0)->body, payload));
  g_assert_null (received_header (receiver_request (receiver, 0), "Expect"));
  outcome_clear (&outcome);
}

static void
test_own_content_type (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (
      receiver, "\"Headers\":{\"content-type\":\"application/x\",\"USER-AGENT\":\"me\"}");
  const ReceivedRequest *request;

  assert_outcome (sender, OUTCOME_DELIVERED, 200, NULL);
  request = receiver_request (receiver, 0);
  g_assert_cmpstr (received_header (request, "Content-Type"), ==, "application/x");
  g_assert_cmpstr (received_header (request, "User-Agent"), ==, "me");
}

static void
test_connection_is_kept (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "");

  for (guint i = 0; i < 20; i++)
    assert_outcome (sender, OUTCOME_DELIVERED, 200, NULL);
  g_assert_cmpuint (receiver_n_connections (receiver), ==, 1);
}

static void
test_answers (void)
{
  static const guint statuses[] = { 204, 503, 429, 404, 302 };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "");

  receiver_script (receiver, statuses, G_N_ELEMENTS (statuses));
  receiver_set_header (receiver, "Location", "/elsewhere");
  assert_outcome (sender, OUTCOME_DELIVERED, 204, NULL);
  assert_outcome (sender, OUTCOME_RETRY, 503, ERROR_CODE_ERROR_FROM_TARGET);
  assert_outcome (sender, OUTCOME_RETRY, 429, ERROR_CODE_THROTTLING);
  assert_outcome (sender, OUTCOME_REFUSED, 404, ERROR_CODE_ERROR_FROM_TARGET);
  assert_outcome (sender, OUTCOME_REFUSED, 302, ERROR_CODE_ERROR_FROM_TARGET);
  /* The redirect was not followed. */
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 5);
}

static void
test_answer_is_kept (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "");
  g_autoptr (GString) body = g_string_new ("no room: ");
  Outcome outcome;

  for (guint i = 0; i < 500; i++)
    g_string_append_c (body, 'x');
  receiver_set_status (receiver, 507);
  receiver_set_header (receiver, "Retry-After", "90");
  receiver_set_body (receiver, body->str, -1);

  sender_send_text (sender, "1", &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_RETRY);
  g_assert_cmpint (outcome.retry_after_us, ==, 90 * G_TIME_SPAN_SECOND);
  g_assert_cmpstr (outcome.note, ==, "webhook/test answered 507 Insufficient Storage");
  /* Its head, as much as the host keeps. */
  g_assert_cmpmem (g_bytes_get_data (outcome.response, NULL), g_bytes_get_size (outcome.response),
                   body->str, 100);
  outcome_clear (&outcome);
}

static void
test_no_connection (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "");
  Outcome outcome;

  g_clear_pointer (&receiver, receiver_free);
  sender_send_text (sender, "1", &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DOWN);
  g_assert_cmpint (outcome.status, ==, 0);
  g_assert_cmpstr (outcome.error_code, ==, ERROR_CODE_CONNECTION_FAILURE);
  g_assert_true (g_str_has_prefix (outcome.note, "webhook/test could not be reached: "));
  outcome_clear (&outcome);
}

static void
test_unknown_host (void)
{
  g_autoptr (Sender) sender = sender_new ("webhook", "{\"Url\":\"http://nowhere.invalid/\"}");

  assert_outcome (sender, OUTCOME_DOWN, 0, ERROR_CODE_CONNECTION_FAILURE);
}

static void
test_no_tls_there (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *settings = g_strdup_printf ("{\"Url\":\"https://127.0.0.1:%u/\"}",
                                               receiver_port (receiver));
  g_autoptr (Sender) sender = sender_new ("webhook", settings);

  assert_outcome (sender, OUTCOME_DOWN, 0, ERROR_CODE_CONNECTION_FAILURE);
}

static void
test_dropped (void)
{
  static const guint statuses[] = { RECEIVER_DROP, 200, RECEIVER_DROP };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "");

  receiver_script (receiver, statuses, G_N_ELEMENTS (statuses));
  assert_outcome (sender, OUTCOME_RETRY, 0, ERROR_CODE_CONNECTION_FAILURE);
  assert_outcome (sender, OUTCOME_DELIVERED, 200, NULL);
  /* On a kept connection too one send is one request. */
  assert_outcome (sender, OUTCOME_RETRY, 0, ERROR_CODE_CONNECTION_FAILURE);
  assert_outcome (sender, OUTCOME_DELIVERED, 200, NULL);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 4);
}

static void
test_time_out (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "\"TimeoutSeconds\":1");

  receiver_hold (receiver);
  assert_outcome (sender, OUTCOME_RETRY, 0, ERROR_CODE_TIMEOUT);
  receiver_release (receiver);
  assert_outcome (sender, OUTCOME_DELIVERED, 200, NULL);
}

static const struct
{
  const char *name, *bytes;
  gboolean endless;
  OutcomeKind kind;
  const char *error_code;
} hostile[] = {
  { "no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", FALSE, OUTCOME_RETRY, ERROR_CODE_PROTOCOL_ERROR },
  { "nothing but a line end", "\r\n", FALSE, OUTCOME_RETRY, ERROR_CODE_PROTOCOL_ERROR },
  { "half a head", "HTTP/1.1 200 OK\r\nX: ", FALSE, OUTCOME_RETRY, ERROR_CODE_CONNECTION_FAILURE },
  { "half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", FALSE, OUTCOME_RETRY,
    ERROR_CODE_CONNECTION_FAILURE },
  { "status lines in a head",
    "HTTP/1.1 200 OK\r\nX-More: of the same, again and again and again\r\n", TRUE, OUTCOME_RETRY,
    ERROR_CODE_PROTOCOL_ERROR },
  { "endless answers", "HTTP/1.1 102 Wait\r\n\r\n", TRUE, OUTCOME_RETRY,
    ERROR_CODE_ANSWER_TOO_LONG },
  { "endless body",
    "HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    TRUE, OUTCOME_DELIVERED, NULL },
};

static void
test_hostile (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autoptr (Receiver) receiver = receiver_new ();
      g_autoptr (Sender) sender = sender_to (receiver, "");
      Outcome outcome;

      receiver_set_raw (receiver, hostile[i].bytes, hostile[i].endless);
      sender_send_text (sender, "1", &outcome);
      g_test_message ("%s: %s", hostile[i].name, outcome.note);
      g_assert_cmpint (outcome.kind, ==, hostile[i].kind);
      g_assert_cmpstr (outcome.error_code, ==, hostile[i].error_code);
      outcome_clear (&outcome);
    }
}

/* ---- Several at once ----------------------------------------------------------------------- */

static void
count_done (const Outcome *outcome, gpointer user_data)
{
  g_assert_cmpint (outcome->kind, ==, OUTCOME_DELIVERED);
  ++*(guint *) user_data;
}

static void
test_many_at_once (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "");
  g_autoptr (GBytes) payload = g_bytes_new_static ("[]", 2);
  ConnectorRequest request = sender_request (payload);
  guint n_done = 0;

  receiver_hold (receiver);
  for (guint i = 0; i < 30; i++)
    sender->kind->send (sender->connector, &request, count_done, &n_done);
  while (receiver_n_requests (receiver) < 30)
    g_main_context_iteration (sender->context, TRUE);
  g_assert_cmpuint (n_done, ==, 0);
  receiver_release (receiver);
  while (n_done < 30)
    g_main_context_iteration (sender->context, TRUE);
  g_assert_cmpuint (receiver_most_at_once (receiver), ==, 30);
}

static void
never_done (const Outcome *outcome, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
test_close_with_work_under_way (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "");
  g_autoptr (GBytes) payload = g_bytes_new_static ("[]", 2);
  ConnectorRequest request = sender_request (payload);

  receiver_hold (receiver);
  for (guint i = 0; i < 5; i++)
    sender->kind->send (sender->connector, &request, never_done, NULL);
  while (receiver_n_requests (receiver) < 5)
    g_main_context_iteration (sender->context, TRUE);

  g_clear_pointer (&sender->connector, sender->kind->close);
  receiver_release (receiver);
  while (g_main_context_iteration (sender->context, FALSE))
    ;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/webhook/request", test_request);
  g_test_add_func ("/connector/webhook/large-body", test_large_body);
  g_test_add_func ("/connector/webhook/own-content-type", test_own_content_type);
  g_test_add_func ("/connector/webhook/connection-is-kept", test_connection_is_kept);
  g_test_add_func ("/connector/webhook/answers", test_answers);
  g_test_add_func ("/connector/webhook/answer-is-kept", test_answer_is_kept);
  g_test_add_func ("/connector/webhook/no-connection", test_no_connection);
  g_test_add_func ("/connector/webhook/unknown-host", test_unknown_host);
  g_test_add_func ("/connector/webhook/no-tls-there", test_no_tls_there);
  g_test_add_func ("/connector/webhook/dropped", test_dropped);
  g_test_add_func ("/connector/webhook/time-out", test_time_out);
  g_test_add_func ("/connector/webhook/hostile", test_hostile);
  g_test_add_func ("/connector/webhook/many-at-once", test_many_at_once);
  g_test_add_func ("/connector/webhook/close-with-work-under-way", test_close_with_work_under_way);

  return g_test_run ();
}

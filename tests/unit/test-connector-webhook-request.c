/* What a webhook's request is made of: path, query, head, credentials, signature. */
#include "connector/connector.h"
#include "support/receiver.h"
#include "support/sender.h"

#include <string.h>

static Sender *
sender_to (Receiver *receiver, const char *path, const char *more)
{
  g_autofree char *settings = g_strdup_printf ("{\"Url\":\"%s%s\",%s}", receiver_url (receiver),
                                               path, more);
  Sender *sender = sender_new ("webhook", settings);

  g_assert_no_error (sender->error);
  return sender;
}

static void
assert_sent (Sender *sender, OutcomeKind kind, const char *note)
{
  Outcome outcome;

  sender_send_text (sender, "{\"a\":1}", &outcome);
  g_test_message ("%s", outcome.note);
  g_assert_cmpint (outcome.kind, ==, kind);
  if (note != NULL)
    g_assert_cmpstr (outcome.note, ==, note);
  outcome_clear (&outcome);
}

static const char *
last_header (Receiver *receiver, const char *name)
{
  guint n = receiver_n_requests (receiver);

  g_assert_cmpuint (n, >, 0);
  return received_header (receiver_request (receiver, n - 1), name);
}

static void
test_places (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (
      receiver, "/o/*/by/*?v=2",
      "\"Method\":\"PATCH\",\"PathParameterValues\":[\"<$.detail.id>\",\"<$.detail.path>\"],"
      "\"Query\":{\"who\":\"<$.detail.name>\"},"
      "\"Headers\":{\"X-Order\":\"no. <$.detail.id> of <source>\"}");
  const ReceivedRequest *request;

  assert_sent (sender, OUTCOME_DELIVERED, "");
  request = receiver_request (receiver, 0);
  g_assert_cmpstr (request->method, ==, "PATCH");
  g_assert_cmpstr (request->target, ==, "/o/17/by/a%2f..%2fb?v=2&who=Zo%c3%ab%20%26%20co");
  g_assert_cmpstr (received_header (request, "X-Order"), ==, "no. 17 of shop");
  g_assert_cmpstr (received_header (request, "webhook-attempt"), ==, "3");
}

static void
test_target_parameters (void)
{
  const char *path_values[] = { "$.detail.id", NULL };
  const char *headers[] = { "X-Own", "theirs", "X-Name", "$.source", NULL };
  const char *query[] = { "id", "$.detail.id", NULL };
  const ConfigHttp http = { (char **) path_values, (char **) headers, (char **) query };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "/o/*", "\"Headers\":{\"X-Own\":\"ours\"}");
  g_autoptr (GBytes) payload = g_bytes_new_static ("{}", 2);
  ConnectorRequest request = sender_request (payload);
  g_autoptr (Event) event = sender_event ();
  Outcome outcome;

  request.event = event;
  request.http = &http;
  sender_send (sender, &request, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  g_assert_cmpstr (receiver_request (receiver, 0)->target, ==, "/o/17?id=17");
  /* The connector has the last word. */
  g_assert_cmpstr (last_header (receiver, "X-Own"), ==, "ours");
  g_assert_cmpstr (last_header (receiver, "X-Name"), ==, "shop");
  outcome_clear (&outcome);
}

static void
test_injection (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) head = sender_to (receiver, "/",
                                       "\"Headers\":{\"X-Note\":\"a <$.detail.nasty>\"}");
  g_autoptr (Sender) query = sender_to (receiver, "/", "\"Query\":{\"q\":\"<$.detail.nasty>\"}");
  g_autoptr (Sender) dots = sender_to (receiver, "/users/*",
                                       "\"PathParameterValues\":[\"<$.detail.dots>\"]");
  g_autoptr (Sender) nothing = sender_to (receiver, "/users/*",
                                          "\"PathParameterValues\":[\"<$.detail.none>\"]");
  g_autoptr (Sender) too_few = sender_to (receiver, "/*/*", "\"PathParameterValues\":[\"1\"]");

  assert_sent (head, OUTCOME_REFUSED,
               "webhook/test was not sent to: what the event has for the header X-Note has a line "
               "break or another control character in it");
  assert_sent (dots, OUTCOME_REFUSED, NULL);
  assert_sent (nothing, OUTCOME_REFUSED,
               "webhook/test was not sent to: the event has nothing for place 1 of the path");
  assert_sent (too_few, OUTCOME_REFUSED,
               "webhook/test was not sent to: the Url has 2 places, and PathParameterValues 1 "
               "values");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 0);
  assert_sent (query, OUTCOME_DELIVERED, NULL);
  g_assert_cmpstr (receiver_request (receiver, 0)->target, ==, "/?q=x%0d%0aEvil%3a%201");
  g_assert_null (last_header (receiver, "Evil"));
}

static void
test_methods (void)
{
  static const char *const methods[] = { "GET", "HEAD", "DELETE", "OPTIONS", "PUT", "POST" };
  g_autoptr (Receiver) receiver = receiver_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *more = g_strdup_printf ("\"Method\":\"%s\"", methods[i]);
      g_autoptr (Sender) sender = sender_to (receiver, "/", more);

      for (guint k = 0; k < 2; k++)
        assert_sent (sender, OUTCOME_DELIVERED, NULL);
      g_assert_cmpstr (receiver_request (receiver, (guint) i * 2 + 1)->method, ==, methods[i]);
    }
}

static void
test_credentials (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) basic = sender_to (
      receiver, "/",
      "\"Auth\":{\"Type\":\"basic\",\"User\":\"ada\",\"Secret\":{\"Secret\":\"s\"}}");
  g_autoptr (Sender) bearer = sender_to (
      receiver, "/", "\"Auth\":{\"Type\":\"bearer\",\"Secret\":{\"Secret\":\"s\"}}");
  g_autoptr (Sender) key = sender_to (
      receiver, "/",
      "\"Auth\":{\"Type\":\"api-key\",\"Header\":\"X-Key\",\"Secret\":{\"Secret\":\"s\"}}");

  assert_sent (bearer, OUTCOME_DOWN, NULL);
  sender_put_secret (basic, "s", "hush hush\n");
  sender_put_secret (bearer, "s", "hush");
  sender_put_secret (key, "s", "hush");
  assert_sent (basic, OUTCOME_DELIVERED, NULL);
  g_assert_cmpstr (last_header (receiver, "Authorization"), ==, "Basic YWRhOmh1c2ggaHVzaA==");
  assert_sent (bearer, OUTCOME_DELIVERED, NULL);
  g_assert_cmpstr (last_header (receiver, "Authorization"), ==, "Bearer hush");
  assert_sent (key, OUTCOME_DELIVERED, NULL);
  g_assert_cmpstr (last_header (receiver, "X-Key"), ==, "hush");
}

/* Even when the server repeats it. */
static void
test_secrets_stay_secret (void)
{
  static const char body[] = "You sent Bearer plaNted-7 and again plaNted-7";
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (
      receiver, "/", "\"Auth\":{\"Type\":\"bearer\",\"Secret\":{\"Secret\":\"s\"}}");
  Outcome outcome;

  sender_put_secret (sender, "s", "plaNted-7");
  receiver_set_status (receiver, 403);
  receiver_set_body (receiver, body, -1);
  sender_send_text (sender, "{}", &outcome);
  g_assert_cmpmem (g_bytes_get_data (outcome.response, NULL), g_bytes_get_size (outcome.response),
                   "You sent Bearer ********* and again *********", sizeof body - 1);
  outcome_clear (&outcome);
}

/* What an answer that was cut ends with may be half of it. */
static void
test_half_a_secret (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (
      receiver, "/", "\"Auth\":{\"Type\":\"bearer\",\"Secret\":{\"Secret\":\"s\"}}");
  g_autoptr (GString) body = g_string_new (NULL);
  Outcome outcome;

  sender_put_secret (sender, "s", "plaNted-7");
  for (guint i = 0; i < 94; i++)
    g_string_append_c (body, '.');
  g_string_append (body, "plaNted-7");
  receiver_set_body (receiver, body->str, -1);
  sender_send_text (sender, "{}", &outcome);
  g_assert_cmpuint (g_bytes_get_size (outcome.response), ==, 100);
  g_assert_null (memmem (g_bytes_get_data (outcome.response, NULL), 100, "plaN", 4));
  outcome_clear (&outcome);
}

static void
test_signature (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (
      receiver, "/", "\"Signature\":{\"Secrets\":[{\"Secret\":\"new\"},{\"Secret\":\"old\"}]}");
  g_auto (GStrv) parts = NULL;

  sender_put_secret (sender, "new", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  sender_put_secret (sender, "old", "whsec_AAAA");
  assert_sent (sender, OUTCOME_DELIVERED, NULL);
  g_assert_cmpstr (last_header (receiver, "webhook-id"), ==,
                   "01934b1c-0000-7000-8000-000000000001-2");
  g_assert_cmpstr (last_header (receiver, "webhook-timestamp"), ==, "1795252440");
  parts = g_strsplit (last_header (receiver, "webhook-signature"), " ", -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  /* Computed with Python's hmac. */
  g_assert_cmpstr (parts[0], ==, "v1,UUuS7N+lzwxasQT2y4P2cMSrXDSOx8BaOzUCLsX5hlo=");
  sender_put_secret (sender, "old", "");
  clock_manual_advance (sender->clock, 2 * G_TIME_SPAN_SECOND);
  assert_sent (sender, OUTCOME_DOWN, NULL);
}

static void
test_trace (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) sender = sender_to (receiver, "/", "\"Method\":\"POST\"");
  g_autoptr (Sender) without = sender_to (receiver, "/", "\"Trace\":false");
  g_autofree char *first = NULL;
  const char *second;

  assert_sent (sender, OUTCOME_DELIVERED, NULL);
  first = g_strdup (last_header (receiver, "traceparent"));
  assert_sent (sender, OUTCOME_DELIVERED, NULL);
  second = last_header (receiver, "traceparent");
  g_assert_true (
      g_regex_match_simple ("^00-01934b1c000070008000000000000001-[0-9a-f]{16}-00$", first, 0, 0));
  g_assert_cmpuint (strlen (second), ==, 55);
  g_assert_cmpint (strncmp (first, second, 36), ==, 0);
  g_assert_cmpstr (first, !=, second);
  assert_sent (without, OUTCOME_DELIVERED, NULL);
  g_assert_null (last_header (receiver, "traceparent"));
}

static void
test_missing_certificate_key (void)
{
  g_autoptr (Sender) sender = sender_new (
      "webhook", "{\"Url\":\"https://127.0.0.1/\",\"Tls\":{\"CertificateFile\":\"a.pem\","
                 "\"Key\":{\"Secret\":\"nothing\"}}}");

  g_assert_null (sender->connector);
  g_assert_true (g_str_has_prefix (sender->error->message, "webhook/test: There is no secret"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/webhook/request/places", test_places);
  g_test_add_func ("/connector/webhook/request/target-parameters", test_target_parameters);
  g_test_add_func ("/connector/webhook/request/injection", test_injection);
  g_test_add_func ("/connector/webhook/request/methods", test_methods);
  g_test_add_func ("/connector/webhook/request/credentials", test_credentials);
  g_test_add_func ("/connector/webhook/request/secrets-stay-secret", test_secrets_stay_secret);
  g_test_add_func ("/connector/webhook/request/half-a-secret", test_half_a_secret);
  g_test_add_func ("/connector/webhook/request/signature", test_signature);
  g_test_add_func ("/connector/webhook/request/trace", test_trace);
  g_test_add_func ("/connector/webhook/request/missing-key", test_missing_certificate_key);
  return g_test_run ();
}

/* What an answer means for a delivery: every status and every way in which libcurl can fail. */
#include "connector/webhook/answer.h"

#include <string.h>

#define S G_TIME_SPAN_SECOND

static void
feed (WebhookAnswer *answer, const char *const *lines)
{
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_true (webhook_answer_take_line (answer, lines[i], strlen (lines[i])));
}

static const char *const whole_head[] = { "HTTP/1.1 200 OK\r\n", "\r\n", NULL };

static RetryOn usual;

static void
read_usual (void)
{
  g_autoptr (JsonNode) node = json_from_string (RETRY_ON_DEFAULT, NULL);

  g_assert_true (retry_on_parse (json_node_get_array (node), &usual, NULL));
}

static const struct
{
  int status;
  OutcomeKind kind;
  const char *error_code, *note;
} statuses[] = {
  { 200, OUTCOME_DELIVERED, NULL, "" },
  { 202, OUTCOME_DELIVERED, NULL, "" },
  { 299, OUTCOME_DELIVERED, NULL, "" },
  { 101, OUTCOME_REFUSED, ERROR_CODE_ERROR_FROM_TARGET, "webhook/a answered 101" },
  { 301, OUTCOME_REFUSED, ERROR_CODE_ERROR_FROM_TARGET,
    "webhook/a answered 301 Moved Permanently; redirects are not followed" },
  { 400, OUTCOME_REFUSED, ERROR_CODE_ERROR_FROM_TARGET, "webhook/a answered 400 Bad Request" },
  { 401, OUTCOME_REFUSED, ERROR_CODE_ERROR_FROM_TARGET, "webhook/a answered 401 Unauthorized" },
  { 404, OUTCOME_REFUSED, ERROR_CODE_ERROR_FROM_TARGET, "webhook/a answered 404 Not Found" },
  { 408, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET, "webhook/a answered 408 Request Timeout" },
  { 409, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET, "webhook/a answered 409 Conflict" },
  { 410, OUTCOME_REFUSED, ERROR_CODE_ERROR_FROM_TARGET,
    "webhook/a answered 410 Gone and wants nothing more" },
  { 425, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET, "webhook/a answered 425 Too Early" },
  { 429, OUTCOME_RETRY, ERROR_CODE_THROTTLING, "webhook/a answered 429 Too Many Requests" },
  { 499, OUTCOME_REFUSED, ERROR_CODE_ERROR_FROM_TARGET, "webhook/a answered 499" },
  { 500, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET,
    "webhook/a answered 500 Internal Server Error" },
  { 503, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET,
    "webhook/a answered 503 Service Unavailable" },
  { 599, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET, "webhook/a answered 599" },
};

static void
test_statuses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      WebhookAnswer answer = { 0 };
      Outcome outcome;

      webhook_answer_reset (&answer, 1000, 10);
      feed (&answer, whole_head);
      webhook_answer_outcome (&answer, "webhook/a", &usual, CURLE_OK, statuses[i].status, "", 0,
                              &outcome);
      g_assert_cmpint (outcome.kind, ==, statuses[i].kind);
      g_assert_cmpint (outcome.status, ==, statuses[i].status);
      g_assert_cmpstr (outcome.error_code, ==, statuses[i].error_code);
      g_assert_cmpstr (outcome.note, ==, statuses[i].note);
      g_assert_cmpint (outcome.retry_after_us, ==, -1);
      g_assert_cmpint (outcome.gone, ==, statuses[i].status == 410);
      g_assert_null (outcome.response);
      outcome_clear (&outcome);
      webhook_answer_clear (&answer);
    }
}

static const struct
{
  CURLcode result;
  OutcomeKind kind;
  const char *error_code, *note;
} failures[] = {
  { CURLE_COULDNT_CONNECT, OUTCOME_DOWN, ERROR_CODE_CONNECTION_FAILURE,
    "webhook/a could not be reached: be cause" },
  { CURLE_COULDNT_RESOLVE_HOST, OUTCOME_DOWN, ERROR_CODE_CONNECTION_FAILURE,
    "webhook/a could not be reached: be cause" },
  { CURLE_PEER_FAILED_VERIFICATION, OUTCOME_DOWN, ERROR_CODE_CONNECTION_FAILURE,
    "webhook/a could not be reached over TLS: be cause" },
  { CURLE_OPERATION_TIMEDOUT, OUTCOME_RETRY, ERROR_CODE_TIMEOUT,
    "webhook/a did not answer in time: be cause" },
  { CURLE_GOT_NOTHING, OUTCOME_RETRY, ERROR_CODE_CONNECTION_FAILURE,
    "webhook/a broke the connection: be cause" },
  { CURLE_PARTIAL_FILE, OUTCOME_RETRY, ERROR_CODE_CONNECTION_FAILURE,
    "webhook/a broke the connection: be cause" },
  { CURLE_UNSUPPORTED_PROTOCOL, OUTCOME_RETRY, ERROR_CODE_PROTOCOL_ERROR,
    "webhook/a gave an answer that is not understood: be cause" },
  { CURLE_URL_MALFORMAT, OUTCOME_MISCONFIGURED, ERROR_CODE_INVALID_PARAMETER,
    "webhook/a has a Url that cannot be used: be cause" },
};

/* Also with a 2xx that had come already: an answer that broke off is none. */
static void
test_failures (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      WebhookAnswer answer = { 0 };
      Outcome outcome;

      webhook_answer_reset (&answer, 1000, 10);
      feed (&answer, whole_head);
      webhook_answer_outcome (&answer, "webhook/a", &usual, failures[i].result, 200,
                              " be\x01"
                              "cause\n",
                              0, &outcome);
      g_assert_cmpint (outcome.kind, ==, failures[i].kind);
      g_assert_cmpstr (outcome.error_code, ==, failures[i].error_code);
      g_assert_cmpstr (outcome.note, ==, failures[i].note);
      outcome_clear (&outcome);
      webhook_answer_clear (&answer);
    }
}

static const struct
{
  const char *name;
  const char *lines[8];
  OutcomeKind kind;
  gint64 retry_after_us;
} waits[] = {
  { "none", { "HTTP/1.1 503 No\r\n", "\r\n" }, OUTCOME_RETRY, -1 },
  { "seconds", { "HTTP/1.1 503 No\r\n", "Retry-After: 7\r\n", "\r\n" }, OUTCOME_RETRY, 7 * S },
  { "any case", { "HTTP/2 503 \r\n", "retry-AFTER:7\r\n", "\r\n" }, OUTCOME_RETRY, 7 * S },
  { "two",
    { "HTTP/1.1 503 No\r\n", "Retry-After: 7\r\n", "Retry-After: 7\r\n", "\r\n" },
    OUTCOME_RETRY,
    -1 },
  { "never", { "HTTP/1.1 503 No\r\n", "Retry-After: -1\r\n", "\r\n" }, OUTCOME_REFUSED, -1 },
  { "date",
    { "HTTP/1.1 503 No\r\n", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
      "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n", "\r\n" },
    OUTCOME_RETRY,
    60 * S },
  { "of another head",
    { "HTTP/1.1 103 Early\r\n", "Retry-After: 9\r\n", "\r\n", "HTTP/1.1 503 No\r\n", "\r\n" },
    OUTCOME_RETRY,
    -1 },
  { "another field", { "HTTP/1.1 503 No\r\n", "X-Retry-After: 7\r\n", "\r\n" }, OUTCOME_RETRY, -1 },
};

static void
test_retry_after (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      WebhookAnswer answer = { 0 };
      Outcome outcome;

      g_test_message ("%s", waits[i].name);
      webhook_answer_reset (&answer, 1000, 10);
      feed (&answer, waits[i].lines);
      webhook_answer_outcome (&answer, "webhook/a", &usual, CURLE_OK, 503, "", 0, &outcome);
      g_assert_cmpint (outcome.kind, ==, waits[i].kind);
      g_assert_cmpint (outcome.retry_after_us, ==, waits[i].retry_after_us);
      outcome_clear (&outcome);
      webhook_answer_clear (&answer);
    }
}

/* A refusal that names a time stays one. */
static void
test_retry_after_of_a_refusal (void)
{
  static const char *const lines[] = { "HTTP/1.1 404 No\r\n", "Retry-After: 7\r\n", "\r\n", NULL };
  WebhookAnswer answer = { 0 };
  Outcome outcome;

  webhook_answer_reset (&answer, 1000, 10);
  feed (&answer, lines);
  webhook_answer_outcome (&answer, "webhook/a", &usual, CURLE_OK, 404, "", 0, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_REFUSED);
  g_assert_cmpint (outcome.retry_after_us, ==, -1);
  outcome_clear (&outcome);
  webhook_answer_clear (&answer);
}

static void
test_body_is_bounded (void)
{
  WebhookAnswer answer = { 0 };
  Outcome outcome;

  webhook_answer_reset (&answer, 50, 5);
  feed (&answer, whole_head);
  g_assert_true (webhook_answer_take_body (&answer, "abc", 3));
  g_assert_true (webhook_answer_take_body (&answer, "defghi", 6));
  g_assert_false (webhook_answer_take_body (&answer, "0123456789012345678901234567890", 31));
  webhook_answer_outcome (&answer, "webhook/a", &usual, CURLE_WRITE_ERROR, 200, "", 0, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  g_assert_cmpmem (g_bytes_get_data (outcome.response, NULL), g_bytes_get_size (outcome.response),
                   "abcde", 5);
  outcome_clear (&outcome);
  webhook_answer_clear (&answer);
}

static void
test_broken_off_head (void)
{
  static const char *const lines[] = { "HTTP/1.1 200 OK\r\n", NULL };
  WebhookAnswer answer = { 0 };
  Outcome outcome;

  webhook_answer_reset (&answer, 1000, 5);
  feed (&answer, lines);
  webhook_answer_outcome (&answer, "webhook/a", &usual, CURLE_OK, 200, "", 0, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_RETRY);
  g_assert_cmpstr (outcome.error_code, ==, ERROR_CODE_CONNECTION_FAILURE);
  g_assert_cmpstr (outcome.note, ==,
                   "webhook/a broke the connection: the answer ended within its head");
  outcome_clear (&outcome);
  webhook_answer_clear (&answer);
}

static void
test_head_is_bounded (void)
{
  WebhookAnswer answer = { 0 };
  Outcome outcome;

  webhook_answer_reset (&answer, 30, 5);
  g_assert_true (webhook_answer_take_line (&answer, "HTTP/1.1 200 OK\r\n", 17));
  g_assert_false (webhook_answer_take_line (&answer, "X: aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 33));
  webhook_answer_outcome (&answer, "webhook/a", &usual, CURLE_WRITE_ERROR, 200, "", 0, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_RETRY);
  g_assert_cmpstr (outcome.note, ==,
                   "webhook/a sent a head longer than MaxResponseBytes, which is 30");
  outcome_clear (&outcome);
  webhook_answer_clear (&answer);
}

/* Nothing is worth another try but what is named. */
static void
test_other_list (void)
{
  static const struct
  {
    CURLcode result;
    int status;
    OutcomeKind kind;
  } cases[] = {
    { CURLE_OK, 503, OUTCOME_REFUSED },
    { CURLE_OK, 404, OUTCOME_RETRY },
    { CURLE_COULDNT_RESOLVE_HOST, 0, OUTCOME_DOWN },
    { CURLE_COULDNT_CONNECT, 0, OUTCOME_REFUSED },
    { CURLE_PEER_FAILED_VERIFICATION, 0, OUTCOME_REFUSED },
    { CURLE_OPERATION_TIMEDOUT, 0, OUTCOME_REFUSED },
    { CURLE_RECV_ERROR, 0, OUTCOME_REFUSED },
    { CURLE_OUT_OF_MEMORY, 0, OUTCOME_RETRY },
  };
  g_autoptr (JsonNode) node = json_from_string ("[\"dns\", \"404\"]", NULL);
  RetryOn retry_on;

  g_assert_true (retry_on_parse (json_node_get_array (node), &retry_on, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WebhookAnswer answer = { 0 };
      Outcome outcome;

      webhook_answer_reset (&answer, 1000, 10);
      if (cases[i].status != 0)
        feed (&answer, whole_head);
      webhook_answer_outcome (&answer, "webhook/a", &retry_on, cases[i].result, cases[i].status, "",
                              0, &outcome);
      g_assert_cmpint (outcome.kind, ==, cases[i].kind);
      outcome_clear (&outcome);
      webhook_answer_clear (&answer);
    }
}

int
main (int argc, char *argv[])
{
  read_usual ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/webhook/answer/statuses", test_statuses);
  g_test_add_func ("/connector/webhook/answer/other-list", test_other_list);
  g_test_add_func ("/connector/webhook/answer/failures", test_failures);
  g_test_add_func ("/connector/webhook/answer/retry-after", test_retry_after);
  g_test_add_func ("/connector/webhook/answer/retry-after-of-a-refusal",
                   test_retry_after_of_a_refusal);
  g_test_add_func ("/connector/webhook/answer/body-is-bounded", test_body_is_bounded);
  g_test_add_func ("/connector/webhook/answer/broken-off-head", test_broken_off_head);
  g_test_add_func ("/connector/webhook/answer/head-is-bounded", test_head_is_bounded);

  return g_test_run ();
}

/* Access tokens: fetched once, kept, and fetched anew when they are refused or end. */
#include "connector/connector.h"
#include "support/receiver.h"
#include "support/sender.h"

#include <stdio.h>
#include <string.h>

typedef struct
{
  Receiver *server, *target;
  Sender *sender;
} Fixture;

static void
set_up_with (Fixture *fixture, const char *more)
{
  g_autofree char *settings = NULL;

  fixture->server = receiver_new ();
  fixture->target = receiver_new ();
  settings = g_strdup_printf (
      "{\"Url\":\"%s/hook\",\"Auth\":{\"Type\":\"oauth2\",\"TokenUrl\":\"%s/token\","
      "\"ClientId\":\"me\",\"Secret\":{\"Secret\":\"s\"}%s}}",
      receiver_url (fixture->target), receiver_url (fixture->server), more);
  fixture->sender = sender_new ("webhook", settings);
  g_assert_no_error (fixture->sender->error);
  sender_put_secret (fixture->sender, "s", "hu:sh");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_with (fixture, "");
  receiver_set_body (fixture->server,
                     "{\"access_token\":\"t0k\",\"token_type\":\"Bearer\",\"expires_in\":3600}",
                     -1);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sender_free (fixture->sender);
  receiver_free (fixture->server);
  receiver_free (fixture->target);
}

static void
assert_sent (Fixture *fixture, OutcomeKind kind, const char *code)
{
  Outcome outcome;

  sender_send_text (fixture->sender, "{}", &outcome);
  g_test_message ("%s", outcome.note);
  g_assert_cmpint (outcome.kind, ==, kind);
  g_assert_cmpstr (outcome.error_code, ==, code);
  g_assert_null (strstr (outcome.note, "t0k"));
  g_assert_null (strstr (outcome.note, "sh"));
  outcome_clear (&outcome);
}

static void
test_fetched_once (Fixture *fixture, gconstpointer data)
{
  const ReceivedRequest *request;
  g_autofree char *body = NULL;

  for (guint i = 0; i < 5; i++)
    assert_sent (fixture, OUTCOME_DELIVERED, NULL);
  g_assert_cmpuint (receiver_n_requests (fixture->server), ==, 1);
  g_assert_cmpuint (receiver_n_requests (fixture->target), ==, 5);
  request = receiver_request (fixture->server, 0);
  body = received_body (request);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (body, ==, "grant_type=client_credentials");
  /* me:hu%3Ash */
  g_assert_cmpstr (received_header (request, "Authorization"), ==, "Basic bWU6aHUlM0FzaA==");
  g_assert_cmpstr (received_header (receiver_request (fixture->target, 4), "Authorization"), ==,
                   "Bearer t0k");
}

static void
count_done (const Outcome *outcome, gpointer user_data)
{
  g_assert_cmpint (outcome->kind, ==, OUTCOME_DELIVERED);
  ++*(guint *) user_data;
}

static void
test_waited_for_together (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("{}", 2);
  ConnectorRequest request = sender_request (payload);
  guint n_done = 0;

  for (guint i = 0; i < 20; i++)
    fixture->sender->kind->send (fixture->sender->connector, &request, count_done, &n_done);
  while (n_done < 20)
    g_main_context_iteration (fixture->sender->context, TRUE);
  g_assert_cmpuint (receiver_n_requests (fixture->server), ==, 1);
}

static void
test_ends (Fixture *fixture, gconstpointer data)
{
  assert_sent (fixture, OUTCOME_DELIVERED, NULL);
  clock_manual_advance (fixture->sender->clock, 3539 * G_TIME_SPAN_SECOND);
  assert_sent (fixture, OUTCOME_DELIVERED, NULL);
  g_assert_cmpuint (receiver_n_requests (fixture->server), ==, 1);
  clock_manual_advance (fixture->sender->clock, 2 * G_TIME_SPAN_SECOND);
  assert_sent (fixture, OUTCOME_DELIVERED, NULL);
  g_assert_cmpuint (receiver_n_requests (fixture->server), ==, 2);
}

static void
test_refused_once (Fixture *fixture, gconstpointer data)
{
  static const guint statuses[] = { 200, 401, 200, 401, 401 };

  receiver_script (fixture->target, statuses, G_N_ELEMENTS (statuses));
  assert_sent (fixture, OUTCOME_DELIVERED, NULL);
  receiver_set_body (fixture->server, "{\"access_token\":\"t0k-2\",\"expires_in\":\"60\"}", -1);
  assert_sent (fixture, OUTCOME_DELIVERED, NULL);
  g_assert_cmpuint (receiver_n_requests (fixture->server), ==, 2);
  g_assert_cmpuint (receiver_n_requests (fixture->target), ==, 3);
  g_assert_cmpstr (received_header (receiver_request (fixture->target, 2), "Authorization"), ==,
                   "Bearer t0k-2");
  /* A fresh one that is refused too is not the token's fault. */
  assert_sent (fixture, OUTCOME_REFUSED, ERROR_CODE_ERROR_FROM_TARGET);
  g_assert_cmpuint (receiver_n_requests (fixture->target), ==, 5);
}

static void
test_not_given (Fixture *fixture, gconstpointer data)
{
  static const char *const bodies[] = { "",
                                        "{}",
                                        "[]",
                                        "{\"access_token\":7}",
                                        "{\"access_token\":\"\"}",
                                        "{\"access_token\":\"a\\r\\nEvil: 1\"}" };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      receiver_set_body (fixture->server, bodies[i], -1);
      assert_sent (fixture, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS);
    }
  receiver_set_status (fixture->server, 401);
  assert_sent (fixture, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS);
  receiver_set_status (fixture->server, 503);
  assert_sent (fixture, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET);
  g_assert_cmpuint (receiver_n_requests (fixture->target), ==, 0);
}

static void
test_no_secret (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = sender_path (fixture->sender, "secrets/s");

  g_assert_cmpint (remove (path), ==, 0);
  assert_sent (fixture, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS);
  g_assert_cmpuint (receiver_n_requests (fixture->server), ==, 0);
}

static void
test_client_in_body (void)
{
  Fixture fixture;
  g_autofree char *body = NULL;

  set_up_with (&fixture, ",\"ClientIn\":\"body\",\"Scope\":\"a b\","
                         "\"Parameters\":{\"audience\":\"https://api\"}");
  receiver_set_body (fixture.server, "{\"access_token\":\"t0k\"}", -1);
  assert_sent (&fixture, OUTCOME_DELIVERED, NULL);
  body = received_body (receiver_request (fixture.server, 0));
  g_assert_cmpstr (body, ==,
                   "grant_type=client_credentials&scope=a%20b&client_id=me&client_secret=hu%3Ash"
                   "&audience=https%3A%2F%2Fapi");
  g_assert_null (received_header (receiver_request (fixture.server, 0), "Authorization"));
  tear_down (&fixture, NULL);
}

static void
never_done (const Outcome *outcome, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
test_close_while_fetching (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("{}", 2);
  ConnectorRequest request = sender_request (payload);

  receiver_hold (fixture->server);
  fixture->sender->kind->send (fixture->sender->connector, &request, never_done, NULL);
  while (receiver_n_requests (fixture->server) < 1)
    g_main_context_iteration (fixture->sender->context, TRUE);
  g_clear_pointer (&fixture->sender->connector, fixture->sender->kind->close);
  receiver_release (fixture->server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/connector/webhook/token/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("fetched-once", test_fetched_once);
  ADD ("waited-for-together", test_waited_for_together);
  ADD ("ends", test_ends);
  ADD ("refused-once", test_refused_once);
  ADD ("not-given", test_not_given);
  ADD ("no-secret", test_no_secret);
  ADD ("close-while-fetching", test_close_while_fetching);
#undef ADD
  g_test_add_func ("/connector/webhook/token/client-in-body", test_client_in_body);
  return g_test_run ();
}

/* Senders as the world has them, against the real daemon: signed by independent code (Python's
 * standard library and openssl), with credentials, by address and rate; handshakes; and that a
 * planted secret is found nowhere. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define PLANTED "plaNted-0e7c1d9a"

/* ---- Signed by others ---- */

static void
configure_signed (Scenario *scenario)
{
  static const char *const presets[] = { "github",  "gitlab",   "stripe", "slack",
                                         "shopify", "hookdeck", "svix",   "standard-webhooks" };

  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    {
      g_autofree char *path = g_strdup_printf ("source/%s.json", presets[i]);

      scenario_config (scenario, path,
                       "{'Preset': '%s', 'Signature': {'Secrets': [{'Secret': 'next'},"
                       " {'Secret': 'shared'}]}}",
                       presets[i]);
    }
  scenario_config (scenario, "source/twilio.json",
                   "{'Preset': 'twilio', 'Signature': {'Secrets': [{'Secret': 'shared'}],"
                   " 'PublicUrl': 'https://hooks.example.com/in/twilio'}}");
  scenario_config (scenario, "source/ed25519.json",
                   "{'Signature': {'Scheme': 'standard-webhooks-ed25519',"
                   " 'Secrets': [{'Secret': 'public'}]}}");
  scenario_config (scenario, "source/own.json",
                   "{'Signature': {'Scheme': 'ours', 'Secrets': [{'Secret': 'shared'}]}}");
  scenario_config (scenario, "signature/ours.json",
                   "{'Header': 'X-Ours', 'Separator': ',', 'Tags': ['a='], 'Encoding': 'base64url',"
                   " 'Digest': 'sha512', 'Base': '{timestamp}/{body}', 'TimestampTag': 'at='}");
  scenario_secret (scenario, "next", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx");
  scenario_secret (scenario, "shared", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
}

/* Runs send-signed, which posts to every source and says what it was answered. */
static void
run_sender (Scenario *scenario)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "send-signed", NULL);
  g_autofree char *key = scenario_state_path (scenario, "secrets/public");
  const char *argv[] = { "python3", script, scenario_url (scenario), key, NULL };
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status,
                &error);
  g_assert_no_error (error);
  g_test_message ("%s%s", out, err);
  g_assert_cmpint (status, ==, 0);
}

static void
test_signed (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();

  configure_signed (scenario);
  scenario_start (scenario);
  run_sender (scenario);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* ---- Credentials, addresses, rates, answers ---- */

static Answer *
ask (Scenario *scenario, const char *method, const char *path, const char *header, const char *body)
{
  const char *headers[] = { "Content-Type: application/json", header, NULL };

  return scenario_request (scenario, method, path, headers, body, -1);
}

static void
assert_status (Scenario *scenario, const char *path, const char *header, guint status)
{
  g_autoptr (Answer) answer = ask (scenario, "POST", path, header, "{}");

  g_test_message ("%s %s: %u %s", path, header, answer->status, answer->body);
  g_assert_cmpuint (answer->status, ==, status);
}

static void
test_gate (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Answer) answer = NULL;
  g_autoptr (Answer) got = NULL;
  g_autoptr (Answer) late = NULL;

  scenario_config (scenario, "router.json", "{'TrustedProxies': ['127.0.0.0/8', '10.0.0.0/8']}");
  scenario_config (
      scenario, "source/bearer.json",
      "{'Auth': {'Type': 'bearer', 'Secrets': [{'Secret': 'old'}, {'Secret': 'new'}]}}");
  scenario_config (scenario, "source/basic.json",
                   "{'Auth': {'Type': 'basic', 'User': 'ada', 'Secrets': [{'Secret': 'new'}]}}");
  scenario_config (scenario, "source/key.json",
                   "{'Auth': {'Type': 'api-key', 'Secrets': [{'Secret': 'new'}]}}");
  scenario_config (scenario, "source/unready.json",
                   "{'Auth': {'Type': 'bearer', 'Secrets': [{'Secret': 'away'}]}}");
  scenario_config (scenario, "source/near.json", "{'AllowAddresses': ['192.0.2.0/24']}");
  scenario_config (scenario, "source/slow.json", "{'Rate': {'PerSecond': 0.01, 'Burst': 2}}");
  scenario_config (scenario, "source/small.json", "{'BodyBytes': 10}");
  scenario_config (scenario, "source/secret.json",
                   "{'Path': 'x7Jq2', 'Methods': ['POST', 'GET'], 'Answer': {'Status': 201,"
                   " 'Headers': {'X-Thanks': 'yes'}, 'Body': 'thank you'}}");
  scenario_secret (scenario, "old", "one");
  scenario_secret (scenario, "new", "two");
  scenario_start (scenario);

  assert_status (scenario, "/in/bearer", "X-Nothing: 1", 401);
  assert_status (scenario, "/in/bearer", "Authorization: Bearer one", 202);
  assert_status (scenario, "/in/bearer", "Authorization: bearer two", 202);
  assert_status (scenario, "/in/bearer", "Authorization: Bearer on", 401);
  assert_status (scenario, "/in/bearer", "Authorization: Bearer", 401);
  assert_status (scenario, "/in/bearer", "Authorization: Basic b25l", 401);
  assert_status (scenario, "/in/basic", "Authorization: Basic YWRhOnR3bw==", 202); /* ada:two */
  assert_status (scenario, "/in/basic", "Authorization: Basic YWRhOm9uZQ==", 401); /* ada:one */
  assert_status (scenario, "/in/basic", "Authorization: Basic Ym9iOnR3bw==", 401); /* bob:two */
  assert_status (scenario, "/in/basic", "Authorization: Basic YWRh", 401);
  assert_status (scenario, "/in/key", "X-Api-Key: two", 202);
  assert_status (scenario, "/in/key", "X-Api-Key: three", 401);
  assert_status (scenario, "/in/unready", "Authorization: Bearer one", 503);

  assert_status (scenario, "/in/near", "X-Nothing: 1", 403);
  assert_status (scenario, "/in/near", "X-Forwarded-For: 192.0.2.7", 202);
  assert_status (scenario, "/in/near", "X-Forwarded-For: 192.0.2.7, 10.1.2.3", 202);
  /* What stands before an address that is not trusted anybody may have written. */
  assert_status (scenario, "/in/near", "X-Forwarded-For: 192.0.2.7, 198.51.100.1", 403);
  assert_status (scenario, "/in/near", "X-Forwarded-For: nonsense", 403);

  assert_status (scenario, "/in/slow", "X-Nothing: 1", 202);
  assert_status (scenario, "/in/slow", "X-Nothing: 1", 202);
  late = ask (scenario, "POST", "/in/slow", "X-Nothing: 1", "{}");
  g_assert_cmpuint (late->status, ==, 429);

  assert_status (scenario, "/in/small", "X-Nothing: 1", 202);
  g_clear_pointer (&late, answer_free);
  late = ask (scenario, "POST", "/in/small", "X-Nothing: 1", "{\"a\":\"0123456789\"}");
  g_assert_cmpuint (late->status, ==, 413);

  assert_status (scenario, "/in/secret", "X-Nothing: 1", 404);
  answer = ask (scenario, "POST", "/in/x7Jq2", "X-Nothing: 1", "{}");
  g_assert_cmpuint (answer->status, ==, 201);
  g_assert_cmpstr (answer->body, ==, "thank you");
  got = ask (scenario, "GET", "/in/x7Jq2?a=1&b=%C3%BC", "X-Nothing: 1", NULL);
  g_assert_cmpuint (got->status, ==, 201);
  g_clear_pointer (&answer, answer_free);
  answer = ask (scenario, "PUT", "/in/x7Jq2", "X-Nothing: 1", "{}");
  g_assert_cmpuint (answer->status, ==, 405);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

static void
test_handshakes (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Answer) slack = NULL;
  g_autoptr (Answer) preflight = NULL;
  g_autoptr (Answer) without = NULL;
  g_autoptr (Answer) refused = NULL;

  scenario_config (scenario, "source/slack.json", "{'Handshakes': ['slack', 'cloudevents']}");
  scenario_config (scenario, "source/plain.json", "{}");
  scenario_start (scenario);
  slack = ask (scenario, "POST", "/in/slack", "X-Nothing: 1",
               "{\"type\":\"url_verification\",\"challenge\":\"3eZbrw1aB\"}");
  g_assert_cmpuint (slack->status, ==, 200);
  g_assert_cmpstr (slack->body, ==, "3eZbrw1aB");
  preflight = ask (scenario, "OPTIONS", "/in/slack", "WebHook-Request-Origin: events.example.com",
                   NULL);
  g_assert_cmpuint (preflight->status, ==, 200);
  without = ask (scenario, "OPTIONS", "/in/slack", "X-Nothing: 1", NULL);
  g_assert_cmpuint (without->status, ==, 400);
  refused = ask (scenario, "OPTIONS", "/in/plain", "WebHook-Request-Origin: events.example.com",
                 NULL);
  g_assert_cmpuint (refused->status, ==, 405);
  scenario_wait (scenario, "/v1/status", "ledger.events", "0");
  scenario_stop (scenario);
}

/* ---- Turned away, and taken in after all ---- */

static void
test_rejected (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Answer) unsigned_one = NULL;
  g_autoptr (Answer) broken = NULL;
  g_autoptr (Answer) list = NULL;
  g_autoptr (Answer) body = NULL;
  g_autoptr (Answer) still = NULL;
  g_autoptr (Answer) accepted = NULL;
  g_autoptr (Answer) again = NULL;
  g_autofree char *body_path = NULL;
  g_autofree char *still_path = NULL;
  g_autofree char *accept_path = NULL;

  scenario_config (scenario, "source/github.json",
                   "{'Preset': 'github', 'Signature': {'Secrets': [{'Secret': 'hub'}]}}");
  scenario_config (scenario, "source/plain.json", "{}");
  scenario_secret (scenario, "hub", "one");
  scenario_start (scenario);
  unsigned_one = ask (scenario, "POST", "/in/github", "X-GitHub-Event: push", "{\"a\":1}");
  g_assert_cmpuint (unsigned_one->status, ==, 401);
  broken = ask (scenario, "POST", "/in/plain", "X-Nothing: 1", "{");
  g_assert_cmpuint (broken->status, ==, 400);
  assert_status (scenario, "/in/nowhere", "X-Nothing: 1", 404);

  list = scenario_get (scenario, "/v1/rejected");
  g_assert_cmpuint (json_at_length (list->json, "rejected"), ==, 2);
  g_assert_cmpstr (json_at_string (list->json, "rejected.0.cause"), ==, "invalid-json");
  g_assert_cmpstr (json_at_string (list->json, "rejected.1.cause"), ==, "signature-missing");
  g_assert_cmpstr (json_at_string (list->json, "rejected.1.source"), ==, "github");
  body_path = g_strdup_printf ("/v1/rejected/%s/body",
                               json_at_string (list->json, "rejected.1.id"));
  still_path = g_strdup_printf ("/v1/rejected/%s/accept",
                                json_at_string (list->json, "rejected.0.id"));
  accept_path = g_strdup_printf ("/v1/rejected/%s/accept",
                                 json_at_string (list->json, "rejected.1.id"));
  body = scenario_get (scenario, body_path);
  g_assert_cmpstr (body->body, ==, "{\"a\":1}");
  still = scenario_post (scenario, still_path, "");
  g_assert_cmpuint (still->status, ==, 400);
  accepted = scenario_post (scenario, accept_path, "");
  g_assert_cmpuint (accepted->status, ==, 202);
  again = scenario_post (scenario, accept_path, "");
  g_assert_cmpuint (again->status, ==, 404);
  g_clear_pointer (&list, answer_free);
  list = scenario_get (scenario, "/v1/rejected");
  g_assert_cmpuint (json_at_length (list->json, "rejected"), ==, 1);
  g_clear_pointer (&list, answer_free);
  list = scenario_get (scenario, "/v1/events");
  g_assert_cmpuint (json_at_length (list->json, "events"), ==, 1);
  g_assert_cmpstr (json_at_string (list->json, "events.0.detail-type"), ==, "push");
  g_assert_cmpstr (json_at_string (list->json, "events.0.ingress"), ==, "source/github");
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* ---- Subscriptions of SNS ---- */

#define TOPIC "arn:aws:sns:eu-west-1:123456789012:orders"

static Answer *
send_sns (Scenario *scenario, const char *type, const char *topic, const char *endpoint)
{
  const char *headers[] = { "Content-Type: text/plain; charset=UTF-8", NULL, NULL };
  g_autofree char *header = g_strconcat ("x-amz-sns-message-type: ", type, NULL);
  g_autofree char *body = g_strdup_printf (
      "{\"Type\":\"%s\",\"MessageId\":\"%08x\",\"TopicArn\":\"%s\",\"Message\":\"hello\","
      "\"Token\":\"t0k\",\"SubscribeURL\":\"%s/?Action=ConfirmSubscription&TopicArn=%s&Token=t0k\","
      "\"Timestamp\":\"2026-11-21T09:14:00.000Z\"}",
      type, g_random_int (), topic, endpoint, topic);

  headers[1] = header;
  return scenario_request (scenario, "POST", "/in/sns", headers, body, -1);
}

static void
assert_sns (Scenario *scenario,
            const char *type,
            const char *topic,
            const char *endpoint,
            guint status,
            const char *slug)
{
  g_autoptr (Answer) answer = send_sns (scenario, type, topic, endpoint);

  g_test_message ("%s %s: %u %s", type, endpoint, answer->status, answer->body);
  g_assert_cmpuint (answer->status, ==, status);
  if (slug != NULL)
    g_assert_true (g_str_has_suffix (json_at_string (answer->json, "type"), slug));
}

static void
configure_sns (Scenario *scenario, const char *endpoint)
{
  scenario_config (scenario, "source/sns.json",
                   "{'Preset': 'sns', 'Sns': {'Topics': ['" TOPIC "']%s%s%s}}",
                   endpoint != NULL ? ", 'Endpoint': '" : "", endpoint != NULL ? endpoint : "",
                   endpoint != NULL ? "'" : "");
}

static void
test_subscriptions (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Receiver) service = receiver_new ();
  const char *endpoint = receiver_url (service);
  g_autoptr (Answer) rejected = NULL;
  g_autoptr (Answer) reloaded = NULL;
  g_autoptr (Answer) status = NULL;
  g_autofree char *log = NULL;

  configure_sns (scenario, endpoint);
  scenario_start (scenario);
  assert_sns (scenario, "SubscriptionConfirmation", TOPIC, endpoint, 200, NULL);
  g_assert_cmpuint (receiver_n_requests (service), ==, 1);
  g_assert_cmpstr (receiver_request (service, 0)->method, ==, "GET");
  g_assert_cmpstr (receiver_request (service, 0)->target, ==,
                   "/?Action=ConfirmSubscription&TopicArn="
                   "arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aorders&Token=t0k");
  assert_sns (scenario, "Notification", TOPIC, endpoint, 202, NULL);
  assert_sns (scenario, "UnsubscribeConfirmation", TOPIC, endpoint, 200, NULL);

  /* What SNS does not confirm it is told, and asks again. */
  receiver_set_status (service, 403);
  assert_sns (scenario, "SubscriptionConfirmation", TOPIC, endpoint, 502, "confirmation-failed");
  receiver_set_status (service, 200);
  assert_sns (scenario, "SubscriptionConfirmation", TOPIC, endpoint, 200, NULL);
  g_assert_cmpuint (receiver_n_requests (service), ==, 3);

  assert_sns (scenario, "SubscriptionConfirmation", TOPIC "-of-others", endpoint, 403,
              "topic-not-allowed");
  assert_sns (scenario, "Notification", TOPIC "-of-others", endpoint, 403, "topic-not-allowed");
  assert_sns (scenario, "SubscriptionConfirmation", TOPIC, "http://127.0.0.1:1", 403,
              "subscribe-url-not-allowed");
  g_assert_cmpuint (receiver_n_requests (service), ==, 3);
  rejected = scenario_get (scenario, "/v1/rejected?source=sns");
  g_assert_cmpuint (json_at_length (rejected->json, "rejected"), ==, 4);
  g_assert_cmpstr (json_at_string (rejected->json, "rejected.0.cause"), ==,
                   "subscribe-url-not-allowed");
  status = scenario_get (scenario, "/v1/status");
  g_assert_cmpint (json_at_int (status->json, "ledger.events"), ==, 1);

  /* A private address that nobody allowed. */
  scenario_config (scenario, "router.json", "{}");
  reloaded = scenario_post (scenario, "/v1/reload", "{}");
  g_assert_cmpuint (reloaded->status, ==, 200);
  assert_sns (scenario, "SubscriptionConfirmation", TOPIC, endpoint, 502, "confirmation-failed");
  g_assert_cmpuint (receiver_n_connections (service), <=, 3);
  log = scenario_log (scenario);
  g_assert_nonnull (strstr (log, "is subscribed to the topic"));
  g_assert_nonnull (strstr (log, "no longer subscribed to the topic"));
  g_assert_nonnull (strstr (log, "127.0.0.1 is a loopback address"));
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* It stops at once, although a service does not answer. */
static void
test_unanswered_subscription (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Receiver) service = receiver_new ();
  g_autofree char *url = NULL;
  GSubprocess *sender;
  g_autoptr (GError) error = NULL;

  receiver_hold (service);
  configure_sns (scenario, receiver_url (service));
  scenario_start (scenario);
  url = g_strconcat (scenario_url (scenario), "/in/sns", NULL);
  sender = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "python3",
      "-c",
      "import json, sys, urllib.request as u\n"
      "t, e = sys.argv[2], sys.argv[3]\n"
      "b = {'Type': 'SubscriptionConfirmation', 'TopicArn': t, 'SubscribeURL':"
      " e + '/?Action=ConfirmSubscription&Token=a&TopicArn=' + t}\n"
      "u.urlopen(u.Request(sys.argv[1], json.dumps(b).encode(), {'Content-Type': 'text/plain'}))",
      url, TOPIC, receiver_url (service), NULL);
  g_assert_no_error (error);
  receiver_wait (service, 1);
  scenario_stop (scenario);
  g_assert_true (g_subprocess_wait (sender, NULL, &error));
  g_object_unref (sender);
  receiver_release (service);
}

/* ---- A planted secret ---- */

static void
assert_clean (const char *where, const char *text, gsize length)
{
  if (text != NULL && memmem (text, length, PLANTED, strlen (PLANTED)) != NULL)
    g_error ("the planted secret is in %s", where);
}

static void
assert_answer_clean (Scenario *scenario, const char *path)
{
  g_autoptr (Answer) answer = scenario_get (scenario, path);

  assert_clean (path, answer->body, answer->length);
}

/* Every file of a folder but those of secrets/. */
static void
assert_folder_clean (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *text = NULL;
      gsize length = 0;

      if (g_str_equal (name, "secrets"))
        continue;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        assert_folder_clean (path);
      else if (g_file_get_contents (path, &text, &length, NULL))
        assert_clean (path, text, length);
    }
}

/* What ps(1) would show of every process, with environments. */
static void
assert_processes_clean (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    for (guint i = 0; i < 2 && g_ascii_isdigit (*name); i++)
      {
        g_autofree char *path = g_build_filename ("/proc", name, i == 0 ? "cmdline" : "environ",
                                                  NULL);
        g_autofree char *text = NULL;
        gsize length = 0;

        if (g_file_get_contents (path, &text, &length, NULL))
          assert_clean (path, text, length);
      }
}

static void
test_planted (void)
{
  static const char *const paths[] = { "/v1/status",
                                       "/v1/routes",
                                       "/v1/events",
                                       "/v1/deliveries",
                                       "/v1/rejected",
                                       "/v1/config/files",
                                       "/v1/config/file/source/github.json",
                                       "/v1/config/file/source/open.json" };
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *id = NULL;
  g_autoptr (Answer) refused = NULL;
  g_autoptr (Answer) reloaded = NULL;
  g_autofree char *log = NULL;
  g_autofree char *open_path = NULL;

  scenario_argument (scenario, "--log-level=debug");
  scenario_config (scenario, "source/github.json",
                   "{'Preset': 'github', 'Signature': {'Secrets': [{'Secret': 'planted'}]}}");
  scenario_config (scenario, "source/token.json",
                   "{'Auth': {'Type': 'bearer', 'Secrets': [{'Secret': 'planted'}]}}");
  scenario_config (scenario, "source/open.json",
                   "{'Auth': {'Type': 'bearer', 'Secrets': [{'Secret': 'open'}]}}");
  /* A receiver that repeats what it is sent. */
  receiver_set_status (receiver, 403);
  receiver_set_body (receiver, "Not with Bearer " PLANTED, -1);
  scenario_config (scenario, "webhook/echo.json",
                   "{'Url': '%s', 'Auth': {'Type': 'bearer', 'Secret': {'Secret': 'planted'}}}",
                   receiver_url (receiver));
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 'echo', 'Arn': 'webhook/echo'}]}");
  scenario_secret (scenario, "planted", PLANTED);
  scenario_secret (scenario, "open", PLANTED);
  open_path = scenario_state_path (scenario, "secrets/open");
  g_assert_cmpint (g_chmod (open_path, 0644), ==, 0);
  scenario_config (scenario, "source/plain.json", "{}");
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/plain", "{}");
  scenario_wait_delivery (scenario, id, 1, "dead");
  g_assert_cmpstr (received_header (receiver_request (receiver, 0), "Authorization"), ==,
                   "Bearer " PLANTED);
  {
    g_autofree char *path = g_strdup_printf ("/v1/events/%s", id);
    g_autofree char *attempts = g_strdup_printf ("/v1/deliveries/%s-1", id);

    assert_answer_clean (scenario, path);
    assert_answer_clean (scenario, attempts);
  }
  refused = ask (scenario, "POST", "/in/github", "X-Hub-Signature-256: sha256=00", "{}");
  g_assert_cmpuint (refused->status, ==, 401);
  assert_clean ("a refusal", refused->body, refused->length);
  assert_status (scenario, "/in/token", "Authorization: Bearer " PLANTED, 202);
  assert_status (scenario, "/in/token", "Authorization: Bearer x" PLANTED, 401);
  /* Open to others: refused, and said in the log. */
  assert_status (scenario, "/in/open", "Authorization: Bearer " PLANTED, 503);
  reloaded = scenario_post (scenario, "/v1/reload", "");
  assert_clean ("a reload", reloaded->body, reloaded->length);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    assert_answer_clean (scenario, paths[i]);
  assert_processes_clean ();
  scenario_stop (scenario);
  log = scenario_log (scenario);
  assert_clean ("the log", log, strlen (log));
  g_assert_nonnull (strstr (log, "nobody else can read"));
  assert_folder_clean (scenario_folder (scenario));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/senders/signed", test_signed);
  g_test_add_func ("/scenario/senders/gate", test_gate);
  g_test_add_func ("/scenario/senders/handshakes", test_handshakes);
  g_test_add_func ("/scenario/senders/rejected", test_rejected);
  g_test_add_func ("/scenario/senders/subscriptions", test_subscriptions);
  g_test_add_func ("/scenario/senders/unanswered-subscription", test_unanswered_subscription);
  g_test_add_func ("/scenario/senders/planted", test_planted);
  return g_test_run ();
}

/* Text messages by HTTP: what presets send, who gets what after a failure, and what goes wrong. */
#include "support/receiver.h"
#include "support/sender.h"

#include <string.h>

static Sender *
sender_of (const char *to, const char *gateway)
{
  g_autofree char *settings = g_strdup_printf ("{\"To\":[%s],\"From\":\"+4930123456\","
                                               "\"Gateway\":%s}",
                                               to, gateway);

  return sender_new ("sms", settings);
}

static void
assert_sent (Sender *sender, const char *json, OutcomeKind kind)
{
  Outcome outcome;

  sender_send_text (sender, json, &outcome);
  g_test_message ("%s", outcome.note);
  g_assert_cmpint (outcome.kind, ==, kind);
  outcome_clear (&outcome);
}

static void
test_twilio (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *gateway = g_strdup_printf (
      "{\"Preset\":\"twilio\",\"Account\":\"AC/1\",\"Secret\":{\"Secret\":\"token\"},"
      "\"Url\":\"%s/2010-04-01/Accounts/*/Messages.json\"}",
      receiver_url (receiver));
  g_autoptr (Sender) sender = sender_of ("\"+4915112345678\"", gateway);
  const ReceivedRequest *request;
  g_autofree char *body = NULL;

  assert_sent (sender, "\"x\"", OUTCOME_DOWN); /* the secret is not there */
  sender_put_secret (sender, "token", "s3cr3t");
  clock_manual_advance (sender->clock, 2 * G_TIME_SPAN_SECOND);
  receiver_set_status (receiver, 201);
  assert_sent (sender, "\"Größe & 100% + \\nTo=evil\"", OUTCOME_DELIVERED);
  request = receiver_request (receiver, 0);
  body = received_body (request);
  g_assert_cmpstr (request->target, ==, "/2010-04-01/Accounts/AC%2f1/Messages.json");
  g_assert_cmpstr (received_header (request, "content-type"), ==,
                   "application/x-www-form-urlencoded");
  g_assert_cmpstr (received_header (request, "authorization"), ==, "Basic QUMvMTpzM2NyM3Q=");
  g_assert_cmpstr (received_header (request, "idempotency-key"), ==,
                   "01934b1c-0000-7000-8000-000000000001-2-1");
  g_assert_cmpstr (body, ==,
                   "To=%2B4915112345678&From=%2B4930123456&"
                   "Body=Gr%C3%B6%C3%9Fe%20%26%20100%25%20%2B%20%0ATo%3Devil");
}

static void
test_json (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *gateway = g_strdup_printf (
      "{\"Preset\":\"json\",\"Url\":\"%s/send\",\"Auth\":\"api-key\","
      "\"Secret\":{\"Secret\":\"token\"},\"Fields\":{\"to[]\":\"{to}\",\"n\":\"{segments}\"}}",
      receiver_url (receiver));
  g_autoptr (Sender) sender = sender_of ("\"+4915112345678\"", gateway);
  g_autofree char *body = NULL;

  sender_put_secret (sender, "token", "k-1");
  assert_sent (sender, "\"a \\\"b\\\" {to}\"", OUTCOME_DELIVERED);
  body = received_body (receiver_request (receiver, 0));
  g_assert_cmpstr (received_header (receiver_request (receiver, 0), "x-api-key"), ==, "k-1");
  g_assert_cmpstr (body, ==,
                   "{\"from\":\"+4930123456\","
                   "\"text\":\"a \\\"b\\\" {to}\","
                   "\"id\":\"01934b1c-0000-7000-8000-000000000001-2-1\","
                   "\"to\":[\"+4915112345678\"],\"n\":\"1\"}");
}

#define OPEN_GATEWAY "{\"Preset\":\"json\",\"Url\":\"%s/\",\"Auth\":\"none\"}"

/* Who has it does not get it again; a gateway that says no ends it. */
static void
test_several (void)
{
  static const guint statuses[] = { 200, 503, 200, 200, 400 };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *gateway = g_strdup_printf (OPEN_GATEWAY, receiver_url (receiver));
  g_autoptr (Sender) sender = sender_of ("\"+4911111111\",\"+4922222222\",\"+4933333333\"",
                                         gateway);
  static const char *const expected[] = { "+4911111111", "+4922222222", "+4922222222",
                                          "+4933333333", "+4911111111" };

  receiver_script (receiver, statuses, G_N_ELEMENTS (statuses));
  assert_sent (sender, "\"x\"", OUTCOME_RETRY);
  assert_sent (sender, "\"x\"", OUTCOME_DELIVERED);
  assert_sent (sender, "\"x\"", OUTCOME_REFUSED); /* anew: nothing is remembered */
  g_assert_cmpuint (receiver_n_requests (receiver), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *body = received_body (receiver_request (receiver, i));

      g_assert_nonnull (strstr (body, expected[i]));
    }
}

/* Numbers and texts out of the event. */
static void
test_places (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *gateway = g_strdup_printf (
      OPEN_GATEWAY ",\"Text\":\"<source>: <$.detail.name>\"", receiver_url (receiver));
  g_autoptr (Sender) good = sender_of ("\"+49151<$.detail.id>000000\"", gateway);
  g_autoptr (Sender) bad = sender_of ("\"<$.detail.nasty>\"", gateway);
  g_autofree char *body = NULL;

  assert_sent (good, "1", OUTCOME_DELIVERED);
  body = received_body (receiver_request (receiver, 0));
  g_assert_nonnull (strstr (body, "\"to\":\"+4915117000000\""));
  g_assert_nonnull (strstr (body, "\"text\":\"shop: Zoë & co\""));
  assert_sent (bad, "1", OUTCOME_REFUSED);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
}

static void
test_guard (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *gateway = g_strdup_printf (OPEN_GATEWAY ",\"AllowAddresses\":[]",
                                              receiver_url (receiver));
  g_autoptr (Sender) sender = sender_of ("\"+4915112345678\"", gateway);

  assert_sent (sender, "\"x\"", OUTCOME_MISCONFIGURED);
  g_assert_cmpuint (receiver_n_connections (receiver), ==, 0);
}

static void
test_wrong_settings (void)
{
  static const struct
  {
    const char *to, *gateway, *message;
  } wrong[] = {
    { "\"+4915112345678\"", "{\"Preset\":\"pigeon\"}",
      "sms/test: Gateway/Preset: there is no preset “pigeon”, only json, twilio, vonage" },
    { "\"+4915112345678\"", "{\"Preset\":\"twilio\"}", "sms/test: Gateway/Account: *" },
    { "\"+4915112345678\"", "{\"Preset\":\"twilio\",\"Account\":\"a\"}",
      "sms/test: Gateway/Secret: *" },
    { "\"+4915112345678\"", "{\"Preset\":\"json\"}", "sms/test: Gateway/Url: *" },
    { "\"+4915112345678\"", "{\"Url\":\"http://a/\",\"Fields\":{\"a\":\"{to}{what}\"}}",
      "sms/test: Gateway/Fields: *" },
    { "\"+4915112345678\"", "{\"Url\":\"http://a/\",\"Fields\":{\"a\":\"{to}\"}}",
      "sms/test: Gateway/Fields: *" },
    { "\"4915112345678\"", "{\"Preset\":\"json\",\"Url\":\"http://a/\",\"Auth\":\"none\"}",
      "sms/test: To/0: *" },
    { "\"+4915112345678\"",
      "{\"Preset\":\"json\",\"Url\":\"http://a/\",\"Auth\":\"none\"},\"Outbox\":\"x\"",
      "sms/test: Outbox: *" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Sender) sender = sender_of (wrong[i].to, wrong[i].gateway);

      g_assert_nonnull (sender->error);
      g_test_message ("%s", sender->error->message);
      g_assert_true (g_pattern_match_simple (wrong[i].message, sender->error->message));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/sms/gateway/twilio", test_twilio);
  g_test_add_func ("/connector/sms/gateway/json", test_json);
  g_test_add_func ("/connector/sms/gateway/several", test_several);
  g_test_add_func ("/connector/sms/gateway/places", test_places);
  g_test_add_func ("/connector/sms/gateway/guard", test_guard);
  g_test_add_func ("/connector/sms/gateway/wrong-settings", test_wrong_settings);
  return g_test_run ();
}

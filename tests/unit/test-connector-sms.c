/* The sms connector: one file for each recipient. */
#include "support/sender.h"

#include <string.h>

#define STEM "20261121T091400Z-01934b1c-0000-7000-8000-000000000001-2"

static char *
repeat (const char *text, guint n)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (out, text);
  return g_string_free (out, FALSE);
}

static void
test_messages (void)
{
  g_autoptr (Sender) sender = sender_new (
      "sms", "{\"To\":[\"+4915112345678\",\"+12025550123\"],\"From\":\"Ops 1\"}");
  Outcome outcome;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  sender_send_text (sender, "\"Order \\\"7\\\" paid\\n\"", &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  outcome_clear (&outcome);

  first = sender_read (sender, "outbox/sms/test/" STEM "-1.json");
  g_assert_cmpstr (first, ==,
                   "{\"to\":\"+4915112345678\",\"from\":\"Ops 1\","
                   "\"text\":\"Order \\\"7\\\" paid\\n\","
                   "\"delivery\":\"01934b1c-0000-7000-8000-000000000001-2\","
                   "\"event\":\"01934b1c-0000-7000-8000-000000000001\","
                   "\"at\":\"2026-11-21T09:14:00.000000Z\",\"encoding\":\"GSM-7\",\"length\":15,"
                   "\"segments\":1}\n");
  second = sender_read (sender, "outbox/sms/test/" STEM "-2.json");
  g_assert_nonnull (strstr (second, "\"to\":\"+12025550123\""));
}

static void
test_too_long (void)
{
  g_autoptr (Sender) sender = sender_new ("sms", "{\"To\":[\"+4915112345678\"],\"MaxSegments\":2}");
  g_autofree char *text = repeat ("a", 307);
  g_autofree char *json = g_strdup_printf ("\"%s\"", text);
  Outcome outcome;

  sender_send_text (sender, json, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_REFUSED);
  g_assert_cmpstr (outcome.error_code, ==, ERROR_CODE_INVALID_PARAMETER);
  g_assert_cmpstr (outcome.note, ==,
                   "sms/test takes no text of 3 messages, as MaxSegments is 2; shorten it with an "
                   "InputTransformer");
  outcome_clear (&outcome);

  json[2] = '"';
  json[3] = '\0';
  sender_send_text (sender, json, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  outcome_clear (&outcome);
}

static void
test_wrong_settings (void)
{
  static const struct
  {
    const char *settings, *prefix;
  } wrong[] = {
    { "{\"To\":[\"0151\"]}", "sms/test: To/0: “0151” is not a number like" },
    { "{\"To\":[\"+49 151 12345\"]}", "sms/test: To/0: “+49 151 12345” is not" },
    { "{\"To\":[\"+0151234567\"]}", "sms/test: To/0: “+0151234567” is not" },
    { "{\"To\":[\"+1234567890123456\"]}", "sms/test: To/0: " },
    { "{\"To\":[\"+12025550123\"],\"From\":\"Twelve chars\"}", "sms/test: From: “Twelve chars”" },
    { "{\"To\":[\"+12025550123\"],\"From\":\"a\\nb\"}", "sms/test: From: “a\\nb” is not" },
    { "{\"To\":[\"+12025550123\"],\"Outbox\":\"a/../b\"}", "sms/test: Outbox: The path" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Sender) sender = sender_new ("sms", wrong[i].settings);

      g_test_message ("%s", wrong[i].settings);
      g_assert_null (sender->connector);
      g_assert_true (g_str_has_prefix (sender->error->message, wrong[i].prefix));
    }
}

static void
test_describe (void)
{
  g_autoptr (Sender) sender = sender_new ("sms", "{\"To\":[\"+12025550123\"]}");
  g_autofree char *text = sender->kind->describe ("oncall", sender->settings, "/state");

  g_assert_cmpstr (text, ==, "text to +12025550123, in /state/outbox/sms/oncall");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/sms/messages", test_messages);
  g_test_add_func ("/connector/sms/too-long", test_too_long);
  g_test_add_func ("/connector/sms/wrong-settings", test_wrong_settings);
  g_test_add_func ("/connector/sms/describe", test_describe);

  return g_test_run ();
}

/* The email connector: one file a delivery in a Maildir. */
#include "support/sender.h"

#include <glib/gstdio.h>
#include <string.h>

#define NAME "20261121T091400Z-01934b1c-0000-7000-8000-000000000001-2.signalbox"

static void
deliver (Sender *sender, const ConnectorRequest *request)
{
  Outcome outcome;

  sender_send (sender, request, &outcome);
  g_assert_cmpstr (outcome.note, ==, "");
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  outcome_clear (&outcome);
}

static void
test_maildir (void)
{
  g_autoptr (Sender) sender = sender_new ("email", "{\"To\":[\"ops@example.org\"]}");
  g_autoptr (GBytes) payload = g_bytes_new_static ("\"Order 7 paid\"\n\"Thanks\"", 23);
  ConnectorRequest request = sender_request (payload);
  g_autofree char *mail = NULL;
  g_autofree char *staging = sender_path (sender, "outbox/email/test/tmp");
  g_autofree char *seen = sender_path (sender, "outbox/email/test/cur");
  g_autoptr (GDir) folder = NULL;

  request.content_type = "text/plain; charset=utf-8";
  deliver (sender, &request);
  mail = sender_read (sender, "outbox/email/test/new/" NAME);
  g_assert_nonnull (strstr (mail, "\r\nTo: ops@example.org\r\n"));
  g_assert_nonnull (strstr (mail, "\r\nSubject: Order Paid (shop)\r\n"));
  g_assert_nonnull (
      strstr (mail, "\r\nMessage-ID: <01934b1c-0000-7000-8000-000000000001-2@localhost>\r\n"));
  g_assert_true (g_str_has_suffix (mail, "\r\n\r\nOrder 7 paid\r\nThanks\r\n"));

  /* Again: the same file. */
  deliver (sender, &request);
  folder = g_dir_open (staging, 0, NULL);
  g_assert_nonnull (folder);
  g_assert_null (g_dir_read_name (folder));
  /* It is a Maildir for others, too. */
  g_assert_true (g_file_test (seen, G_FILE_TEST_IS_DIR));
}

static void
test_settings (void)
{
  g_autoptr (Sender) sender = sender_new (
      "email",
      "{\"To\":[\"a@example.org\",\"B <b@example.org>\"],\"From\":\"Box <box@example.net>\","
      "\"Subject\":\"<rule> <bus> <event-id> <time> <b> <source\",\"Outbox\":\"mail\"}");
  g_autoptr (GBytes) payload = g_bytes_new_static ("{\"a\":[1,2]}", 11);
  ConnectorRequest request = sender_request (payload);
  g_autofree char *mail = NULL;

  deliver (sender, &request);
  mail = sender_read (sender, "mail/new/" NAME);
  g_assert_nonnull (strstr (mail, "From: \"Box\"\r\n <box@example.net>\r\n"));
  g_assert_nonnull (strstr (mail, "To: a@example.org,\r\n \"B\"\r\n <b@example.org>\r\n"));
  g_assert_true (
      g_str_has_suffix (mail, "\r\n\r\n{\r\n  \"a\": [\r\n    1,\r\n    2\r\n  ]\r\n}\r\n"));
}

/* What an event says cannot become a placeholder or a header. */
static void
test_values_are_only_text (void)
{
  g_autoptr (Sender) sender = sender_new (
      "email", "{\"To\":[\"a@example.org\"],\"Subject\":\"<source>/<detail-type>\"}");
  g_autoptr (GBytes) payload = g_bytes_new_static ("1", 1);
  ConnectorRequest request = sender_request (payload);
  g_autofree char *mail = NULL;

  request.source = "<rule>";
  request.detail_type = "x\r\nBcc: y@z";
  deliver (sender, &request);
  mail = sender_read (sender, "outbox/email/test/new/" NAME);
  g_assert_nonnull (strstr (mail, "\r\nSubject: <rule>/x  Bcc: y@z\r\n"));
}

static void
test_wrong_settings (void)
{
  static const struct
  {
    const char *settings, *prefix;
  } wrong[] = {
    { "{\"To\":[\"a@example.org\",\"b\"]}", "email/test: To/1: “b” is not a mail address" },
    { "{\"To\":[\"a@b\"],\"From\":\"x\\r\\ny@z\"}", "email/test: From: “x\\r\\ny@z” is not" },
    { "{\"To\":[\"a@b\"],\"Outbox\":\"../x\"}", "email/test: Outbox: The path “../x” has “..”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Sender) sender = sender_new ("email", wrong[i].settings);

      g_assert_null (sender->connector);
      g_test_message ("%s", sender->error->message);
      g_assert_true (g_str_has_prefix (sender->error->message, wrong[i].prefix));
    }
}

static void
test_describe (void)
{
  g_autoptr (Sender) one = sender_new ("email", "{\"To\":[\"a@b\"]}");
  g_autoptr (Sender) more = sender_new ("email", "{\"To\":[\"a@b\",\"c@d\"],\"Outbox\":\"/m\"}");
  g_autofree char *of_one = one->kind->describe ("ops", one->settings, "/state");
  g_autofree char *of_more = more->kind->describe ("ops", more->settings, "/state");

  g_assert_cmpstr (of_one, ==, "mail to a@b, in /state/outbox/email/ops");
  g_assert_cmpstr (of_more, ==, "mail to a@b and 1 more, in /m");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/email/maildir", test_maildir);
  g_test_add_func ("/connector/email/settings", test_settings);
  g_test_add_func ("/connector/email/values-are-only-text", test_values_are_only_text);
  g_test_add_func ("/connector/email/wrong-settings", test_wrong_settings);
  g_test_add_func ("/connector/email/describe", test_describe);

  return g_test_run ();
}

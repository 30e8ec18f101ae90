/* Where a connector may not connect to, whatever a name says. */
#include "connector/guard.h"

#include "support/receiver.h"
#include "support/sender.h"

#include <string.h>

static void
assert_refused (Sender *sender, const char *what)
{
  Outcome outcome;

  sender_send_text (sender, "{}", &outcome);
  g_test_message ("%s", outcome.note);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_MISCONFIGURED);
  g_assert_cmpstr (outcome.error_code, ==, ERROR_CODE_ADDRESS_REFUSED);
  g_assert_nonnull (strstr (outcome.note, what));
  outcome_clear (&outcome);
}

static void
assert_delivered (Sender *sender)
{
  Outcome outcome;

  sender_send_text (sender, "{}", &outcome);
  g_test_message ("%s", outcome.note);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  outcome_clear (&outcome);
}

static Sender *
sender_at (const char *host, guint port, const char *allowed)
{
  g_autofree char *settings = g_strdup_printf (
      "{\"Url\":\"http://%s:%u/\",\"AllowAddresses\":[%s]}", host, port, allowed);

  return sender_new ("webhook", settings);
}

/* However it is written. */
static void
test_loopback (void)
{
  static const char *const hosts[] = { "127.0.0.1",  "2130706433", "0x7f.1",
                                       "0177.0.0.1", "localhost",  "[::ffff:127.0.0.1]" };
  g_autoptr (Receiver) receiver = receiver_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (Sender) sender = sender_at (hosts[i], receiver_port (receiver), "");

      assert_refused (sender, "is a loopback address");
    }
  g_assert_cmpuint (receiver_n_connections (receiver), ==, 0);
}

static void
test_allowed (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Sender) by_word = sender_at ("127.0.0.1", receiver_port (receiver), "\"loopback\"");
  g_autoptr (Sender) by_block = sender_at ("127.0.0.1", receiver_port (receiver),
                                           "\"127.0.0.0/30\"");
  g_autoptr (Sender) other = sender_at ("127.0.0.1", receiver_port (receiver), "\"private\"");

  assert_delivered (by_word);
  assert_delivered (by_block);
  assert_refused (other, "is a loopback address");
}

static Sender *
sender_resolving (Receiver *receiver, struct curl_slist *resolve, const char *allowed)
{
  Sender *sender = sender_at ("api.example.org", receiver_port (receiver), allowed);

  sender->host.resolve = resolve;
  sender_reopen (sender);
  return sender;
}

static struct curl_slist *
resolve_to (Receiver *receiver, const char *addresses)
{
  g_autofree char *entry = g_strdup_printf ("api.example.org:%u:%s", receiver_port (receiver),
                                            addresses);

  return curl_slist_append (NULL, entry);
}

/* A public name that by now points inside. */
static void
test_rebinding (void)
{
  static const char *const inside[] = { "127.0.0.1",        "10.0.0.5",
                                        "169.254.169.254",  "[::1]",
                                        "[fd00::1]",        "[::ffff:192.168.1.1]",
                                        "[64:ff9b::7f00:1]" };
  g_autoptr (Receiver) receiver = receiver_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (inside); i++)
    {
      struct curl_slist *resolve = resolve_to (receiver, inside[i]);

      {
        g_autoptr (Sender) sender = sender_resolving (receiver, resolve, "");

        assert_refused (sender, "may not be connected to");
      }
      curl_slist_free_all (resolve);
    }
  g_assert_cmpuint (receiver_n_connections (receiver), ==, 0);
}

/* Of several addresses those that are allowed are tried. */
static void
test_one_of_several (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  struct curl_slist *resolve = resolve_to (receiver, "10.0.0.5,169.254.169.254,127.0.0.1");

  {
    g_autoptr (Sender) sender = sender_resolving (receiver, resolve, "\"loopback\"");

    assert_delivered (sender);
  }
  curl_slist_free_all (resolve);
}

/* The token server is no way in either. */
static void
test_token_server (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *settings = g_strdup_printf (
      "{\"Url\":\"http://example.org/\",\"AllowAddresses\":[],\"Auth\":{\"Type\":\"oauth2\","
      "\"TokenUrl\":\"%s/token\",\"ClientId\":\"me\",\"Secret\":{\"Secret\":\"s\"}}}",
      receiver_url (receiver));
  g_autoptr (Sender) sender = sender_new ("webhook", settings);

  sender_put_secret (sender, "s", "hush");
  assert_refused (sender, "is a loopback address");
  g_assert_cmpuint (receiver_n_connections (receiver), ==, 0);
}

static void
test_wrong_list (void)
{
  g_autoptr (Sender) sender = sender_at ("127.0.0.1", 1, "\"loopback\",\"everywhere\"");

  g_assert_null (sender->connector);
  g_assert_true (g_str_has_prefix (sender->error->message,
                                   "webhook/test: AllowAddresses/1: “everywhere” is no address"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/guard/loopback", test_loopback);
  g_test_add_func ("/connector/guard/allowed", test_allowed);
  g_test_add_func ("/connector/guard/rebinding", test_rebinding);
  g_test_add_func ("/connector/guard/one-of-several", test_one_of_several);
  g_test_add_func ("/connector/guard/token-server", test_token_server);
  g_test_add_func ("/connector/guard/wrong-list", test_wrong_list);
  return g_test_run ();
}

/* Webhooks by way of a proxy: what it sees, what it refuses, and what the environment has no say
 * in.
 */
#include "support/proxy.h"
#include "support/receiver.h"
#include "support/sender.h"

#include <string.h>

#define LOGIN "router:pa%73s:w/o=rd"
#define PASSWORD "pa%73s:w/o=rd"

/* more: settings that follow; the name of the host is nobody's. */
static Sender *
sender_by (Proxy *proxy, guint port, const char *more)
{
  g_autofree char *settings = g_strdup_printf (
      "{\"Url\":\"http://shop.invalid:%u/hook?a=b\",\"AllowAddresses\":[\"loopback\"],"
      "\"TimeoutSeconds\":5,\"Proxy\":{\"Url\":\"http://127.0.0.1:%u\"%s}}",
      port, proxy_port (proxy), more);
  Sender *sender = sender_new ("webhook", settings);

  return sender;
}

static void
send_and_expect (Sender *sender, OutcomeKind kind, const char *code, const char *note)
{
  Outcome outcome;

  g_assert_no_error (sender->error);
  sender_send_text (sender, "{\"n\":1}", &outcome);
  g_test_message ("%s", outcome.note);
  g_assert_cmpint (outcome.kind, ==, kind);
  g_assert_cmpstr (outcome.error_code, ==, code);
  g_assert_true (g_pattern_match_simple (note, outcome.note));
  if (outcome.response != NULL)
    {
      g_autofree char *text = g_strndup (g_bytes_get_data (outcome.response, NULL),
                                         g_bytes_get_size (outcome.response));

      g_assert_null (strstr (text, "cm91dGVyOnBh")); /* the login, encoded */
    }
  outcome_clear (&outcome);
}

/* The whole URL for the proxy, a path for the target; nobody else looks the name up. */
static void
test_plain (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Proxy) proxy = proxy_new (NULL);
  g_autoptr (Sender) sender = sender_by (proxy, receiver_port (receiver), "");
  g_autofree char *first = g_strdup_printf ("POST http://shop.invalid:%u/hook?a=b HTTP/1.1\n*",
                                            receiver_port (receiver));
  g_auto (GStrv) heads = NULL;

  send_and_expect (sender, OUTCOME_DELIVERED, NULL, "");
  send_and_expect (sender, OUTCOME_DELIVERED, NULL, "");
  heads = proxy_heads (proxy);
  g_assert_cmpuint (g_strv_length (heads), ==, 2);
  g_assert_true (g_pattern_match_simple (first, heads[0]));
  g_assert_null (strstr (heads[0], "Proxy-Authorization"));
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 2);
  g_assert_cmpstr (receiver_request (receiver, 0)->target, ==, "/hook?a=b");
}

/* With whatever is in a password; the target sees nothing of it. */
static void
test_login (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Proxy) proxy = proxy_new (LOGIN);
  g_autoptr (Sender) sender = sender_by (proxy, receiver_port (receiver),
                                         ",\"User\":\"router\",\"Secret\":{\"Secret\":\"p\"}");

  g_assert_nonnull (sender->error); /* there is no such secret */
  g_clear_error (&sender->error);
  sender_put_secret (sender, "p", PASSWORD);
  sender_reopen (sender);
  send_and_expect (sender, OUTCOME_DELIVERED, NULL, "");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
  g_assert_null (received_header (receiver_request (receiver, 0), "proxy-authorization"));
}

/* Asked first: it is told who it is, and the target sees one request.  Without a "%" in the
 * password, which libcurl 7.88 decodes twice when the proxy closes after it has asked. */
static void
test_login_when_asked (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Proxy) proxy = proxy_new ("router:word");
  g_autoptr (Sender) sender = sender_by (
      proxy, receiver_port (receiver),
      ",\"User\":\"router\",\"Secret\":{\"Secret\":\"p\"},\"Login\":\"asked\"");
  g_auto (GStrv) heads = NULL;

  g_clear_error (&sender->error);
  sender_put_secret (sender, "p", "word");
  sender_reopen (sender);
  send_and_expect (sender, OUTCOME_DELIVERED, NULL, "");
  heads = proxy_heads (proxy);
  g_assert_cmpuint (g_strv_length (heads), ==, 2);
  g_assert_null (strstr (heads[0], "Proxy-Authorization"));
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
}

/* A wrong password is mended by an operator: the delivery waits for it. */
static void
test_refusals (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Proxy) proxy = proxy_new (LOGIN);
  g_autoptr (Sender) sender = sender_by (proxy, receiver_port (receiver),
                                         ",\"User\":\"router\",\"Secret\":{\"Secret\":\"p\"}");

  g_clear_error (&sender->error);
  sender_put_secret (sender, "p", "pass");
  sender_reopen (sender);
  send_and_expect (sender, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS,
                   "*could not be reached: its proxy answered 407 Proxy Authentication Required");
  proxy_refuse (proxy, 502);
  send_and_expect (sender, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET, "*502 Bad Gateway");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 0);
}

/* For what is encrypted the proxy is asked for a tunnel. */
static void
test_tunnel (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Proxy) proxy = proxy_new (LOGIN);
  g_autofree char *settings = g_strdup_printf (
      "{\"Url\":\"https://shop.invalid:%u/\",\"AllowAddresses\":[\"loopback\"],"
      "\"TimeoutSeconds\":5,\"Proxy\":{\"Url\":\"http://127.0.0.1:%u\",\"User\":\"router\","
      "\"Secret\":{\"Secret\":\"p\"}}}",
      receiver_port (receiver), proxy_port (proxy));
  g_autoptr (Sender) sender = sender_new ("webhook", settings);
  g_autofree char *first = g_strdup_printf ("CONNECT shop.invalid:%u HTTP/1.1\n*",
                                            receiver_port (receiver));
  g_auto (GStrv) heads = NULL;

  g_clear_error (&sender->error);
  sender_put_secret (sender, "p", "pass");
  sender_reopen (sender);
  send_and_expect (sender, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS,
                   "*its proxy answered 407 Proxy Authentication Required");
  heads = proxy_heads (proxy);
  g_assert_true (g_pattern_match_simple (first, heads[0]));

  sender_put_secret (sender, "p", PASSWORD);
  clock_manual_advance (sender->clock, G_TIME_SPAN_HOUR); /* secrets are remembered for a while */
  sender_reopen (sender);
  /* The tunnel is there, and at its end is nobody who speaks TLS. */
  send_and_expect (sender, OUTCOME_DOWN, ERROR_CODE_CONNECTION_FAILURE,
                   "*could not be reached over TLS*");
  proxy_refuse (proxy, 403);
  send_and_expect (sender, OUTCOME_DOWN, ERROR_CODE_CONNECTION_FAILURE,
                   "*could not be reached: its proxy answered 403 Forbidden");
  proxy_refuse (proxy, 502);
  send_and_expect (sender, OUTCOME_DOWN, ERROR_CODE_CONNECTION_FAILURE,
                   "*could not be reached: its proxy answered 502 Bad Gateway");
}

/* The proxy's address is looked at as a target's would be. */
static void
test_guard (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Proxy) proxy = proxy_new (NULL);
  g_autofree char *settings = g_strdup_printf (
      "{\"Url\":\"http://shop.invalid:%u/\",\"AllowAddresses\":[],"
      "\"Proxy\":{\"Url\":\"http://127.0.0.1:%u\"}}",
      receiver_port (receiver), proxy_port (proxy));
  g_autoptr (Sender) sender = sender_new ("webhook", settings);
  g_auto (GStrv) heads = NULL;

  send_and_expect (sender, OUTCOME_MISCONFIGURED, ERROR_CODE_ADDRESS_REFUSED,
                   "*127.0.0.1 is a loopback address*");
  heads = proxy_heads (proxy);
  g_assert_cmpuint (g_strv_length (heads), ==, 0);
}

static void
send_direct (Receiver *receiver)
{
  g_autofree char *settings = g_strdup_printf (
      "{\"Url\":\"%s/\",\"AllowAddresses\":[\"loopback\"]}", receiver_url (receiver));
  g_autoptr (Sender) sender = sender_new ("webhook", settings);

  send_and_expect (sender, OUTCOME_DELIVERED, NULL, "");
}

/* It neither sends anybody to a proxy, nor past the one that is configured. */
static void
test_environment (void)
{
  static const char *const names[] = { "http_proxy",  "https_proxy", "all_proxy",
                                       "HTTPS_PROXY", "ALL_PROXY",   "HTTP_PROXY" };

  if (g_test_subprocess ())
    {
      g_autoptr (Receiver) receiver = receiver_new ();
      g_autoptr (Proxy) proxy = proxy_new (NULL);
      g_autoptr (Sender) sender = sender_by (proxy, receiver_port (receiver), "");

      send_direct (receiver);
      send_and_expect (sender, OUTCOME_DELIVERED, NULL, "");
      g_assert_cmpuint (receiver_n_requests (receiver), ==, 2);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_setenv (names[i], "http://127.0.0.1:9", TRUE);
  g_setenv ("no_proxy", "*", TRUE);
  g_setenv ("NO_PROXY", "*", TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
probe_and_expect (Sender *sender, OutcomeKind kind, const char *note)
{
  Outcome outcome;

  sender_probe (sender, &outcome);
  g_test_message ("%s", outcome.note);
  g_assert_cmpint (outcome.kind, ==, kind);
  g_assert_true (g_pattern_match_simple (note, outcome.note));
  outcome_clear (&outcome);
}

static void
test_probe (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Proxy) proxy = proxy_new (NULL);
  g_autoptr (Sender) sender = sender_by (proxy, receiver_port (receiver), "");

  probe_and_expect (sender, OUTCOME_DELIVERED, "");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 0);
}

static void
test_wrong_settings (void)
{
  static const char *const wrong[] = {
    "ftp://proxy.example.org:21", "http://user:pass@proxy.example.org:3128", "http://",
    "proxy.example.org:3128 ",    "http://proxy.example.org:3128/path",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *settings = g_strdup_printf (
          "{\"Url\":\"http://shop.invalid/\",\"Proxy\":{\"Url\":\"%s\"}}", wrong[i]);
      g_autoptr (Sender) sender = sender_new ("webhook", settings);

      g_assert_nonnull (sender->error);
      g_test_message ("%s", sender->error->message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/webhook/proxy/plain", test_plain);
  g_test_add_func ("/connector/webhook/proxy/login", test_login);
  g_test_add_func ("/connector/webhook/proxy/login-when-asked", test_login_when_asked);
  g_test_add_func ("/connector/webhook/proxy/refusals", test_refusals);
  g_test_add_func ("/connector/webhook/proxy/tunnel", test_tunnel);
  g_test_add_func ("/connector/webhook/proxy/guard", test_guard);
  g_test_add_func ("/connector/webhook/proxy/environment", test_environment);
  g_test_add_func ("/connector/webhook/proxy/probe", test_probe);
  g_test_add_func ("/connector/webhook/proxy/wrong-settings", test_wrong_settings);
  return g_test_run ();
}

/* Receivers as the world has them, for the real daemon: signatures checked by independent code,
 * nginx with TLS, HTTP/2 and client certificates, addresses that are none of its business. */
#include "support/proxy.h"
#include "support/receiver.h"
#include "support/scenario.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static void
configure_route (Scenario *scenario, const char *settings)
{
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "webhook/desk.json", "%s", settings);
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 'desk', 'Arn': 'webhook/desk'}]}");
}

/* ---- Signatures ---- */

static void
check_signed (const ReceivedRequest *request, const char *kind, const char *key)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "check-signed", NULL);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *body = received_body (request);
  g_autofree char *input = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (object, "id", received_header (request, "webhook-id"));
  json_object_set_string_member (object, "timestamp",
                                 received_header (request, "webhook-timestamp"));
  json_object_set_string_member (object, "signature",
                                 received_header (request, "webhook-signature"));
  json_object_set_string_member (object, "body", body);
  input = json_to_string (node, FALSE);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                              &error, script, kind, key, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s: %s", kind, output);
  g_assert_true (g_subprocess_get_successful (process));
}

static void
run (const char *command)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_command_line_sync (command, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

/* A key pair by openssl: the seed, which is the end of the private key's DER, is the secret. */
static char *
new_ed25519 (Scenario *scenario)
{
  g_autofree char *key = g_build_filename (scenario_folder (scenario), "key.der", NULL);
  g_autofree char *public_key = g_build_filename (scenario_folder (scenario), "public.pem", NULL);
  g_autofree char *make = g_strdup_printf (
      "openssl genpkey -algorithm ed25519 -outform DER -out %s", key);
  g_autofree char *convert = g_strdup_printf ("openssl pkey -inform DER -in %s -pubout -out %s",
                                              key, public_key);
  g_autofree char *der = NULL;
  g_autofree char *seed = NULL;
  g_autofree char *secret = NULL;
  gsize length;

  run (make);
  run (convert);
  g_assert_true (g_file_get_contents (key, &der, &length, NULL));
  g_assert_cmpuint (length, ==, 48);
  seed = g_base64_encode ((const guchar *) der + 16, 32);
  secret = g_strconcat ("whsk_", seed, NULL);
  scenario_secret (scenario, "pair", secret);
  return g_steal_pointer (&public_key);
}

static void
test_signed (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Receiver) hmac = receiver_new ();
  g_autoptr (Receiver) pair = receiver_new ();
  g_autofree char *public_key = new_ed25519 (scenario);

  scenario_secret (scenario, "next", "whsec_bmV4dCBzZWNyZXQgb2YgdGhlIHRlc3Q=");
  scenario_secret (scenario, "now", SECRET);
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "webhook/hmac.json",
                   "{'Url': '%s', 'Signature': {'Secrets': [{'Secret': 'next'},"
                   " {'Secret': 'now'}]}}",
                   receiver_url (hmac));
  scenario_config (scenario, "webhook/pair.json",
                   "{'Url': '%s', 'Signature': {'Scheme': 'standard-webhooks-ed25519',"
                   " 'Secrets': [{'Secret': 'pair'}]}}",
                   receiver_url (pair));
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 'a', 'Arn': 'webhook/hmac'},"
                   " {'Id': 'b', 'Arn': 'webhook/pair'}]}");
  scenario_start (scenario);
  g_free (scenario_accept (scenario, "/in/shop", "{'total': 12.50, 'name': 'Zoë'}"));
  receiver_wait (hmac, 1);
  receiver_wait (pair, 1);
  check_signed (receiver_request (hmac, 0), "hmac", SECRET);
  check_signed (receiver_request (hmac, 0), "hmac", "bmV4dCBzZWNyZXQgb2YgdGhlIHRlc3Q=");
  check_signed (receiver_request (pair, 0), "ed25519", public_key);
  scenario_stop (scenario);
}

/* ---- nginx ---- */

typedef struct
{
  GPid pid;
  char *folder;
  guint port;
} Nginx;

static guint
free_port (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();

  return receiver_port (receiver);
}

static void
wait_for_port (guint port)
{
  gint64 deadline_us = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_enable_proxy (client, FALSE);
  while (g_get_monotonic_time () < deadline_us)
    {
      g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (
          client, "127.0.0.1", (guint16) port, NULL, NULL);

      if (connection != NULL)
        return;
      g_usleep (10000);
    }
  g_error ("nginx does not listen");
}

static void
nginx_start (Nginx *nginx, Scenario *scenario)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "run-nginx", NULL);
  g_autofree char *port = NULL;
  g_autoptr (GError) error = NULL;

  nginx->folder = g_build_filename (scenario_folder (scenario), "nginx", NULL);
  nginx->port = free_port ();
  port = g_strdup_printf ("%u", nginx->port);
  g_assert_cmpint (g_mkdir (nginx->folder, 0700), ==, 0);
  g_spawn_async (NULL, (char *[]){ script, nginx->folder, port, NULL }, NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &nginx->pid, &error);
  g_assert_no_error (error);
  wait_for_port (nginx->port);
}

static void
nginx_stop (Nginx *nginx)
{
  kill (nginx->pid, SIGTERM);
  waitpid (nginx->pid, NULL, 0);
  g_free (nginx->folder);
}

static char *
nginx_file (Nginx *nginx, const char *name)
{
  g_autofree char *path = g_build_filename (nginx->folder, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

#define N_EVENTS 20

static void
test_nginx (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  Nginx nginx;
  g_autofree char *key = NULL;
  g_autofree char *log = NULL;
  g_autofree char *refused = NULL;
  g_auto (GStrv) lines = NULL;

  nginx_start (&nginx, scenario);
  key = nginx_file (&nginx, "client.key");
  scenario_secret (scenario, "client-key", key);
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "webhook/desk.json",
                   "{'Url': 'https://127.0.0.1:%u/', 'Tls': {'CaFile': '%s/ca.pem',"
                   " 'CertificateFile': '%s/client.pem', 'Key': {'Secret': 'client-key'}}}",
                   nginx.port, nginx.folder, nginx.folder);
  scenario_config (scenario, "webhook/stranger.json",
                   "{'Url': 'https://127.0.0.1:%u/', 'Tls': {'CaFile': '%s/ca.pem'}}", nginx.port,
                   nginx.folder);
  scenario_config (scenario, "webhook/distrustful.json", "{'Url': 'https://127.0.0.1:%u/'}",
                   nginx.port);
  scenario_config (scenario, "rule/default/all.json",
                   "{'EventPattern': {'detail': {'to': [{'exists': false}]}},"
                   " 'Targets': [{'Id': 'desk', 'Arn': 'webhook/desk'}]}");
  scenario_config (scenario, "rule/default/others.json",
                   "{'EventPattern': {'detail': {'to': ['others']}}, 'Targets': ["
                   " {'Id': 'stranger', 'Arn': 'webhook/stranger'},"
                   " {'Id': 'distrustful', 'Arn': 'webhook/distrustful',"
                   "  'RetryPolicy': {'MaximumRetryAttempts': 0}}]}");
  scenario_start (scenario);
  for (guint i = 0; i < N_EVENTS; i++)
    {
      g_autofree char *id = scenario_accept (scenario, "/in/shop", "{}");

      scenario_wait_delivery (scenario, id, 1, "done");
    }
  /* With a certificate every request is HTTP/2. */
  log = nginx_file (&nginx, "access.log");
  lines = g_strsplit (g_strchomp (log), "\n", -1);
  g_test_message ("%s", lines[0]);
  g_assert_cmpuint (g_strv_length (lines), ==, N_EVENTS);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_true (g_str_has_prefix (lines[i], "HTTP/2.0 204 SUCCESS "));

  /* Without it is refused by the one, and without the authority it does not speak at all. */
  refused = scenario_accept (scenario, "/in/shop", "{'to': 'others'}");
  scenario_wait_delivery (scenario, refused, 1, "dead");
  scenario_wait_delivery (scenario, refused, 2, "dead");
  {
    g_autofree char *path = g_strconcat ("/v1/events/", refused, NULL);
    g_autoptr (Answer) answer = scenario_get (scenario, path);

    g_test_message ("%s", answer->body);
    g_assert_nonnull (strstr (answer->body, "answered 403 Forbidden"));
    g_assert_nonnull (strstr (answer->body, "could not be reached over TLS"));
  }
  scenario_stop (scenario);
  nginx_stop (&nginx);
}

/* ---- Addresses ---- */

/* Nothing that is not public is connected to, until somebody says so; then what died is replayed.
 */
static void
test_addresses (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *settings = g_strdup_printf ("{'Url': '%s/hook'}", receiver_url (receiver));
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  g_autofree char *replay = NULL;
  g_autoptr (Answer) event = NULL;
  g_autoptr (Answer) reloaded = NULL;
  g_autoptr (Answer) replayed = NULL;

  scenario_config (scenario, "router.json", "{}");
  configure_route (scenario, settings);
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{}");
  scenario_wait_delivery (scenario, id, 1, "dead");
  path = g_strconcat ("/v1/events/", id, NULL);
  event = scenario_get (scenario, path);
  g_test_message ("%s", event->body);
  g_assert_nonnull (strstr (event->body, "127.0.0.1 is a loopback address"));
  g_assert_cmpuint (receiver_n_connections (receiver), ==, 0);

  scenario_config (scenario, "router.json", "{'Outgoing': {'AllowAddresses': ['loopback']}}");
  reloaded = scenario_post (scenario, "/v1/reload", "");
  g_assert_cmpuint (reloaded->status, ==, 200);
  replay = g_strdup_printf ("{'ids': ['%s-1'], 'reason': 'it is meant'}", id);
  replayed = scenario_post (scenario, "/v1/replay", replay);
  g_test_message ("%s", replayed->body);
  g_assert_cmpuint (replayed->status, ==, 200);
  scenario_wait_delivery (scenario, id, 1, "done");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* Through a proxy that asks who this is: the receiver's TLS, with its own authority and the
 * router's certificate, goes through it whole. */
static void
test_proxy (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Proxy) proxy = proxy_new ("router:pa%73s");
  Nginx nginx;
  g_autofree char *key = NULL;
  g_autofree char *log = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) heads = NULL;

  nginx_start (&nginx, scenario);
  key = nginx_file (&nginx, "client.key");
  scenario_secret (scenario, "client-key", key);
  scenario_secret (scenario, "proxy", "pa%73s");
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "webhook/desk.json",
                   "{'Url': 'https://127.0.0.1:%u/', 'Tls': {'CaFile': '%s/ca.pem',"
                   " 'CertificateFile': '%s/client.pem', 'Key': {'Secret': 'client-key'}},"
                   " 'Proxy': {'Url': 'http://127.0.0.1:%u', 'User': 'router',"
                   "  'Secret': {'Secret': 'proxy'}}}",
                   nginx.port, nginx.folder, nginx.folder, proxy_port (proxy));
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 'desk', 'Arn': 'webhook/desk'}]}");
  scenario_start (scenario);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *id = scenario_accept (scenario, "/in/shop", "{}");

      scenario_wait_delivery (scenario, id, 1, "done");
    }
  log = nginx_file (&nginx, "access.log");
  lines = g_strsplit (g_strchomp (log), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_true (g_str_has_prefix (lines[i], "HTTP/2.0 204 SUCCESS "));
  heads = proxy_heads (proxy);
  g_assert_cmpuint (g_strv_length (heads), ==, 1);
  g_assert_true (g_str_has_prefix (heads[0], "CONNECT 127.0.0.1:"));
  scenario_stop (scenario);
  nginx_stop (&nginx);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/receivers/signed", test_signed);
  g_test_add_func ("/scenario/receivers/nginx", test_nginx);
  g_test_add_func ("/scenario/receivers/proxy", test_proxy);
  g_test_add_func ("/scenario/receivers/addresses", test_addresses);
  return g_test_run ();
}

/* The program in front of a router on the network: TLS by an authority of its own, and a token.
 *
 * Whatever is wrong is said in words, with what to do; nothing is tried again that only somebody
 * can mend; and when it is mended the window goes on. */
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>

#include "support/certificates.h"
#include "ui-driver.h"

#define DAY_S (24 * 3600)
#define WAIT_US (20 * G_USEC_PER_SEC)

typedef struct
{
  char *folder;
  char *socket;
  char *ca;
  Authority *authority;
  GSubprocess *router;
  guint port;
  UiApp *app;
} Fixture;

static char *
path_of (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static void
write_file (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = path_of (fixture, name);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

/* ---- The router ------------------------------------------------------------------------------ */

static GBytes *
ask (Fixture *fixture, const char *method, const char *path, const char *body, guint *out_status)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (fixture->socket);
  g_autoptr (SoupSession) session = soup_session_new_with_options ("remote-connectable", address,
                                                                   NULL);
  g_autofree char *uri = g_strconcat ("http://localhost", path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GError) error = NULL;
  GBytes *answer;

  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  *out_status = soup_message_get_status (message);
  return answer;
}

/* What stands between the two in the answer. */
static char *
ask_for (Fixture *fixture,
         const char *method,
         const char *path,
         const char *body,
         const char *before,
         const char *after)
{
  guint status;
  g_autoptr (GBytes) answer = ask (fixture, method, path, body, &status);
  g_autofree char *text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  const char *from = strstr (text, before);
  const char *to;

  g_assert_cmpuint (status / 100, ==, 2);
  g_assert_nonnull (from);
  from += strlen (before);
  to = strstr (from, after);
  g_assert_nonnull (to);
  return g_strndup (from, (gsize) (to - from));
}

static void
issue (Fixture *fixture, Authority *authority, gint64 begins_s, gint64 ends_s)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *certificate = NULL, *key = NULL;

  authority_issue (authority, "router", now_s + begins_s, now_s + ends_s, &certificate, &key);
  write_file (fixture, "state/certificate.pem", certificate);
  write_file (fixture, "state/key.pem", key);
}

static gboolean
is_listening (Fixture *fixture)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (fixture->socket);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = g_socket_client_connect (
      client, G_SOCKET_CONNECTABLE (address), NULL, NULL);

  return connection != NULL;
}

static void
spawn_router (Fixture *fixture, const char *listen)
{
  g_autofree char *config = path_of (fixture, "config");
  g_autofree char *state = path_of (fixture, "state");
  gint64 end_us = g_get_monotonic_time () + WAIT_US;

  fixture->router = ui_spawn ((const char *const[]){
      g_getenv ("SIGNALBOXD"), "--config", config, "--state", state, "--socket", fixture->socket,
      "--listen", listen, "--log-level", "error", NULL });
  while (!is_listening (fixture))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (5000);
    }
}

static void
start_router_at (Fixture *fixture, const char *host)
{
  g_autofree char *listen = g_strdup_printf ("%s:%u", host, fixture->port);
  g_autofree char *port = NULL;

  spawn_router (fixture, listen);
  port = ask_for (fixture, "GET", "/v1/status", NULL, "\"listen\":[\"http", ",");
  g_assert_nonnull (strrchr (port, ':'));
  fixture->port = (guint) g_ascii_strtoull (strrchr (port, ':') + 1, NULL, 10);
  g_assert_cmpuint (fixture->port, !=, 0);
}

static void
start_router (Fixture *fixture)
{
  start_router_at (fixture, "0.0.0.0");
}

static void
stop_router (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (fixture->router, SIGTERM);
  g_subprocess_wait_check (fixture->router, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&fixture->router);
}

static char *
make_token (Fixture *fixture, const char *name)
{
  g_autofree char *body = g_strdup_printf ("{\"name\": \"%s\", \"role\": \"admin\"}", name);

  return ask_for (fixture, "POST", "/v1/tokens", body, "\"token\":\"", "\"");
}

static void
revoke_token (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_strconcat ("/v1/tokens/", name, NULL);
  guint status;
  g_autoptr (GBytes) answer = ask (fixture, "DELETE", path, NULL, &status);

  g_assert_nonnull (answer);
  g_assert_cmpuint (status, ==, 200);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *keyring = NULL;

  fixture->folder = g_dir_make_tmp ("signalbox-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->socket = path_of (fixture, "socket");
  fixture->ca = path_of (fixture, "ca.pem");
  keyring = path_of (fixture, "keyring");
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", keyring, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "test", TRUE);
  fixture->authority = authority_new ();
  write_file (fixture, "ca.pem", authority_pem (fixture->authority));
  issue (fixture, fixture->authority, -DAY_S, DAY_S);
  write_file (fixture, "config/router.json",
              "{\"Tls\": {\"CertificateFile\": \"certificate.pem\", \"KeyFile\": \"key.pem\"}}");
  /* Other machines reach a router only when there is a token. */
  spawn_router (fixture, "none");
  g_free (make_token (fixture, "door"));
  stop_router (fixture);
  start_router (fixture);
}

static void
launch (Fixture *fixture, const char *host, const char *scheme, const char *ca)
{
  g_autofree char *url = g_strdup_printf ("%s://%s:%u", scheme, host, fixture->port);

  fixture->app = ui_app_launch ((const char *const[]){ g_getenv ("SIGNALBOX"), "--connect", url,
                                                       ca != NULL ? "--ca-file" : NULL, ca, NULL },
                                "signalbox");
}

static void
close_app (Fixture *fixture)
{
  g_assert_cmpint (ui_app_close (fixture->app), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) remove = NULL;

  close_app (fixture);
  stop_router (fixture);
  authority_free (fixture->authority);
  remove = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "rm", "-r", fixture->folder, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (remove, NULL, &error));
  g_free (fixture->folder);
  g_free (fixture->socket);
  g_free (fixture->ca);
}

/* ---- Tokens ---------------------------------------------------------------------------------- */

/* In the dialog of the connection, where the keyboard is in the row of the token. */
static void
enter_token (Fixture *fixture, const char *token)
{
  ui_click (fixture->app, "button", "Connection…");
  ui_find (fixture->app, "label", "Token, if the router asks for one");
  ui_type (fixture->app, token);
  ui_keys (fixture->app, "Return");
  ui_wait_gone (fixture->app, "label", "Token, if the router asks for one");
}

/* None, a wrong one, a good one; revoked while the window is open, a new one, and the start after
 * that finds it in the keyring. */
static void
test_token (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = make_token (fixture, "first");
  g_autofree char *second = NULL;

  launch (fixture, "localhost", "https", fixture->ca);
  ui_find (fixture->app, "label", "A Token Is Needed");
  ui_find (fixture->app, "label", "The router asks who you are. *signalboxctl token create.");
  ui_find (fixture->app, "status", "Not connected: a token is needed");
  enter_token (fixture, "sbx_nobody");
  ui_find (fixture->app, "label", "The router does not take the token: *");
  ui_find (fixture->app, "status", "Not connected: the token is refused");
  enter_token (fixture, first);
  ui_find (fixture->app, "status", "Connected");

  revoke_token (fixture, "first");
  ui_find (fixture->app, "status", "Not connected: the token is refused");
  ui_find (fixture->app, "label",
           "The router does not take the token: *This is what the router said*");
  second = make_token (fixture, "second");
  enter_token (fixture, second);
  ui_find (fixture->app, "status", "Connected");

  close_app (fixture);
  launch (fixture, "localhost", "https", fixture->ca);
  ui_find (fixture->app, "status", "Connected");
}

/* ---- Certificates ---------------------------------------------------------------------------- */

/* An authority that nobody knows, the way out by the dialog, and a name that is not the router's.
 */
static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = make_token (fixture, "names");
  g_autofree char *missing = path_of (fixture, "missing.pem");

  launch (fixture, "localhost", "https", NULL);
  ui_find (fixture->app, "label", "This May Not Be the Router");
  ui_find (fixture->app, "label", "*Who issued its certificate is not known here; *");
  ui_click (fixture->app, "button", "Connection…");
  ui_find (fixture->app, "label", "Token, if the router asks for one");
  ui_type (fixture->app, token);
  ui_keys (fixture->app, "Tab");
  ui_type (fixture->app, fixture->ca);
  ui_keys (fixture->app, "Return");
  ui_find (fixture->app, "status", "Connected");
  close_app (fixture);

  launch (fixture, "127.0.0.2", "https", fixture->ca);
  ui_find (fixture->app, "label", "*Its certificate is for another name; *");
  close_app (fixture);

  launch (fixture, "localhost", "https", missing);
  ui_find (fixture->app, "label", "The certificates in *missing.pem cannot be read: *");
}

/* Expired from the beginning; a new one and "Try Again"; then, while the window is open, one of
 * somebody else, who is told nothing until the good one is back. */
static void
test_certificates (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = make_token (fixture, "certificates");
  g_autoptr (Authority) stranger = authority_new ();

  /* The router itself starts with none that has expired: it does while it runs. */
  issue (fixture, fixture->authority, -DAY_S, 4);
  stop_router (fixture);
  start_router (fixture);
  g_assert_cmpuint (fixture->port, !=, 0);
  launch (fixture, "localhost", "https", fixture->ca);
  ui_find (fixture->app, "label", "A Token Is Needed");
  close_app (fixture);
  {
    gint64 end_us = g_get_monotonic_time () + WAIT_US;
    gboolean expired = FALSE;

    while (!expired)
      {
        g_assert_cmpint (g_get_monotonic_time (), <, end_us);
        launch (fixture, "localhost", "https", fixture->ca);
        ui_find (fixture->app, "status", "Not connected: *");
        expired = ui_peek (fixture->app, "label", "*Its certificate has expired; *") != NULL;
        if (!expired)
          close_app (fixture);
      }
  }
  ui_find (fixture->app, "label", "This May Not Be the Router");
  issue (fixture, fixture->authority, -DAY_S, DAY_S);
  stop_router (fixture);
  start_router (fixture);
  ui_click (fixture->app, "button", "Try Again");
  ui_find (fixture->app, "label", "A Token Is Needed");
  enter_token (fixture, token);
  ui_find (fixture->app, "status", "Connected");

  issue (fixture, stranger, -DAY_S, DAY_S);
  stop_router (fixture);
  start_router (fixture);
  ui_find (fixture->app, "status", "Not connected: the certificate is not good");
  ui_find (fixture->app, "label", "*Its certificate is not good; *This is what the router said*");
  issue (fixture, fixture->authority, -DAY_S, DAY_S);
  stop_router (fixture);
  start_router (fixture);
  ui_click (fixture->app, "button", "Try Now");
  ui_find (fixture->app, "status", "Connected");
}

/* ---- Addresses ------------------------------------------------------------------------------- */

/* http where there is TLS, TLS where there is none, nobody at all, and back again. */
static void
test_address (Fixture *fixture, gconstpointer data)
{
  launch (fixture, "localhost", "http", NULL);
  ui_find (fixture->app, "label", "*https://*");
  close_app (fixture);

  stop_router (fixture);
  write_file (fixture, "config/router.json", "{}");
  start_router_at (fixture, "127.0.0.1");
  launch (fixture, "localhost", "https", fixture->ca);
  ui_find (fixture->app, "label", "The Address Is Not Right");
  ui_find (fixture->app, "label", "No TLS is spoken at *");
  close_app (fixture);

  stop_router (fixture);
  launch (fixture, "localhost", "http", NULL);
  ui_find (fixture->app, "label", "The Router Does Not Answer");
  start_router_at (fixture, "127.0.0.1");
  ui_find (fixture->app, "label", "A Token Is Needed");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/remote/token", Fixture, NULL, set_up, test_token, tear_down);
  g_test_add ("/remote/names", Fixture, NULL, set_up, test_names, tear_down);
  g_test_add ("/remote/certificates", Fixture, NULL, set_up, test_certificates, tear_down);
  g_test_add ("/remote/address", Fixture, NULL, set_up, test_address, tear_down);
  return g_test_run ();
}

/* SMTP with servers that misbehave: each mail ends at its bound with a fitting outcome, and closing
 * waits for nobody. */
#include "support/sender.h"

#include <gio/gio.h>
#include <string.h>

typedef enum
{
  SERVER_GOOD,
  SERVER_SILENT,        /* says nothing at all */
  SERVER_DRIPS,         /* one byte a second */
  SERVER_ENDLESS,       /* a greeting without end */
  SERVER_NO_SERVICE,    /* 554 as the greeting */
  SERVER_NO_GOODBYE,    /* refuses the recipient, and does not answer QUIT */
  SERVER_DROPS,         /* takes the mail and closes without a word */
  SERVER_REFUSES_MAIL,  /* 554 to the mail itself */
  SERVER_DEFERS_MAIL,   /* 452 to the mail itself */
  SERVER_NEEDS_LOGIN,   /* 530 to MAIL */
  SERVER_REPEATS_LOGIN, /* refuses the password, and repeats it */
} Behaviour;

typedef struct
{
  Behaviour behaviour;
  GSocketService *service;
  guint16 port;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  gint n_connections, n_mails, closing; /* atomic */
} Server;

static gboolean
say (GSocketConnection *connection, const char *text)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                                    strlen (text), NULL, NULL, NULL);
}

static void
drip (Server *server, GSocketConnection *connection)
{
  while (!g_atomic_int_get (&server->closing) && say (connection, "2"))
    g_usleep (200000);
}

/* Until the peer has enough. */
static void
say_for_ever (GSocketConnection *connection)
{
  while (say (connection, "220-and on and on and on and on and on and on and on and on and on\r\n"))
    ;
}

static const char *
answer_to (const Server *server, const char *line)
{
  if (g_str_has_prefix (line, "EHLO"))
    return server->behaviour == SERVER_REPEATS_LOGIN ? "250-test\r\n250 AUTH PLAIN\r\n"
                                                     : "250-test\r\n250 SIZE 1000000\r\n";
  if (g_str_has_prefix (line, "AUTH"))
    return "535 5.7.8 not with pa55word\r\n";
  if (g_str_has_prefix (line, "MAIL") && server->behaviour == SERVER_NEEDS_LOGIN)
    return "530 5.7.0 Log in first\r\n";
  if (g_str_has_prefix (line, "RCPT") && server->behaviour == SERVER_NO_GOODBYE)
    return "550 5.1.1 No such user\r\n";
  if (g_str_has_prefix (line, "DATA"))
    return "354 Go on\r\n";
  if (g_str_has_prefix (line, "QUIT"))
    return server->behaviour == SERVER_NO_GOODBYE ? "" : "221 Bye\r\n";
  return "250 OK\r\n";
}

/* After the dot.  NULL: the connection is closed. */
static const char *
answer_to_mail (Server *server)
{
  g_atomic_int_inc (&server->n_mails);
  switch (server->behaviour)
    {
    case SERVER_DROPS:
      return NULL;
    case SERVER_REFUSES_MAIL:
      return "554 5.7.1 This is spam\r\n";
    case SERVER_DEFERS_MAIL:
      return "452 4.2.2 The mailbox is full\r\n";
    default:
      return "250 2.0.0 Kept\r\n";
    }
}

static void
converse (Server *server, GSocketConnection *connection)
{
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (
      g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  gboolean is_mail = FALSE;
  char *line;

  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  say (connection, "220 test ESMTP\r\n");
  while ((line = g_data_input_stream_read_line (input, NULL, NULL, NULL)) != NULL)
    {
      const char *answer = is_mail ? "" : answer_to (server, line);

      if (is_mail && strcmp (line, ".") == 0)
        {
          is_mail = FALSE;
          answer = answer_to_mail (server);
        }
      else if (g_str_has_prefix (line, "DATA"))
        is_mail = TRUE;
      g_free (line);
      if (answer == NULL || !say (connection, answer))
        return;
    }
}

/* A thread of its own for each connection. */
static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection *connection,
        GObject *source,
        gpointer user_data)
{
  Server *server = user_data;
  char byte;

  g_atomic_int_inc (&server->n_connections);
  switch (server->behaviour)
    {
    case SERVER_SILENT:
      g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), &byte, 1, NULL,
                           NULL);
      break;
    case SERVER_DRIPS:
      drip (server, connection);
      break;
    case SERVER_ENDLESS:
      say_for_ever (connection);
      break;
    case SERVER_NO_SERVICE:
      say (connection, "554 No SMTP service here\r\n");
      break;
    default:
      converse (server, connection);
    }
  return TRUE;
}

static void
release_cb (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release (data);
}

static gpointer
serve_in_thread (gpointer data)
{
  Server *server = data;

  g_main_context_push_thread_default (server->context);
  server->service = g_threaded_socket_service_new (100);
  server->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (server->service), NULL,
                                                      NULL);
  /* Each connection's thread keeps the service, and so the server, until it ends. */
  g_signal_connect_data (server->service, "run", G_CALLBACK (run_cb),
                         g_atomic_rc_box_acquire (server), release_cb, 0);
  g_main_loop_run (server->loop);
  g_socket_service_stop (server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (server->service));
  g_object_unref (server->service);
  g_main_context_pop_thread_default (server->context);
  return NULL;
}

static gboolean
is_up_cb (gpointer data)
{
  g_atomic_int_set ((gint *) data, TRUE);
  return G_SOURCE_REMOVE;
}

static Server *
server_new (Behaviour behaviour)
{
  Server *server = g_atomic_rc_box_new0 (Server);
  gint is_up = FALSE;

  server->behaviour = behaviour;
  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);
  server->thread = g_thread_new ("mail server", serve_in_thread, server);
  g_main_context_invoke (server->context, is_up_cb, &is_up);
  while (!g_atomic_int_get (&is_up) || !g_main_loop_is_running (server->loop))
    g_thread_yield ();
  return server;
}

static void
server_free (Server *server)
{
  g_atomic_int_set (&server->closing, TRUE);
  g_main_loop_quit (server->loop);
  g_thread_join (server->thread);
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_atomic_rc_box_release (server);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Server, server_free)

static Sender *
sender_for (const Server *server, guint timeout_s)
{
  g_autofree char *settings = g_strdup_printf (
      "{\"To\":[\"a@example.org\"],\"Smtp\":{\"Host\":\"127.0.0.1\",\"Port\":%u,"
      "\"Security\":\"none\",\"TimeoutSeconds\":%u}}",
      server->port, timeout_s);
  Sender *sender = sender_new ("email", settings);

  g_assert_no_error (sender->error);
  return sender;
}

static void
test_outcomes (void)
{
  static const struct
  {
    Behaviour behaviour;
    OutcomeKind kind;
    const char *code, *note;
  } cases[] = {
    { SERVER_GOOD, OUTCOME_DELIVERED, NULL, "" },
    { SERVER_SILENT, OUTCOME_RETRY, ERROR_CODE_TIMEOUT, "*did not answer in time*" },
    { SERVER_DRIPS, OUTCOME_RETRY, NULL, "*" },
    { SERVER_ENDLESS, OUTCOME_RETRY, NULL, "*" },
    { SERVER_NO_SERVICE, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET, "*554 No SMTP service*" },
    { SERVER_NO_GOODBYE, OUTCOME_REFUSED, ERROR_CODE_ERROR_FROM_TARGET, "*550 5.1.1 No such*" },
    { SERVER_DROPS, OUTCOME_RETRY, ERROR_CODE_CONNECTION_FAILURE, "*" },
    { SERVER_REFUSES_MAIL, OUTCOME_REFUSED, ERROR_CODE_ERROR_FROM_TARGET, "*This is spam" },
    { SERVER_DEFERS_MAIL, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET, "*mailbox is full" },
    { SERVER_NEEDS_LOGIN, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS, "*Log in first" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Server) server = server_new (cases[i].behaviour);
      g_autoptr (Sender) sender = sender_for (server, 2);
      gint64 before_us = g_get_monotonic_time ();
      Outcome outcome;

      sender_send_text (sender, "\"x\"", &outcome);
      g_test_message ("%u: %s", cases[i].behaviour, outcome.note);
      g_assert_cmpint (outcome.kind, ==, cases[i].kind);
      if (cases[i].code != NULL)
        g_assert_cmpstr (outcome.error_code, ==, cases[i].code);
      g_assert_true (g_pattern_match_simple (cases[i].note, outcome.note));
      g_assert_cmpint (g_get_monotonic_time () - before_us, <, 15 * G_TIME_SPAN_SECOND);
      outcome_clear (&outcome);
    }
}

static void
test_connection_is_kept (void)
{
  g_autoptr (Server) server = server_new (SERVER_GOOD);
  g_autoptr (Sender) sender = sender_for (server, 10);

  for (guint i = 0; i < 5; i++)
    {
      Outcome outcome;

      sender_send_text (sender, "\"x\"", &outcome);
      g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
      g_assert_cmpint (outcome.status, ==, 250);
      outcome_clear (&outcome);
    }
  g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&server->n_mails), ==, 5);
}

static void
never_done (const Outcome *outcome, gpointer user_data)
{
  g_assert_not_reached ();
}

/* Under way, or kept open by a server that says no goodbye: nobody is waited for. */
static void
test_close (void)
{
  static const Behaviour behaviours[] = { SERVER_SILENT, SERVER_GOOD, SERVER_NO_GOODBYE };

  for (gsize i = 0; i < G_N_ELEMENTS (behaviours); i++)
    {
      g_autoptr (Server) server = server_new (behaviours[i]);
      g_autoptr (Sender) sender = sender_for (server, 600);
      g_autoptr (GBytes) payload = g_bytes_new_static ("1", 1);
      g_autoptr (Event) event = sender_event ();
      ConnectorRequest request = sender_request (payload);
      gint64 before_us;

      request.event = event;
      for (guint j = 0; j < 3; j++)
        sender->kind->send (sender->connector, &request, never_done, NULL);
      before_us = g_get_monotonic_time ();
      while (g_atomic_int_get (&server->n_connections) == 0)
        g_assert_cmpint (g_get_monotonic_time () - before_us, <, 20 * G_TIME_SPAN_SECOND);
      before_us = g_get_monotonic_time ();
      g_clear_pointer (&sender->connector, sender->kind->close);
      g_assert_cmpint (g_get_monotonic_time () - before_us, <, 10 * G_TIME_SPAN_SECOND);
    }
}

static void
test_probe (void)
{
  g_autoptr (Server) server = server_new (SERVER_GOOD);
  g_autoptr (Sender) sender = sender_for (server, 10);

  sender->kind->probe (sender->connector, never_done, NULL);
  g_clear_pointer (&sender->connector, sender->kind->close);
  g_assert_cmpint (g_atomic_int_get (&server->n_mails), ==, 0);
}

static void
test_wrong_settings (void)
{
  static const struct
  {
    const char *settings, *message;
  } wrong[] = {
    { "{\"To\":[\"a@b\"],\"Smtp\":{\"Host\":\"a/b\"}}", "email/test: Smtp/Host: *" },
    { "{\"To\":[\"a@b\"],\"Smtp\":{\"Host\":\"a\",\"HelloName\":\"x y\"}}",
      "email/test: Smtp/HelloName: *" },
    { "{\"To\":[\"a@b\"],\"Smtp\":{\"Host\":\"a\",\"User\":\"u\"}}",
      "email/test: Smtp/User: a login needs both*" },
    { "{\"To\":[\"a@b\"],\"Smtp\":{\"Host\":\"a\",\"Security\":\"none\",\"User\":\"u\","
      "\"Secret\":{\"Secret\":\"s\"}}}",
      "email/test: Smtp/User: a password is not sent in the clear*" },
    { "{\"To\":[\"a@b\"],\"Smtp\":{\"Host\":\"a\"},\"Outbox\":\"x\"}", "email/test: Outbox: *" },
    { "{\"To\":[\"<$.[>\"]}", "email/test: To/0: *no path into the event*" },
    { "{\"To\":[\"a@b\"],\"Cc\":[\"a@b\",\"c\"]}", "email/test: Cc/1: *" },
    { "{\"To\":[\"a@b\"],\"Html\":\"<$.[>\"}", "email/test: Html: *" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Sender) sender = sender_new ("email", wrong[i].settings);

      g_assert_nonnull (sender->error);
      g_test_message ("%s", sender->error->message);
      g_assert_true (g_pattern_match_simple (wrong[i].message, sender->error->message));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/email/smtp/outcomes", test_outcomes);
  g_test_add_func ("/connector/email/smtp/connection-is-kept", test_connection_is_kept);
  g_test_add_func ("/connector/email/smtp/close", test_close);
  g_test_add_func ("/connector/email/smtp/probe", test_probe);
  g_test_add_func ("/connector/email/smtp/wrong-settings", test_wrong_settings);
  return g_test_run ();
}

/* Mails to a real SMTP server, read back by another MIME implementation. */
#include "support/scenario.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define WAIT_US (30 * G_TIME_SPAN_SECOND)
#define PASSWORD "pa55-of-the-mail"

typedef struct
{
  GPid pid;
  char *folder;
  guint port;
} MailServer;

static char *
server_file (const MailServer *server, const char *name)
{
  return g_build_filename (server->folder, name, NULL);
}

static void
server_start (MailServer *server, Scenario *scenario, const char *user, const char *password)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "run-mail-server", NULL);
  g_autofree char *port = NULL;
  gint64 deadline_us = g_get_monotonic_time () + WAIT_US;
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  server->folder = g_build_filename (scenario_folder (scenario), "mail", NULL);
  g_assert_cmpint (g_mkdir (server->folder, 0700), ==, 0);
  g_spawn_async (NULL, (char *[]){ script, server->folder, (char *) user, (char *) password, NULL },
                 NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &server->pid, &error);
  g_assert_no_error (error);
  port = server_file (server, "port");
  while (!g_file_get_contents (port, &text, NULL, NULL))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_usleep (10000);
    }
  server->port = (guint) g_ascii_strtoull (text, NULL, 10);
  g_free (text);
}

static void
server_stop (MailServer *server)
{
  kill (server->pid, SIGTERM);
  waitpid (server->pid, NULL, 0);
  g_free (server->folder);
}

/* The mails that came, a line each. */
static char **
server_mails (const MailServer *server)
{
  g_autofree char *path = server_file (server, "mails.jsonl");
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_new0 (char *, 1);
  return g_strsplit (g_strchomp (text), "\n", -1);
}

static JsonNode *
server_mail (const MailServer *server, guint index)
{
  g_auto (GStrv) mails = server_mails (server);
  JsonNode *mail;

  g_assert_cmpuint (g_strv_length (mails), >, index);
  g_test_message ("%s", mails[index]);
  mail = json_from_string (mails[index], NULL);
  g_assert_nonnull (mail);
  return mail;
}

/* Bytes and lines are as RFC 5322 has them, and the other implementation has nothing to say. */
static void
check_sound (JsonNode *mail)
{
  g_assert_cmpuint (json_at_length (mail, "defects"), ==, 0);
  g_assert_cmpint (json_at_int (mail, "longest"), <=, 78);
  g_assert_cmpint (json_at_int (mail, "bare"), ==, 0);
}

static const char *
header_of (JsonNode *mail, const char *name)
{
  for (guint i = 0; i < json_at_length (mail, "headers"); i++)
    {
      g_autofree char *name_path = g_strdup_printf ("headers.%u.0", i);
      g_autofree char *value_path = g_strdup_printf ("headers.%u.1", i);

      if (strcmp (json_at_string (mail, name_path), name) == 0)
        return json_at_string (mail, value_path);
    }
  return NULL;
}

static void
route_to_mail (Scenario *scenario)
{
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 'mail', 'Arn': 'email/ops',"
                   " 'RetryPolicy': {'MaximumRetryAttempts': 0}}]}");
}

static void
deliver (Scenario *scenario, const char *body, const char *state)
{
  g_autofree char *id = scenario_accept (scenario, "/in/shop", body);

  scenario_wait_delivery (scenario, id, 1, state);
}

/* Over TLS, with a login, several mails over one connection. */
static void
test_sent (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  MailServer server;
  g_autoptr (JsonNode) first = NULL;
  g_autoptr (JsonNode) last = NULL;
  g_autofree char *log = NULL;

  server_start (&server, scenario, "router", PASSWORD);
  scenario_secret (scenario, "mail", PASSWORD);
  route_to_mail (scenario);
  scenario_config (
      scenario, "email/ops.json",
      "{'Smtp': {'Host': '127.0.0.1', 'Port': %u, 'User': 'router', 'Secret': {'Secret': 'mail'},"
      "  'CaFile': '%s/ca.pem', 'HelloName': 'router.test'},"
      " 'From': 'Bestell-Büro <shop@example.org>', 'To': ['Zoë <<$.detail.to>>', 'b@example.org'],"
      " 'Cc': ['c@example.org'], 'ReplyTo': 'answers@example.org', 'Concurrency': 1,"
      " 'Subject': 'Order <$.detail.id>: <$.detail.what>',"
      " 'Text': 'Dear <$.detail.name>,\\nthe order is on its way.\\n.\\n..\\nFrom us',"
      " 'Html': '<p>Dear <b><$.detail.name></b></p>',"
      " 'Attachment': 'Bestellung <$.detail.id> – <$.detail.name>.json'}",
      server.port, server.folder);
  scenario_start (scenario);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *body = g_strdup_printf ("{'id': %u, 'to': 'zoe@example.org', 'name':"
                                               " 'Zoë <i> & Co', 'what': 'Größe 42, ein sehr"
                                               " langer Betreff, der gefaltet werden muss ✓'}",
                                               i);

      deliver (scenario, body, "done");
    }
  first = server_mail (&server, 0);
  check_sound (first);
  g_assert_cmpstr (json_at_string (first, "subject"), ==,
                   "Order 0: Größe 42, ein sehr langer Betreff, der gefaltet werden muss ✓");
  g_assert_cmpstr (json_at_string (first, "sender"), ==, "shop@example.org");
  g_assert_cmpuint (json_at_length (first, "recipients"), ==, 3);
  g_assert_cmpstr (json_at_string (first, "recipients.0"), ==, "zoe@example.org");
  g_assert_cmpstr (json_at_string (first, "recipients.2"), ==, "c@example.org");
  g_assert_cmpstr (header_of (first, "To"), ==, "Zoë <zoe@example.org>, b@example.org");
  g_assert_cmpstr (header_of (first, "From"), ==, "Bestell-Büro <shop@example.org>");
  g_assert_cmpstr (header_of (first, "Cc"), ==, "c@example.org");
  g_assert_cmpstr (header_of (first, "Reply-To"), ==, "answers@example.org");
  g_assert_cmpstr (json_at_string (first, "greeting"), ==, "router.test");
  g_assert_cmpuint (json_at_length (first, "parts"), ==, 3);
  g_assert_cmpstr (json_at_string (first, "parts.0.text"), ==,
                   "Dear Zoë <i> & Co,\r\nthe order is on its way.\r\n.\r\n..\r\nFrom us\r\n");
  g_assert_cmpstr (json_at_string (first, "parts.1.type"), ==, "text/html");
  g_assert_cmpstr (json_at_string (first, "parts.1.text"), ==,
                   "<p>Dear <b>Zoë &lt;i&gt; &amp; Co</b></p>\r\n");
  g_assert_cmpstr (json_at_string (first, "parts.2.type"), ==, "application/json");
  g_assert_cmpstr (json_at_string (first, "parts.2.name"), ==, "Bestellung 0 – Zoë <i> & Co.json");
  g_assert_nonnull (strstr (json_at_string (first, "parts.2.text"), "\"to\": \"zoe@example.org\""));
  last = server_mail (&server, 2);
  g_assert_true (json_node_get_boolean (json_at (last, "tls")));
  g_assert_cmpint (json_at_int (last, "connection"), ==, 1);
  scenario_stop (scenario);
  log = scenario_log (scenario);
  g_assert_null (strstr (log, PASSWORD));
  server_stop (&server);
}

/* What an event says becomes neither a header, nor a recipient, nor a command. */
static void
test_injection (void)
{
  static const struct
  {
    const char *body, *state;
  } cases[] = {
    { "{'to': 'a@example.org', 'text': 'x\\r\\nBcc: evil@example.org\\r\\n\\r\\nbody'}", "done" },
    { "{'to': 'a@example.org', 'text': '\\r\\n.\\r\\nMAIL FROM:<evil@example.org>\\r\\n'}",
      "done" },
    { "{'to': 'a@example.org', 'text': '--=_m-\\r\\nContent-Type: text/html\\r\\n\\r\\n<b>'}",
      "done" },
    { "{'to': 'a@example.org', 'text': '../../etc/passwd\\u0000\\\"; filename=x.exe'}", "done" },
    { "{'to': 'a@example.org', 'text': '=?UTF-8?B?QmNjOiBl?= =?x?Q?=0D=0A?='}", "done" },
    { "{'to': 'a@example.org, evil@example.org', 'text': ''}", "dead" },
    { "{'to': 'a@example.org>\\r\\nRCPT TO:<evil@example.org', 'text': ''}", "dead" },
    { "{'to': 'A <a@example.org> SIZE=1', 'text': ''}", "dead" },
    { "{'to': '', 'text': ''}", "dead" },
    { "{'text': ''}", "dead" },
  };
  g_autoptr (Scenario) scenario = scenario_new ();
  MailServer server;
  g_auto (GStrv) mails = NULL;
  guint n = 0;

  server_start (&server, scenario, NULL, NULL);
  route_to_mail (scenario);
  scenario_config (scenario, "email/ops.json",
                   "{'Smtp': {'Host': '127.0.0.1', 'Port': %u, 'Security': 'none'},"
                   " 'To': ['<$.detail.to>'], 'Subject': '<$.detail.text>', 'Concurrency': 1,"
                   " 'Text': '<$.detail.text>', 'Html': '<$.detail.text>',"
                   " 'Attachment': '<$.detail.text>'}",
                   server.port);
  scenario_start (scenario);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup (cases[i].body);

      g_test_message ("%s", body);
      deliver (scenario, body, cases[i].state);
      if (strcmp (cases[i].state, "done") == 0)
        {
          g_autoptr (JsonNode) mail = server_mail (&server, n++);

          check_sound (mail);
          g_assert_cmpuint (json_at_length (mail, "recipients"), ==, 1);
          g_assert_cmpstr (json_at_string (mail, "recipients.0"), ==, "a@example.org");
          g_assert_null (header_of (mail, "Bcc"));
          g_assert_cmpuint (json_at_length (mail, "headers"), ==, 10);
          g_assert_cmpuint (json_at_length (mail, "parts"), ==, 3);
          g_assert_null (strchr (json_at_string (mail, "parts.2.name"), '/'));
          g_assert_false (*json_at_string (mail, "parts.2.name") == '.');
        }
    }
  mails = server_mails (&server);
  g_assert_cmpuint (g_strv_length (mails), ==, n);
  scenario_stop (scenario);
  server_stop (&server);
}

/* Wrong password, refused and put-off recipients, a server without TLS, and one that is none. */
static void
test_failures (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  MailServer server;
  g_autoptr (Answer) dead = NULL;

  server_start (&server, scenario, NULL, NULL);
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "email/plain.json",
                   "{'Smtp': {'Host': '127.0.0.1', 'Port': %u, 'Security': 'none'},"
                   " 'To': ['<$.detail.to>']}",
                   server.port);
  scenario_config (scenario, "email/strict.json",
                   "{'Smtp': {'Host': '127.0.0.1', 'Port': %u}, 'To': ['<$.detail.to>']}",
                   server.port);
  scenario_config (scenario, "email/away.json",
                   "{'Smtp': {'Host': '127.0.0.1', 'Port': 1, 'Security': 'tls'},"
                   " 'To': ['<$.detail.to>']}");
  scenario_config (scenario, "email/barred.json",
                   "{'Smtp': {'Host': 'localhost', 'Port': %u, 'Security': 'none'},"
                   " 'To': ['<$.detail.to>'], 'AllowAddresses': []}",
                   server.port);
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': ["
                   "{'Id': 'a', 'Arn': 'email/plain', 'RetryPolicy': {'MaximumRetryAttempts': 0}},"
                   "{'Id': 'b', 'Arn': 'email/strict', 'RetryPolicy': {'MaximumRetryAttempts': 0}},"
                   "{'Id': 'c', 'Arn': 'email/away', 'RetryPolicy': {'MaximumRetryAttempts': 0}},"
                   "{'Id': 'd', 'Arn': 'email/barred', 'RetryPolicy': {'MaximumRetryAttempts': 0}}"
                   "]}");
  scenario_start (scenario);
  deliver (scenario, "{'to': 'nobody@example.org'}", "dead");
  deliver (scenario, "{'to': 'later@example.org'}", "dead");
  deliver (scenario, "{'to': 'somebody@example.org'}", "done");
  scenario_wait (scenario, "/v1/status", "ledger.dead", "11");
  dead = scenario_get (scenario, "/v1/deliveries?state=dead");
  g_test_message ("%s", dead->body);
  g_assert_nonnull (strstr (dead->body, "answered 550 5.1.1 There is no such user here"));
  g_assert_nonnull (strstr (dead->body, "answered 451 4.3.0 Not now"));
  g_assert_nonnull (strstr (dead->body, "127.0.0.1 could not be reached over TLS"));
  g_assert_nonnull (strstr (dead->body, "127.0.0.1 could not be reached: "));
  g_assert_nonnull (strstr (dead->body, "is a loopback address"));
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
  server_stop (&server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/mails/sent", test_sent);
  g_test_add_func ("/scenario/mails/injection", test_injection);
  g_test_add_func ("/scenario/mails/failures", test_failures);
  return g_test_run ();
}

/* Everywhere that a setting has places for what events bring along: whatever they bring, it stays
 * one value of one place.  Either the delivery is refused, or what goes out has the same shape as
 * with a harmless value. */
#include "base/log.h"
#include "support/receiver.h"
#include "support/sender.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define OVERLONG "<overlong>" /* stands for 70 000 letters */

/* As they stand in the event's JSON; the first is harmless. */
static const char *const values[] = {
  "plain",
  "a\\r\\nEvil: 1",
  "a\\nEvil: 1",
  "a\\rEvil: 1",
  "\\r\\n\\r\\n<script>",
  "a\\u0000b",
  "\\u0000",
  "a\\u2028Evil: 1",
  "a\\u0085Evil: 1",
  "\\u001b[31m",
  "\\u007f",
  "../../../etc/passwd",
  "..",
  ".",
  "",
  " ",
  "/etc/passwd",
  "a/b",
  "..\\\\..\\\\x",
  "-rf",
  "--help",
  "-",
  "$(touch pwned)",
  "`touch pwned`",
  "; touch pwned",
  "' && touch pwned && '",
  "%0d%0aEvil: 1",
  "%2e%2e%2f",
  "?a=b#c&d=e",
  "\\\"quoted\\\"",
  "{to} {text}",
  "<$.detail.other>",
  "<source>",
  "a@b.c, evil@x.org",
  "a@b.c>\\r\\nBcc: <evil@x.org",
  "=?utf-8?q?evil=0d=0aBcc:_x?=",
  "\\r\\n.\\r\\nMAIL FROM:<evil@x.org>",
  "\\ud83d\\ude00 \\u05d0\\u202e",
  "\xff\xfe broken", /* no UTF-8: no sender gets it in, and yet */
  OVERLONG,
};

/* ---- One delivery ---- */

static char *
json_of (gsize i)
{
  if (strcmp (values[i], OVERLONG) == 0)
    {
      g_autofree char *letters = g_strnfill (70000, 'A');

      return g_strdup_printf ("{\"v\":\"%s\",\"other\":\"of-the-event\"}", letters);
    }
  return g_strdup_printf ("{\"v\":\"%s\",\"other\":\"of-the-event\"}", values[i]);
}

/* The value as it is meant, up to a NUL, to be used as a word of the envelope. */
static char *
word_of (gsize i)
{
  g_autofree char *json = json_of (i);
  g_autoptr (JsonNode) root = json_from_string (json, NULL);

  if (root == NULL) /* the one that is no UTF-8 */
    return g_strdup ("broken");
  return g_strdup (json_object_get_string_member (json_node_get_object (root), "v"));
}

/* TRUE: delivered; else it must have been refused. */
static gboolean
deliver (Sender *sender, gsize i, const ConfigHttp *http, gboolean in_envelope)
{
  g_autofree char *json = json_of (i);
  g_autofree char *word = in_envelope ? word_of (i) : g_strdup ("shop");
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));
  g_autoptr (Event) sample = sender_event ();
  Event fields = *sample;
  g_autoptr (Event) event = NULL;
  ConnectorRequest request = sender_request (body);
  Outcome outcome;
  gboolean is_delivered;

  g_assert_no_error (sender->error);
  fields.body = body;
  fields.source = word;
  fields.detail_type = word;
  event = event_new (&fields);
  request.event = event;
  request.http = http;
  request.source = word;
  request.detail_type = word;
  sender_send (sender, &request, &outcome);
  is_delivered = outcome.kind == OUTCOME_DELIVERED;
  if (!is_delivered)
    {
      g_test_message ("value %zu: %s", i, outcome.note);
      g_assert_cmpint (outcome.kind, ==, OUTCOME_REFUSED);
      /* What is too long for the receiver is for the receiver to say. */
      if (strcmp (values[i], OVERLONG) != 0 || outcome.status == 0)
        g_assert_cmpstr (outcome.error_code, ==, ERROR_CODE_INVALID_PARAMETER);
    }
  for (const char *p = outcome.note; *p != '\0'; p++)
    g_assert_false (g_ascii_iscntrl (*p));
  g_assert_true (g_utf8_validate (outcome.note, -1, NULL));
  outcome_clear (&outcome);
  if (i == 0)
    g_assert_true (is_delivered);
  return is_delivered;
}

/* ---- Webhooks ---- */

typedef struct
{
  const char *name, *path, *settings;
  ConfigHttp http;
} WebPlace;

static char *path_value[] = { (char *) "$.detail.v", NULL };
static char *header_pair[] = { (char *) "X-V", (char *) "$.detail.v", NULL };
static char *query_pair[] = { (char *) "q", (char *) "$.detail.v", NULL };

static const WebPlace web_places[] = {
  { .name = "path",
    .path = "/path/*/end",
    .settings = "\"PathParameterValues\":[\"<$.detail.v>\"]" },
  { .name = "query", .path = "/query", .settings = "\"Query\":{\"q\":\"<$.detail.v>\"}" },
  { .name = "header", .path = "/plain", .settings = "\"Headers\":{\"X-V\":\"<$.detail.v>\"}" },
  { .name = "header-among-others",
    .path = "/plain",
    .settings = "\"Headers\":{\"X-V\":\"a <$.detail.v> b\"}" },
  { .name = "envelope-in-header",
    .path = "/plain",
    .settings = "\"Headers\":{\"X-V\":\"<source>; <detail-type>\"}" },
  { .name = "envelope-in-path",
    .path = "/path/*/end",
    .settings = "\"PathParameterValues\":[\"<detail-type>\"]" },
  { .name = "envelope-in-cloudevent", .path = "/plain", .settings = "\"CloudEvents\":\"binary\"" },
  { .name = "target-path",
    .path = "/path/*/end",
    .settings = "",
    .http = { .path_values = path_value } },
  { .name = "target-header", .path = "/plain", .settings = "", .http = { .headers = header_pair } },
  { .name = "target-query", .path = "/query", .settings = "", .http = { .query = query_pair } },
};

static const char *
strip_known (const char *target, const char *before, const char *after, char **out_middle)
{
  g_assert_true (g_str_has_prefix (target, before));
  g_assert_true (g_str_has_suffix (target, after));
  *out_middle = g_strndup (target + strlen (before),
                           strlen (target) - strlen (before) - strlen (after));
  return *out_middle;
}

/* Nothing that means anything in a URL. */
static void
check_encoded (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    g_assert_true (g_ascii_isalnum (*p) || strchr ("-._~%", *p) != NULL);
}

static void
check_request (const ReceivedRequest *request, guint n_headers)
{
  g_autofree char *middle = NULL;
  GHashTableIter iter;
  gpointer name, value;

  g_assert_null (received_header (request, "evil"));
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpuint (g_hash_table_size (request->headers), ==, n_headers);
  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    for (const guchar *p = value; *p != '\0'; p++)
      g_assert_true (*p >= 0x20 && *p != 0x7f);
  if (g_str_has_prefix (request->target, "/path/"))
    {
      check_encoded (strip_known (request->target, "/path/", "/end", &middle));
      g_assert_cmpstr (middle, !=, "");
      g_assert_cmpstr (middle, !=, ".");
      g_assert_cmpstr (middle, !=, "..");
    }
  else if (g_str_has_prefix (request->target, "/query"))
    check_encoded (strip_known (request->target, "/query?q=", "", &middle));
  else
    g_assert_cmpstr (request->target, ==, "/plain");
}

static void
test_webhook (gconstpointer data)
{
  const WebPlace *place = data;
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *settings = g_strdup_printf ("{\"Url\":\"%s%s\"%s%s}", receiver_url (receiver),
                                               place->path, *place->settings != '\0' ? "," : "",
                                               place->settings);
  g_autoptr (Sender) sender = sender_new ("webhook", settings);
  guint n = 0, n_headers = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      const ReceivedRequest *request;

      if (!deliver (sender, i, &place->http, strstr (place->name, "envelope") != NULL))
        continue;
      g_assert_cmpuint (receiver_n_requests (receiver), ==, ++n);
      request = receiver_request (receiver, n - 1);
      if (i == 0)
        n_headers = g_hash_table_size (request->headers);
      check_request (request, n_headers);
    }
  g_assert_cmpuint (receiver_n_requests (receiver), ==, n);
  g_test_message ("%u of %zu were sent", n, G_N_ELEMENTS (values));
}

/* ---- Files ---- */

/* How many regular files the folder has; nothing else may be there. */
static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        n++;
      else
        g_assert_cmpuint (count_files (path), ==, 0); /* a place for what is half written */
    }
  return n;
}

static void
test_file_names (void)
{
  g_autoptr (Sender) sender = sender_new (
      "file", "{\"Form\":\"folder\",\"Path\":\"out\",\"Name\":\"<$.detail.v>.json\"}");
  g_autofree char *out = sender_path (sender, "out");
  g_autoptr (GDir) state = NULL;
  const char *name;
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    n += deliver (sender, i, NULL, FALSE) ? 1 : 0;
  g_assert_cmpuint (count_files (out), >, 10);
  g_assert_cmpuint (count_files (out), <=, n);
  state = g_dir_open (sender->state_dir, 0, NULL);
  while ((name = g_dir_read_name (state)) != NULL)
    g_assert_cmpstr (name, ==, "out");
}

static void
test_lines (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"lines.jsonl\"}");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    n += deliver (sender, i, NULL, FALSE) ? 1 : 0;
  text = sender_read (sender, "lines.jsonl");
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, n + 1);
  for (guint i = 0; i < n; i++)
    g_assert_true (g_str_has_prefix (lines[i], "{\"v\":"));
}

/* ---- Mails ---- */

typedef struct
{
  const char *name, *settings;
} MailPlace;

static const MailPlace mail_places[] = {
  { "to", "\"To\":[\"<$.detail.v>\"]" },
  { "to-name", "\"To\":[\"<$.detail.v> <ops@example.org>\"]" },
  { "cc", "\"To\":[\"ops@example.org\"],\"Cc\":[\"<$.detail.v>\"]" },
  { "reply-to", "\"To\":[\"ops@example.org\"],\"ReplyTo\":\"<$.detail.v>\"" },
  { "subject", "\"To\":[\"ops@example.org\"],\"Subject\":\"<$.detail.v>\"" },
  { "text", "\"To\":[\"ops@example.org\"],\"Text\":\"<$.detail.v>\"" },
  { "html", "\"To\":[\"ops@example.org\"],\"Html\":\"<p><$.detail.v></p>\"" },
  { "attachment", "\"To\":[\"ops@example.org\"],\"Attachment\":\"<$.detail.v>.json\"" },
  { "envelope", "\"To\":[\"ops@example.org\"],\"Subject\":\"<detail-type> <source>\"" },
};

/* The names of the head's fields, each on a line; folded lines belong to the one before. */
static char *
field_names (const char *mail)
{
  const char *end = strstr (mail, "\r\n\r\n");
  g_autofree char *head = g_strndup (mail, (gsize) (end - mail));
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
  GString *names = g_string_new (NULL);

  for (char **line = lines; *line != NULL; line++)
    {
      char *colon = strchr (*line, ':');

      if (**line == ' ' || **line == '\t')
        continue;
      g_assert_nonnull (colon);
      g_string_append_len (names, *line, colon - *line);
      g_string_append_c (names, '\n');
    }
  return g_string_free (names, FALSE);
}

static guint
count_of (const char *text, const char *what)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, what)) != NULL; at += strlen (what))
    n++;
  return n;
}

/* What stands in quotes is a name, whatever it looks like. */
static guint
count_addresses (const char *field)
{
  gboolean is_quoted = FALSE;
  guint n = 0;

  for (const char *p = field; *p != '\0'; p++)
    if (*p == '\\' && is_quoted && p[1] != '\0')
      p++;
    else if (*p == '"')
      is_quoted = !is_quoted;
    else if (*p == '@' && !is_quoted)
      n++;
  g_assert_false (is_quoted);
  return n;
}

/* With the lines that it is folded into. */
static char *
field_of (const char *mail, const char *name)
{
  const char *at = strstr (mail, name);
  const char *end = at;

  g_assert_nonnull (at);
  do
    end = strstr (end + 2, "\r\n");
  while (end[2] == ' ' || end[2] == '\t');
  return g_strndup (at + 2, (gsize) (end - at) - 2);
}

static char *
first_mail (Sender *sender)
{
  g_autofree char *folder = sender_path (sender, "outbox/email/test/new");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;
  g_autofree char *path = name != NULL ? g_build_filename (folder, name, NULL) : NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_assert_nonnull (path);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_cmpuint (strlen (text), ==, length); /* no NUL */
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_null (g_dir_read_name (dir));
  return g_strdup (text);
}

static void
check_mail (const char *mail, const char *names, guint n_parts)
{
  g_autofree char *own_names = field_names (mail);
  g_autofree char *to = field_of (mail, "\r\nTo: ");
  const char *bare = mail;

  g_assert_cmpstr (own_names, ==, names);
  g_assert_cmpuint (count_of (mail, "\r\nContent-Type:"), ==, n_parts);
  g_assert_cmpuint (count_addresses (to), ==, 1);
  for (; (bare = strpbrk (bare, "\r\n")) != NULL; bare += 2)
    g_assert_true (bare[0] == '\r' && bare[1] == '\n');
}

static void
test_mail (gconstpointer data)
{
  const MailPlace *place = data;
  g_autofree char *settings = g_strdup_printf ("{%s}", place->settings);
  g_autoptr (Sender) sender = NULL;
  g_autofree char *names = NULL;
  guint n_parts = 0, n = 0;
  gboolean is_address = strstr (place->settings, "\"<$.detail.v>\"") != NULL &&
                        strstr (place->settings, "Subject") == NULL &&
                        strstr (place->settings, "Text") == NULL;

  sender = sender_new ("email", settings);
  if (is_address)
    {
      for (gsize i = 1; i < G_N_ELEMENTS (values); i++)
        g_assert_false (deliver (sender, i, NULL, FALSE)); /* none of them is one address */
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *mail = NULL;

      if (!deliver (sender, i, NULL, strcmp (place->name, "envelope") == 0))
        continue;
      mail = first_mail (sender);
      if (i == 0)
        {
          names = field_names (mail);
          n_parts = count_of (mail, "\r\nContent-Type:");
        }
      check_mail (mail, names, n_parts);
      n++;
    }
  g_test_message ("%u of %zu were sent", n, G_N_ELEMENTS (values));
}

/* ---- Text messages ---- */

static void
test_sms_form (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *settings = g_strdup_printf (
      "{\"To\":[\"+4915112345678\"],\"From\":\"Shop\",\"Text\":\"<$.detail.v>\","
      "\"MaxSegments\":255,\"Gateway\":{\"Preset\":\"twilio\",\"Account\":\"AC1\",\"Auth\":"
      "\"none\","
      "\"Url\":\"%s/\"}}",
      receiver_url (receiver));
  g_autoptr (Sender) sender = sender_new ("sms", settings);
  guint n = 0, n_fields = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      const ReceivedRequest *request;
      g_autofree char *body = NULL;

      if (!deliver (sender, i, NULL, FALSE))
        continue;
      g_assert_cmpuint (receiver_n_requests (receiver), ==, ++n);
      request = receiver_request (receiver, n - 1);
      body = received_body (request);
      if (i == 0)
        n_fields = count_of (body, "=");
      g_assert_cmpuint (count_of (body, "="), ==, n_fields);
      g_assert_cmpuint (count_of (body, "&"), ==, n_fields - 1);
      g_assert_nonnull (strstr (body, "To=%2B4915112345678"));
      g_assert_null (received_header (request, "evil"));
    }
  g_assert_cmpuint (n, >, 20);
}

static void
test_sms_json (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autofree char *settings = g_strdup_printf (
      "{\"To\":[\"+4915112345678\"],\"Text\":\"<$.detail.v>\",\"MaxSegments\":255,"
      "\"Gateway\":{\"Preset\":\"json\",\"Auth\":\"none\",\"Url\":\"%s/\"}}",
      receiver_url (receiver));
  g_autoptr (Sender) sender = sender_new ("sms", settings);
  guint n = 0, n_members = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *body = NULL;
      g_autoptr (JsonNode) root = NULL;
      g_autoptr (GError) error = NULL;

      if (!deliver (sender, i, NULL, FALSE))
        continue;
      g_assert_cmpuint (receiver_n_requests (receiver), ==, ++n);
      body = received_body (receiver_request (receiver, n - 1));
      root = json_from_string (body, &error);
      g_assert_no_error (error);
      if (i == 0)
        n_members = json_object_get_size (json_node_get_object (root));
      g_assert_cmpuint (json_object_get_size (json_node_get_object (root)), ==, n_members);
      g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "to"), ==,
                       "+4915112345678");
    }
  g_assert_cmpuint (n, >, 20);
}

/* No number is made of what an event brings along but one. */
static void
test_sms_numbers (void)
{
  g_autoptr (Sender) sender = sender_new ("sms", "{\"To\":[\"<$.detail.v>\"],\"Text\":\"x\"}");

  g_assert_no_error (sender->error);
  for (gsize i = 1; i < G_N_ELEMENTS (values); i++)
    g_assert_false (deliver (sender, i, NULL, FALSE));
}

/* ---- Programs ---- */

/* One argument, one variable, and no program but the one. */
static void
test_exec (void)
{
  g_autoptr (Sender) sender = sender_new (
      "exec", "{\"Command\":[\"/bin/sh\",\"-c\",\"echo $# >count; printf %s \\\"$1\\\" >argument;"
              " env -0 | tr -cd '\\\\\\\\000' | wc -c >variables\",\"name\",\"--v=<$.detail.v>\"],"
              "\"Environment\":{\"V\":\"<$.detail.v>\"},\"Folder\":\".\"}");
  g_autofree char *pwned = sender_path (sender, "pwned");
  g_autofree char *variables = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *count = NULL;
      g_autofree char *argument = NULL;
      g_autofree char *now = NULL;
      g_autofree char *word = word_of (i);
      g_autofree char *expected = g_strconcat ("--v=", word, NULL);

      if (!deliver (sender, i, NULL, FALSE))
        continue;
      count = sender_read (sender, "count");
      argument = sender_read (sender, "argument");
      now = sender_read (sender, "variables");
      if (variables == NULL)
        variables = g_strdup (now);
      g_assert_cmpstr (count, ==, "1\n");
      g_assert_cmpstr (now, ==, variables);
      if (g_utf8_validate (values[i], -1, NULL) && strstr (values[i], "u0000") == NULL)
        g_assert_cmpstr (argument, ==, expected);
    }
  g_assert_false (g_file_test (pwned, G_FILE_TEST_EXISTS));
}

/* What begins an argument begins no option. */
static void
test_exec_options (void)
{
  g_autoptr (Sender) sender = sender_new (
      "exec", "{\"Command\":[\"/bin/sh\",\"-c\",\"printf %s \\\"$1\\\" >argument\",\"name\","
              "\"<$.detail.v>\"],\"Folder\":\".\"}");

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *argument = NULL;

      if (!deliver (sender, i, NULL, FALSE))
        continue;
      argument = sender_read (sender, "argument");
      g_assert_cmpint (argument[0], !=, '-');
    }
}

/* ---- The log ---- */

static char *
log_of_all (const char *path)
{
  g_autoptr (Sender) sender = sender_new ("log", "{\"Level\":\"warning\"}");
  int log = open (path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  int before = dup (STDERR_FILENO);
  char *text = NULL;

  g_assert_cmpint (log, >=, 0);
  log_start (LOG_WARNING);
  dup2 (log, STDERR_FILENO);
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    deliver (sender, i, NULL, TRUE);
  dup2 (before, STDERR_FILENO);
  close (before);
  close (log);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* In a process of its own, as the log is for a whole process. */
static void
test_log (void)
{
  if (g_test_subprocess ())
    {
      g_autofree char *folder = g_dir_make_tmp ("signalbox-XXXXXX", NULL);
      g_autofree char *path = g_build_filename (folder, "log", NULL);
      g_autofree char *text = log_of_all (path);
      g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

      g_assert_cmpuint (g_strv_length (lines), ==, G_N_ELEMENTS (values) + 1);
      for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
        {
          g_assert_nonnull (strstr (lines[i], " warning log/test: delivery=\""));
          g_assert_true (g_utf8_validate (lines[i], -1, NULL));
          for (const char *p = lines[i]; *p != '\0'; p++)
            g_assert_false (g_ascii_iscntrl (*p));
        }
      g_unlink (path);
      g_rmdir (folder);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN); /* as in the router */
  for (gsize i = 0; i < G_N_ELEMENTS (web_places); i++)
    {
      g_autofree char *path = g_strconcat ("/connector/injection/webhook/", web_places[i].name,
                                           NULL);

      g_test_add_data_func (path, &web_places[i], test_webhook);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (mail_places); i++)
    {
      g_autofree char *path = g_strconcat ("/connector/injection/email/", mail_places[i].name,
                                           NULL);

      g_test_add_data_func (path, &mail_places[i], test_mail);
    }
  g_test_add_func ("/connector/injection/file/names", test_file_names);
  g_test_add_func ("/connector/injection/file/lines", test_lines);
  g_test_add_func ("/connector/injection/sms/form", test_sms_form);
  g_test_add_func ("/connector/injection/sms/json", test_sms_json);
  g_test_add_func ("/connector/injection/sms/numbers", test_sms_numbers);
  g_test_add_func ("/connector/injection/exec/argument", test_exec);
  g_test_add_func ("/connector/injection/exec/options", test_exec_options);
  g_test_add_func ("/connector/injection/log", test_log);
  return g_test_run ();
}

/* command-queue.c: pull queues: what is in them, and sending, receiving and deleting by hand. */
#include "config.h"

#include "argument.h"
#include "commands.h"
#include "field.h"
#include "format.h"
#include "table.h"

#include <string.h>

typedef struct
{
  char *data, *group, *dedup, *to, *content_type;
  gint64 priority, delay_s, max, visibility_s, wait_s; /* -1: not said; priority 0 */
  gboolean remove;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->data);
  g_free (options->group);
  g_free (options->dedup);
  g_free (options->to);
  g_free (options->content_type);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

typedef struct
{
  Ctl *ctl;
  const CtlCommand *command;
  const Options *options;
  char *const *rest; /* behind the queue's name */
  const char *queue; /* NULL for list */
} Request;

/* ---- Calling ------------------------------------------------------------------------------- */

static char *
path_of (const char *queue, const char *tail)
{
  g_autofree char *escaped = g_uri_escape_string (queue, NULL, FALSE);

  return g_strconcat ("/v1/queues/", escaped, tail, NULL);
}

static void
add_text (JsonObject *body, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (body, name, text);
}

static void
add_number (JsonObject *body, const char *name, gint64 number)
{
  if (number >= 0)
    json_object_set_int_member (body, name, number);
}

/* Takes the body. */
static int
post (const Request *request, const char *tail, JsonObject *body, ClientAnswer **out_answer)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *path = path_of (request->queue, tail);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  json_node_take_object (node, body);
  text = json_to_string (node, FALSE);
  bytes = g_bytes_new (text, strlen (text));
  return ctl_call (request->ctl,
                   &(const ClientRequest){ .method = "POST",
                                           .path = path,
                                           .content_type = "application/json",
                                           .body = bytes },
                   out_answer);
}

/* ---- list ---------------------------------------------------------------------------------- */

static int
list (const Request *request)
{
  static const TableColumn columns[] = {
    { "QUEUE", FALSE, FALSE },
    { "VISIBLE", TRUE, FALSE },
    { "IN FLIGHT", TRUE, FALSE },
    { "DELAYED", TRUE, FALSE },
    { "OLDEST", FALSE, FALSE },
    { "DESCRIPTION", FALSE, TRUE },
    { NULL },
  };
  Ctl *ctl = request->ctl;
  g_autoptr (ClientAnswer) answer = NULL;
  g_autoptr (Table) table = NULL;
  gint64 now_us = clock_wall_us (ctl->clock);
  JsonArray *queues;
  int exit_code = ctl_get (ctl, "/v1/queues", &answer);

  if (exit_code != EX_OK)
    return exit_code;
  queues = field_array (client_answer_get_object (answer), "queues");
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else if (field_length (queues) == 0)
    output_block (ctl->out, STYLE_FAINT, "No queues.\n");
  table = table_new (ctl->out, columns);
  for (guint i = 0; !ctl->json && i < field_length (queues); i++)
    {
      JsonObject *queue = field_object_at (queues, i);
      gint64 oldest_us = field_time (queue, "oldest");
      g_autofree char *oldest = oldest_us > 0 ? format_relative (oldest_us, now_us) : g_strdup ("");

      table_add (table, STYLE_NAME, field_string (queue, "name"));
      table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, field_int (queue, "visible"));
      table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, field_int (queue, "in_flight"));
      table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, field_int (queue, "delayed"));
      table_add (table, STYLE_PLAIN, oldest);
      table_add (table, STYLE_PLAIN, field_string (queue, "description"));
    }
  table_flush (table);
  return field_length (queues) > 0 ? EX_OK : EX_NOTHING;
}

/* ---- send ---------------------------------------------------------------------------------- */

static gboolean
read_message (const Request *request, ArgumentText *out_text, int *out_exit)
{
  g_autoptr (GError) error = NULL;

  if ((request->rest[0] != NULL) == (request->options->data != NULL) ||
      (request->rest[0] != NULL && request->rest[1] != NULL))
    {
      *out_exit = ctl_fail_usage (request->ctl, request->command,
                                  "Give one file, - for standard input, or --data TEXT");
      return FALSE;
    }
  if (request->options->data != NULL)
    argument_inline (request->options->data, "the message", out_text);
  else if (!argument_read (request->rest[0], "the message", out_text, &error))
    {
      *out_exit = ctl_fail (request->ctl, EX_NOINPUT, "%s", error->message);
      return FALSE;
    }
  return TRUE;
}

static int
send_message (const Request *request)
{
  const Options *options = request->options;
  g_auto (ArgumentText) text = { 0 };
  g_autoptr (ClientAnswer) answer = NULL;
  JsonObject *body, *object;
  int exit_code;

  if (!read_message (request, &text, &exit_code))
    return exit_code;
  body = json_object_new ();
  if (g_utf8_validate_len (text.text, text.length, NULL) && strlen (text.text) == text.length)
    add_text (body, "body", text.text);
  else
    {
      g_autofree char *encoded = g_base64_encode ((const guchar *) text.text, text.length);

      add_text (body, "body_base64", encoded);
    }
  add_text (body, "group", options->group);
  add_text (body, "dedup_id", options->dedup);
  add_text (body, "content_type", options->content_type);
  add_number (body, "delay_seconds", options->delay_s);
  if (options->priority != 0)
    json_object_set_int_member (body, "priority", options->priority);
  exit_code = post (request, "/messages", body, &answer);
  if (exit_code != EX_OK)
    return exit_code;
  object = client_answer_get_object (answer);
  if (request->ctl->json)
    ctl_print_body (request->ctl, answer);
  else
    {
      output_put (request->ctl->out, STYLE_NAME, field_string (object, "id"));
      if (field_bool (object, "duplicate"))
        output_put (request->ctl->out, STYLE_NOTICE, " was sent before: it is kept once");
      output_newline (request->ctl->out);
    }
  return EX_OK;
}

/* ---- receive, peek ------------------------------------------------------------------------- */

static void
print_message (Ctl *ctl, JsonObject *message)
{
  const char *receipt = field_string (message, "receipt");
  const char *group = field_string (message, "group");
  const char *body = field_string (message, "body");

  output_put (ctl->out, STYLE_NAME, field_string (message, "id"));
  output_putf (ctl->out, STYLE_FAINT, "  %s, received %" G_GINT64_FORMAT " times",
               *receipt != '\0' ? "in flight" : field_string (message, "state"),
               field_int (message, "receives"));
  if (*group != '\0')
    output_putf (ctl->out, STYLE_FAINT, ", group %s", group);
  output_newline (ctl->out);
  if (*receipt != '\0')
    output_field (ctl->out, "receipt", STYLE_NAME, receipt);
  if (*field_string (message, "origin") != '\0')
    output_field (ctl->out, "from", STYLE_PLAIN, field_string (message, "origin"));
  output_field (ctl->out, "body", STYLE_PLAIN,
                *body != '\0' ? body : field_string (message, "body_base64"));
}

static int
print_messages (Ctl *ctl, ClientAnswer *answer)
{
  JsonArray *messages = field_array (client_answer_get_object (answer), "messages");

  if (ctl->json)
    ctl_print_body (ctl, answer);
  else if (field_length (messages) == 0)
    output_block (ctl->out, STYLE_FAINT, "No messages.\n");
  for (guint i = 0; !ctl->json && i < field_length (messages); i++)
    print_message (ctl, field_object_at (messages, i));
  return field_length (messages) > 0 ? EX_OK : EX_NOTHING;
}

static int
delete_message (const Request *request, const char *receipt, guint *deleted)
{
  JsonObject *body = json_object_new ();
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code;

  add_text (body, "receipt", receipt);
  exit_code = post (request, "/delete", body, &answer);
  if (exit_code == EX_OK)
    *deleted += (guint) field_int (client_answer_get_object (answer), "deleted");
  return exit_code;
}

static int
receive (const Request *request)
{
  const Options *options = request->options;
  JsonObject *body = json_object_new ();
  g_autoptr (ClientAnswer) answer = NULL;
  JsonArray *messages;
  guint deleted = 0;
  int exit_code, nothing;

  add_number (body, "max", options->max);
  add_number (body, "visibility_seconds", options->visibility_s);
  add_number (body, "wait_seconds", options->wait_s);
  exit_code = post (request, "/receive", body, &answer);
  if (exit_code != EX_OK)
    return exit_code;
  nothing = print_messages (request->ctl, answer);
  /* First shown, then deleted: what was not printed must not be lost. */
  output_flush (request->ctl->out);
  if (output_failed (request->ctl->out))
    return EX_IOERR;
  messages = field_array (client_answer_get_object (answer), "messages");
  for (guint i = 0; options->remove && exit_code == EX_OK && i < field_length (messages); i++)
    exit_code = delete_message (request, field_string (field_object_at (messages, i), "receipt"),
                                &deleted);
  return exit_code != EX_OK ? exit_code : nothing;
}

static int
peek (const Request *request)
{
  g_autoptr (GString) path = g_string_new (NULL);
  g_autofree char *base = path_of (request->queue, "/messages");
  g_autofree char *limit = g_strdup_printf ("%" G_GINT64_FORMAT, request->options->max);
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code;

  g_string_append (path, base);
  argument_query (path, "limit", request->options->max >= 0 ? limit : NULL);
  exit_code = ctl_get (request->ctl, path->str, &answer);
  return exit_code == EX_OK ? print_messages (request->ctl, answer) : exit_code;
}

/* ---- By receipt, and all ------------------------------------------------------------------- */

static int
report (const Request *request, ClientAnswer *answer, const char *member, const char *done)
{
  guint64 n = (guint64) field_int (client_answer_get_object (answer), member);
  g_autofree char *count = format_count (n, "message", "messages");

  if (request->ctl->json)
    ctl_print_body (request->ctl, answer);
  else
    {
      output_putf (request->ctl->out, n > 0 ? STYLE_GOOD : STYLE_NOTICE, "%s %s", count, done);
      output_newline (request->ctl->out);
    }
  return n > 0 ? EX_OK : EX_NOTHING;
}

static int
delete_messages (const Request *request)
{
  guint deleted = 0;
  int exit_code = EX_OK;
  g_autofree char *count = NULL;

  if (request->rest[0] == NULL)
    return ctl_fail_usage (request->ctl, request->command, "Which ones?  Give their receipts");
  for (guint i = 0; exit_code == EX_OK && request->rest[i] != NULL; i++)
    exit_code = delete_message (request, request->rest[i], &deleted);
  if (exit_code != EX_OK)
    return exit_code;
  count = format_count (deleted, "message", "messages");
  output_putf (request->ctl->out, deleted > 0 ? STYLE_GOOD : STYLE_NOTICE, "%s deleted", count);
  output_newline (request->ctl->out);
  return deleted > 0 ? EX_OK : EX_NOTHING;
}

static int
extend (const Request *request)
{
  JsonObject *body;
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code;

  if (request->rest[0] == NULL || request->rest[1] != NULL)
    return ctl_fail_usage (request->ctl, request->command, "Which one?  Give its receipt");
  body = json_object_new ();
  add_text (body, "receipt", request->rest[0]);
  add_number (body, "visibility_seconds", request->options->visibility_s);
  exit_code = post (request, "/extend", body, &answer);
  return exit_code == EX_OK ? report (request, answer, "extended", "extended") : exit_code;
}

static int
purge (const Request *request)
{
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code = post (request, "/purge", json_object_new (), &answer);

  return exit_code == EX_OK ? report (request, answer, "purged", "removed") : exit_code;
}

static int
redrive (const Request *request)
{
  JsonObject *body = json_object_new ();
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code;

  add_text (body, "to", request->options->to);
  add_number (body, "max", request->options->max);
  exit_code = post (request, "/redrive", body, &answer);
  return exit_code == EX_OK ? report (request, answer, "moved", "moved") : exit_code;
}

/* ---- The command --------------------------------------------------------------------------- */

static const struct
{
  const char *name;
  gboolean has_rest; /* takes arguments behind the queue's name */
  int (*run) (const Request *request);
} actions[] = {
  { "list", FALSE, list },   { "send", TRUE, send_message },      { "receive", FALSE, receive },
  { "peek", FALSE, peek },   { "delete", TRUE, delete_messages }, { "extend", TRUE, extend },
  { "purge", FALSE, purge }, { "redrive", FALSE, redrive },
};

static int
run (Request *request, char *const *arguments)
{
  gboolean is_list = g_str_equal (arguments[0], "list");

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      if (!g_str_equal (arguments[0], actions[i].name))
        continue;
      request->queue = is_list ? NULL : arguments[1];
      if (!is_list && request->queue == NULL)
        return ctl_fail_usage (request->ctl, request->command, "Which queue?");
      request->rest = arguments + (is_list ? 1 : 2);
      if (!actions[i].has_rest && request->rest[0] != NULL)
        return ctl_fail_usage (request->ctl, request->command, "“%s” is too much",
                               request->rest[0]);
      return actions[i].run (request);
    }
  return ctl_fail_usage (request->ctl, request->command,
                         "There is no “queue %s”; known are list, send, receive, peek, delete, "
                         "extend, purge and redrive",
                         arguments[0]);
}

int
command_queue (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (Options) options = { .delay_s = -1, .max = -1, .visibility_s = -1, .wait_s = -1 };
  Request request = { .ctl = ctl, .command = command, .options = &options };
  const GOptionEntry entries[] = {
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &options.data, "The message itself", "TEXT" },
    { "content-type", 0, 0, G_OPTION_ARG_FILENAME, &options.content_type, "Of the message",
      "TYPE" },
    { "group", 0, 0, G_OPTION_ARG_FILENAME, &options.group, "Group, for a FIFO queue", "NAME" },
    { "dedup-id", 0, 0, G_OPTION_ARG_FILENAME, &options.dedup,
      "The same within 5 minutes is kept once, in a FIFO queue", "ID" },
    { "priority", 0, 0, G_OPTION_ARG_INT64, &options.priority, "Higher is received first", "N" },
    { "delay", 0, 0, G_OPTION_ARG_INT64, &options.delay_s, "Hide it at first", "SECONDS" },
    { "max", 'n', 0, G_OPTION_ARG_INT64, &options.max, "At most so many messages", "N" },
    { "visibility", 0, 0, G_OPTION_ARG_INT64, &options.visibility_s,
      "How long it is hidden from others", "SECONDS" },
    { "wait", 'w', 0, G_OPTION_ARG_INT64, &options.wait_s, "Wait for a message, at most 20 s",
      "SECONDS" },
    { "delete", 0, 0, G_OPTION_ARG_NONE, &options.remove, "Delete what was received", NULL },
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &options.to, "Move to this queue", "QUEUE" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 1, G_MAXUINT, &rest, &exit_code))
    return exit_code;
  return run (&request, rest);
}

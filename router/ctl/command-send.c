/* command-send.c: send: posts files as webhooks or as events, and says what matched.
 *
 * The text is checked as JSON before it goes anywhere, so that a typing error is shown in the
 * file's own line; the router then checks everything again. */
#include "config.h"

#include "argument.h"
#include "commands.h"
#include "field.h"
#include "format.h"
#include "pretty.h"

#include "base/error.h"
#include "base/event.h"
#include "rules/rules.h"

#include <string.h>

typedef struct
{
  char *source, *bus, *data, *event_source, *detail_type, *content_type;
  GStrv headers;
} Sending;

static void
sending_clear (Sending *sending)
{
  g_free (sending->source);
  g_free (sending->bus);
  g_free (sending->data);
  g_free (sending->event_source);
  g_free (sending->detail_type);
  g_free (sending->content_type);
  g_strfreev (sending->headers);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sending, sending_clear)

/* ---- The options ----------------------------------------------------------------------------- */

static const char *
contradiction (const Sending *sending, gboolean files)
{
  if (sending->data != NULL && files)
    return "Give either files or --data, not both";
  if (sending->data == NULL && !files)
    return "What is to be sent?  Give a file, - for standard input, or --data TEXT";
  if (sending->source != NULL &&
      (sending->bus != NULL || sending->event_source != NULL || sending->detail_type != NULL))
    return "--source is a webhook's way in; --bus, --event-source and --detail-type are for the "
           "events API: give one or the other";
  if ((sending->event_source != NULL) != (sending->detail_type != NULL))
    return "--event-source and --detail-type belong together";
  return NULL;
}

/* A Content-Type among the headers is the option of that name. */
static gboolean
take_headers (Sending *sending, GError **error)
{
  gsize kept = 0;

  for (gsize i = 0; sending->headers != NULL && sending->headers[i] != NULL; i++)
    {
      char *header = sending->headers[i];

      if (!client_header_is_valid (header))
        {
          g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                       "--header “%s” is no header; write it as 'Name: value'", header);
          return FALSE;
        }
      if (g_ascii_strncasecmp (header, "content-type:", 13) != 0)
        {
          sending->headers[kept++] = header;
          continue;
        }
      g_free (sending->content_type);
      sending->content_type = g_strstrip (g_strdup (header + 13));
      g_free (header);
      sending->headers[i] = NULL;
    }
  if (sending->headers != NULL)
    sending->headers[kept] = NULL;
  return TRUE;
}

/* ---- One text -------------------------------------------------------------------------------- */

static gboolean
is_ndjson (const Sending *sending, const ArgumentText *text)
{
  if (sending->content_type != NULL)
    return g_str_has_prefix (sending->content_type, "application/x-ndjson");
  return sending->source == NULL && sending->event_source == NULL &&
         g_str_has_suffix (text->name, ".ndjson");
}

static int
check_json (Ctl *ctl, const ArgumentText *text)
{
  const RulesJsonLimits limits = { .max_depth = 1000 };
  RulesError error;

  if (rules_check_json (text->text, text->length, &limits, &error))
    return EX_OK;
  ctl_fail (ctl, EX_DATAERR, "%s:%u:%u: not valid JSON: %s", text->name, error.line, error.column,
            error.reason);
  pretty_excerpt (ctl->err, text->text, text->length, error.line, error.column);
  if (*error.hint != '\0')
    ctl_hint (ctl, "%s", error.hint);
  return EX_DATAERR;
}

/* {"source":…,"detail-type":…,"detail":the text} */
static GBytes *
wrap (const Sending *sending, const ArgumentText *text)
{
  GString *event = g_string_new ("{\"source\":");

  event_append_json_string (event, sending->event_source, -1);
  g_string_append (event, ",\"detail-type\":");
  event_append_json_string (event, sending->detail_type, -1);
  g_string_append (event, ",\"detail\":");
  g_string_append_len (event, text->text, (gssize) text->length);
  g_string_append_c (event, '}');
  return g_string_free_to_bytes (event);
}

static void
print_accepted (Ctl *ctl, JsonObject *accepted)
{
  g_autofree char *matched = field_join (field_array (accepted, "matched"), ", ");
  g_autofree char *deliveries = format_count ((guint64) field_int (accepted, "deliveries"),
                                              "delivery", "deliveries");

  output_put (ctl->out, STYLE_GOOD, "accepted ");
  output_put (ctl->out, STYLE_NAME, field_string (accepted, "id"));
  if (*matched == '\0')
    output_put (ctl->out, STYLE_NOTICE, "  matched no rule; it is kept");
  else
    output_putf (ctl->out, STYLE_PLAIN, "  %s, matched %s", deliveries, matched);
  output_newline (ctl->out);
}

/* EX_OK when any event matched a rule. */
static int
report (Ctl *ctl, ClientAnswer *answer)
{
  JsonObject *object = client_answer_get_object (answer);
  JsonArray *events = field_array (object, "events");
  guint matched = field_length (field_array (object, "matched"));

  for (guint i = 0; i < field_length (events); i++)
    matched += field_length (field_array (field_object_at (events, i), "matched"));
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else if (events == NULL)
    print_accepted (ctl, object);
  else
    for (guint i = 0; i < field_length (events); i++)
      print_accepted (ctl, field_object_at (events, i));
  return matched > 0 ? EX_OK : EX_NOTHING;
}

static int
send_text (Ctl *ctl, Client *client, const Sending *sending, const ArgumentText *text)
{
  gboolean ndjson = is_ndjson (sending, text);
  g_autoptr (GString) path = g_string_new (sending->source != NULL ? "/in/" : "/v1/events");
  g_autoptr (GBytes) body = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  ClientRequest request = { .method = "POST", .headers = (const char *const *) sending->headers };
  int exit_code = ndjson ? EX_OK : check_json (ctl, text);

  if (exit_code != EX_OK)
    return exit_code;
  if (sending->source != NULL)
    g_string_append_uri_escaped (path, sending->source, NULL, FALSE);
  argument_query (path, "bus", sending->bus);
  body = sending->event_source != NULL ? wrap (sending, text)
                                       : g_bytes_new (text->text, text->length);
  request.path = path->str;
  request.body = body;
  request.content_type = sending->content_type != NULL ? sending->content_type
                         : ndjson                      ? "application/x-ndjson"
                                                       : "application/json";
  exit_code = ctl_client_call (ctl, client, &request, &answer);
  if (exit_code == EX_OK)
    return report (ctl, answer);
  /* No such source or bus; not to be taken for an event that no rule matched. */
  return exit_code == EX_NOTHING ? EX_DATAERR : exit_code;
}

static int
send_file (Ctl *ctl, Client *client, const Sending *sending, const char *file)
{
  g_auto (ArgumentText) text = { 0 };
  g_autoptr (GError) error = NULL;

  if (!argument_read (file, "What is to be sent", &text, &error))
    return ctl_fail (ctl, EX_NOINPUT, "%s", error->message);
  return send_text (ctl, client, sending, &text);
}

/* Of several files the first that fails ends it: its exit code is the answer to what happened. */
static int
send_all (Ctl *ctl, const Sending *sending, char *const *files)
{
  int exit_code = EX_USAGE;
  g_autoptr (Client) client = ctl_client_new (ctl, &exit_code);
  gboolean matched = FALSE;

  if (client == NULL)
    return exit_code;
  if (sending->data != NULL)
    {
      g_auto (ArgumentText) text = { 0 };

      argument_inline (sending->data, "--data", &text);
      return send_text (ctl, client, sending, &text);
    }
  for (gsize i = 0; files[i] != NULL; i++)
    {
      exit_code = send_file (ctl, client, sending, files[i]);
      if (exit_code > EX_NOTHING)
        return exit_code;
      matched = matched || exit_code == EX_OK;
    }
  return matched ? EX_OK : EX_NOTHING;
}

int
command_send (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (Sending) sending = { 0 };
  const GOptionEntry entries[] = {
    { "source", 0, 0, G_OPTION_ARG_FILENAME, &sending.source, "Post it to /in/NAME as a webhook",
      "NAME" },
    { "header", 'H', 0, G_OPTION_ARG_FILENAME_ARRAY, &sending.headers,
      "Send this header too; may be repeated", "'NAME: VALUE'" },
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &sending.data, "The text itself instead of a file",
      "TEXT" },
    { "bus", 0, 0, G_OPTION_ARG_FILENAME, &sending.bus, "The bus (default: default)", "NAME" },
    { "event-source", 0, 0, G_OPTION_ARG_FILENAME, &sending.event_source,
      "The text is a detail; this is its source", "SOURCE" },
    { "detail-type", 0, 0, G_OPTION_ARG_FILENAME, &sending.detail_type,
      "… and this its detail type", "TYPE" },
    { "content-type", 0, 0, G_OPTION_ARG_FILENAME, &sending.content_type,
      "Default: application/json, or for *.ndjson application/x-ndjson", "TYPE" },
    { NULL },
  };
  g_auto (GStrv) files = NULL;
  g_autoptr (GError) error = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 0, G_MAXUINT, &files, &exit_code))
    return exit_code;
  if (contradiction (&sending, files[0] != NULL) != NULL)
    return ctl_fail_usage (ctl, command, "%s", contradiction (&sending, files[0] != NULL));
  if (!take_headers (&sending, &error))
    return ctl_fail_usage (ctl, command, "%s", error->message);
  return send_all (ctl, &sending, files);
}

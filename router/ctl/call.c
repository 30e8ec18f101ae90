/* call.c: a call of the router as commands make it: what goes wrong is explained here, once. */
#include "config.h"

#include "ctl.h"

#include "field.h"
#include "known.h"
#include "pretty.h"

#include "base/error.h"
#include "base/paths.h"

/* A token is one word of visible characters; anything else would not get through a header. */
static gboolean
is_token (const char *token)
{
  for (const char *at = token; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      return FALSE;
  return *token != '\0';
}

/* FALSE: *out_exit. */
static gboolean
set_token (Ctl *ctl, Client *client, int *out_exit)
{
  const char *environment = g_getenv ("SIGNALBOX_TOKEN");
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;

  if (ctl->token_file == NULL)
    token = g_strdup (environment);
  else if (!g_file_get_contents (ctl->token_file, &token, NULL, &error))
    {
      *out_exit = ctl_fail (ctl, EX_NOINPUT, "The token cannot be read: %s", error->message);
      return FALSE;
    }
  if (token == NULL)
    return TRUE;
  if (!is_token (g_strstrip (token)))
    {
      *out_exit = ctl_fail_usage (ctl, NULL, "What %s holds is no token",
                                  ctl->token_file != NULL ? ctl->token_file : "$SIGNALBOX_TOKEN");
      return FALSE;
    }
  client_set_token (client, token);
  return TRUE;
}

/* FALSE: *out_exit. */
static gboolean
set_authorities (Ctl *ctl, Client *client, int *out_exit)
{
  const char *path = ctl->ca_file != NULL ? ctl->ca_file : g_getenv ("SIGNALBOX_CA_FILE");
  g_autoptr (GError) error = NULL;

  if (path == NULL || client_believe (client, path, &error))
    return TRUE;
  *out_exit = ctl_fail (ctl, EX_NOINPUT, "The authorities' certificates in “%s” cannot be used: %s",
                        path, error->message);
  return FALSE;
}

Client *
ctl_client_new (Ctl *ctl, int *out_exit)
{
  g_autofree char *fallback = ctl->socket == NULL ? paths_socket () : NULL;
  g_autoptr (GError) error = NULL;
  Client *client = client_new (ctl->socket != NULL ? ctl->socket : fallback, ctl->url, &error);

  if (client == NULL)
    *out_exit = ctl_fail_usage (ctl, NULL, "%s", error->message);
  else if (ctl->url != NULL &&
           (!set_token (ctl, client, out_exit) || !set_authorities (ctl, client, out_exit)))
    g_clear_pointer (&client, client_free);
  return client;
}

/* Where in the request's body the router found fault, shown there. */
static void
print_place (Ctl *ctl, JsonObject *problem, GBytes *request_body)
{
  gint64 line = field_int (problem, "line");
  gint64 column = field_int (problem, "column");
  gsize length = 0;
  const char *text = request_body != NULL ? g_bytes_get_data (request_body, &length) : NULL;

  if (*field_string (problem, "pointer") != '\0')
    ctl_hint (ctl, "At %s, line %d, column %d", field_string (problem, "pointer"), (int) line,
              (int) column);
  else if (line > 0)
    ctl_hint (ctl, "At line %d, column %d", (int) line, (int) column);
  if (line > 0 && text != NULL)
    pretty_excerpt (ctl->err, text, length, (guint) line, (guint) MAX (column, 0));
}

static void
print_configuration_problems (Ctl *ctl, JsonArray *problems)
{
  for (guint i = 0; i < field_length (problems); i++)
    {
      JsonObject *problem = field_object_at (problems, i);
      const char *key = field_string (problem, "key");

      output_putf (ctl->err, STYLE_STRONG, "%s:%d:%d: ", field_string (problem, "file"),
                   (int) field_int (problem, "line"), (int) field_int (problem, "column"));
      if (*key != '\0')
        output_putf (ctl->err, STYLE_NAME, "%s: ", key);
      output_put (ctl->err, STYLE_PLAIN, field_string (problem, "message"));
      output_newline (ctl->err);
      if (*field_string (problem, "hint") != '\0')
        ctl_hint (ctl, "%s", field_string (problem, "hint"));
    }
}

static int
exit_code_of (guint status)
{
  switch (status)
    {
    case 401:
    case 403:
      return EX_NOPERM;
    case 404:
      return EX_NOTHING;
    case 422:
      return EX_CONFIG;
    case 429:
    case 503:
    case 507:
      return EX_TEMPFAIL;
    default:
      return status >= 400 && status < 500 ? EX_DATAERR : EX_SOFTWARE;
    }
}

static int
refused (Ctl *ctl, Client *client, const ClientRequest *request, ClientAnswer *answer)
{
  JsonObject *problem = client_answer_get_object (answer);
  const char *title = field_string (problem, "title");
  const char *detail = field_string (problem, "detail");

  if (ctl->json && problem != NULL)
    ctl_print_body (ctl, answer);
  if (*title == '\0')
    return ctl_fail (ctl, exit_code_of (answer->status),
                     "The answer to %s %s was %u, with no explanation; is this a Signalbox router?",
                     request->method, request->path, answer->status);
  ctl_fail (ctl, 0, "%s%s%s", title, *detail != '\0' ? ": " : "", detail);
  print_place (ctl, problem, request->body);
  print_configuration_problems (ctl, field_array (problem, "problems"));
  if (*field_string (problem, "remedy") != '\0')
    ctl_hint (ctl, "%s", field_string (problem, "remedy"));
  if (g_str_has_suffix (field_string (problem, "type"), ":not-found") && !ctl->json)
    known_hint_refused (ctl, client, problem);
  if (answer->retry_after_s > 0)
    ctl_hint (ctl, "The router asks to try again in %u s", answer->retry_after_s);
  return exit_code_of (answer->status);
}

int
ctl_client_call (Ctl *ctl, Client *client, const ClientRequest *request, ClientAnswer **out_answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ClientAnswer) answer = client_call (client, request, &error);

  if (answer == NULL)
    {
      ctl_fail (ctl, 0, "%s", error->message);
      if (!g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE))
        return EX_USAGE;
      ctl_hint (ctl, "Start it with: signalboxd (or systemctl start signalboxd)");
      ctl_hint (ctl, "If it listens elsewhere: --socket PATH, $SIGNALBOX_SOCKET or --url URL");
      return EX_UNAVAILABLE;
    }
  if (answer->status < 200 || answer->status > 299)
    return refused (ctl, client, request, answer);
  *out_answer = g_steal_pointer (&answer);
  return EX_OK;
}

int
ctl_call (Ctl *ctl, const ClientRequest *request, ClientAnswer **out_answer)
{
  int exit_code = EX_USAGE;
  g_autoptr (Client) client = ctl_client_new (ctl, &exit_code);

  return client != NULL ? ctl_client_call (ctl, client, request, out_answer) : exit_code;
}

int
ctl_get (Ctl *ctl, const char *path, ClientAnswer **out_answer)
{
  return ctl_call (ctl, &(const ClientRequest){ .method = "GET", .path = path }, out_answer);
}

void
ctl_print_body (Ctl *ctl, ClientAnswer *answer)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (answer->body, &length);

  output_raw (ctl->out, text, length);
  if (length == 0 || text[length - 1] != '\n')
    output_newline (ctl->out);
}

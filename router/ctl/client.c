/* client.c: the only file that knows the HTTP client library. */
#include "config.h"

#include "client.h"

#include "base/error.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/un.h>

#define TIMEOUT_S 60

struct Client
{
  SoupSession *session;
  char *base; /* without a slash at the end */
  char *place;
  char *authorization; /* NULL: none */
};

static gboolean
check_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' &&
      (g_str_equal (g_uri_get_scheme (uri), "http") ||
       g_str_equal (g_uri_get_scheme (uri), "https")))
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
               "“%s” is not the address of a router; it looks like http://127.0.0.1:4610", url);
  return FALSE;
}

static SoupSession *
session_for_socket (const char *path, GError **error)
{
  const gsize longest = sizeof (((struct sockaddr_un *) NULL)->sun_path) - 1;
  g_autoptr (GSocketAddress) address = NULL;

  if (strlen (path) > longest)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "The socket path “%s” is longer than %" G_GSIZE_FORMAT
                   " bytes, which no Unix socket can have",
                   path, longest);
      return NULL;
    }
  address = g_unix_socket_address_new (path);
  return soup_session_new_with_options ("remote-connectable", address, NULL);
}

Client *
client_new (const char *socket_path, const char *url, GError **error)
{
  g_autoptr (SoupSession) session = NULL;
  Client *self;

  if (url != NULL && !check_url (url, error))
    return NULL;
  session = url != NULL ? soup_session_new () : session_for_socket (socket_path, error);
  if (session == NULL)
    return NULL;
  soup_session_set_timeout (session, TIMEOUT_S);
  soup_session_set_user_agent (session, "signalboxctl/" SIGNALBOX_VERSION);
  /* A proxy of the environment is for the way out, not for the router on this machine. */
  soup_session_set_proxy_resolver (session, NULL);

  self = g_new0 (Client, 1);
  self->session = g_steal_pointer (&session);
  self->base = g_strdup (url != NULL ? url : "http://localhost");
  if (g_str_has_suffix (self->base, "/"))
    self->base[strlen (self->base) - 1] = '\0';
  self->place = url != NULL ? g_strdup (url) : g_strdup_printf ("the socket %s", socket_path);
  return self;
}

void
client_free (Client *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->session);
  g_free (self->base);
  g_free (self->place);
  g_free (self->authorization);
  g_free (self);
}

void
client_set_token (Client *self, const char *token)
{
  g_free (self->authorization);
  self->authorization = g_strconcat ("Bearer ", token, NULL);
}

gboolean
client_believe (Client *self, const char *ca_file, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (ca_file, NULL);
  g_autoptr (GTlsDatabase) authorities = g_tls_file_database_new (path, error);

  if (authorities == NULL)
    return FALSE;
  soup_session_set_tls_database (self->session, authorities);
  return TRUE;
}

const char *
client_get_place (Client *self)
{
  return self->place;
}

gboolean
client_header_is_valid (const char *header)
{
  const char *colon = strchr (header, ':');

  if (colon == NULL || colon == header || !g_utf8_validate (header, -1, NULL))
    return FALSE;
  for (const char *at = header; at < colon; at++)
    if (!g_ascii_isalnum (*at) && strchr ("!#$%&'*+-.^_`|~", *at) == NULL)
      return FALSE;
  for (const char *at = colon; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at) && *at != '\t')
      return FALSE;
  return TRUE;
}

static SoupMessage *
message_new (Client *self, const ClientRequest *request, GError **error)
{
  g_autofree char *url = g_strconcat (self->base, request->path, NULL);
  SoupMessage *message = soup_message_new (request->method, url);

  if (message == NULL)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "“%s” is not a URL", url);
      return NULL;
    }
  for (gsize i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
    {
      const char *colon = strchr (request->headers[i], ':');
      g_autofree char *name = g_strndup (request->headers[i],
                                         (gsize) (colon - request->headers[i]));
      g_autofree char *value = g_strstrip (g_strdup (colon + 1));

      soup_message_headers_append (soup_message_get_request_headers (message), name, value);
    }
  if (self->authorization != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                  self->authorization);
  if (request->body != NULL)
    soup_message_set_request_body_from_bytes (message, request->content_type, request->body);
  return message;
}

static JsonNode *
parse (GBytes *body)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);

  if (length == 0 || !json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return NULL;
  return json_parser_steal_root (parser);
}

ClientAnswer *
client_call (Client *self, const ClientRequest *request, GError **error)
{
  g_autoptr (SoupMessage) message = message_new (self, request, error);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) local = NULL;
  const char *retry_after;
  ClientAnswer *answer;

  if (message == NULL)
    return NULL;
  soup_session_set_timeout (self->session, request->takes_long ? 0 : TIMEOUT_S);
  body = soup_session_send_and_read (self->session, message, NULL, &local);
  if (body == NULL)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE,
                   "The router cannot be reached at %s: %s", self->place, local->message);
      return NULL;
    }
  answer = g_new0 (ClientAnswer, 1);
  answer->status = soup_message_get_status (message);
  answer->root = parse (body);
  answer->body = g_steal_pointer (&body);
  retry_after = soup_message_headers_get_one (soup_message_get_response_headers (message),
                                              "Retry-After");
  if (retry_after != NULL)
    answer->retry_after_s = (guint) g_ascii_strtoull (retry_after, NULL, 10);
  return answer;
}

void
client_stream (Client *self,
               const char *path,
               GCancellable *stop,
               ClientLine line,
               gpointer user_data)
{
  g_autoptr (SoupMessage) message = message_new (
      self, &(const ClientRequest){ .method = "GET", .path = path }, NULL);
  g_autoptr (GInputStream) stream = message != NULL
                                        ? soup_session_send (self->session, message, stop, NULL)
                                        : NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  char *text;

  if (stream == NULL || soup_message_get_status (message) != 200)
    return;
  lines = g_data_input_stream_new (stream);
  while ((text = g_data_input_stream_read_line_utf8 (lines, NULL, stop, NULL)) != NULL)
    {
      line (text, user_data);
      g_free (text);
    }
}

void
client_answer_free (ClientAnswer *answer)
{
  if (answer == NULL)
    return;
  g_clear_pointer (&answer->root, json_node_unref);
  g_bytes_unref (answer->body);
  g_free (answer);
}

JsonObject *
client_answer_get_object (ClientAnswer *answer)
{
  if (answer->root == NULL || !JSON_NODE_HOLDS_OBJECT (answer->root))
    return NULL;
  return json_node_get_object (answer->root);
}

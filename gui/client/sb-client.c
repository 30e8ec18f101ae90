#include "config.h"

#include "sb-client.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>
#include <string.h>

#include "sb-error.h"
#include "sb-json.h"
#include "sb-text.h"

#define BIG_BODY_BYTES (32 * 1024) /* parsed in a thread: a frame is not late for it */
#define STREAM_TIMEOUT_S 40        /* the router says something every 15 */

/* A connection to one router.
 *
 * Every call is one HTTP exchange that ends in a Reply, the task's value.  Each kind of call has a
 * finish function that reads of the Reply what it promises. */
struct _SbClient
{
  GObject parent_instance;

  SbAddress *address;
  guint timeout_s;
  char *token;                /* NULL: none */
  GTlsDatabase *certificates; /* NULL: the computer's */
  GError *certificates_error; /* why there are none, or NULL: then nobody is asked */
  SoupSession *session;
  SoupSession *stream_session;  /* waits longer: the stream is silent while nothing happens */
  SoupSession *patient_session; /* waits for ever: some work takes its time */
};

G_DEFINE_FINAL_TYPE (SbClient, sb_client, G_TYPE_OBJECT)

typedef struct
{
  guint status;
  char *etag;
  GBytes *body;
  JsonNode *json; /* of the body when that is a JSON object, else NULL */
} Reply;

static void
reply_free (Reply *reply)
{
  g_free (reply->etag);
  g_bytes_unref (reply->body);
  g_clear_pointer (&reply->json, json_node_unref);
  g_free (reply);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, reply_free)

static JsonNode *
parse_object (GBytes *body)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  gsize length;
  const char *text = g_bytes_get_data (body, &length);

  if (length == 0 || !json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return NULL;
  if (json_parser_get_root (parser) == NULL ||
      !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return NULL;
  return json_parser_steal_root (parser);
}

static gboolean
is_json (SoupMessage *message)
{
  const char *type = soup_message_headers_get_content_type (
      soup_message_get_response_headers (message), NULL);

  return type != NULL &&
         (g_str_equal (type, "application/json") || g_str_has_suffix (type, "+json"));
}

/* Why a certificate was not taken, in plain words. */
static const char *
describe_certificate (GTlsCertificateFlags flags)
{
  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    return _ ("Its certificate has expired; the router needs a new one.");
  if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return _ ("Its certificate is not valid yet; is the clock of this computer right?");
  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return _ ("Its certificate is for another name; connect by a name that it was made for.");
  if (flags & G_TLS_CERTIFICATE_REVOKED)
    return _ ("Its certificate was revoked; the router needs a new one.");
  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return _ ("Who issued its certificate is not known here; choose the issuer's certificate for "
              "this connection.");
  return _ ("Its certificate is not good; the router needs a new one.");
}

/* Somebody took the connection and said nothing: plain HTTP to a listener of TLS ends so. */
static gboolean
was_hung_up_on (SbClient *self, const GError *error)
{
  return sb_address_get_connectable (self->address) == NULL && !sb_address_is_tls (self->address) &&
         error->domain == G_IO_ERROR &&
         (error->code == G_IO_ERROR_PARTIAL_INPUT || error->code == G_IO_ERROR_CONNECTION_CLOSED);
}

static GError *
new_away_error (SbClient *self, SoupMessage *message, const GError *error)
{
  const char *place = sb_address_get_place (self->address);
  g_autofree char *visible = sb_text_visible (place, -1, SB_TEXT_LINE);

  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return g_error_new (
        SB_ERROR, SB_ERROR_CERTIFICATE,
        /* Translators: an address, and a sentence about its certificate */
        _ ("%s may not be the router. %s"), visible,
           describe_certificate (soup_message_get_tls_peer_certificate_errors (message)));
  if (error->domain == G_TLS_ERROR && !g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF))
    return g_error_new (SB_ERROR, SB_ERROR_PROTOCOL,
                        _ ("No TLS is spoken at %s; is its address one with http://?"), visible);
  if (error->domain == SOUP_SESSION_ERROR && !sb_address_is_tls (self->address))
    return g_error_new (SB_ERROR, SB_ERROR_PROTOCOL,
                        _ ("What answers at %s speaks no HTTP; is its address one with https://?"),
                           visible);
  if (was_hung_up_on (self, error))
    return g_error_new (SB_ERROR, SB_ERROR_UNREACHABLE,
                        _ ("%s ends the connection without an answer. Is its address one with "
                           "https://?"),
                           visible);
  return g_error_new (SB_ERROR, SB_ERROR_UNREACHABLE,
                      _ ("No router answers at %s: %s"), visible, error->message);
}

static void
parse_thread (GTask *parsing, gpointer source, gpointer body, GCancellable *cancellable)
{
  g_task_return_pointer (parsing, parse_object (body), (GDestroyNotify) json_node_unref);
}

/* The task's value is the reply. */
static void
parsed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (Reply) reply = g_object_steal_data (G_OBJECT (result), "reply");

  reply->json = g_task_propagate_pointer (G_TASK (result), NULL);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_steal_pointer (&reply), (GDestroyNotify) reply_free);
}

static void
return_json (GTask *task, Reply *reply)
{
  g_autoptr (GTask) parsing = NULL;

  if (g_bytes_get_size (reply->body) < BIG_BODY_BYTES)
    {
      reply->json = parse_object (reply->body);
      g_task_return_pointer (task, reply, (GDestroyNotify) reply_free);
      return;
    }
  parsing = g_task_new (g_task_get_source_object (task), NULL, parsed_cb, g_object_ref (task));
  g_task_set_task_data (parsing, g_bytes_ref (reply->body), (GDestroyNotify) g_bytes_unref);
  g_object_set_data (G_OBJECT (parsing), "reply", reply);
  g_task_run_in_thread (parsing, parse_thread);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SbClient *self = g_task_get_source_object (task);
  SoupMessage *message = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result,
                                                               &error);
  g_autoptr (Reply) reply = NULL;

  if (body == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_task_return_error (task, new_away_error (self, message, error));
          return;
        }
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  reply = g_new0 (Reply, 1);
  reply->status = soup_message_get_status (message);
  reply->etag = g_strdup (
      soup_message_headers_get_one (soup_message_get_response_headers (message), "ETag"));
  reply->body = g_steal_pointer (&body);
  if (is_json (message))
    return_json (task, g_steal_pointer (&reply));
  else
    g_task_return_pointer (task, g_steal_pointer (&reply), (GDestroyNotify) reply_free);
}

static void
add_token (SbClient *self, SoupMessage *message)
{
  g_autofree char *value = NULL;

  if (self->token == NULL)
    return;
  value = g_strconcat ("Bearer ", self->token, NULL);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", value);
}

typedef struct
{
  const char *method;
  char *path; /* with its query; taken over */
  GBytes *body;
  const char *content_type;
  const char *etag;
  gboolean patient;
} Call;

static void
send_call (SbClient *self,
           Call call,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  g_autofree char *path = call.path;
  g_autofree char *uri = g_strconcat (sb_address_get_base (self->address), path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (call.method, uri);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_assert (message != NULL);
  g_task_set_source_tag (task, send_call);
  if (self->certificates_error != NULL)
    {
      g_task_return_error (task, g_error_copy (self->certificates_error));
      g_object_unref (task);
      return;
    }
  if (call.body != NULL)
    soup_message_set_request_body_from_bytes (message, call.content_type, call.body);
  if (call.etag != NULL && *call.etag != '\0')
    soup_message_headers_append (soup_message_get_request_headers (message), "If-Match", call.etag);
  else if (call.etag != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "If-None-Match", "*");

  add_token (self, message);
  g_task_set_task_data (task, g_object_ref (message), g_object_unref);
  soup_session_send_and_read_async (call.patient ? self->patient_session : self->session, message,
                                    G_PRIORITY_DEFAULT, cancellable, sent_cb, task);
}

static int
code_for (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      return SB_ERROR_NOT_FOUND;
    case SOUP_STATUS_CONFLICT:
    case SOUP_STATUS_PRECONDITION_FAILED:
      return SB_ERROR_CONFLICT;
    case SOUP_STATUS_UNAUTHORIZED:
      return SB_ERROR_TOKEN;
    case SOUP_STATUS_FORBIDDEN:
      return SB_ERROR_READ_ONLY;
    case 429:
    case SOUP_STATUS_SERVICE_UNAVAILABLE:
    case 507:
      return SB_ERROR_BUSY;
    default:
      return SB_ERROR_INVALID;
    }
}

/* Did the router do what it was asked for? */
static gboolean
check_status (Reply *reply, GError **error)
{
  JsonObject *problem = reply->json != NULL ? json_node_get_object (reply->json) : NULL;
  const char *detail = sb_json_string (problem, "detail");

  if (reply->status >= 200 && reply->status < 300)
    return TRUE;

  if (*detail == '\0')
    detail = sb_json_string (problem, "title");
  if (*detail != '\0')
    g_set_error_literal (error, SB_ERROR, code_for (reply->status), detail);
  else
    g_set_error (error, SB_ERROR, code_for (reply->status),
                 _ ("The router answered %u %s"), reply->status,
                    soup_status_get_phrase (reply->status));
  return FALSE;
}

static JsonObject *
dup_object (SbClient *self, Reply *reply, GError **error)
{
  if (reply->json != NULL)
    return json_object_ref (json_node_get_object (reply->json));

  g_set_error (error, SB_ERROR, SB_ERROR_ANSWER,
               _ ("What answers at %s is not a Signalbox router"),
                  sb_address_get_place (self->address));
  return NULL;
}

static JsonObject *
finish_json (SbClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (Reply) reply = g_task_propagate_pointer (G_TASK (result), error);

  if (reply == NULL || !check_status (reply, error))
    return NULL;
  return dup_object (self, reply, error);
}

static void
sb_client_finalize (GObject *object)
{
  SbClient *self = SB_CLIENT (object);

  g_clear_object (&self->session);
  g_clear_object (&self->stream_session);
  g_clear_object (&self->patient_session);
  g_clear_object (&self->certificates);
  g_clear_error (&self->certificates_error);
  g_clear_pointer (&self->address, sb_address_free);
  g_clear_pointer (&self->token, g_free);

  G_OBJECT_CLASS (sb_client_parent_class)->finalize (object);
}

static void
sb_client_class_init (SbClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_client_finalize;
}

static void
sb_client_init (SbClient *self)
{
}

static void
read_certificates (SbClient *self)
{
  const char *path = sb_address_get_certificates (self->address);
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->certificates);
  g_clear_error (&self->certificates_error);
  if (*path == '\0')
    return;
  self->certificates = g_tls_file_database_new (path, &error);
  if (self->certificates == NULL)
    self->certificates_error = g_error_new (SB_ERROR, SB_ERROR_CERTIFICATE,
                                            _ ("The certificates in %s cannot be read: %s"), path,
                                               error->message);
}

static SoupSession *
new_session (SbClient *self, guint timeout_s)
{
  SoupSession *session = g_object_new (SOUP_TYPE_SESSION, "remote-connectable",
                                       sb_address_get_connectable (self->address), "timeout",
                                       timeout_s, "max-conns", 8, "max-conns-per-host", 8,
                                       "user-agent", "Signalbox/" SIGNALBOX_VERSION, NULL);

  if (self->certificates != NULL)
    soup_session_set_tls_database (session, self->certificates);
  return session;
}

/* What is under way holds the session that it began with. */
void
sb_client_renew (SbClient *self)
{
  g_return_if_fail (SB_IS_CLIENT (self));

  read_certificates (self);
  g_clear_object (&self->session);
  g_clear_object (&self->stream_session);
  g_clear_object (&self->patient_session);
  self->session = new_session (self, self->timeout_s);
  self->stream_session = new_session (self, STREAM_TIMEOUT_S);
  self->patient_session = new_session (self, 0);
}

SbClient *
sb_client_new (const SbAddress *address, guint timeout_s)
{
  SbClient *self = g_object_new (SB_TYPE_CLIENT, NULL);

  self->address = sb_address_copy (address);
  self->timeout_s = timeout_s;
  sb_client_renew (self);
  return self;
}

void
sb_client_set_certificates (SbClient *self, const char *path)
{
  g_return_if_fail (SB_IS_CLIENT (self));

  sb_address_set_certificates (self->address, path);
  sb_client_renew (self);
}

gboolean
sb_client_has_token (SbClient *self)
{
  g_return_val_if_fail (SB_IS_CLIENT (self), FALSE);

  return self->token != NULL;
}

const SbAddress *
sb_client_get_address (SbClient *self)
{
  g_return_val_if_fail (SB_IS_CLIENT (self), NULL);

  return self->address;
}

void
sb_client_set_token (SbClient *self, const char *token)
{
  g_return_if_fail (SB_IS_CLIENT (self));

  g_free (self->token);
  self->token = token != NULL && *token != '\0' ? g_strdup (token) : NULL;
}

/* Sends a GET of the path, which it takes over. */
static void
get (SbClient *self,
     char *path,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  send_call (self, (Call){ .method = "GET", .path = path }, cancellable, callback, user_data);
}

static char *
item_path (const char *list, const char *id, const char *part)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);

  return g_strconcat ("/v1/", list, "/", escaped, part, NULL);
}

void
sb_client_get_status_async (SbClient *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  get (self, g_strdup ("/v1/status"), cancellable, callback, user_data);
}

void
sb_client_get_routes_async (SbClient *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  get (self, g_strdup ("/v1/routes"), cancellable, callback, user_data);
}

void
sb_client_get_delivery_async (SbClient *self,
                              const char *id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  get (self, item_path ("deliveries", id, ""), cancellable, callback, user_data);
}

void
sb_client_get_event_async (SbClient *self,
                           const char *id,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  get (self, item_path ("events", id, ""), cancellable, callback, user_data);
}

void
sb_client_get_page_async (SbClient *self,
                          const char *list,
                          const char *query,
                          const char *after,
                          guint limit,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GString *path = g_string_new ("/v1/");

  g_string_append_printf (path, "%s?limit=%u", list, limit);
  if (*query != '\0')
    g_string_append_printf (path, "&%s", query);
  if (after != NULL)
    {
      g_string_append (path, "&after=");
      g_string_append_uri_escaped (path, after, NULL, FALSE);
    }
  get (self, g_string_free (path, FALSE), cancellable, callback, user_data);
}

void
sb_client_ask_async (SbClient *self,
                     const char *what,
                     const char *query,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  char *path = g_strconcat ("/v1/", what, *query != '\0' ? "?" : "", query, NULL);

  get (self, path, cancellable, callback, user_data);
}

static void
act (SbClient *self,
     const char *what,
     JsonObject *body,
     gboolean patient,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autoptr (GBytes) bytes = NULL;
  char *text;

  if (body != NULL)
    json_node_init_object (node, body);
  else
    json_node_take_object (json_node_init (node, JSON_NODE_OBJECT), json_object_new ());
  text = json_to_string (node, FALSE);
  bytes = g_bytes_new_take (text, strlen (text));
  send_call (self,
             (Call){ .method = "POST",
                     .path = g_strconcat ("/v1/", what, NULL),
                     .body = bytes,
                     .content_type = "application/json",
                     .patient = patient },
             cancellable, callback, user_data);
}

void
sb_client_act_async (SbClient *self,
                     const char *what,
                     JsonObject *body,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  act (self, what, body, FALSE, cancellable, callback, user_data);
}

void
sb_client_act_patiently_async (SbClient *self,
                               const char *what,
                               JsonObject *body,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  act (self, what, body, TRUE, cancellable, callback, user_data);
}

void
sb_client_delete_async (SbClient *self,
                        const char *what,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  send_call (self, (Call){ .method = "DELETE", .path = g_strconcat ("/v1/", what, NULL) },
             cancellable, callback, user_data);
}

void
sb_client_post_async (SbClient *self,
                      const char *what,
                      GBytes *json,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  send_call (self,
             (Call){ .method = "POST",
                     .path = g_strconcat ("/v1/", what, NULL),
                     .body = json,
                     .content_type = "application/json" },
             cancellable, callback, user_data);
}

void
sb_client_send_event_async (SbClient *self,
                            const char *path,
                            GBytes *json,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  send_call (self,
             (Call){ .method = "POST",
                     .path = g_strdup (path),
                     .body = json,
                     .content_type = "application/json" },
             cancellable, callback, user_data);
}

gboolean
sb_client_send_event_finish (SbClient *self, GAsyncResult *result, char **out_id, GError **error)
{
  g_autoptr (Reply) reply = g_task_propagate_pointer (G_TASK (result), error);
  const char *id;

  if (reply == NULL || !check_status (reply, error))
    return FALSE;
  id = reply->json != NULL ? sb_json_string (json_node_get_object (reply->json), "id") : "";
  *out_id = *id != '\0' ? g_strdup (id) : NULL;
  return TRUE;
}

JsonObject *
sb_client_act_finish (SbClient *self,
                      GAsyncResult *result,
                      GPtrArray **out_problems,
                      GError **error)
{
  g_autoptr (Reply) reply = g_task_propagate_pointer (G_TASK (result), error);

  if (reply == NULL)
    return NULL;
  if (reply->status == SOUP_STATUS_UNPROCESSABLE_ENTITY && reply->json != NULL)
    *out_problems = sb_diagnostics_from_problem (json_node_get_object (reply->json));
  if (!check_status (reply, error))
    return NULL;
  return dup_object (self, reply, error);
}

JsonObject *
sb_client_get_finish (SbClient *self, GAsyncResult *result, GError **error)
{
  return finish_json (self, result, error);
}

/* ---- The stream ------------------------------------------------------------------------------ */

static void
stream_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SoupMessage *message = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result,
                                                              &error);
  guint status = soup_message_get_status (message);

  if (stream == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (status != SOUP_STATUS_OK)
    g_task_return_new_error (task, SB_ERROR, code_for (status), "%s",
                             soup_status_get_phrase (status));
  else
    g_task_return_pointer (task, g_steal_pointer (&stream), g_object_unref);
}

void
sb_client_open_changes_async (SbClient *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autofree char *uri = g_strconcat (sb_address_get_base (self->address), "/v1/changes", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_assert (message != NULL);
  g_task_set_source_tag (task, sb_client_open_changes_async);
  add_token (self, message);
  g_task_set_task_data (task, g_object_ref (message), g_object_unref);
  soup_session_send_async (self->stream_session, message, G_PRIORITY_DEFAULT, cancellable,
                           stream_cb, task);
}

GInputStream *
sb_client_open_changes_finish (SbClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- Bytes ----------------------------------------------------------------------------------- */

void
sb_client_fetch_payload_async (SbClient *self,
                               const char *delivery_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  get (self, item_path ("deliveries", delivery_id, "/payload"), cancellable, callback, user_data);
}

void
sb_client_fetch_body_async (SbClient *self,
                            const char *event_id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  get (self, item_path ("events", event_id, "/body"), cancellable, callback, user_data);
}

static char *
file_path (const char *path, const char *query)
{
  g_autofree char *escaped = g_uri_escape_string (path, "/", FALSE);

  return g_strconcat ("/v1/config/file/", escaped, query, NULL);
}

void
sb_client_fetch_file_async (SbClient *self,
                            const char *path,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  get (self, file_path (path, ""), cancellable, callback, user_data);
}

GBytes *
sb_client_fetch_finish (SbClient *self, GAsyncResult *result, char **out_etag, GError **error)
{
  g_autoptr (Reply) reply = g_task_propagate_pointer (G_TASK (result), error);

  if (reply == NULL || !check_status (reply, error))
    return NULL;
  if (out_etag != NULL)
    *out_etag = g_steal_pointer (&reply->etag);
  return g_bytes_ref (reply->body);
}

void
sb_client_write_file_async (SbClient *self,
                            const char *path,
                            GBytes *text,
                            const char *etag,
                            SbWrite write,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Call call = { .method = "PUT",
                .path = file_path (path, write == SB_WRITE_CHECK ? "?check=true" : ""),
                .body = text,
                .content_type = "application/json",
                .etag = etag };

  send_call (self, call, cancellable, callback, user_data);
}

void
sb_client_remove_file_async (SbClient *self,
                             const char *path,
                             const char *etag,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  send_call (self, (Call){ .method = "DELETE", .path = file_path (path, ""), .etag = etag },
             cancellable, callback, user_data);
}

gboolean
sb_client_write_file_finish (SbClient *self,
                             GAsyncResult *result,
                             gint64 *out_generation,
                             GPtrArray **out_problems,
                             GError **error)
{
  g_autoptr (Reply) reply = g_task_propagate_pointer (G_TASK (result), error);
  g_autoptr (JsonObject) answer = NULL;

  if (reply == NULL)
    return FALSE;
  if (reply->status == SOUP_STATUS_UNPROCESSABLE_ENTITY || reply->status == SOUP_STATUS_BAD_REQUEST)
    {
      JsonObject *problem = reply->json != NULL ? json_node_get_object (reply->json) : NULL;
      const char *detail = sb_json_string (problem, "detail");

      g_set_error_literal (error, SB_ERROR, SB_ERROR_INVALID,
                           *detail != '\0' ? detail : _ ("The router refused the text"));
      *out_problems = sb_diagnostics_from_problem (problem);
      return FALSE;
    }

  if (!check_status (reply, error))
    return FALSE;
  answer = dup_object (self, reply, error);
  if (answer == NULL)
    return FALSE;
  *out_generation = sb_json_int (answer, "generation");
  return TRUE;
}

static GBytes *
operate_body (const SbDeadLetters *which)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  gsize length;
  char *text;

  json_builder_begin_object (builder);
  if (which->ids != NULL)
    {
      json_builder_set_member_name (builder, "ids");
      json_builder_begin_array (builder);
      for (gsize i = 0; which->ids[i] != NULL; i++)
        json_builder_add_string_value (builder, which->ids[i]);
      json_builder_end_array (builder);
    }
  else
    {
      const char *const members[][2] = { { "connector", which->connector },
                                         { "rule", which->rule } };

      json_builder_set_member_name (builder, "filter");
      json_builder_begin_object (builder);
      for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
        if (members[i][1] != NULL)
          {
            json_builder_set_member_name (builder, members[i][0]);
            json_builder_add_string_value (builder, members[i][1]);
          }
      if (which->to_us != 0)
        {
          g_autofree char *to = sb_json_format_time (which->to_us);

          json_builder_set_member_name (builder, "to");
          json_builder_add_string_value (builder, to);
        }
      json_builder_end_object (builder);
    }
  json_builder_set_member_name (builder, "actor");
  json_builder_add_string_value (builder, g_get_user_name ());
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  length = strlen (text);
  return g_bytes_new_take (text, length);
}

void
sb_client_operate_async (SbClient *self,
                         SbOperation operation,
                         const SbDeadLetters *which,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GBytes) body = operate_body (which);
  Call call = { .method = "POST",
                .path = g_strdup (operation == SB_OPERATION_REPLAY ? "/v1/replay" : "/v1/discard"),
                .body = body,
                .content_type = "application/json" };

  send_call (self, call, cancellable, callback, user_data);
}

gboolean
sb_client_operate_finish (SbClient *self,
                          GAsyncResult *result,
                          gint64 *out_applied,
                          gint64 *out_skipped,
                          GError **error)
{
  g_autoptr (JsonObject) answer = finish_json (self, result, error);

  if (answer == NULL)
    return FALSE;
  *out_applied = sb_json_int (answer, "applied");
  *out_skipped = sb_json_int (answer, "skipped");
  return TRUE;
}

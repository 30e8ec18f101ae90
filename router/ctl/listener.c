/* listener.c: see listener.h.
 *
 * A thread a connection, because a delay or a slow sender must not hold up the others and nobody
 * sends this tool thousands of requests at once.  Requests are numbered and handed on under one
 * lock. */
#include "config.h"

#include "listener.h"

#include "base/event.h"

#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

#define MAX_BODY_BYTES (64 * 1024 * 1024)
#define IDLE_S 60
#define MAX_CONNECTIONS 512
#define DRAIN_S 5 /* for a peer that does not read its answer */

struct Listener
{
  ListenerSettings settings;
  char *status_file;
  Clock *clock;
  Random *random;
  ListenerSink sink;
  gpointer user_data;

  struct MHD_Daemon *daemon;
  guint16 port;

  GMutex lock; /* of what follows; also held while the sink runs */
  GCond changed;
  gboolean stopping;
  guint n_waiting; /* requests not yet answered */
  guint64 n;
};

typedef struct
{
  char *target; /* as sent: path and query, not decoded */
  gboolean begun;
  GByteArray *body;
  gboolean too_large;
  gboolean waiting; /* counted in n_waiting */
} Upload;

/* ---- What is answered ------------------------------------------------------------------------ */

guint
listener_choose (const ListenerSettings *settings, guint64 n, Random *random, const char *file_text)
{
  guint64 from_file = file_text != NULL ? g_ascii_strtoull (file_text, NULL, 10) : 0;

  if (from_file >= 200 && from_file <= 599)
    return (guint) from_file;
  if (n <= settings->fail_first)
    return settings->fail_status;
  if (settings->fail_percent > 0 && random_unit (random) * 100 < settings->fail_percent)
    return settings->fail_status;
  return settings->status;
}

static void
wait_delay (Listener *self)
{
  gint64 until = g_get_monotonic_time () + self->settings.delay_us;

  g_mutex_lock (&self->lock);
  while (!self->stopping && g_cond_wait_until (&self->changed, &self->lock, until))
    continue;
  g_mutex_unlock (&self->lock);
}

static enum MHD_Result
answer (struct MHD_Connection *connection, guint status)
{
  g_autofree char *text = g_strdup_printf ("{\"status\":%u}\n", status);
  struct MHD_Response *response = MHD_create_response_from_buffer (strlen (text), text,
                                                                   MHD_RESPMEM_MUST_COPY);
  enum MHD_Result result;

  MHD_add_response_header (response, "Content-Type", "application/json");
  result = MHD_queue_response (connection, status, response);
  MHD_destroy_response (response);
  return result;
}

/* ---- Taking requests ------------------------------------------------------------------------- */

static enum MHD_Result
collect_header (void *user_data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  g_ptr_array_add (user_data, g_strdup (name));
  g_ptr_array_add (user_data, g_strdup (value != NULL ? value : ""));
  return MHD_YES;
}

static guint
hand_on (Listener *self, ListenerRequest *request)
{
  g_autofree char *file_text = NULL;

  if (self->status_file != NULL)
    g_file_get_contents (self->status_file, &file_text, NULL, NULL);
  g_mutex_lock (&self->lock);
  request->n = ++self->n;
  request->status = listener_choose (&self->settings, request->n, self->random, file_text);
  self->sink (request, self->user_data);
  g_mutex_unlock (&self->lock);
  return request->status;
}

static void
set_waiting (Listener *self, Upload *upload, gboolean waiting)
{
  g_mutex_lock (&self->lock);
  if (upload->waiting != waiting)
    self->n_waiting += waiting ? 1 : -1;
  upload->waiting = waiting;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static enum MHD_Result
finish (Listener *self, struct MHD_Connection *connection, const char *method, Upload *upload)
{
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) body = g_bytes_new (upload->body->data, upload->body->len);
  ListenerRequest request = { .at_us = clock_wall_us (self->clock), .method = method };

  set_waiting (self, upload, TRUE);
  if (upload->too_large)
    return answer (connection, MHD_HTTP_CONTENT_TOO_LARGE);
  MHD_get_connection_values (connection, MHD_HEADER_KIND, collect_header, headers);
  request.path = upload->target;
  request.headers = headers;
  request.body = body;
  if (self->settings.delay_us > 0)
    wait_delay (self);
  return answer (connection, hand_on (self, &request));
}

/* The first that is heard of a request, before anything is decoded. */
static void *
begin (void *user_data, const char *target, struct MHD_Connection *connection)
{
  Upload *upload = g_new0 (Upload, 1);

  upload->target = g_strdup (target);
  upload->body = g_byte_array_new ();
  return upload;
}

static enum MHD_Result
handle (void *user_data,
        struct MHD_Connection *connection,
        const char *url,
        const char *method,
        const char *version,
        const char *data,
        size_t *data_size,
        void **state)
{
  Upload *upload = *state;

  if (!upload->begun)
    {
      upload->begun = TRUE;
      return MHD_YES;
    }
  if (*data_size == 0)
    return finish (user_data, connection, method, upload);
  if (upload->body->len + *data_size > MAX_BODY_BYTES)
    upload->too_large = TRUE;
  else
    g_byte_array_append (upload->body, (const guint8 *) data, (guint) *data_size);
  *data_size = 0;
  return MHD_YES;
}

static void
completed (void *user_data,
           struct MHD_Connection *connection,
           void **state,
           enum MHD_RequestTerminationCode code)
{
  Upload *upload = *state;

  if (upload == NULL)
    return;
  set_waiting (user_data, upload, FALSE);
  g_byte_array_unref (upload->body);
  g_free (upload->target);
  g_free (upload);
  *state = NULL;
}

/* ---- Listening ------------------------------------------------------------------------------- */

static GSocket *
listen_on (const char *address, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GSocket) socket = NULL;

  if (where == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is not an IP address; for example 127.0.0.1", address);
      return NULL;
    }
  socket = g_socket_new (g_socket_address_get_family (where), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL || !g_socket_bind (socket, where, TRUE, error) ||
      !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static GSocket *
listen_as_told (const ListenerSettings *settings, GError **error)
{
  g_autoptr (GError) local = NULL;
  GSocket *socket = listen_on (settings->address, settings->port, &local);

  if (socket == NULL && settings->any_port &&
      g_error_matches (local, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return listen_on (settings->address, 0, error);
  if (socket == NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&local), "Port %u: ", settings->port);
  return socket;
}

static gboolean
start (Listener *self, GSocket *socket, GError **error)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, error);
  int fd;

  if (address == NULL)
    return FALSE;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  fd = dup (g_socket_get_fd (socket)); /* the daemon closes its own */
  self->daemon = MHD_start_daemon (
      MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC,
      0, NULL, NULL, handle, self, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, begin,
      self, MHD_OPTION_NOTIFY_COMPLETED, completed, self, MHD_OPTION_CONNECTION_TIMEOUT,
      (unsigned int) IDLE_S, MHD_OPTION_CONNECTION_LIMIT, (unsigned int) MAX_CONNECTIONS,
      MHD_OPTION_END);
  if (self->daemon != NULL)
    return TRUE;
  close (fd);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The HTTP server does not start on port %u",
               self->port);
  return FALSE;
}

Listener *
listener_new (const ListenerSettings *settings,
              Clock *clock,
              Random *random,
              ListenerSink sink,
              gpointer user_data,
              GError **error)
{
  g_autoptr (GSocket) socket = listen_as_told (settings, error);
  g_autoptr (Listener) self = NULL;

  if (socket == NULL)
    return NULL;
  self = g_new0 (Listener, 1);
  self->settings = *settings;
  self->settings.address = NULL; /* the caller's, and not needed any more */
  self->settings.status_file = NULL;
  self->status_file = g_strdup (settings->status_file);
  self->clock = clock;
  self->random = random;
  self->sink = sink;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  if (!start (self, socket, error))
    return NULL;
  return g_steal_pointer (&self);
}

guint16
listener_get_port (Listener *self)
{
  return self->port;
}

guint
listener_get_n_waiting (Listener *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_waiting;
  g_mutex_unlock (&self->lock);
  return n;
}

/* Stopping the server cuts its connections; this lets the answers out first. */
static void
drain (Listener *self)
{
  gint64 until = g_get_monotonic_time () + DRAIN_S * G_USEC_PER_SEC;
  int fd = MHD_quiesce_daemon (self->daemon);

  if (fd >= 0)
    close (fd);
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_broadcast (&self->changed);
  while (self->n_waiting > 0 && g_cond_wait_until (&self->changed, &self->lock, until))
    continue;
  g_mutex_unlock (&self->lock);
}

void
listener_free (Listener *self)
{
  if (self == NULL)
    return;
  if (self->daemon != NULL)
    {
      drain (self);
      MHD_stop_daemon (self->daemon);
    }
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self->status_file);
  g_free (self);
}

/* ---- What arrived ---------------------------------------------------------------------------- */

/* Header values are bytes: what is not UTF-8 is replaced. */
static void
append_string (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  event_append_json_string (out, valid, -1);
}

char *
listener_request_to_json (const ListenerRequest *request)
{
  GString *out = g_string_new (NULL);
  g_autofree char *at = clock_format_us (request->at_us);
  gsize length = 0;
  const char *body = g_bytes_get_data (request->body, &length);

  g_string_append_printf (out, "{\"n\":%" G_GUINT64_FORMAT ",\"at\":\"%s\",\"method\":", request->n,
                          at);
  append_string (out, request->method);
  g_string_append (out, ",\"path\":");
  append_string (out, request->path);
  g_string_append_printf (out, ",\"status\":%u,\"headers\":{", request->status);
  for (guint i = 0; i + 1 < request->headers->len; i += 2)
    {
      g_string_append (out, i > 0 ? "," : "");
      append_string (out, g_ptr_array_index (request->headers, i));
      g_string_append_c (out, ':');
      append_string (out, g_ptr_array_index (request->headers, i + 1));
    }
  if (length == 0 || g_utf8_validate_len (body, length, NULL))
    {
      g_string_append (out, "},\"body\":");
      event_append_json_string (out, length > 0 ? body : "", (gssize) length);
    }
  else
    {
      g_autofree char *base64 = g_base64_encode ((const guchar *) body, length);

      g_string_append_printf (out, "},\"body_base64\":\"%s\"", base64);
    }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

/* One libmicrohttpd daemon, a thread a connection, so that a held answer blocks nobody else. */
#include "receiver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

struct Receiver
{
  struct MHD_Daemon *daemon;
  guint port;
  char *url;

  GMutex lock; /* guards all below */
  GCond changed;
  GPtrArray *requests; /* ReceivedRequest */
  guint n_connections;
  guint n_under_way, most_at_once;
  guint status;
  GArray *script; /* guint */
  gsize script_at;
  guint fail_percent;
  GRand *random;
  gboolean held;
  gboolean closing;
  GPtrArray *headers; /* name, value, name, value … */
  GBytes *body;
  char *raw;
  gboolean endless;
};

/* While a request comes in. */
typedef struct
{
  char *target;
  ReceivedRequest *request; /* NULL until its head is there */
  GByteArray *body;
} Incoming;

static void
received_request_free (gpointer data)
{
  ReceivedRequest *request = data;

  g_free (request->method);
  g_free (request->path);
  g_free (request->target);
  g_hash_table_unref (request->headers);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_free (request);
}

static enum MHD_Result
take_header (void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
  g_hash_table_insert (user, g_ascii_strdown (name, -1), g_strdup (value != NULL ? value : ""));
  return MHD_YES;
}

/* The first that is heard of a request: its target, before any decoding. */
static void *
begin (void *user, const char *target, struct MHD_Connection *connection)
{
  Incoming *incoming = g_new0 (Incoming, 1);

  incoming->target = g_strdup (target);
  return incoming;
}

static void
incoming_fill (Incoming *incoming,
               struct MHD_Connection *connection,
               const char *method,
               const char *path)
{
  ReceivedRequest *request = g_new0 (ReceivedRequest, 1);

  request->target = g_steal_pointer (&incoming->target);
  request->method = g_strdup (method);
  request->path = g_strdup (path);
  request->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  MHD_get_connection_values (connection, MHD_HEADER_KIND, take_header, request->headers);
  incoming->request = request;
  incoming->body = g_byte_array_new ();
}

/* With the lock. */
static guint
choose_status (Receiver *receiver)
{
  if (receiver->script_at < receiver->script->len)
    return g_array_index (receiver->script, guint, receiver->script_at++);
  if (receiver->fail_percent > 0 &&
      (guint) g_rand_int_range (receiver->random, 0, 100) < receiver->fail_percent)
    return g_rand_boolean (receiver->random) ? 500 : RECEIVER_DROP;
  return receiver->status;
}

/* Records the whole request, waits while answers are held, and says which answer it gets. */
static guint
record (Receiver *receiver, Incoming *incoming)
{
  ReceivedRequest *request = g_steal_pointer (&incoming->request);
  guint status;

  request->body = g_byte_array_free_to_bytes (g_steal_pointer (&incoming->body));
  request->at_us = g_get_monotonic_time ();
  g_mutex_lock (&receiver->lock);
  status = choose_status (receiver);
  g_ptr_array_add (receiver->requests, request);
  receiver->n_under_way++;
  receiver->most_at_once = MAX (receiver->most_at_once, receiver->n_under_way);
  g_cond_broadcast (&receiver->changed);
  while (receiver->held && !receiver->closing)
    g_cond_wait (&receiver->changed, &receiver->lock);
  /* Before the peer can know of it, so that what it sends next does not count as together. */
  receiver->n_under_way--;
  request->answered = status;
  g_mutex_unlock (&receiver->lock);
  return status;
}

static struct MHD_Response *
make_response (Receiver *receiver)
{
  struct MHD_Response *response;
  gsize length;
  const void *data;

  g_mutex_lock (&receiver->lock);
  data = g_bytes_get_data (receiver->body, &length);
  response = MHD_create_response_from_buffer (length, (void *) data, MHD_RESPMEM_MUST_COPY);
  for (guint i = 0; i + 1 < receiver->headers->len; i += 2)
    MHD_add_response_header (response, receiver->headers->pdata[i],
                             receiver->headers->pdata[i + 1]);
  g_mutex_unlock (&receiver->lock);
  return response;
}

/* FALSE when the peer has had enough. */
static gboolean
send_bytes (int fd, const char *bytes)
{
  gsize left = strlen (bytes);

  while (left > 0)
    {
      GPollFD writable = { .fd = fd, .events = G_IO_OUT };
      ssize_t n = send (fd, bytes + strlen (bytes) - left, left, MSG_NOSIGNAL);

      if (n > 0)
        left -= (gsize) n;
      else if (errno != EAGAIN || g_poll (&writable, 1, -1) != 1)
        return FALSE;
    }
  return TRUE;
}

/* TRUE when the connection was served by hand. */
static gboolean
send_raw (Receiver *receiver, struct MHD_Connection *connection)
{
  int fd = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  g_autofree char *raw = NULL;
  gboolean again;

  g_mutex_lock (&receiver->lock);
  raw = g_strdup (receiver->raw);
  again = receiver->endless;
  g_mutex_unlock (&receiver->lock);

  if (raw == NULL)
    return FALSE;
  while (send_bytes (fd, raw) && again)
    ;
  return TRUE;
}

static enum MHD_Result
handle (void *user,
        struct MHD_Connection *connection,
        const char *path,
        const char *method,
        const char *version,
        const char *data,
        size_t *length,
        void **context)
{
  Receiver *receiver = user;
  Incoming *incoming = *context;
  struct MHD_Response *response;
  enum MHD_Result result;
  guint status;

  if (incoming->request == NULL)
    {
      incoming_fill (incoming, connection, method, path);
      return MHD_YES;
    }
  if (*length > 0)
    {
      g_byte_array_append (incoming->body, (const guint8 *) data, (guint) *length);
      *length = 0;
      return MHD_YES;
    }
  status = record (receiver, incoming);
  if (status == RECEIVER_DROP || send_raw (receiver, connection))
    return MHD_NO;
  response = make_response (receiver);
  result = MHD_queue_response (connection, status, response);
  MHD_destroy_response (response);
  return result;
}

static void
completed (void *user,
           struct MHD_Connection *connection,
           void **context,
           enum MHD_RequestTerminationCode code)
{
  Incoming *incoming = *context;

  if (incoming == NULL)
    return;
  g_clear_pointer (&incoming->request, received_request_free);
  g_clear_pointer (&incoming->body, g_byte_array_unref);
  g_free (incoming->target);
  g_free (incoming);
  *context = NULL;
}

static void
connection_changed (void *user,
                    struct MHD_Connection *connection,
                    void **context,
                    enum MHD_ConnectionNotificationCode code)
{
  Receiver *receiver = user;

  if (code != MHD_CONNECTION_NOTIFY_STARTED)
    return;
  g_mutex_lock (&receiver->lock);
  receiver->n_connections++;
  g_mutex_unlock (&receiver->lock);
}

Receiver *
receiver_new (void)
{
  Receiver *receiver = g_new0 (Receiver, 1);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };

  g_mutex_init (&receiver->lock);
  g_cond_init (&receiver->changed);
  receiver->requests = g_ptr_array_new_with_free_func (received_request_free);
  receiver->script = g_array_new (FALSE, FALSE, sizeof (guint));
  receiver->random = g_rand_new_with_seed (0);
  receiver->headers = g_ptr_array_new_with_free_func (g_free);
  receiver->body = g_bytes_new_static ("", 0);
  receiver->status = 200;
  receiver->daemon = MHD_start_daemon (
      MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL, NULL,
      handle, receiver, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, begin,
      receiver, MHD_OPTION_NOTIFY_COMPLETED, completed, receiver, MHD_OPTION_NOTIFY_CONNECTION,
      connection_changed, receiver, MHD_OPTION_END);
  g_assert_nonnull (receiver->daemon);
  receiver->port = MHD_get_daemon_info (receiver->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
  receiver->url = g_strdup_printf ("http://127.0.0.1:%u", receiver->port);
  return receiver;
}

void
receiver_free (Receiver *receiver)
{
  g_mutex_lock (&receiver->lock);
  receiver->closing = TRUE;
  g_cond_broadcast (&receiver->changed);
  g_mutex_unlock (&receiver->lock);
  MHD_stop_daemon (receiver->daemon);
  g_ptr_array_unref (receiver->requests);
  g_array_unref (receiver->script);
  g_rand_free (receiver->random);
  g_ptr_array_unref (receiver->headers);
  g_bytes_unref (receiver->body);
  g_free (receiver->raw);
  g_free (receiver->url);
  g_cond_clear (&receiver->changed);
  g_mutex_clear (&receiver->lock);
  g_free (receiver);
}

const char *
receiver_url (Receiver *receiver)
{
  return receiver->url;
}

guint
receiver_port (Receiver *receiver)
{
  return receiver->port;
}

void
receiver_set_status (Receiver *receiver, guint status)
{
  g_mutex_lock (&receiver->lock);
  receiver->status = status;
  g_mutex_unlock (&receiver->lock);
}

void
receiver_script (Receiver *receiver, const guint *statuses, gsize n)
{
  g_mutex_lock (&receiver->lock);
  g_array_append_vals (receiver->script, statuses, (guint) n);
  g_mutex_unlock (&receiver->lock);
}

void
receiver_fail_randomly (Receiver *receiver, guint percent, guint32 seed)
{
  g_mutex_lock (&receiver->lock);
  receiver->fail_percent = percent;
  g_rand_set_seed (receiver->random, seed);
  g_mutex_unlock (&receiver->lock);
}

void
receiver_set_header (Receiver *receiver, const char *name, const char *value)
{
  g_mutex_lock (&receiver->lock);
  if (name == NULL)
    g_ptr_array_set_size (receiver->headers, 0);
  else
    {
      g_ptr_array_add (receiver->headers, g_strdup (name));
      g_ptr_array_add (receiver->headers, g_strdup (value));
    }
  g_mutex_unlock (&receiver->lock);
}

void
receiver_set_body (Receiver *receiver, const char *body, gssize length)
{
  const char *text = body != NULL ? body : "";
  GBytes *bytes = g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length);

  g_mutex_lock (&receiver->lock);
  g_bytes_unref (receiver->body);
  receiver->body = bytes;
  g_mutex_unlock (&receiver->lock);
}

void
receiver_set_raw (Receiver *receiver, const char *bytes, gboolean endless)
{
  g_mutex_lock (&receiver->lock);
  g_free (receiver->raw);
  receiver->raw = g_strdup (bytes);
  receiver->endless = endless;
  g_mutex_unlock (&receiver->lock);
}

static void
set_held (Receiver *receiver, gboolean held)
{
  g_mutex_lock (&receiver->lock);
  receiver->held = held;
  g_cond_broadcast (&receiver->changed);
  g_mutex_unlock (&receiver->lock);
}

void
receiver_hold (Receiver *receiver)
{
  set_held (receiver, TRUE);
}

void
receiver_release (Receiver *receiver)
{
  set_held (receiver, FALSE);
}

void
receiver_wait (Receiver *receiver, guint n)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  g_mutex_lock (&receiver->lock);
  while (receiver->requests->len < n)
    if (!g_cond_wait_until (&receiver->changed, &receiver->lock, deadline))
      g_error ("The receiver got %u requests, %u were expected", receiver->requests->len, n);
  g_mutex_unlock (&receiver->lock);
}

guint
receiver_n_requests (Receiver *receiver)
{
  guint n;

  g_mutex_lock (&receiver->lock);
  n = receiver->requests->len;
  g_mutex_unlock (&receiver->lock);
  return n;
}

guint
receiver_n_connections (Receiver *receiver)
{
  guint n;

  g_mutex_lock (&receiver->lock);
  n = receiver->n_connections;
  g_mutex_unlock (&receiver->lock);
  return n;
}

guint
receiver_most_at_once (Receiver *receiver)
{
  guint n;

  g_mutex_lock (&receiver->lock);
  n = receiver->most_at_once;
  g_mutex_unlock (&receiver->lock);
  return n;
}

const ReceivedRequest *
receiver_request (Receiver *receiver, guint i)
{
  const ReceivedRequest *request;

  g_mutex_lock (&receiver->lock);
  g_assert_cmpuint (i, <, receiver->requests->len);
  request = receiver->requests->pdata[i];
  g_mutex_unlock (&receiver->lock);
  return request;
}

const char *
received_header (const ReceivedRequest *request, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (request->headers, lower);
}

char *
received_body (const ReceivedRequest *request)
{
  gsize length;
  const char *data = g_bytes_get_data (request->body, &length);

  return g_strndup (data, length);
}

/* The listener, on libmicrohttpd: sockets, connections, start and end.
 *
 * server-private.h says which thread runs what.  Must stay true: what was handed to a handler is
 * counted until its answer is sent, so that draining knows what it waits for. */
#include "http/server-private.h"

#include "http/listen.h"

#include "base/error.h"
#include "base/log.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <gnutls/abstract.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_POOL_THREADS 4
#define N_LONG_POOL_THREADS 2
/* Of one connection, for its head and its buffers; the library clears it for every request. */
#define CONNECTION_MEMORY_BYTES ((size_t) 16 * 1024)
/* Connections beyond the limit that are still accepted, to be told so. */
#define SPARE_CONNECTIONS 64
/* What a draining server waits for answers to be taken by their receivers. */
#define DRAIN_SEND_US (3 * G_USEC_PER_SEC)

/* ---- Connections ---- */

/* The raw target: the library's own idea of it is decoded before it is split. */
static void *
on_target (void *user_data, const char *target, struct MHD_Connection *mhd)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (
      mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  HttpConnection *connection = info->socket_context;

  g_free (connection->target);
  connection->target = g_strdup (target);
  return NULL;
}

static void
open_connection (HttpListener *listener, struct MHD_Connection *mhd, void **slot)
{
  HttpServer *server = listener->server;
  HttpConnection *connection = g_new0 (HttpConnection, 1);

  *slot = connection;
  connection->listener = listener;
  connection->fd = MHD_get_connection_info (mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  connection->too_many = (guint) g_atomic_int_add (&listener->n_connections, 1) >=
                         server->max_connections;
  connection->watched = http_watch_add (server->watch, connection->fd);
  if (server->tls != NULL && !listener->local)
    connection->credential = http_tls_begin (
        server->tls,
        MHD_get_connection_info (mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session);
}

static void
close_connection (HttpConnection *connection)
{
  HttpServer *server = connection->listener->server;
  int kept = -1;

  http_watch_remove (server->watch, connection->watched);
  if (connection->linger)
    kept = fcntl (connection->fd, F_DUPFD_CLOEXEC, 0);
  if (kept >= 0)
    {
      shutdown (kept, SHUT_WR);
      http_watch_linger (server->watch, kept);
    }
  g_atomic_int_add (&connection->listener->n_connections, -1);
  g_clear_pointer (&connection->credential, http_tls_end);
  g_free (connection->target);
  g_free (connection);
}

static void
on_connection (void *user_data,
               struct MHD_Connection *mhd,
               void **slot,
               enum MHD_ConnectionNotificationCode code)
{
  if (code == MHD_CONNECTION_NOTIFY_STARTED)
    open_connection (user_data, mhd, slot);
  else
    close_connection (g_steal_pointer (slot));
}

static void on_log (void *user_data, const char *format, va_list args) G_GNUC_PRINTF (2, 0);

static void
on_log (void *user_data, const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);

  log_message (LOG_DEBUG, "http", "%s", g_strchomp (text));
}

/* The library has found its own state broken.  Going on would be guessing: what was acknowledged is
 * on disk, and a restart begins from there. */
static void
on_panic (void *user_data, const char *file, unsigned int line, const char *reason)
{
  log_message (LOG_ERROR, "http", "The HTTP library cannot go on: %s (%s:%u)",
               reason != NULL ? reason : "no reason given", file, line);
  abort ();
}

/* ---- Start and end ---- */

/* The library wants to know of a certificate before it starts; each session gets its own. */
static int
no_certificate (gnutls_session_t session,
                const gnutls_datum_t *authorities,
                int n_authorities,
                const gnutls_pk_algorithm_t *algorithms,
                int n_algorithms,
                gnutls_pcert_st **out_certificates,
                unsigned int *out_n_certificates,
                gnutls_privkey_t *out_key)
{
  return -1;
}

static gboolean
start_listener (HttpListener *listener, GError **error)
{
  HttpServer *server = listener->server;
  gboolean secure = server->tls != NULL && !listener->local;
  unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
  struct MHD_OptionItem tls_options[] = {
    { MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (gpointer) no_certificate },
    { MHD_OPTION_HTTPS_PRIORITIES, 0, secure ? (char *) http_tls_priorities (server->tls) : NULL },
    { MHD_OPTION_END, 0, NULL },
  };

  if (listener->fd < 0)
    return TRUE;
  listener->daemon = MHD_start_daemon (
      secure ? flags | MHD_USE_TLS : flags, 0, NULL, NULL, http_request_on_data, listener,
      MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET, listener->fd,
      MHD_OPTION_URI_LOG_CALLBACK, on_target, listener, MHD_OPTION_NOTIFY_COMPLETED,
      http_request_on_completed, listener, MHD_OPTION_NOTIFY_CONNECTION, on_connection, listener,
      MHD_OPTION_CONNECTION_LIMIT, server->max_connections + SPARE_CONNECTIONS,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_BYTES, MHD_OPTION_ARRAY,
      secure ? tls_options : &tls_options[2], MHD_OPTION_END);
  if (listener->daemon != NULL)
    {
      listener->fd = -1; /* the library's now */
      return TRUE;
    }
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE, "Cannot start the HTTP server");
  return FALSE;
}

static gboolean
open_tcp (HttpServer *server, const char *listen, gboolean may_be_exposed, GError **error)
{
  g_autofree char *place = NULL;

  server->tcp.fd = http_listen_tcp (listen, may_be_exposed, &place, error);
  server->url = g_strconcat (server->tls != NULL ? "https://" : "http://", place, NULL);
  server->is_exposed = http_listen_is_exposed (listen);
  server->listen_host = server->tcp.fd >= 0 ? http_listen_host (listen) : NULL;
  return server->tcp.fd >= 0;
}

static gboolean
open_local (HttpServer *server, const char *path, GError **error)
{
  server->local.fd = http_listen_unix (path, error);
  if (server->local.fd >= 0 && !http_listen_is_inherited (server->local.fd))
    server->socket_path = g_strdup (path);
  return server->local.fd >= 0;
}

HttpServer *
http_server_new (const HttpSettings *settings, GError **error)
{
  HttpServer *server = g_new0 (HttpServer, 1);

  MHD_set_panic_func (on_panic, NULL);
  server->clock = settings->clock;
  server->max_connections = settings->max_connections;
  server->max_body_bytes = settings->max_body_bytes;
  server->refuse = settings->refuse;
  server->refused = settings->refused;
  server->answered = settings->answered;
  server->routes = settings->routes;
  server->tls = settings->tls;
  server->user_data = settings->user_data;
  server->tcp.server = server->local.server = server;
  server->local.local = TRUE;
  server->tcp.fd = server->local.fd = -1;
  g_mutex_init (&server->lock);
  g_cond_init (&server->settled);
  g_mutex_init (&server->streams_lock);
  server->streams = g_ptr_array_new ();
  server->pool = g_thread_pool_new (http_request_on_pool, server, N_POOL_THREADS, FALSE, NULL);
  server->long_pool = g_thread_pool_new (http_request_on_pool, server, N_LONG_POOL_THREADS, FALSE,
                                         NULL);
  server->watch = http_watch_new (settings->clock,
                                  settings->request_s * G_GINT64_CONSTANT (1000000), error);
  if (server->watch == NULL ||
      (settings->listen != NULL &&
       !open_tcp (server, settings->listen, settings->may_be_exposed, error)) ||
      (settings->socket_path != NULL && !open_local (server, settings->socket_path, error)))
    {
      http_server_free (server);
      return NULL;
    }
  return server;
}

gboolean
http_server_start (HttpServer *server, GError **error)
{
  return start_listener (&server->tcp, error) && start_listener (&server->local, error);
}

const char *
http_server_get_url (HttpServer *server)
{
  return server->url;
}

static void
stop_accepting (HttpListener *listener)
{
  MHD_socket fd = MHD_INVALID_SOCKET;

  if (listener->daemon != NULL)
    fd = MHD_quiesce_daemon (listener->daemon);
  else
    fd = listener->fd; /* never started */
  listener->fd = -1;
  if (fd != MHD_INVALID_SOCKET)
    close (fd);
}

void
http_server_drain (HttpServer *server)
{
  gint64 send_until_us;

  g_mutex_lock (&server->lock);
  if (!g_atomic_int_exchange (&server->draining, TRUE))
    {
      /* First: once nobody listens, a starting router may put its own socket there. */
      if (server->socket_path != NULL)
        g_unlink (server->socket_path);
      stop_accepting (&server->tcp);
      stop_accepting (&server->local);
      http_streams_end (server);
    }
  while (g_atomic_int_get (&server->unanswered) > 0)
    g_cond_wait (&server->settled, &server->lock);
  /* Answers are on their way; a receiver that does not take its own is not waited for much longer.
   */
  send_until_us = g_get_monotonic_time () + DRAIN_SEND_US;
  while (g_atomic_int_get (&server->unsent) > 0)
    if (!g_cond_wait_until (&server->settled, &server->lock, send_until_us))
      break;
  g_mutex_unlock (&server->lock);
}

static void
stop_listener (HttpListener *listener)
{
  if (listener->daemon != NULL)
    MHD_stop_daemon (listener->daemon);
}

void
http_server_free (HttpServer *server)
{
  http_server_drain (server);
  stop_listener (&server->tcp);
  stop_listener (&server->local);
  g_thread_pool_free (server->pool, FALSE, TRUE);
  g_thread_pool_free (server->long_pool, FALSE, TRUE);
  g_clear_pointer (&server->watch, http_watch_free);
  g_ptr_array_unref (server->streams);
  g_mutex_clear (&server->streams_lock);
  g_mutex_clear (&server->lock);
  g_cond_clear (&server->settled);
  g_free (server->url);
  g_free (server->listen_host);
  g_free (server->socket_path);
  g_free (server);
}

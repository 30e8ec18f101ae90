/* The load generator: one epoll set, edge-triggered, and a small state for each connection. */
#include "support/loader.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 1024
#define MAX_HEAD_BYTES 1024

typedef struct
{
  int fd;
  GBytes *request; /* under way, not owned; NULL: idle for good */
  gsize sent;
  gint64 begun_us;
  char head[MAX_HEAD_BYTES + 1]; /* of the answer, until it is complete */
  gsize head_length;
  gsize body_left;
  gboolean in_body;
  guint status;
} Connection;

typedef struct
{
  const LoadPlan *plan;
  int epoll;
  Connection *connections;
  gint64 begun_us;
  guint64 n_begun, n_ended;
  LoadResult result;
  GArray *latencies; /* guint32, microseconds */
} Load;

GBytes *
load_request (const char *path, const char *body, gssize length)
{
  gsize body_length = length < 0 ? strlen (body) : (gsize) length;
  GString *text = g_string_sized_new (body_length + 256);

  g_string_append_printf (text,
                          "POST %s HTTP/1.1\r\nHost: localhost\r\n"
                          "Content-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT
                          "\r\n\r\n",
                          path, body_length);
  g_string_append_len (text, body, (gssize) body_length);
  return g_string_free_to_bytes (text);
}

static void
connect_one (Load *load, Connection *connection)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((guint16) load->plan->port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection };
  const int on = 1;

  connection->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection->fd < 0 ||
      connect (connection->fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("Cannot connect to port %u: %s", load->plan->port, g_strerror (errno));
  setsockopt (connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (epoll_ctl (load->epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0)
    g_error ("Cannot wait for a connection: %s", g_strerror (errno));
}

/* ---- Sending ---- */

static void
send_rest (Connection *connection)
{
  gsize length;
  const char *text = g_bytes_get_data (connection->request, &length);

  while (connection->sent < length)
    {
      gssize n = send (connection->fd, text + connection->sent, length - connection->sent,
                       MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno == EAGAIN)
        return;
      if (n < 0)
        g_error ("Cannot send a request: %s", g_strerror (errno));
      connection->sent += (gsize) n;
    }
}

static void
begin_request (Load *load, Connection *connection, gint64 now_us)
{
  const LoadPlan *plan = load->plan;

  connection->request = NULL;
  if ((plan->max_requests > 0 && load->n_begun >= plan->max_requests) ||
      (plan->duration_us > 0 && now_us - load->begun_us >= plan->duration_us))
    return;
  connection->request = plan->requests->pdata[load->n_begun++ % plan->requests->len];
  connection->sent = 0;
  connection->begun_us = now_us;
  send_rest (connection);
}

/* ---- Receiving ---- */

static void
end_request (Load *load, Connection *connection)
{
  gint64 now_us = g_get_monotonic_time ();
  guint32 latency_us = (guint32) (now_us - connection->begun_us);

  g_array_append_val (load->latencies, latency_us);
  load->n_ended++;
  if (connection->status == 202)
    load->result.n_accepted++;
  else
    load->result.n_refused++;
  connection->in_body = FALSE;
  connection->head_length = 0;
  begin_request (load, connection, now_us);
}

/* How much of the bytes belongs to the head. */
static gsize
take_head (Connection *connection, const char *bytes, gsize length)
{
  gsize before = connection->head_length;
  gsize n = MIN (length, MAX_HEAD_BYTES - before);
  const char *end, *field;

  memcpy (connection->head + before, bytes, n);
  connection->head_length += n;
  connection->head[connection->head_length] = '\0';
  end = strstr (connection->head, "\r\n\r\n");
  if (end == NULL)
    {
      if (connection->head_length == MAX_HEAD_BYTES)
        g_error ("An answer's head is longer than %d bytes", MAX_HEAD_BYTES);
      return n;
    }
  field = strcasestr (connection->head, "\r\nContent-Length:");
  if (field == NULL || connection->head_length < 12)
    g_error ("An answer has no length: %s", connection->head);
  connection->status = (guint) g_ascii_strtoull (connection->head + 9, NULL, 10);
  connection->body_left = g_ascii_strtoull (field + 17, NULL, 10);
  connection->in_body = TRUE;
  return (gsize) (end + 4 - connection->head) - before;
}

static void
take_bytes (Load *load, Connection *connection, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gsize n;

      if (connection->in_body)
        {
          n = MIN (length, connection->body_left);
          connection->body_left -= n;
        }
      else
        n = take_head (connection, bytes, length);
      bytes += n;
      length -= n;
      if (connection->in_body && connection->body_left == 0)
        end_request (load, connection);
    }
}

static void
receive (Load *load, Connection *connection)
{
  char buffer[64 * 1024];

  while (TRUE)
    {
      gssize n = recv (connection->fd, buffer, sizeof buffer, MSG_DONTWAIT);

      if (n < 0 && errno == EAGAIN)
        return;
      if (n <= 0)
        g_error ("A connection ended: %s", n < 0 ? g_strerror (errno) : "closed by the server");
      take_bytes (load, connection, buffer, (gsize) n);
      if ((gsize) n < sizeof buffer)
        return;
    }
}

/* ---- The run ---- */

static gboolean
is_over (const Load *load)
{
  const LoadPlan *plan = load->plan;
  gboolean is_enough = (plan->max_requests > 0 && load->n_begun >= plan->max_requests) ||
                       (plan->duration_us > 0 &&
                        g_get_monotonic_time () - load->begun_us >= plan->duration_us);

  return is_enough && load->n_ended == load->n_begun;
}

static int
compare_latencies (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

static double
percentile_ms (GArray *sorted, double part)
{
  guint index = (guint) (part * (sorted->len - 1));

  return sorted->len == 0 ? 0 : g_array_index (sorted, guint32, index) / 1000.0;
}

static void
summarize (Load *load, LoadResult *out_result)
{
  double seconds = (double) (g_get_monotonic_time () - load->begun_us) / G_USEC_PER_SEC;

  g_array_sort (load->latencies, compare_latencies);
  load->result.events_per_second = (double) load->result.n_accepted *
                                   load->plan->events_per_request / seconds;
  load->result.p50_ms = percentile_ms (load->latencies, 0.50);
  load->result.p99_ms = percentile_ms (load->latencies, 0.99);
  load->result.worst_ms = percentile_ms (load->latencies, 1.0);
  *out_result = load->result;
}

static void
serve (Load *load)
{
  struct epoll_event events[64];
  int n = epoll_wait (load->epoll, events, G_N_ELEMENTS (events), 100);

  for (int i = 0; i < n; i++)
    {
      Connection *connection = events[i].data.ptr;

      if (connection->request != NULL && (events[i].events & EPOLLOUT))
        send_rest (connection);
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        receive (load, connection);
    }
}

void
load_run (const LoadPlan *plan, LoadResult *out_result)
{
  Load load = { .plan = plan, .epoll = epoll_create1 (EPOLL_CLOEXEC) };

  g_assert_cmpuint (plan->n_connections, <=, MAX_CONNECTIONS);
  load.latencies = g_array_sized_new (FALSE, FALSE, sizeof (guint32), 100000);
  load.connections = g_new0 (Connection, plan->n_connections);
  for (guint i = 0; i < plan->n_connections; i++)
    connect_one (&load, &load.connections[i]);
  load.begun_us = g_get_monotonic_time ();
  for (guint i = 0; i < plan->n_connections; i++)
    begin_request (&load, &load.connections[i], load.begun_us);
  while (!is_over (&load))
    serve (&load);
  summarize (&load, out_result);
  for (guint i = 0; i < plan->n_connections; i++)
    close (load.connections[i].fd);
  close (load.epoll);
  g_free (load.connections);
  g_array_unref (load.latencies);
}

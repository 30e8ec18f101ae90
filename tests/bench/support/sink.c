/* The receiver: one epoll set on one thread. */
#include "support/sink.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_HEAD_BYTES 4096

typedef struct
{
  int fd;
  char head[MAX_HEAD_BYTES + 1];
  gsize head_length;
  gsize body_left;
  gboolean in_body;
} Peer;

struct Sink
{
  int listener, epoll, wake;
  guint port;
  GThread *thread;
  gboolean holds;

  gint stops; /* atomic */
  GMutex lock;
  GCond arrived;
  guint64 n_begun, n_answered; /* guarded by lock */
  gint64 begun_us;             /* guarded by lock: of the last request */
};

static void
answer (Sink *sink, Peer *peer)
{
  static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  /* It fits into the empty send buffer. */
  if (send (peer->fd, text, sizeof text - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EPIPE)
    g_error ("Cannot answer: %s", g_strerror (errno));
  g_mutex_lock (&sink->lock);
  sink->n_answered++;
  g_mutex_unlock (&sink->lock);
}

static void
note_begun (Sink *sink)
{
  g_mutex_lock (&sink->lock);
  sink->n_begun++;
  sink->begun_us = g_get_monotonic_time ();
  g_cond_broadcast (&sink->arrived);
  g_mutex_unlock (&sink->lock);
}

static void
end_request (Sink *sink, Peer *peer)
{
  peer->in_body = FALSE;
  peer->head_length = 0;
  if (!sink->holds)
    answer (sink, peer);
}

static gsize
take_head (Sink *sink, Peer *peer, const char *bytes, gsize length)
{
  gsize before = peer->head_length;
  gsize n = MIN (length, MAX_HEAD_BYTES - before);
  const char *end, *field;

  if (before == 0)
    note_begun (sink);
  memcpy (peer->head + before, bytes, n);
  peer->head_length += n;
  peer->head[peer->head_length] = '\0';
  end = strstr (peer->head, "\r\n\r\n");
  if (end == NULL && peer->head_length == MAX_HEAD_BYTES)
    g_error ("A request's head is longer than %d bytes", MAX_HEAD_BYTES);
  if (end == NULL)
    return n;
  field = strcasestr (peer->head, "\r\nContent-Length:");
  if (field == NULL)
    g_error ("A request has no length: %s", peer->head);
  peer->body_left = g_ascii_strtoull (field + 17, NULL, 10);
  peer->in_body = TRUE;
  return (gsize) (end + 4 - peer->head) - before;
}

static void
take_bytes (Sink *sink, Peer *peer, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gsize n;

      if (peer->in_body)
        {
          n = MIN (length, peer->body_left);
          peer->body_left -= n;
        }
      else
        n = take_head (sink, peer, bytes, length);
      bytes += n;
      length -= n;
      if (peer->in_body && peer->body_left == 0)
        end_request (sink, peer);
    }
}

static void
peer_free (Peer *peer)
{
  close (peer->fd);
  g_free (peer);
}

static void
receive (Sink *sink, Peer *peer)
{
  char buffer[16 * 1024];
  gssize n = recv (peer->fd, buffer, sizeof buffer, MSG_DONTWAIT);

  if (n > 0)
    take_bytes (sink, peer, buffer, (gsize) n);
  else if (n == 0 || errno != EAGAIN)
    peer_free (peer);
}

static void
accept_one (Sink *sink)
{
  struct epoll_event event = { .events = EPOLLIN };
  int fd = accept4 (sink->listener, NULL, NULL, SOCK_CLOEXEC);
  const int on = 1;
  Peer *peer;

  if (fd < 0)
    return;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  peer = g_new0 (Peer, 1);
  peer->fd = fd;
  event.data.ptr = peer;
  if (epoll_ctl (sink->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
    g_error ("Cannot wait for a sender: %s", g_strerror (errno));
}

static gpointer
sink_in_thread (gpointer data)
{
  Sink *sink = data;
  struct epoll_event events[64];

  while (!g_atomic_int_get (&sink->stops))
    {
      int n = epoll_wait (sink->epoll, events, G_N_ELEMENTS (events), -1);

      for (int i = 0; i < n; i++)
        {
          if (events[i].data.ptr == &sink->listener)
            accept_one (sink);
          else if (events[i].data.ptr != &sink->wake)
            receive (sink, events[i].data.ptr);
        }
    }
  return NULL;
}

static void
watch (Sink *sink, int *fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = fd };

  if (*fd < 0 || epoll_ctl (sink->epoll, EPOLL_CTL_ADD, *fd, &event) != 0)
    g_error ("Cannot open the receiver: %s", g_strerror (errno));
}

Sink *
sink_new (gboolean holds)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  Sink *sink = g_new0 (Sink, 1);

  sink->holds = holds;
  g_mutex_init (&sink->lock);
  g_cond_init (&sink->arrived);
  sink->epoll = epoll_create1 (EPOLL_CLOEXEC);
  sink->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  sink->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (sink->listener < 0 ||
      bind (sink->listener, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (sink->listener, 1024) != 0 ||
      getsockname (sink->listener, (struct sockaddr *) &address, &length) != 0)
    g_error ("Cannot open the receiver: %s", g_strerror (errno));
  sink->port = ntohs (address.sin_port);
  watch (sink, &sink->listener);
  watch (sink, &sink->wake);
  sink->thread = g_thread_new ("sink", sink_in_thread, sink);
  return sink;
}

static void
wake (Sink *sink)
{
  const guint64 one = 1;

  if (write (sink->wake, &one, sizeof one) < 0)
    g_error ("Cannot wake the receiver: %s", g_strerror (errno));
}

/* Its senders have gone before it: what they left open ends with the process. */
void
sink_free (Sink *sink)
{
  g_atomic_int_set (&sink->stops, TRUE);
  wake (sink);
  g_thread_join (sink->thread);
  close (sink->listener);
  close (sink->wake);
  close (sink->epoll);
  g_cond_clear (&sink->arrived);
  g_mutex_clear (&sink->lock);
  g_free (sink);
}

guint
sink_port (Sink *sink)
{
  return sink->port;
}

static guint64
read_counter (Sink *sink, const guint64 *counter)
{
  guint64 n;

  g_mutex_lock (&sink->lock);
  n = *counter;
  g_mutex_unlock (&sink->lock);
  return n;
}

guint64
sink_count (Sink *sink)
{
  return read_counter (sink, &sink->n_answered);
}

guint64
sink_begun (Sink *sink)
{
  return read_counter (sink, &sink->n_begun);
}

gint64
sink_wait (Sink *sink, guint64 after, guint timeout_ms)
{
  gint64 end_us = g_get_monotonic_time () + timeout_ms * (gint64) 1000;
  gint64 begun_us = -1;

  g_mutex_lock (&sink->lock);
  while (sink->n_begun <= after && g_cond_wait_until (&sink->arrived, &sink->lock, end_us))
    ;
  if (sink->n_begun > after)
    begun_us = sink->begun_us;
  g_mutex_unlock (&sink->lock);
  return begun_us;
}

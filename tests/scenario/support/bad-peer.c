/* A thread that accepts, and one for each connection.  Every wait ends when the peer is freed: its
 * end of a pipe becomes readable. */
#include "support/bad-peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DRIP_MS 1000
#define BLOCK_BYTES 65536

struct BadPeer
{
  BadPeerScript script;
  GBytes *flood;
  int listener;
  int stop[2]; /* a pipe */
  guint port;
  GThread *thread;

  GMutex lock;
  GCond changed;
  guint n_connections, n_open; /* guarded by lock */
  guint64 n_sent;              /* guarded by lock */
};

typedef struct
{
  BadPeer *peer;
  int fd;
} Talk;

/* FALSE: the test is over.  timeout_ms: -1 for ever; what it waits for may not have come then. */
static gboolean
wait_for (BadPeer *peer, int fd, short events, int timeout_ms)
{
  struct pollfd fds[] = { { .fd = peer->stop[0], .events = POLLIN },
                          { .fd = fd, .events = events } };

  while (poll (fds, 2, timeout_ms) < 0)
    g_assert_cmpint (errno, ==, EINTR);
  return fds[0].revents == 0;
}

/* FALSE: the other side has enough, or the test is over. */
static gboolean
send_all (Talk *talk, const char *bytes, gsize length)
{
  BadPeer *peer = talk->peer;

  while (length > 0)
    {
      ssize_t n;

      if (!wait_for (peer, talk->fd, POLLOUT, -1))
        return FALSE;
      n = send (talk->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0 && errno == EAGAIN)
        continue;
      if (n <= 0)
        return FALSE;
      g_mutex_lock (&peer->lock);
      peer->n_sent += (guint64) n;
      g_mutex_unlock (&peer->lock);
      bytes += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* What has come so far is thrown away.  FALSE: the other side is gone. */
static gboolean
drain (Talk *talk)
{
  char bytes[BLOCK_BYTES];
  ssize_t n;

  while ((n = recv (talk->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
    ;
  return n < 0 && errno == EAGAIN;
}

static gboolean
drip (Talk *talk)
{
  const char *text = talk->peer->script.drips;

  for (const char *p = text;; p = p[1] != '\0' ? p + 1 : text)
    {
      if (!send_all (talk, p, 1) || !wait_for (talk->peer, -1, 0, DRIP_MS) || !drain (talk))
        return FALSE;
    }
}

static gboolean
flood (Talk *talk)
{
  const BadPeerScript *script = &talk->peer->script;
  gsize length;
  const char *block = g_bytes_get_data (talk->peer->flood, &length);
  guint64 left = script->flood_bytes > 0 ? script->flood_bytes : G_MAXUINT64;

  for (; left > 0; left -= MIN (left, length))
    if (!send_all (talk, block, (gsize) MIN (left, length)))
      return FALSE;
  return TRUE;
}

static gboolean
speak (Talk *talk)
{
  const BadPeerScript *script = &talk->peer->script;
  gsize length = 0;
  const char *says = script->says != NULL ? g_bytes_get_data (script->says, &length) : NULL;

  if (!script->speaks_first && (!wait_for (talk->peer, talk->fd, POLLIN, -1) || !drain (talk)))
    return FALSE;
  return send_all (talk, says, length) && (script->drips == NULL || drip (talk)) &&
         (script->floods == NULL || flood (talk));
}

static void
wait_for_end (Talk *talk)
{
  while (wait_for (talk->peer, talk->fd, POLLIN, -1) && drain (talk))
    ;
}

static gpointer
talk_in_thread (gpointer data)
{
  Talk *talk = data;
  BadPeer *peer = talk->peer;
  struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  if (speak (talk) && peer->script.end != BAD_PEER_RESETS)
    {
      if (peer->script.end == BAD_PEER_CLOSES)
        shutdown (talk->fd, SHUT_WR);
      wait_for_end (talk);
    }
  if (peer->script.end == BAD_PEER_RESETS)
    setsockopt (talk->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close (talk->fd);
  g_mutex_lock (&peer->lock);
  peer->n_open--;
  g_cond_broadcast (&peer->changed);
  g_mutex_unlock (&peer->lock);
  g_free (talk);
  return NULL;
}

static gpointer
accept_in_thread (gpointer data)
{
  BadPeer *peer = data;

  while (wait_for (peer, peer->listener, POLLIN, -1))
    {
      Talk *talk = g_new0 (Talk, 1);

      talk->peer = peer;
      talk->fd = accept4 (peer->listener, NULL, NULL, SOCK_CLOEXEC);
      g_assert_cmpint (talk->fd, >=, 0);
      g_mutex_lock (&peer->lock);
      peer->n_connections++;
      peer->n_open++;
      g_mutex_unlock (&peer->lock);
      g_thread_unref (g_thread_new ("bad-peer", talk_in_thread, talk));
    }
  return NULL;
}

/* Many times the text, so that not every line is a call of its own. */
static GBytes *
flood_new (const char *text)
{
  GString *block = g_string_sized_new (BLOCK_BYTES);

  do
    g_string_append (block, text);
  while (block->len + strlen (text) <= BLOCK_BYTES);
  return g_string_free_to_bytes (block);
}

BadPeer *
bad_peer_new (const BadPeerScript *script)
{
  BadPeer *peer = g_new0 (BadPeer, 1);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;

  peer->script = *script;
  if (script->floods != NULL)
    peer->flood = flood_new (script->floods);
  g_mutex_init (&peer->lock);
  g_cond_init (&peer->changed);
  g_assert_cmpint (pipe (peer->stop), ==, 0);
  peer->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (peer->listener, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (peer->listener, 64), ==, 0);
  g_assert_cmpint (getsockname (peer->listener, (struct sockaddr *) &address, &length), ==, 0);
  peer->port = ntohs (address.sin_port);
  peer->thread = g_thread_new ("bad-peers", accept_in_thread, peer);
  return peer;
}

void
bad_peer_free (BadPeer *peer)
{
  close (peer->stop[1]);
  g_thread_join (peer->thread);
  g_mutex_lock (&peer->lock);
  while (peer->n_open > 0)
    g_cond_wait (&peer->changed, &peer->lock);
  g_mutex_unlock (&peer->lock);
  close (peer->stop[0]);
  close (peer->listener);
  g_clear_pointer (&peer->script.says, g_bytes_unref);
  g_clear_pointer (&peer->flood, g_bytes_unref);
  g_cond_clear (&peer->changed);
  g_mutex_clear (&peer->lock);
  g_free (peer);
}

guint
bad_peer_port (BadPeer *peer)
{
  return peer->port;
}

static guint64
read_count (BadPeer *peer, const void *count, gsize size)
{
  guint64 n;

  g_mutex_lock (&peer->lock);
  n = size == sizeof (guint) ? *(const guint *) count : *(const guint64 *) count;
  g_mutex_unlock (&peer->lock);
  return n;
}

guint
bad_peer_n_connections (BadPeer *peer)
{
  return (guint) read_count (peer, &peer->n_connections, sizeof peer->n_connections);
}

guint
bad_peer_n_open (BadPeer *peer)
{
  return (guint) read_count (peer, &peer->n_open, sizeof peer->n_open);
}

guint64
bad_peer_n_sent (BadPeer *peer)
{
  return read_count (peer, &peer->n_sent, sizeof peer->n_sent);
}

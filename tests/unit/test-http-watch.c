/* Deadlines and lingering, on socket pairs. */
#include "http/watch.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  Clock *clock;
  HttpWatch *watch;
  int ours, theirs; /* a connection's two ends */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer limit_ms)
{
  g_autoptr (GError) error = NULL;
  int pair[2];

  fixture->clock = clock_system_new ();
  fixture->watch = http_watch_new (fixture->clock, GPOINTER_TO_INT (limit_ms) * 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  fixture->ours = pair[0];
  fixture->theirs = pair[1];
}

static void
tear_down (Fixture *fixture, gconstpointer limit_ms)
{
  http_watch_free (fixture->watch);
  clock_free (fixture->clock);
  close (fixture->theirs);
}

static gboolean
ends_within (int fd, int timeout_ms)
{
  struct pollfd one = { .fd = fd, .events = POLLIN };
  char byte;

  return poll (&one, 1, timeout_ms) == 1 && recv (fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void
test_expires (Fixture *fixture, gconstpointer limit_ms)
{
  HttpWatched *watched = http_watch_add (fixture->watch, fixture->ours);

  g_assert_true (ends_within (fixture->theirs, 10000));
  /* Expired and not yet removed: restarting and pausing must still be possible. */
  http_watch_restart (fixture->watch, watched);
  http_watch_pause (fixture->watch, watched);
  http_watch_remove (fixture->watch, watched);
  close (fixture->ours);
}

static void
test_order (Fixture *fixture, gconstpointer limit_ms)
{
  HttpWatched *watched[50];
  int pairs[50][2];

  for (guint i = 0; i < 50; i++)
    {
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs[i]), ==, 0);
      watched[i] = http_watch_add (fixture->watch, pairs[i][0]);
    }
  for (guint i = 0; i < 50; i += 2)
    http_watch_pause (fixture->watch, watched[i]);
  for (guint i = 0; i < 50; i++)
    {
      if (i % 2 == 1)
        g_assert_true (ends_within (pairs[i][1], 10000));
      else
        g_assert_false (ends_within (pairs[i][1], 0));
      http_watch_remove (fixture->watch, watched[i]);
      close (pairs[i][0]);
      close (pairs[i][1]);
    }
  close (fixture->ours);
}

static void
test_paused (Fixture *fixture, gconstpointer limit_ms)
{
  HttpWatched *watched = http_watch_add (fixture->watch, fixture->ours);

  http_watch_pause (fixture->watch, watched);
  g_assert_false (ends_within (fixture->theirs, 3 * GPOINTER_TO_INT (limit_ms)));
  http_watch_restart (fixture->watch, watched);
  g_assert_true (ends_within (fixture->theirs, 10000));
  http_watch_remove (fixture->watch, watched);
  close (fixture->ours);
}

static void
test_linger (Fixture *fixture, gconstpointer limit_ms)
{
  char block[4096] = { 0 };
  gsize sent = 0;

  http_watch_linger (fixture->watch, fixture->ours);
  /* More than the socket's buffers hold: somebody must be reading. */
  while (sent < 4 * 1024 * 1024)
    {
      gssize n = send (fixture->theirs, block, sizeof block, MSG_NOSIGNAL);

      g_assert_cmpint (n, >, 0);
      sent += (gsize) n;
    }
  g_assert_cmpint (shutdown (fixture->theirs, SHUT_WR), ==, 0);
  g_assert_true (ends_within (fixture->theirs, 10000));
}

static void
test_linger_bounded (Fixture *fixture, gconstpointer limit_ms)
{
  int pairs[70][2];
  guint closed = 0;

  for (guint i = 0; i < 70; i++)
    {
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs[i]), ==, 0);
      http_watch_linger (fixture->watch, pairs[i][0]);
    }
  for (guint i = 0; i < 70; i++)
    {
      closed += ends_within (pairs[i][1], 0);
      close (pairs[i][1]);
    }
  g_assert_cmpuint (closed, ==, 6);
  close (fixture->ours);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function, ms)                                                                    \
  g_test_add ("/http/watch/" name, Fixture, GINT_TO_POINTER (ms), set_up, function, tear_down)
  ADD ("expires", test_expires, 50);
  ADD ("order", test_order, 50);
  ADD ("paused", test_paused, 50);
  ADD ("linger", test_linger, 50);
  ADD ("linger-bounded", test_linger_bounded, 60000);
  return g_test_run ();
}

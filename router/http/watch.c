/* One thread that sleeps until the earliest deadline or until a lingering connection says
 * something.
 *
 * All watched connections have the same limit, so a list in the order of their start is in the
 * order of their deadlines: restarting is moving to the end, and the head is due first. */
#include "http/watch.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINGER_US (5 * G_USEC_PER_SEC)
/* Bounds what refused senders may cost; beyond it they see a reset. */
#define MAX_LINGERING 64
/* What is read of one lingering connection before the next one gets its turn. */
#define DRAIN_BYTES (256 * 1024)

struct HttpWatched
{
  GList link; /* data: itself; in the list while the time runs */
  int fd;
  gboolean timed;
  gint64 deadline_us;
};

typedef struct
{
  int fd;
  gint64 deadline_us;
} Lingering;

struct HttpWatch
{
  Clock *clock;
  gint64 limit_us;
  GThread *thread;
  int wake_fd; /* eventfd: look again */

  GMutex lock; /* guards all below */
  GQueue timed;
  Lingering lingering[MAX_LINGERING];
  guint n_lingering;
  gboolean asleep_for_ever;
  gboolean stopping;
};

static void
wake (HttpWatch *watch)
{
  const guint64 one = 1;

  while (write (watch->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

/* With the lock. */
static void
cut_expired (HttpWatch *watch, gint64 now_us)
{
  HttpWatched *first;

  while ((first = g_queue_peek_head (&watch->timed)) != NULL && first->deadline_us <= now_us)
    {
      g_queue_unlink (&watch->timed, &first->link);
      first->timed = FALSE;
      /* Not close: the descriptor is the server's, which sees the end and closes it. */
      shutdown (first->fd, SHUT_RDWR);
    }
}

/* TRUE when the other side has ended. */
static gboolean
drop_input (int fd)
{
  char nowhere[16 * 1024];

  for (gsize left = DRAIN_BYTES; left > 0;)
    {
      gssize n = recv (fd, nowhere, sizeof nowhere, MSG_DONTWAIT);

      if (n == 0)
        return TRUE;
      if (n < 0)
        return errno != EAGAIN && errno != EINTR;
      left -= MIN (left, (gsize) n);
    }
  return FALSE;
}

/* With the lock. */
static void
serve_lingering (HttpWatch *watch, gint64 now_us)
{
  guint kept = 0;

  for (guint i = 0; i < watch->n_lingering; i++)
    {
      Lingering *one = &watch->lingering[i];

      if (drop_input (one->fd) || one->deadline_us <= now_us)
        close (one->fd);
      else
        watch->lingering[kept++] = *one;
    }
  watch->n_lingering = kept;
}

/* With the lock.  Milliseconds to sleep, -1 for ever. */
static int
time_to_sleep (HttpWatch *watch, gint64 now_us)
{
  HttpWatched *first = g_queue_peek_head (&watch->timed);
  gint64 earliest_us = first != NULL ? first->deadline_us : G_MAXINT64;

  if (watch->n_lingering > 0)
    earliest_us = MIN (earliest_us, watch->lingering[0].deadline_us);
  if (earliest_us == G_MAXINT64)
    return -1;
  return (int) CLAMP ((earliest_us - now_us + 999) / 1000, 0, 60 * 1000);
}

static gpointer
watch_in_thread (gpointer data)
{
  HttpWatch *watch = data;
  struct pollfd fds[1 + MAX_LINGERING];

  g_mutex_lock (&watch->lock);
  while (!watch->stopping)
    {
      gint64 now_us = clock_monotonic_us (watch->clock);
      guint n_fds = 1;
      int sleep_ms;
      guint64 ignored;

      cut_expired (watch, now_us);
      serve_lingering (watch, now_us);
      fds[0] = (struct pollfd){ .fd = watch->wake_fd, .events = POLLIN };
      for (guint i = 0; i < watch->n_lingering; i++)
        fds[n_fds++] = (struct pollfd){ .fd = watch->lingering[i].fd, .events = POLLIN };
      sleep_ms = time_to_sleep (watch, now_us);
      watch->asleep_for_ever = sleep_ms < 0;
      g_mutex_unlock (&watch->lock);

      poll (fds, n_fds, sleep_ms);
      if (fds[0].revents != 0 && read (watch->wake_fd, &ignored, sizeof ignored) < 0)
        g_assert (errno == EAGAIN || errno == EINTR);

      g_mutex_lock (&watch->lock);
      watch->asleep_for_ever = FALSE;
    }
  g_mutex_unlock (&watch->lock);
  return NULL;
}

HttpWatch *
http_watch_new (Clock *clock, gint64 limit_us, GError **error)
{
  int wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  HttpWatch *watch;

  if (wake_fd < 0)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE, "Cannot watch connections: %s",
                   g_strerror (errno));
      return NULL;
    }
  watch = g_new0 (HttpWatch, 1);
  watch->clock = clock;
  watch->limit_us = limit_us;
  watch->wake_fd = wake_fd;
  g_mutex_init (&watch->lock);
  g_queue_init (&watch->timed);
  watch->thread = g_thread_new ("http-watch", watch_in_thread, watch);
  return watch;
}

void
http_watch_free (HttpWatch *watch)
{
  g_mutex_lock (&watch->lock);
  watch->stopping = TRUE;
  g_mutex_unlock (&watch->lock);
  wake (watch);
  g_thread_join (watch->thread);
  g_assert (g_queue_is_empty (&watch->timed));
  for (guint i = 0; i < watch->n_lingering; i++)
    close (watch->lingering[i].fd);
  close (watch->wake_fd);
  g_mutex_clear (&watch->lock);
  g_free (watch);
}

/* With the lock.  Waking is needed only when the thread sleeps without an end: otherwise it wakes
 * at a deadline that is earlier than this one. */
static void
start_time (HttpWatch *watch, HttpWatched *watched)
{
  if (watched->timed)
    g_queue_unlink (&watch->timed, &watched->link);
  watched->timed = TRUE;
  watched->deadline_us = clock_monotonic_us (watch->clock) + watch->limit_us;
  g_queue_push_tail_link (&watch->timed, &watched->link);
  if (watch->asleep_for_ever)
    {
      watch->asleep_for_ever = FALSE;
      wake (watch);
    }
}

HttpWatched *
http_watch_add (HttpWatch *watch, int fd)
{
  HttpWatched *watched = g_new0 (HttpWatched, 1);

  watched->fd = fd;
  watched->link.data = watched;
  http_watch_restart (watch, watched);
  return watched;
}

void
http_watch_restart (HttpWatch *watch, HttpWatched *watched)
{
  g_mutex_lock (&watch->lock);
  start_time (watch, watched);
  g_mutex_unlock (&watch->lock);
}

void
http_watch_pause (HttpWatch *watch, HttpWatched *watched)
{
  g_mutex_lock (&watch->lock);
  if (watched->timed)
    g_queue_unlink (&watch->timed, &watched->link);
  watched->timed = FALSE;
  g_mutex_unlock (&watch->lock);
}

void
http_watch_remove (HttpWatch *watch, HttpWatched *watched)
{
  http_watch_pause (watch, watched);
  g_free (watched);
}

void
http_watch_linger (HttpWatch *watch, int fd)
{
  g_mutex_lock (&watch->lock);
  if (watch->n_lingering == MAX_LINGERING)
    close (fd);
  else
    watch->lingering[watch->n_lingering++] = (Lingering){
      .fd = fd,
      .deadline_us = clock_monotonic_us (watch->clock) + LINGER_US
    };
  g_mutex_unlock (&watch->lock);
  wake (watch);
}

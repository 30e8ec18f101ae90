#include "config.h"

#include "watcher.h"

#include <string.h>

/* Between two looks while there is no stream. */
#define POLL_US (200 * 1000)

struct Watcher
{
  Client *client; /* the thread's; NULL: none could be made */
  char *path;
  GThread *thread;
  GCancellable *stop;

  GMutex lock; /* guards what follows */
  GCond moved;
  gboolean has_changed;
  gboolean is_listening;
};

static void
set (Watcher *watcher, gboolean has_changed, gboolean is_listening)
{
  g_mutex_lock (&watcher->lock);
  watcher->has_changed |= has_changed;
  watcher->is_listening = is_listening;
  g_cond_signal (&watcher->moved);
  g_mutex_unlock (&watcher->lock);
}

/* The first message says that it is the first: from then on nothing is missed. */
static void
on_line (const char *line, gpointer user_data)
{
  if (g_str_has_prefix (line, "data:"))
    set (user_data, TRUE, TRUE);
}

static gpointer
listen_in_thread (gpointer data)
{
  Watcher *watcher = data;

  client_stream (watcher->client, watcher->path, watcher->stop, on_line, watcher);
  set (watcher, TRUE, FALSE);
  return NULL;
}

Watcher *
watcher_new (Ctl *ctl, const char *topics)
{
  Watcher *watcher = g_new0 (Watcher, 1);
  int ignored;

  watcher->path = topics != NULL ? g_strconcat ("/v1/changes?topics=", topics, NULL)
                                 : g_strdup ("/v1/changes");
  watcher->stop = g_cancellable_new ();
  g_mutex_init (&watcher->lock);
  g_cond_init (&watcher->moved);
  watcher->client = ctl_client_new (ctl, &ignored);
  if (watcher->client != NULL)
    watcher->thread = g_thread_new ("changes", listen_in_thread, watcher);
  return watcher;
}

void
watcher_free (Watcher *watcher)
{
  g_cancellable_cancel (watcher->stop);
  if (watcher->thread != NULL)
    g_thread_join (watcher->thread);
  client_free (watcher->client);
  g_object_unref (watcher->stop);
  g_mutex_clear (&watcher->lock);
  g_cond_clear (&watcher->moved);
  g_free (watcher->path);
  g_free (watcher);
}

void
watcher_wait (Watcher *watcher, gint64 timeout_us)
{
  gint64 now_us = g_get_monotonic_time (), end_us = now_us + timeout_us;
  gint64 poll_us = now_us + POLL_US;

  g_mutex_lock (&watcher->lock);
  while (!(watcher->has_changed && watcher->is_listening))
    if (!g_cond_wait_until (&watcher->moved, &watcher->lock,
                            watcher->is_listening ? end_us : MIN (poll_us, end_us)))
      break;
  watcher->has_changed = FALSE;
  g_mutex_unlock (&watcher->lock);
}

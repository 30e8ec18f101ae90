/* Ticks and their listeners.
 *
 * The open tick takes in what happens.  The thread closes it, at once after a pause and else when
 * the interval is over, and wakes the listeners that it concerns.  While nobody listens the thread
 * sleeps and the open tick goes on summing up; the next listener closes it. */
#include "http/changes.h"

#include "http/json.h"

/* What one call hands out before the listener has taken it. */
#define PIECE_BYTES (16 * 1024)

struct Changes
{
  ChangesSettings settings;
  GThread *thread;

  GMutex lock; /* guards what follows, the listeners too */
  GCond moved;
  gboolean stopping;
  GQueue ticks; /* closed ones, the oldest first */
  Tick *open;
  guint64 next_id; /* of the open tick */
  gint64 closed_us;
  gint64 heartbeat_us; /* when the last one was */
  GPtrArray *listeners;
};

struct ChangesListener
{
  Changes *changes;
  guint topics;
  guint64 seen; /* id of the last tick that it was told of, or passed over */
  gboolean is_new, is_reset, wants_heartbeat;
  ChangesWake wake;
  gpointer user_data;
};

/* ---- The thread, with the lock ---- */

static gboolean
has_news (const Changes *changes)
{
  return changes->open->topics != 0;
}

static void
wake_all (Changes *changes, guint topics)
{
  for (guint i = 0; i < changes->listeners->len; i++)
    {
      ChangesListener *listener = g_ptr_array_index (changes->listeners, i);

      if ((listener->topics & topics) != 0)
        listener->wake (listener->user_data);
    }
}

/* The revision is asked for while the tick is still open, so that nothing is in it that the tick
 * does not tell of. */
static void
close_tick (Changes *changes)
{
  Tick *tick = changes->open;
  gint64 revision = changes->settings.revision (changes->settings.user_data);

  tick->id = changes->next_id++;
  tick->revision = revision;
  g_queue_push_tail (&changes->ticks, tick);
  if (changes->ticks.length > changes->settings.max_ticks)
    tick_free (g_queue_pop_head (&changes->ticks));
  changes->open = tick_new ();
  changes->closed_us = g_get_monotonic_time ();
  wake_all (changes, tick->topics);
}

static void
beat (Changes *changes, gint64 now_us)
{
  changes->heartbeat_us = now_us;
  for (guint i = 0; i < changes->listeners->len; i++)
    {
      ChangesListener *listener = g_ptr_array_index (changes->listeners, i);

      listener->wants_heartbeat = TRUE;
      listener->wake (listener->user_data);
    }
}

static void
work (Changes *changes)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 tick_us = has_news (changes) ? changes->closed_us + changes->settings.interval_us
                                      : G_MAXINT64;
  gint64 beat_us = changes->heartbeat_us + changes->settings.heartbeat_us;

  if (tick_us <= now_us)
    close_tick (changes);
  else if (beat_us <= now_us)
    beat (changes, now_us);
  else
    g_cond_wait_until (&changes->moved, &changes->lock, MIN (tick_us, beat_us));
}

static gpointer
tell_in_thread (gpointer data)
{
  Changes *changes = data;

  g_mutex_lock (&changes->lock);
  while (!changes->stopping)
    if (changes->listeners->len == 0)
      g_cond_wait (&changes->moved, &changes->lock);
    else
      work (changes);
  g_mutex_unlock (&changes->lock);
  return NULL;
}

/* ---- What happens ---- */

/* With the lock: `had_news` before it was added to. */
static void
note_added (Changes *changes, gboolean had_news)
{
  if (!had_news && has_news (changes) && changes->listeners->len > 0)
    g_cond_signal (&changes->moved);
}

void
changes_note_commit (Changes *changes, const Batch *batch)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&changes->lock);
  gboolean had_news = has_news (changes);

  tick_add_batch (changes->open, batch);
  note_added (changes, had_news);
}

void
changes_note_generation (Changes *changes, guint64 generation)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&changes->lock);
  gboolean had_news = has_news (changes);

  tick_add_generation (changes->open, generation);
  note_added (changes, had_news);
}

/* ---- Listeners ---- */

/* With the lock.  FALSE: it is of another run, or what followed it is no longer there. */
static gboolean
resume (Changes *changes, const char *last_id, guint64 *out_seen)
{
  g_auto (GStrv) parts = g_strsplit (last_id, ".", 2);
  const Tick *oldest = g_queue_peek_head (&changes->ticks);
  guint64 first = oldest != NULL ? oldest->id : changes->next_id;
  gint64 epoch;

  return g_strv_length (parts) == 2 &&
         g_ascii_string_to_signed (parts[0], 10, 0, G_MAXINT64, &epoch, NULL) &&
         g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXUINT64, out_seen, NULL) &&
         epoch == changes->settings.epoch && *out_seen < changes->next_id && *out_seen + 1 >= first;
}

ChangesListener *
changes_listen (Changes *changes,
                guint topics,
                const char *last_id,
                ChangesWake wake,
                gpointer user_data)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&changes->lock);
  ChangesListener *listener;

  if (changes->listeners->len >= changes->settings.max_listeners)
    return NULL;
  listener = g_new0 (ChangesListener, 1);
  listener->changes = changes;
  listener->topics = topics;
  listener->wake = wake;
  listener->user_data = user_data;
  if (changes->listeners->len == 0)
    changes->heartbeat_us = g_get_monotonic_time ();
  /* What happened before is a message of its own for those who come back, and news to nobody else.
   */
  if (has_news (changes))
    close_tick (changes);
  if (last_id == NULL || !resume (changes, last_id, &listener->seen))
    {
      listener->is_new = TRUE;
      listener->is_reset = last_id != NULL;
      listener->seen = changes->next_id - 1;
    }
  g_ptr_array_add (changes->listeners, listener);
  g_cond_signal (&changes->moved);
  return listener;
}

void
changes_leave (ChangesListener *listener)
{
  Changes *changes = listener->changes;

  g_mutex_lock (&changes->lock);
  g_ptr_array_remove_fast (changes->listeners, listener);
  g_mutex_unlock (&changes->lock);
  g_free (listener);
}

/* ---- Their text, with the lock ---- */

static void
put_message (const Changes *changes,
             const char *event,
             guint64 id,
             const JsonOut *data,
             GString *out)
{
  g_string_append_printf (out,
                          "event: %s\nid: %" G_GINT64_FORMAT ".%" G_GUINT64_FORMAT "\ndata: %s\n\n",
                          event, changes->settings.epoch, id, data->str);
}

static void
put_beginning (Changes *changes, ChangesListener *listener, GString *out)
{
  g_autoptr (GString) data = json_out_new ();

  json_out_object (data, NULL);
  json_out_int (data, "revision", changes->settings.revision (changes->settings.user_data));
  json_out_end_object (data);
  g_string_append (out, "retry: 2000\n");
  put_message (changes, listener->is_reset ? "reset" : "start", listener->seen, data, out);
  listener->is_new = listener->is_reset = FALSE;
}

/* A listener that is so slow that what it has not had was dropped begins anew. */
static void
catch_up (Changes *changes, ChangesListener *listener)
{
  const Tick *oldest = g_queue_peek_head (&changes->ticks);

  if (oldest == NULL || listener->seen + 1 >= oldest->id)
    return;
  listener->is_new = listener->is_reset = TRUE;
  listener->seen = changes->next_id - 1;
}

static void
put_ticks (Changes *changes, ChangesListener *listener, GString *out)
{
  guint behind = (guint) (changes->next_id - 1 - listener->seen);
  GList *link = g_queue_peek_nth_link (&changes->ticks, changes->ticks.length - behind);

  for (; link != NULL && out->len < PIECE_BYTES; link = link->next)
    {
      const Tick *tick = link->data;
      g_autoptr (GString) data = NULL;

      listener->seen = tick->id;
      if ((tick->topics & listener->topics) == 0)
        continue;
      data = json_out_new ();
      tick_write (tick, listener->topics, data);
      put_message (changes, "changes", tick->id, data, out);
    }
}

gboolean
changes_next (ChangesListener *listener, GString *out)
{
  Changes *changes = listener->changes;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&changes->lock);
  gsize before = out->len;

  if (changes->stopping)
    return FALSE;
  catch_up (changes, listener);
  if (listener->is_new)
    put_beginning (changes, listener, out);
  if (listener->seen + 1 < changes->next_id)
    put_ticks (changes, listener, out);
  if (listener->wants_heartbeat && out->len == before)
    g_string_append (out, ": still there\n\n");
  listener->wants_heartbeat = FALSE;
  return TRUE;
}

/* ---- Beginning and end ---- */

Changes *
changes_new (const ChangesSettings *settings)
{
  Changes *changes = g_new0 (Changes, 1);

  changes->settings = *settings;
  g_mutex_init (&changes->lock);
  g_cond_init (&changes->moved);
  g_queue_init (&changes->ticks);
  changes->open = tick_new ();
  changes->next_id = 1;
  changes->listeners = g_ptr_array_new ();
  changes->thread = g_thread_new ("changes", tell_in_thread, changes);
  return changes;
}

void
changes_stop (Changes *changes)
{
  g_mutex_lock (&changes->lock);
  changes->stopping = TRUE;
  wake_all (changes, TICK_ALL);
  g_cond_signal (&changes->moved);
  g_mutex_unlock (&changes->lock);
}

void
changes_free (Changes *changes)
{
  changes_stop (changes);
  g_thread_join (changes->thread);
  g_assert (changes->listeners->len == 0);
  g_ptr_array_unref (changes->listeners);
  g_queue_clear_full (&changes->ticks, (GDestroyNotify) tick_free);
  tick_free (changes->open);
  g_cond_clear (&changes->moved);
  g_mutex_clear (&changes->lock);
  g_free (changes);
}

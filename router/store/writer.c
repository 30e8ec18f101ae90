/* The writer thread: everything durable passes through here, in order of submission.
 *
 * Group commit without waiting: a batch is what queued while the last one was on its way.  Where
 * the engine can, a batch is written while the one before it is synced; the syncer's thread then
 * completes it.  The queue belongs to the lock, the store to the writer thread, a batch to the
 * thread that has it.
 *
 * What was queued is completed exactly once, in order and never by two threads at a time, except
 * that a full disk turns away at once all that somebody waits for, while settlements and moves,
 * which nobody can repeat, wait for room.  Before the writer thread completes anything itself, what
 * it gave the syncer is done. */
#include "store/writer.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "store/syncer.h"
#include "store/upkeep.h"

typedef struct
{
  GList link; /* in the queue */
  BatchItem *item;
  WriterDone done;
  gpointer user_data;
} Entry;

/* A batch on its way. */
typedef struct
{
  GPtrArray *entries;
  GPtrArray *items; /* theirs */
  gint64 begun_us;  /* monotonic */
} Written;

typedef enum
{
  WRITER_RUNNING,
  WRITER_STOPPING, /* no new items; what is queued is still committed */
  WRITER_FAILED,
} WriterState;

struct Writer
{
  Store *store;
  WriterSettings settings;
  WriterFailed failed;
  gpointer user_data;
  WriterQueueSent queue_sent; /* set before the first item is submitted */
  gpointer queue_sent_data;
  WriterCommitted committed; /* the same */
  gpointer committed_data;
  Clock *clock;
  GThread *thread;
  Upkeep upkeep;  /* the thread's */
  Syncer *syncer; /* NULL: a commit is durable by itself */

  /* Atomic: stats.disk_full or stats.disk_blocked, for who must not wait for the lock. */
  gint is_refusing;

  GMutex lock; /* guards what follows */
  GCond wake;  /* for the thread: work, or the state changed */
  GCond ended; /* for writer_stop() by several threads */
  gboolean is_waiting;
  gboolean is_joining, is_joined;
  WriterState state;
  GError *sync_error; /* what the writer failed of, elsewhere than on its thread */
  GQueue queue;       /* Entry */
  WriterStats stats;
  gint64 full_until_us; /* monotonic: before that nobody needs to try */
  /* Monotonic: when the thread last got anything done, or began to have something to do; and the
   * same of syncing, which may be stuck while the thread still writes. */
  gint64 moved_us, sync_moved_us;
  guint n_syncing; /* batches that are written and not yet durable */
  gboolean has_new_retention;
  StoreRetention retention;
};

/* What the limit of queued events counts. */
static guint
count_events (const BatchItem *item)
{
  if (item->kind == BATCH_QUEUE)
    return item->queue.n_ops;
  return item->kind == BATCH_APPEND ? item->append.n_events : 0;
}

static guint
count_appended (const BatchItem *item)
{
  guint n = 0;

  for (guint i = 0; i < item->operate.n_actions; i++)
    n += item->operate.actions[i].append != NULL;
  return n;
}

/* How much of a commit an item makes up.  An array of a thousand events is one item, but not a
 * small one. */
static guint
weigh (const BatchItem *item)
{
  if (item->kind == BATCH_OPERATE)
    return MAX (item->operate.n_actions + count_appended (item), 1);
  return MAX (count_events (item), 1);
}

static void
entry_free (Entry *entry)
{
  batch_item_free (entry->item);
  g_free (entry);
}

static GPtrArray *
batch_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
}

/* ---- The queue, with the lock held ---- */

/* The next batch: at least one item, and no more than fit.  NULL: nothing is queued. */
static GPtrArray *
take_batch (Writer *writer)
{
  GPtrArray *batch;
  guint weight = 0;

  if (writer->queue.length == 0)
    return NULL;
  batch = batch_new ();
  while (writer->queue.length > 0)
    {
      Entry *entry = g_queue_peek_head (&writer->queue);

      weight += weigh (entry->item);
      if (batch->len > 0 && weight > writer->settings.max_batch_items)
        break;
      g_queue_unlink (&writer->queue, &entry->link);
      g_ptr_array_add (batch, entry);
    }
  return batch;
}

/* Nothing is queued, being written or tidied up. */
static gboolean
is_idle (const Writer *writer)
{
  return writer->is_waiting && writer->queue.length == 0;
}

static void
note_moved (Writer *writer)
{
  writer->moved_us = clock_monotonic_us (writer->clock);
}

static void
wait_for_work (Writer *writer)
{
  writer->is_waiting = TRUE;
  g_cond_wait (&writer->wake, &writer->lock);
  writer->is_waiting = FALSE;
}

/* FALSE when the time is over. */
static gboolean
wait_until (Writer *writer, gint64 end_us)
{
  gboolean in_time;

  writer->is_waiting = TRUE;
  in_time = g_cond_wait_until (&writer->wake, &writer->lock, end_us);
  writer->is_waiting = FALSE;
  return in_time;
}

static void
tell_of_commit (Writer *writer, const Batch *batch)
{
  if (writer->committed != NULL)
    writer->committed (batch, writer->committed_data);
}

/* After a step of upkeep: nobody waits for what it removed, but lists show it no longer. */
static void
tell_of_expiry (Writer *writer, guint64 n_steps_before)
{
  g_autoptr (GPtrArray) none = NULL;

  if (writer->upkeep.n_steps == n_steps_before)
    return;
  none = g_ptr_array_new ();
  tell_of_commit (writer, &(const Batch){ .items = none });
}

/* Until something is submitted or said.  When a moment is quiet for long enough it is the store's.
 */
static void
wait_or_tidy_up (Writer *writer)
{
  gint64 next_us = upkeep_next_us (&writer->upkeep);

  if (next_us == G_MAXINT64)
    wait_for_work (writer);
  else if (!wait_until (writer, next_us))
    {
      guint64 n_steps = writer->upkeep.n_steps;

      note_moved (writer);
      g_mutex_unlock (&writer->lock);
      upkeep_run (&writer->upkeep);
      tell_of_expiry (writer, n_steps);
      g_mutex_lock (&writer->lock);
      writer->stats.tidied = writer->upkeep.n_steps;
    }
}

static void
take_retention (Writer *writer)
{
  if (writer->has_new_retention)
    upkeep_set_retention (&writer->upkeep, &writer->retention);
  writer->has_new_retention = FALSE;
}

/* NULL: the store failed, or it stops and nothing is left. */
static GPtrArray *
wait_for_batch (Writer *writer)
{
  take_retention (writer); /* the queue may never be empty */
  while (writer->queue.length == 0 && writer->state == WRITER_RUNNING)
    {
      wait_or_tidy_up (writer);
      take_retention (writer);
    }
  return writer->state == WRITER_FAILED ? NULL : take_batch (writer);
}

/* ---- Completion, without the lock ---- */

static void
tell_of_queue (Writer *writer, const QueueOp *op)
{
  if (op->kind == QUEUE_SEND && op->out_result == QUEUE_OK)
    writer->queue_sent (op->queue, writer->queue_sent_data);
  else if (op->kind == QUEUE_REDRIVE && op->out_n > 0)
    writer->queue_sent (NULL, writer->queue_sent_data);
}

static void
tell_of_queues (Writer *writer, const BatchItem *item)
{
  if (writer->queue_sent == NULL)
    return;
  if (item->kind == BATCH_SETTLE && item->settlement.send != NULL)
    tell_of_queue (writer, item->settlement.send);
  for (guint i = 0; item->kind == BATCH_QUEUE && i < item->queue.n_ops; i++)
    tell_of_queue (writer, item->queue.ops[i]);
}

static void
uncount (Writer *writer, guint n_events)
{
  if (n_events == 0)
    return;
  g_mutex_lock (&writer->lock);
  writer->stats.queued_events -= n_events;
  g_mutex_unlock (&writer->lock);
}

static void
tell (Writer *writer, const Entry *entry, const GError *error)
{
  if (error == NULL)
    tell_of_queues (writer, entry->item);
  if (entry->done != NULL)
    entry->done (entry->item, error, entry->user_data);
}

static void
complete (Writer *writer, Entry *entry, const GError *error)
{
  uncount (writer, count_events (entry->item));
  tell (writer, entry, error);
}

static void
complete_all (Writer *writer, GPtrArray *batch, const GError *error)
{
  guint n_events = 0;

  for (guint i = 0; i < batch->len; i++)
    n_events += count_events (((Entry *) g_ptr_array_index (batch, i))->item);
  uncount (writer, n_events);
  for (guint i = 0; i < batch->len; i++)
    tell (writer, g_ptr_array_index (batch, i), error);
}

/* ---- Committing ---- */

/* With the lock held. */
static gboolean
is_refusing (const Writer *writer)
{
  return writer->stats.disk_full || writer->stats.disk_blocked;
}

static gboolean
has_only_settlements (GPtrArray *batch)
{
  for (guint i = 0; i < batch->len; i++)
    if (!batch_item_is_patient (((Entry *) g_ptr_array_index (batch, i))->item))
      return FALSE;
  return TRUE;
}

static void
say_disk (gboolean is_full, gboolean is_blocked, const GError *error)
{
  if (is_full)
    log_message (LOG_WARNING, "store",
                 "disk full: events are refused until there is room; deliveries go on as far as "
                 "they can be recorded");
  else if (is_blocked)
    log_message (LOG_ERROR, "store",
                 "the disk takes nothing: events are refused until it does, and what was delivered "
                 "is recorded then: %s",
                 error->message);
  else
    log_message (LOG_INFO, "store", "the disk takes everything again: events are taken");
}

/* With the lock held.  error NULL: it was written. */
static void
note_disk (Writer *writer, const GError *error)
{
  gboolean is_full = g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_FULL);
  gboolean is_blocked = g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_BLOCKED);

  if (is_full || is_blocked)
    writer->full_until_us = clock_monotonic_us (writer->clock) +
                            (gint64) writer->settings.full_retry_ms * 1000;
  if (is_full == writer->stats.disk_full && is_blocked == writer->stats.disk_blocked)
    return;
  writer->stats.disk_full = is_full;
  writer->stats.disk_blocked = is_blocked;
  g_atomic_int_set (&writer->is_refusing, is_full || is_blocked);
  say_disk (is_full, is_blocked, error);
}

static void
note_written (Writer *writer, GPtrArray *batch, const GError *error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&writer->lock);

  /* That settlements still fit, by the engine's reserve, says nothing of events. */
  if (error != NULL || !writer->stats.disk_full || !has_only_settlements (batch))
    note_disk (writer, error);
  note_moved (writer);
  if (error == NULL && writer->syncer != NULL && writer->n_syncing++ == 0)
    writer->sync_moved_us = writer->moved_us;
  writer->stats.tidied = writer->upkeep.n_steps;
}

static void
note_durable (Writer *writer, GPtrArray *batch, gint64 begun_us)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&writer->lock);
  gint64 duration_us = clock_monotonic_us (writer->clock) - begun_us;
  WriterStats *stats = &writer->stats;

  metrics_observe (writer->settings.metrics, METRIC_STORE_COMMIT, NULL, duration_us);
  stats->last_commit_us = duration_us;
  stats->commits++;
  stats->items += batch->len;
  for (guint i = 0; i < batch->len; i++)
    {
      const BatchItem *item = ((Entry *) g_ptr_array_index (batch, i))->item;

      if (batch_item_was_appended (item))
        stats->events += item->append.n_events;
    }
}

/* The end of a batch that was committed: on the syncer's thread, or without one the writer's. */
static void
finish (Writer *writer, Written *written, const GError *error)
{
  if (error == NULL)
    {
      note_durable (writer, written->entries, written->begun_us);
      tell_of_commit (writer, &(const Batch){ .items = written->items });
    }
  complete_all (writer, written->entries, error);
  g_ptr_array_unref (written->items);
  g_ptr_array_unref (written->entries);
  g_free (written);
}

/* Syncer's thread. */
static void
synced (gpointer work, const GError *error, gpointer user_data)
{
  Writer *writer = user_data;

  g_mutex_lock (&writer->lock);
  writer->n_syncing--;
  writer->sync_moved_us = clock_monotonic_us (writer->clock);
  if (error != NULL)
    {
      writer->state = WRITER_FAILED; /* from here on nothing is queued */
      if (writer->sync_error == NULL)
        writer->sync_error = g_error_copy (error);
      g_cond_signal (&writer->wake);
    }
  g_mutex_unlock (&writer->lock);
  finish (writer, work, error);
}

/* Takes the batch, on success. */
static gboolean
commit (Writer *writer, GPtrArray *batch, GError **error)
{
  const StoreEngine *engine = writer->store->engine;
  g_autoptr (GPtrArray) items = g_ptr_array_sized_new (batch->len);
  g_autoptr (GError) local_error = NULL;
  Batch request = { .items = items };
  gint64 begun_us = clock_monotonic_us (writer->clock);
  Written *written;
  gboolean ok;

  for (guint i = 0; i < batch->len; i++)
    g_ptr_array_add (items, ((Entry *) g_ptr_array_index (batch, i))->item);
  ok = writer->syncer != NULL ? engine->commit_ahead (writer->store, &request, &local_error)
                              : engine->commit (writer->store, &request, &local_error);
  note_written (writer, batch, local_error);
  if (!ok)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  written = g_new (Written, 1);
  *written = (Written){ batch, g_steal_pointer (&items), begun_us };
  if (writer->syncer != NULL)
    syncer_give (writer->syncer, written);
  else
    finish (writer, written, NULL);
  return TRUE;
}

/* Nobody knows what became of the batch, so nothing may be tried again: a repeat could be a second
 * delivery to the sender's mind, and a failed sync cannot be repaired by another one. */
static void
fail (Writer *writer, GPtrArray *batch, const GError *error)
{
  g_autoptr (GError) refused = NULL;
  GList *link;

  g_mutex_lock (&writer->lock);
  writer->state = WRITER_FAILED; /* from here on nothing is queued */
  g_mutex_unlock (&writer->lock);

  complete_all (writer, batch, error);
  g_ptr_array_unref (batch);
  refused = g_error_new (ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE,
                         "Nothing was written, because the store failed before: %s",
                         error->message);
  while ((link = g_queue_pop_head_link (&writer->queue)) != NULL)
    {
      complete (writer, link->data, refused);
      entry_free (link->data);
    }
  if (writer->failed != NULL)
    writer->failed (error, writer->user_data);
}

/* Tells all of a batch but what is patient that there is no room, and leaves that in it. */
static void
turn_away (Writer *writer, GPtrArray *batch, const GError *error)
{
  gsize n_entries;
  g_autofree gpointer *entries = g_ptr_array_steal (batch, &n_entries);

  for (gsize i = 0; i < n_entries; i++)
    {
      Entry *entry = entries[i];

      if (!batch_item_is_patient (entry->item))
        {
          complete (writer, entry, error);
          entry_free (entry);
        }
      else
        g_ptr_array_add (batch, entry);
    }
}

/* With the lock: takes all but what is patient out of the queue. */
static GPtrArray *
take_impatient (Writer *writer)
{
  GPtrArray *taken = batch_new ();
  GList *next;

  for (GList *link = writer->queue.head; link != NULL; link = next)
    {
      Entry *entry = link->data;

      next = link->next;
      if (batch_item_is_patient (entry->item))
        continue;
      g_ptr_array_add (taken, entry);
      g_queue_unlink (&writer->queue, link);
    }
  return taken;
}

/* With the lock, which is given up meanwhile.  Where no settlement fits, nothing else does: who
 * comes while they wait is told so at once.  Until the time is over or the writer stops. */
static void
turn_away_until (Writer *writer, gint64 end_us, const GError *error)
{
  /* By the clock: who submits again and again must not keep the disk from being tried again. */
  while (writer->state == WRITER_RUNNING && clock_monotonic_us (writer->clock) < end_us)
    {
      g_autoptr (GPtrArray) impatient = take_impatient (writer);

      note_moved (writer);
      if (impatient->len == 0)
        {
          if (!wait_until (writer, end_us))
            return;
          continue;
        }
      g_mutex_unlock (&writer->lock);
      complete_all (writer, impatient, error);
      g_mutex_lock (&writer->lock);
    }
}

/* Puts settlements, which have to wait for room, back to where they came from, and waits.  When
 * stopping there is nothing to wait for: what is not settled is due again at the next start. */
static void
wait_for_room (Writer *writer, GPtrArray *batch, const GError *error)
{
  gint64 end_us = clock_monotonic_us (writer->clock) +
                  (gint64) writer->settings.full_retry_ms * 1000;

  g_mutex_lock (&writer->lock);
  if (writer->state != WRITER_RUNNING)
    {
      g_mutex_unlock (&writer->lock);
      complete_all (writer, batch, error);
      return;
    }
  while (batch->len > 0)
    {
      Entry *entry = g_ptr_array_steal_index (batch, batch->len - 1);

      g_queue_push_head_link (&writer->queue, &entry->link);
    }
  turn_away_until (writer, end_us, error);
  g_mutex_unlock (&writer->lock);
}

static void
flush (Writer *writer)
{
  if (writer->syncer != NULL)
    syncer_flush (writer->syncer);
}

/* Takes the batch.  FALSE: the store failed for good. */
static gboolean
work_off (Writer *writer, GPtrArray *taken)
{
  g_autoptr (GPtrArray) batch = taken;

  while (batch->len > 0)
    {
      g_autoptr (GError) error = NULL;
      guint n_before = batch->len;

      if (commit (writer, batch, &error))
        {
          batch = NULL;
          return TRUE;
        }
      flush (writer);
      if (!router_error_is_passing (error))
        {
          fail (writer, g_steal_pointer (&batch), error);
          return FALSE;
        }
      turn_away (writer, batch, error);
      /* Settlements are small: without the rest there may be room for them right now. */
      if (batch->len == n_before)
        {
          wait_for_room (writer, batch, error);
          return TRUE;
        }
    }
  return TRUE;
}

/* FALSE: it is over. */
static gboolean
take_turn (Writer *writer)
{
  GPtrArray *batch;
  guint64 n_steps;

  if (writer->syncer != NULL)
    syncer_wait_ready (writer->syncer);
  g_mutex_lock (&writer->lock);
  batch = wait_for_batch (writer);
  g_mutex_unlock (&writer->lock);
  if (batch == NULL)
    {
      /* Even the last sync can fail. */
      flush (writer);
      if (writer->sync_error != NULL)
        fail (writer, batch_new (), writer->sync_error);
      return FALSE;
    }
  if (!work_off (writer, batch))
    return FALSE;
  upkeep_note_commit (&writer->upkeep);
  n_steps = writer->upkeep.n_steps;
  upkeep_run_share (&writer->upkeep);
  tell_of_expiry (writer, n_steps);
  return TRUE;
}

static gpointer
writer_thread (gpointer data)
{
  while (take_turn (data))
    ;
  return NULL;
}

/* ---- Public ---- */

Writer *
writer_new (Store *store, const WriterSettings *settings, WriterFailed failed, gpointer user_data)
{
  Writer *writer = g_new0 (Writer, 1);

  writer->store = store;
  writer->settings = *settings;
  writer->failed = failed;
  writer->user_data = user_data;
  writer->clock = clock_system_new ();
  upkeep_init (&writer->upkeep, store, writer->clock);
  if (store->engine->sync != NULL)
    writer->syncer = syncer_new (store, synced, writer);
  g_mutex_init (&writer->lock);
  g_cond_init (&writer->wake);
  g_cond_init (&writer->ended);
  g_queue_init (&writer->queue);
  note_moved (writer);
  writer->thread = g_thread_new ("writer", writer_thread, writer);
  return writer;
}

/* With the lock held.  A request larger than the whole queue is taken when nothing else is queued,
 * else it could never be. */
static gboolean
may_queue (Writer *writer, const BatchItem *item, GError **error)
{
  guint n_events = count_events (item);
  guint queued = writer->stats.queued_events;

  if (writer->state != WRITER_RUNNING)
    {
      g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE,
                           writer->state == WRITER_FAILED
                               ? "The store failed; the router is about to stop"
                               : "The router is stopping");
      return FALSE;
    }
  if (n_events > 0 && queued > 0 && queued + n_events > writer->settings.max_queued_events)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL,
                   "%u events wait to be written and %u more came, at most %u may wait "
                   "(QueuedEvents); try again later",
                   queued, n_events, writer->settings.max_queued_events);
      return FALSE;
    }
  return TRUE;
}

void
writer_watch_queues (Writer *writer, WriterQueueSent sent, gpointer user_data)
{
  g_mutex_lock (&writer->lock);
  writer->queue_sent = sent;
  writer->queue_sent_data = user_data;
  g_mutex_unlock (&writer->lock);
}

void
writer_watch_commits (Writer *writer, WriterCommitted committed, gpointer user_data)
{
  g_mutex_lock (&writer->lock);
  writer->committed = committed;
  writer->committed_data = user_data;
  g_mutex_unlock (&writer->lock);
}

gboolean
writer_submit (Writer *writer, BatchItem *item, WriterDone done, gpointer user_data, GError **error)
{
  gboolean ok;

  g_mutex_lock (&writer->lock);
  ok = may_queue (writer, item, error);
  if (ok)
    {
      Entry *entry = g_new (Entry, 1);

      if (is_idle (writer))
        note_moved (writer);
      *entry = (Entry){ .link.data = entry, .item = item, .done = done, .user_data = user_data };
      g_queue_push_tail_link (&writer->queue, &entry->link);
      writer->stats.queued_events += count_events (item);
      /* Waking costs a system call even when nobody sleeps. */
      if (writer->is_waiting)
        g_cond_signal (&writer->wake);
    }
  g_mutex_unlock (&writer->lock);
  if (!ok)
    batch_item_free (item);
  return ok;
}

typedef struct
{
  GMutex lock;
  GCond done;
  gboolean is_done;
  GError *error;
} Waiter;

static void
waiter_done (const BatchItem *item, const GError *error, gpointer user_data)
{
  Waiter *waiter = user_data;

  g_mutex_lock (&waiter->lock);
  waiter->error = error != NULL ? g_error_copy (error) : NULL;
  waiter->is_done = TRUE;
  g_cond_signal (&waiter->done);
  g_mutex_unlock (&waiter->lock);
}

gboolean
writer_submit_and_wait (Writer *writer, BatchItem *item, GError **error)
{
  Waiter waiter = { 0 };
  gboolean ok;

  g_assert (g_thread_self () != writer->thread);

  g_mutex_init (&waiter.lock);
  g_cond_init (&waiter.done);
  ok = writer_submit (writer, item, waiter_done, &waiter, error);
  g_mutex_lock (&waiter.lock);
  while (ok && !waiter.is_done)
    g_cond_wait (&waiter.done, &waiter.lock);
  g_mutex_unlock (&waiter.lock);
  if (waiter.error != NULL)
    {
      g_propagate_error (error, waiter.error);
      ok = FALSE;
    }
  g_cond_clear (&waiter.done);
  g_mutex_clear (&waiter.lock);
  return ok;
}

gboolean
writer_takes_events (Writer *writer, GError **error)
{
  gint64 now_us;
  gboolean may_try, is_blocked;

  if (!g_atomic_int_get (&writer->is_refusing))
    return TRUE;
  now_us = clock_monotonic_us (writer->clock);
  g_mutex_lock (&writer->lock);
  is_blocked = writer->stats.disk_blocked;
  may_try = !is_refusing (writer) || now_us >= writer->full_until_us;
  if (may_try)
    writer->full_until_us = now_us + (gint64) writer->settings.full_retry_ms * 1000;
  g_mutex_unlock (&writer->lock);
  if (!may_try && is_blocked)
    g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_BLOCKED,
                         "The disk takes nothing; events are taken again when it does");
  else if (!may_try)
    g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_FULL,
                         "The disk is full; events are taken again when there is room");
  return may_try;
}

void
writer_set_retention (Writer *writer, const StoreRetention *retention)
{
  g_mutex_lock (&writer->lock);
  writer->retention = *retention;
  writer->has_new_retention = TRUE;
  g_cond_signal (&writer->wake);
  g_mutex_unlock (&writer->lock);
}

void
writer_stats (Writer *writer, WriterStats *out_stats)
{
  g_mutex_lock (&writer->lock);
  *out_stats = writer->stats;
  g_mutex_unlock (&writer->lock);
}

gint64
writer_stuck_us (Writer *writer)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&writer->lock);
  gint64 now_us = clock_monotonic_us (writer->clock), since_us = now_us;

  /* One that has ended has said why, and the router ends as well. */
  if (writer->state != WRITER_RUNNING)
    return 0;
  if (!is_idle (writer))
    since_us = writer->moved_us;
  if (writer->n_syncing > 0)
    since_us = MIN (since_us, writer->sync_moved_us);
  return now_us - since_us;
}

void
writer_stop (Writer *writer)
{
  g_assert (g_thread_self () != writer->thread);

  g_mutex_lock (&writer->lock);
  if (writer->state == WRITER_RUNNING)
    writer->state = WRITER_STOPPING;
  g_cond_signal (&writer->wake);
  if (!writer->is_joining)
    {
      writer->is_joining = TRUE;
      g_mutex_unlock (&writer->lock);
      g_thread_join (writer->thread);
      g_mutex_lock (&writer->lock);
      writer->is_joined = TRUE;
      g_cond_broadcast (&writer->ended);
    }
  while (!writer->is_joined)
    g_cond_wait (&writer->ended, &writer->lock);
  g_mutex_unlock (&writer->lock);
}

void
writer_free (Writer *writer)
{
  writer_stop (writer);
  g_assert (writer->queue.length == 0);
  g_clear_pointer (&writer->syncer, syncer_free);
  g_clear_error (&writer->sync_error);
  g_cond_clear (&writer->wake);
  g_cond_clear (&writer->ended);
  g_mutex_clear (&writer->lock);
  clock_free (writer->clock);
  g_free (writer);
}

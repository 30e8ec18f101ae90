/* One commit: a batch as one transaction.  Writer thread only, but for the sync.
 *
 * What the engine keeps in memory beside the file (the numbers of names, the newest seq, changes of
 * the counters) follows the transaction: kept when it is written, taken back when it is not. */
#include "store/sqlite/sqlite-store.h"

#include "base/error.h"

static gboolean
append (SqliteStore *store, BatchItem *item, GError **error)
{
  Repeat *repeat = item->append.repeat;

  for (guint i = 0; i < item->append.n_events; i++)
    store->now_us = item->append.events[i].event->received_us;
  if (repeat != NULL)
    {
      if (!sqlite_repeat (store, repeat, error))
        return FALSE;
      if (repeat->out_verdict != REPEAT_FIRST)
        return TRUE;
    }
  for (guint i = 0; i < item->append.n_events; i++)
    if (!sqlite_append (store, &item->append.events[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
operate (SqliteStore *store, BatchItem *item, guint place, GError **error)
{
  OperatorAction *action = &item->operate.actions[place];

  action->out_applied = FALSE;
  action->out_due = (StoreDue){ 0 };
  if (!batch_item_wants_action (item, place))
    return TRUE;
  return sqlite_operate (store, action, error) && (!action->out_applied || action->append == NULL ||
                                                   sqlite_append (store, action->append, error));
}

static gboolean
apply_kind (SqliteStore *store, BatchItem *item, GError **error)
{
  switch (item->kind)
    {
    case BATCH_APPEND:
      return append (store, item, error);
    case BATCH_SETTLE:
      return sqlite_settle (store, &item->settlement, error);
    case BATCH_OPERATE:
      for (guint i = 0; i < item->operate.n_actions; i++)
        if (!operate (store, item, i, error))
          return FALSE;
      return TRUE;
    case BATCH_GENERATION:
      return sqlite_generation (store, &item->generation, error);
    case BATCH_QUEUE:
      for (guint i = 0; i < item->queue.n_ops; i++)
        if (!sqlite_queue (store, item->queue.ops[i], error))
          return FALSE;
      return TRUE;
    case BATCH_MOVE:
      return sqlite_move (store, &item->move, error);
    case BATCH_HOLD:
      return sqlite_hold (store, &item->hold, error);
    case BATCH_CLOCK:
      return sqlite_clock (store, &item->clock, error);
    case BATCH_RECORD:
      return TRUE;
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
apply_item (SqliteStore *store, BatchItem *item, GError **error)
{
  return apply_kind (store, item, error) && sqlite_put_records (store, item, error);
}

static gboolean
apply_all (SqliteStore *store, gpointer data, GError **error)
{
  Batch *batch = data;

  for (guint i = 0; i < batch->items->len; i++)
    if (!apply_item (store, g_ptr_array_index (batch->items, i), error))
      return FALSE;
  return sqlite_repeat_make_room (store, error) && tally_write (store->tally, error);
}

static void
take_back (SqliteStore *store, gint64 last_seq, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  tally_clear (store->tally);
  catalog_take_back (store->catalog);
  ahead_taken_back (&store->ahead);
  store->last_seq = last_seq;
  store->n_new_repeats = 0;
  if (database_rollback (store->writer, &local_error))
    return;
  /* Now it is no longer certain that nothing was written, whatever the first failure was. */
  g_clear_error (error);
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE, "%s", local_error->message);
}

gboolean
sqlite_transaction (SqliteStore *store, SqliteApply apply, gpointer data, GError **error)
{
  gint64 last_seq = store->last_seq;

  if (!sqlite_checkpoint_at_ceiling (store, error) || !database_begin (store->writer, TRUE, error))
    return FALSE;
  if (!apply (store, data, error) || !database_commit (store->writer, error))
    {
      take_back (store, last_seq, error);
      return FALSE;
    }
  tally_clear (store->tally);
  catalog_keep (store->catalog);
  return TRUE;
}

static gboolean
has_only_patient (const Batch *batch)
{
  for (guint i = 0; i < batch->items->len; i++)
    if (!batch_item_is_patient (g_ptr_array_index (batch->items, i)))
      return FALSE;
  return TRUE;
}

gboolean
sqlite_commit_ahead (Store *base, Batch *batch, GError **error)
{
  SqliteStore *store = (SqliteStore *) base;
  g_autoptr (GError) local_error = NULL;

  if (store->idle_failure != NULL)
    {
      g_propagate_error (error, g_error_copy (store->idle_failure));
      return FALSE;
    }
  if (!has_only_patient (batch) && !reserve_restore (&store->reserve))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL,
                   "Store %s: what room is left on the disk is kept for recording deliveries; free "
                   "some space",
                   store->writer->path);
      return FALSE;
    }
  if (sqlite_transaction (store, apply_all, batch, &local_error))
    {
      store->written_seq = store->last_seq;
      ahead_committed (&store->ahead);
      return TRUE;
    }
  if (g_error_matches (local_error, ROUTER_ERROR, ROUTER_ERROR_FULL))
    reserve_give_up (&store->reserve);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
sqlite_sync (Store *base, GError **error)
{
  SqliteStore *store = (SqliteStore *) base;
  /* Before: what is written meanwhile may not be synced. */
  gint64 seq = store->written_seq, newest = ahead_newest (&store->ahead);

  if (!database_sync_log (store->writer, error))
    return FALSE;
  store->durable_seq = seq;
  ahead_synced (&store->ahead, newest);
  return TRUE;
}

gboolean
sqlite_commit (Store *base, Batch *batch, GError **error)
{
  return sqlite_commit_ahead (base, batch, error) && sqlite_sync (base, error);
}

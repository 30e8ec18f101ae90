/* What an operator does to a delivery.  Writer thread, within the open transaction. */
#include "store/sqlite/sqlite-store.h"

static gboolean
write_replayed (SqliteStore *store,
                const SqliteStanding *standing,
                OperatorAction *action,
                GError **error)
{
  gint64 now_us = operator_action_due_us (action), due_us = now_us;
  const char *connector;
  gint64 connector_id;
  Statement *update = database_prepare (
      store->writer,
      "UPDATE delivery SET state = ?1, dead = 0, since_us = ?2, due_us = ?5,"
      " changed_us = ?7, round_attempts = 0, n_journal = ?3, connector = ?6,"
      " replays = replays + 1, operation = ?8 WHERE id = ?4",
      error);

  /* It is counted as it stands. */
  if (update == NULL ||
      (standing->state == DELIVERY_DEAD && !sqlite_dead_leave (store, standing->id, error)) ||
      !catalog_get_connector (store->catalog, standing->route, &connector, &connector_id, error) ||
      (standing->order_key != 0 &&
       !sqlite_due_in_order (store, standing->order_key, &due_us, error)))
    return FALSE;
  statement_bind_int (update, DELIVERY_READY);
  statement_bind_int (update, now_us);
  statement_bind_int (update, action->entry->n);
  statement_bind_int (update, standing->id);
  statement_bind_int (update, due_us);
  statement_bind_int (update, connector_id);
  statement_bind_int (update, action->entry->at_us);
  statement_bind_int (update, action->operation);
  sqlite_tally_move (store, standing, DELIVERY_READY);
  action->out_applied = TRUE;
  if (due_us != DELIVERY_NEVER_US)
    {
      ahead_add (&store->ahead, standing->id);
      action->out_due = (StoreDue){ action->key, connector, due_us, standing->priority };
    }
  return statement_run (update, "replay a delivery", error);
}

/* Discard, or take that back. */
static gboolean
write_state (SqliteStore *store,
             const SqliteStanding *standing,
             OperatorAction *action,
             DeliveryState state,
             GError **error)
{
  Statement *update = database_prepare (
      store->writer,
      "UPDATE delivery SET state = ?, changed_us = ?, n_journal = ?, operation = ? WHERE id = ?",
      error);

  if (update == NULL ||
      (state == DELIVERY_DISCARDED && !sqlite_dead_leave (store, standing->id, error)))
    return FALSE;
  statement_bind_int (update, state);
  statement_bind_int (update, action->entry->at_us);
  statement_bind_int (update, action->entry->n);
  statement_bind_int (update, action->operation);
  statement_bind_int (update, standing->id);
  sqlite_tally_move (store, standing, state);
  action->out_applied = TRUE;
  return statement_run (update, "discard or restore a delivery", error) &&
         (state != DELIVERY_DEAD || sqlite_dead_enter (store, standing->id, error));
}

/* Retry or postpone. */
static gboolean
write_time (SqliteStore *store,
            const SqliteStanding *standing,
            OperatorAction *action,
            GError **error)
{
  gint64 due_us = operator_action_due_us (action);
  const char *connector;
  Statement *update = database_prepare (
      store->writer, "UPDATE delivery SET due_us = ?, n_journal = ?, operation = ? WHERE id = ?",
      error);

  if (update == NULL ||
      !catalog_get_connector (store->catalog, standing->route, &connector, NULL, error))
    return FALSE;
  statement_bind_int (update, due_us);
  statement_bind_int (update, action->entry->n);
  statement_bind_int (update, action->operation);
  statement_bind_int (update, standing->id);
  action->out_applied = TRUE;
  action->out_due = (StoreDue){ action->key, connector, due_us, standing->priority };
  return statement_run (update, "change when a delivery is due", error);
}

static gboolean
write_given_up (SqliteStore *store,
                const SqliteStanding *standing,
                OperatorAction *action,
                GError **error)
{
  Statement *update = database_prepare (store->writer,
                                        "UPDATE delivery SET state = ?, dead = ?, due_us = 0,"
                                        " changed_us = ?, n_journal = ?, operation = ?"
                                        " WHERE id = ?",
                                        error);

  if (update == NULL)
    return FALSE;
  statement_bind_int (update, DELIVERY_DEAD);
  statement_bind_int (update, DEAD_OPERATOR);
  statement_bind_int (update, action->entry->at_us);
  statement_bind_int (update, action->entry->n);
  statement_bind_int (update, action->operation);
  statement_bind_int (update, standing->id);
  sqlite_tally_move (store, standing, DELIVERY_DEAD);
  action->out_applied = TRUE;
  if (!statement_run (update, "give a delivery up", error) ||
      !sqlite_dead_enter (store, standing->id, error))
    return FALSE;
  return standing->order_key == 0 || standing->due_us == DELIVERY_NEVER_US ||
         sqlite_follow_in_order (store, standing->order_key, operator_action_due_us (action),
                                 &action->out_due, error);
}

static gboolean
applies (const SqliteStanding *standing, JournalKind kind)
{
  switch (kind)
    {
    case JOURNAL_REPLAY:
      return standing->state == DELIVERY_DEAD || standing->state == DELIVERY_DISCARDED;
    case JOURNAL_DISCARD:
      return standing->state == DELIVERY_DEAD;
    case JOURNAL_RESTORE:
      return standing->state == DELIVERY_DISCARDED;
    case JOURNAL_RETRY:
    case JOURNAL_POSTPONE:
      return store_is_unsettled (standing->state) && standing->due_us != DELIVERY_NEVER_US;
    case JOURNAL_GIVE_UP:
      return store_is_unsettled (standing->state);
    case JOURNAL_ATTEMPT:
    case JOURNAL_N_KINDS:
      break;
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
write_action (SqliteStore *store,
              const SqliteStanding *standing,
              OperatorAction *action,
              GError **error)
{
  switch (action->entry->kind)
    {
    case JOURNAL_REPLAY:
      return write_replayed (store, standing, action, error);
    case JOURNAL_DISCARD:
      return write_state (store, standing, action, DELIVERY_DISCARDED, error);
    case JOURNAL_RESTORE:
      return write_state (store, standing, action, DELIVERY_DEAD, error);
    case JOURNAL_RETRY:
    case JOURNAL_POSTPONE:
      return write_time (store, standing, action, error);
    case JOURNAL_GIVE_UP:
      return write_given_up (store, standing, action, error);
    case JOURNAL_ATTEMPT:
    case JOURNAL_N_KINDS:
      break;
    }
  g_return_val_if_reached (FALSE);
}

gboolean
sqlite_operate (SqliteStore *store, OperatorAction *action, GError **error)
{
  SqliteStanding standing;
  gboolean exists;

  /* The item may come a second time, after a full disk. */
  action->out_applied = FALSE;
  action->out_due = (StoreDue){ 0 };
  if (!sqlite_read_standing (store, action->key, &exists, &standing, error))
    return FALSE;
  if (!exists || !applies (&standing, action->entry->kind))
    return TRUE;
  return sqlite_write_journal (store, &standing, action->entry, error) &&
         write_action (store, &standing, action, error);
}

/* Holds of connectors, and deliveries that change their connector.  Writer thread, within the open
 * transaction.
 *
 * A connector has a row while anything holds it, and none otherwise: that is what makes its
 * deliveries held. */
#include "store/sqlite/sqlite-store.h"

/* ---- Move ---- */

static gboolean
read_route (SqliteStore *store,
            gint64 id,
            gint64 *out_route,
            DeliveryState *out_state,
            GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer, "SELECT route, state FROM delivery WHERE id = ?", error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, id);
  if (!statement_step (select, &has_row, "read a delivery", error))
    return FALSE;
  if (!has_row)
    {
      *out_state = DELIVERY_DISCARDED;
      return TRUE;
    }
  *out_route = statement_read_int (select);
  *out_state = (DeliveryState) statement_read_int_between (select, DELIVERY_READY,
                                                           DELIVERY_N_STATES - 1);
  return statement_check_row (select, "delivery", id, error);
}

gboolean
sqlite_move (SqliteStore *store, const DeliveryMove *move, GError **error)
{
  gint64 id, old_route, route, connector;
  DeliveryState state;
  Statement *update;

  if (!sqlite_delivery_id (move->key, &id))
    return TRUE;
  if (!read_route (store, id, &old_route, &state, error))
    return FALSE;
  if (!store_is_unsettled (state))
    return TRUE;
  if (!catalog_get_route_to (store->catalog, old_route, move->connector, &route, error) ||
      !catalog_get_connector (store->catalog, route, NULL, &connector, error))
    return FALSE;
  update = database_prepare (store->writer,
                             "UPDATE delivery SET route = ?, connector = ? WHERE id = ?", error);
  if (update == NULL)
    return FALSE;
  statement_bind_int (update, route);
  statement_bind_int (update, connector);
  statement_bind_int (update, id);
  tally_add (store->tally, COUNT_STATE, old_route, state, -1);
  tally_add (store->tally, COUNT_STATE, route, state, 1);
  return statement_run (update, "move a delivery to another connector", error);
}

/* ---- Hold ---- */

static gboolean
read_hold (SqliteStore *store,
           gint64 connector,
           gint64 *out_paused_us,
           gint64 *out_shut_us,
           GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer, "SELECT paused_us, shut_us FROM hold WHERE connector = ?", error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, connector);
  if (!statement_step (select, &has_row, "read a connector's hold", error))
    return FALSE;
  *out_paused_us = has_row ? statement_read_int (select) : 0;
  *out_shut_us = has_row ? statement_read_int (select) : 0;
  return statement_check_row (select, "hold of connector", connector, error);
}

static gboolean
run_for (SqliteStore *store, const char *sql, gint64 connector, GError **error)
{
  Statement *statement = database_prepare (store->writer, sql, error);

  if (statement == NULL)
    return FALSE;
  statement_bind_int (statement, connector);
  return statement_run (statement, "change a connector's hold", error);
}

static gboolean
write_pause (SqliteStore *store, gint64 connector, const HoldChange *change, GError **error)
{
  Statement *update = database_prepare (
      store->writer,
      "UPDATE hold SET paused_us = ?, paused_by = ?, pause_reason = ? WHERE connector = ?", error);
  gboolean begins = change->since_us != 0;

  if (update == NULL)
    return FALSE;
  statement_bind_int (update, change->since_us);
  statement_bind_text (update, begins ? change->actor : "");
  statement_bind_text (update, begins ? change->reason : "");
  statement_bind_int (update, connector);
  return statement_run (update, "pause or resume a connector", error);
}

static gboolean
write_shut (SqliteStore *store, gint64 connector, const HoldChange *change, GError **error)
{
  Statement *update = database_prepare (store->writer,
                                        "UPDATE hold SET shut_us = ?, shut_until_us = ?,"
                                        " n_probes = ?, shut_reason = ? WHERE connector = ?",
                                        error);
  gboolean begins = change->since_us != 0;

  if (update == NULL)
    return FALSE;
  statement_bind_int (update, change->since_us);
  statement_bind_int (update, begins ? change->until_us : 0);
  statement_bind_int (update, begins ? change->n_probes : 0);
  statement_bind_text (update, begins ? change->reason : "");
  statement_bind_int (update, connector);
  return statement_run (update, "shut or open a connector", error);
}

gboolean
sqlite_hold (SqliteStore *store, HoldChange *change, GError **error)
{
  gboolean begins = change->since_us != 0;
  gint64 connector, paused_us, shut_us;

  if (!catalog_get_name (store->catalog, change->connector, &connector, error) ||
      !read_hold (store, connector, &paused_us, &shut_us, error))
    return FALSE;
  if (change->kind == HOLD_PAUSE)
    change->out_applied = begins != (paused_us != 0);
  else
    change->out_applied = begins || shut_us != 0;
  if (!change->out_applied)
    return TRUE;
  return run_for (store,
                  "INSERT INTO hold VALUES (?, 0, '', '', 0, 0, 0, '') ON CONFLICT DO NOTHING",
                  connector, error) &&
         (change->kind == HOLD_PAUSE ? write_pause (store, connector, change, error)
                                     : write_shut (store, connector, change, error)) &&
         run_for (store, "DELETE FROM hold WHERE connector = ? AND paused_us = 0 AND shut_us = 0",
                  connector, error);
}

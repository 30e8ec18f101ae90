/* Turns within one order key.  Writer thread, within the open transaction.
 *
 * What must stay true: of the unsettled deliveries with one order key at most one has a due time;
 * all others are DELIVERY_NEVER_US.  delivery_order has only what is unsettled and has an order
 * key, so that a key's deliveries are found without looking at any others. */
#include "store/sqlite/sqlite-store.h"

gboolean
sqlite_due_in_order (SqliteStore *store, gint64 order_key, gint64 *inout_due_us, GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer,
      "SELECT 1 FROM delivery INDEXED BY delivery_order"
      " WHERE order_key = ? AND order_key != 0 AND state <= 3 LIMIT 1",
      error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, order_key);
  if (!statement_step (select, &has_row, "look up an order key", error))
    return FALSE;
  if (has_row)
    *inout_due_us = DELIVERY_NEVER_US;
  return TRUE;
}

static gboolean
find_next (SqliteStore *store,
           gint64 order_key,
           StoreDue *out_next,
           gint64 *out_since_us,
           GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer,
      "SELECT id, route, since_us, priority FROM delivery INDEXED BY delivery_order"
      " WHERE order_key = ? AND order_key != 0 AND state <= 3 ORDER BY id LIMIT 1",
      error);
  gboolean has_row;
  gint64 id, route;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, order_key);
  if (!statement_step (select, &has_row, "find what follows by an order key", error))
    return FALSE;
  if (!has_row)
    return TRUE;
  id = statement_read_int (select);
  route = statement_read_int (select);
  *out_since_us = statement_read_int (select);
  out_next->priority = (guint) statement_read_int_between (select, 0, DELIVERY_MAX_PRIORITY);
  out_next->key = sqlite_delivery_key (id);
  return statement_check_row (select, "delivery", id, error) &&
         catalog_get_connector (store->catalog, route, &out_next->connector, NULL, error);
}

gboolean
sqlite_follow_in_order (SqliteStore *store,
                        gint64 order_key,
                        gint64 now_us,
                        StoreDue *out_next,
                        GError **error)
{
  StoreDue next = { 0 };
  gint64 since_us = 0, id;
  Statement *update;

  if (!find_next (store, order_key, &next, &since_us, error))
    return FALSE;
  if (next.connector == NULL)
    return TRUE;
  /* What is delayed beyond its turn stays so: since_us is never before its own time. */
  next.due_us = MAX (now_us, since_us);
  update = database_prepare (store->writer, "UPDATE delivery SET due_us = ? WHERE id = ?", error);
  if (update == NULL || !sqlite_delivery_id (next.key, &id))
    return FALSE;
  ahead_add (&store->ahead, id);
  statement_bind_int (update, next.due_us);
  statement_bind_int (update, id);
  if (!statement_run (update, "let a delivery follow by its order key", error))
    return FALSE;
  *out_next = next;
  return TRUE;
}

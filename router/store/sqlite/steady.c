/* The record of the clocks: one row, or none.  Written by the writer thread within the open
 * transaction, read by any. */
#include "store/sqlite/find.h"
#include "store/sqlite/sqlite-store.h"

gboolean
sqlite_clock (SqliteStore *store, const StoredClock *clock, GError **error)
{
  Statement *insert = database_prepare (
      store->writer, "INSERT OR REPLACE INTO clock VALUES (1, ?, ?, ?, ?)", error);

  if (insert == NULL)
    return FALSE;
  statement_bind_text (insert, clock->boot);
  statement_bind_int (insert, clock->boot_us);
  statement_bind_int (insert, clock->steady_us);
  statement_bind_int (insert, clock->wall_us);
  return statement_run (insert, "record the clocks", error);
}

gboolean
sqlite_last_clock (Store *base, StoredClock *out_clock, GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->lookups, error);
  g_autoptr (Statement) select = NULL;
  gboolean has_row;

  *out_clock = (StoredClock){ 0 };
  if (reader == NULL)
    return FALSE;
  select = reader_prepare (reader, "SELECT boot, boot_us, steady_us, wall_us FROM clock", error);
  if (select == NULL || !statement_step (select, &has_row, "read the record of the clocks", error))
    return FALSE;
  if (!has_row)
    return TRUE;
  g_strlcpy (out_clock->boot, statement_read_text (select), sizeof out_clock->boot);
  out_clock->boot_us = statement_read_int (select);
  out_clock->steady_us = statement_read_int (select);
  out_clock->wall_us = statement_read_int (select);
  return statement_check_row (select, "record of the clocks", 1, error);
}

/* Counters and the ledger.  Any thread. */
#include "store/sqlite/totals.h"
#include "store/sqlite/sqlite-store.h"

/* A counter counts states as they are kept; a hold shows them as held. */
#define SEEN_STATE                                                                                 \
  "CASE WHEN kind = 6 AND state IN (1, 2) AND subject IN " SQLITE_HELD_ROUTES                      \
  " THEN 3 ELSE state END"

/* Names what a counter counts, by its kind. */
static gboolean
name_count (Reader *reader, gint64 subject, StoreCount *count, GError **error)
{
  const char *name = "";
  ReaderRoute route = { "", "", "" };

  if (count->kind == COUNT_STATE || count->kind == COUNT_EXPIRED)
    {
      if (!reader_get_route (reader, subject, &route, error))
        return FALSE;
      name = route.rule;
    }
  else if (count->kind == COUNT_INGRESS || count->kind == COUNT_RULE)
    {
      if (!reader_get_name (reader, subject, &name, error))
        return FALSE;
    }
  count->name = g_strdup (name);
  count->target = g_strdup (route.target);
  count->connector = g_strdup (route.connector);
  return TRUE;
}

static gboolean
read_count (Reader *reader, Statement *row, GPtrArray *counts, GError **error)
{
  StoreCount *count = g_new0 (StoreCount, 1);
  gint64 subject;

  g_ptr_array_add (counts, count);
  count->kind = (StoreCountKind) statement_read_int_between (row, COUNT_EVENTS,
                                                             COUNT_EXPIRED_UNMATCHED);
  subject = statement_read_int (row);
  count->state = (DeliveryState) statement_read_int_between (row, 0, DELIVERY_N_STATES - 1);
  count->n = statement_read_int (row);
  return statement_check_row (row, "counter of", subject, error) &&
         name_count (reader, subject, count, error);
}

static GPtrArray *
read_counts (Reader *reader, GError **error)
{
  g_autoptr (Statement) select = reader_prepare (reader,
                                                 "SELECT kind, subject, " SEEN_STATE
                                                 " AS seen, sum (n) FROM counter WHERE n != 0"
                                                 " GROUP BY kind, subject, seen",
                                                 error);
  g_autoptr (GPtrArray) counts = g_ptr_array_new_with_free_func ((GDestroyNotify) store_count_free);
  gboolean has_row;

  if (select == NULL)
    return NULL;
  while (TRUE)
    {
      if (!statement_step (select, &has_row, "read the counters", error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&counts);
      if (!read_count (reader, select, counts, error))
        return NULL;
    }
}

gboolean
sqlite_counts (Store *base, GPtrArray **out_counts, GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  GPtrArray *counts = reader != NULL ? read_counts (reader, error) : NULL;

  if (counts == NULL)
    return FALSE;
  *out_counts = counts;
  return TRUE;
}

/* The kinds are those of StoreCountKind.  What has expired can only be taken from the counters; the
 * rows that are left are added to it. */
static const char kept[] = "SELECT kind, " SEEN_STATE " AS seen, sum (n) FROM counter"
                           " WHERE kind NOT IN (3, 4) GROUP BY kind, seen";
static const char counted[] =
    "WITH past (kind, n) AS (SELECT kind, sum (n) FROM counter WHERE kind IN (7, 8, 9) GROUP BY "
    "kind)"
    " SELECT 1, 0, count (*) FROM event"
    " UNION ALL SELECT 2, 0, count (*) FROM event WHERE matched = ''"
    " UNION ALL SELECT 5, 0, count (*) FROM delivery"
    " UNION ALL SELECT 6, " SQLITE_STATE " AS seen, count (*) FROM delivery d"
    " GROUP BY seen"
    " UNION ALL SELECT kind, 0, n FROM past"
    " UNION ALL SELECT CASE kind WHEN 7 THEN 5 WHEN 8 THEN 1 ELSE 2 END, 0, n FROM past";

static gboolean
add_to_ledger (Statement *row, StoreLedger *ledger, GError **error)
{
  StoreCount count = { 0 };

  count.kind = (StoreCountKind) statement_read_int_between (row, COUNT_EVENTS,
                                                            COUNT_EXPIRED_UNMATCHED);
  count.state = (DeliveryState) statement_read_int_between (row, 0, DELIVERY_N_STATES - 1);
  count.n = statement_read_int (row);
  store_ledger_add (ledger, &count);
  return statement_check_row (row, "counter of kind", count.kind, error);
}

gboolean
sqlite_read_ledger (Database *database, gboolean recount, StoreLedger *out_ledger, GError **error)
{
  g_autoptr (Statement) select = database_prepare (database, recount ? counted : kept, error);
  StoreLedger ledger = { 0 };
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  while (TRUE)
    {
      if (!statement_step (select, &has_row, "read the ledger", error))
        return FALSE;
      if (!has_row)
        break;
      if (!add_to_ledger (select, &ledger, error))
        return FALSE;
    }
  *out_ledger = ledger;
  return TRUE;
}

gboolean
sqlite_ledger (Store *base, gboolean recount, StoreLedger *out_ledger, GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);

  return reader != NULL &&
         sqlite_read_ledger (reader_get_database (reader), recount, out_ledger, error);
}

/* ---- What is owed ---- */

/* From one connector to the next along the index, so that it takes a look-up each, however much
 * they are owed. */
static const char oldest_pending[] =
    "WITH RECURSIVE owed (connector) AS"
    " (SELECT min (connector) FROM delivery INDEXED BY delivery_pending WHERE state <= 3"
    " UNION ALL"
    " SELECT (SELECT min (d.connector) FROM delivery d INDEXED BY delivery_pending"
    " WHERE d.state <= 3 AND d.connector > owed.connector) FROM owed WHERE connector IS NOT NULL)"
    " SELECT connector, (SELECT min (since_us) FROM delivery d INDEXED BY delivery_pending"
    " WHERE d.state <= 3 AND d.connector = owed.connector)"
    " FROM owed WHERE connector IS NOT NULL";

static gboolean
read_oldest (Reader *reader, Statement *row, GPtrArray *found, GError **error)
{
  gint64 id = statement_read_int (row);
  gint64 since_us = statement_read_int (row);
  StoredOldest *oldest;
  const char *connector;

  if (!statement_check_row (row, "what is owed to connector", id, error) ||
      !reader_get_name (reader, id, &connector, error))
    return FALSE;
  oldest = g_new (StoredOldest, 1);
  *oldest = (StoredOldest){ g_strdup (connector), since_us };
  g_ptr_array_add (found, oldest);
  return TRUE;
}

gboolean
sqlite_oldest_pending (Store *base, GPtrArray **out_oldest, GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (
      (GDestroyNotify) stored_oldest_free);
  g_autoptr (Statement) select = reader != NULL ? reader_prepare (reader, oldest_pending, error)
                                                : NULL;
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  while (TRUE)
    {
      if (!statement_step (select, &has_row, "read what is owed", error))
        return FALSE;
      if (!has_row)
        break;
      if (!read_oldest (reader, select, found, error))
        return FALSE;
    }
  *out_oldest = g_steal_pointer (&found);
  return TRUE;
}

/* ---- When events came ---- */

gboolean
sqlite_event_minutes (Store *base,
                      gint64 from_us,
                      gint64 to_us,
                      GArray **out_minutes,
                      GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  g_autoptr (GArray) minutes = g_array_new (FALSE, FALSE, sizeof (StoredMinute));
  g_autoptr (Statement) select = NULL;
  gboolean has_row;

  if (reader != NULL)
    select = reader_prepare (reader,
                             "SELECT minute, n FROM event_minute"
                             " WHERE minute >= ? AND minute < ? ORDER BY minute",
                             error);
  if (select == NULL)
    return FALSE;
  statement_bind_int (select, from_us / SQLITE_MINUTE_US);
  statement_bind_int (select, to_us != 0 ? to_us / SQLITE_MINUTE_US : G_MAXINT64);
  while (TRUE)
    {
      StoredMinute minute;

      if (!statement_step (select, &has_row, "count events by time", error))
        return FALSE;
      if (!has_row)
        break;
      minute.at_us = statement_read_int (select) * SQLITE_MINUTE_US;
      minute.n = statement_read_int (select);
      g_array_append_val (minutes, minute);
    }
  *out_minutes = g_steal_pointer (&minutes);
  return TRUE;
}

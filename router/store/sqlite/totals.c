/* Counters and the ledger.  Any thread. */
#include "store/sqlite/sqlite-store.h"

/* Names what a counter counts, by its kind. */
static gboolean
name_count (Reader *reader, gint64 subject, StoreCount *count, GError **error)
{
  const char *name = "";
  ReaderRoute route = { "", "", "" };

  if (count->kind == COUNT_STATE)
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
  count->kind = (StoreCountKind) statement_read_int_between (row, COUNT_EVENTS, COUNT_STATE);
  subject = statement_read_int (row);
  count->state = (DeliveryState) statement_read_int_between (row, 0, DELIVERY_N_STATES - 1);
  count->n = statement_read_int (row);
  return statement_check_row (row, "counter of", subject, error) &&
         name_count (reader, subject, count, error);
}

static GPtrArray *
read_counts (Reader *reader, GError **error)
{
  g_autoptr (Statement) select = reader_prepare (
      reader, "SELECT kind, subject, state, n FROM counter WHERE n != 0", error);
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

/* The kinds are those of StoreCountKind. */
static const char kept[] = "SELECT kind, state, sum (n) FROM counter"
                           " WHERE kind IN (1, 2, 5, 6) GROUP BY kind, state";
static const char counted[] = "SELECT 1, 0, count (*) FROM event"
                              " UNION ALL SELECT 2, 0, count (*) FROM event WHERE matched = ''"
                              " UNION ALL SELECT 5, 0, count (*) FROM delivery"
                              " UNION ALL SELECT 6, state, count (*) FROM delivery GROUP BY state";

static gboolean
add_to_ledger (Statement *row, StoreLedger *ledger, GError **error)
{
  gint64 kind = statement_read_int_between (row, COUNT_EVENTS, COUNT_STATE);
  gint64 state = statement_read_int_between (row, 0, DELIVERY_N_STATES - 1);
  gint64 n = statement_read_int (row);

  switch (kind)
    {
    case COUNT_EVENTS:
      ledger->events = n;
      break;
    case COUNT_UNMATCHED:
      ledger->unmatched = n;
      break;
    case COUNT_CREATED:
      ledger->created = n;
      break;
    default:
      ledger->by_state[state] = n;
      break;
    }
  return statement_check_row (row, "counter of kind", kind, error);
}

gboolean
sqlite_ledger (Store *base, gboolean recount, StoreLedger *out_ledger, GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  g_autoptr (Statement) select = NULL;
  StoreLedger ledger = { 0 };
  gboolean has_row;

  if (reader == NULL)
    return FALSE;
  select = reader_prepare (reader, recount ? counted : kept, error);
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

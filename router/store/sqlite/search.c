/* Searches that look at what no index knows: bodies, and events by their columns within a time.
 *
 * Bodies lie in the order of their events' numbers, so that a search of them is one walk; only
 * where a body fits is its event fetched.  Both kinds stop when their time is over, between two
 * rows or two stretches, and say where. */
#include "store/sqlite/search.h"

/* Rows between two looks at the clock. */
#define ROWS_A_LOOK 64
/* Events of a stretch. */
#define STRETCH 2500

static gboolean
is_late (const EventQuery *query, gint64 begun_us)
{
  return query->budget_us > 0 && g_get_monotonic_time () - begun_us > query->budget_us;
}

/* ---- Bodies ---- */

static gboolean
body_fits (const EventQuery *query, const char *body, gsize length)
{
  return (query->text == NULL || event_body_has (body, length, query->text)) &&
         (query->where == NULL || event_where_holds (query->where, body, length));
}

/* Adds the event if the rest of the query fits too. */
static gboolean
add_event (Reader *reader, const EventQuery *query, gint64 seq, GPtrArray *events, GError **error)
{
  g_autoptr (Filter) filter = filter_new ("SELECT " SQLITE_EVENT_COLUMNS
                                          ", e.body_bytes, e.matched FROM event e");
  g_autoptr (Statement) select = NULL;
  StoredEvent *event;
  gboolean has_row;

  filter_add_int (filter, " WHERE e.seq = ?", seq);
  if (query->from_us != 0)
    filter_add_int (filter, " AND e.received_us >= ?", query->from_us);
  if (query->to_us != 0)
    filter_add_int (filter, " AND e.received_us < ?", query->to_us);
  if (query->matched >= 0)
    filter_add (filter, query->matched == 0 ? " AND e.matched = ''" : " AND e.matched != ''");
  find_add_event_columns (filter, query);
  select = reader_prepare_search (reader, filter_get_sql (filter), error);
  if (select == NULL)
    return FALSE;
  filter_bind (filter, select);
  if (!statement_step (select, &has_row, "search the events", error))
    return FALSE;
  if (!has_row)
    return TRUE;
  if (!sqlite_read_stored_event (reader, select, NULL, &event, error))
    return FALSE;
  g_ptr_array_add (events, event);
  return TRUE;
}

gboolean
search_bodies (Reader *reader,
               const EventQuery *query,
               StoreCursor *cursor,
               guint limit,
               GPtrArray *events,
               GError **error)
{
  g_autoptr (Statement) select = reader_prepare (
      reader, "SELECT seq, bytes FROM body WHERE seq < ? ORDER BY seq DESC", error);
  gint64 begun_us = g_get_monotonic_time ();

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, cursor->seq != 0 ? cursor->seq : G_MAXINT64);
  for (guint n = 1; events->len < limit; n++)
    {
      const char *body;
      gsize length;
      gboolean has_row;
      gint64 seq;

      if (!statement_step (select, &has_row, "search the bodies", error))
        return FALSE;
      if (!has_row)
        return TRUE;
      seq = statement_read_int (select);
      body = statement_read_bytes_in_place (select, &length);
      if (body != NULL && body_fits (query, body, length) &&
          !add_event (reader, query, seq, events, error))
        return FALSE;
      *cursor = (StoreCursor){ .time_us = 1, .seq = seq };
      if (n % ROWS_A_LOOK == 0 && is_late (query, begun_us))
        {
          cursor->is_cut = TRUE;
          return TRUE;
        }
    }
  return TRUE;
}

/* ---- Columns ---- */

/* When the event was received that lies a stretch behind the cursor; G_MININT64: the last is
 * nearer.
 */
static gboolean
find_stretch (Reader *reader,
              const EventQuery *query,
              const StoreCursor *cursor,
              gint64 *out_us,
              GError **error)
{
  EventQuery all = { .matched = query->matched == 0 ? 0 : -1,
                     .from_us = query->from_us,
                     .to_us = query->to_us };
  g_autoptr (Filter) filter = find_times_filter (&all, cursor);
  g_autoptr (Statement) select = NULL;
  gboolean has_row;

  filter_add_int (filter, " LIMIT 1 OFFSET ?", STRETCH);
  select = reader_prepare_search (reader, filter_get_sql (filter), error);
  if (select == NULL)
    return FALSE;
  filter_bind (filter, select);
  if (!statement_step (select, &has_row, "search the events", error))
    return FALSE;
  *out_us = has_row ? statement_read_int (select) : G_MININT64;
  return TRUE;
}

gboolean
search_in_stretches (Reader *reader,
                     const EventQuery *query,
                     StoreCursor *cursor,
                     guint limit,
                     GPtrArray *events,
                     SearchStretch look,
                     GError **error)
{
  gint64 begun_us = g_get_monotonic_time ();

  while (TRUE)
    {
      EventQuery stretch = *query;
      gint64 until_us;

      if (!find_stretch (reader, query, cursor, &until_us, error))
        return FALSE;
      if (until_us != G_MININT64)
        stretch.from_us = MAX (until_us, query->from_us);
      if (!look (reader, &stretch, cursor, limit, events, error))
        return FALSE;
      if (events->len >= limit || until_us == G_MININT64)
        return TRUE;
      /* Everything from then on has been looked at; numbers begin at 1. */
      *cursor = (StoreCursor){ .time_us = until_us };
      if (is_late (query, begun_us))
        {
          cursor->is_cut = TRUE;
          return TRUE;
        }
    }
}

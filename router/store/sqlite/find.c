/* Searches: which index is walked from where, and what is kept of what is met on the way.
 *
 * The index and the place are chosen here and not left to the query planner (INDEXED BY), since a
 * plan that sorts or scans gives the same answers and is noticed only when the table is large. */
#include "store/sqlite/find.h"

#include "store/sqlite/search.h"
#include "store/sqlite/sqlite-store.h"

gint64
find_cursor_id (const StoreCursor *cursor)
{
  if (cursor->seq > SCHEMA_MAX_SEQ)
    return G_MAXINT64;
  return (MAX (cursor->seq, 0) << SCHEMA_INDEX_BITS) | MIN (cursor->index, SCHEMA_MAX_INDEX);
}

gboolean
find_cursor_is_start (const StoreCursor *cursor)
{
  return cursor->time_us == 0 && cursor->seq == 0 && cursor->index == 0;
}

/* "(time, id) < (?, ?)": before the cursor and before to_us, whichever comes first.  No id is below
 * 1, so that (to_us, 0) is the end of what is earlier than to_us. */
static void
add_newest_bound (Filter *filter,
                  const char *sql,
                  const StoreCursor *cursor,
                  gint64 cursor_id,
                  gint64 to_us)
{
  gint64 time_us = G_MAXINT64, id = G_MAXINT64;

  if (!find_cursor_is_start (cursor))
    {
      time_us = cursor->time_us;
      id = cursor_id;
    }
  if (to_us != 0 && to_us <= time_us)
    {
      time_us = to_us;
      id = 0;
    }
  filter_add_int (filter, sql, time_us);
  filter_add_int (filter, ", ?)", id);
}

/* ---- Events ---- */

static gboolean
asks_for_delivery (const EventQuery *query)
{
  return query->states != 0 || query->connector != NULL || query->status != 0;
}

static void
add_status (Filter *filter, int wanted)
{
  if (wanted > 0)
    filter_add_int (filter, " AND d.last_status = ?", wanted);
  if (wanted >= 0)
    return;
  filter_add_int (filter, " AND d.last_status >= ?", -wanted * 100);
  filter_add_int (filter, " AND d.last_status < ?", (1 - wanted) * 100);
}

/* Among the event's own deliveries, which lie side by side. */
static void
add_delivery_of_event (Filter *filter, const EventQuery *query)
{
  g_autofree char *in_states = NULL;
  GString *states = g_string_new (NULL);

  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    if ((query->states & DELIVERY_STATE_BIT (state)) != 0)
      g_string_append_printf (states, "%s%u", states->len > 0 ? ", " : "", state);
  in_states = g_strdup_printf (" AND (" SQLITE_STATE ") IN (%s)", states->str);
  g_string_free (states, TRUE);
  filter_add (filter, " AND EXISTS (SELECT 1 FROM delivery d"
                      " WHERE d.id BETWEEN e.seq << 16 AND (e.seq << 16) + 65535");
  filter_add_text (filter,
                   " AND d.route IN (SELECT id FROM route WHERE connector ="
                   " (SELECT id FROM name WHERE text = ?))",
                   query->connector);
  add_status (filter, query->status);
  if (query->states != 0)
    filter_add (filter, in_states);
  filter_add (filter, ")");
}

void
find_add_event_columns (Filter *filter, const EventQuery *query)
{
  filter_add_text (filter, " AND e.source = ?", query->source);
  filter_add_text (filter, " AND e.detail_type = ?", query->detail_type);
  filter_add_text (filter, " AND e.bus = (SELECT id FROM name WHERE text = ?)", query->bus);
  filter_add_text (filter, " AND e.ingress = (SELECT id FROM name WHERE text = ?)", query->ingress);
  filter_add_text (filter,
                   " AND instr (e.matched,"
                   " (SELECT ',' || id || ',' FROM name WHERE text = ?)) > 0",
                   query->rule);
  if (asks_for_delivery (query))
    add_delivery_of_event (filter, query);
}

/* The walk, after the columns that are selected. */
static void
add_events_walk (Filter *filter, const EventQuery *query, const StoreCursor *cursor)
{
  filter_add (filter, query->matched == 0 ? "event_unmatched WHERE e.matched = ''"
                                          : "event_received WHERE TRUE");
  add_newest_bound (filter, " AND (e.received_us, e.seq) < (?", cursor, cursor->seq, query->to_us);
  if (query->from_us != 0)
    filter_add_int (filter, " AND e.received_us >= ?", query->from_us);
}

Filter *
find_times_filter (const EventQuery *query, const StoreCursor *cursor)
{
  Filter *filter = filter_new ("SELECT e.received_us FROM event e INDEXED BY ");

  add_events_walk (filter, query, cursor);
  filter_add (filter, " ORDER BY e.received_us DESC, e.seq DESC");
  return filter;
}

Filter *
find_events_filter (const EventQuery *query, const StoreCursor *cursor)
{
  Filter *filter = filter_new ("SELECT " SQLITE_EVENT_COLUMNS ", e.body_bytes, e.matched"
                               " FROM event e INDEXED BY ");

  add_events_walk (filter, query, cursor);
  if (query->matched == 1)
    filter_add (filter, " AND e.matched != ''");
  find_add_event_columns (filter, query);
  filter_add (filter, " ORDER BY e.received_us DESC, e.seq DESC");
  return filter;
}

/* Along the index, to the end of the query's time or until the page is full. */
static gboolean
walk_events (Reader *reader,
             const EventQuery *query,
             StoreCursor *cursor,
             guint limit,
             GPtrArray *events,
             GError **error)
{
  g_autoptr (Filter) filter = find_events_filter (query, cursor);
  g_autoptr (Statement) select = reader_prepare_search (reader, filter_get_sql (filter), error);
  guint n_before = events->len;
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  filter_bind (filter, select);
  while (events->len < limit)
    {
      StoredEvent *event;

      if (!statement_step (select, &has_row, "search the events", error))
        return FALSE;
      if (!has_row)
        break;
      if (!sqlite_read_stored_event (reader, select, NULL, &event, error))
        return FALSE;
      g_ptr_array_add (events, event);
    }
  if (events->len > n_before)
    {
      const StoredEvent *last = g_ptr_array_index (events, events->len - 1);

      *cursor = (StoreCursor){ .time_us = last->event->received_us, .seq = last->seq };
    }
  return TRUE;
}

static gboolean
has_columns (const EventQuery *query)
{
  return query->source != NULL || query->bus != NULL || query->ingress != NULL ||
         query->detail_type != NULL || query->rule != NULL || query->matched == 1 ||
         asks_for_delivery (query);
}

gboolean
sqlite_find_events (Store *base,
                    const EventQuery *query,
                    StoreCursor *cursor,
                    guint limit,
                    GPtrArray **out_events,
                    GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (
      (GDestroyNotify) stored_event_free);
  gboolean ok;

  if (reader == NULL)
    return FALSE;
  cursor->is_cut = FALSE;
  if (query->text != NULL || query->where != NULL)
    ok = search_bodies (reader, query, cursor, limit, events, error);
  else if (query->budget_us > 0 && has_columns (query))
    ok = search_in_stretches (reader, query, cursor, limit, events, walk_events, error);
  else
    ok = walk_events (reader, query, cursor, limit, events, error);
  if (!ok)
    return FALSE;
  *out_events = g_steal_pointer (&events);
  return TRUE;
}

/* ---- Deliveries ---- */

/* Three names: i, the index that is walked and on which as much as possible is decided; d, the row,
 * which is fetched only for what is left; e, its event.  Filtering on d alone would fetch every
 * row. */
#define JOIN_ROWS " CROSS JOIN delivery d ON d.id = i.id CROSS JOIN event e ON e.seq = i.id >> 16"

/* All but the states, the order and, where the order gives it, the time. */
static void
add_delivery_filters (Filter *filter, const DeliveryQuery *query)
{
  static const char by_rule[] = " AND i.route IN (SELECT id FROM route WHERE rule ="
                                " (SELECT id FROM name WHERE text = ?))";
  static const char by_target[] = " AND i.route IN (SELECT id FROM route WHERE target ="
                                  " (SELECT id FROM name WHERE text = ?))";
  static const char by_connector[] = " AND i.route IN (SELECT id FROM route WHERE connector ="
                                     " (SELECT id FROM name WHERE text = ?))";

  filter_add_text (filter, by_rule, query->rule);
  filter_add_text (filter, by_target, query->target);
  filter_add_text (filter, by_connector, query->connector);
  filter_add_text (filter, " AND d.last_error_code = ?", query->error_code);
  if (query->dead != DEAD_NOT)
    filter_add_int (filter, " AND d.dead = ?", query->dead);
  if (query->replayed != 0)
    filter_add (filter, query->replayed > 0 ? " AND d.replays > 0" : " AND d.replays = 0");
  add_status (filter, query->status);
  filter_add_text (filter, " AND e.source = ?", query->source);
  filter_add_text (filter, " AND e.detail_type = ?", query->detail_type);
}

static gboolean
wants_state (const DeliveryQuery *query, guint state)
{
  return query->states == 0 || (query->states & DELIVERY_STATE_BIT (state)) != 0;
}

/* What is held by its connector, or is not: decided on the index. */
static void
add_hold_filter (Filter *filter, gboolean is_held)
{
  filter_add (filter, is_held ? " AND i.route IN " SQLITE_HELD_ROUTES
                              : " AND i.route NOT IN " SQLITE_HELD_ROUTES);
}

/* A state as it is kept may be seen as itself or as held. */
static gboolean
wants_any_of (const DeliveryQuery *query, guint kept_state)
{
  return wants_state (query, kept_state) ||
         (kept_state <= DELIVERY_WAITING && wants_state (query, DELIVERY_HELD));
}

/* Only unsettled states that are wanted, if those are not all.  Called likely, since the planner
 * takes to sorting when it expects few rows. */
static void
add_states (Filter *filter,
            const DeliveryQuery *query,
            gboolean (*wants) (const DeliveryQuery *query, guint state),
            const char *sql)
{
  g_autoptr (GString) list = g_string_new (sql);
  guint n = 0;

  for (guint state = DELIVERY_READY; state <= DELIVERY_HELD; state++)
    if (wants (query, state))
      g_string_append_printf (list, "%s%u", n++ > 0 ? ", " : "", state);
  if (n > DELIVERY_HELD - DELIVERY_READY)
    return;
  g_string_append (list, "))");
  filter_add (filter, list->str);
}

/* An operation has an index of its own, but by state and change only. */
static void
add_operation (Filter *filter, const DeliveryQuery *query)
{
  if (query->operation != 0)
    filter_add_int (filter, " AND i.operation != 0 AND i.operation = ?", query->operation);
}

/* The connector and the priority are part of the text: each run needs a statement of its own. */
Filter *
find_due_filter (const DeliveryQuery *query,
                 const StoreCursor *cursor,
                 gint64 connector,
                 guint priority)
{
  g_autofree char *in_run = g_strdup_printf (
      " WHERE i.state <= 3 AND i.connector = %" G_GINT64_FORMAT " AND i.priority = %u", connector,
      priority);
  Filter *filter = filter_new ("SELECT " SQLITE_DELIVERY_COLUMNS
                               " FROM delivery i INDEXED BY delivery_queue" JOIN_ROWS);

  filter_add (filter, in_run);
  filter_add_int (filter, " AND (i.due_us, i.id) > (?",
                  find_cursor_is_start (cursor) ? G_MININT64 : cursor->time_us);
  filter_add_int (filter, ", ?)", find_cursor_id (cursor));
  add_states (filter, query, wants_any_of, " AND likely (i.state IN (");
  if (query->from_us != 0)
    filter_add_int (filter, " AND d.changed_us >= ?", query->from_us);
  if (query->to_us != 0)
    filter_add_int (filter, " AND d.changed_us < ?", query->to_us);
  if (query->operation != 0)
    filter_add_int (filter, " AND d.operation = ?", query->operation);
  add_delivery_filters (filter, query);
  /* What is seen may differ from what is kept. */
  add_states (filter, query, wants_state, " AND likely ((" SQLITE_STATE ") IN (");
  /* The constant ones too: without them the planner sometimes sorts. */
  filter_add (filter, " ORDER BY i.connector, i.priority, i.due_us, i.id");
  return filter;
}

static void
add_newest_end (Filter *filter, const DeliveryQuery *query, const StoreCursor *cursor)
{
  add_newest_bound (filter, " AND (i.changed_us, i.id) < (?", cursor, find_cursor_id (cursor),
                    query->to_us);
  if (query->from_us != 0)
    filter_add_int (filter, " AND i.changed_us >= ?", query->from_us);
  add_delivery_filters (filter, query);
  filter_add (filter, " ORDER BY i.changed_us DESC, i.id DESC");
}

/* The state is part of the text: each run needs a statement of its own, since they are walked side
 * by side. */
Filter *
find_newest_filter (const DeliveryQuery *query, const StoreCursor *cursor, DeliveryState state)
{
  g_autofree char *from_run = g_strdup_printf (
      " FROM delivery i INDEXED BY %s" JOIN_ROWS " WHERE i.state = %d",
      query->operation != 0 ? "delivery_operation" : "delivery_state", state);
  Filter *filter = filter_new ("SELECT " SQLITE_DELIVERY_COLUMNS);

  filter_add (filter, from_run);
  add_operation (filter, query);
  if (state <= DELIVERY_WAITING && !wants_state (query, DELIVERY_HELD))
    add_hold_filter (filter, FALSE);
  else if (state <= DELIVERY_WAITING && !wants_state (query, state))
    add_hold_filter (filter, TRUE);
  add_newest_end (filter, query, cursor);
  return filter;
}

/* So is the group. */
Filter *
find_group_filter (const DeliveryQuery *query, const StoreCursor *cursor, gint64 group)
{
  g_autofree char *in_group = g_strdup_printf (
      " WHERE i.state = %d AND i.dead_group = %" G_GINT64_FORMAT, DELIVERY_DEAD, group);
  Filter *filter = filter_new ("SELECT " SQLITE_DELIVERY_COLUMNS
                               " FROM delivery i INDEXED BY delivery_dead" JOIN_ROWS);
  DeliveryQuery rest = {
    .source = query->source,
    .replayed = query->replayed,
    .from_us = query->from_us,
    .to_us = query->to_us,
  };

  filter_add (filter, in_group);
  add_newest_end (filter, &rest, cursor);
  return filter;
}

/* A run of deliveries in order.  It is advanced only when its next one is needed: under a filter
 * that few rows pass, looking ahead would walk on to the very end for nothing. */
typedef struct
{
  Statement *select;
  gboolean is_taken;    /* the next one is still to be read */
  StoredDelivery *next; /* NULL: it has ended */
} Run;

static void
run_clear (Run *run)
{
  g_clear_pointer (&run->select, statement_reset);
  g_clear_pointer (&run->next, stored_delivery_free);
}

typedef gboolean (*IsBefore) (const StoredDelivery *a, const StoredDelivery *b);

typedef struct
{
  Reader *reader;
  IsBefore is_before;
  const char *fingerprint; /* NULL: of all that is met */
  GArray *runs;            /* Run */
} Merge;

static void
merge_clear (Merge *merge)
{
  g_clear_pointer (&merge->runs, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Merge, merge_clear)

static gboolean
run_advance (const Merge *merge, Run *run, GError **error)
{
  gboolean has_row;

  if (!run->is_taken)
    return TRUE;
  run->is_taken = FALSE;
  do
    {
      g_clear_pointer (&run->next, stored_delivery_free);
      if (!statement_step (run->select, &has_row, "search the deliveries", error))
        return FALSE;
      if (!has_row)
        return TRUE;
      if (!sqlite_read_delivery (merge->reader, run->select, &run->next, error))
        return FALSE;
    }
  while (!stored_delivery_has_fingerprint (run->next, merge->fingerprint));
  return TRUE;
}

static gboolean
merge_add (Merge *merge, Filter *filter, GError **error)
{
  Run run = { .is_taken = TRUE };

  run.select = reader_prepare_search (merge->reader, filter_get_sql (filter), error);
  if (run.select == NULL)
    return FALSE;
  filter_bind (filter, run.select);
  g_array_append_val (merge->runs, run);
  return TRUE;
}

static gboolean
is_newer (const StoredDelivery *a, const StoredDelivery *b)
{
  if (a->changed_us != b->changed_us)
    return a->changed_us > b->changed_us;
  if (a->key.event_seq != b->key.event_seq)
    return a->key.event_seq > b->key.event_seq;
  return a->key.index > b->key.index;
}

static gboolean
is_due_before (const StoredDelivery *a, const StoredDelivery *b)
{
  if (a->due_us != b->due_us)
    return a->due_us < b->due_us;
  if (a->key.event_seq != b->key.event_seq)
    return a->key.event_seq < b->key.event_seq;
  return a->key.index < b->key.index;
}

/* The first of all runs' next ones; *out_delivery is NULL when all have ended. */
static gboolean
merge_take (Merge *merge, StoredDelivery **out_delivery, GError **error)
{
  Run *best = NULL;

  for (guint i = 0; i < merge->runs->len; i++)
    {
      Run *run = &g_array_index (merge->runs, Run, i);

      if (!run_advance (merge, run, error))
        return FALSE;
      if (run->next != NULL && (best == NULL || merge->is_before (run->next, best->next)))
        best = run;
    }
  *out_delivery = NULL;
  if (best == NULL)
    return TRUE;
  *out_delivery = g_steal_pointer (&best->next);
  best->is_taken = TRUE;
  return TRUE;
}

/* The next connector and priority that have anything queued, by one seek each. */
static gboolean
next_run (Reader *reader,
          gint64 *inout_connector,
          guint *inout_priority,
          gboolean *out_found,
          GError **error)
{
  g_autoptr (Statement) select = reader_prepare (
      reader,
      "SELECT connector, priority FROM delivery INDEXED BY delivery_queue"
      " WHERE state <= 3 AND (connector, priority) > (?, ?)"
      " ORDER BY connector, priority LIMIT 1",
      error);

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, *inout_connector);
  statement_bind_int (select, *inout_priority);
  if (!statement_step (select, out_found, "look for queues", error))
    return FALSE;
  if (!*out_found)
    return TRUE;
  *inout_connector = statement_read_int (select);
  *inout_priority = (guint) statement_read_int_between (select, 0, DELIVERY_MAX_PRIORITY);
  return statement_check_row (select, "queue of connector", *inout_connector, error);
}

static gboolean
merge_start_due (Merge *merge,
                 const DeliveryQuery *query,
                 const StoreCursor *cursor,
                 GError **error)
{
  gint64 connector = 0, wanted = 0;
  guint priority = DELIVERY_MAX_PRIORITY;
  gboolean found;

  merge->is_before = is_due_before;
  if (query->connector != NULL &&
      !reader_find_name (merge->reader, query->connector, &wanted, error))
    return FALSE;
  while (TRUE)
    {
      g_autoptr (Filter) filter = NULL;

      if (!next_run (merge->reader, &connector, &priority, &found, error))
        return FALSE;
      if (!found)
        return TRUE;
      if (query->connector != NULL && connector != wanted)
        continue;
      filter = find_due_filter (query, cursor, connector, priority);
      if (!merge_add (merge, filter, error))
        return FALSE;
    }
}

static gboolean
merge_start_groups (Merge *merge,
                    const DeliveryQuery *query,
                    const StoreCursor *cursor,
                    const GArray *groups,
                    GError **error)
{
  merge->fingerprint = NULL;
  for (guint i = 0; i < groups->len; i++)
    {
      g_autoptr (Filter) filter = find_group_filter (query, cursor,
                                                     g_array_index (groups, gint64, i));

      if (!merge_add (merge, filter, error))
        return FALSE;
    }
  return TRUE;
}

/* groups: sqlite_dead_choose() said that these are all, or NULL. */
static gboolean
merge_start (Merge *merge,
             const DeliveryQuery *query,
             const StoreCursor *cursor,
             const GArray *groups,
             GError **error)
{
  merge->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  g_array_set_clear_func (merge->runs, (GDestroyNotify) run_clear);
  if (query->order == DELIVERY_ORDER_DUE)
    return merge_start_due (merge, query, cursor, error);
  merge->is_before = is_newer;
  if (groups != NULL)
    return merge_start_groups (merge, query, cursor, groups, error);
  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    {
      g_autoptr (Filter) filter = find_newest_filter (query, cursor, (DeliveryState) state);

      if (wants_any_of (query, state) && !merge_add (merge, filter, error))
        return FALSE;
    }
  return TRUE;
}

/* Appends what is found to deliveries, and moves the cursor behind it. */
static gboolean
look_for_deliveries (Reader *reader,
                     const DeliveryQuery *query,
                     StoreCursor *cursor,
                     const GArray *groups,
                     guint limit,
                     GPtrArray *deliveries,
                     GError **error)
{
  g_auto (Merge) merge = { .reader = reader, .fingerprint = query->fingerprint };
  guint before = deliveries->len;

  if (!merge_start (&merge, query, cursor, groups, error))
    return FALSE;
  while (deliveries->len < limit)
    {
      StoredDelivery *delivery;

      if (!merge_take (&merge, &delivery, error))
        return FALSE;
      if (delivery == NULL)
        break;
      g_ptr_array_add (deliveries, delivery);
    }
  if (deliveries->len > before)
    {
      const StoredDelivery *last = g_ptr_array_index (deliveries, deliveries->len - 1);
      gint64 time_us = query->order == DELIVERY_ORDER_DUE ? last->due_us : last->changed_us;

      *cursor = (StoreCursor){ time_us, last->key.event_seq, last->key.index };
    }
  return TRUE;
}

/* ---- Under a filter that few pass: stretch by stretch, until the time is over ---- */

/* Deliveries of a state in one stretch. */
#define STRETCH 2500

/* When the delivery changed that lies a stretch behind the cursor in its state; left alone when the
 * last is nearer. */
static gboolean
find_stretch_of (Reader *reader,
                 const DeliveryQuery *query,
                 const StoreCursor *cursor,
                 guint state,
                 gint64 *inout_us,
                 GError **error)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT i.changed_us FROM delivery i INDEXED BY delivery_state WHERE i.state = %u", state);
  g_autoptr (Filter) filter = filter_new (sql);
  g_autoptr (Statement) select = NULL;
  gboolean has_row;

  add_newest_bound (filter, " AND (i.changed_us, i.id) < (?", cursor, find_cursor_id (cursor),
                    query->to_us);
  if (query->from_us != 0)
    filter_add_int (filter, " AND i.changed_us >= ?", query->from_us);
  filter_add_int (filter, " ORDER BY i.changed_us DESC, i.id DESC LIMIT 1 OFFSET ?", STRETCH);
  select = reader_prepare_search (reader, filter_get_sql (filter), error);
  if (select == NULL)
    return FALSE;
  filter_bind (filter, select);
  if (!statement_step (select, &has_row, "search the deliveries", error))
    return FALSE;
  if (has_row)
    {
      gint64 changed_us = statement_read_int (select);

      *inout_us = MAX (*inout_us, changed_us);
    }
  return TRUE;
}

static gboolean
look_in_stretches (Reader *reader,
                   const DeliveryQuery *query,
                   StoreCursor *cursor,
                   guint limit,
                   GPtrArray *deliveries,
                   GError **error)
{
  gint64 end_us = g_get_monotonic_time () + query->budget_us;

  while (TRUE)
    {
      DeliveryQuery stretch = *query;
      gint64 until_us = G_MININT64;

      for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
        if (wants_any_of (query, state) &&
            !find_stretch_of (reader, query, cursor, state, &until_us, error))
          return FALSE;
      if (until_us != G_MININT64)
        stretch.from_us = MAX (until_us, query->from_us);
      if (!look_for_deliveries (reader, &stretch, cursor, NULL, limit, deliveries, error))
        return FALSE;
      if (deliveries->len >= limit || until_us == G_MININT64)
        return TRUE;
      /* All that changed since then has been looked at; numbers begin at 1. */
      *cursor = (StoreCursor){ .time_us = until_us };
      if (g_get_monotonic_time () > end_us)
        {
          cursor->is_cut = TRUE;
          return TRUE;
        }
    }
}

static gboolean
has_filter_beside (const DeliveryQuery *query)
{
  return query->source != NULL || query->replayed != 0;
}

gboolean
sqlite_find_deliveries (Store *base,
                        const DeliveryQuery *query,
                        StoreCursor *cursor,
                        guint limit,
                        GPtrArray **out_deliveries,
                        GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  g_autoptr (GPtrArray) deliveries = g_ptr_array_new_with_free_func (
      (GDestroyNotify) stored_delivery_free);
  g_autoptr (GArray) groups = NULL;
  gboolean ok;

  if (reader == NULL || !sqlite_dead_choose (reader, query, &groups, error))
    return FALSE;
  cursor->is_cut = FALSE;
  /* What a group or an operation holds is met at once, but not what is filtered beside that. */
  if (query->budget_us > 0 && query->order == DELIVERY_ORDER_NEWEST &&
      !(groups != NULL && !has_filter_beside (query)) && query->operation == 0)
    ok = look_in_stretches (reader, query, cursor, limit, deliveries, error);
  else
    ok = look_for_deliveries (reader, query, cursor, groups, limit, deliveries, error);
  if (!ok)
    return FALSE;
  *out_deliveries = g_steal_pointer (&deliveries);
  return TRUE;
}

/* find.h: the SQL of searches, apart from running them, so that a test can look at its plans. */
#pragma once

#include "store/sqlite/filter.h"
#include "store/store.h"

G_BEGIN_DECLS

/* A walk along one index that begins after the cursor.  The values point into the query. */
Filter *find_events_filter (const EventQuery *query, const StoreCursor *cursor);
/* The times alone, along the same walk. */
Filter *find_times_filter (const EventQuery *query, const StoreCursor *cursor);
/* What a query asks of an event's columns and deliveries, but for its time and whether it
 * matched. */
void find_add_event_columns (Filter *filter, const EventQuery *query);
/* The run of one connector and priority, earliest due first. */
Filter *find_due_filter (const DeliveryQuery *query,
                         const StoreCursor *cursor,
                         gint64 connector,
                         guint priority);
/* The run of deliveries that are kept in one state, newest first. */
Filter *
find_newest_filter (const DeliveryQuery *query, const StoreCursor *cursor, DeliveryState state);

/* The run of dead letters of one group, newest first, of which the query chose all but by source,
 * replays and time. */
Filter *find_group_filter (const DeliveryQuery *query, const StoreCursor *cursor, gint64 group);

/* A cursor's place among delivery numbers.  Cursors come from outside: any value must do. */
gint64 find_cursor_id (const StoreCursor *cursor);
gboolean find_cursor_is_start (const StoreCursor *cursor);

G_END_DECLS

/* Rows as values.  Whatever the file holds, a row becomes a valid value or an error, never a crash.
 */
#include "store/sqlite/sqlite-store.h"

gboolean
sqlite_read_event (Reader *reader,
                   Statement *row,
                   GBytes *body,
                   gint64 *out_seq,
                   Event **out_event,
                   GError **error)
{
  gint64 seq = statement_read_int_between (row, 1, SCHEMA_MAX_SEQ);
  Event fields = { .id = (char *) statement_read_text (row), .body = body };
  gint64 bus = statement_read_int (row);
  gint64 ingress = statement_read_int (row);
  const char *bus_name, *ingress_name;

  fields.source = (char *) statement_read_text (row);
  fields.detail_type = (char *) statement_read_text (row);
  fields.time_us = statement_read_int (row);
  fields.received_us = statement_read_int (row);
  fields.resources = (char *) statement_read_text (row);
  fields.content_type = (char *) statement_read_text (row);
  fields.metadata = (char *) statement_read_text (row);
  fields.generation = (guint64) statement_read_int (row);
  if (!statement_check_row (row, "event number", seq, error) ||
      !reader_get_name (reader, bus, &bus_name, error) ||
      !reader_get_name (reader, ingress, &ingress_name, error))
    return FALSE;
  fields.bus = (char *) bus_name;
  fields.ingress = (char *) ingress_name;
  *out_event = event_new (&fields);
  *out_seq = seq;
  return TRUE;
}

/* ",3,17," -> the rules' names; NULL with error. */
static char **
read_matched (Reader *reader, const char *text, gint64 seq, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  guint n_parts = g_strv_length (parts);

  /* The commas at both ends make an empty part each. */
  for (guint i = 1; i + 1 < n_parts; i++)
    {
      const char *name;
      gint64 id;

      if (!g_ascii_string_to_signed (parts[i], 10, 1, G_MAXINT64, &id, NULL))
        {
          database_damaged (reader_get_database (reader), error,
                            "event number %" G_GINT64_FORMAT
                            " has the matched rules “%s”, expected numbers like “,3,17,”",
                            seq, text);
          return NULL;
        }
      if (!reader_get_name (reader, id, &name, error))
        return NULL;
      g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_add (names, NULL);
  g_ptr_array_set_free_func (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}

/* The deliveries of an event lie side by side. */
static gboolean
count_deliveries (Reader *reader, StoredEvent *event, GError **error)
{
  g_autoptr (Statement) select = reader_prepare (
      reader, "SELECT " SQLITE_STATE " FROM delivery d WHERE d.id > ? AND d.id <= ?", error);
  gint64 first = event->seq << SCHEMA_INDEX_BITS;
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, first);
  statement_bind_int (select, first + SCHEMA_MAX_INDEX);
  while (TRUE)
    {
      gint64 state;

      if (!statement_step (select, &has_row, "count an event's deliveries", error))
        return FALSE;
      if (!has_row)
        return TRUE;
      state = statement_read_int_between (select, DELIVERY_READY, DELIVERY_N_STATES - 1);
      if (!statement_check_row (select, "a delivery of event number", event->seq, error))
        return FALSE;
      event->n_by_state[state]++;
      event->n_deliveries++;
    }
}

gboolean
sqlite_read_stored_event (Reader *reader,
                          Statement *row,
                          GBytes *body,
                          StoredEvent **out_event,
                          GError **error)
{
  g_autoptr (StoredEvent) event = g_new0 (StoredEvent, 1);
  const char *matched;

  if (!sqlite_read_event (reader, row, body, &event->seq, &event->event, error))
    return FALSE;
  event->body_bytes = (gsize) statement_read_int_between (row, 0, G_MAXINT64);
  matched = statement_read_text (row);
  if (!statement_check_row (row, "event number", event->seq, error))
    return FALSE;
  event->matched = read_matched (reader, matched, event->seq, error);
  if (event->matched == NULL || !count_deliveries (reader, event, error))
    return FALSE;
  *out_event = g_steal_pointer (&event);
  return TRUE;
}

static void
read_delivery_columns (Statement *row, StoredDelivery *delivery, gint64 *out_id, gint64 *out_route)
{
  *out_id = statement_read_int (row);
  *out_route = statement_read_int (row);
  delivery->state = (DeliveryState) statement_read_int_between (row, DELIVERY_READY,
                                                                DELIVERY_N_STATES - 1);
  delivery->dead = (DeadReason) statement_read_int_between (row, DEAD_NOT, DEAD_N_REASONS - 1);
  delivery->since_us = statement_read_int (row);
  delivery->due_us = statement_read_int (row);
  delivery->changed_us = statement_read_int (row);
  delivery->attempts = (guint) statement_read_int_between (row, 0, G_MAXUINT);
  delivery->round_attempts = (guint) statement_read_int_between (row, 0, G_MAXUINT);
  delivery->priority = (guint) statement_read_int_between (row, 0, DELIVERY_MAX_PRIORITY);
  delivery->order_key = statement_read_int (row);
  delivery->n_replays = (guint) statement_read_int_between (row, 0, G_MAXUINT);
  delivery->operation = statement_read_int (row);
  delivery->last_outcome = (OutcomeKind) statement_read_int_between (row, 0, OUTCOME_MISCONFIGURED);
  delivery->last_status = (int) statement_read_int_between (row, G_MININT, G_MAXINT);
  delivery->last_note = g_strdup (statement_read_text (row));
  delivery->last_error_code = g_strdup (statement_read_text (row));
  delivery->event_id = g_strdup (statement_read_text (row));
  delivery->created_us = statement_read_int (row);
  delivery->source = g_strdup (statement_read_text (row));
  delivery->detail_type = g_strdup (statement_read_text (row));
}

gboolean
sqlite_read_delivery (Reader *reader, Statement *row, StoredDelivery **out_delivery, GError **error)
{
  g_autoptr (StoredDelivery) delivery = g_new0 (StoredDelivery, 1);
  ReaderRoute names;
  gint64 id, route;

  read_delivery_columns (row, delivery, &id, &route);
  if (!statement_check_row (row, "delivery", id, error) ||
      !reader_get_route (reader, route, &names, error))
    return FALSE;
  delivery->key = sqlite_delivery_key (id);
  delivery->id = delivery_id_new (delivery->event_id, delivery->key.index);
  delivery->rule = g_strdup (names.rule);
  delivery->target = g_strdup (names.target);
  delivery->connector = g_strdup (names.connector);
  *out_delivery = g_steal_pointer (&delivery);
  return TRUE;
}

gboolean
sqlite_read_body (Reader *reader, gint64 seq, GBytes **out_body, GError **error)
{
  g_autoptr (Statement) select = reader_prepare (reader, "SELECT bytes FROM body WHERE seq = ?",
                                                 error);
  g_autoptr (GBytes) body = NULL;
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, seq);
  if (!statement_step (select, &has_row, "read an event's body", error))
    return FALSE;
  if (has_row)
    body = statement_read_bytes_or_null (select);
  if (body == NULL)
    return database_damaged (reader_get_database (reader), error,
                             "event number %" G_GINT64_FORMAT " has no body", seq);
  *out_body = g_steal_pointer (&body);
  return TRUE;
}

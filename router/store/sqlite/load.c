/* What is asked by name: one event, one delivery, its history, the last generation.
 *
 * Each question is one read transaction, so that what it puts together from several tables fits
 * together.  Any thread. */
#include "store/sqlite/find.h"
#include "store/sqlite/sqlite-store.h"

static Reader *
take (Store *base, GError **error)
{
  return reader_take (((SqliteStore *) base)->lookups, error);
}

/* ---- One event ---- */

static gboolean
find_seq (Reader *reader, const char *event_id, gint64 *out_seq, GError **error)
{
  g_autoptr (Statement) select = reader_prepare (reader, "SELECT seq FROM event WHERE id = ?",
                                                 error);
  gboolean has_row;
  gint64 seq;

  if (select == NULL)
    return FALSE;
  statement_bind_text (select, event_id);
  if (!statement_step (select, &has_row, "find an event", error))
    return FALSE;
  if (!has_row)
    return store_no_event (event_id, error);
  seq = statement_read_int_between (select, 1, SCHEMA_MAX_SEQ);
  if (!statement_check_row (select, "event number", seq, error))
    return FALSE;
  *out_seq = seq;
  return TRUE;
}

gboolean
sqlite_load_event (Store *base, const char *event_id, StoredEvent **out_event, GError **error)
{
  g_autoptr (Reader) reader = take (base, error);
  g_autoptr (Statement) select = NULL;
  g_autoptr (GBytes) body = NULL;
  gboolean has_row;
  gint64 seq;

  if (reader == NULL || !find_seq (reader, event_id, &seq, error) ||
      !sqlite_read_body (reader, seq, &body, error))
    return FALSE;
  select = reader_prepare (reader,
                           "SELECT " SQLITE_EVENT_COLUMNS
                           ", e.body_bytes, e.matched FROM event e WHERE e.seq = ?",
                           error);
  if (select == NULL)
    return FALSE;
  statement_bind_int (select, seq);
  if (!statement_step (select, &has_row, "read an event", error))
    return FALSE;
  if (!has_row)
    return store_no_event (event_id, error);
  return sqlite_read_stored_event (reader, select, body, out_event, error);
}

static gboolean
read_event_by_seq (Reader *reader, gint64 seq, Event **out_event, GError **error)
{
  g_autoptr (Statement) select = reader_prepare (
      reader, "SELECT " SQLITE_EVENT_COLUMNS " FROM event e WHERE e.seq = ?", error);
  g_autoptr (GBytes) body = NULL;
  gboolean has_row;

  if (select == NULL || !sqlite_read_body (reader, seq, &body, error))
    return FALSE;
  statement_bind_int (select, seq);
  if (!statement_step (select, &has_row, "read an event", error))
    return FALSE;
  if (!has_row)
    return database_damaged (reader_get_database (reader), error,
                             "event number %" G_GINT64_FORMAT " is missing", seq);
  return sqlite_read_event (reader, select, body, &seq, out_event, error);
}

/* ---- Deliveries ---- */

gboolean
sqlite_load_delivery (Store *base,
                      DeliveryKey key,
                      StoredDelivery **out_delivery,
                      Event **out_event,
                      GError **error)
{
  g_autoptr (Reader) reader = take (base, error);
  g_autoptr (Statement) select = NULL;
  g_autoptr (StoredDelivery) delivery = NULL;
  gboolean has_row;
  gint64 id;

  if (reader == NULL)
    return FALSE;
  if (!sqlite_delivery_id (key, &id))
    return store_no_delivery (key, error);
  select = reader_prepare (reader,
                           "SELECT " SQLITE_DELIVERY_COLUMNS
                           " FROM delivery d CROSS JOIN event e ON e.seq = d.id >> 16"
                           " WHERE d.id = ?",
                           error);
  if (select == NULL)
    return FALSE;
  statement_bind_int (select, id);
  if (!statement_step (select, &has_row, "read a delivery", error))
    return FALSE;
  if (!has_row)
    return store_no_delivery (key, error);
  if (!sqlite_read_delivery (reader, select, &delivery, error) ||
      (out_event != NULL && !read_event_by_seq (reader, key.event_seq, out_event, error)))
    return FALSE;
  *out_delivery = g_steal_pointer (&delivery);
  return TRUE;
}

gboolean
sqlite_load_deliveries (Store *base,
                        const char *event_id,
                        GPtrArray **out_deliveries,
                        GError **error)
{
  g_autoptr (Reader) reader = take (base, error);
  g_autoptr (Statement) select = NULL;
  g_autoptr (GPtrArray) deliveries = g_ptr_array_new_with_free_func (
      (GDestroyNotify) stored_delivery_free);
  gboolean has_row;
  gint64 seq;

  if (reader == NULL || !find_seq (reader, event_id, &seq, error))
    return FALSE;
  select = reader_prepare (reader,
                           "SELECT " SQLITE_DELIVERY_COLUMNS
                           " FROM delivery d CROSS JOIN event e ON e.seq = d.id >> 16"
                           " WHERE d.id > ? AND d.id <= ? ORDER BY d.id",
                           error);
  if (select == NULL)
    return FALSE;
  statement_bind_int (select, seq << SCHEMA_INDEX_BITS);
  statement_bind_int (select, (seq << SCHEMA_INDEX_BITS) + SCHEMA_MAX_INDEX);
  while (TRUE)
    {
      StoredDelivery *delivery;

      if (!statement_step (select, &has_row, "read an event's deliveries", error))
        return FALSE;
      if (!has_row)
        break;
      if (!sqlite_read_delivery (reader, select, &delivery, error))
        return FALSE;
      g_ptr_array_add (deliveries, delivery);
    }
  *out_deliveries = g_steal_pointer (&deliveries);
  return TRUE;
}

/* ---- History ---- */

static gboolean
read_journal_entry (Statement *row, gint64 delivery, JournalEntry **out_entry, GError **error)
{
  g_autoptr (JournalEntry) entry = g_new0 (JournalEntry, 1);

  entry->n = (guint) statement_read_int_between (row, 1, G_MAXUINT);
  entry->kind = (JournalKind) statement_read_int_between (row, JOURNAL_ATTEMPT,
                                                          JOURNAL_N_KINDS - 1);
  entry->attempt = (guint) statement_read_int_between (row, 0, G_MAXUINT);
  entry->at_us = statement_read_int (row);
  entry->duration_us = statement_read_int (row);
  entry->outcome.kind = (OutcomeKind) statement_read_int_between (row, 0, OUTCOME_MISCONFIGURED);
  entry->outcome.status = (int) statement_read_int_between (row, G_MININT, G_MAXINT);
  entry->outcome.retry_after_us = statement_read_int (row);
  entry->outcome.error_code = error_code_intern (statement_read_text_or_null (row));
  entry->outcome.note = g_strdup (statement_read_text (row));
  entry->outcome.response = statement_read_bytes_or_null (row);
  entry->actor = g_strdup (statement_read_text (row));
  entry->reason = g_strdup (statement_read_text (row));
  if (!statement_check_row (row, "history of delivery", delivery, error))
    return FALSE;
  *out_entry = g_steal_pointer (&entry);
  return TRUE;
}

static gboolean
check_delivery (Reader *reader, DeliveryKey key, gint64 id, GError **error)
{
  g_autoptr (Statement) select = reader_prepare (reader, "SELECT 1 FROM delivery WHERE id = ?",
                                                 error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, id);
  if (!statement_step (select, &has_row, "find a delivery", error))
    return FALSE;
  return has_row || store_no_delivery (key, error);
}

gboolean
sqlite_load_journal (Store *base, DeliveryKey key, GPtrArray **out_entries, GError **error)
{
  g_autoptr (Reader) reader = take (base, error);
  g_autoptr (Statement) select = NULL;
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (
      (GDestroyNotify) journal_entry_free);
  gboolean has_row;
  gint64 id;

  if (reader == NULL)
    return FALSE;
  if (!sqlite_delivery_id (key, &id))
    return store_no_delivery (key, error);
  if (!check_delivery (reader, key, id, error))
    return FALSE;
  select = reader_prepare (reader,
                           "SELECT n, kind, attempt, at_us, duration_us, outcome, status,"
                           " retry_after_us, error_code, note, response, actor, reason"
                           " FROM journal WHERE delivery = ? ORDER BY n",
                           error);
  if (select == NULL)
    return FALSE;
  statement_bind_int (select, id);
  while (TRUE)
    {
      JournalEntry *entry;

      if (!statement_step (select, &has_row, "read a delivery's history", error))
        return FALSE;
      if (!has_row)
        break;
      if (!read_journal_entry (select, id, &entry, error))
        return FALSE;
      g_ptr_array_add (entries, entry);
    }
  *out_entries = g_steal_pointer (&entries);
  return TRUE;
}

/* ---- Configuration ---- */

#define GENERATION_COLUMNS "SELECT generation, at_us, author, digest, reason, "

static StoredGeneration *
read_generation (Statement *select, GError **error)
{
  g_autoptr (StoredGeneration) generation = g_new0 (StoredGeneration, 1);
  const char *content;

  generation->generation = (guint64) statement_read_int (select);
  generation->at_us = statement_read_int (select);
  generation->author = g_strdup (statement_read_text (select));
  generation->digest = g_strdup (statement_read_text (select));
  generation->reason = g_strdup (statement_read_text (select));
  content = statement_read_text (select);
  generation->content = *content != '\0' ? g_strdup (content) : NULL;
  if (!statement_check_row (select, "generation", (gint64) generation->generation, error))
    return NULL;
  return g_steal_pointer (&generation);
}

static gboolean
load_one (Store *base, const char *sql, guint64 number, StoredGeneration **out, GError **error)
{
  g_autoptr (Reader) reader = take (base, error);
  g_autoptr (Statement) select = NULL;
  gboolean has_row;

  if (reader == NULL)
    return FALSE;
  select = reader_prepare (reader, sql, error);
  if (select == NULL)
    return FALSE;
  statement_bind_int (select, (gint64) number);
  if (!statement_step (select, &has_row, "read a configuration generation", error))
    return FALSE;
  if (!has_row)
    return store_no_generation (error);
  *out = read_generation (select, error);
  return *out != NULL;
}

gboolean
sqlite_load_generation (Store *base,
                        guint64 number,
                        StoredGeneration **out_generation,
                        GError **error)
{
  return load_one (base, GENERATION_COLUMNS "content FROM generation WHERE generation = ?", number,
                   out_generation, error);
}

gboolean
sqlite_last_generation (Store *base, StoredGeneration **out_generation, GError **error)
{
  return load_one (base,
                   GENERATION_COLUMNS "content FROM generation WHERE generation > ?"
                                      " ORDER BY generation DESC LIMIT 1",
                   0, out_generation, error);
}

gboolean
sqlite_find_generations (Store *base,
                         guint64 before,
                         guint limit,
                         GPtrArray **out_generations,
                         GError **error)
{
  g_autoptr (Reader) reader = take (base, error);
  g_autoptr (Statement) select = NULL;
  g_autoptr (GPtrArray) found = NULL;
  gboolean has_row;

  if (reader == NULL)
    return FALSE;
  select = reader_prepare (reader,
                           GENERATION_COLUMNS "'' FROM generation WHERE generation < ?"
                                              " ORDER BY generation DESC LIMIT ?",
                           error);
  if (select == NULL)
    return FALSE;
  statement_bind_int (select, before != 0 ? (gint64) before : G_MAXINT64);
  statement_bind_int (select, limit);
  found = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_generation_free);
  for (;;)
    {
      StoredGeneration *generation;

      if (!statement_step (select, &has_row, "list the configuration generations", error))
        return FALSE;
      if (!has_row)
        break;
      generation = read_generation (select, error);
      if (generation == NULL)
        return FALSE;
      g_ptr_array_add (found, generation);
    }
  *out_generations = g_steal_pointer (&found);
  return TRUE;
}

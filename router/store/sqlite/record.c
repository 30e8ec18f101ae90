/* Records: what is written of them, within the open transaction, and what is asked of them. */
#include "store/sqlite/sqlite-store.h"

static gboolean
next_id (SqliteStore *store, RecordKind kind, gint64 *out_id, GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer, "SELECT coalesce (max (id), 0) + 1 FROM record WHERE kind = ?", error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, kind);
  if (!statement_step (select, &has_row, "number a record", error))
    return FALSE;
  *out_id = statement_read_int (select);
  return statement_check_row (select, "record of kind", kind, error);
}

static gboolean
trim (SqliteStore *store, RecordKind kind, gint64 up_to, GError **error)
{
  Statement *delete = database_prepare (store->writer,
                                        "DELETE FROM record WHERE kind = ? AND id <= ?", error);

  if (delete == NULL)
    return FALSE;
  statement_bind_int (delete, kind);
  statement_bind_int (delete, up_to);
  return statement_run (delete, "forget old records", error);
}

static gboolean
put (SqliteStore *store, const BatchItem *item, RecordChange *change, GError **error)
{
  const StoredRecord *record = &change->record;
  gint64 counts[RECORD_N_COUNTS] = { record->counts[0], record->counts[1] };
  Statement *insert;

  change->out_id = record->id;
  if (record->id == 0 && !next_id (store, record->kind, &change->out_id, error))
    return FALSE;
  batch_item_count_actions (item, change, counts);
  insert = database_prepare (store->writer,
                             "INSERT OR REPLACE INTO record (kind, id, key, n1, n2, value)"
                             " VALUES (?, ?, ?, ?, ?, ?)",
                             error);
  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, record->kind);
  statement_bind_int (insert, change->out_id);
  statement_bind_text (insert, record->key);
  statement_bind_int (insert, counts[0]);
  statement_bind_int (insert, counts[1]);
  statement_bind_text (insert, record->value);
  return statement_run (insert, "keep a record", error) &&
         (change->keep_newest == 0 ||
          trim (store, record->kind, change->out_id - change->keep_newest, error));
}

gboolean
sqlite_put_records (SqliteStore *store, const BatchItem *item, GError **error)
{
  for (guint i = 0; item->records != NULL && i < item->records->len; i++)
    if (batch_item_wants_record (item, g_ptr_array_index (item->records, i)) &&
        !put (store, item, g_ptr_array_index (item->records, i), error))
      return FALSE;
  return TRUE;
}

static Statement *
select_records (Reader *reader,
                RecordKind kind,
                const char *key,
                gint64 before,
                guint limit,
                GError **error)
{
  static const char all[] = "SELECT id, key, n1, n2, value FROM record"
                            " WHERE kind = ? AND id < ? ORDER BY id DESC LIMIT ?";
  static const char of_key[] = "SELECT id, key, n1, n2, value FROM record INDEXED BY record_key"
                               " WHERE key != '' AND kind = ? AND id < ? AND key = ?4"
                               " ORDER BY id DESC LIMIT ?3";
  Statement *select = key != NULL ? reader_prepare (reader, of_key, error)
                                  : reader_prepare (reader, all, error);

  if (select == NULL)
    return NULL;
  statement_bind_int (select, kind);
  statement_bind_int (select, before == 0 ? G_MAXINT64 : before);
  statement_bind_int (select, limit);
  if (key != NULL)
    statement_bind_text (select, key);
  return select;
}

gboolean
sqlite_find_records (Store *base,
                     RecordKind kind,
                     const char *key,
                     gint64 before,
                     guint limit,
                     GPtrArray **out_records,
                     GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->lookups, error);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (
      (GDestroyNotify) stored_record_free);
  g_autoptr (Statement) select = NULL;
  gboolean has_row;

  if (reader == NULL)
    return FALSE;
  select = select_records (reader, kind, key, before, limit, error);
  if (select == NULL)
    return FALSE;
  while (TRUE)
    {
      StoredRecord *record;

      if (!statement_step (select, &has_row, "read records", error))
        return FALSE;
      if (!has_row)
        break;
      record = g_new0 (StoredRecord, 1);
      g_ptr_array_add (records, record);
      record->kind = kind;
      record->id = statement_read_int (select);
      record->key = g_strdup (statement_read_text (select));
      record->counts[0] = statement_read_int (select);
      record->counts[1] = statement_read_int (select);
      record->value = g_strdup (statement_read_text (select));
      if (!statement_check_row (select, "record", record->id, error))
        return FALSE;
    }
  *out_records = g_steal_pointer (&records);
  return TRUE;
}

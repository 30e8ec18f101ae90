/* Records of the memory engine. */
#include "store/memory/memory.h"

/* NULL when there is none; with the lock held. */
static StoredRecord *
find (MemoryStore *store, RecordKind kind, gint64 id)
{
  for (guint i = 0; i < store->records->len; i++)
    {
      StoredRecord *record = g_ptr_array_index (store->records, i);

      if (record->kind == kind && record->id == id)
        return record;
    }
  return NULL;
}

static gint64
next_id (MemoryStore *store, RecordKind kind)
{
  gint64 newest = 0;

  for (guint i = 0; i < store->records->len; i++)
    {
      const StoredRecord *record = g_ptr_array_index (store->records, i);

      if (record->kind == kind)
        newest = MAX (newest, record->id);
    }
  return newest + 1;
}

static void
trim (MemoryStore *store, RecordKind kind, gint64 up_to)
{
  for (guint i = store->records->len; i > 0; i--)
    {
      const StoredRecord *record = g_ptr_array_index (store->records, i - 1);

      if (record->kind == kind && record->id <= up_to)
        g_ptr_array_remove_index (store->records, i - 1);
    }
}

static void
put (MemoryStore *store, const BatchItem *item, RecordChange *change)
{
  StoredRecord *record = stored_record_copy (&change->record);
  StoredRecord *old;

  if (record->id == 0)
    record->id = next_id (store, record->kind);
  change->out_id = record->id;
  batch_item_count_actions (item, change, record->counts);
  old = find (store, record->kind, record->id);
  if (old != NULL)
    g_ptr_array_remove (store->records, old);
  g_ptr_array_add (store->records, record);
  if (change->keep_newest > 0)
    trim (store, record->kind, record->id - change->keep_newest);
}

void
memory_put_records (MemoryStore *store, const BatchItem *item)
{
  for (guint i = 0; item->records != NULL && i < item->records->len; i++)
    if (batch_item_wants_record (item, g_ptr_array_index (item->records, i)))
      put (store, item, g_ptr_array_index (item->records, i));
}

static int
compare_newest (gconstpointer a, gconstpointer b)
{
  gint64 first = (*(const StoredRecord *const *) a)->id;
  gint64 second = (*(const StoredRecord *const *) b)->id;

  return first < second ? 1 : first > second ? -1 : 0;
}

gboolean
memory_find_records (Store *base,
                     RecordKind kind,
                     const char *key,
                     gint64 before,
                     guint limit,
                     GPtrArray **out_records,
                     GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_record_free);

  for (guint i = 0; i < store->records->len; i++)
    {
      const StoredRecord *record = g_ptr_array_index (store->records, i);

      if (record->kind == kind && (before == 0 || record->id < before) &&
          (key == NULL || g_str_equal (record->key, key)))
        g_ptr_array_add (found, stored_record_copy (record));
    }
  g_ptr_array_sort (found, compare_newest);
  if (found->len > limit)
    g_ptr_array_set_size (found, (int) limit);
  *out_records = found;
  return TRUE;
}

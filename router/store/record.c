/* Records as values. */
#include "store/record.h"

static void
clear (StoredRecord *record)
{
  g_free (record->key);
  g_free (record->value);
}

void
stored_record_free (StoredRecord *record)
{
  if (record == NULL)
    return;
  clear (record);
  g_free (record);
}

StoredRecord *
stored_record_copy (const StoredRecord *record)
{
  StoredRecord *copy = g_new0 (StoredRecord, 1);

  *copy = *record;
  copy->key = g_strdup (record->key);
  copy->value = g_strdup (record->value);
  return copy;
}

RecordChange *
record_change_new (RecordKind kind, gint64 id, const char *key, const char *value)
{
  RecordChange *change = g_new0 (RecordChange, 1);

  change->record.kind = kind;
  change->record.id = id;
  change->record.key = g_strdup (key != NULL ? key : "");
  change->record.value = g_strdup (value);
  return change;
}

void
record_change_free (RecordChange *change)
{
  if (change == NULL)
    return;
  clear (&change->record);
  g_free (change);
}

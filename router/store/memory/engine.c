/* The memory engine's table, and the life of its store.  Nothing survives close. */
#include "store/memory/memory.h"

void
memory_delivery_free (MemoryDelivery *delivery)
{
  g_ptr_array_unref (delivery->journal);
  g_free (delivery->stored.id);
  g_free (delivery->stored.event_id);
  g_free (delivery->stored.rule);
  g_free (delivery->stored.target);
  g_free (delivery->stored.connector);
  g_free (delivery->stored.last_note);
  g_free (delivery->stored.last_error_code);
  g_free (delivery->stored.source);
  g_free (delivery->stored.detail_type);
  g_free (delivery);
}

void
memory_event_free (MemoryEvent *event)
{
  if (event == NULL)
    return; /* expired */
  event_unref (event->event);
  g_strfreev (event->matched);
  g_ptr_array_unref (event->deliveries);
  g_free (event);
}

void
memory_repeat_free (MemoryRepeat *repeat)
{
  g_free (repeat->answer);
  g_free (repeat);
}

MemoryEvent *
memory_find_event (MemoryStore *store, const char *event_id)
{
  return g_hash_table_lookup (store->by_id, event_id);
}

MemoryDelivery *
memory_find_delivery (MemoryStore *store, DeliveryKey key)
{
  MemoryEvent *event;

  if (key.event_seq < 1 || key.event_seq > (gint64) store->events->len)
    return NULL;
  event = g_ptr_array_index (store->events, key.event_seq - 1);
  if (event == NULL)
    return NULL;
  if (key.index < 1 || key.index > event->deliveries->len)
    return NULL;
  return g_ptr_array_index (event->deliveries, key.index - 1);
}

StoredHold *
memory_find_hold (MemoryStore *store, const char *connector)
{
  for (guint i = 0; i < store->holds->len; i++)
    {
      StoredHold *hold = g_ptr_array_index (store->holds, i);

      if (g_str_equal (hold->connector, connector))
        return hold;
    }
  return NULL;
}

DeliveryState
memory_state (MemoryStore *store, const StoredDelivery *delivery)
{
  if (store_is_unsettled (delivery->state) && memory_find_hold (store, delivery->connector) != NULL)
    return DELIVERY_HELD;
  return delivery->state;
}

JournalEntry *
memory_journal_entry_copy (const JournalEntry *entry)
{
  JournalEntry *copy = g_new0 (JournalEntry, 1);

  *copy = *entry;
  outcome_copy (&entry->outcome, &copy->outcome);
  copy->actor = g_strdup (entry->actor != NULL ? entry->actor : "");
  copy->reason = g_strdup (entry->reason != NULL ? entry->reason : "");
  return copy;
}

static Store *
memory_open (const char *path, GError **error)
{
  MemoryStore *store = g_new0 (MemoryStore, 1);

  store->base.engine = &store_engine_memory;
  g_mutex_init (&store->lock);
  store->events = g_ptr_array_new_with_free_func ((GDestroyNotify) memory_event_free);
  store->past = g_ptr_array_new_with_free_func ((GDestroyNotify) store_count_free);
  store->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  store->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) queue_message_free);
  store->dedups = g_ptr_array_new_with_free_func (memory_dedup_free);
  store->holds = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_hold_free);
  store->generations = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_generation_free);
  store->records = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_record_free);
  store->repeats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) memory_repeat_free);
  return &store->base;
}

static void
memory_close (Store *base)
{
  MemoryStore *store = (MemoryStore *) base;

  g_hash_table_unref (store->repeats);
  g_hash_table_unref (store->by_id);
  g_ptr_array_unref (store->events);
  g_ptr_array_unref (store->past);
  g_ptr_array_unref (store->holds);
  g_ptr_array_unref (store->generations);
  g_ptr_array_unref (store->messages);
  g_ptr_array_unref (store->dedups);
  g_ptr_array_unref (store->records);
  g_mutex_clear (&store->lock);
  g_free (store);
}

static gboolean
has_expired (gpointer key, gpointer value, gpointer user_data)
{
  const MemoryRepeat *repeat = value;
  const gint64 *now_us = user_data;

  return repeat->expires_us <= *now_us;
}

static void
memory_idle (Store *base)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);

  g_hash_table_foreach_remove (store->repeats, has_expired, &store->now_us);
}

const StoreEngine store_engine_memory = {
  .name = "memory",
  .capabilities = STORE_QUERY,
  .open = memory_open,
  .close = memory_close,
  .commit = memory_commit,
  .claim = memory_claim,
  .holds = memory_holds,
  .load_event = memory_load_event,
  .load_delivery = memory_load_delivery,
  .load_deliveries = memory_load_deliveries,
  .load_journal = memory_load_journal,
  .find_events = memory_find_events,
  .find_deliveries = memory_find_deliveries,
  .event_minutes = memory_event_minutes,
  .dead_groups = memory_dead_groups,
  .dead_minutes = memory_dead_minutes,
  .oldest_pending = memory_oldest_pending,
  .counts = memory_counts,
  .ledger = memory_ledger,
  .find_messages = memory_find_messages,
  .queue_depth = memory_queue_depth,
  .find_records = memory_find_records,
  .last_generation = memory_last_generation,
  .last_clock = memory_last_clock,
  .load_generation = memory_load_generation,
  .find_generations = memory_find_generations,
  .idle = memory_idle,
  .expire = memory_expire,
};

/* What is not to be kept leaves the memory engine.
 *
 * The obvious way: every event is looked at, the oldest first, until limit of them have gone. */
#include "store/memory/memory.h"

static gboolean
may_go (const MemoryEvent *event, const gint64 *cutoffs_us)
{
  if (event->deliveries->len == 0)
    return event->event->received_us < cutoffs_us[DELIVERY_DONE];
  for (guint i = 0; i < event->deliveries->len; i++)
    {
      const MemoryDelivery *delivery = g_ptr_array_index (event->deliveries, i);

      if (delivery->stored.changed_us >= cutoffs_us[delivery->stored.state])
        return FALSE;
    }
  return TRUE;
}

static void
remove_event (MemoryStore *store, MemoryEvent *event)
{
  memory_count_event (store, store->past, event, TRUE);
  store->body_bytes -= (gint64) g_bytes_get_size (event->event->body);
  g_hash_table_remove (store->by_id, event->event->id);
  store->events->pdata[event->seq - 1] = NULL;
  memory_event_free (event);
}

/* Whenever it is asked it looks at everything; once a minute does for a store that is forgotten at
 * its end. */
gint64
memory_expire (Store *base, const StoreRetention *retention, gint64 now_us, guint limit)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  gint64 cutoffs_us[DELIVERY_N_STATES];
  guint n_removed = 0, n_kept = 0;

  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    cutoffs_us[state] = store_expiry_cutoff (retention, (DeliveryState) state, now_us);
  for (guint i = 0; i < store->events->len && n_removed < limit; i++)
    {
      MemoryEvent *event = g_ptr_array_index (store->events, i);

      if (event == NULL)
        continue;
      cutoffs_us[DELIVERY_DONE] = store_expiry_cutoff (retention, DELIVERY_DONE, now_us);
      if (retention->max_bytes > 0 && store->body_bytes > retention->max_bytes)
        cutoffs_us[DELIVERY_DONE] = MAX (cutoffs_us[DELIVERY_DONE], now_us - STORE_MIN_AGE_US);
      if (may_go (event, cutoffs_us))
        {
          remove_event (store, event);
          n_removed++;
        }
      else
        n_kept++;
    }
  if (n_removed == limit)
    return now_us;
  return n_kept > 0 ? now_us + STORE_MIN_AGE_US : G_MAXINT64;
}

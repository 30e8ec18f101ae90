/* Events by their number, oldest first, under one lock.
 *
 * The oldest are the next to be sent, so a full house turns new ones away.  But what waits for a
 * target that is shut would then fill it for good: whoever has stayed long makes room. */
#include "deliver/fresh.h"

#define STALE_US (5 * G_TIME_SPAN_SECOND)

typedef struct
{
  const char *rule, *target, *connector; /* interned; rule NULL: taken, or never kept */
  gint64 since_us, due_us;
  guint priority;
  gint64 order_key;
} FreshDelivery;

typedef struct
{
  gint64 seq;
  GList link;
  Event *event;
  gsize bytes;
  gint64 put_us;
  guint n_left, n_deliveries;
  FreshDelivery deliveries[];
} FreshEvent;

struct Fresh
{
  Clock *clock;
  gsize max_bytes;

  GMutex lock;        /* guards what follows */
  GHashTable *events; /* by seq */
  GQueue by_age;      /* FreshEvent, oldest first */
  gsize bytes;
};

static void
fresh_event_free (FreshEvent *event)
{
  event_unref (event->event);
  g_free (event);
}

Fresh *
fresh_new (Clock *clock, gsize max_bytes)
{
  Fresh *fresh = g_new0 (Fresh, 1);

  fresh->clock = clock;
  fresh->max_bytes = max_bytes;
  g_mutex_init (&fresh->lock);
  fresh->events = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                         (GDestroyNotify) fresh_event_free);
  return fresh;
}

void
fresh_free (Fresh *fresh)
{
  g_hash_table_unref (fresh->events);
  g_mutex_clear (&fresh->lock);
  g_free (fresh);
}

/* ---- Putting ---- */

static gboolean
is_due_at_once (const NewDelivery *delivery, gint64 steady_us)
{
  return delivery->due_us <= steady_us && delivery->out_due_us != DELIVERY_NEVER_US;
}

static FreshEvent *
fresh_event_new (const AppendEvent *append, gint64 now_us, gint64 steady_us)
{
  gsize own_bytes = sizeof (FreshEvent) + append->n_deliveries * sizeof (FreshDelivery);
  FreshEvent *event = g_malloc0 (own_bytes);

  event->seq = append->out_seq;
  event->link.data = event;
  event->event = event_ref (append->event);
  event->bytes = own_bytes + g_bytes_get_size (append->event->body);
  event->put_us = now_us;
  event->n_deliveries = append->n_deliveries;
  for (guint i = 0; i < append->n_deliveries; i++)
    {
      const NewDelivery *delivery = &append->deliveries[i];

      if (!is_due_at_once (delivery, steady_us))
        continue;
      event->deliveries[i] = (FreshDelivery){ g_intern_string (delivery->rule),
                                              g_intern_string (delivery->target),
                                              g_intern_string (delivery->connector),
                                              delivery->since_us,
                                              delivery->due_us,
                                              delivery->priority,
                                              delivery->order_key };
      event->n_left++;
    }
  return event;
}

/* With the lock. */
static void
forget (Fresh *fresh, FreshEvent *event)
{
  fresh->bytes -= event->bytes;
  g_queue_unlink (&fresh->by_age, &event->link);
  g_hash_table_remove (fresh->events, &event->seq);
}

/* With the lock. */
static gboolean
make_room (Fresh *fresh, gsize bytes, gint64 now_us)
{
  FreshEvent *oldest;

  while (fresh->bytes + bytes > fresh->max_bytes &&
         (oldest = g_queue_peek_head (&fresh->by_age)) != NULL &&
         now_us - oldest->put_us >= STALE_US)
    forget (fresh, oldest);
  return fresh->bytes + bytes <= fresh->max_bytes;
}

void
fresh_put (Fresh *fresh, const AppendEvent *append)
{
  gint64 now_us = clock_monotonic_us (fresh->clock);
  FreshEvent *event;

  if (append->n_deliveries == 0)
    return;
  event = fresh_event_new (append, now_us, clock_steady_us (fresh->clock));
  g_mutex_lock (&fresh->lock);
  if (event->n_left > 0 && make_room (fresh, event->bytes, now_us))
    {
      fresh->bytes += event->bytes;
      g_queue_push_tail_link (&fresh->by_age, &event->link);
      g_hash_table_insert (fresh->events, &event->seq, event);
      event = NULL;
    }
  g_mutex_unlock (&fresh->lock);
  g_clear_pointer (&event, fresh_event_free);
}

/* ---- Taking ---- */

static StoredDelivery *
make_delivery (const Event *event, DeliveryKey key, const FreshDelivery *fresh)
{
  StoredDelivery *delivery = g_new (StoredDelivery, 1);

  *delivery = (StoredDelivery){
    .key = key,
    .id = delivery_id_new (event->id, key.index),
    .event_id = g_strdup (event->id),
    .rule = g_strdup (fresh->rule),
    .target = g_strdup (fresh->target),
    .connector = g_strdup (fresh->connector),
    .state = DELIVERY_READY,
    .created_us = event->received_us,
    .since_us = fresh->since_us != 0 ? fresh->since_us : event->received_us,
    .due_us = fresh->due_us,
    .priority = fresh->priority,
    .order_key = fresh->order_key,
    .changed_us = event->received_us,
    .last_note = g_strdup (""),
    .last_error_code = g_strdup (""),
    .source = g_strdup (event->source),
    .detail_type = g_strdup (event->detail_type),
  };
  return delivery;
}

/* With the lock.  FALSE: it is not there. */
static gboolean
take_out (Fresh *fresh, DeliveryKey key, FreshDelivery *out_delivery, Event **out_event)
{
  FreshEvent *event = g_hash_table_lookup (fresh->events, &key.event_seq);
  FreshDelivery *delivery;

  if (event == NULL || key.index < 1 || key.index > event->n_deliveries)
    return FALSE;
  delivery = &event->deliveries[key.index - 1];
  if (delivery->rule == NULL)
    return FALSE;
  *out_delivery = *delivery;
  *out_event = event_ref (event->event);
  delivery->rule = NULL;
  if (--event->n_left == 0)
    forget (fresh, event);
  return TRUE;
}

gboolean
fresh_take (Fresh *fresh, DeliveryKey key, StoredDelivery **out_delivery, Event **out_event)
{
  FreshDelivery delivery;
  gboolean is_there;

  g_mutex_lock (&fresh->lock);
  is_there = take_out (fresh, key, &delivery, out_event);
  g_mutex_unlock (&fresh->lock);
  if (is_there)
    *out_delivery = make_delivery (*out_event, key, &delivery);
  return is_there;
}

gsize
fresh_bytes (Fresh *fresh)
{
  gsize bytes;

  g_mutex_lock (&fresh->lock);
  bytes = fresh->bytes;
  g_mutex_unlock (&fresh->lock);
  return bytes;
}

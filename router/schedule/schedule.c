/* The queues of all connectors: who may go next, and when.
 *
 * Runs on the delivery thread only.  What must stay true: a key is in the schedule at most once,
 * either queued in exactly one heap or taken; a queue's taken never exceeds its window by more than
 * the window was lowered meanwhile; the ring holds exactly the queues with something in their heap.
 */
#include "schedule/schedule.h"

#include "schedule/heap.h"

typedef struct
{
  const char *connector; /* interned */
  guint window;
  guint taken;
  gboolean is_paused;
  DueHeap heap;
  GList link; /* in the ring, while the heap is not empty */
} Queue;

struct Schedule
{
  guint default_window;
  GHashTable *queues; /* interned connector -> Queue */
  GHashTable *keys;   /* DeliveryKey: all that are queued or taken */
  GQueue ring;        /* Queue: whose turn is first */
  guint n_taken;
};

static void
queue_free (gpointer data)
{
  Queue *queue = data;

  due_heap_clear (&queue->heap);
  g_free (queue);
}

Schedule *
schedule_new (guint default_window)
{
  Schedule *schedule = g_new0 (Schedule, 1);

  schedule->default_window = MAX (1, default_window);
  schedule->queues = g_hash_table_new_full (NULL, NULL, NULL, queue_free);
  schedule->keys = g_hash_table_new_full (delivery_key_hash, delivery_key_equal, g_free, NULL);
  g_queue_init (&schedule->ring);
  return schedule;
}

void
schedule_free (Schedule *schedule)
{
  g_hash_table_unref (schedule->queues);
  g_hash_table_unref (schedule->keys);
  g_free (schedule);
}

static Queue *
queue_for (Schedule *schedule, const char *connector)
{
  const char *name = g_intern_string (connector);
  Queue *queue = g_hash_table_lookup (schedule->queues, name);

  if (queue != NULL)
    return queue;

  queue = g_new0 (Queue, 1);
  queue->connector = name;
  queue->window = schedule->default_window;
  queue->link.data = queue;
  g_hash_table_insert (schedule->queues, (gpointer) name, queue);
  return queue;
}

void
schedule_set_window (Schedule *schedule, const char *connector, guint window)
{
  queue_for (schedule, connector)->window = MAX (1, window);
}

void
schedule_set_paused (Schedule *schedule, const char *connector, gboolean paused)
{
  queue_for (schedule, connector)->is_paused = paused;
}

gboolean
schedule_add (Schedule *schedule, DeliveryKey key, const char *connector, gint64 due_us)
{
  DueItem item = { .due_us = due_us, .key = key };
  Queue *queue;

  if (g_hash_table_contains (schedule->keys, &key))
    return FALSE;

  g_hash_table_add (schedule->keys, g_memdup2 (&key, sizeof key));
  queue = queue_for (schedule, connector);
  if (queue->heap.length == 0)
    g_queue_push_tail_link (&schedule->ring, &queue->link);
  due_heap_push (&queue->heap, &item);
  return TRUE;
}

static gboolean
has_room (const Queue *queue)
{
  return !queue->is_paused && queue->taken < queue->window;
}

gboolean
schedule_take (Schedule *schedule, gint64 now_us, ScheduleTicket *out_ticket)
{
  /* From the front: a queue that is passed over keeps its place, one that is served goes to the
   * end. That looks at every queue with work at worst, which are as many as connectors that are
   * behind. */
  for (GList *link = schedule->ring.head; link != NULL; link = link->next)
    {
      Queue *queue = link->data;
      DueItem item;

      if (!has_room (queue) || due_heap_peek (&queue->heap)->due_us > now_us)
        continue;

      due_heap_pop (&queue->heap, &item);
      g_queue_unlink (&schedule->ring, link);
      if (queue->heap.length > 0)
        g_queue_push_tail_link (&schedule->ring, link);

      queue->taken++;
      schedule->n_taken++;
      *out_ticket = (ScheduleTicket){
        .key = item.key,
        .connector = queue->connector,
        .due_us = item.due_us,
      };
      return TRUE;
    }
  return FALSE;
}

void
schedule_release (Schedule *schedule, const ScheduleTicket *ticket)
{
  Queue *queue = queue_for (schedule, ticket->connector);

  g_assert (queue->taken > 0);
  queue->taken--;
  schedule->n_taken--;
  if (!g_hash_table_remove (schedule->keys, &ticket->key))
    g_assert_not_reached ();
}

gint64
schedule_next_us (Schedule *schedule)
{
  gint64 next_us = G_MAXINT64;

  for (GList *link = schedule->ring.head; link != NULL; link = link->next)
    {
      Queue *queue = link->data;

      if (has_room (queue))
        next_us = MIN (next_us, due_heap_peek (&queue->heap)->due_us);
    }
  return next_us;
}

guint
schedule_n_queued (Schedule *schedule)
{
  return g_hash_table_size (schedule->keys) - schedule->n_taken;
}

guint
schedule_n_taken (Schedule *schedule)
{
  return schedule->n_taken;
}

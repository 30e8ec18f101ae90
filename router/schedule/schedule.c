/* The queues of all connectors: who may go next, and when.
 *
 * Runs on the delivery thread only.  What must stay true: a key is in the schedule at most once,
 * kept in one queue or taken; a queue that can give something now is in the ring, or crowded when
 * it has its share of the budget already, one that the store should be asked for is hungry, and one
 * that can or should later is among the sleepers, under the time of it.  Every change of a queue
 * therefore ends with settle_down(). */
#include "schedule/schedule.h"

#include "schedule/queue.h"

/* After the store could not be asked. */
#define FILL_AGAIN_US (5 * G_TIME_SPAN_SECOND)

struct Schedule
{
  guint capacity;
  QueueSettings settings;
  Random *random;
  GHashTable *queues; /* interned connector -> Queue */
  GHashTable *keys;   /* QueueItem: all that are kept or taken, by key */
  GQueue ring;        /* Queue: whose turn is first */
  GQueue hungry;      /* Queue */
  GTree *sleepers;    /* Queue, by wake_us */
  GQueue crowded;     /* Queue: until something is released */
  guint n_taken;
  gsize taken_bytes;
  guint max_places;
  gsize max_bytes;
};

static int
compare_sleepers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Queue *x = a, *y = b;

  if (x->wake_us != y->wake_us)
    return x->wake_us < y->wake_us ? -1 : 1;
  return x < y ? -1 : x > y;
}

Schedule *
schedule_new (guint capacity, const QueueSettings *settings, Random *random)
{
  Schedule *schedule = g_new0 (Schedule, 1);

  schedule->capacity = MAX (1, capacity);
  schedule->settings = *settings;
  schedule->random = random;
  schedule->max_places = G_MAXUINT;
  schedule->max_bytes = G_MAXSIZE;
  schedule->queues = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) queue_free);
  schedule->keys = g_hash_table_new_full (delivery_key_hash, delivery_key_equal, g_free, NULL);
  schedule->sleepers = g_tree_new_full (compare_sleepers, NULL, NULL, NULL);
  g_queue_init (&schedule->ring);
  g_queue_init (&schedule->hungry);
  g_queue_init (&schedule->crowded);
  return schedule;
}

void
schedule_free (Schedule *schedule)
{
  g_tree_unref (schedule->sleepers);
  g_hash_table_unref (schedule->queues);
  g_hash_table_unref (schedule->keys);
  g_free (schedule);
}

/* ---- A queue's place ---- */

static void
set_member (GQueue *list, GList *link, gboolean *is_member, gboolean wanted)
{
  if (*is_member == wanted)
    return;
  *is_member = wanted;
  if (wanted)
    g_queue_push_tail_link (list, link);
  else
    g_queue_unlink (list, link);
}

gboolean
schedule_has_room (Schedule *schedule)
{
  return schedule->n_taken < schedule->max_places && schedule->taken_bytes < schedule->max_bytes;
}

/* Half of what is free, but always one. */
static gboolean
has_share (Schedule *schedule, const Queue *queue)
{
  return queue->n_taken == 0 ||
         (queue->n_taken < (schedule->max_places - schedule->n_taken) / 2 &&
          queue->taken_bytes < (schedule->max_bytes - schedule->taken_bytes) / 2);
}

static void
settle_down (Schedule *schedule, Queue *queue, gint64 now_us)
{
  gint64 take_us, fill_us, wake_us = G_MAXINT64;
  gboolean has_place;

  queue_ripen (queue, now_us);
  take_us = queue_take_us (queue, now_us);
  fill_us = queue_fill_us (queue, schedule->capacity, now_us);
  has_place = !schedule_has_room (schedule) || has_share (schedule, queue);
  set_member (&schedule->ring, &queue->run_link, &queue->is_runnable,
              take_us <= now_us && has_place);
  set_member (&schedule->crowded, &queue->crowd_link, &queue->is_crowded,
              take_us <= now_us && !has_place);
  set_member (&schedule->hungry, &queue->fill_link, &queue->is_hungry, fill_us <= now_us);
  if (take_us > now_us)
    wake_us = take_us;
  if (fill_us > now_us)
    wake_us = MIN (wake_us, fill_us);
  if (wake_us == queue->wake_us)
    return;
  if (queue->wake_us != G_MAXINT64)
    g_tree_remove (schedule->sleepers, queue);
  queue->wake_us = wake_us;
  if (wake_us != G_MAXINT64)
    g_tree_insert (schedule->sleepers, queue, queue);
}

static void
wake (Schedule *schedule, gint64 now_us)
{
  GTreeNode *node;

  while ((node = g_tree_node_first (schedule->sleepers)) != NULL)
    {
      Queue *queue = g_tree_node_key (node);

      if (queue->wake_us > now_us)
        return;
      settle_down (schedule, queue, now_us);
    }
}

static Queue *
queue_for (Schedule *schedule, const char *connector)
{
  const char *name = g_intern_string (connector);
  Queue *queue = g_hash_table_lookup (schedule->queues, name);

  if (queue != NULL)
    return queue;
  queue = queue_new (name, &schedule->settings);
  g_hash_table_insert (schedule->queues, (gpointer) name, queue);
  return queue;
}

/* ---- Settings and holds ---- */

static void
forget (Schedule *schedule, QueueItem *item)
{
  if (item != NULL)
    g_hash_table_remove (schedule->keys, &item->key);
}

void
schedule_set_capacity (Schedule *schedule, guint capacity, gint64 now_us)
{
  GHashTableIter iter;
  gpointer queue;

  schedule->capacity = MAX (1, capacity);
  g_hash_table_iter_init (&iter, schedule->queues);
  while (g_hash_table_iter_next (&iter, NULL, &queue))
    {
      while (queue_n_kept (queue) > schedule->capacity)
        forget (schedule, queue_evict (queue, now_us));
      settle_down (schedule, queue, now_us);
    }
}

void
schedule_configure (Schedule *schedule,
                    const char *connector,
                    const QueueSettings *settings,
                    gint64 now_us)
{
  Queue *queue = queue_for (schedule, connector);

  if (queue->settings.rate != settings->rate || queue->settings.burst != settings->burst)
    queue->tokens = settings->burst;
  queue->settings = *settings;
  queue->settings.window = MAX (1, settings->window);
  queue->settings.burst = MAX (1, settings->burst);
  settle_down (schedule, queue, now_us);
}

void
schedule_set_paused (Schedule *schedule, const char *connector, gboolean paused, gint64 now_us)
{
  Queue *queue = queue_for (schedule, connector);

  queue->is_paused = paused;
  settle_down (schedule, queue, now_us);
}

void
schedule_set_shut (Schedule *schedule, const StoredHold *hold, gint64 now_us)
{
  Queue *queue = queue_for (schedule, hold->connector);

  queue->breaker = (Breaker){
    .state = BREAKER_SHUT,
    .since_us = hold->shut_us,
    /* A clock that was set back must not keep it shut for years. */
    .until_us = MIN (hold->shut_until_us, now_us + queue->settings.breaker.cap_us),
    .n_probes = hold->n_probes,
  };
  queue->n_failures = 1;
  settle_down (schedule, queue, now_us);
}

void
schedule_probe (Schedule *schedule, const char *connector, gint64 now_us)
{
  Queue *queue = queue_for (schedule, connector);

  if (queue->breaker.state == BREAKER_SHUT)
    queue->breaker.until_us = MIN (queue->breaker.until_us, now_us);
  settle_down (schedule, queue, now_us);
}

const Breaker *
schedule_get_breaker (Schedule *schedule, const char *connector)
{
  return &queue_for (schedule, connector)->breaker;
}

/* ---- What all share ---- */

void
schedule_set_budget (Schedule *schedule, guint places, gsize bytes)
{
  schedule->max_places = MAX (1, places);
  schedule->max_bytes = MAX (1, bytes);
}

void
schedule_charge (Schedule *schedule, const ScheduleTicket *ticket, gsize bytes)
{
  Queue *queue = queue_for (schedule, ticket->connector);
  QueueItem *item = g_hash_table_lookup (schedule->keys, &ticket->key);

  g_assert (item != NULL && item->place == ITEM_TAKEN);
  schedule->taken_bytes += bytes - item->bytes;
  queue->taken_bytes += bytes - item->bytes;
  item->bytes = bytes;
}

/* There is more to share than there was. */
static void
invite_crowded (Schedule *schedule, gint64 now_us)
{
  GList *next;

  for (GList *link = schedule->crowded.head; link != NULL; link = next)
    {
      next = link->next;
      settle_down (schedule, link->data, now_us);
    }
}

/* ---- Coming in ---- */

static QueueItem *
item_new (Schedule *schedule, const StoreDue *due)
{
  QueueItem *item = g_new (QueueItem, 1);

  *item = (QueueItem){ .key = due->key, .due_us = due->due_us, .priority = due->priority };
  g_hash_table_add (schedule->keys, item);
  return item;
}

gboolean
schedule_add (Schedule *schedule, const StoreDue *due, gint64 now_us)
{
  QueueItem *known;
  Queue *queue;

  if (due->due_us == DELIVERY_NEVER_US)
    return FALSE;
  queue = queue_for (schedule, due->connector);
  known = g_hash_table_lookup (schedule->keys, &due->key);
  /* An operator wants it earlier. */
  if (known != NULL && queue_withdraw (queue, known, due->due_us))
    forget (schedule, known);
  else if (known != NULL)
    return FALSE;
  forget (schedule, queue_push (queue, item_new (schedule, due), schedule->capacity, now_us));
  settle_down (schedule, queue, now_us);
  return TRUE;
}

void
schedule_expect (Schedule *schedule, const char *connector, gint64 now_us)
{
  Queue *queue = queue_for (schedule, connector);

  queue->store_has_due = TRUE;
  settle_down (schedule, queue, now_us);
}

gboolean
schedule_wants (Schedule *schedule, gint64 now_us, const char **out_connector, guint *out_limit)
{
  Queue *queue;

  wake (schedule, now_us);
  queue = g_queue_peek_head (&schedule->hungry);
  if (queue == NULL)
    return FALSE;
  *out_connector = queue->connector;
  /* Beyond what is under way at least one that is not here. */
  *out_limit = schedule->capacity + queue->n_taken;
  return TRUE;
}

void
schedule_fill (Schedule *schedule, const char *connector, const StoreClaim *claim, gint64 now_us)
{
  Queue *queue = queue_for (schedule, connector);

  queue->filled_us = now_us;
  queue->look_us = G_MAXINT64;
  queue->store_has_due = claim->has_more_due;
  queue->store_next_us = claim->next_us;
  for (guint i = 0; i < claim->due->len; i++)
    {
      const StoreDue *due = &g_array_index (claim->due, StoreDue, i);

      if (!g_hash_table_contains (schedule->keys, &due->key))
        forget (schedule, queue_keep (queue, item_new (schedule, due), schedule->capacity, now_us));
    }
  settle_down (schedule, queue, now_us);
}

void
schedule_fail_fill (Schedule *schedule, const char *connector, gint64 now_us)
{
  Queue *queue = queue_for (schedule, connector);

  queue->store_has_due = FALSE;
  queue->store_next_us = now_us + FILL_AGAIN_US;
  settle_down (schedule, queue, now_us);
}

/* ---- Going out ---- */

gboolean
schedule_take (Schedule *schedule, gint64 now_us, ScheduleTicket *out_ticket)
{
  Queue *queue;

  wake (schedule, now_us);
  while (schedule_has_room (schedule) && (queue = g_queue_peek_head (&schedule->ring)) != NULL)
    {
      QueueItem *item;

      /* Others have taken of what is shared since. */
      if (queue_take_us (queue, now_us) > now_us || !has_share (schedule, queue))
        {
          settle_down (schedule, queue, now_us);
          continue;
        }
      item = queue_pop (queue, now_us);
      schedule->n_taken++;
      *out_ticket = (ScheduleTicket){
        .key = item->key,
        .connector = queue->connector,
        .due_us = item->due_us,
        .priority = item->priority,
        .is_probe = breaker_begin (&queue->breaker, now_us),
      };
      /* To the end. */
      set_member (&schedule->ring, &queue->run_link, &queue->is_runnable, FALSE);
      settle_down (schedule, queue, now_us);
      return TRUE;
    }
  return FALSE;
}

static ScheduleChange
note_health (Queue *queue, BreakerSign sign)
{
  guint before = queue->n_failures;

  if (sign == BREAKER_NOTHING)
    return SCHEDULE_STAYS;
  queue->n_failures = sign == BREAKER_FAILS ? before + 1 : 0;
  if (sign == BREAKER_FAILS)
    return before == 0 ? SCHEDULE_FALTERS : SCHEDULE_STAYS;
  return before > 0 ? SCHEDULE_RECOVERS : SCHEDULE_STAYS;
}

ScheduleChange
schedule_release (Schedule *schedule,
                  const ScheduleTicket *ticket,
                  BreakerSign sign,
                  gint64 wait_us,
                  gint64 now_us)
{
  Queue *queue = queue_for (schedule, ticket->connector);
  ScheduleChange change = note_health (queue, sign);

  g_assert (queue->n_taken > 0);
  schedule_charge (schedule, ticket, 0);
  queue->n_taken--;
  schedule->n_taken--;
  if (!g_hash_table_remove (schedule->keys, &ticket->key))
    g_assert_not_reached ();
  switch (breaker_note (&queue->breaker, &queue->settings.breaker, queue->settings.window,
                        ticket->is_probe, sign, wait_us, now_us, schedule->random))
    {
    case BREAKER_SHUTS:
      change |= SCHEDULE_SHUTS;
      break;
    case BREAKER_OPENS:
      change |= SCHEDULE_OPENS;
      break;
    case BREAKER_STAYS:
      break;
    }
  settle_down (schedule, queue, now_us);
  invite_crowded (schedule, now_us);
  return change;
}

gint64
schedule_next_us (Schedule *schedule, gint64 now_us)
{
  GTreeNode *first;

  wake (schedule, now_us);
  if (schedule->ring.length > 0 || schedule->hungry.length > 0)
    return now_us;
  first = g_tree_node_first (schedule->sleepers);
  return first != NULL ? ((const Queue *) g_tree_node_key (first))->wake_us : G_MAXINT64;
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

/* One connector's queue: two ordered sets, a bucket of tokens, a breaker.  Delivery thread. */
#include "schedule/queue.h"

/* When much is kept already, more is fetched no oftener than this to see whether something urgent
 * became due in the store. */
#define LOOK_AGAIN_US G_TIME_SPAN_SECOND

static int
compare_keys (const DeliveryKey *a, const DeliveryKey *b)
{
  if (a->event_seq != b->event_seq)
    return a->event_seq < b->event_seq ? -1 : 1;
  return a->index < b->index ? -1 : a->index > b->index;
}

static int
compare_due (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const QueueItem *x = a, *y = b;

  if (x->due_us != y->due_us)
    return x->due_us < y->due_us ? -1 : 1;
  return compare_keys (&x->key, &y->key);
}

static int
compare_urgency (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const QueueItem *x = a, *y = b;

  if (x->priority != y->priority)
    return x->priority > y->priority ? -1 : 1;
  return compare_due (a, b, NULL);
}

Queue *
queue_new (const char *connector, const QueueSettings *settings)
{
  Queue *queue = g_new0 (Queue, 1);

  queue->connector = connector;
  queue->settings = *settings;
  queue->tokens = settings->burst;
  queue->ready = g_tree_new_full (compare_urgency, NULL, NULL, NULL);
  queue->waiting = g_tree_new_full (compare_due, NULL, NULL, NULL);
  queue->store_next_us = G_MAXINT64;
  queue->filled_us = G_MININT64 / 2;
  queue->look_us = G_MAXINT64;
  queue->run_link.data = queue;
  queue->fill_link.data = queue;
  queue->crowd_link.data = queue;
  queue->wake_us = G_MAXINT64;
  return queue;
}

void
queue_free (Queue *queue)
{
  g_tree_unref (queue->ready);
  g_tree_unref (queue->waiting);
  g_free (queue);
}

guint
queue_n_kept (const Queue *queue)
{
  return (guint) (g_tree_nnodes (queue->ready) + g_tree_nnodes (queue->waiting));
}

static QueueItem *
first_of (GTree *tree)
{
  GTreeNode *node = g_tree_node_first (tree);

  return node != NULL ? g_tree_node_key (node) : NULL;
}

static QueueItem *
last_of (GTree *tree)
{
  GTreeNode *node = g_tree_node_last (tree);

  return node != NULL ? g_tree_node_key (node) : NULL;
}

void
queue_ripen (Queue *queue, gint64 now_us)
{
  QueueItem *item;

  while ((item = first_of (queue->waiting)) != NULL && item->due_us <= now_us)
    {
      g_tree_remove (queue->waiting, item);
      item->place = ITEM_READY;
      g_tree_insert (queue->ready, item, item);
    }
  if (queue->store_next_us <= now_us)
    {
      queue->store_next_us = G_MAXINT64;
      queue->store_has_due = TRUE;
      queue->look_us = MAX (now_us, queue->filled_us + LOOK_AGAIN_US);
    }
}

/* ---- What allows the next one ---- */

static void
refill_tokens (Queue *queue, gint64 now_us)
{
  gint64 passed_us = now_us - queue->tokens_us;

  queue->tokens_us = now_us;
  if (passed_us > 0)
    queue->tokens = MIN (queue->settings.burst,
                         queue->tokens +
                             queue->settings.rate * ((double) passed_us / G_USEC_PER_SEC));
}

/* When its rate lets another one go. */
static gint64
token_us (Queue *queue, gint64 now_us)
{
  if (queue->settings.rate <= 0)
    return now_us;
  refill_tokens (queue, now_us);
  if (queue->tokens >= 1)
    return now_us;
  return now_us + 1 + (gint64) ((1 - queue->tokens) / queue->settings.rate * G_USEC_PER_SEC);
}

/* When the connector lets another one go, whatever there is. */
static gint64
gate_us (Queue *queue, gint64 now_us)
{
  const Breaker *breaker = &queue->breaker;

  if (queue->is_paused)
    return G_MAXINT64;
  if (breaker->state == BREAKER_SHUT && breaker->until_us > now_us)
    return breaker->until_us;
  /* What was under way when it was shut does not stand in the way of the probe. */
  if (breaker->state != BREAKER_SHUT &&
      queue->n_taken >= breaker_allowance (breaker, queue->settings.window, now_us))
    return G_MAXINT64;
  return token_us (queue, now_us);
}

gint64
queue_take_us (Queue *queue, gint64 now_us)
{
  const QueueItem *waiting = first_of (queue->waiting);

  if (g_tree_nnodes (queue->ready) > 0)
    return gate_us (queue, now_us);
  if (waiting == NULL)
    return G_MAXINT64;
  return MAX (waiting->due_us, gate_us (queue, now_us));
}

gint64
queue_fill_us (Queue *queue, guint capacity, gint64 now_us)
{
  gboolean is_low = (guint) g_tree_nnodes (queue->ready) <= capacity / 4;

  if (queue->is_paused)
    return G_MAXINT64;
  if (queue->breaker.state == BREAKER_SHUT && queue->breaker.until_us > now_us)
    return queue->breaker.until_us;
  if (queue->store_has_due)
    return is_low ? now_us : queue->look_us;
  return queue->store_next_us;
}

/* ---- Items ---- */

QueueItem *
queue_pop (Queue *queue, gint64 now_us)
{
  QueueItem *item;

  queue_ripen (queue, now_us);
  item = first_of (queue->ready);
  g_assert (item != NULL);
  g_tree_remove (queue->ready, item);
  item->place = ITEM_TAKEN;
  queue->n_taken++;
  if (queue->settings.rate > 0)
    queue->tokens -= 1;
  return item;
}

static void
leave_in_store (Queue *queue, const QueueItem *item, gint64 now_us)
{
  if (item->due_us <= now_us)
    queue->store_has_due = TRUE;
  else
    queue->store_next_us = MIN (queue->store_next_us, item->due_us);
}

/* Is anything in the store that should go before it? */
static gboolean
is_behind_store (Queue *queue, const QueueItem *item, gint64 now_us)
{
  const QueueItem *last;

  if (item->due_us > now_us)
    return queue->store_next_us <= item->due_us;
  if (!queue->store_has_due)
    return FALSE;
  last = last_of (queue->ready);
  return last == NULL || compare_urgency (item, last, NULL) > 0;
}

gboolean
queue_withdraw (Queue *queue, QueueItem *item, gint64 due_us)
{
  if (item->place != ITEM_WAITING || item->due_us <= due_us ||
      g_tree_lookup (queue->waiting, item) != item)
    return FALSE;
  g_tree_remove (queue->waiting, item);
  return TRUE;
}

QueueItem *
queue_evict (Queue *queue, gint64 now_us)
{
  GTree *tree = g_tree_nnodes (queue->waiting) > 0 ? queue->waiting : queue->ready;
  QueueItem *item = last_of (tree);

  if (item == NULL)
    return NULL;
  g_tree_remove (tree, item);
  leave_in_store (queue, item, now_us);
  return item;
}

QueueItem *
queue_keep (Queue *queue, QueueItem *item, guint capacity, gint64 now_us)
{
  GTree *tree = item->due_us <= now_us ? queue->ready : queue->waiting;

  item->place = tree == queue->ready ? ITEM_READY : ITEM_WAITING;
  g_tree_insert (tree, item, item);
  return queue_n_kept (queue) > capacity ? queue_evict (queue, now_us) : NULL;
}

QueueItem *
queue_push (Queue *queue, QueueItem *item, guint capacity, gint64 now_us)
{
  queue_ripen (queue, now_us);
  if (!is_behind_store (queue, item, now_us))
    return queue_keep (queue, item, capacity, now_us);
  leave_in_store (queue, item, now_us);
  return item;
}

/* queue.h: the deliveries of one connector that are kept in memory, and what allows the next one to
 * go.  Of schedule.c alone.
 *
 * What must stay true: whatever is kept and due goes before everything due that is only in the
 * store, save for what became due there since it was asked. */
#pragma once

#include "schedule/schedule.h"

G_BEGIN_DECLS

/* One delivery, queued or under way.  Begins with its key: the schedule's table is by it. */
typedef struct
{
  DeliveryKey key;
  gint64 due_us;
  gsize bytes; /* while it is taken */
  guint priority;
  enum
  {
    ITEM_READY,
    ITEM_WAITING,
    ITEM_TAKEN,
  } place;
} QueueItem;

typedef struct
{
  const char *connector; /* interned */
  QueueSettings settings;
  gboolean is_paused;
  Breaker breaker;
  guint n_failures; /* in a row */
  guint n_taken;
  gsize taken_bytes;

  double tokens; /* of the rate */
  gint64 tokens_us;

  GTree *ready;   /* QueueItem, most urgent first */
  GTree *waiting; /* QueueItem, earliest due first */

  gboolean store_has_due; /* something that was due is not here */
  gint64 store_next_us;   /* the earliest time when more is due that is not here */
  gint64 filled_us;       /* when the store was last asked */
  gint64 look_us; /* then it is asked even if enough is kept: something may be more urgent */

  /* The schedule's. */
  gboolean is_runnable, is_hungry;
  gboolean is_crowded; /* it could give something, and has its share of what all may take */
  GList run_link, fill_link, crowd_link;
  gint64 wake_us; /* G_MAXINT64: not among the sleepers */
} Queue;

Queue *queue_new (const char *connector, const QueueSettings *settings);
void queue_free (Queue *queue);

guint queue_n_kept (const Queue *queue); /* ready and waiting */

/* What is due by now becomes ready. */
void queue_ripen (Queue *queue, gint64 now_us);

/* When something can be taken, as far as is known; G_MAXINT64: not by the passing of time. */
gint64 queue_take_us (Queue *queue, gint64 now_us);
/* When the store is to be asked. */
gint64 queue_fill_us (Queue *queue, guint capacity, gint64 now_us);

/* The most urgent; there is one when queue_take_us() is not in the future. */
QueueItem *queue_pop (Queue *queue, gint64 now_us);

/* Keeps the item if nothing in the store goes before it.  Returns the item that was let go for it,
 * which may be the same, or NULL: it is in the store. */
QueueItem *queue_push (Queue *queue, QueueItem *item, guint capacity, gint64 now_us);
/* The same without asking: it comes from the store just now. */
QueueItem *queue_keep (Queue *queue, QueueItem *item, guint capacity, gint64 now_us);

/* Takes out an item that waits for a time later than due_us.  FALSE: it does not, or not here. */
gboolean queue_withdraw (Queue *queue, QueueItem *item, gint64 due_us);

/* Lets go of the least urgent one, which the store has; NULL when nothing is kept. */
QueueItem *queue_evict (Queue *queue, gint64 now_us);

G_END_DECLS

/* heap.h: deliveries by due time, earliest first.
 *
 * A binary heap in one array of small values, so that a backlog of a million costs memory for ids
 * and times only, and gives it back when the backlog is gone.  Start with {0}.  One thread. */
#pragma once

#include "base/delivery.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 due_us;
  DeliveryKey key;
} DueItem;

typedef struct
{
  DueItem *items;
  gsize length, capacity;
} DueHeap;

void due_heap_clear (DueHeap *heap);

void due_heap_push (DueHeap *heap, const DueItem *item);

/* The earliest, of those due at the same time the oldest; NULL when there is none.  Valid until the
 * next change. */
const DueItem *due_heap_peek (const DueHeap *heap);

/* FALSE when it is empty. */
gboolean due_heap_pop (DueHeap *heap, DueItem *out_item);

G_END_DECLS

/* The binary heap by due time.  Runs on whichever thread owns it; knows nothing of connectors. */
#include "schedule/heap.h"

/* Below this an array is not worth moving to give memory back. */
#define MIN_CAPACITY 16

void
due_heap_clear (DueHeap *heap)
{
  g_free (heap->items);
  *heap = (DueHeap){ 0 };
}

/* Deliveries due at the same time leave in the order in which their events came. */
static gboolean
is_before (const DueItem *a, const DueItem *b)
{
  if (a->due_us != b->due_us)
    return a->due_us < b->due_us;
  if (a->key.event_seq != b->key.event_seq)
    return a->key.event_seq < b->key.event_seq;
  return a->key.index < b->key.index;
}

static void
resize (DueHeap *heap, gsize capacity)
{
  heap->items = g_renew (DueItem, heap->items, capacity);
  heap->capacity = capacity;
}

void
due_heap_push (DueHeap *heap, const DueItem *item)
{
  gsize place = heap->length;

  if (heap->length == heap->capacity)
    resize (heap, MAX (MIN_CAPACITY, heap->capacity * 2));
  heap->length++;

  while (place > 0 && is_before (item, &heap->items[(place - 1) / 2]))
    {
      heap->items[place] = heap->items[(place - 1) / 2];
      place = (place - 1) / 2;
    }
  heap->items[place] = *item;
}

const DueItem *
due_heap_peek (const DueHeap *heap)
{
  return heap->length > 0 ? &heap->items[0] : NULL;
}

/* Lets item sink from the top to where it belongs. */
static void
sink (DueHeap *heap, const DueItem *item)
{
  gsize place = 0;

  for (;;)
    {
      gsize child = 2 * place + 1;

      if (child >= heap->length)
        break;
      if (child + 1 < heap->length && is_before (&heap->items[child + 1], &heap->items[child]))
        child++;
      if (!is_before (&heap->items[child], item))
        break;
      heap->items[place] = heap->items[child];
      place = child;
    }
  heap->items[place] = *item;
}

gboolean
due_heap_pop (DueHeap *heap, DueItem *out_item)
{
  if (heap->length == 0)
    return FALSE;

  *out_item = heap->items[0];
  heap->length--;
  if (heap->length > 0)
    {
      DueItem last = heap->items[heap->length];

      sink (heap, &last);
    }

  /* Half of what is kept stays free, so that a heap at the edge does not move at every push. */
  if (heap->capacity > MIN_CAPACITY && heap->length <= heap->capacity / 4)
    resize (heap, heap->capacity / 2);
  return TRUE;
}

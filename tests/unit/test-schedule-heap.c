/* The due heap: order, ties, a random sequence against a sorted list, memory that comes back. */
#include "base/random.h"
#include "schedule/heap.h"

static DueItem
item (gint64 due_us, gint64 event_seq, guint32 index)
{
  return (DueItem){ .due_us = due_us, .key = { .event_seq = event_seq, .index = index } };
}

static void
test_empty (void)
{
  DueHeap heap = { 0 };
  DueItem out;

  g_assert_null (due_heap_peek (&heap));
  g_assert_false (due_heap_pop (&heap, &out));
  due_heap_clear (&heap);
}

static void
test_order_and_ties (void)
{
  static const DueItem expected[] = {
    { 5, { 9, 1 } }, { 7, { 2, 1 } }, { 7, { 2, 2 } }, { 7, { 3, 1 } }, { 8, { 1, 1 } },
  };
  DueHeap heap = { 0 };
  DueItem out;

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    due_heap_push (&heap, &expected[(i * 3) % G_N_ELEMENTS (expected)]);

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_cmpint (due_heap_peek (&heap)->due_us, ==, expected[i].due_us);
      g_assert_true (due_heap_pop (&heap, &out));
      g_assert_cmpint (out.due_us, ==, expected[i].due_us);
      g_assert_cmpint (out.key.event_seq, ==, expected[i].key.event_seq);
      g_assert_cmpuint (out.key.index, ==, expected[i].key.index);
    }
  g_assert_cmpuint (heap.length, ==, 0);
  due_heap_clear (&heap);
}

/* The oracle: the same items in an array, the smallest looked for by hand. */
static guint
smallest (GArray *items)
{
  guint best = 0;

  for (guint i = 1; i < items->len; i++)
    {
      const DueItem *a = &g_array_index (items, DueItem, i);
      const DueItem *b = &g_array_index (items, DueItem, best);

      if (a->due_us < b->due_us || (a->due_us == b->due_us && a->key.event_seq < b->key.event_seq))
        best = i;
    }
  return best;
}

static void
test_against_a_list (void)
{
  g_autoptr (Random) random = random_seeded_new (7);
  g_autoptr (GArray) oracle = g_array_new (FALSE, FALSE, sizeof (DueItem));
  DueHeap heap = { 0 };

  for (gint64 step = 0; step < 4000; step++)
    {
      DueItem out;
      guint best;

      if (oracle->len == 0 || random_unit (random) < 0.55)
        {
          DueItem in = item ((gint64) (random_u64 (random) % 50), step, 1);

          due_heap_push (&heap, &in);
          g_array_append_val (oracle, in);
          continue;
        }

      best = smallest (oracle);
      g_assert_true (due_heap_pop (&heap, &out));
      g_assert_cmpint (out.key.event_seq, ==, g_array_index (oracle, DueItem, best).key.event_seq);
      g_array_remove_index_fast (oracle, best);
    }
  g_assert_cmpuint (heap.length, ==, oracle->len);
  due_heap_clear (&heap);
}

static void
test_memory_comes_back (void)
{
  DueHeap heap = { 0 };
  DueItem out;

  for (gint64 i = 0; i < 10000; i++)
    {
      DueItem in = item (10000 - i, i, 1);

      due_heap_push (&heap, &in);
    }
  g_assert_cmpuint (heap.capacity, >=, 10000);
  for (gint64 last = 0; due_heap_pop (&heap, &out); last = out.due_us)
    g_assert_cmpint (out.due_us, >, last);
  g_assert_cmpuint (heap.capacity, <=, 32);
  due_heap_clear (&heap);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/schedule/heap/empty", test_empty);
  g_test_add_func ("/schedule/heap/order-and-ties", test_order_and_ties);
  g_test_add_func ("/schedule/heap/against-a-list", test_against_a_list);
  g_test_add_func ("/schedule/heap/memory-comes-back", test_memory_comes_back);

  return g_test_run ();
}

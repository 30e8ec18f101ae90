/* What is kept of an accepted event is what the store would say, once, and bounded. */
#include "deliver/fresh.h"

#include "support/store-samples.h"

#define NOW_US (G_GINT64_CONSTANT (1795252440) * G_USEC_PER_SEC)
#define MAX_BYTES 100000

typedef struct
{
  Clock *clock;
  Fresh *fresh;
  Store *store;
  guint64 n;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->clock = clock_manual_new (NOW_US);
  fixture->fresh = fresh_new (fixture->clock, MAX_BYTES);
  fixture->store = store_engine_memory.open (NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fresh_free (fixture->fresh);
  store_close (fixture->store);
  clock_free (fixture->clock);
}

/* Its number. */
static gint64
append (Fixture *fixture, guint n_deliveries)
{
  g_autoptr (BatchItem) item = sample_append (++fixture->n, NOW_US, n_deliveries);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Batch batch = { .items = items };

  for (guint i = 0; i < n_deliveries; i++)
    item->append.events[0].deliveries[i].due_us = NOW_US;
  g_ptr_array_add (items, item);
  fixture->store->engine->commit (fixture->store, &batch, &error);
  g_assert_no_error (error);
  fresh_put (fixture->fresh, &item->append.events[0]);
  return item->append.events[0].out_seq;
}

static gboolean
take (Fixture *fixture, gint64 seq, guint index)
{
  g_autoptr (StoredDelivery) delivery = NULL;
  g_autoptr (Event) event = NULL;

  return fresh_take (fixture->fresh, (DeliveryKey){ seq, index }, &delivery, &event);
}

static void
test_as_stored (Fixture *fixture, gconstpointer data)
{
  gint64 seq = append (fixture, 3);

  for (guint i = 3; i >= 1; i--)
    {
      DeliveryKey key = { seq, i };
      g_autoptr (StoredDelivery) fresh = NULL, stored = NULL;
      g_autoptr (Event) fresh_event = NULL, stored_event = NULL;
      g_autofree char *fresh_text = NULL, *stored_text = NULL;
      g_autoptr (GString) fresh_envelope = NULL, stored_envelope = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (fresh_take (fixture->fresh, key, &fresh, &fresh_event));
      fixture->store->engine->load_delivery (fixture->store, key, &stored, &stored_event, &error);
      g_assert_no_error (error);
      fresh_text = sample_delivery_text (fresh);
      stored_text = sample_delivery_text (stored);
      g_assert_cmpstr (fresh_text, ==, stored_text);
      fresh_envelope = event_envelope (fresh_event);
      stored_envelope = event_envelope (stored_event);
      g_assert_cmpstr (fresh_envelope->str, ==, stored_envelope->str);
      g_assert_cmpstr (fresh_event->ingress, ==, stored_event->ingress);
    }
  g_assert_cmpuint (fresh_bytes (fixture->fresh), ==, 0);
}

static void
test_once (Fixture *fixture, gconstpointer data)
{
  gint64 seq = append (fixture, 2);

  g_assert_true (take (fixture, seq, 2));
  g_assert_false (take (fixture, seq, 2));
  g_assert_true (take (fixture, seq, 1));
  g_assert_false (take (fixture, seq, 1));
}

static void
test_unknown (Fixture *fixture, gconstpointer data)
{
  gint64 seq = append (fixture, 2);

  g_assert_false (take (fixture, seq, 0));
  g_assert_false (take (fixture, seq, 3));
  g_assert_false (take (fixture, seq + 1, 1));
  append (fixture, 0);
  g_assert_false (take (fixture, seq + 1, 1));
}

static void
test_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatchItem) item = sample_append (1, NOW_US, 2);
  AppendEvent *event = &item->append.events[0];

  event->out_seq = 1;
  event->deliveries[0].due_us = NOW_US + 1;
  event->deliveries[1].due_us = NOW_US;
  fresh_put (fixture->fresh, event);
  g_assert_false (take (fixture, 1, 1));
  g_assert_true (take (fixture, 1, 2));
  event->deliveries[1].due_us = NOW_US + 1;
  event->out_seq = 2;
  fresh_put (fixture->fresh, event);
  g_assert_cmpuint (fresh_bytes (fixture->fresh), ==, 0);
}

static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  gint64 first = append (fixture, 1), last = first;
  gsize before;

  do
    {
      before = fresh_bytes (fixture->fresh);
      last = append (fixture, 1);
      g_assert_cmpuint (fresh_bytes (fixture->fresh), <=, MAX_BYTES);
    }
  while (fresh_bytes (fixture->fresh) > before);
  g_assert_cmpint (last, >, first + 1);
  /* The first are the next to be sent. */
  g_assert_false (take (fixture, last, 1));
  g_assert_true (take (fixture, first, 1));

  /* Nobody came for the rest. */
  clock_manual_advance (fixture->clock, 6 * G_USEC_PER_SEC);
  append (fixture, 1);
  last = append (fixture, 1);
  g_assert_true (take (fixture, last, 1));
  g_assert_false (take (fixture, first + 1, 1));
  g_assert_true (take (fixture, last - 2, 1) || take (fixture, last - 3, 1));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/deliver/fresh/as-stored", test_as_stored }, { "/deliver/fresh/once", test_once },
    { "/deliver/fresh/unknown", test_unknown },     { "/deliver/fresh/later", test_later },
    { "/deliver/fresh/bounded", test_bounded },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}

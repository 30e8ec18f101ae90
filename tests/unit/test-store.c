/* What all engines share: values, cursors as text, keys by id. */
#include "base/error.h"
#include "support/store-samples.h"

#include <string.h>

static void
test_engines (void)
{
  g_assert_true (store_engine_by_name ("memory") == &store_engine_memory);
  g_assert_true (store_engine_by_name ("sqlite") == &store_engine_sqlite);
  g_assert_null (store_engine_by_name (""));
  g_assert_null (store_engine_by_name ("SQLite"));
  g_assert_true (store_engine_sqlite.capabilities & STORE_DURABLE);
  g_assert_false (store_engine_memory.capabilities & STORE_DURABLE);
}

static void
test_cursor_round_trip (void)
{
  static const StoreCursor cursors[] = {
    { 0, 0, 0 },          { SAMPLE_TIME_US, 12, 3 },
    { -1, 1, 1 },         { G_MAXINT64, G_MAXINT64, G_MAXUINT32 },
    { G_MININT64, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cursors); i++)
    {
      g_autofree char *text = store_cursor_format (&cursors[i]);
      StoreCursor cursor = { 7, 7, 7 };

      g_test_message ("%s", text);
      g_assert_true (store_cursor_parse (text, &cursor));
      g_assert_cmpint (cursor.time_us, ==, cursors[i].time_us);
      g_assert_cmpint (cursor.seq, ==, cursors[i].seq);
      g_assert_cmpuint (cursor.index, ==, cursors[i].index);
    }
}

static void
test_cursor_text (void)
{
  static const char *const invalid[] = {
    "",
    "1",
    "1.2",
    "1.2.",
    ".1.2",
    "1.2.3.4",
    "1.2.-3",
    "1.-2.3",
    "1.2.x",
    " 1.2.3",
    "1.2.3 ",
    "1.2.4294967296",
    "9223372036854775808.1.1",
    "1.9223372036854775808.1",
    "0x1.2.3",
    "1..3",
  };
  StoreCursor cursor = { 7, 7, 7 };

  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      g_test_message ("“%s”", invalid[i]);
      g_assert_false (store_cursor_parse (invalid[i], &cursor));
    }
  g_assert_cmpint (cursor.time_us, ==, 7);
}

static void
test_ledger_difference (void)
{
  StoreLedger ledger = { .events = 9, .unmatched = 1, .created = 21 };

  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    ledger.by_state[state] = state;
  g_assert_cmpint (store_ledger_difference (&ledger), ==, 0);
  ledger.created = 22;
  g_assert_cmpint (store_ledger_difference (&ledger), ==, 1);
  ledger.expired++;
  g_assert_cmpint (store_ledger_difference (&ledger), ==, 0);
  ledger.expired--;
  ledger.by_state[DELIVERY_DEAD] += 3;
  g_assert_cmpint (store_ledger_difference (&ledger), ==, -2);
}

static void
test_find_key (void)
{
  static const char *const unknown[] = {
    "",
    "x",
    "00000000-0000-7000-8000-000000000001",
    "00000000-0000-7000-8000-000000000001-",
    "00000000-0000-7000-8000-000000000001-0",
    "00000000-0000-7000-8000-000000000001-4",
    "00000000-0000-7000-8000-000000000001-99999999999",
    "00000000-0000-7000-8000-000000000002-1",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (Store) store = store_engine_memory.open (NULL, &error);
  DeliveryKey key = { 0 };

  g_assert_no_error (error);
  sample_commit_one (store, sample_append (8, SAMPLE_TIME_US, 1));
  sample_commit_one (store, sample_append (1, SAMPLE_TIME_US, 3));
  store_find_key (store, "00000000-0000-7000-8000-000000000001-3", &key, &error);
  g_assert_no_error (error);
  g_assert_cmpint (key.event_seq, ==, 2);
  g_assert_cmpuint (key.index, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      g_autoptr (GError) refused = NULL;

      g_assert_false (store_find_key (store, unknown[i], &key, &refused));
      g_assert_error (refused, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
      g_assert_nonnull (strstr (refused->message, unknown[i]));
    }
  g_assert_cmpint (key.event_seq, ==, 2);
}

/* Freeing what was never filled, and nothing at all. */
static void
test_free (void)
{
  stored_delivery_free (NULL);
  stored_event_free (NULL);
  store_count_free (NULL);
  stored_generation_free (NULL);
  stored_delivery_free (g_new0 (StoredDelivery, 1));
  stored_event_free (g_new0 (StoredEvent, 1));
  store_count_free (g_new0 (StoreCount, 1));
  stored_generation_free (g_new0 (StoredGeneration, 1));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/engines", test_engines);
  g_test_add_func ("/store/cursor/round-trip", test_cursor_round_trip);
  g_test_add_func ("/store/cursor/text", test_cursor_text);
  g_test_add_func ("/store/ledger-difference", test_ledger_difference);
  g_test_add_func ("/store/find-key", test_find_key);
  g_test_add_func ("/store/free", test_free);
  return g_test_run ();
}

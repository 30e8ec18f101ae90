/* What a commit gave a time is not claimed before it is durable, whichever way it got it. */
#include "store/sqlite/sqlite-store.h"
#include "support/store-samples.h"

typedef struct
{
  char *folder;
  Store *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = sample_folder_new ();
  fixture->store = store_engine_sqlite.open (fixture->folder, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  store_close (fixture->store);
  sample_folder_free (fixture->folder);
}

static void
append (Fixture *fixture, guint number, gint64 order_key)
{
  BatchItem *item = sample_append (number, SAMPLE_TIME_US, 1);

  item->append.events[0].deliveries[0].order_key = order_key;
  sample_commit_one (fixture->store, item);
}

/* The first part of a commit: readers see it, a power cut may take it back. */
static void
commit_ahead (Fixture *fixture, BatchItem *item)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);
  Batch batch = { .items = items };
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (items, item);
  store_engine_sqlite.commit_ahead (fixture->store, &batch, &error);
  g_assert_no_error (error);
}

static void
sync_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  store_engine_sqlite.sync (fixture->store, &error);
  g_assert_no_error (error);
}

/* The events whose deliveries are handed out, in order, as text. */
static char *
claimed (Fixture *fixture, guint limit, gboolean *out_has_more)
{
  g_autoptr (GArray) due = g_array_new (FALSE, FALSE, sizeof (StoreDue));
  StoreClaim claim = { .due = due };
  GString *text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  store_engine_sqlite.claim (fixture->store, "webhook/1", G_MAXINT64, limit, &claim, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < due->len; i++)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " ",
                            g_array_index (due, StoreDue, i).key.event_seq);
  if (out_has_more != NULL)
    *out_has_more = claim.has_more_due;
  return g_string_free (text, FALSE);
}

static void
assert_claimed (Fixture *fixture, const char *expected)
{
  g_autofree char *text = claimed (fixture, 10, NULL);

  g_assert_cmpstr (text, ==, expected);
}

/* The one before it might come back undelivered. */
static void
test_follower (Fixture *fixture, gconstpointer data)
{
  append (fixture, 1, 77);
  append (fixture, 2, 77);
  assert_claimed (fixture, "1 ");
  commit_ahead (fixture, sample_settle ((DeliveryKey){ 1, 1 }, 1, SAMPLE_TIME_US, DELIVERY_DONE));
  assert_claimed (fixture, "");
  sync_store (fixture);
  assert_claimed (fixture, "2 ");
}

/* It might come back as a dead letter, although it was sent. */
static void
test_replayed (Fixture *fixture, gconstpointer data)
{
  append (fixture, 1, 0);
  sample_commit_one (fixture->store,
                     sample_settle ((DeliveryKey){ 1, 1 }, 1, SAMPLE_TIME_US, DELIVERY_DEAD));
  assert_claimed (fixture, "");
  commit_ahead (fixture, sample_operate ((DeliveryKey){ 1, 1 }, JOURNAL_REPLAY, SAMPLE_TIME_US));
  assert_claimed (fixture, "");
  sync_store (fixture);
  assert_claimed (fixture, "1 ");
}

/* What was due already may be sent at once: a power cut can only have it sent again. */
static void
test_hastened (Fixture *fixture, gconstpointer data)
{
  append (fixture, 1, 0);
  commit_ahead (fixture, sample_operate ((DeliveryKey){ 1, 1 }, JOURNAL_RETRY, SAMPLE_TIME_US));
  assert_claimed (fixture, "1 ");
}

/* What is passed over takes nobody's place, and hides nothing that comes after it. */
static void
test_others (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = NULL;
  gboolean has_more;

  for (guint number = 1; number <= 5; number++)
    append (fixture, number, 0);
  for (gint64 seq = 1; seq <= 3; seq++)
    sample_commit_one (fixture->store,
                       sample_settle ((DeliveryKey){ seq, 1 }, 1, SAMPLE_TIME_US, DELIVERY_DEAD));
  for (gint64 seq = 1; seq <= 3; seq++)
    commit_ahead (fixture,
                  sample_operate ((DeliveryKey){ seq, 1 }, JOURNAL_REPLAY, SAMPLE_TIME_US - 10000));
  first = claimed (fixture, 1, &has_more);
  g_assert_cmpstr (first, ==, "4 ");
  g_assert_true (has_more);
  assert_claimed (fixture, "4 5 ");
}

static void
assert_has (Ahead *ahead, gint64 delivery, gboolean has, gboolean open)
{
  gboolean is_open;

  g_assert_cmpint (ahead_has (ahead, delivery, &is_open), ==, has);
  g_assert_cmpint (is_open, ==, open);
}

/* A sync covers what was committed before it began; a transaction that was taken back leaves
 * nothing behind. */
static void
test_numbers (void)
{
  Ahead ahead = { 0 };
  gint64 newest;

  ahead_init (&ahead);
  ahead_add (&ahead, 1);
  assert_has (&ahead, 1, TRUE, TRUE);
  ahead_committed (&ahead);
  assert_has (&ahead, 1, TRUE, FALSE);
  newest = ahead_newest (&ahead);
  ahead_add (&ahead, 2);
  ahead_synced (&ahead, newest);
  assert_has (&ahead, 1, FALSE, FALSE);
  assert_has (&ahead, 2, TRUE, TRUE);
  ahead_taken_back (&ahead);
  assert_has (&ahead, 2, FALSE, FALSE);

  /* Twice, by two commits. */
  ahead_add (&ahead, 3);
  ahead_committed (&ahead);
  newest = ahead_newest (&ahead);
  ahead_add (&ahead, 3);
  ahead_committed (&ahead);
  ahead_synced (&ahead, newest);
  assert_has (&ahead, 3, TRUE, FALSE);
  ahead_synced (&ahead, ahead_newest (&ahead));
  assert_has (&ahead, 3, FALSE, FALSE);
  ahead_clear (&ahead);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/sqlite/ahead/follower", Fixture, NULL, set_up, test_follower, tear_down);
  g_test_add ("/store/sqlite/ahead/replayed", Fixture, NULL, set_up, test_replayed, tear_down);
  g_test_add ("/store/sqlite/ahead/hastened", Fixture, NULL, set_up, test_hastened, tear_down);
  g_test_add ("/store/sqlite/ahead/others", Fixture, NULL, set_up, test_others, tear_down);
  g_test_add_func ("/store/sqlite/ahead/numbers", test_numbers);
  return g_test_run ();
}

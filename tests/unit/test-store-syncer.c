/* The writer with an engine that syncs apart: what is told when, and what a failed sync means.
 * Commits go through at once; a sync waits for the test.  Nothing sleeps: a test waits for a
 * condition, with a deadline that only a bug reaches. */
#include "base/error.h"
#include "store/syncer.h"
#include "store/writer.h"
#include "support/store-samples.h"

#define DEADLINE_US (20 * G_USEC_PER_SEC)

typedef struct
{
  Store base;
  Writer *writer;

  GMutex lock; /* guards the rest */
  GCond changed;
  gboolean is_open;  /* syncs go through */
  gboolean fails;    /* those that do, fail */
  guint n_syncs;     /* begun */
  guint n_commits;   /* written */
  guint n_items;     /* of those */
  guint n_at_sync;   /* n_items when the last sync began */
  guint n_durable;   /* the same when the last one succeeded */
  guint n_told[4];   /* durable, unknown, never tried, anything else */
  guint n_told_last; /* of the item that was told last */
  guint n_failed;
} Fixture;

static gboolean
commit_ahead (Store *base, Batch *batch, GError **error)
{
  Fixture *fixture = (Fixture *) base;

  g_mutex_lock (&fixture->lock);
  fixture->n_commits++;
  fixture->n_items += batch->items->len;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
  return TRUE;
}

static gboolean
sync_at_gate (Store *base, GError **error)
{
  Fixture *fixture = (Fixture *) base;
  gboolean ok;

  g_mutex_lock (&fixture->lock);
  fixture->n_syncs++;
  fixture->n_at_sync = fixture->n_items;
  g_cond_broadcast (&fixture->changed);
  while (!fixture->is_open)
    g_cond_wait (&fixture->changed, &fixture->lock);
  ok = !fixture->fails;
  if (ok)
    fixture->n_durable = fixture->n_at_sync;
  else
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE, "As ordered");
  g_mutex_unlock (&fixture->lock);
  return ok;
}

static void
idle (Store *base)
{
}

static const StoreEngine engine = {
  .name = "gate",
  .commit_ahead = commit_ahead,
  .sync = sync_at_gate,
  .idle = idle,
};

static void
failed (const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_mutex_lock (&fixture->lock);
  fixture->n_failed++;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const WriterSettings settings = {
    .max_queued_events = 1000,
    .max_batch_items = 100,
    .full_retry_ms = 1,
  };

  fixture->base.engine = &engine;
  g_mutex_init (&fixture->lock);
  g_cond_init (&fixture->changed);
  fixture->writer = writer_new (&fixture->base, &settings, failed, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  writer_free (fixture->writer);
  g_cond_clear (&fixture->changed);
  g_mutex_clear (&fixture->lock);
}

static void
told (const BatchItem *item, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;
  guint what = error == NULL                                                     ? 0
               : g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE)     ? 1
               : g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE) ? 2
                                                                                 : 3;

  g_mutex_lock (&fixture->lock);
  fixture->n_told[what]++;
  /* In order, and nothing that is not durable yet. */
  g_assert_cmpuint (item->settlement.key.index, ==, fixture->n_told_last + 1);
  fixture->n_told_last = item->settlement.key.index;
  if (error == NULL)
    g_assert_cmpuint (item->settlement.key.index, <=, fixture->n_durable);
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

static void
submit (Fixture *fixture, guint number)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (writer_submit (
      fixture->writer, sample_settle ((DeliveryKey){ 1, number }, 1, SAMPLE_TIME_US, DELIVERY_DONE),
      told, fixture, &error));
  g_assert_no_error (error);
}

static void
wait_for (Fixture *fixture, const guint *value, guint least)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;

  g_mutex_lock (&fixture->lock);
  while (*value < least)
    if (!g_cond_wait_until (&fixture->changed, &fixture->lock, end_us))
      g_error ("Waited in vain: %u, expected %u", *value, least);
  g_mutex_unlock (&fixture->lock);
}

static void
open_gate (Fixture *fixture, gboolean fails)
{
  g_mutex_lock (&fixture->lock);
  fixture->is_open = TRUE;
  fixture->fails = fails;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

static void
assert_told (Fixture *fixture, guint durable, guint unknown, guint never_tried)
{
  g_mutex_lock (&fixture->lock);
  g_assert_cmpuint (fixture->n_told[0], ==, durable);
  g_assert_cmpuint (fixture->n_told[1], ==, unknown);
  g_assert_cmpuint (fixture->n_told[2], ==, never_tried);
  g_assert_cmpuint (fixture->n_told[3], ==, 0);
  g_mutex_unlock (&fixture->lock);
}

/* The second batch is written while the first is synced; what comes then gathers for a third. */
static void
test_overlap (Fixture *fixture, gconstpointer data)
{
  WriterStats stats;

  submit (fixture, 1);
  wait_for (fixture, &fixture->n_syncs, 1);
  submit (fixture, 2);
  wait_for (fixture, &fixture->n_commits, 2);
  for (guint number = 3; number <= 12; number++)
    submit (fixture, number);
  assert_told (fixture, 0, 0, 0);
  g_assert_cmpuint (fixture->n_commits, ==, 2);

  open_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_told[0], 12);
  g_assert_cmpuint (fixture->n_commits, ==, 3);
  g_assert_cmpuint (fixture->n_syncs, ==, 3);
  writer_stats (fixture->writer, &stats);
  g_assert_cmpuint (stats.commits, ==, 3);
  g_assert_cmpuint (stats.items, ==, 12);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

/* Of the two that were written nobody knows; the rest was never tried. */
static void
test_failure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  submit (fixture, 1);
  wait_for (fixture, &fixture->n_syncs, 1);
  submit (fixture, 2);
  wait_for (fixture, &fixture->n_commits, 2);
  submit (fixture, 3);
  submit (fixture, 4);

  open_gate (fixture, TRUE);
  wait_for (fixture, &fixture->n_failed, 1);
  assert_told (fixture, 0, 2, 2);
  /* What a later sync says is worth nothing. */
  g_assert_cmpuint (fixture->n_syncs, ==, 1);
  g_assert_cmpuint (fixture->n_commits, ==, 2);
  g_assert_false (writer_submit (
      fixture->writer, sample_settle ((DeliveryKey){ 1, 5 }, 1, SAMPLE_TIME_US, DELIVERY_DONE),
      told, fixture, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE);
}

/* The failure is found while nothing else is queued, so that only the syncer knows of it. */
static void
test_failure_of_last (Fixture *fixture, gconstpointer data)
{
  submit (fixture, 1);
  wait_for (fixture, &fixture->n_syncs, 1);
  open_gate (fixture, TRUE);
  wait_for (fixture, &fixture->n_failed, 1);
  assert_told (fixture, 0, 1, 0);
}

static gpointer
stop_in_thread (gpointer data)
{
  writer_stop (((Fixture *) data)->writer);
  return NULL;
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  GThread *stopper;

  submit (fixture, 1);
  wait_for (fixture, &fixture->n_syncs, 1);
  submit (fixture, 2);
  submit (fixture, 3);
  stopper = g_thread_new ("stopper", stop_in_thread, fixture);
  open_gate (fixture, data != NULL);
  g_thread_join (stopper);
  if (data == NULL)
    assert_told (fixture, 3, 0, 0);
  else
    g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_cmpuint (fixture->n_told_last, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/syncer/overlap", Fixture, NULL, set_up, test_overlap, tear_down);
  g_test_add ("/store/syncer/failure", Fixture, NULL, set_up, test_failure, tear_down);
  g_test_add ("/store/syncer/failure-of-last", Fixture, NULL, set_up, test_failure_of_last,
              tear_down);
  g_test_add ("/store/syncer/stop", Fixture, NULL, set_up, test_stop, tear_down);
  g_test_add ("/store/syncer/stop-failing", Fixture, "fails", set_up, test_stop, tear_down);
  return g_test_run ();
}

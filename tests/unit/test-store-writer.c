/* The writer with an engine of which every commit is under the test's control, and at the end with
 * the real ones.  Nothing sleeps: a test waits for a condition, with a deadline that only a bug
 * reaches. */
#include "base/error.h"
#include "store/writer.h"
#include "support/store-samples.h"

#include <string.h>

#define DEADLINE_US (20 * G_USEC_PER_SEC)

/* ---- An engine to order ---- */

typedef struct
{
  Store base;
  GMutex lock;
  GCond changed;
  gboolean closed;    /* commits wait before they begin */
  gboolean is_inside; /* a commit waits at the gate */
  GQueue script;      /* GINT_TO_POINTER (RouterError + 1) for the next commits, 0: success */
  int otherwise;      /* when the script is over */
  GString *log;       /* "1 2 3|4 F|": the items of each commit, F: full, X: failed */
  guint n_commits, n_idle;
  gint64 n_events;
  GThread *thread; /* of all commits */
} FakeStore;

static const char *
label (const BatchItem *item)
{
  switch (item->kind)
    {
    case BATCH_APPEND:
      return "a";
    case BATCH_SETTLE:
      return "s";
    case BATCH_OPERATE:
      return "o";
    case BATCH_GENERATION:
      return "g";
    case BATCH_QUEUE:
      return "q";
    case BATCH_MOVE:
      return "m";
    case BATCH_HOLD:
      return "h";
    case BATCH_CLOCK:
      return "c";
    case BATCH_RECORD:
      return "r";
    }
  return "?";
}

/* The number by which the test knows an item. */
static guint
number_of (const BatchItem *item)
{
  switch (item->kind)
    {
    case BATCH_APPEND:
      return (guint) item->append.events[0].event->generation;
    case BATCH_SETTLE:
      return item->settlement.key.index;
    case BATCH_OPERATE:
      return item->operate.actions[0].key.index;
    case BATCH_GENERATION:
      return (guint) item->generation.generation;
    case BATCH_QUEUE:
      return (guint) item->queue.ops[0]->now_us;
    case BATCH_MOVE:
      return item->move.key.index;
    case BATCH_HOLD:
      return item->hold.n_probes;
    case BATCH_CLOCK:
      return (guint) item->clock.boot_us;
    case BATCH_RECORD:
      break;
    }
  return 0;
}

static gboolean
fake_commit (Store *base, Batch *batch, GError **error)
{
  FakeStore *store = (FakeStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  int result;

  g_assert_true (store->thread == NULL || store->thread == g_thread_self ());
  store->thread = g_thread_self ();
  g_assert_cmpuint (batch->items->len, >, 0);
  store->is_inside = TRUE;
  g_cond_broadcast (&store->changed);
  while (store->closed)
    g_cond_wait (&store->changed, &store->lock);
  store->is_inside = FALSE;
  for (guint i = 0; i < batch->items->len; i++)
    {
      BatchItem *item = g_ptr_array_index (batch->items, i);

      g_string_append_printf (store->log, "%s%u ", label (item), number_of (item));
    }
  result = store->script.length > 0 ? GPOINTER_TO_INT (g_queue_pop_head (&store->script))
                                    : store->otherwise;
  g_string_append (store->log, result == 0 ? "|" : result - 1 == ROUTER_ERROR_FULL ? "F|" : "X|");
  store->n_commits++;
  g_cond_broadcast (&store->changed);
  if (result != 0)
    {
      g_set_error (error, ROUTER_ERROR, result - 1, "As ordered");
      return FALSE;
    }
  for (guint i = 0; i < batch->items->len; i++)
    {
      BatchItem *item = g_ptr_array_index (batch->items, i);

      for (guint k = 0; item->kind == BATCH_APPEND && k < item->append.n_events; k++)
        item->append.events[k].out_seq = ++store->n_events;
    }
  return TRUE;
}

static void
fake_idle (Store *base)
{
  FakeStore *store = (FakeStore *) base;

  g_mutex_lock (&store->lock);
  store->n_idle++;
  g_cond_broadcast (&store->changed);
  g_mutex_unlock (&store->lock);
}

static const StoreEngine fake_engine = { .name = "fake", .commit = fake_commit, .idle = fake_idle };

/* ---- Fixture ---- */

typedef struct
{
  FakeStore store;
  Writer *writer;
  /* What the completions said; guarded by the store's lock. */
  GString *told; /* "a1 s2! ": completed, "!" full, "b" blocked, "?" unknown, "-" unavailable */
  guint n_told;
  guint n_failed;
  guint n_told_when_failed;
} Fixture;

static const WriterSettings roomy = {
  .max_queued_events = 1000,
  .max_batch_items = 100,
  .full_retry_ms = 1,
};

static void
failed (const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_mutex_lock (&fixture->store.lock);
  fixture->n_failed++;
  fixture->n_told_when_failed = fixture->n_told;
  g_cond_broadcast (&fixture->store.changed);
  g_mutex_unlock (&fixture->store.lock);
}

static void
set_up_with (Fixture *fixture, const WriterSettings *settings)
{
  fixture->store.base.engine = &fake_engine;
  g_mutex_init (&fixture->store.lock);
  g_cond_init (&fixture->store.changed);
  g_queue_init (&fixture->store.script);
  fixture->store.log = g_string_new (NULL);
  fixture->told = g_string_new (NULL);
  fixture->writer = writer_new (&fixture->store.base, settings, failed, fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_with (fixture, data != NULL ? data : &roomy);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  writer_free (fixture->writer);
  g_string_free (fixture->store.log, TRUE);
  g_string_free (fixture->told, TRUE);
  g_queue_clear (&fixture->store.script);
  g_cond_clear (&fixture->store.changed);
  g_mutex_clear (&fixture->store.lock);
}

static void
set_gate (Fixture *fixture, gboolean closed)
{
  g_mutex_lock (&fixture->store.lock);
  fixture->store.closed = closed;
  g_cond_broadcast (&fixture->store.changed);
  g_mutex_unlock (&fixture->store.lock);
}

static void
order (Fixture *fixture, RouterError error)
{
  g_mutex_lock (&fixture->store.lock);
  g_queue_push_tail (&fixture->store.script, GINT_TO_POINTER ((int) error + 1));
  g_mutex_unlock (&fixture->store.lock);
}

/* Waits until *value >= least. */
static void
wait_for (Fixture *fixture, const guint *value, guint least)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;

  g_mutex_lock (&fixture->store.lock);
  while (*value < least)
    if (!g_cond_wait_until (&fixture->store.changed, &fixture->store.lock, end_us))
      g_error ("Waited in vain: %u, expected %u; commits: %s; told: %s", *value, least,
               fixture->store.log->str, fixture->told->str);
  g_mutex_unlock (&fixture->store.lock);
}

static void
wait_inside (Fixture *fixture)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;

  g_mutex_lock (&fixture->store.lock);
  while (!fixture->store.is_inside)
    if (!g_cond_wait_until (&fixture->store.changed, &fixture->store.lock, end_us))
      g_error ("No commit began");
  g_mutex_unlock (&fixture->store.lock);
}

static void
done (const BatchItem *item, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;
  const char *mark = "";

  if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_FULL))
    mark = "!";
  else if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE))
    mark = "?";
  else if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE))
    mark = "-";
  else if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_BLOCKED))
    mark = "b";
  else
    g_assert_no_error (error);
  g_mutex_lock (&fixture->store.lock);
  g_assert_true (g_thread_self () == fixture->store.thread);
  g_string_append_printf (fixture->told, "%s%u%s ", label (item), number_of (item), mark);
  fixture->n_told++;
  g_cond_broadcast (&fixture->store.changed);
  g_mutex_unlock (&fixture->store.lock);
}

/* A request of n events, known as number. */
static BatchItem *
append (guint number, guint n)
{
  static const char *const none[] = { NULL };
  BatchItem *item = batch_item_new_append (n);

  for (guint i = 0; i < n; i++)
    {
      AppendEvent *one = &item->append.events[i];

      sample_append_fill (one, number * 1000 + i, SAMPLE_TIME_US, none);
      one->event->generation = number;
    }
  return item;
}

static BatchItem *
settle (guint number)
{
  return sample_settle ((DeliveryKey){ 1, number }, 1, SAMPLE_TIME_US, DELIVERY_DONE);
}

static BatchItem *
operate (guint number, guint n)
{
  BatchItem *item = batch_item_new_operate (n);

  item->operate.actions[0].key.index = number;
  return item;
}

static void
submit (Fixture *fixture, BatchItem *item)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (writer_submit (fixture->writer, item, done, fixture, &error));
  g_assert_no_error (error);
}

static void
refuse (Fixture *fixture, BatchItem *item, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (writer_submit (fixture->writer, item, done, fixture, &error));
  g_assert_error (error, ROUTER_ERROR, code);
}

static guint
queued (Fixture *fixture)
{
  WriterStats stats;

  writer_stats (fixture->writer, &stats);
  return stats.queued_events;
}

/* ---- Group commit ---- */

static void
assert_free (Fixture *fixture)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;

  while (writer_stuck_us (fixture->writer) != 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_thread_yield ();
    }
}

/* What the service manager is not told of: a commit that does not end. */
static void
test_stuck (Fixture *fixture, gconstpointer data)
{
  gint64 first_us, begun_us;

  assert_free (fixture);
  set_gate (fixture, TRUE);
  begun_us = g_get_monotonic_time ();
  submit (fixture, append (1, 1));
  wait_inside (fixture);
  while ((first_us = writer_stuck_us (fixture->writer)) == 0)
    g_assert_cmpint (g_get_monotonic_time () - begun_us, <, DEADLINE_US);
  /* What is queued behind it makes it no younger. */
  submit (fixture, append (2, 1));
  g_assert_cmpint (writer_stuck_us (fixture->writer), >=, first_us);
  g_assert_cmpint (writer_stuck_us (fixture->writer), <=, g_get_monotonic_time () - begun_us);
  set_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_told, 2);
  assert_free (fixture);
}

static void
test_one (Fixture *fixture, gconstpointer data)
{
  WriterStats stats;

  submit (fixture, append (1, 3));
  wait_for (fixture, &fixture->n_told, 1);
  g_assert_cmpstr (fixture->store.log->str, ==, "a1 |");
  g_assert_cmpstr (fixture->told->str, ==, "a1 ");
  writer_stats (fixture->writer, &stats);
  g_assert_cmpuint (stats.commits, ==, 1);
  g_assert_cmpuint (stats.items, ==, 1);
  g_assert_cmpuint (stats.events, ==, 3);
  g_assert_cmpuint (stats.queued_events, ==, 0);
  g_assert_cmpint (stats.last_commit_us, >=, 0);
  g_assert_false (stats.disk_full);
}

/* What queues while a commit runs goes into the next one, in order. */
static void
test_takes_along (Fixture *fixture, gconstpointer data)
{
  set_gate (fixture, TRUE);
  submit (fixture, append (1, 1));
  wait_inside (fixture);
  submit (fixture, append (2, 2));
  submit (fixture, settle (3));
  submit (fixture, operate (4, 2));
  submit (fixture, sample_generation (5, SAMPLE_TIME_US));
  submit (fixture, append (6, 1));
  g_assert_cmpuint (queued (fixture), ==, 4);
  set_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_told, 6);
  g_assert_cmpstr (fixture->store.log->str, ==, "a1 |a2 s3 o4 g5 a6 |");
  g_assert_cmpstr (fixture->told->str, ==, "a1 a2 s3 o4 g5 a6 ");
  g_assert_cmpuint (queued (fixture), ==, 0);
}

/* A batch ends before it weighs too much, but one item always fits. */
static void
test_batch_limit (Fixture *fixture, gconstpointer data)
{
  set_gate (fixture, TRUE);
  submit (fixture, settle (1));
  wait_inside (fixture);
  submit (fixture, settle (2));
  submit (fixture, append (3, 3)); /* 4 together */
  submit (fixture, settle (4));
  submit (fixture, operate (5, 4)); /* 5 together: too much */
  submit (fixture, append (6, 50)); /* alone */
  submit (fixture, settle (7));
  set_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_told, 7);
  g_assert_cmpstr (fixture->store.log->str, ==, "s1 |s2 a3 |s4 |o5 |a6 |s7 |");
}

/* A completion may submit. */
static void
done_and_on (const BatchItem *item, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  done (item, error, fixture);
  submit (fixture, settle (number_of (item) + 1));
}

static void
test_submit_from_completion (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (writer_submit (fixture->writer, append (1, 1), done_and_on, fixture, &error));
  wait_for (fixture, &fixture->n_told, 2);
  g_assert_cmpstr (fixture->told->str, ==, "a1 s2 ");
}

static void
test_no_completion (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (writer_submit (fixture->writer, settle (1), NULL, NULL, &error));
  wait_for (fixture, &fixture->store.n_commits, 1);
}

/* ---- The bounded queue ---- */

static void
test_queue_full (Fixture *fixture, gconstpointer data)
{
  set_gate (fixture, TRUE);
  submit (fixture, append (1, 3));
  wait_inside (fixture);
  submit (fixture, append (2, 2));
  g_assert_cmpuint (queued (fixture), ==, 5); /* what is being committed still counts */
  refuse (fixture, append (3, 1), ROUTER_ERROR_FULL);
  submit (fixture, settle (4));
  submit (fixture, operate (5, 1));
  submit (fixture, sample_generation (6, SAMPLE_TIME_US));
  refuse (fixture, append (7, 1), ROUTER_ERROR_FULL);
  g_assert_cmpuint (queued (fixture), ==, 5);
  set_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_told, 5);
  submit (fixture, append (8, 1));
  wait_for (fixture, &fixture->n_told, 6);
  g_assert_cmpstr (fixture->told->str, ==, "a1 a2 s4 o5 g6 a8 ");
}

/* More than ever may wait, but nothing else does. */
static void
test_large_request (Fixture *fixture, gconstpointer data)
{
  set_gate (fixture, TRUE);
  submit (fixture, append (1, 50));
  wait_inside (fixture);
  refuse (fixture, append (2, 1), ROUTER_ERROR_FULL);
  set_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_told, 1);
}

/* ---- A full disk ---- */

/* All but settlements are told at once, and those, which are small, are tried by themselves at
 * once.
 */
static void
test_full_turns_away (Fixture *fixture, gconstpointer data)
{
  WriterStats stats;

  set_gate (fixture, TRUE);
  submit (fixture, settle (1));
  wait_inside (fixture);
  submit (fixture, append (2, 1));
  submit (fixture, settle (3));
  submit (fixture, append (4, 2));
  submit (fixture, sample_generation (5, SAMPLE_TIME_US));
  submit (fixture, operate (6, 1));
  g_queue_push_tail (&fixture->store.script, GINT_TO_POINTER (0));
  order (fixture, ROUTER_ERROR_FULL);
  set_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_told, 6);
  g_assert_cmpstr (fixture->store.log->str, ==, "s1 |a2 s3 a4 g5 o6 F|s3 |");
  g_assert_cmpstr (fixture->told->str, ==, "s1 a2! a4! g5! o6! s3 ");
  writer_stats (fixture->writer, &stats);
  g_assert_cmpuint (stats.events, ==, 0);
  g_assert_cmpuint (stats.queued_events, ==, 0);
  g_assert_cmpuint (stats.commits, ==, 2);
  /* That settlements fit says nothing of events; the next event that does is told of. */
  g_assert_true (stats.disk_full);
  submit (fixture, append (7, 1));
  wait_for (fixture, &fixture->n_told, 7);
  writer_stats (fixture->writer, &stats);
  g_assert_false (stats.disk_full);
  g_assert_true (writer_takes_events (fixture->writer, NULL));
}

/* A delivery that goes on to another connector can no more be told again than its settlement. */
static void
test_full_keeps_moves (Fixture *fixture, gconstpointer data)
{
  order (fixture, ROUTER_ERROR_FULL);
  order (fixture, ROUTER_ERROR_FULL);
  set_gate (fixture, TRUE);
  submit (fixture, batch_item_new_move ((DeliveryKey){ 1, 1 }, "webhook/other"));
  wait_inside (fixture);
  submit (fixture, append (2, 1));
  set_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_told, 2);
  g_assert_cmpstr (fixture->told->str, ==, "a2! m1 ");
}

/* Settlements wait for room, keep their order, and go before what came later. */
static void
test_full_retries (Fixture *fixture, gconstpointer data)
{
  order (fixture, ROUTER_ERROR_FULL);
  order (fixture, ROUTER_ERROR_FULL);
  order (fixture, ROUTER_ERROR_FULL);
  set_gate (fixture, TRUE);
  submit (fixture, settle (1));
  wait_inside (fixture);
  submit (fixture, settle (2));
  submit (fixture, settle (3));
  set_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_told, 3);
  g_assert_cmpstr (fixture->store.log->str, ==, "s1 F|s1 s2 s3 F|s1 s2 s3 F|s1 s2 s3 |");
  g_assert_cmpstr (fixture->told->str, ==, "s1 s2 s3 ");
}

/* A disk that takes nothing is waited for as well, and told of by its own name. */
static void
test_blocked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  WriterStats stats;

  fixture->store.otherwise = ROUTER_ERROR_BLOCKED + 1;
  submit (fixture, settle (1));
  wait_for (fixture, &fixture->store.n_commits, 1);
  submit (fixture, append (2, 1));
  wait_for (fixture, &fixture->n_told, 1);
  writer_stats (fixture->writer, &stats);
  g_assert_true (stats.disk_blocked);
  g_assert_false (stats.disk_full);
  g_assert_false (writer_takes_events (fixture->writer, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_BLOCKED);
  g_assert_cmpstr (fixture->told->str, ==, "a2b ");
}

/* While settlements wait for room, others are told at once that there is none. */
static void
test_full_keeps_nobody (Fixture *fixture, gconstpointer data)
{
  fixture->store.otherwise = ROUTER_ERROR_FULL + 1;
  submit (fixture, settle (1));
  wait_for (fixture, &fixture->store.n_commits, 1);
  submit (fixture, append (2, 1));
  submit (fixture, settle (3));
  submit (fixture, operate (4, 1));
  submit (fixture, sample_generation (5, SAMPLE_TIME_US));
  wait_for (fixture, &fixture->n_told, 3);
  g_assert_cmpstr (fixture->told->str, ==, "a2! o4! g5! ");
  g_assert_cmpuint (queued (fixture), ==, 0);
  g_assert_cmpuint (fixture->store.n_commits, ==, 1);
}

/* Without settlements nothing waits: the next one finds out for itself. */
static void
test_full_is_seen (Fixture *fixture, gconstpointer data)
{
  WriterStats stats;

  order (fixture, ROUTER_ERROR_FULL);
  submit (fixture, append (1, 1));
  wait_for (fixture, &fixture->n_told, 1);
  writer_stats (fixture->writer, &stats);
  g_assert_true (stats.disk_full);
  submit (fixture, append (2, 1));
  wait_for (fixture, &fixture->n_told, 2);
  writer_stats (fixture->writer, &stats);
  g_assert_false (stats.disk_full);
  g_assert_cmpstr (fixture->told->str, ==, "a1! a2 ");
}

/* Stopping does not wait for room that may never come. */
static void
test_stop_while_full (Fixture *fixture, gconstpointer data)
{
  fixture->store.otherwise = ROUTER_ERROR_FULL + 1;
  submit (fixture, settle (1));
  wait_for (fixture, &fixture->store.n_commits, 1);
  submit (fixture, append (2, 1));
  writer_stop (fixture->writer);
  g_assert_cmpuint (fixture->n_told, ==, 2);
  g_assert_nonnull (strstr (fixture->told->str, "s1! "));
  g_assert_nonnull (strstr (fixture->told->str, "a2! "));
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

/* ---- Failure ---- */

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  order (fixture, ROUTER_ERROR_STORAGE);
  set_gate (fixture, TRUE);
  submit (fixture, append (1, 1));
  wait_inside (fixture);
  submit (fixture, append (2, 1));
  submit (fixture, settle (3));
  set_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_failed, 1);
  /* Unknown is only what was tried. */
  g_assert_cmpstr (fixture->told->str, ==, "a1? a2- s3- ");
  g_assert_cmpuint (fixture->n_told_when_failed, ==, 3);
  refuse (fixture, append (4, 1), ROUTER_ERROR_UNAVAILABLE);
  refuse (fixture, settle (5), ROUTER_ERROR_UNAVAILABLE);
  g_assert_cmpuint (queued (fixture), ==, 0);
  writer_stop (fixture->writer);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_cmpuint (fixture->store.n_commits, ==, 1);
  g_assert_cmpuint (fixture->n_told, ==, 3);
}

/* The retry on a full disk fails. */
static void
test_failure_after_full (Fixture *fixture, gconstpointer data)
{
  order (fixture, ROUTER_ERROR_FULL);
  order (fixture, ROUTER_ERROR_STORAGE);
  set_gate (fixture, TRUE);
  submit (fixture, settle (1));
  wait_inside (fixture);
  submit (fixture, append (2, 1));
  set_gate (fixture, FALSE);
  wait_for (fixture, &fixture->n_failed, 1);
  g_assert_cmpstr (fixture->told->str, ==, "a2! s1? ");
  g_assert_cmpuint (fixture->n_failed, ==, 1);
}

/* ---- Stop ---- */

static void
test_stop_commits (Fixture *fixture, gconstpointer data)
{
  set_gate (fixture, TRUE);
  submit (fixture, append (1, 1));
  wait_inside (fixture);
  for (guint i = 2; i < 10; i++)
    submit (fixture, append (i, 1));
  set_gate (fixture, FALSE);
  writer_stop (fixture->writer);
  g_assert_cmpuint (fixture->n_told, ==, 9);
  g_assert_cmpstr (fixture->told->str, ==, "a1 a2 a3 a4 a5 a6 a7 a8 a9 ");
  refuse (fixture, settle (10), ROUTER_ERROR_UNAVAILABLE);
  writer_stop (fixture->writer);
  g_assert_cmpuint (fixture->n_told, ==, 9);
}

static gpointer
stop_in_thread (gpointer data)
{
  writer_stop (data);
  return NULL;
}

static void
test_stop_by_many (Fixture *fixture, gconstpointer data)
{
  GThread *threads[5];

  submit (fixture, append (1, 1));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("stop", stop_in_thread, fixture->writer);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpstr (fixture->told->str, ==, "a1 ");
}

static void
test_stop_unused (Fixture *fixture, gconstpointer data)
{
  writer_stop (fixture->writer);
  g_assert_cmpuint (fixture->store.n_commits, ==, 0);
  g_assert_cmpuint (fixture->store.n_idle, ==, 0);
}

/* ---- Waiting, idling ---- */

static void
test_submit_and_wait (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (writer_submit_and_wait (fixture->writer, settle (1), &error));
  g_assert_no_error (error);
  order (fixture, ROUTER_ERROR_FULL);
  g_assert_false (writer_submit_and_wait (fixture->writer, append (2, 1), &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL);
  g_clear_error (&error);
  writer_stop (fixture->writer);
  g_assert_false (writer_submit_and_wait (fixture->writer, settle (3), &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE);
  g_assert_cmpstr (fixture->store.log->str, ==, "s1 |a2 F|");
}

/* Once a quiet period that follows work. */
static void
test_idle (Fixture *fixture, gconstpointer data)
{
  for (guint i = 1; i <= 3; i++)
    {
      submit (fixture, settle (i));
      wait_for (fixture, &fixture->store.n_idle, i);
      g_assert_cmpuint (fixture->store.n_commits, ==, i);
    }
  writer_stop (fixture->writer);
  g_assert_cmpuint (fixture->store.n_idle, ==, 3);
}

/* ---- Many at once ---- */

#define N_THREADS 8
#define N_EACH 200

typedef struct
{
  Writer *writer;
  guint thread;
  guint next; /* the completion expected next; writer thread */
  guint n_refused;
} Submitter;

static void
done_in_order (const BatchItem *item, const GError *error, gpointer user_data)
{
  Submitter *submitter = user_data;

  g_assert_no_error (error);
  g_assert_cmpuint (number_of (item), ==, submitter->next);
  submitter->next++;
}

static gpointer
submit_many (gpointer data)
{
  Submitter *submitter = data;

  for (guint i = 0; i < N_EACH; i++)
    {
      /* A full queue is an answer: try again. */
      while (TRUE)
        {
          g_autoptr (GError) error = NULL;
          BatchItem *item = i % 3 == 0 ? settle (i) : append (i, 1 + i % 2);

          if (item->kind == BATCH_APPEND)
            for (guint k = 0; k < item->append.n_events; k++)
              {
                Event *event = item->append.events[k].event;

                g_free (event->id);
                event->id = sample_event_id (submitter->thread * 1000000 + i * 10 + k);
              }
          if (writer_submit (submitter->writer, item, done_in_order, submitter, &error))
            break;
          g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL);
          submitter->n_refused++;
          g_thread_yield ();
        }
    }
  return NULL;
}

static void
submit_from_all_sides (Writer *writer)
{
  Submitter submitters[N_THREADS];
  GThread *threads[N_THREADS];
  WriterStats stats;
  guint64 n_events = 0;

  for (guint i = 0; i < N_THREADS; i++)
    {
      submitters[i] = (Submitter){ .writer = writer, .thread = i };
      threads[i] = g_thread_new ("submitter", submit_many, &submitters[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  writer_stop (writer);
  for (guint i = 0; i < N_THREADS; i++)
    g_assert_cmpuint (submitters[i].next, ==, N_EACH);
  for (guint i = 0; i < N_EACH; i++)
    n_events += i % 3 == 0 ? 0 : 1 + i % 2;
  writer_stats (writer, &stats);
  g_assert_cmpuint (stats.items, ==, N_THREADS * N_EACH);
  g_assert_cmpuint (stats.events, ==, N_THREADS * n_events);
  g_assert_cmpuint (stats.queued_events, ==, 0);
  g_assert_cmpuint (stats.commits, <=, stats.items);
}

static void
test_all_sides (Fixture *fixture, gconstpointer data)
{
  submit_from_all_sides (fixture->writer);
}

/* The same into a real store: what was acknowledged is there. */
static void
test_real_store (gconstpointer name)
{
  const WriterSettings settings = { 40, 16, 1 };
  g_autoptr (GError) error = NULL;
  char *folder = sample_folder_new ();
  Store *store = store_engine_by_name (name)->open (folder, &error);
  g_autoptr (Writer) writer = NULL;
  BatchItem *first = sample_append (999999999, SAMPLE_TIME_US, 1000);
  StoreLedger ledger;
  WriterStats stats;

  g_assert_no_error (error);
  sample_commit_one (store, first); /* event number 1, whose deliveries are settled */
  sample_commit_one (store, sample_settle ((DeliveryKey){ 1, 1000 }, 1, 0, DELIVERY_DONE));
  writer = writer_new (store, &settings, NULL, NULL);
  /* Delivery 0 is none: its settlement would fail. */
  for (guint i = 1; i <= N_EACH; i++)
    g_assert_true (writer_submit (writer, settle (i), NULL, NULL, &error));
  for (guint i = 1; i <= N_EACH; i++)
    g_assert_true (writer_submit_and_wait (writer, sample_append (i, SAMPLE_TIME_US, 2), &error));
  writer_stop (writer);
  writer_stats (writer, &stats);
  g_assert_cmpuint (stats.events, ==, N_EACH);
  store->engine->ledger (store, TRUE, &ledger, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ledger.events, ==, N_EACH + 1);
  g_assert_cmpint (ledger.by_state[DELIVERY_DONE], ==, N_EACH + 1);
  g_assert_cmpint (ledger.by_state[DELIVERY_READY], ==, 2 * N_EACH + 1000 - N_EACH - 1);
  sample_assert_ledger (store);
  g_clear_pointer (&writer, writer_free);
  store_close (store);
  sample_folder_free (folder);
}

int
main (int argc, char *argv[])
{
  static const WriterSettings small_batches = { 1000, 4, 1 };
  static const WriterSettings small_queue = { 5, 100, 1 };
  static const WriterSettings no_retry = { 1000, 100, 3600 * 1000 };
  static const struct
  {
    const char *path;
    const WriterSettings *settings;
    void (*run) (Fixture *, gconstpointer);
  } cases[] = {
    { "/store/writer/one", &roomy, test_one },
    { "/store/writer/takes-along", &roomy, test_takes_along },
    { "/store/writer/batch-limit", &small_batches, test_batch_limit },
    { "/store/writer/submit-from-completion", &roomy, test_submit_from_completion },
    { "/store/writer/no-completion", &roomy, test_no_completion },
    { "/store/writer/queue-full", &small_queue, test_queue_full },
    { "/store/writer/large-request", &small_queue, test_large_request },
    { "/store/writer/full/turns-away", &no_retry, test_full_turns_away },
    { "/store/writer/full/keeps-moves", &roomy, test_full_keeps_moves },
    { "/store/writer/full/retries", &roomy, test_full_retries },
    { "/store/writer/full/keeps-nobody", &no_retry, test_full_keeps_nobody },
    { "/store/writer/stuck", NULL, test_stuck },
    { "/store/writer/full/blocked", &no_retry, test_blocked },
    { "/store/writer/full/is-seen", &no_retry, test_full_is_seen },
    { "/store/writer/full/stop", &no_retry, test_stop_while_full },
    { "/store/writer/failure", &roomy, test_failure },
    { "/store/writer/failure-after-full", &roomy, test_failure_after_full },
    { "/store/writer/stop/commits", &roomy, test_stop_commits },
    { "/store/writer/stop/by-many", &roomy, test_stop_by_many },
    { "/store/writer/stop/unused", &roomy, test_stop_unused },
    { "/store/writer/submit-and-wait", &roomy, test_submit_and_wait },
    { "/store/writer/idle", &roomy, test_idle },
    { "/store/writer/all-sides", &small_queue, test_all_sides },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add (cases[i].path, Fixture, cases[i].settings, set_up, cases[i].run, tear_down);
  g_test_add_data_func ("/store/writer/real-store/memory", "memory", test_real_store);
  g_test_add_data_func ("/store/writer/real-store/sqlite", "sqlite", test_real_store);
  return g_test_run ();
}

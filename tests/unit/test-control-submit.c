/* Waiting for the writer, and giving up when it is time to stop. */
#include "control/submit.h"
#include "support/control-world.h"

#include "base/error.h"

/* An engine that takes its time: a commit ends once it is told how. */
typedef struct
{
  Store store;
  GMutex lock;
  GCond changed;
  gboolean is_inside; /* guarded by lock */
  gboolean may_end;   /* guarded by lock */
  gboolean is_full;   /* guarded by lock */
} SlowStore;

static gboolean
slow_commit (Store *store, Batch *batch, GError **error)
{
  SlowStore *slow = (SlowStore *) store;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&slow->lock);

  slow->is_inside = TRUE;
  g_cond_broadcast (&slow->changed);
  while (!slow->may_end)
    g_cond_wait (&slow->changed, &slow->lock);
  if (!slow->is_full)
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL, "No room");
  return FALSE;
}

static void
slow_idle (Store *store)
{
}

static const StoreEngine slow_engine = { .name = "slow", .commit = slow_commit, .idle = slow_idle };

static const WriterSettings settings = { .max_queued_events = 10,
                                         .max_batch_items = 10,
                                         .full_retry_ms = 1 };

typedef struct
{
  SlowStore slow;
  Writer *writer;
  Submitter *submitter;
  GThread *thread;
} Fixture;

static gpointer
submit_in_thread (gpointer data)
{
  GError *error = NULL;

  submitter_submit (data, sample_generation (1, SAMPLE_TIME_US), NULL, NULL, NULL, 0, &error);
  return error;
}

/* Somebody waits for a commit that is under way. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  SlowStore *slow = &fixture->slow;

  slow->store.engine = &slow_engine;
  g_mutex_init (&slow->lock);
  g_cond_init (&slow->changed);
  fixture->writer = writer_new (&slow->store, &settings, NULL, NULL);
  fixture->submitter = submitter_new (fixture->writer);
  fixture->thread = g_thread_new ("submit", submit_in_thread, fixture->submitter);
  g_mutex_lock (&slow->lock);
  while (!slow->is_inside)
    g_cond_wait (&slow->changed, &slow->lock);
  g_mutex_unlock (&slow->lock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  writer_free (fixture->writer);
  submitter_free (fixture->submitter);
  g_cond_clear (&fixture->slow.changed);
  g_mutex_clear (&fixture->slow.lock);
}

static void
end_commit (SlowStore *slow, gboolean is_full)
{
  g_mutex_lock (&slow->lock);
  slow->may_end = TRUE;
  slow->is_full = is_full;
  g_cond_broadcast (&slow->changed);
  g_mutex_unlock (&slow->lock);
}

static void
test_done (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  end_commit (&fixture->slow, FALSE);
  error = g_thread_join (fixture->thread);
  g_assert_no_error (error);
}

/* Who waits is not kept by a disk that hangs. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  submitter_stop (fixture->submitter);
  error = g_thread_join (fixture->thread);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE);
  end_commit (&fixture->slow, FALSE);
}

/* Nor by one that is full: there may never be room. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  end_commit (&fixture->slow, TRUE);
  error = g_thread_join (fixture->thread);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL);
}

#define ADD(path, test) g_test_add ("/control/submit/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("done", test_done);
  ADD ("stopped", test_stopped);
  ADD ("full", test_full);
  return g_test_run ();
}

/* Waiting for the writer, and giving up when it is time to stop. */
#include "control/submit.h"
#include "support/control-world.h"

#include "base/error.h"

/* An engine whose disk is full until it is told otherwise. */
typedef struct
{
  Store store;
  gint full; /* atomic */
  GMutex lock;
  GCond tried;
  guint n_tries;
} FullStore;

static gboolean
full_commit (Store *store, Batch *batch, GError **error)
{
  FullStore *full = (FullStore *) store;

  g_mutex_lock (&full->lock);
  full->n_tries++;
  g_cond_broadcast (&full->tried);
  g_mutex_unlock (&full->lock);
  if (!g_atomic_int_get (&full->full))
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL, "No room");
  return FALSE;
}

static void
full_idle (Store *store)
{
}

static const StoreEngine full_engine = { .name = "full", .commit = full_commit, .idle = full_idle };

static const WriterSettings settings = { .max_queued_events = 10,
                                         .max_batch_items = 10,
                                         .full_retry_ms = 1 };

static void
full_store_init (FullStore *full)
{
  *full = (FullStore){ .store = { .engine = &full_engine }, .full = TRUE };
  g_mutex_init (&full->lock);
  g_cond_init (&full->tried);
}

static void
full_store_clear (FullStore *full)
{
  g_cond_clear (&full->tried);
  g_mutex_clear (&full->lock);
}

static gpointer
submit_in_thread (gpointer data)
{
  GError *error = NULL;

  submitter_submit (data, sample_generation (1, SAMPLE_TIME_US), NULL, NULL, NULL, 0, &error);
  return error;
}

static void
wait_tried (FullStore *full)
{
  g_mutex_lock (&full->lock);
  while (full->n_tries == 0)
    g_cond_wait (&full->tried, &full->lock);
  g_mutex_unlock (&full->lock);
}

static void
test_stopped (void)
{
  FullStore full;
  g_autoptr (GError) error = NULL;

  full_store_init (&full);
  {
    g_autoptr (Writer) writer = writer_new (&full.store, &settings, NULL, NULL);
    g_autoptr (Submitter) submitter = submitter_new (writer);
    GThread *thread = g_thread_new ("submit", submit_in_thread, submitter);

    wait_tried (&full);
    submitter_stop (submitter);
    error = g_thread_join (thread);
    g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE);
    g_atomic_int_set (&full.full, FALSE);
  }
  full_store_clear (&full);
}

static void
test_room_again (void)
{
  FullStore full;
  g_autoptr (GError) error = NULL;

  full_store_init (&full);
  {
    g_autoptr (Writer) writer = writer_new (&full.store, &settings, NULL, NULL);
    g_autoptr (Submitter) submitter = submitter_new (writer);
    GThread *thread = g_thread_new ("submit", submit_in_thread, submitter);

    wait_tried (&full);
    g_atomic_int_set (&full.full, FALSE);
    error = g_thread_join (thread);
    g_assert_no_error (error);
  }
  full_store_clear (&full);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/submit/stopped", test_stopped);
  g_test_add_func ("/control/submit/room-again", test_room_again);
  return g_test_run ();
}

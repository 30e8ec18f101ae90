/* Jobs: all of it, guarded, paused, cancelled, over a restart. */
#include "support/control-world.h"

#include "base/error.h"

#define DEADLINE_US (30 * G_USEC_PER_SEC)

/* Event number with one dead delivery. */
static DeliveryKey
add_dead (World *world, guint64 number)
{
  DeliveryKey key = { (gint64) number, 1 };

  sample_commit_one (world->store, sample_append (number, SAMPLE_TIME_US + (gint64) number, 1));
  sample_commit_one (world->store, sample_settle (key, 1, SAMPLE_TIME_US + 1000, DELIVERY_DEAD));
  return key;
}

/* Polls with a deadline: a job says nothing when it changes. */
static Job *
await_state (World *world, gint64 id, JobState state)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;

  while (g_get_monotonic_time () < end_us)
    {
      g_autoptr (Job) job = world_load_job (world, id);

      if (job->state == state)
        return g_steal_pointer (&job);
      g_usleep (2000);
    }
  g_error ("job %d is not %s", (int) id, job_state_name (state));
}

static gint64
create (World *world, JournalKind kind, guint percent, gboolean confirms, double rate)
{
  const ControlJob job = { .kind = kind,
                           .filter = "{\"connector\":\"webhook/1\"}",
                           .actor = "ada",
                           .reason = "why",
                           .rate = rate,
                           .max_failed_percent = percent,
                           .confirms = confirms };
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  control_create_job (world->control, &job, &id, &error);
  g_assert_no_error (error);
  return id;
}

static void
act (World *world, gint64 id, ControlJobAction action, double rate)
{
  g_autoptr (GError) error = NULL;

  control_act_on_job (world->control, id, action, rate, &error);
  g_assert_no_error (error);
}

static gint64
count (World *world, DeliveryState state)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  g_assert_true (world->store->engine->ledger (world->store, FALSE, &ledger, &error));
  return ledger.by_state[state];
}

/* More than a chunk, there and back. */
static void
test_all (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Job) discarded = NULL;
  g_autoptr (Job) restored = NULL;

  for (guint i = 1; i <= 600; i++)
    add_dead (world, i);
  discarded = await_state (world, create (world, JOURNAL_DISCARD, 0, FALSE, 0), JOB_DONE);
  g_assert_cmpint (discarded->applied, ==, 600);
  g_assert_cmpint (discarded->total, ==, 600);
  g_assert_cmpint (count (world, DELIVERY_DISCARDED), ==, 600);
  restored = await_state (world, create (world, JOURNAL_RESTORE, 0, FALSE, 0), JOB_DONE);
  g_assert_cmpint (restored->applied, ==, 600);
  g_assert_cmpint (count (world, DELIVERY_DEAD), ==, 600);
}

/* Settles whatever is ready, until the job is in the state. */
static Job *
serve (World *world, gint64 id, JobState state, DeliveryState outcome)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;
  const DeliveryQuery ready = { .states = DELIVERY_STATE_BIT (DELIVERY_READY) };

  while (g_get_monotonic_time () < end_us)
    {
      g_autoptr (GPtrArray) page = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (Job) job = world_load_job (world, id);
      StoreCursor cursor = { 0 };

      if (job->state == state)
        return g_steal_pointer (&job);
      world->store->engine->find_deliveries (world->store, &ready, &cursor, 1000, &page, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < page->len; i++)
        {
          const StoredDelivery *delivery = page->pdata[i];
          BatchItem *item = sample_settle (delivery->key, 2, clock_wall_us (world->clock), outcome);

          writer_submit_and_wait (world->writer, item, &error);
          g_assert_no_error (error);
        }
      g_usleep (1000);
    }
  g_error ("job %d is not %s", (int) id, job_state_name (state));
}

static void
test_guard_stops (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Job) job = NULL;

  for (guint i = 1; i <= 50; i++)
    add_dead (world, i);
  job = serve (world, create (world, JOURNAL_REPLAY, 5, FALSE, 0), JOB_STOPPED, DELIVERY_DEAD);
  g_assert_cmpint (job->applied, ==, 1);
  g_assert_cmpint (job->failed, ==, 1);
  g_assert_cmpstr (job->note, !=, "");
  g_assert_cmpint (count (world, DELIVERY_DEAD), ==, 50);
}

static void
test_guard_passes (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Job) first = NULL;
  g_autoptr (Job) second = NULL;
  g_autoptr (Job) done = NULL;
  gint64 id;

  for (guint i = 1; i <= 150; i++)
    add_dead (world, i);
  id = create (world, JOURNAL_REPLAY, 5, TRUE, 0);
  first = serve (world, id, JOB_PAUSED, DELIVERY_DONE);
  g_assert_cmpint (first->applied, ==, 1);
  g_assert_cmpuint (first->step, ==, 1);
  act (world, id, CONTROL_JOB_RESUME, 0);
  second = serve (world, id, JOB_PAUSED, DELIVERY_DONE);
  g_assert_cmpint (second->applied, ==, 11);
  act (world, id, CONTROL_JOB_RESUME, 0);
  g_clear_pointer (&second, job_free);
  second = serve (world, id, JOB_PAUSED, DELIVERY_DONE);
  g_assert_cmpint (second->applied, ==, 111);
  act (world, id, CONTROL_JOB_RESUME, 0);
  done = serve (world, id, JOB_DONE, DELIVERY_DONE);
  g_assert_cmpint (done->applied, ==, 150);
  g_assert_cmpint (done->succeeded, ==, 150);
  g_assert_cmpint (count (world, DELIVERY_DONE), ==, 150);
}

static void
test_cancel (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Job) job = NULL;
  gint64 id;

  for (guint i = 1; i <= 300; i++)
    add_dead (world, i);
  /* One a second: it will not come to its end. */
  id = create (world, JOURNAL_DISCARD, 0, FALSE, 1);
  act (world, id, CONTROL_JOB_PAUSE, 0);
  job = world_load_job (world, id);
  g_assert_cmpint (job->state, ==, JOB_PAUSED);
  act (world, id, CONTROL_JOB_CANCEL, 0);
  g_clear_pointer (&job, job_free);
  job = world_load_job (world, id);
  g_assert_cmpint (job->state, ==, JOB_CANCELLED);
  g_assert_cmpint (count (world, DELIVERY_DISCARDED), ==, job->applied);
  g_assert_false (control_act_on_job (world->control, id, CONTROL_JOB_RESUME, 0, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
}

/* ---- Two operators ---- */

#define RATE 7.0

static struct
{
  StoreEngine engine;
  const StoreEngine *real;
  gint n_acting; /* atomic */
  gint is_held;  /* atomic: the job's thread is */
} meanwhile;

/* Keeps the job busy until both act. */
static gboolean
find_deliveries_slowly (Store *store,
                        const DeliveryQuery *query,
                        StoreCursor *cursor,
                        guint limit,
                        GPtrArray **out_deliveries,
                        GError **error)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;

  /* Asked by others only for one. */
  if (limit > 1 && g_atomic_int_compare_and_exchange (&meanwhile.is_held, FALSE, TRUE))
    {
      while (g_atomic_int_get (&meanwhile.n_acting) < 2 && g_get_monotonic_time () < end_us)
        g_usleep (1000);
      /* They are about to leave their wishes; one that is late is told that there is no job. */
      g_usleep (20 * 1000);
    }
  return meanwhile.real->find_deliveries (store, query, cursor, limit, out_deliveries, error);
}

typedef struct
{
  World *world;
  gint64 id;
} Operator;

static gpointer
cancel_in_thread (gpointer data)
{
  Operator *one = data;

  g_atomic_int_inc (&meanwhile.n_acting);
  act (one->world, one->id, CONTROL_JOB_CANCEL, 0);
  return NULL;
}

/* One cancels the job while another changes its rate: neither undoes what the other was told. */
static void
test_two_operators (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Job) job = NULL;
  g_autoptr (GError) error = NULL;
  Operator other = { .world = world };
  GThread *thread;
  gboolean was_set;

  for (guint i = 1; i <= 300; i++)
    add_dead (world, i);
  meanwhile.real = world->store->engine;
  meanwhile.engine = *meanwhile.real;
  meanwhile.engine.find_deliveries = find_deliveries_slowly;
  meanwhile.n_acting = meanwhile.is_held = 0;
  world->store->engine = &meanwhile.engine;
  other.id = create (world, JOURNAL_DISCARD, 0, FALSE, 1);
  while (!g_atomic_int_get (&meanwhile.is_held))
    g_usleep (1000);
  thread = g_thread_new ("other", cancel_in_thread, &other);
  g_atomic_int_inc (&meanwhile.n_acting);
  was_set = control_act_on_job (world->control, other.id, CONTROL_JOB_RATE, RATE, &error);
  g_thread_join (thread);
  job = world_load_job (world, other.id);
  g_assert_cmpint (job->state, ==, JOB_CANCELLED);
  if (was_set)
    g_assert_cmpfloat (job->rate, ==, RATE);
  else
    g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
}

/* A job in the store goes on in the next Control. */
static void
test_restart (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Job) job = NULL;
  gint64 id;

  for (guint i = 1; i <= 40; i++)
    add_dead (world, i);
  id = create (world, JOURNAL_DISCARD, 0, FALSE, 1);
  world_restart_control (world);
  act (world, id, CONTROL_JOB_RATE, 0);
  job = await_state (world, id, JOB_DONE);
  g_assert_cmpint (job->applied, ==, 40);
  g_assert_cmpint (job->skipped, ==, 0);
  g_assert_cmpint (count (world, DELIVERY_DISCARDED), ==, 40);
}

static guint
n_records (World *world)
{
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  world->store->engine->find_records (world->store, RECORD_JOB, NULL, 0, 1000, &records, &error);
  g_assert_no_error (error);
  return records->len;
}

/* Old jobs go, but none that is not finished, however many came after it. */
static void
test_kept (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Job) job = NULL;
  gint64 id;

  world_put (world, "router.json",
             "{\"Limits\":{\"UnfinishedJobs\":5},\"Retention\":{\"Jobs\":3}}");
  for (guint i = 1; i <= 40; i++)
    add_dead (world, i);
  id = create (world, JOURNAL_DISCARD, 0, FALSE, 1);
  act (world, id, CONTROL_JOB_PAUSE, 0);
  for (guint i = 0; i < 10; i++)
    {
      gint64 other = create (world, JOURNAL_RESTORE, 0, FALSE, 0);

      job_free (await_state (world, other, JOB_DONE));
    }
  g_assert_cmpuint (n_records (world), ==, 11);
  world_restart_control (world);
  act (world, id, CONTROL_JOB_CANCEL, 0);
  job = await_state (world, id, JOB_CANCELLED);
  /* That a job is finished can be read a moment before its place is free. */
  for (guint i = 0; i < 100 && n_records (world) > 3; i++)
    job_free (await_state (world, create (world, JOURNAL_RESTORE, 0, FALSE, 0), JOB_DONE));
  g_assert_cmpuint (n_records (world), ==, 3);
}

static void
test_too_many (void)
{
  const ControlJob one_more = { .kind = JOURNAL_DISCARD, .filter = "{}" };
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  gint64 id;

  world_put (world, "router.json", "{\"Limits\":{\"UnfinishedJobs\":2}}");
  for (guint i = 1; i <= 40; i++)
    add_dead (world, i);
  create (world, JOURNAL_DISCARD, 0, FALSE, 1);
  create (world, JOURNAL_DISCARD, 0, FALSE, 1);
  g_assert_false (control_create_job (world->control, &one_more, &id, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "Limits.UnfinishedJobs is 2"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/jobs/all", test_all);
  g_test_add_func ("/control/jobs/guard-stops", test_guard_stops);
  g_test_add_func ("/control/jobs/guard-passes", test_guard_passes);
  g_test_add_func ("/control/jobs/cancel", test_cancel);
  g_test_add_func ("/control/jobs/two-operators", test_two_operators);
  g_test_add_func ("/control/jobs/restart", test_restart);
  g_test_add_func ("/control/jobs/kept", test_kept);
  g_test_add_func ("/control/jobs/too-many", test_too_many);
  return g_test_run ();
}

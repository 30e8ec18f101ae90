/* Replays by the rules in force, and without what was delivered meanwhile. */
#include "support/control-world.h"

#include "base/error.h"
#include "ingress/edited.h"
#include "support/config-folder.h"

#define DEADLINE_US (30 * G_USEC_PER_SEC)

#define RULE(target) "{\"EventPattern\": {\"source\": [\"shop\"]}, \"Targets\": [" target "]}"
#define TARGET(id) "{\"Id\": \"" id "\", \"Arn\": \"file/all\"}"

static void
put_rule (World *world, const char *name, const char *text)
{
  g_autofree char *path = g_strdup_printf ("rule/default/%s.json", name);

  world_put (world, path, text);
}

/* Event number with so many dead deliveries. */
static void
add_dead (World *world, guint64 number, guint n_deliveries)
{
  sample_commit_one (world->store,
                     sample_append (number, SAMPLE_TIME_US + (gint64) number, n_deliveries));
  for (guint i = 1; i <= n_deliveries; i++)
    sample_commit_one (world->store, sample_settle ((DeliveryKey){ (gint64) number, i }, 1,
                                                    SAMPLE_TIME_US + 1000, DELIVERY_DEAD));
}

static ControlPreview
preview (World *world, const ControlReplay *how)
{
  const DeliveryQuery all = { 0 };
  g_autoptr (GError) error = NULL;
  StoreCursor cursor = { 0 };
  ControlPreview found;
  gboolean complete;

  control_preview_replay (world->control, how, &all, &cursor, G_USEC_PER_SEC, &found, &complete,
                          &error);
  g_assert_no_error (error);
  g_assert_true (complete);
  return found;
}

static OperateResult
replay_all (World *world, const ControlReplay *how)
{
  const DeliveryQuery all = { 0 };
  g_autoptr (GError) error = NULL;
  OperateResult result;

  control_operate_query (world->control, JOURNAL_REPLAY, how, 0, &all, "ada", "why", &result,
                         &error);
  g_assert_no_error (error);
  return result;
}

static DeliveryState
state_of (World *world, gint64 seq, guint32 index)
{
  g_autoptr (StoredDelivery) delivery = NULL;
  g_autoptr (GError) error = NULL;

  world->store->engine->load_delivery (world->store, (DeliveryKey){ seq, index }, &delivery, NULL,
                                       &error);
  g_assert_no_error (error);
  return delivery->state;
}

static gint64
count_events (World *world)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  g_assert_true (world->store->engine->ledger (world->store, FALSE, &ledger, &error));
  return ledger.events;
}

static const ControlReplay by_now = { .rules = CONTROL_RULES_NOW };
static const ControlReplay skipping = { .skips_succeeded = TRUE };
static const ControlReplay by_now_skipping = { CONTROL_RULES_NOW, TRUE };

/* The rule still has the target, which names another connector than it did. */
static void
test_moved (void)
{
  g_autoptr (World) world = world_new ();
  ControlPreview found;
  OperateResult result;

  put_rule (world, "rule-1", RULE (TARGET ("target-1")));
  add_dead (world, 1, 1);
  found = preview (world, &by_now);
  g_assert_cmpint (found.looked_at, ==, 1);
  g_assert_cmpint (found.moved, ==, 1);
  g_assert_cmpint (found.elsewhere, ==, 0);
  result = replay_all (world, &by_now);
  g_assert_cmpuint (result.applied, ==, 1);
  g_assert_cmpint (state_of (world, 1, 1), ==, DELIVERY_READY);
  g_assert_cmpint (count_events (world), ==, 1);
  sample_assert_ledger (world->store);
}

/* One dead letter goes again and its event to a new target too; the other's rule is gone.  What is
 * new is made once. */
static void
test_more_and_elsewhere (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (StoredDelivery) made = NULL;
  g_autoptr (Event) event = NULL;
  g_autoptr (GPtrArray) origins = NULL;
  g_autoptr (GPtrArray) copies = NULL;
  g_autofree char *id = sample_event_id (1);
  g_autoptr (GError) error = NULL;
  ControlPreview found;
  OperateResult result;

  put_rule (world, "rule-1", RULE (TARGET ("target-1")));
  put_rule (world, "rule-9", RULE (TARGET ("new")));
  add_dead (world, 1, 2);
  found = preview (world, &by_now);
  g_assert_cmpint (found.looked_at, ==, 2);
  g_assert_cmpint (found.more + found.elsewhere + found.moved, ==, 2);
  g_assert_cmpint (found.nowhere, ==, 0);
  result = replay_all (world, &by_now);
  g_assert_cmpuint (result.applied, ==, 2);
  g_assert_cmpuint (result.skipped, ==, 0);
  g_assert_cmpint (state_of (world, 1, 1), ==, DELIVERY_READY);
  g_assert_cmpint (state_of (world, 1, 2), ==, DELIVERY_DISCARDED);
  g_assert_cmpint (count_events (world), ==, 2);
  world->store->engine->load_delivery (world->store, (DeliveryKey){ 2, 1 }, &made, &event, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (made->rule, ==, "default/rule-9");
  g_assert_cmpstr (made->connector, ==, "file/all");
  g_assert_cmpint (made->state, ==, DELIVERY_READY);
  g_assert_cmpstr (event->ingress, ==, "api");
  g_assert_cmpstr (event->content_type, ==, "application/json");
  g_assert_cmpint (event->time_us, ==, SAMPLE_TIME_US + 1 - 5000);
  g_assert_true (
      world->store->engine->find_records (world->store, RECORD_COPY, id, 0, 9, &copies, &error));
  g_assert_true (world->store->engine->find_records (world->store, RECORD_ORIGIN, event->id, 0, 9,
                                                     &origins, &error));
  g_assert_cmpuint (copies->len, ==, 1);
  g_assert_cmpuint (origins->len, ==, 1);
  g_mutex_lock (&world->lock);
  g_assert_cmpuint (world->due->len, ==, 2);
  g_mutex_unlock (&world->lock);
  sample_assert_ledger (world->store);

  /* It comes back and dies again: what was made of it then is not made once more. */
  sample_commit_one (world->store,
                     sample_settle ((DeliveryKey){ 1, 1 }, 2, SAMPLE_TIME_US + G_TIME_SPAN_DAY + 5,
                                    DELIVERY_DEAD));
  result = replay_all (world, &by_now);
  g_assert_cmpuint (result.applied, ==, 1);
  g_assert_cmpint (count_events (world), ==, 2);
}

/* Nothing is lost: what no rule has go anywhere stays. */
static void
test_nowhere (void)
{
  g_autoptr (World) world = world_new ();
  ControlPreview found;
  OperateResult result;

  add_dead (world, 1, 1);
  found = preview (world, &by_now);
  g_assert_cmpint (found.nowhere, ==, 1);
  result = replay_all (world, &by_now);
  g_assert_cmpuint (result.applied, ==, 0);
  g_assert_cmpuint (result.skipped, ==, 1);
  g_assert_cmpint (state_of (world, 1, 1), ==, DELIVERY_DEAD);
  g_assert_cmpint (count_events (world), ==, 1);
}

/* An event that was made of the first, as editing does, and what became of its delivery. */
static void
add_copy (World *world, guint64 of, guint64 number, DeliveryState state)
{
  BatchItem *item = sample_append (number, SAMPLE_TIME_US + 2000, 1);
  g_autofree char *original = sample_event_id (of);
  g_autofree char *made = sample_event_id (number);
  const EditedTie tie = { .at_us = 5, .actor = "ada", .reason = "" };

  edited_tie (item, original, made, &tie);
  sample_commit_one (world->store, item);
  sample_commit_one (world->store, sample_settle ((DeliveryKey){ (gint64) number, 1 }, 1,
                                                  SAMPLE_TIME_US + 3000, state));
}

static void
test_succeeded (void)
{
  g_autoptr (World) world = world_new ();
  ControlPreview found;
  OperateResult result;

  add_dead (world, 1, 2);
  add_copy (world, 1, 2, DELIVERY_DEAD);
  found = preview (world, &skipping);
  g_assert_cmpint (found.looked_at, ==, 3);
  g_assert_cmpint (found.succeeded, ==, 0);
  /* Edited once more, and that arrived: both before it need not, their other target must. */
  add_copy (world, 2, 3, DELIVERY_DONE);
  found = preview (world, &skipping);
  g_assert_cmpint (found.succeeded, ==, 2);
  result = replay_all (world, &skipping);
  g_assert_cmpuint (result.applied, ==, 1);
  g_assert_cmpuint (result.skipped, ==, 2);
  g_assert_cmpint (state_of (world, 1, 1), ==, DELIVERY_DEAD);
  g_assert_cmpint (state_of (world, 1, 2), ==, DELIVERY_READY);
  g_assert_cmpint (state_of (world, 2, 1), ==, DELIVERY_DEAD);
  result = replay_all (world, NULL);
  g_assert_cmpuint (result.applied, ==, 2);
}

/* A rule has another name by now: its connector got the event, so that is not repeated. */
static void
test_renamed (void)
{
  g_autoptr (World) world = world_new ();
  BatchItem *item = batch_item_new_append (1);
  static const char *const connectors[] = { "file/all", "webhook/2", NULL };
  ControlPreview found;

  sample_append_fill (&item->append.events[0], 1, SAMPLE_TIME_US, connectors);
  sample_commit_one (world->store, item);
  sample_commit_one (world->store,
                     sample_settle ((DeliveryKey){ 1, 1 }, 1, SAMPLE_TIME_US + 9, DELIVERY_DONE));
  sample_commit_one (world->store,
                     sample_settle ((DeliveryKey){ 1, 2 }, 1, SAMPLE_TIME_US + 9, DELIVERY_DEAD));
  put_rule (world, "renamed", RULE (TARGET ("target-1")));
  found = preview (world, &by_now);
  g_assert_cmpint (found.elsewhere, ==, 1);
  found = preview (world, &by_now_skipping);
  g_assert_cmpint (found.nowhere, ==, 1);
}

/* It went elsewhere before; now its bus is gone, so that nothing is known of where it should go. */
static void
test_refused (void)
{
  g_autoptr (World) world = world_new ();
  BatchItem *item = sample_append (1, SAMPLE_TIME_US, 1);
  g_autofree char *id = sample_event_id (1), *made = sample_event_id (2);
  const EditedTie tie = { .at_us = 5, .actor = "ada", .reason = "", .rules = 1 };
  OperateResult result;

  g_free (item->append.events[0].event->bus);
  item->append.events[0].event->bus = g_strdup ("gone");
  edited_tie (item, id, made, &tie);
  sample_commit_one (world->store, item);
  sample_commit_one (
      world->store, sample_settle ((DeliveryKey){ 1, 1 }, 1, SAMPLE_TIME_US + 1000, DELIVERY_DEAD));
  g_assert_cmpint (preview (world, &by_now).nowhere, ==, 1);
  result = replay_all (world, &by_now);
  g_assert_cmpuint (result.skipped, ==, 1);
  g_assert_cmpint (state_of (world, 1, 1), ==, DELIVERY_DEAD);
}

/* ---- What comes between ---- */

static struct
{
  StoreEngine engine;
  const StoreEngine *real;
  gint n_calls;         /* atomic: of those that ask for copies */
  gint fails_at;        /* that call; 0: none */
  gint discards_at;     /* that call is overtaken by an operator */
  DeliveryKey discards; /* who discards this one */
} between;

static gboolean
find_records_between (Store *store,
                      RecordKind kind,
                      const char *key,
                      gint64 before,
                      guint limit,
                      GPtrArray **out_records,
                      GError **error)
{
  gint n = kind == RECORD_COPY ? g_atomic_int_add (&between.n_calls, 1) + 1 : -1;

  if (n == between.discards_at)
    sample_commit_one (store,
                       sample_operate (between.discards, JOURNAL_DISCARD, SAMPLE_TIME_US + 2000));
  if (n == between.fails_at)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE, "The disk hiccups");
      return FALSE;
    }
  return between.real->find_records (store, kind, key, before, limit, out_records, error);
}

static void
come_between (World *world)
{
  between.real = world->store->engine;
  between.engine = *between.real;
  between.engine.find_records = find_records_between;
  between.n_calls = 0;
  between.fails_at = between.discards_at = 0;
  world->store->engine = &between.engine;
}

/* Another operator discards the dead letter with which the event was to go elsewhere.  The other
 * one, which relied on that, stays a dead letter: else the event would be nowhere. */
static void
test_overtaken (void)
{
  g_autoptr (World) world = world_new ();
  OperateResult result;

  put_rule (world, "rule-9", RULE (TARGET ("new")));
  add_dead (world, 1, 2);
  come_between (world);
  between.discards_at = 2;
  between.discards = (DeliveryKey){ 1, 2 };
  result = replay_all (world, &by_now);
  world->store->engine = between.real;
  g_assert_cmpuint (result.applied, ==, 0);
  g_assert_cmpuint (result.skipped, ==, 2);
  g_assert_cmpint (state_of (world, 1, 1), ==, DELIVERY_DEAD);
  g_assert_cmpint (state_of (world, 1, 2), ==, DELIVERY_DISCARDED);
  g_assert_cmpint (count_events (world), ==, 1);
  sample_assert_ledger (world->store);
}

/* ---- Jobs ---- */

/* Delivers whatever is ready, until the job is finished. */
static Job *
serve (World *world, gint64 id)
{
  const DeliveryQuery ready = { .states = DELIVERY_STATE_BIT (DELIVERY_READY) };
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;

  while (g_get_monotonic_time () < end_us)
    {
      g_autoptr (GPtrArray) page = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (Job) job = world_load_job (world, id);
      StoreCursor cursor = { 0 };

      if (job_is_finished (job))
        return g_steal_pointer (&job);
      world->store->engine->find_deliveries (world->store, &ready, &cursor, 1000, &page, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < page->len; i++)
        {
          const StoredDelivery *delivery = page->pdata[i];

          writer_submit_and_wait (
              world->writer,
              sample_settle (delivery->key, 2, clock_wall_us (world->clock), DELIVERY_DONE),
              &error);
          g_assert_no_error (error);
        }
      g_usleep (1000);
    }
  g_error ("job %d is not finished", (int) id);
}

/* Guarded, by the rules of now: every event is routed anew, and what comes of that is the job's
 * result.  In the middle of it the router is restarted. */
static void
test_job (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Job) done = NULL;
  g_autoptr (GError) error = NULL;
  const ControlJob job = { .kind = JOURNAL_REPLAY,
                           .filter = "{}",
                           .how = by_now_skipping,
                           .actor = "ada",
                           .reason = "",
                           .max_failed_percent = 5 };
  gint64 id = 0;

  for (guint i = 1; i <= 300; i++)
    add_dead (world, i, 1);
  /* Of ten, an edited copy arrived. */
  for (guint i = 1; i <= 10; i++)
    add_copy (world, i, 300 + i, DELIVERY_DONE);
  put_rule (world, "rule-9", RULE (TARGET ("new")));
  control_create_job (world->control, &job, &id, &error);
  g_assert_no_error (error);
  world_restart_control (world);
  done = serve (world, id);
  g_assert_cmpint (done->state, ==, JOB_DONE);
  g_assert_cmpint (done->how.rules, ==, CONTROL_RULES_NOW);
  g_assert_cmpint (done->total, ==, 300);
  g_assert_cmpint (done->applied, ==, 290);
  g_assert_cmpint (done->skipped, ==, 10);
  g_assert_cmpint (done->left_succeeded, ==, 10);
  g_assert_cmpint (done->failed, ==, 0);
  g_assert_cmpint (done->succeeded, >, 100);
  g_assert_cmpint (count_events (world), ==, 600);
  sample_assert_ledger (world->store);
}

/* A page that could not be looked at is not left out once the job is resumed. */
static void
test_resumed (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Job) paused = NULL;
  g_autoptr (Job) done = NULL;
  g_autoptr (GError) error = NULL;
  const ControlJob job = { .kind = JOURNAL_REPLAY,
                           .filter = "{}",
                           .how = skipping,
                           .actor = "ada",
                           .reason = "" };
  gint64 id = 0, end_us = g_get_monotonic_time () + DEADLINE_US;

  for (guint i = 1; i <= 300; i++)
    add_dead (world, i, 1);
  come_between (world);
  between.fails_at = 270;
  control_create_job (world->control, &job, &id, &error);
  g_assert_no_error (error);
  while (paused == NULL || paused->state != JOB_PAUSED)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (1000);
      g_clear_pointer (&paused, job_free);
      paused = world_load_job (world, id);
    }
  g_assert_cmpstr (paused->note, ==, "The disk hiccups");
  g_assert_cmpint (paused->applied, ==, 256);
  g_assert_false (paused->is_exhausted);
  control_act_on_job (world->control, id, CONTROL_JOB_RESUME, 0, &error);
  g_assert_no_error (error);
  done = serve (world, id);
  g_assert_cmpint (done->state, ==, JOB_DONE);
  g_assert_cmpint (done->applied, ==, 300);
  g_assert_cmpint (done->skipped, ==, 0);
}

/* A state of the filter narrows what can be acted on, and what is left must be something. */
static void
test_states (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  ControlJob job = { .kind = JOURNAL_GIVE_UP, .filter = "{\"state\":\"dead\"}", .actor = "ada" };
  DeliveryQuery query = { .states = DELIVERY_STATE_BIT (DELIVERY_WAITING) };
  OperateResult result;
  gint64 id;

  sample_commit_one (world->store, sample_append (1, SAMPLE_TIME_US, 1));
  g_assert_false (control_create_job (world->control, &job, &id, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (control_operate_query (world->control, JOURNAL_GIVE_UP, NULL, 0, &query, "ada", "",
                                        &result, &error));
  g_assert_cmpuint (result.applied, ==, 0);
  query.states = DELIVERY_STATE_BIT (DELIVERY_READY);
  g_assert_true (control_operate_query (world->control, JOURNAL_GIVE_UP, NULL, 0, &query, "ada", "",
                                        &result, &error));
  g_assert_cmpuint (result.applied, ==, 1);
}

/* What waits is postponed, tried now and given up by jobs too. */
static void
test_waiting (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  static const JournalKind kinds[] = { JOURNAL_POSTPONE, JOURNAL_RETRY, JOURNAL_GIVE_UP };

  for (guint i = 1; i <= 300; i++)
    sample_commit_one (world->store, sample_append (i, SAMPLE_TIME_US + i, 1));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gint64 until_us = clock_wall_us (world->clock) + G_TIME_SPAN_HOUR;
      const ControlJob job = { .kind = kinds[i],
                               .until_us = kinds[i] == JOURNAL_POSTPONE ? until_us : 0,
                               .filter = "{\"connector\":\"webhook/1\"}",
                               .actor = "ada",
                               .reason = "" };
      g_autoptr (StoredDelivery) delivery = NULL;
      g_autoptr (Job) done = NULL;
      gint64 id = 0, end_us = g_get_monotonic_time () + DEADLINE_US;

      control_create_job (world->control, &job, &id, &error);
      g_assert_no_error (error);
      while (done == NULL || !job_is_finished (done))
        {
          g_assert_cmpint (g_get_monotonic_time (), <, end_us);
          g_usleep (1000);
          g_clear_pointer (&done, job_free);
          done = world_load_job (world, id);
        }
      g_assert_cmpint (done->applied, ==, 300);
      g_assert_true (world->store->engine->load_delivery (world->store, (DeliveryKey){ 300, 1 },
                                                          &delivery, NULL, &error));
      if (kinds[i] == JOURNAL_POSTPONE)
        g_assert_cmpint (delivery->due_us, ==, clock_steady_from_wall (world->clock, until_us));
      else if (kinds[i] == JOURNAL_RETRY)
        g_assert_cmpint (delivery->due_us, <=, clock_steady_us (world->clock));
      else
        g_assert_cmpint (delivery->state, ==, DELIVERY_DEAD);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/replay/moved", test_moved);
  g_test_add_func ("/control/replay/more-and-elsewhere", test_more_and_elsewhere);
  g_test_add_func ("/control/replay/nowhere", test_nowhere);
  g_test_add_func ("/control/replay/succeeded", test_succeeded);
  g_test_add_func ("/control/replay/renamed", test_renamed);
  g_test_add_func ("/control/replay/refused", test_refused);
  g_test_add_func ("/control/replay/overtaken", test_overtaken);
  g_test_add_func ("/control/replay/job", test_job);
  g_test_add_func ("/control/replay/resumed", test_resumed);
  g_test_add_func ("/control/replay/states", test_states);
  g_test_add_func ("/control/replay/waiting", test_waiting);
  return g_test_run ();
}

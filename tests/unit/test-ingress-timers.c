/* Schedules by a clock that the test moves: each time once, over restarts, changes and downtime. */
#include "ingress/timers.h"

#include "support/config-folder.h"

#include "base/error.h"

#include <string.h>

typedef struct
{
  char *folder;
  Clock *clock;
  Random *random;
  Store *store;
  Writer *writer;
  SnapshotHolder *snapshots;
  Ingress *ingress;
  Timers *timers;
} World;

static gint64
at (const char *text)
{
  gint64 us;

  g_assert_true (clock_parse (text, &us));
  return us;
}

static void
on_due (const StoreDue *due, gpointer user_data)
{
}

static void
configure (World *world, const char *schedule)
{
  g_autofree char *text = g_strdelimit (g_strdup (schedule), "'", '"');
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) configuration = NULL;
  g_autoptr (Snapshot) snapshot = NULL;

  test_folder_put (world->folder, "source/tick.json", text);
  configuration = config_load (world->folder, test_connector_schemas, NULL, &problems);
  for (guint i = 0; problems != NULL && i < problems->len; i++)
    {
      g_autofree char *problem = config_problem_format (problems->pdata[i]);

      g_test_message ("%s", problem);
    }
  g_assert_nonnull (configuration);
  snapshot = snapshot_new (1, configuration);
  if (world->snapshots == NULL)
    world->snapshots = snapshot_holder_new (snapshot);
  else
    snapshot_publish (world->snapshots, snapshot);
}

static void
start (World *world)
{
  const WriterSettings limits = { 1000, 512, 10 };
  IngressSetup ingress = {
    world->clock, world->random, NULL, world->snapshots, NULL, on_due, world
  };
  TimersSetup timers = { world->clock, world->store, NULL, NULL, world->snapshots };
  g_autoptr (GError) error = NULL;

  world->writer = writer_new (world->store, &limits, NULL, NULL);
  ingress.writer = world->writer;
  world->ingress = ingress_new (&ingress);
  timers.writer = world->writer;
  timers.ingress = world->ingress;
  world->timers = timers_new (&timers, &error);
  g_assert_no_error (error);
}

static void
stop (World *world)
{
  timers_free (world->timers);
  writer_stop (world->writer);
  ingress_free (world->ingress);
  writer_free (world->writer);
}

static void
set_up (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  world->folder = test_folder_new ();
  world->clock = clock_manual_new (at ("2026-11-21T09:00:00Z"));
  world->random = random_seeded_new (1);
  world->store = store_engine_memory.open ("", &error);
  g_assert_no_error (error);
}

static void
tear_down (World *world, gconstpointer data)
{
  stop (world);
  store_close (world->store);
  snapshot_holder_free (world->snapshots);
  random_free (world->random);
  clock_free (world->clock);
  test_folder_free (world->folder);
}

/* The times of all events so far, oldest first, as "09:00:00 10:00:00". */
static void
assert_times (World *world, const char *expected)
{
  const EventQuery query = { .matched = -1 };
  StoreCursor cursor = { 0 };
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GString) times = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  world->store->engine->find_events (world->store, &query, &cursor, 1000, &events, &error);
  g_assert_no_error (error);
  for (guint i = events->len; i > 0; i--)
    {
      const StoredEvent *stored = events->pdata[i - 1];
      g_autofree char *time = clock_format_seconds (stored->event->time_us);

      g_string_append_printf (times, "%s%.8s", times->len > 0 ? " " : "", time + 11);
    }
  g_assert_cmpstr (times->str, ==, expected);
}

static void
step_at (World *world, const char *now, const char *expected_next)
{
  gint64 next_us;
  g_autofree char *next = NULL;

  clock_manual_set (world->clock, at (now));
  next_us = timers_step (world->timers);
  next = next_us == TIMETABLE_NEVER_US ? g_strdup ("never") : clock_format_seconds (next_us);
  g_assert_cmpstr (next, ==, expected_next);
}

#define HOURLY "{'Schedule':{'Expression':'cron(0 * * * ? *)'"

static void
test_event (World *world, gconstpointer data)
{
  const EventQuery query = { .matched = -1 };
  StoreCursor cursor = { 0 };
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (StoredEvent) stored = NULL;
  g_autoptr (GError) error = NULL;
  const char *body;
  gsize length;

  configure (world, HOURLY ",'Detail':{'n': 1.50}}}");
  start (world);
  step_at (world, "2026-11-21T09:30:00Z", "2026-11-21T10:00:00Z");
  assert_times (world, "");
  step_at (world, "2026-11-21T10:00:00.5Z", "2026-11-21T11:00:00Z");
  assert_times (world, "10:00:00");
  world->store->engine->find_events (world->store, &query, &cursor, 1, &events, &error);
  g_assert_no_error (error);
  world->store->engine->load_event (world->store, ((StoredEvent *) events->pdata[0])->event->id,
                                    &stored, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stored->event->source, ==, "tick");
  g_assert_cmpstr (stored->event->detail_type, ==, "Scheduled Event");
  g_assert_cmpstr (stored->event->ingress, ==, "source/tick");
  g_assert_cmpstr (stored->event->resources, ==, "[\"source/tick\"]");
  g_assert_cmpstr (stored->event->metadata, ==, "{\"id\":\"2026-11-21T10:00:00Z\"}");
  body = g_bytes_get_data (stored->event->body, &length);
  g_assert_cmpmem (body, length, "{\"n\": 1.50}", 11);
}

static void
test_restart (World *world, gconstpointer data)
{
  configure (world, HOURLY "}}");
  start (world);
  step_at (world, "2026-11-21T09:30:00Z", "2026-11-21T10:00:00Z");
  step_at (world, "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z");
  stop (world);
  start (world);
  step_at (world, "2026-11-21T10:00:01Z", "2026-11-21T11:00:00Z");
  assert_times (world, "10:00:00");
  /* A wall clock that is set back, and forward again. */
  step_at (world, "2026-11-21T08:59:00Z", "2026-11-21T11:00:00Z");
  step_at (world, "2026-11-21T11:00:00Z", "2026-11-21T12:00:00Z");
  assert_times (world, "10:00:00 11:00:00");
}

static void
miss_five_hours (World *world, const char *schedule, const char *expected)
{
  configure (world, schedule);
  start (world);
  step_at (world, "2026-11-21T09:30:00Z", "2026-11-21T10:00:00Z");
  stop (world);
  clock_manual_set (world->clock, at ("2026-11-21T14:30:00Z"));
  start (world);
  step_at (world, "2026-11-21T14:30:00Z", "2026-11-21T15:00:00Z");
  assert_times (world, expected);
  step_at (world, "2026-11-21T14:31:00Z", "2026-11-21T15:00:00Z");
  assert_times (world, expected);
}

static void
test_missed_last (World *world, gconstpointer data)
{
  miss_five_hours (world, HOURLY "}}", "14:00:00");
}

static void
test_missed_all (World *world, gconstpointer data)
{
  miss_five_hours (world, HOURLY ",'CatchUp':'all'}}",
                   "10:00:00 11:00:00 12:00:00 13:00:00 14:00:00");
}

static void
test_missed_bounded (World *world, gconstpointer data)
{
  miss_five_hours (world, HOURLY ",'CatchUp':'all','CatchUpEvents':3}}",
                   "12:00:00 13:00:00 14:00:00");
}

static void
test_missed_none (World *world, gconstpointer data)
{
  miss_five_hours (world, HOURLY ",'CatchUp':'none'}}", "");
  step_at (world, "2026-11-21T15:00:59Z", "2026-11-21T16:00:00Z");
  assert_times (world, "15:00:00");
}

static void
test_changed (World *world, gconstpointer data)
{
  configure (world, HOURLY "}}");
  start (world);
  step_at (world, "2026-11-21T09:30:00Z", "2026-11-21T10:00:00Z");
  configure (world, "{'Schedule':{'Expression':'rate(20 minutes)'}}");
  step_at (world, "2026-11-21T09:35:00Z", "2026-11-21T09:55:00Z");
  step_at (world, "2026-11-21T09:55:00Z", "2026-11-21T10:15:00Z");
  configure (world, "{'State':'DISABLED','Schedule':{'Expression':'rate(20 minutes)'}}");
  step_at (world, "2026-11-21T10:20:00Z", "never");
  configure (world, "{'Schedule':{'Expression':'rate(20 minutes)'}}");
  step_at (world, "2026-11-21T11:00:00Z", "2026-11-21T11:20:00Z");
  assert_times (world, "09:55:00");
}

static void
test_at (World *world, gconstpointer data)
{
  configure (world, "{'Schedule':{'Expression':'at(2026-11-21T11:00:00)',"
                    "'TimeZone':'Europe/Zurich'}}");
  start (world);
  step_at (world, "2026-11-21T09:30:00Z", "2026-11-21T10:00:00Z");
  stop (world);
  start (world);
  step_at (world, "2026-11-22T00:00:00Z", "never");
  stop (world);
  start (world);
  step_at (world, "2026-11-23T00:00:00Z", "never");
  assert_times (world, "10:00:00");
}

static void
test_refused (World *world, gconstpointer data)
{
  static const char *const sources[] = {
    "{\"Schedule\":{}}",
    "{\"Schedule\":{\"Expression\":\"rate(0 minutes)\"}}",
    "{\"Schedule\":{\"Expression\":\"rate(1 day)\",\"TimeZone\":\"Mars/Base\"}}",
    "{\"Schedule\":{\"Expression\":\"rate(1 day)\"},\"Methods\":[\"POST\"]}",
    "{\"Schedule\":{\"Expression\":\"rate(1 day)\"},\"Source\":{\"Header\":\"X\"}}",
    "{\"Schedule\":{\"Expression\":\"rate(1 day)\",\"CatchUp\":\"some\"}}",
  };

  configure (world, HOURLY "}}");
  start (world);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autoptr (GPtrArray) problems = NULL;

      test_folder_put (world->folder, "source/tick.json", sources[i]);
      g_assert_null (config_load (world->folder, test_connector_schemas, NULL, &problems));
      g_assert_cmpuint (problems->len, ==, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/ingress/timers/" name, World, NULL, set_up, test, tear_down)
  ADD ("event", test_event);
  ADD ("restart", test_restart);
  ADD ("missed-last", test_missed_last);
  ADD ("missed-all", test_missed_all);
  ADD ("missed-bounded", test_missed_bounded);
  ADD ("missed-none", test_missed_none);
  ADD ("changed", test_changed);
  ADD ("at", test_at);
  ADD ("refused", test_refused);
  return g_test_run ();
}

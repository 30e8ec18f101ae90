/* The parts that control works on, small and real. */
#include "support/control-world.h"

#include "support/config-folder.h"

static void
note_due (const StoreDue *due, gpointer user_data)
{
  World *world = user_data;

  g_mutex_lock (&world->lock);
  g_array_append_val (world->due, due->key);
  g_mutex_unlock (&world->lock);
}

static void
note_reconfigured (gpointer user_data)
{
  World *world = user_data;

  g_atomic_int_inc (&world->n_reconfigured);
}

static void
note_paused (const char *connector, gboolean paused, gpointer user_data)
{
  g_atomic_int_inc (&((World *) user_data)->n_paused);
}

static void
failed (const GError *error, gpointer user_data)
{
  g_error ("The writer failed: %s", error->message);
}

static Writer *
start_writer (Store *store)
{
  static const WriterSettings settings = { .max_queued_events = 100,
                                           .max_batch_items = 16,
                                           .full_retry_ms = 10 };

  return writer_new (store, &settings, failed, NULL);
}

World *
world_new (void)
{
  World *world = g_new0 (World, 1);
  g_autoptr (Snapshot) first = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  world->folder = test_folder_new ();
  test_folder_put (world->folder, "file/all.json", "{\"Path\": \"all\"}");
  test_folder_put (world->folder, "rule/default/all.json", WORLD_RULE);
  g_mutex_init (&world->lock);
  world->due = g_array_new (FALSE, FALSE, sizeof (DeliveryKey));
  world->clock = clock_manual_new (SAMPLE_TIME_US + G_TIME_SPAN_DAY);
  world->random = random_seeded_new (7);
  world->store = store_engine_memory.open (NULL, &error);
  g_assert_no_error (error);
  world->writer = start_writer (world->store);
  first = control_first_snapshot (world->folder, test_connector_schemas, world->store,
                                  world->writer, world->clock, &problems, &error);
  g_assert_no_error (error);
  g_assert_nonnull (first);
  world->snapshots = snapshot_holder_new (first);
  world->setup = (ControlSetup){
    .clock = world->clock,
    .random = world->random,
    .store = world->store,
    .writer = world->writer,
    .snapshots = world->snapshots,
    .config_dir = world->folder,
    .connector_schemas = test_connector_schemas,
    .due = note_due,
    .reconfigured = note_reconfigured,
    .paused = note_paused,
    .user_data = world,
  };
  world->control = control_new (&world->setup);
  return world;
}

void
world_put (World *world, const char *relative, const char *text)
{
  const ControlCause cause = { "test", NULL };
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  guint64 generation;

  test_folder_put (world->folder, relative, text);
  g_assert_true (control_reload (world->control, &cause, &generation, &problems, &error));
  g_assert_no_error (error);
}

Job *
world_load_job (World *world, gint64 id)
{
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;
  Job *job;

  world->store->engine->find_records (world->store, RECORD_JOB, NULL, id + 1, 1, &records, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 1);
  job = job_from_record (records->pdata[0]);
  g_assert_nonnull (job);
  return job;
}

void
world_restart_control (World *world)
{
  control_free (world->control);
  /* What it gave up waiting for is committed before the next one reads. */
  writer_free (world->writer);
  world->writer = world->setup.writer = start_writer (world->store);
  world->control = control_new (&world->setup);
}

void
world_free (World *world)
{
  control_free (world->control);
  snapshot_holder_free (world->snapshots);
  writer_free (world->writer);
  store_close (world->store);
  clock_free (world->clock);
  random_free (world->random);
  test_folder_free (world->folder);
  g_array_unref (world->due);
  g_mutex_clear (&world->lock);
  g_free (world);
}

char *
world_read (World *world, const char *relative)
{
  g_autofree char *path = g_build_filename (world->folder, relative, NULL);
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  return text;
}

guint64
world_generation (World *world)
{
  g_autoptr (Snapshot) current = snapshot_current (world->snapshots);

  return current->generation;
}

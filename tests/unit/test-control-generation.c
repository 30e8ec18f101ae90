/* A new generation is recorded, then in force; an invalid folder changes nothing; a folder that did
 * not change keeps its number. */
#include "support/config-folder.h"
#include "support/control-world.h"

#include "base/error.h"

static const ControlCause ada = { .author = "ada", .reason = "because" };

static void
test_reload (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (StoredGeneration) last = NULL;
  guint64 generation = 0;

  g_assert_true (control_reload (world->control, &ada, &generation, &problems, &error));
  g_assert_cmpuint (generation, ==, 1);
  g_assert_cmpint (g_atomic_int_get (&world->n_reconfigured), ==, 0);

  test_folder_put (world->folder, "file/more.json", "{\"Path\": \"more\"}");
  g_assert_true (control_reload (world->control, &ada, &generation, &problems, &error));
  g_assert_cmpuint (generation, ==, 2);
  g_assert_cmpuint (world_generation (world), ==, 2);
  g_assert_cmpint (g_atomic_int_get (&world->n_reconfigured), ==, 1);
  g_assert_true (world->store->engine->last_generation (world->store, &last, &error));
  g_assert_cmpuint (last->generation, ==, 2);
  g_assert_cmpstr (last->author, ==, "ada");
  g_assert_nonnull (g_strstr_len (last->content, -1, "file/more.json"));
}

static void
test_invalid (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  guint64 generation = 0;

  test_folder_put (world->folder, "file/more.json", "{\"Pth\": \"more\"}");
  g_assert_false (control_reload (world->control, &ada, &generation, &problems, &error));
  g_assert_no_error (error);
  g_assert_nonnull (problems);
  g_assert_cmpuint (problems->len, >, 0);
  g_assert_cmpuint (world_generation (world), ==, 1);
}

static Snapshot *
start_again (World *world)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  Snapshot *snapshot = control_first_snapshot (world->folder, test_connector_schemas, world->store,
                                               world->writer, world->clock, &problems, &error);

  g_assert_no_error (error);
  return snapshot;
}

static void
test_restart (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Snapshot) same = start_again (world);
  g_autoptr (Snapshot) next = NULL;

  g_assert_cmpuint (same->generation, ==, 1);
  test_folder_put (world->folder, "file/more.json", "{\"Path\": \"more\"}");
  next = start_again (world);
  g_assert_cmpuint (next->generation, ==, 2);
}

/* When the generation cannot be recorded the old one stays in force. */
static void
test_not_recorded (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  guint64 generation = 0;

  writer_stop (world->writer);
  test_folder_put (world->folder, "file/more.json", "{\"Path\": \"more\"}");
  g_assert_false (control_reload (world->control, &ada, &generation, &problems, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE);
  g_assert_cmpuint (world_generation (world), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/generation/reload", test_reload);
  g_test_add_func ("/control/generation/invalid", test_invalid);
  g_test_add_func ("/control/generation/restart", test_restart);
  g_test_add_func ("/control/generation/not-recorded", test_not_recorded);
  return g_test_run ();
}

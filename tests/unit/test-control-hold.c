/* Pausing and resuming: what is kept, who is told, what is refused. */
#include "support/control-world.h"

#include "base/error.h"

static gboolean
set_paused (World *world, gboolean paused)
{
  g_autoptr (GError) error = NULL;
  gboolean applied = FALSE;

  g_assert_true (
      control_set_paused (world->control, "webhook/w", paused, "ada", "why", &applied, &error));
  g_assert_no_error (error);
  return applied;
}

static void
test_pause (void)
{
  g_autoptr (World) world = world_new ();
  BatchItem *hold = sample_hold (HOLD_SHUT, "webhook/w", SAMPLE_TIME_US);
  g_autoptr (GPtrArray) holds = NULL;
  g_autoptr (GError) error = NULL;

  /* Not configured, but held: that must be possible to end. */
  sample_commit_one (world->store, hold);
  g_assert_true (set_paused (world, TRUE));
  g_assert_false (set_paused (world, TRUE));
  g_assert_true (world->store->engine->holds (world->store, &holds, &error));
  g_assert_cmpuint (holds->len, ==, 1);
  g_assert_cmpstr (((StoredHold *) holds->pdata[0])->paused_by, ==, "ada");
  g_assert_cmpstr (((StoredHold *) holds->pdata[0])->pause_reason, ==, "why");
  g_assert_true (set_paused (world, FALSE));
  g_assert_false (set_paused (world, FALSE));
  /* Told of each pause that is new, and of each wish to go on. */
  g_assert_cmpint (g_atomic_int_get (&world->n_paused), ==, 3);
}

static void
test_unknown (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  gboolean applied;

  g_assert_false (
      control_set_paused (world->control, "webhook/nowhere", TRUE, "ada", "", &applied, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/hold/pause", test_pause);
  g_test_add_func ("/control/hold/unknown", test_unknown);
  return g_test_run ();
}

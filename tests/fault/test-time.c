/* Days of waiting in no time: the whole default schedule, and a wall clock that jumps by hours. */
#include "support/targets.h"
#include "support/turns.h"
#include "support/world.h"

#include <time.h>

#define START_US G_GINT64_CONSTANT (1795251600000000)

/* What has been asked, by the monotonic clock. */
static GArray *asked_us;

static void
note_asked (const char *delivery_id, guint attempt, guint status, gpointer data)
{
  gint64 now_us = turns_now_us ();

  g_array_append_val (asked_us, now_us);
}

static gint64
asked_at (guint i)
{
  return g_array_index (asked_us, gint64, i);
}

/* One event that is owed to one target. */
static World *
make_world (const char *target, const char *more)
{
  World *world = world_new (1, FALSE);
  g_autofree char *ref = g_strdup_printf ("webhook/%s-1", target);
  g_autofree char *path = g_strconcat (ref, ".json", NULL);

  evidence_watch (world->evidence, ref);
  targets_begin (world->evidence, 1);
  targets_watch (note_asked, NULL);
  asked_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  world_config (world, "source/shop.json", "{}");
  world_config (world, path, "{'Url':'http://127.0.0.1:9/'}");
  world_config (world, "rule/default/all.json", "{'Targets':[{'Id':'t','Arn':'webhook/%s-1'%s}]}",
                target, more);
  world_start (world);
  world_post (world, "{\"word\":1}");
  turns_run_all ();
  g_assert_cmpuint (world->n_acknowledged, ==, 1);
  return world;
}

static gint64
count (World *world, DeliveryState state)
{
  StoreLedger ledger;

  g_assert_true (world->store->engine->ledger (world->store, FALSE, &ledger, NULL));
  return ledger.by_state[state];
}

/* Until the delivery is in the state; the wall clock is no part of it. */
static void
live_until (World *world, DeliveryState state, gint64 at_most_us)
{
  gint64 end_us = turns_now_us () + at_most_us;

  for (;;)
    {
      turns_run_all ();
      if (count (world, state) == 1)
        return;
      g_assert_cmpint (turns_next_us (), <=, end_us);
      turns_advance_to (turns_next_us ());
    }
}

static void
end_world (World *world)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  world_stop (world);
  world->store = store_engine_sqlite.open (world->state_dir, &error);
  g_assert_no_error (error);
  found = evidence_check (world->evidence, world->store, TRUE);
  for (guint i = 0; i < found->len; i++)
    g_test_message ("%s", (char *) found->pdata[i]);
  g_assert_cmpuint (found->len, ==, 0);
  store_close (world->store);
  world->store = NULL;
  world_free (world);
  g_array_unref (asked_us);
}

static gint64
real_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * (gint64) 1000 + now.tv_nsec / 1000000;
}

/* 0, 5 s, 30 s, 2 m, 10 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h after acceptance, each wait
 * spread by a fifth: then it is dead. */
static void
test_day (void)
{
  static const gint64 planned_s[] = { 0,    5,     30,    120,   600,   1800,
                                      7200, 18000, 36000, 50400, 72000, 86400 };
  gint64 begin_ms = real_ms ();
  World *world = make_world ("away", "");

  live_until (world, DELIVERY_DEAD, 3 * G_TIME_SPAN_DAY);
  g_test_message ("%u attempts in %.1f hours, in %" G_GINT64_FORMAT " ms", asked_us->len,
                  (double) (asked_at (asked_us->len - 1) - asked_at (0)) /
                      (double) G_TIME_SPAN_HOUR,
                  real_ms () - begin_ms);
  g_assert_cmpuint (asked_us->len, >=, G_N_ELEMENTS (planned_s) - 1);
  g_assert_cmpuint (asked_us->len, <=, G_N_ELEMENTS (planned_s));
  for (guint i = 1; i < asked_us->len; i++)
    {
      gint64 wait_us = asked_at (i) - asked_at (i - 1);
      gint64 planned_us = (planned_s[i] - planned_s[i - 1]) * G_USEC_PER_SEC;

      /* And a target that is away takes up to five seconds to be so, an alarm at most a second. */
      g_assert_cmpint (wait_us, >=, planned_us * 79 / 100);
      g_assert_cmpint (wait_us, <=, planned_us * 121 / 100 + 6 * G_USEC_PER_SEC);
    }
  end_world (world);
}

/* Attempts keep their distance of a minute, whatever the wall clock is set to between them, and
 * whether or not the router is started again meanwhile. */
static void
check_distances (guint first)
{
  for (guint i = first; i < asked_us->len; i++)
    {
      gint64 wait_us = asked_at (i) - asked_at (i - 1);

      g_assert_cmpint (wait_us, >=, 59 * G_USEC_PER_SEC);
      g_assert_cmpint (wait_us, <=, 67 * G_USEC_PER_SEC);
    }
}

static void
restart (World *world)
{
  world_stop (world);
  world_start (world);
  turns_run_all ();
}

/* data: by how much. */
static void
test_jump (gconstpointer data)
{
  gint64 by_us = *(const gint64 *) data;
  World *world = make_world ("away", ",'RetryPolicy':{'MaximumRetryAttempts':5,'Backoff':"
                                     "{'BaseSeconds':60,'Factor':1,'Jitter':0}}");

  live_until (world, DELIVERY_WAITING, G_TIME_SPAN_MINUTE);
  turns_jump (by_us);
  while (asked_us->len < 3)
    {
      turns_advance_to (turns_next_us ());
      turns_run_all ();
    }
  live_until (world, DELIVERY_WAITING, G_TIME_SPAN_MINUTE);
  restart (world);
  while (asked_us->len < 4)
    {
      turns_advance_to (turns_next_us ());
      turns_run_all ();
    }
  live_until (world, DELIVERY_WAITING, G_TIME_SPAN_MINUTE);
  turns_jump (by_us);
  restart (world);
  live_until (world, DELIVERY_DEAD, G_TIME_SPAN_HOUR);
  g_assert_cmpuint (asked_us->len, ==, 6);
  check_distances (1);
  end_world (world);
}

/* What is accepted after the jump is delivered at once, and is not too old either. */
static void
test_new (gconstpointer data)
{
  gint64 by_us = *(const gint64 *) data;
  World *world = make_world ("away", ",'RetryPolicy':{'MaximumEventAgeInSeconds':60}");
  gint64 jumped_us;

  targets_heal (TRUE);
  live_until (world, DELIVERY_DONE, G_TIME_SPAN_MINUTE);
  jumped_us = turns_now_us ();
  turns_jump (by_us);
  world_post (world, "{\"word\":2}");
  turns_run_all ();
  while (count (world, DELIVERY_DONE) < 2)
    {
      g_assert_cmpint (turns_next_us (), <=, jumped_us + 6 * G_USEC_PER_SEC);
      turns_advance_to (turns_next_us ());
      turns_run_all ();
    }
  end_world (world);
  targets_heal (FALSE);
}

int
main (int argc, char **argv)
{
  static const gint64 forward_us = 6 * G_TIME_SPAN_HOUR, back_us = -6 * G_TIME_SPAN_HOUR;

  g_test_init (&argc, &argv, NULL);
  turns_begin (1, START_US);
  g_test_add_func ("/time/day", test_day);
  g_test_add_data_func ("/time/forward", &forward_us, test_jump);
  g_test_add_data_func ("/time/back", &back_us, test_jump);
  g_test_add_data_func ("/time/new-forward", &forward_us, test_new);
  g_test_add_data_func ("/time/new-back", &back_us, test_new);
  return g_test_run ();
}

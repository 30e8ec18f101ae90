/* Steady time from one process to the next, and over a start of the machine. */
#include "deliver/timekeeper.h"

#include "base/error.h"

#define S G_TIME_SPAN_SECOND
#define H G_TIME_SPAN_HOUR
#define START_US (G_GINT64_CONSTANT (1795252440) * G_USEC_PER_SEC)

typedef struct
{
  Clock *clock;
  Store *store;
  Writer *writer;
  Timekeeper keeper;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const WriterSettings settings = { .max_queued_events = 10, .max_batch_items = 10 };

  fixture->clock = clock_manual_new (START_US);
  fixture->store = store_engine_memory.open (NULL, NULL);
  fixture->writer = writer_new (fixture->store, &settings, NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  writer_free (fixture->writer);
  store_close (fixture->store);
  clock_free (fixture->clock);
}

static void
start (Fixture *fixture, gboolean has_work)
{
  g_autoptr (GError) error = NULL;

  timekeeper_start (&fixture->keeper, fixture->clock, fixture->store, fixture->writer, has_work,
                    &error);
  g_assert_no_error (error);
}

/* A process that knows nothing of the one before it but what the store says. */
static void
restart (Fixture *fixture, gboolean has_work)
{
  clock_set_steady (fixture->clock, clock_wall_us (fixture->clock));
  start (fixture, has_work);
}

/* What is recorded now. */
static StoredClock
recorded (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  StoredClock clock;

  /* Behind whatever was submitted before. */
  writer_submit_and_wait (fixture->writer, batch_item_new_hold (HOLD_PAUSE, "webhook/a"), &error);
  g_assert_no_error (error);
  fixture->store->engine->last_clock (fixture->store, &clock, &error);
  g_assert_no_error (error);
  return clock;
}

static void
set_wall (Fixture *fixture, gint64 by_us)
{
  clock_manual_set (fixture->clock, clock_wall_us (fixture->clock) + by_us);
}

static void
test_first (Fixture *fixture, gconstpointer data)
{
  StoredClock clock;

  start (fixture, TRUE);
  clock = recorded (fixture);
  g_assert_cmpint (clock.wall_us, ==, START_US);
  g_assert_cmpint (clock.steady_us, ==, START_US);
  g_assert_cmpstr (clock.boot, ==, "manual");
}

/* data: how far the wall clock jumps. */
static void
test_jump (Fixture *fixture, gconstpointer data)
{
  gint64 by_us = *(const gint64 *) data;

  start (fixture, TRUE);
  clock_manual_advance (fixture->clock, 10 * S);
  set_wall (fixture, by_us);
  timekeeper_check (&fixture->keeper);
  g_assert_cmpint (recorded (fixture).wall_us, ==, START_US + 10 * S + by_us);
  g_assert_cmpint (clock_steady_us (fixture->clock), ==, START_US + 10 * S);

  /* One more between the two processes. */
  clock_manual_advance (fixture->clock, 5 * S);
  set_wall (fixture, by_us);
  restart (fixture, TRUE);
  g_assert_cmpint (clock_steady_us (fixture->clock), ==, START_US + 15 * S);
  g_assert_cmpint (clock_wall_from_steady (fixture->clock, START_US + 15 * S), ==,
                   START_US + 15 * S + 2 * by_us);
}

/* Corrections by less than a minute do not add up; and with nothing to be done both begin as one.
 */
static void
test_as_one (Fixture *fixture, gconstpointer data)
{
  start (fixture, TRUE);
  set_wall (fixture, -30 * S);
  restart (fixture, TRUE);
  g_assert_cmpint (clock_steady_us (fixture->clock), ==, START_US - 30 * S);
  set_wall (fixture, -H);
  restart (fixture, FALSE);
  g_assert_cmpint (clock_steady_us (fixture->clock), ==, START_US - 30 * S - H);
}

/* Not for every correction, and not at every moment. */
static void
test_seldom (Fixture *fixture, gconstpointer data)
{
  start (fixture, TRUE);
  clock_manual_advance (fixture->clock, H / 2);
  set_wall (fixture, S);
  timekeeper_check (&fixture->keeper);
  g_assert_cmpint (recorded (fixture).wall_us, ==, START_US);
  clock_manual_advance (fixture->clock, H / 2);
  timekeeper_check (&fixture->keeper);
  g_assert_cmpint (recorded (fixture).wall_us, ==, START_US + H + S);
}

static void
test_resume (void)
{
  static const struct
  {
    const char *name;
    StoredClock last, now;
    gint64 steady_us;
  } cases[] = {
    { "same boot, jumped", { "a", 100, 5000, 5000 }, { "a", 160, 0, 9000 }, 5060 },
    { "other boot: the wall clock is believed",
      { "a", 100, 5000, 5000 },
      { "b", 3, 0, 5900 },
      5900 },
    { "other boot, they differed before", { "a", 100, 5000, 7000 }, { "b", 3, 0, 7900 }, 5900 },
    { "other boot, and it does not know the time",
      { "a", 100, 5000, 5000 },
      { "b", 3, 0, 1 },
      5000 },
    { "unknown boots are not the same", { "", 100, 5000, 5000 }, { "", 160, 0, 9000 }, 9000 },
    { "the same boot counted from elsewhere",
      { "a", 100, 5000, 5000 },
      { "a", 50, 0, 6000 },
      6000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (timekeeper_resume_us (&cases[i].last, &cases[i].now), ==,
                       cases[i].steady_us);
    }
}

int
main (int argc, char *argv[])
{
  static const gint64 forward_us = 6 * H, back_us = -6 * H;

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/deliver/timekeeper/first", Fixture, NULL, set_up, test_first, tear_down);
  g_test_add ("/deliver/timekeeper/forward", Fixture, &forward_us, set_up, test_jump, tear_down);
  g_test_add ("/deliver/timekeeper/back", Fixture, &back_us, set_up, test_jump, tear_down);
  g_test_add ("/deliver/timekeeper/as-one", Fixture, NULL, set_up, test_as_one, tear_down);
  g_test_add ("/deliver/timekeeper/seldom", Fixture, NULL, set_up, test_seldom, tear_down);
  g_test_add_func ("/deliver/timekeeper/resume", test_resume);
  return g_test_run ();
}

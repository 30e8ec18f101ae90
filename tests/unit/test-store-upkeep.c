/* When the store is tidied up, told by a clock that stands still and an engine that notes its
 * calls.
 */
#include "store/upkeep.h"

#define NEVER G_MAXINT64

typedef struct
{
  Store base;
  Clock *clock;
  gint64 step_us; /* what a step takes */
  gint64 next_us; /* what it answers, from now; NEVER */
  guint n_idles, n_steps, limit;
} FakeStore;

static void
fake_idle (Store *base)
{
  ((FakeStore *) base)->n_idles++;
}

static gint64
fake_expire (Store *base, const StoreRetention *retention, gint64 now_us, guint limit)
{
  FakeStore *store = (FakeStore *) base;

  store->n_steps++;
  store->limit = limit;
  clock_manual_advance (store->clock, store->step_us);
  return store->next_us == NEVER ? NEVER : now_us + store->next_us;
}

static const StoreEngine fake_engine = { .name = "fake", .idle = fake_idle, .expire = fake_expire };
static const StoreRetention a_day = { .max_bytes = 1 };

typedef struct
{
  FakeStore store;
  Upkeep upkeep;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = (FakeStore){ .base = { &fake_engine },
                                .clock = clock_manual_new (1000000),
                                .next_us = NEVER };
  upkeep_init (&fixture->upkeep, &fixture->store.base, fixture->store.clock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  clock_free (fixture->store.clock);
}

static gint64
until_next (Fixture *fixture)
{
  gint64 next_us = upkeep_next_us (&fixture->upkeep);

  return next_us == NEVER ? NEVER : next_us - clock_monotonic_us (fixture->store.clock);
}

/* A router that keeps everything sleeps for ever; after a commit there is one idle moment. */
static void
test_keep_everything (Fixture *fixture, gconstpointer data)
{
  const StoreRetention everything = { .max_bytes = 0 };

  g_assert_cmpint (until_next (fixture), ==, NEVER);
  upkeep_set_retention (&fixture->upkeep, &everything);
  g_assert_cmpint (until_next (fixture), ==, NEVER);
  upkeep_note_commit (&fixture->upkeep);
  g_assert_cmpint (until_next (fixture), ==, 5000);
  clock_manual_advance (fixture->store.clock, 5000);
  upkeep_run (&fixture->upkeep);
  g_assert_cmpuint (fixture->store.n_idles, ==, 1);
  g_assert_cmpuint (fixture->store.n_steps, ==, 0);
  g_assert_cmpint (until_next (fixture), ==, NEVER);
}

/* The first look is due at once; when it finds nothing, it is for the store to say when next. */
static void
test_look (Fixture *fixture, gconstpointer data)
{
  upkeep_set_retention (&fixture->upkeep, &a_day);
  g_assert_cmpint (until_next (fixture), ==, 0);
  fixture->store.next_us = 70 * G_USEC_PER_SEC;
  upkeep_run (&fixture->upkeep);
  g_assert_cmpint (until_next (fixture), ==, 70 * G_USEC_PER_SEC);
  /* Nobody trusts the wall clock for a week. */
  fixture->store.next_us = 7 * 24 * 3600 * (gint64) G_USEC_PER_SEC;
  clock_manual_advance (fixture->store.clock, 70 * G_USEC_PER_SEC);
  upkeep_run (&fixture->upkeep);
  g_assert_cmpint (until_next (fixture), ==, 3600 * (gint64) G_USEC_PER_SEC);
  /* A commit may have made something that expires sooner. */
  upkeep_note_commit (&fixture->upkeep);
  clock_manual_advance (fixture->store.clock, 5000);
  upkeep_run (&fixture->upkeep);
  g_assert_cmpint (until_next (fixture), ==, 10 * G_USEC_PER_SEC - 5000);
  g_assert_cmpuint (fixture->store.n_steps, ==, 2);
  g_assert_cmpuint (fixture->upkeep.n_steps, ==, 0);
}

/* Steps that take too long get smaller, and half of the time stays free. */
static void
test_steps (Fixture *fixture, gconstpointer data)
{
  guint first;

  upkeep_set_retention (&fixture->upkeep, &a_day);
  fixture->store.next_us = 0;
  fixture->store.step_us = 1000;
  upkeep_run (&fixture->upkeep);
  first = fixture->store.limit;
  g_assert_cmpint (until_next (fixture), ==, 1000);
  clock_manual_advance (fixture->store.clock, 1000);
  upkeep_run (&fixture->upkeep);
  g_assert_cmpuint (fixture->store.limit, ==, first / 2);
  fixture->store.step_us = 10;
  for (guint i = 0; i < 100; i++)
    {
      clock_manual_advance (fixture->store.clock, 1000);
      upkeep_run (&fixture->upkeep);
    }
  g_assert_cmpuint (fixture->store.limit, >, first);
  g_assert_cmpuint (fixture->store.limit, <=, 256);
  g_assert_cmpuint (fixture->upkeep.n_steps, ==, fixture->store.n_steps);
}

/* Under load that never pauses a tenth of the time goes to what is overdue, and no more. */
static void
test_share (Fixture *fixture, gconstpointer data)
{
  gint64 start_us = clock_monotonic_us (fixture->store.clock), spent_us;

  upkeep_set_retention (&fixture->upkeep, &a_day);
  fixture->store.next_us = 0;
  fixture->store.step_us = 500;
  for (guint i = 0; i < 10000; i++)
    {
      clock_manual_advance (fixture->store.clock, 200);
      upkeep_note_commit (&fixture->upkeep);
      upkeep_run_share (&fixture->upkeep);
    }
  spent_us = clock_monotonic_us (fixture->store.clock) - start_us;
  g_assert_cmpuint (fixture->store.n_steps, >, 15);
  g_assert_cmpint (fixture->store.n_steps * 500, <=, spent_us / 10);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/store/upkeep/keep-everything", test_keep_everything);
  ADD ("/store/upkeep/look", test_look);
  ADD ("/store/upkeep/steps", test_steps);
  ADD ("/store/upkeep/share", test_share);
  return g_test_run ();
}

/* The breaker: what shuts it, for how long, what opens it again, and how slowly. */
#include "schedule/breaker.h"

#define S G_TIME_SPAN_SECOND
#define START_US (G_GINT64_CONSTANT (1795252440) * S)

static const BreakerSettings settings = {
  .window_us = 60 * S,
  .min_failures = 4,
  .ratio = 0.5,
  .probe_us = 10 * S,
  .factor = 2,
  .cap_us = 100 * S,
};

typedef struct
{
  Breaker breaker;
  Random *random;
  gint64 now_us;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->random = random_seeded_new (1);
  fixture->now_us = START_US;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  random_free (fixture->random);
}

static BreakerChange
note (Fixture *fixture, gboolean is_probe, BreakerSign sign)
{
  return breaker_note (&fixture->breaker, &settings, 8, is_probe, sign, -1, fixture->now_us,
                       fixture->random);
}

static void
note_all (Fixture *fixture, guint n, BreakerSign sign)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (note (fixture, FALSE, sign), ==, BREAKER_STAYS);
}

static guint
allowance (Fixture *fixture)
{
  return breaker_allowance (&fixture->breaker, 8, fixture->now_us);
}

static void
assert_shut_for (Fixture *fixture, gint64 plain_us)
{
  gint64 wait_us = fixture->breaker.until_us - fixture->now_us;

  g_assert_cmpint (fixture->breaker.state, ==, BREAKER_SHUT);
  g_assert_cmpint (wait_us, >=, plain_us * 8 / 10);
  g_assert_cmpint (wait_us, <=, plain_us * 12 / 10);
}

static void
trip (Fixture *fixture)
{
  note_all (fixture, 3, BREAKER_FAILS);
  g_assert_cmpint (note (fixture, FALSE, BREAKER_FAILS), ==, BREAKER_SHUTS);
}

static void
probe (Fixture *fixture)
{
  fixture->now_us = fixture->breaker.until_us;
  g_assert_true (breaker_begin (&fixture->breaker, fixture->now_us));
}

static void
test_shuts (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (allowance (fixture), ==, 8);
  trip (fixture);
  assert_shut_for (fixture, 10 * S);
  g_assert_cmpint (fixture->breaker.since_us, ==, START_US);
  g_assert_cmpuint (allowance (fixture), ==, 0);
  /* What was under way says nothing any more. */
  note_all (fixture, 5, BREAKER_FAILS);
  note_all (fixture, 5, BREAKER_WORKS);
  assert_shut_for (fixture, 10 * S);
  g_assert_false (breaker_begin (&fixture->breaker, fixture->now_us));
}

static void
test_needs_the_ratio (Fixture *fixture, gconstpointer data)
{
  note_all (fixture, 6, BREAKER_WORKS);
  note_all (fixture, 5, BREAKER_FAILS);
  g_assert_cmpint (note (fixture, FALSE, BREAKER_FAILS), ==, BREAKER_SHUTS);
}

static void
test_forgets (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      note_all (fixture, 1, BREAKER_FAILS);
      fixture->now_us += 25 * S;
    }
  note_all (fixture, 1, BREAKER_NOTHING);
  g_assert_cmpint (fixture->breaker.state, ==, BREAKER_OPEN);
}

static void
test_never (Fixture *fixture, gconstpointer data)
{
  BreakerSettings never = settings;

  never.min_failures = 0;
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (breaker_note (&fixture->breaker, &never, 8, FALSE, BREAKER_FAILS, -1,
                                   fixture->now_us, fixture->random),
                     ==, BREAKER_STAYS);
}

static void
test_probes_grow (Fixture *fixture, gconstpointer data)
{
  static const gint64 waits_s[] = { 20, 40, 80, 100, 100 };

  trip (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (waits_s); i++)
    {
      probe (fixture);
      /* One is enough. */
      g_assert_cmpuint (allowance (fixture), ==, 0);
      g_assert_false (breaker_begin (&fixture->breaker, fixture->now_us));
      g_assert_cmpint (note (fixture, TRUE, BREAKER_FAILS), ==, BREAKER_SHUTS);
      assert_shut_for (fixture, waits_s[i] * S);
      g_assert_cmpuint (fixture->breaker.n_probes, ==, i + 1);
    }
  g_assert_cmpint (fixture->breaker.since_us, ==, START_US);
}

static void
test_slow_start (Fixture *fixture, gconstpointer data)
{
  trip (fixture);
  probe (fixture);
  g_assert_cmpint (note (fixture, TRUE, BREAKER_WORKS), ==, BREAKER_OPENS);
  for (guint i = 1; i < 8; i++)
    {
      g_assert_cmpuint (allowance (fixture), ==, i);
      note_all (fixture, 1, BREAKER_WORKS);
    }
  g_assert_cmpuint (allowance (fixture), ==, 8);
  g_assert_cmpuint (fixture->breaker.slow_start, ==, 0);
}

/* It worked once and fails again at once: that was not yet the end of it. */
static void
test_relapse (Fixture *fixture, gconstpointer data)
{
  trip (fixture);
  probe (fixture);
  note (fixture, TRUE, BREAKER_WORKS);
  g_assert_cmpint (note (fixture, FALSE, BREAKER_FAILS), ==, BREAKER_SHUTS);
  assert_shut_for (fixture, 20 * S);
}

/* One failure among many that work makes it slower; a row of them shuts it again. */
static void
test_stumble (Fixture *fixture, gconstpointer data)
{
  trip (fixture);
  probe (fixture);
  note (fixture, TRUE, BREAKER_WORKS);
  note_all (fixture, 5, BREAKER_WORKS);
  g_assert_cmpuint (allowance (fixture), ==, 6);
  note_all (fixture, 1, BREAKER_FAILS);
  g_assert_cmpuint (allowance (fixture), ==, 3);
  note_all (fixture, 1, BREAKER_WORKS);
  g_assert_cmpuint (allowance (fixture), ==, 4);
  note_all (fixture, 2, BREAKER_FAILS);
  g_assert_cmpuint (allowance (fixture), ==, 1);
  g_assert_cmpint (note (fixture, FALSE, BREAKER_FAILS), ==, BREAKER_SHUTS);
  assert_shut_for (fixture, 20 * S);
}

static void
test_probe_without_an_attempt (Fixture *fixture, gconstpointer data)
{
  trip (fixture);
  probe (fixture);
  g_assert_cmpint (note (fixture, TRUE, BREAKER_NOTHING), ==, BREAKER_STAYS);
  g_assert_cmpuint (allowance (fixture), ==, 1);
  g_assert_true (breaker_begin (&fixture->breaker, fixture->now_us));
}

static void
test_asked_for (Fixture *fixture, gconstpointer data)
{
  note_all (fixture, 3, BREAKER_FAILS);
  g_assert_cmpint (breaker_note (&fixture->breaker, &settings, 8, FALSE, BREAKER_FAILS, 50 * S,
                                 fixture->now_us, fixture->random),
                   ==, BREAKER_SHUTS);
  assert_shut_for (fixture, 50 * S);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, run) g_test_add ("/schedule/breaker/" path, Fixture, NULL, set_up, run, tear_down)
  ADD ("shuts", test_shuts);
  ADD ("needs-the-ratio", test_needs_the_ratio);
  ADD ("forgets", test_forgets);
  ADD ("never", test_never);
  ADD ("probes-grow", test_probes_grow);
  ADD ("slow-start", test_slow_start);
  ADD ("relapse", test_relapse);
  ADD ("stumble", test_stumble);
  ADD ("probe-without-an-attempt", test_probe_without_an_attempt);
  ADD ("asked-for", test_asked_for);
  return g_test_run ();
}

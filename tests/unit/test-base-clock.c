/* Time as a parameter: formatting, parsing, and the clock that tests set. */
#include "base/clock.h"

static void
test_format (void)
{
  static const struct
  {
    gint64 us;
    const char *seconds, *fraction;
  } cases[] = {
    { 0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z" },
    { -1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999Z" },
    { G_GINT64_CONSTANT (1795252440123456), "2026-11-21T09:14:00Z", "2026-11-21T09:14:00.123456Z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *seconds = clock_format_seconds (cases[i].us);
      g_autofree char *fraction = clock_format_us (cases[i].us);

      g_assert_cmpstr (seconds, ==, cases[i].seconds);
      g_assert_cmpstr (fraction, ==, cases[i].fraction);
    }
}

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    gint64 us; /* -1: refused */
  } cases[] = {
    { "1970-01-01T00:00:01Z", 1000000 },
    { "1970-01-01t00:00:01z", 1000000 },
    { "1970-01-01T00:00:00.5Z", 500000 },
    { "1970-01-01T01:00:00+01:00", 0 },
    { "1970-01-01T00:00:00-00:01", 60000000 },
    { "1970-01-01T00:00:00", -1 },
    { "1970-01-01 00:00:00Z", -1 },
    { "1970-01-01T00:00:00.Z", -1 },
    { "1970-13-01T00:00:00Z", -1 },
    { "1970-01-01T25:00:00Z", -1 },
    { "1970-01-01T00:00:00Zx", -1 },
    { "1970-01-01T00:00:00+0100", -1 },
    { "19700101T000000Z", -1 },
    { "", -1 },
    { "now", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 us = -1;
      gboolean ok = clock_parse (cases[i].text, &us);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (ok, ==, cases[i].us >= 0);
      g_assert_cmpint (us, ==, cases[i].us);
    }
}

static void
test_manual (void)
{
  g_autoptr (Clock) clock = clock_manual_new (1000);

  g_assert_cmpint (clock_wall_us (clock), ==, 1000);
  clock_manual_advance (clock, 24 * G_TIME_SPAN_HOUR);
  g_assert_cmpint (clock_wall_us (clock), ==, 1000 + 24 * G_TIME_SPAN_HOUR);
  g_assert_cmpint (clock_monotonic_us (clock), ==, 24 * G_TIME_SPAN_HOUR);
}

static void
test_system (void)
{
  g_autoptr (Clock) clock = clock_system_new ();
  gint64 first = clock_monotonic_us (clock);

  g_assert_cmpint (clock_monotonic_us (clock), >=, first);
  g_assert_cmpint (clock_wall_us (clock), >, G_GINT64_CONSTANT (1700000000000000));
  g_assert_cmpint (ABS (clock_steady_us (clock) - clock_wall_us (clock)), <, G_TIME_SPAN_MINUTE);
  first = clock_boot_us (clock);
  g_assert_cmpint (first, >, 0);
  g_assert_cmpint (clock_boot_us (clock), >=, first);
}

static void
test_steady (void)
{
  g_autoptr (Clock) clock = clock_manual_new (1000);

  clock_manual_advance (clock, 500);
  clock_manual_set (clock, 7);
  g_assert_cmpint (clock_wall_us (clock), ==, 7);
  g_assert_cmpint (clock_monotonic_us (clock), ==, 500);
  g_assert_cmpint (clock_boot_us (clock), ==, 500);
  g_assert_cmpint (clock_steady_us (clock), ==, 1500);
  g_assert_cmpint (clock_wall_from_steady (clock, 1600), ==, 107);
  g_assert_cmpint (clock_steady_from_wall (clock, 107), ==, 1600);
  g_assert_cmpint (clock_wall_from_steady (clock, G_MAXINT64), ==, G_MAXINT64);
  g_assert_cmpint (clock_steady_from_wall (clock, G_MAXINT64 - 1), ==, G_MAXINT64);
  clock_set_steady (clock, 9000);
  clock_manual_advance (clock, 1);
  g_assert_cmpint (clock_steady_us (clock), ==, 9001);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/clock/format", test_format);
  g_test_add_func ("/base/clock/parse", test_parse);
  g_test_add_func ("/base/clock/manual", test_manual);
  g_test_add_func ("/base/clock/steady", test_steady);
  g_test_add_func ("/base/clock/system", test_system);
  return g_test_run ();
}

/* Times, durations and sizes, to people and from people. */
#include "ctl/format.h"

#include "base/clock.h"
#include "base/error.h"

#define S ((gint64) G_USEC_PER_SEC)

static gint64
at (const char *text)
{
  gint64 us = 0;

  g_assert_true (clock_parse (text, &us));
  return us;
}

static void
test_time (void)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  gint64 now = at ("2026-11-21T09:14:03.5Z");
  g_autofree char *today = format_time (at ("2026-11-21T00:00:01.042Z"), now, utc);
  g_autofree char *yesterday = format_time (at ("2026-11-20T23:59:59.9Z"), now, utc);
  g_autofree char *last_year = format_time (at ("2025-11-21T09:14:03Z"), now, utc);
  g_autofree char *not_a_time = format_rfc3339 ("never", now);
  g_autofree char *none = format_rfc3339 (NULL, now);

  g_assert_cmpstr (today, ==, "00:00:01.042");
  g_assert_cmpstr (yesterday, ==, "2026-11-20 23:59:59");
  g_assert_cmpstr (last_year, ==, "2025-11-21 09:14:03");
  g_assert_cmpstr (not_a_time, ==, "never");
  g_assert_cmpstr (none, ==, "");
}

static void
test_duration (void)
{
  static const struct
  {
    gint64 us;
    const char *expected;
  } cases[] = {
    { 0, "0 µs" },
    { 999, "999 µs" },
    { 1000, "1.0 ms" },
    { 12345, "12.3 ms" },
    { 850 * 1000, "850 ms" },
    { 3299 * 1000, "3.2 s" },
    { 60 * S - 1, "59.9 s" },
    { 60 * S, "1 min" },
    { 125 * S, "2 min 5 s" },
    { 3600 * S + 240 * S, "1 h 4 min" },
    { 50 * 3600 * S, "2 d 2 h" },
    { -5, "0 µs" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = format_duration (cases[i].us);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_relative (void)
{
  g_autofree char *later = format_relative (1000 * S + 2300000, 1000 * S);
  g_autofree char *ago = format_relative (1000 * S, 1120 * S);
  g_autofree char *now = format_relative (1000 * S, 1000 * S + 10);

  g_assert_cmpstr (later, ==, "in 2.3 s");
  g_assert_cmpstr (ago, ==, "2 min ago");
  g_assert_cmpstr (now, ==, "now");
}

static void
test_sizes (void)
{
  g_autofree char *none = format_bytes (0);
  g_autofree char *one = format_bytes (1);
  g_autofree char *kilo = format_bytes (12345);
  g_autofree char *edge = format_bytes (999999);
  g_autofree char *single = format_count (1, "delivery", "deliveries");
  g_autofree char *many = format_count (0, "delivery", "deliveries");

  g_assert_cmpstr (none, ==, "0 bytes");
  g_assert_cmpstr (one, ==, "1 byte");
  g_assert_cmpstr (kilo, ==, "12.3 KB");
  g_assert_cmpstr (edge, ==, "1.0 MB");
  g_assert_cmpstr (single, ==, "1 delivery");
  g_assert_cmpstr (many, ==, "0 deliveries");
}

static void
test_parse_duration (void)
{
  static const struct
  {
    const char *text;
    gint64 expected; /* -1: refused */
  } cases[] = {
    { "500ms", 500000 },
    { "2s", 2 * S },
    { "1.5 min", 90 * S },
    { "3h", 3 * 3600 * S },
    { "2d", 172800 * S },
    { "250", 250000 },
    { "0", 0 },
    { "", -1 },
    { "soon", -1 },
    { "-5s", -1 },
    { "5 weeks", -1 },
    { "1e300d", -1 },
    { "nan", -1 },
    { "infinity", -1 },
    { "s", -1 },
    { " 5s", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 us = -1;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (parse_duration (cases[i].text, 1000, &us, &error), ==,
                       cases[i].expected >= 0);
      g_assert_cmpint (us, ==, cases[i].expected);
      if (cases[i].expected < 0)
        g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
      else
        g_assert_no_error (error);
    }
}

static void
test_parse_moment (void)
{
  g_autoptr (GError) error = NULL;
  gint64 now = at ("2026-11-21T09:14:00Z");
  gint64 us = 0;

  g_assert_true (parse_moment ("2h", now, &us, NULL));
  g_assert_cmpint (us, ==, at ("2026-11-21T07:14:00Z"));
  g_assert_true (parse_moment ("2026-11-20T12:00:00+01:00", now, &us, NULL));
  g_assert_cmpint (us, ==, at ("2026-11-20T11:00:00Z"));
  us = 7;
  g_assert_false (parse_moment ("yesterday", now, &us, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
  g_assert_false (parse_moment ("5", now, &us, NULL));
  g_assert_cmpint (us, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/format/time", test_time);
  g_test_add_func ("/ctl/format/duration", test_duration);
  g_test_add_func ("/ctl/format/relative", test_relative);
  g_test_add_func ("/ctl/format/sizes", test_sizes);
  g_test_add_func ("/ctl/format/parse-duration", test_parse_duration);
  g_test_add_func ("/ctl/format/parse-moment", test_parse_moment);

  return g_test_run ();
}

/* Expressions of schedules, against dates that a calendar gives, and the changes of the clocks. */
#include "base/timetable.h"

#include "base/clock.h"
#include "base/error.h"

static gint64
at (const char *text)
{
  gint64 us;

  g_assert_true (clock_parse (text, &us));
  return us;
}

static Timetable *
table (const char *expression, const char *zone)
{
  g_autoptr (GError) error = NULL;
  gboolean is_zone;
  Timetable *made = timetable_new (expression, zone, &is_zone, &error);

  g_assert_no_error (error);
  return made;
}

/* expected: the times that follow, or "never", separated by spaces. */
static void
assert_times (const char *expression, const char *zone, const char *after, const char *expected)
{
  g_autoptr (Timetable) made = table (expression, zone);
  g_auto (GStrv) times = g_strsplit (expected, " ", -1);
  gint64 began_us = at (after), now_us = began_us;

  for (char **time = times; *time != NULL; time++)
    {
      gint64 next_us = timetable_next (made, began_us, now_us);
      g_autofree char *text = next_us == TIMETABLE_NEVER_US ? g_strdup ("never")
                                                            : clock_format_seconds (next_us);

      g_test_message ("%s: %s", expression, text);
      g_assert_cmpstr (text, ==, *time);
      if (next_us != TIMETABLE_NEVER_US)
        g_assert_cmpint (timetable_last (made, began_us, now_us, next_us + 1), ==, next_us);
      now_us = next_us;
    }
}

static void
test_rate (void)
{
  assert_times ("rate(1 minute)", NULL, "2026-11-21T09:14:30Z",
                "2026-11-21T09:15:30Z 2026-11-21T09:16:30Z");
  assert_times ("rate(36 hours)", NULL, "2026-11-21T09:00:00Z",
                "2026-11-22T21:00:00Z 2026-11-24T09:00:00Z");
  assert_times ("rate(1 day)", "Europe/Zurich", "2026-03-28T12:00:00Z",
                "2026-03-29T12:00:00Z 2026-03-30T12:00:00Z");
}

static void
test_cron (void)
{
  /* 2026-11-21 is a Saturday. */
  assert_times ("cron(0 10 * * ? *)", NULL, "2026-11-21T09:14:00Z",
                "2026-11-21T10:00:00Z 2026-11-22T10:00:00Z");
  assert_times ("cron(0/15 10,12 * * ? *)", NULL, "2026-11-21T10:40:00Z",
                "2026-11-21T10:45:00Z 2026-11-21T12:00:00Z 2026-11-21T12:15:00Z");
  assert_times ("cron(15 12 ? * MON-FRI *)", NULL, "2026-11-21T00:00:00Z",
                "2026-11-23T12:15:00Z 2026-11-24T12:15:00Z");
  assert_times ("cron(0 0 ? * FRI-MON *)", NULL, "2026-11-21T00:00:00Z",
                "2026-11-22T00:00:00Z 2026-11-23T00:00:00Z 2026-11-27T00:00:00Z");
  assert_times ("cron(0 22-1 ? * * *)", NULL, "2026-11-21T22:30:00Z",
                "2026-11-21T23:00:00Z 2026-11-22T00:00:00Z 2026-11-22T01:00:00Z "
                "2026-11-22T22:00:00Z");
  assert_times ("cron(0 8 L * ? *)", NULL, "2028-02-01T00:00:00Z",
                "2028-02-29T08:00:00Z 2028-03-31T08:00:00Z");
  assert_times ("cron(0 8 LW * ? *)", NULL, "2026-05-01T00:00:00Z",
                "2026-05-29T08:00:00Z 2026-06-30T08:00:00Z");
  /* 1 August 2026 is a Saturday, 15 November and 31 May Sundays. */
  assert_times ("cron(0 0 1W * ? *)", NULL, "2026-07-15T00:00:00Z",
                "2026-08-03T00:00:00Z 2026-09-01T00:00:00Z");
  assert_times ("cron(0 0 15W * ? *)", NULL, "2026-11-01T00:00:00Z",
                "2026-11-16T00:00:00Z 2026-12-15T00:00:00Z");
  assert_times ("cron(0 0 31W * ? *)", NULL, "2026-05-01T00:00:00Z",
                "2026-05-29T00:00:00Z 2026-07-31T00:00:00Z");
  assert_times ("cron(15 10 ? * 6L 2026-2027)", NULL, "2026-11-21T00:00:00Z",
                "2026-11-27T10:15:00Z 2026-12-25T10:15:00Z");
  assert_times ("cron(0 2 ? * L *)", NULL, "2026-11-21T03:00:00Z", "2026-11-28T02:00:00Z");
  assert_times ("cron(0 2 ? * 3#2 *)", NULL, "2026-11-21T00:00:00Z",
                "2026-12-08T02:00:00Z 2027-01-12T02:00:00Z");
  assert_times ("cron(0 2 ? * SAT#5 *)", NULL, "2026-11-21T00:00:00Z", "2027-01-30T02:00:00Z");
  assert_times ("cron(0 0 29 FEB ? *)", NULL, "2026-11-21T00:00:00Z",
                "2028-02-29T00:00:00Z 2032-02-29T00:00:00Z");
  assert_times ("cron(0 0 30 2 ? *)", NULL, "2026-11-21T00:00:00Z", "never");
  assert_times ("cron(15 10 ? * 6L 2002-2005)", NULL, "2026-11-21T00:00:00Z", "never");
  assert_times ("cron(0 0 1 1 ? 2199)", NULL, "2026-11-21T00:00:00Z", "2199-01-01T00:00:00Z never");
}

static void
test_at (void)
{
  assert_times ("at(2026-11-21T10:00:00)", NULL, "2026-11-21T09:14:00Z",
                "2026-11-21T10:00:00Z never");
  assert_times ("at(2026-07-01T10:00:00)", "America/New_York", "2026-01-01T00:00:00Z",
                "2026-07-01T14:00:00Z never");
  assert_times ("at(2026-11-21T10:00:00)", NULL, "2026-11-21T10:00:00Z", "never");
}

/* Zurich: on 2026-03-29 02:00 becomes 03:00 (01:00 UTC), on 2026-10-25 03:00 becomes 02:00 (01:00
 * UTC). */
static void
test_clocks_change (void)
{
  assert_times ("cron(30 2 * * ? *)", "Europe/Zurich", "2026-03-28T00:00:00Z",
                "2026-03-28T01:30:00Z 2026-03-29T01:00:00Z 2026-03-30T00:30:00Z");
  assert_times ("cron(30 2 * * ? *)", "Europe/Zurich", "2026-10-24T12:00:00Z",
                "2026-10-25T00:30:00Z 2026-10-26T01:30:00Z");
  assert_times ("cron(0 * * * ? *)", "Europe/Zurich", "2026-03-29T00:00:00Z",
                "2026-03-29T01:00:00Z 2026-03-29T02:00:00Z");
  assert_times ("cron(0/30 * * * ? *)", "Europe/Zurich", "2026-10-24T23:45:00Z",
                "2026-10-25T00:00:00Z 2026-10-25T00:30:00Z 2026-10-25T02:00:00Z");
  assert_times ("at(2026-03-29T02:15:00)", "Europe/Zurich", "2026-01-01T00:00:00Z",
                "2026-03-29T01:00:00Z");
  /* Half an hour: Lord Howe, 2026-10-04 02:00 becomes 02:30. */
  assert_times ("cron(15 2 * * ? *)", "Australia/Lord_Howe", "2026-10-02T20:00:00Z",
                "2026-10-03T15:30:00Z 2026-10-04T15:15:00Z");
}

static void
test_last (void)
{
  g_autoptr (Timetable) minutely = table ("rate(1 minute)", NULL);
  g_autoptr (Timetable) yearly = table ("cron(0 0 1 1 ? *)", NULL);
  gint64 began_us = at ("2020-01-01T00:00:30Z");

  g_assert_cmpint (timetable_last (minutely, began_us, began_us, at ("2026-11-21T09:14:00Z")), ==,
                   at ("2026-11-21T09:13:30Z"));
  g_assert_cmpint (timetable_last (yearly, began_us, began_us, at ("2026-11-21T09:14:00Z")), ==,
                   at ("2026-01-01T00:00:00Z"));
  g_assert_cmpint (
      timetable_last (yearly, began_us, at ("2026-01-01T00:00:00Z"), at ("2026-11-21T09:14:00Z")),
      ==, TIMETABLE_NEVER_US);
}

static void
test_refused (void)
{
  static const char *const expressions[] = {
    "",
    "rate()",
    "rate(10)",
    "rate(10 seconds)",
    "rate(10 years)",
    "rate(1 minutes)",
    "rate(10 minute)",
    "rate(1 hours)",
    "rate(10 minutess)",
    "rate(foo minutes)",
    "rate(0 minutes)",
    "rate(-10 minutes)",
    "rate(10 MINUTES)",
    "rate( 10 minutes )",
    " rate(10 minutes)",
    "rate(10 minutes",
    "cron(INVALID)",
    "cron(0 dummy ? * MON-FRI *)",
    "cron(7 20 * * NOT *)",
    "cron(71 8 1 * ? *)",
    "cron(0 1 * * * *)",
    "cron(0 1 ? * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 1 0 * ? *)",
    "cron(0 1 32W * ? *)",
    "cron(0 1 ? 13 * *)",
    "cron(0 1 ? * 8 *)",
    "cron(0 1 ? * 3#6 *)",
    "cron(0 1 ? * 3#2,4 *)",
    "cron(0 1 * * ? 1969)",
    "cron(0 1 * * ? 2200)",
    "cron(0/0 1 * * ? *)",
    "cron(0/x 1 * * ? *)",
    "cron(1--2 1 * * ? *)",
    "cron(,1 1 * * ? *)",
    "cron(0 1 * * ?)",
    "cron(0  1 * * ? *)",
    "at(2026-02-30T00:00:00)",
    "at(2026-11-21)",
    "at(2026-11-21T24:00:00)",
    "at(2026-11-21T10:00:00Z)",
    "every(5 minutes)",
  };

  for (guint i = 0; i < G_N_ELEMENTS (expressions); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean is_zone;
      Timetable *made = timetable_new (expressions[i], NULL, &is_zone, &error);

      g_test_message ("%s: %s", expressions[i], error != NULL ? error->message : "taken");
      g_assert_null (made);
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
      g_assert_false (is_zone);
    }
}

static void
test_zone (void)
{
  g_autoptr (GError) error = NULL;
  gboolean is_zone;

  g_assert_null (timetable_new ("rate(1 day)", "Europe/Nowhere", &is_zone, &error));
  g_assert_true (is_zone);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/timetable/rate", test_rate);
  g_test_add_func ("/base/timetable/cron", test_cron);
  g_test_add_func ("/base/timetable/at", test_at);
  g_test_add_func ("/base/timetable/clocks-change", test_clocks_change);
  g_test_add_func ("/base/timetable/last", test_last);
  g_test_add_func ("/base/timetable/refused", test_refused);
  g_test_add_func ("/base/timetable/zone", test_zone);
  return g_test_run ();
}

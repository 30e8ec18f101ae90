/* Retry-After in all its forms, and what must be ignored. */
#include "connector/webhook/retry-after.h"

#define S G_TIME_SPAN_SECOND

/* Sun, 06 Nov 1994 08:49:37 GMT */
#define CLASSIC G_GINT64_CONSTANT (784111777)
/* Sat, 21 Nov 2026 09:14:00 GMT */
#define NOW G_GINT64_CONSTANT (1795252440)

static const struct
{
  const char *value;
  gint64 expected_us;
} seconds[] = {
  { "0", 0 },
  { "120", 120 * S },
  { " 120 ", 120 * S },
  { "\t7", 7 * S },
  { "1.5", 2 * S },
  { "1.0", 1 * S },
  { "0.001", 1 * S },
  { "-1", RETRY_AFTER_NEVER },
  { "-0", 0 },
  { "99999999999999999999", G_MAXINT32 *S },
  { "2147483647.5", G_MAXINT32 *S },
  { "120, 60", -1 },
  { "", -1 },
  { "   ", -1 },
  { "soon", -1 },
  { "12s", -1 },
  { "1.", -1 },
  { ".5", -1 },
  { "+5", -1 },
  { "0x10", -1 },
  { "1e3", -1 },
  { "--1", -1 },
};

static void
test_seconds (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      g_test_message ("“%s”", seconds[i].value);
      g_assert_cmpint (retry_after_parse (seconds[i].value, NULL, NOW * S), ==,
                       seconds[i].expected_us);
    }
}

static void
test_date_forms (void)
{
  static const char *const forms[] = {
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "Sun Nov 06 08:49:37 1994",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      gint64 us = 0;

      g_test_message ("%s", forms[i]);
      g_assert_true (http_date_parse (forms[i], NOW * S, &us));
      g_assert_cmpint (us, ==, CLASSIC * S);
    }
}

static void
test_no_dates (void)
{
  static const char *const wrong[] = {
    "",
    "Sun",
    "sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 0000 08:49:37 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994",
    "Sonntag, 06-Nov-94 08:49:37 GMT",
    "06 Nov 1994 08:49:37 GMT",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      gint64 us = 5;

      g_test_message ("“%s”", wrong[i]);
      g_assert_false (http_date_parse (wrong[i], NOW * S, &us));
      g_assert_cmpint (us, ==, 5);
    }
}

/* A two-digit year is the nearest one that is not more than 50 years ahead. */
static void
test_two_digit_year (void)
{
  gint64 us;

  g_assert_true (http_date_parse ("Monday, 01-Jan-76 00:00:00 GMT", NOW * S, &us));
  g_assert_cmpint (us / S, ==, G_GINT64_CONSTANT (3345062400)); /* 2076 */
  g_assert_true (http_date_parse ("Monday, 01-Jan-77 00:00:00 GMT", NOW * S, &us));
  g_assert_cmpint (us / S, ==, G_GINT64_CONSTANT (220924800)); /* 1977 */
}

static void
test_leap_second (void)
{
  gint64 us;

  g_assert_true (http_date_parse ("Sat, 31 Dec 2016 23:59:60 GMT", NOW * S, &us));
  g_assert_cmpint (us / S, ==, G_GINT64_CONSTANT (1483228799));
}

static void
test_dates (void)
{
  const char *in_a_minute = "Sat, 21 Nov 2026 09:15:00 GMT";

  g_assert_cmpint (retry_after_parse (in_a_minute, NULL, NOW * S), ==, 60 * S);
  /* In the past: at once. */
  g_assert_cmpint (retry_after_parse ("Sun, 06 Nov 1994 08:49:37 GMT", NULL, NOW * S), ==, 0);
  /* Thirty years ahead: all of it, as far as it can be said; the policy has its own limit. */
  g_assert_cmpint (retry_after_parse ("Wed, 21 Nov 2056 09:14:00 GMT", NULL, NOW * S), ==,
                   G_GINT64_CONSTANT (946771200) * S);
  g_assert_cmpint (retry_after_parse ("Fri, 21 Nov 2426 09:14:00 GMT", NULL, NOW * S), ==,
                   G_MAXINT32 * S);
}

/* The server's clock is its own: what counts is the difference to its Date. */
static void
test_server_clock (void)
{
  const char *later = "Sun, 06 Nov 1994 08:50:07 GMT";

  g_assert_cmpint (retry_after_parse (later, "Sun, 06 Nov 1994 08:49:37 GMT", NOW * S), ==, 30 * S);
  g_assert_cmpint (retry_after_parse (later, " Sun Nov  6 08:49:37 1994 ", NOW * S), ==, 30 * S);
  g_assert_cmpint (retry_after_parse (later, "yesterday", NOW * S), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/webhook/retry-after/seconds", test_seconds);
  g_test_add_func ("/connector/webhook/retry-after/date-forms", test_date_forms);
  g_test_add_func ("/connector/webhook/retry-after/no-dates", test_no_dates);
  g_test_add_func ("/connector/webhook/retry-after/two-digit-year", test_two_digit_year);
  g_test_add_func ("/connector/webhook/retry-after/leap-second", test_leap_second);
  g_test_add_func ("/connector/webhook/retry-after/dates", test_dates);
  g_test_add_func ("/connector/webhook/retry-after/server-clock", test_server_clock);

  return g_test_run ();
}

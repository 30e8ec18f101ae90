#include <glib.h>

#include "sb-words.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define NOW (G_GINT64_CONSTANT (1790000000) * SECOND) /* 2026-09-21 13:33:20 UTC */

static void
test_short_count (void)
{
  static const struct
  {
    gint64 n;
    const char *words;
  } cases[] = {
    { 0, "0" },          { 999, "999" },        { 1000, "1.0k" },       { 9999, "9.9k" },
    { 10000, "10k" },    { 40218, "40k" },      { 999999, "999k" },     { 1000000, "1.0M" },
    { 12345678, "12M" }, { 999999999, "999M" }, { 1500000000, "1.5G" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = sb_words_short_count (cases[i].n);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_spans (void)
{
  static const struct
  {
    gint64 span_s;
    const char *countdown;
    const char *ago;
  } cases[] = {
    { -5, "now", "just now" },
    { 0, "now", "just now" },
    { 1, "in 1 s", "just now" },
    { 12, "in 12 s", "12 s ago" },
    { 119, "in 119 s", "119 s ago" },
    { 120, "in 2 min", "2 min ago" },
    { 7199, "in 119 min", "119 min ago" },
    { 7200, "in 2 h", "2 h ago" },
    { 172799, "in 47 h", "47 h ago" },
    { 172800, "in 2 days", "2 days ago" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *countdown = sb_words_countdown (NOW + cases[i].span_s * SECOND, NOW);
      g_autofree char *ago = sb_words_ago (NOW - cases[i].span_s * SECOND, NOW);

      g_assert_cmpstr (countdown, ==, cases[i].countdown);
      g_assert_cmpstr (ago, ==, cases[i].ago);
    }
}

static void
test_times (void)
{
  g_autofree char *today = sb_words_time (NOW - 3600 * SECOND, NOW);
  g_autofree char *before = sb_words_time (NOW - 86400 * SECOND, NOW);
  g_autofree char *exact = sb_words_exact_time (NOW + 250000);

  g_assert_cmpstr (today, ==, "13:13:20");
  g_assert_cmpstr (before, ==, "20 Sep 2026, 14:13:20");
  g_assert_cmpstr (exact, ==, "2026-09-21 14:13:20.250000 +00:00\n2026-09-21 14:13:20.250000 UTC");
}

static void
test_durations (void)
{
  static const struct
  {
    gint64 duration_us;
    const char *words;
  } cases[] = {
    { 0, "0 µs" },           { 999, "999 µs" },         { 1000, "1 ms" },
    { 120999, "120 ms" },    { 1300000, "1.3 s" },      { 30001234, "30.0 s" },
    { 61 * SECOND, "61 s" }, { 150 * SECOND, "2 min" }, { 7200 * SECOND, "120 min" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = sb_words_duration (cases[i].duration_us);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_answers (void)
{
  static const struct
  {
    const char *connector, *outcome;
    int status;
    const char *error_code, *words;
  } cases[] = {
    { "webhook/a", "retry", 503, "ERROR_FROM_TARGET", "503 Service Unavailable" },
    { "webhook/a", "refused", 401, "ERROR_FROM_TARGET", "401 Unauthorized" },
    { "webhook/a", "down", 0, "CONNECTION_FAILURE", "No connection" },
    { "webhook/a", "down", 0, "TIMEOUT", "No answer in time" },
    { "exec/a", "retry", 3, "ERROR_FROM_TARGET", "Ended with status 3" },
    { "exec/a", "retry", 0, "ERROR_FROM_TARGET", "The target reported an error" },
    /* A mail server's 503 is another one than HTTP's. */
    { "email/a", "refused", 503, "ERROR_FROM_TARGET", "The mail server answered 503" },
    { "file/a", "delivered", 0, "", "Delivered" },
    { "webhook/a", "refused", 0, "SOMETHING_NEW", "Refused" },
    { "webhook/a", "unheard-of", 0, "", "unheard-of" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = sb_words_answer (cases[i].connector, cases[i].outcome,
                                                cases[i].status, cases[i].error_code);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/short-count", test_short_count);
  g_test_add_func ("/words/spans", test_spans);
  g_test_add_func ("/words/times", test_times);
  g_test_add_func ("/words/durations", test_durations);
  g_test_add_func ("/words/answers", test_answers);
  return g_test_run ();
}

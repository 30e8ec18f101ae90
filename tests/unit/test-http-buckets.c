/* Round steps that cover the time and are as many as wished. */
#include "http/buckets.h"

#define MINUTE_US ((gint64) 60 * G_USEC_PER_SEC)

static void
test_choice (void)
{
  static const struct
  {
    gint64 from, to; /* minutes */
    guint max;
    gint64 step, start;
    guint n;
  } cases[] = {
    { 100, 160, 60, 1, 100, 60 },  { 100, 161, 60, 2, 100, 31 },
    { 61, 179, 24, 5, 60, 24 },    { 0, 7 * 1440, 168, 60, 0, 168 },
    { 7, 8, 60, 1, 7, 1 },         { 8, 8, 60, 1, 8, 1 },
    { 9, 3, 60, 1, 9, 1 },         { 1439, 1441, 1, 2880, 0, 1 },
    { 0, 1000000000, 1, 0, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Buckets buckets;

      buckets_choose (&buckets, cases[i].from * MINUTE_US, cases[i].to * MINUTE_US, cases[i].max);
      g_assert_cmpuint (buckets.n, ==, cases[i].n);
      g_assert_cmpint (buckets.start_us, ==, cases[i].start * MINUTE_US);
      if (cases[i].step > 0)
        g_assert_cmpint (buckets.step_us, ==, cases[i].step * MINUTE_US);
      g_assert_cmpint (buckets.start_us + buckets.step_us * buckets.n, >=, cases[i].to * MINUTE_US);
    }
}

/* Whatever is asked for ends. */
static void
test_extremes (void)
{
  const gint64 times[] = { G_MININT64, -1, 0, 1, MINUTE_US, G_MAXINT64 / 2, G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    for (guint k = 0; k < G_N_ELEMENTS (times); k++)
      for (guint max = 0; max < 3; max++)
        {
          Buckets buckets;

          buckets_choose (&buckets, times[i], times[k], max == 2 ? G_MAXUINT : max);
          g_assert_cmpuint (buckets.n, >=, 1);
          g_assert_cmpuint (buckets.n, <=, BUCKETS_MAX);
          g_assert_cmpint (buckets.step_us, >, 0);
          g_assert_cmpint (buckets.start_us, >=, 0);
        }
}

static void
test_places (void)
{
  const Buckets buckets = { 10 * MINUTE_US, 5 * MINUTE_US, 3 };
  guint place;

  g_assert_false (buckets_find (&buckets, 10 * MINUTE_US - 1, &place));
  g_assert_true (buckets_find (&buckets, 10 * MINUTE_US, &place));
  g_assert_cmpuint (place, ==, 0);
  g_assert_true (buckets_find (&buckets, 25 * MINUTE_US - 1, &place));
  g_assert_cmpuint (place, ==, 2);
  g_assert_false (buckets_find (&buckets, 25 * MINUTE_US, &place));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/buckets/choice", test_choice);
  g_test_add_func ("/http/buckets/extremes", test_extremes);
  g_test_add_func ("/http/buckets/places", test_places);
  return g_test_run ();
}

/* Rings of seconds, minutes and hours. */
#include "http/series.h"

#include <json-glib/json-glib.h>

#define SECOND ((gint64) G_USEC_PER_SEC)
/* A whole hour. */
#define BEGIN_US (G_GINT64_CONSTANT (1795251600) * SECOND)

/* The values of one column, with spaces between; "-" for null. */
static char *
column (Series *series,
        SeriesKind kind,
        const char *name,
        SeriesStep step,
        guint points,
        const char *member)
{
  g_autoptr (GString) text = json_out_new ();
  g_autoptr (JsonNode) root = NULL;
  GString *found = g_string_new (NULL);
  JsonArray *tracks, *values;

  json_out_object (text, NULL);
  series_write (series, kind, name, step, points, text);
  json_out_end_object (text);
  root = json_from_string (text->str, NULL);
  g_assert_nonnull (root);
  tracks = json_object_get_array_member (json_node_get_object (root), "series");
  if (json_array_get_length (tracks) == 0)
    return g_string_free (found, FALSE);
  values = json_object_get_array_member (json_array_get_object_element (tracks, 0), member);
  g_assert_nonnull (values);
  for (guint i = 0; i < json_array_get_length (values); i++)
    if (json_array_get_null_element (values, i))
      g_string_append (found, i > 0 ? " -" : "-");
    else
      g_string_append_printf (found, "%s%g", i > 0 ? " " : "",
                              json_array_get_double_element (values, i));
  return g_string_free (found, FALSE);
}

static void
assert_column (Series *series,
               SeriesKind kind,
               const char *name,
               SeriesStep step,
               guint points,
               const char *member,
               const char *expected)
{
  g_autofree char *found = column (series, kind, name, step, points, member);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_counts (void)
{
  g_autoptr (Series) series = series_new (10, BEGIN_US);

  series_add (series, SERIES_TOTAL, "", SERIES_IN, 3);
  series_advance (series, BEGIN_US + 2 * SECOND);
  series_add (series, SERIES_TOTAL, "", SERIES_IN, 4);
  series_add (series, SERIES_TOTAL, "", SERIES_IN, 1);
  series_add (series, SERIES_RULE, "default/a", SERIES_IN, 1); /* has none */
  assert_column (series, SERIES_TOTAL, "", SERIES_SECONDS, 5, "in", "- - 3 0 5");
  assert_column (series, SERIES_TOTAL, NULL, SERIES_MINUTES, 2, "in", "- 8");
  assert_column (series, SERIES_RULE, NULL, SERIES_MINUTES, 2, "matched", "");
  series_advance (series, BEGIN_US + 61 * SECOND);
  assert_column (series, SERIES_TOTAL, "", SERIES_MINUTES, 2, "in", "8 0");
  assert_column (series, SERIES_TOTAL, "", SERIES_HOURS, 1, "in", "8");
  g_assert_cmpuint (series_sum (series, SERIES_TOTAL, "", SERIES_IN, SERIES_SECONDS, 60), ==, 5);
  /* A clock that is set back is waited for. */
  series_advance (series, BEGIN_US);
  series_add (series, SERIES_TOTAL, "", SERIES_IN, 1);
  assert_column (series, SERIES_TOTAL, "", SERIES_SECONDS, 2, "in", "0 1");
}

static void
test_levels (void)
{
  g_autoptr (Series) series = series_new (10, BEGIN_US);

  series_set (series, SERIES_CONNECTOR, "file/a", SERIES_PENDING, 7);
  series_set_oldest (series, SERIES_CONNECTOR, "file/a", BEGIN_US - 10 * SECOND);
  series_advance (series, BEGIN_US + 3 * SECOND);
  assert_column (series, SERIES_CONNECTOR, "file/a", SERIES_SECONDS, 4, "pending", "7 7 7 7");
  assert_column (series, SERIES_CONNECTOR, "file/a", SERIES_SECONDS, 4, "oldest_pending_seconds",
                 "10 12 13 13");
  g_assert_cmpint (series_oldest_us (series, SERIES_CONNECTOR, "file/a"), ==, 13 * SECOND);
  series_set (series, SERIES_CONNECTOR, "file/a", SERIES_PENDING, 0);
  series_set_oldest (series, SERIES_CONNECTOR, "file/a", 0);
  assert_column (series, SERIES_CONNECTOR, "file/a", SERIES_SECONDS, 2, "pending", "7 0");
  /* Farther than the ring is long. */
  series_set (series, SERIES_CONNECTOR, "file/a", SERIES_PENDING, 5);
  series_advance (series, BEGIN_US + 100000 * SECOND);
  assert_column (series, SERIES_CONNECTOR, "file/a", SERIES_SECONDS, 2, "pending", "5 5");
  assert_column (series, SERIES_CONNECTOR, "file/a", SERIES_HOURS, 3, "pending", "5 5 5");
  series_set (series, SERIES_TOTAL, "", SERIES_PENDING, G_MAXUINT64);
  assert_column (series, SERIES_TOTAL, "", SERIES_SECONDS, 1, "pending", "4.29497e+09");
}

static void
test_times (void)
{
  g_autoptr (Series) series = series_new (10, BEGIN_US);
  guint64 fast[METRIC_N_BUCKETS] = { [3] = 100 }, slow[METRIC_N_BUCKETS] = { [11] = 100 };

  series_add_times (series, "file/a", fast);
  assert_column (series, SERIES_CONNECTOR, "file/a", SERIES_SECONDS, 2, "p95_ms", "- 4.875");
  series_advance (series, BEGIN_US + 60 * SECOND);
  g_assert_cmpint (series_recent_p95_us (series, "file/a"), ==, 4875);
  series_add_times (series, "file/a", slow);
  g_assert_cmpint (series_recent_p95_us (series, "file/a"), >, 1000000);
  assert_column (series, SERIES_CONNECTOR, "file/a", SERIES_MINUTES, 2, "p95_ms", "4.875 2425");
  series_advance (series, BEGIN_US + 240 * SECOND);
  g_assert_cmpint (series_recent_p95_us (series, "file/a"), ==, 0);
}

static void
test_bounded (void)
{
  g_autoptr (Series) series = series_new (2, BEGIN_US);

  series_add (series, SERIES_RULE, "default/a", SERIES_MATCHED, 1);
  series_add (series, SERIES_RULE, "default/b", SERIES_MATCHED, 1); /* one too many */
  assert_column (series, SERIES_RULE, "default/a", SERIES_SECONDS, 1, "matched", "1");
  assert_column (series, SERIES_RULE, "default/b", SERIES_SECONDS, 1, "matched", "");
}

static void
test_restart (void)
{
  g_autoptr (Series) before = series_new (10, BEGIN_US);
  g_autoptr (Series) after = series_new (10, BEGIN_US + 180 * SECOND);
  g_autoptr (Series) late = series_new (10, BEGIN_US + 400 * 3600 * SECOND);
  g_autoptr (GVariant) saved = NULL;

  series_add (before, SERIES_RULE, "default/a", SERIES_MATCHED, 6);
  series_advance (before, BEGIN_US + 60 * SECOND);
  series_add (before, SERIES_RULE, "default/a", SERIES_MATCHED, 2);
  saved = g_variant_ref_sink (series_save (before));
  series_load (after, saved);
  series_add (after, SERIES_RULE, "default/a", SERIES_MATCHED, 1);
  /* The router was not there in the third minute. */
  assert_column (after, SERIES_RULE, "default/a", SERIES_MINUTES, 5, "matched", "- 6 2 - 1");
  assert_column (after, SERIES_RULE, "default/a", SERIES_HOURS, 1, "matched", "9");
  assert_column (after, SERIES_RULE, "default/a", SERIES_SECONDS, 2, "matched", "- 1");
  series_load (late, saved);
  g_assert_cmpuint (series_sum (late, SERIES_RULE, "default/a", SERIES_MATCHED, SERIES_HOURS, 168),
                    ==, 0);
}

/* More than is kept of one level is no level that anything could be reckoned from. */
static void
test_first_known (void)
{
  g_autoptr (Series) series = series_new (10, BEGIN_US);
  guint64 value = 0;

  series_set (series, SERIES_DISK, "", SERIES_FREE, G_GUINT64_CONSTANT (1) << 33);
  g_assert_cmpint (
      series_first_known (series, SERIES_DISK, "", SERIES_FREE, SERIES_MINUTES, &value), ==, 0);
  series_advance (series, BEGIN_US + 120 * SECOND);
  series_set (series, SERIES_DISK, "", SERIES_FREE, 4000);
  series_advance (series, BEGIN_US + 240 * SECOND);
  g_assert_cmpint (
      series_first_known (series, SERIES_DISK, "", SERIES_FREE, SERIES_MINUTES, &value), ==,
      BEGIN_US + 180 * SECOND);
  g_assert_cmpuint (value, ==, 4000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/series/counts", test_counts);
  g_test_add_func ("/http/series/levels", test_levels);
  g_test_add_func ("/http/series/times", test_times);
  g_test_add_func ("/http/series/bounded", test_bounded);
  g_test_add_func ("/http/series/first-known", test_first_known);
  g_test_add_func ("/http/series/restart", test_restart);
  return g_test_run ();
}

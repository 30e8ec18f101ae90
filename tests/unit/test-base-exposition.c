/* Metrics as text. */
#include "base/exposition.h"

#include <math.h>
#include <string.h>

static const MetricDescription requests = { METRIC_COUNTER,
                                            "box_requests",
                                            NULL,
                                            "Back\\slash, \"quotes\" and\na new line.",
                                            { "source", "outcome" } };
static const MetricDescription age = { METRIC_GAUGE,
                                       "box_age_seconds",
                                       "seconds",
                                       "An age.",
                                       { NULL } };
static const MetricDescription time_taken = { METRIC_HISTOGRAM,
                                              "box_time_seconds",
                                              "seconds",
                                              "A time.",
                                              { "connector" } };

static void
assert_text (Exposition *exposition, const char *expected)
{
  gsize length;
  g_autofree char *text = exposition_finish (exposition, &length);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (length, ==, strlen (expected));
}

static void
write_all (Exposition *out)
{
  const char *const odd[] = { "a\"b\\c\nd", "accepted" };
  const char *const connector[] = { "webhook/a", NULL };
  const double bounds[] = { 0.5, 1, 10 };
  const guint64 cumulated[] = { 1, 2, 2 };

  exposition_family (out, &requests);
  exposition_sample (out, odd, 1234567890123);
  exposition_family (out, &age);
  exposition_sample (out, NULL, 0.25);
  exposition_family (out, &time_taken);
  exposition_histogram (out, connector, bounds, cumulated, G_N_ELEMENTS (bounds), 3, 61.5);
}

static void
test_prometheus (void)
{
  g_autoptr (Exposition) out = exposition_new (EXPOSITION_PROMETHEUS);

  write_all (out);
  assert_text (out,
               "# HELP box_requests_total Back\\\\slash, \"quotes\" and\\na new line.\n"
               "# TYPE box_requests_total counter\n"
               "box_requests_total{source=\"a\\\"b\\\\c\\nd\",outcome=\"accepted\"} 1234567890123\n"
               "# HELP box_age_seconds An age.\n"
               "# TYPE box_age_seconds gauge\n"
               "box_age_seconds 0.25\n"
               "# HELP box_time_seconds A time.\n"
               "# TYPE box_time_seconds histogram\n"
               "box_time_seconds_bucket{connector=\"webhook/a\",le=\"0.5\"} 1\n"
               "box_time_seconds_bucket{connector=\"webhook/a\",le=\"1.0\"} 2\n"
               "box_time_seconds_bucket{connector=\"webhook/a\",le=\"10.0\"} 2\n"
               "box_time_seconds_bucket{connector=\"webhook/a\",le=\"+Inf\"} 3\n"
               "box_time_seconds_sum{connector=\"webhook/a\"} 61.5\n"
               "box_time_seconds_count{connector=\"webhook/a\"} 3\n");
}

static void
test_openmetrics (void)
{
  g_autoptr (Exposition) out = exposition_new (EXPOSITION_OPENMETRICS);
  const char *const values[] = { "shop", "accepted" };

  exposition_family (out, &requests);
  exposition_sample (out, values, 7);
  exposition_family (out, &age);
  exposition_sample (out, NULL, 0.25);
  assert_text (out, "# HELP box_requests Back\\\\slash, \\\"quotes\\\" and\\na new line.\n"
                    "# TYPE box_requests counter\n"
                    "box_requests_total{source=\"shop\",outcome=\"accepted\"} 7\n"
                    "# HELP box_age_seconds An age.\n"
                    "# TYPE box_age_seconds gauge\n"
                    "# UNIT box_age_seconds seconds\n"
                    "box_age_seconds 0.25\n"
                    "# EOF\n");
}

static void
test_numbers (void)
{
  static const MetricDescription value = { METRIC_GAUGE, "v", NULL, "A value.", { NULL } };
  g_autoptr (Exposition) out = exposition_new (EXPOSITION_PROMETHEUS);

  exposition_family (out, &value);
  exposition_sample (out, NULL, NAN);
  exposition_sample (out, NULL, INFINITY);
  exposition_sample (out, NULL, -INFINITY);
  exposition_sample (out, NULL, -3);
  assert_text (out, "# HELP v A value.\n# TYPE v gauge\nv NaN\nv +Inf\nv -Inf\nv -3\n");
}

static void
test_negotiate (void)
{
  static const struct
  {
    const char *accept;
    ExpositionFormat format;
  } cases[] = {
    { NULL, EXPOSITION_PROMETHEUS },
    { "", EXPOSITION_PROMETHEUS },
    { "*/*", EXPOSITION_PROMETHEUS },
    { "text/html,text/plain", EXPOSITION_PROMETHEUS },
    { "application/openmetrics-text", EXPOSITION_OPENMETRICS },
    { "application/openmetrics-textual", EXPOSITION_PROMETHEUS },
    { "application/openmetrics-text; version=1.0.0; q=0.5, text/plain;version=0.0.4;q=0.4, "
      "*/*;q=0.1",
      EXPOSITION_OPENMETRICS },
    { "Application/OpenMetrics-Text;version=1.0.0;q=0.3,text/plain;q=0.7", EXPOSITION_PROMETHEUS },
    { "application/openmetrics-text;q=0", EXPOSITION_PROMETHEUS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *type;

      g_test_message ("%s", cases[i].accept);
      g_assert_cmpint (exposition_negotiate (cases[i].accept, &type), ==, cases[i].format);
      g_assert_cmpstr (type, ==,
                       cases[i].format == EXPOSITION_OPENMETRICS
                           ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                           : "text/plain; version=0.0.4; charset=utf-8");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/exposition/prometheus", test_prometheus);
  g_test_add_func ("/base/exposition/openmetrics", test_openmetrics);
  g_test_add_func ("/base/exposition/numbers", test_numbers);
  g_test_add_func ("/base/exposition/negotiate", test_negotiate);
  return g_test_run ();
}

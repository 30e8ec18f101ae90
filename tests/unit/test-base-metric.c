/* Counting, from many threads. */
#include "base/metric.h"

#include <string.h>

#define N_THREADS 4
#define N_COUNTS 5000

static char *
text_of (Metrics *metrics)
{
  g_autoptr (Exposition) out = exposition_new (EXPOSITION_PROMETHEUS);
  gsize length;

  metrics_write (metrics, out);
  return exposition_finish (out, &length);
}

static void
assert_line (const char *text, const char *line)
{
  g_autofree char *whole = g_strconcat ("\n", line, "\n", NULL);

  if (strstr (text, whole) == NULL)
    g_error ("“%s” is not a line of:\n%s", line, text);
}

static void
test_counters (void)
{
  g_autoptr (Metrics) metrics = metrics_new (10);
  g_autofree char *text = NULL;

  metrics_count (metrics, METRIC_INGRESS_REQUESTS, "shop", "accepted");
  metrics_count (metrics, METRIC_INGRESS_REQUESTS, "shop", "accepted");
  metrics_count (metrics, METRIC_INGRESS_REQUESTS, "shop", "invalid-json");
  metrics_count (metrics, METRIC_INGRESS_REQUESTS, "api", "accepted");
  metrics_count (NULL, METRIC_INGRESS_REQUESTS, "api", "accepted");
  text = text_of (metrics);
  assert_line (text,
               "signalbox_ingress_requests_total{source=\"api\",outcome=\"accepted\"} 1\n"
               "signalbox_ingress_requests_total{source=\"shop\",outcome=\"accepted\"} 2\n"
               "signalbox_ingress_requests_total{source=\"shop\",outcome=\"invalid-json\"} 1");
}

static void
test_histogram (void)
{
  g_autoptr (Metrics) metrics = metrics_new (10);
  g_autofree char *text = NULL;

  metrics_observe (metrics, METRIC_DELIVERY_TIME, "webhook/a", 500);
  metrics_observe (metrics, METRIC_DELIVERY_TIME, "webhook/a", 501);
  metrics_observe (metrics, METRIC_DELIVERY_TIME, "webhook/a", 61 * G_USEC_PER_SEC);
  metrics_observe (NULL, METRIC_DELIVERY_TIME, "webhook/a", 1);
  text = text_of (metrics);
  assert_line (text, "signalbox_delivery_seconds_bucket{connector=\"webhook/a\",le=\"0.0005\"} 1");
  assert_line (text, "signalbox_delivery_seconds_bucket{connector=\"webhook/a\",le=\"0.001\"} 2");
  assert_line (text, "signalbox_delivery_seconds_bucket{connector=\"webhook/a\",le=\"60.0\"} 2");
  assert_line (text, "signalbox_delivery_seconds_bucket{connector=\"webhook/a\",le=\"+Inf\"} 3");
  assert_line (text, "signalbox_delivery_seconds_sum{connector=\"webhook/a\"} 61.001001");
  assert_line (text, "signalbox_delivery_seconds_count{connector=\"webhook/a\"} 3");
}

/* Names from outside do not fill the memory. */
static void
test_bound (void)
{
  g_autoptr (Metrics) metrics = metrics_new (2);
  g_autofree char *text = NULL;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("source-%u", i);

      metrics_count (metrics, METRIC_INGRESS_REQUESTS, name, "accepted");
    }
  text = text_of (metrics);
  assert_line (text,
               "signalbox_ingress_requests_total{source=\"other\",outcome=\"other\"} 98\n"
               "signalbox_ingress_requests_total{source=\"source-0\",outcome=\"accepted\"} 1\n"
               "signalbox_ingress_requests_total{source=\"source-1\",outcome=\"accepted\"} 1");
}

static gpointer
count_on (gpointer metrics)
{
  for (guint i = 0; i < N_COUNTS; i++)
    {
      metrics_count (metrics, METRIC_DELIVERY_ATTEMPTS, "file/a",
                     i % 2 == 0 ? "delivered" : "retry");
      metrics_observe (metrics, METRIC_STORE_COMMIT, NULL, i);
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (Metrics) metrics = metrics_new (10);
  g_autofree char *text = NULL;
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("count", count_on, metrics);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  text = text_of (metrics);
  assert_line (text,
               "signalbox_deliveries_total{connector=\"file/a\",outcome=\"delivered\"} 10000\n"
               "signalbox_deliveries_total{connector=\"file/a\",outcome=\"retry\"} 10000");
  assert_line (text, "signalbox_store_fsync_seconds_count 20000");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/metric/counters", test_counters);
  g_test_add_func ("/base/metric/histogram", test_histogram);
  g_test_add_func ("/base/metric/bound", test_bound);
  g_test_add_func ("/base/metric/threads", test_threads);
  return g_test_run ();
}

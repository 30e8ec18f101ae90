/* Counters and histograms, a table of series a family.  One lock a family, held for some tens of
 * nanoseconds; the lock of a family that one thread counts alone is never waited for. */
#include "config.h"

#include "base/metric.h"

#include <string.h>

/* From half a millisecond to the longest time-out that makes sense, in seconds. */
static const double bounds_s[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                   0.25,   0.5,   1,      2.5,   5,    10,    30,   60 };
#define N_BOUNDS G_N_ELEMENTS (bounds_s)
G_STATIC_ASSERT (METRIC_N_BUCKETS == N_BOUNDS + 1);

static const MetricDescription descriptions[METRIC_N_FAMILIES] = {
  [METRIC_INGRESS_REQUESTS] = { METRIC_COUNTER,
                                "signalbox_ingress_requests",
                                NULL,
                                "Requests with events, by source and by what became of them.",
                                { "source", "outcome" } },
  [METRIC_INGRESS_ACK] = { METRIC_HISTOGRAM,
                           "signalbox_ingress_ack_seconds",
                           "seconds",
                           "From a complete request with events to its answer, the commit "
                           "included.",
                           { NULL } },
  [METRIC_DELIVERY_ATTEMPTS] = { METRIC_COUNTER,
                                 "signalbox_deliveries",
                                 NULL,
                                 "Attempts to deliver, by connector and outcome.",
                                 { "connector", "outcome" } },
  [METRIC_DELIVERY_TIME] = { METRIC_HISTOGRAM,
                             "signalbox_delivery_seconds",
                             "seconds",
                             "How long attempts to deliver took.",
                             { "connector" } },
  [METRIC_HTTP_REFUSED] = { METRIC_COUNTER,
                            "signalbox_http_refused_requests",
                            NULL,
                            "Requests that were refused before anything looked at their body, by "
                            "the cause that they were told.",
                            { "cause" } },
  [METRIC_STORE_COMMIT] = { METRIC_HISTOGRAM,
                            "signalbox_store_fsync_seconds",
                            "seconds",
                            "How long commits to the store took, the sync included.",
                            { NULL } },
};

typedef struct
{
  char *values[METRIC_MAX_LABELS];
  guint64 count;
  double sum_s;
  guint64 buckets[METRIC_N_BUCKETS]; /* not cumulated */
} Series;

typedef struct
{
  GMutex lock;
  GHashTable *series; /* Series by itself: its values */
} Family;

struct Metrics
{
  guint max_series;
  Family families[METRIC_N_FAMILIES];
};

static guint
series_hash (gconstpointer data)
{
  const Series *series = data;
  guint hash = 0;

  for (gsize i = 0; i < METRIC_MAX_LABELS; i++)
    if (series->values[i] != NULL)
      hash = hash * 31 + g_str_hash (series->values[i]);
  return hash;
}

static gboolean
series_equal (gconstpointer a, gconstpointer b)
{
  const Series *left = a, *right = b;

  for (gsize i = 0; i < METRIC_MAX_LABELS; i++)
    if (g_strcmp0 (left->values[i], right->values[i]) != 0)
      return FALSE;
  return TRUE;
}

static void
series_free (gpointer data)
{
  Series *series = data;

  for (gsize i = 0; i < METRIC_MAX_LABELS; i++)
    g_free (series->values[i]);
  g_free (series);
}

Metrics *
metrics_new (guint max_series)
{
  Metrics *metrics = g_new0 (Metrics, 1);

  metrics->max_series = max_series;
  for (gsize i = 0; i < METRIC_N_FAMILIES; i++)
    {
      g_mutex_init (&metrics->families[i].lock);
      metrics->families[i].series = g_hash_table_new_full (series_hash, series_equal, series_free,
                                                           NULL);
    }
  return metrics;
}

void
metrics_free (Metrics *metrics)
{
  for (gsize i = 0; i < METRIC_N_FAMILIES; i++)
    {
      g_mutex_clear (&metrics->families[i].lock);
      g_hash_table_unref (metrics->families[i].series);
    }
  g_free (metrics);
}

static Series *
series_add (Family *family, const Series *key)
{
  Series *series = g_new0 (Series, 1);

  for (gsize i = 0; i < METRIC_MAX_LABELS; i++)
    series->values[i] = g_strdup (key->values[i]);
  g_hash_table_add (family->series, series);
  return series;
}

/* Under the family's lock. */
static Series *
series_get (Metrics *metrics, Family *family, const char *value1, const char *value2)
{
  Series key = { .values = { (char *) value1, (char *) value2 } };
  Series *series = g_hash_table_lookup (family->series, &key);

  if (series != NULL)
    return series;
  if (g_hash_table_size (family->series) < metrics->max_series)
    return series_add (family, &key);
  for (gsize i = 0; i < METRIC_MAX_LABELS; i++)
    if (key.values[i] != NULL)
      key.values[i] = (char *) "other";
  series = g_hash_table_lookup (family->series, &key);
  return series != NULL ? series : series_add (family, &key);
}

void
metrics_count (Metrics *metrics, MetricFamily family_id, const char *value1, const char *value2)
{
  Family *family;

  if (metrics == NULL)
    return;
  family = &metrics->families[family_id];
  g_mutex_lock (&family->lock);
  series_get (metrics, family, value1, value2)->count++;
  g_mutex_unlock (&family->lock);
}

void
metrics_observe (Metrics *metrics, MetricFamily family_id, const char *value1, gint64 us)
{
  double seconds = (double) MAX (us, 0) / G_USEC_PER_SEC;
  gsize bucket = 0;
  Family *family;
  Series *series;

  if (metrics == NULL)
    return;
  family = &metrics->families[family_id];
  while (bucket < N_BOUNDS && seconds > bounds_s[bucket])
    bucket++;
  g_mutex_lock (&family->lock);
  series = series_get (metrics, family, value1, NULL);
  series->count++;
  series->sum_s += seconds;
  series->buckets[bucket]++;
  g_mutex_unlock (&family->lock);
}

void
metrics_visit (Metrics *metrics, MetricFamily family_id, MetricsVisitor visitor, gpointer user_data)
{
  Family *family = &metrics->families[family_id];
  GHashTableIter iter;
  gpointer key;

  g_mutex_lock (&family->lock);
  g_hash_table_iter_init (&iter, family->series);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const Series *series = key;

      visitor (series->values[0], series->values[1], series->count, series->buckets, user_data);
    }
  g_mutex_unlock (&family->lock);
}

gint64
metrics_quantile_us (const guint64 *buckets, double part)
{
  guint64 total = 0, below = 0;
  double wanted;

  for (gsize i = 0; i < METRIC_N_BUCKETS; i++)
    total += buckets[i];
  if (total == 0)
    return 0;
  wanted = part * (double) total;
  for (gsize i = 0; i < N_BOUNDS; i++)
    {
      double from_s = i > 0 ? bounds_s[i - 1] : 0;

      if (buckets[i] > 0 && (double) (below + buckets[i]) >= wanted)
        return (gint64) ((from_s + (bounds_s[i] - from_s) * (wanted - (double) below) /
                                       (double) buckets[i]) *
                         G_USEC_PER_SEC);
      below += buckets[i];
    }
  /* Of what took longer than the last bound nothing else is known. */
  return (gint64) (bounds_s[N_BOUNDS - 1] * G_USEC_PER_SEC);
}

static gint
series_compare (gconstpointer a, gconstpointer b)
{
  const Series *left = *(const Series *const *) a, *right = *(const Series *const *) b;

  for (gsize i = 0; i < METRIC_MAX_LABELS; i++)
    {
      gint order = g_strcmp0 (left->values[i], right->values[i]);

      if (order != 0)
        return order;
    }
  return 0;
}

static void
write_series (const Series *series, MetricKind kind, Exposition *exposition)
{
  const char *const *values = (const char *const *) series->values;
  guint64 cumulated[N_BOUNDS], sum = 0;

  if (kind != METRIC_HISTOGRAM)
    {
      exposition_sample (exposition, values, (double) series->count);
      return;
    }
  for (gsize i = 0; i < N_BOUNDS; i++)
    cumulated[i] = sum += series->buckets[i];
  exposition_histogram (exposition, values, bounds_s, cumulated, N_BOUNDS, series->count,
                        series->sum_s);
}

static void
write_family (Family *family, const MetricDescription *description, Exposition *exposition)
{
  g_autoptr (GPtrArray) ordered = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer series;

  g_mutex_lock (&family->lock);
  exposition_family (exposition, description);
  g_hash_table_iter_init (&iter, family->series);
  while (g_hash_table_iter_next (&iter, &series, NULL))
    g_ptr_array_add (ordered, series);
  g_ptr_array_sort (ordered, series_compare);
  for (guint i = 0; i < ordered->len; i++)
    write_series (ordered->pdata[i], description->kind, exposition);
  g_mutex_unlock (&family->lock);
}

void
metrics_write (Metrics *metrics, Exposition *exposition)
{
  for (gsize i = 0; i < METRIC_N_FAMILIES; i++)
    write_family (&metrics->families[i], &descriptions[i], exposition);
}

/* metric.h: what the router counts while it works, for /metrics.
 *
 * The parts count where something happens; a scrape reads what was counted and never asks a table.
 * Any thread may count.  Counts begin at zero with each start, as Prometheus expects it. */
#pragma once

#include "base/exposition.h"

G_BEGIN_DECLS

/* Every family that is counted as it happens.  What can be read when it is asked for (gauges of the
 * store and the schedule) is not here but in the API. */
typedef enum
{
  METRIC_INGRESS_REQUESTS,  /* source, outcome: requests */
  METRIC_INGRESS_ACK,       /* from a complete request to its answer */
  METRIC_DELIVERY_ATTEMPTS, /* connector, outcome: attempts */
  METRIC_DELIVERY_TIME,     /* connector: how long attempts took */
  METRIC_HTTP_REFUSED,      /* cause: requests that no handler saw */
  METRIC_STORE_COMMIT,      /* how long commits took, the sync included */
  METRIC_N_FAMILIES,
} MetricFamily;

typedef struct Metrics Metrics;

/* max_series: label values of one family that are told apart; further ones are counted as "other",
 * so that nobody can fill the memory with names. */
Metrics *metrics_new (guint max_series);
void metrics_free (Metrics *metrics);

/* metrics NULL: does nothing.  value1, value2: of the family's labels, NULL where it has fewer. */
void metrics_count (Metrics *metrics, MetricFamily family, const char *value1, const char *value2);
void metrics_observe (Metrics *metrics, MetricFamily family, const char *value1, gint64 us);

/* The buckets of METRIC_INGRESS_ACK and the other times: up to each bound, and above the last. */
#define METRIC_N_BUCKETS 17

/* What was counted since the start: value1 and value2 as given; buckets are not cumulated, and all
 * zero of what is no time.  With a lock held: must not count. */
typedef void (*MetricsVisitor) (const char *value1,
                                const char *value2,
                                guint64 count,
                                const guint64 *buckets,
                                gpointer user_data);
/* Every series of a family, in no order. */
void
metrics_visit (Metrics *metrics, MetricFamily family, MetricsVisitor visitor, gpointer user_data);

/* The time below which this part of what is in the buckets took, as a scrape's reader would
 * estimate it; 0 when there is nothing. */
gint64 metrics_quantile_us (const guint64 *buckets, double part);

/* All families, each with its series in order. */
void metrics_write (Metrics *metrics, Exposition *exposition);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Metrics, metrics_free)

G_END_DECLS

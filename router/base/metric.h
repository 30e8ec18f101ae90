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

/* All families, each with its series in order. */
void metrics_write (Metrics *metrics, Exposition *exposition);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Metrics, metrics_free)

G_END_DECLS

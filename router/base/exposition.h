/* exposition.h: metrics as text, as Prometheus (text format 0.0.4) and OpenMetrics 1.0 define it.
 *
 * Families are written one after another, the samples of each together.  No thread of its own; a
 * writer belongs to whoever made it.  Numbers never depend on the locale. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  EXPOSITION_PROMETHEUS,
  EXPOSITION_OPENMETRICS,
} ExpositionFormat;

typedef enum
{
  METRIC_COUNTER,   /* only grows, over one life of the process */
  METRIC_GAUGE,     /* goes up and down */
  METRIC_HISTOGRAM, /* how many observations were at most each bound */
} MetricKind;

#define METRIC_MAX_LABELS 2

/* All strings are static.  Labels end with NULL. */
typedef struct
{
  MetricKind kind;
  const char *name; /* "signalbox_ingress_ack_seconds"; a counter's without "_total" */
  const char *unit; /* "seconds", "bytes", the end of the name, or NULL */
  const char *help; /* one sentence */
  const char *labels[METRIC_MAX_LABELS + 1];
} MetricDescription;

typedef struct Exposition Exposition;

Exposition *exposition_new (ExpositionFormat format);
void exposition_free (Exposition *exposition);

/* Which format the reader asks for by its Accept header (NULL: none given), and its content type
 * (static). */
ExpositionFormat exposition_negotiate (const char *accept, const char **out_content_type);

/* The samples that follow belong to it.  Families without samples are written too: the names are
 * known before the first event comes. */
void exposition_family (Exposition *exposition, const MetricDescription *description);

/* Of a counter or a gauge.  values: one for each of the family's labels, any UTF-8. */
void exposition_sample (Exposition *exposition, const char *const *values, double value);

/* cumulated[i] of n_bounds: observations of at most bounds[i]; ascending. */
void exposition_histogram (Exposition *exposition,
                           const char *const *values,
                           const double *bounds,
                           const guint64 *cumulated,
                           gsize n_bounds,
                           guint64 count,
                           double sum);

/* The text; the writer is at its end with it. */
char *exposition_finish (Exposition *exposition, gsize *out_length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Exposition, exposition_free)

G_END_DECLS

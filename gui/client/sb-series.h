/* sb-series.h: numbers over time: what GET /v1/series says of the router as a whole. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Values of one kind, the oldest first; NAN where the router was not there. */
typedef struct
{
  double *values;
  guint n;
} SbValues;

typedef struct
{
  gint64 start_us; /* of the first step */
  gint64 step_us;
  guint n; /* steps; the last one is under way */
  SbValues in, delivered, failed, pending, oldest_pending_s, dead_letters;
} SbSeries;

/* Never NULL: what the answer does not say is not there. */
SbSeries *sb_series_new (JsonObject *answer);
void sb_series_free (SbSeries *self);

/* The last known value; 0 when there is none. */
double sb_values_last (const SbValues *values);
/* The sum of the n_last steps that are complete, and how many of them are known. */
double sb_values_sum (const SbValues *values, guint n_last, guint *out_n_known);
/* The largest known value, at least 0. */
double sb_values_max (const SbValues *values);
/* A second, of counts within steps: each divided by the step's length.  Caller frees. */
double *sb_values_dup_rate (const SbValues *values, gint64 step_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbSeries, sb_series_free)

G_END_DECLS

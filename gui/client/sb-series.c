#include "config.h"

#include "sb-series.h"

#include <math.h>

#include "sb-json.h"

static SbValues
read_values (JsonObject *object, const char *member, guint n)
{
  JsonArray *array = sb_json_array (object, member);
  guint length = array != NULL ? json_array_get_length (array) : 0;
  SbValues values = { g_new (double, n), n };

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = i < length ? json_array_get_element (array, i) : NULL;

      values.values[i] = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node)
                                                                      : (double) NAN;
    }
  return values;
}

SbSeries *
sb_series_new (JsonObject *answer)
{
  SbSeries *self = g_new0 (SbSeries, 1);
  g_autoptr (GPtrArray) all = sb_json_objects (answer, "series");
  JsonObject *total = all->len > 0 ? g_ptr_array_index (all, 0) : NULL;

  self->start_us = sb_json_time_us (answer, "start");
  self->step_us = MAX (sb_json_int (answer, "step_seconds"), 1) * G_USEC_PER_SEC;
  self->n = (guint) CLAMP (sb_json_int (answer, "points"), 0, 10000);
  self->in = read_values (total, "in", self->n);
  self->delivered = read_values (total, "delivered", self->n);
  self->failed = read_values (total, "failed", self->n);
  self->pending = read_values (total, "pending", self->n);
  self->oldest_pending_s = read_values (total, "oldest_pending_seconds", self->n);
  self->dead_letters = read_values (total, "dead_letters", self->n);
  return self;
}

void
sb_series_free (SbSeries *self)
{
  g_free (self->in.values);
  g_free (self->delivered.values);
  g_free (self->failed.values);
  g_free (self->pending.values);
  g_free (self->oldest_pending_s.values);
  g_free (self->dead_letters.values);
  g_free (self);
}

double
sb_values_last (const SbValues *values)
{
  for (guint i = values->n; i > 0; i--)
    if (!isnan (values->values[i - 1]))
      return values->values[i - 1];
  return 0;
}

double
sb_values_sum (const SbValues *values, guint n_last, guint *out_n_known)
{
  guint end = values->n > 0 ? values->n - 1 : 0;
  guint start = end > n_last ? end - n_last : 0;
  double sum = 0;
  guint n_known = 0;

  for (guint i = start; i < end; i++)
    if (!isnan (values->values[i]))
      {
        sum += values->values[i];
        n_known++;
      }
  if (out_n_known != NULL)
    *out_n_known = n_known;
  return sum;
}

double
sb_values_max (const SbValues *values)
{
  double max = 0;

  for (guint i = 0; i < values->n; i++)
    if (values->values[i] > max)
      max = values->values[i];
  return max;
}

double *
sb_values_dup_rate (const SbValues *values, gint64 step_us)
{
  double *rates = g_new (double, values->n);

  for (guint i = 0; i < values->n; i++)
    rates[i] = values->values[i] * G_USEC_PER_SEC / (double) step_us;
  return rates;
}

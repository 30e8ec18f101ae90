/* What went on lately, for plots. */
#include "http/api-private.h"

#include <string.h>

#define DEFAULT_POINTS 60

static Problem *
read_step (HttpRequest *request, SeriesStep *out_step)
{
  static const char *const names[SERIES_N_STEPS] = { "1s", "1m", "1h" };
  const char *text = http_request_parameter (request, "step");

  *out_step = SERIES_SECONDS;
  for (guint step = 0; text != NULL && step < SERIES_N_STEPS; step++)
    if (strcmp (text, names[step]) == 0)
      {
        *out_step = (SeriesStep) step;
        return NULL;
      }
  return text == NULL ? NULL : api_refuse_parameter ("step", text, "1s, 1m or 1h");
}

static Problem *
read_kind (HttpRequest *request, SeriesKind *out_kind)
{
  static const char *const names[SERIES_N_KINDS] = { "total", "connectors", "rules", "sources",
                                                     "disk" };
  const char *text = http_request_parameter (request, "of");

  *out_kind = SERIES_TOTAL;
  for (guint kind = 0; text != NULL && kind < SERIES_N_KINDS; kind++)
    if (strcmp (text, names[kind]) == 0)
      {
        *out_kind = (SeriesKind) kind;
        return NULL;
      }
  return text == NULL
             ? NULL
             : api_refuse_parameter ("of", text, "total, connectors, rules, sources or disk");
}

void
api_get_series (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  SeriesStep step;
  SeriesKind kind;
  gint64 points = DEFAULT_POINTS;
  g_autoptr (Problem) problem = read_step (request, &step);
  g_autoptr (GError) error = NULL;
  Series *series;
  JsonOut *out;

  if (problem == NULL)
    problem = read_kind (request, &kind);
  if (problem == NULL)
    problem = api_number (request, "points", 1, series_max_points (step), &points);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  if (!sampler_lock (api->sampler, &series, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_time (out, "now", clock_wall_us (api->setup.clock));
  json_out_time (out, "started_at", api->started_us);
  series_write (series, kind, http_request_parameter (request, "name"), step, (guint) points, out);
  sampler_unlock (api->sampler);
  json_out_end_object (out);
  api_answer_json (request, out);
}

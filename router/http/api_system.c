/* The disk below the store, and whether all of it is well: what signalboxctl doctor looks at, for
 * those who have no shell on the router's machine. */
#include "http/api-private.h"
#include "http/disk.h"

#include "store/examine.h"

#include <errno.h>
#include <string.h>

/* Of what is measured over a shorter time nothing can be said. */
#define FORECAST_MIN_US (10 * G_TIME_SPAN_MINUTE)

static void
put_kinds (JsonOut *out, const DiskUsage *usage)
{
  static const char *const names[DISK_N_KINDS] = { "events", "log", "index", "other" };

  json_out_object (out, "bytes");
  for (guint i = 0; i < DISK_N_KINDS; i++)
    json_out_int (out, names[i], usage->bytes[i]);
  json_out_end_object (out);
}

/* From the longest time that is known of the last day: what fills a disk often does so in the
 * rhythm of days. */
static void
put_forecast (JsonOut *out, Api *api, const DiskUsage *usage)
{
  gint64 now_us = clock_wall_us (api->setup.clock), then_us = 0, full_us = 0;
  guint64 used_kb = 0, free_kb = 0;
  gint64 used = 0;
  Series *series;

  if (sampler_lock (api->sampler, &series, NULL))
    {
      then_us = series_first_known (series, SERIES_DISK, "", SERIES_FREE, SERIES_MINUTES, &free_kb);
      series_first_known (series, SERIES_DISK, "", SERIES_USED, SERIES_MINUTES, &used_kb);
      sampler_unlock (api->sampler);
    }
  if (then_us == 0 || now_us - then_us < FORECAST_MIN_US)
    {
      json_out_null (out, "forecast");
      return;
    }
  for (guint i = 0; i < DISK_N_KINDS; i++)
    used += usage->bytes[i];
  full_us = disk_full_at (then_us, (gint64) free_kb * 1024, now_us, usage->free_bytes);
  json_out_object (out, "forecast");
  json_out_time (out, "since", then_us);
  json_out_int (out, "grown_bytes", used - (gint64) used_kb * 1024);
  json_out_int (out, "taken_bytes", (gint64) free_kb * 1024 - usage->free_bytes);
  if (full_us != 0)
    json_out_time (out, "full_at", full_us);
  else
    json_out_null (out, "full_at");
  json_out_end_object (out);
}

void
api_get_disk (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const char *state_dir = api->setup.state_dir;
  DiskUsage usage;
  JsonOut *out;

  if (!disk_measure (state_dir, &usage))
    {
      g_autoptr (Problem) problem = problem_new (500, "storage-failed", "The store failed",
                                                 "%s: %s", state_dir, g_strerror (errno));

      http_answer_problem (request, problem);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_string (out, "path", state_dir);
  put_kinds (out, &usage);
  json_out_int (out, "free_bytes", usage.free_bytes);
  json_out_int (out, "disk_bytes", usage.disk_bytes);
  put_forecast (out, api, &usage);
  json_out_end_object (out);
  api_answer_json (request, out);
}

static void
put_findings (JsonOut *out, GPtrArray *findings)
{
  static const char *const
      levels[] = { [FINDING_GOOD] = "good", [FINDING_WARNING] = "warning", [FINDING_BAD] = "bad" };

  json_out_array (out, "findings");
  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);

      json_out_object (out, NULL);
      json_out_string (out, "name", finding->name);
      json_out_string (out, "level", levels[finding->level]);
      json_out_string (out, "text", finding->text);
      json_out_string (out, "remedy", *finding->remedy != '\0' ? finding->remedy : NULL);
      json_out_end_object (out);
    }
  json_out_end_array (out);
}

static Problem *
read_thorough (HttpRequest *request, gboolean *out_thorough)
{
  g_autoptr (JsonNode) root = NULL;
  Problem *problem = api_body_object (request, &root);
  JsonNode *node;

  if (problem != NULL)
    return problem;
  node = json_object_get_member (json_node_get_object (root), "thorough");
  if (node == NULL)
    return NULL;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return problem_new (400, "invalid-request", "The request is not valid",
                        "“thorough” must be true or false");
  *out_thorough = json_node_get_boolean (node);
  return NULL;
}

void
api_examine (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  gboolean thorough = FALSE;
  g_autoptr (Problem) problem = read_thorough (request, &thorough);
  g_autoptr (GPtrArray) findings = NULL;
  JsonOut *out;

  if (problem == NULL && api->setup.store->engine->backup == NULL)
    problem = problem_new (409, "conflict", "The object is not in a state for this",
                           "The store is kept in memory; there are no files to look at");
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  findings = store_examine (api->setup.state_dir, thorough, api->setup.clock);
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_bool (out, "thorough", thorough);
  put_findings (out, findings);
  json_out_end_object (out);
  api_answer_json (request, out);
}

/* The table of all calls, and what they share. */
#include "http/api-private.h"
#include "http/trouble-log.h"

#include "base/error.h"
#include "base/json-text.h"
#include "base/limits.h"
#include "base/log.h"

#include <string.h>

/* Of what is no event: a configuration file is at most 1 MiB, everything else far less. */
#define OTHER_BODY_BYTES (1024 * 1024)

/* A whole configuration: ten thousand rules of usual size. */
#define CONFIG_BODY_BYTES (64 * 1024 * 1024)

/* The stream of changes: at most ten messages a second, a sign of life every fifteen seconds, and a
 * minute of the busiest times to come back within. */
#define CHANGES_INTERVAL_US (100 * 1000)
#define CHANGES_HEARTBEAT_US (15 * G_USEC_PER_SEC)
#define CHANGES_KEPT 600

static const char *const ingest_parameters[] = { "bus", NULL };
static const char *const event_parameters[] = { "limit",   "after",       "source", "bus",
                                                "ingress", "detail-type", "rule",   "matched",
                                                "from",    "to",          "text",   "where",
                                                "state",   "connector",   "status", NULL };
static const char *const delivery_parameters[] = {
  "state",  "limit",       "after",       "connector", "rule",      "target",
  "source", "detail-type", "error-code",  "status",    "from",      "to",
  "order",  "cause",       "fingerprint", "replayed",  "operation", NULL
};
static const char *const event_histogram_parameters[] = {
  "points", "after", "source", "bus",   "ingress", "detail-type", "rule",   "matched",
  "from",   "to",    "text",   "where", "state",   "connector",   "status", NULL
};
static const char *const pending_parameters[] = { "texts", NULL };
static const char *const problem_parameters[] = { "resolved", NULL };
static const char *const dead_parameters[] = { "connector",   "rule",        "target",
                                               "cause",       "status",      "error-code",
                                               "detail-type", "fingerprint", NULL };
static const char *const dead_histogram_parameters[] = {
  "points", "by",     "from",       "to",          "connector",   "rule", "target",
  "cause",  "status", "error-code", "detail-type", "fingerprint", NULL
};
static const char *const timeline_parameters[] = { "from", "to", "limit", NULL };
static const char *const peek_parameters[] = { "limit", "after", NULL };
static const char *const rejected_parameters[] = { "source", "limit", "after", NULL };
static const char *const changes_parameters[] = { "topics", NULL };
static const char *const series_parameters[] = { "step", "points", "of", "name", NULL };
static const char *const edit_parameters[] = { "check", "reason", NULL };
static const char *const reload_parameters[] = { "reason", NULL };
static const char *const apply_parameters[] = { "check", "tests", "overwrite", NULL };
static const char *const history_parameters[] = { "limit", "before", NULL };
static const char *const diff_parameters[] = { "from", "to", NULL };

static const HttpRoute routes[] = {
  { "POST", "/in/:source", HTTP_ON_SERVER_THREAD, http_any_parameter, api_ingest_source, FALSE,
    HTTP_ROLE_OPEN },
  { "PUT", "/in/:source", HTTP_ON_SERVER_THREAD, http_any_parameter, api_ingest_source, FALSE,
    HTTP_ROLE_OPEN },
  { "PATCH", "/in/:source", HTTP_ON_SERVER_THREAD, http_any_parameter, api_ingest_source, FALSE,
    HTTP_ROLE_OPEN },
  { "DELETE", "/in/:source", HTTP_ON_SERVER_THREAD, http_any_parameter, api_ingest_source, FALSE,
    HTTP_ROLE_OPEN },
  { "GET", "/in/:source", HTTP_ON_SERVER_THREAD, http_any_parameter, api_ingest_source, FALSE,
    HTTP_ROLE_OPEN },
  { "OPTIONS", "/in/:source", HTTP_ON_SERVER_THREAD, http_any_parameter, api_ingest_source, FALSE,
    HTTP_ROLE_OPEN },
  { "POST", "/v1/events", HTTP_ON_SERVER_THREAD, ingest_parameters, api_ingest_events },
  { "GET", "/metrics", HTTP_ON_POOL, NULL, api_get_metrics },
  { "GET", "/v1/status", HTTP_ON_POOL, NULL, api_get_status },
  { "GET", "/health", HTTP_ON_SERVER_THREAD, NULL, api_get_health, FALSE, HTTP_ROLE_OPEN },
  { "GET", "/ready", HTTP_ON_POOL, NULL, api_get_ready, FALSE, HTTP_ROLE_OPEN },
  { "GET", "/v1/openapi.json", HTTP_ON_POOL, NULL, api_get_openapi },
  { "GET", "/v1/series", HTTP_ON_POOL, series_parameters, api_get_series },
  { "GET", "/v1/connectors", HTTP_ON_POOL, NULL, api_list_connectors },
  { "GET", "/v1/connectors/:kind/:name", HTTP_ON_POOL, NULL, api_get_connector },
  { "GET", "/v1/sources", HTTP_ON_POOL, NULL, api_list_sources },
  { "GET", "/v1/changes", HTTP_ON_POOL, changes_parameters, api_stream_changes },
  { "GET", "/v1/routes", HTTP_ON_POOL, NULL, api_get_routes },
  { "GET", "/v1/events", HTTP_ON_POOL, event_parameters, api_list_events },
  { "GET", "/v1/events/histogram", HTTP_ON_POOL, event_histogram_parameters, api_count_events },
  { "GET", "/v1/events/:id", HTTP_ON_POOL, NULL, api_get_event },
  { "GET", "/v1/events/:id/body", HTTP_ON_POOL, NULL, api_get_event_body },
  { "POST", "/v1/events/:id/edit", HTTP_ON_POOL, NULL, api_edit_event, TRUE },
  { "GET", "/v1/dead-letters/groups", HTTP_ON_POOL, dead_parameters, api_group_dead_letters },
  { "GET", "/v1/dead-letters/histogram", HTTP_ON_POOL, dead_histogram_parameters,
    api_count_dead_letters },
  { "GET", "/v1/problems", HTTP_ON_POOL, problem_parameters, api_list_problems },
  { "POST", "/v1/problems/:fingerprint/acknowledge", HTTP_ON_POOL, NULL, api_acknowledge_problem,
    TRUE },
  { "POST", "/v1/problems/:fingerprint/reopen", HTTP_ON_POOL, NULL, api_reopen_problem, TRUE },
  { "GET", "/v1/deliveries", HTTP_ON_POOL, delivery_parameters, api_list_deliveries },
  { "GET", "/v1/deliveries/:id", HTTP_ON_POOL, NULL, api_get_delivery },
  { "GET", "/v1/deliveries/:id/payload", HTTP_ON_POOL, NULL, api_get_payload },
  { "POST", "/v1/replay", HTTP_ON_LONG_POOL, NULL, api_replay, TRUE },
  { "POST", "/v1/replay/preview", HTTP_ON_LONG_POOL, NULL, api_preview_replay, FALSE,
    HTTP_ROLE_VIEWER },
  { "POST", "/v1/discard", HTTP_ON_LONG_POOL, NULL, api_discard, TRUE },
  { "POST", "/v1/restore", HTTP_ON_LONG_POOL, NULL, api_restore, TRUE },
  { "POST", "/v1/retry", HTTP_ON_LONG_POOL, NULL, api_retry, TRUE },
  { "POST", "/v1/postpone", HTTP_ON_LONG_POOL, NULL, api_postpone, TRUE },
  { "POST", "/v1/give-up", HTTP_ON_LONG_POOL, NULL, api_give_up, TRUE },
  { "POST", "/v1/jobs", HTTP_ON_POOL, NULL, api_create_job, TRUE },
  { "GET", "/v1/jobs", HTTP_ON_POOL, peek_parameters, api_list_jobs },
  { "GET", "/v1/jobs/:id", HTTP_ON_POOL, NULL, api_get_job },
  { "POST", "/v1/jobs/:id/pause", HTTP_ON_POOL, NULL, api_pause_job, TRUE },
  { "POST", "/v1/jobs/:id/resume", HTTP_ON_POOL, NULL, api_resume_job, TRUE },
  { "POST", "/v1/jobs/:id/cancel", HTTP_ON_POOL, NULL, api_cancel_job, TRUE },
  { "POST", "/v1/jobs/:id/rate", HTTP_ON_POOL, NULL, api_set_job_rate, TRUE },
  { "POST", "/v1/connectors/:kind/:name/pause", HTTP_ON_POOL, NULL, api_pause, TRUE },
  { "POST", "/v1/connectors/:kind/:name/resume", HTTP_ON_POOL, NULL, api_resume, TRUE },
  { "POST", "/v1/connectors/:kind/:name/test", HTTP_ON_LONG_POOL, NULL, api_test_connector, TRUE },
  { "POST", "/v1/connectors/:kind/:name/probe", HTTP_ON_LONG_POOL, NULL, api_probe_connector },
  { "POST", "/v1/backup", HTTP_ON_LONG_POOL, NULL, api_backup, TRUE, HTTP_ROLE_ADMIN },
  { "GET", "/v1/rejected", HTTP_ON_POOL, rejected_parameters, api_list_rejected },
  { "GET", "/v1/rejected/:id/body", HTTP_ON_POOL, NULL, api_get_rejected_body },
  { "POST", "/v1/rejected/:id/accept", HTTP_ON_POOL, NULL, api_accept_rejected, TRUE },
  { "POST", "/v1/reload", HTTP_ON_POOL, reload_parameters, api_reload, TRUE, HTTP_ROLE_EDITOR },
  { "GET", "/v1/config", HTTP_ON_POOL, NULL, api_get_config },
  { "PUT", "/v1/config", HTTP_ON_POOL, apply_parameters, api_put_config, TRUE, HTTP_ROLE_EDITOR },
  { "GET", "/v1/config/history", HTTP_ON_POOL, history_parameters, api_list_generations },
  { "GET", "/v1/config/history/:generation", HTTP_ON_POOL, NULL, api_get_generation },
  { "GET", "/v1/config/pending", HTTP_ON_POOL, pending_parameters, api_list_pending },
  { "GET", "/v1/config/diff", HTTP_ON_POOL, diff_parameters, api_diff_generations },
  { "POST", "/v1/config/rollback", HTTP_ON_POOL, apply_parameters, api_roll_back, TRUE,
    HTTP_ROLE_EDITOR },
  { "GET", "/v1/config/files", HTTP_ON_POOL, NULL, api_list_files },
  { "GET", "/v1/config/file/*path", HTTP_ON_POOL, NULL, api_get_file },
  { "PUT", "/v1/config/file/*path", HTTP_ON_POOL, edit_parameters, api_put_file, TRUE,
    HTTP_ROLE_EDITOR },
  { "PATCH", "/v1/config/file/*path", HTTP_ON_POOL, edit_parameters, api_patch_file, TRUE,
    HTTP_ROLE_EDITOR },
  { "GET", "/v1/config/schemas", HTTP_ON_POOL, NULL, api_list_schemas },
  { "GET", "/v1/config/schemas/:kind", HTTP_ON_POOL, NULL, api_get_schema },
  { "DELETE", "/v1/config/file/*path", HTTP_ON_POOL, edit_parameters, api_delete_file, TRUE,
    HTTP_ROLE_EDITOR },
  { "GET", "/v1/queues", HTTP_ON_POOL, NULL, api_list_queues },
  { "GET", "/v1/queues/:queue", HTTP_ON_POOL, NULL, api_get_queue },
  { "GET", "/v1/queues/:queue/messages", HTTP_ON_POOL, peek_parameters, api_peek_messages },
  { "POST", "/v1/queues/:queue/messages", HTTP_ON_SERVER_THREAD, NULL, api_send_message },
  { "POST", "/v1/queues/:queue/receive", HTTP_ON_POOL, NULL, api_receive_messages },
  { "POST", "/v1/queues/:queue/delete", HTTP_ON_POOL, NULL, api_delete_message },
  { "POST", "/v1/queues/:queue/extend", HTTP_ON_POOL, NULL, api_extend_message },
  { "POST", "/v1/queues/:queue/purge", HTTP_ON_POOL, NULL, api_purge_queue, TRUE },
  { "POST", "/v1/queues/:queue/redrive", HTTP_ON_POOL, NULL, api_redrive_queue, TRUE },
  { "GET", "/v1/timeline", HTTP_ON_POOL, timeline_parameters, api_get_timeline },
  { "GET", "/v1/audit", HTTP_ON_POOL, peek_parameters, api_list_audit },
  { "GET", "/v1/disk", HTTP_ON_POOL, NULL, api_get_disk },
  { "POST", "/v1/doctor", HTTP_ON_LONG_POOL, NULL, api_examine, TRUE },
  { "POST", "/v1/what-if", HTTP_ON_LONG_POOL, NULL, api_what_if, FALSE, HTTP_ROLE_VIEWER },
  { "POST", "/v1/test-pattern", HTTP_ON_POOL, NULL, api_test_pattern, FALSE, HTTP_ROLE_VIEWER },
  { "GET", "/v1/tokens", HTTP_ON_POOL, NULL, api_list_tokens, FALSE, HTTP_ROLE_ADMIN },
  { "POST", "/v1/tokens", HTTP_ON_POOL, NULL, api_create_token, TRUE, HTTP_ROLE_ADMIN },
  { "DELETE", "/v1/tokens/:token", HTTP_ON_POOL, NULL, api_revoke_token, TRUE, HTTP_ROLE_ADMIN },
  { NULL },
};

const HttpRoute *
api_routes (void)
{
  return routes;
}

gsize
api_max_body_bytes (const char *path, const char **out_setting, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  const ConfigRouter *limits = &snapshot->configuration->router;

  *out_setting = NULL;
  if (g_str_has_prefix (path, "/in/"))
    {
      const ConfigSource *source = g_hash_table_lookup (snapshot->configuration->paths,
                                                        path + strlen ("/in/"));

      if (source != NULL && source->gate != NULL && source->gate->body_bytes > 0 &&
          source->gate->body_bytes < limits->event_bytes)
        {
          *out_setting = "BodyBytes of the source";
          return source->gate->body_bytes;
        }
      *out_setting = "Limits.EventBytes";
      return limits->event_bytes;
    }
  if (strcmp (path, "/v1/events") == 0 || g_str_has_prefix (path, "/v1/queues/"))
    {
      *out_setting = "Limits.RequestBytes";
      return limits->request_bytes;
    }
  return strcmp (path, "/v1/config") == 0 ? CONFIG_BODY_BYTES : OTHER_BODY_BYTES;
}

/* Without any token the loopback is the fence, as guard.h says. */
static Problem *
refuse_stranger (HttpRequest *request, const HttpRoute *route, Api *api)
{
  HttpRole role = access_role_of (route);
  g_autofree char *token = NULL, *name = NULL;
  Problem *problem;

  if (role == HTTP_ROLE_OPEN || http_request_is_local (request) ||
      !(http_request_is_exposed (request) || access_has_tokens (api->access)))
    return NULL;
  problem = access_check (api->access, http_request_header (request, "Authorization"), role,
                          &token);
  if (problem != NULL)
    return problem;
  name = g_strconcat ("token ", token, NULL);
  http_request_authenticate (request, name);
  return NULL;
}

Problem *
api_refuse (HttpRequest *request, const HttpRoute *route, gpointer user_data)
{
  Api *api = user_data;
  Problem *problem = refuse_stranger (request, route, api);
  g_autoptr (GError) error = NULL;

  if (problem != NULL || route->place != HTTP_ON_SERVER_THREAD ||
      route->handler == api_get_health || writer_takes_events (api->setup.writer, &error))
    return problem;
  return problem_from_error (error);
}

void
api_note_refusal (const Problem *problem, gpointer user_data)
{
  Api *api = user_data;

  metrics_count (api->setup.metrics, METRIC_HTTP_REFUSED, problem->type, NULL);
}

/* Writer thread. */
static void
on_queue_sent (const char *queue, gpointer user_data)
{
  Api *api = user_data;

  queue_waits_wake (api->waits, queue);
}

/* Writer thread. */
static void
on_committed (const Batch *batch, gpointer user_data)
{
  Api *api = user_data;

  changes_note_commit (api->changes, batch);
  sampler_note (api->sampler);
}

static void
start_changes (Api *api)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  const ChangesSettings settings = {
    .interval_us = CHANGES_INTERVAL_US,
    .heartbeat_us = CHANGES_HEARTBEAT_US,
    .max_ticks = CHANGES_KEPT,
    .max_listeners = snapshot->configuration->router.streams,
    .epoch = api->started_us,
    .revision = api_revision,
    .user_data = api,
  };

  api->max_streams = settings.max_listeners;
  api->changes = changes_new (&settings);
}

static void
start_sampler (Api *api)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_autofree char *path = g_build_filename (api->state_dir, "series", NULL);
  const SamplerSettings settings = {
    .clock = api->setup.clock,
    .store = api->setup.store,
    .metrics = api->setup.metrics,
    .pulse = api->setup.pulse,
    .path = path,
    .state_dir = api->state_dir,
    .max_tracks = snapshot->configuration->router.metric_series,
  };

  api->sampler = sampler_new (&settings);
}

static void
start_access (Api *api)
{
  g_autoptr (GError) error = NULL;

  api->access = access_new (api->setup.store, api->setup.clock);
  if (!access_load (api->access, &error))
    log_message (LOG_ERROR, "http", "The tokens cannot be read, so none is valid: %s",
                 error->message);
}

static void
remember_start (Api *api)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);

  api->started_with = configuration_ref (snapshot->configuration);
}

Api *
api_new (const ApiSetup *setup)
{
  Api *api = g_new0 (Api, 1);

  api->setup = *setup;
  api->setup.config_dir = api->config_dir = g_strdup (setup->config_dir);
  api->setup.state_dir = api->state_dir = g_strdup (setup->state_dir);
  api->started_us = clock_wall_us (setup->clock);
  g_mutex_init (&api->lock);
  remember_start (api);
  api->listen = g_new0 (char *, 1);
  api->waits = queue_waits_new (api_resume_receive);
  start_changes (api);
  start_sampler (api);
  api->ready = ready_proof_new ();
  start_access (api);
  api->troubles = trouble_log_new (api);
  writer_watch_queues (setup->writer, on_queue_sent, api);
  writer_watch_commits (setup->writer, on_committed, api);
  return api;
}

void
api_free (Api *api)
{
  writer_watch_commits (api->setup.writer, NULL, NULL);
  writer_watch_queues (api->setup.writer, NULL, NULL);
  ready_proof_free (api->ready);
  access_free (api->access);
  sampler_free (api->sampler);
  trouble_log_free (api->troubles);
  changes_free (api->changes);
  queue_waits_free (api->waits);
  configuration_unref (api->started_with);
  g_mutex_clear (&api->lock);
  g_strfreev (api->listen);
  g_free (api->config_dir);
  g_free (api->state_dir);
  g_free (api);
}

/* Sampler's thread. */
static void
on_looked (gpointer user_data)
{
  trouble_log_look (((Api *) user_data)->troubles);
}

void
api_set_listen (Api *api, const char *const *urls)
{
  g_mutex_lock (&api->lock);
  g_strfreev (api->listen);
  api->listen = g_strdupv ((char **) urls);
  g_mutex_unlock (&api->lock);
  sampler_watch (api->sampler, on_looked, api);
}

void
api_set_tls (Api *api, HttpTls *tls)
{
  api->tls = tls;
}

gboolean
api_has_tokens (Api *api)
{
  return access_has_tokens (api->access);
}

void
api_set_stopping (Api *api)
{
  g_mutex_lock (&api->lock);
  api->stopping = TRUE;
  g_mutex_unlock (&api->lock);
  queue_waits_stop (api->waits);
  changes_stop (api->changes);
}

void
api_note_generation (Api *api, guint64 generation)
{
  changes_note_generation (api->changes, generation);
}

/* ---- Answers ---- */

void
api_answer_json (HttpRequest *request, JsonOut *out)
{
  gsize length;

  g_string_append_c (out, '\n');
  length = out->len;
  http_answer_take (request, 200, "application/json", g_string_free (out, FALSE), length, NULL);
}

void
api_answer_error (HttpRequest *request, const GError *error)
{
  g_autoptr (Problem) problem = problem_from_error (error);

  http_answer_problem (request, problem);
}

void
api_answer_not_found (HttpRequest *request, const char *what, const char *id)
{
  g_autoptr (Problem) problem = problem_new (404, "not-found", "There is no such object",
                                             "There is no %s “%s”", what, id != NULL ? id : "");

  http_answer_problem (request, problem);
}

static void
put_problem (JsonOut *out, const ConfigProblem *problem)
{
  json_out_object (out, NULL);
  json_out_string (out, "file", problem->file);
  json_out_int (out, "line", problem->line);
  json_out_int (out, "column", problem->column);
  json_out_string (out, "key", problem->key);
  json_out_string (out, "message", problem->message);
  json_out_string (out, "hint", problem->hint);
  json_out_end_object (out);
}

void
api_put_problems (JsonOut *out, GPtrArray *problems)
{
  json_out_array (out, "problems");
  for (guint i = 0; problems != NULL && i < problems->len; i++)
    put_problem (out, problems->pdata[i]);
  json_out_end_array (out);
}

void
api_answer_problems (HttpRequest *request, GPtrArray *problems)
{
  JsonOut *out = json_out_new ();
  gsize length;

  json_out_object (out, NULL);
  json_out_string (out, "type", "urn:signalbox:problem:invalid-configuration");
  json_out_string (out, "title", "The configuration is not valid");
  json_out_int (out, "status", 422);
  json_out_string (out, "detail",
                   "The configuration has problems; the one in force stays as it is");
  api_put_problems (out, problems);
  json_out_end_object (out);
  g_string_append_c (out, '\n');
  length = out->len;
  http_answer_take (request, 422, "application/problem+json", g_string_free (out, FALSE), length,
                    NULL);
}

/* ---- Questions ---- */

Problem *
api_refuse_parameter (const char *name, const char *value, const char *expected)
{
  return problem_new (400, "invalid-parameter", "The query parameter is not valid",
                      "The query parameter %s is “%s”; expected %s", name, value, expected);
}

Problem *
api_number (HttpRequest *request, const char *name, gint64 min, gint64 max, gint64 *out_number)
{
  const char *text = http_request_parameter (request, name);
  g_autofree char *expected = NULL;

  if (text == NULL || g_ascii_string_to_signed (text, 10, min, max, out_number, NULL))
    return NULL;
  expected = g_strdup_printf ("a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
  return api_refuse_parameter (name, text, expected);
}

Problem *
api_status (HttpRequest *request, int *out_wanted)
{
  const char *text = http_request_parameter (request, "status");

  if (text == NULL || store_status_parse (text, out_wanted))
    return NULL;
  return api_refuse_parameter ("status", text, "a number from 1 to 999, or a class such as 5xx");
}

Problem *
api_limit (HttpRequest *request, guint *out_limit)
{
  gint64 limit = *out_limit;
  Problem *problem = api_number (request, "limit", 1, API_MAX_LIMIT, &limit);

  *out_limit = (guint) limit;
  return problem;
}

Problem *
api_after (HttpRequest *request, StoreCursor *out_cursor)
{
  const char *text = http_request_parameter (request, "after");

  if (text == NULL || store_cursor_parse (text, out_cursor))
    return NULL;
  return api_refuse_parameter ("after", text, "“next” of the page before");
}

Problem *
api_time (HttpRequest *request, const char *name, gint64 *out_wall_us)
{
  const char *text = http_request_parameter (request, name);

  if (text == NULL)
    return NULL;
  /* 0 would mean that there is no bound. */
  if (clock_parse (text, out_wall_us))
    {
      *out_wall_us = MAX (*out_wall_us, 1);
      return NULL;
    }
  return api_refuse_parameter (name, text, "a time like 2026-11-21T09:14:00Z (RFC 3339)");
}

Problem *
api_flag (HttpRequest *request, const char *name, gboolean *out_flag)
{
  const char *text = http_request_parameter (request, name);

  if (text == NULL)
    return NULL;
  if (strcmp (text, "true") != 0 && strcmp (text, "false") != 0)
    return api_refuse_parameter (name, text, "true or false");
  *out_flag = strcmp (text, "true") == 0;
  return NULL;
}

static Problem *
refuse_body (const RulesError *error)
{
  Problem *problem = problem_new (400, "invalid-json", "The body is not valid JSON", "%s",
                                  error->reason);

  if (error->hint[0] != '\0')
    problem_set_remedy (problem, "%s", error->hint);
  problem_set_place (problem, error->pointer[0] != '\0' ? error->pointer : NULL, error->line,
                     error->column);
  return problem;
}

static Problem *
refuse_escape (const char *text, gsize length, const char *escape)
{
  Problem *problem = problem_new (400, "invalid-request", "The request is not valid",
                                  "%.6s is no character: a string must not hold a NUL or half of "
                                  "a surrogate pair",
                                  escape);
  guint line, column;

  rules_text_position (text, length, (gsize) (escape - text), &line, &column);
  problem_set_place (problem, NULL, line, column);
  problem_set_remedy (problem, "Leave the character out");
  return problem;
}

Problem *
api_body_object (HttpRequest *request, JsonNode **out_root)
{
  gsize length;
  const char *text = g_bytes_get_data (http_request_body (request), &length);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  const char *escape;
  RulesError error;

  if (!rules_check_json (text, length, NULL, &error))
    return refuse_body (&error);
  /* A string that is cut at a NUL would ask for something else than was meant. */
  escape = json_text_find_bad_escape (text, length);
  if (escape != NULL)
    return refuse_escape (text, length, escape);
  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL) ||
      !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return problem_new (400, "invalid-request", "The request is not valid",
                        "The body must be a JSON object");
  *out_root = json_node_ref (json_parser_get_root (parser));
  return NULL;
}

void
api_put_next (JsonOut *out, const StoreCursor *cursor, guint n_found, guint limit)
{
  g_autofree char *next = n_found == limit || cursor->is_cut ? store_cursor_format (cursor) : NULL;

  json_out_string (out, "next", next);
}

void
api_put_counts (JsonOut *out, const char *name, const gint64 *by_state, gboolean sparse)
{
  json_out_object (out, name);
  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    if (!sparse || by_state[state] != 0)
      json_out_int (out, delivery_state_name ((DeliveryState) state), by_state[state]);
  json_out_end_object (out);
}

/* How the router is. */
#include "config.h"

#include "http/api-private.h"

#include <unistd.h>

static gint64
revision (const Api *api, const WriterStats *stats)
{
  return api->started_us + (gint64) stats->commits + (gint64) stats->tidied;
}

gint64
api_revision (gpointer user_data)
{
  const Api *api = user_data;
  WriterStats stats;

  writer_stats (api->setup.writer, &stats);
  return revision (api, &stats);
}

static void
put_ledger (JsonOut *out, const StoreLedger *ledger)
{
  json_out_object (out, "ledger");
  json_out_int (out, "events", ledger->events);
  json_out_int (out, "unmatched", ledger->unmatched);
  json_out_int (out, "deliveries", ledger->created);
  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    json_out_int (out, delivery_state_name ((DeliveryState) state), ledger->by_state[state]);
  json_out_int (out, "expired", ledger->expired);
  json_out_int (out, "expired_events", ledger->expired_events);
  json_out_int (out, "difference", store_ledger_difference (ledger));
  json_out_end_object (out);
}

static void
add_commits (const char *value1,
             const char *value2,
             guint64 count,
             const guint64 *buckets,
             gpointer user_data)
{
  guint64 *sums = user_data;

  for (guint i = 0; i < METRIC_N_BUCKETS; i++)
    sums[i] += buckets[i];
}

/* How long commits took, of all since the start. */
static void
put_commits (JsonOut *out, const Api *api)
{
  guint64 buckets[METRIC_N_BUCKETS] = { 0 };

  if (api->setup.metrics != NULL)
    metrics_visit (api->setup.metrics, METRIC_STORE_COMMIT, add_commits, buckets);
  json_out_object (out, "commit_us");
  json_out_int (out, "p50", metrics_quantile_us (buckets, 0.5));
  json_out_int (out, "p95", metrics_quantile_us (buckets, 0.95));
  json_out_int (out, "p99", metrics_quantile_us (buckets, 0.99));
  json_out_end_object (out);
}

static void
put_store (JsonOut *out, const Api *api, const WriterStats *stats)
{
  json_out_object (out, "store");
  json_out_string (out, "engine", api->setup.store->engine->name);
  json_out_string (out, "path", api->setup.state_dir);
  json_out_bool (out, "disk_full", stats->disk_full);
  json_out_bool (out, "disk_blocked", stats->disk_blocked);
  json_out_int (out, "last_commit_us", stats->last_commit_us);
  put_commits (out, api);
  json_out_int (out, "queued_events", stats->queued_events);
  json_out_end_object (out);
}

static void
put_state (JsonOut *out, Api *api)
{
  g_mutex_lock (&api->lock);
  json_out_string (out, "state", api->stopping ? "stopping" : "running");
  json_out_array (out, "listen");
  for (char **one = api->listen; *one != NULL; one++)
    json_out_string (out, NULL, *one);
  json_out_end_array (out);
  g_mutex_unlock (&api->lock);
}

static void
put_tls (JsonOut *out, Api *api)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  gint64 warn_us = (gint64) snapshot->configuration->router.certificate_warn_days * G_TIME_SPAN_DAY;
  g_auto (HttpTlsState) state = { 0 };

  if (api->tls == NULL)
    {
      json_out_null (out, "tls");
      return;
    }
  http_tls_describe (api->tls, &state);
  json_out_object (out, "tls");
  json_out_string (out, "subject", state.subject);
  json_out_time (out, "expires", state.expires_us);
  json_out_bool (out, "expires_soon",
                 state.expires_us - clock_wall_us (api->setup.clock) < warn_us);
  json_out_string (out, "problem", state.problem);
  json_out_end_object (out);
}

static void
put_schedule (JsonOut *out, Api *api)
{
  const ApiOperations *operations = &api->setup.operations;
  guint queued = 0, under_way = 0;

  operations->schedule_stats (&queued, &under_way, operations->user_data);
  json_out_object (out, "schedule");
  json_out_int (out, "queued", queued);
  json_out_int (out, "under_way", under_way);
  json_out_end_object (out);
}

/* When the generation was recorded.  Asked of the store once: it hands out the whole configuration
 * with it, and the status is asked for all the time. */
static gboolean
generation_at (Api *api, guint64 generation, gint64 *out_at_us, GError **error)
{
  Store *store = api->setup.store;
  g_autoptr (StoredGeneration) last = NULL;
  gboolean known;

  g_mutex_lock (&api->lock);
  known = api->known_generation == generation;
  *out_at_us = api->known_at_us;
  g_mutex_unlock (&api->lock);
  if (known)
    return TRUE;
  if (!store->engine->last_generation (store, &last, error))
    return FALSE;
  *out_at_us = last->at_us;
  g_mutex_lock (&api->lock);
  api->known_generation = last->generation;
  api->known_at_us = last->at_us;
  g_mutex_unlock (&api->lock);
  return TRUE;
}

void
api_get_status (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const ApiSetup *setup = &api->setup;
  g_autoptr (Snapshot) snapshot = snapshot_current (setup->snapshots);
  g_autoptr (GError) error = NULL;
  gint64 generation_us;
  StoreLedger ledger;
  WriterStats stats;
  JsonOut *out;

  /* The revision first: what changes while the rest is read shows as a change later. */
  writer_stats (setup->writer, &stats);
  if (!setup->store->engine->ledger (setup->store, FALSE, &ledger, &error) ||
      !generation_at (api, snapshot->generation, &generation_us, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_string (out, "version", SIGNALBOX_VERSION);
  json_out_int (out, "pid", getpid ());
  json_out_int (out, "generation", (gint64) snapshot->generation);
  json_out_time (out, "generation_at", generation_us);
  json_out_time (out, "started_at", api->started_us);
  json_out_time (out, "now", clock_wall_us (setup->clock));
  json_out_int (out, "revision", revision (api, &stats));
  put_state (out, api);
  put_tls (out, api);
  put_store (out, api, &stats);
  json_out_string (out, "config_dir", setup->config_dir);
  json_out_bool (out, "config_edited_by_hand", api_config_is_edited (api));
  api_put_restart (api, out);
  json_out_string (out, "state_dir", setup->state_dir);
  put_ledger (out, &ledger);
  put_schedule (out, api);
  json_out_end_object (out);
  api_answer_json (request, out);
}

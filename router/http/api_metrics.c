/* What Prometheus scrapes.  Everything comes from counters that are kept in memory or in the
 * store's small table of counters; no scrape walks over events or deliveries. */
#include "config.h"

#include "http/api-private.h"
#include "http/counts.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include <string.h>

static const MetricDescription build_info = { METRIC_GAUGE,
                                              "signalbox_build_info",
                                              NULL,
                                              "Always 1; the version is the label.",
                                              { "version" } };
static const MetricDescription config_generation = { METRIC_GAUGE,
                                                     "signalbox_config_generation",
                                                     NULL,
                                                     "The configuration in force.",
                                                     { NULL } };
static const MetricDescription certificate_expires = {
  METRIC_GAUGE,
  "signalbox_certificate_expires_seconds",
  NULL,
  "When the listener's certificate ends, in seconds since 1970.",
  { NULL }
};
static const MetricDescription events = { METRIC_GAUGE,
                                          "signalbox_events",
                                          NULL,
                                          "Events ever accepted.",
                                          { NULL } };
static const MetricDescription event_balance = {
  METRIC_GAUGE,
  "signalbox_event_balance",
  NULL,
  "Deliveries ever owed minus those in any state and those removed after their time; anything but "
  "0 is a loss.",
  { NULL }
};
static const MetricDescription queue_events = { METRIC_GAUGE,
                                                "signalbox_queue_events",
                                                NULL,
                                                "Deliveries by connector and state.",
                                                { "connector", "state" } };
static const MetricDescription store_bytes = { METRIC_GAUGE,
                                               "signalbox_store_bytes",
                                               "bytes",
                                               "The files of the store, by kind.",
                                               { "kind" } };
static const MetricDescription store_disk_full = {
  METRIC_GAUGE,
  "signalbox_store_disk_full",
  NULL,
  "1 while events are refused for want of room on the disk.",
  { NULL }
};
static const MetricDescription ingress_queued = { METRIC_GAUGE,
                                                  "signalbox_ingress_queued_events",
                                                  NULL,
                                                  "Events that wait for their commit.",
                                                  { NULL } };
static const MetricDescription schedule_deliveries = {
  METRIC_GAUGE,
  "signalbox_schedule_deliveries",
  NULL,
  "Deliveries that the schedule holds in memory, and those under way.",
  { "state" }
};

static const MetricDescription breaker_state = {
  METRIC_GAUGE,
  "signalbox_breaker_state",
  NULL,
  "0 when the connector takes deliveries, 1 while it is tried, 2 when it is shut, 3 when it is "
  "paused.",
  { "connector" }
};
static const MetricDescription oldest_pending = {
  METRIC_GAUGE,
  "signalbox_oldest_pending_seconds",
  "seconds",
  "How long the oldest delivery that the connector is owed has been; 0 when it is owed none.",
  { "connector" }
};
static const MetricDescription dead_letters = { METRIC_GAUGE,
                                                "signalbox_dead_letters",
                                                NULL,
                                                "Dead letters by connector and cause.",
                                                { "connector", "cause" } };

static void
put (Exposition *out, const MetricDescription *family, const char *label, double value)
{
  const char *const values[] = { label, NULL };

  exposition_family (out, family);
  exposition_sample (out, values, value);
}

/* ---- Deliveries by connector ---------------------------------------------------------------- */

static void
put_queue (Exposition *out, const char *connector, const gint64 *by_state)
{
  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    {
      const char *const values[] = { connector, delivery_state_name ((DeliveryState) state) };

      exposition_sample (out, values, (double) by_state[state]);
    }
}

/* Of every connector that is configured, or was when it was owed something. */
static void
put_queues (Exposition *out, const Configuration *configuration, const ApiCounts *counted)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) ordered = NULL;
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, configuration->connectors);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_add (names, name);
  g_hash_table_iter_init (&iter, counted->by_connector);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_add (names, name);
  ordered = g_list_sort (g_hash_table_get_keys (names), (GCompareFunc) g_strcmp0);
  exposition_family (out, &queue_events);
  for (GList *one = ordered; one != NULL; one = one->next)
    put_queue (out, one->data, api_counts_get (counted->by_connector, one->data));
}

/* ---- Connectors ----------------------------------------------------------------------------- */

static double
state_of (GPtrArray *holds, const char *connector, gint64 now_us)
{
  for (guint i = 0; i < holds->len; i++)
    {
      const StoredHold *hold = holds->pdata[i];

      if (strcmp (hold->connector, connector) != 0)
        continue;
      return hold->paused_us != 0            ? 3
             : hold->shut_us == 0            ? 0
             : hold->shut_until_us <= now_us ? 1
                                             : 2;
    }
  return 0;
}

static double
age_of (GPtrArray *oldest, const char *connector, gint64 now_us)
{
  for (guint i = 0; i < oldest->len; i++)
    {
      const StoredOldest *one = oldest->pdata[i];

      if (strcmp (one->connector, connector) == 0)
        return (double) MAX (now_us - one->since_us, 0) / G_USEC_PER_SEC;
    }
  return 0;
}

static gboolean
put_connectors (Exposition *out,
                const ApiSetup *setup,
                const Configuration *configuration,
                GError **error)
{
  Store *store = setup->store;
  g_autoptr (GPtrArray) holds = NULL;
  g_autoptr (GPtrArray) oldest = NULL;
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (configuration->connectors),
                                         (GCompareFunc) strcmp);

  if (!store->engine->holds (store, &holds, error) ||
      !store->engine->oldest_pending (store, &oldest, error))
    return FALSE;
  exposition_family (out, &breaker_state);
  for (GList *one = names; one != NULL; one = one->next)
    {
      const char *const values[] = { one->data, NULL };

      exposition_sample (out, values, state_of (holds, one->data, clock_wall_us (setup->clock)));
    }
  exposition_family (out, &oldest_pending);
  for (GList *one = names; one != NULL; one = one->next)
    {
      const char *const values[] = { one->data, NULL };

      exposition_sample (out, values, age_of (oldest, one->data, clock_steady_us (setup->clock)));
    }
  return TRUE;
}

/* "webhook/a refused" -> how many. */
static GHashTable *
count_causes (GPtrArray *groups)
{
  GHashTable *counted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < groups->len; i++)
    {
      const StoredDeadGroup *group = groups->pdata[i];
      g_autofree char *key = g_strconcat (group->connector, " ", dead_reason_name (group->dead),
                                          NULL);
      gint64 *n = g_hash_table_lookup (counted, key);

      if (n == NULL)
        {
          n = g_new0 (gint64, 1);
          g_hash_table_insert (counted, g_steal_pointer (&key), n);
        }
      *n += group->n;
    }
  return counted;
}

static gboolean
put_dead_letters (Exposition *out, Store *store, GError **error)
{
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (GHashTable) counted = NULL;
  g_autoptr (GList) keys = NULL;

  if (!store->engine->dead_groups (store, &groups, error))
    return FALSE;
  counted = count_causes (groups);
  keys = g_list_sort (g_hash_table_get_keys (counted), (GCompareFunc) strcmp);
  exposition_family (out, &dead_letters);
  for (GList *one = keys; one != NULL; one = one->next)
    {
      g_auto (GStrv) parts = g_strsplit (one->data, " ", 2);

      exposition_sample (out, (const char *const *) parts,
                         (double) *(gint64 *) g_hash_table_lookup (counted, one->data));
    }
  return TRUE;
}

/* ---- The store ------------------------------------------------------------------------------ */

/* "wal" of signalbox.db-wal, "database" of signalbox.db; NULL: not of the store. */
static const char *
kind_of_file (const char *name)
{
  if (g_str_has_suffix (name, ".db"))
    return "database";
  if (g_str_has_suffix (name, "-wal"))
    return "wal";
  if (g_str_has_suffix (name, "-shm"))
    return "shm";
  return NULL;
}

static void
put_files (Exposition *out, const char *state_dir)
{
  g_autoptr (GDir) folder = g_dir_open (state_dir, 0, NULL);
  const char *name;

  exposition_family (out, &store_bytes);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (state_dir, name, NULL);
      const char *kind = kind_of_file (name);
      const char *const values[] = { kind, NULL };
      GStatBuf status;

      if (kind != NULL && g_stat (path, &status) == 0)
        exposition_sample (out, values, (double) status.st_size);
    }
}

static void
put_writer (Exposition *out, Writer *writer)
{
  WriterStats stats;

  writer_stats (writer, &stats);
  put (out, &store_disk_full, NULL, stats.disk_full ? 1 : 0);
  put (out, &ingress_queued, NULL, stats.queued_events);
}

static void
put_schedule (Exposition *out, const ApiOperations *operations)
{
  const char *const queued_label[] = { "queued", NULL };
  const char *const under_way_label[] = { "under_way", NULL };
  guint queued = 0, under_way = 0;

  operations->schedule_stats (&queued, &under_way, operations->user_data);
  exposition_family (out, &schedule_deliveries);
  exposition_sample (out, queued_label, queued);
  exposition_sample (out, under_way_label, under_way);
}

/* ---- The answer ----------------------------------------------------------------------------- */

static gboolean
put_everything (Exposition *out, Api *api, GError **error)
{
  const ApiSetup *setup = &api->setup;
  const StoreEngine *engine = setup->store->engine;
  g_autoptr (Snapshot) snapshot = snapshot_current (setup->snapshots);
  g_auto (ApiCounts) counted = { 0 };
  StoreLedger ledger;

  if (!api_counts_load (&counted, setup->store, error) ||
      !engine->ledger (setup->store, FALSE, &ledger, error))
    return FALSE;
  put (out, &build_info, SIGNALBOX_VERSION, 1);
  put (out, &config_generation, NULL, (double) snapshot->generation);
  if (api->tls != NULL)
    {
      g_auto (HttpTlsState) state = { 0 };

      http_tls_describe (api->tls, &state);
      put (out, &certificate_expires, NULL, (double) (state.expires_us / G_USEC_PER_SEC));
    }
  put (out, &events, NULL, (double) ledger.events);
  put (out, &event_balance, NULL, (double) store_ledger_difference (&ledger));
  put_queues (out, snapshot->configuration, &counted);
  if (!put_connectors (out, setup, snapshot->configuration, error) ||
      !put_dead_letters (out, setup->store, error))
    return FALSE;
  put_schedule (out, &setup->operations);
  put_files (out, setup->state_dir);
  put_writer (out, setup->writer);
  if (setup->metrics != NULL)
    metrics_write (setup->metrics, out);
  return TRUE;
}

/* NULL: it could not be, and is sent as it is. */
static GBytes *
compress (const char *text, gsize length)
{
  g_autoptr (GConverter) gzip = G_CONVERTER (
      g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, gzip);

  if (!g_output_stream_write_all (stream, text, length, NULL, NULL, NULL) ||
      !g_output_stream_close (stream, NULL, NULL))
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/* "gzip" among the codings, and not with a weight of nothing. */
static gboolean
takes_gzip (const char *accept_encoding)
{
  g_auto (GStrv) codings = g_strsplit (accept_encoding != NULL ? accept_encoding : "", ",", -1);

  for (char **one = codings; *one != NULL; one++)
    {
      g_auto (GStrv) parts = g_strsplit (*one, ";", 2);
      const char *weight = parts[0] != NULL ? parts[1] : NULL;

      if (parts[0] == NULL || g_ascii_strcasecmp (g_strstrip (parts[0]), "gzip") != 0)
        continue;
      weight = weight != NULL ? strstr (weight, "q=") : NULL;
      return weight == NULL || g_ascii_strtod (weight + 2, NULL) > 0;
    }
  return FALSE;
}

void
api_get_metrics (HttpRequest *request, gpointer user_data)
{
  const char *const coded[] = { "Content-Encoding", "gzip", "Vary", "Accept, Accept-Encoding",
                                NULL };
  const char *const plain[] = { "Vary", "Accept, Accept-Encoding", NULL };
  const char *type;
  g_autoptr (Exposition) out = exposition_new (
      exposition_negotiate (http_request_header (request, "Accept"), &type));
  g_autoptr (GBytes) gzipped = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!put_everything (out, user_data, &error))
    {
      api_answer_error (request, error);
      return;
    }
  text = exposition_finish (out, &length);
  if (takes_gzip (http_request_header (request, "Accept-Encoding")))
    gzipped = compress (text, length);
  if (gzipped != NULL)
    http_answer (request, 200, type, g_bytes_get_data (gzipped, NULL),
                 (gssize) g_bytes_get_size (gzipped), coded);
  else
    http_answer_take (request, 200, type, g_steal_pointer (&text), length, plain);
}

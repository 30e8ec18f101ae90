/* How connectors and sources are: what passes through each, and when it last worked and did not. */
#include "http/api-private.h"

#include <string.h>

/* Rates are means over so many seconds. */
#define RATE_S 60

/* What the answers are made of, all of one moment. */
typedef struct
{
  Api *api;
  Snapshot *snapshot;
  ApiCounts counted;
  GPtrArray *holds;
  Series *series; /* locked */
} View;

static void
view_clear (View *view)
{
  if (view->series != NULL)
    sampler_unlock (view->api->sampler);
  g_clear_pointer (&view->holds, g_ptr_array_unref);
  g_clear_pointer (&view->snapshot, snapshot_unref);
  api_counts_clear (&view->counted);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (View, view_clear)

static gboolean
view_take (View *view, Api *api, GError **error)
{
  Store *store = api->setup.store;

  view->api = api;
  view->snapshot = snapshot_current (api->setup.snapshots);
  return api_counts_load (&view->counted, store, error) &&
         store->engine->holds (store, &view->holds, error) &&
         sampler_lock (api->sampler, &view->series, error);
}

static void
put_rate (Series *series,
          JsonOut *out,
          const char *member,
          SeriesKind kind,
          const char *name,
          SeriesColumn column)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  double n = (double) series_sum (series, kind, name, column, SERIES_SECONDS, RATE_S);

  json_out_raw (out, member, g_ascii_formatd (text, sizeof text, "%.3f", n / RATE_S), -1);
}

void
api_put_source_rates (Series *series, JsonOut *out, const char *ingress)
{
  put_rate (series, out, "in_per_second", SERIES_SOURCE, ingress, SERIES_IN);
  put_rate (series, out, "refused_per_second", SERIES_SOURCE, ingress, SERIES_REFUSED);
}

void
api_put_rule_rates (Series *series, JsonOut *out, const char *rule)
{
  put_rate (series, out, "matched_per_second", SERIES_RULE, rule, SERIES_MATCHED);
}

void
api_put_connector_rates (Series *series, JsonOut *out, const char *connector)
{
  gint64 p95_us = series_recent_p95_us (series, connector);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  put_rate (series, out, "delivered_per_second", SERIES_CONNECTOR, connector, SERIES_DELIVERED);
  put_rate (series, out, "failed_per_second", SERIES_CONNECTOR, connector, SERIES_FAILED);
  json_out_raw (out, "p95_ms",
                p95_us > 0 ? g_ascii_formatd (text, sizeof text, "%.3f", (double) p95_us / 1000)
                           : "null",
                -1);
}

static void
put_failure (JsonOut *out, const char *member, const PulseState *state, const char *code_member)
{
  if (state->failed_us == 0)
    {
      json_out_null (out, member);
      return;
    }
  json_out_object (out, member);
  json_out_time (out, "at", state->failed_us);
  json_out_int (out, "status", state->status);
  json_out_string (out, code_member, *state->code != '\0' ? state->code : NULL);
  json_out_string (out, "note", state->note);
  json_out_end_object (out);
}

static gint64
pending_of (const gint64 *counts)
{
  gint64 pending = 0;

  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    if (store_is_unsettled ((DeliveryState) state))
      pending += counts[state];
  return pending;
}

static void
put_connector (const View *view, JsonOut *out, const ConfigConnector *connector)
{
  const gint64 *counts = api_counts_get (view->counted.by_connector, connector->ref);
  gint64 oldest_us = series_oldest_us (view->series, SERIES_CONNECTOR, connector->ref);
  g_auto (PulseState) pulse = { 0 };

  pulse_get (view->api->setup.pulse, connector->ref, &pulse);
  json_out_object (out, NULL);
  api_put_connector_members (view->api, out, connector, &view->counted, view->holds);
  json_out_int (out, "pending", pending_of (counts));
  json_out_int (out, "oldest_pending_seconds", oldest_us / G_USEC_PER_SEC);
  api_put_connector_rates (view->series, out, connector->ref);
  json_out_time (out, "last_success", pulse.worked_us);
  put_failure (out, "last_error", &pulse, "error_code");
  json_out_end_object (out);
}

static void
put_source (const View *view, JsonOut *out, const ConfigSource *source)
{
  g_autofree char *name = g_strconcat ("source/", source->name, NULL);
  g_auto (PulseState) pulse = { 0 };

  pulse_get (view->api->setup.pulse, name, &pulse);
  json_out_object (out, NULL);
  api_put_source_members (out, source, &view->counted);
  api_put_source_rates (view->series, out, name);
  json_out_time (out, "last_event", pulse.worked_us);
  put_failure (out, "last_refused", &pulse, "cause");
  json_out_end_object (out);
}

/* ---- Calls ---- */

static GList *
sorted_keys (GHashTable *table)
{
  return g_list_sort (g_hash_table_get_keys (table), (GCompareFunc) strcmp);
}

void
api_list_connectors (HttpRequest *request, gpointer user_data)
{
  g_auto (View) view = { 0 };
  g_autoptr (GList) names = NULL;
  g_autoptr (GError) error = NULL;
  GHashTable *connectors;
  JsonOut *out;

  if (!view_take (&view, user_data, &error))
    {
      api_answer_error (request, error);
      return;
    }
  connectors = view.snapshot->configuration->connectors;
  names = sorted_keys (connectors);
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_array (out, "connectors");
  for (GList *name = names; name != NULL; name = name->next)
    put_connector (&view, out, g_hash_table_lookup (connectors, name->data));
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_get_connector (HttpRequest *request, gpointer user_data)
{
  g_auto (View) view = { 0 };
  const char *kind = http_request_segment (request, "kind");
  const char *name = http_request_segment (request, "name");
  g_autofree char *ref = g_strconcat (kind != NULL ? kind : "", "/", name, NULL);
  const ConfigConnector *connector;
  g_autoptr (GError) error = NULL;
  JsonOut *out;

  if (!view_take (&view, user_data, &error))
    {
      api_answer_error (request, error);
      return;
    }
  connector = g_hash_table_lookup (view.snapshot->configuration->connectors, ref);
  if (connector == NULL)
    {
      api_answer_not_found (request, "connector", ref);
      return;
    }
  out = json_out_new ();
  put_connector (&view, out, connector);
  api_answer_json (request, out);
}

void
api_list_sources (HttpRequest *request, gpointer user_data)
{
  g_auto (View) view = { 0 };
  g_autoptr (GList) names = NULL;
  g_autoptr (GError) error = NULL;
  GHashTable *sources;
  JsonOut *out;

  if (!view_take (&view, user_data, &error))
    {
      api_answer_error (request, error);
      return;
    }
  sources = view.snapshot->configuration->sources;
  names = sorted_keys (sources);
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_array (out, "sources");
  for (GList *name = names; name != NULL; name = name->next)
    put_source (&view, out, g_hash_table_lookup (sources, name->data));
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

/* The graph: sources, buses, rules with their targets, connectors, each with its counts and rates.
 */
#include "http/api-private.h"

#include <string.h>

static void
put_counts (JsonOut *out, const gint64 *counts)
{
  api_put_counts (out, "counts", counts, FALSE);
  json_out_int (out, "expired", counts[API_COUNTS_EXPIRED]);
}

static GList *
sorted_keys (GHashTable *table)
{
  return g_list_sort (g_hash_table_get_keys (table), (GCompareFunc) strcmp);
}

void
api_put_source_members (JsonOut *out, const ConfigSource *source, const ApiCounts *counted)
{
  g_autofree char *path = source->schedule != NULL ? g_strdup (source->schedule->expression)
                          : source->folder != NULL ? g_strdup (source->folder->path)
                                                   : g_strconcat ("/in/", source->path, NULL);
  g_autofree char *ingress = g_strconcat ("source/", source->name, NULL);

  json_out_string (out, "name", source->name);
  json_out_string (out, "description", source->description != NULL ? source->description : "");
  json_out_bool (out, "enabled", source->enabled);
  json_out_string (out, "path", path);
  json_out_string (out, "bus", source->bus);
  json_out_int (out, "events", api_counts_get (counted->by_ingress, ingress)[0]);
}

static void
put_source (JsonOut *out, const ConfigSource *source, const ApiCounts *counted, Series *series)
{
  g_autofree char *ingress = g_strconcat ("source/", source->name, NULL);

  json_out_object (out, NULL);
  api_put_source_members (out, source, counted);
  api_put_source_rates (series, out, ingress);
  json_out_end_object (out);
}

/* The events API is no configured source, but where it is used it belongs into the picture. */
static void
put_events_api (JsonOut *out, const ApiCounts *counted, Series *series)
{
  gint64 n = api_counts_get (counted->by_ingress, "api")[0];

  if (n == 0)
    return;
  json_out_object (out, NULL);
  json_out_string (out, "name", "api");
  json_out_string (out, "description", "The events API");
  json_out_bool (out, "enabled", TRUE);
  json_out_string (out, "path", "/v1/events");
  json_out_string (out, "bus", "default");
  json_out_int (out, "events", n);
  api_put_source_rates (series, out, "api");
  json_out_end_object (out);
}

static void
put_sources (JsonOut *out,
             const Configuration *configuration,
             const ApiCounts *counted,
             Series *series)
{
  g_autoptr (GList) names = sorted_keys (configuration->sources);

  json_out_array (out, "sources");
  for (GList *name = names; name != NULL; name = name->next)
    put_source (out, g_hash_table_lookup (configuration->sources, name->data), counted, series);
  put_events_api (out, counted, series);
  json_out_end_array (out);
}

static void
put_buses (JsonOut *out, const Configuration *configuration)
{
  g_autoptr (GList) names = sorted_keys (configuration->buses);

  json_out_array (out, "buses");
  for (GList *name = names; name != NULL; name = name->next)
    {
      const ConfigBus *bus = g_hash_table_lookup (configuration->buses, name->data);

      json_out_object (out, NULL);
      json_out_string (out, "name", bus->name);
      json_out_string (out, "description", bus->description != NULL ? bus->description : "");
      json_out_end_object (out);
    }
  json_out_end_array (out);
}

static void
put_target (JsonOut *out,
            const ConfigRule *rule,
            const ConfigTarget *target,
            const ApiCounts *counted)
{
  g_autofree char *key = api_counts_target_key (rule->ref, target->id);

  json_out_object (out, NULL);
  json_out_string (out, "id", target->id);
  json_out_string (out, "connector", target->connector);
  put_counts (out, api_counts_get (counted->by_target, key));
  json_out_end_object (out);
}

static void
put_rules (JsonOut *out,
           const Configuration *configuration,
           const ApiCounts *counted,
           Series *series)
{
  g_autoptr (GList) names = sorted_keys (configuration->rules);

  json_out_array (out, "rules");
  for (GList *name = names; name != NULL; name = name->next)
    {
      const ConfigRule *rule = g_hash_table_lookup (configuration->rules, name->data);

      json_out_object (out, NULL);
      json_out_string (out, "name", rule->ref);
      json_out_string (out, "bus", rule->bus);
      json_out_string (out, "description", rule->description != NULL ? rule->description : "");
      json_out_bool (out, "enabled", rule->enabled);
      json_out_int (out, "matched", api_counts_get (counted->by_rule, rule->ref)[0]);
      api_put_rule_rates (series, out, rule->ref);
      json_out_array (out, "targets");
      for (guint i = 0; i < rule->targets->len; i++)
        put_target (out, rule, rule->targets->pdata[i], counted);
      json_out_end_array (out);
      json_out_end_object (out);
    }
  json_out_end_array (out);
}

static const StoredHold *
find_hold (GPtrArray *holds, const char *connector)
{
  for (guint i = 0; i < holds->len; i++)
    if (strcmp (((const StoredHold *) holds->pdata[i])->connector, connector) == 0)
      return holds->pdata[i];
  return NULL;
}

void
api_put_connector_members (Api *api,
                           JsonOut *out,
                           const ConfigConnector *connector,
                           const ApiCounts *counted,
                           GPtrArray *holds)
{
  const ApiOperations *operations = &api->setup.operations;
  g_autofree char *summary = operations->describe (connector, operations->user_data);

  json_out_string (out, "name", connector->ref);
  json_out_string (out, "kind", connector->kind);
  json_out_string (out, "description",
                   connector->description != NULL ? connector->description : "");
  json_out_string (out, "summary", summary != NULL ? summary : "");
  api_put_hold (out, find_hold (holds, connector->ref), clock_wall_us (api->setup.clock));
  put_counts (out, api_counts_get (counted->by_connector, connector->ref));
}

static void
put_connectors (JsonOut *out,
                Api *api,
                const Configuration *configuration,
                const ApiCounts *counted,
                Series *series,
                GPtrArray *holds)
{
  g_autoptr (GList) names = sorted_keys (configuration->connectors);

  json_out_array (out, "connectors");
  for (GList *name = names; name != NULL; name = name->next)
    {
      json_out_object (out, NULL);
      api_put_connector_members (
          api, out, g_hash_table_lookup (configuration->connectors, name->data), counted, holds);
      api_put_connector_rates (series, out, name->data);
      json_out_end_object (out);
    }
  json_out_end_array (out);
}

void
api_get_routes (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  const Configuration *configuration = snapshot->configuration;
  Store *store = api->setup.store;
  g_auto (ApiCounts) counted = { 0 };
  g_autoptr (GPtrArray) holds = NULL;
  g_autoptr (GError) error = NULL;
  Series *series;
  JsonOut *out;

  if (!api_counts_load (&counted, store, &error) || !store->engine->holds (store, &holds, &error) ||
      !sampler_lock (api->sampler, &series, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_int (out, "generation", (gint64) snapshot->generation);
  put_sources (out, configuration, &counted, series);
  put_buses (out, configuration);
  put_rules (out, configuration, &counted, series);
  put_connectors (out, api, configuration, &counted, series, holds);
  sampler_unlock (api->sampler);
  json_out_end_object (out);
  api_answer_json (request, out);
}

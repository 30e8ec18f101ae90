/* A configuration read anew from its recorded text, and each of its rules tried by the oracle. */
#include "routes.h"

#include "config/configuration.h"
#include "connector/connector.h"
#include "plain-rules.h"

#include <glib/gstdio.h>
#include <string.h>

/* A bus' rules. */
typedef struct
{
  const ConfigBus *bus;
  PlainRules *rules;
} BusRoutes;

struct Routes
{
  Configuration *configuration;
  GHashTable *buses; /* name -> BusRoutes */
};

/* ---- The folder ---- */

static void
put_file (JsonObject *content, const char *path, JsonNode *text, gpointer overlay)
{
  g_hash_table_insert (overlay, g_strdup (path), g_strdup (json_node_get_string (text)));
}

/* An empty folder, and all of its files by way of overlay. */
static Configuration *
load (const char *content)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (content, &error);
  g_autoptr (GHashTable) overlay = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) problems = NULL;
  g_autofree char *folder = NULL;
  Configuration *configuration;

  g_assert_no_error (error);
  folder = g_dir_make_tmp ("signalbox-generation-XXXXXX", &error);
  g_assert_no_error (error);
  json_object_foreach_member (json_node_get_object (node), put_file, overlay);
  configuration = config_load (folder, connector_schemas (), overlay, &problems);
  g_rmdir (folder);
  if (configuration == NULL)
    g_error ("A recorded generation is no configuration: %s", content);
  return configuration;
}

/* ---- Buses ---- */

static BusRoutes *
bus_routes_new (const ConfigBus *bus)
{
  BusRoutes *routes = g_new0 (BusRoutes, 1);
  g_autofree const char **patterns = g_new0 (const char *, MAX (bus->rules->len, 1));

  routes->bus = bus;
  /* Every event has a source: no pattern means every event of the bus. */
  for (guint i = 0; i < bus->rules->len; i++)
    {
      const ConfigRule *rule = bus->rules->pdata[i];

      patterns[i] = rule->pattern != NULL ? rule->pattern : "{\"source\":[{\"exists\":true}]}";
    }
  routes->rules = plain_rules_new (patterns, bus->rules->len);
  return routes;
}

static void
bus_routes_free (gpointer data)
{
  BusRoutes *routes = data;

  plain_rules_free (routes->rules);
  g_free (routes);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
add_targets (GPtrArray *owed, const ConfigRule *rule)
{
  for (guint i = 0; i < rule->targets->len; i++)
    {
      const ConfigTarget *target = rule->targets->pdata[i];

      g_ptr_array_add (owed,
                       g_strdup_printf ("%s %s %s", rule->ref, target->id, target->connector));
    }
}

char **
routes_of_event (Routes *routes, const Event *event)
{
  BusRoutes *bus = g_hash_table_lookup (routes->buses, event->bus);
  g_autoptr (GString) envelope = event_envelope (event);
  g_autoptr (GPtrArray) owed = g_ptr_array_new ();
  const guint32 *ids;
  gsize n_ids;

  if (bus == NULL)
    return g_new0 (char *, 1);
  if (!plain_rules_match (bus->rules, envelope->str, envelope->len, &ids, &n_ids))
    return NULL;
  for (gsize i = 0; i < n_ids; i++)
    add_targets (owed, bus->bus->rules->pdata[ids[i]]);
  g_ptr_array_sort (owed, compare_texts);
  g_ptr_array_add (owed, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&owed), FALSE);
}

static gboolean
rule_has (const ConfigRule *rule, const char *target_id, const char *connector)
{
  for (guint i = 0; i < rule->targets->len; i++)
    {
      const ConfigTarget *target = rule->targets->pdata[i];

      if (g_str_equal (target->id, target_id) && g_str_equal (target->connector, connector))
        return TRUE;
    }
  return FALSE;
}

gboolean
routes_have (const Routes *routes, const char *rule, const char *target, const char *connector)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, routes->configuration->buses);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const ConfigBus *bus = value;

      for (guint i = 0; i < bus->rules->len; i++)
        {
          const ConfigRule *one = bus->rules->pdata[i];

          if (g_str_equal (one->ref, rule) && rule_has (one, target, connector))
            return TRUE;
        }
    }
  return FALSE;
}

Routes *
routes_new (const char *content)
{
  Routes *routes = g_new0 (Routes, 1);
  GHashTableIter iter;
  gpointer name, bus;

  routes->configuration = load (content);
  routes->buses = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, bus_routes_free);
  g_hash_table_iter_init (&iter, routes->configuration->buses);
  while (g_hash_table_iter_next (&iter, &name, &bus))
    g_hash_table_insert (routes->buses, name, bus_routes_new (bus));
  return routes;
}

void
routes_free (Routes *routes)
{
  g_hash_table_unref (routes->buses);
  configuration_unref (routes->configuration);
  g_free (routes);
}

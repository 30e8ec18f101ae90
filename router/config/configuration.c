/* configuration.c: the folder of JSON files, read and checked as a whole.
 *
 * All problems of all files are gathered before anything is refused.  Once made, a Configuration
 * never changes. */
#include "config/configuration.h"

#include "config/cases.h"
#include "config/check.h"
#include "config/connector.h"
#include "config/document.h"
#include "config/folder.h"
#include "config/loop.h"
#include "config/names.h"
#include "config/router.h"
#include "config/rule.h"
#include "config/settings.h"
#include "config/signature.h"
#include "config/source.h"

#include <string.h>

static void
bus_free (gpointer data)
{
  ConfigBus *bus = data;

  g_free (bus->name);
  g_free (bus->description);
  rules_set_free (bus->set);
  g_ptr_array_unref (bus->rules);
  g_free (bus);
}

static ConfigBus *
add_bus (Configuration *configuration, const char *name)
{
  ConfigBus *bus = g_hash_table_lookup (configuration->buses, name);

  if (bus)
    return bus;
  bus = g_new0 (ConfigBus, 1);
  bus->name = g_strdup (name);
  bus->rules = g_ptr_array_new ();
  g_hash_table_insert (configuration->buses, bus->name, bus);
  return bus;
}

/* Keys are strings of the values. */
static Configuration *
configuration_new (void)
{
  Configuration *configuration = g_atomic_rc_box_new0 (Configuration);

  configuration->buses = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, bus_free);
  configuration->sources = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                  (GDestroyNotify) config_source_free);
  configuration->paths = g_hash_table_new (g_str_hash, g_str_equal);
  configuration->rules = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                (GDestroyNotify) config_rule_free);
  configuration->connectors = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                     (GDestroyNotify) config_connector_free);
  configuration->cases = config_cases_new ();
  add_bus (configuration, "default");
  return configuration;
}

Configuration *
configuration_ref (Configuration *configuration)
{
  return g_atomic_rc_box_acquire (configuration);
}

static void
clear_configuration (gpointer data)
{
  Configuration *configuration = data;

  config_router_clear (&configuration->router);
  g_hash_table_unref (configuration->buses);
  g_hash_table_unref (configuration->paths);
  g_hash_table_unref (configuration->sources);
  g_hash_table_unref (configuration->rules);
  g_hash_table_unref (configuration->connectors);
  g_ptr_array_unref (configuration->cases);
  g_free (configuration->digest);
  g_free (configuration->content);
}

void
configuration_unref (Configuration *configuration)
{
  g_atomic_rc_box_release_full (configuration, clear_configuration);
}

static void
load_bus (Configuration *configuration, ConfigReport *report, const ConfigNames *names)
{
  JsonObject *object = json_node_get_object (report->file->root);
  ConfigBus *bus = add_bus (configuration, report->file->name);

  config_check_object (report, names, object, &config_schema_bus, NULL);
  bus->description = g_strdup (config_settings_string (object, "Description"));
}

static void
load_rule (Configuration *configuration, ConfigReport *report, const ConfigNames *names)
{
  ConfigRule *rule = config_rule_new (report, names);
  ConfigBus *bus = add_bus (configuration, rule->bus);

  g_hash_table_insert (configuration->rules, rule->ref, rule);
  if (rule->enabled)
    g_ptr_array_add (bus->rules, rule);
}

/* Two sources at one path would be one source that is silently not there. */
static void
load_source (Configuration *configuration, ConfigReport *report, const ConfigNames *names)
{
  ConfigSource *source = config_source_new (report, names);
  const ConfigSource *other = g_hash_table_lookup (configuration->paths, source->path);

  g_hash_table_insert (configuration->sources, source->name, source);
  if (source->schedule || source->folder)
    return;
  if (other)
    config_report_value (report, "Give one of them another Path.",
                         "source/%s.json is at /in/%s too", other->name, source->path);
  else
    g_hash_table_insert (configuration->paths, source->path, source);
}

/* The same path however it is written; a relative one is below the state folder. */
static char *
path_of (const ConfigConnector *connector, const char *name)
{
  const char *path = connector->settings ? config_settings_string (connector->settings, name)
                                         : NULL;

  return path && *path ? g_canonicalize_filename (path, *path == '/' ? "/" : "/<state>") : NULL;
}

/* Is there another one of its kind that writes to the same path? */
static const ConfigConnector *
find_rival (Configuration *configuration, const ConfigConnector *connector, const char *name)
{
  g_autofree char *path = path_of (connector, name);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, configuration->connectors);
  while (path && g_hash_table_iter_next (&iter, NULL, &value))
    {
      const ConfigConnector *other = value;
      g_autofree char *taken = NULL;

      if (other == connector || strcmp (other->kind, connector->kind) != 0)
        continue;
      taken = path_of (other, name);
      if (g_strcmp0 (taken, path) == 0)
        return other;
    }
  return NULL;
}

/* Two that write to one file would spoil each other's lines. */
static void
check_exclusive (Configuration *configuration,
                 ConfigReport *report,
                 const ConfigConnector *connector)
{
  for (const ConfigSetting *setting = report->file->schema->settings; setting->name; setting++)
    {
      const ConfigConnector *rival = setting->flags & SETTING_EXCLUSIVE
                                         ? find_rival (configuration, connector, setting->name)
                                         : NULL;
      gsize mark;

      if (!rival)
        continue;
      mark = config_report_enter (report, setting->name);
      config_report_value (report, "Give one of them another path.", "%s.json writes there too",
                           rival->ref);
      config_report_leave (report, mark);
    }
}

static void
load_file (Configuration *configuration,
           ConfigFile *file,
           const ConfigNames *names,
           GPtrArray *problems)
{
  ConfigReport report;

  config_report_init (&report, file, problems);
  if (!config_file_parse (file, &report))
    ;
  else if (file->schema == &config_schema_router)
    {
      config_router_clear (&configuration->router);
      config_router_read (&report, names, &configuration->router);
    }
  else if (file->schema == &config_schema_bus)
    load_bus (configuration, &report, names);
  else if (file->schema == &config_schema_signature)
    config_signature_check (&report, names);
  else if (file->schema == &config_schema_tests)
    {
      config_cases_check (&report, names);
      config_cases_add (configuration->cases, file);
    }
  else if (file->schema == &config_schema_source)
    load_source (configuration, &report, names);
  else if (file->schema == &config_schema_rule)
    load_rule (configuration, &report, names);
  else
    {
      ConfigConnector *connector = config_connector_new (&report, names);

      g_hash_table_insert (configuration->connectors, connector->ref, connector);
      check_exclusive (configuration, &report, connector);
    }
  config_report_clear (&report);
}

static void
load_files (Configuration *configuration,
            GPtrArray *files,
            gboolean router,
            const ConfigNames *names,
            GPtrArray *problems)
{
  for (guint i = 0; i < files->len; i++)
    {
      ConfigFile *file = files->pdata[i];

      if ((file->schema == &config_schema_router) == router)
        load_file (configuration, file, names, problems);
    }
}

static void
inherit (Configuration *configuration, const ConfigSchema *const *connector_schemas)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, configuration->connectors);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ConfigConnector *connector = value;

      config_connector_inherit (connector,
                                config_schema_by_kind (connector->kind, connector_schemas),
                                &configuration->router);
    }
}

/* A bus that is a target is a connector too. */
static void
connect_buses (Configuration *configuration)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, configuration->rules);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const ConfigRule *rule = value;

      for (guint i = 0; i < rule->targets->len; i++)
        {
          const char *ref = ((const ConfigTarget *) rule->targets->pdata[i])->connector;
          const char *name = config_bus_of_reference (ref);
          const ConfigBus *bus = name ? g_hash_table_lookup (configuration->buses, name) : NULL;
          ConfigConnector *connector;

          if (!bus || g_hash_table_contains (configuration->connectors, ref))
            continue;
          connector = config_connector_new_bus (bus->name, bus->description);
          g_hash_table_insert (configuration->connectors, connector->ref, connector);
        }
    }
}

static void
compile_buses (Configuration *configuration, const Configuration *previous, GPtrArray *problems)
{
  guint score = configuration->router.wildcard_score;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, configuration->buses);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ConfigBus *bus = value;
      const ConfigBus *before = previous ? g_hash_table_lookup (previous->buses, bus->name) : NULL;
      RulesError error;

      if (previous && previous->router.wildcard_score != score)
        before = NULL;
      bus->set = config_rules_compile (bus->rules, before, score, &error);
      /* Each pattern passed alone: this is what only all of them together can exceed. */
      if (!bus->set)
        {
          g_autofree char *path = g_strconcat ("rule/", bus->name, NULL);

          config_problem_add (problems, path, error.hint, "the rules of bus “%s” together: %s",
                              bus->name, error.reason);
        }
    }
}

static char *
digest_of (GPtrArray *files)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < files->len; i++)
    {
      const ConfigFile *file = files->pdata[i];
      guint64 length = GUINT64_TO_LE (file->length);

      /* The length keeps apart what else could run into each other. */
      g_checksum_update (checksum, (const guchar *) file->path, (gssize) strlen (file->path) + 1);
      g_checksum_update (checksum, (const guchar *) &length, sizeof length);
      g_checksum_update (checksum, (const guchar *) file->text, (gssize) file->length);
    }
  return g_strdup (g_checksum_get_string (checksum));
}

static char *
content_of (GPtrArray *files)
{
  g_autoptr (JsonObject) content = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), content);

  for (guint i = 0; i < files->len; i++)
    {
      const ConfigFile *file = files->pdata[i];

      json_object_set_string_member (content, file->path, file->text);
    }
  return json_to_string (node, FALSE);
}

Configuration *
config_load (const char *folder,
             const ConfigSchema *const *connector_schemas,
             GHashTable *overlay,
             GPtrArray **out_problems)
{
  return config_reload (NULL, folder, connector_schemas, overlay, out_problems);
}

Configuration *
config_reload (const Configuration *previous,
               const char *folder,
               const ConfigSchema *const *connector_schemas,
               GHashTable *overlay,
               GPtrArray **out_problems)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (
      (GDestroyNotify) config_problem_free);
  g_autoptr (GPtrArray) files = config_folder_read (folder, connector_schemas, overlay, problems);
  g_autoptr (Configuration) configuration = configuration_new ();
  ConfigNames names = { connector_schemas, files, 0 };

  config_router_defaults (&configuration->router);
  /* The router's limits are what rules are checked by. */
  load_files (configuration, files, TRUE, &names, problems);
  names.wildcard_score = configuration->router.wildcard_score;
  load_files (configuration, files, FALSE, &names, problems);
  inherit (configuration, connector_schemas);
  if (problems->len == 0)
    {
      connect_buses (configuration);
      config_loops_check (configuration, &names, problems);
    }
  if (problems->len == 0)
    compile_buses (configuration, previous, problems);
  if (problems->len == 0)
    {
      configuration->digest = digest_of (files);
      configuration->content = content_of (files);
      return g_steal_pointer (&configuration);
    }
  config_problems_sort (problems);
  if (out_problems)
    *out_problems = g_steal_pointer (&problems);
  return NULL;
}

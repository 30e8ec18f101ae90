/* schema.c: looking into the tables of what a file may say.
 *
 * Everything that is known of a setting stands once, in its table: table-<what>.c here, and
 * settings.c of each connector.  Checking, defaults, the JSON Schema files, the manual and the
 * app's forms follow from it.  Static data; any thread. */
#include "config/schema.h"

#include "config/table.h"

#include <string.h>

const char *const config_table_states[] = { "ENABLED", "DISABLED", NULL };

const ConfigSchema *
config_schema_by_kind (const char *kind, const ConfigSchema *const *connector_schemas)
{
  static const ConfigSchema *const own[] = { &config_schema_router,    &config_schema_bus,
                                             &config_schema_source,    &config_schema_rule,
                                             &config_schema_signature, &config_schema_tests };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    if (strcmp (own[i]->kind, kind) == 0)
      return own[i];
  for (guint i = 0; connector_schemas && connector_schemas[i]; i++)
    if (strcmp (connector_schemas[i]->kind, kind) == 0)
      return connector_schemas[i];
  return NULL;
}

gboolean
config_schema_is_connector (const ConfigSchema *schema)
{
  return schema != &config_schema_router && schema != &config_schema_bus &&
         schema != &config_schema_source && schema != &config_schema_rule &&
         schema != &config_schema_signature && schema != &config_schema_tests;
}

const ConfigSetting *
config_schema_find (const ConfigSchema *schema, const char *name)
{
  for (const ConfigSetting *setting = schema->settings; setting->name; setting++)
    if (strcmp (setting->name, name) == 0)
      return setting;
  return NULL;
}

const char *
config_effect_name (SettingEffect effect)
{
  static const char *const names[] = {
    [EFFECT_AT_ONCE] = "at once",
    [EFFECT_NEXT_ATTEMPT] = "next attempt",
    [EFFECT_NEW_EVENTS] = "new events",
    [EFFECT_RESTART] = "restart",
  };

  return names[effect];
}

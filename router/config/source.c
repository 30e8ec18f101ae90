/* source.c: one source: a webhook endpoint and what its events say of themselves. */
#include "config/source.h"

#include "config/check.h"
#include "config/settings.h"
#include "config/value.h"

/* What DetailType is when neither file nor request say; the schema's default is the same. */
#define DEFAULT_DETAIL_TYPE "webhook"

ConfigSource *
config_source_new (ConfigReport *report, const ConfigNames *names)
{
  const ConfigFile *file = report->file;
  JsonObject *object = json_node_get_object (file->root);
  g_autoptr (JsonObject) settings = config_settings_complete (object, file->schema);
  ConfigSource *source = g_new0 (ConfigSource, 1);

  config_check_object (report, names, object, file->schema, NULL);
  source->name = g_strdup (file->name);
  source->description = g_strdup (config_settings_string (settings, "Description"));
  source->bus = g_strdup (config_settings_string (settings, "Bus"));
  config_value_read (json_object_get_member (settings, "Source"), file->name, &source->source);
  config_value_read (json_object_get_member (settings, "DetailType"), DEFAULT_DETAIL_TYPE,
                     &source->detail_type);
  source->enabled = g_strcmp0 (config_settings_string (settings, "State"), "ENABLED") == 0;
  return source;
}

void
config_source_free (ConfigSource *source)
{
  if (!source)
    return;
  g_free (source->name);
  g_free (source->description);
  g_free (source->bus);
  config_value_clear (&source->source);
  config_value_clear (&source->detail_type);
  g_free (source);
}

/* source.c: one source: a webhook endpoint and what its events say of themselves. */
#include "config/source.h"

#include "config/check.h"
#include "config/settings.h"
#include "config/value.h"

/* What DetailType is when neither file nor request say; the schema's default is the same. */
#define DEFAULT_DETAIL_TYPE "webhook"

/* A constant would make every request a repeat of the first. */
static void
check_repeats (ConfigReport *report, JsonObject *object)
{
  JsonObject *repeats = config_settings_object (object, "Repeats");
  gsize mark = config_report_enter (report, "Repeats");

  config_report_enter (report, "Key");
  if (config_settings_string (repeats, "Key"))
    config_report_value (report, "Write {\"Header\": \"…\"} or {\"Path\": \"$.…\"}.",
                         "a constant is the same for every request");
  config_report_leave (report, mark);
}

static ConfigRepeats *
read_repeats (JsonObject *settings)
{
  JsonObject *object = config_settings_object (settings, "Repeats");
  ConfigRepeats *repeats;

  if (!object)
    return NULL;
  repeats = g_new0 (ConfigRepeats, 1);
  config_value_read (json_object_get_member (object, "Key"), "", &repeats->key);
  repeats->window_us = config_settings_seconds (object, "WindowSeconds");
  repeats->required = config_settings_boolean (object, "Required");
  return repeats;
}

static void
repeats_free (ConfigRepeats *repeats)
{
  if (!repeats)
    return;
  config_value_clear (&repeats->key);
  g_free (repeats);
}

ConfigSource *
config_source_new (ConfigReport *report, const ConfigNames *names)
{
  const ConfigFile *file = report->file;
  JsonObject *object = json_node_get_object (file->root);
  g_autoptr (JsonObject) settings = config_settings_complete (object, file->schema);
  ConfigSource *source = g_new0 (ConfigSource, 1);

  config_check_object (report, names, object, file->schema, NULL);
  check_repeats (report, object);
  source->name = g_strdup (file->name);
  source->description = g_strdup (config_settings_string (settings, "Description"));
  source->bus = g_strdup (config_settings_string (settings, "Bus"));
  config_value_read (json_object_get_member (settings, "Source"), file->name, &source->source);
  config_value_read (json_object_get_member (settings, "DetailType"), DEFAULT_DETAIL_TYPE,
                     &source->detail_type);
  source->repeats = read_repeats (settings);
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
  repeats_free (source->repeats);
  g_free (source);
}

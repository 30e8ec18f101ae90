/* source.c: one source: a webhook endpoint and what its events say of themselves. */
#include "config/source.h"

#include "config/check.h"
#include "config/gate.h"
#include "config/own.h"
#include "config/preset.h"
#include "config/settings.h"
#include "config/value.h"

#include "base/http-field.h"

/* What DetailType is when neither file nor request say; the schema's default is the same. */
#define DEFAULT_DETAIL_TYPE "webhook"
/* EventBridge's. */
#define SCHEDULE_DETAIL_TYPE "Scheduled Event"
#define FOLDER_DETAIL_TYPE "file"

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

/* ---- The envelope ---- */

/* Rules and whoever may read events would see what a sender proves itself with. */
static gboolean
is_credential (const ConfigGate *gate, const char *name)
{
  static const char *const always[] = { "authorization", "proxy-authorization", "cookie", NULL };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  if (g_strv_contains (always, lower))
    return TRUE;
  return gate &&
         ((gate->auth == CONFIG_AUTH_KEY && g_ascii_strcasecmp (name, gate->auth_header) == 0) ||
          (gate->signature && g_ascii_strcasecmp (name, gate->signature->header) == 0));
}

static void
check_kept_headers (ConfigReport *report, const ConfigGate *gate, JsonObject *settings)
{
  g_auto (GStrv) names = config_settings_strings (settings, "KeepHeaders");
  gsize mark = config_report_enter (report, "KeepHeaders");

  for (guint i = 0; names && names[i]; i++)
    {
      gsize element = config_report_enter_index (report, i);

      if (!http_field_name_is_valid (names[i]))
        config_report_value (report, "Write the name alone, as in “X-GitHub-Hook-ID”.",
                             "“%.64s” is no name of a header", names[i]);
      else if (is_credential (gate, names[i]))
        config_report_value (report, "Leave it out.",
                             "%.64s says who the sender is and is not for rules", names[i]);
      config_report_leave (report, element);
    }
  config_report_leave (report, mark);
}

static char **
read_kept_headers (JsonObject *settings)
{
  char **names = config_settings_strings (settings, "KeepHeaders");

  for (char **name = names; name && *name; name++)
    {
      char *lower = g_ascii_strdown (*name, -1);

      g_free (*name);
      *name = lower;
    }
  return names;
}

static ConfigCloudEvents
cloudevents_by_name (const char *name)
{
  if (g_strcmp0 (name, "accept") == 0)
    return CONFIG_CLOUDEVENTS_ACCEPT;
  return g_strcmp0 (name, "require") == 0 ? CONFIG_CLOUDEVENTS_REQUIRE : CONFIG_CLOUDEVENTS_OFF;
}

/* A stranger's trace is not gone on with: he would decide what is recorded, and under which name.
 */
static gboolean
continues_trace (const ConfigGate *gate, JsonObject *settings)
{
  const char *trace = config_settings_string (settings, "Trace");

  if (trace)
    return g_str_equal (trace, "continue");
  return gate && (gate->auth != CONFIG_AUTH_NONE || gate->signature);
}

/* merged: what file and preset say, without defaults. */
static void
read_envelope (ConfigSource *source, JsonObject *merged, JsonObject *settings)
{
  config_value_read (json_object_get_member (settings, "Source"), source->name, &source->source);
  config_value_read (json_object_get_member (settings, "DetailType"), DEFAULT_DETAIL_TYPE,
                     &source->detail_type);
  if (!json_object_has_member (merged, "DetailType") &&
      (json_object_has_member (merged, "Schedule") || json_object_has_member (merged, "Folder")))
    {
      g_free (source->detail_type.text);
      source->detail_type.text = g_strdup (
          json_object_has_member (merged, "Schedule") ? SCHEDULE_DETAIL_TYPE : FOLDER_DETAIL_TYPE);
    }
  source->says_source = json_object_has_member (merged, "Source");
  source->says_detail_type = json_object_has_member (merged, "DetailType");
  config_value_read (json_object_get_member (settings, "Id"), "", &source->id);
  config_value_read (json_object_get_member (settings, "Time"), "", &source->time);
  config_value_read (json_object_get_member (settings, "Resources"), "", &source->resources);
  source->kept_headers = read_kept_headers (settings);
  source->cloudevents = cloudevents_by_name (config_settings_string (settings, "CloudEvents"));
}

/* The file's settings over those of its preset. */
static JsonObject *
merge_preset (ConfigReport *report, JsonObject *object)
{
  const char *name = config_settings_string (object, "Preset");
  g_autoptr (JsonObject) preset = name ? config_preset_get (PRESET_PROVIDER, name) : NULL;
  gsize mark;

  if (preset)
    return config_preset_merge (preset, object);
  mark = config_report_enter (report, "Preset");
  if (name)
    {
      g_auto (GStrv) names = config_preset_names (PRESET_PROVIDER);
      g_autofree char *known = g_strjoinv (", ", names);
      g_autofree char *hint = g_strdup_printf ("There are %s.", known);

      config_report_value (report, hint, "there is no preset “%.64s”", name);
    }
  config_report_leave (report, mark);
  return json_object_ref (object);
}

static void
read_settings (ConfigSource *source,
               const ConfigNames *names,
               JsonObject *merged,
               JsonObject *settings)
{
  const char *path = config_settings_string (settings, "Path");

  source->path = g_strdup (path ? path : source->name);
  source->description = g_strdup (config_settings_string (settings, "Description"));
  source->bus = g_strdup (config_settings_string (settings, "Bus"));
  read_envelope (source, merged, settings);
  source->gate = config_gate_new (names, settings);
  source->continues_trace = continues_trace (source->gate, settings);
  source->answer = config_answer_new (settings);
  source->repeats = read_repeats (settings);
  source->enabled = g_strcmp0 (config_settings_string (settings, "State"), "ENABLED") == 0;
}

ConfigSource *
config_source_new (ConfigReport *report, const ConfigNames *names)
{
  const ConfigFile *file = report->file;
  JsonObject *object = json_node_get_object (file->root);
  g_autoptr (JsonObject) merged = merge_preset (report, object);
  g_autoptr (JsonObject) settings = config_settings_complete (merged, file->schema);
  ConfigSource *source = g_new0 (ConfigSource, 1);

  config_check_object (report, names, object, file->schema, NULL);
  check_repeats (report, object);
  config_gate_check (report, names, settings);
  source->name = g_strdup (file->name);
  read_settings (source, names, merged, settings);
  check_kept_headers (report, source->gate, settings);
  config_own_check (report, merged, settings);
  source->schedule = config_schedule_new (file, settings);
  source->folder = config_folder_source_new (settings);
  return source;
}

void
config_source_free (ConfigSource *source)
{
  if (!source)
    return;
  g_free (source->name);
  g_free (source->path);
  g_free (source->description);
  g_free (source->bus);
  config_value_clear (&source->source);
  config_value_clear (&source->detail_type);
  config_value_clear (&source->id);
  config_value_clear (&source->time);
  config_value_clear (&source->resources);
  g_strfreev (source->kept_headers);
  config_gate_free (source->gate);
  config_answer_free (source->answer);
  repeats_free (source->repeats);
  config_schedule_free (source->schedule);
  config_folder_source_free (source->folder);
  g_free (source);
}

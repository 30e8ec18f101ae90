/* own.c: the settings of sources that the router makes events of itself. */
#include "config/own.h"

#include "config/settings.h"

#include <string.h>

/* ---- Checking ---- */

/* What asks something of a request means nothing where there are none. */
static void
check_absent (ConfigReport *report, JsonObject *merged, const char *const *names, const char *own)
{
  for (; *names; names++)
    {
      gsize mark;

      if (!json_object_has_member (merged, *names))
        continue;
      mark = config_report_enter (report, *names);
      config_report_name (report, "Leave it out.", "a source with “%s” takes no requests", own);
      config_report_leave (report, mark);
    }
}

static void
check_no_requests (ConfigReport *report, JsonObject *merged, const char *own)
{
  static const char *const of_requests[] = {
    "Preset", "Path",    "Methods",        "ContentTypes", "FormField", "BodyBytes",
    "Rate",   "Auth",    "AllowAddresses", "Answer",       "Signature", "Handshakes",
    "Sns",    "Repeats", "KeepHeaders",    "CloudEvents",  "Trace",     NULL
  };

  check_absent (report, merged, of_requests, own);
}

/* A file has a body and nothing else. */
static void
check_value (ConfigReport *report, JsonObject *merged, const char *name, gboolean may_be_path)
{
  JsonNode *node = json_object_get_member (merged, name);
  JsonObject *place = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  gsize mark = config_report_enter (report, name);

  if (place && !(may_be_path && json_object_has_member (place, "Path")))
    config_report_value (report, may_be_path ? "Write a string or a Path." : "Write a string.",
                         "there is no request to take it from");
  config_report_leave (report, mark);
}

static void
check_values (ConfigReport *report, JsonObject *merged, gboolean may_be_paths)
{
  static const char *const names[] = { "Source", "DetailType", "Id", "Time", "Resources" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    check_value (report, merged, names[i], may_be_paths);
}

static void
check_expression (ConfigReport *report, JsonObject *schedule)
{
  const char *expression = config_settings_string (schedule, "Expression");
  g_autoptr (GError) error = NULL;
  g_autoptr (Timetable) timetable = NULL;
  gboolean is_zone;
  gsize mark;

  if (!expression)
    return;
  timetable = timetable_new (expression, config_settings_string (schedule, "TimeZone"), &is_zone,
                             &error);
  if (timetable)
    return;
  mark = config_report_enter (report, is_zone ? "TimeZone" : "Expression");
  config_report_value (report,
                       is_zone ? "Write an IANA name, as in “Europe/Zurich”."
                               : "Expressions are described in signalbox.source(5).",
                       "%s", error->message);
  config_report_leave (report, mark);
}

void
config_own_check (ConfigReport *report, JsonObject *merged, JsonObject *settings)
{
  static const char *const of_events[] = { "Id", "Time", "Resources", NULL };
  JsonObject *schedule = config_settings_object (settings, "Schedule");
  gboolean has_folder = json_object_has_member (merged, "Folder");
  gsize mark;

  if (schedule && has_folder)
    config_report_value (report, "Make two sources of it.",
                         "“Schedule” and “Folder” exclude each other");
  else if (schedule || has_folder)
    {
      check_no_requests (report, merged, schedule ? "Schedule" : "Folder");
      if (schedule)
        check_absent (report, merged, of_events, "Schedule");
      check_values (report, merged, has_folder);
    }
  if (!schedule)
    return;
  mark = config_report_enter (report, "Schedule");
  check_expression (report, schedule);
  config_report_leave (report, mark);
}

/* ---- Reading ---- */

static ConfigCatchUp
catch_up_by_name (const char *name)
{
  if (g_strcmp0 (name, "all") == 0)
    return CONFIG_CATCH_UP_ALL;
  return g_strcmp0 (name, "none") == 0 ? CONFIG_CATCH_UP_NONE : CONFIG_CATCH_UP_LAST;
}

/* Its own bytes, so that numbers stay as they are written. */
static GBytes *
read_detail (const ConfigFile *file)
{
  RulesJsonSpan span;

  if (file->text && rules_json_locate (file->text, file->length, "/Schedule/Detail", &span))
    return g_bytes_new (file->text + span.start, span.length);
  return g_bytes_new_static ("{}", 2);
}

ConfigSchedule *
config_schedule_new (const ConfigFile *file, JsonObject *settings)
{
  JsonObject *object = config_settings_object (settings, "Schedule");
  const char *expression = config_settings_string (object, "Expression");
  const char *zone = config_settings_string (object, "TimeZone");
  Timetable *timetable;
  ConfigSchedule *schedule;
  gboolean is_zone;

  if (!expression)
    return NULL;
  timetable = timetable_new (expression, zone, &is_zone, NULL);
  if (!timetable)
    return NULL;
  schedule = g_new0 (ConfigSchedule, 1);
  schedule->expression = g_strdup (expression);
  schedule->zone = g_strdup (zone);
  schedule->timetable = timetable;
  schedule->catch_up = catch_up_by_name (config_settings_string (object, "CatchUp"));
  schedule->max_catch_up = (guint) config_settings_integer (object, "CatchUpEvents");
  schedule->detail = read_detail (file);
  return schedule;
}

void
config_schedule_free (ConfigSchedule *schedule)
{
  if (!schedule)
    return;
  g_free (schedule->expression);
  g_free (schedule->zone);
  timetable_free (schedule->timetable);
  g_bytes_unref (schedule->detail);
  g_free (schedule);
}

ConfigFolder *
config_folder_source_new (JsonObject *settings)
{
  JsonObject *object = config_settings_object (settings, "Folder");
  const char *path = config_settings_string (object, "Path");
  ConfigFolder *folder;

  if (!path)
    return NULL;
  folder = g_new0 (ConfigFolder, 1);
  folder->path = g_strdup (path);
  folder->settle_us = (gint64) (config_settings_number (object, "SettleSeconds") * G_USEC_PER_SEC);
  folder->file_bytes = (gsize) config_settings_integer (object, "FileBytes");
  folder->rescan_us = config_settings_seconds (object, "RescanSeconds");
  folder->keeps_done = config_settings_boolean (object, "KeepDone");
  return folder;
}

void
config_folder_source_free (ConfigFolder *folder)
{
  if (!folder)
    return;
  g_free (folder->path);
  g_free (folder);
}

/* own.c: the settings of sources that the router makes events of itself. */
#include "config/own.h"

#include "config/settings.h"

#include <string.h>

/* ---- Checking ---- */

/* What asks something of a request means nothing where there are none. */
static void
check_no_requests (ConfigReport *report, JsonObject *merged, const char *own)
{
  static const char *const of_requests[] = {
    "Preset",      "Path",           "Methods",     "ContentTypes", "FormField",
    "BodyBytes",   "AllowAddresses", "Rate",        "Auth",         "Answer",
    "Signature",   "Handshakes",     "Repeats",     "Id",           "Resources",
    "KeepHeaders", "Time",           "CloudEvents", "Trace",
  };

  for (guint i = 0; i < G_N_ELEMENTS (of_requests); i++)
    {
      gsize mark;

      if (!json_object_has_member (merged, of_requests[i]))
        continue;
      mark = config_report_enter (report, of_requests[i]);
      config_report_name (report, "Leave it out.", "a source with “%s” takes no requests", own);
      config_report_leave (report, mark);
    }
}

static void
check_constant (ConfigReport *report, JsonObject *merged, const char *name)
{
  JsonNode *node = json_object_get_member (merged, name);
  gsize mark = config_report_enter (report, name);

  if (node && JSON_NODE_HOLDS_OBJECT (node))
    config_report_value (report, "Write a string.", "there is no request to take it from");
  config_report_leave (report, mark);
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
  JsonObject *schedule = config_settings_object (settings, "Schedule");
  gsize mark;

  if (!schedule)
    return;
  check_no_requests (report, merged, "Schedule");
  check_constant (report, merged, "Source");
  check_constant (report, merged, "DetailType");
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

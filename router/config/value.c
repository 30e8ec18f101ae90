/* value.c: SETTING_VALUE: a constant, or where in a request to find the value. */
#include "config/value.h"

#include "config/settings.h"
#include "rules/rules.h"

#include <string.h>

static const ConfigSetting place_settings[] = {
  { .name = "Header", .type = SETTING_STRING, .help = "A request header." },
  { .name = "Path", .type = SETTING_STRING, .help = "A JSONPath into the body." },
  { .name = "Query", .type = SETTING_STRING, .help = "A parameter of the query." },
  { .name = "Default", .type = SETTING_STRING, .help = "The value when the request has none." },
  { NULL },
};

static const ConfigSchema place_schema = {
  .kind = "value",
  .title = "Value",
  .settings = place_settings,
};

/* RFC 9110, section 5.6.2: a token. */
static gboolean
is_header_name (const char *name)
{
  for (const char *at = name; *at; at++)
    if (!g_ascii_isalnum (*at) && !strchr ("!#$%&'*+-.^_`|~", *at))
      return FALSE;
  return *name != '\0';
}

static void
check_header (ConfigReport *report, const char *header)
{
  gsize mark = config_report_enter (report, "Header");

  if (!is_header_name (header))
    config_report_value (report, "Write the name alone, as in “X-GitHub-Event”.",
                         "“%s” is no name of a header", header);
  config_report_leave (report, mark);
}

static void
check_path (ConfigReport *report, const char *path)
{
  gsize mark = config_report_enter (report, "Path");
  RulesBuffer found = { 0 };
  RulesError error;
  bool is_there;

  /* Any document will do to learn whether the path is understood. */
  if (!rules_path_get (path, "{}", 2, &found, &is_there, &error))
    config_report_rules (report, "not a path into the body", &error);
  rules_buffer_clear (&found);
  config_report_leave (report, mark);
}

static void
check_place (ConfigReport *report, const ConfigSetting *setting, JsonObject *place)
{
  const char *header = config_settings_string (place, "Header");
  const char *path = config_settings_string (place, "Path");
  const char *fallback = config_settings_string (place, "Default");
  int n_places = json_object_has_member (place, "Header") + json_object_has_member (place, "Path") +
                 json_object_has_member (place, "Query");

  if (n_places != 1)
    config_report_value (report, "Name the one place that the value is taken from.",
                         "expected exactly one of Header, Path and Query");
  if (header)
    check_header (report, header);
  if (path)
    check_path (report, path);
  if (fallback)
    {
      gsize mark = config_report_enter (report, "Default");

      config_check_length (report, setting, fallback);
      config_report_leave (report, mark);
    }
}

void
config_value_check (ConfigReport *report,
                    const ConfigNames *names,
                    const ConfigSetting *setting,
                    JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      config_check_object (report, names, json_node_get_object (node), &place_schema, NULL);
      check_place (report, setting, json_node_get_object (node));
    }
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    config_check_length (report, setting, json_node_get_string (node));
  else
    config_check_expected (
        report, "", "a string, {\"Header\": \"X-…\"}, {\"Path\": \"$.…\"} or {\"Query\": \"…\"}");
}

void
config_value_read (JsonNode *node, const char *fallback, ConfigValue *out_value)
{
  JsonObject *place = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *header = config_settings_string (place, "Header");
  const char *path = config_settings_string (place, "Path");
  const char *query = config_settings_string (place, "Query");
  const char *given = config_settings_string (place, "Default");
  const char *constant = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

  if (header || path || query)
    {
      out_value->kind = header ? CONFIG_VALUE_HEADER
                        : path ? CONFIG_VALUE_PATH
                               : CONFIG_VALUE_QUERY;
      out_value->text = g_strdup (header ? header : path ? path : query);
      out_value->fallback = g_strdup (given ? given : fallback);
      return;
    }
  out_value->kind = CONFIG_VALUE_CONSTANT;
  out_value->text = g_strdup (constant ? constant : fallback);
  out_value->fallback = g_strdup ("");
}

void
config_value_clear (ConfigValue *value)
{
  g_clear_pointer (&value->text, g_free);
  g_clear_pointer (&value->fallback, g_free);
}

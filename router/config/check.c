/* check.c: does a tree say what its schema allows?
 *
 * Every finding names what was seen and what was expected; the report adds where.  Numbers are
 * judged by their own text, because json-glib wraps integers that are too long for it around. */
#include "config/check.h"

#include "config/suggest.h"
#include "config/value.h"

#include <math.h>
#include <string.h>

/* ---- What was seen ---- */

static char *
raw_text (ConfigReport *report)
{
  RulesJsonSpan span;

  if (!config_report_locate (report, &span))
    return g_strdup ("");
  return g_strndup (report->file->text + span.start, span.length);
}

/* "the number 5" */
static char *
describe (ConfigReport *report)
{
  g_autofree char *text = raw_text (report);
  g_autofree char *head = config_report_shorten (text);

  switch (*text)
    {
    case '{':
      return g_strdup ("an object");
    case '[':
      return g_strdup ("an array");
    case '"':
      return g_strdup_printf ("the string %s", head);
    case 't':
    case 'f':
    case 'n':
      return g_steal_pointer (&head);
    default:
      return g_strdup_printf ("the number %s", head);
    }
}

void
config_check_expected (ConfigReport *report, const char *hint, const char *expected)
{
  g_autofree char *seen = config_report_has_room (report) ? describe (report) : NULL;

  config_report_value (report, hint, "expected %s, not %s", expected, seen ? seen : "this");
}

/* ---- Bounds ---- */

static gboolean
has_bounds (const ConfigSetting *setting)
{
  return setting->min != 0 || setting->max != 0;
}

/* "0 to 185", "1 to 3600 s" */
static char *
bounds_text (const ConfigSetting *setting)
{
  return g_strdup_printf ("%.15g to %.15g%s%s", setting->min, setting->max,
                          setting->unit ? " " : "", setting->unit ? setting->unit : "");
}

static gboolean
check_count (ConfigReport *report, const ConfigSetting *setting, double count, const char *what)
{
  g_autofree char *bounds = NULL;

  if (has_bounds (setting) && (count < setting->min || count > setting->max))
    {
      bounds = bounds_text (setting);
      config_report_value (report, "", "expected %s %s, not %.0f", bounds, what, count);
      return FALSE;
    }
  if ((setting->flags & SETTING_NONEMPTY) && count == 0)
    {
      config_report_value (report, setting->help, "must not be empty");
      return FALSE;
    }
  return TRUE;
}

gboolean
config_check_length (ConfigReport *report, const ConfigSetting *setting, const char *string)
{
  return check_count (report, setting, (double) g_utf8_strlen (string, -1), "characters");
}

/* ---- Scalars ---- */

static void
check_choice (ConfigReport *report, const ConfigSetting *setting, const char *string)
{
  g_autofree char *choices = g_strjoinv (", ", (char **) setting->choices);
  g_autofree char *head = config_report_shorten (string);
  g_autofree char *hint = NULL;
  Suggestion suggestion;

  if (g_strv_contains (setting->choices, string))
    return;
  suggestion_init (&suggestion, string);
  for (guint i = 0; setting->choices[i]; i++)
    suggestion_offer (&suggestion, setting->choices[i]);
  if (suggestion_get (&suggestion))
    hint = g_strdup_printf ("Did you mean “%s”?", suggestion_get (&suggestion));
  config_report_value (report, hint ? hint : "", "“%s” is not one of %s", head, choices);
}

/* GUri passes it on. */
static gboolean
has_space (const char *string)
{
  for (; *string; string++)
    if ((guchar) *string <= ' ' || *string == '\x7f')
      return TRUE;
  return FALSE;
}

static void
check_url (ConfigReport *report, const char *string)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = g_uri_parse (string, G_URI_FLAGS_NONE, &error);
  g_autofree char *head = config_report_shorten (string);
  const char *scheme = uri ? g_uri_get_scheme (uri) : "";
  const char *host = uri ? g_uri_get_host (uri) : NULL;

  if (uri && !has_space (string) && host && *host &&
      (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0))
    return;
  config_report_value (report, "Write it out, as in “https://example.com/hook”.",
                       "“%s” is no absolute http or https URL%s%s", head, error ? ": " : "",
                       error ? error->message : "");
}

static void
check_bus (ConfigReport *report, const ConfigNames *names, const char *string)
{
  g_autofree char *head = config_report_shorten (string);
  g_autofree char *hint = NULL;

  if (config_names_has_bus (names, string))
    return;
  hint = config_names_bus_hint (names, string);
  config_report_value (report, hint, "no bus “%s”: there is no bus/%s.json", head, head);
}

static void
check_reference (ConfigReport *report, const ConfigNames *names, const char *string)
{
  g_autofree char *head = config_report_shorten (string);
  g_autofree char *hint = NULL;

  if (config_names_has_connector (names, string))
    return;
  hint = config_names_connector_hint (names, string);
  if (strchr (string, '/') && !g_str_has_prefix (string, "arn:"))
    config_report_value (report, hint, "no connector “%s”: there is no %s.json", head, head);
  else
    config_report_value (report, hint, "“%s” does not name a connector, kind/name", head);
}

static void
check_string (ConfigReport *report,
              const ConfigNames *names,
              const ConfigSetting *setting,
              JsonNode *node)
{
  const char *string = json_node_get_string (node);

  if (!config_check_length (report, setting, string))
    return;
  if (setting->choices)
    check_choice (report, setting, string);
  if (setting->flags & SETTING_URL)
    check_url (report, string);
  if (setting->flags & SETTING_BUS)
    check_bus (report, names, string);
  if ((setting->flags & SETTING_QUEUE) && !g_str_has_prefix (string, "queue/"))
    config_check_expected (report, setting->help, "a queue, queue/NAME");
  else if (setting->flags & SETTING_REFERENCE)
    check_reference (report, names, string);
}

static void
check_number (ConfigReport *report, const ConfigSetting *setting)
{
  g_autofree char *text = raw_text (report);
  g_autofree char *head = config_report_shorten (text);
  double number = g_ascii_strtod (text, NULL);
  g_autofree char *bounds = NULL;
  gint64 integer;

  if (setting->type == SETTING_INTEGER && strpbrk (text, ".eE"))
    {
      config_check_expected (report, "", "a whole number, of digits only");
      return;
    }
  bounds = has_bounds (setting) ? bounds_text (setting) : g_strdup ("one that can be kept");
  if (!isfinite (number) ||
      (has_bounds (setting) && (number < setting->min || number > setting->max)) ||
      (setting->type == SETTING_INTEGER &&
       !g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &integer, NULL)))
    config_report_value (report, setting->help, "%s is out of bounds: expected %s", head, bounds);
}

/* ---- Compounds ---- */

static void
check_map (ConfigReport *report, const ConfigSetting *setting, JsonObject *map)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!check_count (report, setting, json_object_get_size (map), "entries"))
    return;
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      gsize mark = config_report_enter (report, name);

      if (json_node_get_value_type (node) != G_TYPE_STRING)
        config_check_expected (report, "Put it in quotes.", "a string");
      config_report_leave (report, mark);
    }
}

static void
check_array (ConfigReport *report,
             const ConfigNames *names,
             const ConfigSetting *setting,
             JsonArray *array)
{
  if (!check_count (report, setting, json_array_get_length (array), "entries"))
    return;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      gsize mark = config_report_enter_index (report, i);

      if (!setting->nested)
        {
          if (json_node_get_value_type (element) != G_TYPE_STRING)
            config_check_expected (report, "", "a string");
        }
      else if (JSON_NODE_HOLDS_OBJECT (element))
        config_check_object (report, names, json_node_get_object (element), setting->nested, NULL);
      else
        config_check_expected (report, "", "an object");
      config_report_leave (report, mark);
    }
}

static gboolean
is_number (JsonNode *node)
{
  GType value_type = json_node_get_value_type (node);

  return value_type == G_TYPE_INT64 || value_type == G_TYPE_DOUBLE;
}

static void
check_numbers (ConfigReport *report, const ConfigSetting *setting, JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gsize mark = config_report_enter_index (report, i);

      if (is_number (json_array_get_element (array, i)))
        check_number (report, setting);
      else
        config_check_expected (report, setting->help, "a number");
      config_report_leave (report, mark);
    }
}

static const char *
expected_type (SettingType type)
{
  switch (type)
    {
    case SETTING_STRING:
      return "a string";
    case SETTING_INTEGER:
      return "a whole number";
    case SETTING_NUMBER:
      return "a number";
    case SETTING_BOOLEAN:
      return "true or false";
    case SETTING_ARRAY:
      return "an array";
    case SETTING_NUMBERS:
      return "an array of numbers";
    case SETTING_OBJECT:
      return "an object";
    case SETTING_STRING_MAP:
      return "an object of strings";
    case SETTING_ANY:
    case SETTING_VALUE:
      break;
    }
  return "another value";
}

static gboolean
has_type (JsonNode *node, SettingType type)
{
  GType value_type = json_node_get_value_type (node);

  switch (type)
    {
    case SETTING_STRING:
      return value_type == G_TYPE_STRING;
    case SETTING_INTEGER:
    case SETTING_NUMBER:
      return is_number (node);
    case SETTING_BOOLEAN:
      return value_type == G_TYPE_BOOLEAN;
    case SETTING_ARRAY:
    case SETTING_NUMBERS:
      return JSON_NODE_HOLDS_ARRAY (node);
    case SETTING_OBJECT:
    case SETTING_STRING_MAP:
      return JSON_NODE_HOLDS_OBJECT (node);
    case SETTING_ANY:
    case SETTING_VALUE:
      break;
    }
  return TRUE;
}

static void
check_setting (ConfigReport *report,
               const ConfigNames *names,
               const ConfigSetting *setting,
               JsonNode *node)
{
  if (!has_type (node, setting->type))
    {
      config_check_expected (report, setting->help, expected_type (setting->type));
      return;
    }
  switch (setting->type)
    {
    case SETTING_STRING:
      check_string (report, names, setting, node);
      break;
    case SETTING_INTEGER:
    case SETTING_NUMBER:
      check_number (report, setting);
      break;
    case SETTING_ARRAY:
      check_array (report, names, setting, json_node_get_array (node));
      break;
    case SETTING_NUMBERS:
      check_numbers (report, setting, json_node_get_array (node));
      break;
    case SETTING_OBJECT:
      if (setting->nested)
        config_check_object (report, names, json_node_get_object (node), setting->nested, NULL);
      break;
    case SETTING_STRING_MAP:
      check_map (report, setting, json_node_get_object (node));
      break;
    case SETTING_VALUE:
      config_value_check (report, names, setting, node);
      break;
    case SETTING_BOOLEAN:
    case SETTING_ANY:
      break;
    }
}

static void
offer_settings (const ConfigSchema *schema, Suggestion *suggestion, GString *list)
{
  for (const ConfigSetting *setting = schema->settings; setting->name; setting++)
    if (!(setting->flags & SETTING_UNSUPPORTED))
      {
        suggestion_offer (suggestion, setting->name);
        g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", setting->name);
      }
}

static char *
unknown_key_hint (const char *name, const ConfigSchema *schema, const ConfigSchema *common)
{
  g_autoptr (GString) list = g_string_new (NULL);
  Suggestion suggestion;

  suggestion_init (&suggestion, name);
  offer_settings (schema, &suggestion, list);
  if (common)
    offer_settings (common, &suggestion, list);
  if (suggestion_get (&suggestion))
    return g_strdup_printf ("Did you mean “%s”?", suggestion_get (&suggestion));
  return g_strdup_printf ("The keys here are %s.", list->str);
}

static void
report_unknown (ConfigReport *report,
                const char *name,
                const ConfigSchema *schema,
                const ConfigSchema *common)
{
  g_autofree char *head = config_report_shorten (name);
  g_autofree char *hint = config_report_has_room (report) ? unknown_key_hint (name, schema, common)
                                                          : NULL;

  config_report_name (report, hint ? hint : "", "unknown key “%s”", head);
}

static void
check_missing (ConfigReport *report, JsonObject *object, const ConfigSchema *schema)
{
  for (const ConfigSetting *setting = schema->settings; setting->name; setting++)
    if ((setting->flags & SETTING_REQUIRED) && !json_object_has_member (object, setting->name))
      {
        gsize mark = config_report_enter (report, setting->name);

        config_report_value (report, setting->help, "“%s” is missing", setting->name);
        config_report_leave (report, mark);
      }
}

void
config_check_object (ConfigReport *report,
                     const ConfigNames *names,
                     JsonObject *object,
                     const ConfigSchema *schema,
                     const ConfigSchema *common)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      const ConfigSetting *setting = config_schema_find (schema, name);
      gsize mark = config_report_enter (report, name);

      if (!setting && common)
        setting = config_schema_find (common, name);
      if (setting && (setting->flags & SETTING_UNSUPPORTED))
        config_report_name (report, setting->help, "not supported by this version");
      else if (setting)
        check_setting (report, names, setting, node);
      else if (strcmp (name, CONFIG_SCHEMA_KEY) != 0)
        report_unknown (report, name, schema, common);
      config_report_leave (report, mark);
    }
  check_missing (report, object, schema);
  if (common)
    check_missing (report, object, common);
}

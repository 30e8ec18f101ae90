/* The tables that describe every setting, for forms. */
#include "http/api-private.h"

#include "config/catalog.h"
#include "config/json-schema.h"

#include <string.h>

static const char *const own_kinds[] = { "router", "bus",   "source", "signature",
                                         "rule",   "tests", NULL };

static void
put_kind (JsonOut *out, const ConfigSchema *schema)
{
  g_autofree char *file = config_catalog_file (schema);

  json_out_object (out, NULL);
  json_out_string (out, "kind", schema->kind);
  json_out_string (out, "title", schema->title);
  json_out_string (out, "file", file);
  json_out_bool (out, "connector", config_schema_is_connector (schema));
  json_out_end_object (out);
}

void
api_list_schemas (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const ConfigSchema *const *connectors = api->setup.connector_schemas;
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_array (out, "kinds");
  for (guint i = 0; own_kinds[i] != NULL; i++)
    put_kind (out, config_schema_by_kind (own_kinds[i], connectors));
  for (guint i = 0; connectors[i] != NULL; i++)
    put_kind (out, connectors[i]);
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

/* ---- One kind ---- */

static const char *
type_name (const ConfigSetting *setting)
{
  switch (setting->type)
    {
    case SETTING_STRING:
      return "string";
    case SETTING_INTEGER:
      return "integer";
    case SETTING_NUMBER:
      return "number";
    case SETTING_BOOLEAN:
      return "boolean";
    case SETTING_OBJECT:
      return "object";
    case SETTING_ARRAY:
      return setting->nested != NULL ? "objects" : "strings";
    case SETTING_NUMBERS:
      return "numbers";
    case SETTING_STRING_MAP:
      return "string-map";
    case SETTING_VALUE:
      return "value";
    case SETTING_ANY:
    default:
      return "any";
    }
}

static void
put_bounds (JsonOut *out, const ConfigSetting *setting)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean bounded = setting->min != 0 || setting->max != 0;

  json_out_raw (out, "min", bounded ? g_ascii_dtostr (text, sizeof text, setting->min) : "null",
                -1);
  json_out_raw (out, "max", bounded ? g_ascii_dtostr (text, sizeof text, setting->max) : "null",
                -1);
}

static void
put_choices (JsonOut *out, const ConfigSetting *setting)
{
  if (setting->choices == NULL)
    {
      json_out_null (out, "choices");
      return;
    }
  json_out_array (out, "choices");
  for (guint i = 0; setting->choices[i] != NULL; i++)
    json_out_string (out, NULL, setting->choices[i]);
  json_out_end_array (out);
}

static const char *
reference_name (const ConfigSetting *setting)
{
  return setting->flags & SETTING_QUEUE       ? "queue"
         : setting->flags & SETTING_REFERENCE ? "connector"
         : setting->flags & SETTING_BUS       ? "bus"
         : setting->flags & SETTING_URL       ? "url"
                                              : NULL;
}

static void
put_setting (JsonOut *out, const CatalogEntry *entry)
{
  const ConfigSetting *setting = entry->setting;
  g_autofree char *text = config_setting_type_text (setting);

  json_out_object (out, NULL);
  json_out_string (out, "path", entry->path);
  json_out_string (out, "name", setting->name);
  json_out_string (out, "type", type_name (setting));
  json_out_string (out, "type_text", text);
  json_out_string (out, "help", setting->help);
  json_out_string (out, "unit", setting->unit);
  json_out_string (out, "effect", config_effect_name (setting->effect));
  json_out_string (out, "names", reference_name (setting));
  json_out_bool (out, "required", (setting->flags & SETTING_REQUIRED) != 0);
  json_out_bool (out, "private", (setting->flags & SETTING_PRIVATE) != 0);
  put_bounds (out, setting);
  put_choices (out, setting);
  if (setting->default_json != NULL)
    json_out_raw (out, "default", setting->default_json, -1);
  else
    json_out_null (out, "default");
  json_out_end_object (out);
}

/* The settings in the order of the table: a form's fields; and the JSON Schema, for editors. */
static void
answer_schema (HttpRequest *request, Api *api, const ConfigSchema *schema)
{
  const ConfigSchema *const *connectors = api->setup.connector_schemas;
  g_autoptr (GPtrArray) catalog = config_catalog_new (connectors);
  g_autofree char *text = config_json_schema (schema);
  gboolean is_connector = config_schema_is_connector (schema);
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_string (out, "kind", schema->kind);
  json_out_string (out, "title", schema->title);
  json_out_array (out, "settings");
  for (guint i = 0; i < catalog->len; i++)
    {
      const CatalogEntry *entry = catalog->pdata[i];

      if (entry->kind == schema || (is_connector && entry->is_common))
        put_setting (out, entry);
    }
  json_out_end_array (out);
  json_out_raw (out, "schema", g_strchomp (text), -1);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_get_schema (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const char *kind = http_request_segment (request, "kind");
  const ConfigSchema *schema = kind != NULL
                                   ? config_schema_by_kind (kind, api->setup.connector_schemas)
                                   : NULL;

  if (schema == NULL)
    api_answer_not_found (request, "kind of configuration file", kind);
  else
    answer_schema (request, api, schema);
}

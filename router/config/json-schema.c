/* json-schema.c: the tables as JSON Schema, for editors and other programs. */
#include "config/json-schema.h"

#include <string.h>

static void
begin (JsonBuilder *builder, const char *name)
{
  if (name)
    json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

static void
put_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

/* Whole numbers without a fraction: "minimum": 1. */
static void
put_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (value == (double) (gint64) value)
    json_builder_add_int_value (builder, (gint64) value);
  else
    json_builder_add_double_value (builder, value);
}

static void
put_bounds (JsonBuilder *builder, const ConfigSetting *setting, const char *min, const char *max)
{
  gboolean bounded = setting->min != 0 || setting->max != 0;
  double least = setting->flags & SETTING_NONEMPTY ? MAX (setting->min, 1) : setting->min;

  if (bounded || least > 0)
    put_number (builder, min, least);
  if (bounded)
    put_number (builder, max, setting->max);
}

/* What a person sees in an editor beside the key. */
static void
put_description (JsonBuilder *builder, const ConfigSetting *setting)
{
  g_autoptr (GString) text = g_string_new (setting->help);

  if (setting->unit)
    g_string_append_printf (text, " Unit: %s.", setting->unit);
  if (setting->effect != EFFECT_AT_ONCE)
    g_string_append_printf (text, " Change shows: %s.", config_effect_name (setting->effect));
  put_string (builder, "description", text->str);
}

static void
put_default (JsonBuilder *builder, const ConfigSetting *setting)
{
  if (!setting->default_json || strcmp (setting->default_json, "{}") == 0)
    return;
  json_builder_set_member_name (builder, "default");
  json_builder_add_value (builder, json_from_string (setting->default_json, NULL));
}

static void
put_choices (JsonBuilder *builder, const char *const *choices)
{
  json_builder_set_member_name (builder, "enum");
  json_builder_begin_array (builder);
  for (guint i = 0; choices[i]; i++)
    json_builder_add_string_value (builder, choices[i]);
  json_builder_end_array (builder);
}

static void
put_string_type (JsonBuilder *builder, const ConfigSetting *setting)
{
  put_string (builder, "type", "string");
  put_bounds (builder, setting, "minLength", "maxLength");
  if (setting->choices)
    put_choices (builder, setting->choices);
  if (setting->flags & SETTING_URL)
    {
      put_string (builder, "format", "uri");
      put_string (builder, "pattern", "^[Hh][Tt][Tt][Pp][Ss]?://");
    }
  if (setting->flags & SETTING_QUEUE)
    put_string (builder, "pattern", "^queue/");
  else if (setting->flags & SETTING_REFERENCE)
    put_string (builder, "pattern", "^[^/]+/.+$");
}

static void
put_table (JsonBuilder *builder, const ConfigSchema *schema, const ConfigSchema *common);

static void
put_elements (JsonBuilder *builder, const ConfigSetting *setting)
{
  put_string (builder, "type", "array");
  if (setting->type == SETTING_ARRAY)
    put_bounds (builder, setting, "minItems", "maxItems");
  begin (builder, "items");
  if (setting->nested)
    put_table (builder, setting->nested, NULL);
  else if (setting->type == SETTING_NUMBERS)
    {
      put_string (builder, "type", "number");
      put_bounds (builder, setting, "minimum", "maximum");
    }
  else
    put_string (builder, "type", "string");
  json_builder_end_object (builder);
}

static void
put_place (JsonBuilder *builder, const char *place)
{
  begin (builder, NULL);
  put_string (builder, "type", "object");
  begin (builder, "properties");
  for (guint i = 0; i < 2; i++)
    {
      begin (builder, i == 0 ? place : "Default");
      put_string (builder, "type", "string");
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "required");
  json_builder_begin_array (builder);
  json_builder_add_string_value (builder, place);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "additionalProperties");
  json_builder_add_boolean_value (builder, FALSE);
  json_builder_end_object (builder);
}

/* config/value.c checks the same. */
static void
put_value_type (JsonBuilder *builder, const ConfigSetting *setting)
{
  json_builder_set_member_name (builder, "oneOf");
  json_builder_begin_array (builder);
  begin (builder, NULL);
  put_string (builder, "type", "string");
  put_bounds (builder, setting, "minLength", "maxLength");
  json_builder_end_object (builder);
  put_place (builder, "Header");
  put_place (builder, "Path");
  put_place (builder, "Query");
  json_builder_end_array (builder);
}

static void
put_map_type (JsonBuilder *builder, const ConfigSetting *setting)
{
  put_string (builder, "type", "object");
  put_bounds (builder, setting, "minProperties", "maxProperties");
  begin (builder, "additionalProperties");
  put_string (builder, "type", "string");
  json_builder_end_object (builder);
}

static void
put_type (JsonBuilder *builder, const ConfigSetting *setting)
{
  switch (setting->type)
    {
    case SETTING_STRING:
      put_string_type (builder, setting);
      break;
    case SETTING_INTEGER:
    case SETTING_NUMBER:
      put_string (builder, "type", setting->type == SETTING_INTEGER ? "integer" : "number");
      put_bounds (builder, setting, "minimum", "maximum");
      break;
    case SETTING_BOOLEAN:
      put_string (builder, "type", "boolean");
      break;
    case SETTING_OBJECT:
      if (setting->nested)
        put_table (builder, setting->nested, NULL);
      else
        put_string (builder, "type", "object");
      break;
    case SETTING_ARRAY:
    case SETTING_NUMBERS:
      put_elements (builder, setting);
      break;
    case SETTING_STRING_MAP:
      put_map_type (builder, setting);
      break;
    case SETTING_VALUE:
      put_value_type (builder, setting);
      break;
    case SETTING_ANY:
      break;
    }
}

/* A key that is refused has a schema that nothing fits, so that an editor can say why. */
static void
put_settings (JsonBuilder *builder, const ConfigSchema *schema)
{
  for (const ConfigSetting *setting = schema->settings; setting->name; setting++)
    {
      begin (builder, setting->name);
      if (setting->flags & SETTING_UNSUPPORTED)
        {
          g_autofree char *text = g_strconcat ("Not supported. ", setting->help, NULL);

          put_string (builder, "description", text);
          begin (builder, "not");
          json_builder_end_object (builder);
        }
      else
        {
          put_description (builder, setting);
          put_type (builder, setting);
          put_default (builder, setting);
        }
      json_builder_end_object (builder);
    }
}

static void
put_required (JsonBuilder *builder, const ConfigSchema *schema)
{
  for (const ConfigSetting *setting = schema->settings; setting->name; setting++)
    if (setting->flags & SETTING_REQUIRED)
      json_builder_add_string_value (builder, setting->name);
}

static void
put_table (JsonBuilder *builder, const ConfigSchema *schema, const ConfigSchema *common)
{
  put_string (builder, "type", "object");
  begin (builder, "properties");
  begin (builder, CONFIG_SCHEMA_KEY);
  put_string (builder, "type", "string");
  json_builder_end_object (builder);
  put_settings (builder, schema);
  if (common)
    put_settings (builder, common);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "required");
  json_builder_begin_array (builder);
  put_required (builder, schema);
  if (common)
    put_required (builder, common);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "additionalProperties");
  json_builder_add_boolean_value (builder, FALSE);
}

char *
config_json_schema_id (const ConfigSchema *schema)
{
  return g_strconcat ("urn:signalbox:schema:", schema->kind, NULL);
}

char *
config_json_schema (const ConfigSchema *schema)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *id = config_json_schema_id (schema);
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  put_string (builder, "$schema", "https://json-schema.org/draft/2020-12/schema");
  put_string (builder, "$id", id);
  put_string (builder, "title", schema->title);
  put_table (builder, schema,
             config_schema_is_connector (schema) ? &config_schema_connector : NULL);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}

/* settings.c: reading a checked tree, and completing it with the schema's defaults. */
#include "config/settings.h"

static JsonObject *complete (JsonObject *object, const ConfigSchema *schema);

static JsonArray *
complete_elements (JsonArray *array, const ConfigSchema *schema)
{
  JsonArray *completed = json_array_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (element))
        json_array_add_object_element (completed,
                                       complete (json_node_get_object (element), schema));
      else
        json_array_add_element (completed, json_node_ref (element));
    }
  return completed;
}

static void
complete_setting (JsonObject *completed, const ConfigSetting *setting, JsonNode *node)
{
  if (setting->type == SETTING_OBJECT && setting->nested && JSON_NODE_HOLDS_OBJECT (node))
    json_object_set_object_member (completed, setting->name,
                                   complete (json_node_get_object (node), setting->nested));
  else if (setting->type == SETTING_ARRAY && setting->nested && JSON_NODE_HOLDS_ARRAY (node))
    json_object_set_array_member (completed, setting->name,
                                  complete_elements (json_node_get_array (node), setting->nested));
  else
    json_object_set_member (completed, setting->name, json_node_ref (node));
}

static JsonObject *
complete (JsonObject *object, const ConfigSchema *schema)
{
  JsonObject *completed = json_object_new ();

  for (const ConfigSetting *setting = schema->settings; setting->name; setting++)
    {
      JsonNode *node = json_object_get_member (object, setting->name);
      g_autoptr (JsonNode) fallback = NULL;

      if (!node && setting->default_json)
        node = fallback = json_from_string (setting->default_json, NULL);
      if (node)
        complete_setting (completed, setting, node);
    }
  return completed;
}

JsonObject *
config_settings_complete (JsonObject *object, const ConfigSchema *schema)
{
  JsonObject *completed = complete (object, schema);

  json_object_seal (completed);
  return completed;
}

char *
config_settings_digest (JsonObject *settings)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), settings);
  g_autofree char *text = json_to_string (node, FALSE);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static JsonNode *
member (JsonObject *object, const char *name, JsonNodeType type)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && json_node_get_node_type (node) == type ? node : NULL;
}

const char *
config_settings_string (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);

  return node ? json_node_get_string (node) : NULL;
}

JsonObject *
config_settings_object (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_OBJECT);

  return node ? json_node_get_object (node) : NULL;
}

JsonArray *
config_settings_array (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_ARRAY);

  return node ? json_node_get_array (node) : NULL;
}

gboolean
config_settings_boolean (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);

  return node && json_node_get_boolean (node);
}

char **
config_settings_strings (JsonObject *object, const char *name)
{
  JsonArray *array = config_settings_array (object, name);
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();

  if (!array)
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (json_node_get_value_type (element) == G_TYPE_STRING)
        g_strv_builder_add (strings, json_node_get_string (element));
    }
  return g_strv_builder_end (strings);
}

double
config_settings_number (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);

  return node ? json_node_get_double (node) : 0;
}

gint64
config_settings_integer (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);

  return node ? json_node_get_int (node) : 0;
}

gint64
config_settings_seconds (JsonObject *object, const char *name)
{
  /* Out of bounds is noted elsewhere; here it must only not overflow. */
  double seconds = CLAMP (config_settings_number (object, name), 0, 1e9);

  return (gint64) (seconds * G_USEC_PER_SEC + 0.5);
}

#include "config.h"

#include "sb-field-text.h"

#include <string.h>

#include "rules/rules.h"
#include "sb-json-edit.h"

static gboolean
is_json (const char *text)
{
  return rules_check_json (text, strlen (text), NULL, NULL);
}

/* ---- Formatting ------------------------------------------------------------------------------ */

static const char *
string_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static void
add_line (GString *out, JsonNode *node)
{
  g_autofree char *json = NULL;

  if (out->len > 0)
    g_string_append_c (out, '\n');
  if (string_of (node) != NULL)
    {
      g_string_append (out, string_of (node));
      return;
    }
  json = json_to_string (node, FALSE);
  g_string_append (out, json);
}

static void
format_array (GString *out, SbSettingType type, JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonNode *secret = type == SB_SETTING_SECRETS && JSON_NODE_HOLDS_OBJECT (node)
                             ? json_object_get_member (json_node_get_object (node), "Secret")
                             : NULL;

      add_line (out, secret != NULL ? secret : node);
    }
}

static void
format_map (GString *out, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *json = string_of (node) == NULL ? json_to_string (node, FALSE) : NULL;

      g_string_append_printf (out, "%s%s: %s", out->len > 0 ? "\n" : "", name,
                              json != NULL ? json : string_of (node));
    }
}

char *
sb_field_text_format (SbSettingType type, JsonNode *value)
{
  GString *out = g_string_new (NULL);

  if (type == SB_SETTING_OBJECT || type == SB_SETTING_OBJECTS)
    type = SB_SETTING_ANY;
  if (value == NULL)
    return g_string_free (out, FALSE);
  if (type != SB_SETTING_ANY && JSON_NODE_HOLDS_ARRAY (value))
    format_array (out, type, json_node_get_array (value));
  else if (type == SB_SETTING_STRING_MAP && JSON_NODE_HOLDS_OBJECT (value))
    format_map (out, json_node_get_object (value));
  else if (string_of (value) != NULL && (type == SB_SETTING_STRING || !is_json (string_of (value))))
    g_string_append (out, string_of (value));
  else
    {
      g_autofree char *json = sb_json_write (value);

      g_string_append (out, json);
    }
  return g_string_free (out, FALSE);
}

/* ---- Parsing --------------------------------------------------------------------------------- */

static JsonNode *
parse_any (const char *text)
{
  JsonNode *node = is_json (text) ? json_from_string (text, NULL) : NULL;

  return node != NULL ? node : json_node_init_string (json_node_alloc (), text);
}

static JsonNode *
parse_number (const char *line)
{
  char *end;
  double number = g_ascii_strtod (line, &end);

  if (*end != '\0')
    return json_node_init_string (json_node_alloc (), line);
  if (strchr (line, '.') == NULL && number > -1e15 && number < 1e15)
    return json_node_init_int (json_node_alloc (), (gint64) number);
  return json_node_init_double (json_node_alloc (), number);
}

/* json_node_init_object() does not take the reference over. */
static JsonNode *
take_object (JsonObject *object)
{
  JsonNode *node = json_node_init_object (json_node_alloc (), object);

  json_object_unref (object);
  return node;
}

static JsonNode *
parse_line (SbSettingType type, const char *line)
{
  JsonObject *object;

  if (type == SB_SETTING_NUMBERS)
    return parse_number (line);
  if (type != SB_SETTING_SECRETS)
    return json_node_init_string (json_node_alloc (), line);
  object = json_object_new ();
  json_object_set_string_member (object, "Secret", line);
  return take_object (object);
}

static void
add_to_map (JsonObject *map, const char *line)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = colon != NULL ? g_strndup (line, (gsize) (colon - line))
                                        : g_strdup (line);
  g_autofree char *value = g_strdup (colon != NULL ? colon + 1 : "");

  json_object_set_string_member (map, g_strstrip (name), g_strstrip (value));
}

JsonNode *
sb_field_text_parse (SbSettingType type, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (JsonArray) array = NULL;
  JsonObject *map;
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  if (*stripped == '\0')
    return NULL;
  if (type == SB_SETTING_STRING)
    return json_node_init_string (json_node_alloc (), text);
  if (type == SB_SETTING_ANY || type == SB_SETTING_OBJECT || type == SB_SETTING_OBJECTS)
    return parse_any (stripped);
  array = json_array_new ();
  map = json_object_new ();
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (*line == '\0')
        continue;
      if (type == SB_SETTING_STRING_MAP)
        add_to_map (map, line);
      else
        json_array_add_element (array, parse_line (type, line));
    }
  if (type == SB_SETTING_STRING_MAP)
    return take_object (map);
  json_object_unref (map);
  return json_node_init_array (json_node_alloc (), array);
}

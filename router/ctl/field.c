/* field.c: see field.h. */
#include "config.h"

#include "field.h"

#include "base/clock.h"

static JsonNode *
scalar_of (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    return NULL;
  return node;
}

const char *
field_string (JsonObject *object, const char *name)
{
  JsonNode *node = scalar_of (object, name, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : "";
}

gint64
field_int (JsonObject *object, const char *name)
{
  JsonNode *node = scalar_of (object, name, G_TYPE_INT64);

  return node != NULL ? json_node_get_int (node) : 0;
}

gboolean
field_bool (JsonObject *object, const char *name)
{
  JsonNode *node = scalar_of (object, name, G_TYPE_BOOLEAN);

  return node != NULL && json_node_get_boolean (node);
}

JsonObject *
field_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
field_array (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

guint
field_length (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

JsonObject *
field_object_at (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

char *
field_join (JsonArray *strings, const char *separator)
{
  GString *joined = g_string_new (NULL);

  for (guint i = 0; i < field_length (strings); i++)
    {
      JsonNode *node = json_array_get_element (strings, i);

      if (json_node_get_value_type (node) != G_TYPE_STRING)
        continue;
      if (joined->len > 0)
        g_string_append (joined, separator);
      g_string_append (joined, json_node_get_string (node));
    }
  return g_string_free (joined, FALSE);
}

gint64
field_time (JsonObject *object, const char *name)
{
  gint64 wall_us = 0;

  if (!clock_parse (field_string (object, name), &wall_us))
    return 0;
  return wall_us;
}

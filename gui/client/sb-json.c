#include "config.h"

#include "sb-json.h"

static JsonNode *
get (JsonObject *object, const char *member, JsonNodeType type)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_TYPE (node) == type ? node : NULL;
}

static JsonNode *
get_value (JsonObject *object, const char *member, GType type)
{
  JsonNode *node = get (object, member, JSON_NODE_VALUE);

  return node != NULL && json_node_get_value_type (node) == type ? node : NULL;
}

JsonObject *
sb_json_object (JsonObject *object, const char *member)
{
  JsonNode *node = get (object, member, JSON_NODE_OBJECT);

  return node != NULL ? json_node_get_object (node) : NULL;
}

JsonArray *
sb_json_array (JsonObject *object, const char *member)
{
  JsonNode *node = get (object, member, JSON_NODE_ARRAY);

  return node != NULL ? json_node_get_array (node) : NULL;
}

const char *
sb_json_string (JsonObject *object, const char *member)
{
  JsonNode *node = get_value (object, member, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : "";
}

char *
sb_json_dup_text (JsonObject *object, const char *member)
{
  if (get_value (object, member, G_TYPE_INT64) != NULL)
    return g_strdup_printf ("%" G_GINT64_FORMAT, sb_json_int (object, member));
  return g_strdup (sb_json_string (object, member));
}

gint64
sb_json_int (JsonObject *object, const char *member)
{
  JsonNode *node = get_value (object, member, G_TYPE_INT64);

  if (node != NULL)
    return json_node_get_int (node);
  node = get_value (object, member, G_TYPE_DOUBLE);
  return node != NULL ? (gint64) json_node_get_double (node) : 0;
}

double
sb_json_double (JsonObject *object, const char *member)
{
  JsonNode *node = get_value (object, member, G_TYPE_DOUBLE);

  return node != NULL ? json_node_get_double (node) : (double) sb_json_int (object, member);
}

gboolean
sb_json_bool (JsonObject *object, const char *member)
{
  JsonNode *node = get_value (object, member, G_TYPE_BOOLEAN);

  return node != NULL && json_node_get_boolean (node);
}

gint64
sb_json_time_us (JsonObject *object, const char *member)
{
  const char *text = sb_json_string (object, member);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = *text != '\0' ? g_date_time_new_from_iso8601 (text, utc) : NULL;

  if (time == NULL)
    return -1;
  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

char *
sb_json_format_time (gint64 us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);
  g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%06dZ", seconds, (int) (us % G_USEC_PER_SEC));
}

GPtrArray *
sb_json_objects (JsonObject *object, const char *member)
{
  GPtrArray *objects = g_ptr_array_new ();
  JsonArray *array = sb_json_array (object, member);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        g_ptr_array_add (objects, json_node_get_object (node));
    }
  return objects;
}

char **
sb_json_strings (JsonObject *object, const char *member)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = sb_json_array (object, member);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_strv_builder_add (builder, json_node_get_string (node));
    }
  return g_strv_builder_end (builder);
}

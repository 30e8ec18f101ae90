/* Events as CloudEvents.
 *
 * Metadata may be what a sender to the events API wrote: what cannot be an attribute is passed
 * over, and without the required ones the envelope's are taken. */
#include "connector/webhook/cloudevent.h"

#include "config/settings.h"
#include "connector/payload.h"

#include <string.h>

#define STRUCTURED_TYPE "application/cloudevents+json; charset=UTF-8"

/* What the data is, whatever the mode. */
typedef struct
{
  const char *type; /* datacontenttype; NULL: not said */
  const char *json; /* one JSON value, or NULL */
  gsize json_bytes;
  const char *base64; /* or NULL */
  char *text;         /* or NULL */
} Data;

/* ---- Attributes ---- */

static gboolean
is_name (const char *name)
{
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_islower (*at) && !g_ascii_isdigit (*at))
      return FALSE;
  return *name != '\0' && strcmp (name, "data") != 0;
}

/* As text; NULL for what no attribute can be. */
static char *
attribute_text (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return g_strdup (json_node_get_string (node));
    case G_TYPE_BOOLEAN:
      return g_strdup (json_node_get_boolean (node) ? "true" : "false");
    case G_TYPE_INT64:
      return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
    default:
      return NULL;
    }
}

static gboolean
is_complete (JsonObject *attributes)
{
  static const char *const required[] = { "id", "source", "type", "specversion" };

  for (guint i = 0; i < G_N_ELEMENTS (required); i++)
    {
      const char *text = config_settings_string (attributes, required[i]);

      if (text == NULL || *text == '\0')
        return FALSE;
    }
  return g_str_equal (config_settings_string (attributes, "specversion"), "1.0");
}

/* NULL when there is none, or nobody can read it. */
static JsonObject *
read_metadata (const Event *event)
{
  g_autoptr (JsonNode) root = event->metadata != NULL && *event->metadata != '\0'
                                  ? json_from_string (event->metadata, NULL)
                                  : NULL;

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_dup_object (root) : NULL;
}

/* One resource is the subject; several have no attribute of their own. */
static void
put_resources (JsonObject *attributes, const char *resources)
{
  g_autoptr (JsonNode) root = json_from_string (resources, NULL);
  JsonArray *array = root != NULL && JSON_NODE_HOLDS_ARRAY (root) ? json_node_get_array (root)
                                                                  : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (n == 1 && *json_array_get_string_element (array, 0) != '\0')
    json_object_set_string_member (attributes, "subject", json_array_get_string_element (array, 0));
  else if (n > 0)
    json_object_set_string_member (attributes, "resources", resources);
}

static JsonObject *
attributes_of_envelope (const ConnectorRequest *request)
{
  JsonObject *attributes = json_object_new ();
  g_autofree char *source = g_uri_escape_string (request->source, ":/?#[]@!$&'()*+,;=%", FALSE);

  json_object_set_string_member (attributes, "specversion", "1.0");
  json_object_set_string_member (attributes, "id", request->event_id);
  json_object_set_string_member (attributes, "source", source);
  json_object_set_string_member (attributes, "type", request->detail_type);
  json_object_set_string_member (attributes, "time", request->event_time);
  put_resources (attributes, request->event->resources);
  return attributes;
}

/* ---- Data ---- */

static void
read_data (const ConnectorRequest *request,
           JsonObject *metadata,
           JsonObject *attributes,
           Data *data)
{
  const char *encoding = config_settings_string (metadata, "encoding");
  gsize length;
  const char *detail = g_bytes_get_data (request->event->body, &length);

  *data = (Data){ .type = config_settings_string (attributes, "datacontenttype") };
  if (g_strcmp0 (encoding, "none") == 0)
    return;
  if (g_strcmp0 (encoding, "text") == 0 || g_strcmp0 (encoding, "base64") == 0)
    data->text = payload_value_text (detail, length);
  if (g_strcmp0 (encoding, "base64") == 0)
    data->base64 = data->text;
  if (data->text != NULL)
    return;
  data->json = detail;
  data->json_bytes = length;
}

/* What the target's input made is not what the attributes say of the data. */
static void
read_payload (const ConnectorRequest *request, JsonObject *attributes, Data *data)
{
  gsize length;
  const char *payload = g_bytes_get_data (request->payload, &length);

  json_object_remove_member (attributes, "dataschema");
  json_object_set_string_member (attributes, "datacontenttype", request->content_type);
  *data = (Data){ .type = request->content_type };
  if (payload_is_text (request))
    data->text = g_strndup (payload, length);
  else
    {
      data->json = payload;
      data->json_bytes = length;
    }
}

/* ---- Binary ---- */

char *
cloudevent_encode_header (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      guchar c = (guchar) *text;

      if (c > ' ' && c < 0x7f && c != '"' && c != '%')
        g_string_append_c (out, (char) c);
      else
        g_string_append_printf (out, "%%%02X", c);
    }
  return g_string_free (out, FALSE);
}

static char **
make_headers (JsonObject *attributes)
{
  g_autoptr (GStrvBuilder) headers = g_strv_builder_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, attributes);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *text = is_name (name) ? attribute_text (node) : NULL;
      g_autofree char *value = text != NULL ? cloudevent_encode_header (text) : NULL;
      g_autofree char *header = g_strconcat ("ce-", name, NULL);

      if (value == NULL || g_str_equal (name, "datacontenttype"))
        continue;
      g_strv_builder_add_many (headers, header, value, NULL);
    }
  return g_strv_builder_end (headers);
}

static GBytes *
binary_body (const Data *data)
{
  guchar *bytes;
  gsize length;

  if (data->json != NULL)
    return g_bytes_new (data->json, data->json_bytes);
  if (data->base64 != NULL)
    {
      bytes = g_base64_decode (data->base64, &length);
      return g_bytes_new_take (bytes, length);
    }
  return g_bytes_new (data->text, data->text != NULL ? strlen (data->text) : 0);
}

/* JSON without a type is said to be JSON where there is no other word for it. */
static char *
binary_type (const Data *data)
{
  return g_strdup (data->type != NULL   ? data->type
                   : data->json != NULL ? "application/json"
                                        : NULL);
}

/* ---- Structured ---- */

static void
append_member (GString *out, const char *name, JsonNode *node)
{
  g_autofree char *text = is_name (name) ? attribute_text (node) : NULL;

  if (text == NULL)
    return;
  g_string_append_c (out, out->len == 0 ? '{' : ',');
  event_append_json_string (out, name, -1);
  g_string_append_c (out, ':');
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    event_append_json_string (out, text, -1);
  else
    g_string_append (out, text);
}

static GBytes *
structured_body (JsonObject *attributes, const Data *data)
{
  GString *out = g_string_new (NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, attributes);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    append_member (out, name, node);
  if (data->json != NULL)
    {
      g_string_append (out, ",\"data\":");
      g_string_append_len (out, data->json, (gssize) data->json_bytes);
    }
  else if (data->text != NULL)
    {
      g_string_append (out, data->base64 != NULL ? ",\"data_base64\":" : ",\"data\":");
      event_append_json_string (out, data->text, -1);
    }
  g_string_append_c (out, '}');
  return g_string_free_to_bytes (out);
}

void
cloudevent_make (const ConnectorRequest *request, CloudEventMode mode, CloudEvent *out)
{
  g_autoptr (JsonObject) metadata = read_metadata (request->event);
  JsonObject *given = config_settings_object (metadata, "cloudevent");
  g_autoptr (JsonObject) attributes = given != NULL ? json_object_ref (given) : NULL;
  Data data;

  if (attributes == NULL || !is_complete (attributes))
    {
      g_clear_pointer (&attributes, json_object_unref);
      attributes = attributes_of_envelope (request);
    }
  if (request->is_envelope)
    read_data (request, metadata, attributes, &data);
  else
    read_payload (request, attributes, &data);
  /* Data of that type, sent as such, would be taken for the event. */
  if (data.type != NULL && g_ascii_strncasecmp (data.type, "application/cloudevents", 23) == 0)
    mode = CLOUDEVENT_STRUCTURED;
  if (mode == CLOUDEVENT_BINARY)
    *out = (CloudEvent){ make_headers (attributes), binary_type (&data), binary_body (&data) };
  else
    *out = (CloudEvent){ g_new0 (char *, 1), g_strdup (STRUCTURED_TYPE),
                         structured_body (attributes, &data) };
  g_free (data.text);
}

void
cloudevent_clear (CloudEvent *cloudevent)
{
  g_strfreev (cloudevent->headers);
  g_free (cloudevent->content_type);
  g_clear_pointer (&cloudevent->body, g_bytes_unref);
}

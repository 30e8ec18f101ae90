/* The OpenAPI document, and answers held against it. */
#include "support/api-world.h"

#include "http/operations.h"

#include <string.h>

/* ---- A judge of what the document's schemas use ---- */

typedef struct
{
  JsonObject *schemas;
  GString *faults;
} Judge;

static void judge (Judge *judge_, JsonObject *schema, JsonNode *value, const char *place);

static JsonObject *
resolve (Judge *self, JsonObject *schema)
{
  const char *reference = json_object_get_string_member_with_default (schema, "$ref", NULL);
  JsonObject *found;

  if (reference == NULL)
    return schema;
  found = json_object_get_object_member (self->schemas,
                                         reference + strlen ("#/components/schemas/"));
  if (found == NULL)
    g_error ("%s leads nowhere", reference);
  return resolve (self, found);
}

static gboolean
is_of_type (JsonNode *value, const char *type)
{
  GType held = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_value_type (value) : G_TYPE_INVALID;

  if (strcmp (type, "null") == 0)
    return JSON_NODE_HOLDS_NULL (value);
  if (strcmp (type, "object") == 0)
    return JSON_NODE_HOLDS_OBJECT (value);
  if (strcmp (type, "array") == 0)
    return JSON_NODE_HOLDS_ARRAY (value);
  if (strcmp (type, "string") == 0)
    return held == G_TYPE_STRING;
  if (strcmp (type, "boolean") == 0)
    return held == G_TYPE_BOOLEAN;
  if (strcmp (type, "integer") == 0)
    return held == G_TYPE_INT64;
  g_assert_cmpstr (type, ==, "number");
  return held == G_TYPE_INT64 || held == G_TYPE_DOUBLE;
}

static gboolean
fits_type (JsonNode *types, JsonNode *value)
{
  JsonArray *several;

  if (types == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (types))
    return is_of_type (value, json_node_get_string (types));
  several = json_node_get_array (types);
  for (guint i = 0; i < json_array_get_length (several); i++)
    if (is_of_type (value, json_array_get_string_element (several, i)))
      return TRUE;
  return FALSE;
}

/* The schema of a member, of the object's own or of what it includes; NULL: it is not known. */
static JsonObject *
find_property (Judge *self, JsonObject *schema, const char *name)
{
  JsonObject *properties = json_object_has_member (schema, "properties")
                               ? json_object_get_object_member (schema, "properties")
                               : NULL;

  if (properties != NULL && json_object_has_member (properties, name))
    return json_object_get_object_member (properties, name);
  if (json_object_has_member (schema, "allOf"))
    {
      JsonArray *all = json_object_get_array_member (schema, "allOf");

      for (guint i = 0; i < json_array_get_length (all); i++)
        {
          JsonObject *base = resolve (self, json_array_get_object_element (all, i));
          JsonObject *found = find_property (self, base, name);

          if (found != NULL)
            return found;
        }
    }
  return json_object_has_member (schema, "additionalProperties")
             ? json_object_get_object_member (schema, "additionalProperties")
             : NULL;
}

static void
check_required (Judge *self, JsonObject *schema, JsonObject *object, const char *place)
{
  JsonArray *required = json_object_has_member (schema, "required")
                            ? json_object_get_array_member (schema, "required")
                            : NULL;
  JsonArray *all = json_object_has_member (schema, "allOf")
                       ? json_object_get_array_member (schema, "allOf")
                       : NULL;

  for (guint i = 0; required != NULL && i < json_array_get_length (required); i++)
    if (!json_object_has_member (object, json_array_get_string_element (required, i)))
      g_string_append_printf (self->faults, "%s: no %s\n", place,
                              json_array_get_string_element (required, i));
  for (guint i = 0; all != NULL && i < json_array_get_length (all); i++)
    check_required (self, resolve (self, json_array_get_object_element (all, i)), object, place);
}

static void
judge_object (Judge *self, JsonObject *schema, JsonObject *object, const char *place)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  check_required (self, schema, object, place);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value))
    {
      JsonObject *property = find_property (self, schema, name);
      g_autofree char *inner = g_strconcat (place, "/", name, NULL);

      if (property == NULL)
        g_string_append_printf (self->faults, "%s is not in the document\n", inner);
      else
        judge (self, property, value, inner);
    }
}

static void
judge (Judge *self, JsonObject *given, JsonNode *value, const char *place)
{
  JsonObject *schema = resolve (self, given);

  if (json_object_has_member (schema, "anyOf"))
    {
      if (!JSON_NODE_HOLDS_NULL (value))
        judge (self,
               json_array_get_object_element (json_object_get_array_member (schema, "anyOf"), 0),
               value, place);
      return;
    }
  if (!fits_type (json_object_get_member (schema, "type"), value))
    {
      g_autofree char *text = json_to_string (value, FALSE);

      g_string_append_printf (self->faults, "%s is of another type: %.60s\n", place, text);
      return;
    }
  if (JSON_NODE_HOLDS_OBJECT (value) && json_object_has_member (schema, "type"))
    judge_object (self, schema, json_node_get_object (value), place);
  if (JSON_NODE_HOLDS_ARRAY (value) && json_object_has_member (schema, "items"))
    {
      JsonArray *array = json_node_get_array (value);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          g_autofree char *inner = g_strdup_printf ("%s/%u", place, i);

          judge (self, json_object_get_object_member (schema, "items"),
                 json_array_get_element (array, i), inner);
        }
    }
}

/* ---- The document ---- */

static JsonObject *
member (JsonObject *object, const char *name)
{
  JsonObject *found = object != NULL && json_object_has_member (object, name)
                          ? json_object_get_object_member (object, name)
                          : NULL;

  if (found == NULL)
    g_error ("The document has no “%s”", name);
  return found;
}

/* template: "/v1/events/{id}"; path: what is asked for. */
static void
assert_answer (ApiWorld *world,
               const Reply *document,
               const char *method,
               const char *template,
               const char *path,
               const char *body)
{
  JsonObject *root = json_node_get_object (document->json);
  JsonObject *operation = member (member (member (root, "paths"), template), method);
  g_autofree char *verb = g_ascii_strup (method, -1);
  g_autoptr (Reply) reply = world_ask (world, verb, path, "", body);
  g_autoptr (GString) faults = g_string_new (NULL);
  g_autofree char *status = g_strdup_printf ("%u", reply->status);
  Judge self = { member (member (root, "components"), "schemas"), faults };
  JsonObject *content;

  g_test_message ("%s %s", verb, path);
  content = member (member (member (member (operation, "responses"), status), "content"),
                    "application/json");
  g_assert_nonnull (reply->json);
  judge (&self, member (content, "schema"), reply->json, path);
  if (faults->len > 0)
    g_error ("%s", faults->str);
}

static void
test_routes (ApiWorld *world, gconstpointer data)
{
  const HttpRoute *routes = api_routes ();
  g_autoptr (Reply) document = world_get (world, "/v1/openapi.json");
  guint n_routes = 0, n_operations = 0;

  reply_assert (document, "openapi", "'3.1.0'");
  for (const HttpRoute *route = routes; route->method != NULL; route++, n_routes++)
    {
      gboolean found = FALSE;

      for (const ApiOperation *one = api_operations; one->method != NULL; one++)
        found |= strcmp (one->method, route->method) == 0 && strcmp (one->path, route->path) == 0;
      if (!found)
        g_error ("%s %s is not described", route->method, route->path);
    }
  for (const ApiOperation *one = api_operations; one->method != NULL; one++)
    {
      n_operations++;
      g_assert_true ((one->answer == NULL) == (one->media != NULL));
    }
  g_assert_cmpuint (n_operations, ==, n_routes);
}

static void
assert_details (ApiWorld *world, const Reply *document, const char *event, const char *delivery)
{
  g_autofree char *event_path = g_strconcat ("/v1/events/", event, NULL);
  g_autofree char *body_path = g_strconcat (event_path, "/body", NULL);
  g_autofree char *edit_path = g_strconcat (event_path, "/edit", NULL);
  g_autofree char *delivery_path = g_strconcat ("/v1/deliveries/", delivery, NULL);
  g_autofree char *payload_path = g_strconcat (delivery_path, "/payload", NULL);

  assert_answer (world, document, "post", "/v1/events/{id}/edit", edit_path, "{}");
  assert_answer (world, document, "get", "/v1/events/{id}", event_path, "");
  assert_answer (world, document, "get", "/v1/events/{id}/body", body_path, "");
  assert_answer (world, document, "get", "/v1/deliveries/{id}", delivery_path, "");
  assert_answer (world, document, "get", "/v1/deliveries/{id}/payload", payload_path, "");
}

static void
test_answers (ApiWorld *world, gconstpointer data)
{
  static const char *const plain[] = {
    "/health",          "/ready",
    "/v1/openapi.json", "/v1/status",
    "/v1/routes",       "/v1/series",
    "/v1/connectors",   "/v1/sources",
    "/v1/events",       "/v1/dead-letters/groups",
    "/v1/problems",     "/v1/deliveries",
    "/v1/jobs",         "/v1/rejected",
    "/v1/config",       "/v1/config/files",
    "/v1/config/diff",  "/v1/config/history",
    "/v1/queues",       "/v1/audit",
    "/v1/tokens",       "/v1/config/schemas",
  };
  g_autoptr (Reply) document = world_get (world, "/v1/openapi.json");
  g_autofree char *event = world_accept (world, "/in/shop", "{'paid':true,'n':1}");
  g_autofree char *one = world_delivery_id (event, 1), *two = world_delivery_id (event, 2);

  world_settle (world, one, DELIVERY_DEAD, DEAD_REFUSED, 404);
  world_settle (world, two, DELIVERY_WAITING, DEAD_NOT, 503);
  pulse_note_failed (world->pulse, "file/b", API_WORLD_US, 503, "TIMEOUT", "No");
  pulse_note_worked (world->pulse, "file/b", API_WORLD_US);
  reply_free (world_post (world, "/v1/reload", "{}"));
  assert_answer (world, document, "post", "/v1/jobs", "/v1/jobs", "{'kind':'replay','filter':{}}");
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    assert_answer (world, document, "get", plain[i], plain[i], "");
  assert_answer (world, document, "get", "/v1/connectors/{kind}/{name}", "/v1/connectors/file/b",
                 "");
  assert_answer (world, document, "get", "/v1/series", "/v1/series?of=connectors&step=1m&points=2",
                 "");
  assert_answer (world, document, "get", "/v1/config/schemas/{kind}", "/v1/config/schemas/rule",
                 "");
  assert_answer (world, document, "get", "/v1/jobs/{id}", "/v1/jobs/1", "");
  assert_answer (world, document, "get", "/v1/config/history/{generation}", "/v1/config/history/7",
                 "");
  assert_details (world, document, event, one);
}

static void
test_acts (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) document = world_get (world, "/v1/openapi.json");
  static const char *const acts[][3] = {
    { "/in/{source}", "/in/shop", "{'paid':true}" },
    { "/v1/events", "/v1/events", "{'source':'a','detail-type':'b','detail':{}}" },
    { "/v1/replay", "/v1/replay", "{'filter':{}}" },
    { "/v1/discard", "/v1/discard", "{'ids':[]}" },
    { "/v1/postpone", "/v1/postpone", "{'ids':[],'until':'2027-01-01T00:00:00Z'}" },
    { "/v1/connectors/{kind}/{name}/pause", "/v1/connectors/file/a/pause", "{}" },
    { "/v1/reload", "/v1/reload", "" },
    { "/v1/config/rollback", "/v1/config/rollback", "{'generation':3}" },
    { "/v1/what-if", "/v1/what-if", "{'pattern':{'source':['shop']}}" },
    { "/v1/test-pattern", "/v1/test-pattern",
      "{'pattern':{'source':['a']},'event':{'source':'a','detail-type':'b','detail':{}}}" },
    { "/v1/tokens", "/v1/tokens", "{'name':'a','role':'admin'}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    assert_answer (world, document, "post", acts[i][0], acts[i][1], acts[i][2]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/openapi/routes", NULL, test_routes);
  API_WORLD_TEST ("/http/api/openapi/answers", NULL, test_answers);
  API_WORLD_TEST ("/http/api/openapi/acts", NULL, test_acts);
  return g_test_run ();
}

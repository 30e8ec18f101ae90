/* The tables as JSON Schema.  Whether it says what the router checks, tests/check-schemas tells. */
#include "config/json-schema.h"

#include "support/config-folder.h"

#include <string.h>

static JsonObject *
object_at (JsonNode *root, const char *path)
{
  JsonObject *object = json_node_get_object (root);
  g_auto (GStrv) names = g_strsplit (path, ".", -1);

  for (guint i = 0; names[i]; i++)
    {
      g_assert_true (json_object_has_member (object, names[i]));
      object = json_object_get_object_member (object, names[i]);
    }
  return object;
}

static void
test_rule (void)
{
  g_autofree char *text = config_json_schema (&config_schema_rule);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *state, *retries, *role;

  g_assert_nonnull (root);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "$id"), ==,
                   "urn:signalbox:schema:rule");
  g_assert_false (
      json_object_get_boolean_member (json_node_get_object (root), "additionalProperties"));
  state = object_at (root, "properties.State");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (state, "enum")), ==, 2);
  retries = object_at (root, "properties.Targets.items.properties.RetryPolicy.properties."
                             "MaximumRetryAttempts");
  g_assert_cmpint (json_object_get_int_member (retries, "maximum"), ==, 185);
  role = object_at (root, "properties.RoleArn");
  g_assert_true (json_object_has_member (role, "not"));
}

/* What connectors have in common is in each one's schema; no other kind has it. */
static void
test_common (void)
{
  g_autofree char *connector = config_json_schema (test_connector_schemas[0]);
  g_autofree char *bus = config_json_schema (&config_schema_bus);

  g_assert_nonnull (strstr (connector, "\"Concurrency\""));
  g_assert_null (strstr (bus, "\"Concurrency\""));
  g_assert_nonnull (strstr (bus, "\"$schema\" : {"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-json-schema/rule", test_rule);
  g_test_add_func ("/config-json-schema/common", test_common);
  return g_test_run ();
}

/* The list of kinds: each is complete, and its defaults fit its own table. */
#include "connector/connector.h"

#include "base/error.h"

#include <string.h>

static void
test_complete (void)
{
  const ConnectorKind *const *kinds = connector_kinds ();
  const ConfigSchema *const *schemas = connector_schemas ();
  guint i;

  for (i = 0; kinds[i] != NULL; i++)
    {
      if (!kinds[i]->is_stored)
        {
          g_assert_nonnull (kinds[i]->open);
          g_assert_nonnull (kinds[i]->send);
          g_assert_nonnull (kinds[i]->close);
        }
      g_assert_nonnull (kinds[i]->describe);
      if (schemas[i] != NULL)
        g_assert_true (kinds[i]->schema == schemas[i]);
      else
        g_assert_cmpstr (kinds[i]->kind, ==, "bus");
      g_assert_cmpstr (kinds[i]->schema->kind, ==, kinds[i]->kind);
      g_assert_true (connector_kind_by_name (kinds[i]->kind) == kinds[i]);
    }
  g_assert_cmpuint (i, ==, 8);
  g_assert_null (connector_kind_by_name ("pigeon"));
}

static void
check_setting (const ConfigSetting *setting)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) value = NULL;

  g_assert_cmpstr (setting->help, !=, NULL);
  g_assert_true (g_str_has_suffix (setting->help, "."));
  if (setting->default_json == NULL)
    return;
  g_assert_false ((setting->flags & SETTING_REQUIRED) != 0);
  value = json_from_string (setting->default_json, &error);
  g_assert_no_error (error);
  if (setting->type == SETTING_INTEGER)
    {
      g_assert_cmpfloat (json_node_get_double (value), >=, setting->min);
      g_assert_cmpfloat (json_node_get_double (value), <=, setting->max);
    }
  if (setting->choices != NULL)
    g_assert_true (g_strv_contains (setting->choices, json_node_get_string (value)));
}

static void
test_tables (void)
{
  const ConfigSchema *const *schemas = connector_schemas ();

  for (guint i = 0; schemas[i] != NULL; i++)
    for (const ConfigSetting *setting = schemas[i]->settings; setting->name != NULL; setting++)
      {
        g_test_message ("%s %s", schemas[i]->kind, setting->name);
        check_setting (setting);
      }
}

static void
test_open_names_the_setting (void)
{
  g_autoptr (JsonNode) node = json_from_string (
      "{\"Path\":\"a/../b\",\"Form\":\"lines\",\"MaxBytes\":5000,\"Keep\":1}", NULL);
  g_autoptr (GError) error = NULL;
  ConnectorHost host = { .state_dir = "/nowhere" };

  g_assert_null (connector_open (connector_kind_by_name ("file"), "audit",
                                 json_node_get_object (node), &host, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "file/audit: Path: The path “a/../b”"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/kinds/complete", test_complete);
  g_test_add_func ("/connector/kinds/tables", test_tables);
  g_test_add_func ("/connector/kinds/open-names-the-setting", test_open_names_the_setting);

  return g_test_run ();
}

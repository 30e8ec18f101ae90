/* The tables: found by name, and true to their own rules. */
#include "support/config-folder.h"

#include "config/check.h"
#include "config/queue.h"
#include "config/settings.h"

#include "base/limits.h"

#include <string.h>

static void
test_by_kind (void)
{
  const ConfigSchema *const *connectors = test_connector_schemas;

  g_assert_true (config_schema_by_kind ("router", connectors) == &config_schema_router);
  g_assert_true (config_schema_by_kind ("bus", connectors) == &config_schema_bus);
  g_assert_true (config_schema_by_kind ("source", NULL) == &config_schema_source);
  g_assert_true (config_schema_by_kind ("rule", NULL) == &config_schema_rule);
  g_assert_true (config_schema_by_kind ("file", connectors) == connectors[1]);
  g_assert_null (config_schema_by_kind ("file", NULL));
  g_assert_null (config_schema_by_kind ("File", connectors));
  g_assert_null (config_schema_by_kind ("", connectors));
  g_assert_true (config_schema_is_connector (connectors[0]));
  g_assert_false (config_schema_is_connector (&config_schema_rule));
}

static void
test_find (void)
{
  const ConfigSetting *setting = config_schema_find (&config_schema_rule, "EventPattern");

  g_assert_nonnull (setting);
  g_assert_cmpint (setting->type, ==, SETTING_ANY);
  setting = config_schema_find (&config_schema_rule, "ScheduleExpression");
  g_assert_nonnull (setting);
  g_assert_cmpint (setting->flags, ==, SETTING_UNSUPPORTED);
  g_assert_null (config_schema_find (&config_schema_rule, "eventPattern"));
}

static void
test_effects (void)
{
  const ConfigSetting *limits = config_schema_find (&config_schema_router, "Limits");
  const ConfigSetting *targets = config_schema_find (&config_schema_rule, "Targets");

  g_assert_cmpint (config_schema_find (&config_schema_router, "Listen")->effect, ==,
                   EFFECT_RESTART);
  g_assert_cmpint (config_schema_find (limits->nested, "EventBytes")->effect, ==, EFFECT_AT_ONCE);
  g_assert_cmpint (config_schema_find (limits->nested, "Connections")->effect, ==, EFFECT_RESTART);
  g_assert_cmpint (config_schema_find (targets->nested, "Priority")->effect, ==, EFFECT_NEW_EVENTS);
  g_assert_cmpstr (config_effect_name (EFFECT_AT_ONCE), ==, "at once");
  g_assert_cmpstr (config_effect_name (EFFECT_NEXT_ATTEMPT), ==, "next attempt");
  g_assert_cmpstr (config_effect_name (EFFECT_NEW_EVENTS), ==, "new events");
  g_assert_cmpstr (config_effect_name (EFFECT_RESTART), ==, "restart");
}

static void
check_table (const ConfigSchema *schema)
{
  for (const ConfigSetting *setting = schema->settings; setting->name; setting++)
    {
      gboolean is_name = g_ascii_isalpha (setting->name[0]); /* SQS has small first letters too */

      g_test_message ("%s: %s", schema->title, setting->name);
      g_assert_true (is_name);
      g_assert_nonnull (setting->help);
      g_assert_true (g_str_has_suffix (setting->help, "."));
      g_assert_true (config_schema_find (schema, setting->name) == setting);
      if (setting->type == SETTING_OBJECT)
        g_assert_nonnull (setting->nested);
      if (setting->nested)
        check_table (setting->nested);
    }
}

static const ConfigSchema *const schemas[] = { &config_schema_router, &config_schema_bus,
                                               &config_schema_source, &config_schema_rule,
                                               &config_schema_queue,  &config_schema_connector };

static void
test_tables (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    check_table (schemas[i]);
  check_table (&config_schema_signature);
}

/* A file that spells out all defaults is as good as an empty one. */
static void
test_defaults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    {
      g_autoptr (JsonObject) nothing = json_object_new ();
      g_autoptr (JsonObject) defaults = config_settings_complete (nothing, schemas[i]);
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), defaults);
      g_autofree char *text = json_to_string (node, TRUE);
      g_autoptr (ConfigFile) file = test_file_new ("bus/a.json", text);
      g_autoptr (GPtrArray) problems = test_problems_new ();
      g_autoptr (GPtrArray) files = g_ptr_array_new ();
      ConfigNames names = { test_connector_schemas, files };
      ConfigReport report;

      config_report_init (&report, file, problems);
      config_check_object (&report, &names, json_node_get_object (file->root), schemas[i], NULL);
      config_report_clear (&report);
      test_problems_are (text, problems, (const char *const[]){ NULL });
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-schema/by-kind", test_by_kind);
  g_test_add_func ("/config-schema/find", test_find);
  g_test_add_func ("/config-schema/effects", test_effects);
  g_test_add_func ("/config-schema/tables", test_tables);
  g_test_add_func ("/config-schema/defaults", test_defaults);
  return g_test_run ();
}

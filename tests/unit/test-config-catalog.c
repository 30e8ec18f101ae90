/* Every setting by its path: found by its end, suggested by its look. */
#include "config/catalog.h"

#include "support/config-folder.h"

static void
test_all (void)
{
  g_autoptr (GPtrArray) catalog = config_catalog_new (test_connector_schemas);

  g_assert_cmpuint (catalog->len, >, 100);
  for (guint i = 0; i < catalog->len; i++)
    {
      const CatalogEntry *entry = catalog->pdata[i];
      g_autofree char *prefix = g_strconcat (entry->kind->kind, ".", NULL);

      g_assert_true (g_str_has_prefix (entry->path, prefix));
      g_assert_true (g_str_has_suffix (entry->path, entry->setting->name));
      g_assert_false (entry->setting->flags & SETTING_UNSUPPORTED);
    }
}

static void
test_find (void)
{
  g_autoptr (GPtrArray) catalog = config_catalog_new (NULL);
  g_autoptr (GPtrArray) by_end = config_catalog_find (catalog, "retrypolicy.jitter");
  g_autoptr (GPtrArray) by_name = config_catalog_find (catalog, "Jitter");
  g_autoptr (GPtrArray) by_kind = config_catalog_find (catalog, "bus");
  g_autoptr (GPtrArray) by_half = config_catalog_find (catalog, "itter");
  const CatalogEntry *entry;

  g_assert_cmpuint (by_end->len, ==, 1);
  entry = by_end->pdata[0];
  g_assert_cmpstr (entry->path, ==, "rule.Targets.RetryPolicy.Jitter");
  g_assert_cmpuint (by_name->len, ==, 2);
  /* Its own one, and those of that name of a source and a test. */
  g_assert_cmpuint (by_kind->len, ==, 3);
  g_assert_cmpuint (by_half->len, ==, 0);
}

static void
test_suggest (void)
{
  g_autoptr (GPtrArray) catalog = config_catalog_new (NULL);

  g_assert_cmpstr (config_catalog_suggest (catalog, "Concurency"), ==, "Concurrency");
  g_assert_cmpstr (config_catalog_suggest (catalog, "Limits.EventByte"), ==, NULL);
  g_assert_cmpstr (config_catalog_suggest (catalog, "soruce"), ==, "Source");
  g_assert_null (config_catalog_suggest (catalog, "nothing like it"));
}

static void
check_type (const char *name, const char *expected)
{
  g_autoptr (GPtrArray) catalog = config_catalog_new (NULL);
  g_autoptr (GPtrArray) found = config_catalog_find (catalog, name);
  const CatalogEntry *entry = found->pdata[0];
  g_autofree char *text = config_setting_type_text (entry->setting);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_types (void)
{
  check_type ("router.Limits.EventBytes", "whole number, 1024 to 67108864 bytes");
  check_type ("rule.State", "one of ENABLED, DISABLED");
  check_type ("rule.Targets.Arn", "connector, as <kind>/<name>");
  check_type ("rule.Targets.DeadLetterConfig.Arn", "queue, as queue/<name>");
  check_type ("source.Repeats.Required", "true or false");
  check_type ("source.Bus", "name of a bus");
  check_type ("source.Signature.Secrets", "array of objects, 0 to 10 entries");
  check_type ("rule.EventPattern", "JSON");
}

static void
test_files (void)
{
  g_autofree char *router = config_catalog_file (&config_schema_router);
  g_autofree char *rule = config_catalog_file (&config_schema_rule);
  g_autofree char *source = config_catalog_file (&config_schema_source);

  g_assert_cmpstr (router, ==, "router.json");
  g_assert_cmpstr (rule, ==, "rule/<bus>/<name>.json");
  g_assert_cmpstr (source, ==, "source/<name>.json");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-catalog/all", test_all);
  g_test_add_func ("/config-catalog/find", test_find);
  g_test_add_func ("/config-catalog/suggest", test_suggest);
  g_test_add_func ("/config-catalog/types", test_types);
  g_test_add_func ("/config-catalog/files", test_files);
  return g_test_run ();
}

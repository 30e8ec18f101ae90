/* Circles among buses: found whatever their length, and nothing else is taken for one. */
#include "config/configuration.h"
#include "support/config-folder.h"

typedef struct
{
  const char *path, *text;
} File;

static Configuration *
load (const File *files, guint n_files, GPtrArray **out_problems)
{
  char *folder = test_folder_new ();
  Configuration *configuration;

  for (guint i = 0; i < n_files; i++)
    test_folder_put (folder, files[i].path, files[i].text);
  configuration = config_load (folder, test_connector_schemas, NULL, out_problems);
  test_folder_free (folder);
  return configuration;
}

#define TO(bus) "{\"Targets\":[{\"Id\":\"t\",\"Arn\":\"bus/" bus "\"}]}"

static void
test_circles (void)
{
  static const struct
  {
    File files[6];
    guint n_files;
    const char *problems[4];
  } cases[] = {
    { { { "rule/default/a.json", TO ("default") } },
      1,
      { "rule/default/a.json:1:*: Targets?0?.Arn: this sends events round in a circle of buses: "
        "default, default*" } },
    { { { "bus/eu.json", "{}" },
        { "rule/default/a.json", TO ("eu") },
        { "rule/eu/b.json", TO ("default") } },
      3,
      { "rule/eu/b.json:1:*: * default, eu, default*" } },
    { { { "bus/a.json", "{}" },
        { "bus/b.json", "{}" },
        { "bus/c.json", "{}" },
        { "rule/a/x.json", TO ("b") },
        { "rule/b/y.json", TO ("c") },
        { "rule/c/z.json", TO ("b") } },
      6,
      { "rule/c/z.json:1:*: * b, c, b*" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GPtrArray *problems = NULL;
      Configuration *configuration = load (cases[i].files, cases[i].n_files, &problems);
      g_autofree char *what = g_strdup_printf ("case %u", i);

      g_assert_null (configuration);
      test_problems_are (what, problems, cases[i].problems);
      g_ptr_array_unref (problems);
    }
}

/* Two ways to one bus, a rule that is switched off, and what a bus must not be given. */
static void
test_no_circle (void)
{
  static const File files[] = {
    { "bus/a.json", "{\"Description\":\"All of Europe\"}" },
    { "bus/b.json", "{}" },
    { "rule/default/x.json", "{\"Targets\":[{\"Id\":\"t\",\"Arn\":\"bus/a\"},"
                             "{\"Id\":\"u\",\"Arn\":\"bus/b\"}]}" },
    { "rule/b/y.json", TO ("a") },
    { "rule/a/z.json",
      "{\"State\":\"DISABLED\",\"Targets\":[{\"Id\":\"t\",\"Arn\":\"bus/default\"}]}" },
  };
  g_autoptr (Configuration) configuration = load (files, G_N_ELEMENTS (files), NULL);
  const ConfigConnector *bus;

  g_assert_nonnull (configuration);
  bus = g_hash_table_lookup (configuration->connectors, "bus/a");
  g_assert_cmpstr (bus->kind, ==, "bus");
  g_assert_cmpstr (bus->description, ==, "All of Europe");
  g_assert_cmpuint (bus->window, ==, 16);
  g_assert_cmpuint (g_hash_table_size (configuration->connectors), ==, 3);
  g_assert_cmpuint (configuration->router.bus_hops, ==, 8);
}

static void
test_targets (void)
{
  static const File files[] = {
    { "bus/eu.json", "{}" },
    { "rule/default/a.json", "{\"Targets\":[{\"Id\":\"t\",\"Arn\":\"bus/eu\",\"Input\":\"1\"}]}" },
    { "rule/default/b.json", TO ("eo") },
  };
  static const char *const expected[] = {
    "rule/default/a.json:1:*: Targets?0?.Input: a bus receives the event as it is. Remove it.",
    "rule/default/b.json:1:*: Targets?0?.Arn: *Did you mean “bus/eu”?*", NULL
  };
  GPtrArray *problems = NULL;

  g_assert_null (load (files, G_N_ELEMENTS (files), &problems));
  test_problems_are ("targets", problems, expected);
  g_ptr_array_unref (problems);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/loop/circles", test_circles);
  g_test_add_func ("/config/loop/no-circle", test_no_circle);
  g_test_add_func ("/config/loop/targets", test_targets);
  return g_test_run ();
}

/* What exists, and what was meant instead. */
#include "support/config-folder.h"

#include "config/names.h"

static const char *const paths[] = {
  "bus/shop.json",        "file/audit.json",   "rule/default/webhook.json",
  "webhook/billing.json", "webhook/chat.json",
};

static void
names_init (ConfigNames *names)
{
  names->connector_schemas = test_connector_schemas;
  names->files = g_ptr_array_new_with_free_func ((GDestroyNotify) config_file_free);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_ptr_array_add (names->files, test_file_new (paths[i], "{}"));
}

static void
test_exists (void)
{
  static const struct
  {
    const char *ref;
    gboolean exists;
  } cases[] = {
    { "webhook/billing", TRUE },  { "webhook/chat", TRUE },
    { "file/audit", TRUE },       { "webhook/audit", FALSE },
    { "webhook", FALSE },         { "webhook/", FALSE },
    { "/billing", FALSE },        { "", FALSE },
    { "bus/shop", TRUE },         { "rule/default", FALSE },
    { "webhook/a/b", FALSE },     { "webhook/billing.json", FALSE },
    { "file/../webhook", FALSE }, { "Webhook/chat", FALSE },
  };
  ConfigNames names;

  names_init (&names);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].ref);
      g_assert_cmpint (config_names_has_connector (&names, cases[i].ref), ==, cases[i].exists);
    }
  g_assert_true (config_names_has_connector (&names, "bus/shop"));
  g_assert_true (config_names_has_connector (&names, "bus/default"));
  g_assert_false (config_names_has_connector (&names, "bus/nowhere"));
  g_assert_true (config_names_has_bus (&names, "shop"));
  g_assert_true (config_names_has_bus (&names, "default"));
  g_assert_false (config_names_has_bus (&names, "Shop"));
  g_ptr_array_unref (names.files);
}

static void
test_hints (void)
{
  static const struct
  {
    const char *ref, *hint;
  } cases[] = {
    { "webhook/biling", "Did you mean “webhook/billing”?" },
    { "webhok/billing", "Did you mean “webhook/billing”?" },
    { "webhook/BILLING", "Did you mean “webhook/billing”?" },
    { "webhook/something-else", "Make the file webhook/something-else.json." },
    { "webhook", "A connector is named kind/name, as in “webhook/<name>”." },
    { "webhook/.?", "A connector is named kind/name, as in “webhook/<name>”." },
    { "webhok/something-else", "Did you mean the kind “webhook”?" },
    { "arn:aws:sqs:eu-west-1:1:q",
      "A connector is named kind/name, and the kinds are webhook, file, bus." },
    { "", "A connector is named kind/name, and the kinds are webhook, file, bus." },
    { "bus/shp", "Did you mean “bus/shop”?" },
    { "bus/something-else", "Make the file bus/something-else.json; {} is enough." },
  };
  ConfigNames names;

  names_init (&names);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *hint = config_names_connector_hint (&names, cases[i].ref);

      g_assert_cmpstr (hint, ==, cases[i].hint);
    }
  g_ptr_array_unref (names.files);
}

static void
test_bus_hints (void)
{
  static const struct
  {
    const char *bus, *hint;
  } cases[] = {
    { "shp", "Did you mean “shop”?" },
    { "defaul", "Did you mean “default”?" },
    { "orders", "Make the file bus/orders.json; {} is enough." },
    { "a/b/c/d", "A bus is named by its file, bus/<name>.json." },
  };
  ConfigNames names;

  names_init (&names);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *hint = config_names_bus_hint (&names, cases[i].bus);

      g_assert_cmpstr (hint, ==, cases[i].hint);
    }
  g_ptr_array_unref (names.files);
}

static void
test_nothing_exists (void)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  ConfigNames names = { NULL, files };
  g_autofree char *hint = NULL;

  g_assert_false (config_names_has_connector (&names, "webhook/a"));
  g_assert_false (config_names_has_bus (&names, "a"));
  g_assert_true (config_names_has_bus (&names, "default"));
  hint = config_names_connector_hint (&names, "webhook/a");
  g_assert_cmpstr (hint, ==, "A connector is named kind/name, and the kinds are bus.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-names/exists", test_exists);
  g_test_add_func ("/config-names/hints", test_hints);
  g_test_add_func ("/config-names/bus-hints", test_bus_hints);
  g_test_add_func ("/config-names/nothing-exists", test_nothing_exists);
  return g_test_run ();
}

/* Defaults at every level, and readers that take any tree. */
#include "support/config-folder.h"

#include "config/settings.h"

#include <string.h>

static const ConfigSetting inner_settings[] = {
  { .name = "Port", .type = SETTING_INTEGER, .default_json = "25" },
  { .name = "Host", .type = SETTING_STRING },
  { NULL },
};

static const ConfigSchema inner = { .kind = "inner", .settings = inner_settings };

static const ConfigSetting outer_settings[] = {
  { .name = "Always", .type = SETTING_OBJECT, .default_json = "{}", .nested = &inner },
  { .name = "Maybe", .type = SETTING_OBJECT, .nested = &inner },
  { .name = "List", .type = SETTING_ARRAY, .nested = &inner },
  { .name = "Words", .type = SETTING_ARRAY, .default_json = "[\"a\"]" },
  { .name = "Gone", .type = SETTING_ANY, .flags = SETTING_UNSUPPORTED },
  { NULL },
};

static const ConfigSchema outer = { .kind = "outer", .settings = outer_settings };

static char *
completed (const char *text)
{
  g_autoptr (ConfigFile) file = test_file_new ("bus/a.json", text);
  g_autoptr (JsonObject) settings = config_settings_complete (json_node_get_object (file->root),
                                                              &outer);
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), settings);

  g_assert_true (json_object_is_immutable (settings));
  return json_to_string (node, FALSE);
}

static void
test_complete (void)
{
  static const struct
  {
    const char *text, *completed;
  } cases[] = {
    { "{}", "{\"Always\":{\"Port\":25},\"Words\":[\"a\"]}" },
    { "{\"$schema\":\"x\",\"Other\":1}", "{\"Always\":{\"Port\":25},\"Words\":[\"a\"]}" },
    { "{\"Words\":[],\"Always\":{\"Host\":\"h\",\"Port\":1}}",
      "{\"Always\":{\"Port\":1,\"Host\":\"h\"},\"Words\":[]}" },
    { "{\"Maybe\":{}}", "{\"Always\":{\"Port\":25},\"Maybe\":{\"Port\":25},\"Words\":[\"a\"]}" },
    { "{\"List\":[{},{\"Port\":2}]}",
      "{\"Always\":{\"Port\":25},\"List\":[{\"Port\":25},{\"Port\":2}],\"Words\":[\"a\"]}" },
    /* What is of a wrong type stays as it is, for the check to find. */
    { "{\"Always\":5,\"List\":[1,{}],\"Words\":null}",
      "{\"Always\":5,\"List\":[1,{\"Port\":25}],\"Words\":null}" },
    { "{\"List\":{}}", "{\"Always\":{\"Port\":25},\"List\":{},\"Words\":[\"a\"]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = completed (cases[i].text);

      g_assert_cmpstr (text, ==, cases[i].completed);
    }
}

static char *
digest (const char *text)
{
  g_autoptr (ConfigFile) file = test_file_new ("bus/a.json", text);
  g_autoptr (JsonObject) settings = config_settings_complete (json_node_get_object (file->root),
                                                              &outer);

  return config_settings_digest (settings);
}

static void
test_digest (void)
{
  g_autofree char *one = digest ("{\"Maybe\":{\"Host\":\"h\"},\"Words\":[\"a\"]}");
  g_autofree char *same = digest ("{ \"Words\": [ \"a\" ], \"Maybe\": { \"Host\": \"\\u0068\" } }");
  g_autofree char *other = digest ("{\"Maybe\":{\"Host\":\"H\"}}");

  g_assert_cmpuint (strlen (one), ==, 64);
  g_assert_cmpstr (one, ==, same);
  g_assert_cmpstr (one, !=, other);
}

static void
test_readers (void)
{
  g_autoptr (ConfigFile) file = test_file_new (
      "bus/a.json", "{\"s\":\"x\",\"i\":7,\"d\":0.25,\"o\":{},\"a\":[1],\"n\":null,\"huge\":1e300,"
                    "\"minus\":-5}");
  JsonObject *object = json_node_get_object (file->root);
  static const char *const names[] = { "s", "i",    "d",     "o",       "a",
                                       "n", "huge", "minus", "missing", NULL };

  for (guint i = 0; names[i]; i++)
    {
      g_test_message ("%s", names[i]);
      g_assert_cmpstr (config_settings_string (object, names[i]), ==, i == 0 ? "x" : NULL);
      g_assert_cmpint (config_settings_object (object, names[i]) != NULL, ==, i == 3);
      g_assert_cmpint (config_settings_array (object, names[i]) != NULL, ==, i == 4);
    }
  g_assert_cmpint (config_settings_integer (object, "i"), ==, 7);
  g_assert_cmpint (config_settings_integer (object, "s"), ==, 0);
  g_assert_cmpint (config_settings_integer (object, "o"), ==, 0);
  g_assert_cmpfloat (config_settings_number (object, "d"), ==, 0.25);
  g_assert_cmpfloat (config_settings_number (object, "i"), ==, 7);
  g_assert_cmpfloat (config_settings_number (object, "missing"), ==, 0);
  g_assert_cmpint (config_settings_seconds (object, "d"), ==, 250000);
  g_assert_cmpint (config_settings_seconds (object, "minus"), ==, 0);
  g_assert_cmpint (config_settings_seconds (object, "huge"), ==,
                   G_GINT64_CONSTANT (1000000000) * G_USEC_PER_SEC);
  g_assert_null (config_settings_string (NULL, "s"));
  g_assert_null (config_settings_object (NULL, "o"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-settings/complete", test_complete);
  g_test_add_func ("/config-settings/digest", test_digest);
  g_test_add_func ("/config-settings/readers", test_readers);
  return g_test_run ();
}

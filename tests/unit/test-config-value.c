/* A constant, or where in a request to find the value. */
#include "support/config-folder.h"

#include "config/value.h"

static const ConfigSetting setting = {
  .name = "Value",
  .type = SETTING_VALUE,
  .flags = SETTING_NONEMPTY,
  .max = 8,
  .help = "Where.",
};

static void
check (const char *text, const char *const *expected)
{
  g_autoptr (ConfigFile) file = test_file_new ("bus/a.json", text);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  ConfigNames names = { NULL, files };
  ConfigReport report;

  config_report_init (&report, file, problems);
  config_report_enter (&report, "Value");
  config_value_check (&report, &names, &setting,
                      json_object_get_member (json_node_get_object (file->root), "Value"));
  config_report_clear (&report);
  test_problems_are (text, problems, expected);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *problem;
  } cases[] = {
    { "{\"Value\":5}", "*:1:10: Value: expected a string, *, not the number 5" },
    { "{\"Value\":[]}", "*:1:10: Value: expected a string, *, not an array" },
    { "{\"Value\":\"\"}", "*:1:10: Value: must not be empty. Where." },
    { "{\"Value\":\"123456789\"}", "*:1:10: Value: expected 0 to 8 characters, not 9" },
    { "{\"Value\":{}}", "*:1:10: Value: expected exactly one of Header, Path and Query. *" },
    { "{\"Value\":{\"Default\":\"x\"}}",
      "*: Value: expected exactly one of Header, Path and Query. *" },
    { "{\"Value\":{\"Header\":\"X\",\"Path\":\"$.a\"}}", "*: Value: expected exactly one of *" },
    { "{\"Value\":{\"Header\":\"\"}}", "*:1:20: Value.Header: “” is no name of a header. *" },
    { "{\"Value\":{\"Header\":\"X Y\"}}", "*: Value.Header: “X Y” is no name of a header. *" },
    { "{\"Value\":{\"Header\":\"X:\"}}", "*: Value.Header: “X:” is no name of a header. *" },
    { "{\"Value\":{\"Header\":1}}", "*: Value.Header: expected a string, not the number 1. *" },
    { "{\"Value\":{\"Path\":\"detail.a\"}}", "*:1:1?: Value.Path: not a path into the body: *" },
    { "{\"Value\":{\"Path\":\"$.a[?(@.b)]\"}}", "*: Value.Path: not a path into the body: *" },
    { "{\"Value\":{\"Header\":\"X\",\"Default\":\"\"}}", "*: Value.Default: must not be empty. *" },
    { "{\"Value\":{\"Header\":\"X\",\"Default\":1}}", "*: Value.Default: expected a string, *" },
    { "{\"Value\":{\"Header\":\"X\",\"default\":\"a\"}}",
      "*: Value.default: unknown key “default”. Did you mean “Default”?" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check (cases[i].text, (const char *const[]){ cases[i].problem, NULL });
}

static void
test_read (void)
{
  static const struct
  {
    const char *text;
    ConfigValueKind kind;
    const char *value, *fallback;
  } cases[] = {
    { "{}", CONFIG_VALUE_CONSTANT, "given", "" },
    { "{\"Value\":\"shop\"}", CONFIG_VALUE_CONSTANT, "shop", "" },
    { "{\"Value\":{\"Header\":\"X-A\"}}", CONFIG_VALUE_HEADER, "X-A", "given" },
    { "{\"Value\":{\"Header\":\"X-A\",\"Default\":\"d\"}}", CONFIG_VALUE_HEADER, "X-A", "d" },
    { "{\"Value\":{\"Path\":\"$.a.b[0]\"}}", CONFIG_VALUE_PATH, "$.a.b[0]", "given" },
    { "{\"Value\":{\"Query\":\"q\",\"Default\":\"d\"}}", CONFIG_VALUE_QUERY, "q", "d" },
    { "{\"Value\":{\"Path\":\"$.a\",\"Default\":\"d\"}}", CONFIG_VALUE_PATH, "$.a", "d" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ConfigFile) file = test_file_new ("bus/a.json", cases[i].text);
      JsonNode *node = json_object_get_member (json_node_get_object (file->root), "Value");
      ConfigValue value = { 0 };

      if (node)
        check (cases[i].text, (const char *const[]){ NULL });
      config_value_read (node, "given", &value);
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (value.kind, ==, cases[i].kind);
      g_assert_cmpstr (value.text, ==, cases[i].value);
      g_assert_cmpstr (value.fallback, ==, cases[i].fallback);
      config_value_clear (&value);
    }
}

/* A value that was refused can be read all the same. */
static void
test_read_anything (void)
{
  static const char *const cases[] = { "{\"Value\":5}", "{\"Value\":null}", "{\"Value\":[]}",
                                       "{\"Value\":{}}", "{\"Value\":{\"Header\":1}}" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ConfigFile) file = test_file_new ("bus/a.json", cases[i]);
      ConfigValue value = { 0 };

      config_value_read (json_object_get_member (json_node_get_object (file->root), "Value"),
                         "given", &value);
      g_assert_cmpint (value.kind, ==, CONFIG_VALUE_CONSTANT);
      g_assert_cmpstr (value.text, ==, "given");
      config_value_clear (&value);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-value/bad", test_bad);
  g_test_add_func ("/config-value/read", test_read);
  g_test_add_func ("/config-value/read-anything", test_read_anything);
  return g_test_run ();
}

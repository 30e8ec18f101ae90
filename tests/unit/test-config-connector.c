/* <kind>/<name>.json */
#include "support/config-folder.h"

#include "config/connector.h"

#include "base/error.h"

static ConfigConnector *
read_connector (const char *text, const ConfigSchema *schema, const char *const *expected)
{
  g_autoptr (ConfigFile) file = test_file_new ("webhook/chat.json", text);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  ConfigNames names = { test_connector_schemas, files };
  ConfigReport report;
  ConfigConnector *connector;

  if (schema)
    file->schema = schema;
  config_report_init (&report, file, problems);
  connector = config_connector_new (&report, &names);
  config_report_clear (&report);
  test_problems_are (text, problems, expected);
  return connector;
}

static void
test_good (void)
{
  g_autoptr (ConfigConnector) connector = read_connector (
      "{\"$schema\":\"x\",\"Description\":\"Chat\",\"Concurrency\":3,\"Url\":\"http://a/\"}", NULL,
      (const char *const[]){ NULL });
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), connector->settings);
  g_autofree char *text = json_to_string (node, FALSE);

  g_assert_cmpstr (connector->kind, ==, "webhook");
  g_assert_cmpstr (connector->name, ==, "chat");
  g_assert_cmpstr (connector->ref, ==, "webhook/chat");
  g_assert_cmpstr (connector->description, ==, "Chat");
  g_assert_cmpuint (connector->window, ==, 3);
  g_assert_true (json_object_is_immutable (connector->settings));
  g_assert_cmpstr (
      text, ==, "{\"Url\":\"http://a/\",\"Method\":\"POST\",\"Headers\":{},\"TimeoutSeconds\":30}");
}

/* Connections are kept over a change that does not concern them. */
static void
test_digest (void)
{
  static const char *const texts[] = {
    "{\"Url\":\"http://a/\"}",
    "{ \"Concurrency\": 5, \"Description\": \"x\", \"Url\": \"http://a/\" }",
    "{\"Method\":\"POST\",\"Url\":\"http://a/\"}",
    "{\"Url\":\"http://b/\"}",
  };
  ConfigConnector *connectors[G_N_ELEMENTS (texts)];

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    connectors[i] = read_connector (texts[i], NULL, (const char *const[]){ NULL });
  g_assert_cmpuint (connectors[0]->window, ==, 16);
  g_assert_cmpstr (connectors[0]->digest, ==, connectors[1]->digest);
  g_assert_cmpstr (connectors[0]->digest, ==, connectors[2]->digest);
  g_assert_cmpstr (connectors[0]->digest, !=, connectors[3]->digest);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    config_connector_free (connectors[i]);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *problem;
  } cases[] = {
    { "{}", "webhook/chat.json:1:1: Url: “Url” is missing. Where events are posted to." },
    { "{\"Url\":\"http://a/\",\"Concurrency\":0}",
      "*:1:34: Concurrency: 0 is out of bounds: expected 1 to 1000. *" },
    { "{\"Url\":\"http://a/\",\"Concurency\":1}",
      "*: unknown key “Concurency”. Did you mean “Concurrency”?" },
    { "{\"Url\":\"http://a/\",\"Headers\":{\"A\":1}}",
      "*: Headers.A: expected a string, not the number 1*" },
    { "{\"Url\":\"http://a/\",\"TimeoutSeconds\":0}", "*: TimeoutSeconds: 0 is out of bounds: *" },
    { "{\"URL\":\"http://a/\",\"Url\":\"http://a/\"}",
      "*: URL: unknown key “URL”. Did you mean “Url”?" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    config_connector_free (
        read_connector (cases[i].text, NULL, (const char *const[]){ cases[i].problem, NULL }));
}

static gboolean
no_localhost (JsonObject *settings, char **out_pointer, GError **error)
{
  const char *url = json_object_get_string_member (settings, "Url");

  /* Complete: what the file leaves out is there. */
  g_assert_cmpint (json_object_get_int_member (settings, "TimeoutSeconds"), ==, 30);
  if (!g_str_has_prefix (url, "http://localhost"))
    return TRUE;
  *out_pointer = g_strdup ("/Url");
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "“%s” is too near", url);
  return FALSE;
}

static void
test_kind_judges (void)
{
  ConfigSchema schema = *test_connector_schemas[0];

  schema.check = no_localhost;
  config_connector_free (
      read_connector ("{\"Url\":\"http://a/\"}", &schema, (const char *const[]){ NULL }));
  config_connector_free (read_connector (
      "{\n\"Url\":\"http://localhost/\"}", &schema,
      (const char *const[]){ "*:2:7: Url: “http://localhost/” is too near", NULL }));
  /* What does not fit the table is not shown to it. */
  config_connector_free (read_connector (
      "{\"Url\":5}", &schema, (const char *const[]){ "*: Url: expected a string, *", NULL }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-connector/good", test_good);
  g_test_add_func ("/config-connector/digest", test_digest);
  g_test_add_func ("/config-connector/bad", test_bad);
  g_test_add_func ("/config-connector/kind-judges", test_kind_judges);
  return g_test_run ();
}

/* CloudEvents and mapped webhooks through the real daemon, sent and received by independent code
 * (Python's standard library). */
#include "support/scenario.h"

#include <gio/gio.h>

static guint
free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_assert_cmpuint (port, >, 0);
  return port;
}

static void
configure (Scenario *scenario, guint port)
{
  static const char *const modes[] = { "binary", "structured" };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *webhook = g_strdup_printf ("webhook/%s.json", modes[i]);
      g_autofree char *rule = g_strdup_printf ("rule/default/%s.json", modes[i]);

      scenario_config (scenario, webhook,
                       "{'Url': 'http://127.0.0.1:%u/%s', 'CloudEvents': '%s',"
                       " 'AllowAddresses': ['loopback']}",
                       port, modes[i], modes[i]);
      scenario_config (scenario, rule,
                       "{'EventPattern': {'metadata': {'cloudevent': {'source': ['/python']}}},"
                       " 'Targets': [{'Id': 't', 'Arn': 'webhook/%s'}]}",
                       modes[i]);
    }
  scenario_config (scenario, "webhook/plain.json",
                   "{'Url': 'http://127.0.0.1:%u/plain', 'AllowAddresses': ['loopback']}", port);
  scenario_config (scenario, "rule/default/plain.json",
                   "{'EventPattern': {'metadata': {'headers': {'x-github-event': ['issues']}}},"
                   " 'Targets': [{'Id': 't', 'Arn': 'webhook/plain'}]}");
  scenario_config (scenario, "source/ce.json", "{'Preset': 'cloudevents', 'Trace': 'continue'}");
  scenario_config (scenario, "source/hub.json",
                   "{'DetailType': {'Header': 'X-GitHub-Event'}, 'Id': {'Header':"
                   " 'X-GitHub-Delivery'}, 'Resources': {'Path': '$.repository.full_name'},"
                   " 'Time': {'Query': 'when'},"
                   " 'KeepHeaders': ['X-GitHub-Event', 'X-GitHub-Hook-ID']}");
}

static void
test_python (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "send-cloudevents", NULL);
  g_autofree char *port = g_strdup_printf ("%u", free_port ());
  const char *argv[] = { "python3", script, NULL, port, NULL };
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  configure (scenario, (guint) g_ascii_strtoull (port, NULL, 10));
  scenario_start (scenario);
  argv[2] = scenario_url (scenario);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status,
                &error);
  g_assert_no_error (error);
  g_test_message ("%s%s", out, err);
  g_assert_cmpint (status, ==, 0);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/cloudevents/python", test_python);
  return g_test_run ();
}

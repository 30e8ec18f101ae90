/* router.json: the listening address and the limits. */
#include "support/config-folder.h"

#include "config/router.h"

#include "base/limits.h"

static void
read_router (const char *text, ConfigRouter *out_router, const char *const *expected)
{
  g_autoptr (ConfigFile) file = test_file_new ("router.json", text);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  ConfigNames names = { NULL, files };
  ConfigReport report;

  config_report_init (&report, file, problems);
  config_router_read (&report, &names, out_router);
  config_report_clear (&report);
  test_problems_are (text, problems, expected);
}

static void
check_defaults (const ConfigRouter *router)
{
  g_assert_cmpstr (router->listen, ==, "127.0.0.1:4610");
  g_assert_cmpuint (router->event_bytes, ==, LIMIT_EVENT_BYTES);
  g_assert_cmpuint (router->request_bytes, ==, LIMIT_REQUEST_BYTES);
  g_assert_cmpuint (router->events_per_request, ==, LIMIT_EVENTS_PER_REQUEST);
  g_assert_cmpuint (router->json_depth, ==, LIMIT_JSON_DEPTH);
  g_assert_cmpuint (router->connections, ==, LIMIT_CONNECTIONS);
  g_assert_cmpuint (router->request_s, ==, LIMIT_REQUEST_SECONDS);
  g_assert_cmpuint (router->queued_events, ==, LIMIT_QUEUED_EVENTS);
  g_assert_cmpuint (router->batch_items, ==, LIMIT_BATCH_ITEMS);
  g_assert_cmpuint (router->response_bytes, ==, LIMIT_RESPONSE_BYTES);
  g_assert_cmpuint (router->targets_per_event, ==, LIMIT_TARGETS_PER_EVENT);
  g_assert_cmpuint (router->wildcard_score, ==, LIMIT_WILDCARD_SCORE);
  g_assert_cmpint (router->keep_done_us, ==, RETENTION_DONE_SECONDS * (gint64) G_USEC_PER_SEC);
  g_assert_cmpint (router->keep_dead_us, ==, RETENTION_DEAD_SECONDS);
  g_assert_cmpint (router->keep_discarded_us, ==, RETENTION_DISCARDED_SECONDS);
  g_assert_cmpint (router->keep_bytes, ==, RETENTION_BYTES);
  g_assert_cmpuint (router->metric_series, ==, LIMIT_METRIC_SERIES);
  g_assert_cmpuint (router->streams, ==, LIMIT_STREAMS);
  g_assert_cmpuint (router->unfinished_jobs, ==, LIMIT_UNFINISHED_JOBS);
  g_assert_cmpuint (router->keep_jobs, ==, RETENTION_JOBS);
  g_assert_cmpuint (router->keep_audit_lines, ==, RETENTION_AUDIT_LINES);
}

static void
test_defaults (void)
{
  ConfigRouter router = { 0 };

  config_router_defaults (&router);
  check_defaults (&router);
  config_router_clear (&router);
  read_router ("{}", &router, (const char *const[]){ NULL });
  check_defaults (&router);
  config_router_clear (&router);
}

static void
test_all (void)
{
  ConfigRouter router = { 0 };

  read_router ("{\"Description\":\"x\",\"Listen\":\"[::1]:0\",\"Limits\":{\"EventBytes\":1024,"
               "\"RequestBytes\":2048,\"EventsPerRequest\":3,\"JsonDepth\":4,\"Connections\":5,"
               "\"RequestSeconds\":6,\"QueuedEvents\":7,\"BatchItems\":8,\"ResponseBytes\":0,"
               "\"TargetsPerEvent\":10,\"WildcardScore\":15,\"UnfinishedJobs\":16},\"Retention\":{"
               "\"DoneSeconds\":11,"
               "\"DeadSeconds\":12,"
               "\"DiscardedSeconds\":13,\"Bytes\":14,\"Jobs\":17,"
               "\"AuditLines\":18}}",
               &router, (const char *const[]){ NULL });
  g_assert_cmpstr (router.listen, ==, "[::1]:0");
  g_assert_cmpuint (router.event_bytes, ==, 1024);
  g_assert_cmpuint (router.request_bytes, ==, 2048);
  g_assert_cmpuint (router.events_per_request, ==, 3);
  g_assert_cmpuint (router.json_depth, ==, 4);
  g_assert_cmpuint (router.connections, ==, 5);
  g_assert_cmpuint (router.request_s, ==, 6);
  g_assert_cmpuint (router.queued_events, ==, 7);
  g_assert_cmpuint (router.batch_items, ==, 8);
  g_assert_cmpuint (router.response_bytes, ==, 0);
  g_assert_cmpuint (router.targets_per_event, ==, 10);
  g_assert_cmpuint (router.wildcard_score, ==, 15);
  g_assert_cmpint (router.keep_done_us, ==, 11 * G_USEC_PER_SEC);
  g_assert_cmpint (router.keep_dead_us, ==, 12 * G_USEC_PER_SEC);
  g_assert_cmpint (router.keep_discarded_us, ==, 13 * G_USEC_PER_SEC);
  g_assert_cmpint (router.keep_bytes, ==, 14);
  g_assert_cmpuint (router.unfinished_jobs, ==, 16);
  g_assert_cmpuint (router.keep_jobs, ==, 17);
  g_assert_cmpuint (router.keep_audit_lines, ==, 18);
  config_router_clear (&router);
}

static void
test_outgoing (void)
{
  ConfigRouter router = { 0 };

  read_router ("{\"Outgoing\":{\"AllowAddresses\":[\"private\",\"192.0.2.0/24\"]}}", &router,
               (const char *const[]){ NULL });
  g_assert_cmpstr (router.allow_addresses[0], ==, "private");
  g_assert_cmpstr (router.allow_addresses[1], ==, "192.0.2.0/24");
  config_router_clear (&router);
  read_router ("{\"Outgoing\":{\"AllowAddresses\":[\"private\",\"home\"]}}", &router,
               (const char *const[]){
                   "router.json:1:42: Outgoing.AllowAddresses[1]: “home” is no address; *", NULL });
  config_router_clear (&router);
}

#define NO_ADDRESS "router.json:1:11: Listen: “*” is no address and port. *"
#define NOT_LOOPBACK "router.json:1:11: Listen: “*” can be reached from other machines, *"

static void
test_listen (void)
{
  static const struct
  {
    const char *listen;
    const char *problem; /* NULL: it is fine */
  } cases[] = {
    { "127.0.0.1:4610", NULL },
    { "127.0.0.1:0", NULL },
    { "127.1.2.3:65535", NULL },
    { "[::1]:80", NULL },
    { "0.0.0.0:4610", NOT_LOOPBACK },
    { "192.0.2.1:4610", NOT_LOOPBACK },
    { "[::]:80", NOT_LOOPBACK },
    { "[2001:db8::1]:443", NOT_LOOPBACK },
    { "127.0.0.1", NO_ADDRESS },
    { "127.0.0.1:", NO_ADDRESS },
    { "127.0.0.1:65536", NO_ADDRESS },
    { "127.0.0.1:-1", NO_ADDRESS },
    { "127.0.0.1:+80", NO_ADDRESS },
    { "127.0.0.1: 80", NO_ADDRESS },
    { "127.0.0.1:80a", NO_ADDRESS },
    { "localhost:4610", NO_ADDRESS },
    { ":4610", NO_ADDRESS },
    { "4610", NO_ADDRESS },
    { "*:4610", NO_ADDRESS },
    { "::1:4610", NO_ADDRESS },
    { "[::1]", NO_ADDRESS },
    { "[]:80", NO_ADDRESS },
    { "[127.0.0.1]:80", NO_ADDRESS },
    { "[::1:80", NO_ADDRESS },
    { "http://127.0.0.1:80", NO_ADDRESS },
    { "256.0.0.1:80", NO_ADDRESS },
    { "", NO_ADDRESS },
    { "unix:/run/x", NO_ADDRESS },
    { "]:1", NO_ADDRESS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"Listen\":\"%s\"}", cases[i].listen);
      ConfigRouter router = { 0 };

      read_router (text, &router, (const char *const[]){ cases[i].problem, NULL });
      config_router_clear (&router);
    }
}

/* By its very name, or not at all. */
static void
test_insecure_listen (void)
{
  ConfigRouter router = { 0 };

  read_router ("{\"Listen\":\"0.0.0.0:80\",\"InsecureListen\":\"0.0.0.0:80\"}", &router,
               (const char *const[]){ NULL });
  g_assert_cmpstr (router.insecure_listen, ==, "0.0.0.0:80");
  config_router_clear (&router);
  read_router ("{\"Listen\":\"0.0.0.0:80\",\"InsecureListen\":\"0.0.0.0:81\"}", &router,
               (const char *const[]){ NOT_LOOPBACK, NULL });
  config_router_clear (&router);
}

/* A certificate is as good as a name for it. */
static void
test_tls (void)
{
  ConfigRouter router = { 0 };

  read_router ("{\"Listen\":\"0.0.0.0:80\",\"Tls\":{\"CertificateFile\":\"a\",\"KeyFile\":\"b\"}}",
               &router, (const char *const[]){ NULL });
  g_assert_cmpstr (router.certificate_file, ==, "a");
  g_assert_cmpstr (router.key_file, ==, "b");
  g_assert_cmpstr (router.client_ca_file, ==, NULL);
  g_assert_false (router.only_tls_1_3);
  g_assert_cmpuint (router.certificate_warn_days, ==, 14);
  config_router_clear (&router);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *problem;
  } cases[] = {
    { "{\"Listen\":4610}", "router.json:1:11: Listen: expected a string, not the number 4610. *" },
    { "{\"Limits\":[]}", "router.json:1:11: Limits: expected an object, not an array. *" },
    { "{\"Limits\":{\"EventBytes\":0}}",
      "*:1:25: Limits.EventBytes: 0 is out of bounds: expected 1024 to 67108864 bytes. *" },
    { "{\"Limits\":{\"JsonDepth\":1001}}", "*: Limits.JsonDepth: 1001 is out of bounds: *" },
    { "{\"Limits\":{\"EventByte\":1}}",
      "*: Limits.EventByte: unknown key *Did you mean “EventBytes”?" },
    { "{\"Limits\":{\"RequestBytes\":100000}}",
      "*:1:27: Limits.RequestBytes: RequestBytes, 100000, is less than EventBytes, 262144. *" },
    { "{\"Limits\":{\"EventBytes\":10000000}}",
      "*:1:11: Limits.RequestBytes: RequestBytes, 8388608, is less than EventBytes, 10000000. *" },
    { "{\"Tls\":{\"CertificateFile\":\"a\"}}", "*: Tls.KeyFile: *" },
    { "{\"Tls\":{\"CertificateFile\":\"a\",\"KeyFile\":\"b\",\"MinimumVersion\":\"1.1\"}}",
      "*: Tls.MinimumVersion: *1.2*" },
    { "{\"Port\":1}", "*:1:2: Port: unknown key “Port”. The keys here are Description, Listen, "
                      "InsecureListen, Tls, TrustedProxies, Outgoing, Limits, Retention." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ConfigRouter router = { 0 };

      read_router (cases[i].text, &router, (const char *const[]){ cases[i].problem, NULL });
      config_router_clear (&router);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-router/defaults", test_defaults);
  g_test_add_func ("/config-router/all", test_all);
  g_test_add_func ("/config-router/outgoing", test_outgoing);
  g_test_add_func ("/config-router/listen", test_listen);
  g_test_add_func ("/config-router/insecure-listen", test_insecure_listen);
  g_test_add_func ("/config-router/tls", test_tls);
  g_test_add_func ("/config-router/bad", test_bad);
  return g_test_run ();
}

/* Lists page by page: what is asked for, and one JSON text of many pages. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"
#include "support/receiver.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct
{
  Receiver *router;
  const char *url;
} Fixture;

static const char last_page[] =
    "{\"deliveries\":[{\"id\":\"e-1\",\"state\":\"dead\",\"connector\":\"webhook/x\","
    "\"rule\":\"default/r\",\"attempts\":4,\"due\":null,\"dead_reason\":\"attempts-used-"
    "up\",\"changed\":\"2020-01-01T00:00:00Z\",\"last\":{\"outcome\":\"retry\",\"status\":500,"
    "\"note\":\"evil\033[2J\"}}],\"next\":null}";

static void
set_up (Fixture *fixture, gconstpointer body)
{
  fixture->router = receiver_new ();
  fixture->url = receiver_url (fixture->router);
  receiver_set_body (fixture->router, body, -1);
}

static void
tear_down (Fixture *fixture, gconstpointer body)
{
  receiver_free (fixture->router);
}

static void
test_query (Fixture *fixture, gconstpointer body)
{
  g_autoptr (CtlRun) run = CTL_RUN ("dead", "-u", fixture->url, "--connector", "webhook/x y",
                                    "--error-code", "A&B", "-n", "5");

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpstr (receiver_request (fixture->router, 0)->target, ==,
                   "/v1/deliveries?state=dead&order=newest&connector=webhook%2Fx%20y"
                   "&error-code=A%26B&limit=5");
  g_assert_null (strchr (run->out, '\033'));
  ctl_run_assert_contains (run->out, "e-1       dead   webhook/x  default/r         4");
  ctl_run_assert_contains (run->out, "attempts-used-up: evil\\x1b[2J\n");
}

static void
test_empty (Fixture *fixture, gconstpointer body)
{
  g_autoptr (CtlRun) waiting = CTL_RUN ("waiting", "-u", fixture->url);
  g_autoptr (CtlRun) json = CTL_RUN ("waiting", "-u", fixture->url, "--json");

  g_assert_cmpint (waiting->exit_code, ==, EX_NOTHING);
  g_assert_cmpstr (waiting->out, ==, "Nothing waits: every delivery is settled.\n");
  g_assert_cmpstr (receiver_request (fixture->router, 0)->target, ==,
                   "/v1/deliveries?state=ready%2Cwaiting%2Cheld&order=due&limit=50");
  g_assert_cmpint (json->exit_code, ==, EX_NOTHING);
  g_assert_cmpstr (json->out, ==, "{\"deliveries\":[],\"next\":null}\n");
}

/* The receiver says again and again that there is another page. */
static void
test_pages (Fixture *fixture, gconstpointer body)
{
  g_autoptr (CtlRun) run = CTL_RUN ("events", "-u", fixture->url, "--json", "--limit", "5");
  g_autoptr (JsonNode) root = json_from_string (run->out, NULL);
  JsonObject *object;

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpuint (receiver_n_requests (fixture->router), ==, 3);
  g_assert_cmpstr (receiver_request (fixture->router, 0)->target, ==, "/v1/events?limit=5");
  g_assert_cmpstr (receiver_request (fixture->router, 1)->target, ==,
                   "/v1/events?limit=3&after=c%2F1");
  g_assert_nonnull (root);
  object = json_node_get_object (root);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "events")), ==, 6);
  g_assert_cmpstr (json_object_get_string_member (object, "next"), ==, "c/1");
}

static void
test_refused (Fixture *fixture, gconstpointer body)
{
  g_autoptr (CtlRun) run = NULL;

  receiver_set_status (fixture->router, 400);
  run = CTL_RUN ("events", "-u", fixture->url, "--json");
  g_assert_cmpint (run->exit_code, ==, EX_DATAERR);
  g_assert_cmpstr (run->out, ==, "{\"title\":\"Unknown parameter\"}\n");
  ctl_run_assert_contains (run->err, "Unknown parameter");
}

int
main (int argc, char **argv)
{
  static const char empty[] = "{\"deliveries\":[],\"next\":null}";
  static const char page[] = "{\"events\":[{\"id\":\"a\"},{\"id\":\"b\"}],\"next\":\"c/1\"}";
  static const char problem[] = "{\"title\":\"Unknown parameter\"}";

  g_test_init (&argc, &argv, NULL);

  g_test_add ("/ctl/filters/query", Fixture, last_page, set_up, test_query, tear_down);
  g_test_add ("/ctl/filters/empty", Fixture, empty, set_up, test_empty, tear_down);
  g_test_add ("/ctl/filters/pages", Fixture, page, set_up, test_pages, tear_down);
  g_test_add ("/ctl/filters/refused", Fixture, problem, set_up, test_refused, tear_down);

  return g_test_run ();
}

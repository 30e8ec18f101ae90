/* What replay and discard ask for: exactly what was named, and no more. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"
#include "support/receiver.h"

#include <json-glib/json-glib.h>

typedef struct
{
  Receiver *router;
  const char *url;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->router = receiver_new ();
  fixture->url = receiver_url (fixture->router);
  receiver_set_body (fixture->router, "{\"applied\":2,\"skipped\":1}", -1);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  receiver_free (fixture->router);
}

/* The last request's body, once it is known to have gone to the path. */
static JsonNode *
asked (Fixture *fixture, const char *path)
{
  guint n = receiver_n_requests (fixture->router);
  const ReceivedRequest *request;
  g_autofree char *body = NULL;
  JsonNode *root;

  g_assert_cmpuint (n, >, 0);
  request = receiver_request (fixture->router, n - 1);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->target, ==, path);
  body = received_body (request);
  root = json_from_string (body, NULL);
  g_assert_nonnull (root);
  return root;
}

static void
test_ids (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CtlRun) run = CTL_RUN ("replay", "-u", fixture->url, "a-1", "b-2", "--reason",
                                    "it is \"back\"", "--actor", "eve");
  g_autoptr (JsonNode) root = asked (fixture, "/v1/replay");
  g_autofree char *text = json_to_string (root, FALSE);

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpstr (run->out, ==,
                   "2 dead letters replayed, 1 skipped: not known, or in another state\n");
  g_assert_cmpstr (
      text, ==, "{\"ids\":[\"a-1\",\"b-2\"],\"actor\":\"eve\",\"reason\":\"it is \\\"back\\\"\"}");
}

static void
test_filter (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CtlRun) run = CTL_RUN ("discard", "-u", fixture->url, "--connector", "webhook/x",
                                    "--status", "503", "--detail-type", "Paid", "--to",
                                    "2026-11-21T10:00:00+01:00", "--actor", "eve");
  g_autoptr (JsonNode) root = asked (fixture, "/v1/discard");
  g_autofree char *text = json_to_string (root, FALSE);

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpstr (
      text, ==,
      "{\"filter\":{\"detail-type\":\"Paid\",\"connector\":\"webhook/x\",\"status\":503,"
      "\"to\":\"2026-11-21T09:00:00.000000Z\"},\"actor\":\"eve\"}");
}

static void
test_all (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CtlRun) run = CTL_RUN ("replay", "-u", fixture->url, "--all", "--actor", "eve");
  g_autoptr (JsonNode) root = asked (fixture, "/v1/replay");
  g_autofree char *text = json_to_string (root, FALSE);

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpstr (text, ==, "{\"filter\":{},\"actor\":\"eve\"}");
}

/* How it is replayed; what waits as a job; what cannot be. */
static void
test_how (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CtlRun) run = CTL_RUN ("replay", "-u", fixture->url, "--all", "--actor", "eve",
                                    "--rules", "now", "--skip-succeeded");
  g_autoptr (JsonNode) root = asked (fixture, "/v1/replay");
  g_autofree char *text = json_to_string (root, FALSE);
  g_autoptr (CtlRun) later = CTL_RUN ("postpone", "-u", fixture->url, "--connector", "webhook/x",
                                      "--until", "2026-11-21T10:00:00Z", "--job", "--actor", "eve");
  g_autoptr (JsonNode) later_root = asked (fixture, "/v1/jobs");
  g_autofree char *later_text = json_to_string (later_root, FALSE);
  g_autoptr (CtlRun) wrong = CTL_RUN ("replay", "-u", fixture->url, "--all", "--rules", "old");
  g_autoptr (CtlRun) other = CTL_RUN ("discard", "-u", fixture->url, "--all", "--rules", "now");

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpstr (text, ==,
                   "{\"filter\":{},\"actor\":\"eve\",\"rules\":\"now\",\"skip_succeeded\":true}");
  g_assert_cmpint (later->exit_code, ==, EX_OK);
  g_assert_cmpstr (later_text, ==,
                   "{\"filter\":{\"connector\":\"webhook/x\"},\"actor\":\"eve\","
                   "\"kind\":\"postpone\",\"rate_per_second\":0.0,"
                   "\"until\":\"2026-11-21T10:00:00.000000Z\"}");
  g_assert_cmpint (wrong->exit_code, ==, EX_USAGE);
  g_assert_cmpint (other->exit_code, ==, EX_USAGE);
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CtlRun) run = NULL;

  receiver_set_body (fixture->router, "{\"applied\":0,\"skipped\":0}", -1);
  run = CTL_RUN ("replay", "-u", fixture->url, "--all");
  g_assert_cmpint (run->exit_code, ==, EX_NOTHING);
  g_assert_cmpstr (run->out, ==, "There are no such dead letters.\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/ctl/command-operate/ids", Fixture, NULL, set_up, test_ids, tear_down);
  g_test_add ("/ctl/command-operate/filter", Fixture, NULL, set_up, test_filter, tear_down);
  g_test_add ("/ctl/command-operate/all", Fixture, NULL, set_up, test_all, tear_down);
  g_test_add ("/ctl/command-operate/how", Fixture, NULL, set_up, test_how, tear_down);
  g_test_add ("/ctl/command-operate/nothing", Fixture, NULL, set_up, test_nothing, tear_down);

  return g_test_run ();
}

/* Why a rule did or did not match: with files, and with what the router has. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"
#include "support/receiver.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const char event[] = "{\"source\":\"shop\",\n"
                            " \"detail\":{\"total\":120,\"items\":[{\"sku\":\"a\"},\n"
                            "  {\"sku\":\"b\",\"n\":2}]}}";

/* As http/API.md has them. */
static const char rule[] = "{\"EventPattern\":{\"source\":[\"bank\"]},\"Targets\":[]}";
static const char stored[] =
    "{\"event\":{\"id\":\"01939b2e-7c1a-7000-8000-5f0e1c9a3b21\",\"bus\":\"default\","
    "\"ingress\":\"api\",\"source\":\"shop\",\"detail-type\":\"Paid\","
    "\"time\":\"2026-11-21T09:14:00.000000Z\",\"received\":\"2026-11-21T09:14:00.1Z\","
    "\"resources\":[\"r1\"],\"content_type\":\"application/json\"},\"deliveries\":[]}";

static void
test_places (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("explain",
                                    "{\"source\":[\"shop\"],\"detail\":{\"total\":[{\"numeric\":["
                                    "\"<\",100]}],\"items\":{\"n\":[2]},\"gone\":[1]}}",
                                    event);

  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (run->out, "✗ The pattern does not match.");
  ctl_run_assert_contains (run->out, "✓ source");
  ctl_run_assert_contains (run->out, "(The event:1:11)");
  ctl_run_assert_contains (run->out, "✗ detail.total");
  ctl_run_assert_contains (run->out, "(The event:2:20)");
  ctl_run_assert_contains (run->out, "(The event:3:18)");
  ctl_run_assert_contains (run->out, "the event has no value here");
}

static void
test_detail (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("explain", "--detail", "--source", "git", "--json",
                                    "{\"source\":[\"git\"],\"detail\":{\"n\":[7]}}",
                                    "{\n  \"n\": 7 }\n");
  g_autoptr (JsonNode) root = json_from_string (run->out, NULL);
  JsonArray *leaves;
  JsonObject *source, *n;

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_nonnull (root);
  leaves = json_object_get_array_member (json_node_get_object (root), "leaves");
  g_assert_cmpuint (json_array_get_length (leaves), ==, 2);
  source = json_array_get_object_element (leaves, 0);
  n = json_array_get_object_element (leaves, 1);
  /* What the envelope adds has no place in what was given. */
  g_assert_true (json_object_get_null_member (source, "position"));
  n = json_object_get_object_member (n, "position");
  g_assert_cmpint (json_object_get_int_member (n, "offset"), ==, 9);
  g_assert_cmpint (json_object_get_int_member (n, "length"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (n, "line"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (n, "column"), ==, 8);
}

static void
test_rule_of_router (void)
{
  g_autoptr (Receiver) router = receiver_new ();
  g_autoptr (CtlRun) named = NULL;
  g_autoptr (CtlRun) bare = NULL;

  receiver_set_body (router, rule, -1);
  named = CTL_RUN ("explain", "-u", receiver_url (router), "staging/big orders", event);
  bare = CTL_RUN ("explain", "-u", receiver_url (router), "paid", event);
  g_assert_cmpstr (named->err, ==, "");
  g_assert_cmpint (named->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (named->out, "✗ source");
  g_assert_cmpint (bare->exit_code, ==, EX_NOTHING);
  g_assert_cmpstr (receiver_request (router, 0)->target, ==,
                   "/v1/config/file/rule/staging/big%20orders.json");
  g_assert_cmpstr (receiver_request (router, 1)->target, ==,
                   "/v1/config/file/rule/default/paid.json");
}

/* The receiver answers everything alike, so that the event's body is its own description. */
static void
test_event_of_router (void)
{
  g_autoptr (Receiver) router = receiver_new ();
  g_autoptr (CtlRun) run = NULL;

  receiver_set_body (router, stored, -1);
  run = CTL_RUN (
      "explain", "-u", receiver_url (router),
      "{\"source\":[\"shop\"],\"time\":[\"2026-11-21T09:14:00Z\"],\"resources\":[\"r1\"],"
      "\"detail\":{\"event\":{\"bus\":[\"default\"]}}}",
      "01939b2e-7c1a-7000-8000-5f0e1c9a3b21");
  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpstr (receiver_request (router, 0)->target, ==,
                   "/v1/events/01939b2e-7c1a-7000-8000-5f0e1c9a3b21");
  g_assert_cmpstr (receiver_request (router, 1)->target, ==,
                   "/v1/events/01939b2e-7c1a-7000-8000-5f0e1c9a3b21/body");
  ctl_run_assert_contains (run->out, "(body:1:61)");
  ctl_run_assert_contains (run->out, "(in the envelope)");
}

static void
test_refused (void)
{
  g_autoptr (Receiver) router = receiver_new ();
  g_autoptr (CtlRun) missing = NULL;
  g_autoptr (CtlRun) pattern = CTL_RUN ("explain", "{\"a\":[[1]]}", event);
  g_autoptr (CtlRun) file = CTL_RUN ("explain", "no-such.json", event);
  g_autoptr (CtlRun) nobody = CTL_RUN ("explain", "-u", "http://127.0.0.1:1", "default/x", event);

  receiver_set_status (router, 404);
  missing = CTL_RUN ("explain", "-u", receiver_url (router), "default/x", event);
  g_assert_cmpint (missing->exit_code, ==, EX_NOTHING);
  g_assert_cmpint (pattern->exit_code, ==, EX_DATAERR);
  ctl_run_assert_contains (pattern->err, "Match value must be String");
  g_assert_cmpint (file->exit_code, ==, EX_NOINPUT);
  g_assert_cmpint (nobody->exit_code, ==, EX_UNAVAILABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/explain/places", test_places);
  g_test_add_func ("/ctl/explain/detail", test_detail);
  g_test_add_func ("/ctl/explain/rule-of-router", test_rule_of_router);
  g_test_add_func ("/ctl/explain/event-of-router", test_event_of_router);
  g_test_add_func ("/ctl/explain/refused", test_refused);
  return g_test_run ();
}

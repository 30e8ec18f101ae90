/* What the tables say of a setting, for people, programs and the manual. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"

#include <json-glib/json-glib.h>

static void
test_one (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("explain-setting", "MaximumRetryAttempts");

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  ctl_run_assert_contains (run->out, "rule.Targets.RetryPolicy.MaximumRetryAttempts\n");
  ctl_run_assert_contains (run->out, "whole number, 0 to 185");
  ctl_run_assert_contains (run->out, "shows at the next attempt");
  ctl_run_assert_contains (run->out, "rule/<bus>/<name>.json");
}

static void
test_kind (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("explain-setting", "webhook");

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  ctl_run_assert_contains (run->out, "webhook.Url\n");
  ctl_run_assert_contains (run->out, "none: it is required");
  ctl_run_assert_contains (run->out, "webhook.TimeoutSeconds\n");
}

static void
test_unknown (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("explain-setting", "Concurency");
  g_autoptr (CtlRun) usage = CTL_RUN ("explain-setting");

  g_assert_cmpint (run->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (run->err, "There is no setting “Concurency”");
  ctl_run_assert_contains (run->err, "Did you mean “Concurrency”?");
  g_assert_cmpint (usage->exit_code, ==, EX_USAGE);
}

static void
test_json (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("explain-setting", "--json", "Limits.Connections");
  g_autoptr (JsonNode) root = json_from_string (run->out, NULL);
  JsonObject *first;

  g_assert_nonnull (root);
  first = json_array_get_object_element (
      json_object_get_array_member (json_node_get_object (root), "settings"), 0);
  g_assert_cmpstr (json_object_get_string_member (first, "path"), ==, "router.Limits.Connections");
  g_assert_cmpstr (json_object_get_string_member (first, "effect"), ==, "restart");
  g_assert_cmpint (json_object_get_int_member (first, "default"), ==, 4096);
}

static void
test_schema (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("schema", "queue");
  g_autoptr (CtlRun) unknown = CTL_RUN ("schema", "web-hook");
  g_autoptr (JsonNode) root = json_from_string (run->out, NULL);

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_nonnull (root);
  g_assert_cmpint (unknown->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (unknown->err, "Did you mean “webhook”?");
}

/* Each setting has its entry; whether the page is well formed mandoc judges elsewhere. */
static void
test_manual (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("explain-setting", "--mdoc");

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  ctl_run_assert_contains (run->out, ".Dt SIGNALBOX.SETTINGS 5\n");
  ctl_run_assert_contains (run->out, ".Sh WEBHOOK CONNECTOR\n");
  ctl_run_assert_contains (run->out, ".It Cm Targets.RetryPolicy.MaximumRetryAttempts\n");
  ctl_run_assert_contains (run->out, ".It Cm Limits.Connections\n");
  ctl_run_assert_contains (run->out, "a change shows after a restart of the router.\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-explain-setting/one", test_one);
  g_test_add_func ("/ctl-explain-setting/kind", test_kind);
  g_test_add_func ("/ctl-explain-setting/unknown", test_unknown);
  g_test_add_func ("/ctl-explain-setting/json", test_json);
  g_test_add_func ("/ctl-explain-setting/schema", test_schema);
  g_test_add_func ("/ctl-explain-setting/manual", test_manual);
  return g_test_run ();
}

/* What the quick start's targets would be sent. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"

#include <json-glib/json-glib.h>
#include <string.h>

static char *
example (const char *part)
{
  return g_test_build_filename (G_TEST_DIST, "..", "..", "examples", "quickstart", part, NULL);
}

static void
test_object (void)
{
  g_autofree char *config = example ("config");
  g_autofree char *sample = example ("samples/pull-request-merged.json");
  g_autoptr (CtlRun) run = CTL_RUN ("render", "--detail", "--source", "github", "--detail-type",
                                    "pull_request", "--json", config, "default/merged-to-chat",
                                    sample);
  g_autoptr (JsonNode) root = json_from_string (run->out, NULL);
  JsonObject *first;

  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_nonnull (root);
  first = json_array_get_object_element (json_node_get_array (root), 0);
  g_assert_cmpstr (json_object_get_string_member (first, "connector"), ==, "webhook/chat");
  ctl_run_assert_contains (
      json_object_get_string_member (json_object_get_object_member (first, "payload"), "text"),
      "octocat-demo merged octo-org/hello-world#128 by monalisa");
}

static void
test_text (void)
{
  g_autofree char *config = example ("config");
  g_autofree char *sample = example ("samples/force-push.json");
  g_autoptr (CtlRun) run = CTL_RUN ("render", "--detail", "--source", "github", "--detail-type",
                                    "push", config, "force-push-to-ops", sample);

  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  ctl_run_assert_contains (run->out, "mail to email/ops, text\n");
  ctl_run_assert_contains (run->out,
                           "hubot-octo force-pushed refs/heads/main of octo-org/hello-world.");
}

static void
test_errors (void)
{
  g_autofree char *config = example ("config");
  g_autofree char *sample = example ("samples/push.json");
  g_autoptr (CtlRun) no_match = CTL_RUN ("render", "--detail", config, "default/pushes-to-file",
                                         sample);
  g_autoptr (CtlRun) no_rule = CTL_RUN ("render", config, "default/pushes-to-fiel", sample);
  g_autoptr (CtlRun) no_target = CTL_RUN ("render", "-t", "x", "--detail", config,
                                          "default/pushes-to-file", sample);
  g_autoptr (CtlRun) no_folder = CTL_RUN ("render", "/nowhere", "default/x", sample);

  g_assert_cmpint (no_match->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (no_match->err, "does not match this event");
  ctl_run_assert_contains (no_match->out, "\"detail\": {");
  g_assert_cmpint (no_rule->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (no_rule->err, "Did you mean “default/pushes-to-file”?");
  g_assert_cmpint (no_target->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (no_target->err, "has no target “x”");
  g_assert_cmpint (no_folder->exit_code, ==, EX_NOINPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/command-render/object", test_object);
  g_test_add_func ("/ctl/command-render/text", test_text);
  g_test_add_func ("/ctl/command-render/errors", test_errors);

  return g_test_run ();
}

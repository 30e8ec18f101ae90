/* Commands, options, help and exit codes. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"

#include <string.h>

static void
test_unknown_command (void)
{
  g_autoptr (CtlRun) close = CTL_RUN ("stauts");
  g_autoptr (CtlRun) far = CTL_RUN ("frobnicate");
  g_autoptr (CtlRun) none = CTL_RUN ("--json");
  g_autoptr (CtlRun) help = CTL_RUN ("help", "evnets");

  g_assert_cmpint (close->exit_code, ==, EX_USAGE);
  g_assert_cmpstr (close->out, ==, "");
  ctl_run_assert_contains (close->err, "There is no command “stauts”");
  ctl_run_assert_contains (close->err, "Did you mean “status”?");
  g_assert_cmpint (far->exit_code, ==, EX_USAGE);
  g_assert_null (strstr (far->err, "Did you mean"));
  g_assert_cmpint (none->exit_code, ==, EX_USAGE);
  g_assert_cmpint (help->exit_code, ==, EX_USAGE);
  ctl_run_assert_contains (help->err, "Did you mean “events”?");
}

static void
test_usage (void)
{
  static const struct
  {
    const char *arguments[8];
    const char *says;
  } cases[] = {
    { { "status", "--jsn" }, "Did you mean --json?" },
    { { "status", "extra" }, "takes no arguments" },
    { { "show" }, "needs <event or delivery>" },
    { { "show", "a", "b" }, "“b” is one argument too many" },
    { { "--socket", "/x", "--url", "http://h", "status" }, "exclude each other" },
    { { "--socket", "/x", "status", "--url", "http://h" }, "exclude each other" },
    { { "--url", "ftp://host", "status" }, "not the address of a router" },
    { { "--url", "nonsense", "status" }, "not the address of a router" },
    { { "--color", "purple", "status" }, "auto, always or never" },
    { { "events", "--matched", "--unmatched" }, "exclude each other" },
    { { "events", "--limit", "-1" }, "--limit takes 0 or more" },
    { { "events", "--from", "yesterday" }, "is not a time" },
    { { "replay" }, "Give ids, filters, or --all" },
    { { "replay", "--all", "--rule", "default/x" }, "either ids, or filters, or --all" },
    { { "discard", "id", "--all" }, "either ids, or filters, or --all" },
    { { "send" }, "What is to be sent?" },
    { { "send", "--data", "{}", "file" }, "not both" },
    { { "send", "--source", "a", "--bus", "b", "--data", "{}" }, "one or the other" },
    { { "send", "--event-source", "a", "--data", "{}" }, "belong together" },
    { { "send", "--source", "a", "-H", "no colon", "--data", "{}" }, "is no header" },
    { { "send", "--source", "a", "-H", "A: b\nC: d", "--data", "{}" }, "is no header" },
    { { "wait", "forever" }, "running or settled" },
    { { "wait", "settled", "--timeout", "soon" }, "is not a duration" },
    { { "listen", "70000" }, "is not a port" },
    { { "listen", "0", "--status", "99" }, "from 200 to 599" },
    { { "listen", "0", "--fail-random", "101" }, "0 to 100" },
    { { "test-pattern", "{}", "{}", "--source", "x" }, "belong to --detail" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CtlRun) run = ctl_run (cases[i].arguments);

      g_test_message ("%s %s: %s", cases[i].arguments[0], cases[i].arguments[1], run->err);
      g_assert_cmpint (run->exit_code, ==, EX_USAGE);
      g_assert_cmpstr (run->out, ==, "");
      ctl_run_assert_contains (run->err, cases[i].says);
    }
}

static void
test_unreachable (void)
{
  g_autoptr (CtlRun) socket = CTL_RUN ("--socket", "/nowhere/socket", "status");
  g_autoptr (CtlRun) after = CTL_RUN ("dead", "--socket=/nowhere/socket");
  g_autofree char *long_path = g_strnfill (200, 'x');
  g_autoptr (CtlRun) too_long = CTL_RUN ("--socket", long_path, "status");
  g_autoptr (CtlRun) wait = CTL_RUN ("wait", "running", "-t", "0", "-s", "/nowhere/socket");
  g_autoptr (CtlRun) settled = CTL_RUN ("wait", "settled", "-s", "/nowhere/socket");

  g_assert_cmpint (socket->exit_code, ==, EX_UNAVAILABLE);
  ctl_run_assert_contains (socket->err, "cannot be reached at the socket /nowhere/socket");
  ctl_run_assert_contains (socket->err, "Start it with: signalboxd");
  g_assert_cmpint (after->exit_code, ==, EX_UNAVAILABLE);
  g_assert_cmpint (too_long->exit_code, ==, EX_USAGE);
  g_assert_cmpint (wait->exit_code, ==, EX_NOTHING);
  g_assert_cmpint (settled->exit_code, ==, EX_UNAVAILABLE);
}

static void
test_version (void)
{
  g_autoptr (CtlRun) before = CTL_RUN ("--version");
  g_autoptr (CtlRun) after = CTL_RUN ("status", "-V");

  g_assert_cmpint (before->exit_code, ==, EX_OK);
  g_assert_true (g_str_has_prefix (before->out, "signalboxctl "));
  g_assert_cmpstr (after->out, ==, before->out);
}

/* What is after "--" is no option. */
static void
test_dashes (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("check", "--", "--nowhere");

  g_assert_cmpint (run->exit_code, ==, EX_NOINPUT);
  ctl_run_assert_contains (run->err, "There is no folder “--nowhere”");
}

static void
test_bytes (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("show", "\xff\xfe");

  g_assert_cmpint (run->exit_code, ==, EX_USAGE);
  ctl_run_assert_contains (run->err, "is not UTF-8");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/unknown-command", test_unknown_command);
  g_test_add_func ("/ctl/usage", test_usage);
  g_test_add_func ("/ctl/unreachable", test_unreachable);
  g_test_add_func ("/ctl/version", test_version);
  g_test_add_func ("/ctl/dashes", test_dashes);
  g_test_add_func ("/ctl/bytes", test_bytes);

  return g_test_run ();
}

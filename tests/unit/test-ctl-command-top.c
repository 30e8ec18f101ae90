/* One picture of the router, without a terminal.  That the terminal is given back, tests/check-top
 * sees. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"
#include "support/receiver.h"

#include <string.h>

#define COUNTS(ready, done)                                                                        \
  "\"counts\":{\"ready\":" ready ",\"waiting\":0,\"held\":0,\"done\":" done ",\"dead\":1}"

/* The answer to both calls. */
static const char body[] =
    "{\"version\":\"0.1.0\",\"generation\":3,\"started_at\":\"2026-11-21T09:00:00Z\","
    "\"now\":\"2026-11-21T09:02:05Z\",\"state\":\"running\",\"ledger\":{\"events\":12,"
    "\"ready\":5,\"waiting\":0,\"held\":0,\"done\":17,\"dead\":3},\"connectors\":["
    "{\"name\":\"webhook/idle\",\"state\":\"open\"," COUNTS (
        "0",
        "9") "},"
             "{\"name\":\"webhook/busy\",\"state\":\"shut\"," COUNTS ("5", "8") "}]}";

static void
test_picture (void)
{
  g_autoptr (Receiver) router = receiver_new ();
  g_autoptr (CtlRun) run = NULL, two = NULL;
  const char *busy, *idle;

  receiver_set_body (router, body, -1);
  run = CTL_RUN ("-u", receiver_url (router), "top", "--count", "1");
  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  ctl_run_assert_contains (run->out, "Signalbox 0.1.0, running for 2 min 5 s, generation 3");
  ctl_run_assert_contains (run->out, "Events      12 received\n");
  ctl_run_assert_contains (run->out, "Deliveries  17 done, 5 ready, 0 waiting, 0 held, 3 dead\n");
  /* The longest backlog first; nothing for a terminal in it. */
  busy = strstr (run->out, "webhook/busy");
  idle = strstr (run->out, "webhook/idle");
  g_assert_nonnull (busy);
  g_assert_nonnull (idle);
  g_assert_true (busy < idle);
  g_assert_null (strchr (run->out, '\033'));
  /* From the second on there are rates. */
  two = CTL_RUN ("-u", receiver_url (router), "top", "--count", "2", "--interval", "100ms");
  g_assert_cmpint (two->exit_code, ==, EX_OK);
  ctl_run_assert_contains (two->out, "Events      12 received, 0.0/s\n");
}

static void
test_unreachable (void)
{
  g_autoptr (CtlRun) run = CTL_RUN ("--socket", "/nowhere/socket", "top");
  g_autoptr (CtlRun) usage = CTL_RUN ("top", "--interval", "soon");

  g_assert_cmpint (run->exit_code, ==, EX_UNAVAILABLE);
  g_assert_cmpstr (run->out, ==, "");
  g_assert_cmpint (usage->exit_code, ==, EX_USAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-top/picture", test_picture);
  g_test_add_func ("/ctl-top/unreachable", test_unreachable);
  return g_test_run ();
}

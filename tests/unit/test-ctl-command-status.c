/* The status page, its exit codes, and waiting. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"
#include "support/receiver.h"

#define STATUS(disk_full, waiting, difference)                                                     \
  "{\"version\":\"0.1.0\",\"pid\":42,\"generation\":3,\"generation_at\":\"2026-11-21T09:00:00Z\"," \
  "\"started_at\":\"2026-11-21T09:00:00Z\",\"now\":\"2026-11-21T09:02:05Z\",\"revision\":7,"       \
  "\"state\":\"running\",\"store\":{\"engine\":\"sqlite\",\"path\":\"/s/"                          \
  "db\",\"disk_full\":" disk_full ",\"last_commit_us\":400,\"queued_events\":0},\"listen\":["      \
  "\"http://127.0.0.1:4610\",\"unix:/s\"],"                                                        \
  "\"config_dir\":\"/c\",\"state_dir\":\"/s\",\"ledger\":{\"events\":12,\"unmatched\":2,"          \
  "\"deliveries\":20,\"ready\":0,\"waiting\":" waiting ",\"held\":0,\"done\":17,\"dead\":3,"       \
  "\"discarded\":0,\"difference\":" difference "},\"schedule\":{\"queued\":0,\"under_way\":0}}"

static CtlRun *
run_with (const char *body, const char *const *arguments)
{
  g_autoptr (Receiver) router = receiver_new ();
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  receiver_set_body (router, body, -1);
  g_ptr_array_add (all, (gpointer) "-u");
  g_ptr_array_add (all, (gpointer) receiver_url (router));
  for (gsize i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (all, (gpointer) arguments[i]);
  g_ptr_array_add (all, NULL);
  return ctl_run ((const char *const *) all->pdata);
}

#define RUN_WITH(body, ...) run_with (body, (const char *const[]){ __VA_ARGS__, NULL })

static void
test_status (void)
{
  g_autoptr (CtlRun) run = RUN_WITH (STATUS ("false", "0", "0"), "status");
  g_autoptr (CtlRun) full = RUN_WITH (STATUS ("true", "0", "0"), "status");
  g_autoptr (CtlRun) off = RUN_WITH (STATUS ("false", "0", "-1"), "status");
  g_autoptr (CtlRun) json = RUN_WITH (STATUS ("false", "0", "0"), "status", "--json");

  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  ctl_run_assert_contains (run->out, "(2 min 5 s), version 0.1.0, process 42\n");
  ctl_run_assert_contains (run->out, "Listens on     http://127.0.0.1:4610, unix:/s\n");
  ctl_run_assert_contains (run->out, "Store          sqlite, /s/db, last commit took 400 µs\n");
  ctl_run_assert_contains (run->out, "Events         12 received, 2 matched no rule\n");
  ctl_run_assert_contains (run->out,
                           "Deliveries     20 in all: 17 done, 0 ready, 0 waiting, 0 held, "
                           "3 dead, 0 discarded\n");
  g_assert_cmpint (full->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (full->out, "Disk           full");
  g_assert_cmpint (off->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (off->out, "out of balance by -1");
  g_assert_cmpstr (json->out, ==, STATUS ("false", "0", "0") "\n");
}

static void
test_wait (void)
{
  static const char busy[] = "{\"event\":{\"counts\":{\"done\":1,\"waiting\":1}}}";
  static const char idle[] = "{\"event\":{\"counts\":{\"done\":1,\"dead\":1}}}";
  g_autoptr (CtlRun) running = RUN_WITH (STATUS ("false", "1", "0"), "wait", "running");
  g_autoptr (CtlRun) settled = RUN_WITH (STATUS ("false", "0", "0"), "wait", "settled");
  g_autoptr (CtlRun) not_yet = RUN_WITH (STATUS ("false", "1", "0"), "wait", "settled", "-t", "0");
  g_autoptr (CtlRun) event = RUN_WITH (idle, "wait", "settled", "--event", "a", "-e", "b");
  g_autoptr (CtlRun) waiting = RUN_WITH (busy, "wait", "settled", "--event", "a", "-t", "10ms");

  g_assert_cmpint (running->exit_code, ==, EX_OK);
  g_assert_cmpint (settled->exit_code, ==, EX_OK);
  g_assert_cmpstr (settled->out, ==, "");
  g_assert_cmpint (not_yet->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (not_yet->err, "Not settled within 0 µs");
  g_assert_cmpint (event->exit_code, ==, EX_OK);
  g_assert_cmpint (waiting->exit_code, ==, EX_NOTHING);
}

static void
test_reload (void)
{
  g_autoptr (CtlRun) changed = RUN_WITH ("{\"generation\":4,\"changed\":true}", "reload");
  g_autoptr (CtlRun) same = RUN_WITH ("{\"generation\":4,\"changed\":false}", "reload");
  g_autoptr (Receiver) router = receiver_new ();
  g_autoptr (CtlRun) invalid = NULL;

  g_assert_cmpint (changed->exit_code, ==, EX_OK);
  g_assert_cmpstr (changed->out, ==, "Generation 4 is in force.\n");
  g_assert_cmpint (same->exit_code, ==, EX_OK);
  g_assert_cmpstr (same->out, ==, "Nothing has changed: generation 4 stays in force.\n");

  receiver_set_status (router, 422);
  receiver_set_body (
      router,
      "{\"title\":\"Not valid\",\"detail\":\"1 problem\",\"problems\":[{\"file\":"
      "\"rule/default/a.json\",\"line\":3,\"column\":5,\"key\":\"State\",\"message\":"
      "\"“ON” is not known\",\"hint\":\"Write ENABLED\"}]}",
      -1);
  invalid = CTL_RUN ("reload", "-u", receiver_url (router));
  g_assert_cmpint (invalid->exit_code, ==, EX_CONFIG);
  g_assert_cmpstr (receiver_request (router, 0)->method, ==, "POST");
  g_assert_cmpstr (receiver_request (router, 0)->target, ==, "/v1/reload");
  ctl_run_assert_contains (invalid->err, "rule/default/a.json:3:5: State: “ON” is not known\n"
                                         "  Write ENABLED\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/command-status/status", test_status);
  g_test_add_func ("/ctl/command-status/wait", test_wait);
  g_test_add_func ("/ctl/command-status/reload", test_reload);

  return g_test_run ();
}

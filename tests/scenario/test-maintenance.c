/* What an operator does with a router that runs, by signalboxctl: hold a connector and let it go
 * on, ask the doctor, copy the store while events come in, and begin elsewhere from the copy. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  int status;
  char *out, *err;
} Run;

static void
run_free (Run *run)
{
  g_free (run->out);
  g_free (run->err);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static Run *ctl (Scenario *scenario, const char *command, ...) G_GNUC_NULL_TERMINATED;

/* scenario NULL: without a router. */
static Run *
ctl (Scenario *scenario, const char *command, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Run *run = g_new0 (Run, 1);
  const char *argument;
  va_list args;

  g_ptr_array_add (argv, (gpointer) g_getenv ("SIGNALBOXCTL"));
  g_ptr_array_add (argv, (gpointer) command);
  if (scenario != NULL)
    {
      g_ptr_array_add (argv, (gpointer) "--socket");
      g_ptr_array_add (argv, (gpointer) scenario_socket (scenario));
    }
  va_start (args, command);
  while ((argument = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer) argument);
  va_end (args);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, 0, NULL, NULL, &run->out, &run->err,
                &run->status, &error);
  g_assert_no_error (error);
  run->status = g_spawn_check_wait_status (run->status, &error) ? 0
                : error->domain == G_SPAWN_EXIT_ERROR           ? error->code
                                                                : -1;
  g_test_message ("%s: %d\n%s%s", command, run->status, run->out, run->err);
  return run;
}

static void
assert_status (Run *run, int status)
{
  g_assert_cmpint (run->status, ==, status);
}

static void
configure (Scenario *scenario, Receiver *receiver)
{
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "webhook/a.json", "{'Url':'%s'}", receiver_url (receiver));
  scenario_config (scenario, "rule/default/r.json", "{'Targets':[{'Id':'t','Arn':'webhook/a'}]}");
}

/* Held and not tried, over a restart; then delivered with the first attempt. */
static void
test_pause (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Run) paused = NULL;
  g_autoptr (Run) again = NULL;
  g_autoptr (Run) none = NULL;
  g_autoptr (Run) shown = NULL;
  g_autoptr (Run) resumed = NULL;
  g_autoptr (Answer) audit = NULL;
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  g_autoptr (Answer) event = NULL;

  configure (scenario, receiver);
  scenario_start (scenario);
  none = ctl (scenario, "pause", "webhook/none", NULL);
  assert_status (none, 1);
  paused = ctl (scenario, "pause", "webhook/a", "--reason", "until noon", "--actor", "ann", NULL);
  assert_status (paused, 0);
  again = ctl (scenario, "pause", "webhook/a", NULL);
  assert_status (again, 1);
  id = scenario_accept (scenario, "/in/shop", "{'n':1}");
  scenario_stop (scenario);
  scenario_start (scenario);
  shown = ctl (scenario, "breaker", NULL);
  assert_status (shown, 1); /* not all are open */
  g_assert_nonnull (strstr (shown->out, "until noon"));
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 0);

  resumed = ctl (scenario, "resume", "webhook/a", "--actor", "ann", NULL);
  assert_status (resumed, 0);
  scenario_wait_delivery (scenario, id, 1, "done");
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
  path = g_strdup_printf ("/v1/events/%s", id);
  event = scenario_get (scenario, path);
  g_assert_cmpint (json_at_int (event->json, "deliveries.0.attempts"), ==, 1);
  audit = scenario_get (scenario, "/v1/audit");
  g_assert_nonnull (strstr (audit->body, "until noon"));
  scenario_stop (scenario);
}

static void
test_doctor (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *state = NULL;
  g_autofree char *id = NULL;
  g_autoptr (Run) running = NULL;
  g_autoptr (Run) stopped = NULL;
  g_autoptr (Run) nowhere = NULL;

  configure (scenario, receiver);
  scenario_start (scenario);
  id = scenario_accept (scenario, "/in/shop", "{'n':1}");
  scenario_wait_delivery (scenario, id, 1, "done");
  state = g_build_filename (scenario_folder (scenario), "state", NULL);
  running = ctl (scenario, "doctor", "--integrity", "--state", state, NULL);
  g_assert_cmpint (running->status, <=, 1); /* this disk may be slow or full */
  g_assert_nonnull (strstr (running->out, "ledger"));
  scenario_stop (scenario);
  stopped = ctl (NULL, "doctor", "--state", state, "--socket", "/nonexistent", NULL);
  assert_status (stopped, 1);
  nowhere = ctl (NULL, "doctor", "--state", "/nonexistent", "--socket", "/nonexistent", NULL);
  g_assert_cmpint (nowhere->status, !=, 0);
}

/* Posts while the copy is made; what was acknowledged before it began is in it. */
static gpointer
post_many (gpointer data)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (Answer) answer = scenario_post (data, "/in/shop", "{'n':2}");

      g_assert_cmpuint (answer->status, ==, 202);
    }
  return NULL;
}

static void
check_event (Scenario *scenario, const char *id, const char *body)
{
  g_autofree char *path = g_strdup_printf ("/v1/events/%s/body", id);
  g_autoptr (Answer) answer = scenario_get (scenario, path);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->body, ==, body);
}

static void
test_backup (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Scenario) elsewhere = scenario_new ();
  g_autofree char *file = g_build_filename (scenario_folder (scenario), "copy.db", NULL);
  g_autofree char *state = g_build_filename (scenario_folder (elsewhere), "state", NULL);
  g_autofree char *damaged = g_build_filename (scenario_folder (scenario), "damaged.db", NULL);
  g_autofree char *done = NULL;
  g_autofree char *owed = NULL;
  g_autoptr (Run) copied = NULL;
  g_autoptr (Run) twice = NULL;
  g_autoptr (Run) refused = NULL;
  g_autoptr (Run) restored = NULL;
  g_autoptr (Run) occupied = NULL;
  GThread *sender;
  guint n_before;

  configure (scenario, receiver);
  configure (elsewhere, receiver);
  scenario_start (scenario);
  done = scenario_accept (scenario, "/in/shop", "{'n':1}");
  scenario_wait_delivery (scenario, done, 1, "done");
  receiver_set_status (receiver, 503);
  owed = scenario_accept (scenario, "/in/shop", "{'n':3}");
  scenario_wait_delivery (scenario, owed, 1, "waiting");
  sender = g_thread_new ("sender", post_many, scenario);
  copied = ctl (scenario, "backup", file, NULL);
  assert_status (copied, 0);
  g_thread_join (sender);
  twice = ctl (scenario, "backup", file, NULL);
  g_assert_cmpint (twice->status, !=, 0);
  scenario_kill (scenario);

  g_assert_true (g_file_set_contents (damaged, "SQLite format 3", -1, NULL));
  refused = ctl (NULL, "restore", "--state", state, damaged, NULL);
  assert_status (refused, 65);
  restored = ctl (NULL, "restore", "--state", state, file, NULL);
  assert_status (restored, 0);
  occupied = ctl (NULL, "restore", "--state", state, file, NULL);
  assert_status (occupied, 1);

  n_before = receiver_n_requests (receiver);
  receiver_set_status (receiver, 200);
  scenario_start (elsewhere);
  check_event (elsewhere, done, "{\"n\":1}");
  check_event (elsewhere, owed, "{\"n\":3}");
  scenario_wait_delivery (elsewhere, done, 1, "done");
  scenario_wait_delivery (elsewhere, owed, 1, "done");
  g_assert_cmpuint (receiver_n_requests (receiver), >, n_before);
  scenario_wait (elsewhere, "/v1/status", "ledger.waiting", "0");
  scenario_check_ledger (elsewhere);
  scenario_stop (elsewhere);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/maintenance/pause", test_pause);
  g_test_add_func ("/maintenance/doctor", test_doctor);
  g_test_add_func ("/maintenance/backup", test_backup);
  return g_test_run ();
}

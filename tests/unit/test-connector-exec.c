/* Programs: what they get, how they end, and what is made of it. */
#include "connector/connector.h"
#include "support/sender.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static Sender *
sender_of (const char *script, const char *more)
{
  g_autofree char *settings = g_strdup_printf (
      "{\"Command\":[\"/bin/sh\",\"-c\",\"%s\",\"name\",\"<$.detail.id>\",\"--x=<$.detail.name>\"]"
      "%s}",
      script, more);
  Sender *sender = sender_new ("exec", settings);

  g_assert_no_error (sender->error);
  return sender;
}

static void
assert_run (Sender *sender, OutcomeKind kind, int status, const char *code, const char *answer)
{
  Outcome outcome;

  sender_send_text (sender, "{\"a\":1}", &outcome);
  g_test_message ("%s", outcome.note);
  g_assert_cmpint (outcome.kind, ==, kind);
  g_assert_cmpint (outcome.status, ==, status);
  g_assert_cmpstr (outcome.error_code, ==, code);
  if (answer != NULL)
    g_assert_cmpmem (g_bytes_get_data (outcome.response, NULL), g_bytes_get_size (outcome.response),
                     answer, strlen (answer));
  outcome_clear (&outcome);
}

static void
test_input_and_output (void)
{
  g_autoptr (Sender) sender = sender_of ("cat; echo; echo seen >&2", "");

  assert_run (sender, OUTCOME_DELIVERED, 0, NULL, "{\"a\":1}\nseen\n");
}

static void
test_arguments (void)
{
  g_autoptr (Sender) sender = sender_of ("printf '<%s>' \\\"$@\\\"", "");

  assert_run (sender, OUTCOME_DELIVERED, 0, NULL, "<17><--x=Zoë & co>");
}

/* Whatever an event says is data, never an option and never a command. */
static void
test_injection (void)
{
  g_autoptr (Sender) sender = sender_new ("exec",
                                          "{\"Command\":[\"/bin/echo\",\"<$.detail.text>\"]}");
  static const struct
  {
    const char *detail;
    OutcomeKind kind;
    const char *answer;
  } cases[] = {
    { "{\"text\":\"; rm -rf / $(id) `id` | x\"}", OUTCOME_DELIVERED,
      "; rm -rf / $(id) `id` | x\n" },
    { "{\"text\":\"a\\nb 'c' \\\"d\\\"\"}", OUTCOME_DELIVERED, "a\nb 'c' \"d\"\n" },
    { "{\"text\":\"--help\"}", OUTCOME_REFUSED, NULL },
    { "{\"text\":\"-\"}", OUTCOME_REFUSED, NULL },
    { "{\"text\":-1}", OUTCOME_REFUSED, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) payload = g_bytes_new_static ("{}", 2);
      g_autoptr (GBytes) body = g_bytes_new_static (cases[i].detail, strlen (cases[i].detail));
      g_autoptr (Event) sample = sender_event ();
      Event fields = *sample;
      g_autoptr (Event) event = NULL;
      ConnectorRequest request = sender_request (payload);
      Outcome outcome;

      fields.body = body;
      event = event_new (&fields);
      request.event = event;
      sender_send (sender, &request, &outcome);
      g_test_message ("%s", outcome.note);
      g_assert_cmpint (outcome.kind, ==, cases[i].kind);
      if (cases[i].answer != NULL)
        g_assert_cmpmem (g_bytes_get_data (outcome.response, NULL),
                         g_bytes_get_size (outcome.response), cases[i].answer,
                         strlen (cases[i].answer));
      outcome_clear (&outcome);
    }
}

static void
test_environment (void)
{
  g_autoptr (Sender) sender = sender_new (
      "exec", "{\"Command\":[\"/usr/bin/env\"],\"Environment\":{\"OWN\":\"x y\"}}");
  Outcome outcome;
  g_autofree char *text = NULL;

  g_setenv ("SIGNALBOX_SECRET_PLANTED", "plaNted", TRUE);
  sender->host.max_response_bytes = 4096;
  sender_send_text (sender, "{}", &outcome);
  text = g_strndup (g_bytes_get_data (outcome.response, NULL), g_bytes_get_size (outcome.response));
  g_assert_null (strstr (text, "plaNted"));
  g_assert_null (strstr (text, "HOME="));
  g_assert_nonnull (strstr (text, "OWN=x y\n"));
  g_assert_nonnull (strstr (text, "PATH=/usr/local/bin:/usr/bin:/bin\n"));
  g_assert_nonnull (strstr (text, "SIGNALBOX_ATTEMPT=3\n"));
  g_assert_nonnull (strstr (text, "SIGNALBOX_RULE=default/chat\n"));
  outcome_clear (&outcome);
}

/* What it repeats of a secret is blanked before it is kept; without one it waits. */
static void
test_secrets (void)
{
  g_autoptr (Sender) sender = sender_new (
      "exec", "{\"Command\":[\"/bin/sh\",\"-c\",\"echo ${#TOKEN} $TOKEN\"],"
              "\"Secrets\":{\"TOKEN\":\"token\"}}");

  g_assert_no_error (sender->error);
  assert_run (sender, OUTCOME_DOWN, 0, ERROR_CODE_NO_PERMISSIONS, NULL);
  sender_put_secret (sender, "token", "plaNted");
  clock_manual_advance (sender->clock, 2 * G_TIME_SPAN_SECOND);
  assert_run (sender, OUTCOME_DELIVERED, 0, NULL, "7 *******\n");
}

/* Signals that the delivery thread holds back reach the program, SIGPIPE too. */
static void
test_signals (void)
{
  g_autoptr (Sender) sender = sender_of ("kill -PIPE $$; echo deaf", "");
  sigset_t pipe_signal, before;

  sigemptyset (&pipe_signal);
  sigaddset (&pipe_signal, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &pipe_signal, &before);
  assert_run (sender, OUTCOME_RETRY, 0, ERROR_CODE_ERROR_FROM_TARGET, NULL);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
}

static void
test_statuses (void)
{
  static const struct
  {
    const char *script, *more;
    OutcomeKind kind;
    int status;
    const char *code;
  } cases[] = {
    { "exit 1", "", OUTCOME_RETRY, 1, ERROR_CODE_ERROR_FROM_TARGET },
    { "exit 75", "", OUTCOME_RETRY, 75, ERROR_CODE_ERROR_FROM_TARGET },
    { "exit 64", "", OUTCOME_REFUSED, 64, ERROR_CODE_ERROR_FROM_TARGET },
    { "exit 3", ",\"DeliveredOn\":[0,3]", OUTCOME_DELIVERED, 3, NULL },
    { "exit 0", ",\"DeliveredOn\":[3],\"RefusedOn\":[0]", OUTCOME_REFUSED, 0,
      ERROR_CODE_ERROR_FROM_TARGET },
    { "kill -9 $$", "", OUTCOME_RETRY, 0, ERROR_CODE_ERROR_FROM_TARGET },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Sender) sender = sender_of (cases[i].script, cases[i].more);

      assert_run (sender, cases[i].kind, cases[i].status, cases[i].code, NULL);
    }
}

static void
test_no_program (void)
{
  g_autoptr (Sender) sender = sender_new ("exec", "{\"Command\":[\"/nowhere/at/all\"]}");

  assert_run (sender, OUTCOME_MISCONFIGURED, 0, ERROR_CODE_NO_RESOURCE, NULL);
}

/* One that does not listen to the polite signal, and one whose child outlives it. */
static void
test_time_out (void)
{
  g_autoptr (Sender) deaf = sender_of ("trap '' TERM; while :; do sleep 1; done",
                                       ",\"TimeoutSeconds\":1");
  g_autoptr (Sender) leaving = sender_of ("sleep 1000 & echo done", "");

  assert_run (deaf, OUTCOME_RETRY, 0, ERROR_CODE_TIMEOUT, NULL);
  assert_run (leaving, OUTCOME_DELIVERED, 0, NULL, "done\n");
}

static void
test_output_is_bounded (void)
{
  g_autoptr (Sender) sender = sender_of ("yes", ",\"MaxOutputBytes\":100000");
  Outcome outcome;

  sender_send_text (sender, "{}", &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_RETRY);
  g_assert_cmpstr (outcome.note, ==, "exec/test wrote more than MaxOutputBytes, which is 100000");
  g_assert_cmpuint (g_bytes_get_size (outcome.response), ==, 100);
  outcome_clear (&outcome);
}

/* More than a pipe holds, read by a program that also writes, and one that does not read at all. */
static void
test_big_payload (void)
{
  g_autoptr (Sender) reads = sender_of ("wc -c", "");
  g_autoptr (Sender) ignores = sender_of ("exit 0", "");
  gsize length = 3 * 1024 * 1024;
  g_autoptr (GBytes) payload = g_bytes_new_take (memset (g_malloc (length), '7', length), length);
  ConnectorRequest request = sender_request (payload);
  g_autoptr (Event) event = sender_event ();
  Outcome outcome;

  request.event = event;
  sender_send (reads, &request, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  g_assert_cmpmem (g_bytes_get_data (outcome.response, NULL), g_bytes_get_size (outcome.response),
                   "3145728\n", 8);
  outcome_clear (&outcome);
  sender_send (ignores, &request, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  outcome_clear (&outcome);
}

static void
never_done (const Outcome *outcome, gpointer user_data)
{
  g_assert_not_reached ();
}

/* Whoever stops the router does not wait for programs. */
static void
test_close_with_work_under_way (void)
{
  g_autoptr (Sender) sender = sender_of ("sleep 1000", "");
  g_autoptr (GBytes) payload = g_bytes_new_static ("{}", 2);
  ConnectorRequest request = sender_request (payload);
  g_autoptr (Event) event = sender_event ();
  gint64 before_us = g_get_monotonic_time ();

  request.event = event;
  for (guint i = 0; i < 5; i++)
    sender->kind->send (sender->connector, &request, never_done, NULL);
  g_clear_pointer (&sender->connector, sender->kind->close);
  g_assert_cmpint (g_get_monotonic_time () - before_us, <, 20 * G_TIME_SPAN_SECOND);
}

static void
test_wrong_settings (void)
{
  static const struct
  {
    const char *settings, *message;
  } wrong[] = {
    { "{\"Command\":[\"echo\"]}", "exec/test: Command/0: “echo” is no absolute path*" },
    { "{\"Command\":[\"/bin/echo\",\"<$.[>\"]}", "exec/test: Command/1: *no path into the event*" },
    { "{\"Command\":[\"/bin/echo\"],\"Environment\":{\"A=B\":\"\"}}", "exec/test: Environment: *" },
    { "{\"Command\":[\"/bin/echo\"],\"Secrets\":{\"A\":\"../b\"}}", "exec/test: Secrets/A: *" },
    { "{\"Command\":[\"/bin/echo\"],\"Environment\":{\"SIGNALBOX_RULE\":\"\"}}",
      "exec/test: Environment: *" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Sender) sender = sender_new ("exec", wrong[i].settings);

      g_assert_nonnull (sender->error);
      g_test_message ("%s", sender->error->message);
      g_assert_true (g_pattern_match_simple (wrong[i].message, sender->error->message));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN); /* as in the router */
  g_test_add_func ("/connector/exec/input-and-output", test_input_and_output);
  g_test_add_func ("/connector/exec/arguments", test_arguments);
  g_test_add_func ("/connector/exec/injection", test_injection);
  g_test_add_func ("/connector/exec/environment", test_environment);
  g_test_add_func ("/connector/exec/secrets", test_secrets);
  g_test_add_func ("/connector/exec/signals", test_signals);
  g_test_add_func ("/connector/exec/statuses", test_statuses);
  g_test_add_func ("/connector/exec/no-program", test_no_program);
  g_test_add_func ("/connector/exec/time-out", test_time_out);
  g_test_add_func ("/connector/exec/output-is-bounded", test_output_is_bounded);
  g_test_add_func ("/connector/exec/big-payload", test_big_payload);
  g_test_add_func ("/connector/exec/close-with-work-under-way", test_close_with_work_under_way);
  g_test_add_func ("/connector/exec/wrong-settings", test_wrong_settings);
  return g_test_run ();
}

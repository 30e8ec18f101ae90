/* Log lines: one a message, nothing from data in control, and as the journal wants them. */
#include "base/log.h"

#include <sys/stat.h>
#include <unistd.h>

static void
say (void)
{
  log_message (LOG_ERROR, "router", "a\nforged \033[2Jline");
  log_message (LOG_INFO, "config", "b");
  log_message (LOG_DEBUG, "router", "below the threshold");
}

/* The log is started once in a process: each case has its own. */
static void
test_plain (void)
{
  if (g_test_subprocess ())
    {
      g_unsetenv ("JOURNAL_STREAM");
      log_start (LOG_INFO);
      say ();
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*Z error router: a\\x0aforged \\x1b[2Jline\n*Z info config: b\n*");
  g_test_trap_assert_stderr_unmatched ("*below*");
}

static void
test_logfmt (void)
{
  if (g_test_subprocess ())
    {
      g_unsetenv ("JOURNAL_STREAM");
      log_start (LOG_INFO);
      log_set_logfmt ();
      log_message (LOG_ERROR, "router", "a \"quoted\"\nback\\slash");
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (
      "time=*Z level=error module=router msg=\"a \\\"quoted\\\"\\\\x0aback\\\\slash\"\n*");
}

static void
test_journal (void)
{
  g_autofree char *stream = NULL;
  struct stat status;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      g_test_trap_assert_stderr ("*<3>router: a\\x0aforged \\x1b[2Jline\n<6>config: b\n*");
      return;
    }
  g_assert_cmpint (fstat (STDERR_FILENO, &status), ==, 0);
  stream = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) status.st_dev,
                            (guint64) status.st_ino);
  g_setenv ("JOURNAL_STREAM", stream, TRUE);
  log_start (LOG_INFO);
  say ();
}

/* Standard error was redirected since the service manager set it up. */
static void
test_redirected (void)
{
  if (g_test_subprocess ())
    {
      g_setenv ("JOURNAL_STREAM", "1:1", TRUE);
      log_start (LOG_INFO);
      say ();
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*Z error router: *");
}

static void
test_levels (void)
{
  LogLevel level;

  g_assert_true (log_level_parse ("debug", &level));
  g_assert_cmpint (level, ==, LOG_DEBUG);
  g_assert_false (log_level_parse ("loud", &level));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base-log/plain", test_plain);
  g_test_add_func ("/base-log/logfmt", test_logfmt);
  g_test_add_func ("/base-log/journal", test_journal);
  g_test_add_func ("/base-log/redirected", test_redirected);
  g_test_add_func ("/base-log/levels", test_levels);
  return g_test_run ();
}

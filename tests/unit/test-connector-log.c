/* Events in the router's own log. */
#include "base/log.h"
#include "connector/connector.h"
#include "support/sender.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* In a process of its own, whose standard error is read. */
static void
test_line (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (Sender) sender = sender_new ("log", "{\"MaxBytes\":11,\"Level\":\"warning\"}");
      static const char text[] = "\"one\\ntwo é and more\"";
      g_autoptr (GBytes) payload = g_bytes_new_static (text, strlen (text));
      ConnectorRequest request = sender_request (payload);
      Outcome outcome;

      log_start (LOG_WARNING);
      request.detail_type = "Order \"Paid\"";
      sender_send (sender, &request, &outcome);
      g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
      outcome_clear (&outcome);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (
      "* warning log/test: delivery=\"01934b1c-0000-7000-8000-000000000001-2\" "
      "rule=\"default/chat\" source=\"shop\" detail-type=\"Order \\\"Paid\\\"\" "
      "payload=\"one\\ntwo é …\"\n*");
}

static void
test_quiet (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (Sender) sender = sender_new ("log", "{\"Level\":\"debug\"}");
      Outcome outcome;

      log_start (LOG_WARNING);
      for (guint i = 0; i < 3; i++)
        {
          sender_send_text (sender, "{}", &outcome);
          outcome_clear (&outcome);
        }
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr_unmatched ("*log/test*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/log/line", test_line);
  g_test_add_func ("/connector/log/quiet", test_quiet);
  return g_test_run ();
}

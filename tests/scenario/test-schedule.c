/* A schedule in the real daemon: its time comes while the daemon runs, or while it is dead; each is
 * one event, however often the daemon is killed. */
#include "support/scenario.h"

static char *
local_time_in (gint64 seconds)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, (double) seconds);

  return g_date_time_format (then, "%Y-%m-%dT%H:%M:%S");
}

static void
assert_n_events (Scenario *scenario, const char *source, guint expected)
{
  g_autofree char *path = g_strdup_printf ("/v1/events?source=%s", source);
  g_autoptr (Answer) answer = scenario_get (scenario, path);

  g_test_message ("%s", answer->body);
  g_assert_cmpuint (json_at_length (answer->json, "events"), ==, expected);
}

static void
test_killed (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *soon = local_time_in (3);
  g_autofree char *later = local_time_in (6);

  scenario_config (scenario, "file/out.json", "{'Path': 'out.jsonl'}");
  scenario_config (scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 't', 'Arn': 'file/out'}]}");
  scenario_config (scenario, "source/soon.json", "{'Schedule': {'Expression': 'at(%s)'}}", soon);
  scenario_config (scenario, "source/later.json", "{'Schedule': {'Expression': 'at(%s)'}}", later);
  scenario_start (scenario);
  scenario_wait (scenario, "/v1/events?source=soon", "events.0.detail-type", "Scheduled Event");
  scenario_kill (scenario);
  /* The other time passes meanwhile, or comes just after the start: it counts either way. */
  scenario_start (scenario);
  scenario_wait (scenario, "/v1/events?source=later", "events.0.detail-type", "Scheduled Event");
  scenario_kill (scenario);
  scenario_start (scenario);
  assert_n_events (scenario, "soon", 1);
  assert_n_events (scenario, "later", 1);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/schedule/killed", test_killed);
  return g_test_run ();
}

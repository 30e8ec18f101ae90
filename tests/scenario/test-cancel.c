/* Attempts that do not end by themselves, of every kind that can have one, and what ends them: the
 * router's stop, an operator who gives the delivery up, and a reload that takes the connector away.
 * Whatever it is, it is prompt, nothing is left running, and what is recorded is true. */
#include "support/bad-peer.h"
#include "support/scenario.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* Above what a stop waits for, and below what an attempt may take. */
#define TIMEOUT_S 60
#define STOP_WITHIN_US (20 * G_TIME_SPAN_SECOND)

typedef struct
{
  const char *ref;
  const char *settings; /* %u: the port of a server that never answers; %s: a folder */
  const char *healthy;  /* settings with which it delivers */
} Kind;

static const Kind kinds[] = {
  { "webhook/c", "{'Url': 'http://127.0.0.1:%u/', 'TimeoutSeconds': 60}", NULL },
  { "webhook/t",
    "{'Url': 'http://127.0.0.1:1/', 'TimeoutSeconds': 60, 'Auth': {'Type': 'oauth2', 'ClientId':"
    " 'c', 'Secret': {'Secret': 's'}, 'TokenUrl': 'http://127.0.0.1:%u/'}}",
    NULL },
  { "sms/c",
    "{'To': ['+4915112345678'], 'Text': 'x', 'Gateway': {'Preset': 'json', 'TimeoutSeconds': 60,"
    " 'Url': 'http://127.0.0.1:%u/', 'Auth': 'none'}}",
    "{'To': ['+4915112345678'], 'Text': 'x'}" },
  { "email/c",
    "{'To': ['a@example.org'], 'Smtp': {'Host': '127.0.0.1', 'Port': %u, 'Security': 'none',"
    " 'TimeoutSeconds': 60}}",
    "{'To': ['a@example.org']}" },
  { "exec/c",
    "{'Command': ['/bin/sh', '-c', 'trap : TERM; echo $$ >%s/running; while :; do sleep 1;"
    " done'], 'TimeoutSeconds': 60}",
    "{'Command': ['/bin/true']}" },
};

typedef struct
{
  const Kind *kind;
  Scenario *scenario;
  BadPeer *peer;
  char *event_id, *delivery;
} World;

static void
put_connector (World *world, const char *settings)
{
  g_autofree char *path = g_strconcat (world->kind->ref, ".json", NULL);
  g_autofree char *port = g_strdup_printf ("%u", bad_peer_port (world->peer));
  g_autoptr (GString) text = g_string_new (settings);

  g_string_replace (text, "%u", port, 0);
  g_string_replace (text, "%s", scenario_folder (world->scenario), 0);
  scenario_config (world->scenario, path, "%s", text->str);
}

static void
put_rule (World *world, const char *ref)
{
  scenario_config (world->scenario, "rule/default/all.json",
                   "{'Targets': [{'Id': 't', 'Arn': '%s', 'RetryPolicy':"
                   " {'Schedule': [0, 0.2, 0.5, 1, 2, 3, 4, 5]}}]}",
                   ref);
}

static char *
running_file (World *world)
{
  return g_build_filename (scenario_folder (world->scenario), "running", NULL);
}

/* The program's process, or 0 when there never was one. */
static GPid
program_pid (World *world)
{
  g_autofree char *path = running_file (world);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL) || strchr (text, '\n') == NULL)
    return 0;
  return (GPid) g_ascii_strtoll (text, NULL, 10);
}

static void
wait_until_under_way (World *world)
{
  gint64 deadline_us = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  while (bad_peer_n_connections (world->peer) == 0 && program_pid (world) == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_usleep (1000);
    }
}

/* No connection is open, and no program runs. */
static void
wait_until_nothing_runs (World *world)
{
  gint64 deadline_us = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  GPid pid = program_pid (world);

  while (bad_peer_n_open (world->peer) > 0 || (pid != 0 && kill (pid, 0) == 0))
    {
      if (g_get_monotonic_time () > deadline_us)
        g_error ("%s: something of it still runs", world->kind->ref);
      g_usleep (1000);
    }
}

static void
world_init (World *world, const Kind *kind)
{
  const BadPeerScript silent = { .end = BAD_PEER_STAYS };

  *world = (World){ .kind = kind, .scenario = scenario_new (), .peer = bad_peer_new (&silent) };
  scenario_secret (world->scenario, "s", "x");
  scenario_config (world->scenario, "source/shop.json", "{}");
  put_connector (world, kind->settings);
  put_rule (world, kind->ref);
  scenario_start (world->scenario);
  world->event_id = scenario_accept (world->scenario, "/in/shop", "{}");
  world->delivery = g_strdup_printf ("/v1/deliveries/%s-1", world->event_id);
  wait_until_under_way (world);
}

static void
world_clear (World *world)
{
  scenario_free (world->scenario);
  bad_peer_free (world->peer);
  g_free (world->event_id);
  g_free (world->delivery);
}

/* ---- What ends it ---- */

/* A stop gives it some seconds, and then gives it up; at the next start it is due again, and none
 * of it counts as an attempt. */
static void
test_stop (gconstpointer data)
{
  World world;
  gint64 since_us;

  world_init (&world, data);
  since_us = g_get_monotonic_time ();
  scenario_stop (world.scenario);
  g_test_message ("%s: stopped within %.1f s", world.kind->ref,
                  (double) (g_get_monotonic_time () - since_us) / G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - since_us, <, STOP_WITHIN_US);
  wait_until_nothing_runs (&world);
  if (world.kind->healthy != NULL)
    {
      put_connector (&world, world.kind->healthy);
      scenario_start (world.scenario);
      scenario_wait (world.scenario, world.delivery, "state", "done");
      scenario_check_ledger (world.scenario);
      scenario_stop (world.scenario);
    }
  world_clear (&world);
}

/* It is a dead letter at once, whatever becomes of the attempt. */
static void
test_give_up (gconstpointer data)
{
  World world;
  g_autofree char *body = NULL;
  g_autoptr (Answer) answer = NULL;
  g_autoptr (Answer) after = NULL;

  world_init (&world, data);
  body = g_strdup_printf ("{'ids': ['%s-1'], 'reason': 'enough'}", world.event_id);
  answer = scenario_post (world.scenario, "/v1/give-up", body);
  g_test_message ("%s", answer->body);
  g_assert_cmpuint (answer->status, ==, 200);
  scenario_wait (world.scenario, world.delivery, "state", "dead");
  scenario_stop (world.scenario);
  wait_until_nothing_runs (&world);
  scenario_start (world.scenario);
  after = scenario_get (world.scenario, world.delivery);
  g_test_message ("%s", after->body);
  g_assert_cmpstr (json_at_string (after->json, "state"), ==, "dead");
  g_assert_cmpstr (json_at_string (after->json, "dead_reason"), ==, "given-up");
  scenario_check_ledger (world.scenario);
  scenario_stop (world.scenario);
  world_clear (&world);
}

/* The rules send nothing more to it, what is new goes elsewhere, and the router stops as promptly
 * with the attempt under way as ever. */
static void
test_removal (gconstpointer data)
{
  World world;
  g_autofree char *path = NULL;
  g_autofree char *next = NULL;
  g_autoptr (Answer) reloaded = NULL;
  gint64 since_us;

  world_init (&world, data);
  path = g_strdup_printf ("%s/config/%s.json", scenario_folder (world.scenario), world.kind->ref);
  g_assert_cmpint (g_unlink (path), ==, 0);
  scenario_config (world.scenario, "file/other.json", "{'Path': 'other.jsonl'}");
  put_rule (&world, "file/other");
  reloaded = scenario_post (world.scenario, "/v1/reload", "");
  g_test_message ("%s", reloaded->body);
  g_assert_cmpuint (reloaded->status, ==, 200);
  next = scenario_accept (world.scenario, "/in/shop", "{}");
  scenario_wait_delivery (world.scenario, next, 1, "done");
  since_us = g_get_monotonic_time ();
  scenario_stop (world.scenario);
  g_assert_cmpint (g_get_monotonic_time () - since_us, <, STOP_WITHIN_US);
  wait_until_nothing_runs (&world);
  /* What it began with is no longer there: that is what the delivery is told. */
  scenario_start (world.scenario);
  scenario_wait (world.scenario, world.delivery, "state", "done");
  scenario_check_ledger (world.scenario);
  scenario_stop (world.scenario);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *stop = g_strconcat ("/scenario/cancel/stop/", kinds[i].ref, NULL);
      g_autofree char *give_up = g_strconcat ("/scenario/cancel/give-up/", kinds[i].ref, NULL);
      g_autofree char *removal = g_strconcat ("/scenario/cancel/removal/", kinds[i].ref, NULL);

      g_test_add_data_func (stop, &kinds[i], test_stop);
      g_test_add_data_func (give_up, &kinds[i], test_give_up);
      g_test_add_data_func (removal, &kinds[i], test_removal);
    }
  return g_test_run ();
}

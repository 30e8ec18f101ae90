/* kill-points: something happens to the daemon at its n-th system call, under traffic.
 *
 * Usage: kill-points [--fault=kill|eio|enospc|short] [--by=strace|preload] [POINTS [SEED]]
 *
 * kill: strace puts a SIGKILL in place of the n-th call of a kind; where tracing is not permitted
 * (it says so) a library that is loaded before libc does it for the calls that write.  The other
 * faults are of the store's own writes and syncs, by that library: EIO, ENOSPC, half of a write.
 *
 * Four senders post to the real daemon, which delivers to a receiver that often fails.  After each
 * of POINTS (1000) faults the store is checked (L1 to L3), and the daemon is started again on what
 * is there; after thirty of them everything is delivered and L1 to L6 are checked against what the
 * senders were told and the receiver saw. */
#include "support/evidence.h"
#include "support/receiver.h"
#include "support/scenario.h"
#include "support/traffic.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define POINTS_A_ROUND 30
#define N_SENDERS 4
#define WINDOW 8
#define WAIT_US (4 * G_USEC_PER_SEC)
/* With a fault that the daemon may survive: it goes on for so long. */
#define ENOUGH_EVENTS 60

typedef struct
{
  const char *calls;
  guint max_n; /* of one thread, at about this traffic */
} Place;

/* From the first system call of the start to long after it. */
static const Place traced[] = {
  { "pwrite64", 200 }, { "fdatasync", 40 }, { "write", 150 },          { "sendto,sendmsg", 150 },
  { "recvfrom", 100 }, { "openat", 60 },    { "futex", 150 },          { "epoll_wait", 100 },
  { "poll", 60 },      { "close", 80 },     { "ftruncate,unlink", 2 }, { "pread64", 60 },
};
static const Place preloaded[] = { { "write", 400 },
                                   { "sync", 60 },
                                   { "send", 300 },
                                   { "open", 30 } };
static const Place failing[] = { { "write", 400 }, { "write", 60 }, { "sync", 40 } };

static char *fault = (char *) "kill";
static char *by;

static const GOptionEntry options[] = {
  { "fault", 0, 0, G_OPTION_ARG_STRING, &fault, "what happens: kill, eio, enospc or short",
    "WHAT" },
  { "by", 0, 0, G_OPTION_ARG_STRING, &by, "strace or preload", "HOW" },
  { NULL },
};

typedef struct
{
  guint n_points, n_at_start, n_ended, n_unreached, n_turned_away, n_events, n_requests,
      n_violations;
  GHashTable *by_call; /* calls -> number of points */
} Result;

typedef struct
{
  Scenario *scenario;
  Receiver *receiver;
  Evidence *evidence;
  char *state_dir;
  GRand *rand;
  Result *result;
} Round;

static gboolean
is_kill (void)
{
  return g_str_equal (fault, "kill");
}

static gboolean
uses_strace (void)
{
  return g_str_equal (by, "strace");
}

/* ---- The fault ---- */

static char *
strace_path (void)
{
  return g_find_program_in_path ("strace");
}

/* A tracer must be there and be let trace. */
static gboolean
may_trace (void)
{
  g_autofree char *path = strace_path ();
  char *argv[] = { path,          (char *) "-f",          (char *) "-o",   (char *) "/dev/null",
                   (char *) "-e", (char *) "trace=write", (char *) "true", NULL };
  int status = -1;

  return path != NULL &&
         g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                       NULL, NULL, NULL, &status, NULL) &&
         WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

static Place
choose_place (GRand *rand)
{
  const Place *places = !is_kill () ? failing : uses_strace () ? traced : preloaded;
  guint n = !is_kill ()      ? G_N_ELEMENTS (failing)
            : uses_strace () ? G_N_ELEMENTS (traced)
                             : G_N_ELEMENTS (preloaded);

  return places[g_rand_int_range (rand, 0, (gint32) n)];
}

/* The tracer as a grandchild: the daemon stays the child that is waited for. */
static void
prepare_strace (Scenario *scenario, const Place *place, guint n)
{
  g_autofree char *path = strace_path ();
  g_autofree char *trace = g_strdup_printf ("trace=%s", place->calls);
  g_autofree char *inject = g_strdup_printf ("inject=%s:signal=KILL:when=%u", place->calls, n);
  const char *const prefix[] = { path,        "-D", "-f",  "-qqq", "-e",   "signal=none", "-o",
                                 "/dev/null", "-e", trace, "-e",   inject, NULL };

  scenario_prefix (scenario, prefix);
}

static void
prepare_preload (Scenario *scenario, const Place *place, guint n)
{
  g_autofree char *preload = g_strdup_printf ("LD_PRELOAD=%s", g_getenv ("FAULT_PRELOAD"));
  g_autofree char *plan = g_strdup_printf ("SIGNALBOX_FAULT=%s:%u:%s", place->calls, n, fault);
  const char *const prefix[] = { "/usr/bin/env", "ASAN_OPTIONS=verify_asan_link_order=0", preload,
                                 plan, NULL };

  scenario_prefix (scenario, prefix);
}

static void
prepare (Round *round, const Place *place)
{
  guint n = (guint) g_rand_int_range (round->rand, 1, (gint32) place->max_n + 1);

  if (uses_strace ())
    prepare_strace (round->scenario, place, n);
  else
    prepare_preload (round->scenario, place, n);
}

/* ---- A point ---- */

static void
check_store (Round *round, gboolean is_over)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  Store *store = store_engine_sqlite.open (round->state_dir, &error);

  if (store == NULL)
    g_error ("The store cannot be opened after the fault: %s", error->message);
  evidence_read_generations (round->evidence, round->state_dir);
  found = evidence_check (round->evidence, store, is_over);
  store_close (store);
  round->result->n_violations += found->len;
  for (guint i = 0; i < MIN (found->len, 5); i++)
    printf ("  %s\n", (char *) found->pdata[i]);
}

/* Whatever the daemon does of the fault, until it ends or has gone on for long enough. */
static void
let_run (Round *round, Traffic *traffic)
{
  gint64 end_us = g_get_monotonic_time () + WAIT_US;
  gboolean ended = FALSE;

  while (!(ended = scenario_has_ended (round->scenario)) && g_get_monotonic_time () < end_us &&
         (is_kill () || traffic_n_acknowledged (traffic) < ENOUGH_EVENTS))
    g_usleep (1000);
  round->result->n_ended += ended;
  if (!ended && is_kill ())
    round->result->n_unreached++;
}

static void
end_daemon (Round *round)
{
  if (scenario_has_ended (round->scenario) || is_kill ())
    scenario_kill (round->scenario);
  else
    scenario_stop (round->scenario);
}

static void
take_point (Round *round)
{
  Place place = choose_place (round->rand);
  g_autofree char *url = g_strconcat (scenario_url (round->scenario), "/in/shop", NULL);
  Result *result = round->result;
  guint n_unreached = result->n_unreached;

  prepare (round, &place);
  if (scenario_try_start (round->scenario))
    {
      Traffic *traffic = traffic_start (url, N_SENDERS, round->evidence);

      let_run (round, traffic);
      if (!is_kill ())
        result->n_turned_away += traffic_n_turned_away (traffic);
      end_daemon (round);
      traffic_stop (traffic);
    }
  else
    result->n_at_start++;
  evidence_crash (round->evidence, WINDOW);
  check_store (round, FALSE);
  if (result->n_unreached > n_unreached)
    return;
  result->n_points++;
  g_hash_table_insert (
      result->by_call, (gpointer) place.calls,
      GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (result->by_call, place.calls)) + 1));
}

/* ---- A round ---- */

static void
configure (Round *round)
{
  scenario_config (round->scenario, "source/shop.json", "{}");
  scenario_config (round->scenario, "webhook/chat.json", "{'Url': '%s', 'Concurrency': %u}",
                   receiver_url (round->receiver), WINDOW);
  scenario_config (round->scenario, "file/log.json", "{'Path': 'log.jsonl'}");
  scenario_config (round->scenario, "rule/default/chat.json",
                   "{'EventPattern': {'detail': {'paid': [true]}},"
                   " 'Targets': [{'Id': 'chat', 'Arn': 'webhook/chat', 'RetryPolicy':"
                   " {'MaximumRetryAttempts': 20, 'Backoff':"
                   " {'BaseSeconds': 0.05, 'Factor': 1.5, 'CapSeconds': 1, 'Jitter': 0.2}}}]}");
  scenario_config (round->scenario, "rule/default/log.json",
                   "{'EventPattern': {'source': ['shop']},"
                   " 'Targets': [{'Id': 'log', 'Arn': 'file/log'}]}");
}

/* Without faults everything comes to its end. */
static void
finish (Round *round)
{
  scenario_prefix (round->scenario, NULL);
  receiver_fail_randomly (round->receiver, 0, 1);
  scenario_start (round->scenario);
  scenario_wait (round->scenario, "/v1/status", "ledger.ready", "0");
  scenario_wait (round->scenario, "/v1/status", "ledger.waiting", "0");
  scenario_wait (round->scenario, "/v1/status", "schedule.under_way", "0");
  scenario_check_ledger (round->scenario);
  scenario_stop (round->scenario);
  round->result->n_requests += traffic_read_receiver (round->evidence, "webhook/chat",
                                                      round->receiver);
  check_store (round, TRUE);
  round->result->n_events += evidence_n_acknowledged (round->evidence);
}

static void
run_round (guint n_points, guint32 seed, Result *result)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autoptr (Evidence) evidence = evidence_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autofree char *state_dir = g_build_filename (scenario_folder (scenario), "state", NULL);
  Round round = { scenario, receiver, evidence, state_dir, rand, result };
  guint until = result->n_points + n_points;

  receiver_fail_randomly (receiver, 25, seed);
  configure (&round);
  scenario_start (scenario);
  scenario_stop (scenario);
  while (result->n_points < until)
    take_point (&round);
  finish (&round);
}

/* ---- All ---- */

static void
print_result (const Result *result)
{
  GHashTableIter iter;
  gpointer calls, n;

  printf ("%u points (%s, by %s), %u of them at the start, %u ended the daemon; %u starts did not "
          "come to theirs\n",
          result->n_points, fault, by, result->n_at_start, result->n_ended, result->n_unreached);
  g_hash_table_iter_init (&iter, result->by_call);
  while (g_hash_table_iter_next (&iter, &calls, &n))
    printf ("  %s: %u\n", (char *) calls, GPOINTER_TO_UINT (n));
  printf ("%u events acknowledged, %u requests turned away for want of room, %u requests at the "
          "receiver, %u violations\n",
          result->n_events, result->n_turned_away, result->n_requests, result->n_violations);
}

static void
choose_means (void)
{
  gboolean can = may_trace ();

  if (!is_kill ())
    by = (char *) "preload";
  else if (by == NULL)
    by = (char *) (can ? "strace" : "preload");
  if (is_kill () && !can)
    printf (
        "Tracing is not possible here (no strace, or it is not permitted): the calls that write "
        "are killed by a preloaded library instead, the others not at all\n");
  if (uses_strace () && !can)
    g_error ("--by=strace, and tracing is not possible here");
}

static int
run (guint n_points, guint32 seed)
{
  Result result = { .by_call = g_hash_table_new (g_str_hash, g_str_equal) };

  choose_means ();
  for (guint i = 0; result.n_points < n_points && result.n_violations == 0; i++)
    run_round (MIN (POINTS_A_ROUND, n_points - result.n_points), seed + i, &result);
  print_result (&result);
  g_hash_table_unref (result.by_call);
  return result.n_violations > 0 ? 1 : 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[POINTS [SEED]]");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 64;
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  return run (argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 1000,
              argc > 2 ? (guint32) strtoul (argv[2], NULL, 10) : 1);
}

/* What one bad connector among two hundred costs the others: from POST to the first byte at a
 * receiver, while the bad one has thousands of deliveries waiting and gets more.
 *
 * Four routers with the same 200 webhooks and a rule for each take turns; in the first all are
 * well, in the second one refuses connections, in the third one never answers, in the fourth 32
 * never answer.  Figures are latencies and their ratio to the first router's.
 *
 * Usage: bench-fairness [PROBES] */
#include "support/daemon.h"
#include "support/loader.h"
#include "support/sink.h"

#include <stdlib.h>
#include <string.h>

#define N_CONNECTORS 200
#define N_MANY_BAD 32
#define N_BACKLOG 4000
#define N_PROBES 300
#define DISCARD_PORT 9 /* where nobody listens */

typedef struct
{
  const char *name;
  guint n_bad;
  gboolean refuses;
  Daemon *daemon;
  GArray *latencies; /* double, ms */
  gint64 cpu_us;     /* of the router's, for all probes */
} Case;

static char *
body_of (guint i)
{
  g_autofree char *filling = g_strnfill (700, 'x');

  return g_strdup_printf ("{\"to\":%u,\"filling\":\"%s\"}", i, filling);
}

static GBytes *
request_to (guint i)
{
  g_autofree char *body = body_of (i);

  return load_request ("/in/shop", body, -1);
}

static void
post (Case *one, guint first, guint n_targets, guint n_connections, guint64 n)
{
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  LoadPlan plan = { .port = daemon_port (one->daemon),
                    .n_connections = n_connections,
                    .requests = requests,
                    .events_per_request = 1,
                    .max_requests = n };
  LoadResult result;

  for (guint i = 0; i < n_targets; i++)
    g_ptr_array_add (requests, request_to (first + i));
  load_run (&plan, &result);
  if (result.n_refused > 0)
    g_error ("%s: %" G_GUINT64_FORMAT " events were refused", one->name, result.n_refused);
}

static void
start (Case *one, Sink *sink, Sink *silent)
{
  one->daemon = daemon_new ();
  daemon_write (one->daemon, "source/shop.json", "{'Source':'shop','DetailType':'Order Paid'}");
  for (guint i = 0; i < N_CONNECTORS; i++)
    {
      g_autofree char *webhook = g_strdup_printf ("webhook/c%u.json", i);
      g_autofree char *rule = g_strdup_printf ("rule/default/r%u.json", i);
      guint port = i >= one->n_bad ? sink_port (sink)
                   : one->refuses  ? DISCARD_PORT
                                   : sink_port (silent);

      daemon_write (one->daemon, webhook,
                    "{'Url':'http://127.0.0.1:%u/c%u','TimeoutSeconds':3600,"
                    "'Concurrency':32,'AllowAddresses':['loopback']}",
                    port, i);
      daemon_write (one->daemon, rule,
                    "{'EventPattern':{'detail':{'to':[%u]}},"
                    "'Targets':[{'Id':'t','Arn':'webhook/c%u'}]}",
                    i, i);
    }
  daemon_launch_router (one->daemon, NULL);
  one->latencies = g_array_new (FALSE, FALSE, sizeof (double));
  /* In the first router the same events go where all is well. */
  post (one, 0, MAX (1, one->n_bad), 16, N_BACKLOG);
}

static void
probe (Case *one, guint number, Sink *sink)
{
  guint to = N_MANY_BAD + number * 7 % (N_CONNECTORS - N_MANY_BAD);
  guint64 before;
  gint64 start_us, begun_us;
  double latency_ms;

  /* The bad ones get more meanwhile; in the first router what they get is over by then. */
  post (one, 0, MAX (1, one->n_bad), 1, 1);
  g_usleep (20 * 1000);
  before = sink_begun (sink);
  start_us = g_get_monotonic_time ();
  post (one, to, 1, 1, 1);
  begun_us = sink_wait (sink, before, 10000);
  if (begun_us < 0)
    g_error ("%s: an event was not delivered within 10 s", one->name);
  latency_ms = (double) (begun_us - start_us) / 1000;
  g_array_append_val (one->latencies, latency_ms);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
share_of (const Case *one, guint percent)
{
  return g_array_index (one->latencies, double, (one->latencies->len - 1) * percent / 100);
}

static void
print (const Case *cases, guint n)
{
  g_print ("%u webhooks, POST to first byte at the receiver of one that is well, %u each in turns\n"
           "%-28s %10s %10s %17s %15s\n",
           N_CONNECTORS, cases[0].latencies->len, "", "median ms", "p99 ms", "ratio of medians",
           "cpu us a probe");
  for (guint i = 0; i < n; i++)
    g_print ("%-28s %10.2f %10.2f %17.2f %15.0f\n", cases[i].name, share_of (&cases[i], 50),
             share_of (&cases[i], 99), share_of (&cases[i], 50) / share_of (&cases[0], 50),
             (double) cases[i].cpu_us / cases[i].latencies->len);
}

/* All that is owed to those that are well has come. */
static void
wait_until_over (Case *one)
{
  for (guint i = 0; i < 6000 && one->n_bad == 0; i++)
    {
      if (daemon_status (one->daemon, "done") >= N_BACKLOG)
        return;
      g_usleep (10 * 1000);
    }
}

int
main (int argc, char **argv)
{
  Case cases[] = {
    { .name = "all well" },
    { .name = "one refuses connections", .n_bad = 1, .refuses = TRUE },
    { .name = "one never answers", .n_bad = 1 },
    { .name = "32 never answer", .n_bad = N_MANY_BAD },
  };
  guint n_probes = argc > 1 ? (guint) atoi (argv[1]) : N_PROBES;
  Sink *sink = sink_new (FALSE), *silent = sink_new (TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    start (&cases[i], sink, silent);
  wait_until_over (&cases[0]);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    cases[i].cpu_us = -daemon_cpu_us (cases[i].daemon);
  for (guint k = 0; k < n_probes; k++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      probe (&cases[i], k, sink);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      cases[i].cpu_us += daemon_cpu_us (cases[i].daemon);
      g_array_sort (cases[i].latencies, compare_doubles);
    }
  print (cases, G_N_ELEMENTS (cases));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      daemon_free (cases[i].daemon);
      g_array_unref (cases[i].latencies);
    }
  sink_free (sink);
  sink_free (silent);
  return 0;
}

/* How fast the router is, beside what the same machine does at the same moment with less.
 *
 * signalboxd with 20 rules and one delivery an event, load generator, receiver and comparisons
 * share the machine.  The rows are measured in turns, in several rounds; a ratio is the median of
 * the rounds' ratios, as the machine's speed may drift from one round to the next.  Nothing is
 * asserted.
 *
 * Usage: bench-router [--rounds=N] [--seconds=S] [ROW…], rows: single batch lives latency idle */
#include "support/daemon.h"
#include "support/loader.h"
#include "support/rows.h"
#include "support/sink.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define N_BODIES 20
#define N_CONNECTIONS 64
#define N_BATCH_CONNECTIONS 16
#define EVENTS_PER_BATCH 100
#define MAX_ROUNDS 50
/* About what the router takes into one commit under load. */
#define LARGE_COMMIT 500
#define N_LATENCIES 200
#define IDLE_S 10

typedef struct
{
  guint n_rounds;
  gint64 slice_us;                /* of each row in each round */
  GPtrArray *singles, *batches;   /* requests */
  Sink *silent, *sink;            /* the first never answers */
  Daemon *router, *living, *bare; /* router delivers to silent, living to sink */
  Rows *rows;
  char *folder; /* of the rows */
} Bench;

/* ---- Medians ---- */

typedef struct
{
  double values[MAX_ROUNDS];
  guint n;
} Series;

static void
series_add (Series *series, double value)
{
  if (series->n < MAX_ROUNDS)
    series->values[series->n++] = value;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
series_median (const Series *series)
{
  Series sorted = *series;

  qsort (sorted.values, sorted.n, sizeof (double), compare_doubles);
  return sorted.n == 0 ? 0 : sorted.values[sorted.n / 2];
}

/* ---- Requests ---- */

static void
make_requests (Bench *bench)
{
  bench->singles = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  bench->batches = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < N_BODIES; i++)
    {
      g_autofree char *body = daemon_body (i);

      g_ptr_array_add (bench->singles, load_request ("/in/shop", body, -1));
    }
  for (guint i = 0; i < N_BODIES; i++)
    {
      g_autoptr (GString) array = g_string_new ("[");

      for (guint j = 0; j < EVENTS_PER_BATCH; j++)
        {
          g_autofree char *body = daemon_body (i + j);

          g_string_append_printf (array,
                                  "%s{\"source\":\"shop\",\"detail-type\":\"Order Paid\","
                                  "\"detail\":%s}",
                                  j > 0 ? "," : "", body);
        }
      g_string_append_c (array, ']');
      g_ptr_array_add (bench->batches, load_request ("/v1/events", array->str, -1));
    }
}

/* What the daemon spends on an event by itself, whatever else the machine does. */
static double
cpu_per_event (Daemon *daemon, gint64 before_us, double n_events)
{
  return n_events > 0 ? (double) (daemon_cpu_us (daemon) - before_us) / n_events : 0;
}

static LoadResult
post (Bench *bench, Daemon *daemon, gboolean in_batches, double *out_cpu_us)
{
  const LoadPlan plan = { .port = daemon_port (daemon),
                          .n_connections = in_batches ? N_BATCH_CONNECTIONS : N_CONNECTIONS,
                          .requests = in_batches ? bench->batches : bench->singles,
                          .events_per_request = in_batches ? EVENTS_PER_BATCH : 1,
                          .duration_us = bench->slice_us };
  gint64 before_us = daemon_cpu_us (daemon);
  LoadResult result;

  load_run (&plan, &result);
  if (result.n_refused > 0)
    g_error ("%" G_GUINT64_FORMAT " requests were refused", result.n_refused);
  *out_cpu_us = cpu_per_event (daemon, before_us,
                               (double) result.n_accepted * plan.events_per_request);
  return result;
}

/* ---- Single events ---- */

typedef struct
{
  Series rate, p50, p99, worst, cpu, base_rate, base_p50, base_p99, base_cpu, ratio;
} SingleRow;

static void
measure_single (Bench *bench, SingleRow *row)
{
  double cpu_us, bare_cpu_us;
  LoadResult router = post (bench, bench->router, FALSE, &cpu_us);
  LoadResult bare = post (bench, bench->bare, FALSE, &bare_cpu_us);

  series_add (&row->cpu, cpu_us);
  series_add (&row->base_cpu, bare_cpu_us);
  series_add (&row->rate, router.events_per_second);
  series_add (&row->p50, router.p50_ms);
  series_add (&row->p99, router.p99_ms);
  series_add (&row->worst, router.worst_ms);
  series_add (&row->base_rate, bare.events_per_second);
  series_add (&row->base_p50, bare.p50_ms);
  series_add (&row->base_p99, bare.p99_ms);
  series_add (&row->ratio, router.events_per_second / bare.events_per_second);
}

static void
print_single (const SingleRow *row)
{
  g_print ("single-event POSTs, %d connections:\n", N_CONNECTIONS);
  g_print ("  router        %8.0f/s  p50 %6.2f  p99 %6.2f  worst %6.1f ms  cpu %4.0f us an event\n",
           series_median (&row->rate), series_median (&row->p50), series_median (&row->p99),
           series_median (&row->worst), series_median (&row->cpu));
  g_print (
      "  bare program  %8.0f/s  p50 %6.2f  p99 %6.2f                   cpu %4.0f us an event\n",
      series_median (&row->base_rate), series_median (&row->base_p50),
      series_median (&row->base_p99), series_median (&row->base_cpu));
  g_print ("  ratio             %.2f    (bar 0.7, aim 0.9)\n", series_median (&row->ratio));
}

/* ---- Batches ---- */

typedef struct
{
  Series rate, p50, p99, cpu, raw_small, raw_large, ratio;
} BatchRow;

static double
commit_raw (Bench *bench, guint rows_per_commit)
{
  gint64 start_us = g_get_monotonic_time (), now_us = start_us;
  g_autofree char *body = daemon_body (0);
  gsize length = strlen (body);
  guint64 n = 0;

  while (now_us - start_us < bench->slice_us)
    {
      rows_begin (bench->rows);
      for (guint i = 0; i < rows_per_commit; i++)
        rows_put (bench->rows, body, length);
      rows_commit (bench->rows);
      n += rows_per_commit;
      now_us = g_get_monotonic_time ();
    }
  return (double) n * G_USEC_PER_SEC / (double) (now_us - start_us);
}

static void
measure_batch (Bench *bench, BatchRow *row)
{
  double cpu_us;
  LoadResult router = post (bench, bench->router, TRUE, &cpu_us);
  double raw_small = commit_raw (bench, EVENTS_PER_BATCH);
  double raw_large = commit_raw (bench, LARGE_COMMIT);

  series_add (&row->cpu, cpu_us);
  series_add (&row->rate, router.events_per_second);
  series_add (&row->p50, router.p50_ms);
  series_add (&row->p99, router.p99_ms);
  series_add (&row->raw_small, raw_small);
  series_add (&row->raw_large, raw_large);
  series_add (&row->ratio, router.events_per_second / MAX (raw_small, raw_large));
}

static void
print_batch (const BatchRow *row)
{
  g_print ("batches of %d a POST, %d connections:\n", EVENTS_PER_BATCH, N_BATCH_CONNECTIONS);
  g_print (
      "  router        %8.0f/s  p50 %6.2f  p99 %6.2f ms a batch          cpu %4.0f us an event\n",
      series_median (&row->rate), series_median (&row->p50), series_median (&row->p99),
      series_median (&row->cpu));
  g_print ("  raw SQLite    %8.0f/s with %d rows a commit, %.0f/s with %d\n",
           series_median (&row->raw_small), EVENTS_PER_BATCH, series_median (&row->raw_large),
           LARGE_COMMIT);
  g_print ("  ratio             %.2f    to the better of the two (bar 0.6, aim 0.8)\n",
           series_median (&row->ratio));
}

/* ---- Whole lives ---- */

typedef struct
{
  Series rate, accept_rate, cpu, base_rate, ratio;
} LivesRow;

static void
wait_for_done (Bench *bench, guint64 received, gint64 done)
{
  gint64 end_us = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  while (sink_count (bench->sink) < received || daemon_status (bench->living, "done") < done)
    {
      if (g_get_monotonic_time () > end_us)
        g_error ("After two minutes %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                 " deliveries are settled",
                 daemon_status (bench->living, "done"), done);
      g_usleep (2 * 1000);
    }
}

static void
measure_lives (Bench *bench, LivesRow *row)
{
  /* A slice's worth at the speed that is hoped for. */
  guint64 n = (guint64) bench->slice_us * 15000 / G_USEC_PER_SEC;
  guint64 received = sink_count (bench->sink) + n;
  gint64 done = daemon_status (bench->living, "done") + (gint64) n;
  const LoadPlan plan = { .port = daemon_port (bench->living),
                          .n_connections = N_CONNECTIONS,
                          .requests = bench->singles,
                          .events_per_request = 1,
                          .max_requests = n };
  gint64 start_us = g_get_monotonic_time (), before_us = daemon_cpu_us (bench->living);
  double seconds, bare_cpu_us;
  LoadResult accepted, bare;

  load_run (&plan, &accepted);
  if (accepted.n_accepted != n)
    g_error ("%" G_GUINT64_FORMAT " requests were refused", n - accepted.n_accepted);
  wait_for_done (bench, received, done);
  seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  series_add (&row->cpu, cpu_per_event (bench->living, before_us, (double) n));
  bare = post (bench, bench->bare, FALSE, &bare_cpu_us);
  series_add (&row->base_rate, bare.events_per_second);
  series_add (&row->rate, (double) n / seconds);
  series_add (&row->accept_rate, accepted.events_per_second);
  series_add (&row->ratio, (double) n / seconds / bare.events_per_second);
}

static void
print_lives (const LivesRow *row)
{
  g_print ("whole lives, %d connections, one receiver:\n", N_CONNECTIONS);
  g_print ("  router        %8.0f/s (accepted meanwhile at %.0f/s)           cpu %4.0f us a life\n",
           series_median (&row->rate), series_median (&row->accept_rate),
           series_median (&row->cpu));
  g_print ("  bare program  %8.0f/s, accepting only\n", series_median (&row->base_rate));
  g_print ("  ratio             %.2f    (bar 15000/s where the bare program accepts 30000/s)\n",
           series_median (&row->ratio));
}

/* ---- Latency ---- */

static void
print_latency (Bench *bench)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  const LoadPlan plan = { .port = daemon_port (bench->living),
                          .n_connections = 1,
                          .requests = bench->singles,
                          .events_per_request = 1,
                          .max_requests = 1 };

  for (guint i = 0; i < N_LATENCIES; i++)
    {
      guint64 before = sink_begun (bench->sink);
      gint64 start_us = g_get_monotonic_time (), begun_us;
      LoadResult result;
      double latency_ms;

      load_run (&plan, &result);
      begun_us = sink_wait (bench->sink, before, 5000);
      if (begun_us < 0)
        g_error ("An event was not delivered within 5 s");
      latency_ms = (double) (begun_us - start_us) / 1000;
      g_array_append_val (all, latency_ms);
      g_usleep (10 * 1000);
    }
  g_array_sort (all, compare_doubles);
  g_print (
      "connecting and POST to first byte at the receiver, one at a time: median %.2f, p99 %.2f "
      "ms (bar 2, aim 1)\n",
      g_array_index (all, double, N_LATENCIES / 2),
      g_array_index (all, double, N_LATENCIES * 99 / 100));
}

/* ---- Idle ---- */

static gint64
read_field (const char *path, const char *field)
{
  g_autofree char *text = NULL;
  const char *found;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  found = strstr (text, field);
  return found != NULL ? g_ascii_strtoll (found + strlen (field), NULL, 10) : 0;
}

/* How often any of its threads went to sleep: as often they were woken. */
static gint64
count_sleeps (GPid pid)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%d/task", pid);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *task;
  gint64 n = 0;

  while (dir != NULL && (task = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, task, "status", NULL);

      n += read_field (path, "\nvoluntary_ctxt_switches:");
    }
  return n;
}

static void
print_memory (const char *when, GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *rollup = g_strdup_printf ("/proc/%d/smaps_rollup", pid);

  g_print ("%s:\n  %.1f MB resident, of which %.1f MB of its own\n", when,
           (double) read_field (path, "VmRSS:") / 1024,
           (double) read_field (rollup, "Private_Dirty:") / 1024);
}

/* A fresh one, as the others have just been busy. */
static void
print_idle (Bench *bench)
{
  g_autoptr (Daemon) daemon = daemon_start_router (sink_port (bench->sink));
  gint64 before;

  g_usleep (G_USEC_PER_SEC);
  before = count_sleeps (daemon_pid (daemon));
  g_usleep (IDLE_S * G_USEC_PER_SEC);
  print_memory ("idle router", daemon_pid (daemon));
  g_print ("  wake-ups in %d s: %" G_GINT64_FORMAT " (bars: below 20 MB, none)\n", IDLE_S,
           count_sleeps (daemon_pid (daemon)) - before);
}

/* ---- The run ---- */

static void
open_all (Bench *bench)
{
  g_autoptr (GError) error = NULL;

  make_requests (bench);
  bench->folder = g_dir_make_tmp ("signalbox-rows-XXXXXX", &error);
  if (error != NULL)
    g_error ("%s", error->message);
  bench->rows = rows_open (bench->folder);
  bench->silent = sink_new (TRUE);
  bench->sink = sink_new (FALSE);
  bench->bare = daemon_start_bare ();
  bench->living = daemon_start_router (sink_port (bench->sink));
  bench->router = daemon_start_router (sink_port (bench->silent));
}

static void
close_all (Bench *bench)
{
  const char *const names[] = { "bare.db", "bare.db-wal", "bare.db-shm" };

  daemon_free (bench->router);
  daemon_free (bench->living);
  daemon_free (bench->bare);
  sink_free (bench->sink);
  sink_free (bench->silent);
  rows_close (bench->rows);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (bench->folder, names[i], NULL);

      g_remove (path);
    }
  g_rmdir (bench->folder);
  g_free (bench->folder);
  g_ptr_array_unref (bench->singles);
  g_ptr_array_unref (bench->batches);
}

static gboolean
is_wanted (char **rows, const char *row)
{
  return rows == NULL || g_strv_contains ((const char *const *) rows, row);
}

static void
measure (Bench *bench, char **wanted)
{
  SingleRow single = { 0 };
  BatchRow batch = { 0 };
  LivesRow lives = { 0 };

  for (guint i = 0; i < bench->n_rounds; i++)
    {
      if (is_wanted (wanted, "single"))
        measure_single (bench, &single);
      if (is_wanted (wanted, "batch"))
        measure_batch (bench, &batch);
      if (is_wanted (wanted, "lives"))
        measure_lives (bench, &lives);
    }
  if (is_wanted (wanted, "single"))
    print_single (&single);
  if (is_wanted (wanted, "batch"))
    print_batch (&batch);
  if (is_wanted (wanted, "lives"))
    print_lives (&lives);
}

int
main (int argc, char **argv)
{
  int rounds = 5;
  double seconds = 1.5;
  g_auto (GStrv) wanted = NULL;
  const GOptionEntry options[] = {
    { "rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "How often each row is measured", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "How long each time", "S" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &wanted, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[single|batch|lives|latency|idle …]");
  g_autoptr (GError) error = NULL;
  Bench bench = { 0 };

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  bench.n_rounds = (guint) CLAMP (rounds, 1, MAX_ROUNDS);
  bench.slice_us = (gint64) (seconds * G_USEC_PER_SEC);
  open_all (&bench);
  g_print ("medians of %u rounds of %.1f s; 20 rules, one delivery an event, events of 1 KB\n",
           bench.n_rounds, seconds);
  measure (&bench, wanted);
  if (is_wanted (wanted, "latency"))
    print_latency (&bench);
  if (is_wanted (wanted, "idle"))
    print_idle (&bench);
  close_all (&bench);
  return 0;
}

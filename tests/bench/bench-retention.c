/* What ingest notices of expiring: the time from submit to durable of single events that come at an
 * even rate, with everything kept and while very many old events are being removed, in turns.
 *
 * Usage: bench-retention [EVENTS [RATE [SECONDS]]]: old events (default 200000; 10000000 takes
 * minutes and 20 GB), new ones a second (2000), of each turn (5).  Instead of EVENTS the absolute
 * path of a store that is there (fill-store --done --age-s=20000).
 *
 * Nothing is asserted; the aim is a p99 within twice the one without. */
#include "store-load.h"
#include "store/writer.h"

#include <stdlib.h>

#define N_TURNS 3 /* of each kind */

typedef struct
{
  Store *store;
  Writer *writer;
  LoadKind kind;
  guint64 number; /* of the next event */
  GMutex lock;
  GArray *latencies_us;
  guint n_open;
} Bench;

typedef struct
{
  Bench *bench;
  gint64 due_us;
} Sent;

static void
on_done (const BatchItem *item, const GError *error, gpointer user_data)
{
  Sent *sent = user_data;
  Bench *bench = sent->bench;
  gint64 latency_us = g_get_monotonic_time () - sent->due_us;

  load_fail_on (error);
  g_mutex_lock (&bench->lock);
  g_array_append_val (bench->latencies_us, latency_us);
  bench->n_open--;
  g_mutex_unlock (&bench->lock);
  g_free (sent);
}

static guint
count_open (Bench *bench)
{
  guint n;

  g_mutex_lock (&bench->lock);
  n = bench->n_open;
  g_mutex_unlock (&bench->lock);
  return n;
}

/* Counts from when an event ought to have been sent, so that a stall is not passed over. */
static void
run_turn (Bench *bench, guint rate, guint seconds)
{
  gint64 start_us = g_get_monotonic_time ();
  guint64 n = (guint64) rate * seconds;

  g_array_set_size (bench->latencies_us, 0);
  for (guint64 i = 0; i < n; i++)
    {
      gint64 due_us = start_us + (gint64) (i * G_USEC_PER_SEC / rate);
      gint64 wait_us = due_us - g_get_monotonic_time ();
      g_autoptr (GError) error = NULL;
      Sent *sent = g_new (Sent, 1);

      if (wait_us > 0)
        g_usleep ((gulong) wait_us);
      *sent = (Sent){ bench, due_us };
      g_mutex_lock (&bench->lock);
      bench->n_open++;
      g_mutex_unlock (&bench->lock);
      writer_submit (bench->writer, load_append (&bench->kind, bench->number++, g_get_real_time ()),
                     on_done, sent, &error);
      load_fail_on (error);
    }
  while (count_open (bench) > 0)
    g_usleep (1000);
  g_array_sort (bench->latencies_us, load_compare);
}

static StoreLedger
read_ledger (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  bench->store->engine->ledger (bench->store, FALSE, &ledger, &error);
  load_fail_on (error);
  return ledger;
}

static gint64
count_expired (Bench *bench)
{
  return read_ledger (bench).expired_events;
}

static gint64
print_turn (Bench *bench, const char *what, guint rate, guint seconds)
{
  gint64 before = count_expired (bench), p99_us;

  run_turn (bench, rate, seconds);
  p99_us = load_quantile (bench->latencies_us, 0.99);
  g_print ("%-9s %9.3f %9.3f %9.3f %9.3f %12.0f\n", what,
           (double) load_quantile (bench->latencies_us, 0.5) / 1000, (double) p99_us / 1000,
           (double) load_quantile (bench->latencies_us, 0.999) / 1000,
           (double) load_quantile (bench->latencies_us, 1) / 1000,
           (double) (count_expired (bench) - before) / seconds);
  return p99_us;
}

static gint64
median (gint64 *numbers)
{
  qsort (numbers, N_TURNS, sizeof *numbers, load_compare);
  return numbers[N_TURNS / 2];
}

static void
run_turns (Bench *bench, guint rate, guint seconds)
{
  const StoreRetention everything = { .max_bytes = 0 };
  const StoreRetention an_hour = { .age_us = { [DELIVERY_DONE] = 3600 * (gint64) G_USEC_PER_SEC } };
  gint64 keeping[N_TURNS], expiring[N_TURNS];

  g_print ("%-9s %9s %9s %9s %9s %12s\n", "", "p50 ms", "p99 ms", "p99.9 ms", "worst ms",
           "expired/s");
  for (guint i = 0; i < N_TURNS; i++)
    {
      writer_set_retention (bench->writer, &everything);
      keeping[i] = print_turn (bench, "keeping", rate, seconds);
      writer_set_retention (bench->writer, &an_hour);
      expiring[i] = print_turn (bench, "expiring", rate, seconds);
    }
  g_print ("p99 while expiring: %.2f of the one while keeping (medians of %d)\n",
           (double) median (expiring) / (double) median (keeping), N_TURNS);
}

int
main (int argc, char **argv)
{
  const char *state = argc > 1 && g_path_is_absolute (argv[1]) ? argv[1] : NULL;
  guint64 n_old = argc > 1 && state == NULL ? g_ascii_strtoull (argv[1], NULL, 10) : 200000;
  guint rate = argc > 2 ? (guint) atoi (argv[2]) : 2000;
  guint seconds = argc > 3 ? (guint) atoi (argv[3]) : 5;
  const WriterSettings settings = { .max_queued_events = 100000,
                                    .max_batch_items = 512,
                                    .full_retry_ms = 1000 };
  g_autoptr (GError) error = NULL;
  char *folder = state != NULL ? NULL : load_folder_new ();
  Bench bench = { .kind = { load_body_new (LOAD_BODY_BYTES), 1 }, .number = n_old };
  gint64 start_us = g_get_monotonic_time ();

  g_mutex_init (&bench.lock);
  bench.latencies_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  bench.store = store_engine_sqlite.open (state != NULL ? state : folder, &error);
  load_fail_on (error);
  if (state != NULL)
    bench.number = n_old = (guint64) read_ledger (&bench).events;
  else
    load_fill (bench.store, &bench.kind, 0, n_old,
               g_get_real_time () - (gint64) n_old * 1000 - 7200 * (gint64) G_USEC_PER_SEC, TRUE);
  g_print ("%" G_GUINT64_FORMAT " old events, made in %.0f s; %u new ones a second\n", n_old,
           (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC, rate);
  bench.writer = writer_new (bench.store, &settings, NULL, NULL);
  run_turns (&bench, rate, seconds);
  writer_free (bench.writer);
  store_close (bench.store);
  if (folder != NULL)
    load_folder_free (folder);
  g_array_unref (bench.latencies_us);
  g_bytes_unref (bench.kind.body);
  g_mutex_clear (&bench.lock);
  return 0;
}

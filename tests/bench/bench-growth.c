/* What ingest costs as the store grows: commits into a store of more and more events and into one
 * that stays small, in turns.
 *
 * Usage: bench-growth [EVENTS [BODY_BYTES]]: up to so many (default 1000000 of 1024 bytes; 10000000
 * takes minutes and 20 GB).  bench-growth STATE BODY_BYTES measures beside one store that is there
 * (fill-store --done --connectors=1), which grows a little.
 *
 * Nothing is asserted; the aim is a cost within 1.5 times. */
#include "store-load.h"

#define N_ROUNDS 7
#define ROUND_US (300 * 1000)
#define SMALL 10000

typedef struct
{
  char *folder;
  Store *store;
  guint64 n_events;
} Subject;

/* folder NULL: a new one. */
static void
subject_open (Subject *subject, const char *folder)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  subject->folder = folder == NULL ? load_folder_new () : NULL;
  subject->store = store_engine_sqlite.open (folder != NULL ? folder : subject->folder, &error);
  load_fail_on (error);
  subject->store->engine->ledger (subject->store, FALSE, &ledger, &error);
  load_fail_on (error);
  subject->n_events = (guint64) ledger.events;
}

static void
subject_close (Subject *subject)
{
  store_close (subject->store);
  if (subject->folder != NULL)
    load_folder_free (subject->folder);
}

static void
grow (Subject *subject, const LoadKind *kind, guint64 n_events)
{
  if (n_events <= subject->n_events)
    return;
  load_fill (subject->store, kind, subject->n_events, n_events - subject->n_events,
             g_get_real_time () - (gint64) n_events * 1000, TRUE);
  subject->n_events = n_events;
}

/* Events a second, each appended and settled. */
static double
measure (Subject *subject, const LoadKind *kind, guint a_commit)
{
  gint64 start_us = g_get_monotonic_time (), now_us;
  guint64 n = 0;

  do
    {
      load_fill (subject->store, kind, subject->n_events, a_commit, g_get_real_time (), TRUE);
      subject->n_events += a_commit;
      n += a_commit;
      now_us = g_get_monotonic_time ();
    }
  while (now_us - start_us < ROUND_US);
  return (double) n * G_USEC_PER_SEC / (double) (now_us - start_us);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
print_row (Subject *large, const LoadKind *kind, guint a_commit)
{
  double ratios[N_ROUNDS], per_second[N_ROUNDS];
  guint64 n_events = large->n_events;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      Subject small;
      double base;

      subject_open (&small, NULL);
      grow (&small, kind, SMALL);
      base = measure (&small, kind, a_commit);
      per_second[i] = measure (large, kind, a_commit);
      ratios[i] = base / per_second[i];
      subject_close (&small);
    }
  qsort (ratios, N_ROUNDS, sizeof *ratios, compare);
  qsort (per_second, N_ROUNDS, sizeof *per_second, compare);
  g_print ("%10" G_GUINT64_FORMAT " %8u %10.0f %8.2f\n", n_events, a_commit,
           per_second[N_ROUNDS / 2], ratios[N_ROUNDS / 2]);
}

int
main (int argc, char **argv)
{
  const char *state = argc > 2 && g_path_is_absolute (argv[1]) ? argv[1] : NULL;
  guint64 max = argc > 1 && state == NULL ? g_ascii_strtoull (argv[1], NULL, 10) : 1000000;
  guint64 body_bytes = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : LOAD_BODY_BYTES;
  const LoadKind kind = { load_body_new (body_bytes), 1 };
  Subject large;

  subject_open (&large, state);
  g_print ("appended and settled; cost: times that of a store of %d events\n", SMALL);
  g_print ("%10s %8s %10s %8s\n", "events", "a commit", "events/s", "cost");
  for (guint64 n = state != NULL ? max : SMALL; n <= max; n *= 10)
    {
      if (state == NULL)
        grow (&large, &kind, n);
      print_row (&large, &kind, 1);
      print_row (&large, &kind, 100);
    }
  subject_close (&large);
  g_bytes_unref (kind.body);
  return 0;
}

/* What the durable store costs beside the least that SQLite can do: the same bytes in plain tables
 * without an index, in commits of the same size, on the same disk, in turns.
 *
 * Figures drift with the machine and what else it does; hold on to the ratios.  Nothing is
 * asserted. */
#include "store/store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define BODY_BYTES 1024
#define N_ROUNDS 3
#define ROUND_US (700 * 1000)

static GBytes *
make_body (void)
{
  g_autofree char *text = g_strnfill (BODY_BYTES - 2, 'x');
  char *json = g_strdup_printf ("\"%s", text);

  json[BODY_BYTES - 1] = '"';
  return g_bytes_new_take (json, BODY_BYTES);
}

/* ---- Timing ---- */

typedef struct
{
  double per_second; /* events */
  double worst_ms;   /* of one commit */
} Figure;

static int
compare_figures (gconstpointer a, gconstpointer b)
{
  double x = ((const Figure *) a)->per_second, y = ((const Figure *) b)->per_second;

  return (x > y) - (x < y);
}

static Figure
median (Figure figures[N_ROUNDS])
{
  qsort (figures, N_ROUNDS, sizeof (Figure), compare_figures);
  return figures[N_ROUNDS / 2];
}

/* Commits until the round is over. */
static Figure
measure (void (*commit_once) (gpointer subject, guint n_events), gpointer subject, guint n_events)
{
  gint64 start_us = g_get_monotonic_time (), now_us = start_us, worst_us = 0;
  guint64 n = 0;

  while (now_us - start_us < ROUND_US)
    {
      gint64 before_us = now_us;

      commit_once (subject, n_events);
      now_us = g_get_monotonic_time ();
      worst_us = MAX (worst_us, now_us - before_us);
      n += n_events;
    }
  return (Figure){ (double) n * G_USEC_PER_SEC / (double) (now_us - start_us),
                   (double) worst_us / 1000 };
}

static void
fail_on (GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

/* ---- The store ---- */

typedef struct
{
  Store *store;
  GBytes *body;
  guint64 n_events; /* appended */
  guint64 n_settled;
} StoreSubject;

static void
fill (AppendEvent *append, GBytes *body, guint64 number)
{
  g_autofree char *id = g_strdup_printf ("01930000-0000-7000-8000-%012" G_GINT64_MODIFIER "x",
                                         number);
  gint64 now_us = g_get_real_time ();
  const Event fields = {
    .id = id,
    .bus = (char *) "default",
    .ingress = (char *) "source/shop",
    .source = (char *) "shop",
    .detail_type = (char *) "Order Paid",
    .time_us = now_us,
    .received_us = now_us,
    .resources = (char *) "[]",
    .content_type = (char *) "application/json",
    .body = body,
    .generation = 1,
  };

  append->event = event_new (&fields);
  append->matched = g_strdupv ((char *[]){ (char *) "default/billing", NULL });
  append->n_deliveries = 1;
  append->deliveries = g_new0 (NewDelivery, 1);
  append->deliveries[0] = (NewDelivery){ g_strdup ("default/billing"), g_strdup ("billing"),
                                         g_strdup ("webhook/billing"), now_us };
}

static void
commit_batch (Store *store, GPtrArray *items)
{
  g_autoptr (GError) error = NULL;
  Batch batch = { .items = items };

  store->engine->commit (store, &batch, &error);
  fail_on (error);
}

static void
append_once (gpointer data, guint n_events)
{
  StoreSubject *subject = data;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);

  for (guint i = 0; i < n_events; i++)
    {
      BatchItem *item = batch_item_new_append (1);

      fill (&item->append.events[0], subject->body, subject->n_events++);
      g_ptr_array_add (items, item);
    }
  commit_batch (subject->store, items);
}

static void
settle_once (gpointer data, guint n_events)
{
  StoreSubject *subject = data;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);

  for (guint i = 0; i < n_events; i++)
    {
      BatchItem *item = batch_item_new_settle ();
      JournalEntry *entry = g_new0 (JournalEntry, 1);

      entry->kind = JOURNAL_ATTEMPT;
      entry->attempt = 1;
      entry->at_us = g_get_real_time ();
      entry->outcome = (Outcome){ .kind = OUTCOME_DELIVERED, .status = 200, .retry_after_us = -1 };
      item->settlement.key = (DeliveryKey){ 1 + (gint64) (subject->n_settled++ % subject->n_events),
                                            1 };
      item->settlement.entry = entry;
      item->settlement.state = DELIVERY_DONE;
      g_ptr_array_add (items, item);
    }
  commit_batch (subject->store, items);
}

/* ---- Plain SQLite ---- */

typedef struct
{
  sqlite3 *handle;
  sqlite3_stmt *begin, *insert_event, *insert_delivery, *commit;
  char body[BODY_BYTES];
} PlainSubject;

static sqlite3_stmt *
prepare (PlainSubject *plain, const char *sql)
{
  sqlite3_stmt *statement;

  if (sqlite3_prepare_v2 (plain->handle, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (plain->handle));
  return statement;
}

static void
plain_open (PlainSubject *plain, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "plain.db", NULL);

  memset (plain->body, 'x', BODY_BYTES);
  if (sqlite3_open (path, &plain->handle) != SQLITE_OK ||
      sqlite3_exec (plain->handle,
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                    "PRAGMA wal_autocheckpoint = 4000;"
                    "CREATE TABLE event (id INTEGER PRIMARY KEY, body BLOB);"
                    "CREATE TABLE delivery (id INTEGER PRIMARY KEY, row BLOB)",
                    NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", path, sqlite3_errmsg (plain->handle));
  plain->begin = prepare (plain, "BEGIN IMMEDIATE");
  plain->insert_event = prepare (plain, "INSERT INTO event (body) VALUES (?)");
  plain->insert_delivery = prepare (plain, "INSERT INTO delivery (row) VALUES (?)");
  plain->commit = prepare (plain, "COMMIT");
}

static void
plain_close (PlainSubject *plain)
{
  sqlite3_finalize (plain->begin);
  sqlite3_finalize (plain->insert_event);
  sqlite3_finalize (plain->insert_delivery);
  sqlite3_finalize (plain->commit);
  sqlite3_close (plain->handle);
}

static void
run (PlainSubject *plain, sqlite3_stmt *statement)
{
  if (sqlite3_step (statement) != SQLITE_DONE)
    g_error ("%s", sqlite3_errmsg (plain->handle));
  sqlite3_reset (statement);
}

static void
plain_once (gpointer data, guint n_events)
{
  PlainSubject *plain = data;

  run (plain, plain->begin);
  for (guint i = 0; i < n_events; i++)
    {
      sqlite3_bind_blob (plain->insert_event, 1, plain->body, BODY_BYTES, SQLITE_STATIC);
      run (plain, plain->insert_event);
      sqlite3_bind_blob (plain->insert_delivery, 1, plain->body, 60, SQLITE_STATIC);
      run (plain, plain->insert_delivery);
    }
  run (plain, plain->commit);
}

/* ---- The table ---- */

static void
print_row (StoreSubject *store, PlainSubject *plain, guint n_events)
{
  Figure appends[N_ROUNDS], settles[N_ROUNDS], plains[N_ROUNDS];
  Figure append, settle, base;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      appends[i] = measure (append_once, store, n_events);
      plains[i] = measure (plain_once, plain, n_events);
      settles[i] = measure (settle_once, store, n_events);
    }
  append = median (appends);
  settle = median (settles);
  base = median (plains);
  g_print ("%8u %10.0f %10.0f %10.0f %7.2f %10.0f %7.2f %9.1f %9.1f\n", n_events,
           append.per_second / n_events, append.per_second, base.per_second,
           append.per_second / base.per_second, settle.per_second,
           settle.per_second / base.per_second, append.worst_ms, base.worst_ms);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (folder);
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("signalbox-bench-XXXXXX", &error);
  g_autoptr (GBytes) body = make_body ();
  StoreSubject store = { .body = body };
  PlainSubject plain = { 0 };
  const guint sizes[] = { 1, 10, 100 };

  fail_on (error);
  store.store = store_engine_sqlite.open (folder, &error);
  fail_on (error);
  plain_open (&plain, folder);
  g_print ("1 KB events with one delivery each; medians of %d rounds; in %s\n", N_ROUNDS, folder);
  g_print ("%8s %10s %10s %10s %7s %10s %7s %9s %9s\n", "a batch", "commits/s", "events/s",
           "plain/s", "ratio", "settled/s", "ratio", "worst ms", "plain ms");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    print_row (&store, &plain, sizes[i]);
  plain_close (&plain);
  store_close (store.store);
  remove_folder (folder);
  return 0;
}

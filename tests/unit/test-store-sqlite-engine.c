/* A folder as a store: opened anew, opened twice, damaged. */
#include "base/error.h"
#include "store/sqlite/sqlite-store.h"
#include "support/store-samples.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sample_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "signalbox.db", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sample_folder_free (fixture->folder);
  g_free (fixture->path);
}

static Store *
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  Store *store = store_engine_sqlite.open (fixture->folder, &error);

  g_assert_no_error (error);
  return store;
}

/* Events with deliveries in every state, histories and generations. */
static void
fill (Store *store)
{
  for (guint i = 0; i < 40; i++)
    {
      DeliveryKey key = { i + 1, 1 };
      DeliveryState state = DELIVERY_WAITING + i % 4;

      sample_commit_one (store, sample_append (i, SAMPLE_TIME_US + i, 1 + i % 3));
      if (i % 5 == 0)
        continue;
      sample_commit_one (store, sample_settle (key, 1, SAMPLE_TIME_US + i, state));
      if (state == DELIVERY_DEAD && i % 3 != 0)
        sample_commit_one (store,
                           sample_operate (key, i % 3 == 1 ? JOURNAL_REPLAY : JOURNAL_DISCARD,
                                           SAMPLE_TIME_US + 100 + i));
    }
  sample_commit_one (store, sample_generation (3, SAMPLE_TIME_US));
}

/* ---- Opening ---- */

static void
test_reopen (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  Store *store = open_store (fixture);
  BatchItem *item = sample_append (99, SAMPLE_TIME_US, 1);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);
  Batch batch = { .items = items };
  g_autoptr (GError) error = NULL;

  fill (store);
  before = sample_dump (store, 7);
  store_close (store);
  store = open_store (fixture);
  after = sample_dump (store, 11);
  g_assert_cmpstr (after, ==, before);
  /* Numbers go on. */
  g_ptr_array_add (items, item);
  store->engine->commit (store, &batch, &error);
  g_assert_no_error (error);
  g_assert_cmpint (item->append.events[0].out_seq, ==, 41);
  sample_assert_ledger (store);
  store_close (store);
}

static void
test_settings (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *sql;
    gint64 value;
  } cases[] = {
    { "PRAGMA synchronous", 1 },     { "PRAGMA wal_autocheckpoint", 0 },
    { "PRAGMA mmap_size", 0 },       { "PRAGMA temp_store", 2 },
    { "PRAGMA cell_size_check", 1 }, { "PRAGMA journal_size_limit", SQLITE_LOG_LIMIT_BYTES },
  };
  g_autoptr (Store) store = open_store (fixture);
  Database *writer = ((SqliteStore *) store)->writer;
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 value = -1;

      g_test_message ("%s", cases[i].sql);
      database_get_number (writer, cases[i].sql, &value, &error);
      g_assert_no_error (error);
      g_assert_cmpint (value, ==, cases[i].value);
    }
  g_assert_true (g_file_test (log, G_FILE_TEST_EXISTS));
}

/* Whatever the umask lets through, and for a file that was readable before. */
static void
test_private (Fixture *fixture, gconstpointer data)
{
  mode_t umask_before = umask (0);
  g_autoptr (Store) store = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;
  guint n = 0;

  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  g_assert_cmpint (g_chmod (fixture->path, 0666), ==, 0);
  store = open_store (fixture);
  sample_commit_one (store, sample_append (1, SAMPLE_TIME_US, 1));
  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      GStatBuf status;

      g_test_message ("%s", name);
      g_assert_cmpint (g_stat (path, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 0777, ==, 0600);
      n++;
    }
  g_assert_cmpuint (n, ==, 5); /* file, log, index, lock, reserve */
  umask (umask_before);
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "nowhere", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (store_engine_sqlite.open (missing, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, missing));
}

/* ---- One daemon a folder ---- */

static void
assert_in_use (Fixture *fixture, pid_t holder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *process = g_strdup_printf ("process %d)", (int) holder);

  g_assert_null (store_engine_sqlite.open (fixture->folder, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, fixture->folder));
  g_assert_nonnull (strstr (error->message, process));
}

static void
test_opened_twice (Fixture *fixture, gconstpointer data)
{
  Store *store = open_store (fixture);

  assert_in_use (fixture, getpid ());
  assert_in_use (fixture, getpid ());
  sample_commit_one (store, sample_append (1, SAMPLE_TIME_US, 1));
  store_close (store);
  store_close (open_store (fixture));
}

/* The lock goes with the process, whichever way that ends. */
static void
test_other_process (Fixture *fixture, gconstpointer data)
{
  int ready[2], status;
  pid_t child;
  char byte;

  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      Store *store = store_engine_sqlite.open (fixture->folder, NULL);

      if (store != NULL && write (ready[1], "r", 1) == 1)
        pause ();
      _exit (1);
    }
  close (ready[1]);
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  assert_in_use (fixture, child);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (ready[0]);
  store_close (open_store (fixture));
}

/* ---- Damage ---- */

/* Asks everything and lets anything be answered but nonsense: an error, or a well-formed answer. */
static void
ask_everything (Store *store)
{
  const EventQuery events_query = { .matched = -1 };
  const DeliveryQuery orders[] = { { .order = DELIVERY_ORDER_DUE },
                                   { .order = DELIVERY_ORDER_NEWEST } };
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GPtrArray) counts = NULL;
  g_autoptr (GPtrArray) holds = NULL;
  g_autoptr (GArray) due = g_array_new (FALSE, FALSE, sizeof (StoreDue));
  StoreClaim claim = { .due = due };
  g_autoptr (StoredGeneration) generation = NULL;
  StoreCursor cursor = { 0 };
  StoreLedger ledger;

  store->engine->claim (store, "webhook/1", SAMPLE_TIME_US, 1000, &claim, NULL);
  store->engine->holds (store, &holds, NULL);
  cursor = (StoreCursor){ 0 };
  store->engine->find_events (store, &events_query, &cursor, 1000, &events, NULL);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GPtrArray) deliveries = NULL;

      cursor = (StoreCursor){ 0 };
      store->engine->find_deliveries (store, &orders[i], &cursor, 1000, &deliveries, NULL);
    }
  store->engine->counts (store, &counts, NULL);
  store->engine->ledger (store, FALSE, &ledger, NULL);
  store->engine->ledger (store, TRUE, &ledger, NULL);
  store->engine->last_generation (store, &generation, NULL);
  for (guint i = 0; i < 40; i++)
    {
      const DeliveryKey key = { i, 1 };
      g_autofree char *id = sample_event_id (i);
      g_autoptr (StoredEvent) event = NULL;
      g_autoptr (StoredDelivery) delivery = NULL;
      g_autoptr (Event) of = NULL;
      g_autoptr (GPtrArray) deliveries = NULL;
      g_autoptr (GPtrArray) journal = NULL;

      store->engine->load_event (store, id, &event, NULL);
      store->engine->load_deliveries (store, id, &deliveries, NULL);
      store->engine->load_delivery (store, key, &delivery, &of, NULL);
      store->engine->load_journal (store, key, &journal, NULL);
    }
}

/* Bytes changed all over the file, a few at a time: never a crash. */
static void
test_any_damage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *good = NULL;
  gsize length;
  Store *store = open_store (fixture);
  guint n_refused = 0, n_failed = 0;

  fill (store);
  store_close (store);
  g_assert_true (g_file_get_contents (fixture->path, &good, &length, NULL));
  for (guint round = 0; round < 200; round++)
    {
      g_autofree char *bad = g_memdup2 (good, length);
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < 1 + round % 8; i++)
        bad[g_test_rand_int_range (0, (int) length)] = (char) g_test_rand_int ();
      g_assert_true (g_file_set_contents (fixture->path, bad, (gssize) length, NULL));
      store = store_engine_sqlite.open (fixture->folder, &error);
      if (store == NULL)
        {
          g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
          n_refused++;
          continue;
        }
      ask_everything (store);
      if (!sample_commit (
              store, &error, sample_append (1000 + round, SAMPLE_TIME_US, 3),
              sample_settle ((DeliveryKey){ 1 + round % 40, 1 }, 1, SAMPLE_TIME_US, DELIVERY_DONE),
              sample_operate ((DeliveryKey){ 1 + round % 40, 1 }, JOURNAL_REPLAY, SAMPLE_TIME_US),
              NULL))
        {
          g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
          n_failed++;
        }
      store_close (store);
    }
  g_test_message ("%u refused at opening, %u failed to commit", n_refused, n_failed);
  g_assert_true (g_file_set_contents (fixture->path, good, (gssize) length, NULL));
}

static void
test_no_database (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (8192, 'x');

  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  g_assert_null (store_engine_sqlite.open (fixture->folder, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_nonnull (strstr (error->message, "damaged"));
}

/* What a row must not hold is an error that says where. */
static void
test_bad_rows (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *sql, *place;
  } cases[] = {
    { "UPDATE delivery SET state = 2, dead = 77 WHERE id = 65537", "delivery 65537" },
    { "UPDATE delivery SET attempts = -1 WHERE id = 65537", "delivery 65537" },
    { "UPDATE delivery SET last_status = 99999999999 WHERE id = 65537", "delivery 65537" },
    { "UPDATE delivery SET state = 9 WHERE id = 65537", "event number 1" },
    { "UPDATE delivery SET route = 999 WHERE id = 65537", "route 999" },
    { "DELETE FROM body WHERE seq = 1", "event number 1 has no body" },
    { "UPDATE event SET matched = ',1,nine,' WHERE seq = 1", "event number 1" },
    { "UPDATE event SET matched = ',4711,' WHERE seq = 1", "name 4711" },
    { "UPDATE event SET bus = 4711 WHERE seq = 1", "name 4711" },
    { "UPDATE event SET body_bytes = -1 WHERE seq = 1", "event number 1" },
    { "UPDATE journal SET kind = 0 WHERE delivery = 65537", "delivery 65537" },
    { "UPDATE journal SET outcome = 6 WHERE delivery = 65537", "delivery 65537" },
    { "UPDATE counter SET kind = 99 WHERE kind = 1", "counter" },
    { "UPDATE counter SET subject = 999 WHERE kind = 6", "route 999" },
  };
  const DeliveryKey key = { 1, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *id = sample_event_id (1);
      g_autoptr (GError) error = NULL;
      g_autoptr (StoredEvent) event = NULL;
      g_autoptr (StoredDelivery) delivery = NULL;
      g_autoptr (GPtrArray) journal = NULL;
      g_autoptr (GPtrArray) counts = NULL;
      Store *store = open_store (fixture);

      g_test_message ("%s", cases[i].sql);
      sample_commit_one (store, sample_append (1, SAMPLE_TIME_US, 1));
      sample_commit_one (store, sample_settle (key, 1, SAMPLE_TIME_US, DELIVERY_WAITING));
      database_execute (((SqliteStore *) store)->writer, cases[i].sql, &error);
      g_assert_no_error (error);
      g_assert_false (store->engine->load_event (store, id, &event, &error) &&
                      store->engine->load_delivery (store, key, &delivery, NULL, &error) &&
                      store->engine->load_journal (store, key, &journal, &error) &&
                      store->engine->counts (store, &counts, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
      g_assert_nonnull (strstr (error->message, cases[i].place));
      store_close (store);
      g_assert_cmpint (g_remove (fixture->path), ==, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/store/sqlite/engine/reopen", test_reopen);
  ADD ("/store/sqlite/engine/settings", test_settings);
  ADD ("/store/sqlite/engine/private", test_private);
  ADD ("/store/sqlite/engine/no-folder", test_no_folder);
  ADD ("/store/sqlite/engine/opened-twice", test_opened_twice);
  ADD ("/store/sqlite/engine/other-process", test_other_process);
  ADD ("/store/sqlite/engine/any-damage", test_any_damage);
  ADD ("/store/sqlite/engine/no-database", test_no_database);
  ADD ("/store/sqlite/engine/bad-rows", test_bad_rows);
  return g_test_run ();
}

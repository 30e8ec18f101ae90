/* The size of the write-ahead log: brought home in idle moments, bounded without them, and when a
 * reader is in the way, growing until it is gone, without failing. */
#include "store/sqlite/sqlite-store.h"
#include "support/store-samples.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  char *log;
  Store *store;
  guint n_events;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = sample_folder_new ();
  fixture->log = g_build_filename (fixture->folder, "signalbox.db-wal", NULL);
  fixture->store = store_engine_sqlite.open (fixture->folder, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  store_close (fixture->store);
  sample_folder_free (fixture->folder);
  g_free (fixture->log);
}

static gint64
log_bytes (Fixture *fixture)
{
  GStatBuf status;

  g_assert_cmpint (g_stat (fixture->log, &status), ==, 0);
  return status.st_size;
}

/* Pages that no checkpoint has dealt with. */
static guint
log_frames (Fixture *fixture)
{
  const SqliteStore *store = (SqliteStore *) fixture->store;

  return store->log_frames - store->log_frames_tried;
}

/* Commits events of 64 KiB until that many have been written. */
static void
write_bytes (Fixture *fixture, gint64 n_bytes)
{
  g_autofree char *text = g_strnfill (65536, 'x');
  g_autoptr (GBytes) body = g_bytes_new (text, 65536);

  for (gint64 written = 0; written < n_bytes; written += 65536)
    {
      BatchItem *item = sample_append (fixture->n_events++, SAMPLE_TIME_US, 1);
      AppendEvent *append = &item->append.events[0];
      g_autoptr (Event) old = g_steal_pointer (&append->event);
      Event fields = *old;

      fields.body = body;
      append->event = event_new (&fields);
      sample_commit_one (fixture->store, item);
    }
}

#define MIB (1024 * 1024)
#define CEILING_BYTES (16 * MIB + 2 * MIB) /* and one commit more */

static void
test_ceiling (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 5; i++)
    {
      write_bytes (fixture, 8 * MIB);
      g_assert_cmpint (log_bytes (fixture), <, CEILING_BYTES);
    }
  sample_assert_ledger (fixture->store);
}

static void
test_idle (Fixture *fixture, gconstpointer data)
{
  /* A few pages are not worth a sync. */
  write_bytes (fixture, 65536);
  fixture->store->engine->idle (fixture->store);
  g_assert_cmpuint (log_frames (fixture), >, 0);
  for (guint i = 0; i < 5; i++)
    {
      write_bytes (fixture, 6 * MIB);
      fixture->store->engine->idle (fixture->store);
      g_assert_cmpuint (log_frames (fixture), ==, 0);
      /* The log is used again from its beginning. */
      g_assert_cmpint (log_bytes (fixture), <, 12 * MIB);
    }
}

static void
test_reader_in_the_way (Fixture *fixture, gconstpointer data)
{
  SqliteStore *store = (SqliteStore *) fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (Reader) reader = NULL;
  g_autoptr (Statement) select = NULL;
  gboolean has_row;

  write_bytes (fixture, MIB);
  reader = reader_take (store->searches, &error);
  g_assert_no_error (error);
  select = reader_prepare (reader, "SELECT count(*) FROM event", &error);
  g_assert_no_error (error);
  g_assert_true (statement_step (select, &has_row, "count", &error));
  g_assert_cmpint (statement_read_int (select), ==, 16);

  write_bytes (fixture, 40 * MIB);
  fixture->store->engine->idle (fixture->store);
  g_assert_null (store->idle_failure);
  g_assert_cmpint (log_bytes (fixture), >, 40 * MIB);
  statement_reset (select);
  /* It still sees what it saw at first. */
  g_assert_true (statement_step (select, &has_row, "count", &error));
  g_assert_cmpint (statement_read_int (select), ==, 16);
  statement_reset (g_steal_pointer (&select));
  g_clear_pointer (&reader, reader_give_back);

  /* Gone: the log is brought home, and begun anew by the next commit, at its proper size. */
  write_bytes (fixture, 40 * MIB);
  g_assert_cmpint (log_bytes (fixture), <=, SQLITE_LOG_LIMIT_BYTES + 2 * MIB);
  sample_assert_ledger (fixture->store);
}

/* A reader of the newest state lets everything be brought home, but not the log be begun anew: that
 * must not mean a checkpoint with every commit. */
static void
test_reader_at_the_end (Fixture *fixture, gconstpointer data)
{
  SqliteStore *store = (SqliteStore *) fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (Reader) reader = NULL;
  gint64 n;
  guint before;

  write_bytes (fixture, 6 * MIB);
  reader = reader_take (store->searches, &error);
  g_assert_no_error (error);
  g_assert_true (
      database_get_number (reader_get_database (reader), "SELECT count(*) FROM event", &n, &error));
  fixture->store->engine->idle (fixture->store);
  g_assert_cmpuint (log_frames (fixture), ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      before = log_frames (fixture);
      write_bytes (fixture, 65536);
      fixture->store->engine->idle (fixture->store);
      g_assert_cmpuint (log_frames (fixture), >, before);
    }
}

/* Closing leaves one file that holds everything. */
static void
test_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  write_bytes (fixture, MIB);
  fixture->store->engine->ledger (fixture->store, FALSE, &ledger, &error);
  g_assert_no_error (error);
  store_close (fixture->store);
  g_assert_false (g_file_test (fixture->log, G_FILE_TEST_EXISTS));
  fixture->store = store_engine_sqlite.open (fixture->folder, &error);
  g_assert_no_error (error);
  fixture->store->engine->ledger (fixture->store, TRUE, &ledger, &error);
  g_assert_cmpint (ledger.events, ==, 16);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/store/sqlite/checkpoint/ceiling", test_ceiling);
  ADD ("/store/sqlite/checkpoint/idle", test_idle);
  ADD ("/store/sqlite/checkpoint/reader-in-the-way", test_reader_in_the_way);
  ADD ("/store/sqlite/checkpoint/reader-at-the-end", test_reader_at_the_end);
  ADD ("/store/sqlite/checkpoint/close", test_close);
  return g_test_run ();
}

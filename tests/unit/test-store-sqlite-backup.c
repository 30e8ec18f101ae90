/* Copies of a store in use, what makes them stores again, and what is refused. */
#include "base/error.h"
#include "store/examine.h"
#include "store/restore.h"
#include "store/sqlite/database.h"
#include "support/store-samples.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FAST G_MAXINT32

typedef struct
{
  char *folder, *other, *file;
  Store *store;
  Clock *clock;
} Fixture;

static Store *
open_store (const char *folder)
{
  g_autoptr (GError) error = NULL;
  Store *store = store_engine_sqlite.open (folder, &error);

  g_assert_no_error (error);
  return store;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sample_folder_new ();
  fixture->other = sample_folder_new ();
  fixture->file = g_build_filename (fixture->other, "backup", NULL);
  fixture->store = open_store (fixture->folder);
  fixture->clock = clock_manual_new (SAMPLE_TIME_US + G_USEC_PER_SEC);
  for (guint i = 1; i <= 300; i++)
    sample_commit_one (fixture->store, sample_append (i, SAMPLE_TIME_US, 2));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  store_close (fixture->store);
  clock_free (fixture->clock);
  sample_folder_free (fixture->folder);
  sample_folder_free (fixture->other);
  g_free (fixture->file);
}

static gpointer
append_meanwhile (gpointer data)
{
  Fixture *fixture = data;

  for (guint i = 301; i <= 600; i++)
    sample_commit_one (fixture->store, sample_append (i, SAMPLE_TIME_US, 2));
  return NULL;
}

static gboolean
restore (Fixture *fixture, const char *folder, gboolean replace, char **out_aside, GError **error)
{
  StoreBackup restored;

  return store_restore (fixture->file, folder, replace, fixture->clock, &restored, out_aside,
                        error);
}

/* Whole commits, however many come while it is made. */
static void
test_under_load (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->other, "deep", "er", NULL);
  GThread *thread = g_thread_new ("appends", append_meanwhile, fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (Store) copy = NULL;
  g_autofree char *aside = NULL;
  StoreBackup backup = { 0 };
  StoreLedger ledger;

  fixture->store->engine->backup (fixture->store, fixture->file, FAST, &backup, &error);
  g_assert_no_error (error);
  g_thread_join (thread);
  g_assert_cmpint (backup.events, >=, 300);
  g_assert_cmpint (backup.deliveries, ==, 2 * backup.events);
  restore (fixture, folder, FALSE, &aside, &error);
  g_assert_no_error (error);
  g_assert_null (aside);
  copy = open_store (folder);
  sample_assert_ledger (copy);
  copy->engine->ledger (copy, TRUE, &ledger, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ledger.events, ==, backup.events);
  g_assert_cmpint (g_remove (fixture->file), ==, 0);
  g_clear_pointer (&copy, store_close);
  sample_folder_free (g_steal_pointer (&folder));
  folder = g_build_filename (fixture->other, "deep", NULL);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_exists (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  StoreBackup backup;

  g_assert_true (g_file_set_contents (fixture->file, "mine", -1, NULL));
  g_assert_false (
      fixture->store->engine->backup (fixture->store, fixture->file, FAST, &backup, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  g_assert_true (g_file_get_contents (fixture->file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
}

typedef struct
{
  Fixture *fixture;
  gint is_over; /* atomic */
  guint n;
} Load;

static gpointer
append_all_the_while (gpointer data)
{
  Load *load = data;

  for (load->n = 0; load->n < 20000 && !g_atomic_int_get (&load->is_over); load->n++)
    sample_commit_one (load->fixture->store, sample_append (1000 + load->n, SAMPLE_TIME_US, 2));
  return NULL;
}

/* A copy is of one moment, and ends however much is written meanwhile. */
static void
test_constant_load (Fixture *fixture, gconstpointer data)
{
  Load load = { .fixture = fixture };
  GThread *thread = g_thread_new ("load", append_all_the_while, &load);
  g_autoptr (GError) error = NULL;
  StoreBackup backup;

  fixture->store->engine->backup (fixture->store, fixture->file, 1024 * 1024, &backup, &error);
  g_atomic_int_set (&load.is_over, TRUE);
  g_thread_join (thread);
  g_assert_no_error (error);
  g_assert_cmpuint (load.n, <, 20000);
  g_assert_cmpint (backup.events, >=, 300);
  g_assert_cmpint (backup.events, <, 300 + load.n);
}

static gboolean
back_up (Fixture *fixture, GError **error)
{
  StoreBackup backup;

  return fixture->store->engine->backup (fixture->store, fixture->file, FAST, &backup, error);
}

/* What a backup that was killed has left is no obstacle to the next one. */
static void
test_rest_of_killed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *partial = g_strconcat (fixture->file, ".partial", NULL);
  g_autofree char *whole = NULL;
  const gssize lengths[] = { 0, 4096, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (partial, whole != NULL ? whole : "", lengths[i], &error));
      g_assert_no_error (error);
      back_up (fixture, &error);
      g_assert_no_error (error);
      g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
      g_clear_pointer (&whole, g_free);
      g_file_get_contents (fixture->file, &whole, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_unlink (fixture->file), ==, 0);
    }
}

static void
assert_refused (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (back_up (fixture, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
}

/* Neither somebody else's file, nor a backup that is under way, nor what a link leads to. */
static void
test_partial_of_others (Fixture *fixture, gconstpointer data)
{
  g_autofree char *partial = g_strconcat (fixture->file, ".partial", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  g_assert_true (g_file_set_contents (partial, "mine", -1, &error));
  assert_refused (fixture);
  g_assert_true (g_file_get_contents (partial, &text, NULL, &error));
  g_assert_cmpstr (text, ==, "mine");
  fd = open (partial, O_RDWR | O_TRUNC | O_CLOEXEC);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  assert_refused (fixture);
  close (fd);
  g_assert_cmpint (g_unlink (partial), ==, 0);
  g_assert_cmpint (symlink ("elsewhere", partial), ==, 0);
  g_assert_false (back_up (fixture, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (g_unlink (partial), ==, 0);
}

static gpointer
stop_soon (gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *partial = g_strconcat (fixture->file, ".partial", NULL);

  while (!g_file_test (partial, G_FILE_TEST_EXISTS))
    g_usleep (1000);
  fixture->store->engine->stop_backups (fixture->store);
  return NULL;
}

/* At a byte a second it would take days. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  GThread *thread = g_thread_new ("stops", stop_soon, fixture);
  g_autofree char *partial = g_strconcat (fixture->file, ".partial", NULL);
  g_autoptr (GError) error = NULL;
  StoreBackup backup;

  append_meanwhile (fixture);
  g_assert_false (
      fixture->store->engine->backup (fixture->store, fixture->file, 1, &backup, &error));
  g_thread_join (thread);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE);
  g_assert_false (g_file_test (fixture->file, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
}

static void
test_restore_refuses (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) running = NULL;
  g_autoptr (GError) exists = NULL;
  g_autoptr (GError) damaged = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *aside = NULL;
  StoreBackup backup;

  fixture->store->engine->backup (fixture->store, fixture->file, FAST, &backup, &error);
  g_assert_no_error (error);
  g_assert_false (restore (fixture, fixture->folder, TRUE, &aside, &running));
  g_assert_error (running, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  store_close (fixture->store);
  g_assert_false (restore (fixture, fixture->folder, FALSE, &aside, &exists));
  g_assert_error (exists, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  restore (fixture, fixture->folder, TRUE, &aside, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (aside, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpint (truncate (fixture->file, 30000), ==, 0);
  g_assert_false (restore (fixture, fixture->folder, TRUE, &aside, &damaged));
  g_assert_error (damaged, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  fixture->store = open_store (fixture->folder);
  sample_assert_ledger (fixture->store);
}

static FindingLevel
level_of (GPtrArray *findings, const char *name)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);

      g_test_message ("%s %d: %s", finding->name, finding->level, finding->text);
      if (g_str_equal (finding->name, name))
        return finding->level;
    }
  g_test_message ("There is no finding about %s", name);
  g_test_fail ();
  return FINDING_BAD;
}

/* Beside the open store, and after it was closed. */
static void
test_examine (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "permissions", "log",   "schema",   "ledger",
                                       "queues",      "clock", "integrity" };

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GPtrArray) findings = store_examine (fixture->folder, TRUE, fixture->clock);

      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        g_assert_cmpint (level_of (findings, names[i]), ==, FINDING_GOOD);
      if (round == 0)
        store_close (fixture->store);
    }
  fixture->store = open_store (fixture->folder);
}

static void
test_examine_faults (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "signalbox.db", NULL);
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (Clock) behind = clock_manual_new (SAMPLE_TIME_US - 3600 * (gint64) G_USEC_PER_SEC);
  sqlite3 *handle;

  store_close (fixture->store);
  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle,
                                 "UPDATE counter SET n = n + 1 WHERE kind = 5;"
                                 "INSERT INTO queue_size VALUES (1, 2)",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (handle);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  findings = store_examine (fixture->folder, TRUE, behind);
  g_assert_cmpint (level_of (findings, "ledger"), ==, FINDING_BAD);
  g_assert_cmpint (level_of (findings, "queues"), ==, FINDING_BAD);
  g_assert_cmpint (level_of (findings, "permissions"), ==, FINDING_WARNING);
  g_assert_cmpint (level_of (findings, "clock"), ==, FINDING_WARNING);
  none = store_examine (fixture->other, FALSE, behind);
  g_assert_cmpint (level_of (none, "store"), ==, FINDING_WARNING);
  fixture->store = open_store (fixture->folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/store/sqlite/backup/under-load", test_under_load);
  ADD ("/store/sqlite/backup/exists", test_exists);
  ADD ("/store/sqlite/backup/constant-load", test_constant_load);
  ADD ("/store/sqlite/backup/rest-of-killed", test_rest_of_killed);
  ADD ("/store/sqlite/backup/partial-of-others", test_partial_of_others);
  ADD ("/store/sqlite/backup/stopped", test_stopped);
  ADD ("/store/sqlite/backup/restore-refuses", test_restore_refuses);
  ADD ("/store/sqlite/backup/examine", test_examine);
  ADD ("/store/sqlite/backup/examine-faults", test_examine_faults);
  return g_test_run ();
}

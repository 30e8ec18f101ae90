/* Versions of the file: what is migrated, what is refused, and that a refused file is left alone.
 */
#include "base/error.h"
#include "store/sqlite/schema.h"
#include "store/store.h"
#include "support/store-samples.h"

#include <string.h>

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

static Database *
open_database (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  Database *database = database_open (fixture->path, DATABASE_WRITER, &error);

  g_assert_no_error (error);
  return database;
}

static gint64
get_number (Database *database, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 number = -1;

  database_get_number (database, sql, &number, &error);
  g_assert_no_error (error);
  return number;
}

static void
execute (Fixture *fixture, const char *sql)
{
  g_autoptr (Database) database = open_database (fixture);
  g_autoptr (GError) error = NULL;

  database_execute (database, sql, &error);
  g_assert_no_error (error);
}

static char *
read_all (const char *path, gsize *length)
{
  g_autoptr (GError) error = NULL;
  char *contents = NULL;

  g_file_get_contents (path, &contents, length, &error);
  g_assert_no_error (error);
  return contents;
}

static const char *const two_steps[] = {
  "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)",
  "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 7; UPDATE a SET x = 2",
};

/* From nothing, and from each version on the way. */
static void
test_migrates (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Database) database = open_database (fixture);
      g_autoptr (GError) error = NULL;

      schema_migrate (database, two_steps, i, &error);
      g_assert_no_error (error);
      g_assert_cmpint (get_number (database, "PRAGMA user_version"), ==, i);
      if (i > 0)
        {
          g_assert_cmpint (get_number (database, "PRAGMA application_id"), ==,
                           SCHEMA_APPLICATION_ID);
          g_assert_cmpint (get_number (database, "SELECT x FROM a"), ==, i);
        }
    }
}

static void
test_migrates_both (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Database) database = open_database (fixture);
  g_autoptr (GError) error = NULL;

  schema_migrate (database, two_steps, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_number (database, "SELECT x * 10 + y FROM a"), ==, 27);
  /* Nothing is done twice. */
  schema_migrate (database, two_steps, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_number (database, "SELECT count(*) FROM a"), ==, 1);
}

/* A step is done whole or not at all. */
static void
test_failing_step (Fixture *fixture, gconstpointer data)
{
  static const char *const broken[] = {
    "CREATE TABLE a (x INTEGER)",
    "CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1)",
  };
  g_autoptr (Database) database = open_database (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_false (schema_migrate (database, broken, 2, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "version 2"));
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_cmpint (get_number (database, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (get_number (database, "SELECT count(*) FROM sqlite_schema"), ==, 1);
}

/* The store itself, from a file of version 0: an empty one, and one that was only ever opened. */
static void
test_version_0 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Store) store = NULL;

  if (data != NULL)
    execute (fixture, data);
  else
    g_file_set_contents (fixture->path, "", 0, &error);
  g_assert_no_error (error);
  store = store_engine_sqlite.open (fixture->folder, &error);
  g_assert_no_error (error);
  sample_commit_one (store, sample_append (1, SAMPLE_TIME_US, 2));
  sample_assert_ledger (store);
}

static void
test_current (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Store *store = store_engine_sqlite.open (fixture->folder, &error);
  g_autoptr (Database) database = NULL;

  g_assert_no_error (error);
  store_close (store);
  database = open_database (fixture);
  g_assert_cmpint (get_number (database, "PRAGMA user_version"), ==, schema_n_migrations);
  g_assert_cmpint (get_number (database, "PRAGMA application_id"), ==, SCHEMA_APPLICATION_ID);
}

/* data: what makes the file one that must not be opened; then what the message must hold. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  const char *const *refused = data;
  g_autoptr (GError) error = NULL;
  gsize length_before, length_after;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  execute (fixture, refused[0]);
  before = read_all (fixture->path, &length_before);
  g_assert_null (store_engine_sqlite.open (fixture->folder, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, refused[1]));
  g_assert_nonnull (strstr (error->message, fixture->path));
  after = read_all (fixture->path, &length_after);
  g_assert_cmpmem (after, length_after, before, length_before);
}

int
main (int argc, char *argv[])
{
  static const char *const newer[] = {
    "PRAGMA application_id = 0x53674278; PRAGMA user_version = 1000; CREATE TABLE t (x)",
    "version 1000",
  };
  static const char *const negative[] = {
    "PRAGMA application_id = 0x53674278; PRAGMA user_version = -1; CREATE TABLE t (x)",
    "version -1",
  };
  static const char *const foreign[] = {
    "PRAGMA application_id = 0x0f055112; CREATE TABLE t (x)",
    "another program",
  };
  static const char *const unmarked[] = {
    "PRAGMA user_version = 1; CREATE TABLE event (x)",
    "another program",
  };

  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, run) g_test_add (path, Fixture, data, set_up, run, tear_down)
  ADD ("/store/sqlite/schema/migrates", NULL, test_migrates);
  ADD ("/store/sqlite/schema/migrates-both", NULL, test_migrates_both);
  ADD ("/store/sqlite/schema/failing-step", NULL, test_failing_step);
  ADD ("/store/sqlite/schema/version-0/empty", NULL, test_version_0);
  ADD ("/store/sqlite/schema/version-0/opened", "PRAGMA user_version = 0; VACUUM", test_version_0);
  ADD ("/store/sqlite/schema/current", NULL, test_current);
  ADD ("/store/sqlite/schema/refused/newer", newer, test_refused);
  ADD ("/store/sqlite/schema/refused/negative", negative, test_refused);
  ADD ("/store/sqlite/schema/refused/foreign", foreign, test_refused);
  ADD ("/store/sqlite/schema/refused/unmarked", unmarked, test_refused);
  return g_test_run ();
}

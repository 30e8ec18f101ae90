/* Numbers of names and routes, and of what counts: kept with the transaction, taken back with it.
 */
#include "store/sqlite/catalog.h"

#include "base/error.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/tally.h"
#include "support/store-samples.h"

typedef struct
{
  char *folder;
  Database *database;
  Catalog *catalog;
} Fixture;

static Catalog *
load (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  Catalog *catalog = catalog_new (fixture->database, &error);

  g_assert_no_error (error);
  return catalog;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  fixture->folder = sample_folder_new ();
  path = g_build_filename (fixture->folder, "test.db", NULL);
  fixture->database = database_open (path, DATABASE_WRITER, &error);
  g_assert_no_error (error);
  schema_migrate (fixture->database, schema_migrations, schema_n_migrations, &error);
  g_assert_no_error (error);
  fixture->catalog = load (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  catalog_free (fixture->catalog);
  database_close (fixture->database);
  sample_folder_free (fixture->folder);
}

static gint64
name_id (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  catalog_get_name (fixture->catalog, text, &id, &error);
  g_assert_no_error (error);
  return id;
}

static gint64
route_id (Fixture *fixture, const char *rule, const char *target, const char *connector)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  catalog_get_route (fixture->catalog, rule, target, connector, &id, &error);
  g_assert_no_error (error);
  return id;
}

static void
test_numbers (Fixture *fixture, gconstpointer data)
{
  const char *connector;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (name_id (fixture, "a"), ==, 1);
  g_assert_cmpint (name_id (fixture, "b"), ==, 2);
  g_assert_cmpint (name_id (fixture, "a"), ==, 1);
  g_assert_cmpint (route_id (fixture, "a", "b", "c"), ==, 1);
  g_assert_cmpint (route_id (fixture, "a", "c", "b"), ==, 2);
  g_assert_cmpint (route_id (fixture, "a", "b", "c"), ==, 1);
  g_assert_cmpint (name_id (fixture, "c"), ==, 3);
  catalog_keep (fixture->catalog);
  g_clear_pointer (&fixture->catalog, catalog_free);
  fixture->catalog = load (fixture);
  g_assert_cmpint (name_id (fixture, "d"), ==, 4);
  g_assert_cmpint (route_id (fixture, "a", "c", "b"), ==, 2);
  g_assert_true (catalog_get_connector (fixture->catalog, 2, &connector, NULL, &error));
  g_assert_true (connector == g_intern_string ("b"));
  g_assert_false (catalog_get_connector (fixture->catalog, 3, &connector, NULL, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
}

static void
test_take_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (route_id (fixture, "a", "b", "c"), ==, 1);
  catalog_keep (fixture->catalog);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (database_begin (fixture->database, TRUE, &error));
      g_assert_cmpint (route_id (fixture, "a", "b", "x"), ==, 2);
      g_assert_cmpint (name_id (fixture, "y"), ==, 5);
      g_assert_true (database_rollback (fixture->database, &error));
      catalog_take_back (fixture->catalog);
    }
  g_assert_cmpint (name_id (fixture, "y"), ==, 4);
  g_assert_cmpint (route_id (fixture, "a", "b", "y"), ==, 2);
  g_assert_cmpint (route_id (fixture, "a", "b", "c"), ==, 1);
}

/* Numbers that no catalog can have given. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  static const char *const damage[] = {
    "INSERT INTO name VALUES (0, 'zero')",
    "INSERT INTO name VALUES (9223372036854775807, 'last')",
    "INSERT INTO route VALUES (-4, 1, 1, 1)",
  };

  for (guint i = 0; i < G_N_ELEMENTS (damage); i++)
    {
      g_autoptr (GError) error = NULL;

      database_execute (fixture->database, damage[i], &error);
      g_assert_no_error (error);
      g_assert_null (catalog_new (fixture->database, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
      database_execute (fixture->database, "DELETE FROM name; DELETE FROM route", NULL);
    }
}

/* ---- The tally ---- */

static gint64
counter (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 n = -1;

  database_get_number (fixture->database, sql, &n, &error);
  g_assert_no_error (error);
  return n;
}

static void
test_tally (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Tally) tally = tally_new (fixture->database);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 10; i++)
    {
      tally_add (tally, COUNT_EVENTS, 0, 0, 1);
      tally_add (tally, COUNT_STATE, 7, DELIVERY_READY, 1);
      tally_add (tally, COUNT_STATE, 7, DELIVERY_DONE, i < 5 ? 1 : -1);
    }
  g_assert_true (tally_write (tally, &error));
  tally_clear (tally);
  tally_add (tally, COUNT_STATE, 7, DELIVERY_READY, -4);
  g_assert_true (tally_write (tally, &error));
  tally_clear (tally);
  tally_add (tally, COUNT_EVENTS, 0, 0, 100); /* forgotten */
  tally_clear (tally);
  g_assert_true (tally_write (tally, &error));
  g_assert_cmpint (counter (fixture, "SELECT n FROM counter WHERE kind = 1"), ==, 10);
  g_assert_cmpint (counter (fixture, "SELECT n FROM counter WHERE kind = 6 AND subject = 7"), ==,
                   6);
  /* What cancels out is not written at all. */
  g_assert_cmpint (counter (fixture, "SELECT count(*) FROM counter"), ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/store/sqlite/catalog/numbers", test_numbers);
  ADD ("/store/sqlite/catalog/take-back", test_take_back);
  ADD ("/store/sqlite/catalog/damaged", test_damaged);
  ADD ("/store/sqlite/tally", test_tally);
  return g_test_run ();
}

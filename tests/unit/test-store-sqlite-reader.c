/* The pool of reading connections: what a reader sees, who waits, what becomes of a connection that
 * failed. */
#include "store/sqlite/reader.h"

#include "base/error.h"
#include "store/sqlite/schema.h"
#include "support/store-samples.h"

typedef struct
{
  char *folder;
  char *path;
  Database *writer;
  ReaderPool *pool;
  gint n_out; /* atomic */
} Fixture;

static void
execute (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;

  database_execute (fixture->writer, sql, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = sample_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "test.db", NULL);
  fixture->writer = database_open (fixture->path, DATABASE_WRITER, &error);
  g_assert_no_error (error);
  database_prepare_for_work (fixture->writer, 1024 * 1024, &error);
  g_assert_no_error (error);
  schema_migrate (fixture->writer, schema_migrations, schema_n_migrations, &error);
  g_assert_no_error (error);
  execute (fixture,
           "INSERT INTO name VALUES (1, 'default/chat'), (2, 'chat'), (3, 'webhook/chat')");
  execute (fixture, "INSERT INTO route VALUES (1, 1, 2, 3), (2, 1, 2, 9)");
  fixture->pool = reader_pool_new (fixture->path, 2);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  reader_pool_free (fixture->pool);
  database_close (fixture->writer);
  sample_folder_free (fixture->folder);
  g_free (fixture->path);
}

static Reader *
take (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  Reader *reader = reader_take (fixture->pool, &error);

  g_assert_no_error (error);
  return reader;
}

static gint64
count_names (Reader *reader)
{
  g_autoptr (GError) error = NULL;
  gint64 n = -1;

  database_get_number (reader_get_database (reader), "SELECT count(*) FROM name", &n, &error);
  g_assert_no_error (error);
  return n;
}

/* One state from the first question until it is given back. */
static void
test_one_state (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) early = take (fixture);
  g_autoptr (Reader) late = NULL;

  g_assert_cmpint (count_names (early), ==, 3);
  execute (fixture, "INSERT INTO name VALUES (4, 'x')");
  g_assert_cmpint (count_names (early), ==, 3);
  late = take (fixture);
  g_assert_cmpint (count_names (late), ==, 4);
  g_clear_pointer (&early, reader_give_back);
  early = take (fixture);
  g_assert_cmpint (count_names (early), ==, 4);
}

static void
note_taken (Fixture *fixture)
{
  g_assert_cmpint (g_atomic_int_add (&fixture->n_out, 1), <, 2);
}

static void
give_back (Fixture *fixture, Reader *reader)
{
  g_atomic_int_add (&fixture->n_out, -1);
  reader_give_back (reader);
}

static gpointer
take_in_thread (gpointer data)
{
  Fixture *fixture = data;

  for (guint i = 0; i < 50; i++)
    {
      Reader *reader = take (fixture);

      note_taken (fixture);
      g_assert_cmpint (count_names (reader), ==, 3);
      give_back (fixture, reader);
    }
  return NULL;
}

/* No more than two are ever out: the others wait until one is back, and all get one. */
static void
test_waits (Fixture *fixture, gconstpointer data)
{
  Reader *readers[2] = { take (fixture), take (fixture) };
  GThread *threads[6];

  note_taken (fixture);
  note_taken (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", take_in_thread, fixture);
  give_back (fixture, readers[0]);
  give_back (fixture, readers[1]);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_cannot_write (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) reader = take (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_false (database_execute (reader_get_database (reader), "DELETE FROM name", &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
}

/* Connections that cannot be opened do not use up the pool. */
static void
test_failure (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "missing.db", NULL);
  g_autoptr (ReaderPool) pool = reader_pool_new (missing, 2);

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (reader_take (pool, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
    }
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) reader = take (fixture);
  g_autoptr (GError) error = NULL;
  const char *name;
  ReaderRoute route = { 0 };

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (reader_get_name (reader, 2, &name, &error));
      g_assert_cmpstr (name, ==, "chat");
      g_assert_true (reader_get_route (reader, 1, &route, &error));
      g_assert_cmpstr (route.rule, ==, "default/chat");
      g_assert_cmpstr (route.target, ==, "chat");
      g_assert_cmpstr (route.connector, ==, "webhook/chat");
    }
  g_assert_false (reader_get_name (reader, 7, &name, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_false (reader_get_route (reader, 7, &route, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_false (reader_get_route (reader, 2, &route, &error)); /* its connector has no name */
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/store/sqlite/reader/one-state", test_one_state);
  ADD ("/store/sqlite/reader/waits", test_waits);
  ADD ("/store/sqlite/reader/cannot-write", test_cannot_write);
  ADD ("/store/sqlite/reader/failure", test_failure);
  ADD ("/store/sqlite/reader/names", test_names);
  return g_test_run ();
}

/* One connection: what is bound is what is read, and which failures are told apart. */
#include "store/sqlite/database.h"

#include "base/error.h"
#include "support/store-samples.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder;
  char *path;
  Database *database;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = sample_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "test.db", NULL);
  fixture->database = database_open (fixture->path, DATABASE_WRITER, &error);
  g_assert_no_error (error);
  database_prepare_for_work (fixture->database, 1024 * 1024, &error);
  g_assert_no_error (error);
  database_execute (fixture->database, "CREATE TABLE t (i INTEGER, s TEXT, b BLOB, n TEXT)",
                    &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  database_close (fixture->database);
  sample_folder_free (fixture->folder);
  g_free (fixture->path);
}

static Statement *
prepare (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  Statement *statement = database_prepare (fixture->database, sql, &error);

  g_assert_no_error (error);
  return statement;
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  static const char select_all[] = "SELECT i, s, b, n FROM t";
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) bytes = g_bytes_new ("\0\1\2", 3);
  GBytes *const blobs[] = { bytes, empty, NULL };
  Statement *insert = prepare (fixture, "INSERT INTO t VALUES (?, ?, ?, ?)");
  g_autoptr (Statement) select = NULL;
  gboolean has_row;

  for (guint i = 0; i < G_N_ELEMENTS (blobs); i++)
    {
      g_autoptr (GError) error = NULL;

      statement_bind_int (insert, i == 0 ? G_MININT64 : G_MAXINT64);
      statement_bind_text (insert, i == 0 ? "Größe" : NULL);
      statement_bind_bytes_or_null (insert, blobs[i]);
      statement_bind_text_or_null (insert, i == 0 ? "" : NULL);
      g_assert_true (statement_run (insert, "insert", &error));
    }
  g_assert_true (prepare (fixture, select_all) == prepare (fixture, select_all));
  select = prepare (fixture, select_all);
  for (guint i = 0; i < G_N_ELEMENTS (blobs); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) blob = NULL;

      g_assert_true (statement_step (select, &has_row, "select", &error));
      g_assert_true (has_row);
      g_assert_cmpint (statement_read_int (select), ==, i == 0 ? G_MININT64 : G_MAXINT64);
      g_assert_cmpstr (statement_read_text (select), ==, i == 0 ? "Größe" : "");
      blob = statement_read_bytes_or_null (select);
      g_assert_true ((blob == NULL) == (blobs[i] == NULL));
      g_assert_true (blob == NULL || g_bytes_equal (blob, blobs[i]));
      g_assert_cmpstr (statement_read_text_or_null (select), ==, i == 0 ? "" : NULL);
      g_assert_true (statement_check_row (select, "row", i, &error));
    }
  g_assert_true (statement_step (select, &has_row, "select", NULL));
  g_assert_false (has_row);
}

/* Columns of another type than asked for, and numbers out of range. */
static void
test_damaged_row (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Statement) select = prepare (fixture, "SELECT 1.5, 2, x'00', 'x', 70, NULL");
  gboolean has_row;

  for (guint column = 0; column < 6; column++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;

      g_assert_true (statement_step (select, &has_row, "select", &error));
      g_assert_true (has_row);
      select->column = (int) column;
      if (column == 0)
        g_assert_cmpint (statement_read_int (select), ==, 0);
      else if (column == 1 || column == 2)
        g_assert_cmpstr (statement_read_text (select), ==, "");
      else if (column == 3)
        bytes = statement_read_bytes_or_null (select);
      else if (column == 4)
        g_assert_cmpint (statement_read_int_between (select, 1, 6), ==, 1);
      else
        g_assert_cmpstr (statement_read_text (select), ==, "");
      g_assert_null (bytes);
      g_assert_false (statement_check_row (select, "thing", 12, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
      g_assert_nonnull (strstr (error->message, "thing 12"));
      g_assert_nonnull (strstr (error->message, fixture->path));
      statement_reset (select);
    }
}

static void
test_transactions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 n;

  g_assert_true (database_rollback (fixture->database, &error)); /* none is open */
  g_assert_true (database_begin (fixture->database, TRUE, &error));
  g_assert_true (database_execute (fixture->database, "INSERT INTO t (i) VALUES (1)", &error));
  g_assert_true (database_rollback (fixture->database, &error));
  g_assert_true (database_begin (fixture->database, TRUE, &error));
  g_assert_true (database_execute (fixture->database, "INSERT INTO t (i) VALUES (1)", &error));
  g_assert_true (database_commit (fixture->database, &error));
  g_assert_true (database_get_number (fixture->database, "SELECT count(*) FROM t", &n, &error));
  g_assert_cmpint (n, ==, 1);
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *sql;
    RouterError code;
  } cases[] = {
    { "nonsense", ROUTER_ERROR_STORAGE },
    { "INSERT INTO nowhere VALUES (1)", ROUTER_ERROR_STORAGE },
    { "PRAGMA max_page_count = 1; INSERT INTO t (b) VALUES (zeroblob (100000))",
      ROUTER_ERROR_FULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].sql);
      g_assert_false (database_execute (fixture->database, cases[i].sql, &error));
      g_assert_error (error, ROUTER_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, fixture->path));
    }
  g_autoptr (GError) error = NULL;
  g_assert_null (database_prepare (fixture->database, "SELECT nothing FROM t", &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
}

/* Binding more than there is room for is noticed when it runs. */
static void
test_bad_bind (Fixture *fixture, gconstpointer data)
{
  Statement *insert = prepare (fixture, "INSERT INTO t (i) VALUES (?)");
  g_autoptr (GError) error = NULL;

  statement_bind_int (insert, 1);
  statement_bind_int (insert, 2);
  g_assert_false (statement_run (insert, "insert", &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_clear_error (&error);
  statement_bind_int (insert, 1);
  g_assert_true (statement_run (insert, "insert", &error));
}

static void
test_open (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "no", "such.db", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (database_open (missing, DATABASE_WRITER, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, missing));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/store/sqlite/database/round-trip", test_round_trip);
  ADD ("/store/sqlite/database/damaged-row", test_damaged_row);
  ADD ("/store/sqlite/database/transactions", test_transactions);
  ADD ("/store/sqlite/database/errors", test_errors);
  ADD ("/store/sqlite/database/bad-bind", test_bad_bind);
  ADD ("/store/sqlite/database/open", test_open);
  return g_test_run ();
}

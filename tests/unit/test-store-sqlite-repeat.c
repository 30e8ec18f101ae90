/* Keys of requests in the file: kept over a restart, and not piling up. */
#include "store/sqlite/sqlite-store.h"
#include "support/store-samples.h"

typedef struct
{
  char *folder;
  Store *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = sample_folder_new ();
  fixture->store = store_engine_sqlite.open (fixture->folder, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  store_close (fixture->store);
  sample_folder_free (fixture->folder);
}

static gint64
count_keys (Fixture *fixture)
{
  SqliteStore *store = (SqliteStore *) fixture->store;
  g_autoptr (GError) error = NULL;
  gint64 n = -1;

  database_get_number (store->writer, "SELECT count(*) FROM repeat", &n, &error);
  g_assert_no_error (error);
  return n;
}

static void
test_reopen (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BatchItem) again = sample_append_repeat (2, SAMPLE_TIME_US + 1, "a", 'x',
                                                      SAMPLE_TIME_US + 10);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  Batch batch = { .items = items };
  g_autoptr (GError) error = NULL;

  sample_commit_one (fixture->store,
                     sample_append_repeat (1, SAMPLE_TIME_US, "a", 'x', SAMPLE_TIME_US + 10));
  store_close (fixture->store);
  fixture->store = store_engine_sqlite.open (fixture->folder, &error);
  g_assert_no_error (error);
  g_ptr_array_add (items, again);
  store_engine_sqlite.commit (fixture->store, &batch, &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->append.repeat->out_verdict, ==, REPEAT_SAME);
  g_assert_cmpstr (again->append.repeat->out_answer, ==, "answer 1");
}

/* Without one idle moment: what commits add they take away, once it has expired. */
static void
test_busy (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *key = g_strdup_printf ("key-%u", i);

      sample_commit_one (fixture->store, sample_append_repeat (i + 1, SAMPLE_TIME_US + i, key, 'x',
                                                               SAMPLE_TIME_US + i + 20));
      g_assert_cmpint (count_keys (fixture), <=, 21);
    }
}

static void
test_idle (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *key = g_strdup_printf ("key-%u", i);

      sample_commit_one (fixture->store, sample_append_repeat (i + 1, SAMPLE_TIME_US, key, 'x',
                                                               SAMPLE_TIME_US + 5));
    }
  store_engine_sqlite.idle (fixture->store);
  g_assert_cmpint (count_keys (fixture), ==, 50);
  sample_commit_one (fixture->store, sample_append (99, SAMPLE_TIME_US + 5, 0));
  store_engine_sqlite.idle (fixture->store);
  g_assert_cmpint (count_keys (fixture), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/sqlite/repeat/reopen", Fixture, NULL, set_up, test_reopen, tear_down);
  g_test_add ("/store/sqlite/repeat/busy", Fixture, NULL, set_up, test_busy, tear_down);
  g_test_add ("/store/sqlite/repeat/idle", Fixture, NULL, set_up, test_idle, tear_down);
  return g_test_run ();
}

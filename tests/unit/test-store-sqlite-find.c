/* How searches find: for every combination of filters the plan is a walk along an index from the
 * cursor's place, without a scan of a table that grows and without sorting.  That the answers are
 * right is for the conformance suite and the random comparison; a slow plan gives right answers
 * too. */
#include "store/sqlite/find.h"
#include "store/sqlite/sqlite-store.h"
#include "support/store-samples.h"

#include <string.h>

typedef struct
{
  char *folder;
  Store *store;
  Database *database;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = sample_folder_new ();
  fixture->store = store_engine_sqlite.open (fixture->folder, &error);
  g_assert_no_error (error);
  fixture->database = ((SqliteStore *) fixture->store)->writer;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  store_close (fixture->store);
  sample_folder_free (fixture->folder);
}

/* One line a step of the plan. */
static char *
explain (Fixture *fixture, const char *sql)
{
  g_autofree char *text = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  sqlite3_stmt *statement;
  GString *plan = g_string_new (NULL);

  g_assert_cmpint (sqlite3_prepare_v2 (fixture->database->handle, text, -1, &statement, NULL), ==,
                   SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_string_append_printf (plan, "%s\n", sqlite3_column_text (statement, 3));
  sqlite3_finalize (statement);
  return g_string_free (plan, FALSE);
}

/* walk: the step by which rows are met, as far as it must be. */
static void
assert_plan (Fixture *fixture, const char *sql, const char *walk)
{
  g_autofree char *plan = explain (fixture, sql);

  g_test_message ("%s\n%s", sql, plan);
  g_assert_nonnull (strstr (plan, walk));
  g_assert_null (strstr (plan, "SCAN i"));
  g_assert_null (strstr (plan, "SCAN d"));
  g_assert_null (strstr (plan, "SCAN e"));
  g_assert_null (strstr (plan, "TEMP B-TREE"));
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  const StoreCursor cursors[] = { { 0 }, { SAMPLE_TIME_US, 4, 0 } };

  for (guint bits = 0; bits < 1 << 11; bits++)
    for (int matched = -1; matched <= 1; matched++)
      {
        const EventQuery query = {
          .source = bits & 1 ? "shop" : NULL,
          .bus = bits & 2 ? "default" : NULL,
          .ingress = bits & 4 ? "api" : NULL,
          .detail_type = bits & 8 ? "Order Paid" : NULL,
          .rule = bits & 16 ? "default/chat" : NULL,
          .from_us = bits & 32 ? SAMPLE_TIME_US : 0,
          .to_us = bits & 64 ? SAMPLE_TIME_US : 0,
          .matched = matched,
          .connector = bits & 256 ? "webhook/chat" : NULL,
          .status = bits & 512 ? 503 : 0,
          .states = bits & 1024 ? DELIVERY_STATE_BIT (DELIVERY_DEAD) : 0,
        };
        g_autoptr (Filter) filter = find_events_filter (&query, &cursors[(bits >> 7) & 1]);
        g_autofree char *walk = g_strdup_printf ("SEARCH e USING INDEX %s (%sreceived_us<?)",
                                                 matched == 0 ? "event_unmatched"
                                                              : "event_received",
                                                 bits & 32 ? "received_us>? AND " : "");

        assert_plan (fixture, filter_get_sql (filter), walk);
        if (bits >= 256)
          assert_plan (fixture, filter_get_sql (filter),
                       "SEARCH d USING PRIMARY KEY (id>? AND id<?)");
      }
}

static DeliveryQuery
delivery_query (guint bits)
{
  return (DeliveryQuery){
    .connector = bits & 1 ? "webhook/chat" : NULL,
    .rule = bits & 2 ? "default/chat" : NULL,
    .target = bits & 4 ? "t" : NULL,
    .source = bits & 8 ? "shop" : NULL,
    .detail_type = bits & 16 ? "Order Paid" : NULL,
    .error_code = bits & 32 ? "TIMEOUT" : NULL,
    .status = bits & 64 ? 503 : 0,
    .from_us = bits & 128 ? SAMPLE_TIME_US : 0,
    .to_us = bits & 256 ? SAMPLE_TIME_US : 0,
  };
}

static void
test_newest (Fixture *fixture, gconstpointer data)
{
  const StoreCursor cursor = { SAMPLE_TIME_US, 4, 1 };

  for (guint bits = 0; bits < 1 << 9; bits++)
    {
      const DeliveryQuery query = delivery_query (bits);
      g_autoptr (Filter) filter = find_newest_filter (&query, &cursor, DELIVERY_DEAD);

      /* The whole place (time, id) is sought, not only the time. */
      assert_plan (
          fixture, filter_get_sql (filter),
          bits & 128 ? "SEARCH i USING COVERING INDEX delivery_state (state=? AND changed_us>? AND"
                       " (changed_us,id)<(?,?))"
                     : "SEARCH i USING COVERING INDEX delivery_state (state=? AND"
                       " (changed_us,id)<(?,?))");
    }
}

static void
test_group (Fixture *fixture, gconstpointer data)
{
  const StoreCursor cursor = { SAMPLE_TIME_US, 4, 1 };

  for (guint bits = 0; bits < 1 << 9; bits++)
    {
      const DeliveryQuery query = delivery_query (bits);
      g_autoptr (Filter) filter = find_group_filter (&query, &cursor, 3);

      assert_plan (fixture, filter_get_sql (filter),
                   bits & 128 ? "SEARCH i USING INDEX delivery_dead (dead_group=? AND changed_us>?"
                                " AND (changed_us,id)<(?,?))"
                              : "SEARCH i USING INDEX delivery_dead (dead_group=? AND"
                                " (changed_us,id)<(?,?))");
    }
}

static void
test_operation (Fixture *fixture, gconstpointer data)
{
  const StoreCursor cursor = { SAMPLE_TIME_US, 4, 1 };

  for (guint bits = 0; bits < 1 << 9; bits++)
    {
      DeliveryQuery query = delivery_query (bits);
      g_autoptr (Filter) filter = NULL;

      query.operation = 7;
      filter = find_newest_filter (&query, &cursor, DELIVERY_DISCARDED);
      assert_plan (fixture, filter_get_sql (filter),
                   bits & 128 ? "INDEX delivery_operation (operation=? AND state=?"
                                " AND changed_us>? AND (changed_us,id)<(?,?))"
                              : "INDEX delivery_operation (operation=? AND state=?"
                                " AND (changed_us,id)<(?,?))");
    }
}

static void
test_due (Fixture *fixture, gconstpointer data)
{
  const StoreCursor cursor = { SAMPLE_TIME_US, 4, 1 };

  for (guint bits = 0; bits < 1 << 11; bits++)
    {
      DeliveryQuery query = delivery_query (bits);
      g_autoptr (Filter) filter = NULL;

      query.order = DELIVERY_ORDER_DUE;
      if (bits & 512)
        query.states = DELIVERY_STATE_BIT (bits & 1024 ? DELIVERY_WAITING : DELIVERY_HELD);
      filter = find_due_filter (&query, &cursor, 3, 4);
      assert_plan (fixture, filter_get_sql (filter),
                   "SEARCH i USING COVERING INDEX delivery_queue (connector=? AND priority=? AND"
                   " (due_us,id)>(?,?))");
    }
}

/* A filter on the route is decided within the index: rows of other connectors are never fetched.
 * SQLite counts how often a page is asked for; one for each row in vain would be 400. */
static void
test_other_connectors_cost_little (Fixture *fixture, gconstpointer data)
{
  static const char *const busy[] = { "webhook/busy", "webhook/busy", NULL };
  static const char *const rare[] = { "webhook/rare", NULL };
  const DeliveryQuery query = { .connector = "webhook/rare" };
  const StoreCursor cursor = { 0 };
  g_autoptr (Filter) filter = find_newest_filter (&query, &cursor, DELIVERY_READY);
  g_autoptr (Statement) select = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_row = TRUE;
  int n_pages, unused;
  guint n = 0;

  for (guint i = 0; i < 200; i++)
    {
      BatchItem *item = batch_item_new_append (1);

      sample_append_fill (&item->append.events[0], i, SAMPLE_TIME_US + i, i == 3 ? rare : busy);
      sample_commit_one (fixture->store, item);
    }
  select = database_prepare_search (fixture->database, filter_get_sql (filter), &error);
  g_assert_no_error (error);
  filter_bind (filter, select);
  sqlite3_db_status (fixture->database->handle, SQLITE_DBSTATUS_CACHE_HIT, &n_pages, &unused, 1);
  while (has_row)
    {
      g_assert_true (statement_step (select, &has_row, "search", &error));
      n += has_row;
    }
  g_assert_cmpuint (n, ==, 1);
  sqlite3_db_status (fixture->database->handle, SQLITE_DBSTATUS_CACHE_HIT, &n_pages, &unused, 1);
  g_test_message ("%d pages", n_pages);
  g_assert_cmpint (n_pages, <, 100);
}

/* What the writer runs: each statement seeks what it changes. */
static void
test_writing_seeks (Fixture *fixture, gconstpointer data)
{
  sqlite3_stmt *statement = NULL;
  guint n = 0;

  for (guint i = 0; i < 30; i++)
    {
      DeliveryKey key = { i + 1, 1 };

      sample_commit_one (fixture->store, sample_append (i, SAMPLE_TIME_US, 2));
      sample_commit_one (fixture->store, sample_settle (key, 1, SAMPLE_TIME_US, DELIVERY_DEAD));
      sample_commit_one (fixture->store, sample_settle (key, 1, SAMPLE_TIME_US, DELIVERY_DEAD));
      sample_commit_one (fixture->store, sample_operate (key, JOURNAL_DISCARD, SAMPLE_TIME_US));
      sample_commit_one (fixture->store, sample_operate (key, JOURNAL_REPLAY, SAMPLE_TIME_US));
    }
  while ((statement = sqlite3_next_stmt (fixture->database->handle, statement)) != NULL)
    {
      g_test_message ("%s", sqlite3_sql (statement));
      g_assert_cmpint (sqlite3_stmt_status (statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0), ==, 0);
      g_assert_cmpint (sqlite3_stmt_status (statement, SQLITE_STMTSTATUS_SORT, 0), ==, 0);
      n++;
    }
  g_assert_cmpuint (n, >=, 15);
}

/* Clients choose the filters, so the number of statements must not depend on them. */
static void
test_searches_are_forgotten (Fixture *fixture, gconstpointer data)
{
  sqlite3_stmt *statement = NULL;
  guint n = 0;

  for (guint bits = 0; bits < 1 << 9; bits++)
    {
      const DeliveryQuery query = delivery_query (bits);
      StoreCursor cursor = { 0 };
      g_autoptr (GPtrArray) deliveries = NULL;
      g_autoptr (Filter) filter = find_newest_filter (&query, &cursor, DELIVERY_DEAD);
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (
          database_prepare_search (fixture->database, filter_get_sql (filter), &error));
      g_assert_true (database_prepare_search (fixture->database, filter_get_sql (filter), &error) ==
                     database_prepare_search (fixture->database, filter_get_sql (filter), &error));
      database_forget_searches (fixture->database);
      fixture->store->engine->find_deliveries (fixture->store, &query, &cursor, 1, &deliveries,
                                               &error);
      g_assert_no_error (error);
    }
  while ((statement = sqlite3_next_stmt (fixture->database->handle, statement)) != NULL)
    n++;
  g_assert_cmpuint (n, <, 80);
}

/* All numbers of deliveries, page by page. */
static char *
collect (Fixture *fixture, const DeliveryQuery *query, guint limit, guint *out_n_pages)
{
  GString *text = g_string_new (NULL);
  StoreCursor cursor = { 0 };
  guint n;

  *out_n_pages = 0;
  do
    {
      g_autoptr (GPtrArray) page = NULL;
      g_autoptr (GError) error = NULL;

      cursor.is_cut = FALSE;
      fixture->store->engine->find_deliveries (fixture->store, query, &cursor, limit, &page,
                                               &error);
      g_assert_no_error (error);
      n = page->len;
      for (guint i = 0; i < n; i++)
        {
          DeliveryKey key = ((const StoredDelivery *) page->pdata[i])->key;

          g_string_append_printf (text, "%d-%u ", (int) key.event_seq, key.index);
        }
      (*out_n_pages)++;
    }
  while (n == limit || cursor.is_cut);
  return g_string_free (text, FALSE);
}

/* A search that ends its pages for want of time finds the same as one that has all of it. */
static void
test_stretches (Fixture *fixture, gconstpointer data)
{
  DeliveryQuery queries[] = { { .order = DELIVERY_ORDER_NEWEST },
                              { .order = DELIVERY_ORDER_NEWEST, .status = 503 },
                              { .order = DELIVERY_ORDER_NEWEST, .status = 418 } };

  for (guint i = 1; i <= 3; i++)
    sample_commit_one (fixture->store, sample_append (i, SAMPLE_TIME_US + i * 10, 3000));
  for (guint i = 1; i <= 3; i++)
    sample_commit_one (fixture->store, sample_settle ((DeliveryKey){ i, 700 }, 1,
                                                      SAMPLE_TIME_US + 5 * i, DELIVERY_DEAD));
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      guint n_whole, n_cut;
      g_autofree char *whole = collect (fixture, &queries[i], 1000, &n_whole);
      g_autofree char *cut = NULL;

      queries[i].budget_us = 1;
      cut = collect (fixture, &queries[i], 1000, &n_cut);
      g_assert_cmpstr (cut, ==, whole);
      if (i > 0)
        g_assert_cmpuint (n_cut, >, n_whole);
    }
}

static void
test_cursors (void)
{
  const StoreCursor start = { 0 };
  const StoreCursor place = { 5, 3, 2 };
  const StoreCursor beyond = { 5, G_MAXINT64, 2 };
  const StoreCursor negative = { 5, -3, 2 };
  const StoreCursor wide = { 5, 3, G_MAXUINT32 };

  g_assert_true (find_cursor_is_start (&start));
  g_assert_false (find_cursor_is_start (&place));
  g_assert_cmpint (find_cursor_id (&place), ==, 3 * 65536 + 2);
  g_assert_cmpint (find_cursor_id (&beyond), ==, G_MAXINT64);
  g_assert_cmpint (find_cursor_id (&negative), ==, 2);
  g_assert_cmpint (find_cursor_id (&wide), ==, 3 * 65536 + 65535);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, run) g_test_add (path, Fixture, NULL, set_up, run, tear_down)
  ADD ("/store/sqlite/find/events", test_events);
  ADD ("/store/sqlite/find/newest", test_newest);
  ADD ("/store/sqlite/find/due", test_due);
  ADD ("/store/sqlite/find/group", test_group);
  ADD ("/store/sqlite/find/operation", test_operation);
  ADD ("/store/sqlite/find/other-connectors", test_other_connectors_cost_little);
  ADD ("/store/sqlite/find/writing-seeks", test_writing_seeks);
  ADD ("/store/sqlite/find/stretches", test_stretches);
  ADD ("/store/sqlite/find/searches-are-forgotten", test_searches_are_forgotten);
  g_test_add_func ("/store/sqlite/find/cursors", test_cursors);
  return g_test_run ();
}

/* Replay and discard: by id, by event, by filter; more than a chunk; what cannot be done is
 * counted. */
#include "support/control-world.h"

#include "base/error.h"

/* Event number with n dead deliveries. */
static void
add_dead (World *world, guint64 number, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = sample_event_id (number);
  g_autoptr (GPtrArray) deliveries = NULL;

  sample_commit_one (world->store, sample_append (number, SAMPLE_TIME_US + (gint64) number, n));
  g_assert_true (world->store->engine->load_deliveries (world->store, id, &deliveries, &error));
  for (guint i = 0; i < n; i++)
    {
      const StoredDelivery *delivery = deliveries->pdata[i];

      sample_commit_one (world->store,
                         sample_settle (delivery->key, 1, SAMPLE_TIME_US + 1000000, DELIVERY_DEAD));
    }
}

static gint64
count (World *world, DeliveryState state)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  g_assert_true (world->store->engine->ledger (world->store, FALSE, &ledger, &error));
  return ledger.by_state[state];
}

static OperateResult
by_ids (World *world, JournalKind kind, const char *const *ids)
{
  g_autoptr (GError) error = NULL;
  OperateResult result;

  g_assert_true (
      control_operate_ids (world->control, kind, NULL, ids, "ada", "why", &result, &error));
  g_assert_no_error (error);
  return result;
}

static void
test_ids (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *one = sample_event_id (1);
  g_autofree char *two = sample_event_id (2);
  g_autofree char *delivery = g_strconcat (one, "-2", NULL);
  OperateResult result;

  add_dead (world, 1, 3);
  add_dead (world, 2, 2);
  result = by_ids (world, JOURNAL_REPLAY,
                   (const char *const[]){ delivery, delivery, two, "nonsense", NULL });
  g_assert_cmpuint (result.applied, ==, 3);
  g_assert_cmpuint (result.skipped, ==, 2); /* twice the same, and the unknown one */
  g_assert_cmpuint (world->due->len, ==, 3);
  g_assert_cmpint (count (world, DELIVERY_READY), ==, 3);

  result = by_ids (world, JOURNAL_DISCARD, (const char *const[]){ one, NULL });
  g_assert_cmpuint (result.applied, ==, 2);
  g_assert_cmpint (count (world, DELIVERY_DISCARDED), ==, 2);
  g_assert_cmpuint (world->due->len, ==, 3);
  sample_assert_ledger (world->store);
}

/* Of two discards one is taken back, and only what it took. */
static void
test_one_discard_is_undone (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *one = sample_event_id (1);
  g_autofree char *two = sample_event_id (2);
  g_autoptr (GError) error = NULL;
  OperateResult first, second, undone, again;
  DeliveryQuery query = { 0 };

  add_dead (world, 1, 3);
  add_dead (world, 2, 2);
  first = by_ids (world, JOURNAL_DISCARD, (const char *const[]){ one, NULL });
  second = by_ids (world, JOURNAL_DISCARD, (const char *const[]){ two, NULL });
  g_assert_cmpint (second.operation, >, first.operation);
  query.operation = second.operation;
  g_assert_true (control_operate_query (world->control, JOURNAL_RESTORE, NULL, 0, &query, "ada", "",
                                        &undone, &error));
  g_assert_cmpuint (undone.applied, ==, 2);
  g_assert_cmpint (count (world, DELIVERY_DISCARDED), ==, 3);
  g_assert_cmpint (count (world, DELIVERY_DEAD), ==, 2);
  g_assert_true (control_operate_query (world->control, JOURNAL_RESTORE, NULL, 0, &query, "ada", "",
                                        &again, &error));
  g_assert_cmpuint (again.applied, ==, 0);
}

/* The clock was set back: what is there is meant all the same. */
static void
test_dated_later (void)
{
  static const JournalKind kinds[] = { JOURNAL_RETRY,   JOURNAL_GIVE_UP, JOURNAL_REPLAY,
                                       JOURNAL_GIVE_UP, JOURNAL_DISCARD, JOURNAL_RESTORE };
  g_autoptr (World) world = world_new ();
  gint64 later_us = clock_wall_us (world->clock) + G_TIME_SPAN_DAY;
  const DeliveryQuery all = { 0 };

  for (guint i = 1; i <= 5; i++)
    sample_commit_one (world->store, sample_append (i, later_us + i, 2));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GError) error = NULL;
      OperateResult result;

      g_assert_true (control_operate_query (world->control, kinds[i], NULL, 0, &all, "ada", "",
                                            &result, &error));
      g_assert_cmpuint (result.applied, ==, 10);
    }
  g_assert_cmpint (count (world, DELIVERY_DEAD), ==, 10);
  sample_assert_ledger (world->store);
}

static void
test_query (void)
{
  enum
  {
    N = 600 /* more than two chunks */
  };
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  DeliveryQuery none = { .connector = "webhook/none" };
  DeliveryQuery all = { 0 };
  OperateResult result;

  for (guint64 i = 1; i <= N; i++)
    add_dead (world, i, 1);
  g_assert_true (control_operate_query (world->control, JOURNAL_REPLAY, NULL, 0, &none, "ada", "",
                                        &result, &error));
  g_assert_cmpuint (result.applied, ==, 0);
  g_assert_true (control_operate_query (world->control, JOURNAL_REPLAY, NULL, 0, &all, "ada", "",
                                        &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.applied, ==, N);
  g_assert_cmpuint (result.skipped, ==, 0);
  g_assert_cmpuint (world->due->len, ==, N);
  g_assert_cmpint (count (world, DELIVERY_DEAD), ==, 0);
  sample_assert_ledger (world->store);
}

static void
test_stopped (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *one = sample_event_id (1);
  OperateResult result;

  add_dead (world, 1, 1);
  writer_stop (world->writer);
  g_assert_false (control_operate_ids (world->control, JOURNAL_REPLAY, NULL,
                                       (const char *const[]){ one, NULL }, "ada", "", &result,
                                       &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/operate/dated-later", test_dated_later);
  g_test_add_func ("/control/operate/one-discard-is-undone", test_one_discard_is_undone);
  g_test_add_func ("/control/operate/ids", test_ids);
  g_test_add_func ("/control/operate/query", test_query);
  g_test_add_func ("/control/operate/stopped", test_stopped);
  return g_test_run ();
}

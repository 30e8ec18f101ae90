/* Items as values: what is made empty, and that everything in them is freed (under a leak checker).
 */
#include "support/store-samples.h"

static void
test_new (void)
{
  g_autoptr (BatchItem) append = batch_item_new_append (3);
  g_autoptr (BatchItem) settle = batch_item_new_settle ();
  g_autoptr (BatchItem) operate = batch_item_new_operate (2);
  g_autoptr (BatchItem) generation = batch_item_new_generation ();

  g_assert_cmpint (append->kind, ==, BATCH_APPEND);
  g_assert_cmpuint (append->append.n_events, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_null (append->append.events[i].event);
      g_assert_cmpuint (append->append.events[i].n_deliveries, ==, 0);
    }
  g_assert_cmpint (settle->kind, ==, BATCH_SETTLE);
  g_assert_null (settle->settlement.entry);
  g_assert_cmpint (operate->kind, ==, BATCH_OPERATE);
  g_assert_cmpuint (operate->operate.n_actions, ==, 2);
  g_assert_null (operate->operate.actions[1].entry);
  g_assert_cmpint (generation->kind, ==, BATCH_GENERATION);
  g_assert_null (generation->generation.content);
}

static void
test_free (void)
{
  const DeliveryKey key = { 1, 1 };

  batch_item_free (NULL);
  journal_entry_free (NULL);
  batch_item_free (batch_item_new_append (0));
  batch_item_free (sample_append (1, SAMPLE_TIME_US, 3));
  batch_item_free (sample_settle (key, 1, SAMPLE_TIME_US, DELIVERY_DONE));
  batch_item_free (sample_operate (key, JOURNAL_REPLAY, SAMPLE_TIME_US));
  batch_item_free (sample_generation (1, SAMPLE_TIME_US));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/batch/new", test_new);
  g_test_add_func ("/store/batch/free", test_free);
  return g_test_run ();
}

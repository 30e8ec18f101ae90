#include "sb-comparison.h"
#include "sb-json.h"
#include "support.h"

/* It is replayed, and the target takes it. */
static void
arrive (World *world, const char *id)
{
  guint n_done = fake_router_count_state (world->router, "done");
  const char *const ids[] = { id, NULL };
  g_autoptr (GAsyncResult) result = NULL;

  sb_client_operate_async (world->client, SB_OPERATION_REPLAY, &(SbDeadLetters){ .ids = ids }, NULL,
                           take_result_cb, &result);
  wait_until (fake_router_count_state (world->router, "done") > n_done);
  wait_until (result != NULL);
}

static void
test_compare (World *world, gconstpointer data)
{
  g_autoptr (SbComparison) comparison = sb_comparison_new (world->client);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (SbItem) delivery = NULL;
  guint n_all = 0;

  sb_client_get_page_async (world->client, "deliveries",
                            "state=dead&order=newest&connector=webhook%2Fbilling", NULL, 10, NULL,
                            take_result_cb, &result);
  wait_until (result != NULL);
  answer = sb_client_get_finish (world->client, result, NULL);
  objects = sb_json_objects (answer, "deliveries");
  g_assert_cmpuint (objects->len, >, 1);
  arrive (world, sb_json_string (g_ptr_array_index (objects, 1), "id"));
  delivery = sb_item_new (SB_TYPE_DELIVERY, g_ptr_array_index (objects, 0));

  g_assert_null (sb_comparison_get_changes (comparison, &n_all));
  sb_comparison_set_delivery (comparison, SB_DELIVERY (delivery));
  wait_until (sb_comparison_get_changes (comparison, &n_all) != NULL);
  g_assert_cmpuint (n_all, >, 0);
  g_assert_cmpstr (sb_comparison_get_event (comparison), !=,
                   sb_delivery_get_event (SB_DELIVERY (delivery)));
  sb_comparison_set_delivery (comparison, NULL);
  g_assert_null (sb_comparison_get_changes (comparison, &n_all));
  g_assert_cmpstr (sb_comparison_get_event (comparison), ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/comparison/compare", World, NULL, world_set_up, test_compare, world_tear_down);
  return g_test_run ();
}

#include "sb-delivery.h"
#include "sb-event.h"
#include "sb-paged-list.h"
#include "support.h"

typedef struct
{
  World world;
  SbPagedList *list;
  guint n_settled;
  GString *changes; /* "position-removed+added " */
} Fixture;

static void
settled_cb (Fixture *fixture, GError *error)
{
  g_assert_no_error (error);
  fixture->n_settled++;
}

static void
items_changed_cb (Fixture *fixture, guint position, guint removed, guint added)
{
  g_string_append_printf (fixture->changes, "%u-%u+%u ", position, removed, added);
}

static void
make_list (Fixture *fixture, GType type, const char *query, guint page_size)
{
  fixture->list = sb_paged_list_new (fixture->world.client, type, query, page_size);
  g_signal_connect_swapped (fixture->list, "settled", G_CALLBACK (settled_cb), fixture);
  g_signal_connect_swapped (fixture->list, "items-changed", G_CALLBACK (items_changed_cb), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  world_set_up (&fixture->world, data);
  fixture->changes = g_string_new ("");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->list);
  g_string_free (fixture->changes, TRUE);
  world_tear_down (&fixture->world, data);
}

static guint
n_items (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->list));
}

static void
refresh (Fixture *fixture)
{
  guint before = fixture->n_settled;

  sb_paged_list_refresh (fixture->list);
  wait_until (fixture->n_settled > before);
}

static void
replay (Fixture *fixture, guint position)
{
  g_autoptr (SbItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->list), position);
  const char *ids[] = { sb_item_get_id (item), NULL };
  g_autoptr (GAsyncResult) result = NULL;
  gint64 applied, skipped;

  sb_client_operate_async (fixture->world.client, SB_OPERATION_REPLAY,
                           &(SbDeadLetters){ .ids = ids }, NULL, take_result_cb, &result);
  wait_until (result != NULL);
  g_assert_true (
      sb_client_operate_finish (fixture->world.client, result, &applied, &skipped, NULL));
  g_assert_cmpint (applied, ==, 1);
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  make_list (fixture, SB_TYPE_EVENT, "", 10);
  g_assert_false (sb_paged_list_get_loaded (fixture->list));
  refresh (fixture);
  g_assert_cmpuint (n_items (fixture), ==, 10);
  g_assert_true (sb_paged_list_get_loaded (fixture->list));
  g_assert_false (sb_paged_list_get_complete (fixture->list));

  while (!sb_paged_list_get_complete (fixture->list))
    {
      guint before = fixture->n_settled;

      sb_paged_list_load_more (fixture->list);
      wait_until (fixture->n_settled > before);
    }
  g_assert_cmpuint (n_items (fixture), ==, 41);
  g_assert_cmpstr (fixture->changes->str, ==, "0-0+10 10-0+10 20-0+10 30-0+10 40-0+1 ");
  sb_paged_list_load_more (fixture->list);
  g_assert_false (sb_paged_list_get_loading (fixture->list));

  /* Nothing is new: nobody is told, and the rows are the same objects. */
  {
    g_autoptr (SbItem) before = g_list_model_get_item (G_LIST_MODEL (fixture->list), 33);
    g_autoptr (SbItem) after = NULL;

    g_string_truncate (fixture->changes, 0);
    refresh (fixture);
    after = g_list_model_get_item (G_LIST_MODEL (fixture->list), 33);
    g_assert_true (before == after);
    g_assert_cmpstr (fixture->changes->str, ==, "");
    g_assert_cmpuint (n_items (fixture), ==, 41);
  }
}

static void
test_leave (Fixture *fixture, gconstpointer data)
{
  make_list (fixture, SB_TYPE_DELIVERY, "state=dead&order=newest", 100);
  refresh (fixture);
  g_assert_cmpuint (n_items (fixture), ==, 8);
  g_string_truncate (fixture->changes, 0);

  replay (fixture, 2);
  replay (fixture, 3);
  replay (fixture, 6);
  refresh (fixture);
  g_assert_cmpuint (n_items (fixture), ==, 5);
  g_assert_cmpstr (fixture->changes->str, ==, "6-1+0 2-2+0 ");
}

/* In the list of everything the replayed one moves to the front: it is the newest now. */
static void
test_move (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SbItem) moved = NULL;
  g_autoptr (SbItem) first = NULL;

  make_list (fixture, SB_TYPE_DELIVERY, "connector=webhook%2Fbilling&order=newest", 100);
  refresh (fixture);
  for (guint i = 0; i < n_items (fixture); i++)
    {
      g_autoptr (SbDelivery) delivery = g_list_model_get_item (G_LIST_MODEL (fixture->list), i);

      if (i > 0 && sb_delivery_get_state (delivery) == SB_DELIVERY_DEAD && moved == NULL)
        {
          moved = SB_ITEM (g_object_ref (delivery));
          replay (fixture, i);
        }
    }
  g_assert_nonnull (moved);
  refresh (fixture);
  first = g_list_model_get_item (G_LIST_MODEL (fixture->list), 0);
  g_assert_true (first == moved);
}

/* Of a list that was scrolled far only the beginning is asked for again; what moves there from
 * below leaves its place, and the rest stays. */
static void
test_far (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SbItem) moved = NULL;
  g_autoptr (SbItem) first = NULL;
  guint n = 0, place = 0;

  make_list (fixture, SB_TYPE_DELIVERY, "order=newest", 1);
  refresh (fixture);
  while (!sb_paged_list_get_complete (fixture->list))
    {
      guint before = fixture->n_settled;

      sb_paged_list_load_more (fixture->list);
      wait_until (fixture->n_settled > before);
    }
  n = n_items (fixture);
  for (guint i = n - 1; i > 0 && moved == NULL; i--)
    {
      g_autoptr (SbDelivery) delivery = g_list_model_get_item (G_LIST_MODEL (fixture->list), i);

      if (sb_delivery_get_state (delivery) != SB_DELIVERY_DEAD)
        continue;
      moved = SB_ITEM (g_object_ref (delivery));
      place = i;
    }
  g_assert_cmpuint (place, >, 12);
  replay (fixture, place);
  g_string_truncate (fixture->changes, 0);
  refresh (fixture);
  first = g_list_model_get_item (G_LIST_MODEL (fixture->list), 0);
  g_assert_true (first == moved);
  g_assert_cmpuint (n_items (fixture), ==, n);
  {
    g_autofree char *expected = g_strdup_printf ("%u-1+0 0-0+1 ", place);

    g_assert_true (g_str_has_prefix (fixture->changes->str, expected));
  }
}

static void
test_query (Fixture *fixture, gconstpointer data)
{
  make_list (fixture, SB_TYPE_EVENT, "", 100);
  refresh (fixture);
  sb_paged_list_set_query (fixture->list, "matched=false");
  g_assert_cmpuint (n_items (fixture), ==, 41);
  g_assert_false (sb_paged_list_get_loaded (fixture->list));
  refresh (fixture);
  g_assert_cmpuint (n_items (fixture), ==, 2);
}

/* A refresh that is asked for while one is under way comes after it. */
static void
test_again (Fixture *fixture, gconstpointer data)
{
  make_list (fixture, SB_TYPE_EVENT, "", 100);
  sb_paged_list_refresh (fixture->list);
  sb_paged_list_refresh (fixture->list);
  sb_paged_list_refresh (fixture->list);
  wait_until (fixture->n_settled == 2 && !sb_paged_list_get_loading (fixture->list));
  g_assert_cmpuint (fake_router_count_requests (fixture->world.router, "GET /v1/events"), ==, 2);
}

static void
note_error_cb (GError **out_error, GError *error)
{
  *out_error = error != NULL ? g_error_copy (error) : NULL;
}

static void
test_away (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->list = sb_paged_list_new (fixture->world.client, SB_TYPE_EVENT, "", 100);
  g_signal_connect_swapped (fixture->list, "settled", G_CALLBACK (note_error_cb), &error);
  sb_paged_list_refresh (fixture->list);
  wait_until (!sb_paged_list_get_loading (fixture->list));
  g_assert_no_error (error);

  fake_router_die (fixture->world.router);
  sb_paged_list_refresh (fixture->list);
  wait_until (error != NULL);
  /* What was there stays. */
  g_assert_cmpuint (n_items (fixture), ==, 41);
  fake_router_listen (fixture->world.router, fixture->world.socket);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/paged-list/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/paged-list/leave", Fixture, NULL, set_up, test_leave, tear_down);
  g_test_add ("/paged-list/move", Fixture, NULL, set_up, test_move, tear_down);
  g_test_add ("/paged-list/far", Fixture, NULL, set_up, test_far, tear_down);
  g_test_add ("/paged-list/query", Fixture, NULL, set_up, test_query, tear_down);
  g_test_add ("/paged-list/again", Fixture, NULL, set_up, test_again, tear_down);
  g_test_add ("/paged-list/away", Fixture, NULL, set_up, test_away, tear_down);
  return g_test_run ();
}

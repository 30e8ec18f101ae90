#include "sb-dead-filter.h"
#include "sb-json.h"
#include "support.h"

static char *
text_of (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return json_to_string (node, FALSE);
}

static void
test_choose (void)
{
  g_autoptr (SbDeadFilter) filter = sb_dead_filter_new ();

  g_assert_true (sb_dead_filter_is_empty (filter));
  sb_dead_filter_set (filter, "connector", "webhook/a");
  g_assert_cmpstr (sb_dead_filter_get (filter, "connector"), ==, "webhook/a");
  sb_dead_filter_set (filter, "connector", "webhook/b");
  g_assert_cmpstr (sb_dead_filter_get (filter, "connector"), ==, "webhook/b");
  sb_dead_filter_set (filter, "connector", "webhook/b");
  g_assert_true (sb_dead_filter_is_empty (filter));
}

static void
test_forms (void)
{
  g_autoptr (SbDeadFilter) filter = sb_dead_filter_new ();
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *text = NULL;
  g_autofree char *query = NULL;
  g_autofree char *groups = NULL;

  sb_dead_filter_set (filter, "status", "503");
  sb_dead_filter_set (filter, "replayed", "false");
  sb_dead_filter_set (filter, "detail-type", "Order Paid");
  object = sb_dead_filter_new_object (filter, NULL, G_GINT64_CONSTANT (1795252440000000));
  text = text_of (object);
  query = sb_dead_filter_dup_query (filter, NULL);
  groups = sb_dead_filter_dup_groups_query (filter);
  g_assert_cmpstr (text, ==,
                   "{\"status\":503,\"detail-type\":\"Order Paid\",\"replayed\":false,"
                   "\"to\":\"2026-11-21T09:14:00.000000Z\"}");
  g_assert_cmpstr (query, ==, "status=503&detail-type=Order%20Paid&replayed=false");
  g_assert_cmpstr (groups, ==, "status=503&detail-type=Order%20Paid");
}

static void
test_group (void)
{
  g_autoptr (SbDeadFilter) filter = sb_dead_filter_new ();
  g_autoptr (JsonObject) object = parse_json ("{\"fingerprint\":\"f00\",\"connector\":\"c\"}");
  g_autoptr (SbItem) group = sb_item_new (SB_TYPE_DEAD_GROUP, object);
  g_autofree char *query = sb_dead_filter_dup_query (filter, SB_DEAD_GROUP (group));

  g_assert_cmpstr (query, ==, "fingerprint=f00");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dead-filter/choose", test_choose);
  g_test_add_func ("/dead-filter/forms", test_forms);
  g_test_add_func ("/dead-filter/group", test_group);
  return g_test_run ();
}

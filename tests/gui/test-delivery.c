#include "sb-delivery.h"
#include "support.h"

static const char full[] =
    "{\"id\":\"e-1\",\"event\":\"e\",\"source\":\"shop\",\"detail-type\":\"Order Paid\","
    "\"rule\":\"default/billing\",\"target\":\"billing\",\"connector\":\"webhook/billing\","
    "\"state\":\"dead\",\"created\":\"2026-11-21T10:00:00.000000Z\","
    "\"changed\":\"2026-11-21T10:00:01.500000Z\",\"due\":null,\"attempts\":2,"
    "\"dead_reason\":\"refused\",\"dead_sentence\":\"It answered 401\","
    "\"last\":{\"outcome\":\"refused\",\"status\":401,\"error_code\":\"ERROR_FROM_TARGET\","
    "\"note\":\"The token has expired\"},"
    "\"history\":[{\"n\":1,\"kind\":\"attempt\",\"at\":\"2026-11-21T10:00:00.100000Z\","
    "\"attempt\":1,\"duration_us\":1200,\"outcome\":\"retry\",\"status\":503,"
    "\"error_code\":\"ERROR_FROM_TARGET\",\"note\":\"\",\"response\":null},"
    "{\"n\":2,\"kind\":\"replay\",\"at\":\"2026-11-21T10:00:01.000000Z\",\"actor\":\"mira\"}],"
    "\"dead_letter\":{\"RULE_ARN\":\"default/billing\",\"RETRY_ATTEMPTS\":1}}";

static void
test_read (void)
{
  g_autoptr (JsonObject) object = parse_json (full);
  g_autoptr (SbDelivery) delivery = SB_DELIVERY (sb_item_new (SB_TYPE_DELIVERY, object));
  g_autofree char *sentence = sb_delivery_dup_sentence (delivery);
  g_autofree char *answer = sb_delivery_dup_answer (delivery);
  const char *const *attributes = sb_delivery_get_attributes (delivery);
  const SbEntry *entry;

  g_assert_cmpstr (sb_item_get_id (SB_ITEM (delivery)), ==, "e-1");
  g_assert_cmpstr (sb_delivery_get_detail_type (delivery), ==, "Order Paid");
  g_assert_cmpint (sb_delivery_get_state (delivery), ==, SB_DELIVERY_DEAD);
  g_assert_cmpint (sb_delivery_get_changed_us (delivery) - sb_delivery_get_created_us (delivery),
                   ==, 1500000);
  g_assert_cmpint (sb_delivery_get_due_us (delivery), ==, -1);
  g_assert_cmpstr (sentence, ==, "It answered 401");
  g_assert_cmpstr (answer, ==, "401 Unauthorized");

  g_assert_cmpuint (sb_delivery_get_history (delivery)->len, ==, 2);
  entry = g_ptr_array_index (sb_delivery_get_history (delivery), 0);
  g_assert_cmpint (entry->kind, ==, SB_ENTRY_ATTEMPT);
  g_assert_cmpint (entry->status, ==, 503);
  g_assert_cmpstr (entry->response, ==, "");
  entry = g_ptr_array_index (sb_delivery_get_history (delivery), 1);
  g_assert_cmpint (entry->kind, ==, SB_ENTRY_REPLAY);
  g_assert_cmpstr (entry->actor, ==, "mira");
  g_assert_cmpstr (attributes[0], ==, "RULE_ARN");
  g_assert_cmpstr (attributes[1], ==, "default/billing");
  g_assert_cmpstr (attributes[3], ==, "1");
  g_assert_null (attributes[4]);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
test_update (void)
{
  g_autoptr (JsonObject) object = parse_json (full);
  g_autoptr (JsonObject) later = parse_json (full);
  g_autoptr (SbDelivery) delivery = SB_DELIVERY (sb_item_new (SB_TYPE_DELIVERY, object));
  guint n_changed = 0;

  g_signal_connect_swapped (delivery, "changed", G_CALLBACK (count_cb), &n_changed);
  sb_item_update (SB_ITEM (delivery), later);
  g_assert_cmpuint (n_changed, ==, 0);
  json_object_set_string_member (later, "state", "done");
  sb_item_update (SB_ITEM (delivery), later);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpint (sb_delivery_get_state (delivery), ==, SB_DELIVERY_DONE);
}

/* A router of another version may leave things out, or say more. */
static void
test_strange (void)
{
  g_autoptr (JsonObject) none = parse_json ("{\"event\":\"e\"}");
  g_autoptr (JsonObject) little = parse_json ("{\"id\":\"x\",\"state\":\"resting\",\"last\":[]}");
  g_autoptr (SbDelivery) delivery = SB_DELIVERY (sb_item_new (SB_TYPE_DELIVERY, little));
  g_autofree char *sentence = sb_delivery_dup_sentence (delivery);

  g_assert_null (sb_item_new (SB_TYPE_DELIVERY, none));
  g_assert_cmpint (sb_delivery_get_state (delivery), ==, SB_DELIVERY_UNKNOWN);
  g_assert_cmpstr (sb_delivery_get_rule (delivery), ==, "");
  g_assert_cmpint (sb_delivery_get_created_us (delivery), ==, -1);
  g_assert_cmpstr (sentence, ==, "");
  g_assert_cmpuint (sb_delivery_get_history (delivery)->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/delivery/read", test_read);
  g_test_add_func ("/delivery/update", test_update);
  g_test_add_func ("/delivery/strange", test_strange);
  return g_test_run ();
}

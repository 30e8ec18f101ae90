#include "sb-event.h"
#include "support.h"

static SbEvent *
new_event (const char *text)
{
  g_autoptr (JsonObject) object = parse_json (text);

  return SB_EVENT (sb_item_new (SB_TYPE_EVENT, object));
}

static void
test_words (void)
{
  static const struct
  {
    const char *text;
    SbDeliveryState state;
    const char *words;
  } cases[] = {
    { "{\"id\":\"e\",\"matched\":[],\"deliveries\":0,\"counts\":{}}", SB_DELIVERY_UNKNOWN,
      "No rule matched" },
    { "{\"id\":\"e\",\"matched\":[\"a/b\"],\"deliveries\":0}", SB_DELIVERY_UNKNOWN,
      "Matched, nothing to deliver" },
    { "{\"id\":\"e\",\"matched\":[\"a/b\"],\"deliveries\":1,\"counts\":{\"done\":1}}",
      SB_DELIVERY_DONE, "1 delivered" },
    { "{\"id\":\"e\",\"matched\":[\"a/b\"],\"deliveries\":6,"
      "\"counts\":{\"done\":2,\"dead\":1,\"waiting\":1,\"held\":1,\"ready\":1}}",
      SB_DELIVERY_DEAD, "1 dead, 2 waiting, 1 under way, 2 delivered" },
    { "{\"id\":\"e\",\"matched\":[\"a/b\"],\"deliveries\":1,\"counts\":{\"discarded\":1}}",
      SB_DELIVERY_DISCARDED, "1 discarded" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SbEvent) event = new_event (cases[i].text);
      g_autofree char *words = sb_event_dup_words (event);

      g_assert_cmpint (sb_event_get_state (event), ==, cases[i].state);
      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_read (void)
{
  g_autoptr (SbEvent) event = new_event (
      "{\"id\":\"e\",\"bus\":\"default\",\"ingress\":\"source/shop\",\"source\":\"shop\","
      "\"detail-type\":\"Order Paid\",\"received\":\"1970-01-01T00:00:02.000001Z\",\"bytes\":120,"
      "\"matched\":[\"default/a\",\"default/b\"],\"generation\":7,\"deliveries\":2}");

  g_assert_cmpstr (sb_event_get_bus (event), ==, "default");
  g_assert_cmpstr (sb_event_get_ingress (event), ==, "source/shop");
  g_assert_cmpint (sb_event_get_received_us (event), ==, 2000001);
  g_assert_cmpint (sb_event_get_bytes (event), ==, 120);
  g_assert_cmpint (sb_event_get_generation (event), ==, 7);
  g_assert_cmpstr (sb_event_get_matched (event)[1], ==, "default/b");
  g_assert_cmpuint (sb_event_get_n_deliveries (event), ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event/words", test_words);
  g_test_add_func ("/event/read", test_read);
  return g_test_run ();
}

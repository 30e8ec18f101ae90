/* What a source says of itself. */
#include "sb-source.h"

#include "support.h"

static SbSource *
new_source (const char *json)
{
  g_autoptr (JsonObject) object = parse_json (json);

  return SB_SOURCE (sb_item_new (SB_TYPE_SOURCE, object));
}

static void
test_working (void)
{
  g_autoptr (SbSource) source = new_source (
      "{\"name\":\"shop\",\"path\":\"/in/shop\",\"bus\":\"default\",\"description\":\"Orders\","
      "\"enabled\":true,\"events\":12,\"in_per_second\":1.5,\"refused_per_second\":null,"
      "\"last_event\":\"2026-03-04T05:06:07.000Z\",\"last_refused\":null}");
  g_autofree char *file = sb_source_dup_file (source);

  g_assert_cmpstr (sb_item_get_id (SB_ITEM (source)), ==, "shop");
  g_assert_cmpstr (sb_source_get_description (source), ==, "Orders");
  g_assert_cmpstr (sb_source_get_bus (source), ==, "default");
  g_assert_cmpstr (file, ==, "source/shop.json");
  g_assert_cmpint (sb_source_get_events (source), ==, 12);
  g_assert_cmpfloat (sb_source_get_in_per_s (source), ==, 1.5);
  g_assert_cmpfloat (sb_source_get_refused_per_s (source), ==, 0);
  g_assert_cmpint (sb_source_get_last_event_us (source), ==, G_GINT64_CONSTANT (1772600767000000));
  g_assert_cmpint (sb_source_get_last_refused_us (source), ==, -1);
  g_assert_cmpstr (sb_source_get_last_refusal (source), ==, "");
  g_assert_true (sb_source_takes_requests (source));
  g_assert_false (sb_source_is_refusing (source));
  g_assert_cmpstr (sb_source_get_state_words (source), ==, "Working");
  g_assert_cmpstr (sb_source_get_state_style (source), ==, "success");
}

static void
test_states (void)
{
  static const struct
  {
    const char *json;
    const char *words;
    const char *style;
  } cases[] = {
    { "\"enabled\":true", "Waiting for the first event", "dim-label" },
    { "\"enabled\":false,\"last_event\":\"2026-03-04T05:06:07Z\"", "Switched off", "warning" },
    { "\"enabled\":true,\"last_event\":\"2026-03-04T05:06:07Z\","
      "\"last_refused\":{\"at\":\"2026-03-04T05:06:08Z\",\"cause\":\"signature\"}",
      "Turned the last request away", "warning" },
    { "\"enabled\":true,\"last_event\":\"2026-03-04T05:06:09Z\","
      "\"last_refused\":{\"at\":\"2026-03-04T05:06:08Z\",\"cause\":\"signature\"}",
      "Working", "success" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"name\":\"shop\",\"path\":\"/in/shop\",%s}",
                                               cases[i].json);
      g_autoptr (SbSource) source = new_source (json);

      g_assert_cmpstr (sb_source_get_state_words (source), ==, cases[i].words);
      g_assert_cmpstr (sb_source_get_state_style (source), ==, cases[i].style);
    }
}

/* A refusal says why in words where there are any, else its cause. */
static void
test_refusal (void)
{
  g_autoptr (SbSource) plain = new_source ("{\"name\":\"a\",\"last_refused\":{\"at\":\"2026-03-"
                                           "04T05:06:08Z\",\"cause\":\"signature\"}}");
  g_autoptr (SbSource) told = new_source (
      "{\"name\":\"a\",\"last_refused\":{\"at\":\"2026-03-04T05:06:08Z\",\"cause\":\"signature\","
      "\"note\":\"X-Signature is missing\"}}");

  g_assert_cmpstr (sb_source_get_last_refusal (plain), ==, "signature");
  g_assert_cmpstr (sb_source_get_last_refusal (told), ==, "X-Signature is missing");
}

/* The events API has no file, and neither it nor what makes its events itself is a webhook. */
static void
test_kinds (void)
{
  g_autoptr (SbSource) api = new_source ("{\"name\":\"api\",\"path\":\"/v1/events\"}");
  g_autoptr (SbSource) own = new_source ("{\"name\":\"api\",\"path\":\"/in/api\"}");
  g_autoptr (SbSource) timer = new_source ("{\"name\":\"tick\",\"path\":\"rate(5 minutes)\"}");
  g_autofree char *api_file = sb_source_dup_file (api);
  g_autofree char *own_file = sb_source_dup_file (own);

  g_assert_null (api_file);
  g_assert_cmpstr (own_file, ==, "source/api.json");
  g_assert_true (sb_source_takes_requests (api));
  g_assert_false (sb_source_takes_requests (timer));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/working", test_working);
  g_test_add_func ("/source/states", test_states);
  g_test_add_func ("/source/refusal", test_refusal);
  g_test_add_func ("/source/kinds", test_kinds);
  return g_test_run ();
}

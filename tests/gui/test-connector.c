/* What a connector says of itself. */
#include "sb-connector.h"

#include "support.h"

static void
test_states (void)
{
  static const struct
  {
    const char *json;
    const char *words;
    const char *style;
  } cases[] = {
    { "\"state\":\"open\"", "Not used yet", "dim-label" },
    { "\"state\":\"open\",\"last_success\":\"2026-03-04T05:06:07Z\"", "Working", "success" },
    { "\"state\":\"open\",\"pending\":0,"
      "\"last_error\":{\"at\":\"2026-03-04T05:06:07Z\",\"note\":\"500\"}",
      "Failing", "error" },
    { "\"state\":\"open\",\"pending\":3,\"last_success\":\"2026-03-04T05:06:06Z\","
      "\"last_error\":{\"at\":\"2026-03-04T05:06:07Z\",\"note\":\"500\"}",
      "Failing", "error" },
    { "\"state\":\"open\",\"pending\":3,\"last_success\":\"2026-03-04T05:06:08Z\","
      "\"last_error\":{\"at\":\"2026-03-04T05:06:07Z\",\"note\":\"500\"}",
      "Working", "success" },
    { "\"state\":\"paused\",\"last_error\":{\"at\":\"2026-03-04T05:06:07Z\",\"note\":\"500\"}",
      "Paused", "warning" },
    { "\"state\":\"shut\"", "Shut by its breaker", "error" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"name\":\"webhook/desk\",%s}", cases[i].json);
      g_autoptr (JsonObject) object = parse_json (json);
      g_autoptr (SbConnector) connector = SB_CONNECTOR (sb_item_new (SB_TYPE_CONNECTOR, object));

      g_test_message ("%s", cases[i].json);
      g_assert_cmpstr (sb_connector_get_state_words (connector), ==, cases[i].words);
      g_assert_cmpstr (sb_connector_get_state_style (connector), ==, cases[i].style);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/states", test_states);

  return g_test_run ();
}

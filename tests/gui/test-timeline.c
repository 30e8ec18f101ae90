/* gui/client/sb-timeline.c */
#include "sb-timeline.h"

static JsonObject *
parse (const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  g_assert_nonnull (node);
  return json_object_ref (json_node_get_object (node));
}

static void
assert_happening (GPtrArray *timeline, guint i, SbHappeningKind kind, const char *text)
{
  const SbHappening *happening;

  g_assert_cmpuint (timeline->len, >, i);
  happening = g_ptr_array_index (timeline, i);
  g_assert_cmpint (happening->kind, ==, kind);
  g_assert_cmpstr (happening->text, ==, text);
}

static void
test_nothing (void)
{
  g_autoptr (GPtrArray) timeline = sb_timeline_new (NULL);
  g_autoptr (JsonObject) strange = parse (
      "{\"entries\": [{}, 1, {\"kind\": \"job\"}, {\"kind\": \"started\", \"at\": \"soon\"}, "
      "{\"kind\": \"eclipse\", \"at\": \"1970-01-01T00:00:01Z\"}, "
      "{\"kind\": \"operation\", \"action\": \"juggle\", \"at\": \"1970-01-01T00:00:01Z\"}]}");
  g_autoptr (GPtrArray) odd = sb_timeline_new (strange);

  g_assert_cmpuint (timeline->len, ==, 0);
  g_assert_cmpuint (odd->len, ==, 0);
}

/* All kinds, in the order of the answer, the newest first. */
static void
test_kinds (void)
{
  g_autoptr (JsonObject) answer = parse (
      "{\"entries\": ["
      "{\"at\": \"1970-01-01T00:00:09Z\", \"kind\": \"opened\", \"actor\": \"router\", "
      "\"reason\": \"\", \"connector\": \"webhook/b\"},"
      "{\"at\": \"1970-01-01T00:00:08Z\", \"kind\": \"shut\", \"actor\": \"router\", "
      "\"reason\": \"5 failures\", \"connector\": \"webhook/b\"},"
      "{\"at\": \"1970-01-01T00:00:07Z\", \"kind\": \"resumed\", \"actor\": \"100 %s\", "
      "\"reason\": \"\", \"connector\": \"webhook/a\"},"
      "{\"at\": \"1970-01-01T00:00:06Z\", \"kind\": \"paused\", \"actor\": \"ada\", "
      "\"reason\": \"\", \"connector\": \"webhook/a\"},"
      "{\"at\": \"1970-01-01T00:00:05Z\", \"kind\": \"generation\", \"actor\": \"ada\", "
      "\"reason\": \"More 100 %s\", \"generation\": 2},"
      "{\"at\": \"1970-01-01T00:00:04Z\", \"kind\": \"started\", \"actor\": null, "
      "\"reason\": \"the one before did not stop by itself\"},"
      "{\"at\": \"1970-01-01T00:00:03Z\", \"kind\": \"stopped\", \"actor\": null, "
      "\"reason\": \"\"},"
      "{\"at\": \"1970-01-01T00:00:02Z\", \"kind\": \"started\", \"actor\": null, "
      "\"reason\": \"\"},"
      "{\"at\": \"1970-01-01T00:00:01Z\", \"kind\": \"generation\", \"actor\": \"ada\", "
      "\"reason\": \"\", \"generation\": 1}]}");
  g_autoptr (GPtrArray) timeline = sb_timeline_new (answer);

  g_assert_cmpuint (timeline->len, ==, 9);
  assert_happening (timeline, 0, SB_HAPPENING_RECOVERY, "webhook/b takes deliveries again");
  assert_happening (timeline, 1, SB_HAPPENING_BREAKER,
                    "The breaker of webhook/b opened: 5 failures");
  assert_happening (timeline, 2, SB_HAPPENING_PAUSE, "webhook/a was resumed by 100 %s");
  assert_happening (timeline, 3, SB_HAPPENING_PAUSE, "webhook/a was paused by ada");
  assert_happening (timeline, 4, SB_HAPPENING_DEPLOY, "Generation 2 by ada: More 100 %s");
  assert_happening (timeline, 5, SB_HAPPENING_RESTART,
                    "The router started; before, it had not stopped by itself");
  assert_happening (timeline, 6, SB_HAPPENING_RESTART, "The router stopped");
  assert_happening (timeline, 7, SB_HAPPENING_RESTART, "The router started");
  assert_happening (timeline, 8, SB_HAPPENING_DEPLOY, "Generation 1 by ada");
}

/* What a job did in chunks is the job; what was done without one is there by itself. */
static void
test_operations (void)
{
  g_autoptr (JsonObject) answer = parse (
      "{\"entries\": ["
      "{\"at\": \"1970-01-01T00:00:05Z\", \"kind\": \"operation\", \"actor\": \"100 %s\", "
      "\"reason\": \"\", \"action\": \"postpone\", \"operation\": 9, \"applied\": 1},"
      "{\"at\": \"1970-01-01T00:00:04Z\", \"kind\": \"operation\", \"actor\": \"mira\", "
      "\"reason\": \"\", \"action\": \"replay\", \"operation\": 8, \"applied\": 900},"
      "{\"at\": \"1970-01-01T00:00:03Z\", \"kind\": \"operation\", \"actor\": \"mira\", "
      "\"reason\": \"\", \"action\": \"replay\", \"operation\": 8, \"applied\": 1000},"
      "{\"at\": \"1970-01-01T00:00:02Z\", \"kind\": \"job\", \"actor\": \"mira\", "
      "\"reason\": \"\", \"job\": 1, \"connector\": \"webhook/a\", \"action\": \"replay\", "
      "\"state\": \"done\", "
      "\"operation\": 8, \"applied\": 1900},"
      "{\"at\": \"1970-01-01T00:00:01Z\", \"kind\": \"operation\", \"actor\": \"ada\", "
      "\"reason\": \"\", \"action\": \"discard\", \"operation\": 7, \"applied\": 3}]}");
  g_autoptr (GPtrArray) timeline = sb_timeline_new (answer);

  g_assert_cmpuint (timeline->len, ==, 3);
  assert_happening (timeline, 0, SB_HAPPENING_REPLAY, "Deliveries were postponed by 100 %s");
  assert_happening (timeline, 1, SB_HAPPENING_REPLAY, "Replay for webhook/a, begun by mira");
  assert_happening (timeline, 2, SB_HAPPENING_REPLAY, "Dead letters were discarded by ada");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timeline/nothing", test_nothing);
  g_test_add_func ("/timeline/kinds", test_kinds);
  g_test_add_func ("/timeline/operations", test_operations);
  return g_test_run ();
}

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
  g_autoptr (GPtrArray) timeline = sb_timeline_new (-1, NULL, NULL, NULL, NULL);
  g_autoptr (JsonObject) strange = parse ("{\"lines\": [{}, {\"line\": 1}], \"jobs\": 2}");
  g_autoptr (GPtrArray) odd = sb_timeline_new (-1, strange, strange, strange, strange);

  g_assert_cmpuint (timeline->len, ==, 0);
  g_assert_cmpuint (odd->len, ==, 0);
}

/* All five kinds, the newest first. */
static void
test_order (void)
{
  g_autoptr (JsonObject) connectors = parse (
      "{\"connectors\": [{\"name\": \"webhook/a\", \"state\": \"open\"}, {\"name\": "
      "\"webhook/b\", \"state\": \"shut\", \"shut\": {\"since\": \"1970-01-01T00:00:05Z\", "
      "\"reason\": \"5 failures\"}}]}");
  g_autoptr (JsonObject) history = parse (
      "{\"generations\": [{\"generation\": 2, \"at\": \"1970-01-01T00:00:04Z\", "
      "\"author\": \"ada\", \"reason\": \"More 100 %s\"}, {\"generation\": 1, \"at\": "
      "\"1970-01-01T00:00:01Z\", \"author\": \"ada\", \"reason\": \"\"}]}");
  g_autoptr (JsonObject) jobs = parse (
      "{\"jobs\": [{\"id\": 1, \"kind\": \"replay\", \"filter\": {\"connector\": "
      "\"webhook/b\"}, \"state\": \"running\", \"actor\": \"mira\", \"created\": "
      "\"1970-01-01T00:00:06Z\", \"rate_per_second\": 0}]}");
  g_autoptr (GPtrArray) timeline = sb_timeline_new (2000000, connectors, history, jobs, NULL);

  g_assert_cmpuint (timeline->len, ==, 5);
  assert_happening (timeline, 0, SB_HAPPENING_REPLAY, "Replay to webhook/b, begun by mira");
  assert_happening (timeline, 1, SB_HAPPENING_BREAKER,
                    "The breaker of webhook/b opened: 5 failures");
  assert_happening (timeline, 2, SB_HAPPENING_DEPLOY, "Generation 2 by ada: More 100 %s");
  assert_happening (timeline, 3, SB_HAPPENING_RESTART, "The router started");
  assert_happening (timeline, 4, SB_HAPPENING_DEPLOY, "Generation 1 by ada");
}

/* Of all calls only those that worked and that change what is delivered. */
static void
test_audit (void)
{
  g_autoptr (JsonObject) audit = parse (
      "{\"lines\": ["
      "{\"n\": 6, \"line\": {\"at\": \"1970-01-01T00:00:06Z\", \"who\": \"100 %s\", \"method\": "
      "\"POST\", \"target\": \"/v1/connectors/webhook/a/resume\", \"status\": 200}},"
      "{\"n\": 5, \"line\": {\"at\": \"1970-01-01T00:00:05Z\", \"who\": \"ada\", \"method\": "
      "\"POST\", \"target\": \"/v1/connectors/webhook/a/pause\", \"status\": 200}},"
      "{\"n\": 4, \"line\": {\"at\": \"1970-01-01T00:00:04Z\", \"who\": \"ada\", \"method\": "
      "\"POST\", \"target\": \"/v1/connectors/webhook/a/pause\", \"status\": 404}},"
      "{\"n\": 3, \"line\": {\"at\": \"1970-01-01T00:00:03Z\", \"who\": \"100 %s\", \"method\": "
      "\"POST\", \"target\": \"/v1/replay\", \"status\": 200}},"
      "{\"n\": 2, \"line\": {\"at\": \"1970-01-01T00:00:02Z\", \"who\": \"ada\", \"method\": "
      "\"PUT\", \"target\": \"/v1/config/file/a.json\", \"status\": 200}}]}");
  g_autoptr (GPtrArray) timeline = sb_timeline_new (-1, NULL, NULL, NULL, audit);

  g_assert_cmpuint (timeline->len, ==, 3);
  assert_happening (timeline, 0, SB_HAPPENING_PAUSE, "webhook/a was resumed by 100 %s");
  assert_happening (timeline, 1, SB_HAPPENING_PAUSE, "webhook/a was paused by ada");
  assert_happening (timeline, 2, SB_HAPPENING_REPLAY, "Dead letters were replayed by 100 %s");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timeline/nothing", test_nothing);
  g_test_add_func ("/timeline/order", test_order);
  g_test_add_func ("/timeline/audit", test_audit);
  return g_test_run ();
}

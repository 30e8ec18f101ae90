/* gui/client/sb-news.c */
#include "sb-news.h"

static JsonObject *
parse (const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  g_assert_nonnull (node);
  return json_object_ref (json_node_get_object (node));
}

static guint
count (GPtrArray *news)
{
  g_autoptr (GPtrArray) owned = news;

  return owned->len;
}

#define JOB(id, state)                                                                             \
  "{\"id\": " #id ", \"kind\": \"replay\", \"filter\": {\"connector\": \"webhook/a\"}, "           \
  "\"state\": \"" state "\", \"total\": 3, \"applied\": 3, \"succeeded\": 2, \"failed\": 1, "      \
  "\"rate_per_second\": 0}"

static void
test_jobs (void)
{
  g_autoptr (SbNews) news = sb_news_new ();
  g_autoptr (JsonObject) first = parse (
      "{\"jobs\": [" JOB (2, "running") ", " JOB (1, "done") "]}");
  g_autoptr (JsonObject) second = parse ("{\"jobs\": [" JOB (2, "done") ", " JOB (1, "done") "]}");
  g_autoptr (JsonObject) cancelled = parse ("{\"jobs\": [" JOB (3, "cancelled") "]}");
  g_autoptr (GPtrArray) pieces = NULL;
  const SbPieceOfNews *piece;

  g_assert_cmpuint (count (sb_news_take_jobs (news, NULL)), ==, 0);
  g_assert_cmpuint (count (sb_news_take_jobs (news, first)), ==, 0);
  pieces = sb_news_take_jobs (news, second);
  g_assert_cmpuint (pieces->len, ==, 1);
  piece = g_ptr_array_index (pieces, 0);
  g_assert_cmpstr (piece->id, ==, "job-2");
  g_assert_cmpstr (piece->title, ==, "Replay to webhook/a: Done");
  g_assert_cmpstr (piece->body, ==, "3 of 3 sent, 2 arrived, 1 failed");
  g_assert_cmpstr (piece->section, ==, "jobs");
  g_assert_cmpuint (count (sb_news_take_jobs (news, second)), ==, 0);
  /* Somebody cancelled it, and knows. */
  g_assert_cmpuint (count (sb_news_take_jobs (news, cancelled)), ==, 0);
}

/* What goes and comes back is news again. */
static void
test_problems (void)
{
  g_autoptr (SbNews) news = sb_news_new ();
  g_autoptr (JsonObject) none = parse ("{\"problems\": []}");
  g_autoptr (JsonObject) resolved = parse (
      "{\"problems\": [{\"fingerprint\": \"f\", \"state\": \"resolved\"}]}");
  g_autoptr (JsonObject) one = parse (
      "{\"problems\": [{\"fingerprint\": \"f\", \"connector\": \"webhook/\\u202ea\", "
      "\"sentence\": \"It answers 401\"}]}");
  g_autoptr (GPtrArray) pieces = NULL;
  const SbPieceOfNews *piece;

  g_assert_cmpuint (count (sb_news_take_problems (news, none, 0)), ==, 0);
  pieces = sb_news_take_problems (news, one, 0);
  g_assert_cmpuint (pieces->len, ==, 1);
  piece = g_ptr_array_index (pieces, 0);
  g_assert_cmpstr (piece->id, ==, "problem-f");
  g_assert_cmpstr (piece->title, ==, "A new problem: webhook/‹U+202E›a");
  g_assert_cmpstr (piece->body, ==, "It answers 401");
  g_assert_cmpuint (count (sb_news_take_problems (news, one, 0)), ==, 0);
  g_assert_cmpuint (count (sb_news_take_problems (news, none, 0)), ==, 0);
  g_assert_cmpuint (count (sb_news_take_problems (news, one, 0)), ==, 1);
  g_assert_cmpuint (count (sb_news_take_problems (news, none, 0)), ==, 0);
  g_assert_cmpuint (count (sb_news_take_problems (news, resolved, 0)), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/news/jobs", test_jobs);
  g_test_add_func ("/news/problems", test_problems);
  return g_test_run ();
}

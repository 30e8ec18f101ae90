/* gui/client/sb-answer.c */
#include "sb-answer.h"
#include "support.h"

static void
count_cb (guint *n)
{
  (*n)++;
}

/* The same answer once more is no change; the answer stays when the router is away. */
static void
test_refresh (World *world, gconstpointer data)
{
  g_autoptr (SbAnswer) answer = sb_answer_new (world->client, "jobs", "limit=20");
  guint n_changed = 0;

  g_signal_connect_swapped (answer, "changed", G_CALLBACK (count_cb), &n_changed);
  g_assert_null (sb_answer_get (answer));
  sb_answer_refresh (answer);
  /* Asked while a question is under way: once more after it. */
  sb_answer_refresh (answer);
  sb_answer_refresh (answer);
  wait_until (fake_router_count_requests (world->router, "GET /v1/jobs") == 2);
  g_assert_nonnull (sb_answer_get (answer));
  g_assert_null (sb_answer_get_error (answer));

  fake_router_die (world->router);
  sb_answer_refresh (answer);
  wait_until (sb_answer_get_error (answer) != NULL);
  g_assert_nonnull (sb_answer_get (answer));
  g_assert_cmpuint (n_changed, ==, 2);

  fake_router_listen (world->router, world->socket);
  sb_answer_refresh (answer);
  wait_until (sb_answer_get_error (answer) == NULL);
  g_assert_cmpuint (fake_router_count_requests (world->router, "GET /v1/jobs"), ==, 3);
}

/* Another question forgets the answer, another query of the same keeps it. */
static void
test_question (World *world, gconstpointer data)
{
  g_autoptr (SbAnswer) answer = sb_answer_new (world->client, NULL, "");
  guint n_changed = 0;

  g_signal_connect_swapped (answer, "changed", G_CALLBACK (count_cb), &n_changed);
  sb_answer_refresh (answer);
  g_assert_null (sb_answer_get (answer));
  sb_answer_set_question (answer, "jobs", "limit=20");
  g_assert_cmpuint (n_changed, ==, 1);
  sb_answer_refresh (answer);
  wait_until (sb_answer_get (answer) != NULL);
  sb_answer_set_question (answer, "jobs", "limit=20");
  sb_answer_set_query (answer, "limit=10");
  g_assert_nonnull (sb_answer_get (answer));
  g_assert_cmpuint (n_changed, ==, 2);
  sb_answer_set_question (answer, "problems", "");
  g_assert_null (sb_answer_get (answer));
  g_assert_cmpuint (n_changed, ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/answer/refresh", World, NULL, world_set_up, test_refresh, world_tear_down);
  g_test_add ("/answer/question", World, NULL, world_set_up, test_question, world_tear_down);
  return g_test_run ();
}

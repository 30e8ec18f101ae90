#include "sb-router.h"
#include "support.h"

#define INTERVAL_MS 20

typedef struct
{
  World world;
  SbRouter *router;
  guint n_changed;
  guint n_beats;
} Fixture;

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  world_set_up (&fixture->world, data);
  fixture->router = sb_router_new (fixture->world.client, INTERVAL_MS);
  g_signal_connect_swapped (fixture->router, "changed", G_CALLBACK (count_cb), &fixture->n_changed);
  g_signal_connect_swapped (fixture->router, "beat", G_CALLBACK (count_cb), &fixture->n_beats);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sb_router_set_active (fixture->router, FALSE);
  g_assert_finalize_object (fixture->router);
  world_tear_down (&fixture->world, data);
}

static guint
n_asked (Fixture *fixture)
{
  return fake_router_count_requests (fixture->world.router, "GET /v1/status");
}

static void
test_changes (Fixture *fixture, gconstpointer data)
{
  guint before;

  g_assert_cmpint (sb_router_get_state (fixture->router), ==, SB_ROUTER_CONNECTING);
  g_assert_null (sb_router_get_status (fixture->router));
  sb_router_set_active (fixture->router, TRUE);
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_CONNECTED);
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  g_assert_cmpint (sb_router_get_status (fixture->router)->generation, ==, 7);

  /* Asked again and again, and nothing new. */
  before = n_asked (fixture);
  wait_until (n_asked (fixture) >= before + 4);
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  g_assert_cmpuint (fixture->n_beats, >=, 4);

  fake_router_receive (fixture->world.router, "shop");
  wait_until (fixture->n_changed == 2);
}

/* While the stream is open a change is told long before the next question is due. */
static void
test_stream (Fixture *fixture, gconstpointer data)
{
  FakeRouter *fake = fixture->world.router;
  guint before;

  sb_router_set_active (fixture->router, TRUE);
  wait_until (fake_router_count_requests (fake, "GET /v1/changes") == 1);
  before = n_asked (fixture);
  fake_router_receive (fake, "shop");
  wait_until (n_asked (fixture) > before);
  wait_until (fixture->n_changed == 2);

  /* One stream, and a new one when the router is back. */
  g_assert_cmpuint (fake_router_count_requests (fake, "GET /v1/changes"), ==, 1);
  fake_router_die (fake);
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_AWAY);
  fake_router_listen (fake, fixture->world.socket);
  wait_until (fake_router_count_requests (fake, "GET /v1/changes") == 2);
}

static void
test_inactive (Fixture *fixture, gconstpointer data)
{
  guint before;

  sb_router_set_active (fixture->router, TRUE);
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_CONNECTED);
  sb_router_set_active (fixture->router, FALSE);
  before = n_asked (fixture);

  /* No source of the router's is left that could wake the context: it asks only when poked. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n_asked (fixture), <=, before + 1);
  before = n_asked (fixture);
  sb_router_poke (fixture->router);
  wait_until (n_asked (fixture) == before + 1);
}

static void
test_away (Fixture *fixture, gconstpointer data)
{
  g_autofree char *words = NULL;
  guint n_changed;

  sb_router_set_active (fixture->router, TRUE);
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_CONNECTED);
  fake_router_die (fixture->world.router);
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_AWAY);
  g_assert_nonnull (sb_router_get_error (fixture->router));
  words = sb_router_dup_words (fixture->router);
  g_assert_true (g_str_has_prefix (words, "Away, trying again"));
  /* What it said before is still there to be shown. */
  g_assert_cmpint (sb_router_get_status (fixture->router)->generation, ==, 7);

  n_changed = fixture->n_changed;
  fake_router_listen (fixture->world.router, fixture->world.socket);
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_CONNECTED);
  g_assert_null (sb_router_get_error (fixture->router));
  /* While it was away anything may have happened. */
  g_assert_cmpuint (fixture->n_changed, ==, n_changed + 1);
}

static void
test_away_from_the_beginning (Fixture *fixture, gconstpointer data)
{
  fake_router_die (fixture->world.router);
  sb_router_set_active (fixture->router, TRUE);
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_AWAY);
  g_assert_null (sb_router_get_status (fixture->router));
  fake_router_listen (fixture->world.router, fixture->world.socket);
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_CONNECTED);
}

static void
test_curl (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = sb_router_dup_curl_line (fixture->router, "/in/shop");
  g_autofree char *expected = g_strdup_printf (
      "curl --unix-socket '%s' http://localhost/in/shop --json "
      "'{\"hello\": \"world\"}'",
      fixture->world.socket);
  g_autofree char *after = NULL;

  g_assert_cmpstr (before, ==, expected);
  sb_router_set_active (fixture->router, TRUE);
  wait_until (sb_router_get_status (fixture->router) != NULL);
  after = sb_router_dup_curl_line (fixture->router, "/in/shop");
  g_assert_cmpstr (after, ==, "curl http://127.0.0.1:4610/in/shop --json '{\"hello\": \"world\"}'");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/router/changes", Fixture, NULL, set_up, test_changes, tear_down);
  g_test_add ("/router/stream", Fixture, NULL, set_up, test_stream, tear_down);
  g_test_add ("/router/inactive", Fixture, NULL, set_up, test_inactive, tear_down);
  g_test_add ("/router/away", Fixture, NULL, set_up, test_away, tear_down);
  g_test_add ("/router/away-from-the-beginning", Fixture, NULL, set_up,
              test_away_from_the_beginning, tear_down);
  g_test_add ("/router/curl", Fixture, NULL, set_up, test_curl, tear_down);
  return g_test_run ();
}

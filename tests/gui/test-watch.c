/* gui/client/sb-watch.c */
#include "sb-watch.h"
#include "support.h"

#define PAUSE_MS 20

static void
count_cb (guint *n)
{
  (*n)++;
}

static guint
n_streams (World *world)
{
  return fake_router_count_requests (world->router, "GET /v1/changes");
}

/* News when something happens, and none while nothing does. */
static void
test_news (World *world, gconstpointer data)
{
  g_autoptr (SbWatch) watch = sb_watch_new (world->client, PAUSE_MS);
  guint n_news = 0, n_before;

  g_signal_connect_swapped (watch, "news", G_CALLBACK (count_cb), &n_news);
  sb_watch_set_active (watch, TRUE);
  wait_until (n_streams (world) == 1);
  n_before = n_news;
  fake_router_receive (world->router, "shop");
  wait_until (n_news > n_before && n_streams (world) >= 2);

  /* A router that goes away and comes back is heard again. */
  fake_router_die (world->router);
  fake_router_listen (world->router, world->socket);
  n_before = n_streams (world);
  wait_until (n_streams (world) > n_before);
}

static void
test_inactive (World *world, gconstpointer data)
{
  g_autoptr (SbWatch) watch = sb_watch_new (world->client, PAUSE_MS);
  guint n_news = 0, n_before;

  g_signal_connect_swapped (watch, "news", G_CALLBACK (count_cb), &n_news);
  sb_watch_set_active (watch, TRUE);
  wait_until (n_streams (world) == 1);
  sb_watch_set_active (watch, FALSE);
  n_before = n_news;
  fake_router_receive (world->router, "shop");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n_news, ==, n_before);
  g_assert_cmpuint (n_streams (world), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/watch/news", World, NULL, world_set_up, test_news, world_tear_down);
  g_test_add ("/watch/inactive", World, NULL, world_set_up, test_inactive, world_tear_down);
  return g_test_run ();
}

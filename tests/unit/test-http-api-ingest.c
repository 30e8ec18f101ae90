/* Taking events in. */
#include "support/api-world.h"

static void
test_ingest (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) hook = world_post (world, "/in/shop", "{'paid':true}");
  g_autoptr (Reply) api = world_post (world, "/v1/events?bus=eu",
                                      "{'source':'s','detail-type':'d','detail':{}}");
  g_autoptr (Reply) none = world_post (world, "/in/none", "{}");
  g_autoptr (Reply) off = world_post (world, "/in/off", "{}");
  g_autoptr (Reply) bad = world_post (world, "/in/shop", "{'paid':\ntrue,}");
  g_autoptr (Reply) bus = world_post (world, "/v1/events?bus=moon",
                                      "{'source':'s','detail-type':'d','detail':{}}");
  g_autoptr (Reply) undecodable = world_post (world, "/in/%ff", "{}");

  g_assert_cmpuint (hook->status, ==, 202);
  reply_assert (hook, "matched", "['default/paid']");
  reply_assert (hook, "deliveries", "2");
  g_assert_cmpuint (api->status, ==, 202);
  reply_assert (api, "matched", "[]");
  reply_assert_problem (none, 404, "unknown-source");
  reply_assert_problem (off, 404, "unknown-source");
  reply_assert_problem (bad, 400, "invalid-json");
  reply_assert (bad, "line", "2");
  reply_assert (bad, "column", "6");
  reply_assert_problem (bus, 404, "unknown-bus");
  reply_assert_problem (undecodable, 404, "not-found");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/ingest/all", NULL, test_ingest);
  return g_test_run ();
}

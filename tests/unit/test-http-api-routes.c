/* The graph and its counts. */
#include "support/api-world.h"

static void
assert_near (const Reply *reply, const char *path, double expected)
{
  g_autofree char *value = reply_at (reply, path);

  g_assert_nonnull (value);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (value, NULL), expected, .001);
}

static void
test_routes (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) before = world_get (world, "/v1/routes");
  g_autofree char *id = world_accept (world, "/in/shop", "{'paid':true}");
  g_autofree char *other G_GNUC_UNUSED = world_accept (
      world, "/v1/events", "{'source':'s','detail-type':'d','detail':{}}");
  g_autofree char *delivery = world_delivery_id (id, 2);
  g_autoptr (Reply) after = NULL;

  world_settle (world, delivery, DELIVERY_DEAD, DEAD_ATTEMPTS, 503);
  after = world_get (world, "/v1/routes");
  g_assert_cmpuint (reply_count (before, "sources"), ==, 2);
  reply_assert (after, "generation", "7");
  reply_assert (after, "sources.0.name", "'off'");
  reply_assert (after, "sources.0.enabled", "false");
  reply_assert (after, "sources.1.name", "'shop'");
  reply_assert (after, "sources.1.description", "'The shop'");
  reply_assert (after, "sources.1.enabled", "true");
  reply_assert (after, "sources.1.path", "'/in/shop'");
  reply_assert (after, "sources.1.bus", "'default'");
  reply_assert (after, "sources.1.events", "1");
  assert_near (after, "sources.1.in_per_second", 1. / 60);
  reply_assert (after, "sources.2.name", "'api'");
  reply_assert (after, "sources.2.path", "'/v1/events'");
  reply_assert (after, "sources.2.events", "1");
  reply_assert (after, "buses",
                "[{'name':'default','description':''},{'name':'eu','description':'Europe'}]");
  reply_assert (after, "rules.0.name", "'default/off'");
  reply_assert (after, "rules.0.enabled", "false");
  reply_assert (after, "rules.1.name", "'default/paid'");
  reply_assert (after, "rules.1.bus", "'default'");
  reply_assert (after, "rules.1.description", "'Paid'");
  reply_assert (after, "rules.1.matched", "1");
  assert_near (after, "rules.1.matched_per_second", 1. / 60);
  reply_assert (after, "rules.1.targets.0.id", "'one'");
  reply_assert (after, "rules.1.targets.0.counts.ready", "1");
  reply_assert (after, "rules.1.targets.1.connector", "'file/b'");
  reply_assert (after, "rules.1.targets.1.counts",
                "{'ready':0,'waiting':0,'held':0,'done':0,'dead':1,'discarded':0}");
  reply_assert (after, "connectors.0.name", "'file/a'");
  reply_assert (after, "connectors.0.kind", "'file'");
  reply_assert (after, "connectors.0.description", "'The first'");
  reply_assert (after, "connectors.0.summary", "'to a'");
  reply_assert (after, "connectors.0.counts.ready", "1");
  reply_assert (after, "connectors.1.counts.dead", "1");
  assert_near (after, "connectors.1.delivered_per_second", 0);
  reply_assert (after, "connectors.1.p95_ms", "null");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/routes/all", NULL, test_routes);
  return g_test_run ();
}

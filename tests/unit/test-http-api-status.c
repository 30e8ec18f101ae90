/* How the router is. */
#include "support/api-world.h"

static void
test_status (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) before = world_get (world, "/v1/status");
  g_autoptr (Reply) unchanged = world_get (world, "/v1/status");
  g_autofree char *id G_GNUC_UNUSED = world_accept (world, "/in/shop", "{'paid':true}");
  g_autoptr (Reply) after = world_get (world, "/v1/status");
  g_autofree char *revision = reply_at (before, "revision");
  g_autofree char *later = reply_at (after, "revision");
  g_autofree char *config_dir = reply_string (before, "config_dir");
  g_autofree char *state_dir = reply_string (before, "state_dir");

  g_assert_cmpuint (before->status, ==, 200);
  reply_assert (before, "generation", "7");
  reply_assert (before, "generation_at", "'2026-11-21T09:14:00.123455Z'");
  reply_assert (before, "started_at", "'2026-11-21T09:14:00.123456Z'");
  reply_assert (before, "now", "'2026-11-21T09:14:00.123456Z'");
  reply_assert (before, "state", "'running'");
  reply_assert (before, "store.engine", "'memory'");
  reply_assert (before, "store.disk_full", "false");
  reply_assert (before, "store.queued_events", "0");
  reply_assert (before, "listen", "['http://here','unix:/there']");
  g_assert_cmpstr (config_dir, ==, world->folder);
  g_assert_cmpstr (state_dir, ==, world->folder);
  reply_assert (before, "schedule", "{'queued':3,'under_way':4}");
  reply_assert (before, "ledger",
                "{'events':0,'unmatched':0,'deliveries':0,'ready':0,'waiting':0,'held':0,'done':0,"
                "'dead':0,'discarded':0,'expired':0,'expired_events':0,'difference':0}");
  reply_assert (after, "ledger.events", "1");
  reply_assert (after, "ledger.deliveries", "2");
  reply_assert (after, "ledger.ready", "2");
  reply_assert (after, "ledger.difference", "0");
  reply_assert (unchanged, "revision", revision);
  g_assert_cmpint (g_ascii_strtoll (later, NULL, 10), >, g_ascii_strtoll (revision, NULL, 10));
  api_set_stopping (world->api);
  {
    g_autoptr (Reply) stopping = world_get (world, "/v1/status");

    reply_assert (stopping, "state", "'stopping'");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/status/all", NULL, test_status);
  return g_test_run ();
}

/* Deliveries: lists, one, what its target is sent. */
#include "support/api-world.h"
#include "support/config-folder.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_delivery_list (ApiWorld *world, gconstpointer data)
{
  static const struct
  {
    const char *query;
    guint n;
  } cases[] = {
    { "", 4 },
    { "?state=ready", 1 },
    { "?state=waiting,dead", 2 },
    { "?state=discarded", 0 },
    { "?connector=file/a", 2 },
    { "?rule=default/paid&target=two", 2 },
    { "?source=shop&detail-type=webhook", 4 },
    { "?error-code=ERROR_FROM_TARGET", 2 },
    { "?status=503", 1 },
    { "?status=200", 1 },
    { "?status=5xx", 2 },
    { "?status=1xx", 0 },
    { "?order=due", 2 },
    { "?order=newest&limit=1000", 4 },
    { "?from=2026-11-21T09:14:01Z", 3 },
  };
  g_autofree char *id = world_accept (world, "/in/shop", "{'paid':true}");
  g_autofree char *other = world_accept (world, "/in/shop", "{'paid':true}");
  g_autofree char *done = world_delivery_id (id, 1);
  g_autofree char *dead = world_delivery_id (id, 2);
  g_autofree char *waiting = world_delivery_id (other, 2);
  g_autofree char *path = g_strconcat ("/v1/deliveries/", waiting, NULL);
  g_autoptr (Reply) one = NULL;

  world_settle (world, done, DELIVERY_DONE, DEAD_NOT, 200);
  world_settle (world, dead, DELIVERY_DEAD, DEAD_ATTEMPTS, 503);
  world_settle (world, waiting, DELIVERY_WAITING, DEAD_NOT, 500);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *list_path = g_strconcat ("/v1/deliveries", cases[i].query, NULL);
      g_autoptr (Reply) reply = world_get (world, list_path);

      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_cmpuint (reply_count (reply, "deliveries"), ==, cases[i].n);
    }
  one = world_get (world, path);
  reply_assert (one, "state", "'waiting'");
  reply_assert (one, "due", "'2026-11-21T09:15:00.123456Z'");
  reply_assert (one, "dead_letter", "null");
}

static void
test_payload (ApiWorld *world, gconstpointer data)
{
  g_autofree char *id = world_accept (world, "/in/shop", "{'paid':true, 'n': 1.50}");
  g_autofree char *first = g_strdup_printf ("/v1/deliveries/%s-1/payload", id);
  g_autofree char *second = g_strdup_printf ("/v1/deliveries/%s-2/payload", id);
  g_autoptr (Reply) json = world_get (world, first);
  g_autoptr (Reply) text = world_get (world, second);

  g_assert_cmpstr (json->body, ==, "{\"paid\":true, \"n\": 1.50}");
  g_assert_nonnull (strstr (json->head, "application/json"));
  g_assert_nonnull (strstr (text->body, "n is 1.50"));
  g_assert_nonnull (strstr (text->head, "text/plain"));
  /* The rule that made it is gone. */
  {
    g_autofree char *rule = g_build_filename (world->folder, "rule/default/paid.json", NULL);
    g_autoptr (Configuration) configuration = NULL;
    g_autoptr (Snapshot) next = NULL;
    g_autoptr (Reply) gone = NULL;

    g_assert_cmpint (g_unlink (rule), ==, 0);
    configuration = config_load (world->folder, test_connector_schemas, NULL, NULL);
    next = snapshot_new (8, configuration);
    snapshot_publish (world->snapshots, next);
    gone = world_get (world, first);
    reply_assert_problem (gone, 404, "no-target");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/deliveries/list", NULL, test_delivery_list);
  API_WORLD_TEST ("/http/api/deliveries/payload", NULL, test_payload);
  return g_test_run ();
}

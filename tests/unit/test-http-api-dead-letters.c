/* Dead letters in groups, and events found by what is in them. */
#include "support/api-world.h"

static void
test_groups (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) none = world_get (world, "/v1/dead-letters/groups");
  g_autoptr (Reply) reply = NULL;

  reply_assert (none, "groups", "[]");
  reply_assert (none, "total", "0");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *event = world_accept (world, "/in/shop", "{'paid':true}");
      g_autofree char *one = world_delivery_id (event, 1);
      g_autofree char *two = world_delivery_id (event, 2);

      world_settle (world, one, DELIVERY_DEAD, DEAD_REFUSED, 404);
      if (i == 0)
        world_settle (world, two, DELIVERY_DEAD, DEAD_ATTEMPTS, 503);
    }
  reply = world_get (world, "/v1/dead-letters/groups");
  reply_assert (reply, "total", "4");
  g_assert_cmpuint (reply_count (reply, "groups"), ==, 2);
  reply_assert (reply, "groups.0.count", "3");
  reply_assert (reply, "groups.0.connector", "'file/a'");
  reply_assert (reply, "groups.0.cause", "'refused'");
  reply_assert (reply, "groups.0.status", "404");
  reply_assert (reply, "groups.1.count", "1");
  reply_assert (reply, "facets.connector", "{'file/a':3,'file/b':1}");
  reply_assert (reply, "facets.status", "{'404':3,'503':1}");
  reply_assert (reply, "facets.detail-type", "{'webhook':4}");
  reply_assert (reply, "facets.error-code", "{'ERROR_FROM_TARGET':4}");
  reply_assert (reply, "facets.cause", "{'attempts-used-up':1,'refused':3}");
}

static void
test_search (ApiWorld *world, gconstpointer data)
{
  g_autofree char *first = world_accept (world, "/in/shop", "{'paid':true,'n':7}");
  g_autofree char *second = world_accept (world, "/in/shop", "{'paid':false,'n':8}");
  g_autoptr (Reply) where = world_get (world, "/v1/events?where=$.detail.n%3E7");
  g_autoptr (Reply) text = world_get (world, "/v1/events?text=%22n%22:7");
  g_autoptr (Reply) none = world_get (world, "/v1/events?where=$.detail.n=9");
  g_autoptr (Reply) bad = world_get (world, "/v1/events?where=n=9");
  g_autoptr (Reply) empty = world_get (world, "/v1/events?text=");
  g_autofree char *found = reply_string (where, "events.0.id");
  g_autofree char *other = reply_string (text, "events.0.id");

  g_assert_cmpstr (found, ==, second);
  g_assert_cmpstr (other, ==, first);
  reply_assert (none, "events", "[]");
  reply_assert (none, "next", "null");
  reply_assert_problem (bad, 400, "invalid-parameter");
  reply_assert_problem (empty, 400, "invalid-parameter");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api-dead-letters/groups", NULL, test_groups);
  API_WORLD_TEST ("/http/api-dead-letters/search", NULL, test_search);
  return g_test_run ();
}

/* What a draft of a pattern would have matched. */
#include "support/api-world.h"

static void
test_what_if (ApiWorld *world, gconstpointer data)
{
  g_autofree char *paid = world_accept (world, "/in/shop", "{'paid':true,'n':1}");
  g_autofree char *unpaid = world_accept (world, "/in/shop", "{'paid':false,'n':2}");
  g_autoptr (Reply) alone = world_post (world, "/v1/what-if", "{'pattern':{'detail':{'n':[1,2]}}}");
  g_autoptr (Reply) compared = world_post (
      world, "/v1/what-if", "{'pattern':{'detail':{'n':[2]}},'rule':'default/paid'}");
  g_autoptr (Reply) few = world_post (world, "/v1/what-if",
                                      "{'pattern':{'source':['shop']},'events':1}");
  g_autofree char *gained = NULL;
  g_autofree char *lost = NULL;

  reply_assert (alone, "looked_at", "2");
  reply_assert (alone, "matches", "2");
  reply_assert (compared, "matches", "1");
  reply_assert (compared, "live_matches", "1");
  reply_assert (compared, "gained.count", "1");
  reply_assert (compared, "lost.count", "1");
  gained = reply_string (compared, "gained.events.0");
  lost = reply_string (compared, "lost.events.0");
  g_assert_cmpstr (gained, ==, unpaid);
  g_assert_cmpstr (lost, ==, paid);
  reply_assert (few, "looked_at", "1");
  g_assert_null (reply_at (few, "live_matches"));
}

static void
test_what_if_refusals (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) none = world_post (world, "/v1/what-if", "{}");
  g_autoptr (Reply) bad = world_post (world, "/v1/what-if", "{'pattern':{'a':1}}");
  g_autoptr (Reply) missing = world_post (world, "/v1/what-if",
                                          "{'pattern':{'a':[1]},'rule':'default/none'}");
  g_autoptr (Reply) many = world_post (world, "/v1/what-if",
                                       "{'pattern':{'a':[1]},'events':1000000}");
  g_autoptr (Reply) unknown = world_post (world, "/v1/what-if", "{'pattern':{'a':[1]},'x':1}");

  reply_assert_problem (none, 400, "invalid-request");
  reply_assert_problem (bad, 400, "invalid-pattern");
  reply_assert_problem (missing, 404, "not-found");
  reply_assert_problem (many, 400, "invalid-request");
  reply_assert_problem (unknown, 400, "invalid-request");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api-what-if/compared", NULL, test_what_if);
  API_WORLD_TEST ("/http/api-what-if/refusals", NULL, test_what_if_refusals);
  return g_test_run ();
}

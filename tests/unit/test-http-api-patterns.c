/* Trying a pattern. */
#include "support/api-world.h"

#include <string.h>

static void
test_pattern (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) match = world_post (
      world, "/v1/test-pattern", "{'pattern':{'source':['shop']},'event':{'source':'shop'}}");
  g_autoptr (Reply) strings = world_post (
      world, "/v1/test-pattern",
      "{'pattern':'{\\'source\\':[\\'shop\\']}','event':'{\\'source\\':"
      "\\'other\\'}'}");
  g_autoptr (Reply) bad = world_post (world, "/v1/test-pattern",
                                      "{'pattern':{'source':'shop'},'event':{}}");
  g_autoptr (Reply) bad_event = world_post (world, "/v1/test-pattern",
                                            "{'pattern':{'source':['shop']},'event':'{'}");
  g_autoptr (Reply) missing = world_post (world, "/v1/test-pattern", "{'pattern':{}}");
  g_autofree char *detail = reply_string (bad, "detail");

  g_assert_cmpuint (match->status, ==, 200);
  reply_assert (match, "matches", "true");
  reply_assert (match, "leaves.0.path", "'source'");
  reply_assert (match, "leaves.0.held", "true");
  reply_assert (match, "leaves.0.present", "true");
  reply_assert (strings, "matches", "false");
  reply_assert (strings, "leaves.0.held", "false");
  reply_assert_problem (bad, 400, "invalid-pattern");
  g_assert_nonnull (strstr (detail, "Event pattern is not valid. Reason: "));
  reply_assert (bad, "line", "1");
  reply_assert_problem (bad_event, 400, "invalid-event");
  reply_assert_problem (missing, 400, "invalid-request");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/patterns/all", NULL, test_pattern);
  return g_test_run ();
}

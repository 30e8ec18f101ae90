/* Every change leaves a line, and nothing else does. */
#include "support/api-world.h"

#include <string.h>

static void
test_lines (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) none = world_get (world, "/v1/audit");
  g_autofree char *event G_GNUC_UNUSED = world_accept (world, "/in/shop", "{'paid':true}");
  g_autoptr (Reply) looked G_GNUC_UNUSED = world_get (world, "/v1/status");
  g_autoptr (Reply) replayed G_GNUC_UNUSED = world_post (world, "/v1/replay",
                                                         "{'ids':['a'],'actor':'ada'}");
  g_autoptr (Reply) refused G_GNUC_UNUSED = world_post (world, "/v1/discard", "{'idz':[]}");
  /* What is committed before it is there for all to see. */
  g_autofree char *later G_GNUC_UNUSED = world_accept (world, "/in/shop", "{}");
  g_autoptr (Reply) lines = world_get (world, "/v1/audit");
  g_autoptr (Reply) page = world_get (world, "/v1/audit?limit=1&after=2");

  reply_assert (none, "lines", "[]");
  g_assert_cmpuint (reply_count (lines, "lines"), ==, 2);
  reply_assert (lines, "lines.0.line.target", "'/v1/discard'");
  reply_assert (lines, "lines.0.line.status", "400");
  reply_assert (lines, "lines.1.n", "1");
  reply_assert (lines, "lines.1.line.method", "'POST'");
  reply_assert (lines, "lines.1.line.target", "'/v1/replay'");
  reply_assert (lines, "lines.1.line.status", "200");
  reply_assert (lines, "lines.1.line.who", "'127.0.0.1'");
  reply_assert (lines, "lines.1.line.at", "'2026-11-21T09:14:00.123456Z'");
  g_assert_nonnull (strstr (lines->body, "ada"));
  reply_assert (page, "lines.0.n", "1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api-audit/lines", NULL, test_lines);
  return g_test_run ();
}

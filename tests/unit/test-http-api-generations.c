/* The configuration as a whole: applied, its history, and the way back. */
#include "support/api-world.h"

#include "base/error.h"

#include <string.h>

#define FILES "{'files':{'router.json':'{}'},'reason':'why'}"

static void
test_get (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) reply = world_get (world, "/v1/config");
  g_autoptr (Reply) status = world_get (world, "/v1/status");

  reply_assert (reply, "generation", "7");
  reply_assert (reply, "edited_by_hand", "true");
  reply_assert (reply, "restart", "[]");
  g_assert_nonnull (strstr (reply->head, "ETag: \"7\""));
  g_assert_nonnull (strstr (reply->body, "\"rule/default/paid.json\":"));
  reply_assert (status, "config_edited_by_hand", "true");
}

static void
test_put (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) reply = world_ask (world, "PUT", "/v1/config", "If-Match: \"7\"\r\n", FILES);
  g_autoptr (Reply) check = world_ask (
      world, "PUT", "/v1/config?check=true&tests=false&overwrite=true", "", FILES);
  g_autoptr (Reply) tag = world_ask (world, "PUT", "/v1/config", "If-Match: x\r\n", FILES);
  g_autoptr (Reply) body = world_ask (world, "PUT", "/v1/config", "", "{'files':[]}");
  g_autoptr (Reply) conflict = NULL, invalid = NULL;

  reply_assert (reply, "generation", "10");
  reply_assert (reply, "changed", "true");
  reply_assert (reply, "tests", "3");
  reply_assert (reply, "changes", "[]");
  g_assert_cmpuint (check->status, ==, 200);
  reply_assert_problem (tag, 400, "invalid-request");
  reply_assert_problem (body, 400, "invalid-request");
  world_assert_asked (world, "apply 1 files expected=7 check=0 overwrite=0 skip=0 reason=why;"
                             "apply 1 files expected=0 check=1 overwrite=1 skip=1 reason=why;");
  world->fail = ROUTER_ERROR_CONFLICT;
  conflict = world_ask (world, "PUT", "/v1/config", "", FILES);
  reply_assert_problem (conflict, 412, "edited-meanwhile");
  world->invalid = TRUE;
  invalid = world_ask (world, "PUT", "/v1/config", "", FILES);
  reply_assert_problem (invalid, 422, "invalid-configuration");
}

static void
test_pending (ApiWorld *world, gconstpointer data)
{
  g_autofree char *path = g_build_filename (world->folder, "source", "new.json", NULL);
  g_autoptr (Reply) before = world_get (world, "/v1/config/pending");
  g_autoptr (Reply) added = NULL, broken = NULL, texts = NULL;

  reply_assert (before, "generation", "7");
  reply_assert (before, "problems", "[]");
  g_assert_true (g_file_set_contents (path, "{}", -1, NULL));
  added = world_get (world, "/v1/config/pending");
  reply_assert (added, "pending", "true");
  reply_assert (added, "changes.0.kind", "'added'");
  reply_assert (added, "changes.0.object", "'source new'");
  g_assert_true (g_file_set_contents (path, "{\n \"Bus\": \"nowhere\"\n}", -1, NULL));
  broken = world_get (world, "/v1/config/pending");
  reply_assert (broken, "pending", "true");
  reply_assert (broken, "changes", "[]");
  reply_assert (broken, "problems.0.file", "'source/new.json'");
  reply_assert (broken, "problems.0.line", "2");
  texts = world_get (world, "/v1/config/pending?texts=true");
  reply_assert (texts, "files.0.file", "'source/new.json'");
  reply_assert (texts, "files.0.in_force", "null");
  reply_assert (texts, "files.0.on_disk", "'{\\n \\'Bus\\': \\'nowhere\\'\\n}'");
}

static void
test_history (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) list = world_get (world, "/v1/config/history");
  g_autoptr (Reply) page = world_get (world, "/v1/config/history?limit=1");
  g_autoptr (Reply) one = world_get (world, "/v1/config/history/7");
  g_autoptr (Reply) none = world_get (world, "/v1/config/history/99");
  g_autoptr (Reply) wrong = world_get (world, "/v1/config/history/x");

  g_assert_cmpuint (reply_count (list, "generations"), ==, 1);
  reply_assert (list, "generations.0.generation", "7");
  reply_assert (list, "generations.0.in_force", "true");
  reply_assert (list, "generations.0.reason", "''");
  reply_assert (list, "next", "null");
  reply_assert (page, "next", "7");
  reply_assert (one, "author", "'start'");
  reply_assert_problem (none, 404, "not-found");
  reply_assert_problem (wrong, 400, "invalid-parameter");
}

static void
test_diff (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) same = world_get (world, "/v1/config/diff");
  g_autoptr (Reply) reply = world_get (world, "/v1/config/diff?to=3");
  g_autoptr (Reply) none = world_get (world, "/v1/config/diff?from=99");

  reply_assert (same, "changes", "[]");
  reply_assert (reply, "from", "7");
  reply_assert (reply, "to", "3");
  g_assert_nonnull (strstr (reply->body, "\"text\":\"- connector file/a\""));
  g_assert_nonnull (strstr (reply->body, "\"text\":\"+ router\""));
  reply_assert_problem (none, 404, "not-found");
}

static void
test_back (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) back = world_post (world, "/v1/config/rollback",
                                       "{'generation':3,'reason':'broken'}");
  g_autoptr (Reply) none = world_post (world, "/v1/config/rollback", "{'generation':99}");
  g_autoptr (Reply) empty = world_post (world, "/v1/config/rollback", "{}");

  reply_assert (back, "generation", "10");
  reply_assert_problem (none, 404, "not-found");
  reply_assert_problem (empty, 400, "invalid-request");
  world_assert_asked (world, "apply 1 files expected=0 check=0 overwrite=0 skip=0 "
                             "reason=back to generation 3: broken;");
}

static void
test_read_only (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) put = world_ask (world, "PUT", "/v1/config", "", FILES);
  g_autoptr (Reply) check = world_ask (world, "PUT", "/v1/config?check=true", "", FILES);
  g_autoptr (Reply) back = world_post (world, "/v1/config/rollback", "{'generation':3}");

  reply_assert_problem (put, 403, "read-only-configuration");
  g_assert_cmpuint (check->status, ==, 200);
  reply_assert_problem (back, 403, "read-only-configuration");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api-generations/get", NULL, test_get);
  API_WORLD_TEST ("/http/api-generations/put", NULL, test_put);
  API_WORLD_TEST ("/http/api-generations/pending", NULL, test_pending);
  API_WORLD_TEST ("/http/api-generations/history", NULL, test_history);
  API_WORLD_TEST ("/http/api-generations/diff", NULL, test_diff);
  API_WORLD_TEST ("/http/api-generations/back", NULL, test_back);
  API_WORLD_TEST ("/http/api-generations/read-only", "read-only", test_read_only);
  return g_test_run ();
}

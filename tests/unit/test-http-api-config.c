/* Reload, and files of the configuration. */
#include "support/api-world.h"

#include "base/error.h"

#include <string.h>

static void
test_reload (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) reply = world_post (world, "/v1/reload", "");
  g_autoptr (Reply) invalid = NULL;

  reply_assert (reply, "generation", "8");
  reply_assert (reply, "changed", "true");
  world->invalid = TRUE;
  invalid = world_post (world, "/v1/reload", "");
  reply_assert_problem (invalid, 422, "invalid-configuration");
  reply_assert (
      invalid, "problems",
      "[{'file':'rule/default/x.json','line':3,'column':7,'key':'Targets[0].Arn','message':'no "
      "connector “x/y”','hint':''}]");
  world_assert_asked (world, "reload by 127.0.0.1;reload by 127.0.0.1;");
}

static void
test_files (ApiWorld *world, gconstpointer data)
{
  static const char path[] = "/v1/config/file/rule/default/x.json";
  g_autoptr (Reply) list = world_get (world, "/v1/config/files");
  g_autoptr (Reply) file = world_get (world, path);
  g_autoptr (Reply) put = world_ask (world, "PUT", path, "If-Match: \"abc\"\r\n", "{'b':2}");
  g_autoptr (Reply) check = world_ask (world, "PUT",
                                       "/v1/config/file/rule/default/x.json?check=true", "", "{}");
  g_autoptr (Reply) new = world_ask (world, "PUT", path, "If-None-Match: *\r\n", "{}");
  g_autoptr (Reply) delete = world_ask (world, "DELETE", path, "", "");

  reply_assert (list, "generation", "7");
  reply_assert (list, "files",
                "['bus/eu.json','file/a.json','file/b.json','rule/default/off.json',"
                "'rule/default/paid.json','source/off.json','source/shop.json']");
  g_assert_cmpstr (file->body, ==, "{ \"a\": 1 }");
  g_assert_nonnull (strstr (file->head, "ETag: \"abc\""));
  reply_assert (put, "generation", "9");
  g_assert_cmpuint (check->status, ==, 200);
  g_assert_cmpuint (new->status, ==, 200);
  g_assert_cmpuint (delete->status, ==, 200);
  world_assert_asked (world, "read rule/default/x.json;"
                             "edit rule/default/x.json text={\"b\":2} digest=abc check=0;"
                             "edit rule/default/x.json text={} digest=(any) check=1;"
                             "edit rule/default/x.json text={} digest= check=0;"
                             "edit rule/default/x.json text=(none) digest=(any) check=0;");
}

static void
test_files_refused (ApiWorld *world, gconstpointer data)
{
  static const char path[] = "/v1/config/file/rule/default/x.json";
  static const struct
  {
    int fail;
    guint status;
    const char *slug;
  } failures[] = {
    { ROUTER_ERROR_CONFLICT, 412, "edited-meanwhile" },
    { ROUTER_ERROR_NOT_FOUND, 404, "not-found" },
    { ROUTER_ERROR_INVALID, 400, "invalid-request" },
    { ROUTER_ERROR_FULL, 507, "disk-full" },
    { ROUTER_ERROR_UNAVAILABLE, 503, "shutting-down" },
    { ROUTER_ERROR_STORAGE, 500, "storage-failed" },
  };
  static const char *const bad_guards[] = { "If-Match: abc\r\n", "If-Match: W/\"abc\"\r\n",
                                            "If-None-Match: \"abc\"\r\n",
                                            "If-Match: \"abc\"\r\nIf-None-Match: *\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autoptr (Reply) reply = NULL;

      world->fail = failures[i].fail;
      reply = world_ask (world, "PUT", path, "", "{}");
      reply_assert_problem (reply, failures[i].status, failures[i].slug);
    }
  g_mutex_lock (&world->lock);
  g_string_truncate (world->asked, 0);
  g_mutex_unlock (&world->lock);
  for (guint i = 0; i < G_N_ELEMENTS (bad_guards); i++)
    {
      g_autoptr (Reply) reply = world_ask (world, "PUT", path, bad_guards[i], "{}");

      reply_assert_problem (reply, 400, "invalid-request");
    }
  {
    g_autoptr (Reply) check = world_ask (
        world, "PUT", "/v1/config/file/rule/default/x.json?check=maybe", "", "{}");
    g_autoptr (Reply) bytes = world_ask (world, "PUT", path, "", "{\xff}");

    reply_assert_problem (check, 400, "invalid-parameter");
    reply_assert_problem (bytes, 400, "invalid-request");
  }
  world_assert_asked (world, "");
}

static void
test_read_only (ApiWorld *world, gconstpointer data)
{
  static const char path[] = "/v1/config/file/rule/default/x.json";
  g_autoptr (Reply) put = world_ask (world, "PUT", path, "", "{}");
  g_autoptr (Reply) delete = world_ask (world, "DELETE", path, "", "");
  g_autoptr (Reply) check = world_ask (world, "PUT",
                                       "/v1/config/file/rule/default/x.json?check=true", "", "{}");
  g_autoptr (Reply) reload = world_post (world, "/v1/reload", "");

  reply_assert_problem (put, 403, "read-only-configuration");
  reply_assert_problem (delete, 403, "read-only-configuration");
  g_assert_cmpuint (check->status, ==, 200);
  g_assert_cmpuint (reload->status, ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/config/reload", NULL, test_reload);
  API_WORLD_TEST ("/http/api/config/files", NULL, test_files);
  API_WORLD_TEST ("/http/api/config/files-refused", NULL, test_files_refused);
  API_WORLD_TEST ("/http/api/config/read-only", "read-only", test_read_only);
  return g_test_run ();
}

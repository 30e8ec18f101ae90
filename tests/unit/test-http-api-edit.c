/* Events that are made of other ones, single settings, and the tables behind forms. */
#include "support/api-world.h"

#include <string.h>

static void
test_edit (ApiWorld *world, gconstpointer data)
{
  g_autofree char *id = world_accept (world, "/in/shop", "{'paid':true,'n':1}");
  g_autofree char *path = g_strdup_printf ("/v1/events/%s/edit", id);
  g_autofree char *place = g_strdup_printf ("/v1/events/%s", id);
  g_autoptr (Reply) made = world_post (
      world, path, "{'detail':{'paid':true,'n':1e2},'actor':'Ann','reason':'A typing error'}");
  g_autofree char *child = reply_string (made, "id");
  g_autofree char *child_place = g_strdup_printf ("/v1/events/%s", child);
  g_autoptr (Reply) original = world_get (world, place);
  g_autoptr (Reply) edited = world_get (world, child_place);
  g_autofree char *from = reply_string (edited, "edited_from.event");
  g_autofree char *copy = reply_string (original, "edited_copies.0.event");

  g_assert_cmpuint (made->status, ==, 202);
  reply_assert (made, "deliveries", "2");
  reply_assert (original, "event.detail", "{'paid':true,'n':1}");
  reply_assert (original, "edited_from", "null");
  g_assert_cmpstr (copy, ==, child);
  g_assert_cmpstr (from, ==, id);
  g_assert_nonnull (strstr (edited->body, "\"n\":1e2"));
  reply_assert (edited, "edited_from.by", "'Ann'");
  reply_assert (edited, "edited_from.reason", "'A typing error'");
  reply_assert (edited, "event.ingress", "'source/shop'");
  reply_assert (edited, "event.source", "'shop'");
}

static void
test_edit_for_one (ApiWorld *world, gconstpointer data)
{
  g_autofree char *id = world_accept (world, "/in/shop", "{'paid':true}");
  g_autofree char *path = g_strdup_printf ("/v1/events/%s/edit", id);
  g_autofree char *good = g_strdup_printf ("{'detail':{'paid':true,'x':1},'deliveries':['%s-2']}",
                                           id);
  g_autofree char *bad = g_strdup_printf ("{'detail':{'paid':false},'deliveries':['%s-2']}", id);
  g_autoptr (Reply) made = world_post (world, path, good);
  g_autofree char *child = reply_string (made, "id");
  g_autofree char *child_place = g_strdup_printf ("/v1/events/%s", child);
  g_autoptr (Reply) edited = world_get (world, child_place);
  g_autoptr (Reply) no_match = world_post (world, path, bad);
  g_autoptr (Reply) other = world_post (world, path, "{'deliveries':['x']}");
  g_autoptr (Reply) member = world_post (world, path, "{'body':1}");
  g_autoptr (Reply) word = world_post (world, path, "{'source':''}");
  g_autoptr (Reply) missing = world_post (
      world, "/v1/events/01939f4c-5b80-7000-8000-000000000000/edit", "{}");

  reply_assert (made, "deliveries", "1");
  g_assert_cmpuint (reply_count (edited, "deliveries"), ==, 1);
  reply_assert (edited, "deliveries.0.target", "'two'");
  reply_assert_problem (no_match, 422, "no-match");
  reply_assert_problem (other, 400, "invalid-request");
  reply_assert_problem (member, 400, "invalid-request");
  reply_assert_problem (word, 400, "invalid-event");
  reply_assert_problem (missing, 404, "not-found");
}

static void
test_settings (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) one = world_ask (world, "PATCH", "/v1/config/file/rule/default/a.json", "",
                                     "{'changes':[{'pointer':'/b','value':[1]},"
                                     "{'pointer':'/a','remove':true}]}");
  g_autoptr (Reply) nowhere = NULL;
  g_autoptr (Reply) both = NULL;

  g_assert_cmpuint (one->status, ==, 200);
  world_assert_asked (world, "read rule/default/a.json;edit rule/default/a.json "
                             "text={ \"b\": [1] } digest=abc check=0;");
  nowhere = world_ask (world, "PATCH", "/v1/config/file/rule/default/a.json", "",
                       "{'changes':[{'pointer':'/x/y','value':1}]}");
  reply_assert_problem (nowhere, 422, "no-such-setting");
  both = world_ask (world, "PATCH", "/v1/config/file/rule/default/a.json", "",
                    "{'changes':[{'pointer':'/x','value':1,'remove':true}]}");
  reply_assert_problem (both, 400, "invalid-request");
}

static void
test_schemas (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) kinds = world_get (world, "/v1/config/schemas");
  g_autoptr (Reply) rule = world_get (world, "/v1/config/schemas/rule");
  g_autoptr (Reply) file = world_get (world, "/v1/config/schemas/file");
  g_autoptr (Reply) none = world_get (world, "/v1/config/schemas/thing");

  reply_assert (kinds, "kinds.0.kind", "'router'");
  reply_assert (kinds, "kinds.4.file", "'rule/<bus>/<name>.json'");
  reply_assert (rule, "settings.0.name", "'Description'");
  reply_assert (rule, "settings.0.type", "'string'");
  reply_assert (rule, "schema.title", "'Rule'");
  g_assert_nonnull (strstr (file->body, "\"path\":\"connector.Concurrency\""));
  g_assert_nonnull (strstr (file->body, "\"path\":\"file.Path\""));
  reply_assert_problem (none, 404, "not-found");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/edit/all", NULL, test_edit);
  API_WORLD_TEST ("/http/api/edit/for-one", NULL, test_edit_for_one);
  API_WORLD_TEST ("/http/api/edit/settings", NULL, test_settings);
  API_WORLD_TEST ("/http/api/edit/schemas", NULL, test_schemas);
  return g_test_run ();
}

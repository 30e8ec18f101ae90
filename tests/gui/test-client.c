#include <libsoup/soup.h>
#include <string.h>

#include "sb-error.h"
#include "sb-json.h"
#include "support.h"

static void
test_get (World *world, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) status = NULL;

  sb_client_get_status_async (world->client, NULL, take_result_cb, &result);
  wait_until (result != NULL);
  status = sb_client_get_finish (world->client, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sb_json_int (status, "generation"), ==, 7);
}

static void
test_problem (World *world, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sb_client_get_delivery_async (world->client, "no such/id?", NULL, take_result_cb, &result);
  wait_until (result != NULL);
  g_assert_null (sb_client_get_finish (world->client, result, &error));
  g_assert_error (error, SB_ERROR, SB_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "There is no such delivery");
}

static void
test_unreachable (World *world, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fake_router_die (world->router);
  sb_client_get_status_async (world->client, NULL, take_result_cb, &result);
  wait_until (result != NULL);
  g_assert_null (sb_client_get_finish (world->client, result, &error));
  g_assert_error (error, SB_ERROR, SB_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, world->socket));
  fake_router_listen (world->router, world->socket);
}

static void
test_cancel (World *world, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  sb_client_get_status_async (world->client, cancellable, take_result_cb, &result);
  g_cancellable_cancel (cancellable);
  wait_until (result != NULL);
  g_assert_null (sb_client_get_finish (world->client, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_operate (World *world, gconstpointer data)
{
  static const char *const ids[] = { "not-there", NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) filtered = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = NULL;
  gint64 applied, skipped;

  sb_client_operate_async (world->client, SB_OPERATION_REPLAY, &(SbDeadLetters){ .ids = ids }, NULL,
                           take_result_cb, &result);
  wait_until (result != NULL);
  g_assert_true (sb_client_operate_finish (world->client, result, &applied, &skipped, &error));
  g_assert_no_error (error);
  g_assert_cmpint (applied, ==, 0);
  g_assert_cmpint (skipped, ==, 1);

  sb_client_operate_async (world->client, SB_OPERATION_DISCARD,
                           &(SbDeadLetters){ .connector = "webhook/billing" }, NULL, take_result_cb,
                           &filtered);
  wait_until (filtered != NULL);
  g_assert_true (sb_client_operate_finish (world->client, filtered, &applied, &skipped, &error));
  g_assert_cmpint (applied, ==, 5);
  body = parse_json (fake_router_get_last_operation (world->router));
  g_assert_cmpstr (sb_json_string (sb_json_object (body, "filter"), "connector"), ==,
                   "webhook/billing");
  g_assert_cmpstr (sb_json_string (body, "actor"), !=, "");
  g_assert_cmpuint (fake_router_count_state (world->router, "discarded"), ==, 5);
}

static void
test_files (World *world, gconstpointer data)
{
  const char *path = "rule/default/billing.json";
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GAsyncResult) stale = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GPtrArray) no_problems = NULL;
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GBytes) wrong = g_bytes_new_static ("{\"Targets\":[{\"Arn\":\"webhook/x\"}]}", 34);
  g_autofree char *etag = NULL;
  gint64 generation = 0;

  sb_client_fetch_file_async (world->client, path, NULL, take_result_cb, &read);
  wait_until (read != NULL);
  text = sb_client_fetch_finish (world->client, read, &etag, &error);
  g_assert_no_error (error);
  g_assert_nonnull (etag);

  sb_client_write_file_async (world->client, path, wrong, etag, SB_WRITE_SAVE, NULL, take_result_cb,
                              &refused);
  wait_until (refused != NULL);
  g_assert_false (
      sb_client_write_file_finish (world->client, refused, &generation, &problems, &error));
  g_assert_error (error, SB_ERROR, SB_ERROR_INVALID);
  g_assert_cmpuint (problems->len, ==, 1);
  g_assert_cmpstr (((SbDiagnostic *) g_ptr_array_index (problems, 0))->key, ==, "Targets[0].Arn");
  g_clear_error (&error);

  fake_router_write (world->router, path, "{\"Targets\": []}");
  sb_client_write_file_async (world->client, path, text, etag, SB_WRITE_SAVE, NULL, take_result_cb,
                              &stale);
  wait_until (stale != NULL);
  g_assert_false (
      sb_client_write_file_finish (world->client, stale, &generation, &no_problems, &error));
  g_assert_error (error, SB_ERROR, SB_ERROR_CONFLICT);
  g_assert_null (no_problems);
}

/* Something else than a router listens there. */
static void
serve_page_cb (SoupServer *server,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer user_data)
{
  soup_server_message_set_status (message, g_str_equal (path, "/v1/routes") ? 500 : 200, NULL);
  soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, "<p>Hello", 8);
}

static void
test_stranger (void)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SbAddress) address = NULL;
  g_autoptr (SbClient) client = NULL;
  g_autoptr (GAsyncResult) page = NULL;
  g_autoptr (GAsyncResult) failed = NULL;
  g_autofree char *url = NULL;
  GSList *uris;

  soup_server_add_handler (server, NULL, serve_page_cb, NULL, NULL);
  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  uris = soup_server_get_uris (server);
  url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  address = sb_address_new_url (url, &error);
  g_assert_no_error (error);
  client = sb_client_new (address, 5);

  sb_client_get_status_async (client, NULL, take_result_cb, &page);
  wait_until (page != NULL);
  g_assert_null (sb_client_get_finish (client, page, &error));
  g_assert_error (error, SB_ERROR, SB_ERROR_ANSWER);
  g_clear_error (&error);

  sb_client_get_routes_async (client, NULL, take_result_cb, &failed);
  wait_until (failed != NULL);
  g_assert_null (sb_client_get_finish (client, failed, &error));
  g_assert_error (error, SB_ERROR, SB_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "The router answered 500 Internal Server Error");
  soup_server_disconnect (server);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/client/get", World, NULL, world_set_up, test_get, world_tear_down);
  g_test_add ("/client/problem", World, NULL, world_set_up, test_problem, world_tear_down);
  g_test_add ("/client/unreachable", World, NULL, world_set_up, test_unreachable, world_tear_down);
  g_test_add ("/client/cancel", World, NULL, world_set_up, test_cancel, world_tear_down);
  g_test_add ("/client/operate", World, NULL, world_set_up, test_operate, world_tear_down);
  g_test_add ("/client/files", World, NULL, world_set_up, test_files, world_tear_down);
  g_test_add_func ("/client/stranger", test_stranger);
  return g_test_run ();
}

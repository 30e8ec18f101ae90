#include "support.h"

#include <glib/gstdio.h>

gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
world_set_up (World *world, gconstpointer data)
{
  world_set_up_from (world, "world.json");
}

void
world_set_up_from (World *world, const char *file)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SbAddress) address = NULL;

  world->folder = g_dir_make_tmp ("signalbox-XXXXXX", &error);
  g_assert_no_error (error);
  world->socket = g_build_filename (world->folder, "socket", NULL);
  world->router = fake_router_new (path);
  fake_router_listen (world->router, world->socket);
  address = sb_address_new_socket (world->socket);
  world->client = sb_client_new (address, 5);
}

void
world_tear_down (World *world, gconstpointer data)
{
  gpointer client = world->client;

  g_object_add_weak_pointer (G_OBJECT (world->client), &client);
  g_object_unref (world->client);
  /* A cancelled call holds its client until its callback has run. */
  wait_until (client == NULL);
  fake_router_free (world->router);
  g_assert_no_errno (g_rmdir (world->folder));
  g_free (world->folder);
  g_free (world->socket);
}

void
take_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

JsonObject *
parse_json (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (node));
}

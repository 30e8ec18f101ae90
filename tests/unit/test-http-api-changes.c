/* The stream of changes over a real listener. */
#include "support/api-world.h"

#include <gio/gio.h>
#include <string.h>

#define DEADLINE_S 20

typedef struct
{
  GSocketConnection *connection;
  GString *text;
} Stream;

static void
stream_open (Stream *stream, ApiWorld *world, const char *path, const char *headers)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path,
                                              headers);
  g_autoptr (GError) error = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, DEADLINE_S);
  stream->text = g_string_new (NULL);
  stream->connection = g_socket_client_connect_to_uri (client, http_server_get_url (world->server),
                                                       80, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream->connection)),
                             request, strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
stream_close (Stream *stream)
{
  g_object_unref (stream->connection);
  g_string_free (stream->text, TRUE);
}

/* FALSE: it has ended. */
static gboolean
stream_read (Stream *stream)
{
  char block[1024];
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (stream->connection)),
                                  block, sizeof block, NULL, &error);

  g_assert_no_error (error);
  g_string_append_len (stream->text, block, n);
  return n > 0;
}

static void
stream_await (Stream *stream, const char *expected)
{
  while (strstr (stream->text->str, expected) == NULL)
    if (!stream_read (stream))
      g_error ("“%s” is not in “%s”", expected, stream->text->str);
}

static void
test_stream (ApiWorld *world, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  Stream stream;

  stream_open (&stream, world, "/v1/changes", "");
  stream_await (&stream, "event: start");
  g_assert_nonnull (strstr (stream.text->str, "Content-Type: text/event-stream"));
  first = world_accept (world, "/in/shop", "{'paid':true}");
  stream_await (&stream, "\"events\":{\"received\":1,\"unmatched\":0},"
                         "\"deliveries\":{\"created\":2}");
  second = world_delivery_id (first, 1);
  world_settle (world, second, DELIVERY_DEAD, DEAD_REFUSED, 404);
  stream_await (&stream, "\"dead_letters\":{\"added\":1,\"replayed\":0,\"discarded\":0}");
  api_note_generation (world->api, 8);
  stream_await (&stream, "\"generation\":8");
  stream_close (&stream);
}

static void
test_end (ApiWorld *world, gconstpointer data)
{
  Stream stream;

  stream_open (&stream, world, "/v1/changes?topics=queues,generation", "");
  stream_await (&stream, "event: start");
  api_set_stopping (world->api);
  while (stream_read (&stream))
    if (g_str_has_suffix (stream.text->str, "\r\n0\r\n\r\n"))
      break;
  g_assert_true (g_str_has_suffix (stream.text->str, "\r\n0\r\n\r\n"));
  stream_close (&stream);
}

static void
test_reset (ApiWorld *world, gconstpointer data)
{
  Stream stream;

  stream_open (&stream, world, "/v1/changes", "Last-Event-ID: 7.7\r\n");
  stream_await (&stream, "event: reset");
  stream_close (&stream);
}

static void
test_refusals (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) unknown = world_get (world, "/v1/changes?topics=events,weather");
  g_autoptr (Reply) many = NULL;
  Stream streams[64];

  reply_assert_problem (unknown, 400, "invalid-parameter");
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      stream_open (&streams[i], world, "/v1/changes", "");
      stream_await (&streams[i], "event: start");
    }
  many = world_get (world, "/v1/changes");
  reply_assert_problem (many, 503, "too-many-streams");
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    stream_close (&streams[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api-changes/stream", NULL, test_stream);
  API_WORLD_TEST ("/http/api-changes/end", NULL, test_end);
  API_WORLD_TEST ("/http/api-changes/reset", NULL, test_reset);
  API_WORLD_TEST ("/http/api-changes/refusals", NULL, test_refusals);
  return g_test_run ();
}

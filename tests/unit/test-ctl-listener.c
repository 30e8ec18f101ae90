/* The receiver to try things with: what it answers, what it hands on, and that it ends. */
#include "ctl/listener.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

typedef struct
{
  Clock *clock;
  Random *random;
  GMutex lock;
  GPtrArray *lines; /* listener_request_to_json() of each */
  Listener *listener;
  SoupSession *session;
} Fixture;

static void
sink (const ListenerRequest *request, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_mutex_lock (&fixture->lock);
  g_ptr_array_add (fixture->lines, listener_request_to_json (request));
  g_mutex_unlock (&fixture->lock);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const ListenerSettings *settings = data;
  g_autoptr (GError) error = NULL;

  fixture->clock = clock_system_new ();
  fixture->random = random_seeded_new (1);
  g_mutex_init (&fixture->lock);
  fixture->lines = g_ptr_array_new_with_free_func (g_free);
  fixture->listener = listener_new (settings, fixture->clock, fixture->random, sink, fixture,
                                    &error);
  g_assert_no_error (error);
  fixture->session = soup_session_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->session);
  g_clear_pointer (&fixture->listener, listener_free);
  random_free (fixture->random);
  clock_free (fixture->clock);
  g_ptr_array_unref (fixture->lines);
  g_mutex_clear (&fixture->lock);
}

static guint
post (Fixture *fixture, const char *path, const char *body, gsize length)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s",
                                          listener_get_port (fixture->listener), path);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr (GBytes) bytes = g_bytes_new (body, length);
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_headers_append (soup_message_get_request_headers (message), "X-Test", "a \"b\"");
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  answer = soup_session_send_and_read (fixture->session, message, NULL, &error);
  g_assert_no_error (error);
  return soup_message_get_status (message);
}

static JsonObject *
line (Fixture *fixture, guint i, JsonNode **out_root)
{
  g_assert_cmpuint (fixture->lines->len, >, i);
  *out_root = json_from_string (g_ptr_array_index (fixture->lines, i), NULL);
  g_assert_nonnull (*out_root);
  return json_node_get_object (*out_root);
}

static void
test_choose (void)
{
  static const struct
  {
    guint64 fail_first;
    guint fail_percent;
    guint64 n;
    const char *file;
    guint expected;
  } cases[] = {
    { 0, 0, 1, NULL, 200 },       { 2, 0, 2, NULL, 503 },    { 2, 0, 3, NULL, 200 },
    { 0, 100, 9, NULL, 503 },     { 0, 0, 1, "500\n", 500 }, { 2, 100, 1, "204", 204 },
    { 0, 0, 1, "nonsense", 200 }, { 0, 0, 1, "", 200 },      { 1, 0, 1, "99", 503 },
  };
  g_autoptr (Random) random = random_seeded_new (7);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const ListenerSettings settings = {
        .status = 200,
        .fail_status = 503,
        .fail_first = cases[i].fail_first,
        .fail_percent = cases[i].fail_percent,
      };

      g_test_message ("%u", i);
      g_assert_cmpuint (listener_choose (&settings, cases[i].n, random, cases[i].file), ==,
                        cases[i].expected);
    }
}

static void
test_random (void)
{
  const ListenerSettings settings = { .status = 200, .fail_status = 503, .fail_percent = 30 };
  g_autoptr (Random) random = random_seeded_new (7);
  guint failed = 0;

  for (guint i = 0; i < 10000; i++)
    failed += listener_choose (&settings, i, random, NULL) == 503;
  g_assert_cmpuint (failed, >, 2700);
  g_assert_cmpuint (failed, <, 3300);
}

static const ListenerSettings plain = { .address = "127.0.0.1", .status = 200, .fail_status = 503 };

static void
test_requests (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) first = NULL;
  g_autoptr (JsonNode) second = NULL;
  JsonObject *object;

  g_assert_cmpuint (post (fixture, "/a/b?c=d%20e&f", "{\"x\":1}", 7), ==, 200);
  g_assert_cmpuint (post (fixture, "/", "\xff\x00", 2), ==, 200);

  object = line (fixture, 0, &first);
  g_assert_cmpint (json_object_get_int_member (object, "n"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (object, "method"), ==, "POST");
  g_assert_cmpstr (json_object_get_string_member (object, "path"), ==, "/a/b?c=d%20e&f");
  g_assert_cmpint (json_object_get_int_member (object, "status"), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (object, "body"), ==, "{\"x\":1}");
  object = json_object_get_object_member (object, "headers");
  g_assert_cmpstr (json_object_get_string_member (object, "X-Test"), ==, "a \"b\"");

  object = line (fixture, 1, &second);
  g_assert_cmpstr (json_object_get_string_member (object, "body_base64"), ==, "/wA=");
}

static const ListenerSettings failing = { .address = "127.0.0.1",
                                          .status = 200,
                                          .fail_status = 500,
                                          .fail_first = 2 };

static void
test_fail_first (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (post (fixture, "/", "1", 1), ==, 500);
  g_assert_cmpuint (post (fixture, "/", "2", 1), ==, 500);
  g_assert_cmpuint (post (fixture, "/", "3", 1), ==, 200);
}

static void
test_large_body (Fixture *fixture, gconstpointer data)
{
  gsize length = 3 * 1024 * 1024;
  g_autofree char *body = g_strnfill (length, 'x');
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;

  g_assert_cmpuint (post (fixture, "/", body, length), ==, 200);
  object = line (fixture, 0, &root);
  g_assert_cmpuint (strlen (json_object_get_string_member (object, "body")), ==, length);
}

static void
test_status_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("test-ctl-listener-XXXXXX", &error);
  g_autofree char *file = g_build_filename (folder, "status", NULL);
  ListenerSettings settings = plain;
  Fixture fixture = { 0 };

  g_assert_no_error (error);
  settings.status_file = file;
  set_up (&fixture, &settings);
  g_assert_cmpuint (post (&fixture, "/", "1", 1), ==, 200);
  g_file_set_contents (file, "500\n", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (post (&fixture, "/", "2", 1), ==, 500);
  g_assert_cmpint (g_remove (file), ==, 0);
  g_assert_cmpuint (post (&fixture, "/", "3", 1), ==, 200);
  tear_down (&fixture, NULL);
  g_assert_cmpint (g_remove (folder), ==, 0);
}

static void
test_taken (Fixture *fixture, gconstpointer data)
{
  ListenerSettings settings = plain;
  g_autoptr (Listener) other = NULL;
  g_autoptr (GError) error = NULL;

  settings.port = listener_get_port (fixture->listener);
  other = listener_new (&settings, fixture->clock, fixture->random, sink, fixture, &error);
  g_assert_null (other);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  settings.any_port = TRUE;
  other = listener_new (&settings, fixture->clock, fixture->random, sink, fixture, NULL);
  g_assert_nonnull (other);
  g_assert_cmpuint (listener_get_port (other), !=, listener_get_port (fixture->listener));
}

static void
test_address (void)
{
  ListenerSettings settings = plain;
  g_autoptr (GError) error = NULL;

  settings.address = "not an address";
  g_assert_null (listener_new (&settings, NULL, NULL, sink, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static gpointer
post_in_thread (gpointer user_data)
{
  return GUINT_TO_POINTER (post (user_data, "/", "1", 1));
}

/* Ending does not wait for an hour's delay. */
static const ListenerSettings slow = {
  .address = "127.0.0.1",
  .status = 200,
  .fail_status = 503,
  .delay_us = 3600 * (gint64) G_USEC_PER_SEC,
};

static void
test_delay (Fixture *fixture, gconstpointer data)
{
  GThread *thread = g_thread_new ("post", post_in_thread, fixture);

  while (listener_get_n_waiting (fixture->listener) == 0)
    g_thread_yield ();
  g_clear_pointer (&fixture->listener, listener_free);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/listener/choose", test_choose);
  g_test_add_func ("/ctl/listener/random", test_random);
  g_test_add ("/ctl/listener/requests", Fixture, &plain, set_up, test_requests, tear_down);
  g_test_add ("/ctl/listener/fail-first", Fixture, &failing, set_up, test_fail_first, tear_down);
  g_test_add ("/ctl/listener/large-body", Fixture, &plain, set_up, test_large_body, tear_down);
  g_test_add_func ("/ctl/listener/status-file", test_status_file);
  g_test_add ("/ctl/listener/taken", Fixture, &plain, set_up, test_taken, tear_down);
  g_test_add_func ("/ctl/listener/address", test_address);
  g_test_add ("/ctl/listener/delay", Fixture, &slow, set_up, test_delay, tear_down);

  return g_test_run ();
}

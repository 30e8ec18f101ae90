/* Problem details, log lines and default places. */
#include "base/error.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/problem.h"

#include <json-glib/json-glib.h>

static void
test_json (void)
{
  g_autoptr (Problem) problem = problem_new (400, "invalid-json", "Not JSON", "Saw \"%s\"",
                                             "\x01\xff");
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  problem_set_remedy (problem, "Send %s", "JSON");
  problem_set_place (problem, "/a", 3, 4);
  text = problem_to_json (problem);
  node = json_from_string (text, NULL);
  g_assert_nonnull (node);
  object = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (object, "type"), ==,
                   "urn:signalbox:problem:invalid-json");
  g_assert_cmpstr (json_object_get_string_member (object, "title"), ==, "Not JSON");
  g_assert_cmpint (json_object_get_int_member (object, "status"), ==, 400);
  g_assert_cmpstr (json_object_get_string_member (object, "detail"), ==,
                   "Saw \"\x01\xef\xbf\xbd\"");
  g_assert_cmpstr (json_object_get_string_member (object, "remedy"), ==, "Send JSON");
  g_assert_cmpstr (json_object_get_string_member (object, "pointer"), ==, "/a");
  g_assert_cmpint (json_object_get_int_member (object, "line"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (object, "column"), ==, 4);
}

static void
test_from_error (void)
{
  static const struct
  {
    RouterError code;
    guint status;
  } cases[] = {
    { ROUTER_ERROR_INVALID, 400 },  { ROUTER_ERROR_NOT_FOUND, 404 },
    { ROUTER_ERROR_CONFLICT, 409 }, { ROUTER_ERROR_FULL, 507 },
    { ROUTER_ERROR_STORAGE, 500 },  { ROUTER_ERROR_UNAVAILABLE, 503 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new (ROUTER_ERROR, (int) cases[i].code, "Words");
      g_autoptr (Problem) problem = problem_from_error (error);

      g_assert_cmpuint (problem->status, ==, cases[i].status);
      g_assert_cmpstr (problem->detail, ==, "Words");
    }
}

static void
test_log (void)
{
  LogLevel level;

  if (g_test_subprocess ())
    {
      log_start (LOG_INFO);
      log_message (LOG_INFO, "test", "first\nforged %d", 1);
      log_message (LOG_DEBUG, "test", "unseen");
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*Z info test: first\\x0aforged 1\n*");
  g_test_trap_assert_stderr_unmatched ("*unseen*");
  g_assert_true (log_level_parse ("debug", &level));
  g_assert_cmpint (level, ==, LOG_DEBUG);
  g_assert_false (log_level_parse ("loud", &level));
}

static void
test_paths (void)
{
  g_autofree char *socket = NULL;

  g_setenv ("SIGNALBOX_SOCKET", "/somewhere/socket", TRUE);
  socket = paths_socket ();
  g_assert_cmpstr (socket, ==, "/somewhere/socket");
  g_unsetenv ("SIGNALBOX_SOCKET");
  {
    g_autofree char *other = paths_socket ();
    g_autofree char *config = paths_config_dir ();
    g_autofree char *state = paths_state_dir ();

    g_assert_true (g_path_is_absolute (other));
    g_assert_true (g_path_is_absolute (config));
    g_assert_true (g_path_is_absolute (state));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/problem/json", test_json);
  g_test_add_func ("/base/problem/from-error", test_from_error);
  g_test_add_func ("/base/log/one-line-each", test_log);
  g_test_add_func ("/base/paths/defaults", test_paths);
  return g_test_run ();
}

/* Tokens: what is asked for, and what is sent along with every call. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"
#include "support/receiver.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  Receiver *router;
  const char *url;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_unsetenv ("SIGNALBOX_TOKEN");
  fixture->router = receiver_new ();
  fixture->url = receiver_url (fixture->router);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  receiver_free (fixture->router);
}

static const ReceivedRequest *
last_request (Fixture *fixture)
{
  guint n = receiver_n_requests (fixture->router);

  g_assert_cmpuint (n, >, 0);
  return receiver_request (fixture->router, n - 1);
}

static void
test_create (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CtlRun) run = NULL;
  g_autofree char *body = NULL;

  receiver_set_body (fixture->router, "{\"name\":\"ci\",\"token\":\"sbx_secret\"}", -1);
  run = CTL_RUN ("token", "create", "ci", "--role", "editor", "--expires", "30d", "-u",
                 fixture->url);
  body = received_body (last_request (fixture));
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpstr (run->out, ==, "sbx_secret\n");
  ctl_run_assert_contains (run->err, "shown once");
  g_assert_cmpstr (last_request (fixture)->method, ==, "POST");
  g_assert_cmpstr (last_request (fixture)->target, ==, "/v1/tokens");
  g_assert_cmpstr (body, ==,
                   "{\"name\":\"ci\",\"role\":\"editor\",\"expires_in_seconds\":2592000}");
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CtlRun) run = NULL;

  receiver_set_body (
      fixture->router,
      "{\"tokens\":[{\"id\":1,\"name\":\"ci\",\"role\":\"editor\",\"by\":\"uid 0\","
      "\"created\":\"2026-11-21T09:14:00.000000Z\",\"expires\":null,\"state\":\"valid\"}]}",
      -1);
  run = CTL_RUN ("token", "list", "-u", fixture->url);
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  ctl_run_assert_contains (run->out, "ci");
  ctl_run_assert_contains (run->out, "never");
}

static void
test_revoke (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CtlRun) run = CTL_RUN ("token", "revoke", "ci", "-u", fixture->url);

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpstr (last_request (fixture)->method, ==, "DELETE");
  g_assert_cmpstr (last_request (fixture)->target, ==, "/v1/tokens/ci");
}

static void
assert_sent (Fixture *fixture, const char *expected)
{
  const char *sent = received_header (last_request (fixture), "Authorization");

  g_assert_cmpstr (sent, ==, expected);
}

static void
test_sent (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (CtlRun) from_file = NULL;
  g_autoptr (CtlRun) from_environment = NULL;
  g_autoptr (CtlRun) missing = NULL;
  int fd = g_file_open_tmp ("sb-token-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, "sbx_file\n", -1, NULL));
  from_file = CTL_RUN ("audit", "-u", fixture->url, "--token-file", path);
  assert_sent (fixture, "Bearer sbx_file");
  g_setenv ("SIGNALBOX_TOKEN", "sbx_environment", TRUE);
  from_environment = CTL_RUN ("audit", "-u", fixture->url);
  assert_sent (fixture, "Bearer sbx_environment");
  g_unsetenv ("SIGNALBOX_TOKEN");
  g_unlink (path);
  missing = CTL_RUN ("audit", "-u", fixture->url, "--token-file", path);
  g_assert_cmpint (missing->exit_code, ==, EX_NOINPUT);
  ctl_run_assert_contains (missing->err, path);
}

static void
test_usage (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CtlRun) none = CTL_RUN ("token", "-u", fixture->url);
  g_autoptr (CtlRun) half = CTL_RUN ("token", "create", "-u", fixture->url);
  g_autoptr (CtlRun) time = CTL_RUN ("token", "create", "a", "--expires", "soon", "-u",
                                     fixture->url);

  g_assert_cmpint (none->exit_code, ==, EX_USAGE);
  g_assert_cmpint (half->exit_code, ==, EX_USAGE);
  g_assert_cmpint (time->exit_code, ==, EX_USAGE);
  g_assert_cmpuint (receiver_n_requests (fixture->router), ==, 0);
}

static void
test_problems (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CtlRun) list = NULL;
  g_autoptr (CtlRun) seen = NULL;
  g_autofree char *body = NULL;

  receiver_set_body (fixture->router,
                     "{\"problems\":[{\"fingerprint\":\"ab12\",\"sentence\":\"file/a fails\","
                     "\"trend\":\"steady\",\"state\":\"open\",\"first\":\"x\"}]}",
                     -1);
  list = CTL_RUN ("problems", "-u", fixture->url);
  g_assert_cmpint (list->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (list->out, "file/a fails\n  ab12, first at x, steady");
  seen = CTL_RUN ("problems", "acknowledge", "ab12", "--reason", "known", "-u", fixture->url);
  body = received_body (last_request (fixture));
  g_assert_cmpint (seen->exit_code, ==, EX_OK);
  g_assert_cmpstr (last_request (fixture)->target, ==, "/v1/problems/ab12/acknowledge");
  g_assert_cmpstr (body, ==, "{\"reason\":\"known\"}");
}

#define TEST(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/ctl/token/create", test_create);
  TEST ("/ctl/token/list", test_list);
  TEST ("/ctl/token/revoke", test_revoke);
  TEST ("/ctl/token/sent", test_sent);
  TEST ("/ctl/token/usage", test_usage);
  TEST ("/ctl/problems/all", test_problems);
  return g_test_run ();
}

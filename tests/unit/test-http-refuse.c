/* What is refused by the head of a request alone. */
#include "http/refuse.h"

#include <string.h>

static const char *const parameters[] = { "limit", NULL };

static const HttpRoute routes[] = {
  { "GET", "/v1/things", HTTP_ON_POOL, parameters, NULL },
  { "POST", "/v1/things", HTTP_ON_POOL, NULL, NULL },
  { "POST", "/in/:source", HTTP_ON_SERVER_THREAD, NULL, NULL },
  { NULL },
};

static void
assert_refused (Problem *problem, guint status, const char *type)
{
  g_autoptr (Problem) owned G_GNUC_UNUSED = problem;

  if (type == NULL)
    {
      g_assert_null (problem);
      return;
    }
  g_assert_nonnull (problem);
  g_test_message ("%s", problem->detail);
  g_assert_cmpuint (problem->status, ==, status);
  g_assert_cmpstr (problem->type, ==, type);
  g_assert_true (g_utf8_validate (problem->detail, -1, NULL));
}

static void
test_ambiguous (void)
{
  static const struct
  {
    HttpHead head;
    gboolean refused;
  } cases[] = {
    { { .version = "HTTP/1.1", .n_hosts = 1 }, FALSE },
    { { .version = "HTTP/1.1", .n_hosts = 1, .n_lengths = 1 }, FALSE },
    { { .version = "HTTP/1.1", .n_hosts = 1, .n_codings = 1 }, FALSE },
    { { .version = "HTTP/1.0" }, FALSE },
    { { .version = "HTTP/1.1" }, TRUE },
    { { .version = "HTTP/1.1", .n_hosts = 2 }, TRUE },
    { { .version = "HTTP/1.0", .n_hosts = 2 }, TRUE },
    { { .version = "HTTP/1.1", .n_hosts = 1, .n_lengths = 2 }, TRUE },
    { { .version = "HTTP/1.1", .n_hosts = 1, .n_codings = 2 }, TRUE },
    { { .version = "HTTP/1.1", .n_hosts = 1, .n_lengths = 1, .n_codings = 1 }, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (http_refuse_ambiguous (&cases[i].head), 400,
                    cases[i].refused ? "invalid-request" : NULL);
}

static void
test_browser (void)
{
  static const struct
  {
    const char *method, *path, *host, *origin;
    gboolean local;
    const char *type;
  } cases[] = {
    { "GET", "/v1/things", "localhost", NULL, FALSE, NULL },
    { "GET", "/v1/things", NULL, NULL, FALSE, NULL },
    { "GET", "/v1/things", "here.lan", NULL, FALSE, NULL },
    { "GET", "/v1/things", "evil.example", NULL, FALSE, "foreign-host" },
    { "GET", "/metrics", "evil.example", NULL, FALSE, "foreign-host" },
    { "GET", "/v1/things", "evil\xff", NULL, FALSE, "foreign-host" },
    { "GET", "/v1/things", "evil.example", NULL, TRUE, NULL },
    { "POST", "/in/x", "evil.example", "https://evil.example", FALSE, NULL },
    { "GET", "/v1/things", "localhost", "https://evil.example", FALSE, NULL },
    { "HEAD", "/v1/things", "localhost", "https://evil.example", FALSE, NULL },
    { "POST", "/v1/things", "localhost", "https://evil.example", FALSE, "cross-site" },
    { "PUT", "/v1/things", "localhost", "null", FALSE, "cross-site" },
    { "DELETE", "/v1/things", "localhost", "\xff", FALSE, "cross-site" },
    { "POST", "/v1/things", "localhost", "https://evil.example", TRUE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HttpHead head = { .method = cases[i].method,
                        .host = cases[i].host,
                        .origin = cases[i].origin,
                        .local = cases[i].local };

      assert_refused (http_refuse_browser (&head, cases[i].path, "here.lan"), 403, cases[i].type);
    }
}

static void
test_route (void)
{
  static const struct
  {
    const char *method, *target;
    guint status;
    const char *type;
  } cases[] = {
    { "GET", "/v1/things", 0, NULL },
    { "GET", "/v1/things?limit=1", 0, NULL },
    { "GET", "/v1/things?limit=1&limit=1", 400, "invalid-parameter" },
    { "GET", "/v1/things?Limit=1", 400, "unknown-parameter" },
    { "POST", "/v1/things?limit=1", 400, "unknown-parameter" },
    { "PATCH", "/v1/things", 405, "method-not-allowed" },
    { "GET", "/v1/other", 404, "not-found" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HttpCapture captures[HTTP_MAX_CAPTURES];
      const HttpRoute *route = NULL;
      HttpTarget target;
      const char *reason;

      g_assert_true (http_target_parse (cases[i].target, &target, &reason));
      assert_refused (http_refuse_route (routes, cases[i].method, &target, &route, captures),
                      cases[i].status, cases[i].type);
      if (cases[i].type == NULL)
        g_assert_true (route == &routes[0]);
      http_target_clear (&target);
    }
}

static void
test_words (void)
{
  g_autoptr (Problem) limited = http_refuse_too_large ("Limits.EventBytes", 7);
  g_autoptr (Problem) plain = http_refuse_too_large (NULL, 7);
  g_autoptr (Problem) busy = http_refuse_connections (5);
  g_autoptr (Problem) stopping = http_refuse_stopping ();

  g_assert_cmpuint (limited->status, ==, 413);
  g_assert_nonnull (strstr (limited->detail, "7 bytes"));
  g_assert_nonnull (strstr (limited->detail, "Limits.EventBytes"));
  g_assert_nonnull (strstr (limited->remedy, "Limits.EventBytes"));
  g_assert_null (plain->remedy);
  g_assert_cmpuint (busy->retry_after_s, >, 0);
  g_assert_nonnull (strstr (busy->detail, "Limits.Connections"));
  g_assert_cmpuint (stopping->retry_after_s, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/refuse/ambiguous", test_ambiguous);
  g_test_add_func ("/http/refuse/browser", test_browser);
  g_test_add_func ("/http/refuse/route", test_route);
  g_test_add_func ("/http/refuse/words", test_words);
  return g_test_run ();
}

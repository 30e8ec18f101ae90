/* Which route a method and a path mean. */
#include "http/route.h"

#include <string.h>

static const char *const parameters[] = { "limit", "after", NULL };

static const HttpRoute routes[] = {
  { "POST", "/in/:source", HTTP_ON_SERVER_THREAD, NULL, NULL },
  { "GET", "/v1/events", HTTP_ON_POOL, parameters, NULL },
  { "POST", "/v1/events", HTTP_ON_SERVER_THREAD, NULL, NULL },
  { "GET", "/v1/events/:id", HTTP_ON_POOL, NULL, NULL },
  { "GET", "/v1/events/:id/body", HTTP_ON_POOL, NULL, NULL },
  { "PUT", "/v1/config/file/*path", HTTP_ON_POOL, NULL, NULL },
  { NULL },
};

static void
test_find (void)
{
  static const struct
  {
    const char *method, *path;
    RouteVerdict verdict;
    int route;
    const char *capture;
  } cases[] = {
    { "POST", "/in/github", ROUTE_FOUND, 0, "github" },
    { "POST", "/in/a%2Fb", ROUTE_FOUND, 0, "a%2Fb" },
    { "POST", "/in/", ROUTE_NO_PATH, -1, NULL },
    { "POST", "/in", ROUTE_NO_PATH, -1, NULL },
    { "POST", "/in/a/b", ROUTE_NO_PATH, -1, NULL },
    { "GET", "/in/github", ROUTE_NO_METHOD, -1, NULL },
    { "GET", "/v1/events", ROUTE_FOUND, 1, NULL },
    { "HEAD", "/v1/events", ROUTE_FOUND, 1, NULL },
    { "POST", "/v1/events", ROUTE_FOUND, 2, NULL },
    { "HEAD", "/in/github", ROUTE_NO_METHOD, -1, NULL },
    { "DELETE", "/v1/events", ROUTE_NO_METHOD, -1, NULL },
    { "get", "/v1/events", ROUTE_NO_METHOD, -1, NULL },
    { "GET", "/v1/events/", ROUTE_NO_PATH, -1, NULL },
    { "GET", "/v1/events/7", ROUTE_FOUND, 3, "7" },
    { "GET", "/v1/events/7/", ROUTE_NO_PATH, -1, NULL },
    { "GET", "/v1/events/7/body", ROUTE_FOUND, 4, "7" },
    { "GET", "/v1/events//body", ROUTE_NO_PATH, -1, NULL },
    { "GET", "/V1/events", ROUTE_NO_PATH, -1, NULL },
    { "PUT", "/v1/config/file/rule/default/x.json", ROUTE_FOUND, 5, "rule/default/x.json" },
    { "PUT", "/v1/config/file/", ROUTE_NO_PATH, -1, NULL },
    { "GET", "/", ROUTE_NO_PATH, -1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HttpCapture captures[HTTP_MAX_CAPTURES];
      const HttpRoute *route = NULL;
      g_autofree char *capture = NULL;

      g_test_message ("%s %s", cases[i].method, cases[i].path);
      g_assert_cmpint (http_route_find (routes, cases[i].method, cases[i].path, &route, captures),
                       ==, cases[i].verdict);
      g_assert_true (route == (cases[i].route < 0 ? NULL : &routes[cases[i].route]));
      if (captures[0].name != NULL)
        capture = g_strndup (captures[0].text, captures[0].length);
      g_assert_cmpstr (capture, ==, cases[i].capture);
    }
}

static void
test_allowed (void)
{
  g_autofree char *events = http_route_allowed (routes, "/v1/events");
  g_autofree char *in = http_route_allowed (routes, "/in/x");

  g_assert_cmpstr (events, ==, "GET, HEAD, POST");
  g_assert_cmpstr (in, ==, "POST");
}

static void
test_parameters (void)
{
  HttpTarget target;
  const char *reason;

  g_assert_true (http_target_parse ("/v1/events?limit=1&bogus=2", &target, &reason));
  g_assert_cmpstr (http_route_unknown_parameter (&routes[1], &target), ==, "bogus");
  g_assert_cmpstr (http_route_unknown_parameter (&routes[0], &target), ==, "limit");
  http_target_clear (&target);
  g_assert_true (http_target_parse ("/v1/events?limit=1&after=2", &target, &reason));
  g_assert_null (http_route_unknown_parameter (&routes[1], &target));
  http_target_clear (&target);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/route/find", test_find);
  g_test_add_func ("/http/route/allowed", test_allowed);
  g_test_add_func ("/http/route/parameters", test_parameters);
  return g_test_run ();
}

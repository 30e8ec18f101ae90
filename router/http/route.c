/* Matches paths against the table of routes.  The table is short and the first entries are those of
 * the way of an event, so it is simply walked. */
#include "http/route.h"

#include <string.h>

/* A segment: up to the next slash.  An empty one stands for nothing. */
static gboolean
path_matches (const char *pattern, const char *path, HttpCapture *captures)
{
  guint n = 0;

  memset (captures, 0, HTTP_MAX_CAPTURES * sizeof *captures);
  while (*pattern != '\0')
    {
      if (*pattern == ':' || *pattern == '*')
        {
          gboolean rest = *pattern == '*';
          gsize length = rest ? strlen (path) : strcspn (path, "/");

          if (length == 0)
            return FALSE;
          g_assert (n < HTTP_MAX_CAPTURES);
          captures[n++] = (HttpCapture){ pattern + 1, path, length };
          path += length;
          pattern += strcspn (pattern, "/");
        }
      else if (*pattern++ != *path++)
        return FALSE;
    }
  return *path == '\0';
}

static gboolean
method_matches (const HttpRoute *route, const char *method)
{
  return strcmp (route->method, method) == 0 ||
         (strcmp (method, "HEAD") == 0 && strcmp (route->method, "GET") == 0);
}

RouteVerdict
http_route_find (const HttpRoute *routes,
                 const char *method,
                 const char *path,
                 const HttpRoute **out_route,
                 HttpCapture *captures)
{
  RouteVerdict verdict = ROUTE_NO_PATH;

  for (const HttpRoute *route = routes; route->method != NULL; route++)
    {
      if (!path_matches (route->path, path, captures))
        continue;
      if (method_matches (route, method))
        {
          *out_route = route;
          return ROUTE_FOUND;
        }
      verdict = ROUTE_NO_METHOD;
    }
  memset (captures, 0, HTTP_MAX_CAPTURES * sizeof *captures);
  return verdict;
}

gboolean
http_capture_is (const HttpCapture *capture, const char *name)
{
  gsize length = strcspn (capture->name, "/");

  return strlen (name) == length && strncmp (capture->name, name, length) == 0;
}

char *
http_route_allowed (const HttpRoute *routes, const char *path)
{
  GString *allowed = g_string_new (NULL);
  HttpCapture captures[HTTP_MAX_CAPTURES];

  for (const HttpRoute *route = routes; route->method != NULL; route++)
    if (path_matches (route->path, path, captures))
      {
        if (allowed->len > 0)
          g_string_append (allowed, ", ");
        g_string_append (allowed, route->method);
        if (strcmp (route->method, "GET") == 0)
          g_string_append (allowed, ", HEAD");
      }
  return g_string_free (allowed, FALSE);
}

const char *
http_route_unknown_parameter (const HttpRoute *route, const HttpTarget *target)
{
  for (guint i = 0; i < target->n_parameters; i++)
    {
      const char *name = target->parameters[i].name;

      if (route->parameters == NULL || !g_strv_contains (route->parameters, name))
        return name;
    }
  return NULL;
}

/* route.h: which route of a table is meant by a method and a path.  Pure functions. */
#pragma once

#include "http/server.h"
#include "http/target.h"

G_BEGIN_DECLS

#define HTTP_MAX_CAPTURES 2

/* A part of the path that stands for ":name" or "*name"; points into the path, not decoded. */
typedef struct
{
  const char *name; /* where it begins in the route's pattern: see http_capture_is() */
  const char *text;
  gsize length;
} HttpCapture;

typedef enum
{
  ROUTE_FOUND,
  ROUTE_NO_PATH,   /* no route has this path */
  ROUTE_NO_METHOD, /* some have, but none with this method */
} RouteVerdict;

/* HEAD finds the route for GET.  captures has room for HTTP_MAX_CAPTURES; unused ones have name
 * NULL. */
RouteVerdict http_route_find (const HttpRoute *routes,
                              const char *method,
                              const char *path,
                              const HttpRoute **out_route,
                              HttpCapture *captures);

gboolean http_capture_is (const HttpCapture *capture, const char *name);

/* "GET, HEAD, PUT": the methods of all routes with this path, for the Allow header. */
char *http_route_allowed (const HttpRoute *routes, const char *path);

/* Checks the names of the query's parameters against the route's list.  Returns the first one that
 * it does not know, or NULL. */
const char *http_route_unknown_parameter (const HttpRoute *route, const HttpTarget *target);

G_END_DECLS

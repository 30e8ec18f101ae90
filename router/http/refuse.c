/* Refusals of the server. */
#include "http/refuse.h"

#include "http/guard.h"

#include <string.h>

Problem *
http_refuse_stopping (void)
{
  Problem *problem = problem_new (503, "shutting-down", "The router is stopping",
                                  "The router is stopping and takes nothing in");

  problem->retry_after_s = 5;
  return problem;
}

Problem *
http_refuse_connections (guint max_connections)
{
  Problem *problem = problem_new (503, "too-many-connections", "There are too many connections",
                                  "More than %u connections are open, the limit that "
                                  "Limits.Connections sets",
                                  max_connections);

  problem_set_remedy (problem, "Send several requests over one connection, or raise "
                               "Limits.Connections in router.json");
  problem->retry_after_s = 1;
  return problem;
}

Problem *
http_refuse_target (const char *reason)
{
  return problem_new (400, "invalid-request", "The request is not valid",
                      "The request's target cannot be read: %s", reason);
}

Problem *
http_refuse_ambiguous (const HttpHead *head)
{
  if (head->n_lengths + head->n_codings > 1)
    return problem_new (400, "invalid-request", "The request is not valid",
                        "The request says more than once how long its body is (Content-Length, "
                        "Transfer-Encoding)");
  if (head->n_hosts > 1 || (head->n_hosts == 0 && strcmp (head->version, "HTTP/1.1") == 0))
    return problem_new (400, "invalid-request", "The request is not valid",
                        "An HTTP/1.1 request has exactly one Host header, this one has %u",
                        head->n_hosts);
  return NULL;
}

static Problem *
refuse_host (const char *host)
{
  g_autofree char *shown = g_utf8_make_valid (host, -1);

  return problem_new (403, "foreign-host", "The host is not this router",
                      "The request is for the host “%s”; the API answers to localhost and loopback "
                      "addresses only, so that no web page can reach it by a name of its own",
                      shown);
}

static Problem *
refuse_origin (const char *origin)
{
  g_autofree char *shown = g_utf8_make_valid (origin, -1);

  return problem_new (403, "cross-site", "The request comes from a web page",
                      "The request has an Origin header (“%s”), so a web page sent it; pages may "
                      "not change anything here",
                      shown);
}

Problem *
http_refuse_browser (const HttpHead *head, const char *path, const char *listen_host)
{
  if (head->local || !(g_str_has_prefix (path, "/v1/") || strcmp (path, "/metrics") == 0))
    return NULL;
  if (head->host != NULL && !http_guard_host_is_local (head->host, listen_host))
    return refuse_host (head->host);
  if (head->origin != NULL && !http_guard_method_is_safe (head->method))
    return refuse_origin (head->origin);
  return NULL;
}

static Problem *
refuse_method (const HttpRoute *routes, const HttpTarget *target, const char *method)
{
  g_autofree char *allowed = http_route_allowed (routes, target->path);
  g_autofree char *shown = g_utf8_make_valid (method, -1);

  return problem_new (405, "method-not-allowed", "The method is not allowed here",
                      "%s cannot be used on %s; allowed: %s", shown, target->path, allowed);
}

static Problem *
refuse_parameter (const HttpRoute *route, const char *name)
{
  g_autofree char *known = route->parameters != NULL
                               ? g_strjoinv (", ", (char **) route->parameters)
                               : g_strdup ("none");

  return problem_new (400, "unknown-parameter", "The query parameter is not known",
                      "There is no query parameter “%s” here; known: %s", name, known);
}

static Problem *
refuse_repeated (const HttpTarget *target)
{
  for (guint i = 1; i < target->n_parameters; i++)
    for (guint j = 0; j < i; j++)
      if (strcmp (target->parameters[i].name, target->parameters[j].name) == 0)
        return problem_new (400, "invalid-parameter", "The query parameter is not valid",
                            "The query parameter “%s” is given twice", target->parameters[i].name);
  return NULL;
}

const char *const http_any_parameter[] = { NULL };

Problem *
http_refuse_route (const HttpRoute *routes,
                   const char *method,
                   const HttpTarget *target,
                   const HttpRoute **out_route,
                   HttpCapture *captures)
{
  const char *unknown;

  switch (http_route_find (routes, method, target->path, out_route, captures))
    {
    case ROUTE_NO_PATH:
      return problem_new (404, "not-found", "There is nothing at this path",
                          "There is nothing at %s; events go to /in/<source> or /v1/events",
                          target->path);
    case ROUTE_NO_METHOD:
      return refuse_method (routes, target, method);
    case ROUTE_FOUND:
      break;
    }
  if ((*out_route)->parameters == http_any_parameter)
    return NULL;
  unknown = http_route_unknown_parameter (*out_route, target);
  return unknown != NULL ? refuse_parameter (*out_route, unknown) : refuse_repeated (target);
}

Problem *
http_refuse_too_large (const char *setting, gsize max_bytes)
{
  Problem *problem = problem_new (413, "body-too-large", "The body is too large",
                                  "The body is larger than %" G_GSIZE_FORMAT " bytes, %s%s",
                                  max_bytes, setting != NULL ? "the limit that is set by " : "",
                                  setting != NULL ? setting : "the most that is taken here");

  if (setting != NULL)
    problem_set_remedy (problem, "Send less at once, or raise %s in router.json", setting);
  return problem;
}

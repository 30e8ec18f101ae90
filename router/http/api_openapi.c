/* The API as an OpenAPI 3.1 document: routes and their parameters from the table of routes, the
 * rest from that of operations. */
#include "config.h"

#include "http/api-private.h"
#include "http/operations.h"
#include "http/shape.h"

#include <string.h>

static const ApiOperation *
find_operation (const HttpRoute *route)
{
  for (const ApiOperation *one = api_operations; one->method != NULL; one++)
    if (strcmp (one->method, route->method) == 0 && strcmp (one->path, route->path) == 0)
      return one;
  return NULL;
}

/* "/v1/events/:id" is "/v1/events/{id}". */
static char *
template_of (const char *path)
{
  GString *text = g_string_new (NULL);
  gboolean in_name = FALSE;

  for (const char *at = path; *at != '\0'; at++)
    {
      if (in_name && *at == '/')
        {
          g_string_append_c (text, '}');
          in_name = FALSE;
        }
      if (*at == ':' || *at == '*')
        {
          g_string_append_c (text, '{');
          in_name = TRUE;
        }
      else
        g_string_append_c (text, *at);
    }
  if (in_name)
    g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

static void
put_parameter (JsonOut *out, const char *name, const char *place)
{
  json_out_object (out, NULL);
  json_out_string (out, "name", name);
  json_out_string (out, "in", place);
  json_out_bool (out, "required", strcmp (place, "path") == 0);
  shape_put_schema (out, "schema", "string");
  json_out_end_object (out);
}

static void
put_parameters (JsonOut *out, const HttpRoute *route)
{
  g_auto (GStrv) segments = g_strsplit (route->path, "/", -1);

  json_out_array (out, "parameters");
  for (guint i = 0; segments[i] != NULL; i++)
    if (segments[i][0] == ':' || segments[i][0] == '*')
      put_parameter (out, segments[i] + 1, "path");
  for (guint i = 0; route->parameters != NULL && route->parameters != http_any_parameter &&
                    route->parameters[i] != NULL;
       i++)
    put_parameter (out, route->parameters[i], "query");
  json_out_end_array (out);
}

static void
put_content (JsonOut *out, const char *media, const char *shape)
{
  json_out_object (out, "content");
  json_out_object (out, media);
  shape_put_schema (out, "schema", shape);
  json_out_end_object (out);
  json_out_end_object (out);
}

static void
put_responses (JsonOut *out, const ApiOperation *operation)
{
  char status[16];

  g_snprintf (status, sizeof status, "%u", operation->status != 0 ? operation->status : 200);
  json_out_object (out, "responses");
  json_out_object (out, status);
  json_out_string (out, "description", operation->summary);
  if (operation->answer != NULL)
    put_content (out, "application/json", operation->answer);
  else
    put_content (out, operation->media, "string");
  json_out_end_object (out);
  json_out_object (out, "default");
  json_out_string (out, "description", "Refused, and why");
  put_content (out, "application/problem+json", "Problem");
  json_out_end_object (out);
  json_out_end_object (out);
}

static void
put_security (JsonOut *out, const HttpRoute *route)
{
  HttpRole role = access_role_of (route);

  json_out_string (out, "x-role", access_role_name (role));
  json_out_array (out, "security");
  if (role != HTTP_ROLE_OPEN)
    {
      json_out_object (out, NULL);
      json_out_array (out, "token");
      json_out_end_array (out);
      json_out_end_object (out);
    }
  json_out_end_array (out);
}

static void
put_operation (JsonOut *out, const HttpRoute *route)
{
  const ApiOperation *operation = find_operation (route);
  g_autofree char *method = g_ascii_strdown (route->method, -1);

  if (operation == NULL)
    return;
  json_out_object (out, method);
  json_out_string (out, "summary", operation->summary);
  put_parameters (out, route);
  if (operation->body != NULL)
    {
      json_out_object (out, "requestBody");
      put_content (out, "application/json", operation->body);
      json_out_end_object (out);
    }
  put_responses (out, operation);
  put_security (out, route);
  json_out_end_object (out);
}

static gboolean
is_first_of_path (const HttpRoute *routes, const HttpRoute *route)
{
  for (const HttpRoute *one = routes; one < route; one++)
    if (strcmp (one->path, route->path) == 0)
      return FALSE;
  return TRUE;
}

static void
put_paths (JsonOut *out)
{
  const HttpRoute *routes = api_routes ();

  json_out_object (out, "paths");
  for (const HttpRoute *route = routes; route->method != NULL; route++)
    {
      g_autofree char *path = template_of (route->path);

      if (!is_first_of_path (routes, route))
        continue;
      json_out_object (out, path);
      for (const HttpRoute *one = route; one->method != NULL; one++)
        if (strcmp (one->path, route->path) == 0)
          put_operation (out, one);
      json_out_end_object (out);
    }
  json_out_end_object (out);
}

static void
put_components (JsonOut *out)
{
  json_out_object (out, "components");
  json_out_object (out, "schemas");
  for (const ApiShape *shape = api_shapes; shape->name != NULL; shape++)
    shape_put_schema (out, shape->name, shape->shape);
  json_out_end_object (out);
  json_out_object (out, "securitySchemes");
  json_out_object (out, "token");
  json_out_string (out, "type", "http");
  json_out_string (out, "scheme", "bearer");
  json_out_string (out, "description",
                   "A token of the router; needed over TCP as soon as there is one");
  json_out_end_object (out);
  json_out_end_object (out);
  json_out_end_object (out);
}

void
api_get_openapi (HttpRequest *request, gpointer user_data)
{
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_string (out, "openapi", "3.1.0");
  json_out_object (out, "info");
  json_out_string (out, "title", "Signalbox");
  json_out_string (out, "version", SIGNALBOX_VERSION);
  json_out_string (out, "description", "A durable event router");
  json_out_end_object (out);
  put_paths (out);
  put_components (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

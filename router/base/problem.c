/* Problem details, and how errors of the router become them. */
#include "base/problem.h"

#include "base/error.h"
#include "base/event.h"

Problem *
problem_new (guint status, const char *type, const char *title, const char *detail_format, ...)
{
  Problem *problem = g_new0 (Problem, 1);
  va_list args;

  problem->status = status;
  problem->type = g_strdup (type);
  problem->title = g_strdup (title);
  va_start (args, detail_format);
  problem->detail = g_strdup_vprintf (detail_format, args);
  va_end (args);
  return problem;
}

Problem *
problem_from_error (const GError *error)
{
  static const struct
  {
    guint status;
    const char *type, *title;
    guint retry_after_s;
  } by_code[] = {
    [ROUTER_ERROR_INVALID] = { 400, "invalid-request", "The request is not valid", 0 },
    [ROUTER_ERROR_NOT_FOUND] = { 404, "not-found", "There is no such object", 0 },
    [ROUTER_ERROR_CONFLICT] = { 409, "conflict", "The object is not in a state for this", 0 },
    [ROUTER_ERROR_FULL] = { 507, "disk-full", "There is no room to keep it", 30 },
    [ROUTER_ERROR_STORAGE] = { 500, "storage-failed", "The store failed", 0 },
    [ROUTER_ERROR_UNAVAILABLE] = { 503, "shutting-down", "The router is stopping", 5 },
    [ROUTER_ERROR_BLOCKED] = { 503, "disk-blocked", "The disk takes nothing", 30 },
  };
  Problem *problem;

  if (error->domain != ROUTER_ERROR || error->code < 0 ||
      error->code >= (int) G_N_ELEMENTS (by_code))
    return problem_new (500, "internal-error", "Something went wrong in the router", "%s",
                        error->message);
  problem = problem_new (by_code[error->code].status, by_code[error->code].type,
                         by_code[error->code].title, "%s", error->message);
  problem->retry_after_s = by_code[error->code].retry_after_s;
  return problem;
}

void
problem_free (Problem *problem)
{
  g_free (problem->type);
  g_free (problem->title);
  g_free (problem->detail);
  g_free (problem->remedy);
  g_free (problem->pointer);
  g_free (problem->allow);
  g_free (problem);
}

void
problem_set_remedy (Problem *problem, const char *format, ...)
{
  va_list args;

  g_free (problem->remedy);
  va_start (args, format);
  problem->remedy = g_strdup_vprintf (format, args);
  va_end (args);
}

void
problem_set_place (Problem *problem, const char *pointer, guint line, guint column)
{
  g_free (problem->pointer);
  problem->pointer = g_strdup (pointer);
  problem->line = line;
  problem->column = column;
}

static void
append_member (GString *out, const char *name, const char *value)
{
  g_autofree char *valid = NULL;

  if (value == NULL)
    return;
  /* Details quote what peers sent. */
  valid = g_utf8_make_valid (value, -1);
  g_string_append_printf (out, ",\"%s\":", name);
  event_append_json_string (out, valid, -1);
}

char *
problem_to_json (const Problem *problem)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"type\":\"urn:signalbox:problem:%s\"", problem->type);
  append_member (out, "title", problem->title);
  g_string_append_printf (out, ",\"status\":%u", problem->status);
  append_member (out, "detail", problem->detail);
  append_member (out, "remedy", problem->remedy);
  append_member (out, "pointer", problem->pointer);
  if (problem->line > 0)
    g_string_append_printf (out, ",\"line\":%u,\"column\":%u", problem->line, problem->column);
  g_string_append (out, "}\n");
  return g_string_free (out, FALSE);
}

/* The configuration: reload, list, read and edit its files. */
#include "http/api-private.h"

#include "base/error.h"
#include "config/patch.h"

#include <string.h>

/* Whom the history names for what came over this connection. */
static const char *
author_of (HttpRequest *request)
{
  return http_request_peer (request);
}

void
api_answer_config_failure (HttpRequest *request, GPtrArray *problems, const GError *error)
{
  g_autoptr (Problem) problem = NULL;

  if (problems != NULL)
    {
      api_answer_problems (request, problems);
      return;
    }
  if (!g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT))
    {
      api_answer_error (request, error);
      return;
    }
  problem = problem_new (412, "edited-meanwhile", "The configuration was edited meanwhile", "%s",
                         error->message);
  http_answer_problem (request, problem);
}

void
api_reload (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const ApiOperations *operations = &api->setup.operations;
  g_autoptr (Snapshot) before = snapshot_current (api->setup.snapshots);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  guint64 generation;
  JsonOut *out;

  if (api->tls != NULL)
    http_tls_check (api->tls);
  if (!operations->reload (author_of (request), http_request_parameter (request, "reason"),
                           &generation, &problems, &error, operations->user_data))
    {
      api_answer_config_failure (request, problems, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_int (out, "generation", (gint64) generation);
  json_out_bool (out, "changed", generation != before->generation);
  api_put_restart (api, out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_list_files (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_autoptr (JsonNode) content = json_from_string (snapshot->configuration->content, NULL);
  g_autoptr (GList) files = json_object_get_members (json_node_get_object (content));
  JsonOut *out = json_out_new ();

  files = g_list_sort (files, (GCompareFunc) strcmp);
  json_out_object (out, NULL);
  json_out_int (out, "generation", (gint64) snapshot->generation);
  json_out_array (out, "files");
  for (GList *file = files; file != NULL; file = file->next)
    json_out_string (out, NULL, file->data);
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_get_file (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const ApiOperations *operations = &api->setup.operations;
  const char *path = http_request_segment (request, "path");
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL, *tag = NULL;
  const char *headers[] = { "ETag", NULL, NULL };
  char *text;

  if (path == NULL)
    {
      api_answer_not_found (request, "file with a name that is not UTF-8", NULL);
      return;
    }
  if (!operations->read (path, &text, &digest, &error, operations->user_data))
    {
      api_answer_error (request, error);
      return;
    }
  headers[1] = tag = g_strdup_printf ("\"%s\"", digest);
  http_answer_take (request, 200, "application/json", text, strlen (text), headers);
}

/* If-Match: "<digest>" or *; If-None-Match: * for a file that must not be there yet.  A weak tag
 * never matches (RFC 9110, section 13.1.1). */
static Problem *
read_guard (HttpRequest *request, char **out_digest)
{
  const char *match = http_request_header (request, "If-Match");
  const char *none_match = http_request_header (request, "If-None-Match");
  gsize length = match != NULL ? strlen (match) : 0;

  *out_digest = NULL;
  if (none_match != NULL && strcmp (none_match, "*") == 0 && match == NULL)
    *out_digest = g_strdup ("");
  else if (length >= 2 && match[0] == '"' && match[length - 1] == '"' && none_match == NULL)
    *out_digest = g_strndup (match + 1, length - 2);
  else if (match != NULL || none_match != NULL)
    return problem_new (
        400, "invalid-request", "The request is not valid",
        "Expected If-Match with the file's ETag, or If-None-Match: * for a new file");
  return NULL;
}

/* NULL: the body is no text (answered). */
static char *
body_text (HttpRequest *request)
{
  gsize length;
  const char *data = g_bytes_get_data (http_request_body (request), &length);
  g_autoptr (Problem) problem = NULL;

  if (memchr (data, '\0', length) == NULL && g_utf8_validate (data, (gssize) length, NULL))
    return g_strndup (data, length);
  problem = problem_new (400, "invalid-request", "The request is not valid",
                         "The file's new text is not UTF-8");
  http_answer_problem (request, problem);
  return NULL;
}

Problem *
api_refuse_read_only (void)
{
  return problem_new (403, "read-only-configuration", "The configuration is read-only here",
                      "The router runs with --config-read-only: change the files where they come "
                      "from, then reload");
}

static Problem *
read_edit (HttpRequest *request,
           Api *api,
           const char **out_path,
           char **out_digest,
           gboolean *out_check)
{
  Problem *problem = api_flag (request, "check", out_check);

  *out_path = http_request_segment (request, "path");
  if (problem != NULL)
    return problem;
  if (*out_path == NULL)
    return problem_new (400, "invalid-request", "The request is not valid",
                        "The file's path is not UTF-8");
  if (api->setup.config_read_only && !*out_check)
    return api_refuse_read_only ();
  return read_guard (request, out_digest);
}

/* text NULL: delete.  read_digest: of what the text was made from, or NULL. */
static void
edit (HttpRequest *request, Api *api, const char *text, const char *read_digest)
{
  const ApiOperations *operations = &api->setup.operations;
  const char *path;
  g_autofree char *digest = NULL;
  gboolean check = FALSE;
  g_autoptr (Problem) problem = read_edit (request, api, &path, &digest, &check);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  guint64 generation;
  JsonOut *out;

  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  if (!operations->edit (path, text, digest != NULL ? digest : read_digest, check,
                         author_of (request), http_request_parameter (request, "reason"),
                         &generation, &problems, &error, operations->user_data))
    {
      api_answer_config_failure (request, problems, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_int (out, "generation", (gint64) generation);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_put_file (HttpRequest *request, gpointer api)
{
  g_autofree char *text = body_text (request);

  if (text != NULL)
    edit (request, api, text, NULL);
}

void
api_delete_file (HttpRequest *request, gpointer api)
{
  edit (request, api, NULL, NULL);
}

/* ---- Single settings ---- */

/* {"pointer":"/State","value":…} or {"pointer":…,"remove":true}. */
static Problem *
apply_change (HttpRequest *request, JsonNode *change, guint number, char **inout_text)
{
  gsize length;
  const char *body = g_bytes_get_data (http_request_body (request), &length);
  g_autofree char *place = g_strdup_printf ("/changes/%u", number);
  g_autofree char *value_place = g_strconcat (place, "/value", NULL);
  g_autofree char *value = NULL, *patched = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (change) ? json_node_get_object (change) : NULL;
  const char *pointer = NULL;
  gboolean removes = FALSE;
  RulesJsonSpan span;
  Problem *problem;

  if (object != NULL)
    {
      pointer = json_object_get_string_member_with_default (object, "pointer", NULL);
      removes = json_object_get_boolean_member_with_default (object, "remove", FALSE);
    }
  if (rules_json_locate (body, length, value_place, &span))
    value = g_strndup (body + span.start, span.length);
  if (pointer == NULL || removes == (value != NULL) || json_object_get_size (object) != 2)
    problem = problem_new (400, "invalid-request", "The request is not valid",
                           "A change must be {\"pointer\":…,\"value\":…} or "
                           "{\"pointer\":…,\"remove\":true}");
  else
    {
      patched = config_patch_text (*inout_text, pointer, value, &error);
      if (patched != NULL)
        {
          g_free (*inout_text);
          *inout_text = g_steal_pointer (&patched);
          return NULL;
        }
      problem = problem_new (422, "no-such-setting", "The setting cannot be changed", "%s",
                             error->message);
    }
  problem_set_place (problem, place, 0, 0);
  return problem;
}

static Problem *
apply_changes (HttpRequest *request, char **inout_text)
{
  g_autoptr (JsonNode) root = NULL;
  Problem *problem = api_body_object (request, &root);
  JsonObject *body = problem == NULL ? json_node_get_object (root) : NULL;
  JsonNode *changes = body != NULL ? json_object_get_member (body, "changes") : NULL;
  JsonArray *array;

  if (problem != NULL)
    return problem;
  if (changes == NULL || !JSON_NODE_HOLDS_ARRAY (changes) || json_object_get_size (body) != 1)
    return problem_new (400, "invalid-request", "The request is not valid",
                        "The body must be {\"changes\":[…]}");
  array = json_node_get_array (changes);
  for (guint i = 0; problem == NULL && i < json_array_get_length (array); i++)
    problem = apply_change (request, json_array_get_element (array, i), i, inout_text);
  return problem;
}

/* What is not changed keeps its place and its layout. */
void
api_patch_file (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const ApiOperations *operations = &api->setup.operations;
  const char *path = http_request_segment (request, "path");
  g_autofree char *text = NULL, *digest = NULL;
  g_autoptr (Problem) problem = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    {
      api_answer_not_found (request, "file with a name that is not UTF-8", NULL);
      return;
    }
  if (!operations->read (path, &text, &digest, &error, operations->user_data))
    {
      api_answer_error (request, error);
      return;
    }
  problem = apply_changes (request, &text);
  if (problem != NULL)
    http_answer_problem (request, problem);
  else
    edit (request, api, text, digest);
}

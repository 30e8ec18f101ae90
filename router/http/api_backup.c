/* A copy of the store, made while it is in use. */
#include "http/api-private.h"

#include "base/limits.h"

static Problem *
refuse (const char *pointer, const char *detail)
{
  Problem *problem = problem_new (400, "invalid-request", "The request is not valid", "%s", detail);

  problem_set_place (problem, pointer, 0, 0);
  return problem;
}

/* The file is written by the router's user wherever that may write: nothing for who only reaches
 * the TCP port. */
static Problem *
refuse_place (HttpRequest *request, const Api *api)
{
  if (!http_request_is_local (request))
    return problem_new (403, "not-local", "This is for the Unix socket only",
                        "A backup is a file on the router's machine; ask over its Unix socket");
  if (api->setup.store->engine->backup == NULL)
    return problem_new (409, "conflict", "The object is not in a state for this",
                        "The store is kept in memory; there is nothing to back up");
  return NULL;
}

static Problem *
read_request (HttpRequest *request, JsonNode **out_root, const char **out_file, gint64 *out_rate)
{
  Problem *problem = api_body_object (request, out_root);
  JsonObject *object;

  if (problem != NULL)
    return problem;
  object = json_node_get_object (*out_root);
  *out_file = json_object_get_string_member_with_default (object, "file", NULL);
  *out_rate = json_object_get_int_member_with_default (object, "bytes_per_second",
                                                       BACKUP_BYTES_PER_SECOND);
  if (*out_file == NULL || !g_path_is_absolute (*out_file))
    return refuse ("/file", "“file” must be the absolute path of a file that does not exist");
  if (*out_rate < 1)
    return refuse ("/bytes_per_second", "“bytes_per_second” must be at least 1");
  return NULL;
}

void
api_backup (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (Problem) problem = refuse_place (request, api);
  g_autoptr (GError) error = NULL;
  StoreBackup backup;
  const char *file;
  gint64 rate;
  JsonOut *out;

  if (problem == NULL)
    problem = read_request (request, &root, &file, &rate);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  if (!api->setup.store->engine->backup (api->setup.store, file, rate, &backup, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_string (out, "file", file);
  json_out_int (out, "bytes", backup.bytes);
  json_out_int (out, "events", backup.events);
  json_out_int (out, "deliveries", backup.deliveries);
  json_out_end_object (out);
  api_answer_json (request, out);
}

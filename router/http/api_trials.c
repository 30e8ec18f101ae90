/* Trying a connector: an event through it, or a look whether it can be reached. */
#include "http/api-private.h"

#include <string.h>

/* How long a caller waits; the connector's own time-outs end what is under way. */
#define DEFAULT_WAIT_S 60
#define MAX_WAIT_S 600

#define MAX_NAME_BYTES 256u

static Problem *
refuse (const char *before, const char *name, const char *after)
{
  return problem_new (400, "invalid-request", "The request is not valid", "%s“%s”%s", before, name,
                      after);
}

static gboolean
is_short_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING &&
         strlen (json_node_get_string (node)) <= MAX_NAME_BYTES;
}

static gboolean
is_integer (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64;
}

/* NULL when it is fine.  The texts point into root, but for the detail. */
static Problem *
read_trial (JsonNode *root, ApiTrial *trial, char **out_detail)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &member))
    {
      const char **text = strcmp (name, "source") == 0        ? &trial->source
                          : strcmp (name, "detail-type") == 0 ? &trial->detail_type
                                                              : NULL;

      if (text != NULL && is_short_string (member))
        *text = json_node_get_string (member);
      else if (text != NULL)
        return refuse ("", name, " must be a string of at most 256 bytes");
      else if (strcmp (name, "detail") == 0)
        {
          g_free (*out_detail);
          trial->detail = *out_detail = json_to_string (member, FALSE);
        }
      else if (strcmp (name, "wait_s") == 0 && is_integer (member) &&
               json_node_get_int (member) >= 1 && json_node_get_int (member) <= MAX_WAIT_S)
        trial->wait_us = json_node_get_int (member) * G_USEC_PER_SEC;
      else if (strcmp (name, "wait_s") == 0)
        return refuse ("", name, " must be 1 to 600");
      else
        return refuse ("The body has a member ", name,
                       "; known are source, detail-type, detail and wait_s");
    }
  return NULL;
}

static void
answer (HttpRequest *request, const ApiTrial *trial, const ApiTried *tried)
{
  const Outcome *outcome = &tried->outcome;
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_string (out, "connector", trial->connector);
  json_out_string (out, "event", tried->event_id);
  json_out_string (out, "outcome", outcome_kind_name (outcome->kind));
  json_out_int (out, "status", outcome->status);
  if (outcome->error_code != NULL)
    json_out_string (out, "error_code", outcome->error_code);
  else
    json_out_null (out, "error_code");
  json_out_string (out, "note", outcome->note);
  if (outcome->response != NULL)
    {
      g_autofree char *text = g_utf8_make_valid (g_bytes_get_data (outcome->response, NULL),
                                                 (gssize) g_bytes_get_size (outcome->response));

      json_out_string (out, "response", text);
    }
  else
    json_out_null (out, "response");
  json_out_int (out, "duration_us", tried->duration_us);
  json_out_end_object (out);
  api_answer_json (request, out);
}

static void
try_connector (HttpRequest *request, Api *api, gboolean is_probe)
{
  const ApiOperations *operations = &api->setup.operations;
  g_autofree char *connector = g_strconcat (http_request_segment (request, "kind"), "/",
                                            http_request_segment (request, "name"), NULL);
  ApiTrial trial = { .connector = connector,
                     .is_probe = is_probe,
                     .wait_us = DEFAULT_WAIT_S * G_USEC_PER_SEC };
  g_autofree char *detail = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (Problem) problem = api_body_object (request, &root);
  g_autoptr (GError) error = NULL;
  ApiTried tried = { 0 };

  if (problem == NULL)
    problem = read_trial (root, &trial, &detail);
  if (problem != NULL)
    http_answer_problem (request, problem);
  else if (!operations->try_connector (&trial, &tried, &error, operations->user_data))
    api_answer_error (request, error);
  else
    answer (request, &trial, &tried);
  outcome_clear (&tried.outcome);
  g_free (tried.event_id);
}

void
api_test_connector (HttpRequest *request, gpointer api)
{
  try_connector (request, api, FALSE);
}

void
api_probe_connector (HttpRequest *request, gpointer api)
{
  try_connector (request, api, TRUE);
}

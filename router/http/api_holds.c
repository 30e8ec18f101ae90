/* Pausing and resuming a connector, and how it is shown that something holds it. */
#include "http/api-private.h"

#include <string.h>

/* Of an actor or a reason. */
#define MAX_REMARK_BYTES 1024u

void
api_put_hold (JsonOut *out, const StoredHold *hold, gint64 now_us)
{
  gboolean is_paused = hold != NULL && hold->paused_us != 0;
  gboolean is_shut = hold != NULL && hold->shut_us != 0;
  const char *shut = is_shut && hold->shut_until_us <= now_us ? "probing" : "shut";

  json_out_string (out, "state", is_paused ? "paused" : is_shut ? shut : "open");
  if (is_paused)
    {
      json_out_object (out, "paused");
      json_out_time (out, "since", hold->paused_us);
      json_out_string (out, "by", hold->paused_by);
      json_out_string (out, "reason", hold->pause_reason);
      json_out_end_object (out);
    }
  if (is_shut)
    {
      json_out_object (out, "shut");
      json_out_time (out, "since", hold->shut_us);
      json_out_time (out, "until", hold->shut_until_us);
      json_out_int (out, "probes", hold->n_probes);
      json_out_string (out, "reason", hold->shut_reason);
      json_out_end_object (out);
    }
}

/* NULL when it is fine.  The texts point into root. */
static Problem *
read_remarks (JsonNode *root, const char **inout_actor, const char **inout_reason)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &member))
    {
      const char **text = strcmp (name, "actor") == 0    ? inout_actor
                          : strcmp (name, "reason") == 0 ? inout_reason
                                                         : NULL;

      if (text == NULL)
        return problem_new (400, "invalid-request", "The request is not valid",
                            "The body has a member “%s”; known are actor and reason", name);
      if (!JSON_NODE_HOLDS_VALUE (member) || json_node_get_value_type (member) != G_TYPE_STRING ||
          strlen (json_node_get_string (member)) > MAX_REMARK_BYTES)
        return problem_new (400, "invalid-request", "The request is not valid",
                            "“%s” must be a string of at most %u bytes", name, MAX_REMARK_BYTES);
      *text = json_node_get_string (member);
    }
  return NULL;
}

static void
set_paused (HttpRequest *request, Api *api, gboolean paused)
{
  const ApiOperations *operations = &api->setup.operations;
  g_autofree char *connector = g_strconcat (http_request_segment (request, "kind"), "/",
                                            http_request_segment (request, "name"), NULL);
  const char *actor = http_request_peer (request), *reason = "";
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (Problem) problem = api_body_object (request, &root);
  g_autoptr (GError) error = NULL;
  gboolean applied = FALSE;
  JsonOut *out;

  if (problem == NULL)
    problem = read_remarks (root, &actor, &reason);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  if (!operations->set_paused (connector, paused, actor, reason, &applied, &error,
                               operations->user_data))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_string (out, "connector", connector);
  json_out_bool (out, "applied", applied);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_pause (HttpRequest *request, gpointer api)
{
  set_paused (request, api, TRUE);
}

void
api_resume (HttpRequest *request, gpointer api)
{
  set_paused (request, api, FALSE);
}

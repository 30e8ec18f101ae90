/* Trying a pattern on an event, without a rule. */
#include "http/api-private.h"

#include <string.h>

#define MESSAGE_BYTES 2048

/* A member's text: an object or array byte for byte, a string as what it means. */
static Problem *
take_text (HttpRequest *request, JsonObject *object, const char *name, char **out_text)
{
  gsize length;
  const char *body = g_bytes_get_data (http_request_body (request), &length);
  g_autofree char *pointer = g_strconcat ("/", name, NULL);
  RulesJsonSpan span;

  if (!rules_json_locate (body, length, pointer, &span))
    return problem_new (400, "invalid-request", "The request is not valid",
                        "“%s” is missing; expected {\"pattern\":…,\"event\":…}", name);
  if (span.type == RULES_JSON_STRING)
    *out_text = g_strdup (json_object_get_string_member (object, name));
  else
    *out_text = g_strndup (body + span.start, span.length);
  return NULL;
}

static Problem *
refuse_pattern (const RulesError *error, const char *pattern)
{
  char message[MESSAGE_BYTES];
  Problem *problem;

  rules_error_eventbridge (error, pattern, strlen (pattern), message, sizeof message);
  problem = problem_new (400, "invalid-pattern", "The pattern is not valid", "%s", message);
  if (error->hint[0] != '\0')
    problem_set_remedy (problem, "%s", error->hint);
  problem_set_place (problem, error->pointer[0] != '\0' ? error->pointer : NULL, error->line,
                     error->column);
  return problem;
}

static Problem *
refuse_event (const RulesError *error)
{
  Problem *problem = problem_new (400, "invalid-event", "The event is not valid", "%s",
                                  error->reason);

  problem_set_place (problem, error->pointer[0] != '\0' ? error->pointer : NULL, error->line,
                     error->column);
  return problem;
}

static void
put_leaf (JsonOut *out, const RulesTraceLeaf *leaf, const char *event)
{
  g_autofree char *value = leaf->present
                               ? g_strndup (event + leaf->value_offset, leaf->value_length)
                               : NULL;

  json_out_object (out, NULL);
  json_out_string (out, "path", leaf->path);
  json_out_string (out, "predicate", leaf->predicate);
  json_out_bool (out, "held", leaf->held);
  json_out_bool (out, "present", leaf->present);
  json_out_string (out, "value", value);
  json_out_string (out, "why", leaf->why);
  json_out_int (out, "branch", leaf->branch);
  json_out_end_object (out);
}

static void
answer_trace (HttpRequest *request, const RulesTrace *trace, const char *event)
{
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_bool (out, "matches", trace->matched);
  json_out_string (out, "summary", trace->summary);
  json_out_array (out, "leaves");
  for (gsize i = 0; i < trace->n_leaves; i++)
    put_leaf (out, &trace->leaves[i], event);
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

static Problem *
explain (HttpRequest *request, const Api *api, const char *pattern, const char *event)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  const RulesLimits limits = {
    .max_wildcard_score = snapshot->configuration->router.wildcard_score
  };
  const RulesSource source = { pattern, strlen (pattern) };
  RulesSet *set = NULL;
  RulesTrace trace;
  RulesError error;
  Problem *problem = NULL;

  if (!rules_set_build (&source, 1, &limits, NULL, &set, &error))
    return refuse_pattern (&error, pattern);
  if (rules_explain (set, 0, event, strlen (event), &trace, &error))
    {
      answer_trace (request, &trace, event);
      rules_trace_clear (set, &trace);
    }
  else
    problem = refuse_event (&error);
  rules_set_free (set);
  return problem;
}

void
api_test_pattern (HttpRequest *request, gpointer api)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *pattern = NULL, *event = NULL;
  g_autoptr (Problem) problem = api_body_object (request, &root);

  if (problem == NULL)
    problem = take_text (request, json_node_get_object (root), "pattern", &pattern);
  if (problem == NULL)
    problem = take_text (request, json_node_get_object (root), "event", &event);
  if (problem == NULL)
    problem = explain (request, api, pattern, event);
  if (problem != NULL)
    http_answer_problem (request, problem);
}

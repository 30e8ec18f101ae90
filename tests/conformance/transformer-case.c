/* transformer-case.c: what does a target receive? */
#include "case.h"

#include <string.h>

typedef struct
{
  RulesInput input;
  RulesVariable *variables; /* names and paths belong to the case */
  RulesContext context;
  char *event, *constant;
} Transform;

static void
transform_clear (Transform *self)
{
  g_free (self->variables);
  g_free (self->event);
  g_free (self->constant);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Transform, transform_clear)

static void
add_variable (JsonObject *paths, const char *name, JsonNode *path, gpointer user_data)
{
  Transform *self = user_data;
  bool string = JSON_NODE_HOLDS_VALUE (path) && json_node_get_value_type (path) == G_TYPE_STRING;

  self->variables[self->input.n_variables++] = (RulesVariable){ name,
                                                                string ? json_node_get_string (path)
                                                                       : "" };
}

static const char *
member_string (JsonObject *object, const char *name)
{
  return object ? json_object_get_string_member_with_default (object, name, NULL) : NULL;
}

static JsonObject *
member_object (const Case *test, const char *name)
{
  JsonNode *node = json_object_get_member (test->object, name);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* The event's time: when the case does not say when the event came in. */
static const char *
event_time (const Case *test)
{
  return member_string (member_object (test, "event"), "time");
}

static void
read_transform (const Case *test, Transform *self)
{
  JsonObject *paths = member_object (test, "input_paths");
  JsonObject *rule = member_object (test, "rule");
  const char *event = case_string (test, "event", NULL);

  memset (self, 0, sizeof *self);
  self->event = event ? g_strdup (event) : case_text (test, "/event");
  /* The constant is a text; be content with a value too. */
  if (!case_string (test, "input", NULL))
    self->constant = case_text (test, "/input");
  self->input.input = case_string (test, "input", self->constant);
  self->input.input_path = case_string (test, "input_path", NULL);
  self->input.input_template = case_string (test, "input_template", NULL);
  self->input.target_id = case_string (test, "target_id", "<target-id>");
  if (paths)
    {
      self->variables = g_new0 (RulesVariable, json_object_get_size (paths));
      json_object_foreach_member (paths, add_variable, self);
      self->input.variables = self->variables;
    }
  self->context.rule_name = member_string (rule, "rule_name");
  self->context.rule_arn = member_string (rule, "rule_arn");
  self->context.ingestion_time = case_string (test, "ingestion_time", event_time (test));
}

static bool
same_json (JsonNode *expected, const char *got)
{
  g_autoptr (JsonNode) node = json_from_string (got, NULL);

  return node && expected && json_node_equal (node, expected);
}

static bool
same_output (const Case *test, const char *mode, const char *got)
{
  JsonNode *expected = json_object_get_member (test->object, "expected_output");

  if (g_str_equal (mode, "json"))
    return same_json (expected, got);
  return g_strcmp0 (case_string (test, "expected_output", NULL), got) == 0;
}

static void
compare_refusal (const Case *test, const RulesError *error, GString *problem)
{
  const char *message = case_string (test, "error", NULL);

  if (!g_str_equal (case_string (test, "compare", ""), "error"))
    g_string_append_printf (problem, "refused: %s", error->reason);
  else if (test->messages && message && !g_str_equal (message, error->reason))
    g_string_append_printf (problem, "expected message \"%s\", got \"%s\"", message, error->reason);
}

static void
compare_output (const Case *test,
                bool delivered,
                const RulesError *error,
                const char *got,
                GString *problem)
{
  const char *mode = case_string (test, "compare", "");
  bool wanted = json_object_get_boolean_member_with_default (test->object, "delivered", TRUE);

  if (g_str_equal (mode, "error"))
    g_string_append (problem, "expected a refusal, got none");
  else if (delivered != wanted)
    g_string_append_printf (problem, "expected %s, got %s", wanted ? "a delivery" : "no delivery",
                            delivered ? got : error->reason);
  else if (delivered && !g_str_equal (mode, "none") && !same_output (test, mode, got))
    {
      g_autofree char *expected = case_text (test, "/expected_output");

      g_string_append_printf (problem, "expected %s, got %s", expected ? expected : "(nothing)",
                              got);
    }
}

void
transformer_case_run (const Case *test, GString *problem)
{
  g_auto (Transform) transform = { 0 };
  RulesTemplate *template_ = NULL;
  RulesBuffer out = { 0 };
  RulesError error = { 0 };
  g_autofree char *got = NULL;
  bool delivered;

  read_transform (test, &transform);
  if (!transform.event)
    {
      g_string_append (problem, "the case has no event");
      return;
    }
  if (!rules_template_new (&transform.input, NULL, &template_, &error))
    {
      compare_refusal (test, &error, problem);
      return;
    }
  delivered = rules_template_render (template_, transform.event, strlen (transform.event),
                                     &transform.context, &out, &error);
  got = g_strndup (out.data ? out.data : "", out.length);
  compare_output (test, delivered, &error, got, problem);
  rules_buffer_clear (&out);
  rules_template_free (template_);
}

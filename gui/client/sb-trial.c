#include "config.h"

#include "sb-trial.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-json.h"
#include "sb-rule-check.h"
#include "sb-text.h"

#include "rules/rules.h"

static void
leaf_free (SbTrialLeaf *leaf)
{
  g_free (leaf->path);
  g_free (leaf->predicate);
  g_free (leaf->why);
  g_free (leaf);
}

static void
target_free (SbTrialTarget *target)
{
  g_free (target->connector);
  g_free (target->output);
  g_free (target->error);
  g_free (target);
}

/* The library's sentences are made to be put behind something. */
static char *
dup_sentence (const char *text)
{
  char first[6];
  int length = g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (text)), first);

  if (*text == '\0')
    return g_strdup ("");
  return g_strdup_printf ("%.*s%s", length, first, g_utf8_next_char (text));
}

/* ---- The pattern ----------------------------------------------------------------------------- */

static void
take_trace (SbTrial *self, const RulesTrace *trace)
{
  self->tried = TRUE;
  self->matched = trace->matched;
  self->summary = dup_sentence (trace->summary);
  for (size_t i = 0; i < trace->n_leaves; i++)
    {
      SbTrialLeaf *leaf = g_new0 (SbTrialLeaf, 1);

      leaf->path = g_strdup (trace->leaves[i].path);
      leaf->predicate = g_strdup (trace->leaves[i].predicate);
      leaf->why = dup_sentence (trace->leaves[i].why);
      leaf->held = trace->leaves[i].held;
      leaf->branch = trace->leaves[i].branch;
      g_ptr_array_add (self->leaves, leaf);
    }
}

static void
try_pattern (SbTrial *self, const char *rule, const char *event)
{
  RulesJsonSpan span;
  RulesLimits limits;
  RulesSource source;
  RulesSet *set = NULL;
  RulesTrace trace;
  RulesError error;

  if (!rules_json_locate (rule, strlen (rule), "/EventPattern", &span) ||
      span.type != RULES_JSON_OBJECT)
    {
      self->tried = self->matched = TRUE;
      self->summary = g_strdup (_ ("A rule without a pattern matches every event of its bus"));
      return;
    }

  source = (RulesSource){ rule + span.start, span.length };
  limits = (RulesLimits){ .max_pattern_bytes = MAX (span.length, 1) };
  if (rules_set_build (&source, 1, &limits, NULL, &set, &error) &&
      rules_explain (set, 0, event, strlen (event), &trace, &error))
    {
      take_trace (self, &trace);
      rules_trace_clear (set, &trace);
    }
  else
    self->summary = dup_sentence (error.reason);
  rules_set_free (set);
}

/* ---- The targets ----------------------------------------------------------------------------- */

/* variables: room for those of the target; their strings are the target's. */
static RulesInput
read_input (JsonObject *target, GArray *variables)
{
  JsonObject *transformer = sb_json_object (target, "InputTransformer");
  JsonObject *paths = sb_json_object (transformer, "InputPathsMap");
  RulesInput input = { 0 };
  g_autoptr (GList) names = paths != NULL ? json_object_get_members (paths) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    {
      RulesVariable variable = { l->data, sb_json_string (paths, l->data) };

      g_array_append_val (variables, variable);
    }
  input.variables = (const RulesVariable *) (void *) variables->data;
  input.n_variables = variables->len;
  if (transformer != NULL)
    input.input_template = sb_json_string (transformer, "InputTemplate");
  else if (json_object_has_member (target, "InputPath"))
    input.input_path = sb_json_string (target, "InputPath");
  else if (json_object_has_member (target, "Input"))
    input.input = sb_json_string (target, "Input");
  return input;
}

static SbTrialTarget *
try_target (JsonObject *object, const char *name, const char *event)
{
  SbTrialTarget *target = g_new0 (SbTrialTarget, 1);
  g_autoptr (GArray) variables = g_array_new (FALSE, FALSE, sizeof (RulesVariable));
  RulesInput input = read_input (object, variables);
  g_autofree char *arn = g_strconcat ("signalbox:rule/", name, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  const RulesContext context = { .rule_name = name, .rule_arn = arn, .ingestion_time = time };
  RulesTemplate *template_ = NULL;
  RulesBuffer out = { 0 };
  RulesError error;

  target->connector = g_strdup (*sb_json_string (object, "Arn") != '\0'
                                    ? sb_json_string (object, "Arn")
                                    : sb_json_string (object, "Id"));
  if (rules_template_new (&input, NULL, &template_, &error) &&
      rules_template_render (template_, event, strlen (event), &context, &out, &error))
    target->output = sb_text_pretty_json (out.data != NULL ? out.data : "", out.length);
  else
    target->error = dup_sentence (error.reason);
  rules_buffer_clear (&out);
  rules_template_free (template_);
  return target;
}

static void
try_targets (SbTrial *self, const char *name, const char *rule, const char *event)
{
  g_autoptr (JsonNode) node = json_from_string (rule, NULL);
  g_autoptr (GPtrArray) targets = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  targets = sb_json_objects (json_node_get_object (node), "Targets");
  for (guint i = 0; i < targets->len; i++)
    g_ptr_array_add (self->targets, try_target (g_ptr_array_index (targets, i), name, event));
}

SbTrial *
sb_trial_new (const char *name, const char *rule, const char *event)
{
  SbTrial *self = g_new0 (SbTrial, 1);
  g_autoptr (GPtrArray) faults = sb_rule_check (rule, strlen (rule));
  RulesError error;
  RulesJsonSpan span;

  self->leaves = g_ptr_array_new_with_free_func ((GDestroyNotify) leaf_free);
  self->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) target_free);
  if (!rules_check_json (event, strlen (event), NULL, &error))
    {
      self->summary = g_strdup_printf (_ ("The event is not JSON: %s"), error.reason);
      self->event_problem = sb_diagnostic_new (error.line, error.column, error.reason, error.hint);
    }
  else if (!rules_json_locate (event, strlen (event), "", &span) || span.type != RULES_JSON_OBJECT)
    self->summary = g_strdup (_ ("An event is a JSON object"));
  else if (faults->len > 0)
    self->summary = g_strdup (_ ("The rule is not valid yet"));
  else
    try_pattern (self, rule, event);

  if (self->matched)
    try_targets (self, name, rule, event);
  return self;
}

void
sb_trial_free (SbTrial *self)
{
  g_free (self->summary);
  g_clear_pointer (&self->event_problem, sb_diagnostic_free);
  g_ptr_array_unref (self->leaves);
  g_ptr_array_unref (self->targets);
  g_free (self);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static void
add_string (GString *out, const char *name, const char *value)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), value);
  g_autofree char *text = json_to_string (node, FALSE);

  g_string_append_printf (out, "\"%s\":%s,", name, text);
}

static void
add_member (GString *out, const char *name, JsonObject *object, const char *otherwise)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;
  g_autofree char *text = node != NULL ? json_to_string (node, FALSE) : g_strdup (otherwise);

  if (text != NULL)
    g_string_append_printf (out, "\"%s\":%s,", name, text);
}

char *
sb_trial_dup_envelope (SbEvent *event, JsonObject *object, GBytes *body)
{
  g_autoptr (GString) out = g_string_new ("{");
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (sb_event_get_received_us (event) /
                                                              G_USEC_PER_SEC);
  g_autofree char *time_text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  gsize length;
  const char *data = g_bytes_get_data (body, &length);

  add_string (out, "version", "0");
  add_string (out, "id", sb_item_get_id (SB_ITEM (event)));
  add_string (out, "detail-type", sb_event_get_detail_type (event));
  add_string (out, "source", sb_event_get_source (event));
  add_string (out, "time", time_text);
  add_member (out, "resources", object, "[]");
  add_member (out, "metadata", object, NULL);
  g_string_append (out, "\"detail\":");
  g_string_append_len (out, length > 0 ? data : "null", length > 0 ? (gssize) length : 4);
  g_string_append_c (out, '}');
  return sb_text_pretty_json (out->str, out->len);
}

const char *
sb_trial_get_example (void)
{
  return "{\n"
         "  \"version\": \"0\",\n"
         "  \"source\": \"shop\",\n"
         "  \"detail-type\": \"Order Paid\",\n"
         "  \"detail\": {\n"
         "    \"id\": \"o-1\",\n"
         "    \"total\": 120\n"
         "  }\n"
         "}";
}

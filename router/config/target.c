/* target.c: one entry of a rule's Targets: what it is sent, and how long that is tried. */
#include "config/target.h"

#include "config/settings.h"

#include "base/clock.h"

#include <string.h>

/* EventBridge: [\.\-_A-Za-z0-9]+ */
static void
check_id (ConfigReport *report, const char *id)
{
  gsize mark = config_report_enter (report, "Id");

  for (const char *at = id; *at; at++)
    if (!g_ascii_isalnum (*at) && !strchr (".-_", *at))
      {
        config_report_value (report, "Use letters, digits, “.”, “-” and “_”.",
                             "“%s” is no Id of a target", id);
        break;
      }
  config_report_leave (report, mark);
}

/* EventBridge's rule, and its words. */
static gboolean
check_single_input (ConfigReport *report, JsonObject *settings, const char *id)
{
  static const char *const keys[] = { "Input", "InputPath", "InputTransformer" };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gsize mark;

      if (!json_object_has_member (settings, keys[i]) || n++ == 0)
        continue;
      mark = config_report_enter (report, keys[i]);
      config_report_name (report, "Remove this one or the other.",
                          "only one of Input, InputPath, or InputTransformer must be provided for "
                          "target %s",
                          id ? id : "");
      config_report_leave (report, mark);
      return FALSE;
    }
  return TRUE;
}

/* The elements point into the map. */
static GArray *
read_variables (JsonObject *map)
{
  GArray *variables = g_array_new (FALSE, FALSE, sizeof (RulesVariable));
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!map)
    return variables;
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (json_node_get_value_type (node) == G_TYPE_STRING)
      {
        RulesVariable variable = { name, json_node_get_string (node) };

        g_array_append_val (variables, variable);
      }
  return variables;
}

/* error->pointer leads from the target to the text that is wrong. */
static void
report_input (ConfigReport *report, const char *what, const RulesError *error)
{
  gsize mark = report->pointer->len;
  RulesError here = *error;

  g_string_append (report->pointer, error->pointer);
  here.pointer[0] = '\0';
  config_report_rules (report, what, &here);
  config_report_leave (report, mark);
}

static RulesTemplate *
compile_input (ConfigReport *report, JsonObject *settings, const char *id)
{
  JsonObject *transformer = config_settings_object (settings, "InputTransformer");
  g_autoptr (GArray) variables = read_variables (
      config_settings_object (transformer, "InputPathsMap"));
  RulesInput input = {
    .input = config_settings_string (settings, "Input"),
    .input_path = config_settings_string (settings, "InputPath"),
    .input_template = config_settings_string (transformer, "InputTemplate"),
    .variables = (const RulesVariable *) (gpointer) variables->data,
    .n_variables = variables->len,
    .target_id = id,
  };
  RulesTemplate *template = NULL;
  RulesError error;

  if (!rules_template_new (&input, NULL, &template, &error))
    {
      report_input (report, "", &error);
      return NULL;
    }
  /* EventBridge takes what can never be delivered and lets each event fail; here is the last chance
   * to tell the one who wrote it. */
  if (!rules_template_check (template, &error))
    report_input (report, "this can never be delivered", &error);
  return template;
}

/* A template of strings yields lines of text, as EventBridge has it; all else is one JSON value. */
static gboolean
is_text (JsonObject *settings)
{
  const char *template = config_settings_string (
      config_settings_object (settings, "InputTransformer"), "InputTemplate");

  return template && template[strspn (template, " \t\r\n")] == '"';
}

static ConfigRetry
read_retry (ConfigReport *report, JsonObject *settings)
{
  JsonObject *retry = config_settings_object (settings, "RetryPolicy");
  JsonObject *backoff = config_settings_object (retry, "Backoff");
  ConfigRetry result = {
    .max_retries = (guint) config_settings_integer (retry, "MaximumRetryAttempts"),
    .max_age_us = config_settings_seconds (retry, "MaximumEventAgeInSeconds"),
    .base_us = config_settings_seconds (backoff, "BaseSeconds"),
    .factor = config_settings_number (backoff, "Factor"),
    .cap_us = config_settings_seconds (backoff, "CapSeconds"),
    .jitter = config_settings_number (backoff, "Jitter"),
  };

  if (backoff && result.cap_us < result.base_us)
    {
      gsize mark = config_report_enter (report, "RetryPolicy");

      config_report_enter (report, "Backoff");
      config_report_enter (report, "CapSeconds");
      config_report_value (report, "Make the longest wait at least as long as the first.",
                           "CapSeconds, %g s, is less than BaseSeconds, %g s",
                           (double) result.cap_us / G_USEC_PER_SEC,
                           (double) result.base_us / G_USEC_PER_SEC);
      config_report_leave (report, mark);
    }
  return result;
}

ConfigTarget *
config_target_new (ConfigReport *report, JsonObject *settings)
{
  ConfigTarget *target = g_new0 (ConfigTarget, 1);

  target->id = g_strdup (config_settings_string (settings, "Id"));
  target->connector = g_strdup (config_settings_string (settings, "Arn"));
  target->input_is_text = is_text (settings);
  target->retry = read_retry (report, settings);
  if (target->id)
    check_id (report, target->id);
  if (check_single_input (report, settings, target->id))
    target->input = compile_input (report, settings, target->id);
  return target;
}

void
config_target_free (ConfigTarget *target)
{
  if (!target)
    return;
  g_free (target->id);
  g_free (target->connector);
  rules_template_free (target->input);
  g_free (target);
}

gboolean
config_target_render (const ConfigTarget *target,
                      const ConfigRule *rule,
                      const char *event,
                      gsize length,
                      gint64 received_us,
                      RulesBuffer *out,
                      RulesError *error)
{
  g_autofree char *received = clock_format_seconds (received_us);
  const RulesContext context = {
    .rule_name = rule->name,
    .rule_arn = rule->arn,
    .ingestion_time = received,
  };

  return rules_template_render (target->input, event, length, &context, out, error);
}

const char *
config_target_content_type (const ConfigTarget *target)
{
  return target->input_is_text ? "text/plain; charset=utf-8" : "application/json";
}

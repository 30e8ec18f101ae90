/* target.c: one entry of a rule's Targets: what it is sent, and how long that is tried. */
#include "config/target.h"

#include "config/names.h"
#include "config/queue.h"
#include "config/settings.h"

#include "base/clock.h"
#include "base/delivery.h"
#include "base/http-field.h"

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

/* What enters another bus is the event, as it is. */
static void
check_bus_target (ConfigReport *report, JsonObject *settings)
{
  static const char *const keys[] = { "Input", "InputPath", "InputTransformer", "HttpParameters" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gsize mark;

      if (!json_object_has_member (settings, keys[i]))
        continue;
      mark = config_report_enter (report, keys[i]);
      config_report_name (report, "Remove it.", "a bus receives the event as it is");
      config_report_leave (report, mark);
    }
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
has_input (JsonObject *settings)
{
  return json_object_has_member (settings, "Input") ||
         json_object_has_member (settings, "InputPath") ||
         json_object_has_member (settings, "InputTransformer");
}

static gboolean
is_text (JsonObject *settings)
{
  const char *template = config_settings_string (
      config_settings_object (settings, "InputTransformer"), "InputTemplate");

  return template && template[strspn (template, " \t\r\n")] == '"';
}

/* ---- Retry policy ---- */

/* The day of tries that a target has which says nothing else, in seconds after it was accepted. */
static const double usual_schedule[] = { 0,    5,     30,    120,   600,   1800,
                                         7200, 18000, 36000, 50400, 72000, 86400 };

/* EventBridge's, which hold as soon as one of its words is used. */
#define EVENTBRIDGE_RETRIES 185
#define EVENTBRIDGE_AGE_US G_TIME_SPAN_DAY

static gint64
to_us (double seconds)
{
  return (gint64) (seconds * G_USEC_PER_SEC + 0.5);
}

/* When nothing is said of the waits but that there is an end to them, they are as EventBridge's. */
static JsonObject *
backoff_of (JsonObject *retry)
{
  JsonObject *backoff = config_settings_object (retry, "Backoff");
  const ConfigSetting *setting = config_schema_find (&config_schema_rule, "Targets");
  g_autoptr (JsonObject) empty = json_object_new ();

  if (backoff)
    return json_object_ref (backoff);
  setting = config_schema_find (setting->nested, "RetryPolicy");
  setting = config_schema_find (setting->nested, "Backoff");
  return config_settings_complete (empty, setting->nested);
}

static void
read_backoff (ConfigReport *report, JsonObject *retry, ConfigRetry *result)
{
  g_autoptr (JsonObject) backoff = backoff_of (retry);

  result->base_us = config_settings_seconds (backoff, "BaseSeconds");
  result->factor = config_settings_number (backoff, "Factor");
  result->cap_us = config_settings_seconds (backoff, "CapSeconds");
  result->jitter = config_settings_number (backoff, "Jitter");
  if (result->cap_us < result->base_us)
    {
      gsize mark = config_report_enter (report, "RetryPolicy");

      config_report_enter (report, "Backoff");
      config_report_enter (report, "CapSeconds");
      config_report_value (report, "Make the longest wait at least as long as the first.",
                           "CapSeconds, %g s, is less than BaseSeconds, %g s",
                           (double) result->cap_us / G_USEC_PER_SEC,
                           (double) result->base_us / G_USEC_PER_SEC);
      config_report_leave (report, mark);
    }
}

static void
set_waits (ConfigRetry *result, const double *at_s, guint n)
{
  result->waits_us = g_new (gint64, n);
  result->n_waits = n - 1;
  for (guint i = 1; i < n; i++)
    result->waits_us[i - 1] = to_us (at_s[i]) - to_us (at_s[i - 1]);
}

/* What is wrong with the times, or NULL. */
static char *
schedule_mistake (const double *at_s, guint n)
{
  if (n == 0 || n > EVENTBRIDGE_RETRIES + 1)
    return g_strdup_printf ("expected 1 to %d times, not %u", EVENTBRIDGE_RETRIES + 1, n);
  if (at_s[0] != 0)
    return g_strdup_printf ("begins with %g, expected 0: the first try is made at once", at_s[0]);
  for (guint i = 1; i < n; i++)
    if (!(at_s[i] > at_s[i - 1]))
      return g_strdup_printf ("%g s comes after %g s, expected a later time", at_s[i], at_s[i - 1]);
  return NULL;
}

static void
read_schedule (ConfigReport *report, JsonArray *times, ConfigRetry *result)
{
  guint n = json_array_get_length (times);
  g_autofree double *at_s = g_new (double, n + 1);
  g_autofree char *mistake = NULL;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (times, i);

      at_s[i] = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : 0;
    }
  mistake = schedule_mistake (at_s, n);
  if (!mistake)
    set_waits (result, at_s, n);
  else
    {
      gsize mark = config_report_enter (report, "RetryPolicy");

      config_report_enter (report, "Schedule");
      config_report_value (report,
                           "List the seconds after the event was accepted, as in "
                           "[0, 5, 30].",
                           "%s", mistake);
      config_report_leave (report, mark);
    }
}

static void
check_one_of_waits (ConfigReport *report, JsonObject *retry)
{
  gsize mark;

  if (!json_object_has_member (retry, "Schedule") || !json_object_has_member (retry, "Backoff"))
    return;
  mark = config_report_enter (report, "RetryPolicy");
  config_report_enter (report, "Backoff");
  config_report_name (report, "Remove this one or the other.",
                      "Schedule and Backoff both say how long to wait");
  config_report_leave (report, mark);
}

static ConfigRetry
read_retry (ConfigReport *report, JsonObject *settings)
{
  JsonObject *retry = config_settings_object (settings, "RetryPolicy");
  JsonArray *schedule = config_settings_array (retry, "Schedule");
  gboolean has_retries = retry && json_object_has_member (retry, "MaximumRetryAttempts");
  gboolean has_age = retry && json_object_has_member (retry, "MaximumEventAgeInSeconds");
  gboolean has_backoff = retry && json_object_has_member (retry, "Backoff");
  ConfigRetry result = { .max_age_us = G_MAXINT64,
                         .jitter = config_settings_number (retry, "Jitter") };

  if (retry)
    check_one_of_waits (report, retry);
  if (schedule)
    read_schedule (report, schedule, &result);
  else if (has_retries || has_age || has_backoff)
    read_backoff (report, retry, &result);
  else
    set_waits (&result, usual_schedule, G_N_ELEMENTS (usual_schedule));

  result.max_retries = result.waits_us ? result.n_waits : EVENTBRIDGE_RETRIES;
  if (has_retries)
    result.max_retries = MIN (result.max_retries,
                              (guint) config_settings_integer (retry, "MaximumRetryAttempts"));
  if (has_age)
    result.max_age_us = config_settings_seconds (retry, "MaximumEventAgeInSeconds");
  else if (!result.waits_us)
    result.max_age_us = EVENTBRIDGE_AGE_US;
  return result;
}

/* ---- The target ---- */

static void
read_dead_letter_queue (ConfigTarget *target, JsonObject *settings)
{
  JsonObject *config = config_settings_object (settings, "DeadLetterConfig");
  const char *arn = config_settings_string (config, "Arn");

  if (arn)
    target->dead_letter_queue = g_strdup (config_queue_name (arn));
}

/* ---- Order, priority, delay ---- */

/* A copy of a JSONPath into the event, or NULL. */
static char *
read_path (ConfigReport *report, const char *name, const char *path)
{
  gsize mark = config_report_enter (report, name);
  RulesBuffer found = { 0 };
  RulesError error;
  bool is_there;

  /* Any document will do to learn whether the path is understood. */
  if (path && !rules_path_get (path, "{}", 2, &found, &is_there, &error))
    config_report_rules (report, "not a path into the event", &error);
  rules_buffer_clear (&found);
  config_report_leave (report, mark);
  return g_strdup (path);
}

static void
read_priority (ConfigReport *report, JsonObject *settings, ConfigTarget *target)
{
  JsonNode *node = json_object_get_member (settings, "Priority");
  GType type = node ? json_node_get_value_type (node) : G_TYPE_INVALID;
  gsize mark;

  target->priority = DELIVERY_DEFAULT_PRIORITY;
  if (!node)
    return;
  if (type == G_TYPE_STRING)
    {
      target->priority_path = read_path (report, "Priority", json_node_get_string (node));
      return;
    }
  if (type == G_TYPE_INT64 && json_node_get_int (node) >= 0 &&
      json_node_get_int (node) <= DELIVERY_MAX_PRIORITY)
    {
      target->priority = (guint) json_node_get_int (node);
      return;
    }
  mark = config_report_enter (report, "Priority");
  config_report_value (report, "Write 0 to 9, or a path such as “$.detail.priority”.",
                       "expected a number from 0 to 9, or a JSONPath");
  config_report_leave (report, mark);
}

static void
read_plan (ConfigReport *report, JsonObject *settings, ConfigTarget *target)
{
  target->order_key = read_path (report, "OrderKey", config_settings_string (settings, "OrderKey"));
  target->deliver_at = read_path (report, "DeliverAt",
                                  config_settings_string (settings, "DeliverAt"));
  target->delay_us = (gint64) (config_settings_number (settings, "DelaySeconds") * G_USEC_PER_SEC);
  read_priority (report, settings, target);
}

/* ---- HTTP parameters ---- */

static void
check_parameter (ConfigReport *report, const char *name, const char *value)
{
  if (*value == '$')
    g_free (read_path (report, name, value));
}

/* Name, value … of a map, NULL-terminated; NULL when there is none. */
static char **
read_pairs (ConfigReport *report, JsonObject *http, const char *key, gboolean are_headers)
{
  JsonObject *map = config_settings_object (http, key);
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();
  gsize mark = config_report_enter (report, key);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (map)
    json_object_iter_init_ordered (&iter, map);
  while (map && json_object_iter_next_ordered (&iter, &name, &node))
    {
      const char *value = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      gsize entry = config_report_enter (report, name);

      if (are_headers && (!http_field_name_is_valid (name) || http_field_is_reserved (name)))
        config_report_name (report, "Use another name.", "“%.64s” is no header that can be set",
                            name);
      if (are_headers && value && !http_field_value_is_valid (value))
        config_report_value (report, "", "there is a line break or another control character");
      config_report_leave (report, entry);
      if (!value)
        continue;
      check_parameter (report, name, value);
      g_strv_builder_add (pairs, name);
      g_strv_builder_add (pairs, value);
    }
  config_report_leave (report, mark);
  return map ? g_strv_builder_end (pairs) : NULL;
}

static ConfigHttp *
read_http (ConfigReport *report, JsonObject *settings)
{
  JsonObject *object = config_settings_object (settings, "HttpParameters");
  gsize mark = config_report_enter (report, "HttpParameters");
  ConfigHttp *http = NULL;

  if (object)
    {
      http = g_new0 (ConfigHttp, 1);
      http->path_values = config_settings_strings (object, "PathParameterValues");
      http->headers = read_pairs (report, object, "HeaderParameters", TRUE);
      http->query = read_pairs (report, object, "QueryStringParameters", FALSE);
      for (guint i = 0; http->path_values && http->path_values[i]; i++)
        check_parameter (report, "PathParameterValues", http->path_values[i]);
    }
  config_report_leave (report, mark);
  return http;
}

static void
http_free (ConfigHttp *http)
{
  if (!http)
    return;
  g_strfreev (http->path_values);
  g_strfreev (http->headers);
  g_strfreev (http->query);
  g_free (http);
}

ConfigTarget *
config_target_new (ConfigReport *report, JsonObject *settings)
{
  ConfigTarget *target = g_new0 (ConfigTarget, 1);

  target->id = g_strdup (config_settings_string (settings, "Id"));
  target->connector = g_strdup (config_settings_string (settings, "Arn"));
  target->input_is_text = is_text (settings);
  target->has_input = has_input (settings);
  target->retry = read_retry (report, settings);
  target->message_group = g_strdup (config_settings_string (
      config_settings_object (settings, "SqsParameters"), "MessageGroupId"));
  read_dead_letter_queue (target, settings);
  read_plan (report, settings, target);
  target->http = read_http (report, settings);
  if (target->id)
    check_id (report, target->id);
  if (target->connector && config_bus_of_reference (target->connector))
    check_bus_target (report, settings);
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
  g_free (target->order_key);
  g_free (target->priority_path);
  g_free (target->deliver_at);
  rules_template_free (target->input);
  g_free (target->retry.waits_us);
  g_free (target->dead_letter_queue);
  g_free (target->message_group);
  http_free (target->http);
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

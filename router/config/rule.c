/* rule.c: one rule: a pattern and its targets.
 *
 * The pattern is compiled from the very bytes of the file, so that what the compiler says of a
 * place can be said of the file. */
#include "config/rule.h"

#include "config/check.h"
#include "config/settings.h"
#include "config/target.h"

#include "base/limits.h"

#include <string.h>

/* Of a rule without a pattern: every event has a source. */
#define MATCHES_ALL "{\"source\":[{\"exists\":true}]}"

static RulesLimits
pattern_limits (guint wildcard_score)
{
  return (RulesLimits){ .max_pattern_bytes = CONFIG_FILE_BYTES,
                        .max_wildcard_score = wildcard_score };
}

gsize
config_pattern_bytes (const char *text)
{
  gboolean in_string = FALSE;
  gsize length = 0;

  for (const char *at = text; *at; at++)
    {
      if (in_string || !strchr (" \t\r\n", *at))
        length++;
      if (*at == '"')
        in_string = !in_string;
      else if (*at == '\\' && at[1])
        {
          at++;
          length++;
        }
    }
  return length;
}

/* EventBridge does not say how much too complex. */
static void
explain_score (const ConfigNames *names, const RulesSource *source, RulesError *error)
{
  guint limit = names->wildcard_score ? names->wildcard_score : LIMIT_WILDCARD_SCORE;
  unsigned score;

  if (error->code == RULES_ERROR_LIMIT &&
      rules_wildcard_score (source->pattern, source->length, &score, NULL) && score > limit)
    g_snprintf (error->hint, sizeof error->hint,
                "Its wildcard complexity is %u, Limits.WildcardScore allows %u. Give this field "
                "fewer stars, or longer texts between them that do not repeat.",
                score, limit);
}

static void
check_pattern (ConfigReport *report, const ConfigNames *names, const char *pattern)
{
  const RulesLimits limits = pattern_limits (names->wildcard_score);
  RulesSource source = { pattern, strlen (pattern) };
  gsize length = config_pattern_bytes (pattern);
  RulesSet *set = NULL;
  RulesError error;

  if (length > CONFIG_PATTERN_BYTES)
    config_report_value (report, "Split the rule.",
                         "the pattern has %" G_GSIZE_FORMAT
                         " bytes without white space, EventBridge allows %d",
                         length, CONFIG_PATTERN_BYTES);
  else if (!rules_set_build (&source, 1, &limits, NULL, &set, &error))
    {
      explain_score (names, &source, &error);
      config_report_rules (report, "not a valid event pattern", &error);
    }
  rules_set_free (set);
}

/* The pattern's text, or NULL. */
static char *
read_pattern (ConfigReport *report, const ConfigNames *names, JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "EventPattern");
  gsize mark = config_report_enter (report, "EventPattern");
  g_autofree char *pattern = NULL;
  RulesJsonSpan span;

  if (node && JSON_NODE_HOLDS_OBJECT (node) && config_report_locate (report, &span))
    pattern = g_strndup (report->file->text + span.start, span.length);
  else if (node && json_node_get_value_type (node) == G_TYPE_STRING)
    pattern = g_strdup (json_node_get_string (node));
  else if (node)
    config_check_expected (report, "Leave EventPattern out to match every event of the bus.",
                           "an object, or a string of JSON");
  if (pattern)
    check_pattern (report, names, pattern);
  config_report_leave (report, mark);
  return g_steal_pointer (&pattern);
}

static void
check_id_is_new (ConfigReport *report, GHashTable *ids, ConfigTarget *target)
{
  gsize mark;

  if (!target->id || g_hash_table_add (ids, target->id))
    return;
  mark = config_report_enter (report, "Id");
  config_report_value (report, "Give each target of a rule an Id of its own.",
                       "another target of this rule has the Id “%s” too", target->id);
  config_report_leave (report, mark);
}

static GPtrArray *
read_targets (ConfigReport *report, JsonArray *array)
{
  GPtrArray *targets = g_ptr_array_new_with_free_func ((GDestroyNotify) config_target_free);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  gsize mark = config_report_enter (report, "Targets");

  for (guint i = 0; array && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      gsize inner = config_report_enter_index (report, i);

      if (JSON_NODE_HOLDS_OBJECT (element))
        {
          ConfigTarget *target = config_target_new (report, json_node_get_object (element));

          g_ptr_array_add (targets, target);
          check_id_is_new (report, ids, target);
        }
      config_report_leave (report, inner);
    }
  config_report_leave (report, mark);
  return targets;
}

ConfigRule *
config_rule_new (ConfigReport *report, const ConfigNames *names)
{
  const ConfigFile *file = report->file;
  JsonObject *object = json_node_get_object (file->root);
  g_autoptr (JsonObject) settings = config_settings_complete (object, file->schema);
  ConfigRule *rule = g_new0 (ConfigRule, 1);

  if (!config_names_has_bus (names, file->bus))
    {
      g_autofree char *hint = config_names_bus_hint (names, file->bus);

      config_report_file (report, hint, "no bus “%s”: there is no bus/%s.json", file->bus,
                          file->bus);
    }
  config_check_object (report, names, object, file->schema, NULL);
  rule->bus = g_strdup (file->bus);
  rule->name = g_strdup (file->name);
  rule->ref = g_strconcat (file->bus, "/", file->name, NULL);
  rule->arn = g_strconcat ("signalbox:rule/", rule->ref, NULL);
  rule->description = g_strdup (config_settings_string (settings, "Description"));
  rule->enabled = g_strcmp0 (config_settings_string (settings, "State"), "ENABLED") == 0;
  rule->pattern = read_pattern (report, names, object);
  rule->targets = read_targets (report, config_settings_array (settings, "Targets"));
  return rule;
}

void
config_rule_free (ConfigRule *rule)
{
  if (!rule)
    return;
  g_free (rule->bus);
  g_free (rule->name);
  g_free (rule->ref);
  g_free (rule->arn);
  g_free (rule->description);
  g_free (rule->pattern);
  g_ptr_array_unref (rule->targets);
  g_free (rule);
}

const ConfigTarget *
config_rule_find_target (const ConfigRule *rule, const char *id)
{
  for (guint i = 0; i < rule->targets->len; i++)
    {
      const ConfigTarget *target = rule->targets->pdata[i];

      if (strcmp (target->id, id) == 0)
        return target;
    }
  return NULL;
}

/* What compiling is given; no pattern for no rule. */
static RulesSource
source_of (const ConfigRule *rule)
{
  const char *pattern = rule ? (rule->pattern ? rule->pattern : MATCHES_ALL) : NULL;

  return (RulesSource){ pattern, pattern ? strlen (pattern) : 0 };
}

static RulesSet *
compile_all (GPtrArray *rules, guint wildcard_score, RulesError *error)
{
  const RulesLimits limits = pattern_limits (wildcard_score);
  g_autofree RulesSource *sources = g_new (RulesSource, rules->len);
  RulesSet *set;

  for (guint i = 0; i < rules->len; i++)
    sources[i] = source_of (rules->pdata[i]);
  return rules_set_build (sources, rules->len, &limits, NULL, &set, error) ? set : NULL;
}

/* Each rule at the id that it had; new ones where an id is free, or behind all others. */
static void
keep_ids (GPtrArray *rules, GPtrArray *before)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  g_autoptr (GPtrArray) named = g_ptr_array_new ();
  guint n_added = 0;

  for (guint id = 0; id < before->len; id++)
    if (before->pdata[id])
      g_hash_table_insert (ids, ((ConfigRule *) before->pdata[id])->name,
                           GUINT_TO_POINTER (id + 1));
  g_ptr_array_set_size (named, (gint) before->len);
  for (guint i = 0; i < rules->len; i++)
    {
      ConfigRule *rule = rules->pdata[i];
      guint id = GPOINTER_TO_UINT (g_hash_table_lookup (ids, rule->name));

      if (id > 0)
        named->pdata[id - 1] = rule;
      else
        g_ptr_array_add (added, rule);
    }
  for (guint id = 0; id < named->len && n_added < added->len; id++)
    if (!named->pdata[id])
      named->pdata[id] = added->pdata[n_added++];
  for (; n_added < added->len; n_added++)
    g_ptr_array_add (named, added->pdata[n_added]);
  g_ptr_array_set_size (rules, 0);
  g_ptr_array_extend (rules, named, NULL, NULL);
}

RulesSet *
config_rules_compile (GPtrArray *rules,
                      const ConfigBus *previous,
                      guint wildcard_score,
                      RulesError *error)
{
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (RulesEdit));
  RulesSet *set;

  if (!previous)
    return compile_all (rules, wildcard_score, error);
  keep_ids (rules, previous->rules);
  for (guint id = 0; id < rules->len; id++)
    {
      RulesEdit edit = { id, source_of (rules->pdata[id]) };
      RulesSource old = source_of (id < previous->rules->len ? previous->rules->pdata[id] : NULL);

      if (g_strcmp0 (edit.source.pattern, old.pattern) != 0)
        g_array_append_val (edits, edit);
    }
  return rules_set_edit (previous->set, (const RulesEdit *) (gconstpointer) edits->data, edits->len,
                         &set, error)
             ? set
             : NULL;
}

/* command-render.c: render: what a rule's targets would be sent for an event; without a router. */
#include "config.h"

#include "check.h"
#include "commands.h"
#include "pretty.h"
#include "trial.h"

#include "base/event.h"
#include "config/configuration.h"
#include "config/suggest.h"
#include "config/target.h"
#include "connector/connector.h"

#include <string.h>

typedef struct
{
  Ctl *ctl;
  const ConfigRule *rule;
  const char *event;
  const char *target; /* only this one, or NULL */
  GString *json;      /* with ctl->json */
  guint n_shown, n_failed;
} Rendering;

/* ---- Does the rule match? -------------------------------------------------------------------- */

static gboolean
matches (const ConfigRule *rule, const char *event)
{
  const RulesLimits limits = { .max_pattern_bytes = 1024 * 1024 };
  RulesSource source = { rule->pattern, rule->pattern != NULL ? strlen (rule->pattern) : 0 };
  RulesSet *set = NULL;
  RulesScratch *scratch = NULL;
  const uint32_t *ids;
  size_t n = 0;

  if (rule->pattern == NULL)
    return TRUE;
  if (!rules_set_build (&source, 1, &limits, NULL, &set, NULL) ||
      !rules_scratch_new (NULL, &scratch, NULL) ||
      !rules_match (set, scratch, event, strlen (event), &ids, &n, NULL))
    n = 0;
  rules_scratch_free (scratch);
  rules_set_free (set);
  return n > 0;
}

/* ---- One target ------------------------------------------------------------------------------ */

static void
print_heading (Rendering *rendering, const ConfigTarget *target)
{
  Output *out = rendering->ctl->out;

  if (rendering->n_shown > 0)
    output_newline (out);
  output_put (out, STYLE_STRONG, target->id);
  output_put (out, STYLE_PLAIN, " to ");
  output_put (out, STYLE_NAME, target->connector);
  output_put (out, STYLE_FAINT, target->input_is_text ? ", text" : ", JSON");
  output_newline (out);
}

static void
append_json (GString *json, const ConfigTarget *target, const char *payload, gsize length)
{
  g_string_append (json, json->len > 1 ? ",{\"target\":" : "{\"target\":");
  event_append_json_string (json, target->id, -1);
  g_string_append (json, ",\"connector\":");
  event_append_json_string (json, target->connector, -1);
  g_string_append (json, ",\"payload\":");
  if (target->input_is_text)
    event_append_json_string (json, payload, (gssize) length);
  else
    g_string_append_len (json, payload, (gssize) length);
  g_string_append_c (json, '}');
}

static void
render_target (Rendering *rendering, const ConfigTarget *target)
{
  RulesBuffer buffer = { 0 };
  RulesError error;

  if (!rendering->ctl->json)
    print_heading (rendering, target);
  rendering->n_shown++;
  if (!config_target_render (target, rendering->rule, rendering->event, strlen (rendering->event),
                             clock_wall_us (rendering->ctl->clock), &buffer, &error))
    {
      rendering->n_failed++;
      ctl_fail (rendering->ctl, EX_DATAERR, "Target %s: %s", target->id, error.reason);
      if (*error.hint != '\0')
        ctl_hint (rendering->ctl, "%s", error.hint);
    }
  else if (rendering->ctl->json)
    append_json (rendering->json, target, buffer.data, buffer.length);
  else
    pretty_print (rendering->ctl->out, buffer.length > 0 ? buffer.data : "", buffer.length, 0);
  rules_buffer_clear (&buffer);
}

static int
render_targets (Rendering *rendering)
{
  GPtrArray *targets = rendering->rule->targets;
  gboolean matched = matches (rendering->rule, rendering->event);

  for (guint i = 0; i < targets->len; i++)
    {
      const ConfigTarget *target = g_ptr_array_index (targets, i);

      if (rendering->target == NULL || g_str_equal (rendering->target, target->id))
        render_target (rendering, target);
    }
  if (rendering->n_shown == 0 && rendering->target != NULL)
    return ctl_fail (rendering->ctl, EX_NOTHING, "Rule %s has no target “%s”", rendering->rule->ref,
                     rendering->target);
  if (rendering->ctl->json)
    {
      g_string_append (rendering->json, "]\n");
      output_raw (rendering->ctl->out, rendering->json->str, rendering->json->len);
    }
  if (rendering->n_failed > 0)
    return EX_DATAERR;
  if (matched)
    return EX_OK;
  return ctl_fail (rendering->ctl, EX_NOTHING,
                   "Rule %s does not match this event: nothing would be sent",
                   rendering->rule->ref);
}

/* ---- The command ----------------------------------------------------------------------------- */

static int
load (Ctl *ctl, const char *folder, Configuration **out_configuration)
{
  g_autoptr (GPtrArray) problems = NULL;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    return ctl_fail (ctl, EX_NOINPUT, "There is no folder “%s”", folder);
  *out_configuration = config_load (folder, connector_schemas (), NULL, &problems);
  if (*out_configuration != NULL)
    return EX_OK;
  check_print_problems (ctl->err, folder, problems, ctl->terminal);
  return EX_CONFIG;
}

static const ConfigRule *
find_rule (Ctl *ctl, Configuration *configuration, const char *name)
{
  const ConfigRule *rule = g_hash_table_lookup (configuration->rules, name);
  g_autofree char *on_default = g_strconcat ("default/", name, NULL);
  GHashTableIter iter;
  gpointer key;
  Suggestion suggestion;

  if (rule == NULL)
    rule = g_hash_table_lookup (configuration->rules, on_default);
  if (rule != NULL)
    return rule;
  ctl_fail (ctl, EX_NOTHING, "The configuration has no rule “%s”", name);
  suggestion_init (&suggestion, name);
  g_hash_table_iter_init (&iter, configuration->rules);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    suggestion_offer (&suggestion, key);
  if (suggestion_get (&suggestion) != NULL)
    ctl_hint (ctl, "Did you mean “%s”?", suggestion_get (&suggestion));
  return NULL;
}

int
command_render (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (TrialEvent) event = { 0 };
  g_autofree char *target = NULL;
  const GOptionEntry own = {
    "target", 't', 0, G_OPTION_ARG_FILENAME, &target, "Only the target with this Id", "ID"
  };
  GOptionEntry entries[TRIAL_ENTRIES + 1] = { own };
  g_autoptr (Configuration) configuration = NULL;
  g_autoptr (GString) json = g_string_new ("[");
  g_auto (GStrv) rest = NULL;
  Rendering rendering = { .ctl = ctl, .json = json };
  int exit_code;

  trial_entries (&event, entries + 1);
  if (!ctl_parse (ctl, command, entries, arguments, 3, 3, &rest, &exit_code))
    return exit_code;
  exit_code = load (ctl, rest[0], &configuration);
  if (exit_code != EX_OK)
    return exit_code;
  rendering.rule = find_rule (ctl, configuration, rest[1]);
  if (rendering.rule == NULL)
    return EX_NOTHING;
  exit_code = trial_read_event (ctl, command, &event, rest[2]);
  if (exit_code != EX_OK)
    return exit_code;
  rendering.event = event.text;
  rendering.target = target;
  return render_targets (&rendering);
}

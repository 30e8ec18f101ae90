/* command-test-pattern.c: test-pattern: does this pattern match this event, and why; without a
 * router. */
#include "config.h"

#include "commands.h"
#include "pretty.h"
#include "trial.h"

#include "base/event.h"

#include <string.h>

/* EventBridge's limit. */
#define MAX_WILDCARD_SCORE 10u

/* What a pattern is found to be. */
typedef struct
{
  RulesSet *set; /* of it alone */
  unsigned wildcard_score;
} Compiled;

/* ---- Output ---------------------------------------------------------------------------------- */

static void
print_leaf (Output *out, const RulesTraceLeaf *leaf)
{
  output_spaces (out, 2);
  output_put (out, leaf->held ? STYLE_GOOD : STYLE_BAD, leaf->held ? "✓ " : "✗ ");
  output_put (out, STYLE_NAME, leaf->path);
  output_put (out, STYLE_PLAIN, "  ");
  output_put (out, STYLE_PLAIN, leaf->predicate);
  output_newline (out);
  output_spaces (out, 6);
  output_put (out, STYLE_FAINT, leaf->why);
  output_newline (out);
}

/* How near the pattern is to being refused as too complex; nothing of a pattern without wildcards.
 */
static void
print_score (Output *out, unsigned score)
{
  g_autofree char *text = NULL;

  if (score == 0)
    return;
  text = g_strdup_printf ("wildcard complexity %u of %u", score, MAX_WILDCARD_SCORE);
  output_spaces (out, 2);
  output_put (out, STYLE_FAINT, text);
  output_newline (out);
}

static void
print_trace (Output *out, const RulesTrace *trace, unsigned score)
{
  unsigned branch = 0;

  if (trace->matched)
    output_put (out, STYLE_GOOD, "✓ The pattern matches.");
  else
    output_put (out, STYLE_BAD, "✗ The pattern does not match.");
  output_newline (out);
  output_spaces (out, 2);
  output_put (out, STYLE_PLAIN, trace->summary);
  output_newline (out);
  print_score (out, score);
  for (gsize i = 0; i < trace->n_leaves; i++)
    {
      if (trace->leaves[i].branch != branch)
        {
          branch = trace->leaves[i].branch;
          output_block (out, STYLE_FAINT, "  or\n");
        }
      print_leaf (out, &trace->leaves[i]);
    }
}

static void
append_leaf (GString *out, const RulesTraceLeaf *leaf, const char *event)
{
  g_string_append (out, "{\"path\":");
  event_append_json_string (out, leaf->path, -1);
  g_string_append (out, ",\"predicate\":");
  event_append_json_string (out, leaf->predicate, -1);
  g_string_append_printf (out,
                          ",\"held\":%s,\"present\":%s,\"value\":", leaf->held ? "true" : "false",
                          leaf->present ? "true" : "false");
  if (leaf->present)
    g_string_append_len (out, event + leaf->value_offset, (gssize) leaf->value_length);
  else
    g_string_append (out, "null");
  g_string_append (out, ",\"why\":");
  event_append_json_string (out, leaf->why, -1);
  g_string_append_printf (out, ",\"branch\":%u}", leaf->branch);
}

static void
print_trace_json (Output *output, const RulesTrace *trace, const char *event)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_string_append_printf (out, "{\"matches\":%s,\"summary\":", trace->matched ? "true" : "false");
  event_append_json_string (out, trace->summary, -1);
  g_string_append (out, ",\"leaves\":[");
  for (gsize i = 0; i < trace->n_leaves; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      append_leaf (out, &trace->leaves[i], event);
    }
  g_string_append (out, "]}\n");
  output_raw (output, out->str, out->len);
}

/* ---- The pattern ----------------------------------------------------------------------------- */

/* Of a rule's file, which is told by its member EventPattern being no array, as a pattern's would
 * be: where the pattern's own text begins.  A pattern that is a string in there is taken out of it.
 */
static gsize
find_in_rule (ArgumentText *text, char **out_pattern)
{
  RulesJsonSpan span;

  if (!rules_json_locate (text->text, text->length, "/EventPattern", &span) ||
      span.type == RULES_JSON_ARRAY)
    return 0;
  if (span.type == RULES_JSON_STRING)
    {
      g_autofree char *quoted = g_strndup (text->text + span.start, span.length);
      g_autoptr (JsonNode) node = json_from_string (quoted, NULL);

      *out_pattern = node != NULL ? json_node_dup_string (node) : NULL;
      return 0;
    }
  *out_pattern = g_strndup (text->text + span.start, span.length);
  return span.start;
}

/* EX_OK with the pattern compiled. */
static int
compile (Ctl *ctl, const char *argument, Compiled *out_compiled)
{
  const RulesLimits limits = { .max_pattern_bytes = 1024 * 1024,
                               .max_wildcard_score = MAX_WILDCARD_SCORE };
  g_auto (ArgumentText) text = { 0 };
  g_autofree char *inner = NULL;
  g_autoptr (GError) error = NULL;
  RulesError refused;
  RulesSource source;
  gsize start;

  if (!argument_read (argument, "The pattern", &text, &error))
    return ctl_fail (ctl, EX_NOINPUT, "%s", error->message);
  start = find_in_rule (&text, &inner);
  source.pattern = inner != NULL ? inner : text.text;
  source.length = inner != NULL ? strlen (inner) : text.length;
  if (rules_set_build (&source, 1, &limits, NULL, &out_compiled->set, &refused) &&
      rules_wildcard_score (source.pattern, source.length, &out_compiled->wildcard_score, &refused))
    return EX_OK;
  if (start > 0)
    {
      /* Places are told in the whole file, which is what its author looks at. */
      refused.offset += start;
      rules_text_position (text.text, text.length, refused.offset, &refused.line, &refused.column);
      source = (RulesSource){ text.text, text.length };
    }
  return trial_refused (ctl, text.name, "not a valid event pattern", source.pattern, source.length,
                        &refused);
}

static int
explain (Ctl *ctl, const Compiled *compiled, const char *event, gsize length)
{
  RulesTrace trace;
  RulesError error;
  gboolean matched;

  if (!rules_explain (compiled->set, 0, event, length, &trace, &error))
    return trial_refused (ctl, "the event", "cannot be matched", event, length, &error);
  matched = trace.matched;
  if (ctl->json)
    print_trace_json (ctl->out, &trace, event);
  else
    print_trace (ctl->out, &trace, compiled->wildcard_score);
  rules_trace_clear (compiled->set, &trace);
  return matched ? EX_OK : EX_NOTHING;
}

int
command_test_pattern (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (TrialEvent) event = { 0 };
  GOptionEntry entries[TRIAL_ENTRIES];
  g_auto (GStrv) rest = NULL;
  Compiled compiled = { 0 };
  int exit_code;

  trial_entries (&event, entries);
  if (!ctl_parse (ctl, command, entries, arguments, 2, 2, &rest, &exit_code))
    return exit_code;
  exit_code = trial_read_event (ctl, command, &event, rest[1]);
  if (exit_code == EX_OK)
    exit_code = compile (ctl, rest[0], &compiled);
  if (exit_code == EX_OK)
    exit_code = explain (ctl, &compiled, event.text, strlen (event.text));
  rules_set_free (compiled.set);
  return exit_code;
}

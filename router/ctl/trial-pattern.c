/* trial-pattern.c: see trial-pattern.h. */
#include "config.h"

#include "trial-pattern.h"

#include "pretty.h"

#include "base/event.h"
#include "config/rule.h"

#include <string.h>

/* Where a value stands in the text that the event was given as. */
typedef struct
{
  gsize offset;
  unsigned line, column;
} Position;

/* FALSE for what is not in there: the envelope around a detail. */
static gboolean
find_position (const TrialEvent *event, const RulesTraceLeaf *leaf, Position *out_position)
{
  if (!leaf->present || leaf->value_offset < event->given_start ||
      leaf->value_offset >= event->given_start + event->given_length)
    return FALSE;
  out_position->offset = leaf->value_offset - event->given_start;
  rules_text_position (event->text + event->given_start, event->given_length, out_position->offset,
                       &out_position->line, &out_position->column);
  return TRUE;
}

/* ---- For people ------------------------------------------------------------------------------ */

static void
print_leaf (Output *out, const RulesTraceLeaf *leaf, const TrialEvent *event)
{
  Position position;

  output_spaces (out, 2);
  output_put (out, leaf->held ? STYLE_GOOD : STYLE_BAD, leaf->held ? "✓ " : "✗ ");
  output_put (out, STYLE_NAME, leaf->path);
  output_put (out, STYLE_PLAIN, "  ");
  output_put (out, STYLE_PLAIN, leaf->predicate);
  output_newline (out);
  output_spaces (out, 6);
  output_put (out, STYLE_FAINT, leaf->why);
  if (find_position (event, leaf, &position))
    output_putf (out, STYLE_FAINT, " (%s:%u:%u)", event->name, position.line, position.column);
  else if (leaf->present)
    output_put (out, STYLE_FAINT, " (in the envelope)");
  output_newline (out);
}

/* How near the pattern is to being refused as too complex; nothing of a pattern without wildcards.
 */
static void
print_score (Output *out, const TrialPattern *pattern)
{
  if (pattern->wildcard_score == 0)
    return;
  output_spaces (out, 2);
  output_putf (out, STYLE_FAINT, "wildcard complexity %u", pattern->wildcard_score);
  if (pattern->max_score != TRIAL_ANY_SCORE)
    output_putf (out, STYLE_FAINT, " of %u", pattern->max_score);
  output_newline (out);
}

static void
print_trace (Output *out,
             const RulesTrace *trace,
             const TrialPattern *pattern,
             const TrialEvent *event)
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
  print_score (out, pattern);
  for (gsize i = 0; i < trace->n_leaves; i++)
    {
      if (trace->leaves[i].branch != branch)
        {
          branch = trace->leaves[i].branch;
          output_block (out, STYLE_FAINT, "  or\n");
        }
      print_leaf (out, &trace->leaves[i], event);
    }
}

/* ---- For programs ---------------------------------------------------------------------------- */

static void
append_leaf (GString *out, const RulesTraceLeaf *leaf, const TrialEvent *event)
{
  Position position;

  g_string_append (out, "{\"path\":");
  event_append_json_string (out, leaf->path, -1);
  g_string_append (out, ",\"predicate\":");
  event_append_json_string (out, leaf->predicate, -1);
  g_string_append_printf (out, ",\"pattern_offset\":%" G_GSIZE_FORMAT, leaf->pattern_offset);
  g_string_append_printf (out,
                          ",\"held\":%s,\"present\":%s,\"value\":", leaf->held ? "true" : "false",
                          leaf->present ? "true" : "false");
  if (leaf->present)
    g_string_append_len (out, event->text + leaf->value_offset, (gssize) leaf->value_length);
  else
    g_string_append (out, "null");
  g_string_append (out, ",\"position\":");
  if (find_position (event, leaf, &position))
    g_string_append_printf (out,
                            "{\"offset\":%" G_GSIZE_FORMAT ",\"length\":%" G_GSIZE_FORMAT
                            ",\"line\":%u,\"column\":%u}",
                            position.offset, leaf->value_length, position.line, position.column);
  else
    g_string_append (out, "null");
  g_string_append (out, ",\"why\":");
  event_append_json_string (out, leaf->why, -1);
  g_string_append_printf (out, ",\"branch\":%u}", leaf->branch);
}

static void
print_trace_json (Output *output,
                  const RulesTrace *trace,
                  const TrialPattern *pattern,
                  const TrialEvent *event)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_string_append_printf (out, "{\"matches\":%s,\"summary\":", trace->matched ? "true" : "false");
  event_append_json_string (out, trace->summary, -1);
  g_string_append_printf (out, ",\"wildcard_score\":%u,\"leaves\":[", pattern->wildcard_score);
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
find_in_rule (const ArgumentText *text, char **out_pattern)
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

/* Which --wildcard-score would take it. */
static void
explain_score (const RulesSource *source, unsigned max_score, RulesError *error)
{
  unsigned score;

  if (error->code == RULES_ERROR_LIMIT &&
      rules_wildcard_score (source->pattern, source->length, &score, NULL) && score > max_score)
    g_snprintf (error->hint, sizeof error->hint,
                "Its wildcard complexity is %u, at most %u is allowed. Give this field fewer "
                "stars, or longer texts between them that do not repeat.",
                score, max_score);
}

int
trial_pattern_compile (Ctl *ctl,
                       const ArgumentText *text,
                       unsigned max_score,
                       TrialPattern *out_pattern)
{
  const RulesLimits limits = { .max_pattern_bytes = 1024 * 1024, .max_wildcard_score = max_score };
  g_autofree char *inner = NULL;
  gsize start = find_in_rule (text, &inner);
  RulesSource source = { text->text, text->length };
  RulesError refused;

  if (inner != NULL)
    source = (RulesSource){ inner, strlen (inner) };
  if (max_score != TRIAL_ANY_SCORE && config_pattern_bytes (source.pattern) > CONFIG_PATTERN_BYTES)
    return ctl_fail (ctl, EX_DATAERR,
                     "%s: the pattern has %" G_GSIZE_FORMAT
                     " bytes without white space, at most %d are allowed; split the rule",
                     text->name, config_pattern_bytes (source.pattern), CONFIG_PATTERN_BYTES);
  out_pattern->max_score = max_score;
  if (rules_set_build (&source, 1, &limits, NULL, &out_pattern->set, &refused) &&
      rules_wildcard_score (source.pattern, source.length, &out_pattern->wildcard_score, &refused))
    return EX_OK;
  explain_score (&source, max_score, &refused);
  if (start > 0)
    {
      /* Places are told in the whole file, which is what its author looks at. */
      refused.offset += start;
      rules_text_position (text->text, text->length, refused.offset, &refused.line,
                           &refused.column);
      source = (RulesSource){ text->text, text->length };
    }
  return trial_refused (ctl, text->name, "not a valid event pattern", source.pattern, source.length,
                        &refused);
}

int
trial_pattern_explain (Ctl *ctl, const TrialPattern *pattern, const TrialEvent *event)
{
  gsize length = strlen (event->text);
  RulesTrace trace;
  RulesError error;
  gboolean matched;

  if (!rules_explain (pattern->set, 0, event->text, length, &trace, &error))
    return trial_refused (ctl, "the event", "cannot be matched", event->text, length, &error);
  matched = trace.matched;
  if (ctl->json)
    print_trace_json (ctl->out, &trace, pattern, event);
  else
    print_trace (ctl->out, &trace, pattern, event);
  rules_trace_clear (pattern->set, &trace);
  return matched ? EX_OK : EX_NOTHING;
}

void
trial_pattern_clear (TrialPattern *pattern)
{
  g_clear_pointer (&pattern->set, rules_set_free);
}

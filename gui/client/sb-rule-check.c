#include "config.h"

#include "sb-rule-check.h"

#include <glib/gi18n.h>

#include "rules/rules.h"

static void
add_error (GPtrArray *diagnostics,
           const char *text,
           gsize length,
           gsize offset,
           const char *message,
           const char *hint)
{
  guint line, column;

  rules_text_position (text, length, MIN (offset, length), &line, &column);
  g_ptr_array_add (diagnostics, sb_diagnostic_new (line, column, message, hint));
}

gboolean
sb_file_is_readable (const char *text, gsize length)
{
  RulesJsonSpan span;

  return rules_check_json (text, length, NULL, NULL) &&
         rules_json_locate (text, length, "", &span) && span.type == RULES_JSON_OBJECT;
}

GPtrArray *
sb_file_check (const char *text, gsize length)
{
  GPtrArray *diagnostics = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_diagnostic_free);
  RulesError error;

  if (!rules_check_json (text, length, NULL, &error))
    add_error (diagnostics, text, length, error.offset, error.reason, error.hint);
  else if (!sb_file_is_readable (text, length))
    add_error (diagnostics, text, length, 0,
               _ ("The file is not a JSON object"), _ ("Begin with { and end with }."));
  return diagnostics;
}

GPtrArray *
sb_rule_check (const char *text, gsize length)
{
  GPtrArray *diagnostics = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_diagnostic_free);
  const RulesLimits limits = { .max_pattern_bytes = MAX (length, 1) };
  RulesError error;
  RulesJsonSpan span;
  RulesSource source;
  RulesSet *set = NULL;

  if (!rules_check_json (text, length, NULL, &error))
    {
      add_error (diagnostics, text, length, error.offset, error.reason, error.hint);
      return diagnostics;
    }
  if (!rules_json_locate (text, length, "", &span) || span.type != RULES_JSON_OBJECT)
    {
      add_error (diagnostics, text, length, 0,
                 _ ("A rule is a JSON object"), _ ("Begin with { and end with }."));
      return diagnostics;
    }
  if (!rules_json_locate (text, length, "/EventPattern", &span) || span.type != RULES_JSON_OBJECT)
    return diagnostics;

  source = (RulesSource){ text + span.start, span.length };
  if (!rules_set_build (&source, 1, &limits, NULL, &set, &error))
    add_error (diagnostics, text, length, span.start + error.offset, error.reason, error.hint);
  rules_set_free (set);
  return diagnostics;
}

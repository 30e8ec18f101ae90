/* The oracle, called by names that collide with nothing. */
#include "plain-rules.h"

#include "rules/oracle.h"

#include <string.h>

struct PlainRules
{
  RulesOracle oracle;
  Arena arena;
};

static const RulesLimits limits = { .max_pattern_bytes = 65536, .max_combinations = 100000 };

PlainRules *
plain_rules_new (const char *const *patterns, guint n_patterns)
{
  PlainRules *rules = g_new0 (PlainRules, 1);
  g_autofree RulesSource *sources = g_new0 (RulesSource, MAX (n_patterns, 1));
  RulesError error;

  for (guint i = 0; i < n_patterns; i++)
    sources[i] = (RulesSource){ patterns[i], strlen (patterns[i]) };
  arena_init (&rules->arena, NULL);
  if (!rules_oracle_build (&rules->oracle, sources, n_patterns, &limits, NULL, &error))
    g_error ("The oracle refuses a pattern that the router took: %s", error.reason);
  return rules;
}

void
plain_rules_free (PlainRules *rules)
{
  rules_oracle_clear (&rules->oracle);
  arena_clear (&rules->arena);
  g_free (rules);
}

gboolean
plain_rules_match (PlainRules *rules,
                   const char *event,
                   gsize length,
                   const guint32 **out_ids,
                   gsize *out_n_ids)
{
  size_t n_ids = 0;
  RulesError error;

  *out_ids = NULL;
  if (!rules_oracle_match (&rules->oracle, &rules->arena, event, length, out_ids, &n_ids, &error))
    return FALSE;
  *out_n_ids = n_ids;
  return TRUE;
}

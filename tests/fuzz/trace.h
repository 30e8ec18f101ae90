/* trace.h: an explanation against the match it explains. */
#pragma once

#include "fuzz.h"

#include "rules/rules.h"

/* What rules_explain() says of a rule agrees with matched, and all that it points at is there. */
static inline void
fuzz_check_trace (const RulesSet *set, uint32_t id, FuzzPart pattern, FuzzPart event, bool matched)
{
  RulesTrace trace;

  if (!rules_explain (set, id, event.text, event.length, &trace, NULL))
    return; /* a limit, which for explaining comes sooner */
  FUZZ_CHECK (trace.matched == matched);
  FUZZ_CHECK (trace.summary[0] != '\0');
  for (size_t i = 0; i < trace.n_leaves; i++)
    {
      const RulesTraceLeaf *leaf = &trace.leaves[i];

      FUZZ_CHECK (leaf->why[0] != '\0' && leaf->pattern_offset < pattern.length);
      FUZZ_CHECK (leaf->value_offset + leaf->value_length <= event.length);
      FUZZ_CHECK (rules_check_json (leaf->predicate, strlen (leaf->predicate), NULL, NULL));
      if (leaf->present)
        FUZZ_CHECK (leaf->value_length > 0);
    }
  rules_trace_clear (set, &trace);
}

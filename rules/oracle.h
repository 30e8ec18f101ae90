/* oracle.h: rules as the language defines them, without any index.
 *
 * Slow and plain.  rules_match() must give the same answer for every event; only what explains a
 * rule and what tests the engine includes this header.
 */
#pragma once

#include "event.h"
#include "pattern.h"

typedef struct
{
  const char *text; /* of the pattern, for explanations */
  size_t length;
  Plan plan;
} Rule;

typedef struct
{
  Arena arena; /* owns all below */
  size_t max_values;
  Rule *rules;
  size_t n_rules;
  PathTable table;
} RulesOracle;

/* Takes all memory from alloc, which must outlive it; clear it whether this succeeds or not. */
bool rules_oracle_build (RulesOracle *set,
                         const RulesSource *sources,
                         size_t count,
                         const RulesLimits *limits,
                         const RulesAlloc *alloc,
                         RulesError *error);
void rules_oracle_clear (RulesOracle *set);

/* rules_match() by trying every rule.  out_ids lives in the arena, which is emptied first. */
bool rules_oracle_match (const RulesOracle *set,
                         Arena *arena,
                         const char *event,
                         size_t length,
                         const uint32_t **out_ids,
                         size_t *out_count,
                         RulesError *error);

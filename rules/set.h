/* set.h: a compiled set of rules. */
#pragma once

#include "event.h"
#include "pattern.h"

typedef struct
{
  const char *text; /* of the pattern, for explanations */
  size_t length;
  Plan plan;
} Rule;

struct RulesSet
{
  RulesAlloc alloc_copy;
  const RulesAlloc *alloc; /* &alloc_copy, or NULL */
  Arena arena;             /* owns all below */
  size_t max_values;
  Rule *rules;
  size_t n_rules;
  PathTable table;
};

struct RulesScratch
{
  RulesAlloc alloc_copy;
  const RulesAlloc *alloc;
  Arena arena;
};

/* set.h: what callers hold: a compiled set of rules, and the room that one match needs. */
#pragma once

#include "engine.h"
#include "match.h"
#include "quick-check.h"

struct RulesSet
{
  RulesAlloc alloc_copy;
  const RulesAlloc *alloc; /* &alloc_copy, or NULL */
  RulesLimits limits;
  char *texts; /* the patterns, one behind the other, for explanations */
  size_t texts_bytes;
  size_t *text_starts; /* one more than there are rules */
  Engine engine;
  QuickCheck quick_check; /* or NULL */
};

struct RulesScratch
{
  RulesAlloc alloc_copy;
  const RulesAlloc *alloc;
  MatchRoom room;
};

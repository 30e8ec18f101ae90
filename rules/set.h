/* set.h: what callers hold: a compiled set of rules, and the room that one match needs.
 *
 * A set is a part that was compiled whole and, after edits, a small part with the rules that have
 * changed since.  A part never changes; sets that come of each other by edits share the large one
 * and count themselves as its holders.
 */
#pragma once

#include "engine.h"
#include "match.h"
#include "quick-check.h"

typedef struct
{
  unsigned holders; /* changed atomically */
  RulesAlloc alloc_copy;
  const RulesAlloc *alloc; /* &alloc_copy, or NULL */
  char *texts;             /* the patterns, one behind the other, for explanations and edits */
  size_t texts_bytes;
  size_t *text_starts; /* one more than there are rules */
  Engine engine;
} SetPart;

struct RulesSet
{
  RulesAlloc alloc_copy;
  const RulesAlloc *alloc;
  RulesLimits limits;
  QuickCheck quick_check; /* or NULL */
  size_t n_ids;
  SetPart *base;

  uint64_t *voids; /* a bit for each rule of the base that no longer counts; NULL: never edited */
  size_t n_voids;
  SetPart *changes;     /* or NULL */
  uint32_t *change_ids; /* of the rules in changes, ascending */
  size_t n_changes;
};

struct RulesScratch
{
  RulesAlloc alloc_copy;
  const RulesAlloc *alloc;
  MatchRoom room;
  uint32_t *ids; /* of a set with changes */
  size_t ids_capacity;
};

/* A part of these rules; a source without a pattern is a rule that nothing satisfies.  Fills
 * error->rule. */
SetPart *set_part_new (const RulesSource *sources,
                       size_t count,
                       const RulesLimits *limits,
                       const RulesAlloc *alloc,
                       RulesError *error);
SetPart *set_part_hold (SetPart *part);
void set_part_drop (SetPart *part);

/* An empty set; NULL: no memory. */
RulesSet *set_new (const RulesLimits *limits, const RulesAlloc *alloc, RulesError *error);

/* The pattern of a rule; NULL when there is no such rule any more. */
RulesSource set_source (const RulesSet *set, size_t id);

static inline bool
set_is_void (const RulesSet *set, size_t id)
{
  return set->voids && (set->voids[id / 64] >> (id % 64) & 1);
}

/* engine.h: rules in the form in which events are matched.
 *
 * A rule is combinations (of its $or) of fields; each field is an atom or a list of atoms.  Every
 * combination hangs on the one of its fields that is seldom satisfied: only an event with a value
 * that satisfies that field makes it a candidate, whose other fields are then looked at.  What has
 * no field that a value could satisfy ("exists": false and anything-but alone) is looked at for
 * every event.
 *
 * Nothing here changes once built.
 */
#pragma once

#include "atom.h"
#include "decide.h"
#include "error.h"
#include "field-tree.h"
#include "finder.h"
#include "pattern.h"
#include "rest.h"
#include "skip.h"

/* A field of a combination: an atom, or with this bit where a list begins in lists. */
#define FIELD_IS_LIST (UINT32_C (1) << 31)

/* A list: how many atoms, then the atoms. */

/* A combination in combinations: the rule, the number of fields, the fields.  It hangs on the first
 * of them, unless it is in always. */
#define COMBINATION_HEAD 2u

typedef struct
{
  const RulesAlloc *alloc;
  uint64_t seed;
  size_t n_rules;
  size_t max_values;
  FieldTree tree;
  AtomTable table;
  Finder finder;
  SkipContainer skip;
  RestIsFree rest;

  uint32_t *lists;
  size_t n_lists, lists_capacity;
  uint32_t *combinations;
  size_t n_combinations, combinations_capacity; /* in words */
  uint32_t *postings;                           /* of atom i: [atoms[i].uses, atoms[i + 1].uses) */
  size_t n_postings;
  uint32_t *always;
  size_t n_always;
  Decide decide;
} Engine;

void engine_init (Engine *engine, const RulesAlloc *alloc, uint64_t seed);
void engine_clear (Engine *engine);

/* Adds a rule: its number is that of the calls before.  False: no memory.  known_lists is empty at
 * the first call; engine_finish() clears it, and so must whoever gives up before. */
bool engine_add (Engine *engine, const Plan *plan, HashTable *known_lists);

/* When all are added; false: no memory. */
bool engine_finish (Engine *engine, HashTable *known_lists);

/* How many bytes the engine takes. */
size_t engine_bytes (const Engine *engine);

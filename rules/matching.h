/* matching.h: what the files that match one event share.
 *
 * match.c leads and verifies, match-find.c takes values and finds their atoms, match-atom.c says
 * whether an atom holds, match-arrays.c puts together what lies in arrays.
 */
#pragma once

#include "arrays.h"
#include "match.h"

typedef struct
{
  const Engine *engine;
  MatchRoom *room;
  const char *text;
  size_t length;
  RulesError *error;
  bool trails;
  size_t n_arrays;
  const MatchLeaf *current; /* the value for which atoms are being found */
  ArraysResult failure;
  uint32_t *each_paths; /* that have values, and atoms which are compared with all of them */
  size_t n_each_paths, each_capacity;
  const uint32_t *searched; /* the fields that were searched last, and what came of it */
  uint32_t n_searched;
  ArraysResult found;
} Matching;

/* So many values in arrays are looked at one by one to see whether reading may stop. */
#define DECIDE_TRIES 8u

/* Whether no combination is undecided any more once this value was taken.  last: no other value
 * will come to its path. */
bool match_decide (Matching *self, uint32_t path, MatchLeaf *leaf, bool last);

/* Whether the value satisfies the atom. */
bool match_accepts (const Matching *self, const Atom *atom, MatchLeaf *leaf);

/* The same for ATOM_OTHER. */
bool match_accepts_other (const Matching *self, const Atom *atom, MatchLeaf *leaf);

/* Whether some value satisfies the atom, or none is there that must not be. */
bool match_holds (const Matching *self, uint32_t atom);

/* Taken up while the event is read: user is the Matching. */
ScanTake match_take_value (void *user, const ScanValue *scanned);

/* Finds the atoms without a key that hold, when the event is read. */
bool match_find_each (Matching *self);

/* Finds the ranges that hold, when the event is read. */
bool match_find_ranges (Matching *self);

/* Whether values of more than one field lie in arrays. */
bool match_needs_search (const Matching *self, const uint32_t *fields, uint32_t count);

/* Whether the fields hold together. */
ArraysResult match_search (Matching *self, const uint32_t *fields, uint32_t count);

static inline void
need_number (MatchLeaf *leaf)
{
  if (leaf->has_number)
    return;
  leaf->has_number = true;
  leaf->leaf.value.comparable = number_parse (leaf->leaf.value.bytes, leaf->leaf.value.n_bytes,
                                              &leaf->leaf.value.number);
}

static inline void
need_address (MatchLeaf *leaf)
{
  Value *value = &leaf->leaf.value;

  if (leaf->has_address)
    return;
  leaf->has_address = true;
  if (address_parse (value->bytes, value->n_bytes, &value->address) != ADDRESS_OK)
    value->address.n_digits = 0;
}

static inline const MatchPath *
path_of (const Matching *self, uint32_t path)
{
  const MatchPath *found = &self->room->paths[path];

  return found->generation == self->room->generation ? found : NULL;
}

static inline const uint32_t *
field_atoms (const Matching *self, const uint32_t *field, uint32_t *out_count)
{
  const uint32_t *list;

  *out_count = 1;
  if (!(*field & FIELD_IS_LIST))
    return field;
  list = self->engine->lists + (*field & ~FIELD_IS_LIST);
  *out_count = list[0];
  return list + 1;
}

static inline uint32_t
field_path (const Matching *self, const uint32_t *field)
{
  uint32_t count;

  return self->engine->table.atoms[*field_atoms (self, field, &count)].path;
}

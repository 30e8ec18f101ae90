/* atom.h: an alternative at a path, each different one kept once for all the rules that have it.
 *
 * Plain texts and numbers are nothing but their bytes in one pool; everything else keeps its
 * Predicate.  An atom has a key by which an event's value finds it; see finder.h.
 */
#pragma once

#include "predicate.h"
#include "vector.h"

#define ATOM_NONE UINT32_MAX

/* How a value is compared with an atom. */
typedef enum
{
  ATOM_STRING,
  ATOM_NUMBER,      /* bytes: NumberKey */
  ATOM_NUMBER_TEXT, /* a number that is not comparable: its text */
  ATOM_LITERAL,     /* bytes: its RulesJsonType in one byte */
  ATOM_PREFIX,
  ATOM_SUFFIX,
  ATOM_EXISTS,
  ATOM_ABSENT,
  ATOM_OTHER, /* by its Predicate */
} AtomKind;

/* How a value finds an atom. */
typedef enum
{
  KEY_NONE, /* not at all: looked at only when a rule is verified */
  KEY_STRING,
  KEY_NUMBER,
  KEY_NUMBER_TEXT,
  KEY_LITERAL,
  KEY_EXISTS,
  KEY_PREFIX,
  KEY_SUFFIX,
  KEY_FOLDED, /* the ASCII text in lower case */
  KEY_FOLDED_PREFIX,
  KEY_FOLDED_SUFFIX,
  KEY_WINDOW, /* a few bytes that must occur somewhere */
  KEY_RANGE,  /* the path's numbers are looked at together */
  KEY_EACH,   /* every value at the path is tried */
} KeyKind;

typedef struct
{
  int32_t sign, exponent;
  uint64_t digits;
} NumberKey;

typedef struct
{
  uint32_t path;
  uint32_t bytes, n_bytes; /* of the key, in the pool; of plain kinds the atom's own */
  uint32_t next;           /* another atom with the same key, or ATOM_NONE */
  uint32_t other;          /* ATOM_OTHER: its Predicate's number */
  uint32_t uses;           /* by how many combinations; at last, where its postings begin */
  uint8_t kind;
  uint8_t key;
  bool needs_number, needs_address; /* ATOM_OTHER: of a value */
} Atom;

typedef struct
{
  const RulesAlloc *alloc;
  uint64_t seed;
  Atom *atoms;
  size_t n_atoms, capacity;
  char *pool;
  size_t n_pool, pool_capacity;
  Predicate **others;
  size_t n_others, others_capacity;
  Arena arena; /* of the predicates */

  HashTable known; /* while building */
  char *spelling;  /* while building: ATOM_OTHER written down, to tell whether two are the same */
  size_t n_spelling, spelling_capacity;
} AtomTable;

void atom_table_init (AtomTable *table, const RulesAlloc *alloc, uint64_t seed);
void atom_table_clear (AtomTable *table);

/* The atom for a predicate at a path; new ones are added.  False: no memory. */
bool atom_table_add (AtomTable *table, uint32_t path, const Predicate *predicate, uint32_t *out);

/* When all are added: forgets what only building needs.  The key of ATOM_OTHER is then empty. */
void atom_table_finish (AtomTable *table);

/* Appends to the pool; false: no memory. */
bool atom_table_store (AtomTable *table, const void *bytes, size_t length, uint32_t *out_offset);

static inline NumberKey
number_key (const Number *number)
{
  return (NumberKey){ number->sign, number->exponent, number->digits };
}

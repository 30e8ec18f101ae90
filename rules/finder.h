/* finder.h: from a value of an event to the atoms that it satisfies.
 *
 * One hash table holds the keys of all atoms that combinations hang on, and those of all plain
 * texts and numbers.  For prefixes a value is asked with each length that the path's prefixes have,
 * in one pass over it; in the same way for suffixes.  A wildcard has as key its first or last piece
 * or eight bytes out of any piece, whatever fewest others share.
 */
#pragma once

#include "atom.h"

/* What a path has atoms of, one bit each. */
enum
{
  FINDS_STRING = 1 << 0,
  FINDS_NUMBER = 1 << 1,
  FINDS_NUMBER_TEXT = 1 << 2,
  FINDS_LITERAL = 1 << 3,
  FINDS_EXISTS = 1 << 4,
  FINDS_PREFIX = 1 << 5,
  FINDS_SUFFIX = 1 << 6,
  FINDS_FOLDED = 1 << 7,
  FINDS_FOLDED_PREFIX = 1 << 8,
  FINDS_FOLDED_SUFFIX = 1 << 9,
  FINDS_WINDOW = 1 << 10,
  FINDS_EACH = 1 << 11,
  FINDS_RANGE = 1 << 12,
};

/* A run of numbers in Finder.numbers. */
typedef struct
{
  uint32_t first, count;
} FinderRun;

typedef struct
{
  uint32_t finds;
  uint32_t exists;          /* the atom, or ATOM_NONE */
  uint32_t literals[3];     /* null, false, true */
  uint64_t string_lengths;  /* bit n: there is a text with n bytes, modulo 64 */
  FinderRun prefix_lengths; /* ascending */
  FinderRun suffix_lengths;
  FinderRun folded_prefix_lengths;
  FinderRun folded_suffix_lengths;
  FinderRun ranges;        /* atoms that are ranges of numbers */
  FinderRun each;          /* atoms that every value is compared with */
  unsigned window_lengths; /* bit n: there are windows of n bytes; 8, 4, 2, 1 */
} FinderPath;

typedef struct
{
  FinderPath *paths;
  size_t n_paths;
  uint32_t *numbers;
  size_t n_numbers, numbers_capacity;
  FinderRun ranged;  /* the paths that have ranges */
  HashTable keys;    /* number: the first atom under the key, plus 1 */
  uint64_t *windows; /* a bit for the hash of each window: most bytes of a value need no look */
  size_t windows_mask;
  uint64_t seed;
  uint16_t
      *folds; /* NULL, or what each character of two bytes is folded to: one of two bytes too */
} Finder;

/* Is told the first atom under each key that a text has; the others follow by Atom.next.  Returns
 * false to end the search. */
typedef bool (*FinderFound) (void *user, uint32_t atom);

/* Looks for everything in a string that is not the string itself.  folded: room for the text. */
bool finder_search (const Finder *finder,
                    const AtomTable *table,
                    uint32_t path,
                    const char *text,
                    size_t length,
                    char *folded,
                    FinderFound found,
                    void *user);

/* Whether finder_search() wants room for folding. */
#define FINDS_ANY_FOLDED (FINDS_FOLDED | FINDS_FOLDED_PREFIX | FINDS_FOLDED_SUFFIX)
#define FINDS_IN_TEXT (FINDS_PREFIX | FINDS_SUFFIX | FINDS_ANY_FOLDED | FINDS_WINDOW)

/* wanted: for each atom whether values must find it.  Plain texts and numbers are found anyway. */
bool
finder_build (Finder *finder, AtomTable *table, size_t n_paths, const bool *wanted, uint64_t seed);
void finder_clear (Finder *finder, const RulesAlloc *alloc);

/* The first atom with this key, or ATOM_NONE. */
static inline uint32_t
finder_get (const Finder *finder,
            const AtomTable *table,
            uint64_t hash,
            uint32_t path,
            KeyKind key,
            const char *bytes,
            size_t length)
{
  uint32_t tag = (uint32_t) (hash >> 32);
  size_t mask = finder->keys.mask;

  for (size_t i = tag & mask; finder->keys.entries[i].number; i = (i + 1) & mask)
    if (finder->keys.entries[i].hash == tag)
      {
        uint32_t number = finder->keys.entries[i].number - 1;
        const Atom *atom = &table->atoms[number];

        if (atom->path == path && atom->key == key && atom->n_bytes == length &&
            memcmp (table->pool + atom->bytes, bytes, length) == 0)
          return number;
      }
  return ATOM_NONE;
}

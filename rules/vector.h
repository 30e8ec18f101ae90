/* vector.h: arrays that grow through the caller's allocator and can be cut to size. */
#pragma once

#include "memory.h"

#include <string.h>

/* array points at the pointer; room for `wanted` elements afterwards.  False: no memory. */
static inline bool
vector_reserve (const RulesAlloc *alloc,
                void *array,
                size_t *capacity,
                size_t wanted,
                size_t element_bytes)
{
  size_t larger = *capacity ? *capacity : 16;
  void *old, *moved;

  if (wanted <= *capacity)
    return true;
  while (larger < wanted)
    larger += larger / 2;
  if (larger > SIZE_MAX / 2 / element_bytes)
    return false;
  memcpy (&old, array, sizeof old);
  moved = memory_resize (alloc, old, larger * element_bytes);
  if (!moved)
    return false;
  memcpy (array, &moved, sizeof moved);
  *capacity = larger;
  return true;
}

/* Gives back what is not used.  Never fails: what cannot be moved stays. */
static inline void
vector_trim (const RulesAlloc *alloc,
             void *array,
             size_t *capacity,
             size_t count,
             size_t element_bytes)
{
  void *old, *moved;

  if (count == *capacity || count == 0)
    return;
  memcpy (&old, array, sizeof old);
  moved = memory_resize (alloc, old, count * element_bytes);
  if (!moved)
    return;
  memcpy (array, &moved, sizeof moved);
  *capacity = count;
}

/* Numbers (from 1; 0 is an empty place) of things by their hash.  The caller compares. */
typedef struct
{
  uint32_t hash, number;
} NumberedHash;

typedef struct
{
  NumberedHash *entries;
  size_t mask, count; /* mask 0: no entries yet */
} HashTable;

static inline void
hash_table_clear (HashTable *table, const RulesAlloc *alloc)
{
  memory_resize (alloc, table->entries, 0);
  *table = (HashTable){ 0 };
}

static inline void
hash_table_put (HashTable *table, uint32_t hash, uint32_t number)
{
  size_t at = hash & table->mask;

  while (table->entries[at].number)
    at = (at + 1) & table->mask;
  table->entries[at] = (NumberedHash){ hash, number };
  table->count++;
}

/* An empty table for this many; false: no memory. */
static inline bool
hash_table_make (HashTable *table, const RulesAlloc *alloc, size_t count)
{
  size_t size = 16;

  while (size < count + count / 2)
    size *= 2;
  table->entries = memory_resize (alloc, NULL, size * sizeof *table->entries);
  if (!table->entries)
    return false;
  memset (table->entries, 0, size * sizeof *table->entries);
  table->mask = size - 1;
  table->count = 0;
  return true;
}

/* Puts one more, in a table that grows. */
static inline bool
hash_table_add (HashTable *table, const RulesAlloc *alloc, uint32_t hash, uint32_t number)
{
  if (table->mask == 0 || table->count >= table->mask / 3 * 2)
    {
      HashTable larger;

      if (!hash_table_make (&larger, alloc, (table->count + 8) * 2))
        return false;
      for (size_t i = 0; table->mask && i <= table->mask; i++)
        if (table->entries[i].number)
          hash_table_put (&larger, table->entries[i].hash, table->entries[i].number);
      hash_table_clear (table, alloc);
      *table = larger;
    }
  hash_table_put (table, hash, number);
  return true;
}

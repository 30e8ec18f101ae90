/* match-distinct.c: see match-distinct.h. */
#include "match-distinct.h"

#include "text-hash.h"

static uint64_t
hash_leaf (const Value *value, uint64_t seed)
{
  uint64_t begin = text_hash_begin (seed, (uint32_t) value->type, 0);

  return text_hash (begin, value->bytes, value->n_bytes);
}

static bool
same_value (const Value *a, const Value *b)
{
  return a->type == b->type && a->n_bytes == b->n_bytes &&
         memcmp (a->bytes, b->bytes, a->n_bytes) == 0;
}

/* Into numbers, by way of a table of their places; returns how many. */
static uint32_t
collect (const MatchRoom *room,
         const MatchPath *path,
         uint32_t *table,
         size_t mask,
         uint64_t seed,
         uint32_t *numbers)
{
  uint32_t count = 0;

  memset (table, 0, (mask + 1) * sizeof *table);
  for (uint32_t i = path->first; i != UINT32_MAX; i = room->leaves[i].next)
    {
      const Value *value = &room->leaves[i].leaf.value;
      size_t at = (size_t) (hash_leaf (value, seed) >> 20) & mask;

      while (table[at] && !same_value (&room->leaves[numbers[table[at] - 1]].leaf.value, value))
        at = (at + 1) & mask;
      if (table[at])
        continue;
      numbers[count++] = i;
      table[at] = count;
    }
  return count;
}

const uint32_t *
match_distinct (MatchRoom *room, uint64_t seed, uint32_t number, uint32_t *out_count)
{
  MatchPath *path = &room->paths[number];
  size_t size = 64;
  uint32_t *table;

  *out_count = path->n_distinct;
  if (path->distinct)
    return path->distinct;
  while (size < 2 * (size_t) path->count)
    size *= 2;
  path->distinct = arena_take (&room->arena, path->count * sizeof *path->distinct);
  table = arena_take (&room->arena, size * sizeof *table);
  if (!path->distinct || !table)
    {
      path->distinct = NULL;
      return NULL;
    }
  path->n_distinct = collect (room, path, table, size - 1, seed, path->distinct);
  *out_count = path->n_distinct;
  return path->distinct;
}

/* ---- Addresses ------------------------------------------------------------------------------- */

/* What a block is compared with: the digits of an address, or a number as it is written. */
typedef struct
{
  const char *bytes;
  size_t length;
  const Value *value;
} Row;

/* Text, comparable numbers, others: a block may be for some of these only. */
static int
kind_of (const Row *row)
{
  return row->value->type == RULES_JSON_STRING ? 0 : 1 + !row->value->comparable;
}

static int
compare_rows (const char *a, size_t n_a, const char *b, size_t n_b)
{
  int order = memcmp (a, b, n_a < n_b ? n_a : n_b);

  return order != 0 ? order : (n_a > n_b) - (n_a < n_b);
}

static int
order_rows (const Row *a, const Row *b)
{
  int order = compare_rows (a->bytes, a->length, b->bytes, b->length);

  return order != 0 ? order : kind_of (a) - kind_of (b);
}

/* Merge sort, bottom up; returns the one of the two arrays in which the result is. */
static Row *
sort_rows (Row *rows, Row *spare, size_t count)
{
  for (size_t width = 1; width < count; width *= 2)
    {
      Row *swap = rows;

      for (size_t start = 0; start < count; start += 2 * width)
        {
          size_t middle = start + width < count ? start + width : count;
          size_t end = middle + width < count ? middle + width : count;
          size_t a = start, b = middle;

          for (size_t to = start; to < end; to++)
            if (b == end || (a < middle && order_rows (&rows[a], &rows[b]) <= 0))
              spare[to] = rows[a++];
            else
              spare[to] = rows[b++];
        }
      rows = spare;
      spare = swap;
    }
  return rows;
}

/* The digits with which a number begins: at the first other character a comparison ends. */
static size_t
count_digits (const Value *value)
{
  size_t n = 0;

  while (n < value->n_bytes && ((value->bytes[n] >= '0' && value->bytes[n] <= '9') ||
                                (value->bytes[n] >= 'A' && value->bytes[n] <= 'F')))
    n++;
  return n;
}

static size_t
collect_rows (const MatchRoom *room, const MatchPath *path, Row *rows)
{
  size_t count = 0;

  for (uint32_t i = 0; i < path->n_distinct; i++)
    {
      const Value *value = &room->leaves[path->distinct[i]].leaf.value;

      if (value->type == RULES_JSON_NUMBER)
        rows[count++] = (Row){ value->bytes, count_digits (value), value };
      else if (value->type == RULES_JSON_STRING && value->address.n_digits > 0)
        rows[count++] = (Row){ value->address.digits, value->address.n_digits, value };
    }
  return count;
}

static size_t
drop_equal (Row *rows, size_t count)
{
  size_t n = 0;

  for (size_t i = 0; i < count; i++)
    if (n == 0 || order_rows (&rows[n - 1], &rows[i]) != 0)
      rows[n++] = rows[i];
  return n;
}

/* In the order of rows, those that a block may match stand together; of these all match but the few
 * that the end of the block begins with. */
static bool
block_has (const Predicate *predicate, const Row *rows, size_t count)
{
  const AddressBlock *block = &predicate->block;
  size_t low = 0, high = count;

  while (low < high)
    {
      size_t middle = low + (high - low) / 2;

      if (compare_rows (rows[middle].bytes, rows[middle].length, block->low.digits,
                        block->low.n_digits) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  for (; low < count; low++)
    {
      if (predicate_holds (predicate, rows[low].value))
        return true;
      if (memcmp (rows[low].bytes, block->high.digits,
                  rows[low].length < block->high.n_digits ? rows[low].length
                                                          : block->high.n_digits) > 0)
        return false;
    }
  return false;
}

bool
match_addresses (const Engine *engine,
                 MatchRoom *room,
                 uint32_t number,
                 FinderRun atoms,
                 bool (*found) (void *user, uint32_t atom),
                 void *user)
{
  const MatchPath *path = &room->paths[number];
  Row *rows = arena_take (&room->arena, path->n_distinct * sizeof *rows);
  Row *spare = arena_take (&room->arena, path->n_distinct * sizeof *spare);
  size_t count;

  if (!rows || !spare)
    return false;
  count = collect_rows (room, path, rows);
  rows = sort_rows (rows, spare, count);
  count = drop_equal (rows, count);
  for (uint32_t i = 0; i < atoms.count; i++)
    {
      uint32_t atom = engine->finder.numbers[atoms.first + i];
      const Predicate *predicate = engine->table.others[engine->table.atoms[atom].other];

      if (predicate->type == PREDICATE_ADDRESS && block_has (predicate, rows, count) &&
          !found (user, atom))
        return false;
    }
  return true;
}

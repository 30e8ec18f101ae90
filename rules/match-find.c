/* match-find.c: takes the values of an event and finds the atoms that they satisfy.
 *
 * Each value finds its atoms when it is read; what has no key, and ranges, find the values of a
 * path together, when all are there.
 */
#include "json.h"
#include "match-distinct.h"
#include "matching.h"
#include "text-hash.h"

#define FEW_RANGES 8u /* that are compared with each number, rather than sorting those */

static inline bool
hit (Matching *self, uint32_t number)
{
  MatchRoom *room = self->room;
  const Atom *atom = &self->engine->table.atoms[number];
  uint32_t truth = room->generation << 1 | 1;

  if (room->truths[number] == truth)
    return true;
  room->truths[number] = truth;
  if (atom[0].uses == atom[1].uses)
    return true;
  if (!vector_reserve (room->alloc, &room->hits, &room->hits_capacity, room->n_hits + 1,
                       sizeof *room->hits))
    return error_no_memory (self->error);
  room->hits[room->n_hits++] = number;
  return true;
}

/* A value can have the key of a wildcard at every byte; its atoms are tried once. */
static bool
was_tried (Matching *self, const Atom *first)
{
  uint64_t value = (uint64_t) (self->current - self->room->leaves);
  uint64_t stamp = (uint64_t) self->room->generation << 32 | value;
  uint64_t *tried = &self->room->tried[first->other];

  if (first->kind != ATOM_OTHER || first->key != KEY_WINDOW)
    return false;
  if (*tried == stamp)
    return true;
  *tried = stamp;
  return false;
}

/* The atoms under one key: only those of plain kinds are certain to hold. */
static bool
hit_chain (void *user, uint32_t first)
{
  Matching *self = user;
  uint32_t truth = self->room->generation << 1 | 1;

  if (was_tried (self, &self->engine->table.atoms[first]))
    return true;
  for (uint32_t i = first; i != ATOM_NONE; i = self->engine->table.atoms[i].next)
    {
      const Atom *atom = &self->engine->table.atoms[i];

      if (self->room->truths[i] == truth ||
          (atom->kind == ATOM_OTHER &&
           !match_accepts_other (self, atom, (MatchLeaf *) self->current)))
        continue;
      if (!hit (self, i))
        return false;
    }
  return true;
}

static bool
find_in_text (Matching *self, uint32_t path, const FinderPath *about, MatchLeaf *leaf)
{
  const Finder *finder = &self->engine->finder;
  MatchRoom *room = self->room;
  const Value *value = &leaf->leaf.value;

  if ((about->finds & FINDS_STRING) && (about->string_lengths >> (value->n_bytes & 63) & 1))
    {
      uint64_t begin = text_hash_begin (finder->seed, path, KEY_STRING);
      uint32_t atom = finder_get (finder, &self->engine->table,
                                  text_hash (begin, value->bytes, value->n_bytes), path, KEY_STRING,
                                  value->bytes, value->n_bytes);

      if (atom != ATOM_NONE && !hit (self, atom))
        return false;
    }
  if (!(about->finds & FINDS_IN_TEXT))
    return true;
  if ((about->finds & FINDS_ANY_FOLDED) &&
      !vector_reserve (room->alloc, &room->folded, &room->folded_capacity, value->n_bytes + 1, 1))
    return error_no_memory (self->error);
  self->current = leaf;
  return finder_search (finder, &self->engine->table, path, value->bytes, value->n_bytes,
                        room->folded, hit_chain, self);
}

static bool
find_number (Matching *self, uint32_t path, const FinderPath *about, MatchLeaf *leaf)
{
  const Finder *finder = &self->engine->finder;
  const Value *value = &leaf->leaf.value;
  KeyKind key = KEY_NUMBER_TEXT;
  const char *bytes = value->bytes;
  size_t length = value->n_bytes;
  NumberKey number;
  uint32_t atom;

  if (!(about->finds & (FINDS_NUMBER | FINDS_NUMBER_TEXT)))
    return true;
  need_number (leaf);
  if (value->comparable)
    {
      number = number_key (&value->number);
      key = KEY_NUMBER;
      bytes = (const char *) &number;
      length = sizeof number;
    }
  atom = finder_get (finder, &self->engine->table,
                     text_hash (text_hash_begin (finder->seed, path, key), bytes, length), path,
                     key, bytes, length);
  return atom == ATOM_NONE || hit (self, atom);
}

static bool
find_atoms (Matching *self, uint32_t path, MatchLeaf *leaf)
{
  const FinderPath *about = &self->engine->finder.paths[path];
  RulesJsonType type = leaf->leaf.value.type;

  if (!about->finds)
    return true;
  if (type == RULES_JSON_STRING)
    {
      if (!find_in_text (self, path, about, leaf))
        return false;
    }
  else if (type == RULES_JSON_NUMBER)
    {
      if (!find_number (self, path, about, leaf))
        return false;
    }
  else if (about->literals[type] != ATOM_NONE && !hit (self, about->literals[type]))
    return false;
  if ((about->finds & FINDS_EXISTS) && !hit (self, about->exists))
    return false;
  /* When all values are there: see find_each(). */
  if (!(about->finds & FINDS_EACH) || self->room->paths[path].count > 1)
    return true;
  if (!arena_grow (&self->room->arena, &self->each_paths, self->n_each_paths, &self->each_capacity,
                   sizeof *self->each_paths))
    return error_no_memory (self->error);
  self->each_paths[self->n_each_paths++] = path;
  return true;
}

/* ---- Atoms without a key --------------------------------------------------------------------- */

static bool
hit_address (void *user, uint32_t atom)
{
  return hit (user, atom);
}

/* The blocks of addresses, which are found in another way where there are many values. */
static inline bool
is_address (const Matching *self, uint32_t atom)
{
  return self->engine->table.others[self->engine->table.atoms[atom].other]->type ==
         PREDICATE_ADDRESS;
}

static bool
find_each_in (Matching *self, const uint32_t *leaves, uint32_t count, FinderRun run)
{
  const uint32_t *atoms = self->engine->finder.numbers + run.first;
  bool many = count > DISTINCT_MANY;

  for (uint32_t i = 0; i < run.count; i++)
    {
      const Atom *atom = &self->engine->table.atoms[atoms[i]];
      uint32_t k = 0;

      if (many && is_address (self, atoms[i]))
        continue;
      while (k < count && !match_accepts (self, atom, &self->room->leaves[leaves[k]]))
        k++;
      if (k < count && !hit (self, atoms[i]))
        return false;
    }
  return true;
}

/* Every atom of the path that no value finds by a key, with all of its values. */
static bool
find_each (Matching *self, uint32_t number)
{
  FinderRun run = self->engine->finder.paths[number].each;
  uint32_t count;
  const uint32_t *leaves = match_distinct (self->room, self->engine->seed, number, &count);

  if (!leaves)
    return error_no_memory (self->error);
  if (!find_each_in (self, leaves, count, run))
    return false;
  if (count <= DISTINCT_MANY)
    return true;
  for (uint32_t i = 0; i < count; i++)
    {
      MatchLeaf *leaf = &self->room->leaves[leaves[i]];

      if (leaf->leaf.value.type == RULES_JSON_NUMBER)
        need_number (leaf);
      else if (leaf->leaf.value.type == RULES_JSON_STRING)
        need_address (leaf);
    }
  return match_addresses (self->engine, self->room, number, run, hit_address, self) ||
         error_no_memory (self->error);
}

bool
match_find_each (Matching *self)
{
  for (size_t i = 0; i < self->n_each_paths; i++)
    if (!find_each (self, self->each_paths[i]))
      return false;
  return true;
}

/* ---- Ranges ---------------------------------------------------------------------------------- */

static bool
is_below_top (const Bound *top, const Number *number)
{
  int order = top->present ? number_compare (number, &top->number) : -1;

  return order < 0 || (order == 0 && top->included);
}

static bool
is_above_bottom (const Bound *bottom, const Number *number)
{
  int order = bottom->present ? number_compare (number, &bottom->number) : 1;

  return order > 0 || (order == 0 && bottom->included);
}

static bool
range_has_any (const Predicate *range, const Number *numbers, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (is_above_bottom (&range->bottom, &numbers[i]) && is_below_top (&range->top, &numbers[i]))
      return true;
  return false;
}

/* Whether one of the sorted numbers is in the range: the first that is not too small decides. */
static bool
range_has (const Predicate *range, const Number *numbers, size_t count)
{
  const Bound *bottom = &range->bottom, *top = &range->top;
  size_t low = 0, high = bottom->present ? count : 0;

  while (low < high)
    {
      size_t middle = low + (high - low) / 2;

      if (is_above_bottom (bottom, &numbers[middle]))
        high = middle;
      else
        low = middle + 1;
    }
  return low < count && is_below_top (top, &numbers[low]);
}

/* The numbers of a path, all together: to compare each with each range would be quadratic. */
static bool
find_ranges (Matching *self, uint32_t number)
{
  const FinderPath *about = &self->engine->finder.paths[number];
  const uint32_t *atoms = self->engine->finder.numbers + about->ranges.first;
  const MatchPath *path = path_of (self, number);
  ArenaMark mark = arena_mark (&self->room->arena);
  Number *numbers;
  size_t n = 0;
  bool ok = true, few;

  if (!path)
    return true;
  numbers = arena_take (&self->room->arena, 2 * path->count * sizeof *numbers);
  if (!numbers)
    return error_no_memory (self->error);
  for (uint32_t i = path->first; i != UINT32_MAX; i = self->room->leaves[i].next)
    {
      MatchLeaf *leaf = &self->room->leaves[i];

      if (leaf->leaf.value.type != RULES_JSON_NUMBER)
        continue;
      need_number (leaf);
      if (leaf->leaf.value.comparable)
        numbers[n++] = leaf->leaf.value.number;
    }
  few = about->ranges.count <= FEW_RANGES;
  if (!few)
    number_sort (numbers, numbers + path->count, n);
  for (uint32_t i = 0; ok && i < about->ranges.count; i++)
    {
      const Atom *atom = &self->engine->table.atoms[atoms[i]];

      const Predicate *range = self->engine->table.others[atom->other];

      if (few ? range_has_any (range, numbers, n) : range_has (range, numbers, n))
        ok = hit (self, atoms[i]);
    }
  arena_release (&self->room->arena, mark);
  return ok;
}

bool
match_find_ranges (Matching *self)
{
  const Finder *finder = &self->engine->finder;

  for (uint32_t i = 0; i < finder->ranged.count; i++)
    if (!find_ranges (self, finder->numbers[finder->ranged.first + i]))
      return false;
  return true;
}

/* ---- Values ---------------------------------------------------------------------------------- */

static bool
decode (Matching *self, Value *value)
{
  char *bytes = arena_take (&self->room->arena, value->n_bytes + 1);

  if (!bytes)
    return error_no_memory (self->error);
  value->n_bytes = json_decode (value->bytes, value->n_bytes, bytes);
  value->bytes = bytes;
  return true;
}

static bool
take (Matching *self, const ScanValue *scanned)
{
  MatchRoom *room = self->room;
  MatchPath *path = &room->paths[scanned->path];
  uint32_t number = (uint32_t) room->n_leaves;
  size_t quote = scanned->type == RULES_JSON_STRING;
  MatchLeaf *leaf;

  if (room->n_leaves >= self->engine->max_values)
    return error_at (self->error, RULES_ERROR_LIMIT, self->text, self->length,
                     (size_t) (scanned->start - self->text),
                     "Send smaller events, or raise the limit on values.",
                     "more than %zu values at the paths that rules look at",
                     self->engine->max_values);
  if (!vector_reserve (room->alloc, &room->leaves, &room->leaves_capacity, room->n_leaves + 1,
                       sizeof *room->leaves))
    return error_no_memory (self->error);
  leaf = &room->leaves[room->n_leaves++];
  leaf->leaf.value.type = scanned->type;
  leaf->leaf.value.bytes = scanned->start + quote;
  leaf->leaf.value.n_bytes = (size_t) (scanned->end - scanned->start) - 2 * quote;
  leaf->leaf.value.comparable = false;
  leaf->leaf.value.address.n_digits = 0;
  leaf->leaf.start = (size_t) (scanned->start - self->text);
  leaf->leaf.length = (size_t) (scanned->end - scanned->start);
  leaf->leaf.trail = scanned->trail;
  leaf->next = UINT32_MAX;
  leaf->has_number = leaf->has_address = false;
  if (scanned->escaped && !decode (self, &leaf->leaf.value))
    return false;
  if (path->generation != room->generation)
    {
      path->generation = room->generation;
      path->first = number;
      path->count = 0;
      path->trails = path->listed = false;
      path->distinct = NULL;
      path->columns = NULL;
    }
  else
    room->leaves[path->last].next = number;
  path->last = number;
  path->count++;
  path->trails = path->trails || scanned->trail;
  return find_atoms (self, scanned->path, leaf);
}

ScanTake
match_take_value (void *user, const ScanValue *scanned)
{
  Matching *self = user;
  MatchRoom *room = self->room;

  if (!take (self, scanned))
    return SCAN_TAKE_FAILED;
  if (!(scanned->last ? room->decided.undecided : room->decided.nearly))
    return SCAN_TAKE_MORE;
  return match_decide (self, scanned->path, &room->leaves[room->n_leaves - 1], scanned->last)
             ? SCAN_TAKE_ENOUGH
             : SCAN_TAKE_MORE;
}

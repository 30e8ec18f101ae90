/* match.c: from the values of an event to the rules that they satisfy.
 *
 * First every value finds its atoms, then the combinations that hang on those are verified.  The
 * truth of an atom is found out once an event, whoever asks; values that lie in arrays are put
 * together by the search in arrays.c, and only where two fields of a combination have such values.
 */
#include "match.h"

#include "arrays.h"
#include "json.h"
#include "text-hash.h"

#define FEW_IDS 24u

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
} Matching;

void
match_room_init (MatchRoom *room, const RulesAlloc *alloc)
{
  memset (room, 0, sizeof *room);
  room->alloc = alloc;
  arena_init (&room->arena, alloc);
}

void
match_room_clear (MatchRoom *room)
{
  arena_clear (&room->arena);
  memory_resize (room->alloc, room->leaves, 0);
  memory_resize (room->alloc, room->paths, 0);
  memory_resize (room->alloc, room->truths, 0);
  memory_resize (room->alloc, room->hits, 0);
  memory_resize (room->alloc, room->ids, 0);
  memory_resize (room->alloc, room->marks, 0);
  memory_resize (room->alloc, room->folded, 0);
  memory_resize (room->alloc, room->frames, 0);
}

static bool
reserve_zero (const RulesAlloc *alloc,
              void *array,
              size_t *capacity,
              size_t wanted,
              size_t element_bytes)
{
  size_t before = *capacity;
  char *start;

  if (!vector_reserve (alloc, array, capacity, wanted, element_bytes))
    return false;
  memcpy (&start, array, sizeof start);
  if (*capacity > before)
    memset (start + before * element_bytes, 0, (*capacity - before) * element_bytes);
  return true;
}

/* Makes the room fit the engine, and what is left of the last event void. */
static bool
begin (Matching *self)
{
  const Engine *engine = self->engine;
  MatchRoom *room = self->room;

  if (!reserve_zero (room->alloc, &room->paths, &room->paths_capacity, engine->tree.n_paths + 1,
                     sizeof *room->paths) ||
      !reserve_zero (room->alloc, &room->truths, &room->truths_capacity, engine->table.n_atoms + 1,
                     sizeof *room->truths) ||
      !reserve_zero (room->alloc, &room->marks, &room->marks_capacity, engine->n_rules / 64 + 1,
                     sizeof *room->marks))
    return false;
  if (++room->generation > UINT32_MAX / 2)
    {
      memset (room->truths, 0, room->truths_capacity * sizeof *room->truths);
      for (size_t i = 0; i < room->paths_capacity; i++)
        room->paths[i].generation = 0;
      room->generation = 1;
    }
  arena_reset (&room->arena);
  room->n_leaves = room->n_hits = room->n_ids = 0;
  return true;
}

/* ---- Atoms and values ------------------------------------------------------------------------ */

static inline void
need_number (MatchLeaf *leaf)
{
  if (leaf->has_number)
    return;
  leaf->has_number = true;
  leaf->leaf.value.comparable = number_parse (leaf->leaf.value.bytes, leaf->leaf.value.n_bytes,
                                              &leaf->leaf.value.number);
}

static void
need_address (MatchLeaf *leaf)
{
  Value *value = &leaf->leaf.value;

  if (leaf->has_address)
    return;
  leaf->has_address = true;
  if (address_parse (value->bytes, value->n_bytes, &value->address) != ADDRESS_OK)
    value->address.n_digits = 0;
}

static bool
same_number (const Matching *self, const Atom *atom, MatchLeaf *leaf)
{
  NumberKey key;

  need_number (leaf);
  if (!leaf->leaf.value.comparable)
    return false;
  key = number_key (&leaf->leaf.value.number);
  return memcmp (self->engine->table.pool + atom->bytes, &key, sizeof key) == 0;
}

static bool
other_accepts (const Matching *self, const Atom *atom, MatchLeaf *leaf)
{
  if (atom->needs_number && leaf->leaf.value.type == RULES_JSON_NUMBER)
    need_number (leaf);
  if (atom->needs_address && leaf->leaf.value.type == RULES_JSON_STRING)
    need_address (leaf);
  return predicate_holds (self->engine->table.others[atom->other], &leaf->leaf.value);
}

static bool
atom_accepts (const Matching *self, const Atom *atom, MatchLeaf *leaf)
{
  /* A table whose atoms all are of other kinds has no pool. */
  const char *bytes = atom->n_bytes > 0 ? self->engine->table.pool + atom->bytes : "";
  const Value *value = &leaf->leaf.value;
  int32_t type = (int32_t) value->type;

  switch ((AtomKind) atom->kind)
    {
    case ATOM_STRING:
      return value->type == RULES_JSON_STRING && value->n_bytes == atom->n_bytes &&
             memcmp (value->bytes, bytes, atom->n_bytes) == 0;
    case ATOM_NUMBER:
      return value->type == RULES_JSON_NUMBER && same_number (self, atom, leaf);
    case ATOM_NUMBER_TEXT:
      return value->type == RULES_JSON_NUMBER && value->n_bytes == atom->n_bytes &&
             memcmp (value->bytes, bytes, atom->n_bytes) == 0;
    case ATOM_LITERAL:
      return memcmp (bytes, &type, sizeof type) == 0;
    case ATOM_PREFIX:
      return value->type == RULES_JSON_STRING && value->n_bytes >= atom->n_bytes &&
             memcmp (value->bytes, bytes, atom->n_bytes) == 0;
    case ATOM_SUFFIX:
      return value->type == RULES_JSON_STRING && value->n_bytes >= atom->n_bytes &&
             memcmp (value->bytes + value->n_bytes - atom->n_bytes, bytes, atom->n_bytes) == 0;
    case ATOM_EXISTS:
      return true;
    case ATOM_ABSENT:
      return false;
    case ATOM_OTHER:
      return other_accepts (self, atom, leaf);
    }
  return false;
}

static inline const MatchPath *
path_of (const Matching *self, uint32_t path)
{
  const MatchPath *found = &self->room->paths[path];

  return found->generation == self->room->generation ? found : NULL;
}

/* Whether some value satisfies the atom, or none is there that must not be. */
static bool
atom_holds (const Matching *self, uint32_t number)
{
  const Atom *atom = &self->engine->table.atoms[number];
  const MatchPath *path = path_of (self, atom->path);
  uint32_t *truth = &self->room->truths[number];

  if (atom->kind == ATOM_ABSENT)
    return !path;
  if (*truth >> 1 == self->room->generation)
    return *truth & 1;
  if (!path || atom->key != KEY_NONE)
    return false;
  *truth = self->room->generation << 1;
  for (uint32_t i = path->first; i != UINT32_MAX; i = self->room->leaves[i].next)
    if (atom_accepts (self, atom, &self->room->leaves[i]))
      {
        *truth |= 1;
        return true;
      }
  return false;
}

/* ---- Finding --------------------------------------------------------------------------------- */

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

/* The atoms under one key: only those of plain kinds are certain to hold. */
static bool
hit_chain (void *user, uint32_t first)
{
  Matching *self = user;
  uint32_t truth = self->room->generation << 1 | 1;

  for (uint32_t i = first; i != ATOM_NONE; i = self->engine->table.atoms[i].next)
    {
      const Atom *atom = &self->engine->table.atoms[i];

      if (self->room->truths[i] == truth ||
          (atom->kind == ATOM_OTHER && !other_accepts (self, atom, (MatchLeaf *) self->current)))
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
find_each (Matching *self, const FinderPath *about, MatchLeaf *leaf)
{
  const uint32_t *atoms = self->engine->finder.numbers + about->each.first;
  uint32_t truth = self->room->generation << 1 | 1;

  for (uint32_t i = 0; i < about->each.count; i++)
    if (self->room->truths[atoms[i]] != truth &&
        atom_accepts (self, &self->engine->table.atoms[atoms[i]], leaf) && !hit (self, atoms[i]))
      return false;
  return true;
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
  return !(about->finds & FINDS_EACH) || find_each (self, about, leaf);
}

/* ---- Ranges ---------------------------------------------------------------------------------- */

static void
sift_number (Number *heap, size_t root, size_t count)
{
  for (size_t child; (child = 2 * root + 1) < count; root = child)
    {
      Number swap = heap[root];

      if (child + 1 < count && number_compare (&heap[child], &heap[child + 1]) < 0)
        child++;
      if (number_compare (&heap[root], &heap[child]) >= 0)
        return;
      heap[root] = heap[child];
      heap[child] = swap;
    }
}

static void
sort_numbers (Number *numbers, size_t count)
{
  for (size_t i = count / 2; i-- > 0;)
    sift_number (numbers, i, count);
  for (size_t left = count; left-- > 1;)
    {
      Number greatest = numbers[0];

      numbers[0] = numbers[left];
      numbers[left] = greatest;
      sift_number (numbers, 0, left);
    }
}

/* Whether one of the sorted numbers is in the range: the first that is not too small decides. */
static bool
range_has (const Predicate *range, const Number *numbers, size_t count)
{
  const Bound *bottom = &range->bottom, *top = &range->top;
  size_t low = 0, high = bottom->present ? count : 0;
  int order;

  while (low < high)
    {
      size_t middle = low + (high - low) / 2;

      order = number_compare (&numbers[middle], &bottom->number);
      if (order < 0 || (order == 0 && !bottom->included))
        low = middle + 1;
      else
        high = middle;
    }
  if (low == count)
    return false;
  if (!top->present)
    return true;
  order = number_compare (&numbers[low], &top->number);
  return order < 0 || (order == 0 && top->included);
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
  bool ok = true;

  if (!path)
    return true;
  numbers = arena_take (&self->room->arena, path->count * sizeof *numbers);
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
  sort_numbers (numbers, n);
  for (uint32_t i = 0; ok && i < about->ranges.count; i++)
    {
      const Atom *atom = &self->engine->table.atoms[atoms[i]];

      if (range_has (self->engine->table.others[atom->other], numbers, n))
        ok = hit (self, atoms[i]);
    }
  arena_release (&self->room->arena, mark);
  return ok;
}

static bool
find_all_ranges (Matching *self)
{
  const Finder *finder = &self->engine->finder;

  for (uint32_t i = 0; i < finder->ranged.count; i++)
    if (!find_ranges (self, finder->numbers[finder->ranged.first + i]))
      return false;
  return true;
}

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
take_value (void *user, const ScanValue *scanned)
{
  Matching *self = user;
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
    }
  else
    room->leaves[path->last].next = number;
  path->last = number;
  path->count++;
  path->trails = path->trails || scanned->trail;
  return find_atoms (self, scanned->path, leaf);
}

/* ---- Arrays ---------------------------------------------------------------------------------- */

static const uint32_t *
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

static uint32_t
field_path (const Matching *self, const uint32_t *field)
{
  uint32_t count;

  return self->engine->table.atoms[*field_atoms (self, field, &count)].path;
}

/* The values at a path side by side, as the search wants them. */
static const LeafList *
list_leaves (Matching *self, uint32_t number)
{
  static const LeafList none = { 0 };
  MatchPath *path = &self->room->paths[number];

  if (path->generation != self->room->generation)
    return &none;
  if (path->listed)
    return &path->list;
  path->list = (LeafList){ .leaves = arena_take (&self->room->arena, path->count * sizeof (Leaf)) };
  if (!path->list.leaves)
    return NULL;
  for (uint32_t i = path->first; i != UINT32_MAX; i = self->room->leaves[i].next)
    path->list.leaves[path->list.n_leaves++] = self->room->leaves[i].leaf;
  path->listed = true;
  return &path->list;
}

static bool
fill_slot (Matching *self, const uint32_t *field, ArraySlot *slot)
{
  uint32_t n_atoms, path = field_path (self, field);
  const uint32_t *atoms = field_atoms (self, field, &n_atoms);
  const Atom *all = self->engine->table.atoms;
  size_t at = 0;

  slot->all = list_leaves (self, path);
  if (!slot->all)
    return false;
  slot->candidates = ARENA_ARRAY (&self->room->arena, const Leaf *, slot->all->n_leaves);
  if (!slot->candidates)
    return false;
  for (uint32_t k = 0; k < n_atoms; k++)
    slot->absence = slot->absence || all[atoms[k]].kind == ATOM_ABSENT;
  if (slot->all->n_leaves == 0)
    return true;
  for (uint32_t i = self->room->paths[path].first; i != UINT32_MAX;
       i = self->room->leaves[i].next, at++)
    for (uint32_t k = 0; k < n_atoms; k++)
      if (atom_accepts (self, &all[atoms[k]], &self->room->leaves[i]))
        {
          slot->candidates[slot->n_candidates++] = &slot->all->leaves[at];
          break;
        }
  return true;
}

/* The fields in the order of their paths. */
static void
sort_fields (const Matching *self, uint32_t *fields, uint32_t count)
{
  const uint32_t *rank = self->engine->tree.rank;

  for (uint32_t i = 1; i < count; i++)
    {
      uint32_t field = fields[i], at = i;

      for (; at > 0 && rank[field_path (self, &fields[at - 1])] > rank[field_path (self, &field)];
           at--)
        fields[at] = fields[at - 1];
      fields[at] = field;
    }
}

static ArraysResult
search_arrays (Matching *self, const uint32_t *fields, uint32_t count)
{
  Arena *arena = &self->room->arena;
  ArraySlot *slots = ARENA_ARRAY (arena, ArraySlot, count);
  uint32_t *sorted = arena_take (arena, count * sizeof *sorted);

  if (!slots || !sorted)
    return ARRAYS_NO_MEMORY;
  memcpy (sorted, fields, count * sizeof *sorted);
  sort_fields (self, sorted, count);
  for (uint32_t i = 0; i < count; i++)
    {
      if (!fill_slot (self, &sorted[i], &slots[i]))
        return ARRAYS_NO_MEMORY;
      if (slots[i].n_candidates == 0 && !slots[i].absence)
        return ARRAYS_FAIL;
    }
  return arrays_search (slots, count, self->n_arrays, arena, NULL);
}

/* Whether values of more than one field lie in arrays. */
static bool
needs_search (const Matching *self, const uint32_t *fields, uint32_t count)
{
  uint32_t n = 0;

  for (uint32_t i = 0; i < count && n < 2; i++)
    {
      const MatchPath *path = path_of (self, field_path (self, &fields[i]));

      n += path && path->trails;
    }
  return n > 1;
}

/* ---- Verifying ------------------------------------------------------------------------------- */

static inline bool
field_holds (const Matching *self, const uint32_t *field)
{
  uint32_t count;
  const uint32_t *atoms;

  if (!(*field & FIELD_IS_LIST))
    return atom_holds (self, *field);
  atoms = field_atoms (self, field, &count);
  for (uint32_t i = 0; i < count; i++)
    if (atom_holds (self, atoms[i]))
      return true;
  return false;
}

static bool
add_id (Matching *self, uint32_t rule)
{
  MatchRoom *room = self->room;

  if (!vector_reserve (room->alloc, &room->ids, &room->ids_capacity, room->n_ids + 1,
                       sizeof *room->ids))
    return error_no_memory (self->error);
  room->ids[room->n_ids++] = rule;
  return true;
}

/* held: how many of the first fields are known to hold. */
static bool
verify (Matching *self, uint32_t at, uint32_t held)
{
  const uint32_t *combination = self->engine->combinations + at;
  const uint32_t *fields = combination + COMBINATION_HEAD;
  uint32_t count = combination[1];
  ArraysResult result = ARRAYS_HOLD;

  for (uint32_t i = held; i < count; i++)
    if (!field_holds (self, &fields[i]) && !(self->trails && needs_search (self, fields, count)))
      return true;
  if (self->trails && count > 1 && needs_search (self, fields, count))
    {
      ArenaMark mark = arena_mark (&self->room->arena);

      for (uint32_t i = 0; i < count; i++)
        if (!list_leaves (self, field_path (self, &fields[i])))
          return error_no_memory (self->error);
      mark = arena_mark (&self->room->arena);
      result = search_arrays (self, fields, count);
      arena_release (&self->room->arena, mark);
    }
  if (result == ARRAYS_HOLD)
    return add_id (self, combination[0]);
  return result == ARRAYS_FAIL || arrays_error (result, self->error);
}

static bool
verify_all (Matching *self)
{
  const Engine *engine = self->engine;
  MatchRoom *room = self->room;

  for (size_t i = 0; i < room->n_hits; i++)
    {
      const Atom *atom = &engine->table.atoms[room->hits[i]];

      for (uint32_t k = atom[0].uses; k < atom[1].uses; k++)
        if (!verify (self, engine->postings[k], 1))
          return false;
    }
  for (size_t i = 0; i < engine->n_always; i++)
    if (!verify (self, engine->always[i], 0))
      return false;
  return true;
}

/* ---- The answer ------------------------------------------------------------------------------ */

static void
sort_few (uint32_t *ids, size_t *count)
{
  size_t n = 0;

  for (size_t i = 1; i < *count; i++)
    {
      uint32_t id = ids[i];
      size_t at = i;

      for (; at > 0 && ids[at - 1] > id; at--)
        ids[at] = ids[at - 1];
      ids[at] = id;
    }
  for (size_t i = 0; i < *count; i++)
    if (n == 0 || ids[n - 1] != ids[i])
      ids[n++] = ids[i];
  *count = n;
}

/* Many: a bit for each rule, read off in order. */
static void
sort_many (MatchRoom *room, size_t n_rules)
{
  uint64_t *marks = room->marks;
  size_t n = 0;

  for (size_t i = 0; i < room->n_ids; i++)
    marks[room->ids[i] / 64] |= UINT64_C (1) << (room->ids[i] % 64);
  for (size_t word = 0; word <= n_rules / 64; word++)
    {
      for (uint64_t left = marks[word]; left; left &= left - 1)
        room->ids[n++] = (uint32_t) (word * 64 + (size_t) __builtin_ctzll (left));
      marks[word] = 0;
    }
  room->n_ids = n;
}

static bool
scan_failed (Matching *self, ScanResult result)
{
  switch (result)
    {
    case SCAN_BROKEN:
      return error_at (self->error, RULES_ERROR_JSON, self->text, self->length, 0,
                       "Check it with rules_check_json().", "the event is not a JSON object");
    case SCAN_TOO_DEEP:
      return error_at (self->error, RULES_ERROR_LIMIT, self->text, self->length, 0,
                       "Send events that nest less.", "the event nests more than %u deep",
                       JSON_MAX_DEPTH);
    case SCAN_NO_MEMORY:
      return error_no_memory (self->error);
    default:
      return false;
    }
}

bool
match_event (const Engine *engine,
             MatchRoom *room,
             const char *text,
             size_t length,
             bool stop_early,
             RulesError *error)
{
  Matching self = { .engine = engine,
                    .room = room,
                    .text = text,
                    .length = length,
                    .error = error };
  Scan scan = {
    .tree = &engine->tree,
    .skip = engine->skip,
    .alloc = room->alloc,
    .arena = &room->arena,
    .text = text,
    .end = text + length,
    .early = stop_early,
    .take = take_value,
    .user = &self,
    .frames = &room->frames,
    .frames_capacity = &room->frames_capacity,
  };
  ScanResult result;

  if (!begin (&self))
    return error_no_memory (error);
  result = scan_event (&scan);
  if (result != SCAN_OK)
    return scan_failed (&self, result);
  self.trails = scan.trails;
  self.n_arrays = scan.n_arrays;
  if (!find_all_ranges (&self) || !verify_all (&self))
    return false;
  if (room->n_ids <= FEW_IDS)
    sort_few (room->ids, &room->n_ids);
  else
    sort_many (room, engine->n_rules);
  return true;
}

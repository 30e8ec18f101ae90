/* match.c: from the values of an event to the rules that they satisfy.
 *
 * First every value finds its atoms, then the combinations that hang on those are verified.  Values
 * that lie in arrays are put together by a search, and only where two fields of a combination have
 * such values.
 */
#include "match.h"

#include "json-reader.h"
#include "matching.h"

#define FEW_IDS 24u

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
  memory_resize (room->alloc, room->tried, 0);
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
begin (Matching *self, bool stop_early)
{
  const Engine *engine = self->engine;
  MatchRoom *room = self->room;

  if (!reserve_zero (room->alloc, &room->paths, &room->paths_capacity, engine->tree.n_paths + 1,
                     sizeof *room->paths) ||
      !reserve_zero (room->alloc, &room->truths, &room->truths_capacity, engine->table.n_atoms + 1,
                     sizeof *room->truths) ||
      !reserve_zero (room->alloc, &room->tried, &room->tried_capacity, engine->table.n_others + 1,
                     sizeof *room->tried) ||
      !reserve_zero (room->alloc, &room->marks, &room->marks_capacity, engine->n_rules / 64 + 1,
                     sizeof *room->marks))
    return false;
  if (++room->generation > UINT32_MAX / 2)
    {
      memset (room->truths, 0, room->truths_capacity * sizeof *room->truths);
      memset (room->tried, 0, room->tried_capacity * sizeof *room->tried);
      for (size_t i = 0; i < room->paths_capacity; i++)
        room->paths[i].generation = 0;
      room->generation = 1;
    }
  room->decided.undecided = stop_early ? engine->decide.combinations : 0;
  room->decided.nearly = stop_early ? engine->decide.single : 0;
  if (room->decided.undecided)
    {
      room->decided.tries = DECIDE_TRIES;
      memset (room->decided.held, 0, sizeof room->decided.held);
    }
  arena_reset (&room->arena);
  room->n_leaves = room->n_hits = room->n_ids = 0;
  return true;
}

/* ---- Verifying ------------------------------------------------------------------------------- */

static inline bool
field_holds (const Matching *self, const uint32_t *field)
{
  uint32_t count;
  const uint32_t *atoms;

  if (!(*field & FIELD_IS_LIST))
    return match_holds (self, *field);
  atoms = field_atoms (self, field, &count);
  for (uint32_t i = 0; i < count; i++)
    if (match_holds (self, atoms[i]))
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
    if (!field_holds (self, &fields[i]) &&
        !(self->trails && match_needs_search (self, fields, count)))
      return true;
  if (self->trails && count > 1 && match_needs_search (self, fields, count))
    result = match_search (self, fields, count);
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
  const char *first = length > 0 ? text : ""; /* of no bytes it may be NULL */
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
    .text = first,
    .end = first + length,
    .early = stop_early,
    .rest = engine->rest,
    .take = match_take_value,
    .user = &self,
    .frames = &room->frames,
    .frames_capacity = &room->frames_capacity,
  };
  ScanResult result;

  if (!begin (&self, stop_early))
    return error_no_memory (error);
  result = scan_event (&scan);
  if (result != SCAN_OK)
    return scan_failed (&self, result);
  self.trails = scan.trails;
  self.n_arrays = scan.n_arrays;
  if (!match_find_each (&self) || !match_find_ranges (&self) || !verify_all (&self))
    return false;
  if (room->n_ids <= FEW_IDS)
    sort_few (room->ids, &room->n_ids);
  else
    sort_many (room, engine->n_rules);
  return true;
}

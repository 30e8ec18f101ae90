/* set.c: building sets, and the objects that callers hold. */
#include "set.h"

#include "json.h"
#include "text-hash.h"

#define DEFAULT_MAX_VALUES 100000u

/* ---- Parts ----------------------------------------------------------------------------------- */

/* Keeps the patterns. */
static bool
keep_texts (SetPart *part, const RulesSource *sources, size_t count)
{
  size_t bytes = 0;

  for (size_t i = 0; i < count; i++)
    bytes += sources[i].length;
  part->texts = memory_resize (part->alloc, NULL, bytes + 1);
  part->text_starts = memory_resize (part->alloc, NULL, (count + 1) * sizeof *part->text_starts);
  if (!part->texts || !part->text_starts)
    return false;
  for (size_t i = 0; i < count; i++)
    {
      part->text_starts[i] = part->texts_bytes;
      if (sources[i].length > 0)
        memcpy (part->texts + part->texts_bytes, sources[i].pattern, sources[i].length);
      part->texts_bytes += sources[i].length;
    }
  part->text_starts[count] = part->texts_bytes;
  return true;
}

static bool
add_rules (SetPart *part,
           const RulesSource *sources,
           size_t count,
           const RulesLimits *limits,
           HashTable *known_lists,
           RulesError *error)
{
  Arena arena;
  bool ok = true;

  arena_init (&arena, part->alloc);
  for (size_t i = 0; ok && i < count; i++)
    {
      Plan plan = { 0 };

      arena_reset (&arena);
      ok = !sources[i].pattern ||
           pattern_parse (sources[i].pattern, sources[i].length, limits, &arena, &plan, error);
      if (ok)
        ok = engine_add (&part->engine, &plan, known_lists) || error_no_memory (error);
      else if (error)
        error->rule = i;
    }
  arena_clear (&arena);
  return ok;
}

static bool
compile (SetPart *part,
         const RulesSource *sources,
         size_t count,
         const RulesLimits *limits,
         RulesError *error)
{
  HashTable known_lists = { 0 };
  bool ok;

  /* Where a part lies in memory differs from process to process, which is all the seed needs. */
  engine_init (&part->engine, part->alloc,
               text_hash_mix ((uint64_t) (uintptr_t) part ^ TEXT_HASH_A, TEXT_HASH_B));
  part->engine.max_values = limits && limits->max_values ? limits->max_values : DEFAULT_MAX_VALUES;
  if (count >= UINT32_MAX || !keep_texts (part, sources, count))
    return error_no_memory (error);
  ok = add_rules (part, sources, count, limits, &known_lists, error) &&
       (engine_finish (&part->engine, &known_lists) || error_no_memory (error));
  hash_table_clear (&known_lists, part->alloc);
  return ok;
}

SetPart *
set_part_new (const RulesSource *sources,
              size_t count,
              const RulesLimits *limits,
              const RulesAlloc *alloc,
              RulesError *error)
{
  SetPart *part = memory_resize (alloc, NULL, sizeof *part);

  if (!part)
    {
      error_no_memory (error);
      return NULL;
    }
  memset (part, 0, sizeof *part);
  part->holders = 1;
  if (alloc)
    {
      part->alloc_copy = *alloc;
      part->alloc = &part->alloc_copy;
    }
  if (compile (part, sources, count, limits, error))
    return part;
  set_part_drop (part);
  return NULL;
}

SetPart *
set_part_hold (SetPart *part)
{
  __atomic_add_fetch (&part->holders, 1, __ATOMIC_RELAXED);
  return part;
}

void
set_part_drop (SetPart *part)
{
  RulesAlloc alloc;
  bool has_alloc;

  if (!part || __atomic_sub_fetch (&part->holders, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  /* The allocator is kept in what is being freed. */
  alloc = part->alloc_copy;
  has_alloc = part->alloc != NULL;
  engine_clear (&part->engine);
  memory_resize (part->alloc, part->texts, 0);
  memory_resize (part->alloc, part->text_starts, 0);
  memory_resize (has_alloc ? &alloc : NULL, part, 0);
}

/* ---- Sets ------------------------------------------------------------------------------------ */

RulesSet *
set_new (const RulesLimits *limits, const RulesAlloc *alloc, RulesError *error)
{
  RulesSet *set = memory_resize (alloc, NULL, sizeof *set);

  if (!set)
    {
      error_no_memory (error);
      return NULL;
    }
  memset (set, 0, sizeof *set);
  if (alloc)
    {
      set->alloc_copy = *alloc;
      set->alloc = &set->alloc_copy;
    }
  if (limits)
    set->limits = *limits;
  set->quick_check = quick_check_choose (0);
  return set;
}

bool
rules_set_build (const RulesSource *rules,
                 size_t count,
                 const RulesLimits *limits,
                 const RulesAlloc *alloc,
                 RulesSet **out_set,
                 RulesError *error)
{
  RulesSet *set = set_new (limits, alloc, error);

  if (!set)
    return false;
  set->n_ids = count;
  set->base = set_part_new (rules, count, limits, alloc, error);
  if (!set->base)
    {
      rules_set_free (set);
      return false;
    }
  *out_set = set;
  return true;
}

void
rules_set_free (RulesSet *set)
{
  RulesAlloc alloc;
  bool has_alloc;

  if (!set)
    return;
  alloc = set->alloc_copy;
  has_alloc = set->alloc != NULL;
  set_part_drop (set->base);
  set_part_drop (set->changes);
  memory_resize (set->alloc, set->change_ids, 0);
  memory_resize (set->alloc, set->voids, 0);
  memory_resize (has_alloc ? &alloc : NULL, set, 0);
}

size_t
rules_set_count (const RulesSet *set)
{
  return set->n_ids;
}

/* Where a rule is among those that have changed, or n_changes. */
static size_t
find_change (const RulesSet *set, size_t id)
{
  size_t low = 0, high = set->n_changes;

  while (low < high)
    {
      size_t middle = low + (high - low) / 2;

      if (set->change_ids[middle] < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low < set->n_changes && set->change_ids[low] == id ? low : set->n_changes;
}

static RulesSource
part_source (const SetPart *part, size_t number)
{
  size_t start = part->text_starts[number];
  size_t length = part->text_starts[number + 1] - start;

  /* A pattern is never empty. */
  return (RulesSource){ length > 0 ? part->texts + start : NULL, length };
}

RulesSource
set_source (const RulesSet *set, size_t id)
{
  size_t change = find_change (set, id);

  if (change < set->n_changes)
    return part_source (set->changes, change);
  if (id >= set->base->engine.n_rules || set_is_void (set, id))
    return (RulesSource){ 0 };
  return part_source (set->base, id);
}

/* ---- Matching -------------------------------------------------------------------------------- */

bool
rules_scratch_new (const RulesAlloc *alloc, RulesScratch **out_scratch, RulesError *error)
{
  RulesScratch *scratch = memory_resize (alloc, NULL, sizeof *scratch);

  if (!scratch)
    return error_no_memory (error);
  memset (scratch, 0, sizeof *scratch);
  if (alloc)
    {
      scratch->alloc_copy = *alloc;
      scratch->alloc = &scratch->alloc_copy;
    }
  match_room_init (&scratch->room, scratch->alloc);
  *out_scratch = scratch;
  return true;
}

void
rules_scratch_free (RulesScratch *scratch)
{
  RulesAlloc alloc;
  bool has_alloc;

  if (!scratch)
    return;
  alloc = scratch->alloc_copy;
  has_alloc = scratch->alloc != NULL;
  match_room_clear (&scratch->room);
  memory_resize (scratch->alloc, scratch->ids, 0);
  memory_resize (has_alloc ? &alloc : NULL, scratch, 0);
}

/* Reads the event by the grammar's every rule; text behind it is not looked at. */
static bool
check_event (const RulesSet *set,
             RulesScratch *scratch,
             const char *event,
             size_t length,
             RulesError *error)
{
  static const RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  const JsonNode *root;

  if (set->quick_check && length > 0 && *event == '{' && set->quick_check (event, length))
    return true;
  arena_reset (&scratch->room.arena);
  if (!json_parse_prefix (event, length, &limits, &scratch->room.arena, &root, error))
    return false;
  if (root->type == RULES_JSON_OBJECT)
    return true;
  return error_at (error, RULES_ERROR_JSON, event, length, root->start, "Send a JSON object.",
                   "an event must be a JSON object");
}

/* Both ascending, no id in both.  room: what the changes have found; scratch->ids: the base, whose
 * n_ids may hold void ones. */
static bool
merge (const RulesSet *set, RulesScratch *scratch, size_t n_ids, RulesError *error)
{
  MatchRoom *room = &scratch->room;
  const uint32_t *base = scratch->ids;
  size_t n_changes = room->n_ids, n = 0, from = 0;
  uint32_t *out;

  if (!vector_reserve (scratch->alloc, &room->ids, &room->ids_capacity, n_ids + 2 * n_changes + 1,
                       sizeof *room->ids))
    return error_no_memory (error);
  /* From the back of the room, so that nothing is written over what is still to be read. */
  out = room->ids;
  memmove (out + n_ids + n_changes, out, n_changes * sizeof *out);
  for (size_t i = 0; i < n_changes; i++)
    {
      uint32_t id = set->change_ids[out[n_ids + n_changes + i]];

      for (; from < n_ids && base[from] < id; from++)
        if (!set_is_void (set, base[from]))
          out[n++] = base[from];
      out[n++] = id;
    }
  for (; from < n_ids; from++)
    if (!set_is_void (set, base[from]))
      out[n++] = base[from];
  room->n_ids = n;
  return true;
}

static bool
match_changes (const RulesSet *set,
               RulesScratch *scratch,
               const char *event,
               size_t length,
               bool stop_early,
               RulesError *error)
{
  MatchRoom *room = &scratch->room;
  size_t n_ids = room->n_ids;
  uint32_t *ids = scratch->ids;
  size_t capacity = scratch->ids_capacity;

  scratch->ids = room->ids;
  scratch->ids_capacity = room->ids_capacity;
  room->ids = ids;
  room->ids_capacity = capacity;
  room->n_ids = 0;
  if (set->changes && !match_event (&set->changes->engine, room, event, length, stop_early, error))
    return false;
  return merge (set, scratch, n_ids, error);
}

static bool
match (const RulesSet *set,
       RulesScratch *scratch,
       const char *event,
       size_t length,
       bool stop_early,
       const uint32_t **out_ids,
       size_t *out_count,
       RulesError *error)
{
  if (!match_event (&set->base->engine, &scratch->room, event, length, stop_early, error))
    return false;
  if (set->voids && !match_changes (set, scratch, event, length, stop_early, error))
    return false;
  *out_ids = scratch->room.ids;
  *out_count = scratch->room.n_ids;
  return true;
}

bool
rules_match (const RulesSet *set,
             RulesScratch *scratch,
             const char *event,
             size_t length,
             const uint32_t **out_ids,
             size_t *out_count,
             RulesError *error)
{
  return check_event (set, scratch, event, length, error) &&
         match (set, scratch, event, length, false, out_ids, out_count, error);
}

bool
rules_match_valid (const RulesSet *set,
                   RulesScratch *scratch,
                   const char *event,
                   size_t length,
                   const uint32_t **out_ids,
                   size_t *out_count,
                   RulesError *error)
{
  return match (set, scratch, event, length, true, out_ids, out_count, error);
}

static size_t
part_bytes (const SetPart *part)
{
  return sizeof *part + part->texts_bytes + (part->engine.n_rules + 1) * sizeof *part->text_starts +
         engine_bytes (&part->engine);
}

size_t
rules_set_bytes (const RulesSet *set)
{
  size_t bytes = sizeof *set + part_bytes (set->base);

  if (set->changes)
    bytes += part_bytes (set->changes) + set->n_changes * sizeof *set->change_ids;
  if (set->voids)
    bytes += (set->base->engine.n_rules / 64 + 1) * sizeof *set->voids;
  return bytes;
}

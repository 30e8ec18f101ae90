/* set.c: building sets, and the objects that callers hold. */
#include "set.h"

#include "json.h"
#include "text-hash.h"

#define DEFAULT_MAX_VALUES 100000u

/* ---- Building -------------------------------------------------------------------------------- */

/* Keeps the patterns for explanations. */
static bool
keep_texts (RulesSet *set, const RulesSource *sources, size_t count)
{
  size_t bytes = 0;

  for (size_t i = 0; i < count; i++)
    bytes += sources[i].length;
  set->texts = memory_resize (set->alloc, NULL, bytes + 1);
  set->text_starts = memory_resize (set->alloc, NULL, (count + 1) * sizeof *set->text_starts);
  if (!set->texts || !set->text_starts)
    return false;
  for (size_t i = 0; i < count; i++)
    {
      set->text_starts[i] = set->texts_bytes;
      if (sources[i].length > 0)
        memcpy (set->texts + set->texts_bytes, sources[i].pattern, sources[i].length);
      set->texts_bytes += sources[i].length;
    }
  set->text_starts[count] = set->texts_bytes;
  return true;
}

static bool
add_rules (RulesSet *set,
           const RulesSource *sources,
           size_t count,
           const RulesLimits *limits,
           HashTable *known_lists,
           RulesError *error)
{
  Arena arena;
  bool ok = true;

  arena_init (&arena, set->alloc);
  for (size_t i = 0; ok && i < count; i++)
    {
      Plan plan;

      arena_reset (&arena);
      ok = pattern_parse (sources[i].pattern, sources[i].length, limits, &arena, &plan, error);
      if (ok)
        ok = engine_add (&set->engine, &plan, known_lists) || error_no_memory (error);
      else if (error)
        error->rule = i;
    }
  arena_clear (&arena);
  return ok;
}

static bool
compile (RulesSet *set,
         const RulesSource *sources,
         size_t count,
         const RulesLimits *limits,
         RulesError *error)
{
  HashTable known_lists = { 0 };
  bool ok;

  set->quick_check = quick_check_choose ();
  if (limits)
    set->limits = *limits;
  /* Where a set lies in memory differs from process to process, which is all the seed needs. */
  engine_init (&set->engine, set->alloc,
               text_hash_mix ((uint64_t) (uintptr_t) set ^ TEXT_HASH_A, TEXT_HASH_B));
  set->engine.max_values = set->limits.max_values ? set->limits.max_values : DEFAULT_MAX_VALUES;
  if (count >= UINT32_MAX || !keep_texts (set, sources, count))
    return error_no_memory (error);
  ok = add_rules (set, sources, count, limits, &known_lists, error) &&
       (engine_finish (&set->engine, &known_lists) || error_no_memory (error));
  hash_table_clear (&known_lists, set->alloc);
  return ok;
}

bool
rules_set_build (const RulesSource *rules,
                 size_t count,
                 const RulesLimits *limits,
                 const RulesAlloc *alloc,
                 RulesSet **out_set,
                 RulesError *error)
{
  RulesSet *set = memory_resize (alloc, NULL, sizeof *set);

  if (!set)
    return error_no_memory (error);
  memset (set, 0, sizeof *set);
  if (alloc)
    {
      set->alloc_copy = *alloc;
      set->alloc = &set->alloc_copy;
    }
  if (!compile (set, rules, count, limits, error))
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
  /* The allocator is kept in what is being freed. */
  alloc = set->alloc_copy;
  has_alloc = set->alloc != NULL;
  engine_clear (&set->engine);
  memory_resize (set->alloc, set->texts, 0);
  memory_resize (set->alloc, set->text_starts, 0);
  memory_resize (has_alloc ? &alloc : NULL, set, 0);
}

size_t
rules_set_count (const RulesSet *set)
{
  return set->engine.n_rules;
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
  if (!match_event (&set->engine, &scratch->room, event, length, stop_early, error))
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

size_t
rules_set_bytes (const RulesSet *set)
{
  return sizeof *set + set->texts_bytes + (set->engine.n_rules + 1) * sizeof *set->text_starts +
         engine_bytes (&set->engine);
}

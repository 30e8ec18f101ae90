/* oracle.c: rules in the plain form, each tried against the values of an event: what any index must
 * agree with.  Explanations work on it, and tests compare the engine with it.
 */
#include "oracle.h"

#include "arrays.h"
#include "error.h"

#include <string.h>

#define DEFAULT_MAX_VALUES 100000u

/* ---- The table of paths ---------------------------------------------------------------------- */

static int
compare_paths (const Path *a, const Path *b)
{
  return path_compare (a->bytes, a->length, b->bytes, b->length);
}

/* Merge sort, bottom up; returns the one of the two arrays in which the result is. */
static Path *
sort_paths (Path *paths, Path *spare, size_t count)
{
  for (size_t width = 1; width < count; width *= 2)
    {
      Path *swap = paths;

      for (size_t start = 0; start < count; start += 2 * width)
        {
          size_t middle = start + width < count ? start + width : count;
          size_t end = middle + width < count ? middle + width : count;
          size_t a = start, b = middle;

          for (size_t to = start; to < end; to++)
            if (b == end || (a < middle && compare_paths (&paths[a], &paths[b]) <= 0))
              spare[to] = paths[a++];
            else
              spare[to] = paths[b++];
        }
      paths = spare;
      spare = swap;
    }
  return paths;
}

static size_t
count_fields (const RulesOracle *set)
{
  size_t count = 0;

  for (size_t i = 0; i < set->n_rules; i++)
    for (size_t j = 0; j < set->rules[i].plan.n_branches; j++)
      count += set->rules[i].plan.branches[j].n_fields;
  return count;
}

static void
number_fields (RulesOracle *set)
{
  for (size_t i = 0; i < set->n_rules; i++)
    for (size_t j = 0; j < set->rules[i].plan.n_branches; j++)
      {
        const Branch *branch = &set->rules[i].plan.branches[j];

        for (size_t k = 0; k < branch->n_fields; k++)
          branch->fields[k]->path_id = path_table_find (&set->table, branch->fields[k]->path,
                                                        branch->fields[k]->n_path);
      }
}

static bool
make_table (RulesOracle *set)
{
  size_t count = count_fields (set), n = 0;
  Path *paths = ARENA_ARRAY (&set->arena, Path, count);
  Path *spare = ARENA_ARRAY (&set->arena, Path, count);

  if (!paths || !spare)
    return false;
  for (size_t i = 0; i < set->n_rules; i++)
    for (size_t j = 0; j < set->rules[i].plan.n_branches; j++)
      {
        const Branch *branch = &set->rules[i].plan.branches[j];

        for (size_t k = 0; k < branch->n_fields; k++)
          paths[n++] = (Path){ branch->fields[k]->path, branch->fields[k]->n_path };
      }
  paths = sort_paths (paths, spare, count);
  n = 0;
  for (size_t i = 0; i < count; i++)
    if (n == 0 || compare_paths (&paths[n - 1], &paths[i]) != 0)
      paths[n++] = paths[i];
  set->table = (PathTable){ paths, n };
  number_fields (set);
  return true;
}

/* ---- Building -------------------------------------------------------------------------------- */

static bool
compile_rule (RulesOracle *set,
              size_t index,
              const RulesSource *source,
              const RulesLimits *limits,
              RulesError *error)
{
  Rule *rule = &set->rules[index];

  rule->length = source->length;
  rule->text = arena_copy (&set->arena, source->pattern, source->length);
  if (!rule->text)
    return error_no_memory (error);
  return pattern_parse (rule->text, rule->length, limits, &set->arena, &rule->plan, error);
}

bool
rules_oracle_build (RulesOracle *set,
                    const RulesSource *sources,
                    size_t count,
                    const RulesLimits *limits,
                    const RulesAlloc *alloc,
                    RulesError *error)
{
  memset (set, 0, sizeof *set);
  arena_init (&set->arena, alloc);
  set->max_values = limits && limits->max_values ? limits->max_values : DEFAULT_MAX_VALUES;
  set->rules = ARENA_ARRAY (&set->arena, Rule, count);
  if (!set->rules)
    return error_no_memory (error);
  for (size_t i = 0; i < count; i++)
    if (!compile_rule (set, i, &sources[i], limits, error))
      {
        if (error)
          error->rule = i;
        return false;
      }
  set->n_rules = count;
  return make_table (set) || error_no_memory (error);
}

void
rules_oracle_clear (RulesOracle *set)
{
  arena_clear (&set->arena);
}

/* ---- Matching -------------------------------------------------------------------------------- */

static ArraysResult
check_rule (const Rule *rule, const Event *event, Arena *arena)
{
  for (size_t i = 0; i < rule->plan.n_branches; i++)
    {
      ArraysResult result = arrays_check (&rule->plan.branches[i], event, arena, NULL);

      if (result != ARRAYS_FAIL)
        return result;
    }
  return ARRAYS_FAIL;
}

bool
rules_oracle_match (const RulesOracle *set,
                    Arena *arena,
                    const char *event,
                    size_t length,
                    const uint32_t **out_ids,
                    size_t *out_count,
                    RulesError *error)
{
  Event values;
  uint32_t *ids;
  size_t count = 0;

  arena_reset (arena);
  if (!event_read (event, length, &set->table, set->max_values, arena, &values, error))
    return false;
  ids = ARENA_ARRAY (arena, uint32_t, set->n_rules);
  if (!ids)
    return error_no_memory (error);
  for (size_t i = 0; i < set->n_rules; i++)
    {
      ArraysResult result = check_rule (&set->rules[i], &values, arena);

      if (result == ARRAYS_HOLD)
        ids[count++] = (uint32_t) i;
      else if (result != ARRAYS_FAIL)
        return arrays_error (result, error);
    }
  *out_ids = ids;
  *out_count = count;
  return true;
}

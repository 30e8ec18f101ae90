/* set.c: compiling rules, and the objects that callers hold. */
#include "set.h"

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
count_fields (const RulesSet *set)
{
  size_t count = 0;

  for (size_t i = 0; i < set->n_rules; i++)
    for (size_t j = 0; j < set->rules[i].plan.n_branches; j++)
      count += set->rules[i].plan.branches[j].n_fields;
  return count;
}

static void
number_fields (RulesSet *set)
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
make_table (RulesSet *set)
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
compile_rule (RulesSet *set,
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

static bool
compile (RulesSet *set,
         const RulesSource *sources,
         size_t count,
         const RulesLimits *limits,
         RulesError *error)
{
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
  arena_init (&set->arena, set->alloc);
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
  arena_clear (&set->arena);
  memory_resize (has_alloc ? &alloc : NULL, set, 0);
}

size_t
rules_set_count (const RulesSet *set)
{
  return set->n_rules;
}

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
  arena_init (&scratch->arena, scratch->alloc);
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
  arena_clear (&scratch->arena);
  memory_resize (has_alloc ? &alloc : NULL, scratch, 0);
}

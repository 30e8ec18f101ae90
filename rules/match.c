/* match.c: which rules does an event satisfy?  Every rule is tried against the values of the event;
 * this is the plain form that any index must agree with.
 */
#include "arrays.h"
#include "error.h"
#include "set.h"

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
rules_match (const RulesSet *set,
             RulesScratch *scratch,
             const char *event,
             size_t length,
             const uint32_t **out_ids,
             size_t *out_count,
             RulesError *error)
{
  Arena *arena = &scratch->arena;
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

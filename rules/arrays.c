/* arrays.c: same-element consistency, by search.
 *
 * The fields are gone through in order; for each a value is chosen that goes together with the
 * elements chosen so far; when there is none, the last choice is taken back.  Two things keep this
 * from exploding:
 *
 * - From a value that does not fit, the search jumps to the chosen element, or behind the array:
 * the values of one element stand side by side in the text.
 * - What follows depends only on the elements chosen in arrays that later fields can still meet.  A
 *   state that has failed once is remembered and not tried again.  Paths below one array are
 * neighbours in the order of fields, so that there are about as many states as elements, unless
 * names occur twice; for those there is MAX_STATES.
 */
#include "arrays.h"

#include "error.h"

#include <string.h>

#define MAX_STATES 1000000u

/* One step of the search: the choice made for one slot. */
typedef struct
{
  size_t next;     /* candidate to try next */
  size_t n_chosen; /* elements chosen before this step */
  bool tried_absence;
  const Leaf *leaf; /* the choice; NULL for absence */
} Step;

/* A state that has failed: elements chosen that still matter before this step. */
typedef struct Failure Failure;

struct Failure
{
  Failure *next;
  size_t step, n_elements;
  const Trail *elements[];
};

typedef struct
{
  Arena *arena;
  ArraySlot *slots;
  Step *steps;
  size_t n_slots;
  const Trail **chosen; /* by array: the element chosen in it, or NULL */
  const Trail **order;  /* the elements chosen, in this order */
  size_t n_chosen, order_capacity;
  size_t *last_use; /* by array: the last slot that can meet it, plus 1 */
  Failure **table;
  size_t table_size, n_failures;
} Search;

bool
field_accepts (const Field *field, const Value *value)
{
  for (const Predicate *predicate = field->alternatives; predicate; predicate = predicate->next)
    if (predicate_holds (predicate, value))
      return true;
  return false;
}

bool
field_accepts_absence (const Field *field)
{
  for (const Predicate *predicate = field->alternatives; predicate; predicate = predicate->next)
    if (predicate->type == PREDICATE_ABSENT)
      return true;
  return false;
}

/* ---- Slots ----------------------------------------------------------------------------------- */

static bool
fill_slot (ArraySlot *slot, const Field *field, const Event *event, Arena *arena)
{
  const LeafList *list = &event->lists[field->path_id];

  slot->all = list;
  slot->absence = field_accepts_absence (field);
  slot->candidates = ARENA_ARRAY (arena, const Leaf *, list->n_leaves);
  if (!slot->candidates)
    return false;
  for (size_t i = 0; i < list->n_leaves; i++)
    if (field_accepts (field, &list->leaves[i].value))
      slot->candidates[slot->n_candidates++] = &list->leaves[i];
  return true;
}

/* Without arrays every value goes with every other. */
static bool
meets_arrays (const ArraySlot *slot)
{
  for (size_t i = 0; i < slot->all->n_leaves; i++)
    if (slot->all->leaves[i].trail)
      return true;
  return false;
}

static bool
holds_alone (const ArraySlot *slot)
{
  return slot->n_candidates > 0 || (slot->absence && slot->all->n_leaves == 0);
}

/* ---- Choosing elements ----------------------------------------------------------------------- */

/* hint: where it was the last time; often it is near. */
static size_t
first_from (const Leaf *const *leaves, size_t low, size_t high, size_t offset, size_t *hint)
{
  size_t end = high;

  if (*hint > low && *hint < high && leaves[*hint - 1]->start < offset)
    {
      size_t step = 1;

      low = *hint;
      while (low + step < high && leaves[low + step]->start < offset)
        step *= 2;
      if (low + step < high)
        high = low + step + 1;
    }
  while (low < high)
    {
      size_t middle = low + (high - low) / 2;

      if (leaves[middle]->start < offset)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < end)
    *hint = low;
  return low;
}

/* The outermost element of the trail that is not the one chosen in its array. */
static const Trail *
find_conflict (const Search *search, const Trail *trail)
{
  const Trail *conflict = NULL;

  for (; trail; trail = trail->outer)
    if (search->chosen[trail->array] && search->chosen[trail->array]->start != trail->start)
      conflict = trail;
  return conflict;
}

/* The first candidate from `at` on that goes with the elements chosen, or n_candidates. */
static size_t
next_candidate (const Search *search, ArraySlot *slot, size_t at)
{
  while (at < slot->n_candidates)
    {
      const Leaf *leaf = slot->candidates[at];
      const Trail *conflict = find_conflict (search, leaf->trail);
      size_t element;

      if (!conflict)
        break;
      element = search->chosen[conflict->array]->start;
      at = first_from (slot->candidates, at + 1, slot->n_candidates,
                       leaf->start < element ? element : conflict->array_end, &slot->hint);
    }
  return at;
}

/* The same for all values at the path: is there one that goes with the elements chosen? */
static bool
is_present (const Search *search, const ArraySlot *slot)
{
  const LeafList *all = slot->all;

  for (size_t i = 0; i < all->n_leaves;)
    {
      const Leaf *leaf = &all->leaves[i];
      const Trail *conflict = find_conflict (search, leaf->trail);
      size_t element, target, high = all->n_leaves;

      if (!conflict)
        return true;
      element = search->chosen[conflict->array]->start;
      target = leaf->start < element ? element : conflict->array_end;
      for (i++; i < high;)
        {
          size_t middle = i + (high - i) / 2;

          if (all->leaves[middle].start < target)
            i = middle + 1;
          else
            high = middle;
        }
    }
  return false;
}

static bool
choose (Search *search, const Leaf *leaf)
{
  for (const Trail *trail = leaf->trail; trail; trail = trail->outer)
    {
      if (search->chosen[trail->array])
        continue;
      if (!arena_grow (search->arena, &search->order, search->n_chosen, &search->order_capacity,
                       sizeof *search->order))
        return false;
      search->order[search->n_chosen++] = trail;
      search->chosen[trail->array] = trail;
    }
  return true;
}

static void
take_back (Search *search, size_t n_chosen)
{
  while (search->n_chosen > n_chosen)
    search->chosen[search->order[--search->n_chosen]->array] = NULL;
}

/* ---- Remembering failures -------------------------------------------------------------------- */

/* Of the elements chosen those that a slot from this one on can meet, by array. */
static Failure *
describe_state (Search *search, size_t step)
{
  Failure *state = arena_take (search->arena,
                               sizeof (Failure) + search->n_chosen * sizeof (const Trail *));

  if (!state)
    return NULL;
  state->step = step;
  state->n_elements = 0;
  for (size_t i = 0; i < search->n_chosen; i++)
    {
      const Trail *element = search->order[i];
      size_t at = state->n_elements;

      if (search->last_use[element->array] <= step)
        continue;
      for (; at > 0 && state->elements[at - 1]->array > element->array; at--)
        state->elements[at] = state->elements[at - 1];
      state->elements[at] = element;
      state->n_elements++;
    }
  return state;
}

static uint64_t
hash_state (const Failure *state)
{
  uint64_t hash = state->step * UINT64_C (0x9E3779B97F4A7C15);

  for (size_t i = 0; i < state->n_elements; i++)
    {
      hash ^= state->elements[i]->start + (hash << 6) + (hash >> 2);
      hash *= UINT64_C (0xFF51AFD7ED558CCD);
      hash ^= hash >> 32;
    }
  return hash;
}

static bool
same_state (const Failure *a, const Failure *b)
{
  if (a->step != b->step || a->n_elements != b->n_elements)
    return false;
  for (size_t i = 0; i < a->n_elements; i++)
    if (a->elements[i]->array != b->elements[i]->array ||
        a->elements[i]->start != b->elements[i]->start)
      return false;
  return true;
}

static bool
grow_table (Search *search)
{
  size_t size = search->table_size ? search->table_size * 2 : 64;
  Failure **table = ARENA_ARRAY (search->arena, Failure *, size);

  if (!table)
    return false;
  for (size_t i = 0; i < search->table_size; i++)
    for (Failure *failure = search->table[i], *next; failure; failure = next)
      {
        Failure **slot = &table[hash_state (failure) & (size - 1)];

        next = failure->next;
        failure->next = *slot;
        *slot = failure;
      }
  search->table = table;
  search->table_size = size;
  return true;
}

/* Enters a state: ARRAYS_FAIL when it has been here before.  That it then failed is certain, as the
 * search ends with the first success. */
static ArraysResult
enter_state (Search *search, size_t step)
{
  ArenaMark mark;
  Failure *state, **slot;

  if (search->n_failures >= search->table_size && !grow_table (search))
    return ARRAYS_NO_MEMORY;
  mark = arena_mark (search->arena);
  state = describe_state (search, step);
  if (!state)
    return ARRAYS_NO_MEMORY;
  slot = &search->table[hash_state (state) & (search->table_size - 1)];
  for (const Failure *failure = *slot; failure; failure = failure->next)
    if (same_state (failure, state))
      {
        arena_release (search->arena, mark);
        return ARRAYS_FAIL;
      }
  if (search->n_failures++ >= MAX_STATES)
    return ARRAYS_TOO_MANY;
  state->next = *slot;
  *slot = state;
  return ARRAYS_HOLD;
}

/* ---- The search ------------------------------------------------------------------------------ */

/* Makes the next choice for a step; ARRAYS_FAIL when there is none left. */
static ArraysResult
advance (Search *search, size_t index)
{
  Step *step = &search->steps[index];
  ArraySlot *slot = &search->slots[index];

  take_back (search, step->n_chosen);
  step->next = next_candidate (search, slot, step->next);
  if (step->next < slot->n_candidates)
    {
      step->leaf = slot->candidates[step->next++];
      return choose (search, step->leaf) ? ARRAYS_HOLD : ARRAYS_NO_MEMORY;
    }
  if (step->tried_absence || !slot->absence || is_present (search, slot))
    return ARRAYS_FAIL;
  step->tried_absence = true;
  step->leaf = NULL;
  return ARRAYS_HOLD;
}

static ArraysResult
run (Search *search)
{
  size_t at = 0;

  search->steps[0] = (Step){ 0 };
  for (;;)
    {
      ArraysResult result = advance (search, at);

      if (result == ARRAYS_HOLD && at + 1 == search->n_slots)
        return ARRAYS_HOLD;
      if (result == ARRAYS_HOLD)
        {
          /* To try the last slot costs less than to remember that it failed. */
          result = at + 2 < search->n_slots ? enter_state (search, at + 1) : ARRAYS_HOLD;
          if (result == ARRAYS_HOLD)
            search->steps[++at] = (Step){ .n_chosen = search->n_chosen };
          else if (result != ARRAYS_FAIL)
            return result;
        }
      else if (result != ARRAYS_FAIL)
        return result;
      else if (at-- == 0)
        return ARRAYS_FAIL;
    }
}

static bool
prepare (Search *search, size_t n_arrays)
{
  search->steps = ARENA_ARRAY (search->arena, Step, search->n_slots);
  search->chosen = ARENA_ARRAY (search->arena, const Trail *, n_arrays);
  search->last_use = ARENA_ARRAY (search->arena, size_t, n_arrays);
  if (!search->steps || !search->chosen || !search->last_use)
    return false;
  for (size_t i = 0; i < search->n_slots; i++)
    for (size_t j = 0; j < search->slots[i].all->n_leaves; j++)
      {
        const Trail *trail = search->slots[i].all->leaves[j].trail;

        for (; trail && search->last_use[trail->array] <= i; trail = trail->outer)
          search->last_use[trail->array] = i + 1;
      }
  return true;
}

ArraysResult
arrays_search (ArraySlot *slots,
               size_t n_slots,
               size_t n_arrays,
               Arena *arena,
               const Leaf **out_chosen)
{
  Search search = { .arena = arena, .slots = slots, .n_slots = n_slots };
  bool arrays = false;
  ArraysResult result = ARRAYS_HOLD;

  for (size_t i = 0; i < n_slots; i++)
    {
      arrays = arrays || meets_arrays (&slots[i]);
      if (slots[i].n_candidates == 0 && !slots[i].absence)
        return ARRAYS_FAIL;
    }
  if (arrays)
    {
      if (!prepare (&search, n_arrays))
        return ARRAYS_NO_MEMORY;
      result = run (&search);
    }
  else
    for (size_t i = 0; i < n_slots; i++)
      if (!holds_alone (&slots[i]))
        result = ARRAYS_FAIL;
  for (size_t i = 0; out_chosen && result == ARRAYS_HOLD && i < n_slots; i++)
    out_chosen[i] = arrays                      ? search.steps[i].leaf
                    : slots[i].n_candidates > 0 ? slots[i].candidates[0]
                                                : NULL;
  return result;
}

static ArraysResult
check (const Branch *branch, const Event *event, Arena *arena, const Leaf **out_chosen)
{
  ArraySlot *slots = ARENA_ARRAY (arena, ArraySlot, branch->n_fields);

  if (!slots)
    return ARRAYS_NO_MEMORY;
  for (size_t i = 0; i < branch->n_fields; i++)
    {
      if (!fill_slot (&slots[i], branch->fields[i], event, arena))
        return ARRAYS_NO_MEMORY;
      if (slots[i].n_candidates == 0 && !slots[i].absence)
        return ARRAYS_FAIL;
    }
  return arrays_search (slots, branch->n_fields, event->n_arrays, arena, out_chosen);
}

ArraysResult
arrays_check (const Branch *branch, const Event *event, Arena *arena, const Leaf **out_chosen)
{
  ArenaMark mark = arena_mark (arena);
  ArraysResult result = check (branch, event, arena, out_chosen);

  arena_release (arena, mark);
  return result;
}

bool
arrays_error (ArraysResult result, RulesError *error)
{
  if (result == ARRAYS_NO_MEMORY)
    return error_no_memory (error);
  return error_at (error, RULES_ERROR_LIMIT, "", 0, 0, "Send each name of an object once.",
                   "the elements of the event's arrays can be combined in too many ways");
}

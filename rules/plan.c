/* plan.c: multiplying out $or. */
#include "plan.h"

#include <string.h>

int
path_compare (const char *a, size_t a_length, const char *b, size_t b_length)
{
  size_t shorter = a_length < b_length ? a_length : b_length;
  size_t i = 0;
  unsigned x, y;

  while (i < shorter && a[i] == b[i])
    i++;
  if (i == shorter)
    return a_length < b_length ? -1 : a_length > b_length;
  /* UTF-8 sorts by code points.  In UTF-16 the characters outside the Basic Multilingual Plane
   * (first byte F0 to F4) stand before U+E000 to U+FFFF (EE and EF). */
  x = (unsigned char) a[i];
  y = (unsigned char) b[i];
  if (x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0))
    return x >= 0xF0 ? -1 : 1;
  return x < y ? -1 : 1;
}

/* Where a path is among the fields, or where it must be put. */
static size_t
find_path (const Branch *branch, const Field *field, bool *out_found)
{
  size_t low = 0, high = branch->n_fields;

  *out_found = false;
  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      const Field *there = branch->fields[middle];
      int order = path_compare (there->path, there->n_path, field->path, field->n_path);

      if (order == 0)
        *out_found = true;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static bool
branch_put (Branch *branch, Arena *arena, Field *field)
{
  bool found;
  size_t at = find_path (branch, field, &found);

  if (!found)
    {
      if (!arena_grow (arena, &branch->fields, branch->n_fields, &branch->capacity,
                       sizeof *branch->fields))
        return false;
      memmove (branch->fields + at + 1, branch->fields + at,
               (branch->n_fields - at) * sizeof *branch->fields);
      branch->n_fields++;
    }
  branch->fields[at] = field;
  return true;
}

static bool
add_branch (Plan *plan, Arena *arena, const Branch *branch)
{
  if (!arena_grow (arena, &plan->branches, plan->n_branches, &plan->capacity,
                   sizeof *plan->branches))
    return false;
  plan->branches[plan->n_branches++] = *branch;
  return true;
}

bool
plan_put (Plan *plan, Arena *arena, Field *field)
{
  if (plan->n_branches == 0 && !add_branch (plan, arena, &(Branch){ 0 }))
    return false;
  for (size_t i = 0; i < plan->n_branches; i++)
    if (!branch_put (&plan->branches[i], arena, field))
      return false;
  return true;
}

bool
plan_copy (const Plan *plan, Arena *arena, Plan *out)
{
  Plan copy = { 0 };

  if (plan->n_branches == 0 && !add_branch (&copy, arena, &(Branch){ 0 }))
    return false;
  for (size_t i = 0; i < plan->n_branches; i++)
    {
      const Branch *from = &plan->branches[i];
      Branch branch = { .n_fields = from->n_fields, .capacity = from->n_fields };

      branch.fields = ARENA_ARRAY (arena, Field *, from->n_fields);
      if (!branch.fields)
        return false;
      if (from->n_fields > 0)
        memcpy (branch.fields, from->fields, from->n_fields * sizeof *from->fields);
      if (!add_branch (&copy, arena, &branch))
        return false;
    }
  *out = copy;
  return true;
}

bool
plan_append (Plan *plan, Arena *arena, const Plan *more)
{
  for (size_t i = 0; i < more->n_branches; i++)
    if (!add_branch (plan, arena, &more->branches[i]))
      return false;
  return true;
}

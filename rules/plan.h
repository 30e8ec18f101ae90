/* plan.h: the branches that a pattern's $or make, while they are being put together. */
#pragma once

#include "pattern.h"

/* Puts a field into every branch, sorted by path, in the place of one with the same path.  The
 * first field of all makes the first branch.  False when there is no memory. */
bool plan_put (Plan *plan, Arena *arena, Field *field);

/* A plan with the same fields; one empty branch if there is none. */
bool plan_copy (const Plan *plan, Arena *arena, Plan *out);

bool plan_append (Plan *plan, Arena *arena, const Plan *more);

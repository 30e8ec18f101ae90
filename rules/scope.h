/* scope.h: what the alternatives of a field do to each other.
 *
 * EventBridge keeps all alternatives that it looks at together in one automaton: those of one
 * field, and those of the same field in other branches of $or that begin with the same fields.
 * Mostly that makes no difference; see trie.h for the wildcards, and predicate.h for numbers and
 * addresses.
 */
#pragma once

#include "pattern.h"

/* Settles all that, once the branches are complete.  *out_score is the greatest wildcard score of
 * all fields, *out_field the field that has it; counting stops above limit.  False when there is no
 * memory. */
bool scope_settle (Plan *plan,
                   Arena *arena,
                   unsigned limit,
                   unsigned *out_score,
                   const Field **out_field);

/* arrays.h: whether a branch holds for an event, arrays included.
 *
 * Fields are satisfied by values, and values that lie in different elements of one array exclude
 * each other.  EventBridge looks at the fields in the order of their paths: "exists": false holds
 * when the path has no value that goes together with the elements chosen so far.
 */
#pragma once

#include "event.h"
#include "set.h"

typedef enum
{
  ARRAYS_HOLD,
  ARRAYS_FAIL,
  ARRAYS_NO_MEMORY,
  ARRAYS_TOO_MANY, /* combinations of elements: only events with names that occur twice can do that
                    */
} ArraysResult;

/* Uses the arena for the time of the call.  out_chosen (NULL, or room for one a field) gets the
 * value that satisfied each field, NULL where it was the absence of one; only set with ARRAYS_HOLD.
 */
ArraysResult
arrays_check (const Branch *branch, const Event *event, Arena *arena, const Leaf **out_chosen);

/* Fills error for what is neither ARRAYS_HOLD nor ARRAYS_FAIL.  Returns false. */
bool arrays_error (ArraysResult result, RulesError *error);

/* Does the value satisfy one of the field's alternatives? */
bool field_accepts (const Field *field, const Value *value);

/* Is one of the alternatives "exists": false? */
bool field_accepts_absence (const Field *field);

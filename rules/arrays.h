/* arrays.h: whether a branch holds for an event, arrays included.
 *
 * Fields are satisfied by values, and values that lie in different elements of one array exclude
 * each other.  EventBridge looks at the fields in the order of their paths: "exists": false holds
 * when the path has no value that goes together with the elements chosen so far.
 */
#pragma once

#include "event.h"
#include "pattern.h"

typedef enum
{
  ARRAYS_HOLD,
  ARRAYS_FAIL,
  ARRAYS_NO_MEMORY,
  ARRAYS_TOO_MANY, /* combinations of elements: only events with names that occur twice can do that
                    */
} ArraysResult;

/* A field, as far as the search must know it. */
typedef struct
{
  const Leaf **candidates; /* values that satisfy the field, in the order of the text */
  size_t n_candidates;
  const LeafList *all; /* values at the field's path */
  bool absence;        /* "exists": false is one of the alternatives */
  size_t hint;         /* private, 0 at first */
} ArraySlot;

/* The search itself, for fields in the order of their paths.  n_arrays: more than the number of any
 * array that a trail names. */
ArraysResult arrays_search (ArraySlot *slots,
                            size_t n_slots,
                            size_t n_arrays,
                            Arena *arena,
                            const Leaf **out_chosen);

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

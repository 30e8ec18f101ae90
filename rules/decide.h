/* decide.h: whether the values that have been read decide about all rules already.
 *
 * For sets of few combinations, of which some have several fields: where a field that no more
 * values can come to does not hold, its combination cannot hold; where all hold, it does.  What is
 * decided is only that reading may stop: the rules are found as ever.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECIDE_COMBINATIONS 16u
#define DECIDE_FIELDS 64u /* of all combinations */

/* A field of a combination. */
typedef struct
{
  uint32_t field; /* its place among the combinations' words */
  uint8_t combination, bit;
} DecideUse;

/* Built with the engine. */
typedef struct
{
  uint16_t single;                      /* the combinations of one field */
  uint16_t combinations;                /* a bit for each; 0: sets like this one are not meant */
  uint64_t fields[DECIDE_COMBINATIONS]; /* a bit for each field */
  DecideUse uses[DECIDE_FIELDS];        /* by path: [starts[path], starts[path + 1]) */
  uint8_t starts[DECIDE_FIELDS + 1];
} Decide;

/* Of one event. */
typedef struct
{
  uint16_t undecided;                 /* a bit for each combination */
  uint16_t nearly;                    /* of these, those of which all fields but one hold */
  uint16_t tries;                     /* values in arrays that may still be looked at */
  uint64_t held[DECIDE_COMBINATIONS]; /* fields that hold */
} Decided;

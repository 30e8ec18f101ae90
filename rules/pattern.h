/* pattern.h: the text of an event pattern -> what it asks of an event.
 *
 * A pattern becomes branches, of which one must hold; a branch is a list of fields, which must all
 * hold; a field is a path and a list of alternatives, of which one must hold.  Without $or there is
 * one branch. Branches share their fields.  All of it lives in the arena given and never changes.
 */
#pragma once

#include "predicate.h"

typedef struct
{
  const char *path; /* names joined with dots, decoded, not terminated */
  size_t n_path;
  Predicate *alternatives; /* at least one */
  size_t start, length;    /* the array of the alternatives in the pattern's text */
  size_t path_id;          /* set with the table of paths of the whole set */
} Field;

typedef struct
{
  Field **fields; /* in the order of their paths, no path twice */
  size_t n_fields, capacity;
} Branch;

typedef struct
{
  Branch *branches;
  size_t n_branches, capacity;
} Plan;

/* Refuses what EventBridge refuses, with its words and positions, in the order in which it reads: a
 * mistake in the pattern comes before a mistake in the JSON further on, and text behind the pattern
 * is not looked at. */
bool pattern_parse (const char *text,
                    size_t length,
                    const RulesLimits *limits,
                    Arena *arena,
                    Plan *out,
                    RulesError *error);

/* The order of paths that EventBridge has: by UTF-16 units. */
int path_compare (const char *a, size_t a_length, const char *b, size_t b_length);

/* event.h: an event as the rules see it: the values at the paths that they name.
 *
 * The elements of an array count as values of the array's own path; objects among them are gone
 * into with that path.  Values of different paths that come from different elements of one array do
 * not belong together; each value's trail tells from which elements it comes.  Empty objects and
 * arrays are no values.
 */
#pragma once

#include "json.h"
#include "predicate.h"

typedef struct
{
  const char *bytes;
  size_t length;
} Path;

/* All paths of a set, sorted as path_compare() does, none twice. */
typedef struct
{
  const Path *paths;
  size_t n_paths;
} PathTable;

/* An element of an array, and of those that this array is in. */
typedef struct Trail Trail;

struct Trail
{
  const Trail *outer; /* NULL: in no further array */
  size_t array;       /* number of the array in the event */
  size_t array_end;   /* where the array ends in the text */
  size_t start;       /* where the element begins in the text */
};

typedef struct
{
  Value value;
  size_t start, length; /* in the text */
  const Trail *trail;   /* NULL: in no array that matters */
} Leaf;

/* The values at one path, in the order of the text. */
typedef struct
{
  Leaf *leaves;
  size_t n_leaves, capacity;
} LeafList;

typedef struct
{
  LeafList *lists; /* one for each path of the table */
  size_t n_arrays;
} Event;

/* Reads an event.  The text must outlive it.  Text behind the event is not looked at.
 *
 * RULES_ERROR_JSON: no JSON, or no object.  RULES_ERROR_LIMIT: more than max_values values. */
bool event_read (const char *text,
                 size_t length,
                 const PathTable *table,
                 size_t max_values,
                 Arena *arena,
                 Event *out,
                 RulesError *error);

/* The path's number in the table; the table must have it. */
size_t path_table_find (const PathTable *table, const char *path, size_t length);

/* path.h: the JSONPath subset of EventBridge's InputPath and InputPathsMap.
 *
 * "$" is the event; ".name" a member (the last one of that name); "[n]" an element, from 0; ".*"
 * and
 * "[*]" all members or elements, after which the result is an array of everything found.  A name
 * may hold any character but white space, control characters and . [ ] ( ) ' " ? , * so that the
 * dashes, underscores and slashes that EventBridge documents are covered, and letters beyond ASCII
 * too. Filters, slices, negative indexes, quoted names and recursive descent are not understood.
 *
 * A compiled Path never changes and may be used by any number of threads.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
#pragma once

#include "memory.h"
#include "rules.h"

/* In UTF-16 units. */
#define PATH_MAX_CHARACTERS 256u

/* That all paths of one pass may find together. */
#define PATH_MAX_VALUES 100000u

typedef enum
{
  PATH_STEP_NAME,
  PATH_STEP_INDEX,
  PATH_STEP_ALL,
} PathStepKind;

typedef struct
{
  PathStepKind kind;
  const char *name; /* in the text that was compiled */
  size_t name_length;
  size_t index;
} PathStep;

typedef struct
{
  PathStep *steps;
  size_t n_steps;
} Path;

/* A value's own text in the event; the first byte tells its type. */
typedef struct
{
  const char *text;
  size_t length;
} PathValue;

/* What a path found.  A path without a wildcard finds at most one value.  One with a wildcard finds
 * an array, which is empty when the wildcard stands on an object or array where nothing goes on as
 * the path does; it finds nothing when the wildcard stands on no object or array at all. */
typedef struct
{
  bool found;
  bool is_array;
  PathValue *values;
  size_t n_values;
} PathResult;

/* The steps live in the arena and point into text, which must outlive them.  RULES_ERROR_TEMPLATE
 * when the path is not understood, RULES_ERROR_LIMIT when it is too long. */
bool
path_compile (const char *text, size_t length, Arena *arena, Path *out_path, RulesError *error);

/* Evaluates all paths (at least one) in one pass over the event, results[i] being that of paths[i].
 * What is found points into the event; the arrays are in scratch.
 *
 * The event should be valid JSON: for speed only what the pass trips over is noticed, which is
 * RULES_ERROR_JSON.  RULES_ERROR_LIMIT: more than PATH_MAX_VALUES found. */
bool path_find (const Path *const *paths,
                size_t n_paths,
                const char *event,
                size_t length,
                Arena *scratch,
                PathResult *results,
                RulesError *error);

/* Appends the JSON text of what was found, the bytes of every value as the event has them.  False:
 * no memory. */
bool path_result_append (const PathResult *result, RulesBuffer *out);

/* Fills error for an event that something tripped over; returns false. */
bool path_refuse_event (const char *event, size_t length, RulesError *error);

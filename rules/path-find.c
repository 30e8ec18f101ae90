/* path-find.c: evaluates paths, all in one pass over an event's text.
 *
 * A pass goes down only where a path does and skims over the rest.  At each value there is a set of
 * paths that have led there; as every step of a path is one level of nesting, they have all the
 * same number of steps behind them.  The sets are slices of one stack.  Going down recurses, once a
 * step at most, and a path of 256 characters has fewer than 128 steps: the event cannot make it
 * deeper.
 *
 * Names may occur twice, and then the last counts: when a path meets a name again, what it found
 * behind the former one is forgotten.
 */
#include "path.h"

#include "error.h"
#include "json.h"
#include "skim.h"

#include <string.h>

/* A path in a set. */
typedef struct
{
  size_t path;
  /* Its result when the container that it stands at began. */
  size_t n_values;
  bool is_array;
} Active;

typedef struct
{
  const char *text;
  size_t length;
  const Path *const *paths;
  PathResult *results;
  size_t *capacities;
  Active *active;
  Arena *scratch;
  size_t n_values;
  RulesErrorCode trouble; /* RULES_OK: the event is broken */
} Finder;

static size_t find_in_value (Finder *self, size_t at, size_t n_steps, Active *set, size_t n_set);

static size_t
stop (Finder *self, RulesErrorCode trouble)
{
  self->trouble = trouble;
  return SKIM_BROKEN;
}

static const PathStep *
next_step (const Finder *self, const Active *active, size_t n_steps)
{
  return &self->paths[active->path]->steps[n_steps];
}

/* What a member's name means, which is its text when it has no escapes. */
static bool
read_name (Finder *self, const SkimChildren *children, const char **out_name, size_t *out_length)
{
  const char *name = children->text + children->name + 1;
  size_t length = children->name_length - 2;
  char *decoded;

  *out_name = name;
  *out_length = length;
  if (!memchr (name, '\\', length))
    return true;
  decoded = arena_take (self->scratch, length);
  if (!decoded)
    return false;
  *out_length = json_decode (name, length, decoded);
  *out_name = decoded;
  return true;
}

/* Puts the paths of the set that go on to this member behind the set; returns how many. */
static size_t
select_by_name (Finder *self,
                size_t n_steps,
                const Active *set,
                size_t n_set,
                const char *name,
                size_t length,
                Active *out)
{
  size_t n_out = 0;

  for (size_t i = 0; i < n_set; i++)
    {
      const PathStep *step = next_step (self, &set[i], n_steps);
      PathResult *result = &self->results[set[i].path];

      if (step->kind == PATH_STEP_NAME && step->name_length == length &&
          memcmp (step->name, name, length) == 0)
        {
          result->n_values = set[i].n_values;
          result->is_array = set[i].is_array;
          out[n_out++].path = set[i].path;
        }
      else if (step->kind == PATH_STEP_ALL)
        out[n_out++].path = set[i].path;
    }
  return n_out;
}

static size_t
select_by_index (Finder *self,
                 size_t n_steps,
                 const Active *set,
                 size_t n_set,
                 size_t index,
                 Active *out)
{
  size_t n_out = 0;

  for (size_t i = 0; i < n_set; i++)
    {
      const PathStep *step = next_step (self, &set[i], n_steps);

      if (step->kind == PATH_STEP_ALL || (step->kind == PATH_STEP_INDEX && step->index == index))
        out[n_out++].path = set[i].path;
    }
  return n_out;
}

static size_t
find_in_children (Finder *self, size_t at, size_t n_steps, Active *set, size_t n_set)
{
  SkimChildren children;
  Active *below = set + n_set;
  size_t index = 0;

  skim_open (&children, self->text, self->length, at);
  while (skim_next (&children))
    {
      size_t n_below;

      if (children.object)
        {
          ArenaMark mark = arena_mark (self->scratch);
          const char *name;
          size_t length;

          if (!read_name (self, &children, &name, &length))
            return stop (self, RULES_ERROR_NO_MEMORY);
          n_below = select_by_name (self, n_steps, set, n_set, name, length, below);
          arena_release (self->scratch, mark);
        }
      else
        n_below = select_by_index (self, n_steps, set, n_set, index++, below);
      children.at = n_below > 0 ? find_in_value (self, children.at, n_steps + 1, below, n_below)
                                : skim_value (self->text, self->length, children.at);
    }
  return children.at;
}

static bool
add_value (Finder *self, size_t path, size_t start, size_t end)
{
  PathResult *result = &self->results[path];

  if (!arena_grow (self->scratch, &result->values, result->n_values, &self->capacities[path],
                   sizeof (PathValue)))
    return false;
  result->values[result->n_values++] = (PathValue){ self->text + start, end - start };
  return true;
}

/* Splits the set into the paths that end here, in front, and those that go on.  Order does not
 * matter, since each path has a result of its own. */
static size_t
count_ending (const Finder *self, size_t n_steps, Active *set, size_t n_set)
{
  size_t n_ending = 0;

  for (size_t i = 0; i < n_set; i++)
    if (self->paths[set[i].path]->n_steps == n_steps)
      {
        Active ending = set[i];

        set[i] = set[n_ending];
        set[n_ending++] = ending;
      }
  return n_ending;
}

/* The paths of the set have led to the value at `at` with n_steps steps.  Returns the position
 * behind the value or SKIM_BROKEN. */
static size_t
find_in_value (Finder *self, size_t at, size_t n_steps, Active *set, size_t n_set)
{
  size_t n_ending = count_ending (self, n_steps, set, n_set);
  bool container = at < self->length && (self->text[at] == '{' || self->text[at] == '[');
  size_t end;

  for (size_t i = n_ending; container && i < n_set; i++)
    {
      PathResult *result = &self->results[set[i].path];

      set[i].n_values = result->n_values;
      set[i].is_array = result->is_array;
      if (next_step (self, &set[i], n_steps)->kind == PATH_STEP_ALL)
        result->is_array = true;
    }
  end = container && n_ending < n_set
            ? find_in_children (self, at, n_steps, set + n_ending, n_set - n_ending)
            : skim_value (self->text, self->length, at);
  for (size_t i = 0; end != SKIM_BROKEN && i < n_ending; i++)
    {
      if (self->n_values++ >= PATH_MAX_VALUES)
        return stop (self, RULES_ERROR_LIMIT);
      if (!add_value (self, set[i].path, at, end))
        return stop (self, RULES_ERROR_NO_MEMORY);
    }
  return end;
}

/* Room for a set at every level, and the first set: all paths. */
static bool
prepare (Finder *self, size_t n_paths)
{
  size_t n_levels = 1;

  for (size_t i = 0; i < n_paths; i++)
    if (self->paths[i]->n_steps >= n_levels)
      n_levels = self->paths[i]->n_steps + 1;
  self->active = ARENA_ARRAY (self->scratch, Active, n_levels * n_paths);
  self->capacities = ARENA_ARRAY (self->scratch, size_t, n_paths);
  if (!self->active || !self->capacities)
    return false;
  for (size_t i = 0; i < n_paths; i++)
    self->active[i].path = i;
  memset (self->results, 0, n_paths * sizeof (PathResult));
  return true;
}

bool
path_refuse_event (const char *event, size_t length, RulesError *error)
{
  RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };

  if (rules_check_json (event, length, &limits, error))
    error_at (error, RULES_ERROR_JSON, event, length, 0, "", "the event is not JSON");
  return false;
}

static bool
report (const Finder *self, RulesError *error)
{
  if (self->trouble == RULES_ERROR_NO_MEMORY)
    return error_no_memory (error);
  if (self->trouble == RULES_ERROR_LIMIT)
    return error_at (error, RULES_ERROR_LIMIT, "", 0, 0, "Let a path with a wildcard find less.",
                     "the paths find more than %u values in this event", PATH_MAX_VALUES);
  return path_refuse_event (self->text, self->length, error);
}

bool
path_find (const Path *const *paths,
           size_t n_paths,
           const char *event,
           size_t length,
           Arena *scratch,
           PathResult *results,
           RulesError *error)
{
  Finder self = { .text = event,
                  .length = length,
                  .paths = paths,
                  .results = results,
                  .scratch = scratch };
  size_t end;

  if (!prepare (&self, n_paths))
    return error_no_memory (error);
  end = find_in_value (&self, skim_space (event, length, 0), 0, self.active, n_paths);
  if (end == SKIM_BROKEN || skim_space (event, length, end) != length)
    return report (&self, error);
  for (size_t i = 0; i < n_paths; i++)
    results[i].found = results[i].is_array || results[i].n_values > 0;
  return true;
}

bool
path_result_append (const PathResult *result, RulesBuffer *out)
{
  bool ok = true;

  if (result->is_array)
    ok = buffer_append_char (out, '[');
  for (size_t i = 0; ok && i < result->n_values; i++)
    ok = (i == 0 || buffer_append_char (out, ',')) &&
         buffer_append (out, result->values[i].text, result->values[i].length);
  if (ok && result->is_array)
    ok = buffer_append_char (out, ']');
  return ok;
}

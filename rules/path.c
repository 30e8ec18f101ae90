/* path.c: compiles paths to steps; path-find.c walks them through an event. */
#include "path.h"

#include "error.h"
#include "utf8.h"

#include <string.h>

typedef struct
{
  const char *text;
  size_t length;
  size_t at;
  PathStep *steps; /* length of them, which no path can exceed */
  size_t n_steps;
  RulesError *error;
} Compiler;

static bool
ends_name (char byte)
{
  return (unsigned char) byte <= ' ' || byte == 0x7F || strchr (".[]()'\"?,*", byte) != NULL;
}

static bool
refuse (Compiler *self, size_t offset, const char *expected)
{
  return error_at (self->error, RULES_ERROR_TEMPLATE, self->text, self->length, offset, "",
                   "the path \"%.*s\" is not understood: %s",
                   (int) error_cut_utf8 (self->text, self->length, 128), self->text, expected);
}

static PathStep *
add_step (Compiler *self, PathStepKind kind)
{
  PathStep *step = &self->steps[self->n_steps++];

  step->kind = kind;
  return step;
}

/* Behind a dot. */
static bool
compile_name (Compiler *self)
{
  size_t start = self->at;
  PathStep *step;

  if (start < self->length && self->text[start] == '*')
    {
      add_step (self, PATH_STEP_ALL);
      self->at++;
      return true;
    }
  while (self->at < self->length && !ends_name (self->text[self->at]))
    self->at++;
  if (self->at == start)
    return refuse (self, start, "a name or * must follow the dot");
  step = add_step (self, PATH_STEP_NAME);
  step->name = self->text + start;
  step->name_length = self->at - start;
  return true;
}

/* Behind an opening bracket. */
static bool
compile_bracket (Compiler *self)
{
  size_t start = self->at;
  size_t index = 0;
  bool all = start < self->length && self->text[start] == '*';

  if (all)
    self->at++;
  for (; !all && self->at < self->length; self->at++)
    {
      unsigned digit = (unsigned char) self->text[self->at] - (unsigned) '0';

      if (digit > 9)
        break;
      /* No array is that long: where the index stops growing does not matter. */
      if (index < SIZE_MAX / 10 - 1)
        index = index * 10 + digit;
    }
  if (self->at == start)
    return refuse (self, start, "only an index from 0 or * can stand in brackets");
  if (self->at == self->length || self->text[self->at] != ']')
    return refuse (self, self->at, "] must follow the index or *");
  self->at++;
  add_step (self, all ? PATH_STEP_ALL : PATH_STEP_INDEX)->index = index;
  return true;
}

static bool
compile_steps (Compiler *self)
{
  if (self->length == 0 || self->text[0] != '$')
    return refuse (self, 0, "it must begin with $, which is the event");
  self->at = 1;
  while (self->at < self->length)
    {
      char byte = self->text[self->at++];
      bool ok;

      if (byte == '.')
        ok = compile_name (self);
      else if (byte == '[')
        ok = compile_bracket (self);
      else
        ok = refuse (self, self->at - 1, "here must be a dot, [ or the end");
      if (!ok)
        return false;
    }
  return true;
}

bool
path_compile (const char *text, size_t length, Arena *arena, Path *out_path, RulesError *error)
{
  Compiler self = { .text = text, .length = length, .error = error };
  size_t n_characters = utf8_units (text, length);

  if (n_characters > PATH_MAX_CHARACTERS)
    return error_at (error, RULES_ERROR_LIMIT, text, length, 0, "",
                     "a path of %zu characters; the limit is %u", n_characters,
                     PATH_MAX_CHARACTERS);
  self.steps = ARENA_ARRAY (arena, PathStep, length);
  if (!self.steps)
    return error_no_memory (error);
  if (!compile_steps (&self))
    return false;
  out_path->steps = self.steps;
  out_path->n_steps = self.n_steps;
  return true;
}

static bool
get (const char *text,
     const char *event,
     size_t length,
     Arena *scratch,
     RulesBuffer *out,
     bool *out_found,
     RulesError *error)
{
  size_t before = out->length;
  Path path;
  const Path *paths[] = { &path };
  PathResult result;

  if (!path_compile (text, strlen (text), scratch, &path, error) ||
      !path_find (paths, 1, event, length, scratch, &result, error))
    return false;
  if (result.found && !path_result_append (&result, out))
    {
      out->length = before;
      return error_no_memory (error);
    }
  *out_found = result.found;
  return true;
}

bool
rules_path_get (const char *path,
                const char *event,
                size_t length,
                RulesBuffer *out,
                bool *out_found,
                RulesError *error)
{
  Arena scratch;
  bool ok;

  arena_init (&scratch, out->alloc);
  ok = get (path, event, length, &scratch, out, out_found, error);
  arena_clear (&scratch);
  return ok;
}

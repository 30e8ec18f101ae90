/* path.c: compiles a path to steps and walks them through a parsed event.
 *
 * The walk keeps a list of the nodes where the steps so far have led: one node until the first
 * wildcard, any number after it.  Every node of the tree is in at most one of these lists, since
 * they descend one level a step, so a path costs at most one visit a node whatever it looks like.
 */
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
is_container (const JsonNode *node)
{
  return node->type == RULES_JSON_ARRAY || node->type == RULES_JSON_OBJECT;
}

/* All children of all nodes. */
static bool
step_all (PathResult *result, Arena *scratch)
{
  const JsonNode **children;
  size_t n_children = 0;

  for (size_t i = 0; i < result->n_nodes; i++)
    n_children += result->nodes[i]->n_children;
  children = ARENA_ARRAY (scratch, const JsonNode *, n_children);
  if (!children)
    return false;
  n_children = 0;
  for (size_t i = 0; i < result->n_nodes; i++)
    for (const JsonNode *child = result->nodes[i]->child; child; child = child->next)
      children[n_children++] = child;
  result->nodes = children;
  result->n_nodes = n_children;
  return true;
}

/* One child at most of each node, so the list can be rewritten in its place. */
static void
step_one (PathResult *result, const PathStep *step)
{
  size_t n_kept = 0;

  for (size_t i = 0; i < result->n_nodes; i++)
    {
      const JsonNode *node = result->nodes[i];
      const JsonNode *child = step->kind == PATH_STEP_NAME
                                  ? json_member (node, step->name, step->name_length)
                                  : json_element (node, step->index);

      if (child)
        result->nodes[n_kept++] = child;
    }
  result->n_nodes = n_kept;
}

bool
path_find (const Path *path, const JsonNode *root, Arena *scratch, PathResult *out_result)
{
  PathResult result = { .n_nodes = 1 };

  result.nodes = ARENA_ARRAY (scratch, const JsonNode *, 1);
  if (!result.nodes)
    return false;
  result.nodes[0] = root;
  for (size_t i = 0; i < path->n_steps && result.n_nodes > 0; i++)
    {
      const PathStep *step = &path->steps[i];

      if (step->kind != PATH_STEP_ALL)
        {
          step_one (&result, step);
          continue;
        }
      result.is_array = result.is_array || is_container (result.nodes[0]);
      if (!step_all (&result, scratch))
        return false;
    }
  result.found = result.is_array || result.n_nodes > 0;
  *out_result = result;
  return true;
}

bool
path_result_append (const PathResult *result, const char *event, RulesBuffer *out)
{
  bool ok = true;

  if (result->is_array)
    ok = buffer_append_char (out, '[');
  for (size_t i = 0; ok && i < result->n_nodes; i++)
    {
      const JsonNode *node = result->nodes[i];

      if (i > 0)
        ok = buffer_append_char (out, ',');
      ok = ok && buffer_append (out, event + node->start, node->length);
    }
  if (ok && result->is_array)
    ok = buffer_append_char (out, ']');
  return ok;
}

static bool
get (const char *path_text,
     const char *event,
     size_t length,
     Arena *scratch,
     RulesBuffer *out,
     bool *out_found,
     RulesError *error)
{
  RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  size_t before = out->length;
  Path path;
  PathResult result;
  const JsonNode *root;

  if (!path_compile (path_text, strlen (path_text), scratch, &path, error) ||
      !json_parse (event, length, &limits, scratch, &root, error))
    return false;
  if (!path_find (&path, root, scratch, &result))
    return error_no_memory (error);
  if (result.found && !path_result_append (&result, event, out))
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

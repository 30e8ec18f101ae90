/* transform.c: a target's input, compiled once so that render only copies: a constant, a path, or
 * the template that transform-template.c compiles.
 *
 * Refused is what EventBridge's PutTargets refuses, and the limits of its API.  What PutTargets
 * takes although it can never be delivered is kept as a flaw: it fails every render, and
 * rules_template_check() tells the person who edits.
 */
#include "transform.h"

#include "error.h"
#include "json.h"
#include "utf8.h"

#include <string.h>

void
transform_point_to (const RulesTemplate *self, RulesError *error)
{
  if (self->kind == INPUT_CONSTANT)
    error_pointer_append (error, "Input", 5);
  else if (self->kind == INPUT_PATH)
    error_pointer_append (error, "InputPath", 9);
  else
    {
      error_pointer_append (error, "InputTransformer", 16);
      error_pointer_append (error, "InputTemplate", 13);
    }
}

void
transform_point_to_variable (const char *name, size_t length, RulesError *error)
{
  error_pointer_append (error, "InputTransformer", 16);
  error_pointer_append (error, "InputPathsMap", 13);
  error_pointer_append (error, name, length);
}

bool
transform_render_error (const RulesTemplate *self, size_t offset, RulesError *error)
{
  error_at (error, RULES_ERROR_RENDER, self->text, self->length, offset, "",
            "Invalid input for target.");
  transform_point_to (self, error);
  return false;
}

int
transform_shown_length (const Variable *variable)
{
  return variable->name_length < 64 ? (int) variable->name_length : 64;
}

bool
transform_flaw_error (const RulesTemplate *self, RulesError *error)
{
  const Variable *variable = self->flaw_variable;
  unsigned line, column;

  transform_render_error (self, self->flaw_offset, error);
  rules_text_position (self->text, self->length, self->flaw_offset, &line, &column);
  switch (self->flaw)
    {
    case FLAW_NONE:
      break;
    case FLAW_BAD_PATH:
      error_hint (error, "No event can be delivered: %s", self->flaw_detail);
      break;
    case FLAW_KIND:
      error_hint (error, "A template must begin with {, [ or \": put a text into quotes, "
                         "and a variable of its own into an object");
      break;
    case FLAW_NAME:
      error_hint (error,
                  "<%.*s> at line %u, column %u stands in the place of a member's name; "
                  "only values can be variables",
                  transform_shown_length (variable), variable->name, line, column);
      break;
    case FLAW_EVENT_IN_TEXT:
      error_hint (
          error,
          "<%.*s> at line %u, column %u is an object: it can only be a value of its own in a "
          "JSON template, outside quotes",
          transform_shown_length (variable), variable->name, line, column);
      break;
    case FLAW_JSON:
      if (variable)
        error_hint (error, "No value that <%.*s> at line %u, column %u can have makes this JSON",
                    transform_shown_length (variable), variable->name, line, column);
      else
        error_hint (error, "Whatever its variables are, this is not JSON at line %u, column %u: %s",
                    line, column, self->flaw_detail);
      break;
    case FLAW_OPEN_STRING:
      error_hint (error,
                  "The string that begins at line %u, column %u is never closed: end it with \", "
                  "and write \\\" for a quote within it",
                  line, column);
      break;
    }
  return false;
}

void
transform_note_flaw (RulesTemplate *self, FlawKind flaw, size_t offset, const Variable *variable)
{
  if (self->flaw != FLAW_NONE)
    return;
  self->flaw = flaw;
  self->flaw_offset = offset;
  self->flaw_variable = variable;
}

bool
transform_keep_flaw_detail (RulesTemplate *self, const RulesError *detail, RulesError *error)
{
  self->flaw_detail = arena_copy (&self->arena, detail->reason, strlen (detail->reason));
  return self->flaw_detail ? true : error_no_memory (error);
}

bool
transform_take_text (RulesTemplate *self, InputKind kind, const char *text, RulesError *error)
{
  self->kind = kind;
  self->length = strlen (text);
  self->text = arena_copy (&self->arena, text, self->length);
  return self->text ? true : error_no_memory (error);
}

bool
transform_check_length (const RulesTemplate *self,
                        const char *what,
                        size_t limit,
                        RulesError *error)
{
  size_t n_characters = utf8_units (self->text, self->length);

  if (n_characters <= limit)
    return true;
  error_at (error, RULES_ERROR_LIMIT, self->text, self->length, 0, "",
            "%s of %zu characters; the limit is %zu", what, n_characters, limit);
  transform_point_to (self, error);
  return false;
}

/* ---- A constant, a path ---- */

static bool
compile_constant (RulesTemplate *self, const RulesInput *input, RulesError *error)
{
  RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  const char *target = input->target_id;
  RulesError json;

  if (!transform_take_text (self, INPUT_CONSTANT, input->input, error) ||
      !transform_check_length (self, "Input", TRANSFORM_MAX_INPUT_CHARACTERS, error))
    return false;
  if (rules_check_json (self->text, self->length, &limits, &json))
    return true;
  error_at (error, RULES_ERROR_TEMPLATE, self->text, self->length, json.offset, json.reason,
            "Input%s%s is not a valid JSON text.", target ? " for target " : "",
            target ? target : "");
  transform_point_to (self, error);
  return false;
}

bool
transform_compile_path (RulesTemplate *self,
                        Variable *variable,
                        RulesError *out_why,
                        RulesError *error)
{
  const char *text = variable->path_text;

  if (path_compile (text, strlen (text), &self->arena, &variable->path, out_why))
    variable->kind = VARIABLE_PATH;
  else if (out_why->code == RULES_ERROR_TEMPLATE)
    variable->kind = VARIABLE_BAD_PATH;
  else
    return error_no_memory (error);
  return true;
}

static bool
compile_input_path (RulesTemplate *self, const RulesInput *input, RulesError *error)
{
  RulesError why;

  if (!transform_take_text (self, INPUT_PATH, input->input_path, error) ||
      !transform_check_length (self, "InputPath", PATH_MAX_CHARACTERS, error))
    return false;
  self->variables = ARENA_NEW (&self->arena, Variable);
  if (!self->variables)
    return error_no_memory (error);
  self->n_variables = 1;
  self->variables->path_text = self->text;
  if (!transform_compile_path (self, self->variables, &why, error))
    return false;
  if (self->variables->kind != VARIABLE_BAD_PATH)
    return true;
  transform_note_flaw (self, FLAW_BAD_PATH, why.offset, NULL);
  return transform_keep_flaw_detail (self, &why, error);
}

static bool
takes_from_event (const Variable *variable)
{
  return variable->kind == VARIABLE_PATH || variable->kind == VARIABLE_WHOLE_EVENT ||
         variable->kind == VARIABLE_EVENT_WITHOUT_DETAIL;
}

static bool
collect_paths (RulesTemplate *self, RulesError *error)
{
  self->paths = ARENA_ARRAY (&self->arena, const Path *, self->n_variables);
  if (!self->paths)
    return error_no_memory (error);
  for (size_t i = 0; i < self->n_variables; i++)
    if (takes_from_event (&self->variables[i]))
      {
        self->variables[i].path_index = self->n_paths;
        self->paths[self->n_paths++] = &self->variables[i].path;
      }
  return true;
}

static bool
check_only_one (const RulesInput *input, RulesError *error)
{
  bool transformer = input->input_template || input->n_variables > 0;
  int n_set = (input->input != NULL) + (input->input_path != NULL) + transformer;

  if (n_set > 1)
    return error_at (error, RULES_ERROR_TEMPLATE, "", 0, 0, "",
                     "Only one of Input, InputPath, or InputTransformer must be provided%s%s.",
                     input->target_id ? " for target " : "",
                     input->target_id ? input->target_id : "");
  if (!transformer || input->input_template)
    return true;
  error_at (error, RULES_ERROR_TEMPLATE, "", 0, 0,
            "Add InputTemplate, the text that uses the variables of InputPathsMap.",
            "InputTransformer has no InputTemplate");
  error_pointer_append (error, "InputTransformer", 16);
  return false;
}

static bool
compile (RulesTemplate *self, const RulesInput *input, RulesError *error)
{
  if (!check_only_one (input, error))
    return false;
  if (input->input)
    return compile_constant (self, input, error);
  if (input->input_path)
    return compile_input_path (self, input, error) && collect_paths (self, error);
  if (input->input_template)
    return transform_compile_template (self, input, error) && collect_paths (self, error);
  self->kind = INPUT_EVENT;
  return true;
}

bool
rules_template_new (const RulesInput *input,
                    const RulesAlloc *alloc,
                    RulesTemplate **out_template,
                    RulesError *error)
{
  RulesTemplate *self = memory_resize (alloc, NULL, sizeof *self);

  if (!self)
    return error_no_memory (error);
  memset (self, 0, sizeof *self);
  arena_init (&self->arena, alloc);
  self->max_output_bytes = input->max_output_bytes;
  if (self->max_output_bytes == 0)
    self->max_output_bytes = TRANSFORM_MAX_OUTPUT_BYTES;
  if (!compile (self, input, error))
    {
      rules_template_free (self);
      return false;
    }
  *out_template = self;
  return true;
}

void
rules_template_free (RulesTemplate *template_)
{
  const RulesAlloc *alloc;

  if (!template_)
    return;
  alloc = template_->arena.alloc;
  arena_clear (&template_->arena);
  memory_resize (alloc, template_, 0);
}

bool
rules_template_check (const RulesTemplate *template_, RulesError *error)
{
  if (template_->flaw != FLAW_NONE)
    return transform_flaw_error (template_, error);
  for (size_t i = 0; i < template_->n_variables; i++)
    {
      const Variable *variable = &template_->variables[i];
      Arena scratch;
      Path path;

      if (variable->kind != VARIABLE_BAD_PATH)
        continue;
      arena_init (&scratch, template_->arena.alloc);
      path_compile (variable->path_text, strlen (variable->path_text), &scratch, &path, error);
      arena_clear (&scratch);
      transform_point_to_variable (variable->name, variable->name_length, error);
      return false;
    }
  return true;
}

/* transform-template.c: compiles InputPathsMap and InputTemplate.
 *
 * The template is cut into pieces at its placeholders.  Of a JSON template it is found out, once,
 * which placeholders stand inside quotes and whether what stands around them is JSON.
 *
 * A template may be hostile (thousands of < without a >): every pass over it is linear, but for the
 * look-up of names, which are bounded in number.
 */
#include "transform.h"

#include "error.h"
#include "json.h"
#include "utf8.h"

#include <string.h>

typedef struct
{
  const char *name;
  VariableKind kind;
} Predefined;

static const Predefined predefined[] = {
  { "aws.events.rule-arn", VARIABLE_RULE_ARN },
  { "aws.events.rule-name", VARIABLE_RULE_NAME },
  { "aws.events.event.ingestion-time", VARIABLE_INGESTION_TIME },
  { "aws.events.event", VARIABLE_EVENT_WITHOUT_DETAIL },
  { "aws.events.event.json", VARIABLE_WHOLE_EVENT },
};

#define N_PREDEFINED (sizeof predefined / sizeof predefined[0])

typedef struct
{
  RulesTemplate *self;
  const RulesInput *input;
  RulesError *error;
  size_t begin, end; /* the template without the white space around it */
  bool in_string;
  const Piece *in_this_string; /* the first placeholder of the string that is open, or NULL */
} Compiler;

static bool
is_space (char byte)
{
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* ---- Variables ---- */

static bool
is_name (const char *name)
{
  size_t length = strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

  return length > 0 && name[length] == '\0';
}

static bool
check_variable (const RulesVariable *variable, RulesError *error)
{
  size_t name_length = strlen (variable->name);
  size_t path_length = strlen (variable->path);

  if (strncmp (variable->name, "AWS.", 4) == 0)
    error_at (error, RULES_ERROR_TEMPLATE, variable->name, name_length, 0,
              "Choose a name without this beginning.",
              "InputPathsMap: the name %s begins with AWS., which is reserved", variable->name);
  else if (!is_name (variable->name))
    error_at (error, RULES_ERROR_TEMPLATE, variable->name, name_length, 0,
              "A name consists of letters, digits, _ and -.",
              "InputPathsMap: the name \"%s\" does not satisfy the pattern [A-Za-z0-9_-]+",
              variable->name);
  else if (name_length > TRANSFORM_MAX_NAME_CHARACTERS)
    error_at (error, RULES_ERROR_LIMIT, variable->name, name_length, 0, "",
              "InputPathsMap: a name of %zu characters; the limit is %u", name_length,
              TRANSFORM_MAX_NAME_CHARACTERS);
  else if (utf8_units (variable->path, path_length) > PATH_MAX_CHARACTERS)
    error_at (error, RULES_ERROR_LIMIT, variable->path, path_length, 0, "",
              "InputPathsMap: a path of %zu characters for %s; the limit is %u",
              utf8_units (variable->path, path_length), variable->name, PATH_MAX_CHARACTERS);
  else
    return true;
  transform_point_to_variable (variable->name, name_length, error);
  return false;
}

static bool
check_variables (Compiler *compiler)
{
  const RulesInput *input = compiler->input;

  if (input->n_variables > TRANSFORM_MAX_VARIABLES)
    {
      error_at (compiler->error, RULES_ERROR_LIMIT, "", 0, 0, "",
                "InputPathsMap with %zu entries; the limit is %u", input->n_variables,
                TRANSFORM_MAX_VARIABLES);
      error_pointer_append (compiler->error, "InputTransformer", 16);
      error_pointer_append (compiler->error, "InputPathsMap", 13);
      return false;
    }
  for (size_t i = 0; i < input->n_variables; i++)
    if (!check_variable (&input->variables[i], compiler->error))
      return false;
  return true;
}

static bool
has_name (const char *candidate, const char *name, size_t length)
{
  return strncmp (candidate, name, length) == 0 && candidate[length] == '\0';
}

static bool
refuse_placeholder (Compiler *compiler, size_t open, const char *name, size_t length)
{
  const char *target = compiler->input->target_id;

  error_at (compiler->error, RULES_ERROR_TEMPLATE, compiler->self->text, compiler->self->length,
            open,
            "InputPathsMap has no such name; predefined are aws.events.rule-arn, "
            "aws.events.rule-name, aws.events.event.ingestion-time, aws.events.event and "
            "aws.events.event.json",
            "InputTemplate%s%s contains invalid placeholder %.*s.", target ? " for target " : "",
            target ? target : "", (int) length, name);
  transform_point_to (compiler->self, compiler->error);
  return false;
}

/* False: no such name. */
static bool
look_up (const RulesInput *input, Variable *variable)
{
  for (size_t i = 0; i < N_PREDEFINED; i++)
    if (has_name (predefined[i].name, variable->name, variable->name_length))
      {
        variable->kind = predefined[i].kind;
        return true;
      }
  for (size_t i = input->n_variables; i-- > 0;)
    if (has_name (input->variables[i].name, variable->name, variable->name_length))
      {
        variable->kind = VARIABLE_PATH;
        variable->path_text = input->variables[i].path;
        return true;
      }
  return false;
}

/* Copies and compiles what look_up() found. */
static bool
take_path (Compiler *compiler, Variable *variable)
{
  const char *text = variable->path_text;
  RulesError why;

  if (!text)
    return true;
  variable->path_text = arena_copy (&compiler->self->arena, text, strlen (text));
  return variable->path_text
             ? transform_compile_path (compiler->self, variable, &why, compiler->error)
             : error_no_memory (compiler->error);
}

static bool
find_variable (Compiler *compiler, size_t open, size_t close, const Variable **out_variable)
{
  RulesTemplate *self = compiler->self;
  Variable variable = { .name = self->text + open + 1, .name_length = close - open - 1 };

  for (size_t i = 0; i < self->n_variables; i++)
    if (self->variables[i].name_length == variable.name_length &&
        memcmp (self->variables[i].name, variable.name, variable.name_length) == 0)
      {
        *out_variable = &self->variables[i];
        return true;
      }
  if (!look_up (compiler->input, &variable))
    return refuse_placeholder (compiler, open, variable.name, variable.name_length);
  if (!take_path (compiler, &variable))
    return false;
  self->variables[self->n_variables] = variable;
  *out_variable = &self->variables[self->n_variables++];
  return true;
}

/* ---- Pieces ---- */

/* The first < of a line and the first > after it, as the expression <(.*?)> finds them. */
static bool
next_placeholder (const Compiler *compiler, size_t from, size_t *out_open, size_t *out_close)
{
  const char *text = compiler->self->text;
  size_t open = SIZE_MAX;

  for (size_t i = from; i < compiler->end; i++)
    {
      if (text[i] == '\n' || text[i] == '\r')
        open = SIZE_MAX;
      else if (text[i] == '<' && open == SIZE_MAX)
        open = i;
      else if (text[i] == '>' && open != SIZE_MAX)
        {
          *out_open = open;
          *out_close = i;
          return true;
        }
    }
  return false;
}

static bool
colon_follows (const Compiler *compiler, size_t offset)
{
  const char *text = compiler->self->text;

  while (offset < compiler->end && is_space (text[offset]))
    offset++;
  return offset < compiler->end && text[offset] == ':';
}

/* Follows the quotes of a JSON template through literal text. */
static void
follow_quotes (Compiler *compiler, size_t start, size_t end)
{
  const char *text = compiler->self->text;

  for (size_t i = start; i < end; i++)
    {
      bool escape = text[i] == '\\' && compiler->in_string;

      if (escape)
        i++;
      if (escape || text[i] != '"')
        continue;
      if (compiler->in_string && compiler->in_this_string && colon_follows (compiler, i + 1))
        transform_note_flaw (compiler->self, FLAW_NAME, compiler->in_this_string->offset,
                             compiler->in_this_string->variable);
      compiler->in_string = !compiler->in_string;
      compiler->in_this_string = NULL;
    }
}

/* Whether a placeholder outside quotes stands alone between JSON's punctuation. */
static bool
touches_text (const Compiler *compiler, size_t open, size_t close)
{
  const char *text = compiler->self->text;
  char before = open > compiler->begin ? text[open - 1] : ' ';
  char after = close + 1 < compiler->end ? text[close + 1] : ' ';

  return !(is_space (before) || strchr ("[,:", before)) ||
         !(is_space (after) || strchr ("],}", after));
}

/* Where in a JSON template the placeholder of a piece stands, and what is wrong with that. */
static void
place_in_json (Compiler *compiler, Piece *piece, size_t close)
{
  RulesTemplate *self = compiler->self;

  follow_quotes (compiler, piece->start, piece->offset);
  piece->quoted = compiler->in_string;
  if (piece->quoted && !compiler->in_this_string)
    compiler->in_this_string = piece;
  if (piece->quoted)
    return;
  if (colon_follows (compiler, close + 1))
    transform_note_flaw (self, FLAW_NAME, piece->offset, piece->variable);
  piece->touches = touches_text (compiler, piece->offset, close);
  self->touches = self->touches || piece->touches;
}

static bool
is_event_variable (const Variable *variable)
{
  return variable->kind == VARIABLE_WHOLE_EVENT || variable->kind == VARIABLE_EVENT_WITHOUT_DETAIL;
}

static bool
compile_pieces (Compiler *compiler)
{
  RulesTemplate *self = compiler->self;
  size_t start = compiler->begin;
  size_t open, close;
  Piece *piece;

  while (next_placeholder (compiler, start, &open, &close))
    {
      piece = &self->pieces[self->n_pieces];
      piece->start = start;
      piece->length = open - start;
      piece->offset = open;
      piece->quoted = true;
      if (!find_variable (compiler, open, close, &piece->variable))
        return false;
      self->n_pieces++;
      if (self->kind == INPUT_JSON)
        place_in_json (compiler, piece, close);
      if (piece->quoted && is_event_variable (piece->variable))
        transform_note_flaw (self, FLAW_EVENT_IN_TEXT, open, piece->variable);
      start = close + 1;
    }
  piece = &self->pieces[self->n_pieces++];
  piece->start = start;
  piece->length = compiler->end - start;
  piece->offset = compiler->end;
  if (self->kind == INPUT_JSON)
    follow_quotes (compiler, start, compiler->end);
  return true;
}

/* From an offset in the skeleton, in which a placeholder is one byte, to that in the template. */
static void
note_skeleton_flaw (RulesTemplate *self, size_t offset)
{
  const Piece *piece = self->pieces;

  for (; piece->variable && offset > piece->length; piece++)
    offset -= piece->length + 1;
  transform_note_flaw (self, FLAW_JSON, piece->start + offset,
                       offset == piece->length ? piece->variable : NULL);
}

/* What stands around the placeholders must be JSON with a 1 for each, or with an x inside quotes.
 * If it is not, no values can make it JSON: in quotes they bring letters only, so an escape like
 * \<x> stays as broken as \x is; and where a number cannot stand no other value can.  If it is,
 * then any values make it JSON, unless they touch other text. */
static bool
check_skeleton (Compiler *compiler)
{
  RulesTemplate *self = compiler->self;
  RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  RulesBuffer skeleton = { .alloc = self->arena.alloc };
  RulesError json;
  bool ok = true;

  for (size_t i = 0; ok && i < self->n_pieces; i++)
    {
      const Piece *piece = &self->pieces[i];

      ok = buffer_append (&skeleton, self->text + piece->start, piece->length);
      if (ok && piece->variable)
        ok = buffer_append_char (&skeleton, piece->quoted ? 'x' : '1');
    }
  if (!ok)
    error_no_memory (compiler->error);
  else if (!rules_check_json (skeleton.data, skeleton.length, &limits, &json))
    {
      note_skeleton_flaw (self, json.offset);
      ok = transform_keep_flaw_detail (self, &json, compiler->error);
    }
  rules_buffer_clear (&skeleton);
  return ok;
}

/* A template of strings is JSON strings, a line each.  Nobody has recorded what EventBridge does
 * with one that is never closed; as nothing of it could be called a string, it is a flaw.  What
 * stands between strings is let be.
 *
 * The quotes are followed over the whole text, as a string may have a line break in it; the first
 * line that leaves one open is the one to blame. */
static void
check_strings (Compiler *compiler)
{
  RulesTemplate *self = compiler->self;
  size_t opened = 0, blamed = compiler->end;
  bool open = false;

  for (size_t i = compiler->begin; i < compiler->end; i++)
    if (self->text[i] == '\\' && open)
      i++;
    else if (self->text[i] == '"')
      {
        open = !open;
        opened = i;
      }
    else if (self->text[i] == '\n' && open && blamed == compiler->end)
      blamed = opened;
  if (open)
    transform_note_flaw (self, FLAW_OPEN_STRING, blamed < compiler->end ? blamed : opened, NULL);
}

/* ---- The template ---- */

static bool
check_template_text (Compiler *compiler)
{
  const RulesTemplate *self = compiler->self;
  RulesError *error = compiler->error;

  if (self->length == 0)
    error_at (error, RULES_ERROR_LIMIT, "", 0, 0, "",
              "an empty InputTemplate; it has from 1 to %u characters",
              TRANSFORM_MAX_INPUT_CHARACTERS);
  else if (!transform_check_length (self, "InputTemplate", TRANSFORM_MAX_INPUT_CHARACTERS, error))
    return false;
  else
    {
      size_t at = 0, n;

      while (at < self->length && (n = utf8_character (self->text + at, self->length - at)) > 0)
        at += n;
      if (at == self->length)
        return true;
      error_at (error, RULES_ERROR_TEMPLATE, self->text, self->length, at, "",
                "InputTemplate is not UTF-8");
    }
  transform_point_to (self, error);
  return false;
}

static InputKind
template_kind (char first)
{
  switch (first)
    {
    case '{':
    case '[':
      return INPUT_JSON;
    case '"':
      return INPUT_STRINGS;
    default:
      return INPUT_OTHER;
    }
}

static void
trim (Compiler *compiler)
{
  const RulesTemplate *self = compiler->self;

  compiler->end = self->length;
  while (compiler->begin < compiler->end && is_space (self->text[compiler->begin]))
    compiler->begin++;
  while (compiler->end > compiler->begin && is_space (self->text[compiler->end - 1]))
    compiler->end--;
}

/* Room for as many pieces and variables as the text can have. */
static bool
make_room (Compiler *compiler)
{
  RulesTemplate *self = compiler->self;
  size_t n_variables = compiler->input->n_variables + N_PREDEFINED;
  size_t n_placeholders = 0;

  for (size_t i = 0; i < self->length; i++)
    if (self->text[i] == '>')
      n_placeholders++;
  if (n_variables > n_placeholders)
    n_variables = n_placeholders;
  self->pieces = ARENA_ARRAY (&self->arena, Piece, n_placeholders + 1);
  self->variables = ARENA_ARRAY (&self->arena, Variable, n_variables);
  return self->pieces && self->variables ? true : error_no_memory (compiler->error);
}

bool
transform_compile_template (RulesTemplate *self, const RulesInput *input, RulesError *error)
{
  Compiler compiler = { .self = self, .input = input, .error = error };

  if (!check_variables (&compiler) ||
      !transform_take_text (self, INPUT_OTHER, input->input_template, error) ||
      !check_template_text (&compiler))
    return false;
  trim (&compiler);
  self->kind = template_kind (self->text[compiler.begin]);
  if (!make_room (&compiler) || !compile_pieces (&compiler))
    return false;
  if (self->kind == INPUT_STRINGS)
    check_strings (&compiler);
  if (self->kind == INPUT_OTHER)
    {
      self->flaw = FLAW_KIND;
      self->flaw_offset = compiler.begin;
    }
  return self->kind != INPUT_JSON || self->flaw != FLAW_NONE || check_skeleton (&compiler);
}

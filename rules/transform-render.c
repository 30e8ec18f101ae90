/* transform-render.c: what a target receives for one event.
 *
 * A template's result is JSON by construction: the text around its placeholders was checked when it
 * was compiled, a value outside quotes is a JSON value of the event, and one inside quotes may not
 * hold anything that JSON strings cannot.  Only where a placeholder touches other text (-<n>) the
 * result is checked as a whole.
 *
 * One pass over the event finds all values.  What a render needs for a moment is in an arena of its
 * own, from the allocator of the caller's buffer.
 */
#include "transform.h"

#include "error.h"
#include "json.h"
#include "skim.h"

#include <stdio.h>
#include <string.h>

typedef struct
{
  const RulesTemplate *self;
  const char *event;
  size_t length;
  const RulesContext *context;
  Arena *scratch;
  PathResult *results; /* of self->paths */
  RulesBuffer *out;
  size_t before; /* length of out at first */
  RulesError *error;
} Render;

/* What the predefined variables that are texts say; NULL: nothing, or another kind of variable. */
static const char *
context_text (const RulesContext *context, VariableKind kind)
{
  if (!context)
    return NULL;
  switch (kind)
    {
    case VARIABLE_RULE_NAME:
      return context->rule_name;
    case VARIABLE_RULE_ARN:
      return context->rule_arn;
    case VARIABLE_INGESTION_TIME:
      return context->ingestion_time;
    default:
      return NULL;
    }
}

/* NULL when the event has nothing for the variable. */
static const PathResult *
found_value (const Render *render, const Variable *variable)
{
  const PathResult *result;

  if (variable->kind != VARIABLE_PATH && variable->kind != VARIABLE_WHOLE_EVENT)
    return NULL;
  result = &render->results[variable->path_index];
  return result->found ? result : NULL;
}

/* ---- In the place of a JSON value ---- */

/* EventBridge's members of <aws.events.event>, in the order in which it was seen to give them. */
static const struct
{
  const char *name, *shown;
} envelope[] = {
  { "id", "\"id\"" },
  { "account", "\"account\"" },
  { "detail-type", "\"detailType\"" },
  { "time", "\"time\"" },
  { "source", "\"source\"" },
  { "region", "\"region\"" },
  { "resources", "\"resources\"" },
  { "version", "\"version\"" },
};

#define N_ENVELOPE (sizeof envelope / sizeof envelope[0])
#define LONGEST_NAME_BYTES 11u

static bool
is_text (const char *bytes, size_t length, const char *text)
{
  return length == strlen (text) && memcmp (bytes, text, length) == 0;
}

/* A member's index in the envelope; N_ENVELOPE: detail; more: none of EventBridge's. */
static size_t
envelope_index (const SkimChildren *member)
{
  size_t length = member->name_length - 2;
  char name[6 * LONGEST_NAME_BYTES]; /* if each character is an escape */

  if (length > sizeof name)
    return N_ENVELOPE + 1;
  length = json_decode (member->text + member->name + 1, length, name);
  for (size_t i = 0; i < N_ENVELOPE; i++)
    if (is_text (name, length, envelope[i].name))
      return i;
  return is_text (name, length, "detail") ? N_ENVELOPE : N_ENVELOPE + 1;
}

static bool
append_member (RulesBuffer *out, bool *first, const char *name, size_t length, PathValue value)
{
  bool ok = *first || buffer_append_char (out, ',');

  *first = false;
  return ok && buffer_append (out, name, length) && buffer_append_char (out, ':') &&
         buffer_append (out, value.text, value.length);
}

static bool
append_envelope (RulesBuffer *out, bool *first, const PathValue *values)
{
  for (size_t i = 0; i < N_ENVELOPE; i++)
    {
      const char *name = envelope[i].shown;

      if (values[i].text && !append_member (out, first, name, strlen (name), values[i]))
        return false;
    }
  return true;
}

/* <aws.events.event>: the envelope, then what else the event has, but not its detail. */
static bool
append_event_without_detail (RulesBuffer *out, PathValue event)
{
  PathValue values[N_ENVELOPE] = { { NULL, 0 } };
  SkimChildren members;
  bool first = true;
  bool ok = buffer_append_char (out, '{');

  /* Twice over the members: the envelope's come first, and the last of those with one name. */
  for (int pass = 0; ok && pass < 2 && event.text[0] == '{'; pass++)
    {
      skim_open (&members, event.text, event.length, 0);
      while (ok && skim_next (&members))
        {
          size_t end = skim_value (event.text, event.length, members.at);
          size_t index = envelope_index (&members);
          PathValue value = { event.text + members.at, end - members.at };

          members.at = end;
          if (end == SKIM_BROKEN)
            break;
          if (pass == 0 && index < N_ENVELOPE)
            values[index] = value;
          else if (pass == 1 && index > N_ENVELOPE)
            ok = append_member (out, &first, event.text + members.name, members.name_length, value);
        }
      if (pass == 0)
        ok = ok && append_envelope (out, &first, values);
    }
  return ok && buffer_append_char (out, '}');
}

static bool
append_json (Render *render, const Variable *variable)
{
  const PathResult *found = found_value (render, variable);
  const char *text = context_text (render->context, variable->kind);

  if (variable->kind == VARIABLE_EVENT_WITHOUT_DETAIL)
    return append_event_without_detail (render->out,
                                        render->results[variable->path_index].values[0]);
  if (found)
    return path_result_append (found, render->out);
  text = text ? text : "";
  return buffer_append_json_string (render->out, text, strlen (text));
}

/* ---- Inside quotes ---- */

static bool
append_decoded (RulesBuffer *out, PathValue string)
{
  if (!buffer_reserve (out, string.length))
    return false;
  out->length += json_decode (string.text + 1, string.length - 2, out->data + out->length);
  return true;
}

/* A JSON string with no more escapes than JSON needs. */
static bool
append_respelled (Render *render, PathValue string)
{
  char *decoded;
  size_t length;

  if (!memchr (string.text, '\\', string.length))
    return buffer_append (render->out, string.text, string.length);
  decoded = arena_take (render->scratch, string.length);
  if (!decoded)
    return false;
  length = json_decode (string.text + 1, string.length - 2, decoded);
  return buffer_append_json_string (render->out, decoded, length);
}

static bool
ends_run (char byte)
{
  return byte == '"' || byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* The value without the white space between its tokens. */
static bool
append_compact (Render *render, PathValue value)
{
  const char *text = value.text;
  size_t at = 0;
  bool ok = true;

  while (ok && (at = skim_space (text, value.length, at)) < value.length)
    {
      size_t start = at;

      if (text[at] == '"')
        {
          at = skim_string (text, value.length, at);
          ok = append_respelled (render, (PathValue){ text + start, at - start });
          continue;
        }
      while (at < value.length && !ends_run (text[at]))
        at++;
      ok = buffer_append (render->out, text + start, at - start);
    }
  return ok;
}

static void
remove_quotes (RulesBuffer *out, size_t start)
{
  size_t kept = start;

  for (size_t i = start; i < out->length; i++)
    if (out->data[i] != '"')
      out->data[kept++] = out->data[i];
  out->length = kept;
}

static bool
is_structure (const PathResult *found)
{
  return found->is_array || found->values[0].text[0] == '{' || found->values[0].text[0] == '[';
}

static bool
append_structure (Render *render, const PathResult *found)
{
  size_t start = render->out->length;
  bool ok = !found->is_array || buffer_append_char (render->out, '[');

  for (size_t i = 0; ok && i < found->n_values; i++)
    ok = (i == 0 || buffer_append_char (render->out, ',')) &&
         append_compact (render, found->values[i]);
  ok = ok && (!found->is_array || buffer_append_char (render->out, ']'));
  if (ok && render->self->kind == INPUT_STRINGS)
    remove_quotes (render->out, start);
  return ok;
}

static bool
append_text (Render *render, const Variable *variable)
{
  const PathResult *found = found_value (render, variable);
  const char *text = context_text (render->context, variable->kind);

  if (text)
    return buffer_append_string (render->out, text);
  if (!found)
    return true;
  if (is_structure (found))
    return append_structure (render, found);
  if (found->values[0].text[0] == '"')
    return append_decoded (render->out, found->values[0]);
  return buffer_append (render->out, found->values[0].text, found->values[0].length);
}

/* ---- Pieces ---- */

/* NULL: no array or object. */
static const char *
describe (const PathResult *found)
{
  if (!found || !is_structure (found))
    return NULL;
  return found->is_array || found->values[0].text[0] == '[' ? "an array" : "an object";
}

static bool
refuse_quoted (Render *render, const Piece *piece, unsigned char byte)
{
  const RulesTemplate *self = render->self;
  const Variable *variable = piece->variable;
  const char *structure = describe (found_value (render, variable));
  char what[96];
  unsigned line, column;

  if (structure)
    snprintf (what, sizeof what, "is %s: its own quotes break the JSON", structure);
  else if (byte < 0x20)
    snprintf (what, sizeof what, "has a control character (U+%04X) in it, which is not escaped",
              byte);
  else
    snprintf (what, sizeof what, "has a %c in it, which is not escaped", byte);
  transform_render_error (self, piece->offset, render->error);
  rules_text_position (self->text, self->length, piece->offset, &line, &column);
  error_hint (
      render->error,
      "The value of <%.*s> at line %u, column %u, inside quotes, %s; take the quotes away to "
      "get a JSON value",
      transform_shown_length (variable), variable->name, line, column, what);
  return false;
}

/* Inside quotes of a JSON template a value must not end the string or begin an escape. */
static bool
check_quoted (Render *render, const Piece *piece, size_t start)
{
  const RulesBuffer *out = render->out;

  for (size_t i = start; i < out->length; i++)
    {
      unsigned char byte = (unsigned char) out->data[i];

      if (byte < 0x20 || byte == '"' || byte == '\\')
        return refuse_quoted (render, piece, byte);
    }
  return true;
}

static bool
check_output_bytes (Render *render, size_t offset)
{
  const RulesTemplate *self = render->self;

  if (render->out->length - render->before <= self->max_output_bytes)
    return true;
  error_at (render->error, RULES_ERROR_LIMIT, self->text, self->length, offset,
            "Take less of the event into the template, or raise the limit.",
            "the template makes more than %zu bytes of this event", self->max_output_bytes);
  transform_point_to (self, render->error);
  return false;
}

static bool
render_piece (Render *render, const Piece *piece)
{
  const RulesTemplate *self = render->self;
  size_t start;

  if (!buffer_append (render->out, self->text + piece->start, piece->length))
    return error_no_memory (render->error);
  if (!piece->variable)
    return check_output_bytes (render, piece->start);
  start = render->out->length;
  if (!(piece->quoted ? append_text (render, piece->variable)
                      : append_json (render, piece->variable)))
    return error_no_memory (render->error);
  if (self->kind == INPUT_JSON && piece->quoted && !check_quoted (render, piece, start))
    return false;
  return check_output_bytes (render, piece->offset);
}

/* Only for templates in which placeholders touch other text. */
static bool
check_result (Render *render)
{
  const RulesTemplate *self = render->self;
  const Piece *piece = self->pieces;
  RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  unsigned line, column;

  if (rules_check_json (render->out->data + render->before, render->out->length - render->before,
                        &limits, NULL))
    return true;
  while (!piece->touches)
    piece++;
  transform_render_error (self, piece->offset, render->error);
  rules_text_position (self->text, self->length, piece->offset, &line, &column);
  error_hint (
      render->error,
      "<%.*s> at line %u, column %u touches other text outside quotes, which together is not "
      "JSON",
      transform_shown_length (piece->variable), piece->variable->name, line, column);
  return false;
}

static bool
render_template (Render *render)
{
  const RulesTemplate *self = render->self;

  for (size_t i = 0; i < self->n_pieces; i++)
    if (!render_piece (render, &self->pieces[i]))
      return false;
  return !self->touches || check_result (render);
}

static bool
render_path (Render *render)
{
  if (render->results[0].found)
    return path_result_append (&render->results[0], render->out) || error_no_memory (render->error);
  transform_render_error (render->self, 0, render->error);
  error_hint (render->error, "The path %s finds nothing in this event", render->self->text);
  return false;
}

static bool
render_event (Render *render)
{
  const RulesTemplate *self = render->self;

  render->results = ARENA_ARRAY (render->scratch, PathResult, self->n_paths);
  if (!render->results)
    return error_no_memory (render->error);
  if (self->n_paths > 0 && !path_find (self->paths, self->n_paths, render->event, render->length,
                                       render->scratch, render->results, render->error))
    return false;
  return self->kind == INPUT_PATH ? render_path (render) : render_template (render);
}

bool
rules_template_render (const RulesTemplate *template_,
                       const char *event,
                       size_t length,
                       const RulesContext *context,
                       RulesBuffer *out,
                       RulesError *error)
{
  Arena scratch;
  Render render = { .self = template_,
                    .event = event,
                    .length = length,
                    .context = context,
                    .scratch = &scratch,
                    .out = out,
                    .before = out->length,
                    .error = error };
  bool ok;

  if (template_->flaw != FLAW_NONE)
    return transform_flaw_error (template_, error);
  if (template_->kind == INPUT_EVENT)
    return buffer_append (out, event, length) || error_no_memory (error);
  if (template_->kind == INPUT_CONSTANT)
    return buffer_append (out, template_->text, template_->length) || error_no_memory (error);
  arena_init (&scratch, out->alloc);
  ok = render_event (&render);
  arena_clear (&scratch);
  if (!ok)
    out->length = render.before;
  return ok;
}

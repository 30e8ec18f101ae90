/* transform-render.c: what a target receives for one event.
 *
 * A template's result is JSON by construction: the text around its placeholders was checked when it
 * was compiled, a value outside quotes is a JSON value of the event, and one inside quotes may not
 * hold anything that JSON strings cannot.  Only where a placeholder touches other text (-<n>) the
 * result is checked as a whole.
 *
 * Each variable is evaluated once a render, when it is first needed.  What a render needs for a
 * moment is in an arena of its own, from the allocator of the caller's buffer.
 */
#include "transform.h"

#include "error.h"

#include <stdio.h>
#include <string.h>

typedef enum
{
  VALUE_UNKNOWN, /* not evaluated yet */
  VALUE_MISSING,
  VALUE_FOUND, /* in the event */
  VALUE_TEXT,
  VALUE_EVENT_WITHOUT_DETAIL,
} ValueKind;

typedef struct
{
  ValueKind kind;
  PathResult found;
  const char *text;
} Value;

typedef struct
{
  const RulesTemplate *self;
  const char *event;
  const JsonNode *root;
  const RulesContext *context;
  Arena *scratch;
  Value *values; /* one for each of self->variables */
  RulesBuffer *out;
  size_t before; /* length of out at first */
  RulesError *error;
} Render;

/* ---- Values ---- */

static bool
set_text (Value *value, const char *text)
{
  value->kind = text ? VALUE_TEXT : VALUE_MISSING;
  value->text = text;
  return true;
}

/* False: no memory. */
static bool
evaluate (Render *render, const Variable *variable, Value *value)
{
  static const RulesContext nothing = { NULL, NULL, NULL };
  static const Path whole = { NULL, 0 };
  const RulesContext *context = render->context ? render->context : &nothing;
  const Path *path = &whole;

  switch (variable->kind)
    {
    case VARIABLE_RULE_NAME:
      return set_text (value, context->rule_name);
    case VARIABLE_RULE_ARN:
      return set_text (value, context->rule_arn);
    case VARIABLE_INGESTION_TIME:
      return set_text (value, context->ingestion_time);
    case VARIABLE_EVENT_WITHOUT_DETAIL:
      value->kind = VALUE_EVENT_WITHOUT_DETAIL;
      return true;
    case VARIABLE_BAD_PATH:
      value->kind = VALUE_MISSING;
      return true;
    case VARIABLE_PATH:
      path = &variable->path;
      break;
    case VARIABLE_WHOLE_EVENT:
      break;
    }
  if (!path_find (path, render->root, render->scratch, &value->found))
    return false;
  value->kind = value->found.found ? VALUE_FOUND : VALUE_MISSING;
  return true;
}

/* ---- In the place of a JSON value ---- */

static bool
append_member (Render *render, const char *name, const JsonNode *value, bool *first)
{
  bool ok = *first || buffer_append_char (render->out, ',');

  *first = false;
  return ok && buffer_append_char (render->out, '"') && buffer_append_string (render->out, name) &&
         buffer_append_string (render->out, "\":") &&
         buffer_append (render->out, render->event + value->start, value->length);
}

/* A member that EventBridge's envelope does not have, its name spelled as in the event. */
static bool
append_other_member (Render *render, const JsonNode *member, bool *first)
{
  bool ok = *first || buffer_append_char (render->out, ',');

  *first = false;
  return ok &&
         buffer_append (render->out, render->event + member->name_start, member->name_length) &&
         buffer_append_char (render->out, ':') &&
         buffer_append (render->out, render->event + member->start, member->length);
}

static bool
is_named (const JsonNode *member, const char *name)
{
  return member->n_name == strlen (name) && memcmp (member->name, name, member->n_name) == 0;
}

/* <aws.events.event>, in the order in which EventBridge was seen to give it. */
static bool
append_event_without_detail (Render *render)
{
  static const struct
  {
    const char *name, *shown;
  } members[] = {
    { "id", "id" },
    { "account", "account" },
    { "detail-type", "detailType" },
    { "time", "time" },
    { "source", "source" },
    { "region", "region" },
    { "resources", "resources" },
    { "version", "version" },
  };
  const size_t n_members = sizeof members / sizeof members[0];
  bool first = true;
  bool ok = buffer_append_char (render->out, '{');

  for (size_t i = 0; ok && i < n_members; i++)
    {
      const JsonNode *member = json_member (render->root, members[i].name,
                                            strlen (members[i].name));

      if (member)
        ok = append_member (render, members[i].shown, member, &first);
    }
  if (render->root->type == RULES_JSON_OBJECT)
    for (const JsonNode *member = render->root->child; ok && member; member = member->next)
      {
        bool known = is_named (member, "detail");

        for (size_t i = 0; !known && i < n_members; i++)
          known = is_named (member, members[i].name);
        if (!known)
          ok = append_other_member (render, member, &first);
      }
  return ok && buffer_append_char (render->out, '}');
}

static bool
append_json (Render *render, const Value *value)
{
  switch (value->kind)
    {
    case VALUE_FOUND:
      return path_result_append (&value->found, render->event, render->out);
    case VALUE_TEXT:
      return buffer_append_json_string (render->out, value->text, strlen (value->text));
    case VALUE_EVENT_WITHOUT_DETAIL:
      return append_event_without_detail (render);
    default:
      return buffer_append_string (render->out, "\"\"");
    }
}

/* ---- Inside quotes ---- */

static bool
append_scalar (RulesBuffer *out, const JsonNode *node)
{
  switch (node->type)
    {
    case RULES_JSON_NULL:
      return buffer_append_string (out, "null");
    case RULES_JSON_FALSE:
      return buffer_append_string (out, "false");
    case RULES_JSON_TRUE:
      return buffer_append_string (out, "true");
    case RULES_JSON_NUMBER:
      return buffer_append (out, node->bytes, node->n_bytes);
    default:
      return buffer_append_json_string (out, node->bytes, node->n_bytes);
    }
}

static bool
is_container (const JsonNode *node)
{
  return node->type == RULES_JSON_ARRAY || node->type == RULES_JSON_OBJECT;
}

static bool
append_opening (RulesBuffer *out, const JsonNode *node, const JsonNode *top)
{
  if (node != top && node->name)
    if (!buffer_append_json_string (out, node->name, node->n_name) ||
        !buffer_append_char (out, ':'))
      return false;
  if (!is_container (node))
    return append_scalar (out, node);
  return buffer_append_char (out, node->type == RULES_JSON_ARRAY ? '[' : '{');
}

static bool
append_closing (RulesBuffer *out, const JsonNode *node)
{
  return !is_container (node) ||
         buffer_append_char (out, node->type == RULES_JSON_ARRAY ? ']' : '}');
}

/* The value without white space, its strings with no more escapes than JSON needs.  Goes along the
 * tree's links instead of recursing, since events may be deep. */
static bool
append_compact (RulesBuffer *out, const JsonNode *top)
{
  const JsonNode *node = top;

  for (;;)
    {
      if (!append_opening (out, node, top))
        return false;
      if (is_container (node) && node->child)
        {
          node = node->child;
          continue;
        }
      if (!append_closing (out, node))
        return false;
      while (node != top && !node->next)
        {
          node = node->parent;
          if (!append_closing (out, node))
            return false;
        }
      if (node == top)
        return true;
      node = node->next;
      if (!buffer_append_char (out, ','))
        return false;
    }
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
  return found->is_array || is_container (found->nodes[0]);
}

static bool
append_structure (RulesBuffer *out, const PathResult *found)
{
  bool ok = true;

  if (!found->is_array)
    return append_compact (out, found->nodes[0]);
  ok = buffer_append_char (out, '[');
  for (size_t i = 0; ok && i < found->n_nodes; i++)
    ok = (i == 0 || buffer_append_char (out, ',')) && append_compact (out, found->nodes[i]);
  return ok && buffer_append_char (out, ']');
}

static bool
append_text (Render *render, const Value *value)
{
  RulesBuffer *out = render->out;
  size_t start = out->length;

  if (value->kind == VALUE_TEXT)
    return buffer_append_string (out, value->text);
  if (value->kind != VALUE_FOUND)
    return true;
  if (!is_structure (&value->found))
    {
      const JsonNode *node = value->found.nodes[0];

      return node->type == RULES_JSON_STRING ? buffer_append (out, node->bytes, node->n_bytes)
                                             : append_scalar (out, node);
    }
  if (!append_structure (out, &value->found))
    return false;
  if (render->self->kind == INPUT_STRINGS)
    remove_quotes (out, start);
  return true;
}

/* ---- Pieces ---- */

static const char *
describe (const Value *value)
{
  if (value->kind != VALUE_FOUND || !is_structure (&value->found))
    return NULL;
  if (value->found.is_array || value->found.nodes[0]->type == RULES_JSON_ARRAY)
    return "an array";
  return "an object";
}

static bool
refuse_quoted (Render *render, const Piece *piece, const Value *value, unsigned char byte)
{
  const RulesTemplate *self = render->self;
  const Variable *variable = piece->variable;
  const char *structure = describe (value);
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
check_quoted (Render *render, const Piece *piece, const Value *value, size_t start)
{
  const RulesBuffer *out = render->out;

  for (size_t i = start; i < out->length; i++)
    {
      unsigned char byte = (unsigned char) out->data[i];

      if (byte < 0x20 || byte == '"' || byte == '\\')
        return refuse_quoted (render, piece, value, byte);
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
  Value *value;
  size_t start;

  if (!buffer_append (render->out, self->text + piece->start, piece->length))
    return error_no_memory (render->error);
  if (!piece->variable)
    return check_output_bytes (render, piece->start);
  value = &render->values[piece->variable - self->variables];
  if (value->kind == VALUE_UNKNOWN && !evaluate (render, piece->variable, value))
    return error_no_memory (render->error);
  start = render->out->length;
  if (!(piece->quoted ? append_text (render, value) : append_json (render, value)))
    return error_no_memory (render->error);
  if (self->kind == INPUT_JSON && piece->quoted && !check_quoted (render, piece, value, start))
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

  render->values = ARENA_ARRAY (render->scratch, Value, self->n_variables);
  if (!render->values)
    return error_no_memory (render->error);
  for (size_t i = 0; i < self->n_pieces; i++)
    if (!render_piece (render, &self->pieces[i]))
      return false;
  return !self->touches || check_result (render);
}

static bool
render_path (Render *render)
{
  const RulesTemplate *self = render->self;
  PathResult found;

  if (!path_find (&self->variables->path, render->root, render->scratch, &found))
    return error_no_memory (render->error);
  if (found.found)
    return path_result_append (&found, render->event, render->out) ||
           error_no_memory (render->error);
  transform_render_error (self, 0, render->error);
  error_hint (render->error, "The path %s finds nothing in this event", self->text);
  return false;
}

static bool
render_parsed (Render *render, size_t length)
{
  RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };

  if (!json_parse (render->event, length, &limits, render->scratch, &render->root, render->error))
    return false;
  return render->self->kind == INPUT_PATH ? render_path (render) : render_template (render);
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
  ok = render_parsed (&render, length);
  arena_clear (&scratch);
  if (!ok)
    out->length = render.before;
  return ok;
}

/* transform.h: the compiled form of a target's input, made by transform.c and
 * transform-template.c, filled in by transform-render.c.  All are behind rules.h; nothing else
 * needs this.
 *
 * A template is a chain of pieces: literal text, then a placeholder.  Whether a placeholder stands
 * in quotes is known once and for all, since values can never open or close any: see
 * transform-render.c.
 */
#pragma once

#include "memory.h"
#include "path.h"
#include "rules.h"

#define TRANSFORM_MAX_INPUT_CHARACTERS 8192u
#define TRANSFORM_MAX_VARIABLES 100u
#define TRANSFORM_MAX_NAME_CHARACTERS 256u
#define TRANSFORM_MAX_OUTPUT_BYTES ((size_t) 16 * 1024 * 1024)

typedef enum
{
  INPUT_EVENT, /* nothing set: the whole event */
  INPUT_CONSTANT,
  INPUT_PATH,
  INPUT_JSON,    /* a template that begins with { or [ */
  INPUT_STRINGS, /* a template that begins with " */
  INPUT_OTHER,   /* a template that is neither: never delivered */
} InputKind;

typedef enum
{
  VARIABLE_PATH,
  VARIABLE_BAD_PATH, /* not understood: finds nothing */
  VARIABLE_RULE_NAME,
  VARIABLE_RULE_ARN,
  VARIABLE_INGESTION_TIME,
  VARIABLE_EVENT_WITHOUT_DETAIL,
  VARIABLE_WHOLE_EVENT,
} VariableKind;

typedef struct
{
  VariableKind kind;
  const char *name; /* without the angle brackets; not terminated */
  size_t name_length;
  const char *path_text;
  Path path;         /* of the kinds that take something from the event */
  size_t path_index; /* in RulesTemplate.paths */
} Variable;

/* Literal text, and what follows it. */
typedef struct
{
  size_t start, length;     /* of the literal, in the template's text */
  size_t offset;            /* of the placeholder's < */
  const Variable *variable; /* NULL: the last piece */
  bool quoted;
  bool touches; /* other text than JSON's punctuation, outside quotes: 1<x>, <x><y> */
} Piece;

/* Why no event at all can be rendered. */
typedef enum
{
  FLAW_NONE,
  FLAW_BAD_PATH,      /* InputPath is not understood */
  FLAW_KIND,          /* INPUT_OTHER */
  FLAW_NAME,          /* a placeholder stands where a member's name must */
  FLAW_EVENT_IN_TEXT, /* <aws.events.event> or <aws.events.event.json> is no JSON value of its own
                       */
  FLAW_JSON,          /* the text around the placeholders is not JSON */
  FLAW_OPEN_STRING,   /* a template of strings has one that is never closed */
} FlawKind;

struct RulesTemplate
{
  Arena arena; /* all that the pointers below point to */
  InputKind kind;
  char *text; /* the constant, path or template; NULL for the whole event */
  size_t length;
  size_t max_output_bytes;

  Variable *variables; /* those that the template uses; INPUT_PATH: the one path */
  size_t n_variables;
  const Path **paths; /* of the variables; all are evaluated in one pass */
  size_t n_paths;
  Piece *pieces;
  size_t n_pieces;
  bool touches; /* one of the pieces does */

  FlawKind flaw;
  size_t flaw_offset;
  const Variable *flaw_variable; /* FLAW_NAME, FLAW_EVENT_IN_TEXT; FLAW_JSON or NULL */
  const char *flaw_detail;       /* FLAW_BAD_PATH, FLAW_JSON */
};

/* ---- transform.c, for the other two ---- */

/* How many characters of its name a hint shows. */
int transform_shown_length (const Variable *variable);

/* Fills error with the flaw, which there must be; returns false. */
bool transform_flaw_error (const RulesTemplate *self, RulesError *error);

/* Fills error with RULES_ERROR_RENDER at a place of the input's text, in EventBridge's words;
 * returns false. */
bool transform_render_error (const RulesTemplate *self, size_t offset, RulesError *error);

/* Sets the error's pointer: "/InputPath", "/InputTransformer/InputTemplate" …, after the kind of
 * input. */
void transform_point_to (const RulesTemplate *self, RulesError *error);
void transform_point_to_variable (const char *name, size_t length, RulesError *error);

/* Keeps the flaw unless there is one already: the first is the one to tell. */
void
transform_note_flaw (RulesTemplate *self, FlawKind flaw, size_t offset, const Variable *variable);
bool transform_keep_flaw_detail (RulesTemplate *self, const RulesError *detail, RulesError *error);

bool transform_take_text (RulesTemplate *self, InputKind kind, const char *text, RulesError *error);
bool transform_check_length (const RulesTemplate *self,
                             const char *what,
                             size_t limit,
                             RulesError *error);

/* Compiles variable->path_text.  One that is not understood is no failure, since EventBridge does
 * not look at paths before it uses them: the variable becomes VARIABLE_BAD_PATH and out_why is
 * filled. */
bool transform_compile_path (RulesTemplate *self,
                             Variable *variable,
                             RulesError *out_why,
                             RulesError *error);

/* ---- transform-template.c ---- */

bool transform_compile_template (RulesTemplate *self, const RulesInput *input, RulesError *error);

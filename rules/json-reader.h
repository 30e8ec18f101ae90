/* json-reader.h: JsonReader gives a JSON text's tokens one after the other.
 *
 * It is the only code that knows JSON's grammar, and it goes through the text in the very order in
 * which EventBridge's parser (Jackson) does, because an error message tells how far that had come:
 *
 * - a string is checked only when it is finished, which the token after it does at the latest;
 * - with a member's name come the colon and the first look at the value.
 *
 * No recursion, no allocation.  Offsets and lengths are bytes.  One thread at a time.
 */
#pragma once

#include "rules.h"

/* The deepest nesting that the reader follows whatever the limits say: EventBridge's own. */
#define JSON_MAX_DEPTH 1000u

typedef enum
{
  JSON_TOKEN_END, /* of the text, outside any value */
  JSON_TOKEN_OBJECT,
  JSON_TOKEN_OBJECT_END,
  JSON_TOKEN_ARRAY,
  JSON_TOKEN_ARRAY_END,
  JSON_TOKEN_NAME,
  JSON_TOKEN_STRING,
  JSON_TOKEN_NUMBER,
  JSON_TOKEN_TRUE,
  JSON_TOKEN_FALSE,
  JSON_TOKEN_NULL,
} JsonToken;

/* What is wrong with the text; JsonReader.fault_offset says where. */
typedef enum
{
  JSON_FAULT_NONE,
  JSON_FAULT_END_OPEN,        /* the text ends inside an object or array */
  JSON_FAULT_END_AFTER_COMMA, /* … after a comma or where a value must come */
  JSON_FAULT_END_IN_NAME,
  JSON_FAULT_END_IN_STRING,
  JSON_FAULT_END_IN_ESCAPE,
  JSON_FAULT_END_IN_NUMBER,
  JSON_FAULT_CLOSER, /* } where ] must come, or the reverse, or neither is open */
  JSON_FAULT_COMMA,  /* something else than a comma between entries */
  JSON_FAULT_COLON,
  JSON_FAULT_NAME,  /* something else than a name in an object */
  JSON_FAULT_VALUE, /* something that begins no value */
  JSON_FAULT_COMMENT,
  JSON_FAULT_SPACE,        /* a control character or the like between tokens */
  JSON_FAULT_TOKEN,        /* a word that is not true, false or null */
  JSON_FAULT_NOT_A_NUMBER, /* the word NaN, Infinity or the like */
  JSON_FAULT_PLUS,
  JSON_FAULT_MINUS, /* no digit after - */
  JSON_FAULT_LEADING_ZERO,
  JSON_FAULT_FRACTION,   /* no digit after . */
  JSON_FAULT_EXPONENT,   /* no digit after e */
  JSON_FAULT_ROOT_SPACE, /* a number of the top level runs into something else */
  JSON_FAULT_CONTROL,    /* a control character in a string */
  JSON_FAULT_ESCAPE,
  JSON_FAULT_HEX,
  JSON_FAULT_UTF8,
  JSON_FAULT_DEPTH,
  JSON_FAULT_TRAILING, /* text after the value; only json_parse() looks for it */
} JsonFault;

typedef struct
{
  const char *text;
  size_t length;
  size_t position; /* first byte not yet read: Jackson's location after the token */
  unsigned depth, max_depth;

  size_t start; /* of the current token's own text */
  size_t end;   /* behind it; of a string only once it is finished */
  bool escaped; /* a finished string or name has escapes in it */

  JsonFault fault;
  size_t fault_offset; /* the byte that is wrong, or the length of the text */
  size_t fault_start;  /* the first byte of the token that it is in */
  bool reading_name;   /* the string last read is a member's name */

  /* Private. */
  JsonToken token, ahead;
  size_t ahead_start, ahead_end;
  bool has_ahead, open_string, want_comma;
  uint64_t objects[JSON_MAX_DEPTH / 64 + 1]; /* a bit a level: object or array */
} JsonReader;

/* max_depth 0 means 64; more than JSON_MAX_DEPTH means that. */
void json_reader_init (JsonReader *reader, const char *text, size_t length, unsigned max_depth);

/* The next token; false when there is a fault. */
bool json_reader_next (JsonReader *reader, JsonToken *out_token);

/* Reads the current string to its closing quote; nothing to do for other tokens.  From here on
 * position is behind the quote. */
bool json_reader_finish (JsonReader *reader);

/* Reads over the array or object that the current token opens, closer included. */
bool json_reader_skip (JsonReader *reader);

/* Where the innermost array or object that is open begins, and whether it is an object.  Reads the
 * text again from the start: for error messages.  False at the top level. */
bool json_reader_open_container (const JsonReader *reader, size_t *out_start, bool *out_object);

/* Fills error (which may be NULL) with the fault in plain words; returns false. */
bool json_reader_error (const JsonReader *reader, RulesError *error);

/* How many of these bytes make one word: letters, digits and what else Java has in identifiers. */
size_t json_word_length (const char *text, size_t length);

/* jackson.c: JSON mistakes in Jackson's words, and EventBridge's message around any mistake.
 *
 * Two of Jackson's messages quote the text's position within the sentence.  RulesError.reason has
 * no room for that, so it says SOURCE_STANDS_HERE there, and rules_error_eventbridge() puts it in.
 */
#include "jackson.h"

#include "error.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

#define SOURCE_STANDS_HERE "[Source: (String)…;"

/* How much of the text Jackson quotes, in UTF-16 units. */
#define QUOTED_UNITS 500u

/* Jackson gives up on a word after this many units. */
#define MAX_WORD_UNITS 256u

static const char values[] =
    "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

void
jackson_position (const char *text,
                  size_t length,
                  size_t offset,
                  unsigned *out_line,
                  unsigned *out_column)
{
  size_t end = offset < length ? offset : length;
  size_t line_start = 0;
  unsigned line = 1;

  for (size_t i = 0; i < end; i++)
    if (text[i] == '\n' || (text[i] == '\r' && !(i + 1 < end && text[i + 1] == '\n')))
      {
        line++;
        line_start = i + 1;
      }
  *out_line = line;
  *out_column = (unsigned) utf8_units (text + line_start, end - line_start) + 1;
}

/* The unit at an offset: the first surrogate of a character outside the Basic Multilingual Plane.
 */
static unsigned
unit_at (const JsonReader *reader, size_t offset)
{
  const char *at = reader->text + offset;
  size_t n = utf8_character (at, reader->length - offset);
  uint32_t code;

  if (n == 0)
    return 0xFFFD;
  code = utf8_decode (at, n);
  return code < 0x10000 ? code : 0xD800 + ((code - 0x10000) >> 10);
}

/* "'x' (code 120)" */
static void
describe_unit (unsigned unit, char *out, size_t size)
{
  char bytes[4];
  int n = (int) utf8_encode (unit >= 0xD800 && unit < 0xE000 ? '?' : unit, bytes);

  if (unit < 0x20 || (unit >= 0x7F && unit < 0xA0))
    snprintf (out, size, "(CTRL-CHAR, code %u)", unit);
  else if (unit > 255)
    snprintf (out, size, "'%.*s' (code %u / 0x%x)", n, bytes, unit, unit);
  else
    snprintf (out, size, "'%.*s' (code %u)", n, bytes, unit);
}

/* What is said after "Unexpected character". */
static const char *
expectation (const JsonReader *reader)
{
  bool object = false;
  size_t start = 0;

  switch (reader->fault)
    {
    case JSON_FAULT_COMMA:
      json_reader_open_container (reader, &start, &object);
      return object ? ": was expecting comma to separate Object entries"
                    : ": was expecting comma to separate Array entries";
    case JSON_FAULT_COLON:
      return ": was expecting a colon to separate field name and value";
    case JSON_FAULT_NAME:
      return ": was expecting double-quote to start field name";
    case JSON_FAULT_VALUE:
      return ": expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' "
             "or "
             "'false')";
    case JSON_FAULT_COMMENT:
      return ": maybe a (non-standard) comment? (not recognized as one since Feature "
             "'ALLOW_COMMENTS' "
             "not enabled for parser)";
    case JSON_FAULT_ROOT_SPACE:
      return ": Expected space separating root-level values";
    case JSON_FAULT_HEX:
      return ": expected a hex-digit for character escape sequence";
    case JSON_FAULT_PLUS:
      return " in numeric value: JSON spec does not allow numbers to have plus signs: enable "
             "`JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow";
    case JSON_FAULT_MINUS:
      return " in numeric value: expected digit (0-9) to follow minus sign, for valid numeric "
             "value";
    case JSON_FAULT_FRACTION:
      return " in numeric value: Decimal point not followed by a digit";
    case JSON_FAULT_EXPONENT:
      return " in numeric value: Exponent indicator not followed by a digit";
    default:
      return "";
    }
}

static const char *
end_of_input (const JsonReader *reader)
{
  bool object = false;
  size_t start = 0;

  switch (reader->fault)
    {
    case JSON_FAULT_END_IN_NAME:
      return " in field name";
    case JSON_FAULT_END_IN_STRING:
      return ": was expecting closing quote for a string value";
    case JSON_FAULT_END_IN_ESCAPE:
      return " in character escape sequence";
    case JSON_FAULT_END_IN_NUMBER:
      return reader->length > 0 && reader->text[reader->length - 1] == '-'
                 ? "No digit following minus sign"
                 : "expected a digit for number exponent";
    default:
      json_reader_open_container (reader, &start, &object);
      return object ? " within/between Object entries" : " within/between Array entries";
    }
}

static bool
report (const JsonReader *reader,
        RulesError *error,
        size_t offset,
        size_t location,
        const char *reason)
{
  RulesError plain;

  if (!error)
    return false;
  json_reader_error (reader, &plain);
  error_at (error, RULES_ERROR_JSON, reader->text, reader->length, offset, plain.hint, "%s",
            reason);
  error->jackson_repeats = 1;
  jackson_position (reader->text, reader->length, location, &error->jackson_line,
                    &error->jackson_column);
  return false;
}

static bool
report_container (const JsonReader *reader, RulesError *error)
{
  bool object = false, open;
  size_t start = 0;
  unsigned line = 1, column = 0;
  char reason[sizeof error->reason];
  const char *type;

  open = json_reader_open_container (reader, &start, &object);
  type = open ? object ? "Object" : "Array" : "root";
  if (open)
    jackson_position (reader->text, reader->length, start, &line, &column);
  if (reader->fault == JSON_FAULT_END_OPEN)
    snprintf (
        reason, sizeof reason,
        "Unexpected end-of-input: expected close marker for %s (start marker at " SOURCE_STANDS_HERE
        " line: %u, column: %u])",
        type, line, column);
  else
    {
      char closer = reader->text[reader->fault_offset];

      snprintf (
          reason, sizeof reason,
          "Unexpected close marker '%c': expected '%c' (for %s starting at " SOURCE_STANDS_HERE
          " line: %u, column: %u])",
          closer, closer == '}' ? ']' : '}', type, line, column);
    }
  return report (reader, error, reader->fault_offset, reader->position, reason);
}

static bool
report_word (const JsonReader *reader, RulesError *error)
{
  const char *word = reader->text + reader->fault_start;
  size_t length = json_word_length (word, reader->length - reader->fault_start);
  size_t shown = error_cut_utf8 (word, length, MAX_WORD_UNITS);
  char reason[sizeof error->reason];

  if (reader->fault == JSON_FAULT_NOT_A_NUMBER)
    snprintf (
        reason, sizeof reason,
        "Non-standard token '%.*s': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow",
        (int) shown, word);
  else
    snprintf (reason, sizeof reason, "Unrecognized token '%.*s%s': was expecting %s", (int) shown,
              word, shown < length ? "..." : "", values);
  return report (reader, error, reader->fault_start, reader->position, reason);
}

/* Where Jackson says that a character is unexpected.  In the middle of a number that is not always
 * the character itself: its place there is the sign, point or e that began this part. */
static size_t
character_location (const JsonReader *reader)
{
  size_t at = reader->fault_start;

  switch (reader->fault)
    {
    case JSON_FAULT_PLUS:
      return reader->fault_offset + 1;
    case JSON_FAULT_FRACTION:
    case JSON_FAULT_EXPONENT:
      while (reader->text[at] != '.' && reader->text[at] != 'e' && reader->text[at] != 'E')
        at++;
      return at;
    default:
      return reader->fault_offset;
    }
}

static bool
report_character (const JsonReader *reader, RulesError *error)
{
  bool ended = reader->fault_offset >= reader->length;
  size_t shown = ended && reader->length > 0 ? reader->length - 1 : reader->fault_offset;
  char reason[sizeof error->reason], unit[48];

  describe_unit (unit_at (reader, shown), unit, sizeof unit);
  switch (reader->fault)
    {
    case JSON_FAULT_CONTROL:
      snprintf (
          reason, sizeof reason,
          "Illegal unquoted character (%s): has to be escaped using backslash to be included in "
          "%s",
          unit, reader->reading_name ? "name" : "string value");
      break;
    case JSON_FAULT_ESCAPE:
      snprintf (reason, sizeof reason, "Unrecognized character escape %s", unit);
      break;
    case JSON_FAULT_SPACE:
      snprintf (
          reason, sizeof reason,
          "Illegal character (%s): only regular white space (\\r, \\n, \\t) is allowed between "
          "tokens",
          unit);
      break;
    default:
      snprintf (reason, sizeof reason, "Unexpected character (%s)%s", unit, expectation (reader));
    }
  return report (reader, error, reader->fault_offset, character_location (reader), reason);
}

bool
jackson_error (const JsonReader *reader, RulesError *error)
{
  char reason[sizeof error->reason];

  switch (reader->fault)
    {
    case JSON_FAULT_END_OPEN:
    case JSON_FAULT_CLOSER:
      return report_container (reader, error);
    case JSON_FAULT_TOKEN:
    case JSON_FAULT_NOT_A_NUMBER:
      return report_word (reader, error);
    case JSON_FAULT_LEADING_ZERO:
      return report (reader, error, reader->fault_offset, reader->position,
                     "Invalid numeric value: Leading zeroes not allowed");
    case JSON_FAULT_DEPTH:
      snprintf (reason, sizeof reason,
                "Document nesting depth (%u) exceeds the maximum allowed (%u, from "
                "`StreamReadConstraints.getMaxNestingDepth()`)",
                reader->max_depth + 1, reader->max_depth);
      return report (reader, error, reader->fault_offset, reader->position, reason);
    case JSON_FAULT_UTF8:
      /* Cannot happen to EventBridge, whose patterns are strings already. */
      return report (reader, error, reader->fault_offset, reader->fault_offset, "invalid UTF-8");
    case JSON_FAULT_END_AFTER_COMMA:
    case JSON_FAULT_END_IN_NAME:
    case JSON_FAULT_END_IN_STRING:
    case JSON_FAULT_END_IN_ESCAPE:
    case JSON_FAULT_END_IN_NUMBER:
      snprintf (reason, sizeof reason, "Unexpected end-of-input%s", end_of_input (reader));
      return report (reader, error, reader->fault_offset, reader->position, reason);
    default:
      return report_character (reader, error);
    }
}

/* ---- EventBridge's message ------------------------------------------------------------------- */

/* A text cut to a size, as snprintf does it. */
typedef struct
{
  char *buffer;
  size_t size;
  size_t length; /* of the whole */
} Message;

static void
put (Message *message, const char *bytes, size_t length)
{
  if (message->length < message->size)
    {
      size_t room = message->size - message->length - 1;

      memcpy (message->buffer + message->length, bytes, length < room ? length : room);
      message->buffer[message->length + (length < room ? length : room)] = '\0';
    }
  message->length += length;
}

static void
put_string (Message *message, const char *string)
{
  put (message, string, strlen (string));
}

/* A character of the quoted text; control characters are escaped, line ends are not. */
static void
put_quoted (Message *message, const char *bytes, size_t length)
{
  uint32_t code = length > 0 && utf8_character (bytes, length) == length
                      ? utf8_decode (bytes, length)
                      : (unsigned char) *bytes;
  char escape[8];

  if (code == '\r' || code == '\n' || !(code < 0x20 || (code >= 0x7F && code < 0xA0)))
    put (message, bytes, length);
  else
    {
      snprintf (escape, sizeof escape, "\\u%04X", code);
      put_string (message, escape);
    }
}

/* "[Source: (String)"…"[truncated 22 chars];" */
static void
put_source (Message *message, const char *pattern, size_t length)
{
  size_t units = utf8_units (pattern, length), shown = 0;
  char truncated[48];

  put_string (message, "[Source: (String)\"");
  for (size_t i = 0; i < length && shown < QUOTED_UNITS;)
    {
      size_t n = utf8_character (pattern + i, length - i);

      n = n > 0 ? n : 1;
      shown += n == 4 ? 2 : 1;
      if (shown > QUOTED_UNITS)
        put_string (message, "?"); /* half of a character */
      else
        put_quoted (message, pattern + i, n);
      i += n;
    }
  put_string (message, "\"");
  if (units > QUOTED_UNITS)
    {
      snprintf (truncated, sizeof truncated, "[truncated %zu chars]", units - QUOTED_UNITS);
      put_string (message, truncated);
    }
  put_string (message, ";");
}

size_t
rules_error_eventbridge (const RulesError *error,
                         const char *pattern,
                         size_t pattern_length,
                         char *buffer,
                         size_t size)
{
  Message message = { buffer, size, 0 };
  const char *source = NULL;
  char location[64];

  if (error->code == RULES_ERROR_JSON)
    source = strstr (error->reason, SOURCE_STANDS_HERE);
  put_string (&message, "Event pattern is not valid. Reason: ");
  if (source)
    {
      put (&message, error->reason, (size_t) (source - error->reason));
      put_source (&message, pattern, pattern_length);
      put_string (&message, source + strlen (SOURCE_STANDS_HERE));
    }
  else
    put_string (&message, error->reason);
  for (unsigned i = 0; i < error->jackson_repeats; i++)
    {
      put_string (&message, "\n at ");
      put_source (&message, pattern, pattern_length);
      snprintf (location, sizeof location, " line: %u, column: %u]", error->jackson_line,
                error->jackson_column);
      put_string (&message, location);
    }
  return message.length;
}

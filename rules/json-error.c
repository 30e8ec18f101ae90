/* json-error.c: what is wrong with a JSON text, in plain words for a person.
 *
 * EventBridge's own words for the same mistakes are in jackson.c.
 */
#include "error.h"
#include "json-reader.h"

#include <stdio.h>
#include <string.h>

static const char *
fault_reason (JsonFault fault)
{
  switch (fault)
    {
    case JSON_FAULT_END_OPEN:
    case JSON_FAULT_END_AFTER_COMMA:
      return "the text ends before the value is complete";
    case JSON_FAULT_END_IN_NAME:
    case JSON_FAULT_END_IN_STRING:
    case JSON_FAULT_END_IN_ESCAPE:
      return "the text ends inside a string";
    case JSON_FAULT_END_IN_NUMBER:
      return "the text ends inside a number";
    case JSON_FAULT_COMMENT:
      return "JSON has no comments";
    case JSON_FAULT_MINUS:
      return "a minus sign needs a digit after it";
    case JSON_FAULT_PLUS:
      return "a number cannot begin with +";
    case JSON_FAULT_LEADING_ZERO:
      return "a number cannot begin with 0 and another digit";
    case JSON_FAULT_FRACTION:
      return "a decimal point needs a digit after it";
    case JSON_FAULT_EXPONENT:
      return "an exponent needs a digit";
    case JSON_FAULT_HEX:
      return "\\u needs four hexadecimal digits";
    case JSON_FAULT_UTF8:
      return "invalid UTF-8";
    default:
      return "";
    }
}

static const char *
fault_hint (JsonFault fault)
{
  switch (fault)
    {
    case JSON_FAULT_END_IN_NAME:
    case JSON_FAULT_END_IN_STRING:
      return "Close the string with a double quote.";
    case JSON_FAULT_END_OPEN:
    case JSON_FAULT_END_AFTER_COMMA:
      return "Look for a bracket that is never closed, or for text that was cut off.";
    case JSON_FAULT_VALUE:
      return "Write text in double quotes, a number, true, false, null, an array or an object; no "
             "comma "
             "comes after the last entry.";
    case JSON_FAULT_CLOSER:
      return "Close what was opened last.";
    case JSON_FAULT_TRAILING:
      return "Send one JSON value and nothing behind it.";
    case JSON_FAULT_COMMENT:
      return "Remove the comment.";
    case JSON_FAULT_NAME:
      return "Names stand in double quotes, and no comma comes after the last member.";
    case JSON_FAULT_COLON:
      return "Put a colon between name and value.";
    case JSON_FAULT_COMMA:
      return "Put a comma between the entries.";
    case JSON_FAULT_CONTROL:
      return "Write control characters as escapes, \\n or \\u0009 for example.";
    case JSON_FAULT_ESCAPE:
      return "Write \\\\ for a backslash; the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and "
             "\\uXXXX.";
    case JSON_FAULT_TOKEN:
      return "Text stands in double quotes.";
    case JSON_FAULT_LEADING_ZERO:
    case JSON_FAULT_NOT_A_NUMBER:
      return "Write it in double quotes if it is meant as text.";
    case JSON_FAULT_UTF8:
      return "Send the text in UTF-8.";
    case JSON_FAULT_DEPTH:
      return "Flatten the document, or raise the limit on nesting.";
    default:
      return "";
    }
}

/* The character at the fault as a person would name it. */
static void
describe_character (const JsonReader *reader, char *out, size_t size)
{
  const char *at = reader->text + reader->fault_offset;
  size_t rest = reader->length - reader->fault_offset;
  unsigned char byte = rest > 0 ? (unsigned char) *at : 0;

  if (rest == 0)
    snprintf (out, size, "the end");
  else if (byte < 0x20 || byte == 0x7F)
    snprintf (out, size, "control character %u", byte);
  else if (byte == 0xEF && rest >= 3 && memcmp (at, "\xEF\xBB\xBF", 3) == 0)
    snprintf (out, size, "a byte order mark");
  else if (byte == '"')
    snprintf (out, size, "a double quote");
  else if (byte < 0x80)
    snprintf (out, size, "'%c'", byte);
  else
    snprintf (out, size, "byte 0x%02X", byte);
}

static bool
unexpected (const JsonReader *reader, RulesError *error, const char *wanted)
{
  char seen[48];

  describe_character (reader, seen, sizeof seen);
  return error_at (error, RULES_ERROR_JSON, reader->text, reader->length, reader->fault_offset,
                   fault_hint (reader->fault), "%s where %s must come", seen, wanted);
}

static bool
unknown_word (const JsonReader *reader, RulesError *error)
{
  const char *word = reader->text + reader->fault_start;
  size_t length = json_word_length (word, reader->length - reader->fault_start);

  return error_at (error, RULES_ERROR_JSON, reader->text, reader->length, reader->fault_start,
                   fault_hint (reader->fault), "%.*s is not a JSON value",
                   (int) error_cut_utf8 (word, length, 64), word);
}

/* A line end is more often a quote that was forgotten than meant as text. */
static bool
control_character (const JsonReader *reader, RulesError *error)
{
  char byte = reader->text[reader->fault_offset];
  char seen[48];

  if (byte == '\n' || byte == '\r')
    return error_at (error, RULES_ERROR_JSON, reader->text, reader->length, reader->fault_offset,
                     "Close the string with a double quote; within text a line end is written \\n.",
                     "the line ends inside a string");
  describe_character (reader, seen, sizeof seen);
  return error_at (error, RULES_ERROR_JSON, reader->text, reader->length, reader->fault_offset,
                   fault_hint (reader->fault), "%s inside a string", seen);
}

bool
json_reader_error (const JsonReader *reader, RulesError *error)
{
  bool object = false;
  size_t start = 0;
  char seen[48];

  switch (reader->fault)
    {
    case JSON_FAULT_CLOSER:
      if (!json_reader_open_container (reader, &start, &object))
        return unexpected (reader, error, "a value");
      return unexpected (reader, error, object ? "}" : "]");
    case JSON_FAULT_COMMA:
      json_reader_open_container (reader, &start, &object);
      return unexpected (reader, error, object ? "a comma or }" : "a comma or ]");
    case JSON_FAULT_COLON:
      return unexpected (reader, error, "a colon");
    case JSON_FAULT_NAME:
      return unexpected (reader, error, "a name in double quotes");
    case JSON_FAULT_VALUE:
    case JSON_FAULT_SPACE:
      return unexpected (reader, error, "a value");
    case JSON_FAULT_ROOT_SPACE:
    case JSON_FAULT_TRAILING:
      return unexpected (reader, error, "the end of the text");
    case JSON_FAULT_TOKEN:
    case JSON_FAULT_NOT_A_NUMBER:
      return unknown_word (reader, error);
    case JSON_FAULT_CONTROL:
      return control_character (reader, error);
    case JSON_FAULT_ESCAPE:
      describe_character (reader, seen, sizeof seen);
      return error_at (error, RULES_ERROR_JSON, reader->text, reader->length, reader->fault_offset,
                       fault_hint (reader->fault), "%s cannot follow a backslash", seen);
    case JSON_FAULT_DEPTH:
      return error_at (error, RULES_ERROR_LIMIT, reader->text, reader->length, reader->fault_offset,
                       fault_hint (reader->fault), "nested deeper than %u levels",
                       reader->max_depth);
    default:
      return error_at (error, RULES_ERROR_JSON, reader->text, reader->length, reader->fault_offset,
                       fault_hint (reader->fault), "%s", fault_reason (reader->fault));
    }
}

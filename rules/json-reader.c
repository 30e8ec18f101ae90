/* json-reader.c: JSON's grammar, one token at a time, in the order in which Jackson reads.
 *
 * Invariant: position never passes the length of the text, and every fault leaves position where
 * Jackson's own location is when it reports the same mistake.
 */
#include "json-reader.h"

#include "error.h"
#include "utf8.h"

#include <string.h>

void
json_reader_init (JsonReader *reader, const char *text, size_t length, unsigned max_depth)
{
  memset (reader, 0, sizeof *reader);
  reader->text = text;
  reader->length = length;
  reader->max_depth = max_depth == 0 ? 64 : max_depth;
  if (reader->max_depth > JSON_MAX_DEPTH)
    reader->max_depth = JSON_MAX_DEPTH;
}

static bool
fault_at (JsonReader *reader, JsonFault fault, size_t start, size_t offset)
{
  reader->fault = fault;
  reader->fault_start = start;
  reader->fault_offset = offset;
  return false;
}

static bool
fault_here (JsonReader *reader, JsonFault fault)
{
  return fault_at (reader, fault, reader->position, reader->position);
}

static bool
at_end (const JsonReader *reader)
{
  return reader->position >= reader->length;
}

static unsigned char
peek (const JsonReader *reader)
{
  return (unsigned char) reader->text[reader->position];
}

static bool
is_digit (unsigned char byte)
{
  return byte >= '0' && byte <= '9';
}

static bool
at_digit (const JsonReader *reader)
{
  return !at_end (reader) && is_digit (peek (reader));
}

static bool
in_object (const JsonReader *reader)
{
  unsigned level = reader->depth;

  return level > 0 && (reader->objects[level / 64] >> (level % 64) & 1);
}

static bool
in_array (const JsonReader *reader)
{
  return reader->depth > 0 && !in_object (reader);
}

/* Letters, digits, and whatever else Java allows in the middle of an identifier: what Jackson takes
 * along when it quotes a word that it does not know. */
static bool
is_word_character (uint32_t c)
{
  if (c < 0x80)
    return is_digit ((unsigned char) c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '_' || c == '$' || c == 0x7F || c < 9 || (c > 13 && c < 28);
  if (c < 0xC0)
    return c < 0xA0 || (c >= 0xA2 && c <= 0xA5) || c == 0xAA || c == 0xAD || c == 0xB5 || c == 0xBA;
  if (c == 0xD7 || c == 0xF7 || c >= 0xD800)
    return c >= 0xF900 && c < 0xFF00 && !(c >= 0xFE10 && c < 0xFE70);
  if (c >= 0x2000 && c < 0x20A0)
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || c == 0x203F ||
           c == 0x2040 || c == 0x2054 || (c >= 0x2060 && c != 0x207A && c <= 0x207F);
  if (c >= 0x2190 && c < 0x2C00)
    return false;
  return !(c >= 0x3000 && c <= 0x3004) && !(c >= 0x3008 && c <= 0x3020);
}

size_t
json_word_length (const char *text, size_t length)
{
  size_t i = 0;

  while (i < length)
    {
      size_t n = utf8_character (text + i, length - i);

      if (n == 0 || !is_word_character (utf8_decode (text + i, n)))
        break;
      i += n;
    }
  return i;
}

/* Digits and invisible characters cannot be the first of a word. */
static bool
starts_word (const char *text, size_t length)
{
  size_t n = utf8_character (text, length);
  uint32_t c = n > 0 ? utf8_decode (text, n) : 0;

  if (c < 0xA0)
    return c >= 0x20 && c < 0x7F && !is_digit ((unsigned char) c) && is_word_character (c);
  return c != 0xAD && !(c >= 0x200B && c <= 0x200F) && !(c >= 0x202A && c <= 0x202E) &&
         !(c >= 0x2060 && c <= 0x206F) && c != 0xFEFF && is_word_character (c);
}

/* White space before a token.  Stops at the end or at a byte that is none. */
static bool
skip_space (JsonReader *reader)
{
  while (!at_end (reader))
    {
      unsigned char byte = peek (reader);

      if (byte > ' ')
        return byte == '/' ? fault_here (reader, JSON_FAULT_COMMENT) : true;
      if (byte != ' ' && byte != '\n' && byte != '\t' && byte != '\r')
        return fault_here (reader, JSON_FAULT_SPACE);
      reader->position++;
    }
  return true;
}

/* ---- Strings --------------------------------------------------------------------------------- */

static bool
read_hex (JsonReader *reader, size_t start)
{
  for (int i = 0; i < 4; i++)
    {
      unsigned char byte;

      if (at_end (reader))
        return fault_at (reader, JSON_FAULT_END_IN_ESCAPE, start, reader->position);
      byte = peek (reader);
      if (!is_digit (byte) && !(byte >= 'a' && byte <= 'f') && !(byte >= 'A' && byte <= 'F'))
        return fault_at (reader, JSON_FAULT_HEX, start, reader->position);
      reader->position++;
    }
  return true;
}

static bool
read_escape (JsonReader *reader, size_t start)
{
  unsigned char byte;

  reader->escaped = true;
  reader->position++;
  if (at_end (reader))
    return fault_at (reader, JSON_FAULT_END_IN_ESCAPE, start, reader->position);
  byte = peek (reader);
  if (byte == '\0' || !strchr ("\"\\/bfnrtu", byte))
    return fault_at (reader, JSON_FAULT_ESCAPE, start, reader->position);
  reader->position++;
  return byte == 'u' ? read_hex (reader, start) : true;
}

static bool
is_plain (unsigned char byte)
{
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/* Whether eight bytes are all plain.  Each term sets a byte's highest bit when the byte is below
 * 0x20, a quote, a backslash or above 0x7F; a borrow can only come from a byte that has set its
 * own. */
static bool
are_plain (const char *bytes)
{
  const uint64_t ones = UINT64_C (0x0101010101010101);
  uint64_t word;

  memcpy (&word, bytes, sizeof word);
  return (((word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones) |
           word) &
          (ones << 7)) == 0;
}

static void
skip_plain (JsonReader *reader)
{
  while (reader->length - reader->position >= 8 && are_plain (reader->text + reader->position))
    reader->position += 8;
  while (!at_end (reader) && is_plain (peek (reader)))
    reader->position++;
}

/* From behind the opening quote to behind the closing one. */
static bool
read_string (JsonReader *reader, size_t start)
{
  reader->escaped = false;
  for (skip_plain (reader); !at_end (reader); skip_plain (reader))
    {
      unsigned char byte = peek (reader);
      size_t n;

      if (byte == '"')
        {
          reader->position++;
          return true;
        }
      if (byte == '\\')
        {
          if (!read_escape (reader, start))
            return false;
          continue;
        }
      if (byte < 0x20)
        return fault_at (reader, JSON_FAULT_CONTROL, start, reader->position);
      n = utf8_character (reader->text + reader->position, reader->length - reader->position);
      if (n == 0)
        return fault_at (reader, JSON_FAULT_UTF8, start, reader->position);
      reader->position += n;
    }
  return fault_at (reader, JSON_FAULT_END_IN_STRING, start, reader->position);
}

bool
json_reader_finish (JsonReader *reader)
{
  if (!reader->open_string)
    return reader->fault == JSON_FAULT_NONE;
  reader->reading_name = false;
  if (!read_string (reader, reader->start))
    return false;
  reader->open_string = false;
  reader->end = reader->position;
  return true;
}

static bool
read_name (JsonReader *reader)
{
  size_t start = reader->position;

  if (peek (reader) != '"')
    return fault_here (reader, JSON_FAULT_NAME);
  reader->reading_name = true;
  reader->position++;
  if (!read_string (reader, start))
    {
      if (reader->fault == JSON_FAULT_END_IN_STRING)
        reader->fault = JSON_FAULT_END_IN_NAME;
      return false;
    }
  reader->start = start;
  reader->end = reader->position;
  return true;
}

/* ---- Numbers and words ----------------------------------------------------------------------- */

static void
skip_digits (JsonReader *reader)
{
  while (at_digit (reader))
    reader->position++;
}

static bool
read_exponent (JsonReader *reader, size_t start)
{
  reader->position++;
  if (!at_end (reader) && (peek (reader) == '+' || peek (reader) == '-'))
    reader->position++;
  if (at_end (reader))
    return fault_at (reader, JSON_FAULT_END_IN_NUMBER, start, reader->position);
  if (!at_digit (reader))
    return fault_at (reader, JSON_FAULT_EXPONENT, start, reader->position);
  skip_digits (reader);
  return true;
}

static bool
read_number (JsonReader *reader)
{
  size_t start = reader->position;

  if (peek (reader) == '-')
    {
      reader->position++;
      if (at_end (reader))
        return fault_at (reader, JSON_FAULT_END_IN_NUMBER, start, reader->position);
      if (!at_digit (reader))
        return fault_at (reader, JSON_FAULT_MINUS, start, reader->position);
    }
  if (peek (reader) == '0')
    {
      reader->position++;
      if (at_digit (reader))
        return fault_at (reader, JSON_FAULT_LEADING_ZERO, start, reader->position);
    }
  skip_digits (reader);
  if (!at_end (reader) && peek (reader) == '.')
    {
      reader->position++;
      if (!at_digit (reader))
        return fault_at (reader, JSON_FAULT_FRACTION, start, reader->position);
      skip_digits (reader);
    }
  if (!at_end (reader) && (peek (reader) == 'e' || peek (reader) == 'E'))
    if (!read_exponent (reader, start))
      return false;
  if (reader->depth == 0 && !at_end (reader) && !strchr (" \t\r\n", peek (reader)))
    return fault_here (reader, JSON_FAULT_ROOT_SPACE);
  return true;
}

static bool
fault_word (JsonReader *reader, JsonFault fault, size_t word_length)
{
  size_t start = reader->position;

  reader->position += word_length;
  return fault_at (reader, fault, start, start);
}

static bool
read_literal (JsonReader *reader, const char *literal)
{
  const char *at = reader->text + reader->position;
  size_t word = json_word_length (at, reader->length - reader->position);

  if (word != strlen (literal) || memcmp (at, literal, word) != 0)
    return fault_word (reader, JSON_FAULT_TOKEN, word);
  reader->position += word;
  return true;
}

static bool
read_no_value (JsonReader *reader)
{
  const char *at = reader->text + reader->position;
  size_t rest = reader->length - reader->position;
  size_t word;

  if (*at == '+')
    return rest == 1 ? fault_at (reader, JSON_FAULT_END_IN_NUMBER, reader->position, reader->length)
                     : fault_here (reader, JSON_FAULT_PLUS);
  if (!starts_word (at, rest))
    return fault_here (reader, JSON_FAULT_VALUE);
  word = json_word_length (at, rest);
  if ((word == 3 && memcmp (at, "NaN", 3) == 0) || (word == 8 && memcmp (at, "Infinity", 8) == 0))
    return fault_word (reader, JSON_FAULT_NOT_A_NUMBER, word);
  return fault_word (reader, JSON_FAULT_TOKEN, word);
}

/* ---- Tokens ---------------------------------------------------------------------------------- */

/* The first look at the value at position: brackets and quotes are taken, numbers and words read.
 */
static bool
read_value (JsonReader *reader, JsonToken *out_token)
{
  switch (peek (reader))
    {
    case '"':
      reader->position++;
      *out_token = JSON_TOKEN_STRING;
      return true;
    case '{':
      reader->position++;
      *out_token = JSON_TOKEN_OBJECT;
      return true;
    case '[':
      reader->position++;
      *out_token = JSON_TOKEN_ARRAY;
      return true;
    case 't':
      *out_token = JSON_TOKEN_TRUE;
      return read_literal (reader, "true");
    case 'f':
      *out_token = JSON_TOKEN_FALSE;
      return read_literal (reader, "false");
    case 'n':
      *out_token = JSON_TOKEN_NULL;
      return read_literal (reader, "null");
    case '-':
      *out_token = JSON_TOKEN_NUMBER;
      return read_number (reader);
    default:
      if (!at_digit (reader))
        return read_no_value (reader);
      *out_token = JSON_TOKEN_NUMBER;
      return read_number (reader);
    }
}

/* Makes token the current one. */
static bool
enter (JsonReader *reader, JsonToken token, size_t start, size_t end)
{
  bool object = token == JSON_TOKEN_OBJECT;

  reader->token = token;
  reader->start = start;
  reader->end = end;
  reader->open_string = token == JSON_TOKEN_STRING;
  reader->want_comma = true;
  if (!object && token != JSON_TOKEN_ARRAY)
    return true;
  if (reader->depth >= reader->max_depth)
    return fault_at (reader, JSON_FAULT_DEPTH, start, start);
  reader->depth++;
  reader->objects[reader->depth / 64] &= ~(UINT64_C (1) << (reader->depth % 64));
  reader->objects[reader->depth / 64] |= (uint64_t) object << (reader->depth % 64);
  reader->want_comma = false;
  return true;
}

static bool
close_container (JsonReader *reader, unsigned char closer)
{
  bool object = closer == '}';
  size_t start = reader->position++;

  if (object ? !in_object (reader) : !in_array (reader))
    return fault_at (reader, JSON_FAULT_CLOSER, start, start);
  reader->depth--;
  return enter (reader, object ? JSON_TOKEN_OBJECT_END : JSON_TOKEN_ARRAY_END, start, start + 1);
}

static bool
skip_comma (JsonReader *reader)
{
  if (peek (reader) != ',')
    return fault_here (reader, JSON_FAULT_COMMA);
  reader->position++;
  if (!skip_space (reader))
    return false;
  return at_end (reader) ? fault_here (reader, JSON_FAULT_END_AFTER_COMMA) : true;
}

static bool
skip_colon (JsonReader *reader)
{
  if (!skip_space (reader))
    return false;
  if (at_end (reader))
    return fault_here (reader, JSON_FAULT_END_AFTER_COMMA);
  if (peek (reader) != ':')
    return fault_here (reader, JSON_FAULT_COLON);
  reader->position++;
  if (!skip_space (reader))
    return false;
  return at_end (reader) ? fault_here (reader, JSON_FAULT_END_AFTER_COMMA) : true;
}

/* A member: its name is the token, the first look at its value is kept for the next one. */
static bool
read_member (JsonReader *reader)
{
  if (!read_name (reader) || !skip_colon (reader))
    return false;
  reader->ahead_start = reader->position;
  if (!read_value (reader, &reader->ahead))
    return false;
  reader->ahead_end = reader->position;
  reader->has_ahead = true;
  reader->token = JSON_TOKEN_NAME;
  return true;
}

static bool
read_token (JsonReader *reader)
{
  unsigned char byte;
  JsonToken token;
  size_t start;

  if (!json_reader_finish (reader) || !skip_space (reader))
    return false;
  if (at_end (reader))
    {
      if (reader->depth > 0)
        return fault_here (reader, JSON_FAULT_END_OPEN);
      return enter (reader, JSON_TOKEN_END, reader->length, reader->length);
    }
  byte = peek (reader);
  if (byte == '}' || byte == ']')
    return close_container (reader, byte);
  if (reader->depth > 0 && reader->want_comma && !skip_comma (reader))
    return false;
  if (in_object (reader))
    return read_member (reader);
  start = reader->position;
  if (!read_value (reader, &token))
    return false;
  return enter (reader, token, start, reader->position);
}

bool
json_reader_next (JsonReader *reader, JsonToken *out_token)
{
  bool ok;

  if (reader->fault != JSON_FAULT_NONE)
    return false;
  if (reader->has_ahead)
    {
      reader->has_ahead = false;
      ok = enter (reader, reader->ahead, reader->ahead_start, reader->ahead_end);
    }
  else
    ok = read_token (reader);
  if (ok)
    *out_token = reader->token;
  return ok;
}

bool
json_reader_skip (JsonReader *reader)
{
  unsigned depth = reader->depth;
  JsonToken token = reader->token;

  if (token != JSON_TOKEN_OBJECT && token != JSON_TOKEN_ARRAY)
    return json_reader_finish (reader);
  while (reader->depth >= depth)
    if (!json_reader_next (reader, &token))
      return false;
  return true;
}

bool
json_reader_open_container (const JsonReader *reader, size_t *out_start, bool *out_object)
{
  JsonReader again;
  JsonToken token;
  unsigned depth = 0;

  if (reader->depth == 0)
    return false;
  json_reader_init (&again, reader->text, reader->length, reader->max_depth);
  /* The last place at which the depth rose to that of the fault. */
  while (json_reader_next (&again, &token) && again.start <= reader->fault_offset)
    {
      if (again.depth > depth && again.depth == reader->depth)
        {
          *out_start = again.start;
          *out_object = token == JSON_TOKEN_OBJECT;
        }
      depth = again.depth;
    }
  return true;
}

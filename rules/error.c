/* error.c: filling a RulesError.  Everything is bounded: what does not fit is cut between
 * characters. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

size_t
error_cut_utf8 (const char *bytes, size_t length, size_t max)
{
  if (length <= max)
    return length;
  while (max > 0 && ((unsigned char) bytes[max] & 0xC0) == 0x80)
    max--;
  return max;
}

/* vsnprintf may have cut a character in two. */
static void
repair_end (char *string, size_t size, int wanted)
{
  if (wanted < 0)
    string[0] = '\0';
  else if ((size_t) wanted >= size)
    {
      size_t end = size - 1;

      while (end > 0 && ((unsigned char) string[end - 1] & 0xC0) == 0x80)
        end--;
      if (end > 0 && (unsigned char) string[end - 1] >= 0xC0)
        end--;
      string[end] = '\0';
    }
}

void
rules_text_position (const char *text,
                     size_t length,
                     size_t offset,
                     unsigned *out_line,
                     unsigned *out_column)
{
  /* A text of no bytes may be NULL, to which nothing may be added. */
  const char *at = length > 0 ? text : "";
  const char *end = length > 0 ? text + (offset < length ? offset : length) : at;
  const char *newline;
  unsigned line = 1;

  while (at < end && (newline = memchr (at, '\n', (size_t) (end - at))))
    {
      at = newline + 1;
      line++;
    }
  *out_line = line;
  *out_column = (unsigned) (end - at) + 1;
}

bool
error_at (RulesError *error,
          RulesErrorCode code,
          const char *text,
          size_t length,
          size_t offset,
          const char *hint,
          const char *format,
          ...)
{
  va_list arguments;

  if (!error)
    return false;
  memset (error, 0, sizeof *error);
  error->code = code;
  error->offset = offset;
  rules_text_position (text, length, offset, &error->line, &error->column);
  va_start (arguments, format);
  repair_end (error->reason, sizeof error->reason,
              vsnprintf (error->reason, sizeof error->reason, format, arguments));
  va_end (arguments);
  error_hint (error, "%s", hint);
  return false;
}

bool
error_no_memory (RulesError *error)
{
  return error_at (error, RULES_ERROR_NO_MEMORY, "", 0, 0, "", "out of memory");
}

void
error_hint (RulesError *error, const char *format, ...)
{
  va_list arguments;

  if (!error)
    return;
  va_start (arguments, format);
  repair_end (error->hint, sizeof error->hint,
              vsnprintf (error->hint, sizeof error->hint, format, arguments));
  va_end (arguments);
}

void
error_pointer_append (RulesError *error, const char *name, size_t length)
{
  size_t used, room;

  if (!error)
    return;
  used = strlen (error->pointer);
  room = sizeof error->pointer - 1 - used;
  if (room == 0)
    return;
  error->pointer[used++] = '/';
  for (size_t i = 0; i < length;)
    {
      size_t n = 1;
      const char *piece = name + i;

      while (i + n < length && ((unsigned char) name[i + n] & 0xC0) == 0x80)
        n++;
      i += n;
      if (*piece == '~' || *piece == '/')
        {
          piece = *piece == '~' ? "~0" : "~1";
          n = 2;
        }
      else if (*piece == '\0')
        piece = "?";
      if (sizeof error->pointer - 1 - used < n)
        break;
      memcpy (error->pointer + used, piece, n);
      used += n;
    }
  error->pointer[used] = '\0';
}

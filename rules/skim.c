/* skim.c: see skim.h.  Plain loops over bytes: on events of a few kilobytes, with their short
 * strings, the calls that a cleverer search needs cost more than it saves. */
#include "skim.h"

size_t
skim_space (const char *text, size_t length, size_t at)
{
  while (at < length &&
         (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'))
    at++;
  return at;
}

static bool
is_hex (char byte)
{
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
         (byte >= 'A' && byte <= 'F');
}

/* The position behind the escape whose backslash is at `at`. */
static size_t
skim_escape (const char *text, size_t length, size_t at)
{
  if (length - at < 2)
    return SKIM_BROKEN;
  if (text[at + 1] != 'u')
    return at + 2;
  if (length - at < 6)
    return SKIM_BROKEN;
  for (size_t i = at + 2; i < at + 6; i++)
    if (!is_hex (text[i]))
      return SKIM_BROKEN;
  return at + 6;
}

size_t
skim_string (const char *text, size_t length, size_t at)
{
  at++;
  while (at < length)
    {
      if (text[at] == '"')
        return at + 1;
      if (text[at] != '\\')
        at++;
      else if ((at = skim_escape (text, length, at)) == SKIM_BROKEN)
        return SKIM_BROKEN;
    }
  return SKIM_BROKEN;
}

static size_t
skim_nested (const char *text, size_t length, size_t at)
{
  size_t depth = 0;

  while (at < length)
    switch (text[at])
      {
      case '"':
        at = skim_string (text, length, at);
        break;
      case '[':
      case '{':
        depth++;
        at++;
        break;
      case ']':
      case '}':
        at++;
        if (--depth == 0)
          return at;
        break;
      default:
        at++;
      }
  return SKIM_BROKEN;
}

/* A quote or an opening bracket in it would hide where strings begin from whoever reads the value.
 */
static size_t
skim_word (const char *text, size_t length, size_t at)
{
  size_t start = at;

  for (; at < length; at++)
    switch (text[at])
      {
      case ',':
      case ']':
      case '}':
      case ' ':
      case '\n':
      case '\r':
      case '\t':
        return at > start ? at : SKIM_BROKEN;
      case '"':
      case '[':
      case '{':
        return SKIM_BROKEN;
      default:
        break;
      }
  return at > start ? at : SKIM_BROKEN;
}

size_t
skim_value (const char *text, size_t length, size_t at)
{
  if (at >= length)
    return SKIM_BROKEN;
  switch (text[at])
    {
    case '"':
      return skim_string (text, length, at);
    case '[':
    case '{':
      return skim_nested (text, length, at);
    case '-':
    case 't':
    case 'f':
    case 'n':
      return skim_word (text, length, at);
    default:
      return text[at] >= '0' && text[at] <= '9' ? skim_word (text, length, at) : SKIM_BROKEN;
    }
}

void
skim_open (SkimChildren *children, const char *text, size_t length, size_t at)
{
  *children = (SkimChildren){ .text = text,
                              .length = length,
                              .at = at + 1,
                              .object = text[at] == '{',
                              .first = true };
}

/* From the name to the value. */
static bool
skim_name (SkimChildren *children, size_t at)
{
  const char *text = children->text;
  size_t length = children->length;

  children->name = at;
  children->at = SKIM_BROKEN;
  if (at >= length || text[at] != '"')
    return false;
  at = skim_string (text, length, at);
  if (at == SKIM_BROKEN)
    return false;
  children->name_length = at - children->name;
  at = skim_space (text, length, at);
  if (at >= length || text[at] != ':')
    return false;
  children->at = skim_space (text, length, at + 1);
  return true;
}

bool
skim_next (SkimChildren *children)
{
  const char *text = children->text;
  size_t length = children->length;
  size_t at;

  if (children->at == SKIM_BROKEN)
    return false;
  at = skim_space (text, length, children->at);
  children->at = SKIM_BROKEN;
  if (at >= length)
    return false;
  if (text[at] == (children->object ? '}' : ']'))
    {
      children->at = at + 1;
      return false;
    }
  if (!children->first)
    {
      if (text[at] != ',')
        return false;
      at = skim_space (text, length, at + 1);
    }
  children->first = false;
  if (children->object)
    return skim_name (children, at);
  children->at = at;
  return true;
}

/* Walks through accepted JSON. */
#include "ingress/scan.h"

#include <string.h>

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

JsonSlice
json_slice (const char *text, gsize length)
{
  while (length > 0 && is_space (text[0]))
    {
      text++;
      length--;
    }
  while (length > 0 && is_space (text[length - 1]))
    length--;
  return (JsonSlice){ text, length };
}

char
json_slice_type (JsonSlice value)
{
  if (value.length == 0)
    return '\0';
  switch (value.text[0])
    {
    case '{':
    case '[':
    case '"':
    case 'n':
      return value.text[0];
    case 't':
    case 'f':
      return 'b';
    default:
      return '0';
    }
}

/* Behind the closing quote of the string that begins at `at`.  Looks for the quote first and for
 * escapes before it only, so that plain text is passed at memchr's speed and no byte is met often.
 */
static const char *
skip_string (const char *at, const char *end)
{
  const char *quote;

  at++;
  while (at < end && (quote = memchr (at, '"', (gsize) (end - at))) != NULL)
    {
      const char *escape = NULL;

      while (at <= quote && (escape = memchr (at, '\\', (gsize) (quote - at))) != NULL)
        at = escape + 2;
      if (escape == NULL)
        return quote + 1;
      /* The quote itself was escaped: `at` is behind it. */
    }
  return end;
}

/* Behind the value that begins at `at`. */
static const char *
skip_value (const char *at, const char *end)
{
  guint depth = 0;

  while (at < end)
    {
      if (*at == '"')
        {
          at = skip_string (at, end);
          if (depth == 0)
            return at;
          continue;
        }
      if (*at == '{' || *at == '[')
        depth++;
      else if (*at == '}' || *at == ']')
        {
          if (depth <= 1)
            return depth == 1 ? at + 1 : at;
          depth--;
        }
      else if (depth == 0 && (*at == ',' || is_space (*at)))
        return at;
      at++;
    }
  return end;
}

static const char *
skip_to (const char *at, const char *end, const char *what)
{
  while (at < end && strchr (what, *at) == NULL)
    at++;
  return at;
}

void
json_members_begin (JsonMembers *members, JsonSlice object)
{
  members->at = object.text + 1;
  members->end = object.text + object.length;
}

gboolean
json_members_next (JsonMembers *members, JsonSlice *out_name, JsonSlice *out_value)
{
  const char *end = members->end;
  const char *name = skip_to (members->at, end, "\"}");
  const char *after, *value;

  if (name == end || *name == '}')
    return FALSE;
  after = skip_string (name, end);
  value = skip_to (after, end, ":");
  if (value < end)
    value++;
  while (value < end && is_space (*value))
    value++;
  members->at = skip_value (value, end);
  *out_name = (JsonSlice){ name, (gsize) (after - name) };
  *out_value = (JsonSlice){ value, (gsize) (members->at - value) };
  return TRUE;
}

void
json_elements_begin (JsonElements *elements, JsonSlice array)
{
  elements->at = array.text + 1;
  elements->end = array.text + array.length;
}

gboolean
json_elements_next (JsonElements *elements, JsonSlice *out_value)
{
  const char *value = elements->at;

  while (value < elements->end && (is_space (*value) || *value == ','))
    value++;
  if (value == elements->end || *value == ']')
    return FALSE;
  elements->at = skip_value (value, elements->end);
  *out_value = (JsonSlice){ value, (gsize) (elements->at - value) };
  return TRUE;
}

gboolean
json_slice_are_strings (JsonSlice array)
{
  const char *end = array.text + array.length - 1;
  gboolean in_string = FALSE;

  for (const char *at = array.text + 1; at < end; at++)
    {
      if (in_string && *at == '\\')
        at++;
      else if (*at == '"')
        in_string = !in_string;
      else if (!in_string && strchr (", \t\r\n", *at) == NULL)
        return FALSE;
    }
  return TRUE;
}

static guint
read_unit (const char *digits)
{
  guint unit = 0;

  for (guint i = 0; i < 4; i++)
    unit = unit << 4 | (guint) g_ascii_xdigit_value (digits[i]);
  return unit;
}

/* The character of the \u escape at *at (at the backslash), which is moved behind it. */
static gunichar
read_unicode_escape (const char **at, const char *end)
{
  guint first, second;

  if (end - *at < 6)
    {
      *at = end;
      return 0xFFFD;
    }
  first = read_unit (*at + 2);
  *at += 6;
  if (first < 0xD800 || first > 0xDFFF)
    return first;
  if (first > 0xDBFF || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
    return 0xFFFD;
  second = read_unit (*at + 2);
  if (second < 0xDC00 || second > 0xDFFF)
    return 0xFFFD;
  *at += 6;
  return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

static gunichar
unescape (char c)
{
  switch (c)
    {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return (guchar) c; /* quote, backslash, slash */
    }
}

char *
json_slice_string (JsonSlice value)
{
  g_autoptr (GString) out = NULL;
  const char *at, *end;

  if (json_slice_type (value) != '"' || value.length < 2)
    return NULL;
  at = value.text + 1;
  end = value.text + value.length - 1;
  out = g_string_sized_new (value.length);
  while (at < end)
    {
      gunichar character;
      const char *run = at;

      while (at < end && *at != '\\')
        at++;
      g_string_append_len (out, run, at - run);
      if (at >= end)
        break;
      if (at + 1 < end && at[1] == 'u')
        character = read_unicode_escape (&at, end);
      else
        {
          character = at + 1 < end ? unescape (at[1]) : 0xFFFD;
          at += 2;
        }
      if (character == 0)
        return NULL;
      g_string_append_unichar (out, character);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

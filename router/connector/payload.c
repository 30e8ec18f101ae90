/* Forms of a payload.  Works on the text itself and builds no tree, so that numbers and names stay
 * as they were written. */
#include "connector/payload.h"

#include "base/event.h"
#include "rules/rules.h"

#include <string.h>

#define REPLACEMENT 0xFFFD

/* Deeper than this no line is indented further: depth costs space in every line. */
#define MAX_INDENT 32

gboolean
payload_is_text (const ConnectorRequest *request)
{
  return g_ascii_strncasecmp (request->content_type, "text/", 5) == 0;
}

static gboolean
is_json (const char *text, gsize length)
{
  RulesJsonLimits limits = { .max_depth = 1000, .allow_duplicates = true };

  return rules_check_json (text, length, &limits, NULL);
}

static gboolean
is_json_string (const char *text, gsize length)
{
  return length >= 2 && text[0] == '"' && is_json (text, length);
}

static guint
hex4 (const char *digits)
{
  guint value = 0;

  for (guint i = 0; i < 4; i++)
    value = value << 4 | (guint) g_ascii_xdigit_value (digits[i]);
  return value;
}

/* Appends what \u and its digits at *p mean, with the second half of a surrogate pair, and moves *p
 * to the last byte of it.  Half a pair, which UTF-8 cannot say, and NUL become U+FFFD. */
static void
append_unicode_escape (GString *out, const char **p, const char *end)
{
  gunichar c = hex4 (*p + 1);

  *p += 4;
  if (c >= 0xD800 && c <= 0xDBFF && end - *p > 6 && (*p)[1] == '\\' && (*p)[2] == 'u')
    {
      guint low = hex4 (*p + 3);

      if (low >= 0xDC00 && low <= 0xDFFF)
        {
          c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
          *p += 6;
        }
    }
  g_string_append_unichar (out, c == 0 || (c >= 0xD800 && c <= 0xDFFF) ? REPLACEMENT : c);
}

/* text is a valid JSON string, quotes included. */
static void
append_decoded (GString *out, const char *text, gsize length)
{
  const char *end = text + length - 1;

  for (const char *p = text + 1; p < end; p++)
    {
      if (*p != '\\')
        {
          g_string_append_c (out, *p);
          continue;
        }
      switch (*++p)
        {
        case 'b':
          g_string_append_c (out, '\b');
          break;
        case 'f':
          g_string_append_c (out, '\f');
          break;
        case 'n':
          g_string_append_c (out, '\n');
          break;
        case 'r':
          g_string_append_c (out, '\r');
          break;
        case 't':
          g_string_append_c (out, '\t');
          break;
        case 'u':
          append_unicode_escape (out, &p, end);
          break;
        default: /* the quote, the backslash, the slash */
          g_string_append_c (out, *p);
        }
    }
}

/* A template of strings yields one JSON string a line.  A line that is something else, because a
 * value brought a quote along, is taken as it is. */
static void
append_lines (GString *out, const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *stop = memchr (text, '\n', (gsize) (end - text));
      gsize line = (gsize) ((stop != NULL ? stop : end) - text);
      gsize bare = line > 0 && text[line - 1] == '\r' ? line - 1 : line;

      if (is_json_string (text, bare))
        append_decoded (out, text, bare);
      else
        g_string_append_len (out, text, (gssize) bare);
      if (stop == NULL)
        return;
      g_string_append_c (out, '\n');
      text = stop + 1;
    }
}

static gboolean
is_json_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
append_line_start (GString *out, guint depth)
{
  g_string_append_c (out, '\n');
  for (guint i = 0; i < MIN (depth, MAX_INDENT); i++)
    g_string_append (out, "  ");
}

/* The end of the string whose opening quote is at p: its closing quote. */
static const char *
string_end (const char *p, const char *end)
{
  for (p++; p < end && *p != '"'; p++)
    if (*p == '\\')
      p++;
  return p;
}

/* text is valid JSON. */
static void
append_laid_out (GString *out, const char *text, gsize length)
{
  const char *end = text + length;
  guint depth = 0;

  for (const char *p = text; p < end; p++)
    {
      const char *stop;

      switch (*p)
        {
        case '{':
        case '[':
          g_string_append_c (out, *p);
          for (stop = p + 1; stop < end && is_json_space (*stop); stop++)
            ;
          if (stop < end && (*stop == '}' || *stop == ']'))
            g_string_append_c (out, *(p = stop));
          else
            append_line_start (out, ++depth);
          break;
        case '}':
        case ']':
          append_line_start (out, --depth);
          g_string_append_c (out, *p);
          break;
        case ',':
          g_string_append_c (out, ',');
          append_line_start (out, depth);
          break;
        case ':':
          g_string_append (out, ": ");
          break;
        case '"':
          stop = string_end (p, end);
          g_string_append_len (out, p, stop - p + 1);
          p = stop;
          break;
        default:
          if (!is_json_space (*p))
            g_string_append_c (out, *p);
        }
    }
}

/* Bytes between the white space around them. */
static const char *
trim (const char *text, gsize *length)
{
  while (*length > 0 && is_json_space (text[*length - 1]))
    --*length;
  while (*length > 0 && is_json_space (*text))
    {
      text++;
      --*length;
    }
  return text;
}

char *
payload_text (const ConnectorRequest *request, gboolean lay_out)
{
  GString *out = g_string_new (NULL);
  gsize length;
  const char *data = g_bytes_get_data (request->payload, &length);
  const char *text = trim (data != NULL ? data : "", &length); /* NULL when there are no bytes */
  char *valid;

  if (payload_is_text (request))
    append_lines (out, text, length);
  else if (is_json_string (text, length))
    append_decoded (out, text, length);
  else if (lay_out && is_json (text, length))
    append_laid_out (out, text, length);
  else
    g_string_append_len (out, text, (gssize) length);

  /* Bytes that are no UTF-8, NUL among them, become U+FFFD. */
  valid = g_utf8_make_valid (out->str, (gssize) out->len);
  g_string_free (out, TRUE);
  return valid;
}

char *
payload_value_text (const char *json, gsize length)
{
  GString *out = g_string_new (NULL);
  char *valid;

  if (is_json_string (json, length))
    append_decoded (out, json, length);
  else
    g_string_append_len (out, json, (gssize) length);
  valid = g_utf8_make_valid (out->str, (gssize) out->len);
  g_string_free (out, TRUE);
  return valid;
}

GBytes *
payload_json (const ConnectorRequest *request, gboolean one_line)
{
  GString *out;

  if (payload_is_text (request))
    {
      g_autofree char *text = payload_text (request, FALSE);

      out = g_string_new (NULL);
      event_append_json_string (out, text, -1);
      return g_string_free_to_bytes (out);
    }

  if (!one_line)
    return g_bytes_ref (request->payload);

  out = g_string_new_len (g_bytes_get_data (request->payload, NULL),
                          (gssize) g_bytes_get_size (request->payload));
  for (gsize i = 0; i < out->len; i++)
    if (out->str[i] == '\n' || out->str[i] == '\r')
      out->str[i] = ' ';
  return g_string_free_to_bytes (out);
}

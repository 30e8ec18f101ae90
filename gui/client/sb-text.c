#include "config.h"

#include "sb-text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rules/rules.h"

static gboolean
is_hidden (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
      /* Joiners are part of emoji and of several scripts, and move nothing about. */
      return c != 0x200c && c != 0x200d;
    default:
      return FALSE;
    }
}

static void
append_visible (GString *out, gunichar c, SbTextShape shape)
{
  if (shape == SB_TEXT_BLOCK && (c == '\n' || c == '\t'))
    g_string_append_c (out, (char) c);
  else if (c < 0x20)
    g_string_append_unichar (out, 0x2400 + c);
  else if (c == 0x7f)
    g_string_append_unichar (out, 0x2421);
  else if (is_hidden (c))
    g_string_append_printf (out, "‹U+%04X›", c);
  else
    g_string_append_unichar (out, c);
}

char *
sb_text_visible (const char *text, gssize length, SbTextShape shape)
{
  const char *end = text + (length < 0 ? strlen (text) : (gsize) length);
  GString *out = g_string_sized_new ((gsize) (end - text));

  while (text < end)
    {
      gunichar c = g_utf8_get_char_validated (text, end - text);

      /* A carriage return before a line break is how HTTP ends its lines: not worth a picture. */
      if (shape == SB_TEXT_BLOCK && c == '\r' && text + 1 < end && text[1] == '\n')
        {
          text++;
          continue;
        }
      if (*text == '\0')
        c = 0;
      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append (out, "\xef\xbf\xbd");
          text++;
          continue;
        }
      append_visible (out, c, shape);
      text += c == 0 ? 1 : g_unichar_to_utf8 (c, NULL);
    }
  return g_string_free (out, FALSE);
}

static void
append_line (GString *out, guint depth)
{
  g_string_append_c (out, '\n');
  for (guint i = 0; i < depth; i++)
    g_string_append (out, "  ");
}

/* The position just after the string literal that begins at text. */
static const char *
skip_string (const char *text, const char *end)
{
  for (text++; text < end && *text != '"'; text++)
    if (*text == '\\')
      text++;
  return MIN (text + 1, end);
}

static const char *
skip_space (const char *text, const char *end)
{
  while (text < end && strchr (" \t\r\n", *text) != NULL && *text != '\0')
    text++;
  return text;
}

char *
sb_text_pretty_json (const char *text, gsize length)
{
  const char *at = text, *end = text + length;
  GString *out;
  guint depth = 0;

  if (!rules_check_json (text, length, &(RulesJsonLimits){ .allow_duplicates = true }, NULL))
    return g_strndup (text, length);

  out = g_string_sized_new (length * 2);
  while ((at = skip_space (at, end)) < end)
    {
      const char *next = at + 1;

      if (*at == '"')
        next = skip_string (at, end);
      if (*at == '}' || *at == ']')
        append_line (out, --depth);
      g_string_append_len (out, at, next - at);

      if (*at == '{' || *at == '[')
        {
          const char *inner = skip_space (next, end);

          if (inner < end && (*inner == '}' || *inner == ']'))
            {
              g_string_append_c (out, *inner);
              next = inner + 1;
            }
          else
            append_line (out, ++depth);
        }
      else if (*at == ',')
        append_line (out, depth);
      else if (*at == ':')
        g_string_append_c (out, ' ');
      at = next;
    }
  return g_string_free (out, FALSE);
}

gsize
sb_text_cut (const char *text, gsize length, gsize max_bytes)
{
  if (length <= max_bytes)
    return length;
  while (max_bytes > 0 && ((guchar) text[max_bytes] & 0xc0) == 0x80)
    max_bytes--;
  return max_bytes;
}

/* Letters and digits that are read from left to right. */
static gboolean
begins_word (const char *text)
{
  return g_ascii_isalnum (*text);
}

/* What belongs to the word that follows, in front of it: "/in/shop", "$.detail", "--config". */
static gboolean
begins_run (const char *text)
{
  while (*text != '\0' && strchr ("/$~@#-+_.\\\"'<{[", *text) != NULL)
    text++;
  return begins_word (text);
}

/* Past the last character of the run that begins at text: words with single spaces between them,
 * without the stop or the comma after the last. */
static const char *
skip_run (const char *text)
{
  const char *end = text;

  while (*end != '\0' && (guchar) *end < 0x80 && !(*end == ' ' && !begins_run (end + 1)))
    {
      /* A sentence goes on after these. */
      if (strchr (",;:!?", *end) != NULL && (end[1] == ' ' || end[1] == '\0'))
        return end;
      end++;
    }
  while (end > text && strchr (" .,;:!?\n", end[-1]) != NULL)
    end--;
  return end;
}

char *
sb_text_isolate_runs (const char *text)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0')
    {
      const char *end = begins_run (text) ? skip_run (text) : text;

      if (end > text)
        {
          g_string_append (out, "\u2068");
          g_string_append_len (out, text, end - text);
          g_string_append (out, "\u2069");
          text = end;
          continue;
        }
      end = g_utf8_next_char (text);
      g_string_append_len (out, text, end - text);
      text = end;
    }
  return g_string_free (out, FALSE);
}

char *
sb_text_isolate (const char *text)
{
  /* Translators: RTL if your language is written from right to left, else LTR */
  return g_str_equal (C_ ("direction of the text", "LTR"), "RTL") ? sb_text_isolate_runs (text)
                                                                  : g_strdup (text);
}

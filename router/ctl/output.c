/* output.c: the one place that writes to the terminal; see output.h for what it guarantees. */
#include "config.h"

#include "output.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LABEL_COLUMNS 15

struct Output
{
  FILE *stream;
  gboolean colour;
  guint width;
};

static const char *const style_codes[] = {
  [STYLE_PLAIN] = "",   [STYLE_STRONG] = "1",  [STYLE_FAINT] = "2", [STYLE_GOOD] = "32",
  [STYLE_BAD] = "1;31", [STYLE_NOTICE] = "33", [STYLE_NAME] = "36",
};

Output *
output_new (FILE *stream, gboolean colour, guint width)
{
  Output *self = g_new0 (Output, 1);

  self->stream = stream;
  self->colour = colour;
  self->width = width;
  return self;
}

void
output_free (Output *self)
{
  if (self == NULL)
    return;
  fflush (self->stream);
  g_free (self);
}

gboolean
output_wants_colour (FILE *stream, const char *when)
{
  const char *no_color = g_getenv ("NO_COLOR");

  if (g_strcmp0 (when, "always") == 0)
    return TRUE;
  if (g_strcmp0 (when, "never") == 0 || (no_color != NULL && *no_color != '\0'))
    return FALSE;
  return isatty (fileno (stream)) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

guint
output_terminal_width (FILE *stream)
{
  struct winsize size;

  if (!isatty (fileno (stream)) || ioctl (fileno (stream), TIOCGWINSZ, &size) != 0)
    return 0;
  return size.ws_col;
}

/* Characters that print nothing and yet change what is seen: C0 and C1 controls, line and paragraph
 * separators, bidirectional controls, the byte order mark, tags. */
static gboolean
is_treacherous (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

static void
append_escaped (GString *out, gunichar c)
{
  if (c == '\n')
    g_string_append (out, "\\n");
  else if (c == '\r')
    g_string_append (out, "\\r");
  else if (c == '\t')
    g_string_append (out, "\\t");
  else if (c < 0x80)
    g_string_append_printf (out, "\\x%02x", c);
  else if (c <= 0xffff)
    g_string_append_printf (out, "\\u%04x", c);
  else
    g_string_append_printf (out, "\\U%08x", c);
}

char *
output_escape (const char *text, gssize length, gboolean keep_newlines)
{
  gsize left = length < 0 ? strlen (text) : (gsize) length;
  const char *at = text;
  GString *out = g_string_sized_new (left + 16);

  while (left > 0)
    {
      gunichar c = g_utf8_get_char_validated (at, (gssize) MIN (left, 6));
      gsize size;

      if (*at == '\0' || c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (out, "\\x%02x", (guchar) *at);
          at++;
          left--;
          continue;
        }
      size = (gsize) (g_utf8_next_char (at) - at);
      if (is_treacherous (c) && !(c == '\n' && keep_newlines))
        append_escaped (out, c);
      else
        g_string_append_len (out, at, (gssize) size);
      at += size;
      left -= size;
    }
  return g_string_free (out, FALSE);
}

static guint
character_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

guint
output_width (const char *text)
{
  guint width = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    width += character_width (g_utf8_get_char (at));
  return width;
}

char *
output_cut (const char *text, guint width)
{
  const char *at = text;
  guint used = 0;

  if (width == 0 || output_width (text) <= width)
    return g_strdup (text);
  while (*at != '\0')
    {
      guint more = character_width (g_utf8_get_char (at));

      if (used + more > width - 1)
        break;
      used += more;
      at = g_utf8_next_char (at);
    }
  return g_strdup_printf ("%.*s…", (int) (at - text), text);
}

static void
write_styled (Output *self, OutputStyle style, const char *safe)
{
  if (*safe == '\0')
    return;
  if (self->colour && style != STYLE_PLAIN)
    fprintf (self->stream, "\033[%sm%s\033[0m", style_codes[style], safe);
  else
    fputs (safe, self->stream);
}

void
output_put (Output *self, OutputStyle style, const char *text)
{
  g_autofree char *safe = output_escape (text, -1, FALSE);

  write_styled (self, style, safe);
}

void
output_putf (Output *self, OutputStyle style, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  output_put (self, style, text);
}

void
output_block (Output *self, OutputStyle style, const char *text)
{
  g_autofree char *safe = output_escape (text, -1, TRUE);

  write_styled (self, style, safe);
}

void
output_newline (Output *self)
{
  fputc ('\n', self->stream);
}

void
output_spaces (Output *self, guint n)
{
  fprintf (self->stream, "%*s", (int) n, "");
}

void
output_field (Output *self, const char *label, OutputStyle style, const char *text)
{
  guint width = output_width (label);

  output_put (self, STYLE_FAINT, label);
  output_spaces (self, width < LABEL_COLUMNS ? LABEL_COLUMNS - width : 1);
  output_put (self, style, text);
  output_newline (self);
}

void
output_raw (Output *self, const char *bytes, gsize length)
{
  fwrite (bytes, 1, length, self->stream);
}

void
output_flush (Output *self)
{
  fflush (self->stream);
}

gboolean
output_failed (Output *self)
{
  return fflush (self->stream) != 0 || ferror (self->stream);
}

gboolean
output_has_colour (Output *self)
{
  return self->colour;
}

guint
output_get_width (Output *self)
{
  return self->width;
}

void
output_set_colour (Output *self, gboolean colour)
{
  self->colour = colour;
}

/* Looks at escapes only; everything else passes untouched. */
#include "base/json-text.h"

#include <string.h>

#define ESCAPE_BYTES 6 /* \u0000 */

static guint
hex_unit (const char *text)
{
  guint unit = 0;

  for (guint i = 0; i < 4; i++)
    unit = unit * 16 + (guint) g_ascii_xdigit_value (text[i]);
  return unit;
}

static gboolean
is_low_half (const char *text, const char *end)
{
  guint unit;

  if (end - text < ESCAPE_BYTES || text[0] != '\\' || text[1] != 'u')
    return FALSE;
  unit = hex_unit (text + 2);
  return unit >= 0xDC00 && unit < 0xE000;
}

/* How many bytes the escape at text is made of, and whether it stands for a character. */
static gsize
escape_bytes (const char *text, const char *end, gboolean *out_good)
{
  guint unit;

  *out_good = TRUE;
  if (text[1] != 'u')
    return 2;
  unit = hex_unit (text + 2);
  if (unit >= 0xD800 && unit < 0xDC00 && is_low_half (text + ESCAPE_BYTES, end))
    return 2 * ESCAPE_BYTES;
  *out_good = unit != 0 && (unit < 0xD800 || unit >= 0xE000);
  return ESCAPE_BYTES;
}

const char *
json_text_find_bad_escape (const char *text, gsize length)
{
  const char *end = text + length;
  const char *at = text;

  while ((at = memchr (at, '\\', (gsize) (end - at))) != NULL)
    {
      gboolean good;
      gsize bytes = escape_bytes (at, end, &good);

      if (!good)
        return at;
      at += bytes;
    }
  return NULL;
}

void
json_text_append_displayable (GString *out, const char *text, gsize length)
{
  const char *end = text + length;
  const char *bad;

  while ((bad = json_text_find_bad_escape (text, (gsize) (end - text))) != NULL)
    {
      g_string_append_len (out, text, bad - text);
      g_string_append (out, "\\ufffd");
      text = bad + ESCAPE_BYTES;
    }
  g_string_append_len (out, text, end - text);
}

/* Hexadecimal and base64. */
#include "ingress/decode.h"

#include <string.h>

static GBytes *
decode_hex (const char *text, gsize length)
{
  guint8 *out;

  if (length % 2 != 0)
    return NULL;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isxdigit (text[i]))
      return NULL;
  out = g_malloc (length / 2 + 1);
  for (gsize i = 0; i < length / 2; i++)
    out[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 |
                       g_ascii_xdigit_value (text[2 * i + 1]));
  return g_bytes_new_take (out, length / 2);
}

static int
sextet (char c, gboolean for_url)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == (for_url ? '-' : '+'))
    return 62;
  return c == (for_url ? '_' : '/') ? 63 : -1;
}

/* RFC 4648, sections 4 and 5. */
static GBytes *
decode_base64 (const char *text, gsize length, gboolean for_url)
{
  gsize digits = length, n = 0;
  guint32 bits = 0;
  g_autofree guint8 *out = NULL;

  while (digits > 0 && length - digits < 2 && text[digits - 1] == '=')
    digits--;
  if (digits % 4 == 1 || (digits < length && length % 4 != 0))
    return NULL;
  out = g_malloc (digits / 4 * 3 + 3);
  for (gsize i = 0; i < digits; i++)
    {
      int value = sextet (text[i], for_url);

      if (value < 0)
        return NULL;
      bits = bits << 6 | (guint32) value;
      if (i % 4 != 0)
        out[n++] = (guint8) (bits >> (6 - 2 * (i % 4)));
    }
  /* Bits that belong to no byte say nothing: other than zero they would be another spelling. */
  if ((digits % 4 == 2 && (bits & 15) != 0) || (digits % 4 == 3 && (bits & 3) != 0))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), n);
}

GBytes *
decode_text (ConfigEncoding encoding, const char *text, gsize length)
{
  switch (encoding)
    {
    case CONFIG_ENCODING_HEX:
      return decode_hex (text, length);
    case CONFIG_ENCODING_BASE64:
    case CONFIG_ENCODING_BASE64URL:
      return decode_base64 (text, length, encoding == CONFIG_ENCODING_BASE64URL);
    case CONFIG_ENCODING_PLAIN:
      break;
    }
  return g_bytes_new (text, length);
}

/* W3C Trace Context. */
#include "base/trace.h"

#include <string.h>

#define LENGTH 55 /* "00-" id "-" span "-" flags */
#define STATE_MAX_BYTES 512
#define STATE_MAX_MEMBERS 32

/* Upper-case digits are not allowed. */
static gboolean
take_digits (const char *text, guint n, char *out)
{
  gboolean is_zero = TRUE;

  for (guint i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (text[i]) && (text[i] < 'a' || text[i] > 'f'))
        return FALSE;
      is_zero &= text[i] == '0';
      out[i] = text[i];
    }
  out[n] = '\0';
  return !is_zero;
}

static gboolean
take_byte (const char *text, guint8 *out)
{
  int high, low;

  if (g_ascii_isupper (text[0]) || g_ascii_isupper (text[1]))
    return FALSE;
  high = g_ascii_xdigit_value (text[0]);
  low = g_ascii_xdigit_value (text[1]);
  if (high < 0 || low < 0)
    return FALSE;
  *out = (guint8) (high << 4 | low);
  return TRUE;
}

gboolean
trace_parse (const char *text, TraceParent *out_parent)
{
  gsize length = strlen (text);
  TraceParent parent;
  guint8 version, flags;

  if (length < LENGTH || text[2] != '-' || text[35] != '-' || text[52] != '-' ||
      !take_byte (text, &version) || version == 0xff || !take_byte (text + 53, &flags) ||
      !take_digits (text + 3, TRACE_ID_DIGITS, parent.id) ||
      !take_digits (text + 36, TRACE_SPAN_DIGITS, parent.span))
    return FALSE;
  if (length > LENGTH && (version == 0 || text[LENGTH] != '-'))
    return FALSE;
  parent.flags = flags & TRACE_FLAGS;
  *out_parent = parent;
  return TRUE;
}

char *
trace_format (const TraceParent *parent)
{
  return g_strdup_printf ("00-%s-%s-%02x", parent->id, parent->span, parent->flags);
}

gboolean
trace_state_is_valid (const char *text)
{
  guint n_members = 1;
  gsize length = strlen (text);

  if (length == 0 || length > STATE_MAX_BYTES)
    return FALSE;
  for (const char *at = text; *at != '\0'; at++)
    {
      if ((*at < ' ' && *at != '\t') || *at > '~')
        return FALSE;
      n_members += *at == ',';
    }
  return n_members <= STATE_MAX_MEMBERS;
}

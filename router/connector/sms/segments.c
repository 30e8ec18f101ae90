/* Counting segments. */
#include "connector/sms/segments.h"

/* The default alphabet's characters that are not ASCII, and those of its extension table. */
static const char gsm_beyond_ascii[] = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
static const char gsm_extension[] = "\f^{}\\[~]|€";

static gboolean
contains (const char *set, gunichar c)
{
  return g_utf8_strchr (set, -1, c) != NULL;
}

/* In septets; 0 when the alphabet does not have it.  Of ASCII it lacks the back quote and most
 * control characters; what is missing besides is in the extension table. */
static guint
gsm_width (gunichar c)
{
  if (contains (gsm_extension, c))
    return 2;
  if (c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f && c != '`'))
    return 1;
  return c >= 0x80 && contains (gsm_beyond_ascii, c) ? 1 : 0;
}

static guint
ucs2_width (gunichar c)
{
  return c > 0xFFFF ? 2 : 1;
}

static void
count (const char *text, guint (*width) (gunichar c), guint alone, guint each, SmsSize *out_size)
{
  guint total = 0, segments = 1, used = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      guint w = width (g_utf8_get_char (p));

      total += w;
      if (used + w > each)
        {
          segments++;
          used = 0;
        }
      used += w;
    }
  out_size->length = total;
  out_size->segments = total <= alone ? 1 : segments;
}

void
sms_measure (const char *text, SmsSize *out_size)
{
  *out_size = (SmsSize){ 0 };
  for (const char *p = text; *p != '\0' && !out_size->is_ucs2; p = g_utf8_next_char (p))
    out_size->is_ucs2 = gsm_width (g_utf8_get_char (p)) == 0;
  if (out_size->is_ucs2)
    count (text, ucs2_width, 70, 67, out_size);
  else
    count (text, gsm_width, 160, 153, out_size);
}

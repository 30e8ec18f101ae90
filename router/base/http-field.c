/* Header fields of HTTP. */
#include "base/http-field.h"

#include <string.h>

gboolean
http_field_name_is_valid (const char *name)
{
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("!#$%&'*+-.^_`|~", *p) == NULL)
      return FALSE;
  return *name != '\0';
}

gboolean
http_field_value_is_valid (const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    if (((guchar) *p < 0x20 && *p != '\t') || *p == 0x7f)
      return FALSE;
  return TRUE;
}

gboolean
http_field_is_reserved (const char *name)
{
  static const char *const reserved[] = {
    "Connection", "Content-Length",    "Expect",  "Host", "Keep-Alive", "TE",
    "Trailer",    "Transfer-Encoding", "Upgrade",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (g_ascii_strcasecmp (name, reserved[i]) == 0)
      return TRUE;
  return g_ascii_strncasecmp (name, "Signalbox-", 10) == 0 ||
         g_ascii_strncasecmp (name, "Proxy-", 6) == 0;
}

/* Content types. */
#include "ingress/media.h"

#include <string.h>

/* Of the parameters only charset matters; JSON is UTF-8 (RFC 8259), and ASCII is a part of that. */
static gboolean
is_utf8 (const char *parameters)
{
  g_auto (GStrv) parts = g_strsplit (parameters, ";", -1);

  for (char **part = parts; *part != NULL; part++)
    {
      char *text = g_strstrip (*part);

      if (g_ascii_strncasecmp (text, "charset=", 8) != 0)
        continue;
      text += 8;
      if (*text == '"')
        {
          text++;
          text[strcspn (text, "\"")] = '\0';
        }
      if (g_ascii_strcasecmp (text, "utf-8") != 0 && g_ascii_strcasecmp (text, "utf8") != 0 &&
          g_ascii_strcasecmp (text, "us-ascii") != 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_one_of (const char *type, const char *const *types)
{
  for (; *types != NULL; types++)
    if (g_ascii_strcasecmp (type, *types) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
has_json_suffix (const char *type)
{
  gsize length = strlen (type);

  return strchr (type, '/') != NULL && length > 5 &&
         g_ascii_strcasecmp (type + length - 5, "+json") == 0;
}

Media
media_parse (const char *content_type)
{
  static const char *const json[] = { "application/json", "text/json", NULL };
  static const char *const ndjson[] = { "application/x-ndjson", "application/ndjson",
                                        "application/jsonl", "application/jsonlines", NULL };
  g_autofree char *type = NULL;
  gsize length;

  if (content_type == NULL || content_type[strspn (content_type, " \t")] == '\0')
    return MEDIA_JSON;
  length = strcspn (content_type, ";");
  if (content_type[length] == ';' && !is_utf8 (content_type + length + 1))
    return MEDIA_OTHER;
  type = g_strstrip (g_strndup (content_type, length));
  if (is_one_of (type, json) || has_json_suffix (type))
    return MEDIA_JSON;
  return is_one_of (type, ndjson) ? MEDIA_NDJSON : MEDIA_OTHER;
}

gboolean
media_is_json (const char *content_type)
{
  g_autofree char *type = g_strstrip (g_strndup (content_type, strcspn (content_type, ";")));
  const char *subtype = strchr (type, '/');

  return subtype != NULL && (g_ascii_strcasecmp (subtype, "/json") == 0 || has_json_suffix (type));
}

gboolean
media_is_utf8 (const char *content_type)
{
  const char *parameters = content_type != NULL ? strchr (content_type, ';') : NULL;

  return parameters == NULL || is_utf8 (parameters + 1);
}

gboolean
media_is (const char *content_type, const char *type)
{
  g_autofree char *sent = NULL;
  gsize length = strlen (type);

  if (content_type == NULL)
    return FALSE;
  sent = g_strstrip (g_strndup (content_type, strcspn (content_type, ";")));
  if (length > 2 && g_str_has_suffix (type, "/*"))
    return g_ascii_strncasecmp (sent, type, length - 1) == 0;
  return g_ascii_strcasecmp (sent, type) == 0;
}

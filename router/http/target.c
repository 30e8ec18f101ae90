/* Takes request targets apart.  Pure functions. */
#include "http/target.h"

#include <string.h>

char *
http_decode (const char *text, gsize length, gboolean plus)
{
  g_autofree char *out = g_malloc (length + 1);
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (c == '%')
        {
          if (i + 2 >= length || !g_ascii_isxdigit (text[i + 1]) || !g_ascii_isxdigit (text[i + 2]))
            return NULL;
          c = (char) (g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2]));
          i += 2;
        }
      else if (c == '+' && plus)
        c = ' ';
      if (c == '\0')
        return NULL;
      out[n++] = c;
    }
  out[n] = '\0';
  if (!g_utf8_validate (out, (gssize) n, NULL))
    return NULL;
  return g_steal_pointer (&out);
}

static gboolean
parse_parameter (const char *text, gsize length, HttpParameter *out)
{
  const char *equals = memchr (text, '=', length);
  gsize name_length = equals != NULL ? (gsize) (equals - text) : length;
  g_autofree char *name = http_decode (text, name_length, TRUE);
  g_autofree char *value = NULL;

  value = equals != NULL ? http_decode (equals + 1, length - name_length - 1, TRUE) : g_strdup ("");
  if (name == NULL || value == NULL)
    return FALSE;
  out->name = g_steal_pointer (&name);
  out->value = g_steal_pointer (&value);
  return TRUE;
}

static gboolean
parse_query (const char *text, HttpTarget *target, const char **out_reason)
{
  while (*text != '\0')
    {
      gsize length = strcspn (text, "&");

      if (length > 0)
        {
          if (target->n_parameters == HTTP_TARGET_MAX_PARAMETERS)
            {
              *out_reason = "it has more than 32 query parameters";
              return FALSE;
            }
          if (target->parameters == NULL)
            target->parameters = g_new0 (HttpParameter, HTTP_TARGET_MAX_PARAMETERS);
          if (!parse_parameter (text, length, &target->parameters[target->n_parameters]))
            {
              *out_reason = "a query parameter has a broken percent escape or is not UTF-8";
              return FALSE;
            }
          target->n_parameters++;
        }
      text += length;
      text += *text == '&';
    }
  return TRUE;
}

/* RFC 9112, section 3.2.2: a server takes the absolute form too, and its authority goes before the
 * Host header. */
static const char *
skip_scheme (const char *text, HttpTarget *target)
{
  gsize length;

  if (g_ascii_strncasecmp (text, "http://", 7) == 0)
    text += 7;
  else if (g_ascii_strncasecmp (text, "https://", 8) == 0)
    text += 8;
  else
    return text;
  length = strcspn (text, "/?");
  target->authority = g_strndup (text, length);
  return text + length;
}

gboolean
http_target_parse (const char *text, HttpTarget *out_target, const char **out_reason)
{
  HttpTarget target = { 0 };
  gsize path_length;

  text = skip_scheme (text, &target);
  path_length = strcspn (text, "?");
  if (path_length == 0 && target.authority != NULL)
    target.path = g_strdup ("/");
  else if (*text != '/')
    {
      *out_reason = "it does not begin with “/”";
      http_target_clear (&target);
      return FALSE;
    }
  else
    target.path = g_strndup (text, path_length);
  if (text[path_length] == '?' && !parse_query (text + path_length + 1, &target, out_reason))
    {
      http_target_clear (&target);
      return FALSE;
    }
  *out_target = target;
  return TRUE;
}

void
http_target_clear (HttpTarget *target)
{
  for (guint i = 0; i < target->n_parameters; i++)
    {
      g_free (target->parameters[i].name);
      g_free (target->parameters[i].value);
    }
  g_free (target->parameters);
  g_free (target->path);
  g_free (target->authority);
  *target = (HttpTarget){ 0 };
}

const char *
http_target_parameter (const HttpTarget *target, const char *name)
{
  for (guint i = 0; i < target->n_parameters; i++)
    if (strcmp (target->parameters[i].name, name) == 0)
      return target->parameters[i].value;
  return NULL;
}

/* Values that settings take from requests. */
#include "ingress/value.h"

#include "ingress/scan.h"

/* The value of a JSONPath as a word: strings decoded, numbers and booleans as they are written.
 * NULL when there is none. */
static char *
value_at_path (const char *path, GBytes *body)
{
  RulesBuffer found = { 0 };
  bool is_there = false;
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  char *word = NULL;

  if (rules_path_get (path, text, length, &found, &is_there, NULL) && is_there)
    {
      JsonSlice value = json_slice (found.data, found.length);
      char type = json_slice_type (value);

      if (type == '"')
        word = json_slice_string (value);
      else if (type == '0' || type == 'b')
        word = g_strndup (value.text, value.length);
    }
  rules_buffer_clear (&found);
  return word;
}

char *
value_get (const ConfigValue *value, const IngressRequest *request, GBytes *body)
{
  g_autofree char *word = NULL;
  const char *header;

  switch (value->kind)
    {
    case CONFIG_VALUE_CONSTANT:
      return g_strdup (value->text);
    case CONFIG_VALUE_HEADER:
      header = request->header != NULL ? request->header (value->text, request->header_data) : NULL;
      word = header != NULL ? g_utf8_make_valid (header, -1) : NULL;
      break;
    case CONFIG_VALUE_PATH:
      word = value_at_path (value->text, body);
      break;
    }
  return word != NULL && *word != '\0' ? g_steal_pointer (&word) : g_strdup (value->fallback);
}

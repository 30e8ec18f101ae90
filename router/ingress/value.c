/* Values that settings take from requests. */
#include "ingress/value.h"

#include "ingress/form.h"
#include "ingress/scan.h"

#include "base/clock.h"

#include <math.h>
#include <string.h>

/* 9999-12-31T23:59:59Z: what a date with four digits of year can say. */
#define MAX_EPOCH_SECONDS 253402300799.0
/* As seconds it would be in the year 5138. */
#define FIRST_MILLISECONDS 1e11

static gboolean
find_path (const char *path, GBytes *body, RulesBuffer *found)
{
  bool is_there = false;
  gsize length;
  const char *text = g_bytes_get_data (body, &length);

  return rules_path_get (path, text, length, found, &is_there, NULL) && is_there;
}

/* Strings decoded, numbers and booleans as they are written; NULL for all else. */
static char *
word_of (JsonSlice value)
{
  char type = json_slice_type (value);

  if (type == '"')
    return json_slice_string (value);
  return type == '0' || type == 'b' ? g_strndup (value.text, value.length) : NULL;
}

static char *
value_at_path (const char *path, GBytes *body)
{
  RulesBuffer found = { 0 };
  char *word = NULL;

  if (find_path (path, body, &found))
    word = word_of (json_slice (found.data, found.length));
  rules_buffer_clear (&found);
  return word;
}

static char *
value_of_query (const char *name, const char *target)
{
  const char *query = target != NULL ? strchr (target, '?') : NULL;
  g_autoptr (GArray) fields = query != NULL ? form_parse (query + 1, strlen (query + 1)) : NULL;

  return g_strdup (fields != NULL ? form_get (fields, name) : NULL);
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
    case CONFIG_VALUE_QUERY:
      word = value_of_query (value->text, request->target);
      break;
    }
  return word != NULL && *word != '\0' ? g_steal_pointer (&word) : g_strdup (value->fallback);
}

/* NULL: the path finds no array of strings. */
static char *
list_at_path (const char *path, GBytes *body)
{
  RulesBuffer found = { 0 };
  char *list = NULL;

  if (find_path (path, body, &found))
    {
      JsonSlice value = json_slice (found.data, found.length);

      if (json_slice_type (value) == '[' && json_slice_are_strings (value))
        list = g_strndup (value.text, value.length);
    }
  rules_buffer_clear (&found);
  return list;
}

char *
value_get_list (const ConfigValue *value, const IngressRequest *request, GBytes *body)
{
  char *list = value->kind == CONFIG_VALUE_PATH ? list_at_path (value->text, body) : NULL;
  g_autofree char *word = NULL;
  GString *out;

  if (list != NULL)
    return list;
  word = value_get (value, request, body);
  out = g_string_new ("[");
  if (*word != '\0')
    event_append_json_string (out, word, -1);
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}

gboolean
value_parse_time (const char *text, gint64 *out_us)
{
  double seconds;
  char *end;

  if (clock_parse (text, out_us))
    return TRUE;
  if (!g_ascii_isdigit (*text))
    return FALSE;
  seconds = g_ascii_strtod (text, &end);
  if (*end != '\0' || strspn (text, "0123456789.") != strlen (text))
    return FALSE;
  if (seconds >= FIRST_MILLISECONDS)
    seconds /= 1000;
  if (seconds > MAX_EPOCH_SECONDS)
    return FALSE;
  *out_us = llround (seconds * 1e6);
  return TRUE;
}

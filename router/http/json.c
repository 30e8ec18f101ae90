/* Writes JSON text.  Whether a comma is due can be seen from the last character. */
#include "http/json.h"

#include "base/clock.h"
#include "base/event.h"

#include <string.h>

JsonOut *
json_out_new (void)
{
  return g_string_sized_new (1024);
}

static void
begin (JsonOut *out, const char *name)
{
  if (out->len > 0 && strchr ("{[", out->str[out->len - 1]) == NULL)
    g_string_append_c (out, ',');
  if (name == NULL)
    return;
  event_append_json_string (out, name, -1);
  g_string_append_c (out, ':');
}

void
json_out_object (JsonOut *out, const char *name)
{
  begin (out, name);
  g_string_append_c (out, '{');
}

void
json_out_end_object (JsonOut *out)
{
  g_string_append_c (out, '}');
}

void
json_out_array (JsonOut *out, const char *name)
{
  begin (out, name);
  g_string_append_c (out, '[');
}

void
json_out_end_array (JsonOut *out)
{
  g_string_append_c (out, ']');
}

void
json_out_string (JsonOut *out, const char *name, const char *value)
{
  g_autofree char *valid = NULL;

  if (value == NULL)
    {
      json_out_null (out, name);
      return;
    }
  begin (out, name);
  if (!g_utf8_validate (value, -1, NULL))
    value = valid = g_utf8_make_valid (value, -1);
  event_append_json_string (out, value, -1);
}

void
json_out_int (JsonOut *out, const char *name, gint64 value)
{
  begin (out, name);
  g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

void
json_out_bool (JsonOut *out, const char *name, gboolean value)
{
  begin (out, name);
  g_string_append (out, value ? "true" : "false");
}

void
json_out_null (JsonOut *out, const char *name)
{
  begin (out, name);
  g_string_append (out, "null");
}

void
json_out_time (JsonOut *out, const char *name, gint64 wall_us)
{
  g_autofree char *text = wall_us != 0 ? clock_format_us (wall_us) : NULL;

  json_out_string (out, name, text);
}

void
json_out_raw (JsonOut *out, const char *name, const char *json, gssize length)
{
  begin (out, name);
  g_string_append_len (out, json, length);
}

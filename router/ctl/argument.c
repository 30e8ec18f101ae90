/* argument.c: see argument.h. */
#include "config.h"

#include "argument.h"

#include "base/error.h"
#include "base/event.h"
#include "base/id.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void
argument_text_clear (ArgumentText *text)
{
  g_clear_pointer (&text->name, g_free);
  g_clear_pointer (&text->text, g_free);
}

void
argument_inline (const char *text, const char *what, ArgumentText *out_text)
{
  out_text->name = g_strdup (what);
  out_text->text = g_strdup (text);
  out_text->length = strlen (text);
}

static gboolean
read_standard_input (ArgumentText *out_text, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[16384];
  gsize n;

  while ((n = fread (buffer, 1, sizeof buffer, stdin)) > 0)
    g_string_append_len (text, buffer, (gssize) n);
  if (ferror (stdin))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND, "Standard input cannot be read: %s",
                   g_strerror (errno));
      return FALSE;
    }
  out_text->name = g_strdup ("standard input");
  out_text->length = text->len;
  out_text->text = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}

gboolean
argument_read (const char *argument, const char *what, ArgumentText *out_text, GError **error)
{
  const char *begin = argument + strspn (argument, " \t\r\n");
  g_autoptr (GError) local = NULL;
  char *text = NULL;
  gsize length = 0;

  if (g_str_equal (argument, "-"))
    return read_standard_input (out_text, error);
  if (*begin == '{' || *begin == '[')
    {
      argument_inline (argument, what, out_text);
      return TRUE;
    }
  if (!g_file_get_contents (argument, &text, &length, &local))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND, "%s: %s", what, local->message);
      return FALSE;
    }
  out_text->name = g_strdup (argument);
  out_text->text = text;
  out_text->length = length;
  return TRUE;
}

char *
argument_envelope (const char *source,
                   const char *detail_type,
                   const char *detail,
                   gsize length,
                   Clock *clock)
{
  g_autoptr (Random) random = random_system_new ();
  g_autoptr (GBytes) body = g_bytes_new (detail, length);
  g_autoptr (Event) event = NULL;
  char id[ID_LENGTH + 1];
  gint64 now_us = clock_wall_us (clock);

  id_new (clock, random, id);
  event = event_new (&(const Event){
      .id = id,
      .bus = (char *) "default",
      .ingress = (char *) "api",
      .source = (char *) source,
      .detail_type = (char *) detail_type,
      .time_us = now_us,
      .received_us = now_us,
      .resources = (char *) "[]",
      .content_type = (char *) "application/json",
      .body = body,
  });
  return g_string_free (event_envelope (event), FALSE);
}

void
argument_query (GString *path, const char *name, const char *value)
{
  g_autofree char *escaped = NULL;

  if (value == NULL)
    return;
  escaped = g_uri_escape_string (value, NULL, FALSE);
  g_string_append_printf (path, "%c%s=%s", strchr (path->str, '?') == NULL ? '?' : '&', name,
                          escaped);
}

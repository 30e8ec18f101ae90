/* command-rejected.c: what sources turned away, and taking it in after all. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "filters.h"
#include "format.h"
#include "table.h"

#include <string.h>

#define DEFAULT_LIMIT 50

static void
add_row (Table *table, JsonObject *rejected, gint64 now_us)
{
  g_autofree char *when = format_relative (field_time (rejected, "at"), now_us);

  table_add (table, STYLE_NAME, field_string (rejected, "id"));
  table_add (table, STYLE_PLAIN, when);
  table_add (table, STYLE_PLAIN, field_string (rejected, "source"));
  table_add (table, STYLE_BAD, field_string (rejected, "cause"));
  table_add (table, STYLE_PLAIN, field_string (rejected, "peer"));
  table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, field_int (rejected, "bytes"));
  table_add (table, STYLE_PLAIN, field_string (rejected, "detail"));
}

static int
accept (Ctl *ctl, const char *id)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/v1/rejected/%s/accept", escaped);
  g_autoptr (ClientAnswer) answer = NULL;
  JsonObject *object;
  int exit_code;

  exit_code = ctl_call (ctl, &(const ClientRequest){ .method = "POST", .path = path }, &answer);
  if (exit_code != EX_OK)
    return exit_code;
  object = client_answer_get_object (answer);
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else
    {
      output_put (ctl->out, STYLE_GOOD, "accepted as ");
      output_put (ctl->out, STYLE_NAME, field_string (object, "id"));
      output_newline (ctl->out);
    }
  return EX_OK;
}

int
command_rejected (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const TableColumn columns[] = {
    { "REQUEST", FALSE, FALSE }, { "WHEN", FALSE, FALSE },
    { "SOURCE", FALSE, TRUE },   { "CAUSE", FALSE, FALSE },
    { "FROM", FALSE, TRUE },     { "BYTES", TRUE, FALSE },
    { "DETAIL", FALSE, TRUE },   { NULL },
  };
  static const FiltersView view = { "rejected", columns, add_row, "No request was turned away.\n" };
  g_autofree char *source = NULL;
  gint64 limit = DEFAULT_LIMIT;
  const GOptionEntry entries[] = {
    { "source", 0, 0, G_OPTION_ARG_FILENAME, &source, "Only of this source", "NAME" },
    { "limit", 'n', 0, G_OPTION_ARG_INT64, &limit, "At most so many (default 50), 0: all", "N" },
    { 0 },
  };
  g_autoptr (GString) path = g_string_new ("/v1/rejected");
  g_auto (GStrv) rest = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 0, 2, &rest, &exit_code))
    return exit_code;
  if (rest[0] != NULL && (strcmp (rest[0], "accept") != 0 || rest[1] == NULL))
    return ctl_fail_usage (ctl, command, "Expected nothing, or: accept <request>");
  if (rest[0] != NULL)
    return accept (ctl, rest[1]);
  if (limit < 0)
    return ctl_fail_usage (ctl, command, "--limit takes 0 or more");
  if (source != NULL)
    {
      g_string_append (path, "?source=");
      g_string_append_uri_escaped (path, source, NULL, FALSE);
    }
  return filters_print (ctl, &view, path->str, (guint64) limit);
}

/* command-audit.c: audit: who changed what. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "format.h"
#include "table.h"

static void
print_lines (Ctl *ctl, JsonArray *lines)
{
  static const TableColumn columns[] = {
    { "WHEN", FALSE, FALSE }, { "WHO", FALSE, FALSE }, { "STATUS", TRUE, FALSE },
    { "CALL", FALSE, FALSE }, { "WITH", FALSE, TRUE }, { NULL },
  };
  g_autoptr (Table) table = table_new (ctl->out, columns);
  gint64 now_us = clock_wall_us (ctl->clock);

  for (guint i = 0; i < field_length (lines); i++)
    {
      JsonObject *line = field_object (field_object_at (lines, i), "line");
      g_autofree char *when = format_rfc3339 (field_string (line, "at"), now_us);
      gint64 status = field_int (line, "status");

      table_add (table, STYLE_FAINT, when);
      table_add (table, STYLE_NAME, field_string (line, "who"));
      table_addf (table, status < 300 ? STYLE_GOOD : STYLE_BAD, "%" G_GINT64_FORMAT, status);
      table_addf (table, STYLE_PLAIN, "%s %s", field_string (line, "method"),
                  field_string (line, "target"));
      table_add (table, STYLE_FAINT, field_string (line, "body"));
    }
  table_flush (table);
}

int
command_audit (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  JsonArray *lines;
  int exit_code;

  if (!ctl_parse (ctl, command, NULL, arguments, 0, 0, &rest, &exit_code))
    return exit_code;
  exit_code = ctl_get (ctl, "/v1/audit", &answer);
  if (exit_code != EX_OK)
    return exit_code;
  lines = field_array (client_answer_get_object (answer), "lines");
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else
    print_lines (ctl, lines);
  return field_length (lines) > 0 ? EX_OK : EX_NOTHING;
}

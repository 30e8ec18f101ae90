/* command-routes.c: routes: sources, rules and connectors with their counts, as three tables. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "journey.h"
#include "table.h"

static void
print_sources (Ctl *ctl, JsonArray *sources)
{
  static const TableColumn columns[] = {
    { "SOURCE", FALSE, FALSE }, { "PATH", FALSE, FALSE },       { "BUS", FALSE, FALSE },
    { "EVENTS", TRUE, FALSE },  { "DESCRIPTION", FALSE, TRUE }, { NULL },
  };
  g_autoptr (Table) table = table_new (ctl->out, columns);

  for (guint i = 0; i < field_length (sources); i++)
    {
      JsonObject *source = field_object_at (sources, i);
      gboolean off = json_object_has_member (source, "enabled") && !field_bool (source, "enabled");

      table_addf (table, off ? STYLE_FAINT : STYLE_NAME, "%s%s", field_string (source, "name"),
                  off ? " (off)" : "");
      table_add (table, STYLE_PLAIN, field_string (source, "path"));
      table_add (table, STYLE_PLAIN, field_string (source, "bus"));
      table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, field_int (source, "events"));
      table_add (table, STYLE_FAINT, field_string (source, "description"));
    }
  table_flush (table);
}

static void
add_target_row (Table *table, JsonObject *rule, JsonObject *target)
{
  gboolean off = json_object_has_member (rule, "enabled") && !field_bool (rule, "enabled");
  OutputStyle style;
  g_autofree char *counts = journey_counts (field_object (target, "counts"), &style);

  table_addf (table, off ? STYLE_FAINT : STYLE_NAME, "%s%s", field_string (rule, "name"),
              off ? " (off)" : "");
  table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, field_int (rule, "matched"));
  table_add (table, STYLE_PLAIN, field_string (target, "id"));
  table_add (table, STYLE_NAME, field_string (target, "connector"));
  table_add (table, style, counts);
  table_add (table, STYLE_FAINT, field_string (rule, "description"));
}

static void
print_rules (Ctl *ctl, JsonArray *rules)
{
  static const TableColumn columns[] = {
    { "RULE", FALSE, FALSE },
    { "MATCHED", TRUE, FALSE },
    { "TARGET", FALSE, FALSE },
    { "CONNECTOR", FALSE, FALSE },
    { "DELIVERIES", FALSE, FALSE },
    { "DESCRIPTION", FALSE, TRUE },
    { NULL },
  };
  g_autoptr (Table) table = table_new (ctl->out, columns);

  for (guint i = 0; i < field_length (rules); i++)
    {
      JsonObject *rule = field_object_at (rules, i);
      JsonArray *targets = field_array (rule, "targets");

      if (field_length (targets) == 0)
        add_target_row (table, rule, NULL);
      for (guint j = 0; j < field_length (targets); j++)
        add_target_row (table, rule, field_object_at (targets, j));
    }
  table_flush (table);
}

static void
print_connectors (Ctl *ctl, JsonArray *connectors)
{
  static const TableColumn columns[] = {
    { "CONNECTOR", FALSE, FALSE },
    { "DELIVERIES", FALSE, FALSE },
    { "GOES TO", FALSE, TRUE },
    { NULL },
  };
  g_autoptr (Table) table = table_new (ctl->out, columns);

  for (guint i = 0; i < field_length (connectors); i++)
    {
      JsonObject *connector = field_object_at (connectors, i);
      OutputStyle style;
      g_autofree char *counts = journey_counts (field_object (connector, "counts"), &style);

      table_add (table, STYLE_NAME, field_string (connector, "name"));
      table_add (table, style, counts);
      table_add (table, STYLE_PLAIN, field_string (connector, "summary"));
    }
  table_flush (table);
}

int
command_routes (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  JsonObject *routes;
  int exit_code;

  if (!ctl_parse (ctl, command, NULL, arguments, 0, 0, &rest, &exit_code))
    return exit_code;
  exit_code = ctl_get (ctl, "/v1/routes", &answer);
  if (exit_code != EX_OK)
    return exit_code;
  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return EX_OK;
    }
  routes = client_answer_get_object (answer);
  print_sources (ctl, field_array (routes, "sources"));
  output_newline (ctl->out);
  print_rules (ctl, field_array (routes, "rules"));
  output_newline (ctl->out);
  print_connectors (ctl, field_array (routes, "connectors"));
  return EX_OK;
}

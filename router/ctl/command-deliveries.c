/* command-deliveries.c: deliveries, waiting and dead: one list, three views. */
#include "config.h"

#include "argument.h"
#include "command-show.h"
#include "commands.h"
#include "field.h"
#include "filters.h"
#include "format.h"
#include "journey.h"
#include "table.h"

#define DEFAULT_LIMIT 50

typedef struct
{
  const char *states; /* of the API; NULL: what --state says */
  const char *order;
  const char *none; /* when there are none */
  const char *when; /* title of the column with the time */
} View;

static void
add_row (Table *table, JsonObject *delivery, gint64 now_us)
{
  const char *state = field_string (delivery, "state");
  g_autofree char *when = journey_when (delivery, now_us);
  g_autofree char *last = journey_last (field_object (delivery, "last"));

  table_add (table, STYLE_NAME, field_string (delivery, "id"));
  table_add (table, journey_state_style (state), state);
  table_add (table, STYLE_PLAIN, field_string (delivery, "connector"));
  table_add (table, STYLE_PLAIN, field_string (delivery, "rule"));
  table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, field_int (delivery, "attempts"));
  table_add (table, STYLE_PLAIN, when);
  if (*field_string (delivery, "dead_reason") != '\0' && *last != '\0')
    table_addf (table, STYLE_PLAIN, "%s: %s", field_string (delivery, "dead_reason"), last);
  else
    table_add (table, STYLE_PLAIN, last);
}

static int
print_list (Ctl *ctl, const View *view, const char *path, guint64 limit)
{
  const TableColumn columns[] = {
    { "DELIVERY", FALSE, FALSE },    { "STATE", FALSE, FALSE },
    { "CONNECTOR", FALSE, TRUE },    { "RULE", FALSE, TRUE },
    { "ATTEMPTS", TRUE, FALSE },     { view->when, FALSE, FALSE },
    { "LAST ATTEMPT", FALSE, TRUE }, { NULL },
  };
  const FiltersView list = { "deliveries", columns, add_row, view->none };

  return filters_print (ctl, &list, path, limit);
}

static int
list (Ctl *ctl, const CtlCommand *command, const View *view, const char *const *arguments)
{
  g_auto (Filters) filters = { 0 };
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  g_autoptr (GString) path = g_string_new ("/v1/deliveries");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) rest = NULL;
  g_autofree char *states = NULL;
  gint64 limit = DEFAULT_LIMIT;
  int exit_code;

  filters_add_entries (&filters, FILTERS_DELIVERIES, entries);
  if (view->states == NULL)
    filters_add_entry (entries,
                       &(const GOptionEntry){ "state", 0, 0, G_OPTION_ARG_FILENAME, &states,
                                              "Only in these states, with commas", "STATES" });
  filters_add_entry (entries, &(const GOptionEntry){ "limit", 'n', 0, G_OPTION_ARG_INT64, &limit,
                                                     "At most so many (default 50), 0: all", "N" });
  if (!ctl_parse (ctl, command, (const GOptionEntry *) entries->data, arguments, 0, 0, &rest,
                  &exit_code))
    return exit_code;
  if (limit < 0)
    return ctl_fail_usage (ctl, command, "--limit takes 0 or more");
  if (!filters_resolve (&filters, clock_wall_us (ctl->clock), &error))
    return ctl_fail_usage (ctl, command, "%s", error->message);
  argument_query (path, "state", view->states != NULL ? view->states : states);
  argument_query (path, "order", view->order);
  filters_append_query (&filters, path);
  return print_list (ctl, view, path->str, (guint64) limit);
}

int
command_deliveries (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const View view = { NULL, "newest", "No deliveries.\n", "WHEN" };

  return list (ctl, command, &view, arguments);
}

int
command_waiting (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const View view = { "ready,waiting,held", "due",
                             "Nothing waits: every delivery is settled.\n", "NEXT ATTEMPT" };

  return list (ctl, command, &view, arguments);
}

static int
dead_show (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, NULL, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  exit_code = show_delivery (ctl, rest[0], TRUE);
  if (exit_code == EX_OK && !ctl->json)
    {
      output_newline (ctl->out);
      output_putf (ctl->out, STYLE_FAINT, "Deliver it once more: %s replay %s", CTL_PROGRAM,
                   rest[0]);
      output_newline (ctl->out);
    }
  return exit_code;
}

int
command_dead (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const View view = { "dead", "newest", "No dead letters.\n", "SINCE" };

  if (arguments[0] != NULL && g_str_equal (arguments[0], "show"))
    return dead_show (ctl, command, arguments + 1);
  return list (ctl, command, &view, arguments);
}

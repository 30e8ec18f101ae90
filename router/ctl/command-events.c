/* command-events.c: events: the list, and following it. */
#include "config.h"

#include "argument.h"
#include "commands.h"
#include "field.h"
#include "filters.h"
#include "format.h"
#include "journey.h"
#include "table.h"
#include "watcher.h"

#define DEFAULT_LIMIT 20
#define FOLLOW_PAGE "100"
/* Whatever happens, it is looked as often. */
#define FOLLOW_US (5 * G_TIME_SPAN_SECOND)

static const TableColumn columns[] = {
  { "RECEIVED", FALSE, FALSE }, { "EVENT", FALSE, FALSE },
  { "SOURCE", FALSE, TRUE },    { "TYPE", FALSE, TRUE },
  { "SIZE", TRUE, FALSE },      { "DELIVERIES", FALSE, FALSE },
  { "RULES", FALSE, TRUE },     { NULL },
};

static void
add_row (Table *table, JsonObject *event, gint64 now_us)
{
  OutputStyle style;
  g_autofree char *received = format_rfc3339 (field_string (event, "received"), now_us);
  g_autofree char *size = format_bytes ((guint64) field_int (event, "bytes"));
  g_autofree char *counts = journey_counts (field_object (event, "counts"), &style);
  g_autofree char *matched = field_join (field_array (event, "matched"), ", ");

  table_add (table, STYLE_PLAIN, received);
  table_add (table, STYLE_NAME, field_string (event, "id"));
  table_add (table, STYLE_PLAIN, field_string (event, "source"));
  table_add (table, STYLE_PLAIN, field_string (event, "detail-type"));
  table_add (table, STYLE_PLAIN, size);
  table_add (table, *matched != '\0' ? style : STYLE_FAINT, *matched != '\0' ? counts : "no match");
  table_add (table, STYLE_PLAIN, matched);
}

static const FiltersView view = { "events", columns, add_row, "No events.\n" };

/* ---- Following ------------------------------------------------------------------------------- */

typedef struct
{
  Ctl *ctl;
  Client *client;
  const char *path;
  Table *table;
  char *newest;   /* id of the newest event printed, or NULL */
  gboolean begun; /* the first page is all that is wanted of what was there before */
} Follow;

/* One page of what is newer than the newest printed, newest first.  *cursor: the next page's, NULL
 * when there is none or the newest printed was met. */
static int
newer_page (Follow *follow, const char *limit, GPtrArray *found, char **cursor)
{
  g_autoptr (GString) query = g_string_new (follow->path);
  g_autoptr (ClientAnswer) answer = NULL;
  JsonArray *events;
  gboolean met = FALSE;
  const char *next;
  int exit_code;

  argument_query (query, "limit", limit);
  argument_query (query, "after", *cursor);
  exit_code = ctl_client_call (follow->ctl, follow->client,
                               &(const ClientRequest){ .method = "GET", .path = query->str },
                               &answer);
  if (exit_code != EX_OK)
    return exit_code;
  events = field_array (client_answer_get_object (answer), "events");
  for (guint i = 0; i < field_length (events) && !met; i++)
    {
      JsonObject *event = field_object_at (events, i);

      met = g_strcmp0 (field_string (event, "id"), follow->newest) == 0;
      if (!met)
        g_ptr_array_add (found, json_node_copy (json_array_get_element (events, i)));
    }
  next = field_string (client_answer_get_object (answer), "next");
  g_free (*cursor);
  *cursor = !met && *next != '\0' && follow->begun ? g_strdup (next) : NULL;
  return EX_OK;
}

static void
print_found (Follow *follow, GPtrArray *found)
{
  gint64 now_us = clock_wall_us (follow->ctl->clock);

  for (guint i = found->len; i > 0; i--)
    {
      JsonNode *node = g_ptr_array_index (found, i - 1);
      g_autofree char *text = NULL;

      if (!follow->ctl->json)
        {
          add_row (follow->table, json_node_get_object (node), now_us);
          continue;
        }
      text = json_to_string (node, FALSE);
      output_raw (follow->ctl->out, text, strlen (text));
      output_newline (follow->ctl->out);
    }
  table_flush (follow->table);
  output_flush (follow->ctl->out);
}

static int
print_newer (Follow *follow, const char *limit)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  g_autofree char *cursor = NULL;
  int exit_code;

  do
    exit_code = newer_page (follow, limit, found, &cursor);
  while (exit_code == EX_OK && cursor != NULL);
  if (exit_code != EX_OK || found->len == 0)
    return exit_code;
  g_free (follow->newest);
  follow->newest = g_strdup (
      field_string (json_node_get_object (g_ptr_array_index (found, 0)), "id"));
  print_found (follow, found);
  return EX_OK;
}

/* The status' revision grows with every commit: nothing is listed while it stands still. */
static int
get_revision (Follow *follow, gint64 *out_revision)
{
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code = ctl_client_call (follow->ctl, follow->client,
                                   &(const ClientRequest){ .method = "GET", .path = "/v1/status" },
                                   &answer);

  if (exit_code == EX_OK)
    *out_revision = field_int (client_answer_get_object (answer), "revision");
  return exit_code;
}

static int
follow_events (Ctl *ctl, const char *path, guint64 limit)
{
  g_autofree char *first = g_strdup_printf ("%" G_GUINT64_FORMAT, CLAMP (limit, 1, 1000));
  int exit_code = EX_USAGE;
  g_autoptr (Client) client = ctl_client_new (ctl, &exit_code);
  g_autoptr (Table) table = table_new (ctl->out, columns);
  Follow follow = { .ctl = ctl, .client = client, .path = path, .table = table };
  g_autoptr (Watcher) watcher = NULL;
  gint64 seen = -1;

  if (client == NULL)
    return exit_code;
  watcher = watcher_new (ctl, "events");
  for (;;)
    {
      gint64 revision = 0;

      exit_code = get_revision (&follow, &revision);
      if (exit_code == EX_OK && revision != seen)
        exit_code = print_newer (&follow, seen < 0 ? first : FOLLOW_PAGE);
      if (exit_code != EX_OK || output_failed (ctl->out))
        break;
      seen = revision;
      follow.begun = TRUE;
      watcher_wait (watcher, FOLLOW_US);
    }
  g_free (follow.newest);
  return exit_code;
}

int
command_events (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (Filters) filters = { 0 };
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  g_autoptr (GString) path = g_string_new ("/v1/events");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) rest = NULL;
  g_autofree char *states = NULL;
  gboolean matched = FALSE, unmatched = FALSE, follow = FALSE;
  gint64 limit = DEFAULT_LIMIT;
  int exit_code;

  filters_add_entries (&filters, FILTERS_EVENTS, entries);
  filters_add_entry (entries, &(const GOptionEntry){
                                  "state", 0, 0, G_OPTION_ARG_FILENAME, &states,
                                  "Only with a delivery in these states, with commas", "STATES" });
  filters_add_entry (entries, &(const GOptionEntry){ "matched", 0, 0, G_OPTION_ARG_NONE, &matched,
                                                     "Only what matched a rule", NULL });
  filters_add_entry (entries,
                     &(const GOptionEntry){ "unmatched", 0, 0, G_OPTION_ARG_NONE, &unmatched,
                                            "Only what matched no rule", NULL });
  filters_add_entry (entries, &(const GOptionEntry){ "limit", 'n', 0, G_OPTION_ARG_INT64, &limit,
                                                     "At most so many (default 20), 0: all", "N" });
  filters_add_entry (entries, &(const GOptionEntry){ "follow", 'f', 0, G_OPTION_ARG_NONE, &follow,
                                                     "Print new ones as they come in", NULL });
  if (!ctl_parse (ctl, command, (const GOptionEntry *) entries->data, arguments, 0, 0, &rest,
                  &exit_code))
    return exit_code;
  if (limit < 0 || (matched && unmatched))
    return ctl_fail_usage (ctl, command,
                           limit < 0 ? "--limit takes 0 or more"
                                     : "--matched and --unmatched exclude each other");
  if (!filters_resolve (&filters, clock_wall_us (ctl->clock), &error))
    return ctl_fail_usage (ctl, command, "%s", error->message);
  filters_append_query (&filters, path);
  argument_query (path, "state", states);
  argument_query (path, "matched", matched ? "true" : unmatched ? "false" : NULL);
  return follow ? follow_events (ctl, path->str, (guint64) limit)
                : filters_print (ctl, &view, path->str, (guint64) limit);
}

/* filters.c: see filters.h.  One list says which option is which parameter of the API. */
#include "config.h"

#include "filters.h"

#include "argument.h"
#include "field.h"
#include "format.h"
#include "known.h"

#include <string.h>

#define PAGE 1000

static const struct
{
  const char *name; /* of the option and of the API's parameter */
  guint what;
  gboolean moment;
  const char *argument, *help;
} known[] = {
  { "source", FILTERS_EVENTS | FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "NAME",
    "Only with this source in the envelope" },
  { "detail-type", FILTERS_EVENTS | FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "TYPE",
    "Only of this detail type" },
  { "bus", FILTERS_EVENTS, FALSE, "NAME", "Only of this bus" },
  { "ingress", FILTERS_EVENTS, FALSE, "NAME", "Only what came in here: source/github, api" },
  { "connector", FILTERS_EVENTS | FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "KIND/NAME",
    "Only to this connector" },
  { "rule", FILTERS_EVENTS | FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "BUS/NAME",
    "Only what this rule matched" },
  { "target", FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "ID", "Only to this target of a rule" },
  { "error-code", FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "CODE",
    "Only with this last error: TIMEOUT, ERROR_FROM_TARGET …" },
  { "status", FILTERS_EVENTS | FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "CODE",
    "Only with this status in the last answer: 503, or 5xx" },
  { "cause", FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "NAME",
    "Only what died of this: refused, attempts-used-up …" },
  { "fingerprint", FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "HEX",
    "Only this group of dead letters, as “problems” names it" },
  { "replayed", FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "true|false",
    "Only what was replayed before, or never" },
  { "operation", FILTERS_DELIVERIES | FILTERS_DEAD, FALSE, "NUMBER",
    "Only what this replay, discard or job acted on last" },
  { "from", FILTERS_EVENTS | FILTERS_DELIVERIES | FILTERS_DEAD, TRUE, "TIME",
    "Only since then: 2h (ago), 2026-11-21T09:14:00Z" },
  { "to", FILTERS_EVENTS | FILTERS_DELIVERIES | FILTERS_DEAD, TRUE, "TIME", "Only until then" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (known) <= FILTERS_MAX);

void
filters_clear (Filters *filters)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    g_clear_pointer (&filters->values[i], g_free);
}

void
filters_add_entry (GArray *entries, const GOptionEntry *entry)
{
  g_array_append_vals (entries, entry, 1);
}

void
filters_add_entries (Filters *filters, FiltersFor what, GArray *entries)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].what & what)
      filters_add_entry (entries, &(const GOptionEntry){ known[i].name, 0, 0, G_OPTION_ARG_FILENAME,
                                                         &filters->values[i], known[i].help,
                                                         known[i].argument });
}

gboolean
filters_any (const Filters *filters)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (filters->values[i] != NULL)
      return TRUE;
  return FALSE;
}

gboolean
filters_resolve (Filters *filters, gint64 now_us, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      gint64 wall_us;

      if (!known[i].moment || filters->values[i] == NULL)
        continue;
      if (!parse_moment (filters->values[i], now_us, &wall_us, error))
        return FALSE;
      g_free (filters->values[i]);
      filters->values[i] = clock_format_us (wall_us);
    }
  return TRUE;
}

void
filters_append_query (const Filters *filters, GString *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    argument_query (path, known[i].name, filters->values[i]);
}

char *
filters_to_json (const Filters *filters)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonObject) object = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      const char *value = filters->values[i];
      gint64 number;

      if (value == NULL)
        continue;
      if (g_str_equal (known[i].name, "status") &&
          g_ascii_string_to_signed (value, 10, 0, 999, &number, NULL))
        json_object_set_int_member (object, known[i].name, number);
      else if (g_str_equal (known[i].name, "operation") &&
               g_ascii_string_to_signed (value, 10, 1, G_MAXINT64, &number, NULL))
        json_object_set_int_member (object, known[i].name, number);
      else if (g_str_equal (known[i].name, "replayed") &&
               (g_str_equal (value, "true") || g_str_equal (value, "false")))
        json_object_set_boolean_member (object, known[i].name, g_str_equal (value, "true"));
      else
        json_object_set_string_member (object, known[i].name, value);
    }
  json_node_set_object (root, object);
  return json_to_string (root, FALSE);
}

typedef struct
{
  Ctl *ctl;
  const FiltersView *view;
  Table *table;
  gint64 now_us;
  guint64 n;
  gboolean begun; /* the JSON text */
} Listing;

static void
one_item (Listing *listing, JsonNode *node)
{
  g_autofree char *text = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return;
  if (!listing->ctl->json)
    {
      listing->view->row (listing->table, json_node_get_object (node), listing->now_us);
      return;
    }
  text = json_to_string (node, FALSE);
  if (listing->n > 0)
    output_raw (listing->ctl->out, ",\n", 2);
  output_raw (listing->ctl->out, text, strlen (text));
}

/* Only once there is an answer: a refusal leaves no half of a JSON text behind. */
static void
begin_json (Listing *listing)
{
  g_autofree char *text = g_strdup_printf ("{\"%s\":[", listing->view->member);

  if (listing->ctl->json && !listing->begun)
    output_raw (listing->ctl->out, text, strlen (text));
  listing->begun = TRUE;
}

/* One page; *cursor becomes the next one's, NULL at the end. */
static int
one_page (Listing *listing, Client *client, const char *path, guint64 limit, char **cursor)
{
  g_autoptr (GString) query = g_string_new (path);
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, MIN (limit, PAGE));
  g_autoptr (ClientAnswer) answer = NULL;
  JsonArray *items;
  const char *next;
  int exit_code;

  argument_query (query, "limit", count);
  argument_query (query, "after", *cursor);
  exit_code = ctl_client_call (
      listing->ctl, client, &(const ClientRequest){ .method = "GET", .path = query->str }, &answer);
  if (exit_code != EX_OK)
    return exit_code;
  begin_json (listing);
  items = field_array (client_answer_get_object (answer), listing->view->member);
  for (guint i = 0; i < field_length (items); i++)
    {
      one_item (listing, json_array_get_element (items, i));
      listing->n++;
    }
  next = field_string (client_answer_get_object (answer), "next");
  g_free (*cursor);
  /* A page may be empty and yet not the last. */
  *cursor = *next != '\0' ? g_strdup (next) : NULL;
  return EX_OK;
}

static void
print_json_end (Ctl *ctl, const char *cursor)
{
  g_autoptr (JsonNode) next = json_node_new (cursor != NULL ? JSON_NODE_VALUE : JSON_NODE_NULL);
  g_autofree char *text = NULL;

  if (cursor != NULL)
    json_node_set_string (next, cursor);
  text = json_to_string (next, FALSE);
  output_raw (ctl->out, "],\"next\":", 9);
  output_raw (ctl->out, text, strlen (text));
  output_raw (ctl->out, "}\n", 2);
}

static void
print_end (Listing *listing, const char *cursor)
{
  Output *out = listing->ctl->out;

  if (listing->ctl->json)
    {
      print_json_end (listing->ctl, cursor);
      return;
    }
  table_flush (listing->table);
  if (listing->n == 0)
    output_block (out, STYLE_FAINT, listing->view->none);
  if (cursor != NULL)
    output_block (out, STYLE_FAINT, "There are more: --limit N, or --limit 0 for all.\n");
}

int
filters_print (Ctl *ctl, const FiltersView *view, const char *path, guint64 limit)
{
  int exit_code = EX_USAGE;
  g_autoptr (Client) client = ctl_client_new (ctl, &exit_code);
  g_autoptr (Table) table = table_new (ctl->out, view->columns);
  Listing listing = { .ctl = ctl,
                      .view = view,
                      .table = table,
                      .now_us = clock_wall_us (ctl->clock) };
  g_autofree char *cursor = NULL;

  if (client == NULL)
    return exit_code;
  do
    {
      exit_code = one_page (&listing, client, path, limit == 0 ? PAGE : limit - listing.n, &cursor);
      if (exit_code != EX_OK)
        return exit_code;
    }
  while (cursor != NULL && (limit == 0 || listing.n < limit));
  print_end (&listing, cursor);
  if (listing.n == 0 && !ctl->json)
    known_hint_empty (ctl, client, path);
  return listing.n > 0 ? EX_OK : EX_NOTHING;
}

/* filters.h: the options that narrow a list or choose what to act on, and the pages of a list. */
#pragma once

#include "ctl.h"
#include "table.h"

G_BEGIN_DECLS

typedef enum
{
  FILTERS_EVENTS = 1 << 0,
  FILTERS_DELIVERIES = 1 << 1,
  FILTERS_DEAD = 1 << 2, /* replay and discard */
} FiltersFor;

#define FILTERS_MAX 20

/* Start with {0}. */
typedef struct
{
  char *values[FILTERS_MAX];
} Filters;

void filters_clear (Filters *filters);

/* Appends the options to entries (GOptionEntry); they point into filters. */
void filters_add_entries (Filters *filters, FiltersFor what, GArray *entries);
void filters_add_entry (GArray *entries, const GOptionEntry *entry);

gboolean filters_any (const Filters *filters);

/* Times in filters may be given as so long ago: makes them RFC 3339.  ROUTER_ERROR_INVALID. */
gboolean filters_resolve (Filters *filters, gint64 now_us, GError **error);

void filters_append_query (const Filters *filters, GString *path);
char *filters_to_json (const Filters *filters); /* the API's "filter" */

/* Adds an item of a list to the table, as one row. */
typedef void (*FiltersRow) (Table *table, JsonObject *item, gint64 now_us);

typedef struct
{
  const char *member; /* of the answer: "events" */
  const TableColumn *columns;
  FiltersRow row;
  const char *none; /* what is said when there are none, with a newline */
} FiltersView;

/* Prints up to limit items (0: all) of the list that path names (with its query), reading it page
 * by page; with ctl->json as {"<member>":[…],"next":…}.  Returns an exit code: EX_NOTHING when
 * there are none. */
int filters_print (Ctl *ctl, const FiltersView *view, const char *path, guint64 limit);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Filters, filters_clear)

G_END_DECLS

/* event-match.h: does an event's body hold a text, or a value at a place?  Pure functions. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  EVENT_IS,
  EVENT_IS_NOT,
  EVENT_LESS,
  EVENT_AT_MOST,
  EVENT_MORE,
  EVENT_AT_LEAST,
} EventComparison;

/* "$.detail.order.id=7": a value of the event's detail, compared. */
typedef struct EventWhere EventWhere;

/* The path begins with $.detail; names with other than letters, digits, _ and - are written
 * ['name'], elements of arrays [0].  The operator is =, !=, <, <=, > or >=.  The value is a JSON
 * string, number, true, false or null; a bare text is a string.  Strings are compared by = and !=
 * alone.  NULL with ROUTER_ERROR_INVALID. */
EventWhere *event_where_parse (const char *text, GError **error);
void event_where_free (EventWhere *where);

/* What is not there, or of another type, is nothing: it holds for != alone. */
gboolean event_where_holds (const EventWhere *where, const char *body, gsize length);

gboolean event_body_has (const char *body, gsize length, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EventWhere, event_where_free)

G_END_DECLS

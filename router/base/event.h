/* event.h: the immutable envelope and the body bytes exactly as received.
 *
 * Reference-counted and never changed after event_new(); any thread may hold one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *id;           /* UUID v7 */
  char *bus;          /* the bus it entered */
  char *ingress;      /* how it came in: "source/github", "api", or over which buses: see
                         event_trail() */
  char *source;       /* the envelope's "source" */
  char *detail_type;  /* the envelope's "detail-type" */
  gint64 time_us;     /* when it happened, wall clock, as the sender says; shown in seconds */
  gint64 received_us; /* when the router took it in, wall clock */
  char *resources;    /* JSON text of an array of strings, "[]" when none */
  char *content_type; /* of the body as sent, "" when none */
  char *metadata;     /* JSON object of what else the sender said, "" when nothing */
  GBytes *body;       /* the detail: one JSON value, byte for byte as received */
  guint64 generation; /* of the configuration that routed it */
} Event;

/* All fields are copied but body, which is referenced. */
Event *event_new (const Event *fields);
Event *event_ref (Event *event);
void event_unref (Event *event);

/* The EventBridge envelope as one compact JSON text, the body inside as "detail" byte for byte:
 * {"version":"0","id":…,"detail-type":…,"source":…,"account":"000000000000","time":…,"region":"local",
 * "resources":…,"detail":…}, with "metadata" before the detail when there is any.  This is what
 * patterns match and what a target without an input receives. */
GString *event_envelope (const Event *event);

/* The ingress of what this event becomes in another bus: "bus/" and the names of all buses that it
 * was in, "bus/default/eu". */
char *event_trail (const Event *event);
/* How many buses it came over: 0 when it came from outside. */
guint event_n_hops (const Event *event);

/* Appends text as a JSON string, quotes included.  Length -1: NUL-terminated.  Must be UTF-8. */
void event_append_json_string (GString *out, const char *text, gssize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Event, event_unref)

G_END_DECLS

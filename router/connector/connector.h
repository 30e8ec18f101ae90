/* connector.h: speaks one protocol once.
 *
 * A connector gets bytes and a deadline and reports an Outcome.  It has no timers of retry, no
 * policy and no store.  Everything here runs on the delivery thread, whose main context is the
 * thread default when open is called; what blocks (fsync) a connector does on a worker thread of
 * its own and reports back on the delivery thread. */
#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "base/outcome.h"
#include "base/random.h"
#include "base/secret.h"
#include "config/configuration.h"
#include "config/schema.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct Connector Connector;

/* What a connector may know about what it sends.  All of it lives until done is called. */
typedef struct
{
  const char *delivery_id; /* stable over all attempts */
  const char *event_id;
  const char *bus;
  const char *rule;   /* "bus/name" */
  const char *source; /* of the event */
  const char *detail_type;
  const char *event_time;   /* ISO 8601 */
  guint attempt;            /* of this delivery, ever, from 1 */
  const char *content_type; /* of the payload */
  GBytes *payload;
  gboolean is_envelope;   /* the payload is the event as it is: the target has no input */
  const Event *event;     /* that it was made of */
  const ConfigHttp *http; /* the target's HttpParameters, or NULL */
} ConnectorRequest;

/* Delivery thread, exactly once for every send, never from within send itself.  The outcome is the
 * callee's to copy. */
typedef void (*ConnectorDone) (const Outcome *outcome, gpointer user_data);

/* Any thread.  The outcome is the callee's to copy. */
typedef void (*ConnectorForwarded) (const Outcome *outcome, gpointer user_data);

/* Things that a connector may use; they outlive it. */
typedef struct
{
  GMainContext *context; /* the delivery thread's */
  Clock *clock;
  Random *random;
  Secrets *secrets;         /* what {"Secret": …} in settings means */
  const char *state_dir;    /* relative paths in settings begin here */
  gsize max_response_bytes; /* of an answer, kept with the attempt */

  /* Puts the request's event into another bus of the router, where it is durable before done says
   * so, and is there once for each delivery however often it is asked.  done: exactly once, perhaps
   * from within.  NULL: there is no router. */
  void (*forward) (const ConnectorRequest *request,
                   const char *bus,
                   ConnectorForwarded done,
                   gpointer user_data,
                   gpointer forward_data);
  gpointer forward_data;

  /* "host:port:address" … of names that are not looked up, for tests; NULL: all are. */
  struct curl_slist *resolve;
} ConnectorHost;

typedef struct
{
  const char *kind;           /* "webhook" */
  const ConfigSchema *schema; /* of its settings: <kind>/<name>.json */

  /* What is delivered to it stays in the router's own store: it has no open, send and close. */
  gboolean is_stored;

  /* It keeps state of its own about something that must not be shared, such as the end of a file:
   * of two instances the second is not opened before the first is closed. */
  gboolean is_exclusive;

  /* settings: checked by the schema, its check() too, and completed with its defaults. */
  Connector *(*open) (const char *name,
                      JsonObject *settings,
                      const ConnectorHost *host,
                      GError **error);

  void (*send) (Connector *connector,
                const ConnectorRequest *request,
                ConnectorDone done,
                gpointer user_data);

  /* Learns whether it could deliver now, without delivering anything: can the server be reached and
   * logged in to, the folder be written to, the program be run?  done as of send.  NULL: there is
   * nothing that could be wrong. */
  void (*probe) (Connector *connector, ConnectorDone done, gpointer user_data);

  /* After all sends and probes are done or, at shutdown, with some under way: those are given up
   * without their done being called.  Never from within a done. */
  void (*close) (Connector *connector);

  /* For the routes view: where it goes, in a few words ("POST http://…", "file /…/pushes.jsonl");
   * no secrets. */
  char *(*describe) (const char *name, JsonObject *settings, const char *state_dir);
} ConnectorKind;

/* Every kind's Connector begins with this. */
struct Connector
{
  const ConnectorKind *kind;
};

/* All kinds that are built in, NULL-terminated; the list is in connector/kinds.c. */
const ConnectorKind *const *connector_kinds (void);
const ConnectorKind *connector_kind_by_name (const char *kind);
/* Their schemas, for config_load(); NULL-terminated. */
const ConfigSchema *const *connector_schemas (void);

/* Opens one whose settings are completed but perhaps not checked: an error names connector and
 * setting. */
Connector *connector_open (const ConnectorKind *kind,
                           const char *name,
                           JsonObject *settings,
                           const ConnectorHost *host,
                           GError **error);

G_END_DECLS

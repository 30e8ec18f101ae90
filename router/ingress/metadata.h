/* metadata.h: what a sender says beyond the envelope, for rules and targets: "metadata" of an
 * event.
 *
 * {"id":…,"headers":{…},"traceparent":…,"tracestate":…,"cloudevent":{…},"encoding":…}, of which
 * only what there is; nothing at all is no object.
 *
 * - id: the sender's own.  The envelope's id is the router's: it is the key of everything that is
 *   owed, and a sender that repeats his would stop it.
 * - headers: those that the source keeps, by their names in lower case.
 * - traceparent, tracestate: the trace that goes on with what is sent of the event.
 * - cloudevent: every attribute of a CloudEvent, as it was given.
 * - encoding: how the detail holds a CloudEvent's data: "text" or "base64" in a string, "none":
 * there was none; not there: as JSON.
 *
 * Pure functions. */
#pragma once

#include "ingress/draft.h"

G_BEGIN_DECLS

typedef struct
{
  const IngressRequest *request;
  const ConfigSource *source; /* NULL: the events API, which continues traces */
  const char *id;             /* "" or NULL: none */
  const char *cloudevent;     /* JSON object, or NULL */
  const char *encoding;       /* or NULL */
} MetadataParts;

/* The JSON object, or NULL when there is nothing to say. */
char *metadata_new (const MetadataParts *parts);

/* Of an entry of the events API that brings none along. */
char *metadata_of_entry (const IngressRequest *request);

G_END_DECLS

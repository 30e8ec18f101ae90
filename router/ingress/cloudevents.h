/* cloudevents.h: CloudEvents 1.0 over HTTP, as they come in.
 *
 * https://github.com/cloudevents/spec: the core, the HTTP protocol binding and the JSON format,
 * each of version 1.0.  An attribute is kept as it was given, in metadata.cloudevent; what the
 * envelope has a place for is said there too: source, type (as detail-type), time, subject or the
 * extension "resources" (as resources) and the data (as detail).  Pure functions. */
#pragma once

#include "ingress/draft.h"

G_BEGIN_DECLS

typedef enum
{
  CLOUDEVENTS_NONE, /* no CloudEvent */
  CLOUDEVENTS_BINARY,
  CLOUDEVENTS_STRUCTURED,
  CLOUDEVENTS_BATCHED,
} CloudEventsMode;

CloudEventsMode cloudevents_mode (const IngressRequest *request);

/* The value of a ce- header: quotes undone, then one round of percent-decoding.  NULL when an
 * escape is broken, or the result is no text that an attribute may have. */
char *cloudevents_decode_header (const char *value);

/* Lower-case letters and digits, at least one, and not "data". */
gboolean cloudevents_name_is_valid (const char *name);

G_END_DECLS

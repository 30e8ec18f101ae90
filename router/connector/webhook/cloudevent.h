/* cloudevent.h: an event as a CloudEvent 1.0 over HTTP.  Pure; any thread.
 *
 * One that came in as a CloudEvent goes out with the attributes that it had (metadata.cloudevent).
 * Of any other id, source, type, time and subject are the envelope's; a source that is no URI
 * reference is escaped, and several resources go into the extension "resources".  Its data is the
 * detail, or what the target's input makes of the event. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

typedef enum
{
  CLOUDEVENT_OFF,
  CLOUDEVENT_BINARY,
  CLOUDEVENT_STRUCTURED,
} CloudEventMode;

typedef struct
{
  char **headers;     /* ce-…, value … NULL-terminated; values encoded */
  char *content_type; /* NULL: none is to be sent */
  GBytes *body;
} CloudEvent;

void cloudevent_make (const ConnectorRequest *request, CloudEventMode mode, CloudEvent *out);
void cloudevent_clear (CloudEvent *cloudevent);

/* HTTP binding, section 3.1.3.2: percent-encoded UTF-8.  text: UTF-8. */
char *cloudevent_encode_header (const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CloudEvent, cloudevent_clear)

G_END_DECLS

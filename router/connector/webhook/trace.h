/* trace.h: W3C Trace Context of outgoing requests.  Pure but for chance; any thread. */
#pragma once

#include "connector/connector.h"

#include <curl/curl.h>

G_BEGIN_DECLS

/* Appends traceparent: the event's trace, or else one that is made of its id and so is the same for
 * all its deliveries; the span is new for each attempt. */
struct curl_slist *
trace_add_fields (struct curl_slist *fields, const ConnectorRequest *request, Random *random);

G_END_DECLS

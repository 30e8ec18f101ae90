/* https://www.w3.org/TR/trace-context/ */
#include "connector/webhook/trace.h"

#include "connector/webhook/exchange.h"

#include <string.h>

#define TRACE_DIGITS 32

/* The 128 bits of a UUID are a trace id as they stand. */
static gboolean
trace_of_event (const char *event_id, char out[TRACE_DIGITS + 1])
{
  guint n = 0;

  for (const char *p = event_id; *p != '\0' && n < TRACE_DIGITS; p++)
    if (g_ascii_isxdigit (*p))
      out[n++] = g_ascii_tolower (*p);
  out[n] = '\0';
  return n == TRACE_DIGITS && strspn (out, "0") < TRACE_DIGITS;
}

static guint64
new_span (Random *random)
{
  guint64 span;

  do
    span = random_u64 (random);
  while (span == 0);
  return span;
}

struct curl_slist *
trace_add_fields (struct curl_slist *fields, const ConnectorRequest *request, Random *random)
{
  char trace[TRACE_DIGITS + 1];
  g_autofree char *value = NULL;

  if (!trace_of_event (request->event_id, trace))
    return fields;
  value = g_strdup_printf ("00-%s-%016" G_GINT64_MODIFIER "x-00", trace, new_span (random));
  return exchange_add_header (fields, "traceparent", value);
}

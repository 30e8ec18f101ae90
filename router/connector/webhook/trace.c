/* https://www.w3.org/TR/trace-context/ */
#include "connector/webhook/trace.h"

#include "connector/webhook/exchange.h"

#include "base/trace.h"
#include "config/settings.h"

#include <string.h>

/* The 128 bits of a UUID are a trace id as they stand. */
static gboolean
trace_of_event (const char *event_id, char out[TRACE_ID_DIGITS + 1])
{
  guint n = 0;

  for (const char *p = event_id; *p != '\0' && n < TRACE_ID_DIGITS; p++)
    if (g_ascii_isxdigit (*p))
      out[n++] = g_ascii_tolower (*p);
  out[n] = '\0';
  return n == TRACE_ID_DIGITS && strspn (out, "0") < TRACE_ID_DIGITS;
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

/* What the sender began, if the source that it came in by goes on with it. */
static gboolean
trace_of_metadata (const Event *event, TraceParent *out_parent, char **out_state)
{
  g_autoptr (JsonNode) root = event != NULL && event->metadata != NULL && *event->metadata != '\0'
                                  ? json_from_string (event->metadata, NULL)
                                  : NULL;
  JsonObject *metadata = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root)
                                                                       : NULL;
  const char *parent, *state;

  if (metadata == NULL)
    return FALSE;
  parent = config_settings_string (metadata, "traceparent");
  state = config_settings_string (metadata, "tracestate");
  if (parent == NULL || !trace_parse (parent, out_parent))
    return FALSE;
  *out_state = state != NULL && trace_state_is_valid (state) ? g_strdup (state) : NULL;
  return TRUE;
}

struct curl_slist *
trace_add_fields (struct curl_slist *fields, const ConnectorRequest *request, Random *random)
{
  TraceParent parent = { .flags = 0 };
  g_autofree char *state = NULL;
  g_autofree char *value = NULL;

  if (!trace_of_metadata (request->event, &parent, &state) &&
      !trace_of_event (request->event_id, parent.id))
    return fields;
  g_snprintf (parent.span, sizeof parent.span, "%016" G_GINT64_MODIFIER "x", new_span (random));
  value = trace_format (&parent);
  fields = exchange_add_header (fields, "traceparent", value);
  return state != NULL ? exchange_add_header (fields, "tracestate", state) : fields;
}

/* What a sender says beyond the envelope. */
#include "ingress/metadata.h"

#include "base/trace.h"

static const char *
get_header (const IngressRequest *request, const char *name)
{
  return request->header != NULL ? request->header (name, request->header_data) : NULL;
}

static guint
count_headers (const IngressRequest *request, const char *name)
{
  return request->count_headers != NULL ? request->count_headers (name, request->header_data) : 1;
}

static void
begin_member (GString *out, const char *name)
{
  g_string_append_c (out, out->len == 0 ? '{' : ',');
  event_append_json_string (out, name, -1);
  g_string_append_c (out, ':');
}

/* Header values are bytes; JSON is text. */
static void
append_text (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  event_append_json_string (out, valid, -1);
}

static void
put_text (GString *out, const char *name, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  begin_member (out, name);
  append_text (out, text);
}

static void
put_headers (GString *out, const IngressRequest *request, char *const *names)
{
  g_autoptr (GString) headers = g_string_new (NULL);

  for (; names != NULL && *names != NULL; names++)
    {
      const char *value = get_header (request, *names);

      if (value == NULL)
        continue;
      begin_member (headers, *names);
      append_text (headers, value);
    }
  if (headers->len == 0)
    return;
  begin_member (out, "headers");
  g_string_append (out, headers->str);
  g_string_append_c (out, '}');
}

/* Two of them, or one that is broken: nobody knows which trace it is. */
static void
put_trace (GString *out, const IngressRequest *request)
{
  const char *parent = get_header (request, "traceparent");
  const char *state = get_header (request, "tracestate");
  g_autofree char *text = NULL;
  TraceParent trace;

  if (parent == NULL || count_headers (request, "traceparent") != 1 ||
      !trace_parse (parent, &trace))
    return;
  text = trace_format (&trace);
  put_text (out, "traceparent", text);
  if (state != NULL && count_headers (request, "tracestate") == 1 && trace_state_is_valid (state))
    put_text (out, "tracestate", state);
}

char *
metadata_new (const MetadataParts *parts)
{
  const ConfigSource *source = parts->source;
  g_autoptr (GString) out = g_string_new (NULL);

  put_text (out, "id", parts->id);
  if (source != NULL)
    put_headers (out, parts->request, source->kept_headers);
  if (source == NULL || source->continues_trace)
    put_trace (out, parts->request);
  if (parts->cloudevent != NULL)
    {
      begin_member (out, "cloudevent");
      g_string_append (out, parts->cloudevent);
    }
  put_text (out, "encoding", parts->encoding);
  if (out->len == 0)
    return NULL;
  g_string_append_c (out, '}');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
metadata_of_entry (const IngressRequest *request)
{
  return metadata_new (&(const MetadataParts){ .request = request });
}

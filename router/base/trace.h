/* trace.h: W3C Trace Context, https://www.w3.org/TR/trace-context/.  Pure functions. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TRACE_ID_DIGITS 32
#define TRACE_SPAN_DIGITS 16
#define TRACE_FLAGS 0x03 /* sampled and random; all others are sent as zero */

typedef struct
{
  char id[TRACE_ID_DIGITS + 1]; /* lower-case hexadecimal, not all zero */
  char span[TRACE_SPAN_DIGITS + 1];
  guint8 flags; /* of TRACE_FLAGS */
} TraceParent;

/* A traceparent of version 00, or the part that is known of a later one.  FALSE: it is none, and a
 * tracestate beside it means nothing. */
gboolean trace_parse (const char *text, TraceParent *out_parent);

/* "00-…-…-01", the caller's. */
char *trace_format (const TraceParent *parent);

/* May it be passed on?  At most 512 characters and 32 members. */
gboolean trace_state_is_valid (const char *text);

G_END_DECLS

/* sink.h: a receiver of webhooks on a thread of its own, which answers 200 at once and counts. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Sink Sink;

/* holds: requests are read and never answered. */
Sink *sink_new (gboolean holds);
void sink_free (Sink *sink);

guint sink_port (Sink *sink);

/* Answered so far. */
guint64 sink_count (Sink *sink);

/* Any thread: waits until one more request than `after` has begun to arrive, at most timeout_ms.
 * When its first byte was read, by the monotonic clock; -1: none came. */
gint64 sink_wait (Sink *sink, guint64 after, guint timeout_ms);
/* Requests that have begun to arrive. */
guint64 sink_begun (Sink *sink);

G_END_DECLS

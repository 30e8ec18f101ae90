/* queue-json.h: messages of a queue as the API shows them.
 *
 * The store counts in steady time; people are told what the wall clock says about it. */
#pragma once

#include "base/clock.h"
#include "http/json.h"
#include "store/store.h"

G_BEGIN_DECLS

/* Member "messages": GPtrArray of QueueMessage, as they were received, with their receipts. */
void queue_json_put_received (JsonOut *out, GPtrArray *messages, Clock *clock);
/* The same as somebody sees them who does not receive them, with their state. */
void queue_json_put_seen (JsonOut *out, GPtrArray *messages, Clock *clock);

/* steady_us 0: null. */
void queue_json_put_time (JsonOut *out, const char *name, gint64 steady_us, Clock *clock);

G_END_DECLS

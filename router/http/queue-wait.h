/* queue-wait.h: receives that found nothing and wait for a message.
 *
 * Any thread.  What waits is the caller's: it is handed back exactly once. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct QueueWaits QueueWaits;

/* There may be a message now, or is_over: the time is.  On the thread of the waits; may add. */
typedef void (*QueueWaitResume) (gpointer waiting, gboolean is_over);

QueueWaits *queue_waits_new (QueueWaitResume resume);
/* Hands back all that wait; what is added later is handed back at once. */
void queue_waits_stop (QueueWaits *waits);
void queue_waits_free (QueueWaits *waits);

/* Times are the system's monotonic ones; again_us: when there may be a message by the passing of
 * time alone, or G_MAXINT64. */
void queue_waits_add (QueueWaits *waits,
                      const char *queue,
                      gint64 deadline_us,
                      gint64 again_us,
                      gpointer waiting);

/* There may be a message in this queue; NULL: in any.  Must be, and is, quick. */
void queue_waits_wake (QueueWaits *waits, const char *queue);

G_END_DECLS

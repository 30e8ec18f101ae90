/* trial.h: one event through a connector, or a look whether it can be reached, for an operator.
 *
 * No delivery: nothing is stored, held or tried again, and neither window nor breaker is asked; a
 * connector that is paused or shut is tried as well. */
#pragma once

#include "connector/connector.h"
#include "deliver/deliver.h"
#include "deliver/instances.h"

G_BEGIN_DECLS

typedef struct Trials Trials;

/* setup outlives it. */
Trials *trials_new (const DeliverSetup *setup);
void trials_free (Trials *trials);

/* Delivery thread.  What waits is begun once it is open; closing tells all that wait that the
 * router stops. */
void trials_open (Trials *trials, GMainContext *context, Instances *instances);
void trials_close (Trials *trials);

/* See deliver_try(). */
gboolean trials_run (Trials *trials,
                     const DeliverTrial *trial,
                     gint64 wait_us,
                     DeliverTried *out_tried,
                     GError **error);

G_END_DECLS

/* enqueue.h: what is delivered to a queue, or given up and put into one, as an operation that is
 * committed with the settlement.
 *
 * Delivery thread; the operations are the caller's. */
#pragma once

#include "config/configuration.h"
#include "deliver/deliver.h"

G_BEGIN_DECLS

/* A message with the payload.  queue: the connector of the target.  NULL with an outcome that says
 * why the queue does not take it. */
QueueOp *enqueue_payload (const DeliverSetup *setup,
                          const ConfigConnector *queue,
                          const ConfigTarget *target,
                          const StoredDelivery *delivery,
                          GBytes *payload,
                          Outcome *out_refusal);

/* A message that belongs to no delivery; id is its own.  For trying a queue out. */
QueueOp *enqueue_trial (const DeliverSetup *setup,
                        const ConfigConnector *queue,
                        const char *id,
                        GBytes *payload);

/* A message with the whole event as it was accepted, and EventBridge's attributes.  delivery: as it
 * was before the last attempt; round_attempts: with it.  NULL when the target wants none. */
QueueOp *enqueue_dead_letter (const DeliverSetup *setup,
                              const Configuration *configuration,
                              const ConfigTarget *target,
                              const StoredDelivery *delivery,
                              const Event *event,
                              const Outcome *outcome,
                              DeadReason dead,
                              guint round_attempts);

G_END_DECLS

/* queue.h: the settings of a queue, queue/<name>.json.
 *
 * The words and bounds are those of Amazon SQS:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
#pragma once

#include "config/configuration.h"

G_BEGIN_DECLS

extern const ConfigSchema config_schema_queue;

typedef struct
{
  gint64 visibility_us, retention_us, delay_us, wait_us;
  gsize max_message_bytes;
  guint max_in_flight;
  gboolean fifo, dedup_by_content, dedup_by_group;
  guint max_receives;     /* 0: a message is never given up */
  const char *redrive_to; /* "NAME", into the settings; when max_receives is not 0 */
} ConfigQueue;

/* settings: completed. */
void config_queue_read (JsonObject *settings, ConfigQueue *out_queue);

/* The queue of this name ("orders"), or NULL. */
const ConfigConnector *config_queue_find (const Configuration *configuration, const char *name);

/* "orders" of "queue/orders". */
const char *config_queue_name (const char *ref);

G_END_DECLS

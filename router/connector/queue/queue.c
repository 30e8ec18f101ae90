/* The kind "queue".  It speaks no protocol: what is delivered is a message in the router's own
 * store, which the delivery thread puts there in the transaction that settles the delivery.  Hence
 * nothing is ever opened.  Pure; any thread. */
#include "connector/queue/queue.h"

#include "config/queue.h"

static char *
queue_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  ConfigQueue queue;

  config_queue_read (settings, &queue);
  return g_strdup_printf ("%squeue %s in the store", queue.fifo ? "FIFO " : "", name);
}

const ConnectorKind connector_kind_queue = {
  .kind = "queue",
  .schema = &config_schema_queue,
  .is_stored = TRUE,
  .describe = queue_describe,
};

/* Reading a queue's settings.  Pure; any thread. */
#include "config/queue.h"

#include "config/settings.h"

#include <string.h>

#define PREFIX "queue/"

static gboolean
is_set (JsonObject *settings, const char *name)
{
  return json_object_get_boolean_member_with_default (settings, name, FALSE);
}

void
config_queue_read (JsonObject *settings, ConfigQueue *out_queue)
{
  JsonObject *redrive = config_settings_object (settings, "RedrivePolicy");
  const char *scope = config_settings_string (settings, "DeduplicationScope");
  const char *to = config_settings_string (redrive, "deadLetterTargetArn");

  *out_queue = (ConfigQueue){
    .visibility_us = config_settings_seconds (settings, "VisibilityTimeout"),
    .retention_us = config_settings_seconds (settings, "MessageRetentionPeriod"),
    .delay_us = config_settings_seconds (settings, "DelaySeconds"),
    .wait_us = config_settings_seconds (settings, "ReceiveMessageWaitTimeSeconds"),
    .max_message_bytes = (gsize) config_settings_integer (settings, "MaximumMessageSize"),
    .max_in_flight = (guint) config_settings_integer (settings, "MaximumInFlight"),
    .fifo = is_set (settings, "FifoQueue"),
    .dedup_by_content = is_set (settings, "ContentBasedDeduplication"),
    .dedup_by_group = g_strcmp0 (scope, "messageGroup") == 0,
  };
  if (to)
    {
      out_queue->max_receives = (guint) config_settings_integer (redrive, "maxReceiveCount");
      out_queue->redrive_to = config_queue_name (to);
    }
}

const ConfigConnector *
config_queue_find (const Configuration *configuration, const char *name)
{
  g_autofree char *ref = g_strconcat (PREFIX, name, NULL);

  return g_hash_table_lookup (configuration->connectors, ref);
}

const char *
config_queue_name (const char *ref)
{
  return g_str_has_prefix (ref, PREFIX) ? ref + strlen (PREFIX) : ref;
}

/* The queue's settings table, and its reading.  Pure; any thread. */
#include "config/queue.h"

#include "config/settings.h"

#include <string.h>

#define PREFIX "queue/"

static const char *const scopes[] = { "queue", "messageGroup", NULL };

static const ConfigSetting redrive_settings[] = {
  { .name = "deadLetterTargetArn",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED | SETTING_REFERENCE | SETTING_QUEUE,
    .help = "The queue that takes what nobody could work off: queue/NAME." },
  { .name = "maxReceiveCount",
    .type = SETTING_INTEGER,
    .default_json = "10",
    .min = 1,
    .max = 1000,
    .help = "How often a message is received before it goes there." },
  { NULL },
};

static const ConfigSchema redrive_schema = {
  .kind = "redrive",
  .title = "Redrive policy",
  .settings = redrive_settings,
};

static const ConfigSetting queue_settings[] = {
  { .name = "VisibilityTimeout",
    .type = SETTING_INTEGER,
    .default_json = "30",
    .min = 0,
    .max = 43200,
    .unit = "s",
    .help = "How long a received message is hidden from others; then it comes again." },
  { .name = "MessageRetentionPeriod",
    .type = SETTING_INTEGER,
    .default_json = "345600",
    .min = 60,
    .max = 1209600,
    .unit = "s",
    .help = "A message that nobody deleted is dropped after this time." },
  { .name = "DelaySeconds",
    .type = SETTING_INTEGER,
    .default_json = "0",
    .min = 0,
    .max = 900,
    .unit = "s",
    .help = "How long a new message is hidden at first." },
  { .name = "ReceiveMessageWaitTimeSeconds",
    .type = SETTING_INTEGER,
    .default_json = "0",
    .min = 0,
    .max = 20,
    .unit = "s",
    .help = "How long a receive waits for a message when there is none." },
  { .name = "MaximumMessageSize",
    .type = SETTING_INTEGER,
    .default_json = "1048576",
    .min = 1024,
    .max = 1048576,
    .unit = "bytes",
    .help = "The largest body of a message; a delivery that is larger is refused." },
  { .name = "MaximumInFlight",
    .type = SETTING_INTEGER,
    .default_json = "120000",
    .min = 1,
    .max = 1000000,
    .help = "How many messages may be received and not yet deleted; above it none is handed out." },
  { .name = "RedrivePolicy",
    .type = SETTING_OBJECT,
    .nested = &redrive_schema,
    .help = "Where messages go that are received again and again." },
  { .name = "FifoQueue",
    .type = SETTING_BOOLEAN,
    .default_json = "false",
    .help = "Messages of one group are received strictly one after the other." },
  { .name = "ContentBasedDeduplication",
    .type = SETTING_BOOLEAN,
    .default_json = "false",
    .help = "Of a FIFO queue: the same body within 5 minutes is the same message." },
  { .name = "DeduplicationScope",
    .type = SETTING_STRING,
    .default_json = "\"queue\"",
    .choices = scopes,
    .help = "Of a FIFO queue: where a deduplication id counts." },
  { NULL },
};

const ConfigSchema config_schema_queue = {
  .kind = "queue",
  .title = "Queue",
  .settings = queue_settings,
};

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

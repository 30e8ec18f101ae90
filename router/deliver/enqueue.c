/* Messages for queues of the router's own store. */
#include "deliver/enqueue.h"

#include "base/id.h"
#include "config/queue.h"
#include "config/target.h"
#include "store/dead-letter.h"

static QueueOp *
send_new (const DeliverSetup *setup,
          const ConfigConnector *queue,
          const ConfigQueue *settings,
          const char *uid,
          const char *group,
          GBytes *body)
{
  gint64 now_us = clock_steady_us (setup->clock);
  QueueOp *op = queue_op_new (QUEUE_SEND, queue->name, now_us);
  QueueMessage *message = g_new0 (QueueMessage, 1);

  queue_rules_read (settings, &op->rules);
  message->uid = g_strdup (uid);
  message->token = (gint64) random_u64 (setup->random);
  message->visible_us = now_us + settings->delay_us;
  message->group = g_strdup (settings->fifo ? group : "");
  message->body = g_bytes_ref (body);
  op->message = message;
  return op;
}

/* SQS's content-based id, or the delivery's, which is the same for all its attempts. */
static char *
dedup_of (const ConfigQueue *settings, const char *delivery_id, GBytes *body)
{
  if (!settings->fifo)
    return g_strdup ("");
  return settings->dedup_by_content ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, body)
                                    : g_strdup (delivery_id);
}

static void
refuse_size (const ConfigConnector *queue, gsize bytes, gsize max_bytes, Outcome *out_refusal)
{
  *out_refusal = (Outcome){ .kind = OUTCOME_REFUSED,
                            .error_code = ERROR_CODE_INVALID_PARAMETER,
                            .retry_after_us = -1 };
  out_refusal->note = g_strdup_printf ("%s takes messages up to %" G_GSIZE_FORMAT
                                       " bytes, this one has %" G_GSIZE_FORMAT
                                       "; raise its MaximumMessageSize",
                                       queue->ref, max_bytes, bytes);
}

QueueOp *
enqueue_payload (const DeliverSetup *setup,
                 const ConfigConnector *queue,
                 const ConfigTarget *target,
                 const StoredDelivery *delivery,
                 GBytes *payload,
                 Outcome *out_refusal)
{
  const char *group = target->message_group != NULL ? target->message_group : delivery->rule;
  ConfigQueue settings;
  QueueOp *op;

  config_queue_read (queue->settings, &settings);
  if (g_bytes_get_size (payload) > settings.max_message_bytes)
    {
      refuse_size (queue, g_bytes_get_size (payload), settings.max_message_bytes, out_refusal);
      return NULL;
    }
  op = send_new (setup, queue, &settings, delivery->id, group, payload);
  op->message->dedup = dedup_of (&settings, delivery->id, payload);
  op->message->content_type = g_strdup (config_target_content_type (target));
  return op;
}

QueueOp *
enqueue_trial (const DeliverSetup *setup,
               const ConfigConnector *queue,
               const char *id,
               GBytes *payload)
{
  ConfigQueue settings;
  QueueOp *op;

  config_queue_read (queue->settings, &settings);
  op = send_new (setup, queue, &settings, id, "test", payload);
  op->message->dedup = dedup_of (&settings, id, payload);
  op->message->content_type = g_strdup ("application/json");
  return op;
}

QueueOp *
enqueue_dead_letter (const DeliverSetup *setup,
                     const Configuration *configuration,
                     const ConfigTarget *target,
                     const StoredDelivery *delivery,
                     const Event *event,
                     const Outcome *outcome,
                     DeadReason dead,
                     guint round_attempts)
{
  const DeadLetter letter = {
    .rule = delivery->rule,
    .connector = delivery->connector,
    .dead = dead,
    .round_attempts = round_attempts,
    .error_code = outcome->error_code,
    .error_message = outcome->note,
  };
  const ConfigConnector *queue = target->dead_letter_queue != NULL
                                     ? config_queue_find (configuration, target->dead_letter_queue)
                                     : NULL;
  g_autoptr (GBytes) body = NULL;
  char uid[ID_LENGTH + 1];
  ConfigQueue settings;
  QueueOp *op;

  if (queue == NULL)
    return NULL;
  config_queue_read (queue->settings, &settings);
  id_new (setup->clock, setup->random, uid);
  body = g_string_free_to_bytes (event_envelope (event));
  op = send_new (setup, queue, &settings, uid, delivery->rule, body);
  op->message->dedup = g_strdup (settings.fifo ? uid : "");
  op->message->content_type = g_strdup ("application/json");
  op->message->origin = g_strconcat ("delivery/", delivery->id, NULL);
  op->message->attributes = dead_letter_to_json (&letter);
  return op;
}

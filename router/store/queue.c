/* Queue operations as values, and receipts as text.  No state of its own; any thread. */
#include "store/queue.h"

#include <stdlib.h>
#include <string.h>

void
queue_rules_read (const ConfigQueue *config, QueueRules *out_rules)
{
  *out_rules = (QueueRules){
    .fifo = config->fifo,
    .dedup_by_group = config->dedup_by_group,
    .retention_us = config->retention_us,
    .max_receives = config->max_receives,
    .redrive_to = g_strdup (config->redrive_to),
    .max_in_flight = config->max_in_flight,
  };
}

void
queue_rules_copy (const QueueRules *from, QueueRules *to)
{
  *to = *from;
  to->redrive_to = g_strdup (from->redrive_to);
}

void
queue_rules_clear (QueueRules *rules)
{
  g_clear_pointer (&rules->redrive_to, g_free);
}

static char *
text_of (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

QueueMessage *
queue_message_copy (const QueueMessage *message)
{
  QueueMessage *copy = g_new (QueueMessage, 1);

  *copy = *message;
  copy->queue = text_of (message->queue);
  copy->uid = text_of (message->uid);
  copy->group = text_of (message->group);
  copy->dedup = text_of (message->dedup);
  copy->origin = text_of (message->origin);
  copy->content_type = text_of (message->content_type);
  copy->attributes = text_of (message->attributes);
  copy->body = g_bytes_ref (message->body);
  return copy;
}

void
queue_message_free (QueueMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->queue);
  g_free (message->uid);
  g_free (message->group);
  g_free (message->dedup);
  g_free (message->origin);
  g_free (message->content_type);
  g_free (message->attributes);
  g_clear_pointer (&message->body, g_bytes_unref);
  g_free (message);
}

char *
queue_receipt_format (const QueueMessage *message)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%u.%016" G_GINT64_MODIFIER "x", message->id,
                          message->n_received, (guint64) message->token);
}

gboolean
queue_receipt_parse (const char *text, QueueReceipt *out_receipt)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 4);
  guint64 n, token;
  gint64 id;

  if (g_strv_length (parts) != 3 || strlen (parts[2]) != 16 ||
      !g_ascii_string_to_signed (parts[0], 10, 1, G_MAXINT64, &id, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 1, G_MAXUINT, &n, NULL) ||
      !g_ascii_string_to_unsigned (parts[2], 16, 0, G_MAXUINT64, &token, NULL))
    return FALSE;
  *out_receipt = (QueueReceipt){ id, (guint) n, (gint64) token };
  return TRUE;
}

QueueOp *
queue_op_new (QueueOpKind kind, const char *queue, gint64 now_us)
{
  QueueOp *op = g_new0 (QueueOp, 1);

  op->kind = kind;
  op->queue = g_strdup (queue);
  op->now_us = now_us;
  return op;
}

void
queue_op_reset (QueueOp *op)
{
  op->out_result = QUEUE_OK;
  op->out_id = 0;
  op->out_n = 0;
  op->out_next_us = 0;
  g_clear_pointer (&op->out_uid, g_free);
  g_clear_pointer (&op->out_messages, g_ptr_array_unref);
  if (op->kind == QUEUE_RECEIVE)
    op->out_messages = g_ptr_array_new_with_free_func ((GDestroyNotify) queue_message_free);
}

void
queue_op_free (QueueOp *op)
{
  if (op == NULL)
    return;
  queue_op_reset (op);
  g_clear_pointer (&op->out_messages, g_ptr_array_unref);
  queue_rules_clear (&op->rules);
  queue_message_free (op->message);
  g_free (op->queue);
  g_free (op->to);
  g_free (op);
}

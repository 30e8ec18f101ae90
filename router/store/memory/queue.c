/* Queues of the memory engine: one array of messages by number, walked from end to end.
 *
 * With the store's lock held, but for the two questions at the end. */
#include "store/memory/memory.h"

#include <string.h>

typedef struct
{
  char *queue, *scope, *key, *uid;
  gint64 id, until_us;
} Dedup;

void
memory_dedup_free (gpointer data)
{
  Dedup *dedup = data;

  g_free (dedup->queue);
  g_free (dedup->scope);
  g_free (dedup->key);
  g_free (dedup->uid);
  g_free (dedup);
}

static QueueMessage *
message_at (MemoryStore *store, guint i)
{
  return g_ptr_array_index (store->messages, i);
}

static gboolean
is_of (const QueueMessage *message, const char *queue)
{
  return g_str_equal (message->queue, queue);
}

static gboolean
is_expired (const QueueMessage *message, const QueueOp *op)
{
  return message->sent_us <= op->now_us - op->rules.retention_us;
}

static gboolean
is_in_flight (const QueueMessage *message, gint64 now_us)
{
  return message->n_received > 0 && message->visible_us > now_us;
}

static void
remove_expired (MemoryStore *store, const QueueOp *op)
{
  for (guint i = store->messages->len; i > 0; i--)
    if (is_of (message_at (store, i - 1), op->queue) && is_expired (message_at (store, i - 1), op))
      g_ptr_array_remove_index (store->messages, i - 1);
}

/* ---- Send ---- */

static const Dedup *
find_dedup (MemoryStore *store, const QueueOp *op, const char *scope)
{
  for (guint i = 0; i < store->dedups->len; i++)
    {
      const Dedup *dedup = g_ptr_array_index (store->dedups, i);

      if (dedup->until_us > op->now_us && g_str_equal (dedup->queue, op->queue) &&
          g_str_equal (dedup->scope, scope) && g_str_equal (dedup->key, op->message->dedup))
        return dedup;
    }
  return NULL;
}

static void
add_dedup (MemoryStore *store, const QueueOp *op, const char *scope)
{
  Dedup *dedup = g_new (Dedup, 1);

  *dedup = (Dedup){ g_strdup (op->queue),   g_strdup (scope), g_strdup (op->message->dedup),
                    g_strdup (op->out_uid), op->out_id,       op->now_us + QUEUE_DEDUP_US };
  g_ptr_array_add (store->dedups, dedup);
}

static void
add_message (MemoryStore *store, QueueOp *op)
{
  QueueMessage *message = queue_message_copy (op->message);

  message->id = ++store->last_message_id;
  g_free (message->queue);
  message->queue = g_strdup (op->queue);
  message->sent_us = op->now_us;
  message->first_received_us = 0;
  message->n_received = 0;
  g_ptr_array_add (store->messages, message);
  op->out_id = message->id;
  op->out_uid = g_strdup (message->uid);
}

static void
send_message (MemoryStore *store, QueueOp *op)
{
  const char *dedup = op->message->dedup;
  const char *scope = op->rules.dedup_by_group && op->message->group ? op->message->group : "";
  const Dedup *known;

  remove_expired (store, op);
  if (!op->rules.fifo || dedup == NULL || *dedup == '\0')
    {
      add_message (store, op);
      return;
    }
  known = find_dedup (store, op, scope);
  if (known != NULL)
    {
      op->out_result = QUEUE_DUPLICATE;
      op->out_id = known->id;
      op->out_uid = g_strdup (known->uid);
      return;
    }
  add_message (store, op);
  add_dedup (store, op, scope);
}

/* ---- Receive ---- */

static gint
compare_turn (gconstpointer a, gconstpointer b)
{
  const QueueMessage *x = *(QueueMessage *const *) a, *y = *(QueueMessage *const *) b;

  if (x->priority != y->priority)
    return x->priority > y->priority ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

static guint
count_in_flight (MemoryStore *store, const QueueOp *op)
{
  guint n = 0;

  for (guint i = 0; i < store->messages->len; i++)
    n += is_of (message_at (store, i), op->queue) &&
         is_in_flight (message_at (store, i), op->now_us);
  return n;
}

/* Nothing of its group is in flight, and nothing of it was sent earlier. */
static gboolean
is_head_of_free_group (MemoryStore *store, const QueueOp *op, const QueueMessage *message)
{
  for (guint i = 0; i < store->messages->len; i++)
    {
      const QueueMessage *other = message_at (store, i);

      if (is_of (other, op->queue) && g_str_equal (other->group, message->group) &&
          (is_in_flight (other, op->now_us) || other->id < message->id))
        return FALSE;
    }
  return TRUE;
}

/* What may be received, in order.  In a fifo queue these are the heads of groups only. */
static GPtrArray *
find_turns (MemoryStore *store, const QueueOp *op)
{
  GPtrArray *turns = g_ptr_array_new ();

  for (guint i = 0; i < store->messages->len; i++)
    {
      QueueMessage *message = message_at (store, i);

      if (is_of (message, op->queue) && message->visible_us <= op->now_us &&
          (!op->rules.fifo || is_head_of_free_group (store, op, message)))
        g_ptr_array_add (turns, message);
    }
  g_ptr_array_sort (turns, compare_turn);
  return turns;
}

static void
move_to (QueueMessage *message, const char *queue, gint64 now_us)
{
  char *origin = g_strconcat ("queue/", message->queue, NULL);

  g_free (message->origin);
  message->origin = origin;
  g_free (message->queue);
  message->queue = g_strdup (queue);
  message->visible_us = now_us;
  message->first_received_us = 0;
  message->n_received = 0;
}

static void
take (QueueMessage *message, QueueOp *op)
{
  if (op->rules.max_receives > 0 && message->n_received >= op->rules.max_receives)
    {
      move_to (message, op->rules.redrive_to, op->now_us);
      return;
    }
  message->n_received++;
  message->visible_us = op->now_us + op->visibility_us;
  if (message->first_received_us == 0)
    message->first_received_us = op->now_us;
  g_ptr_array_add (op->out_messages, queue_message_copy (message));
}

/* The head, and those of its group that follow it at once. */
static void
take_group (MemoryStore *store, QueueMessage *head, QueueOp *op)
{
  g_autofree char *group = g_strdup (head->group);
  gint64 first = head->id;

  for (guint i = 0; i < store->messages->len && op->out_messages->len < op->limit; i++)
    {
      QueueMessage *message = message_at (store, i);

      if (message->id < first || !is_of (message, op->queue) ||
          !g_str_equal (message->group, group))
        continue;
      if (message->visible_us > op->now_us)
        return;
      take (message, op);
    }
}

/* When a message that is hidden now will be visible. */
static gint64
next_us (MemoryStore *store, const QueueOp *op)
{
  gint64 next = 0;

  for (guint i = 0; i < store->messages->len; i++)
    {
      const QueueMessage *message = message_at (store, i);

      if (is_of (message, op->queue) && message->visible_us > op->now_us &&
          (next == 0 || message->visible_us < next))
        next = message->visible_us;
    }
  return next;
}

static void
receive (MemoryStore *store, QueueOp *op)
{
  g_autoptr (GPtrArray) turns = NULL;

  remove_expired (store, op);
  if (op->rules.max_in_flight > 0 && count_in_flight (store, op) >= op->rules.max_in_flight)
    op->out_result = QUEUE_OVER_LIMIT;
  else
    {
      turns = find_turns (store, op);
      for (guint i = 0; i < turns->len && op->out_messages->len < op->limit; i++)
        if (op->rules.fifo)
          take_group (store, turns->pdata[i], op);
        else
          take (turns->pdata[i], op);
    }
  if (op->out_messages->len == 0)
    op->out_next_us = next_us (store, op);
}

/* ---- By receipt ---- */

static guint
find_receipt (MemoryStore *store, const QueueOp *op)
{
  guint i = 0;

  while (i < store->messages->len && message_at (store, i)->id != op->receipt.id)
    i++;
  return i;
}

/* In a fifo queue, and to extend, only the last receipt counts, and only while it lasts. */
static QueueResult
judge_receipt (const QueueMessage *message, const QueueOp *op)
{
  if (!is_of (message, op->queue) || message->token != op->receipt.token ||
      op->receipt.n > message->n_received)
    return QUEUE_NO_RECEIPT;
  if ((op->rules.fifo || op->kind == QUEUE_EXTEND) &&
      (op->receipt.n != message->n_received || message->visible_us <= op->now_us))
    return QUEUE_STALE_RECEIPT;
  return QUEUE_OK;
}

static void
use_receipt (MemoryStore *store, QueueOp *op)
{
  guint i = find_receipt (store, op);

  if (i == store->messages->len)
    {
      if (op->kind == QUEUE_EXTEND)
        op->out_result = QUEUE_STALE_RECEIPT;
      return;
    }
  op->out_result = judge_receipt (message_at (store, i), op);
  if (op->out_result != QUEUE_OK)
    return;
  op->out_n = 1;
  if (op->kind == QUEUE_DELETE)
    g_ptr_array_remove_index (store->messages, i);
  else
    message_at (store, i)->visible_us = op->now_us + op->visibility_us;
}

/* ---- All of a queue ---- */

static void
purge (MemoryStore *store, QueueOp *op)
{
  for (guint i = store->messages->len; i > 0; i--)
    if (is_of (message_at (store, i - 1), op->queue))
      {
        g_ptr_array_remove_index (store->messages, i - 1);
        op->out_n++;
      }
}

/* As if sent anew: at the end of the other queue, with a retention of its own. */
static void
send_again (MemoryStore *store, guint i, const char *to, const QueueOp *op)
{
  QueueMessage *message = g_ptr_array_steal_index (store->messages, i);

  move_to (message, to, op->now_us);
  message->id = ++store->last_message_id;
  message->sent_us = op->now_us;
  g_ptr_array_add (store->messages, message);
}

static void
redrive (MemoryStore *store, QueueOp *op)
{
  guint i = 0;
  guint n = store->messages->len;

  while (n-- > 0 && op->out_n < op->limit)
    {
      const QueueMessage *message = message_at (store, i);
      const char *to = op->to;

      if (to == NULL && g_str_has_prefix (message->origin, "queue/"))
        to = message->origin + strlen ("queue/");
      if (!is_of (message, op->queue) || is_in_flight (message, op->now_us) || to == NULL)
        {
          i++;
          continue;
        }
      g_autofree char *name = g_strdup (to);
      send_again (store, i, name, op);
      op->out_n++;
    }
}

void
memory_queue (MemoryStore *store, QueueOp *op)
{
  queue_op_reset (op);
  switch (op->kind)
    {
    case QUEUE_SEND:
      send_message (store, op);
      break;
    case QUEUE_RECEIVE:
      receive (store, op);
      break;
    case QUEUE_DELETE:
    case QUEUE_EXTEND:
      use_receipt (store, op);
      break;
    case QUEUE_PURGE:
      purge (store, op);
      break;
    case QUEUE_REDRIVE:
      redrive (store, op);
      break;
    }
}

/* ---- Questions ---- */

gboolean
memory_find_messages (Store *base,
                      const char *queue,
                      gint64 *after,
                      guint limit,
                      GPtrArray **out_messages,
                      GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) queue_message_free);

  for (guint i = 0; i < store->messages->len && messages->len < limit; i++)
    {
      const QueueMessage *message = message_at (store, i);

      if (!is_of (message, queue) || message->id <= *after)
        continue;
      g_ptr_array_add (messages, queue_message_copy (message));
      *after = message->id;
    }
  *out_messages = messages;
  return TRUE;
}

gboolean
memory_queue_depth (Store *base,
                    const char *queue,
                    gint64 now_us,
                    QueueDepth *out_depth,
                    GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  QueueDepth depth = { 0 };

  for (guint i = 0; i < store->messages->len; i++)
    {
      const QueueMessage *message = message_at (store, i);

      if (!is_of (message, queue))
        continue;
      if (message->visible_us <= now_us)
        depth.visible++;
      else if (message->n_received > 0)
        depth.in_flight++;
      else
        depth.delayed++;
      if (depth.oldest_us == 0 || message->sent_us < depth.oldest_us)
        depth.oldest_us = message->sent_us;
    }
  *out_depth = depth;
  return TRUE;
}

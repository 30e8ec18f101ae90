/* The items of a batch as values: made zeroed, filled by the submitter, freed by the writer.
 *
 * Nothing here knows what a commit does with them. */
#include "store/batch.h"

void
journal_entry_free (JournalEntry *entry)
{
  if (entry == NULL)
    return;
  outcome_clear (&entry->outcome);
  g_free (entry->actor);
  g_free (entry->reason);
  g_free (entry);
}

void
repeat_free (Repeat *repeat)
{
  if (repeat == NULL)
    return;
  g_free (repeat->scope);
  g_free (repeat->key);
  g_free (repeat->answer);
  g_free (repeat->out_answer);
  g_free (repeat);
}

gboolean
batch_item_is_patient (const BatchItem *item)
{
  return item->kind == BATCH_SETTLE || item->kind == BATCH_MOVE;
}

gboolean
batch_item_was_appended (const BatchItem *item)
{
  return item->kind == BATCH_APPEND &&
         (item->append.repeat == NULL || item->append.repeat->out_verdict == REPEAT_FIRST);
}

static BatchItem *
batch_item_new (BatchItemKind kind)
{
  BatchItem *item = g_new0 (BatchItem, 1);

  item->kind = kind;
  return item;
}

BatchItem *
batch_item_new_append (guint n_events)
{
  BatchItem *item = batch_item_new (BATCH_APPEND);

  item->append.events = g_new0 (AppendEvent, n_events);
  item->append.n_events = n_events;
  return item;
}

BatchItem *
batch_item_new_settle (void)
{
  return batch_item_new (BATCH_SETTLE);
}

BatchItem *
batch_item_new_operate (guint n_actions)
{
  BatchItem *item = batch_item_new (BATCH_OPERATE);

  item->operate.actions = g_new0 (OperatorAction, n_actions);
  item->operate.n_actions = n_actions;
  return item;
}

AppendEvent *
batch_item_append_with (BatchItem *item, guint action)
{
  g_assert (item->kind == BATCH_OPERATE && action < item->operate.n_actions);
  item->operate.actions[action].append = g_new0 (AppendEvent, 1);
  return item->operate.actions[action].append;
}

BatchItem *
batch_item_new_generation (void)
{
  return batch_item_new (BATCH_GENERATION);
}

BatchItem *
batch_item_new_queue (QueueOp *op)
{
  BatchItem *item = batch_item_new (BATCH_QUEUE);

  item->queue.ops = g_new (QueueOp *, 1);
  item->queue.ops[0] = op;
  item->queue.n_ops = 1;
  return item;
}

BatchItem *
batch_item_new_move (DeliveryKey key, const char *connector)
{
  BatchItem *item = batch_item_new (BATCH_MOVE);

  item->move = (DeliveryMove){ .key = key, .connector = g_strdup (connector) };
  return item;
}

BatchItem *
batch_item_new_hold (HoldKind kind, const char *connector)
{
  BatchItem *item = batch_item_new (BATCH_HOLD);

  item->hold = (HoldChange){ .kind = kind, .connector = g_strdup (connector) };
  return item;
}

BatchItem *
batch_item_new_clock (const StoredClock *clock)
{
  BatchItem *item = batch_item_new (BATCH_CLOCK);

  item->clock = *clock;
  return item;
}

gint64
settlement_follow_us (const Settlement *settlement)
{
  const JournalEntry *entry = settlement->entry;

  return settlement->due_us != 0 ? settlement->due_us : entry->at_us + entry->duration_us;
}

gint64
operator_action_due_us (const OperatorAction *action)
{
  return action->due_us != 0 ? action->due_us : action->entry->at_us;
}

BatchItem *
batch_item_new_record (RecordChange *change)
{
  BatchItem *item = batch_item_new (BATCH_RECORD);

  batch_item_add_record (item, change);
  return item;
}

void
batch_item_add_record (BatchItem *item, RecordChange *change)
{
  if (item->records == NULL)
    item->records = g_ptr_array_new_with_free_func ((GDestroyNotify) record_change_free);
  g_ptr_array_add (item->records, change);
}

void
batch_item_count_actions (const BatchItem *item, const RecordChange *change, gint64 *counts)
{
  if (!change->adds_actions || item->kind != BATCH_OPERATE)
    return;
  for (guint i = 0; i < item->operate.n_actions; i++)
    counts[item->operate.actions[i].out_applied ? 0 : 1]++;
}

static void
append_event_clear (AppendEvent *append)
{
  for (guint i = 0; i < append->n_deliveries; i++)
    {
      g_free (append->deliveries[i].rule);
      g_free (append->deliveries[i].target);
      g_free (append->deliveries[i].connector);
    }
  g_free (append->deliveries);
  g_strfreev (append->matched);
  g_clear_pointer (&append->event, event_unref);
}

static void
new_generation_clear (NewGeneration *generation)
{
  g_free (generation->author);
  g_free (generation->digest);
  g_free (generation->content);
  g_free (generation->reason);
}

static void
operator_action_clear (OperatorAction *action)
{
  journal_entry_free (action->entry);
  if (action->append == NULL)
    return;
  append_event_clear (action->append);
  g_free (action->append);
}

void
batch_item_free (BatchItem *item)
{
  if (item == NULL)
    return;
  g_clear_pointer (&item->records, g_ptr_array_unref);
  switch (item->kind)
    {
    case BATCH_APPEND:
      for (guint i = 0; i < item->append.n_events; i++)
        append_event_clear (&item->append.events[i]);
      g_free (item->append.events);
      repeat_free (item->append.repeat);
      break;
    case BATCH_SETTLE:
      journal_entry_free (item->settlement.entry);
      queue_op_free (item->settlement.send);
      break;
    case BATCH_OPERATE:
      for (guint i = 0; i < item->operate.n_actions; i++)
        operator_action_clear (&item->operate.actions[i]);
      g_free (item->operate.actions);
      break;
    case BATCH_GENERATION:
      new_generation_clear (&item->generation);
      break;
    case BATCH_QUEUE:
      for (guint i = 0; i < item->queue.n_ops; i++)
        queue_op_free (item->queue.ops[i]);
      g_free (item->queue.ops);
      break;
    case BATCH_MOVE:
      g_free (item->move.connector);
      break;
    case BATCH_HOLD:
      g_free (item->hold.connector);
      g_free (item->hold.actor);
      g_free (item->hold.reason);
      break;
    case BATCH_CLOCK:
    case BATCH_RECORD:
      break;
    }
  g_free (item);
}

gboolean
batch_item_wants_action (const BatchItem *item, guint action)
{
  guint of_action = item->operate.actions[action].of_action;

  return of_action == 0 || item->operate.actions[of_action - 1].out_applied;
}

gboolean
batch_item_wants_record (const BatchItem *item, const RecordChange *change)
{
  if (change->of_action > 0 && item->kind == BATCH_OPERATE)
    return item->operate.actions[change->of_action - 1].out_applied;
  return !change->if_applied || item->kind != BATCH_HOLD || item->hold.out_applied;
}

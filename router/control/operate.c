/* What an operator does to deliveries: by id, or to all that match.
 *
 * Work goes to the writer in chunks that it answers before the next is made, so that forty thousand
 * dead letters do not crowd out events. */
#include "control/core.h"

#include "base/error.h"
#include "base/id.h"
#include "store/mark.h"

#define CHUNK 256

/* Writer thread: what became due is made known before the operator gets his answer. */
static void
count_and_announce (const BatchItem *item, gpointer result, gpointer user_data)
{
  const ControlSetup *setup = &((Control *) user_data)->setup;
  OperateResult *counted = result;

  for (guint i = 0; i < item->operate.n_actions; i++)
    {
      const OperatorAction *action = &item->operate.actions[i];

      if (!action->out_applied)
        {
          counted->skipped++;
          continue;
        }
      counted->applied++;
      if (setup->changed != NULL)
        setup->changed (action->key, setup->user_data);
      if (action->out_due.connector != NULL)
        setup->due (&action->out_due, setup->user_data);
    }
}

/* What is to be done, by whom and why. */
typedef struct
{
  JournalKind kind;
  gint64 until_us; /* wall clock, of a postponing */
  const char *actor, *reason;
  gint64 operation;
} Order;

/* The states of what can be acted on. */
static guint
states_for (JournalKind kind)
{
  switch (kind)
    {
    case JOURNAL_REPLAY:
    case JOURNAL_DISCARD:
      return DELIVERY_STATE_BIT (DELIVERY_DEAD);
    case JOURNAL_RESTORE:
      return DELIVERY_STATE_BIT (DELIVERY_DISCARDED);
    case JOURNAL_RETRY:
    case JOURNAL_POSTPONE:
    case JOURNAL_GIVE_UP:
      return DELIVERY_UNSETTLED;
    case JOURNAL_ATTEMPT:
    case JOURNAL_N_KINDS:
      break;
    }
  g_return_val_if_reached (0);
}

static BatchItem *
make_item (Control *control, const Order *order, const GArray *keys)
{
  BatchItem *item = batch_item_new_operate (keys->len);
  gint64 now_us = clock_wall_us (control->setup.clock);
  gint64 due_us = order->kind == JOURNAL_POSTPONE
                      ? clock_steady_from_wall (control->setup.clock, order->until_us)
                      : clock_steady_us (control->setup.clock);

  for (guint i = 0; i < keys->len; i++)
    {
      JournalEntry *entry = g_new0 (JournalEntry, 1);

      entry->kind = order->kind;
      entry->at_us = now_us;
      entry->actor = g_strdup (order->actor);
      entry->reason = g_strdup (order->reason);
      item->operate.actions[i].key = g_array_index (keys, DeliveryKey, i);
      item->operate.actions[i].entry = entry;
      item->operate.actions[i].due_us = due_us;
      item->operate.actions[i].operation = order->operation;
    }
  return item;
}

/* For those who look for a cause later; nobody waits for it. */
static void
note_operation (Control *control, const Order *order, const OperateResult *result)
{
  const Mark mark = {
    .kind = MARK_OPERATED,
    .at_us = clock_wall_us (control->setup.clock),
    .actor = order->actor,
    .reason = order->reason,
    .action = order->kind,
    .operation = order->operation,
    .applied = (gint64) result->applied,
  };

  if (result->applied > 0)
    writer_submit (control->setup.writer, batch_item_new_record (mark_to_record (&mark)), NULL,
                   NULL, NULL);
}

/* Applies one chunk of keys (DeliveryKey), waits for it to be durable, and empties keys. */
static gboolean
apply (Control *control, const Order *order, GArray *keys, OperateResult *result, GError **error)
{
  OperateResult counted;
  BatchItem *item;

  if (keys->len == 0)
    return TRUE;
  item = make_item (control, order, keys);
  g_array_set_size (keys, 0);
  if (!submitter_submit (control->submitter, item, count_and_announce, control, &counted,
                         sizeof counted, error))
    return FALSE;
  result->applied += counted.applied;
  result->skipped += counted.skipped;
  return TRUE;
}

/* The keys that an operator means by an id: the delivery, or all of the event that are in one of
 * the states. */
static gboolean
add_id (Store *store, const char *id, guint states, GArray *keys, guint64 *skipped, GError **error)
{
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GError) local = NULL;
  DeliveryKey key;

  if (!id_is_valid (id))
    {
      if (store_find_key (store, id, &key, &local))
        {
          g_array_append_val (keys, key);
          return TRUE;
        }
    }
  else if (store->engine->load_deliveries (store, id, &deliveries, &local))
    {
      for (guint i = 0; i < deliveries->len; i++)
        {
          const StoredDelivery *delivery = deliveries->pdata[i];

          if ((DELIVERY_STATE_BIT (delivery->state) & states) != 0)
            g_array_append_val (keys, delivery->key);
        }
      return TRUE;
    }
  if (!g_error_matches (local, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  (*skipped)++;
  return TRUE;
}

static gboolean
operate_ids (Control *control,
             const Order *order,
             const char *const *ids,
             OperateResult *out_result,
             GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (DeliveryKey));
  guint states = states_for (order->kind);
  OperateResult result = { .operation = order->operation };

  for (; *ids != NULL; ids++)
    {
      if (!add_id (control->setup.store, *ids, states, keys, &result.skipped, error))
        return FALSE;
      if (keys->len >= CHUNK && !apply (control, order, keys, &result, error))
        return FALSE;
    }
  if (!apply (control, order, keys, &result, error))
    return FALSE;
  note_operation (control, order, &result);
  *out_result = result;
  return TRUE;
}

gboolean
control_operate_ids (Control *control,
                     JournalKind kind,
                     const char *const *ids,
                     const char *actor,
                     const char *reason,
                     OperateResult *out_result,
                     GError **error)
{
  const Order order = { .kind = kind,
                        .actor = actor,
                        .reason = reason,
                        .operation = control_next_operation (control) };

  return operate_ids (control, &order, ids, out_result, error);
}

gboolean
control_postpone (Control *control,
                  gint64 until_us,
                  const char *const *ids,
                  const char *actor,
                  const char *reason,
                  OperateResult *out_result,
                  GError **error)
{
  const Order order = { .kind = JOURNAL_POSTPONE,
                        .until_us = until_us,
                        .actor = actor,
                        .reason = reason,
                        .operation = control_next_operation (control) };

  return operate_ids (control, &order, ids, out_result, error);
}

gboolean
control_bound_changes (Control *control, DeliveryQuery *query, GError **error)
{
  Store *store = control->setup.store;
  const DeliveryQuery all = { .states = query->states, .order = DELIVERY_ORDER_NEWEST };
  gint64 end_us = clock_wall_us (control->setup.clock);
  g_autoptr (GPtrArray) newest = NULL;
  StoreCursor cursor = { 0 };

  if (!store->engine->find_deliveries (store, &all, &cursor, 1, &newest, error))
    return FALSE;
  if (newest->len > 0)
    end_us = MAX (end_us, ((const StoredDelivery *) newest->pdata[0])->changed_us);
  if (query->to_us == 0 || query->to_us > end_us + 1)
    query->to_us = end_us + 1;
  return TRUE;
}

gboolean
control_operate_query (Control *control,
                       JournalKind kind,
                       const DeliveryQuery *query,
                       const char *actor,
                       const char *reason,
                       OperateResult *out_result,
                       GError **error)
{
  const Order order = { .kind = kind,
                        .actor = actor,
                        .reason = reason,
                        .operation = control_next_operation (control) };
  Store *store = control->setup.store;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (DeliveryKey));
  OperateResult result = { .operation = order.operation };
  StoreCursor cursor = { 0 };
  DeliveryQuery wanted = *query;
  guint found;

  wanted.states = states_for (kind);
  wanted.order = DELIVERY_ORDER_NEWEST;
  if (!control_bound_changes (control, &wanted, error))
    return FALSE;
  do
    {
      g_autoptr (GPtrArray) page = NULL;

      if (!store->engine->find_deliveries (store, &wanted, &cursor, CHUNK, &page, error))
        return FALSE;
      found = page->len;
      for (guint i = 0; i < found; i++)
        {
          const StoredDelivery *delivery = page->pdata[i];

          if (delivery->operation != order.operation)
            g_array_append_val (keys, delivery->key);
        }
      if (!apply (control, &order, keys, &result, error))
        return FALSE;
    }
  while (found == CHUNK);
  note_operation (control, &order, &result);
  *out_result = result;
  return TRUE;
}

/* What an operator does to deliveries: by id, or to all that match.
 *
 * Work goes to the writer in chunks that it answers before the next is made, so that forty thousand
 * dead letters do not crowd out events. */
#include "control/core.h"

#include "base/error.h"
#include "base/id.h"
#include "control/replay.h"
#include "store/mark.h"

#define CHUNK 256

const char *const control_rules_names[CONTROL_N_RULES] = {
  [CONTROL_RULES_THEN] = "then",
  [CONTROL_RULES_NOW] = "now",
};

void
control_announce (Control *control, const OperatorAction *action)
{
  const ControlSetup *setup = &control->setup;
  const AppendEvent *append = action->append;

  if (!action->out_applied)
    return;
  if (setup->changed != NULL)
    setup->changed (action->key, setup->user_data);
  if (action->out_due.connector != NULL)
    setup->due (&action->out_due, setup->user_data);
  for (guint i = 0; append != NULL && i < append->n_deliveries; i++)
    {
      const NewDelivery *delivery = &append->deliveries[i];
      const StoreDue due = { .key = { append->out_seq, i + 1 },
                             .connector = delivery->connector,
                             .due_us = delivery->out_due_us,
                             .priority = delivery->priority };

      if (due.due_us != DELIVERY_NEVER_US)
        setup->due (&due, setup->user_data);
    }
}

/* Writer thread: what became due is made known before the operator gets his answer. */
static void
count_and_announce (const BatchItem *item, gpointer result, gpointer user_data)
{
  OperateResult *counted = result;

  for (guint i = 0; i < item->operate.n_actions; i++)
    {
      const OperatorAction *action = &item->operate.actions[i];

      if (action->out_applied)
        counted->applied++;
      else
        counted->skipped++;
      control_announce (user_data, action);
    }
}

/* What is to be done, by whom and why. */
typedef struct
{
  JournalKind kind;
  ControlReplay how; /* of a replay */
  gint64 until_us;   /* wall clock, of a postponing */
  const char *actor, *reason;
  gint64 operation;
} Order;

guint
control_states_for (JournalKind kind)
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

gboolean
control_narrow_states (JournalKind kind, DeliveryQuery *query, GError **error)
{
  guint states = control_states_for (kind);

  if (query->states != 0 && (query->states & states) == 0)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "The filter's “state” has none of the states in which this can be done");
      return FALSE;
    }
  query->states = query->states != 0 ? query->states & states : states;
  return TRUE;
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

static gboolean
submit (Control *control,
        BatchItem *item, /* taken */
        OperateResult *result,
        GError **error)
{
  OperateResult counted;

  if (!submitter_submit (control->submitter, item, count_and_announce, control, &counted,
                         sizeof counted, error))
    return FALSE;
  result->applied += counted.applied;
  result->skipped += counted.skipped;
  return TRUE;
}

/* What has expired meanwhile counts as skipped. */
static GPtrArray *
load_all (Store *store, const GArray *keys, OperateResult *result)
{
  GPtrArray *deliveries = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_delivery_free);

  for (guint i = 0; i < keys->len; i++)
    {
      StoredDelivery *delivery = NULL;

      if (store->engine->load_delivery (store, g_array_index (keys, DeliveryKey, i), &delivery,
                                        NULL, NULL))
        g_ptr_array_add (deliveries, delivery);
      else
        result->skipped++;
    }
  return deliveries;
}

static gboolean
apply_replay (Control *control,
              const Order *order,
              const GArray *keys,
              OperateResult *result,
              GError **error)
{
  const ReplayOrder wanted = { .how = order->how,
                               .actor = order->actor,
                               .reason = order->reason,
                               .operation = order->operation };
  g_autoptr (Replay) replay = replay_new (control, &wanted);
  g_autoptr (GPtrArray) deliveries = load_all (control->setup.store, keys, result);
  g_auto (ReplayItem) made = { 0 };

  if (!replay_make_item (replay, deliveries, &made, error))
    return FALSE;
  result->skipped += (guint64) (made.succeeded + made.nowhere);
  return made.item->operate.n_actions == 0 ||
         submit (control, g_steal_pointer (&made.item), result, error);
}

/* Applies one chunk of keys (DeliveryKey), waits for it to be durable, and empties keys. */
static gboolean
apply (Control *control, const Order *order, GArray *keys, OperateResult *result, GError **error)
{
  gboolean is_plain = order->how.rules == CONTROL_RULES_THEN && !order->how.skips_succeeded;
  gboolean ok;

  if (keys->len == 0)
    return TRUE;
  if (is_plain)
    ok = submit (control, make_item (control, order, keys), result, error);
  else
    ok = apply_replay (control, order, keys, result, error);
  g_array_set_size (keys, 0);
  return ok;
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
  guint states = control_states_for (order->kind);
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
                     const ControlReplay *how,
                     const char *const *ids,
                     const char *actor,
                     const char *reason,
                     OperateResult *out_result,
                     GError **error)
{
  const Order order = { .kind = kind,
                        .how = how != NULL ? *how : (ControlReplay){ 0 },
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
                       const ControlReplay *how,
                       gint64 until_us,
                       const DeliveryQuery *query,
                       const char *actor,
                       const char *reason,
                       OperateResult *out_result,
                       GError **error)
{
  const Order order = { .kind = kind,
                        .how = how != NULL ? *how : (ControlReplay){ 0 },
                        .until_us = until_us,
                        .actor = actor,
                        .reason = reason,
                        .operation = control_next_operation (control) };
  Store *store = control->setup.store;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (DeliveryKey));
  OperateResult result = { .operation = order.operation };
  StoreCursor cursor = { 0 };
  DeliveryQuery wanted = *query;
  guint found;

  if (!control_narrow_states (kind, &wanted, error))
    return FALSE;
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

gboolean
control_preview_replay (Control *control,
                        const ControlReplay *how,
                        const DeliveryQuery *query,
                        StoreCursor *cursor,
                        gint64 budget_us,
                        ControlPreview *out_preview,
                        gboolean *out_complete,
                        GError **error)
{
  const ReplayOrder order = { .how = *how, .actor = "", .reason = "", .only_looks = TRUE };
  g_autoptr (Replay) replay = replay_new (control, &order);
  Store *store = control->setup.store;
  gint64 end_us = g_get_monotonic_time () + budget_us;
  DeliveryQuery wanted = *query;
  guint found;

  *out_preview = (ControlPreview){ 0 };
  if (!control_narrow_states (JOURNAL_REPLAY, &wanted, error))
    return FALSE;
  wanted.order = DELIVERY_ORDER_NEWEST;
  do
    {
      g_autoptr (GPtrArray) page = NULL;

      if (!store->engine->find_deliveries (store, &wanted, cursor, CHUNK, &page, error))
        return FALSE;
      found = page->len;
      for (guint i = 0; i < found; i++)
        if (!replay_judge (replay, page->pdata[i], out_preview, error))
          return FALSE;
    }
  while (found == CHUNK && g_get_monotonic_time () < end_us);
  *out_complete = found < CHUNK;
  return TRUE;
}

/* Replay and discard: by id, or all that match.
 *
 * Work goes to the writer in chunks that it answers before the next is made, so that forty thousand
 * dead letters do not crowd out events. */
#include "control/core.h"

#include "base/error.h"
#include "base/id.h"

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
      if (action->out_due.connector != NULL)
        setup->due (&action->out_due, setup->user_data);
    }
}

static BatchItem *
make_item (Control *control,
           JournalKind kind,
           const GArray *keys,
           const char *actor,
           const char *reason)
{
  BatchItem *item = batch_item_new_operate (keys->len);
  gint64 now_us = clock_wall_us (control->setup.clock);
  gint64 steady_us = clock_steady_us (control->setup.clock);

  for (guint i = 0; i < keys->len; i++)
    {
      JournalEntry *entry = g_new0 (JournalEntry, 1);

      entry->kind = kind;
      entry->at_us = now_us;
      entry->actor = g_strdup (actor);
      entry->reason = g_strdup (reason);
      item->operate.actions[i].key = g_array_index (keys, DeliveryKey, i);
      item->operate.actions[i].entry = entry;
      item->operate.actions[i].due_us = steady_us;
    }
  return item;
}

/* Applies one chunk of keys (DeliveryKey), waits for it to be durable, and empties keys. */
static gboolean
apply (Control *control,
       JournalKind kind,
       GArray *keys,
       const char *actor,
       const char *reason,
       OperateResult *result,
       GError **error)
{
  OperateResult counted;
  BatchItem *item;

  if (keys->len == 0)
    return TRUE;
  item = make_item (control, kind, keys, actor, reason);
  g_array_set_size (keys, 0);
  if (!submitter_submit (control->submitter, item, count_and_announce, control, &counted,
                         sizeof counted, error))
    return FALSE;
  result->applied += counted.applied;
  result->skipped += counted.skipped;
  return TRUE;
}

/* The keys that an operator means by an id: the delivery, or all dead ones of the event. */
static gboolean
add_id (Store *store, const char *id, GArray *keys, guint64 *skipped, GError **error)
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

          if (delivery->state == DELIVERY_DEAD)
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

gboolean
control_operate_ids (Control *control,
                     JournalKind kind,
                     const char *const *ids,
                     const char *actor,
                     const char *reason,
                     OperateResult *out_result,
                     GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (DeliveryKey));
  OperateResult result = { 0 };

  for (; *ids != NULL; ids++)
    {
      if (!add_id (control->setup.store, *ids, keys, &result.skipped, error))
        return FALSE;
      if (keys->len >= CHUNK && !apply (control, kind, keys, actor, reason, &result, error))
        return FALSE;
    }
  if (!apply (control, kind, keys, actor, reason, &result, error))
    return FALSE;
  *out_result = result;
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
  Store *store = control->setup.store;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (DeliveryKey));
  OperateResult result = { 0 };
  StoreCursor cursor = { 0 };
  DeliveryQuery dead = *query;
  gint64 now_us = clock_wall_us (control->setup.clock);
  guint found;

  dead.states = DELIVERY_STATE_BIT (DELIVERY_DEAD);
  dead.order = DELIVERY_ORDER_NEWEST;
  /* What dies again while this goes on is not meant: without the bound a target that refuses at
   * once would be replayed for ever. */
  if (dead.to_us == 0 || dead.to_us > now_us + 1)
    dead.to_us = now_us + 1;
  do
    {
      g_autoptr (GPtrArray) page = NULL;

      if (!store->engine->find_deliveries (store, &dead, &cursor, CHUNK, &page, error))
        return FALSE;
      found = page->len;
      for (guint i = 0; i < found; i++)
        g_array_append_val (keys, ((StoredDelivery *) page->pdata[i])->key);
      if (!apply (control, kind, keys, actor, reason, &result, error))
        return FALSE;
    }
  while (found == CHUNK);
  *out_result = result;
  return TRUE;
}

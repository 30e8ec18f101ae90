/* One commit of the memory engine.
 *
 * All or nothing: whatever could be refused is looked at before the first change is made, so that
 * no change ever has to be taken back. */
#include "base/error.h"
#include "store/memory/memory.h"

#include <string.h>

static gboolean
check_append (MemoryStore *store, AppendEvent *append, GHashTable *ids, GError **error)
{
  const char *id = append->event->id;

  if (memory_find_event (store, id) == NULL && g_hash_table_add (ids, (gpointer) id))
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE,
               "Event %s is in the store already; ids must be unique", id);
  return FALSE;
}

static gboolean
check_actions (MemoryStore *store, BatchItem *item, GHashTable *ids, GError **error)
{
  for (guint i = 0; i < item->operate.n_actions; i++)
    if (item->operate.actions[i].append != NULL &&
        !check_append (store, item->operate.actions[i].append, ids, error))
      return FALSE;
  return TRUE;
}

static gboolean
has_expired (MemoryStore *store, DeliveryKey key)
{
  return key.event_seq >= 1 && key.event_seq <= (gint64) store->events->len &&
         g_ptr_array_index (store->events, key.event_seq - 1) == NULL;
}

static gboolean
check_settlement (MemoryStore *store, const Settlement *settlement, GError **error)
{
  return memory_find_delivery (store, settlement->key) != NULL ||
         has_expired (store, settlement->key) ||
         store_no_delivery_to_settle (settlement->key, error);
}

static gboolean
check_generation (MemoryStore *store, const NewGeneration *new, GHashTable *taken, GError **error)
{
  gboolean is_new = g_hash_table_add (taken, (gpointer) & new->generation);

  for (guint i = 0; i < store->generations->len; i++)
    {
      const StoredGeneration *old = g_ptr_array_index (store->generations, i);

      is_new = is_new && old->generation != new->generation;
    }
  if (!is_new)
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE,
                 "Generation %" G_GUINT64_FORMAT " is in the store already", new->generation);
  return is_new;
}

static gboolean
check (MemoryStore *store, Batch *batch, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) generations = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < batch->items->len; i++)
    {
      BatchItem *item = g_ptr_array_index (batch->items, i);
      gboolean ok = TRUE;

      if (item->kind == BATCH_APPEND)
        for (guint k = 0; ok && k < item->append.n_events; k++)
          ok = check_append (store, &item->append.events[k], ids, error);
      else if (item->kind == BATCH_OPERATE)
        ok = check_actions (store, item, ids, error);
      else if (item->kind == BATCH_SETTLE)
        ok = check_settlement (store, &item->settlement, error);
      else if (item->kind == BATCH_GENERATION)
        ok = check_generation (store, &item->generation, generations, error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* The unsettled delivery with this order key that has the lowest key, or NULL. */
static MemoryDelivery *
find_first_of_order (MemoryStore *store, gint64 order_key)
{
  for (guint i = 0; order_key != 0 && i < store->events->len; i++)
    {
      const MemoryEvent *event = g_ptr_array_index (store->events, i);

      for (guint k = 0; event != NULL && k < event->deliveries->len; k++)
        {
          MemoryDelivery *delivery = g_ptr_array_index (event->deliveries, k);

          if (delivery->stored.order_key == order_key &&
              store_is_unsettled (delivery->stored.state))
            return delivery;
        }
    }
  return NULL;
}

/* What may not be sent before its order's turn. */
static gint64
due_in_order (MemoryStore *store, gint64 order_key, gint64 due_us)
{
  return find_first_of_order (store, order_key) != NULL ? DELIVERY_NEVER_US : due_us;
}

static MemoryDelivery *
delivery_new (const MemoryEvent *event, const NewDelivery *new, guint32 index)
{
  MemoryDelivery *delivery = g_new0 (MemoryDelivery, 1);

  delivery->journal = g_ptr_array_new_with_free_func ((GDestroyNotify) journal_entry_free);
  delivery->stored = (StoredDelivery){
    .key = { .event_seq = event->seq, .index = index },
    .id = delivery_id_new (event->event->id, index),
    .event_id = g_strdup (event->event->id),
    .rule = g_strdup (new->rule),
    .target = g_strdup (new->target),
    .connector = g_strdup (new->connector),
    .state = DELIVERY_READY,
    .created_us = event->event->received_us,
    .since_us = new->since_us != 0 ? new->since_us : MAX (event->event->received_us, new->due_us),
    .due_us = new->out_due_us,
    .priority = new->priority,
    .order_key = new->order_key,
    .changed_us = event->event->received_us,
    .last_note = g_strdup (""),
    .last_error_code = g_strdup (""),
    .source = g_strdup (event->event->source),
    .detail_type = g_strdup (event->event->detail_type),
  };
  return delivery;
}

static void
apply_append (MemoryStore *store, AppendEvent *append)
{
  MemoryEvent *event = g_new0 (MemoryEvent, 1);

  event->seq = store->events->len + 1;
  event->event = event_ref (append->event);
  event->matched = append->matched != NULL ? g_strdupv (append->matched) : g_new0 (char *, 1);
  event->deliveries = g_ptr_array_new_with_free_func ((GDestroyNotify) memory_delivery_free);
  g_ptr_array_add (store->events, event);
  for (guint i = 0; i < append->n_deliveries; i++)
    {
      NewDelivery *new = &append->deliveries[i];

      new->out_due_us = due_in_order (store, new->order_key, new->due_us);
      g_ptr_array_add (event->deliveries, delivery_new (event, new, i + 1));
    }
  g_hash_table_insert (store->by_id, event->event->id, event);
  store->body_bytes += (gint64) g_bytes_get_size (event->event->body);
  append->out_seq = event->seq;
}

/* TRUE: it is the first, and its events are to be appended. */
static gboolean
apply_repeat (MemoryStore *store, Repeat *repeat)
{
  g_autofree char *key = g_strconcat (repeat->scope, " ", repeat->key, NULL);
  MemoryRepeat *known = g_hash_table_lookup (store->repeats, key);

  g_clear_pointer (&repeat->out_answer, g_free);
  if (known != NULL && known->expires_us > repeat->at_us)
    {
      gboolean is_same = memcmp (known->fingerprint, repeat->fingerprint,
                                 REPEAT_FINGERPRINT_BYTES) == 0;

      repeat->out_verdict = is_same ? REPEAT_SAME : REPEAT_OTHER;
      repeat->out_answer = is_same ? g_strdup (known->answer) : NULL;
      return FALSE;
    }
  known = g_new0 (MemoryRepeat, 1);
  memcpy (known->fingerprint, repeat->fingerprint, REPEAT_FINGERPRINT_BYTES);
  known->expires_us = repeat->expires_us;
  known->answer = g_strdup (repeat->answer != NULL ? repeat->answer : "");
  g_hash_table_replace (store->repeats, g_steal_pointer (&key), known);
  repeat->out_verdict = REPEAT_FIRST;
  return TRUE;
}

static void
apply_appends (MemoryStore *store, BatchItem *item)
{
  for (guint i = 0; i < item->append.n_events; i++)
    store->now_us = item->append.events[i].event->received_us;
  if (item->append.repeat != NULL && !apply_repeat (store, item->append.repeat))
    return;
  for (guint i = 0; i < item->append.n_events; i++)
    apply_append (store, &item->append.events[i]);
}

static void
add_to_journal (MemoryDelivery *delivery, JournalEntry *entry)
{
  entry->n = delivery->journal->len + 1;
  g_ptr_array_add (delivery->journal, memory_journal_entry_copy (entry));
}

/* The one in front is settled. */
static StoreDue
follow_in_order (MemoryStore *store, gint64 order_key, gint64 now_us)
{
  MemoryDelivery *next = find_first_of_order (store, order_key);
  StoredDelivery *stored;

  if (next == NULL)
    return (StoreDue){ 0 };
  stored = &next->stored;
  stored->due_us = MAX (now_us, stored->since_us);
  return (StoreDue){ stored->key, g_intern_string (stored->connector), stored->due_us,
                     stored->priority };
}

static void
apply_settlement (MemoryStore *store, Settlement *settlement)
{
  MemoryDelivery *delivery = memory_find_delivery (store, settlement->key);
  JournalEntry *entry = settlement->entry;
  guint made = entry->attempt > 0 ? 1 : 0;
  StoredDelivery *stored;

  g_assert (settlement->state == DELIVERY_WAITING || settlement->state == DELIVERY_HELD ||
            settlement->state == DELIVERY_DONE || settlement->state == DELIVERY_DEAD);
  settlement->out_next = (StoreDue){ 0 };
  if (delivery == NULL)
    return; /* expired */
  stored = &delivery->stored;
  add_to_journal (delivery, entry);
  stored->attempts += made;
  if (!store_is_unsettled (stored->state))
    return; /* the attempt is on record; the state stays */

  if (settlement->send != NULL)
    memory_queue (store, settlement->send);
  if (!settlement->is_probe)
    stored->round_attempts += made;
  stored->state = settlement->state;
  stored->dead = settlement->state == DELIVERY_DEAD ? settlement->dead : DEAD_NOT;
  stored->due_us = store_is_unsettled (stored->state) ? settlement->due_us : 0;
  stored->changed_us = entry->at_us + entry->duration_us;
  if (!store_is_unsettled (stored->state))
    settlement->out_next = follow_in_order (store, stored->order_key,
                                            settlement_follow_us (settlement));
  if (entry->outcome.kind == 0)
    return;
  stored->last_outcome = entry->outcome.kind;
  stored->last_status = entry->outcome.status;
  g_free (stored->last_note);
  stored->last_note = g_strdup (entry->outcome.note != NULL ? entry->outcome.note : "");
  g_free (stored->last_error_code);
  stored->last_error_code = g_strdup (entry->outcome.error_code != NULL ? entry->outcome.error_code
                                                                        : "");
}

static void
apply_replay (MemoryStore *store, MemoryDelivery *delivery, OperatorAction *action)
{
  StoredDelivery *stored = &delivery->stored;
  gint64 now_us = operator_action_due_us (action);

  if (stored->state != DELIVERY_DEAD && stored->state != DELIVERY_DISCARDED)
    return;
  add_to_journal (delivery, action->entry);
  stored->due_us = due_in_order (store, stored->order_key, now_us);
  stored->state = DELIVERY_READY;
  stored->dead = DEAD_NOT;
  stored->since_us = now_us;
  stored->changed_us = action->entry->at_us;
  stored->round_attempts = 0;
  stored->n_replays++;
  action->out_applied = TRUE;
  if (stored->due_us != DELIVERY_NEVER_US)
    action->out_due = (StoreDue){ stored->key, g_intern_string (stored->connector), now_us,
                                  stored->priority };
}

static void
apply_discard (MemoryDelivery *delivery, OperatorAction *action)
{
  if (delivery->stored.state != DELIVERY_DEAD)
    return;
  add_to_journal (delivery, action->entry);
  delivery->stored.state = DELIVERY_DISCARDED;
  delivery->stored.changed_us = action->entry->at_us;
  action->out_applied = TRUE;
}

static void
apply_restore (MemoryDelivery *delivery, OperatorAction *action)
{
  if (delivery->stored.state != DELIVERY_DISCARDED)
    return;
  add_to_journal (delivery, action->entry);
  delivery->stored.state = DELIVERY_DEAD;
  delivery->stored.changed_us = action->entry->at_us;
  action->out_applied = TRUE;
}

/* Retry or postpone. */
static void
apply_time (MemoryDelivery *delivery, OperatorAction *action)
{
  StoredDelivery *stored = &delivery->stored;
  gint64 due_us = operator_action_due_us (action);

  if (!store_is_unsettled (stored->state) || stored->due_us == DELIVERY_NEVER_US)
    return;
  add_to_journal (delivery, action->entry);
  stored->due_us = due_us;
  action->out_applied = TRUE;
  action->out_due = (StoreDue){ stored->key, g_intern_string (stored->connector), due_us,
                                stored->priority };
}

static void
apply_give_up (MemoryStore *store, MemoryDelivery *delivery, OperatorAction *action)
{
  StoredDelivery *stored = &delivery->stored;
  gboolean had_its_turn = stored->due_us != DELIVERY_NEVER_US;

  if (!store_is_unsettled (stored->state))
    return;
  add_to_journal (delivery, action->entry);
  stored->state = DELIVERY_DEAD;
  stored->dead = DEAD_OPERATOR;
  stored->due_us = 0;
  stored->changed_us = action->entry->at_us;
  action->out_applied = TRUE;
  if (had_its_turn)
    action->out_due = follow_in_order (store, stored->order_key, operator_action_due_us (action));
}

static void
apply_to (MemoryStore *store, MemoryDelivery *delivery, OperatorAction *action)
{
  switch (action->entry->kind)
    {
    case JOURNAL_REPLAY:
      apply_replay (store, delivery, action);
      break;
    case JOURNAL_DISCARD:
      apply_discard (delivery, action);
      break;
    case JOURNAL_RESTORE:
      apply_restore (delivery, action);
      break;
    case JOURNAL_RETRY:
    case JOURNAL_POSTPONE:
      apply_time (delivery, action);
      break;
    case JOURNAL_GIVE_UP:
      apply_give_up (store, delivery, action);
      break;
    case JOURNAL_ATTEMPT:
    case JOURNAL_N_KINDS:
      g_assert_not_reached ();
    }
}

static void
apply_action (MemoryStore *store, BatchItem *item, guint place)
{
  OperatorAction *action = &item->operate.actions[place];
  MemoryDelivery *delivery = memory_find_delivery (store, action->key);

  action->out_applied = FALSE;
  action->out_due = (StoreDue){ 0 };
  if (delivery != NULL && batch_item_wants_action (item, place))
    apply_to (store, delivery, action);
  if (!action->out_applied)
    return;
  delivery->stored.operation = action->operation;
  if (action->append != NULL)
    apply_append (store, action->append);
}

static void
apply_generation (MemoryStore *store, const NewGeneration *new)
{
  StoredGeneration *generation = g_new0 (StoredGeneration, 1);

  generation->generation = new->generation;
  generation->at_us = new->at_us;
  generation->author = g_strdup (new->author);
  generation->digest = g_strdup (new->digest);
  generation->content = g_strdup (new->content);
  generation->reason = g_strdup (new->reason != NULL ? new->reason : "");
  g_ptr_array_add (store->generations, generation);
}

static void
apply_move (MemoryStore *store, const DeliveryMove *move)
{
  MemoryDelivery *delivery = memory_find_delivery (store, move->key);

  if (delivery == NULL || !store_is_unsettled (delivery->stored.state))
    return;
  g_free (delivery->stored.connector);
  delivery->stored.connector = g_strdup (move->connector);
}

static int
compare_holds (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const StoredHold *const *) a)->connector,
                 (*(const StoredHold *const *) b)->connector);
}

static StoredHold *
get_hold (MemoryStore *store, const char *connector)
{
  StoredHold *hold = memory_find_hold (store, connector);

  if (hold != NULL)
    return hold;
  hold = g_new0 (StoredHold, 1);
  hold->connector = g_strdup (connector);
  hold->paused_by = g_strdup ("");
  hold->pause_reason = g_strdup ("");
  hold->shut_reason = g_strdup ("");
  g_ptr_array_add (store->holds, hold);
  g_ptr_array_sort (store->holds, compare_holds);
  return hold;
}

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value != NULL ? value : "");
}

static void
apply_hold (MemoryStore *store, HoldChange *change)
{
  StoredHold *hold = get_hold (store, change->connector);
  gboolean begins = change->since_us != 0;

  if (change->kind == HOLD_PAUSE)
    {
      change->out_applied = begins != (hold->paused_us != 0);
      if (change->out_applied)
        {
          hold->paused_us = change->since_us;
          set_text (&hold->paused_by, begins ? change->actor : "");
          set_text (&hold->pause_reason, begins ? change->reason : "");
        }
    }
  else
    {
      change->out_applied = begins || hold->shut_us != 0;
      hold->shut_us = change->since_us;
      hold->shut_until_us = begins ? change->until_us : 0;
      hold->n_probes = begins ? change->n_probes : 0;
      set_text (&hold->shut_reason, begins ? change->reason : "");
    }
  if (hold->paused_us == 0 && hold->shut_us == 0)
    g_ptr_array_remove (store->holds, hold);
}

static void
apply (MemoryStore *store, BatchItem *item)
{
  switch (item->kind)
    {
    case BATCH_APPEND:
      apply_appends (store, item);
      break;
    case BATCH_SETTLE:
      apply_settlement (store, &item->settlement);
      break;
    case BATCH_OPERATE:
      for (guint i = 0; i < item->operate.n_actions; i++)
        apply_action (store, item, i);
      break;
    case BATCH_GENERATION:
      apply_generation (store, &item->generation);
      break;
    case BATCH_QUEUE:
      for (guint i = 0; i < item->queue.n_ops; i++)
        memory_queue (store, item->queue.ops[i]);
      break;
    case BATCH_MOVE:
      apply_move (store, &item->move);
      break;
    case BATCH_HOLD:
      apply_hold (store, &item->hold);
      break;
    case BATCH_CLOCK:
      store->clock = item->clock;
      break;
    case BATCH_RECORD:
      break;
    }
  memory_put_records (store, item);
}

gboolean
memory_commit (Store *base, Batch *batch, GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);

  if (!check (store, batch, error))
    return FALSE;
  for (guint i = 0; i < batch->items->len; i++)
    apply (store, g_ptr_array_index (batch->items, i));
  return TRUE;
}

/* Sums of commits, and their text. */
#include "http/tick.h"

#include <string.h>

static const char *const topic_names[] = { "events",     "deliveries", "dead_letters", "connectors",
                                           "generation", "queues",     "expired",      "jobs" };

G_STATIC_ASSERT (TICK_ALL == (1u << G_N_ELEMENTS (topic_names)) - 1);

guint
tick_topic_by_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (topic_names); i++)
    if (strcmp (name, topic_names[i]) == 0)
      return 1u << i;
  return 0;
}

Tick *
tick_new (void)
{
  return g_new0 (Tick, 1);
}

void
tick_free (Tick *tick)
{
  g_clear_pointer (&tick->connectors, g_hash_table_unref);
  g_clear_pointer (&tick->queues, g_hash_table_unref);
  g_free (tick);
}

/* ---- Adding ---- */

static void
add_name (GHashTable **names, gboolean *more, const char *name)
{
  if (*names == NULL)
    *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_hash_table_contains (*names, name))
    return;
  if (g_hash_table_size (*names) < TICK_MAX_NAMES)
    g_hash_table_add (*names, g_strdup (name));
  else
    *more = TRUE;
}

static void
add_append (Tick *tick, const AppendEvent *append)
{
  tick->topics |= TICK_EVENTS | (append->n_deliveries > 0 ? TICK_DELIVERIES : 0);
  tick->events++;
  if (append->matched == NULL || append->matched[0] == NULL)
    tick->unmatched++;
  tick->created += append->n_deliveries;
}

static void
add_state (Tick *tick, DeliveryState state)
{
  tick->came_to[state]++;
  tick->topics |= TICK_DELIVERIES;
  if (state == DELIVERY_DEAD)
    tick->topics |= TICK_DEAD_LETTERS;
}

/* Retrying and postponing change no state. */
static void
add_action (Tick *tick, const OperatorAction *action)
{
  static const DeliveryState states[JOURNAL_N_KINDS] = {
    [JOURNAL_REPLAY] = DELIVERY_READY,
    [JOURNAL_DISCARD] = DELIVERY_DISCARDED,
    [JOURNAL_RESTORE] = DELIVERY_DEAD,
    [JOURNAL_GIVE_UP] = DELIVERY_DEAD,
  };
  DeliveryState state = states[action->entry->kind];

  if (!action->out_applied)
    return;
  if (action->append != NULL)
    add_append (tick, action->append);
  tick->topics |= TICK_DELIVERIES;
  if (state == 0)
    return;
  add_state (tick, state);
  tick->topics |= TICK_DEAD_LETTERS;
}

static void
add_queue (Tick *tick, const char *queue)
{
  tick->topics |= TICK_QUEUES;
  add_name (&tick->queues, &tick->more_queues, queue);
}

static void
add_records (Tick *tick, const BatchItem *item)
{
  for (guint i = 0; item->records != NULL && i < item->records->len; i++)
    if (((RecordChange *) g_ptr_array_index (item->records, i))->record.kind == RECORD_JOB)
      tick->topics |= TICK_JOBS;
}

static void
add_item (Tick *tick, const BatchItem *item)
{
  switch (item->kind)
    {
    case BATCH_APPEND:
      for (guint i = 0; batch_item_was_appended (item) && i < item->append.n_events; i++)
        add_append (tick, &item->append.events[i]);
      break;
    case BATCH_SETTLE:
      add_state (tick, item->settlement.state);
      if (item->settlement.send != NULL)
        add_queue (tick, item->settlement.send->queue);
      break;
    case BATCH_OPERATE:
      for (guint i = 0; i < item->operate.n_actions; i++)
        add_action (tick, &item->operate.actions[i]);
      break;
    case BATCH_QUEUE:
      for (guint i = 0; i < item->queue.n_ops; i++)
        add_queue (tick, item->queue.ops[i]->queue);
      break;
    case BATCH_MOVE:
      tick->topics |= TICK_DELIVERIES;
      break;
    case BATCH_HOLD:
      if (!item->hold.out_applied)
        break;
      tick->topics |= TICK_CONNECTORS | TICK_DELIVERIES;
      add_name (&tick->connectors, &tick->more_connectors, item->hold.connector);
      break;
    case BATCH_RECORD:
    case BATCH_GENERATION: /* told of when it is in force */
    default:
      break;
    }
}

void
tick_add_batch (Tick *tick, const Batch *batch)
{
  if (batch->items->len == 0)
    tick->topics |= TICK_EXPIRED;
  for (guint i = 0; i < batch->items->len; i++)
    {
      add_records (tick, g_ptr_array_index (batch->items, i));
      add_item (tick, g_ptr_array_index (batch->items, i));
    }
}

void
tick_add_generation (Tick *tick, guint64 generation)
{
  tick->topics |= TICK_GENERATION;
  tick->generation = generation;
}

/* ---- Writing ---- */

static void
put_names (JsonOut *out, const char *member, GHashTable *names, gboolean more)
{
  g_autoptr (GList) ordered = NULL;

  if (more || names == NULL)
    {
      json_out_null (out, member);
      return;
    }
  ordered = g_list_sort (g_hash_table_get_keys (names), (GCompareFunc) strcmp);
  json_out_array (out, member);
  for (GList *one = ordered; one != NULL; one = one->next)
    json_out_string (out, NULL, one->data);
  json_out_end_array (out);
}

static void
put_deliveries (JsonOut *out, const Tick *tick)
{
  json_out_object (out, "deliveries");
  if (tick->created > 0)
    json_out_int (out, "created", (gint64) tick->created);
  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    if (tick->came_to[state] > 0)
      json_out_int (out, delivery_state_name ((DeliveryState) state),
                    (gint64) tick->came_to[state]);
  json_out_end_object (out);
}

void
tick_write (const Tick *tick, guint topics, JsonOut *out)
{
  guint wanted = tick->topics & topics;

  json_out_object (out, NULL);
  json_out_int (out, "revision", tick->revision);
  if (wanted & TICK_EVENTS)
    {
      json_out_object (out, "events");
      json_out_int (out, "received", (gint64) tick->events);
      json_out_int (out, "unmatched", (gint64) tick->unmatched);
      json_out_end_object (out);
    }
  if (wanted & TICK_DELIVERIES)
    put_deliveries (out, tick);
  if (wanted & TICK_DEAD_LETTERS)
    {
      json_out_object (out, "dead_letters");
      json_out_int (out, "added", (gint64) tick->came_to[DELIVERY_DEAD]);
      json_out_int (out, "replayed", (gint64) tick->came_to[DELIVERY_READY]);
      json_out_int (out, "discarded", (gint64) tick->came_to[DELIVERY_DISCARDED]);
      json_out_end_object (out);
    }
  if (wanted & TICK_CONNECTORS)
    put_names (out, "connectors", tick->connectors, tick->more_connectors);
  if (wanted & TICK_GENERATION)
    json_out_int (out, "generation", (gint64) tick->generation);
  if (wanted & TICK_QUEUES)
    put_names (out, "queues", tick->queues, tick->more_queues);
  if (wanted & TICK_EXPIRED)
    json_out_bool (out, "expired", TRUE);
  if (wanted & TICK_JOBS)
    json_out_bool (out, "jobs", TRUE);
  json_out_end_object (out);
}

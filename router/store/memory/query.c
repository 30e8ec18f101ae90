/* What the memory engine answers: each question walks everything and sorts what it found.
 *
 * Counters do not exist here; they are what counting gives.  That is what makes the other engines'
 * counters testable. */
#include "store/memory/memory.h"

#include "store/dead-letter.h"

/* ---- Copies ---- */

static StoredDelivery *
stored_delivery_copy (MemoryStore *store, const StoredDelivery *delivery)
{
  StoredDelivery *copy = g_new0 (StoredDelivery, 1);

  *copy = *delivery;
  copy->state = memory_state (store, delivery);
  copy->id = g_strdup (delivery->id);
  copy->event_id = g_strdup (delivery->event_id);
  copy->rule = g_strdup (delivery->rule);
  copy->target = g_strdup (delivery->target);
  copy->connector = g_strdup (delivery->connector);
  copy->last_note = g_strdup (delivery->last_note);
  copy->last_error_code = g_strdup (delivery->last_error_code);
  copy->source = g_strdup (delivery->source);
  copy->detail_type = g_strdup (delivery->detail_type);
  return copy;
}

static StoredEvent *
stored_event_new (MemoryStore *store, const MemoryEvent *event)
{
  StoredEvent *stored = g_new0 (StoredEvent, 1);

  stored->seq = event->seq;
  stored->event = event_ref (event->event);
  stored->body_bytes = g_bytes_get_size (event->event->body);
  stored->matched = g_strdupv (event->matched);
  stored->n_deliveries = event->deliveries->len;
  for (guint i = 0; i < event->deliveries->len; i++)
    {
      const MemoryDelivery *delivery = g_ptr_array_index (event->deliveries, i);

      stored->n_by_state[memory_state (store, &delivery->stored)]++;
    }
  return stored;
}

/* ---- Places in an order ---- */

typedef struct
{
  StoreCursor place;
  gpointer item;
} Found;

static int
compare_places (const StoreCursor *a, const StoreCursor *b)
{
  if (a->time_us != b->time_us)
    return a->time_us < b->time_us ? -1 : 1;
  if (a->seq != b->seq)
    return a->seq < b->seq ? -1 : 1;
  if (a->index != b->index)
    return a->index < b->index ? -1 : 1;
  return 0;
}

static int
compare_ascending (gconstpointer a, gconstpointer b)
{
  return compare_places (&((const Found *) a)->place, &((const Found *) b)->place);
}

static int
compare_descending (gconstpointer a, gconstpointer b)
{
  return compare_ascending (b, a);
}

/* Sorts what was found and keeps at most limit that come after the cursor, which is moved on. */
static void
take_page (GArray *found, gboolean descending, StoreCursor *cursor, guint limit)
{
  const StoreCursor zero = { 0 };
  gboolean from_start = compare_places (cursor, &zero) == 0;
  guint skip = 0;

  g_array_sort (found, descending ? compare_descending : compare_ascending);
  while (!from_start && skip < found->len)
    {
      int order = compare_places (&g_array_index (found, Found, skip).place, cursor);

      if (descending ? order < 0 : order > 0)
        break;
      skip++;
    }
  if (skip > 0)
    g_array_remove_range (found, 0, skip);
  if (found->len > limit)
    g_array_set_size (found, limit);
  if (found->len > 0)
    *cursor = g_array_index (found, Found, found->len - 1).place;
}

typedef gboolean (*DeliveryFilter) (MemoryStore *store,
                                    const StoredDelivery *delivery,
                                    gconstpointer data);

static GArray *
collect_deliveries (MemoryStore *store, DeliveryFilter filter, gconstpointer data, gboolean by_due)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Found));

  for (guint i = 0; i < store->events->len; i++)
    {
      const MemoryEvent *event = g_ptr_array_index (store->events, i);

      for (guint k = 0; event != NULL && k < event->deliveries->len; k++)
        {
          MemoryDelivery *delivery = g_ptr_array_index (event->deliveries, k);
          StoredDelivery *stored = &delivery->stored;
          Found place = { { by_due ? stored->due_us : stored->changed_us, stored->key.event_seq,
                            stored->key.index },
                          stored };

          if (filter (store, stored, data))
            g_array_append_val (found, place);
        }
    }
  return found;
}

typedef struct
{
  const char *connector;
  gint64 now_us;
  gboolean is_due;
} DueFilter;

static gboolean
filter_due (MemoryStore *store, const StoredDelivery *delivery, gconstpointer data)
{
  const DueFilter *filter = data;

  return store_is_unsettled (delivery->state) && delivery->due_us != DELIVERY_NEVER_US &&
         g_str_equal (delivery->connector, filter->connector) &&
         (delivery->due_us <= filter->now_us) == filter->is_due;
}

static int
compare_urgency (gconstpointer a, gconstpointer b)
{
  const StoredDelivery *x = ((const Found *) a)->item, *y = ((const Found *) b)->item;

  if (x->priority != y->priority)
    return x->priority > y->priority ? -1 : 1;
  return compare_ascending (a, b);
}

gboolean
memory_claim (Store *base,
              const char *connector,
              gint64 now_us,
              guint limit,
              StoreClaim *claim,
              GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  DueFilter filter = { connector, now_us, TRUE };
  g_autoptr (GArray) due = collect_deliveries (store, filter_due, &filter, TRUE);
  g_autoptr (GArray) later = NULL;

  filter.is_due = FALSE;
  later = collect_deliveries (store, filter_due, &filter, TRUE);
  g_array_sort (due, compare_urgency);
  g_array_sort (later, compare_ascending);
  claim->has_more_due = due->len > limit;
  claim->next_us = DELIVERY_NEVER_US;
  for (guint i = 0; i < due->len + later->len; i++)
    {
      const StoredDelivery *delivery = i < due->len
                                           ? g_array_index (due, Found, i).item
                                           : g_array_index (later, Found, i - due->len).item;
      StoreDue one = { delivery->key, g_intern_string (delivery->connector), delivery->due_us,
                       delivery->priority };

      if (i < limit)
        g_array_append_val (claim->due, one);
      else if (i >= due->len)
        {
          claim->next_us = delivery->due_us;
          break;
        }
    }
  return TRUE;
}

gboolean
memory_holds (Store *base, GPtrArray **out_holds, GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  GPtrArray *holds = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_hold_free);

  for (guint i = 0; i < store->holds->len; i++)
    {
      const StoredHold *hold = g_ptr_array_index (store->holds, i);
      StoredHold *copy = g_memdup2 (hold, sizeof *hold);

      copy->connector = g_strdup (hold->connector);
      copy->paused_by = g_strdup (hold->paused_by);
      copy->pause_reason = g_strdup (hold->pause_reason);
      copy->shut_reason = g_strdup (hold->shut_reason);
      g_ptr_array_add (holds, copy);
    }
  *out_holds = holds;
  return TRUE;
}

/* ---- One event, one delivery ---- */

gboolean
memory_load_event (Store *base, const char *event_id, StoredEvent **out_event, GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  const MemoryEvent *event = memory_find_event (store, event_id);

  if (event == NULL)
    return store_no_event (event_id, error);
  *out_event = stored_event_new (store, event);
  return TRUE;
}

gboolean
memory_load_delivery (Store *base,
                      DeliveryKey key,
                      StoredDelivery **out_delivery,
                      Event **out_event,
                      GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  const MemoryDelivery *delivery = memory_find_delivery (store, key);

  if (delivery == NULL)
    return store_no_delivery (key, error);
  *out_delivery = stored_delivery_copy (store, &delivery->stored);
  if (out_event != NULL)
    *out_event = event_ref (memory_find_event (store, delivery->stored.event_id)->event);
  return TRUE;
}

gboolean
memory_load_deliveries (Store *base,
                        const char *event_id,
                        GPtrArray **out_deliveries,
                        GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  const MemoryEvent *event = memory_find_event (store, event_id);
  GPtrArray *deliveries;

  if (event == NULL)
    return store_no_event (event_id, error);
  deliveries = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_delivery_free);
  for (guint i = 0; i < event->deliveries->len; i++)
    {
      const MemoryDelivery *delivery = g_ptr_array_index (event->deliveries, i);

      g_ptr_array_add (deliveries, stored_delivery_copy (store, &delivery->stored));
    }
  *out_deliveries = deliveries;
  return TRUE;
}

gboolean
memory_load_journal (Store *base, DeliveryKey key, GPtrArray **out_entries, GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  const MemoryDelivery *delivery = memory_find_delivery (store, key);
  GPtrArray *entries;

  if (delivery == NULL)
    return store_no_delivery (key, error);
  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) journal_entry_free);
  for (guint i = 0; i < delivery->journal->len; i++)
    g_ptr_array_add (entries, memory_journal_entry_copy (g_ptr_array_index (delivery->journal, i)));
  *out_entries = entries;
  return TRUE;
}

/* ---- Search ---- */

static gboolean
is_text (const char *wanted, const char *value)
{
  return wanted == NULL || g_str_equal (wanted, value);
}

static gboolean
is_within (gint64 from_us, gint64 to_us, gint64 time_us)
{
  return (from_us == 0 || time_us >= from_us) && (to_us == 0 || time_us < to_us);
}

static gboolean
body_fits (const MemoryEvent *event, const EventQuery *query)
{
  gsize length;
  const char *body = g_bytes_get_data (event->event->body, &length);

  return (query->text == NULL || event_body_has (body, length, query->text)) &&
         (query->where == NULL || event_where_holds (query->where, body, length));
}

static gboolean
any_delivery_fits (MemoryStore *store, const MemoryEvent *event, const EventQuery *query)
{
  if (query->states == 0 && query->connector == NULL && query->status == 0)
    return TRUE;
  for (guint i = 0; i < event->deliveries->len; i++)
    {
      const StoredDelivery *one = &((MemoryDelivery *) event->deliveries->pdata[i])->stored;
      guint state = DELIVERY_STATE_BIT (memory_state (store, one));

      if ((query->states == 0 || (query->states & state) != 0) &&
          is_text (query->connector, one->connector) &&
          store_status_fits (query->status, one->last_status))
        return TRUE;
    }
  return FALSE;
}

static gboolean
event_fits (MemoryStore *store, const MemoryEvent *event, const EventQuery *query)
{
  gboolean has_matched = event->matched[0] != NULL;

  return is_text (query->source, event->event->source) && is_text (query->bus, event->event->bus) &&
         is_text (query->ingress, event->event->ingress) &&
         is_text (query->detail_type, event->event->detail_type) &&
         (query->rule == NULL ||
          g_strv_contains ((const char *const *) event->matched, query->rule)) &&
         (query->matched < 0 || has_matched == (query->matched == 1)) &&
         is_within (query->from_us, query->to_us, event->event->received_us) &&
         any_delivery_fits (store, event, query);
}

static StoredEvent *
stored_event_new_without_body (MemoryStore *store, const MemoryEvent *event)
{
  StoredEvent *stored = stored_event_new (store, event);
  Event fields = *event->event;

  fields.body = NULL;
  event_unref (stored->event);
  stored->event = event_new (&fields);
  return stored;
}

gboolean
memory_find_events (Store *base,
                    const EventQuery *query,
                    StoreCursor *cursor,
                    guint limit,
                    GPtrArray **out_events,
                    GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_event_free);

  for (guint i = 0; i < store->events->len; i++)
    {
      MemoryEvent *event = g_ptr_array_index (store->events, i);

      if (event != NULL && event_fits (store, event, query) && body_fits (event, query))
        {
          gboolean by_number = query->text != NULL || query->where != NULL;
          Found place = { { by_number ? 1 : event->event->received_us, event->seq, 0 }, event };

          g_array_append_val (found, place);
        }
    }
  take_page (found, TRUE, cursor, limit);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (events,
                     stored_event_new_without_body (store, g_array_index (found, Found, i).item));
  *out_events = events;
  return TRUE;
}

static gboolean
filter_query (MemoryStore *store, const StoredDelivery *delivery, gconstpointer data)
{
  const DeliveryQuery *query = data;
  DeliveryState state = memory_state (store, delivery);

  return (query->states == 0 || (query->states & DELIVERY_STATE_BIT (state)) != 0) &&
         (query->order != DELIVERY_ORDER_DUE || store_is_unsettled (delivery->state)) &&
         is_text (query->connector, delivery->connector) && is_text (query->rule, delivery->rule) &&
         is_text (query->target, delivery->target) && is_text (query->source, delivery->source) &&
         is_text (query->detail_type, delivery->detail_type) &&
         is_text (query->error_code, delivery->last_error_code) &&
         store_status_fits (query->status, delivery->last_status) &&
         (query->dead == DEAD_NOT || query->dead == delivery->dead) &&
         (query->replayed == 0 || (query->replayed > 0) == (delivery->n_replays > 0)) &&
         (query->operation == 0 || query->operation == delivery->operation) &&
         stored_delivery_has_fingerprint (delivery, query->fingerprint) &&
         is_within (query->from_us, query->to_us, delivery->changed_us);
}

gboolean
memory_find_deliveries (Store *base,
                        const DeliveryQuery *query,
                        StoreCursor *cursor,
                        guint limit,
                        GPtrArray **out_deliveries,
                        GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  gboolean by_due = query->order == DELIVERY_ORDER_DUE;
  g_autoptr (GArray) found = collect_deliveries (store, filter_query, query, by_due);
  GPtrArray *deliveries = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_delivery_free);

  take_page (found, !by_due, cursor, limit);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (deliveries,
                     stored_delivery_copy (store, g_array_index (found, Found, i).item));
  *out_deliveries = deliveries;
  return TRUE;
}

/* ---- Numbers ---- */

/* Adds to the count that is this one in all but its number. */
static void
add_count (GPtrArray *counts, const StoreCount *one)
{
  StoreCount *count;

  for (guint i = 0; i < counts->len; i++)
    {
      count = g_ptr_array_index (counts, i);
      if (count->kind == one->kind && count->state == one->state &&
          g_str_equal (count->name, one->name) && g_str_equal (count->target, one->target) &&
          g_str_equal (count->connector, one->connector))
        {
          count->n += one->n;
          return;
        }
    }
  count = g_new0 (StoreCount, 1);
  *count = (StoreCount){
    one->kind, g_strdup (one->name), g_strdup (one->target), g_strdup (one->connector), one->state,
    one->n
  };
  g_ptr_array_add (counts, count);
}

static void
count_named (GPtrArray *counts, StoreCountKind kind, const char *name)
{
  const StoreCount one = { .kind = kind,
                           .name = (char *) name,
                           .target = (char *) "",
                           .connector = (char *) "",
                           .n = 1 };

  add_count (counts, &one);
}

void
memory_count_event (MemoryStore *store,
                    GPtrArray *counts,
                    const MemoryEvent *event,
                    gboolean expired)
{
  count_named (counts, COUNT_EVENTS, "");
  if (expired)
    count_named (counts, COUNT_EXPIRED_EVENTS, "");
  count_named (counts, COUNT_INGRESS, event->event->ingress);
  if (event->matched[0] == NULL)
    count_named (counts, COUNT_UNMATCHED, "");
  if (event->matched[0] == NULL && expired)
    count_named (counts, COUNT_EXPIRED_UNMATCHED, "");
  for (guint i = 0; event->matched[i] != NULL; i++)
    count_named (counts, COUNT_RULE, event->matched[i]);
  for (guint i = 0; i < event->deliveries->len; i++)
    {
      const MemoryDelivery *delivery = g_ptr_array_index (event->deliveries, i);
      const StoreCount one = { expired ? COUNT_EXPIRED : COUNT_STATE,
                               delivery->stored.rule,
                               delivery->stored.target,
                               delivery->stored.connector,
                               memory_state (store, &delivery->stored),
                               1 };

      count_named (counts, COUNT_CREATED, "");
      add_count (counts, &one);
    }
}

/* With the lock held. */
static GPtrArray *
count_all (MemoryStore *store)
{
  GPtrArray *counts = g_ptr_array_new_with_free_func ((GDestroyNotify) store_count_free);

  for (guint i = 0; i < store->past->len; i++)
    add_count (counts, g_ptr_array_index (store->past, i));
  for (guint i = 0; i < store->events->len; i++)
    if (g_ptr_array_index (store->events, i) != NULL)
      memory_count_event (store, counts, g_ptr_array_index (store->events, i), FALSE);
  return counts;
}

gboolean
memory_counts (Store *base, GPtrArray **out_counts, GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);

  *out_counts = count_all (store);
  return TRUE;
}

gboolean
memory_ledger (Store *base, gboolean recount, StoreLedger *out_ledger, GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  g_autoptr (GPtrArray) counts = count_all (store);
  StoreLedger ledger = { 0 };

  for (guint i = 0; i < counts->len; i++)
    store_ledger_add (&ledger, g_ptr_array_index (counts, i));
  *out_ledger = ledger;
  return TRUE;
}

/* Under the lock; newest first. */
static int
compare_generations (gconstpointer a, gconstpointer b)
{
  const StoredGeneration *left = *(const StoredGeneration *const *) a;
  const StoredGeneration *right = *(const StoredGeneration *const *) b;

  return left->generation < right->generation ? 1 : left->generation > right->generation ? -1 : 0;
}

gboolean
memory_find_generations (Store *base,
                         guint64 before,
                         guint limit,
                         GPtrArray **out_generations,
                         GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  g_autoptr (GPtrArray) sorted = g_ptr_array_copy (store->generations, NULL, NULL);
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_generation_free);

  g_ptr_array_set_free_func (sorted, NULL);
  g_ptr_array_sort (sorted, compare_generations);
  for (guint i = 0; i < sorted->len && found->len < limit; i++)
    {
      const StoredGeneration *generation = g_ptr_array_index (sorted, i);

      if (before == 0 || generation->generation < before)
        g_ptr_array_add (found, stored_generation_copy (generation, FALSE));
    }
  *out_generations = found;
  return TRUE;
}

gboolean
memory_load_generation (Store *base,
                        guint64 number,
                        StoredGeneration **out_generation,
                        GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);

  for (guint i = 0; i < store->generations->len; i++)
    {
      const StoredGeneration *generation = g_ptr_array_index (store->generations, i);

      if (generation->generation != number)
        continue;
      *out_generation = stored_generation_copy (generation, TRUE);
      return TRUE;
    }
  return store_no_generation (error);
}

gboolean
memory_last_generation (Store *base, StoredGeneration **out_generation, GError **error)
{
  g_autoptr (GPtrArray) newest = NULL;

  if (!memory_find_generations (base, 0, 1, &newest, error))
    return FALSE;
  if (newest->len == 0)
    return store_no_generation (error);
  return memory_load_generation (
      base, ((const StoredGeneration *) g_ptr_array_index (newest, 0))->generation, out_generation,
      error);
}

gboolean
memory_last_clock (Store *base, StoredClock *out_clock, GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);

  *out_clock = store->clock;
  return TRUE;
}

/* ---- Dead letters ---- */

static gboolean
is_of_group (const StoredDelivery *delivery, const StoredDeadGroup *group)
{
  g_autofree char *message = dead_letter_message (delivery->last_note);

  return g_str_equal (delivery->rule, group->rule) &&
         g_str_equal (delivery->target, group->target) &&
         g_str_equal (delivery->connector, group->connector) && delivery->dead == group->dead &&
         g_str_equal (delivery->last_error_code, group->error_code) &&
         delivery->last_status == group->status && g_str_equal (message, group->message) &&
         g_str_equal (delivery->detail_type, group->detail_type);
}

static StoredDeadGroup *
group_of (GPtrArray *groups, const StoredDelivery *delivery)
{
  StoredDeadGroup *group;

  for (guint i = 0; i < groups->len; i++)
    if (is_of_group (delivery, g_ptr_array_index (groups, i)))
      return g_ptr_array_index (groups, i);
  group = g_new0 (StoredDeadGroup, 1);
  *group = (StoredDeadGroup){ .rule = g_strdup (delivery->rule),
                              .target = g_strdup (delivery->target),
                              .connector = g_strdup (delivery->connector),
                              .dead = delivery->dead,
                              .error_code = g_strdup (delivery->last_error_code),
                              .status = delivery->last_status,
                              .message = dead_letter_message (delivery->last_note),
                              .detail_type = g_strdup (delivery->detail_type),
                              .first_us = G_MAXINT64,
                              .last_us = G_MININT64 };
  g_ptr_array_add (groups, group);
  return group;
}

#define MINUTE_US ((gint64) 60 * G_USEC_PER_SEC)

static void
add_minute (GArray *minutes, guint group, gint64 at_us)
{
  StoredDeadMinute minute = { group, at_us, 1 };

  for (guint i = 0; i < minutes->len; i++)
    {
      StoredDeadMinute *known = &g_array_index (minutes, StoredDeadMinute, i);

      if (known->group == group && known->at_us == at_us)
        {
          known->n++;
          return;
        }
    }
  g_array_append_val (minutes, minute);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const StoredMinute *x = a, *y = b;

  return x->at_us < y->at_us ? -1 : x->at_us > y->at_us ? 1 : 0;
}

static void
add_received (GArray *minutes, gint64 at_us)
{
  StoredMinute minute = { at_us, 1 };

  for (guint i = 0; i < minutes->len; i++)
    if (g_array_index (minutes, StoredMinute, i).at_us == at_us)
      {
        g_array_index (minutes, StoredMinute, i).n++;
        return;
      }
  g_array_append_val (minutes, minute);
}

gboolean
memory_event_minutes (Store *base,
                      gint64 from_us,
                      gint64 to_us,
                      GArray **out_minutes,
                      GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  GArray *minutes = g_array_new (FALSE, FALSE, sizeof (StoredMinute));

  for (guint i = 0; i < store->events->len; i++)
    {
      const MemoryEvent *event = g_ptr_array_index (store->events, i);
      gint64 minute = event != NULL ? event->event->received_us / MINUTE_US : -1;

      if (event != NULL && minute >= from_us / MINUTE_US &&
          (to_us == 0 || minute < to_us / MINUTE_US))
        add_received (minutes, minute * MINUTE_US);
    }
  g_array_sort (minutes, compare_times);
  *out_minutes = minutes;
  return TRUE;
}

static int
compare_minutes (gconstpointer a, gconstpointer b)
{
  const StoredDeadMinute *x = a, *y = b;

  if (x->group != y->group)
    return x->group < y->group ? -1 : 1;
  return x->at_us < y->at_us ? -1 : x->at_us > y->at_us ? 1 : 0;
}

static void
count_dead (GPtrArray *groups, const StoredDelivery *delivery)
{
  StoredDeadGroup *group = group_of (groups, delivery);

  group->n++;
  group->n_replayed += delivery->n_replays > 0;
  group->first_us = MIN (group->first_us, delivery->changed_us);
  if (delivery->changed_us >= group->last_us)
    {
      group->last_us = delivery->changed_us;
      group->sample = delivery->key;
    }
}

gboolean
memory_dead_minutes (Store *base,
                     gint64 from_us,
                     gint64 to_us,
                     GPtrArray **out_groups,
                     GArray **out_minutes,
                     GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_dead_group_free);
  GArray *minutes = g_array_new (FALSE, FALSE, sizeof (StoredDeadMinute));

  for (guint i = 0; i < store->events->len; i++)
    {
      const MemoryEvent *event = g_ptr_array_index (store->events, i);

      for (guint k = 0; event != NULL && k < event->deliveries->len; k++)
        {
          const MemoryDelivery *delivery = g_ptr_array_index (event->deliveries, k);
          gint64 minute = delivery->stored.changed_us / MINUTE_US;
          guint group;

          if (delivery->stored.state != DELIVERY_DEAD)
            continue;
          count_dead (groups, &delivery->stored);
          if (minute >= from_us / MINUTE_US && (to_us == 0 || minute < to_us / MINUTE_US) &&
              g_ptr_array_find (groups, group_of (groups, &delivery->stored), &group))
            add_minute (minutes, group, minute * MINUTE_US);
        }
    }
  g_array_sort (minutes, compare_minutes);
  *out_groups = groups;
  *out_minutes = minutes;
  return TRUE;
}

gboolean
memory_dead_groups (Store *base, GPtrArray **out_groups, GError **error)
{
  g_autoptr (GArray) minutes = NULL;

  return memory_dead_minutes (base, 0, 0, out_groups, &minutes, error);
}

/* ---- What is owed ---- */

static void
note_oldest (GPtrArray *oldest, const StoredDelivery *delivery)
{
  StoredOldest *found = NULL;

  for (guint i = 0; i < oldest->len && found == NULL; i++)
    if (g_str_equal (((StoredOldest *) oldest->pdata[i])->connector, delivery->connector))
      found = oldest->pdata[i];
  if (found == NULL)
    {
      found = g_new (StoredOldest, 1);
      *found = (StoredOldest){ g_strdup (delivery->connector), delivery->since_us };
      g_ptr_array_add (oldest, found);
    }
  found->since_us = MIN (found->since_us, delivery->since_us);
}

gboolean
memory_oldest_pending (Store *base, GPtrArray **out_oldest, GError **error)
{
  MemoryStore *store = (MemoryStore *) base;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&store->lock);
  GPtrArray *oldest = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_oldest_free);

  for (guint i = 0; i < store->events->len; i++)
    {
      const MemoryEvent *event = g_ptr_array_index (store->events, i);

      for (guint k = 0; event != NULL && k < event->deliveries->len; k++)
        {
          const MemoryDelivery *delivery = g_ptr_array_index (event->deliveries, k);

          if (store_is_unsettled (delivery->stored.state))
            note_oldest (oldest, &delivery->stored);
        }
    }
  *out_oldest = oldest;
  return TRUE;
}

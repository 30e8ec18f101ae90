/* What all engines share: the values that they hand out, cursors as text, the list of engines.
 *
 * No state of its own; any thread. */
#include "store/store.h"

#include "base/error.h"
#include "store/dead-letter.h"

#include <string.h>

void
stored_delivery_free (StoredDelivery *delivery)
{
  if (delivery == NULL)
    return;
  g_free (delivery->id);
  g_free (delivery->event_id);
  g_free (delivery->rule);
  g_free (delivery->target);
  g_free (delivery->connector);
  g_free (delivery->last_note);
  g_free (delivery->last_error_code);
  g_free (delivery->source);
  g_free (delivery->detail_type);
  g_free (delivery);
}

void
stored_hold_free (StoredHold *hold)
{
  if (hold == NULL)
    return;
  g_free (hold->connector);
  g_free (hold->paused_by);
  g_free (hold->pause_reason);
  g_free (hold->shut_reason);
  g_free (hold);
}

void
stored_event_free (StoredEvent *event)
{
  if (event == NULL)
    return;
  g_clear_pointer (&event->event, event_unref);
  g_strfreev (event->matched);
  g_free (event);
}

void
store_count_free (StoreCount *count)
{
  if (count == NULL)
    return;
  g_free (count->name);
  g_free (count->target);
  g_free (count->connector);
  g_free (count);
}

void
stored_generation_free (StoredGeneration *generation)
{
  if (generation == NULL)
    return;
  g_free (generation->author);
  g_free (generation->digest);
  g_free (generation->content);
  g_free (generation->reason);
  g_free (generation);
}

char *
store_cursor_format (const StoreCursor *cursor)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT ".%u", cursor->time_us,
                          cursor->seq, cursor->index);
}

gboolean
store_cursor_parse (const char *text, StoreCursor *out_cursor)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 4);
  gint64 time_us, seq;
  guint64 index;

  if (g_strv_length (parts) != 3 ||
      !g_ascii_string_to_signed (parts[0], 10, G_MININT64, G_MAXINT64, &time_us, NULL) ||
      !g_ascii_string_to_signed (parts[1], 10, 0, G_MAXINT64, &seq, NULL) ||
      !g_ascii_string_to_unsigned (parts[2], 10, 0, G_MAXUINT32, &index, NULL))
    return FALSE;
  *out_cursor = (StoreCursor){ .time_us = time_us, .seq = seq, .index = (guint32) index };
  return TRUE;
}

void
stored_oldest_free (StoredOldest *oldest)
{
  g_free (oldest->connector);
  g_free (oldest);
}

void
stored_dead_group_free (StoredDeadGroup *group)
{
  if (group == NULL)
    return;
  g_free (group->rule);
  g_free (group->target);
  g_free (group->connector);
  g_free (group->error_code);
  g_free (group->message);
  g_free (group->detail_type);
  g_free (group);
}

gint64
store_ledger_difference (const StoreLedger *ledger)
{
  gint64 difference = ledger->created - ledger->expired;

  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    difference -= ledger->by_state[state];
  return difference;
}

void
store_ledger_add (StoreLedger *ledger, const StoreCount *count)
{
  switch (count->kind)
    {
    case COUNT_EVENTS:
      ledger->events += count->n;
      break;
    case COUNT_UNMATCHED:
      ledger->unmatched += count->n;
      break;
    case COUNT_CREATED:
      ledger->created += count->n;
      break;
    case COUNT_STATE:
      ledger->by_state[count->state] += count->n;
      break;
    case COUNT_EXPIRED:
      ledger->expired += count->n;
      break;
    case COUNT_EXPIRED_EVENTS:
      ledger->expired_events += count->n;
      break;
    case COUNT_EXPIRED_UNMATCHED:
      ledger->expired_unmatched += count->n;
      break;
    case COUNT_INGRESS:
    case COUNT_RULE:
      break;
    }
}

gint64
store_expiry_cutoff (const StoreRetention *retention, DeliveryState state, gint64 now_us)
{
  gint64 age_us = retention->age_us[state];

  return age_us > 0 && !store_is_unsettled (state) ? now_us - age_us : G_MININT64;
}

const StoreEngine *
store_engine_by_name (const char *name)
{
  const StoreEngine *const engines[] = { &store_engine_memory, &store_engine_sqlite };

  for (gsize i = 0; i < G_N_ELEMENTS (engines); i++)
    if (strcmp (name, engines[i]->name) == 0)
      return engines[i];
  return NULL;
}

gboolean
store_find_key (Store *store, const char *delivery_id, DeliveryKey *out_key, GError **error)
{
  g_autofree char *event_id = NULL;
  g_autoptr (StoredEvent) event = NULL;
  g_autoptr (GError) local_error = NULL;
  guint32 index;

  if (!delivery_id_parse (delivery_id, &event_id, &index))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND,
                   "There is no delivery “%s”: an id is the event's id, a dash and a number",
                   delivery_id);
      return FALSE;
    }
  if (!store->engine->load_event (store, event_id, &event, &local_error))
    {
      if (g_error_matches (local_error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND))
        g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND,
                     "There is no delivery “%s”: its event is unknown", delivery_id);
      else
        g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (index > event->n_deliveries)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND,
                   "There is no delivery “%s”: its event owes %u", delivery_id,
                   event->n_deliveries);
      return FALSE;
    }
  *out_key = (DeliveryKey){ .event_seq = event->seq, .index = index };
  return TRUE;
}

gboolean
store_no_event (const char *event_id, GError **error)
{
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND, "There is no event “%s”", event_id);
  return FALSE;
}

gboolean
store_no_delivery (DeliveryKey key, GError **error)
{
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND,
               "There is no delivery %u of event number %" G_GINT64_FORMAT, key.index,
               key.event_seq);
  return FALSE;
}

StoredGeneration *
stored_generation_copy (const StoredGeneration *generation, gboolean with_content)
{
  StoredGeneration *copy = g_new0 (StoredGeneration, 1);

  *copy = (StoredGeneration){
    .generation = generation->generation,
    .at_us = generation->at_us,
    .author = g_strdup (generation->author),
    .digest = g_strdup (generation->digest),
    .content = with_content ? g_strdup (generation->content) : NULL,
    .reason = g_strdup (generation->reason),
  };
  return copy;
}

gboolean
store_no_generation (GError **error)
{
  g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND,
                       "There is no such configuration generation");
  return FALSE;
}

gboolean
store_no_delivery_to_settle (DeliveryKey key, GError **error)
{
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE,
               "Delivery %u of event number %" G_GINT64_FORMAT
               " is to be settled, but the store has no such delivery",
               key.index, key.event_seq);
  return FALSE;
}

char *
stored_delivery_fingerprint (const StoredDelivery *delivery)
{
  return delivery->dead == DEAD_NOT
             ? NULL
             : dead_letter_fingerprint (delivery->connector, delivery->rule, delivery->dead,
                                        delivery->last_status, delivery->last_error_code,
                                        delivery->last_note);
}

gboolean
stored_delivery_has_fingerprint (const StoredDelivery *delivery, const char *wanted)
{
  g_autofree char *fingerprint = wanted != NULL ? stored_delivery_fingerprint (delivery) : NULL;

  return g_strcmp0 (fingerprint, wanted) == 0;
}

gboolean
store_status_parse (const char *text, int *out_wanted)
{
  gint64 number;

  if (g_ascii_string_to_signed (text, 10, 1, 999, &number, NULL))
    *out_wanted = (int) number;
  else if (text[0] >= '1' && text[0] <= '9' && strcmp (text + 1, "xx") == 0)
    *out_wanted = '0' - text[0];
  else
    return FALSE;
  return TRUE;
}

/* The items of a batch as statements.  Writer thread, within the open transaction.
 *
 * On success every function has changed the rows and told the tally of it; on failure the
 * transaction is rolled back by the caller. */
#include "store/sqlite/sqlite-store.h"

gboolean
sqlite_delivery_id (DeliveryKey key, gint64 *out_id)
{
  if (key.event_seq < 1 || key.event_seq > SCHEMA_MAX_SEQ || key.index < 1 ||
      key.index > SCHEMA_MAX_INDEX)
    return FALSE;
  *out_id = (key.event_seq << SCHEMA_INDEX_BITS) | key.index;
  return TRUE;
}

DeliveryKey
sqlite_delivery_key (gint64 id)
{
  return (DeliveryKey){ .event_seq = id >> SCHEMA_INDEX_BITS,
                        .index = (guint32) (id & SCHEMA_MAX_INDEX) };
}

/* ---- Append ---- */

static gboolean
write_matched (SqliteStore *store, char **matched, GString *out, GError **error)
{
  for (guint i = 0; matched != NULL && matched[i] != NULL; i++)
    {
      gint64 rule;

      if (!catalog_get_name (store->catalog, matched[i], &rule, error))
        return FALSE;
      g_string_append_printf (out, "%s%" G_GINT64_FORMAT ",", i == 0 ? "," : "", rule);
      tally_add (store->tally, COUNT_RULE, rule, 0, 1);
    }
  tally_add (store->tally, COUNT_EVENTS, 0, 0, 1);
  if (out->len == 0)
    tally_add (store->tally, COUNT_UNMATCHED, 0, 0, 1);
  return TRUE;
}

static gboolean
write_event (SqliteStore *store, gint64 seq, AppendEvent *append, GError **error)
{
  const Event *event = append->event;
  g_autoptr (GString) matched = g_string_new (NULL);
  gint64 bus, ingress;
  Statement *insert;

  if (!write_matched (store, append->matched, matched, error) ||
      !catalog_get_name (store->catalog, event->bus, &bus, error) ||
      !catalog_get_name (store->catalog, event->ingress, &ingress, error))
    return FALSE;
  insert = database_prepare (store->writer,
                             "INSERT INTO event (seq, id, received_us, time_us, bus, ingress,"
                             " generation, body_bytes, matched, source, detail_type, resources,"
                             " content_type, metadata)"
                             " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             error);
  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, seq);
  statement_bind_text (insert, event->id);
  statement_bind_int (insert, event->received_us);
  statement_bind_int (insert, event->time_us);
  statement_bind_int (insert, bus);
  statement_bind_int (insert, ingress);
  statement_bind_int (insert, (gint64) event->generation);
  statement_bind_int (insert, (gint64) g_bytes_get_size (event->body));
  statement_bind_text (insert, matched->str);
  statement_bind_text (insert, event->source);
  statement_bind_text (insert, event->detail_type);
  statement_bind_text (insert, event->resources);
  statement_bind_text (insert, event->content_type);
  statement_bind_text (insert, event->metadata);
  tally_add (store->tally, COUNT_INGRESS, ingress, 0, 1);
  tally_add_received (store->tally, event->received_us, 1);
  return statement_run (insert, "append an event", error);
}

static gboolean
write_body (SqliteStore *store, gint64 seq, GBytes *body, GError **error)
{
  Statement *insert = database_prepare (store->writer, "INSERT INTO body VALUES (?, ?)", error);

  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, seq);
  statement_bind_bytes_or_null (insert, body);
  return statement_run (insert, "append an event's body", error);
}

static gboolean
write_delivery (SqliteStore *store,
                DeliveryKey key,
                NewDelivery *new,
                gint64 received_us,
                GError **error)
{
  gint64 id, route, connector;
  Statement *insert;

  if (!sqlite_delivery_id (key, &id))
    g_assert_not_reached (); /* BATCH_MAX_DELIVERIES */
  new->out_due_us = new->due_us;
  if (!catalog_get_route (store->catalog, new->rule, new->target, new->connector, &route, error) ||
      !catalog_get_connector (store->catalog, route, NULL, &connector, error) ||
      (new->order_key != 0 &&
       !sqlite_due_in_order (store, new->order_key, &new->out_due_us, error)))
    return FALSE;
  insert = database_prepare (store->writer,
                             "INSERT INTO delivery (id, route, state, dead, since_us, due_us,"
                             " changed_us, attempts, round_attempts, n_journal, last_outcome,"
                             " last_status, last_note, last_error_code, connector, priority,"
                             " order_key)"
                             " VALUES (?, ?, ?, 0, ?, ?, ?, 0, 0, 0, 0, 0, '', '', ?, ?, ?)",
                             error);
  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, id);
  statement_bind_int (insert, route);
  statement_bind_int (insert, DELIVERY_READY);
  statement_bind_int (insert, new->since_us != 0 ? new->since_us : MAX (received_us, new->due_us));
  statement_bind_int (insert, new->out_due_us);
  statement_bind_int (insert, received_us);
  statement_bind_int (insert, connector);
  statement_bind_int (insert, new->priority);
  statement_bind_int (insert, new->order_key);
  tally_add (store->tally, COUNT_CREATED, 0, 0, 1);
  tally_add (store->tally, COUNT_STATE, route, DELIVERY_READY, 1);
  return statement_run (insert, "append a delivery", error);
}

gboolean
sqlite_append (SqliteStore *store, AppendEvent *append, GError **error)
{
  gint64 seq = store->last_seq + 1;

  g_assert (append->n_deliveries <= BATCH_MAX_DELIVERIES);
  if (!write_event (store, seq, append, error) ||
      !write_body (store, seq, append->event->body, error))
    return FALSE;
  for (guint i = 0; i < append->n_deliveries; i++)
    {
      DeliveryKey key = { .event_seq = seq, .index = i + 1 };

      if (!write_delivery (store, key, &append->deliveries[i], append->event->received_us, error))
        return FALSE;
    }
  store->last_seq = seq;
  append->out_seq = seq;
  return TRUE;
}

/* ---- Changes of one delivery ---- */

gboolean
sqlite_read_standing (SqliteStore *store,
                      DeliveryKey key,
                      gboolean *out_exists,
                      SqliteStanding *out_standing,
                      GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer,
      "SELECT route, state, n_journal, due_us, priority, order_key FROM delivery WHERE id = ?",
      error);
  gboolean has_row = FALSE;
  gint64 id;

  if (select == NULL)
    return FALSE;
  if (!sqlite_delivery_id (key, &id))
    {
      *out_exists = FALSE;
      return TRUE;
    }
  statement_bind_int (select, id);
  if (!statement_step (select, &has_row, "read a delivery", error))
    return FALSE;
  if (has_row)
    {
      out_standing->id = id;
      out_standing->route = statement_read_int (select);
      out_standing->state = statement_read_int_between (select, DELIVERY_READY,
                                                        DELIVERY_N_STATES - 1);
      out_standing->n_journal = statement_read_int (select);
      out_standing->due_us = statement_read_int (select);
      out_standing->priority = (guint) statement_read_int_between (select, 0,
                                                                   DELIVERY_MAX_PRIORITY);
      out_standing->order_key = statement_read_int (select);
    }
  *out_exists = has_row;
  return statement_check_row (select, "delivery", id, error);
}

gboolean
sqlite_write_journal (SqliteStore *store,
                      const SqliteStanding *standing,
                      JournalEntry *entry,
                      GError **error)
{
  Statement *insert = database_prepare (store->writer,
                                        "INSERT INTO journal (delivery, n, kind, attempt, at_us,"
                                        " duration_us, outcome, status, retry_after_us,"
                                        " error_code, note, response, actor, reason)"
                                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                        error);

  if (insert == NULL)
    return FALSE;
  entry->n = (guint) standing->n_journal + 1;
  statement_bind_int (insert, standing->id);
  statement_bind_int (insert, entry->n);
  statement_bind_int (insert, entry->kind);
  statement_bind_int (insert, entry->attempt);
  statement_bind_int (insert, entry->at_us);
  statement_bind_int (insert, entry->duration_us);
  statement_bind_int (insert, entry->outcome.kind);
  statement_bind_int (insert, entry->outcome.status);
  statement_bind_int (insert, entry->outcome.retry_after_us);
  statement_bind_text_or_null (insert, entry->outcome.error_code);
  statement_bind_text (insert, entry->outcome.note);
  statement_bind_bytes_or_null (insert, entry->outcome.response);
  statement_bind_text (insert, entry->actor);
  statement_bind_text (insert, entry->reason);
  return statement_run (insert, "add to a delivery's history", error);
}

void
sqlite_tally_move (SqliteStore *store, const SqliteStanding *standing, DeliveryState state)
{
  tally_add (store->tally, COUNT_STATE, standing->route, standing->state, -1);
  tally_add (store->tally, COUNT_STATE, standing->route, state, 1);
}

/* ---- Settle ---- */

/* What an entry says about no attempt at all leaves the last one's result as it is. */
static void
bind_last_attempt (Statement *update, const Outcome *outcome)
{
  if (outcome->kind == 0)
    {
      for (guint i = 0; i < 4; i++)
        statement_bind_null (update);
      return;
    }
  statement_bind_int (update, outcome->kind);
  statement_bind_int (update, outcome->status);
  statement_bind_text (update, outcome->note);
  statement_bind_text (update, outcome->error_code);
}

static gboolean
write_settled (SqliteStore *store,
               const SqliteStanding *standing,
               const Settlement *settlement,
               GError **error)
{
  const JournalEntry *entry = settlement->entry;
  DeliveryState state = settlement->state;
  Statement *update = database_prepare (
      store->writer,
      "UPDATE delivery SET state = ?1, dead = ?2, due_us = ?3, changed_us = ?4,"
      " attempts = attempts + ?5, round_attempts = round_attempts + ?12,"
      " last_outcome = coalesce (?6, last_outcome),"
      " last_status = coalesce (?7, last_status),"
      " last_note = coalesce (?8, last_note),"
      " last_error_code = coalesce (?9, last_error_code),"
      " n_journal = ?10 WHERE id = ?11",
      error);

  g_assert (state == DELIVERY_WAITING || state == DELIVERY_HELD || state == DELIVERY_DONE ||
            state == DELIVERY_DEAD);
  if (update == NULL)
    return FALSE;
  statement_bind_int (update, state);
  statement_bind_int (update, state == DELIVERY_DEAD ? settlement->dead : DEAD_NOT);
  statement_bind_int (update, store_is_unsettled (state) ? settlement->due_us : 0);
  statement_bind_int (update, entry->at_us + entry->duration_us);
  statement_bind_int (update, entry->attempt > 0 ? 1 : 0);
  bind_last_attempt (update, &entry->outcome);
  statement_bind_int (update, entry->n);
  statement_bind_int (update, standing->id);
  statement_bind_int (update, entry->attempt > 0 && !settlement->is_probe ? 1 : 0);
  sqlite_tally_move (store, standing, state);
  return statement_run (update, "settle a delivery", error);
}

/* The attempt is on record, but what was decided before it ended stands. */
static gboolean
write_late_attempt (SqliteStore *store,
                    const SqliteStanding *standing,
                    const JournalEntry *entry,
                    GError **error)
{
  Statement *update = database_prepare (
      store->writer, "UPDATE delivery SET attempts = attempts + ?, n_journal = ? WHERE id = ?",
      error);

  if (update == NULL)
    return FALSE;
  statement_bind_int (update, entry->attempt > 0 ? 1 : 0);
  statement_bind_int (update, entry->n);
  statement_bind_int (update, standing->id);
  return statement_run (update, "add to a delivery's history", error);
}

/* What has expired meanwhile is gone with its event, and nothing is owed of it any more. */
static gboolean
settle_missing (SqliteStore *store, DeliveryKey key, GError **error)
{
  g_autoptr (Statement) select = database_prepare (store->writer,
                                                   "SELECT 1 FROM event WHERE seq = ?", error);
  gboolean has_event = TRUE;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, key.event_seq);
  if (key.event_seq >= 1 && key.event_seq <= store->last_seq &&
      !statement_step (select, &has_event, "look for an event", error))
    return FALSE;
  return !has_event || store_no_delivery_to_settle (key, error);
}

gboolean
sqlite_settle (SqliteStore *store, Settlement *settlement, GError **error)
{
  const JournalEntry *entry = settlement->entry;
  SqliteStanding standing;
  gboolean exists;

  settlement->out_next = (StoreDue){ 0 };
  if (!sqlite_read_standing (store, settlement->key, &exists, &standing, error))
    return FALSE;
  if (!exists)
    return settle_missing (store, settlement->key, error);
  if (!sqlite_write_journal (store, &standing, settlement->entry, error))
    return FALSE;
  if (!store_is_unsettled (standing.state))
    return write_late_attempt (store, &standing, entry, error);
  if (settlement->send != NULL && !sqlite_queue (store, settlement->send, error))
    return FALSE;
  if (!write_settled (store, &standing, settlement, error) ||
      (settlement->state == DELIVERY_DEAD && !sqlite_dead_enter (store, standing.id, error)))
    return FALSE;
  return store_is_unsettled (settlement->state) || standing.order_key == 0 ||
         sqlite_follow_in_order (store, standing.order_key, settlement_follow_us (settlement),
                                 &settlement->out_next, error);
}

/* ---- Configuration ---- */

gboolean
sqlite_generation (SqliteStore *store, const NewGeneration *generation, GError **error)
{
  Statement *insert = database_prepare (store->writer,
                                        "INSERT INTO generation VALUES (?, ?, ?, ?, ?, ?)", error);

  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, (gint64) generation->generation);
  statement_bind_int (insert, generation->at_us);
  statement_bind_text (insert, generation->author);
  statement_bind_text (insert, generation->digest);
  statement_bind_text (insert, generation->content);
  statement_bind_text (insert, generation->reason != NULL ? generation->reason : "");
  return statement_run (insert, "record a configuration generation", error);
}

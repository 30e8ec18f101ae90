/* Holds a store against the evidence.  Everything is read through the store's own table, page by
 * page, so that any engine and any size will do. */
#include "evidence-private.h"

#include "base/error.h"

#include <string.h>

#define PAGE 200

typedef struct
{
  Evidence *evidence;
  Store *store;
  gboolean is_over;
  GPtrArray *found;
  StoreLedger counted; /* by going through everything */
  guint64 repeats;     /* requests beyond recorded attempts */
} Check;

/* ---- L1 ---- */

static void
check_acknowledged (Check *check)
{
  GHashTableIter iter;
  gpointer id, body;

  g_hash_table_iter_init (&iter, check->evidence->acknowledged);
  while (g_hash_table_iter_next (&iter, &id, &body))
    {
      g_autoptr (StoredEvent) event = NULL;
      g_autoptr (GError) error = NULL;

      if (!check->store->engine->load_event (check->store, id, &event, &error))
        evidence_report (check->found, "L1: event %s was acknowledged and is lost: %s", (char *) id,
                         error->message);
      else if (!g_bytes_equal (event->event->body, body))
        evidence_report (check->found, "L1: the body of event %s is not the one that was sent",
                         (char *) id);
    }
}

/* ---- L2 ---- */

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static Routes *
routes_of (Check *check, guint64 generation)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, generation);
  g_autoptr (StoredGeneration) last = NULL;
  Routes *routes = g_hash_table_lookup (check->evidence->routes, key);

  if (routes != NULL)
    return routes;
  if (check->store->engine->last_generation (check->store, &last, NULL) &&
      last->generation == generation)
    evidence_generation (check->evidence, generation, last->content);
  return g_hash_table_lookup (check->evidence->routes, key);
}

/* What is not settled follows its rule: when a later generation sends the target elsewhere, the
 * delivery goes there. */
static gboolean
has_moved (Check *check, const StoredDelivery *delivery, guint64 generation)
{
  GHashTableIter iter;
  gpointer key, routes;

  g_hash_table_iter_init (&iter, check->evidence->routes);
  while (g_hash_table_iter_next (&iter, &key, &routes))
    if (g_ascii_strtoull (key, NULL, 10) > generation &&
        routes_have (routes, delivery->rule, delivery->target, delivery->connector))
      return TRUE;
  return FALSE;
}

/* As owed says it; a delivery that has moved as it may is at the place that it was owed to. */
static char *
owed_line (Check *check, const StoredDelivery *delivery, guint64 generation, GStrv owed)
{
  g_autofree char *pair = g_strdup_printf ("%s %s ", delivery->rule, delivery->target);
  g_autofree char *line = g_strconcat (pair, delivery->connector, NULL);

  if (g_strv_contains ((const char *const *) owed, line) ||
      !has_moved (check, delivery, generation))
    return g_steal_pointer (&line);
  for (char **one = owed; *one != NULL; one++)
    if (g_str_has_prefix (*one, pair))
      return g_strdup (*one);
  return g_steal_pointer (&line);
}

static char *
owed_text (Check *check, GPtrArray *deliveries, guint64 generation, GStrv owed)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < deliveries->len; i++)
    g_ptr_array_add (lines, owed_line (check, deliveries->pdata[i], generation, owed));
  g_ptr_array_sort (lines, compare_texts);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv (", ", (char **) lines->pdata);
}

static void
check_routes (Check *check, const StoredEvent *event, GPtrArray *deliveries)
{
  Routes *routes = routes_of (check, event->event->generation);
  g_auto (GStrv) owed = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *stored = NULL;

  if (routes == NULL)
    {
      evidence_report (check->found,
                       "L2: event %s was routed by generation %" G_GUINT64_FORMAT
                       ", of which there is no record",
                       event->event->id, event->event->generation);
      return;
    }
  owed = routes_of_event (routes, event->event);
  if (owed == NULL)
    {
      evidence_report (check->found, "L2: event %s is none that could have been accepted",
                       event->event->id);
      return;
    }
  expected = g_strjoinv (", ", owed);
  stored = owed_text (check, deliveries, event->event->generation, owed);
  if (!g_str_equal (expected, stored))
    evidence_report (check->found,
                     "L2: event %s owes [%s] by generation %" G_GUINT64_FORMAT ", and has [%s]",
                     event->event->id, expected, event->event->generation, stored);
}

/* ---- L3 ---- */

typedef struct
{
  guint n_attempts;
  gboolean was_delivered;
  JournalKind last_action; /* 0: no operator ever acted */
  gboolean is_in_order;
} History;

static History
read_history (GPtrArray *journal)
{
  History history = { .is_in_order = TRUE };

  for (guint i = 0; i < journal->len; i++)
    {
      const JournalEntry *entry = journal->pdata[i];

      if (entry->n != i + 1)
        history.is_in_order = FALSE;
      if (entry->kind != JOURNAL_ATTEMPT)
        history.last_action = entry->kind;
      else if (entry->attempt > 0)
        {
          if (entry->attempt != ++history.n_attempts)
            history.is_in_order = FALSE;
          if (entry->outcome.kind == OUTCOME_DELIVERED)
            history.was_delivered = TRUE;
        }
    }
  return history;
}

static void
check_state (Check *check, const StoredDelivery *delivery, const History *history)
{
  const char *state = delivery_state_name (delivery->state);

  if (!history->is_in_order || history->n_attempts != delivery->attempts)
    evidence_report (check->found, "L3: the history of %s tells of %u attempts%s, its row of %u",
                     delivery->id, history->n_attempts,
                     history->is_in_order ? "" : ", not in order", delivery->attempts);
  if (delivery->state == DELIVERY_DONE && !history->was_delivered)
    evidence_report (check->found, "L3: %s is done, and no attempt in its history delivered it",
                     delivery->id);
  if ((delivery->state == DELIVERY_DISCARDED) != (history->last_action == JOURNAL_DISCARD))
    evidence_report (check->found, "L3: %s is %s, and %s", delivery->id, state,
                     history->last_action == JOURNAL_DISCARD ? "an operator has discarded it"
                                                             : "no operator has discarded it");
  if ((delivery->state == DELIVERY_DEAD) != (delivery->dead != DEAD_NOT) &&
      delivery->state != DELIVERY_DISCARDED)
    evidence_report (check->found, "L3: %s is %s, and its reason to be dead is number %d",
                     delivery->id, state, delivery->dead);
  if (check->is_over && (DELIVERY_STATE_BIT (delivery->state) & DELIVERY_UNSETTLED) != 0)
    evidence_report (check->found, "L3: all is over, and %s is %s", delivery->id, state);
}

static void
check_ledger (Check *check)
{
  StoreLedger *counted = &check->counted;
  g_autoptr (GError) error = NULL;
  StoreLedger kept;
  gint64 n_events, n_deliveries; /* that ought to be there: what expired was removed */

  if (!check->store->engine->ledger (check->store, FALSE, &kept, &error))
    {
      evidence_report (check->found, "L3: the ledger cannot be read: %s", error->message);
      return;
    }
  if (store_ledger_difference (&kept) != 0)
    evidence_report (check->found, "L3: the ledger is out of balance by %" G_GINT64_FORMAT,
                     store_ledger_difference (&kept));
  n_events = kept.events - kept.expired_events;
  n_deliveries = kept.created - kept.expired;
  if (n_events != counted->events || n_deliveries != counted->created)
    evidence_report (check->found,
                     "L3: the ledger has %" G_GINT64_FORMAT " events and %" G_GINT64_FORMAT
                     " deliveries, there are %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT,
                     n_events, n_deliveries, counted->events, counted->created);
  for (guint i = 1; i < DELIVERY_N_STATES; i++)
    if (kept.by_state[i] != counted->by_state[i])
      evidence_report (
          check->found, "L3: the ledger has %" G_GINT64_FORMAT " %s, there are %" G_GINT64_FORMAT,
          kept.by_state[i], delivery_state_name ((DeliveryState) i), counted->by_state[i]);
}

/* ---- L4 to L6 ---- */

/* How often the target was asked for this attempt, and whether it ever gave this answer. */
static guint
find_requests (GArray *requests, guint attempt, guint status, gboolean *out_agrees)
{
  guint n = 0;

  for (guint i = 0; requests != NULL && i < requests->len; i++)
    {
      const EvidenceRequest *request = &g_array_index (requests, EvidenceRequest, i);

      if (request->attempt != attempt)
        continue;
      n++;
      if (request->status == status)
        *out_agrees = TRUE;
    }
  return n;
}

/* An attempt that got an answer was seen by its target, which gave that answer. */
static void
check_attempts (Check *check, const StoredDelivery *delivery, GPtrArray *journal, GArray *requests)
{
  guint n_seen = 0;

  for (guint i = 0; i < journal->len; i++)
    {
      const JournalEntry *entry = journal->pdata[i];
      guint status = (guint) entry->outcome.status;
      gboolean agrees = FALSE;
      guint n;

      if (entry->kind != JOURNAL_ATTEMPT || entry->attempt == 0)
        continue;
      n = find_requests (requests, entry->attempt, status, &agrees);
      n_seen += MIN (n, 1);
      if (status != 0 && !agrees)
        evidence_report (check->found,
                         "L5: attempt %u of %s is recorded with the answer %u, which "
                         "the target did not give",
                         entry->attempt, delivery->id, status);
    }
  if (requests == NULL)
    return;
  if (requests->len - n_seen > check->evidence->n_crashes)
    evidence_report (check->found,
                     "L5: %s was asked for %u times, of which %u are recorded; there "
                     "were %u crashes",
                     delivery->id, requests->len, n_seen, check->evidence->n_crashes);
  check->repeats += requests->len - n_seen;
}

static void
check_target (Check *check, const StoredDelivery *delivery, GPtrArray *journal)
{
  GArray *requests = g_hash_table_lookup (check->evidence->requests, delivery->id);
  gboolean was_taken = FALSE;

  if (!g_hash_table_contains (check->evidence->watched, delivery->connector))
    return;
  for (guint i = 0; requests != NULL && i < requests->len; i++)
    if (g_array_index (requests, EvidenceRequest, i).status / 100 == 2)
      was_taken = TRUE;
  if (delivery->state == DELIVERY_DONE && !was_taken)
    evidence_report (check->found, "L4: %s is done, and the target never took it", delivery->id);
  check_attempts (check, delivery, journal, requests);
}

static void
check_repeats (Check *check)
{
  if (check->repeats > check->evidence->max_repeats)
    evidence_report (check->found,
                     "L6: %" G_GUINT64_FORMAT " requests are not recorded, and at %u crashes at "
                     "most %" G_GUINT64_FORMAT " were under way",
                     check->repeats, check->evidence->n_crashes, check->evidence->max_repeats);
}

/* A target was asked for what does not exist. */
static void
check_strangers (Check *check)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, check->evidence->requests);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      g_autoptr (GError) error = NULL;
      DeliveryKey key;

      if (!store_find_key (check->store, id, &key, &error))
        evidence_report (check->found,
                         "L5: a target was asked for %s, which the store does not have",
                         (char *) id);
    }
}

/* ---- Going through everything ---- */

static void
check_delivery (Check *check, const StoredDelivery *delivery)
{
  g_autoptr (GPtrArray) journal = NULL;
  g_autoptr (GError) error = NULL;
  History history;

  check->counted.created++;
  if (delivery->state < 1 || delivery->state >= DELIVERY_N_STATES)
    {
      evidence_report (check->found, "L3: %s is in state number %d", delivery->id, delivery->state);
      return;
    }
  check->counted.by_state[delivery->state]++;
  if (!check->store->engine->load_journal (check->store, delivery->key, &journal, &error))
    {
      evidence_report (check->found, "L3: the history of %s cannot be read: %s", delivery->id,
                       error->message);
      return;
    }
  history = read_history (journal);
  check_state (check, delivery, &history);
  check_target (check, delivery, journal);
}

static void
check_event (Check *check, const char *id)
{
  const StoreEngine *engine = check->store->engine;
  g_autoptr (StoredEvent) event = NULL;
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GError) error = NULL;

  check->counted.events++;
  if (!engine->load_event (check->store, id, &event, &error) ||
      !engine->load_deliveries (check->store, id, &deliveries, &error))
    {
      evidence_report (check->found, "L1: event %s is listed and cannot be read: %s", id,
                       error->message);
      return;
    }
  check_routes (check, event, deliveries);
  if (deliveries->len != event->n_deliveries)
    evidence_report (check->found, "L3: event %s has %u deliveries of %u", id, deliveries->len,
                     event->n_deliveries);
  for (guint i = 0; i < deliveries->len; i++)
    check_delivery (check, deliveries->pdata[i]);
}

static void
check_everything (Check *check)
{
  static const EventQuery all = { .matched = -1 };
  StoreCursor cursor = { 0 };

  for (;;)
    {
      g_autoptr (GPtrArray) page = NULL;
      g_autoptr (GError) error = NULL;

      if (!check->store->engine->find_events (check->store, &all, &cursor, PAGE, &page, &error))
        {
          evidence_report (check->found, "L1: the events cannot be listed: %s", error->message);
          return;
        }
      for (guint i = 0; i < page->len; i++)
        check_event (check, ((StoredEvent *) page->pdata[i])->event->id);
      if (page->len < PAGE)
        return;
    }
}

GPtrArray *
evidence_check (Evidence *evidence, Store *store, gboolean is_over)
{
  Check check = { .evidence = evidence,
                  .store = store,
                  .is_over = is_over,
                  .found = g_ptr_array_new_with_free_func (g_free) };

  check_acknowledged (&check);
  check_everything (&check);
  check_ledger (&check);
  check_repeats (&check);
  check_strangers (&check);
  for (guint i = 0; i < evidence->found->len; i++)
    g_ptr_array_add (check.found, g_strdup (evidence->found->pdata[i]));
  return check.found;
}

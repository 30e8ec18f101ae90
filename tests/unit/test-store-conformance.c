/* What every engine must do, run for each of them.  A case that one engine cannot have (files,
 * locks) is in that engine's own test. */
#include "base/error.h"
#include "support/store-samples.h"

#include <string.h>

typedef struct
{
  const StoreEngine *engine;
  char *folder;
  Store *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;

  fixture->engine = store_engine_by_name (name);
  g_assert_nonnull (fixture->engine);
  fixture->folder = sample_folder_new ();
  fixture->store = fixture->engine->open (fixture->folder, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer name)
{
  store_close (fixture->store);
  sample_folder_free (fixture->folder);
}

static const DeliveryKey first = { 1, 1 };

static StoredDelivery *
load_delivery (Store *store, DeliveryKey key)
{
  g_autoptr (GError) error = NULL;
  StoredDelivery *delivery = NULL;

  store->engine->load_delivery (store, key, &delivery, NULL, &error);
  g_assert_no_error (error);
  return delivery;
}

static GPtrArray *
load_journal (Store *store, DeliveryKey key)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *entries = NULL;

  store->engine->load_journal (store, key, &entries, &error);
  g_assert_no_error (error);
  return entries;
}

/* ---- Append ---- */

static void
test_empty (Fixture *fixture, gconstpointer name)
{
  g_autofree char *text = sample_dump (fixture->store, 10);

  g_assert_cmpstr (text, ==,
                   "\n"
                   "0 events, 0 unmatched, 0 deliveries: 0 0 0 0 0 0\n"
                   "0 events, 0 unmatched, 0 deliveries: 0 0 0 0 0 0\n"
                   "generation: There is no such configuration generation\n");
}

static void
test_append (Fixture *fixture, gconstpointer name)
{
  g_autoptr (StoredEvent) event = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  BatchItem *one = sample_append (1, SAMPLE_TIME_US, 0);
  BatchItem *two = sample_append (2, SAMPLE_TIME_US + 1, 2);
  GBytes *body = two->append.events[0].event->body;
  g_autoptr (GBytes) expected = g_bytes_ref (body);

  sample_commit (fixture->store, &error, one, two, NULL);
  g_assert_no_error (error);
  fixture->engine->load_event (fixture->store, "00000000-0000-7000-8000-000000000002", &event,
                               &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (event->event->body, expected));
  g_assert_cmpuint (event->body_bytes, ==, g_bytes_get_size (expected));
  text = sample_dump (fixture->store, 10);
  g_assert_cmpstr (
      text, ==,
      "event 2 00000000-0000-7000-8000-000000000002 on default from source/shop: shop / Order Paid,"
      " time 1795251599995001 received 1795251600000001, resources [\"arn:one\"], type"
      " application/json, generation 7, matched [default/rule-1 default/rule-2], 2 deliveries:"
      " 2 0 0 0 0 0, 31 bytes 92bbb0aa2379ecc3a2d78d2f3af687ea\n"
      "delivery 2-1 00000000-0000-7000-8000-000000000002-1 of 00000000-0000-7000-8000-000000000002:"
      " default/rule-1 -> target-1 (webhook/1), ready, dead 0, created 1795251600000001 since"
      " 1795251600000001 due 1795251600000001 changed 1795251600000001, 0 attempts, 0 this round,"
      " last 0 0 “” , shop / Order Paid, priority 4 order 0, 0 replays, operation 0\n"
      "delivery 2-2 00000000-0000-7000-8000-000000000002-2 of 00000000-0000-7000-8000-000000000002:"
      " default/rule-2 -> target-2 (webhook/2), ready, dead 0, created 1795251600000001 since"
      " 1795251600000001 due 1795251600000001 changed 1795251600000001, 0 attempts, 0 this round,"
      " last 0 0 “” , shop / Order Paid, priority 4 order 0, 0 replays, operation 0\n"
      "event 1 00000000-0000-7000-8000-000000000001 on default from api: shop / Order Paid,"
      " time 1795251599995000 received 1795251600000000, resources [\"arn:one\"], type"
      " application/json, generation 7, matched [], 0 deliveries: 0 0 0 0 0 0, 31 bytes"
      " bd3f934d9a6d7ed24d06dc3b2804dc0e\n"
      "due 2-1 at 1795251600000001 for webhook/1, priority 4\n"
      "due 2-2 at 1795251600000001 for webhook/2, priority 4\n"
      "count 1 [] [] [] state 0: 2\n"
      "count 2 [] [] [] state 0: 1\n"
      "count 3 [api] [] [] state 0: 1\n"
      "count 3 [source/shop] [] [] state 0: 1\n"
      "count 4 [default/rule-1] [] [] state 0: 1\n"
      "count 4 [default/rule-2] [] [] state 0: 1\n"
      "count 5 [] [] [] state 0: 2\n"
      "count 6 [default/rule-1] [target-1] [webhook/1] state 1: 1\n"
      "count 6 [default/rule-2] [target-2] [webhook/2] state 1: 1\n"
      "2 events, 1 unmatched, 2 deliveries: 2 0 0 0 0 0\n"
      "2 events, 1 unmatched, 2 deliveries: 2 0 0 0 0 0\n"
      "received at 1795251600000000 n=2\n"
      "generation: There is no such configuration generation\n");
}

static void
test_sequence (Fixture *fixture, gconstpointer name)
{
  BatchItem *item = batch_item_new_append (3);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);
  Batch batch = { .items = items };
  const char *const none[] = { NULL };
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (items, item);
  for (guint i = 0; i < 3; i++)
    sample_append_fill (&item->append.events[i], i, SAMPLE_TIME_US, none);
  g_ptr_array_add (items, sample_append (3, SAMPLE_TIME_US, 1));
  fixture->engine->commit (fixture->store, &batch, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (item->append.events[i].out_seq, ==, i + 1);
  g_assert_cmpint (((BatchItem *) items->pdata[1])->append.events[0].out_seq, ==, 4);
}

/* Texts as senders choose them, and bodies of any bytes and size. */
static void
test_values (Fixture *fixture, gconstpointer name)
{
  g_autofree guint8 *bytes = g_malloc (300000);
  const gsize sizes[] = { 0, 1, 4096, 300000 };

  for (guint i = 0; i < 300000; i++)
    bytes[i] = (guint8) (i * 7);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      BatchItem *item = sample_append (i, SAMPLE_TIME_US, 1);
      AppendEvent *append = &item->append.events[0];
      g_autofree char *id = sample_event_id (i);
      g_autoptr (GBytes) body = g_bytes_new (bytes, sizes[i]);
      g_autoptr (StoredEvent) event = NULL;
      g_autoptr (StoredDelivery) delivery = NULL;
      g_autoptr (Event) loaded = NULL;
      g_autoptr (GError) error = NULL;
      Event fields = *append->event;

      fields.body = body;
      fields.source = (char *) "it's; \"quoted\" %s ','\n\t";
      fields.detail_type = (char *) "Größe 😀";
      fields.resources = (char *) "[]";
      fields.content_type = (char *) "";
      fields.generation = G_MAXUINT64;
      fields.time_us = -1;
      g_autoptr (Event) old G_GNUC_UNUSED = g_steal_pointer (&append->event);
      append->event = event_new (&fields);
      sample_commit_one (fixture->store, item);

      fixture->engine->load_event (fixture->store, id, &event, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (event->event->body, body));
      g_assert_cmpuint (event->body_bytes, ==, sizes[i]);
      g_assert_cmpstr (event->event->source, ==, fields.source);
      g_assert_cmpstr (event->event->detail_type, ==, fields.detail_type);
      g_assert_cmpstr (event->event->content_type, ==, "");
      g_assert_cmpint (event->event->time_us, ==, -1);
      g_assert_cmpuint (event->event->generation, ==, G_MAXUINT64);
      fixture->engine->load_delivery (fixture->store, (DeliveryKey){ event->seq, 1 }, &delivery,
                                      &loaded, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (loaded->body, body));
      g_assert_cmpstr (delivery->source, ==, fields.source);
    }
}

static void
test_many_deliveries (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = sample_event_id (5);

  sample_commit_one (fixture->store, sample_append (4, SAMPLE_TIME_US, 3));
  sample_commit_one (fixture->store, sample_append (5, SAMPLE_TIME_US, 1000));
  sample_commit_one (fixture->store, sample_append (6, SAMPLE_TIME_US, 3));
  fixture->engine->load_deliveries (fixture->store, id, &deliveries, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (deliveries->len, ==, 1000);
  for (guint i = 0; i < 1000; i++)
    {
      const StoredDelivery *delivery = g_ptr_array_index (deliveries, i);

      g_assert_cmpint (delivery->key.event_seq, ==, 2);
      g_assert_cmpuint (delivery->key.index, ==, i + 1);
    }
}

/* The second event's id is taken: the first must not be there either, nor anything that the failed
 * batch gave numbers to. */
static void
test_all_or_nothing (Fixture *fixture, gconstpointer name)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  BatchItem *item = sample_append (2, SAMPLE_TIME_US, 1);

  sample_commit_one (fixture->store, sample_append (1, SAMPLE_TIME_US, 1));
  before = sample_dump (fixture->store, 10);
  g_free (item->append.events[0].deliveries[0].connector);
  item->append.events[0].deliveries[0].connector = g_strdup ("webhook/never-seen-before");
  g_assert_false (sample_commit (fixture->store, &error, item,
                                 sample_generation (1, SAMPLE_TIME_US),
                                 sample_append (1, SAMPLE_TIME_US, 1), NULL));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  after = sample_dump (fixture->store, 10);
  g_assert_cmpstr (after, ==, before);

  for (guint i = 0; i < 2; i++)
    {
      const char *connector = i == 0 ? "webhook/never-seen-either" : "webhook/never-seen-before";
      g_autoptr (StoredDelivery) delivery = NULL;

      item = sample_append (3 + i, SAMPLE_TIME_US, 1);
      g_free (item->append.events[0].deliveries[0].connector);
      item->append.events[0].deliveries[0].connector = g_strdup (connector);
      sample_commit_one (fixture->store, item);
      delivery = load_delivery (fixture->store, (DeliveryKey){ 2 + i, 1 });
      g_assert_cmpstr (delivery->connector, ==, connector);
    }
  sample_assert_ledger (fixture->store);
}

/* ---- Settle ---- */

static void
test_settle (Fixture *fixture, gconstpointer name)
{
  static const struct
  {
    DeliveryState state;
    gboolean has_due;
    OutcomeKind outcome;
    int status;
    const char *note, *error_code;
  } steps[] = {
    { DELIVERY_WAITING, TRUE, OUTCOME_RETRY, 503, "The target said no", "THROTTLING" },
    { DELIVERY_WAITING, TRUE, OUTCOME_RETRY, 503, "The target said no", "THROTTLING" },
    { DELIVERY_HELD, TRUE, OUTCOME_RETRY, 503, "The target said no", "THROTTLING" },
    { DELIVERY_DONE, FALSE, OUTCOME_DELIVERED, 200, "", "" },
  };
  g_autoptr (GPtrArray) journal = NULL;

  sample_commit_one (fixture->store, sample_append (1, SAMPLE_TIME_US, 1));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (StoredDelivery) delivery = NULL;
      gint64 at_us = SAMPLE_TIME_US + (i + 1) * G_USEC_PER_SEC;

      sample_commit_one (fixture->store, sample_settle (first, i + 1, at_us, steps[i].state));
      delivery = load_delivery (fixture->store, first);
      g_assert_cmpint (delivery->state, ==, steps[i].state);
      g_assert_cmpint (delivery->dead, ==, DEAD_NOT);
      g_assert_cmpint (delivery->due_us, ==, steps[i].has_due ? at_us + 60 * G_USEC_PER_SEC : 0);
      g_assert_cmpint (delivery->changed_us, ==, at_us + 1500);
      g_assert_cmpint (delivery->created_us, ==, SAMPLE_TIME_US);
      g_assert_cmpint (delivery->since_us, ==, SAMPLE_TIME_US);
      g_assert_cmpuint (delivery->attempts, ==, i + 1);
      g_assert_cmpuint (delivery->round_attempts, ==, i + 1);
      g_assert_cmpint (delivery->last_outcome, ==, steps[i].outcome);
      g_assert_cmpint (delivery->last_status, ==, steps[i].status);
      g_assert_cmpstr (delivery->last_note, ==, steps[i].note);
      g_assert_cmpstr (delivery->last_error_code, ==, steps[i].error_code);
      sample_assert_ledger (fixture->store);
    }
  journal = load_journal (fixture->store, first);
  g_autofree char *text = sample_journal_text (journal);
  g_assert_cmpstr (text, ==,
                   "  1: kind 1, attempt 1 at 1795251601000000 for 1500, 2 503 THROTTLING, wait"
                   " 30000000, “The target said no”, response none, by “”: “”\n"
                   "  2: kind 1, attempt 2 at 1795251602000000 for 1500, 2 503 THROTTLING, wait"
                   " 30000000, “The target said no”, response none, by “”: “”\n"
                   "  3: kind 1, attempt 3 at 1795251603000000 for 1500, 2 503 THROTTLING, wait"
                   " 30000000, “The target said no”, response none, by “”: “”\n"
                   "  4: kind 1, attempt 4 at 1795251604000000 for 1500, 1 200 -, wait -1, “”,"
                   " response 444bcb3a3fcf8389296c49467f27e1d6, by “”: “”\n");
}

static void
test_settle_dead (Fixture *fixture, gconstpointer name)
{
  g_autoptr (StoredDelivery) delivery = NULL;
  g_autoptr (GArray) due = g_array_new (FALSE, FALSE, sizeof (StoreDue));
  g_autoptr (GError) error = NULL;
  StoreClaim claimed = { .due = due };

  sample_commit_one (fixture->store, sample_append (1, SAMPLE_TIME_US, 1));
  sample_commit_one (fixture->store, sample_settle (first, 1, SAMPLE_TIME_US, DELIVERY_DEAD));
  delivery = load_delivery (fixture->store, first);
  g_assert_cmpint (delivery->state, ==, DELIVERY_DEAD);
  g_assert_cmpint (delivery->dead, ==, DEAD_REFUSED);
  g_assert_cmpint (delivery->due_us, ==, 0);
  fixture->engine->claim (fixture->store, "webhook/1", G_MAXINT64, 10, &claimed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (due->len, ==, 0);
}

/* A decision without an attempt counts as none, and leaves what the last attempt said unless it
 * says something itself. */
static void
test_settle_without_attempt (Fixture *fixture, gconstpointer name)
{
  BatchItem *too_old = sample_settle (first, 0, SAMPLE_TIME_US + 9, DELIVERY_DEAD);
  JournalEntry *entry = too_old->settlement.entry;
  g_autoptr (StoredDelivery) delivery = NULL;
  g_autoptr (GPtrArray) journal = NULL;

  outcome_clear (&entry->outcome);
  entry->outcome = (Outcome){ .retry_after_us = -1 };
  too_old->settlement.dead = DEAD_AGE;
  sample_commit_one (fixture->store, sample_append (1, SAMPLE_TIME_US, 1));
  sample_commit_one (fixture->store, sample_settle (first, 1, SAMPLE_TIME_US, DELIVERY_WAITING));
  sample_commit_one (fixture->store, too_old);
  delivery = load_delivery (fixture->store, first);
  g_assert_cmpint (delivery->state, ==, DELIVERY_DEAD);
  g_assert_cmpint (delivery->dead, ==, DEAD_AGE);
  g_assert_cmpuint (delivery->attempts, ==, 1);
  g_assert_cmpuint (delivery->round_attempts, ==, 1);
  g_assert_cmpint (delivery->last_status, ==, 503);
  g_assert_cmpstr (delivery->last_error_code, ==, "THROTTLING");
  journal = load_journal (fixture->store, first);
  g_assert_cmpuint (journal->len, ==, 2);
  g_assert_cmpuint (((JournalEntry *) journal->pdata[1])->attempt, ==, 0);
  g_assert_cmpstr (((JournalEntry *) journal->pdata[1])->outcome.note, ==, "");
}

/* The delivery was settled meanwhile: the attempt is on record, the state stays. */
static void
test_settle_late (Fixture *fixture, gconstpointer name)
{
  static const DeliveryState settled[] = { DELIVERY_DONE, DELIVERY_DEAD, DELIVERY_DISCARDED };

  for (guint i = 0; i < G_N_ELEMENTS (settled); i++)
    {
      DeliveryKey key = { i + 1, 1 };
      gboolean discard = settled[i] == DELIVERY_DISCARDED;
      g_autoptr (StoredDelivery) before = NULL;
      g_autoptr (StoredDelivery) after = NULL;
      g_autoptr (GPtrArray) journal = NULL;

      sample_commit_one (fixture->store, sample_append (i, SAMPLE_TIME_US, 1));
      sample_commit_one (fixture->store, sample_settle (key, 1, SAMPLE_TIME_US,
                                                        discard ? DELIVERY_DEAD : settled[i]));
      if (discard)
        sample_commit_one (fixture->store,
                           sample_operate (key, JOURNAL_DISCARD, SAMPLE_TIME_US + 5));
      before = load_delivery (fixture->store, key);
      g_assert_cmpint (before->state, ==, settled[i]);
      sample_commit_one (fixture->store,
                         sample_settle (key, 2, SAMPLE_TIME_US + 9, DELIVERY_WAITING));
      after = load_delivery (fixture->store, key);
      g_assert_cmpint (after->state, ==, before->state);
      g_assert_cmpint (after->dead, ==, before->dead);
      g_assert_cmpint (after->due_us, ==, before->due_us);
      g_assert_cmpint (after->changed_us, ==, before->changed_us);
      g_assert_cmpint (after->last_status, ==, before->last_status);
      g_assert_cmpuint (after->attempts, ==, 2);
      g_assert_cmpuint (after->round_attempts, ==, 1);
      journal = load_journal (fixture->store, key);
      g_assert_cmpuint (journal->len, ==, discard ? 3 : 2);
      sample_assert_ledger (fixture->store);
    }
}

static void
test_settle_missing (Fixture *fixture, gconstpointer name)
{
  static const DeliveryKey missing[] = {
    { 9, 1 }, { 1, 2 }, { 1, 0 }, { 0, 1 }, { -1, 1 }, { 1, 65536 }, { G_MAXINT64, G_MAXUINT32 },
  };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  sample_commit_one (fixture->store, sample_append (1, SAMPLE_TIME_US, 1));
  before = sample_dump (fixture->store, 10);
  for (guint i = 0; i < G_N_ELEMENTS (missing); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (
          sample_commit (fixture->store, &error, sample_append (100 + i, SAMPLE_TIME_US, 1),
                         sample_settle (missing[i], 1, SAMPLE_TIME_US, DELIVERY_DONE), NULL));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
    }
  after = sample_dump (fixture->store, 10);
  g_assert_cmpstr (after, ==, before);
}

/* ---- Operate ---- */

/* Brings a new event's only delivery into a state. */
static DeliveryKey
make_delivery (Store *store, guint number, DeliveryState state)
{
  DeliveryKey key = { number, 1 };
  BatchItem *item = sample_append (number, SAMPLE_TIME_US, 1);

  sample_commit_one (store, item);
  if (state == DELIVERY_READY)
    return key;
  sample_commit_one (store, sample_settle (key, 1, SAMPLE_TIME_US + 10,
                                           state == DELIVERY_DISCARDED ? DELIVERY_DEAD : state));
  if (state == DELIVERY_DISCARDED)
    sample_commit_one (store, sample_operate (key, JOURNAL_DISCARD, SAMPLE_TIME_US + 20));
  return key;
}

/* Commits an action and returns it; it belongs to items. */
static OperatorAction *
operate (Store *store, GPtrArray *items, DeliveryKey key, JournalKind kind)
{
  BatchItem *item = sample_operate (key, kind, SAMPLE_TIME_US + 1000);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  Batch batch = { .items = one };

  /* As if it came from a refused batch. */
  item->operate.actions[0].out_applied = TRUE;
  item->operate.actions[0].out_due.due_us = 1;
  g_ptr_array_add (items, item);
  g_ptr_array_add (one, item);
  store->engine->commit (store, &batch, &error);
  g_assert_no_error (error);
  return &item->operate.actions[0];
}

static void
test_operate (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);
  guint number = 0;

  for (guint kind = JOURNAL_REPLAY; kind <= JOURNAL_DISCARD; kind++)
    for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
      {
        DeliveryKey key = make_delivery (fixture->store, ++number, state);
        g_autoptr (StoredDelivery) before = load_delivery (fixture->store, key);
        g_autoptr (GPtrArray) journal_before = load_journal (fixture->store, key);
        const OperatorAction *action = operate (fixture->store, items, key, kind);
        g_autoptr (StoredDelivery) after = load_delivery (fixture->store, key);
        g_autoptr (GPtrArray) journal = load_journal (fixture->store, key);
        gboolean applies = state == DELIVERY_DEAD ||
                           (state == DELIVERY_DISCARDED && kind == JOURNAL_REPLAY);
        gboolean replayed = applies && kind == JOURNAL_REPLAY;

        g_test_message ("kind %u on %s", kind, delivery_state_name (state));
        g_assert_cmpint (action->out_applied, ==, applies);
        g_assert_cmpuint (journal->len, ==, journal_before->len + (applies ? 1 : 0));
        g_assert_cmpstr (action->out_due.connector, ==, replayed ? "webhook/1" : NULL);
        g_assert_cmpint (action->out_due.due_us, ==, replayed ? SAMPLE_TIME_US + 1000 : 0);
        g_assert_cmpint (after->state, ==,
                         replayed  ? DELIVERY_READY
                         : applies ? DELIVERY_DISCARDED
                                   : before->state);
        g_assert_cmpint (after->dead, ==, replayed ? DEAD_NOT : before->dead);
        g_assert_cmpuint (after->attempts, ==, before->attempts);
        g_assert_cmpuint (after->round_attempts, ==, replayed ? 0 : before->round_attempts);
        g_assert_cmpint (after->changed_us, ==,
                         applies ? SAMPLE_TIME_US + 1000 : before->changed_us);
        g_assert_cmpint (after->since_us, ==, replayed ? SAMPLE_TIME_US + 1000 : before->since_us);
        g_assert_cmpint (after->due_us, ==, replayed ? SAMPLE_TIME_US + 1000 : before->due_us);
        if (applies)
          {
            const JournalEntry *entry = journal->pdata[journal->len - 1];

            g_assert_cmpint (entry->kind, ==, kind);
            g_assert_cmpuint (entry->n, ==, journal->len);
            g_assert_cmpstr (entry->actor, ==, "ada");
            g_assert_cmpstr (entry->reason, ==, "fixed the receiver");
          }
        sample_assert_ledger (fixture->store);
      }
}

static BatchItem *
operate_until (DeliveryKey key, JournalKind kind, gint64 at_us, gint64 due_us)
{
  BatchItem *item = sample_operate (key, kind, at_us);

  item->operate.actions[0].due_us = due_us;
  return item;
}

static void
test_restore (Fixture *fixture, gconstpointer name)
{
  DeliveryKey key = make_delivery (fixture->store, 1, DELIVERY_DISCARDED);
  g_autoptr (StoredDelivery) before = load_delivery (fixture->store, key);
  g_autoptr (StoredDelivery) after = NULL;

  sample_commit_one (fixture->store, sample_operate (key, JOURNAL_RESTORE, SAMPLE_TIME_US + 900));
  after = load_delivery (fixture->store, key);
  g_assert_cmpint (after->state, ==, DELIVERY_DEAD);
  g_assert_cmpint (after->dead, ==, before->dead);
  g_assert_cmpint (after->changed_us, ==, SAMPLE_TIME_US + 900);
  g_assert_cmpint (after->due_us, ==, 0);
  sample_assert_ledger (fixture->store);
}

/* What can be done to a delivery that is not settled. */
static void
test_operate_unsettled (Fixture *fixture, gconstpointer name)
{
  const gint64 at_us = SAMPLE_TIME_US + 5000;
  guint number = 0;

  for (guint kind = JOURNAL_RETRY; kind <= JOURNAL_GIVE_UP; kind++)
    for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
      {
        DeliveryKey key = make_delivery (fixture->store, ++number, state);
        g_autoptr (StoredDelivery) before = load_delivery (fixture->store, key);
        g_autoptr (BatchItem) item = operate_until (key, kind, at_us,
                                                    kind == JOURNAL_RETRY ? 0 : at_us + 77);
        OperatorAction *action = &item->operate.actions[0];
        g_autoptr (GPtrArray) one = g_ptr_array_new ();
        gboolean applies = store_is_unsettled (before->state);
        gint64 due_us = kind == JOURNAL_RETRY ? at_us : at_us + 77;
        g_autoptr (StoredDelivery) after = NULL;
        g_autoptr (GError) error = NULL;

        g_ptr_array_add (one, item);
        fixture->engine->commit (fixture->store, &(Batch){ one }, &error);
        g_assert_no_error (error);
        after = load_delivery (fixture->store, key);
        g_test_message ("kind %u on %s", kind, delivery_state_name (state));
        g_assert_cmpint (action->out_applied, ==, applies);
        if (!applies)
          {
            g_assert_cmpint (after->state, ==, before->state);
            g_assert_cmpint (after->changed_us, ==, before->changed_us);
          }
        else if (kind == JOURNAL_GIVE_UP)
          {
            g_assert_cmpint (after->state, ==, DELIVERY_DEAD);
            g_assert_cmpint (after->dead, ==, DEAD_OPERATOR);
            g_assert_cmpint (after->due_us, ==, 0);
            g_assert_cmpint (after->changed_us, ==, at_us);
            g_assert_null (action->out_due.connector);
          }
        else
          {
            g_assert_cmpint (after->state, ==, before->state);
            g_assert_cmpint (after->due_us, ==, due_us);
            g_assert_cmpint (action->out_due.due_us, ==, due_us);
            g_assert_cmpstr (action->out_due.connector, ==, "webhook/1");
            g_assert_cmpint (after->changed_us, ==, before->changed_us);
            g_assert_cmpuint (after->round_attempts, ==, before->round_attempts);
          }
        sample_assert_ledger (fixture->store);
      }
}

static gint64
put_record (Fixture *fixture, RecordChange *change)
{
  g_autoptr (BatchItem) item = batch_item_new_record (change);
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (one, item);
  fixture->engine->commit (fixture->store, &(Batch){ one }, &error);
  g_assert_no_error (error);
  return change->out_id;
}

static void
assert_records (Fixture *fixture,
                RecordKind kind,
                const char *key,
                gint64 before,
                guint limit,
                const char *expected)
{
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  fixture->engine->find_records (fixture->store, kind, key, before, limit, &records, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < records->len; i++)
    {
      const StoredRecord *record = records->pdata[i];

      g_assert_cmpint (record->kind, ==, kind);
      g_string_append_printf (text, "%d %s %s %d/%d;", (int) record->id, record->key, record->value,
                              (int) record->counts[0], (int) record->counts[1]);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_records (Fixture *fixture, gconstpointer name)
{
  RecordChange *change;

  assert_records (fixture, RECORD_JOB, NULL, 0, 10, "");
  g_assert_cmpint (put_record (fixture, record_change_new (RECORD_JOB, 0, "a", "one")), ==, 1);
  g_assert_cmpint (put_record (fixture, record_change_new (RECORD_JOB, 0, "b", "two")), ==, 2);
  g_assert_cmpint (put_record (fixture, record_change_new (RECORD_JOB, 0, "a", "three")), ==, 3);
  g_assert_cmpint (put_record (fixture, record_change_new (RECORD_AUDIT, 0, NULL, "x")), ==, 1);
  change = record_change_new (RECORD_JOB, 2, "b", "two again");
  change->record.counts[1] = 7;
  g_assert_cmpint (put_record (fixture, change), ==, 2);
  assert_records (fixture, RECORD_JOB, NULL, 0, 10, "3 a three 0/0;2 b two again 0/7;1 a one 0/0;");
  assert_records (fixture, RECORD_JOB, NULL, 3, 1, "2 b two again 0/7;");
  assert_records (fixture, RECORD_JOB, "a", 0, 10, "3 a three 0/0;1 a one 0/0;");
  assert_records (fixture, RECORD_JOB, "a", 3, 10, "1 a one 0/0;");
  assert_records (fixture, RECORD_JOB, "c", 0, 10, "");
  change = record_change_new (RECORD_JOB, 0, NULL, "four");
  change->keep_newest = 2;
  g_assert_cmpint (put_record (fixture, change), ==, 4);
  assert_records (fixture, RECORD_JOB, NULL, 0, 10, "4  four 0/0;3 a three 0/0;");
  assert_records (fixture, RECORD_AUDIT, NULL, 0, 10, "1  x 0/0;");
}

/* A record that is committed with actions counts what became of them. */
static void
test_record_of_actions (Fixture *fixture, gconstpointer name)
{
  BatchItem *item = batch_item_new_operate (3);
  RecordChange *change = record_change_new (RECORD_JOB, 0, NULL, "job");

  change->adds_actions = TRUE;
  change->record.counts[0] = 10;
  change->record.counts[1] = 20;
  batch_item_add_record (item, change);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (BatchItem) one = sample_operate (
          make_delivery (fixture->store, i + 1, i < 2 ? DELIVERY_DEAD : DELIVERY_DONE),
          JOURNAL_REPLAY, SAMPLE_TIME_US + 1000);

      item->operate.actions[i] = one->operate.actions[0];
      one->operate.n_actions = 0;
    }
  sample_commit_one (fixture->store, item);
  assert_records (fixture, RECORD_JOB, NULL, 0, 10, "1  job 12/21;");
}

/* Bodies of samples are {"n":number,…}: what is found of a few, page by page. */
static void
assert_found (Fixture *fixture, EventQuery *query, const char *where, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EventWhere) parsed = where != NULL ? event_where_parse (where, &error) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  StoreCursor cursor = { 0 };
  guint found;

  g_assert_no_error (error);
  query->where = parsed;
  do
    {
      g_autoptr (GPtrArray) page = NULL;

      fixture->engine->find_events (fixture->store, query, &cursor, 2, &page, &error);
      g_assert_no_error (error);
      found = page->len;
      for (guint i = 0; i < found; i++)
        g_string_append_printf (text, "%d ", (int) ((StoredEvent *) page->pdata[i])->seq);
    }
  while (found == 2);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_search_bodies (Fixture *fixture, gconstpointer name)
{
  EventQuery all = { .matched = -1 };
  EventQuery matched = { .matched = 1 };
  EventQuery text = { .matched = -1, .text = "\"n\":4" };
  EventQuery late = { .matched = -1, .from_us = SAMPLE_TIME_US + 4 };

  for (guint i = 1; i <= 5; i++)
    {
      BatchItem *item = sample_append (i, SAMPLE_TIME_US + i, i % 2);
      g_autofree char *body = g_strdup_printf ("{\"n\":%u,\"name\":\"a\\u0062%u\"}", i, i % 2);

      g_bytes_unref (item->append.events[0].event->body);
      item->append.events[0].event->body = g_bytes_new (body, strlen (body));
      sample_commit_one (fixture->store, item);
    }
  assert_found (fixture, &all, "$.detail.n>=3", "5 4 3 ");
  assert_found (fixture, &all, "$.detail.n=2.0", "2 ");
  assert_found (fixture, &all, "$.detail.name=ab1", "5 3 1 ");
  assert_found (fixture, &all, "$.detail.name!=ab1", "4 2 ");
  assert_found (fixture, &all, "$.detail.other!=1", "5 4 3 2 1 ");
  assert_found (fixture, &all, "$.detail.other=null", "");
  assert_found (fixture, &matched, "$.detail.n<4", "3 1 ");
  assert_found (fixture, &late, "$.detail.n>0", "5 4 ");
  assert_found (fixture, &text, NULL, "4 ");
}

/* However small the budget, going on from the cursor comes to the end and misses nothing. */
static void
test_search_budget (Fixture *fixture, gconstpointer name)
{
  EventQuery query = { .matched = -1, .budget_us = 1, .source = "shop" };
  StoreCursor cursor = { 0 };
  guint n = 0;

  for (guint i = 1; i <= 1000; i++)
    sample_commit_one (fixture->store, sample_append (i, SAMPLE_TIME_US + i / 7, 0));
  for (guint mode = 0; mode < 2; mode++)
    {
      query.text = mode == 1 ? "{" : NULL;
      cursor = (StoreCursor){ 0 };
      n = 0;
      do
        {
          g_autoptr (GPtrArray) page = NULL;
          g_autoptr (GError) error = NULL;

          fixture->engine->find_events (fixture->store, &query, &cursor, 100, &page, &error);
          g_assert_no_error (error);
          n += page->len;
          if (page->len < 100 && !cursor.is_cut)
            break;
        }
      while (TRUE);
      g_assert_cmpuint (n, ==, 1000);
    }
}

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const StoredDeadGroup *one = *(const StoredDeadGroup *const *) a;
  const StoredDeadGroup *other = *(const StoredDeadGroup *const *) b;

  return (one->n > other->n) - (one->n < other->n);
}

static void
test_dead_groups (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (GError) error = NULL;
  const StoredDeadGroup *small, *large;

  fixture->engine->dead_groups (fixture->store, &none, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  for (guint i = 1; i <= 4; i++)
    make_delivery (fixture->store, i, i < 4 ? DELIVERY_DEAD : DELIVERY_DONE);
  sample_commit_one (fixture->store, sample_append (5, SAMPLE_TIME_US, 1));
  sample_commit_one (fixture->store,
                     sample_operate ((DeliveryKey){ 5, 1 }, JOURNAL_GIVE_UP, SAMPLE_TIME_US + 9));
  sample_commit_one (fixture->store,
                     sample_operate ((DeliveryKey){ 1, 1 }, JOURNAL_REPLAY, SAMPLE_TIME_US + 10));
  fixture->engine->dead_groups (fixture->store, &groups, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (groups->len, ==, 2);
  g_ptr_array_sort (groups, compare_groups);
  small = groups->pdata[0];
  large = groups->pdata[1];
  g_assert_cmpint (small->n, ==, 1);
  g_assert_cmpint (small->dead, ==, DEAD_OPERATOR);
  g_assert_cmpint (small->last_us, ==, SAMPLE_TIME_US + 9);
  g_assert_cmpint (small->sample.event_seq, ==, 5);
  g_assert_cmpstr (small->connector, ==, "webhook/1");
  g_assert_cmpint (large->n, ==, 2);
  g_assert_cmpint (large->dead, ==, DEAD_REFUSED);
  g_assert_cmpint (large->sample.event_seq, ==, 3);
  g_assert_cmpstr (large->detail_type, ==, small->detail_type);
}

static gint64
oldest_of (Fixture *fixture, const char *connector)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  gint64 since_us = 0;

  fixture->engine->oldest_pending (fixture->store, &found, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++)
    {
      const StoredOldest *one = found->pdata[i];

      if (!g_str_equal (one->connector, connector))
        continue;
      g_assert_cmpint (since_us, ==, 0);
      since_us = one->since_us;
    }
  return since_us;
}

static void
test_oldest_pending (Fixture *fixture, gconstpointer name)
{
  g_assert_cmpint (oldest_of (fixture, "webhook/1"), ==, 0);
  make_delivery (fixture->store, 1, DELIVERY_DONE);
  g_assert_cmpint (oldest_of (fixture, "webhook/1"), ==, 0);
  for (guint i = 2; i <= 4; i++)
    sample_commit_one (fixture->store, sample_append (i, SAMPLE_TIME_US + (gint64) i * 100, 2));
  g_assert_cmpint (oldest_of (fixture, "webhook/1"), ==, SAMPLE_TIME_US + 200);
  g_assert_cmpint (oldest_of (fixture, "webhook/2"), ==, SAMPLE_TIME_US + 200);
  sample_commit_one (fixture->store, sample_settle ((DeliveryKey){ 2, 1 }, 1, SAMPLE_TIME_US + 500,
                                                    DELIVERY_WAITING));
  g_assert_cmpint (oldest_of (fixture, "webhook/1"), ==, SAMPLE_TIME_US + 200);
  sample_commit_one (fixture->store,
                     sample_settle ((DeliveryKey){ 2, 1 }, 2, SAMPLE_TIME_US + 600, DELIVERY_DEAD));
  g_assert_cmpint (oldest_of (fixture, "webhook/1"), ==, SAMPLE_TIME_US + 300);
  /* What is replayed is owed anew. */
  sample_commit_one (fixture->store,
                     sample_operate ((DeliveryKey){ 2, 1 }, JOURNAL_REPLAY, SAMPLE_TIME_US + 700));
  g_assert_cmpint (oldest_of (fixture, "webhook/1"), ==, SAMPLE_TIME_US + 300);
  g_assert_cmpint (oldest_of (fixture, "webhook/2"), ==, SAMPLE_TIME_US + 200);
}

static void
test_operate_missing (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);

  g_assert_false (
      operate (fixture->store, items, (DeliveryKey){ 1, 1 }, JOURNAL_REPLAY)->out_applied);
  g_assert_false (operate (fixture->store, items, (DeliveryKey){ G_MAXINT64, 9 }, JOURNAL_DISCARD)
                      ->out_applied);
}

/* A replayed delivery counts anew, its history goes on. */
static void
test_second_round (Fixture *fixture, gconstpointer name)
{
  DeliveryKey key = make_delivery (fixture->store, 1, DELIVERY_DEAD);
  g_autoptr (StoredDelivery) delivery = NULL;
  g_autoptr (GPtrArray) journal = NULL;

  sample_commit_one (fixture->store, sample_operate (key, JOURNAL_REPLAY, SAMPLE_TIME_US + 100));
  sample_commit_one (fixture->store, sample_settle (key, 2, SAMPLE_TIME_US + 200, DELIVERY_DONE));
  delivery = load_delivery (fixture->store, key);
  g_assert_cmpuint (delivery->attempts, ==, 2);
  g_assert_cmpuint (delivery->round_attempts, ==, 1);
  g_assert_cmpint (delivery->since_us, ==, SAMPLE_TIME_US + 100);
  journal = load_journal (fixture->store, key);
  g_assert_cmpuint (journal->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (((JournalEntry *) journal->pdata[i])->n, ==, i + 1);
}

/* ---- Claim ---- */

static GArray *
claim (Fixture *fixture, const char *connector, gint64 now_us, guint limit, StoreClaim *out_claim)
{
  g_autoptr (GError) error = NULL;

  *out_claim = (StoreClaim){ .due = g_array_new (FALSE, FALSE, sizeof (StoreDue)) };
  fixture->engine->claim (fixture->store, connector, now_us, limit, out_claim, &error);
  g_assert_no_error (error);
  return out_claim->due;
}

/* Due times with many ties, in no order, for two connectors in three priorities. */
static void
append_for_claims (Fixture *fixture)
{
  for (guint i = 0; i < 60; i++)
    {
      BatchItem *item = sample_append (i, SAMPLE_TIME_US + i, 2);

      for (guint k = 0; k < 2; k++)
        {
          item->append.events[0].deliveries[k].due_us = SAMPLE_TIME_US + (i * 7 + k) % 5;
          item->append.events[0].deliveries[k].priority = i % 3 * 4;
        }
      sample_commit_one (fixture->store, item);
    }
  for (guint i = 0; i < 60; i += 3)
    sample_commit_one (fixture->store, sample_settle ((DeliveryKey){ i + 1, 1 }, 1,
                                                      SAMPLE_TIME_US + i, DELIVERY_DONE));
}

static void
test_claim (Fixture *fixture, gconstpointer name)
{
  gint64 now_us = SAMPLE_TIME_US + 2;

  append_for_claims (fixture);
  for (guint limit = 0; limit < 60; limit += 7)
    {
      StoreClaim first_claim;
      g_autoptr (GArray) due = claim (fixture, "webhook/1", now_us, limit, &first_claim);

      /* 40 are left, 24 of them are due. */
      g_assert_cmpuint (due->len, ==, MIN (limit, 40));
      g_assert_cmpint (first_claim.has_more_due, ==, limit < 24);
      g_assert_cmpint (first_claim.next_us, ==,
                       limit >= 40 ? DELIVERY_NEVER_US : SAMPLE_TIME_US + (limit < 32 ? 3 : 4));
      for (guint i = 1; i < due->len; i++)
        {
          const StoreDue *a = &g_array_index (due, StoreDue, i - 1), *b = a + 1;

          g_assert_true (b->connector == g_intern_string ("webhook/1"));
          g_assert_cmpint (a->due_us <= now_us, ==, i <= 24);
          if (i < 24)
            g_assert_cmpint (a->priority, >=, b->priority);
          if (i == 24 || (i < 24 && a->priority > b->priority))
            continue;
          g_assert_cmpint (a->due_us, <=, b->due_us);
          if (a->due_us == b->due_us)
            g_assert_cmpint (a->key.event_seq, <, b->key.event_seq);
        }
    }
}

static void
test_claim_of_none (Fixture *fixture, gconstpointer name)
{
  StoreClaim claimed;
  g_autoptr (GArray) due = NULL;

  append_for_claims (fixture);
  due = claim (fixture, "webhook/unheard-of", SAMPLE_TIME_US, 10, &claimed);
  g_assert_cmpuint (due->len, ==, 0);
  g_assert_false (claimed.has_more_due);
  g_assert_cmpint (claimed.next_us, ==, DELIVERY_NEVER_US);
}

/* A sender's clock may be anything. */
static void
test_claim_before_1970 (Fixture *fixture, gconstpointer data)
{
  BatchItem *item = sample_append (1, SAMPLE_TIME_US, 1);
  StoreClaim claimed;
  g_autoptr (GArray) due = NULL;

  item->append.events[0].deliveries[0].due_us = -5;
  sample_commit_one (fixture->store, item);
  due = claim (fixture, "webhook/1", 0, 10, &claimed);
  g_assert_cmpuint (due->len, ==, 1);
}

/* Delayed from the beginning: its age counts from when it is due. */
static void
test_delayed (Fixture *fixture, gconstpointer name)
{
  BatchItem *item = sample_append (1, SAMPLE_TIME_US, 1);
  g_autoptr (StoredDelivery) delivery = NULL;

  item->append.events[0].deliveries[0].due_us = SAMPLE_TIME_US + 500;
  sample_commit_one (fixture->store, item);
  delivery = load_delivery (fixture->store, first);
  g_assert_cmpint (delivery->since_us, ==, SAMPLE_TIME_US + 500);
  g_assert_cmpint (delivery->due_us, ==, SAMPLE_TIME_US + 500);
  g_assert_cmpint (delivery->created_us, ==, SAMPLE_TIME_US);
}

/* ---- Order ---- */

/* Commits so many events with one delivery each, of one order key; the last one is delayed. */
static void
append_in_order (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      BatchItem *item = sample_append (i, SAMPLE_TIME_US, 1);
      NewDelivery *delivery = &item->append.events[0].deliveries[0];

      delivery->order_key = 77;
      delivery->due_us = SAMPLE_TIME_US + (i + 1 == n ? G_USEC_PER_SEC : 0);
      sample_commit_one (fixture->store, item);
    }
}

static void
assert_due (Fixture *fixture, gint64 seq, gint64 due_us)
{
  g_autoptr (StoredDelivery) delivery = load_delivery (fixture->store, (DeliveryKey){ seq, 1 });

  g_assert_cmpint (delivery->due_us, ==, due_us);
}

static StoreDue
settle_in_order (Fixture *fixture, gint64 seq, gint64 at_us, DeliveryState state)
{
  g_autoptr (BatchItem) item = sample_settle ((DeliveryKey){ seq, 1 }, 1, at_us, state);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  Batch batch = { .items = items };
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (items, item);
  fixture->engine->commit (fixture->store, &batch, &error);
  g_assert_no_error (error);
  return item->settlement.out_next;
}

static void
test_order (Fixture *fixture, gconstpointer name)
{
  gint64 at_us = SAMPLE_TIME_US + 10;
  StoreClaim claimed;
  StoreDue next;

  append_in_order (fixture, 3);
  assert_due (fixture, 1, SAMPLE_TIME_US);
  assert_due (fixture, 2, DELIVERY_NEVER_US);
  assert_due (fixture, 3, DELIVERY_NEVER_US);
  {
    g_autoptr (GArray) due = claim (fixture, "webhook/1", G_MAXINT64, 10, &claimed);

    g_assert_cmpuint (due->len, ==, 1);
    g_assert_cmpint (claimed.next_us, ==, DELIVERY_NEVER_US);
  }

  /* One that will be tried again keeps its place. */
  next = settle_in_order (fixture, 1, at_us, DELIVERY_WAITING);
  g_assert_null (next.connector);
  assert_due (fixture, 2, DELIVERY_NEVER_US);

  next = settle_in_order (fixture, 1, at_us, DELIVERY_DONE);
  g_assert_cmpstr (next.connector, ==, "webhook/1");
  g_assert_cmpint (next.key.event_seq, ==, 2);
  g_assert_cmpint (next.due_us, ==, at_us + 1500);
  assert_due (fixture, 2, at_us + 1500);
  assert_due (fixture, 3, DELIVERY_NEVER_US);

  /* Its turn has come, its time has not. */
  next = settle_in_order (fixture, 2, at_us, DELIVERY_DEAD);
  g_assert_cmpint (next.due_us, ==, SAMPLE_TIME_US + G_USEC_PER_SEC);

  /* A replay waits for whoever has the turn; then it comes first. */
  sample_commit_one (fixture->store,
                     sample_operate ((DeliveryKey){ 2, 1 }, JOURNAL_REPLAY, at_us + 2000));
  assert_due (fixture, 2, DELIVERY_NEVER_US);
  next = settle_in_order (fixture, 3, at_us + 3000, DELIVERY_DONE);
  g_assert_cmpint (next.key.event_seq, ==, 2);
  assert_due (fixture, 2, at_us + 3000 + 1500);
  next = settle_in_order (fixture, 2, at_us + 9000, DELIVERY_DONE);
  g_assert_null (next.connector);
  sample_assert_ledger (fixture->store);
}

/* ---- Holds ---- */

static void
assert_state (Fixture *fixture, DeliveryKey key, DeliveryState state)
{
  g_autoptr (StoredDelivery) delivery = load_delivery (fixture->store, key);

  g_assert_cmpint (delivery->state, ==, state);
}

static guint
count_found (Fixture *fixture, DeliveryState state, DeliveryOrder order)
{
  DeliveryQuery query = { .states = DELIVERY_STATE_BIT (state), .order = order };
  g_autoptr (GPtrArray) deliveries = NULL;
  StoreCursor cursor = { 0 };
  g_autoptr (GError) error = NULL;

  fixture->engine->find_deliveries (fixture->store, &query, &cursor, 100, &deliveries, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < deliveries->len; i++)
    g_assert_cmpint (((StoredDelivery *) deliveries->pdata[i])->state, ==, state);
  return deliveries->len;
}

static void
test_hold (Fixture *fixture, gconstpointer name)
{
  Store *store = fixture->store;
  g_autoptr (StoredEvent) event = NULL;
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  sample_commit_one (store, sample_append (1, SAMPLE_TIME_US, 3));
  sample_commit_one (store, sample_append (2, SAMPLE_TIME_US, 3));
  sample_commit_one (store,
                     sample_settle ((DeliveryKey){ 1, 1 }, 1, SAMPLE_TIME_US, DELIVERY_WAITING));
  sample_commit_one (store,
                     sample_settle ((DeliveryKey){ 1, 2 }, 1, SAMPLE_TIME_US, DELIVERY_DONE));
  sample_commit_one (store, sample_hold (HOLD_PAUSE, "webhook/1", SAMPLE_TIME_US));
  sample_commit_one (store, sample_hold (HOLD_SHUT, "webhook/2", SAMPLE_TIME_US));

  assert_state (fixture, (DeliveryKey){ 1, 1 }, DELIVERY_HELD);
  assert_state (fixture, (DeliveryKey){ 2, 1 }, DELIVERY_HELD);
  assert_state (fixture, (DeliveryKey){ 1, 2 }, DELIVERY_DONE);
  assert_state (fixture, (DeliveryKey){ 2, 2 }, DELIVERY_HELD);
  assert_state (fixture, (DeliveryKey){ 1, 3 }, DELIVERY_READY);
  store->engine->ledger (store, FALSE, &ledger, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ledger.by_state[DELIVERY_HELD], ==, 3);
  g_assert_cmpint (ledger.by_state[DELIVERY_READY], ==, 2);
  g_assert_cmpint (ledger.by_state[DELIVERY_WAITING], ==, 0);
  sample_assert_ledger (store);
  for (guint order = 0; order < 2; order++)
    {
      g_assert_cmpuint (count_found (fixture, DELIVERY_HELD, (DeliveryOrder) order), ==, 3);
      g_assert_cmpuint (count_found (fixture, DELIVERY_READY, (DeliveryOrder) order), ==, 2);
      g_assert_cmpuint (count_found (fixture, DELIVERY_WAITING, (DeliveryOrder) order), ==, 0);
    }
  store->engine->load_event (store, "00000000-0000-7000-8000-000000000001", &event, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (event->n_by_state[DELIVERY_HELD], ==, 1);

  /* Its end gives every one back what it was. */
  sample_commit_one (store, sample_hold (HOLD_PAUSE, "webhook/1", 0));
  sample_commit_one (store, sample_hold (HOLD_SHUT, "webhook/2", 0));
  assert_state (fixture, (DeliveryKey){ 1, 1 }, DELIVERY_WAITING);
  assert_state (fixture, (DeliveryKey){ 2, 1 }, DELIVERY_READY);
  assert_state (fixture, (DeliveryKey){ 2, 2 }, DELIVERY_READY);
}

static gboolean
hold_applies (Fixture *fixture, HoldKind kind, gint64 since_us)
{
  g_autoptr (BatchItem) item = sample_hold (kind, "webhook/1", since_us);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  Batch batch = { .items = items };
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (items, item);
  fixture->engine->commit (fixture->store, &batch, &error);
  g_assert_no_error (error);
  return item->hold.out_applied;
}

/* Either kind comes and goes by itself. */
static void
test_holds (Fixture *fixture, gconstpointer name)
{
  g_autofree char *both = NULL;
  g_autofree char *none = NULL;

  g_assert_false (hold_applies (fixture, HOLD_PAUSE, 0));
  g_assert_false (hold_applies (fixture, HOLD_SHUT, 0));
  g_assert_true (hold_applies (fixture, HOLD_PAUSE, SAMPLE_TIME_US));
  g_assert_false (hold_applies (fixture, HOLD_PAUSE, SAMPLE_TIME_US + 7));
  g_assert_true (hold_applies (fixture, HOLD_SHUT, SAMPLE_TIME_US + 1));
  g_assert_true (hold_applies (fixture, HOLD_SHUT, SAMPLE_TIME_US + 2));
  both = sample_dump (fixture->store, 10);
  g_assert_nonnull (strstr (both,
                            "hold of webhook/1: paused 1795251600000000 by “ada”: “it answers"
                            " nothing but 500”, shut 1795251600000002 until 1795251605000002 after"
                            " 3 probes: “it answers nothing but 500”\n"));
  g_assert_true (hold_applies (fixture, HOLD_PAUSE, 0));
  g_assert_true (hold_applies (fixture, HOLD_SHUT, 0));
  none = sample_dump (fixture->store, 10);
  g_assert_null (strstr (none, "hold of"));
}

static void
test_move (Fixture *fixture, gconstpointer name)
{
  g_autoptr (StoredDelivery) moved = NULL;
  g_autofree char *due = NULL;

  sample_commit_one (fixture->store, sample_append (1, SAMPLE_TIME_US, 2));
  sample_commit_one (fixture->store,
                     sample_settle ((DeliveryKey){ 1, 2 }, 1, SAMPLE_TIME_US, DELIVERY_DONE));
  sample_commit_one (fixture->store, batch_item_new_move (first, "file/new"));
  sample_commit_one (fixture->store, batch_item_new_move ((DeliveryKey){ 1, 2 }, "file/new"));
  sample_commit_one (fixture->store, batch_item_new_move ((DeliveryKey){ 7, 1 }, "file/new"));
  moved = load_delivery (fixture->store, first);
  g_assert_cmpstr (moved->connector, ==, "file/new");
  g_assert_cmpstr (moved->rule, ==, "default/rule-1");
  due = sample_claim_text (fixture->store, "file/new", SAMPLE_TIME_US, 10);
  g_assert_cmpstr (due, ==, "due 1-1 at 1795251600000000 for file/new, priority 4\n");
  sample_assert_ledger (fixture->store);
}

/* What the target said to a probe is kept, but counts for nothing. */
static void
test_probe (Fixture *fixture, gconstpointer name)
{
  BatchItem *probe = sample_settle (first, 1, SAMPLE_TIME_US, DELIVERY_WAITING);
  g_autoptr (StoredDelivery) delivery = NULL;
  g_autoptr (GPtrArray) journal = NULL;

  sample_commit_one (fixture->store, sample_append (1, SAMPLE_TIME_US, 1));
  probe->settlement.is_probe = TRUE;
  sample_commit_one (fixture->store, probe);
  delivery = load_delivery (fixture->store, first);
  journal = load_journal (fixture->store, first);
  g_assert_cmpuint (delivery->attempts, ==, 1);
  g_assert_cmpuint (delivery->round_attempts, ==, 0);
  g_assert_cmpuint (journal->len, ==, 1);
}

/* ---- Not found ---- */

static void
test_not_found (Fixture *fixture, gconstpointer name)
{
  static const DeliveryKey missing[] = {
    { 2, 1 }, { 1, 2 }, { 1, 0 }, { 0, 1 }, { -1, 1 }, { 1, 65536 }, { G_MAXINT64, G_MAXUINT32 },
  };
  StoredEvent *event = NULL;
  GPtrArray *array = NULL;
  StoredDelivery *delivery = NULL;
  Store *store = fixture->store;
  GError *error = NULL;

  sample_commit_one (store, sample_append (1, SAMPLE_TIME_US, 1));
  g_assert_false (fixture->engine->load_event (store, "no such id", &event, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (fixture->engine->load_deliveries (store, "", &array, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
  g_clear_error (&error);
  for (guint i = 0; i < G_N_ELEMENTS (missing); i++)
    {
      Event *of = NULL;

      g_assert_false (fixture->engine->load_delivery (store, missing[i], &delivery, &of, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_assert_false (fixture->engine->load_journal (store, missing[i], &array, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_assert_null (of);
    }
  g_assert_null (event);
  g_assert_null (array);
  g_assert_null (delivery);
}

/* ---- Generations ---- */

/* 1, 9 and 10 are there. */
static void
check_history (Fixture *fixture)
{
  g_autoptr (StoredGeneration) ninth = NULL, none = NULL;
  g_autoptr (GPtrArray) all = NULL, below = NULL;
  g_autoptr (GError) error = NULL;
  const StoredGeneration *newest;

  fixture->engine->find_generations (fixture->store, 0, 100, &all, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 3);
  newest = g_ptr_array_index (all, 0);
  g_assert_cmpuint (newest->generation, ==, 10);
  g_assert_cmpstr (newest->reason, ==, "because of 10");
  g_assert_null (newest->content);
  fixture->engine->find_generations (fixture->store, 10, 1, &below, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (below->len, ==, 1);
  g_assert_cmpuint (((StoredGeneration *) g_ptr_array_index (below, 0))->generation, ==, 9);

  fixture->engine->load_generation (fixture->store, 9, &ninth, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (ninth->digest, ==, "digest-9");
  g_assert_cmpstr (ninth->reason, ==, "because of 9");
  g_assert_cmpstr (ninth->content, ==, "{\"router.json\":\"{}\"}");
  g_assert_false (fixture->engine->load_generation (fixture->store, 5, &none, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
}

static void
test_generations (Fixture *fixture, gconstpointer name)
{
  g_autoptr (StoredGeneration) generation = NULL;
  g_autoptr (GError) error = NULL;

  sample_commit_one (fixture->store, sample_generation (1, SAMPLE_TIME_US));
  sample_commit_one (fixture->store, sample_generation (10, SAMPLE_TIME_US + 10));
  sample_commit_one (fixture->store, sample_generation (9, SAMPLE_TIME_US + 20));
  check_history (fixture);
  fixture->engine->last_generation (fixture->store, &generation, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (generation->generation, ==, 10);
  g_assert_cmpint (generation->at_us, ==, SAMPLE_TIME_US + 10);
  g_assert_cmpstr (generation->author, ==, "ada");
  g_assert_cmpstr (generation->digest, ==, "digest-10");
  g_assert_cmpstr (generation->content, ==, "{\"router.json\":\"{}\"}");
  g_assert_false (sample_commit (fixture->store, &error, sample_append (1, SAMPLE_TIME_US, 0),
                                 sample_generation (9, SAMPLE_TIME_US), NULL));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  sample_assert_ledger (fixture->store);
}

static void
test_clock (Fixture *fixture, gconstpointer name)
{
  StoredClock one = { "0a1b2c3d-0000-4000-8000-000000000001", 1, 2, 3 };
  StoredClock other = { "", G_MAXINT64, -2, SAMPLE_TIME_US };
  StoredClock found;
  g_autoptr (GError) error = NULL;

  g_assert_true (fixture->engine->last_clock (fixture->store, &found, &error));
  g_assert_cmpint (found.wall_us, ==, 0);
  sample_commit_one (fixture->store, batch_item_new_clock (&one));
  g_assert_true (fixture->engine->last_clock (fixture->store, &found, &error));
  g_assert_cmpstr (found.boot, ==, one.boot);
  sample_commit_one (fixture->store, batch_item_new_clock (&other));
  g_assert_true (fixture->engine->last_clock (fixture->store, &found, &error));
  g_assert_cmpstr (found.boot, ==, "");
  g_assert_cmpint (found.boot_us, ==, G_MAXINT64);
  g_assert_cmpint (found.steady_us, ==, -2);
  g_assert_cmpint (found.wall_us, ==, SAMPLE_TIME_US);
}

/* When something is due is a time of its own, whatever the wall clock dates it with. */
static void
test_steady (Fixture *fixture, gconstpointer name)
{
  const gint64 ahead_us = 3600 * (gint64) G_USEC_PER_SEC, now_us = SAMPLE_TIME_US + ahead_us;
  BatchItem *item = sample_append (1, SAMPLE_TIME_US, 1);
  g_autoptr (StoredDelivery) fresh = NULL;
  g_autoptr (StoredDelivery) replayed = NULL;
  g_autoptr (StoredDelivery) next = NULL;

  item->append.events[0].deliveries[0].due_us = now_us + 5;
  item->append.events[0].deliveries[0].since_us = now_us;
  item->append.events[0].deliveries[0].order_key = 7;
  sample_commit_one (fixture->store, item);
  item = sample_append (2, SAMPLE_TIME_US, 1);
  item->append.events[0].deliveries[0].since_us = now_us - 5;
  item->append.events[0].deliveries[0].order_key = 7;
  sample_commit_one (fixture->store, item);
  fresh = load_delivery (fixture->store, first);
  g_assert_cmpint (fresh->since_us, ==, now_us);
  g_assert_cmpint (fresh->due_us, ==, now_us + 5);
  g_assert_cmpint (fresh->created_us, ==, SAMPLE_TIME_US);

  item = sample_settle (first, 1, SAMPLE_TIME_US, DELIVERY_DEAD);
  item->settlement.due_us = now_us + 10;
  sample_commit_one (fixture->store, item);
  next = load_delivery (fixture->store, (DeliveryKey){ 2, 1 });
  g_assert_cmpint (next->due_us, ==, now_us + 10);
  sample_commit_one (fixture->store,
                     sample_settle ((DeliveryKey){ 2, 1 }, 1, SAMPLE_TIME_US, DELIVERY_DONE));

  item = sample_operate (first, JOURNAL_REPLAY, SAMPLE_TIME_US + 1);
  item->operate.actions[0].due_us = now_us + 20;
  sample_commit_one (fixture->store, item);
  replayed = load_delivery (fixture->store, first);
  g_assert_cmpint (replayed->due_us, ==, now_us + 20);
  g_assert_cmpint (replayed->since_us, ==, now_us + 20);
  g_assert_cmpint (replayed->changed_us, ==, SAMPLE_TIME_US + 1);
}

/* ---- Whole commits only ---- */

#define N_TOGETHER 5

typedef struct
{
  Store *store;
  gint stop; /* atomic */
} Reading;

static gpointer
read_all_the_time (gpointer data)
{
  Reading *reading = data;
  Store *store = reading->store;
  guint n_rounds = 0;

  do
    {
      const EventQuery query = { .matched = -1 };
      StoreCursor cursor = { 0 };
      g_autoptr (GPtrArray) events = NULL;
      g_autoptr (GError) error = NULL;
      StoreLedger ledger;

      store->engine->ledger (store, n_rounds % 2 == 0, &ledger, &error);
      g_assert_no_error (error);
      g_assert_cmpint (store_ledger_difference (&ledger), ==, 0);
      g_assert_cmpint (ledger.events % N_TOGETHER, ==, 0);
      store->engine->find_events (store, &query, &cursor, N_TOGETHER, &events, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < events->len; i++)
        {
          const StoredEvent *event = g_ptr_array_index (events, i);

          g_assert_cmpuint (event->n_deliveries, ==, 2);
          g_assert_cmpint (event->seq, ==, ((StoredEvent *) events->pdata[0])->seq - (gint64) i);
        }
      n_rounds++;
    }
  while (!g_atomic_int_get (&reading->stop));
  return NULL;
}

static void
test_whole_commits (Fixture *fixture, gconstpointer name)
{
  static const char *const connectors[] = { "webhook/a", "webhook/b", NULL };
  Reading reading = { .store = fixture->store };
  GThread *threads[6];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_all_the_time, &reading);
  for (guint i = 0; i < 60; i++)
    {
      BatchItem *item = batch_item_new_append (N_TOGETHER);

      for (guint k = 0; k < N_TOGETHER; k++)
        sample_append_fill (&item->append.events[k], i * N_TOGETHER + k, SAMPLE_TIME_US + i,
                            connectors);
      sample_commit_one (fixture->store, item);
      sample_commit_one (fixture->store, sample_settle ((DeliveryKey){ i + 1, 2 }, 1,
                                                        SAMPLE_TIME_US + i, DELIVERY_DONE));
    }
  g_atomic_int_set (&reading.stop, 1);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* ---- Requests that come again ---- */

static void
commit_keeping (Store *store, BatchItem *const *list, guint n)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  Batch batch = { .items = items };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, list[i]);
  store->engine->commit (store, &batch, &error);
  g_assert_no_error (error);
}

static void
assert_repeat (Store *store, BatchItem *item, RepeatVerdict verdict, const char *answer)
{
  g_autoptr (BatchItem) owned G_GNUC_UNUSED = item;

  commit_keeping (store, &item, 1);
  g_assert_cmpint (item->append.repeat->out_verdict, ==, verdict);
  g_assert_cmpstr (item->append.repeat->out_answer, ==, answer);
  g_assert_true (batch_item_was_appended (item) == (verdict == REPEAT_FIRST));
}

static gint64
count_events (Store *store)
{
  StoreLedger ledger = { 0 };
  g_autoptr (GError) error = NULL;

  store->engine->ledger (store, TRUE, &ledger, &error);
  g_assert_no_error (error);
  return ledger.events;
}

static void
test_repeat (Fixture *fixture, gconstpointer name)
{
  const gint64 now = SAMPLE_TIME_US, later = now + 10;
  BatchItem *elsewhere = sample_append_repeat (5, now, "a", 'x', later);
  Store *store = fixture->store;

  assert_repeat (store, sample_append_repeat (1, now, "a", 'x', later), REPEAT_FIRST, NULL);
  assert_repeat (store, sample_append_repeat (2, now + 1, "a", 'x', later), REPEAT_SAME,
                 "answer 1");
  assert_repeat (store, sample_append_repeat (3, now + 1, "a", 'y', later), REPEAT_OTHER, NULL);
  assert_repeat (store, sample_append_repeat (4, now, "b", 'y', later), REPEAT_FIRST, NULL);
  g_free (elsewhere->append.repeat->scope);
  elsewhere->append.repeat->scope = g_strdup ("api");
  assert_repeat (store, elsewhere, REPEAT_FIRST, NULL);
  /* What was a repeat does not prolong the first; once that has expired all begins anew. */
  assert_repeat (store, sample_append_repeat (6, later - 1, "a", 'x', later + 9), REPEAT_SAME,
                 "answer 1");
  assert_repeat (store, sample_append_repeat (7, later, "a", 'y', later + 9), REPEAT_FIRST, NULL);
  assert_repeat (store, sample_append_repeat (8, later + 8, "a", 'y', later + 9), REPEAT_SAME,
                 "answer 7");
  g_assert_cmpint (count_events (store), ==, 4);
  sample_assert_ledger (store);
}

/* The second of one batch is a repeat of the first. */
static void
test_repeat_in_batch (Fixture *fixture, gconstpointer name)
{
  g_autoptr (BatchItem) first_item = sample_append_repeat (1, SAMPLE_TIME_US, "a", 'x',
                                                           SAMPLE_TIME_US + 10);
  g_autoptr (BatchItem) second_item = sample_append_repeat (2, SAMPLE_TIME_US, "a", 'x',
                                                            SAMPLE_TIME_US + 10);
  BatchItem *list[] = { first_item, second_item };

  commit_keeping (fixture->store, list, 2);
  g_assert_cmpint (first_item->append.repeat->out_verdict, ==, REPEAT_FIRST);
  g_assert_cmpint (second_item->append.repeat->out_verdict, ==, REPEAT_SAME);
  g_assert_cmpstr (second_item->append.repeat->out_answer, ==, "answer 1");
  g_assert_cmpint (count_events (fixture->store), ==, 1);
}

/* A key is kept with its events or not at all. */
static void
test_repeat_all_or_nothing (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;

  sample_commit (fixture->store, &error,
                 sample_append_repeat (1, SAMPLE_TIME_US, "a", 'x', SAMPLE_TIME_US + 10),
                 sample_settle ((DeliveryKey){ 77, 1 }, 1, SAMPLE_TIME_US, DELIVERY_DONE), NULL);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  assert_repeat (fixture->store,
                 sample_append_repeat (2, SAMPLE_TIME_US, "a", 'y', SAMPLE_TIME_US + 10),
                 REPEAT_FIRST, NULL);
  g_assert_cmpint (count_events (fixture->store), ==, 1);
}

static void
test_repeat_idle (Fixture *fixture, gconstpointer name)
{
  Store *store = fixture->store;
  const gint64 now = SAMPLE_TIME_US;

  assert_repeat (store, sample_append_repeat (1, now, "short", 'x', now + 1), REPEAT_FIRST, NULL);
  assert_repeat (store, sample_append_repeat (2, now, "long", 'x', now + 100), REPEAT_FIRST, NULL);
  sample_commit_one (store, sample_append (3, now + 50, 0));
  for (guint i = 0; i < 3; i++)
    store->engine->idle (store);
  assert_repeat (store, sample_append_repeat (4, now + 50, "long", 'x', now + 100), REPEAT_SAME,
                 "answer 2");
  /* Forgotten, not only expired: even a clock that was set back does not know it. */
  assert_repeat (store, sample_append_repeat (5, now, "short", 'y', now + 1), REPEAT_FIRST, NULL);
}

/* ---- Expire ---- */

#define DAY_US (24 * 3600 * (gint64) G_USEC_PER_SEC)

static gboolean
has_event (Store *store, guint number)
{
  g_autofree char *id = sample_event_id (number);
  g_autoptr (StoredEvent) event = NULL;
  g_autoptr (GError) error = NULL;

  if (store->engine->load_event (store, id, &event, &error))
    return TRUE;
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
  return FALSE;
}

/* Events 1 to 6 with a delivery in state 1 to 6, 7 without one, 8 with two: done and dead. */
static void
make_all_states (Store *store)
{
  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    make_delivery (store, state, (DeliveryState) state);
  sample_commit_one (store, sample_append (7, SAMPLE_TIME_US, 0));
  sample_commit_one (store, sample_append (8, SAMPLE_TIME_US, 2));
  sample_commit_one (store,
                     sample_settle ((DeliveryKey){ 8, 1 }, 1, SAMPLE_TIME_US, DELIVERY_DONE));
  sample_commit_one (store,
                     sample_settle ((DeliveryKey){ 8, 2 }, 1, SAMPLE_TIME_US, DELIVERY_DEAD));
}

static void
test_expire (Fixture *fixture, gconstpointer name)
{
  static const struct
  {
    StoreRetention retention;
    const char *left;
  } cases[] = {
    { { { 0 }, 0 }, "12345678" },
    { { { [DELIVERY_READY] = 1, [DELIVERY_WAITING] = 1, [DELIVERY_HELD] = 1 }, 0 }, "12345678" },
    { { { [DELIVERY_DONE] = DAY_US }, 0 }, "123568" },
    { { { [DELIVERY_DONE] = DAY_US, [DELIVERY_DISCARDED] = DAY_US }, 0 }, "12358" },
    { { { [DELIVERY_DONE] = DAY_US, [DELIVERY_DEAD] = DAY_US }, 0 }, "123" },
  };

  make_all_states (fixture->store);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) left = g_string_new (NULL);

      sample_expire (fixture->store, &cases[i].retention, SAMPLE_TIME_US + DAY_US, 3);
      sample_expire (fixture->store, &cases[i].retention, SAMPLE_TIME_US + DAY_US + G_USEC_PER_SEC,
                     3);
      for (guint number = 1; number <= 8; number++)
        if (has_event (fixture->store, number))
          g_string_append_printf (left, "%u", number);
      g_assert_cmpstr (left->str, ==, cases[i].left);
      sample_assert_ledger (fixture->store);
    }
}

static void
test_expire_numbers (Fixture *fixture, gconstpointer name)
{
  const StoreRetention retention = { .age_us = { [DELIVERY_DONE] = DAY_US } };
  g_autofree char *text = NULL;

  make_all_states (fixture->store);
  sample_expire (fixture->store, &retention, SAMPLE_TIME_US + 2 * DAY_US, 100);
  text = sample_dump (fixture->store, 10);
  g_assert_nonnull (strstr (text, "count 1 [] [] [] state 0: 8\n"));
  g_assert_nonnull (strstr (text, "count 2 [] [] [] state 0: 1\n"));
  g_assert_nonnull (strstr (text, "count 5 [] [] [] state 0: 8\n"));
  g_assert_nonnull (strstr (text, "count 7 [default/rule-1] [target-1] [webhook/1] state 4: 1\n"));
  g_assert_nonnull (strstr (text, "count 8 [] [] [] state 0: 2\n"));
  g_assert_nonnull (strstr (text, "count 9 [] [] [] state 0: 1\n"));
  g_assert_nonnull (strstr (text, "8 events, 1 unmatched, 8 deliveries: 1 1 1 1 2 1; 2 events, 1 "
                                  "unmatched, 1 deliveries expired\n"));
}

/* What comes later: a new event is no old one's neighbour, and a late attempt is nobody's. */
static void
test_expire_then (Fixture *fixture, gconstpointer name)
{
  const StoreRetention retention = { .age_us = { [DELIVERY_DONE] = DAY_US } };
  DeliveryKey key = make_delivery (fixture->store, 1, DELIVERY_DONE);
  BatchItem *next = sample_append (2, SAMPLE_TIME_US, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (StoredDelivery) delivery = NULL;

  sample_expire (fixture->store, &retention, SAMPLE_TIME_US + 2 * DAY_US, 100);
  g_assert_false (has_event (fixture->store, 1));
  g_assert_false (fixture->engine->load_delivery (fixture->store, key, &delivery, NULL, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
  sample_commit_one (fixture->store, next);
  sample_commit_one (fixture->store, sample_settle (key, 2, SAMPLE_TIME_US, DELIVERY_DONE));
  sample_commit_one (fixture->store, sample_operate (key, JOURNAL_REPLAY, SAMPLE_TIME_US));
  delivery = load_delivery (fixture->store, (DeliveryKey){ 2, 1 });
  g_assert_cmpint (delivery->state, ==, DELIVERY_READY);
  sample_assert_ledger (fixture->store);
}

/* A delivery that was replayed keeps its event, until it is done for good. */
static void
test_expire_replayed (Fixture *fixture, gconstpointer name)
{
  const StoreRetention retention = {
    .age_us = { [DELIVERY_DONE] = DAY_US, [DELIVERY_DEAD] = 2 * DAY_US }
  };
  DeliveryKey key = make_delivery (fixture->store, 1, DELIVERY_DEAD);
  gint64 late_us = SAMPLE_TIME_US + 3 * DAY_US;

  sample_expire (fixture->store, &retention, SAMPLE_TIME_US + DAY_US, 10);
  sample_commit_one (fixture->store, sample_operate (key, JOURNAL_REPLAY, SAMPLE_TIME_US + DAY_US));
  sample_expire (fixture->store, &retention, late_us, 10);
  g_assert_true (has_event (fixture->store, 1));
  sample_commit_one (fixture->store, sample_settle (key, 2, late_us, DELIVERY_DONE));
  sample_expire (fixture->store, &retention, late_us + DAY_US, 10);
  g_assert_true (has_event (fixture->store, 1));
  sample_expire (fixture->store, &retention, late_us + DAY_US + G_USEC_PER_SEC, 10);
  g_assert_false (has_event (fixture->store, 1));
  sample_assert_ledger (fixture->store);
}

/* Above its size the store lets go of what is done, the oldest first, and of nothing else. */
static void
test_expire_by_size (Fixture *fixture, gconstpointer name)
{
  const StoreRetention retention = { .age_us = { [DELIVERY_DONE] = DAY_US }, .max_bytes = 1 };

  make_all_states (fixture->store);
  sample_expire (fixture->store, &retention, SAMPLE_TIME_US + STORE_MIN_AGE_US - 100, 2);
  g_assert_true (has_event (fixture->store, 4));
  g_assert_true (has_event (fixture->store, 7));
  sample_expire (fixture->store, &retention, SAMPLE_TIME_US + STORE_MIN_AGE_US + G_USEC_PER_SEC, 2);
  for (guint number = 1; number <= 8; number++)
    g_assert_cmpint (has_event (fixture->store, number), ==, number != 4 && number != 7);
  sample_assert_ledger (fixture->store);
}

/* When to ask again. */
static void
test_expire_next (Fixture *fixture, gconstpointer name)
{
  const StoreRetention nothing = { .max_bytes = 0 };
  const StoreRetention retention = { .age_us = { [DELIVERY_DONE] = DAY_US } };
  const StoreEngine *engine = fixture->engine;
  gint64 now_us = SAMPLE_TIME_US + 10;

  g_assert_cmpint (engine->expire (fixture->store, &retention, now_us, 10), ==, G_MAXINT64);
  make_delivery (fixture->store, 1, DELIVERY_DONE);
  g_assert_cmpint (engine->expire (fixture->store, &retention, now_us, 10), >, now_us);
  g_assert_cmpint (engine->expire (fixture->store, &retention, now_us, 10), <=,
                   SAMPLE_TIME_US + DAY_US + G_USEC_PER_SEC);
  if (engine == &store_engine_sqlite)
    g_assert_cmpint (engine->expire (fixture->store, &nothing, now_us, 10), ==, G_MAXINT64);
}

static void
test_idle (Fixture *fixture, gconstpointer name)
{
  fixture->engine->idle (fixture->store);
  sample_commit_one (fixture->store, sample_append (1, SAMPLE_TIME_US, 1));
  fixture->engine->idle (fixture->store);
  sample_commit_one (fixture->store, sample_append (2, SAMPLE_TIME_US, 1));
  sample_assert_ledger (fixture->store);
}

int
main (int argc, char *argv[])
{
  static const char *const engines[] = { "memory", "sqlite" };
  static const struct
  {
    const char *name;
    void (*run) (Fixture *, gconstpointer);
  } cases[] = {
    { "empty", test_empty },
    { "append", test_append },
    { "sequence", test_sequence },
    { "values", test_values },
    { "many-deliveries", test_many_deliveries },
    { "all-or-nothing", test_all_or_nothing },
    { "settle", test_settle },
    { "settle-dead", test_settle_dead },
    { "settle-without-attempt", test_settle_without_attempt },
    { "settle-late", test_settle_late },
    { "settle-missing", test_settle_missing },
    { "operate", test_operate },
    { "operate-missing", test_operate_missing },
    { "operate-unsettled", test_operate_unsettled },
    { "restore", test_restore },
    { "search-bodies", test_search_bodies },
    { "search-budget", test_search_budget },
    { "dead-groups", test_dead_groups },
    { "oldest-pending", test_oldest_pending },
    { "records", test_records },
    { "record-of-actions", test_record_of_actions },
    { "second-round", test_second_round },
    { "claim", test_claim },
    { "claim-of-none", test_claim_of_none },
    { "claim-before-1970", test_claim_before_1970 },
    { "delayed", test_delayed },
    { "order", test_order },
    { "hold", test_hold },
    { "holds", test_holds },
    { "move", test_move },
    { "probe", test_probe },
    { "not-found", test_not_found },
    { "generations", test_generations },
    { "clock", test_clock },
    { "steady", test_steady },
    { "whole-commits", test_whole_commits },
    { "repeat", test_repeat },
    { "repeat-in-batch", test_repeat_in_batch },
    { "repeat-all-or-nothing", test_repeat_all_or_nothing },
    { "repeat-idle", test_repeat_idle },
    { "idle", test_idle },
    { "expire", test_expire },
    { "expire-numbers", test_expire_numbers },
    { "expire-then", test_expire_then },
    { "expire-replayed", test_expire_replayed },
    { "expire-by-size", test_expire_by_size },
    { "expire-next", test_expire_next },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint e = 0; e < G_N_ELEMENTS (engines); e++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autofree char *path = g_strdup_printf ("/store/%s/%s", engines[e], cases[i].name);

        g_test_add (path, Fixture, engines[e], set_up, cases[i].run, tear_down);
      }
  return g_test_run ();
}

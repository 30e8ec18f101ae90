/* The SQLite engine against the oracle: long sequences of random batches, after each of which both
 * are asked the same random questions and must give the same answers, to the order and the last
 * field.
 *
 * Seeded: a failure names the seed, and "--seed" or a fixed one gives it again.  Times and names
 * come from small ranges, so that ties and hits are frequent. */
#include "base/error.h"
#include "store/dead-letter.h"
#include "support/store-samples.h"

#include <string.h>

#define N_BATCHES 150
#define DUMP_EVERY 50
#define REOPEN_EVERY 40
#define MAX_PAGES 6 /* of one question: each makes the oracle sort everything */

static guint
pick (Random *random, guint n)
{
  return (guint) (random_u64 (random) % n);
}

static const char *
pick_text (Random *random, const char *const *texts)
{
  return texts[pick (random, g_strv_length ((char **) texts))];
}

static const char *const buses[] = { "default", "eu", NULL };
static const char *const entrances[] = { "api", "source/shop", "source/github", NULL };
static const char *const sources[] = { "shop", "github", "a.b", NULL };
static const char *const detail_types[] = { "Order Paid", "push", NULL };
static const char *const rules[] = { "default/chat", "default/audit", "eu/all", "eu/1", NULL };
static const char *const targets[] = { "t1", "t2", NULL };
static const char *const connectors[] = { "webhook/chat", "file/audit", "email/ops", NULL };
static const char *const codes[] = { ERROR_CODE_TIMEOUT, ERROR_CODE_THROTTLING, NULL };
static const char *const notes[] = { "", "Connection refused", "Größe", NULL };

static gint64
pick_time (Random *random)
{
  /* On both sides of a minute. */
  return SAMPLE_TIME_US - 20 + pick (random, 40);
}

/* ---- Random items ---- */

/* What the next batch may refer to. */
typedef struct
{
  GArray *keys; /* DeliveryKey: all that exist */
  guint64 n_events;
  guint64 n_generations;
} World;

static void
fill_event (Random *random, AppendEvent *append, guint64 number)
{
  g_autofree char *id = sample_event_id (number);
  g_autofree char *body_text = g_strnfill (pick (random, 600), 'x');
  g_autoptr (GBytes) body = g_bytes_new (body_text, strlen (body_text));
  gint64 received_us = pick_time (random);
  g_autoptr (GPtrArray) matched = g_ptr_array_new ();
  const Event fields = {
    .id = id,
    .bus = (char *) pick_text (random, buses),
    .ingress = (char *) pick_text (random, entrances),
    .source = (char *) pick_text (random, sources),
    .detail_type = (char *) pick_text (random, detail_types),
    .time_us = received_us - pick (random, 9),
    .received_us = received_us,
    .resources = (char *) "[]",
    .content_type = (char *) (pick (random, 2) == 0 ? "" : "application/json"),
    .body = body,
    .generation = pick (random, 5),
  };

  append->event = event_new (&fields);
  for (guint i = 0; rules[i] != NULL; i++)
    if (pick (random, 3) == 0)
      g_ptr_array_add (matched, g_strdup (rules[i]));
  g_ptr_array_add (matched, NULL);
  append->matched = (char **) g_ptr_array_steal (matched, NULL);
  append->n_deliveries = pick (random, 5);
  append->deliveries = g_new0 (NewDelivery, append->n_deliveries);
  for (guint i = 0; i < append->n_deliveries; i++)
    append->deliveries[i] = (NewDelivery){
      .rule = g_strdup (pick_text (random, rules)),
      .target = g_strdup (pick_text (random, targets)),
      .connector = g_strdup (pick_text (random, connectors)),
      .due_us = pick_time (random),
      .priority = pick (random, 3) * 4,
      .order_key = pick (random, 3) == 0 ? 1 + pick (random, 4) : 0,
    };
}

static JournalEntry *
make_entry (Random *random, JournalKind kind)
{
  JournalEntry *entry = g_new0 (JournalEntry, 1);
  gboolean has_outcome = kind == JOURNAL_ATTEMPT && pick (random, 8) != 0;

  entry->kind = kind;
  entry->at_us = pick_time (random);
  entry->actor = g_strdup (kind == JOURNAL_ATTEMPT ? "" : "ada");
  entry->reason = g_strdup (pick_text (random, notes));
  if (kind == JOURNAL_ATTEMPT)
    {
      entry->attempt = pick (random, 6);
      entry->duration_us = pick (random, 10);
    }
  if (has_outcome)
    entry->outcome = (Outcome){
      .kind = OUTCOME_DELIVERED + pick (random, 5),
      .status = pick (random, 3) == 0 ? 0 : 200 + (int) pick (random, 3) * 100,
      .error_code = pick (random, 2) == 0 ? NULL : pick_text (random, codes),
      .retry_after_us = (gint64) pick (random, 3) - 1,
      .note = g_strdup (pick_text (random, notes)),
      .response = pick (random, 2) == 0 ? NULL : g_bytes_new ("\0\1", pick (random, 3)),
    };
  return entry;
}

static DeliveryKey
pick_key (Random *random, const World *world)
{
  return g_array_index (world->keys, DeliveryKey, pick (random, world->keys->len));
}

static BatchItem *
make_append (Random *random, const World *world, guint64 *n_new)
{
  guint n = 1 + pick (random, 3);
  BatchItem *item = batch_item_new_append (n);

  for (guint i = 0; i < n; i++)
    fill_event (random, &item->append.events[i], world->n_events + ++*n_new);
  return item;
}

static BatchItem *
make_settle (Random *random, const World *world)
{
  static const DeliveryState states[] = { DELIVERY_WAITING, DELIVERY_HELD, DELIVERY_DONE,
                                          DELIVERY_DEAD };
  BatchItem *item = batch_item_new_settle ();

  item->settlement = (Settlement){
    .key = pick_key (random, world),
    .entry = make_entry (random, JOURNAL_ATTEMPT),
    .state = states[pick (random, G_N_ELEMENTS (states))],
    .due_us = pick_time (random),
    .dead = DEAD_REFUSED + pick (random, 6),
    .is_probe = pick (random, 4) == 0,
  };
  return item;
}

static BatchItem *
make_move (Random *random, const World *world)
{
  return batch_item_new_move (pick_key (random, world), pick_text (random, connectors));
}

static BatchItem *
make_hold (Random *random)
{
  BatchItem *item = batch_item_new_hold (pick (random, 2) == 0 ? HOLD_PAUSE : HOLD_SHUT,
                                         pick_text (random, connectors));

  if (pick (random, 3) != 0)
    {
      item->hold.since_us = pick_time (random);
      item->hold.until_us = pick_time (random);
      item->hold.n_probes = pick (random, 3);
      item->hold.actor = g_strdup ("ada");
      item->hold.reason = g_strdup (pick_text (random, notes));
    }
  return item;
}

static BatchItem *
make_operate (Random *random, const World *world)
{
  guint n = 1 + pick (random, 4);
  BatchItem *item = batch_item_new_operate (n);

  for (guint i = 0; i < n; i++)
    {
      static const JournalKind kinds[] = { JOURNAL_REPLAY,  JOURNAL_REPLAY, JOURNAL_DISCARD,
                                           JOURNAL_RESTORE, JOURNAL_RETRY,  JOURNAL_POSTPONE,
                                           JOURNAL_GIVE_UP };
      JournalEntry *entry = make_entry (random, kinds[pick (random, G_N_ELEMENTS (kinds))]);

      item->operate.actions[i] = (OperatorAction){
        .key = pick_key (random, world),
        .entry = entry,
        .due_us = entry->at_us + pick (random, 1000),
        .operation = pick (random, 4),
        .of_action = i > 0 && pick (random, 4) == 0 ? 1 + pick (random, i) : 0,
      };
      /* Numbers apart from those of other events: of these some are never appended. */
      if (pick (random, 4) == 0)
        fill_event (random, batch_item_append_with (item, i),
                    G_GUINT64_CONSTANT (1000000000) + pick (random, G_MAXINT32));
    }
  return item;
}

static GPtrArray *
make_batch (guint64 seed, const World *world)
{
  g_autoptr (Random) random = random_seeded_new (seed);
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);
  guint n = 1 + pick (random, 8);
  guint64 n_new = 0;

  for (guint i = 0; i < n; i++)
    {
      guint kind = pick (random, 100);

      if (kind < 40 || world->keys->len == 0)
        g_ptr_array_add (items, make_append (random, world, &n_new));
      else if (kind < 80)
        g_ptr_array_add (items, make_settle (random, world));
      else if (kind < 92)
        g_ptr_array_add (items, make_operate (random, world));
      else if (kind < 96)
        g_ptr_array_add (items, make_move (random, world));
      else
        g_ptr_array_add (items, make_hold (random));
    }
  if (pick (random, 10) == 0)
    g_ptr_array_add (items, sample_generation (world->n_generations + 1, pick_time (random)));
  /* A batch that must be refused as a whole. */
  if (world->n_events > 0 && pick (random, 10) == 0)
    {
      BatchItem *poison = batch_item_new_append (1);

      fill_event (random, &poison->append.events[0], world->n_events);
      g_ptr_array_add (items, poison);
    }
  return items;
}

static void
learn_keys (World *world, const AppendEvent *append)
{
  for (guint d = 1; d <= append->n_deliveries; d++)
    {
      DeliveryKey key = { append->out_seq, d };

      g_array_append_val (world->keys, key);
    }
}

static void
world_learn (World *world, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      const BatchItem *item = g_ptr_array_index (items, i);

      if (item->kind == BATCH_GENERATION)
        world->n_generations++;
      for (guint k = 0; item->kind == BATCH_APPEND && k < item->append.n_events; k++)
        {
          world->n_events++;
          learn_keys (world, &item->append.events[k]);
        }
      for (guint k = 0; item->kind == BATCH_OPERATE && k < item->operate.n_actions; k++)
        {
          const OperatorAction *action = &item->operate.actions[k];

          if (action->out_applied && action->append != NULL)
            learn_keys (world, action->append);
        }
    }
}

static void
add_due (GString *text, const StoreDue *due)
{
  g_string_append_printf (text, "due %" G_GINT64_FORMAT "-%u %s at %" G_GINT64_FORMAT " %u\n",
                          due->key.event_seq, due->key.index, due->connector, due->due_us,
                          due->priority);
}

/* What the engine filled in. */
static char *
results_text (GPtrArray *items)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < items->len; i++)
    {
      const BatchItem *item = g_ptr_array_index (items, i);

      if (item->kind == BATCH_APPEND)
        for (guint k = 0; k < item->append.n_events; k++)
          {
            const AppendEvent *append = &item->append.events[k];

            g_string_append_printf (text, "%" G_GINT64_FORMAT, append->out_seq);
            for (guint d = 0; d < append->n_deliveries; d++)
              g_string_append_printf (text, " %" G_GINT64_FORMAT, append->deliveries[d].out_due_us);
            g_string_append_c (text, '\n');
          }
      if (item->kind == BATCH_SETTLE)
        {
          g_string_append_printf (text, "entry %u\n", item->settlement.entry->n);
          add_due (text, &item->settlement.out_next);
        }
      if (item->kind == BATCH_OPERATE)
        for (guint k = 0; k < item->operate.n_actions; k++)
          {
            const OperatorAction *action = &item->operate.actions[k];

            g_string_append_printf (text, "%d entry %u\n", action->out_applied, action->entry->n);
            if (action->out_applied && action->append != NULL)
              g_string_append_printf (text, "with %" G_GINT64_FORMAT "\n", action->append->out_seq);
            add_due (text, &action->out_due);
          }
      if (item->kind == BATCH_HOLD)
        g_string_append_printf (text, "hold %d\n", item->hold.out_applied);
    }
  return g_string_free (text, FALSE);
}

/* ---- Random questions ---- */

static const char *
maybe (Random *random, const char *const *texts)
{
  if (pick (random, 4) != 0)
    return NULL;
  return pick (random, 12) == 0 ? "unheard-of" : pick_text (random, texts);
}

static gint64
maybe_time (Random *random)
{
  return pick (random, 4) == 0 ? pick_time (random) : 0;
}

/* One, or all that begin with a 3 or a 4. */
static int
maybe_status (Random *random)
{
  static const int wanted[] = { 300, -3, -4 };

  return pick (random, 3) == 0 ? wanted[pick (random, G_N_ELEMENTS (wanted))] : 0;
}

static guint
maybe_states (Random *random)
{
  guint chosen = pick (random, 1 << DELIVERY_N_STATES) & ~1u;

  switch (pick (random, 4))
    {
    case 0:
      return DELIVERY_STATE_BIT (DELIVERY_DEAD);
    case 1:
      return chosen;
    default:
      return 0;
    }
}

static char *
ask_events (Store *store, guint64 seed)
{
  g_autoptr (Random) random = random_seeded_new (seed);
  const EventQuery query = {
    .source = maybe (random, sources),
    .bus = maybe (random, buses),
    .ingress = maybe (random, entrances),
    .detail_type = maybe (random, detail_types),
    .rule = maybe (random, rules),
    .matched = (int) pick (random, 3) - 1,
    .from_us = maybe_time (random),
    .to_us = maybe_time (random),
    .states = maybe_states (random),
    .connector = maybe (random, connectors),
    .status = maybe_status (random),
    .budget_us = pick (random, 2) == 0 ? 0 : G_TIME_SPAN_HOUR,
  };
  guint limit = 1 + pick (random, 30);
  StoreCursor cursor = { 0 };
  GString *text = g_string_new (NULL);
  guint n, n_pages = 0;

  do
    {
      g_autoptr (GPtrArray) events = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *place = NULL;

      store->engine->find_events (store, &query, &cursor, limit, &events, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < events->len; i++)
        {
          g_autofree char *line = sample_event_text (g_ptr_array_index (events, i));

          g_string_append (text, line);
        }
      place = store_cursor_format (&cursor);
      g_string_append_printf (text, "then %s\n", place);
      n = events->len;
    }
  while (n == limit && ++n_pages < MAX_PAGES);
  return g_string_free (text, FALSE);
}

/* Of one of the newest dead letters; NULL: there is none, or nobody asks. */
static char *
maybe_fingerprint (Store *store, Random *random)
{
  const DeliveryQuery dead = { .states = DELIVERY_STATE_BIT (DELIVERY_DEAD) |
                                         DELIVERY_STATE_BIT (DELIVERY_DISCARDED),
                               .order = DELIVERY_ORDER_NEWEST };
  guint wanted = pick (random, 40), place = pick (random, 20);
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GError) error = NULL;
  StoreCursor cursor = { 0 };
  const StoredDelivery *one;

  if (wanted >= 10)
    return NULL;
  store->engine->find_deliveries (store, &dead, &cursor, 20, &deliveries, &error);
  g_assert_no_error (error);
  if (place >= deliveries->len)
    return g_strdup ("unheard-of");
  one = deliveries->pdata[place];
  return dead_letter_fingerprint (one->connector, one->rule, one->dead, one->last_status,
                                  one->last_error_code, one->last_note);
}

static char *
ask_deliveries (Store *store, guint64 seed)
{
  g_autoptr (Random) random = random_seeded_new (seed);
  g_autofree char *fingerprint = maybe_fingerprint (store, random);
  const DeliveryQuery query = {
    .states = maybe_states (random),
    .connector = maybe (random, connectors),
    .rule = maybe (random, rules),
    .target = maybe (random, targets),
    .source = maybe (random, sources),
    .detail_type = maybe (random, detail_types),
    .error_code = maybe (random, codes),
    .status = maybe_status (random),
    .from_us = maybe_time (random),
    .to_us = maybe_time (random),
    .dead = pick (random, 6) == 0 ? DEAD_REFUSED + pick (random, 6) : DEAD_NOT,
    .fingerprint = fingerprint,
    .replayed = pick (random, 6) == 0 ? (int) pick (random, 3) - 1 : 0,
    .operation = pick (random, 6) == 0 ? pick (random, 5) : 0,
    .order = pick (random, 2) == 0 ? DELIVERY_ORDER_DUE : DELIVERY_ORDER_NEWEST,
    .budget_us = pick (random, 2) == 0 ? 0 : G_TIME_SPAN_HOUR,
  };
  guint limit = 1 + pick (random, 30);
  StoreCursor cursor = { 0 };
  GString *text = g_string_new (NULL);
  guint n, n_pages = 0;

  do
    {
      g_autoptr (GPtrArray) deliveries = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *place = NULL;

      store->engine->find_deliveries (store, &query, &cursor, limit, &deliveries, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < deliveries->len; i++)
        {
          g_autofree char *line = sample_delivery_text (g_ptr_array_index (deliveries, i));

          g_string_append (text, line);
        }
      place = store_cursor_format (&cursor);
      g_string_append_printf (text, "then %s\n", place);
      n = deliveries->len;
    }
  while (n == limit && ++n_pages < MAX_PAGES);
  return g_string_free (text, FALSE);
}

static char *
ask_claim (Store *store, guint64 seed)
{
  g_autoptr (Random) random = random_seeded_new (seed);
  const char *connector = pick (random, 10) == 0 ? "unheard-of" : pick_text (random, connectors);
  gint64 now_us = pick_time (random);

  return sample_claim_text (store, connector, now_us, 1 + pick (random, 60));
}

/* Cursors that nobody was given, as a client may send them. */
static char *
ask_anywhere (Store *store, guint64 seed)
{
  g_autoptr (Random) random = random_seeded_new (seed);
  const DeliveryQuery query = {
    .from_us = maybe_time (random),
    .to_us = maybe_time (random),
    .order = pick (random, 2) == 0 ? DELIVERY_ORDER_DUE : DELIVERY_ORDER_NEWEST,
  };
  const EventQuery events_query = { .matched = -1, .from_us = query.from_us, .to_us = query.to_us };
  const StoreCursor place = { pick_time (random), pick (random, 50), pick (random, 6) };
  StoreCursor cursor = place;
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);

  store->engine->find_deliveries (store, &query, &cursor, 7, &deliveries, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < deliveries->len; i++)
    {
      g_autofree char *line = sample_delivery_text (g_ptr_array_index (deliveries, i));

      g_string_append (text, line);
    }
  cursor = (StoreCursor){ place.time_us, place.seq, 0 };
  store->engine->find_events (store, &events_query, &cursor, 7, &events, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < events->len; i++)
    {
      g_autofree char *line = sample_event_text (g_ptr_array_index (events, i));

      g_string_append (text, line);
    }
  return g_string_free (text, FALSE);
}

static void
assert_same_answers (Store *oracle, Store *store, char *(*ask) (Store *, guint64), guint64 seed)
{
  g_autofree char *expected = ask (oracle, seed);
  g_autofree char *answer = ask (store, seed);

  g_assert_cmpstr (answer, ==, expected);
}

static void
compare (Store *oracle, Store *store, Random *random, gboolean thoroughly)
{
  for (guint i = 0; i < 3; i++)
    {
      assert_same_answers (oracle, store, ask_events, random_u64 (random));
      assert_same_answers (oracle, store, ask_deliveries, random_u64 (random));
      assert_same_answers (oracle, store, ask_anywhere, random_u64 (random));
      assert_same_answers (oracle, store, ask_claim, random_u64 (random));
    }
  if (thoroughly)
    {
      g_autofree char *expected = sample_dump (oracle, 17);
      g_autofree char *dump = sample_dump (store, 17);

      g_assert_cmpstr (dump, ==, expected);
      sample_assert_ledger (store);
    }
}

/* ---- The run ---- */

static void
commit_both (Store *oracle, Store *store, World *world, guint64 seed)
{
  g_autoptr (GPtrArray) expected_items = make_batch (seed, world);
  g_autoptr (GPtrArray) items = make_batch (seed, world);
  Batch expected_batch = { .items = expected_items };
  Batch batch = { .items = items };
  g_autoptr (GError) expected_error = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *results = NULL;

  if (!oracle->engine->commit (oracle, &expected_batch, &expected_error))
    {
      g_assert_error (expected_error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
      g_assert_false (store->engine->commit (store, &batch, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
      return;
    }
  store->engine->commit (store, &batch, &error);
  g_assert_no_error (error);
  expected = results_text (expected_items);
  results = results_text (items);
  g_assert_cmpstr (results, ==, expected);
  world_learn (world, items);
}

/* Times go back and forth here, while the engine's walk relies on going on: it begins anew when it
 * is told another age than the last time, which even and odd numbers are in turns. */
static void
expire_both (Store *oracle, Store *store, Random *random, guint turn)
{
  const StoreRetention retention = {
    .age_us = { [DELIVERY_DONE] = 2 * pick (random, 15) + turn % 2,
                [DELIVERY_DEAD] = pick (random, 2) * pick (random, 60),
                [DELIVERY_DISCARDED] = pick (random, 2) * pick (random, 60) },
  };
  gint64 now_us = SAMPLE_TIME_US + 15 + pick (random, 30);

  sample_expire (oracle, &retention, now_us, 1000);
  sample_expire (store, &retention, now_us, 1 + pick (random, 9));
}

static Store *
open_store (const StoreEngine *engine, const char *folder)
{
  g_autoptr (GError) error = NULL;
  Store *store = engine->open (folder, &error);

  g_assert_no_error (error);
  return store;
}

static void
run (guint64 seed)
{
  g_autoptr (Random) random = random_seeded_new (seed);
  char *folder = sample_folder_new ();
  Store *oracle = open_store (&store_engine_memory, NULL);
  Store *store = open_store (&store_engine_sqlite, folder);
  World world = { .keys = g_array_new (FALSE, FALSE, sizeof (DeliveryKey)) };

  g_test_message ("seed %" G_GUINT64_FORMAT, seed);
  for (guint i = 1; i <= N_BATCHES; i++)
    {
      commit_both (oracle, store, &world, random_u64 (random));
      if (i % 7 == 0)
        store->engine->idle (store);
      if (i % 20 == 0)
        expire_both (oracle, store, random, i / 20);
      if (i % REOPEN_EVERY == 0)
        {
          store_close (store);
          store = open_store (&store_engine_sqlite, folder);
        }
      compare (oracle, store, random, i % DUMP_EVERY == 0);
    }
  g_assert_cmpuint (world.n_events, >, N_BATCHES);
  g_array_unref (world.keys);
  store_close (oracle);
  store_close (store);
  sample_folder_free (folder);
}

static void
test_fixed (void)
{
  run (1);
}

/* Another one each time; g_test_rand_int() follows "--seed". */
static void
test_fresh (void)
{
  run ((guint64) g_test_rand_int () & G_MAXUINT32);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/random/fixed-seed", test_fixed);
  g_test_add_func ("/store/random/fresh-seed", test_fresh);
  return g_test_run ();
}

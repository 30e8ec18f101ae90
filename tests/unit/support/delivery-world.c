/* The fixture of the delivery tests. */
#include "support/delivery-world.h"

#include "base/error.h"
#include "support/config-folder.h"

#include <string.h>

#define WAIT_SECONDS 30
#define START_US (G_GINT64_CONSTANT (1795252440) * G_USEC_PER_SEC)

/* ---- The store that is watched ------------------------------------------------------------- */

/* The engine's table is a member of the world. */
static DeliveryWorld *
world_of (Store *store)
{
  return (DeliveryWorld *) ((char *) store->engine - G_STRUCT_OFFSET (DeliveryWorld, engine));
}

static gboolean
is_to_fail (gint *counter, GError **error)
{
  if (g_atomic_int_get (counter) <= 0 || g_atomic_int_add (counter, -1) <= 0)
    return FALSE;
  g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE, "The test makes this fail");
  return TRUE;
}

static gboolean
watched_commit (Store *store, Batch *batch, GError **error)
{
  DeliveryWorld *world = world_of (store);
  gboolean ok = !is_to_fail (&world->fail_commits, error) &&
                store_engine_memory.commit (store, batch, error);

  g_mutex_lock (&world->lock);
  g_cond_broadcast (&world->committed);
  g_mutex_unlock (&world->lock);
  return ok;
}

static gboolean
watched_load (Store *store,
              DeliveryKey key,
              StoredDelivery **out_delivery,
              Event **out_event,
              GError **error)
{
  DeliveryWorld *world = world_of (store);

  /* Only the Deliver asks for the event. */
  if (out_event != NULL && is_to_fail (&world->fail_loads, error))
    return FALSE;
  return store_engine_memory.load_delivery (store, key, out_delivery, out_event, error);
}

static gboolean
watched_claim (Store *store,
               const char *connector,
               gint64 now_us,
               guint limit,
               StoreClaim *claim,
               GError **error)
{
  return !is_to_fail (&world_of (store)->fail_claims, error) &&
         store_engine_memory.claim (store, connector, now_us, limit, claim, error);
}

static gboolean
watched_holds (Store *store, GPtrArray **out_holds, GError **error)
{
  return !is_to_fail (&world_of (store)->fail_claims, error) &&
         store_engine_memory.holds (store, out_holds, error);
}

/* ---- The world ----------------------------------------------------------------------------- */

Clock *
delivery_world_clock (void)
{
  return clock_manual_new (START_US);
}

DeliveryWorld *
delivery_world_new (Clock *clock)
{
  static const WriterSettings settings = {
    .max_queued_events = 10000,
    .max_batch_items = 64,
    .full_retry_ms = 10,
  };
  DeliveryWorld *world = g_new0 (DeliveryWorld, 1);
  g_autoptr (GError) error = NULL;

  g_mutex_init (&world->lock);
  g_cond_init (&world->committed);
  world->folder = test_folder_new ();
  world->state_dir = test_folder_new ();
  world->clock = clock;
  world->random = random_seeded_new (7);

  world->store = store_engine_memory.open (NULL, &error);
  g_assert_no_error (error);
  world->engine = store_engine_memory;
  world->engine.commit = watched_commit;
  world->engine.load_delivery = watched_load;
  world->engine.claim = watched_claim;
  world->engine.holds = watched_holds;
  world->store->engine = &world->engine;
  world->writer = writer_new (world->store, &settings, NULL, NULL);
  return world;
}

void
delivery_world_free (DeliveryWorld *world)
{
  g_clear_pointer (&world->deliver, deliver_free);
  writer_free (world->writer);
  store_close (world->store);
  g_clear_pointer (&world->snapshots, snapshot_holder_free);
  test_folder_free (world->folder);
  test_folder_free (world->state_dir);
  clock_free (world->clock);
  random_free (world->random);
  g_cond_clear (&world->committed);
  g_mutex_clear (&world->lock);
  g_free (world);
}

/* ---- Configuration ------------------------------------------------------------------------- */

void
delivery_world_put (DeliveryWorld *world, const char *relative, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  test_folder_put (world->folder, relative, text);
}

void
delivery_world_delete (DeliveryWorld *world, const char *relative)
{
  g_autoptr (GError) error = NULL;

  config_write_file (world->folder, relative, NULL, &error);
  g_assert_no_error (error);
}

static void
print_problems (GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    {
      g_autofree char *text = config_problem_format (g_ptr_array_index (problems, i));

      g_test_message ("%s", text);
    }
}

void
delivery_world_apply (DeliveryWorld *world)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) configuration = config_load (world->folder, connector_schemas (), NULL,
                                                         &problems);
  g_autoptr (Snapshot) snapshot = NULL;

  if (configuration == NULL)
    print_problems (problems);
  g_assert_nonnull (configuration);
  snapshot = snapshot_new (++world->generation, configuration);
  if (world->snapshots == NULL)
    world->snapshots = snapshot_holder_new (snapshot);
  else
    snapshot_publish (world->snapshots, snapshot);
  if (world->deliver != NULL)
    deliver_reconfigure (world->deliver);
}

void
delivery_world_put_webhook (DeliveryWorld *world,
                            const char *name,
                            Receiver *receiver,
                            const char *more)
{
  g_autofree char *file = g_strdup_printf ("webhook/%s.json", name);

  delivery_world_put (world, file, "{%s\"Url\":\"%s/%s\",\"AllowAddresses\":[\"loopback\"]}", more,
                      receiver_url (receiver), name);
}

void
delivery_world_put_rule (DeliveryWorld *world,
                         const char *name,
                         const char *connector,
                         const char *more)
{
  g_autofree char *file = g_strdup_printf ("rule/default/%s.json", name);

  delivery_world_put (world, file, "{\"Targets\":[{\"Id\":\"t\",\"Arn\":\"%s\"%s}]}", connector,
                      more);
}

/* ---- Running ------------------------------------------------------------------------------- */

DeliverSetup
delivery_world_setup (DeliveryWorld *world)
{
  return (DeliverSetup){
    .clock = world->clock,
    .random = world->random,
    .store = world->store,
    .writer = world->writer,
    .snapshots = world->snapshots,
    .state_dir = world->state_dir,
  };
}

void
delivery_world_start (DeliveryWorld *world)
{
  DeliverSetup setup = delivery_world_setup (world);
  g_autoptr (GError) error = NULL;

  g_assert_null (world->deliver);
  world->deliver = deliver_new (&setup);
  deliver_start (world->deliver, &error);
  g_assert_no_error (error);
}

void
delivery_world_stop (DeliveryWorld *world, guint grace_ms)
{
  deliver_stop (world->deliver, grace_ms);
  g_clear_pointer (&world->deliver, deliver_free);
}

void
delivery_world_advance (DeliveryWorld *world, gint64 by_us)
{
  clock_manual_advance (world->clock, by_us);
  deliver_reconfigure (world->deliver);
}

/* ---- Work ---------------------------------------------------------------------------------- */

typedef struct
{
  GMutex lock;
  GCond done;
  gboolean is_done;
  gint64 seq;
} Appended;

static void
note_seq (const BatchItem *item, const GError *error, gpointer user_data)
{
  Appended *appended = user_data;

  g_assert_no_error (error);
  g_mutex_lock (&appended->lock);
  appended->seq = item->append.events[0].out_seq;
  appended->is_done = TRUE;
  g_cond_signal (&appended->done);
  g_mutex_unlock (&appended->lock);
}

static BatchItem *
append_item_new (DeliveryWorld *world, const char *rule, const char *connector, const char *detail)
{
  BatchItem *item = batch_item_new_append (1);
  AppendEvent *append = &item->append.events[0];
  gint64 now_us = clock_wall_us (world->clock);
  g_autofree char *id = g_strdup_printf ("01934b1c-0000-7000-8000-%012" G_GUINT64_FORMAT,
                                         ++world->n_events);
  g_autoptr (GBytes) body = g_bytes_new (detail, strlen (detail));
  const char *const matched[] = { rule, NULL };

  append->event = event_new (&(Event){
      .id = id,
      .bus = (char *) "default",
      .ingress = (char *) "api",
      .source = (char *) "shop",
      .detail_type = (char *) "Order Paid",
      .time_us = now_us,
      .received_us = now_us,
      .resources = (char *) "[]",
      .content_type = (char *) "application/json",
      .body = body,
      .generation = world->generation,
  });
  append->matched = g_strdupv ((char **) matched);
  append->n_deliveries = 1;
  append->deliveries = g_new0 (NewDelivery, 1);
  append->deliveries[0] = (NewDelivery){
    .rule = g_strdup (rule),
    .target = g_strdup ("t"),
    .connector = g_strdup (connector),
    .due_us = now_us + world->due_in_us,
    .priority = DELIVERY_DEFAULT_PRIORITY,
    .order_key = world->order_key,
  };
  return item;
}

DeliveryKey
delivery_world_append_quietly (DeliveryWorld *world,
                               const char *rule,
                               const char *connector,
                               const char *detail)
{
  Appended appended = { 0 };
  g_autoptr (GError) error = NULL;

  g_mutex_init (&appended.lock);
  g_cond_init (&appended.done);
  writer_submit (world->writer, append_item_new (world, rule, connector, detail), note_seq,
                 &appended, &error);
  g_assert_no_error (error);
  g_mutex_lock (&appended.lock);
  while (!appended.is_done)
    g_cond_wait (&appended.done, &appended.lock);
  g_mutex_unlock (&appended.lock);
  g_cond_clear (&appended.done);
  g_mutex_clear (&appended.lock);
  return (DeliveryKey){ .event_seq = appended.seq, .index = 1 };
}

DeliveryKey
delivery_world_append (DeliveryWorld *world,
                       const char *rule,
                       const char *connector,
                       const char *detail)
{
  DeliveryKey key = delivery_world_append_quietly (world, rule, connector, detail);

  deliver_add (world->deliver, &(StoreDue){ key, connector, clock_wall_us (world->clock),
                                            DELIVERY_DEFAULT_PRIORITY });
  return key;
}

void
delivery_world_remember (DeliveryWorld *world,
                         DeliveryKey key,
                         const char *rule,
                         const char *connector,
                         const char *detail)
{
  BatchItem *item = append_item_new (world, rule, connector, detail);

  item->append.events[0].out_seq = key.event_seq;
  deliver_remember (world->deliver, &item->append.events[0]);
  batch_item_free (item);
}

/* Writer thread, as control does it. */
static void
note_replay (const BatchItem *item, const GError *error, gpointer user_data)
{
  DeliveryWorld *world = user_data;
  const OperatorAction *action = &item->operate.actions[0];

  g_assert_no_error (error);
  g_assert_true (action->out_applied);
  if (world->deliver != NULL)
    deliver_add (world->deliver, &action->out_due);
}

void
delivery_world_replay (DeliveryWorld *world, DeliveryKey key)
{
  BatchItem *item = batch_item_new_operate (1);
  JournalEntry *entry = g_new0 (JournalEntry, 1);
  g_autoptr (GError) error = NULL;

  entry->kind = JOURNAL_REPLAY;
  entry->at_us = clock_wall_us (world->clock);
  entry->actor = g_strdup ("tester");
  entry->reason = g_strdup ("");
  item->operate.actions[0].key = key;
  item->operate.actions[0].entry = entry;
  writer_submit (world->writer, item, note_replay, world, &error);
  g_assert_no_error (error);
}

StoredDelivery *
delivery_world_load (DeliveryWorld *world, DeliveryKey key)
{
  g_autoptr (GError) error = NULL;
  StoredDelivery *stored = NULL;

  world->engine.load_delivery (world->store, key, &stored, NULL, &error);
  g_assert_no_error (error);
  return stored;
}

StoredDelivery *
delivery_world_wait_attempts (DeliveryWorld *world,
                              DeliveryKey key,
                              DeliveryState state,
                              guint attempts)
{
  gint64 until_us = g_get_monotonic_time () + WAIT_SECONDS * G_TIME_SPAN_SECOND;
  StoredDelivery *stored;

  g_mutex_lock (&world->lock);
  while (TRUE)
    {
      stored = delivery_world_load (world, key);
      if (stored->state == state && stored->attempts >= attempts)
        break;
      if (!g_cond_wait_until (&world->committed, &world->lock, until_us))
        g_error ("Delivery %s is %s after %u attempts, not %s after %u", stored->id,
                 delivery_state_name (stored->state), stored->attempts, delivery_state_name (state),
                 attempts);
      stored_delivery_free (stored);
    }
  g_mutex_unlock (&world->lock);
  return stored;
}

StoredDelivery *
delivery_world_wait (DeliveryWorld *world, DeliveryKey key, DeliveryState state)
{
  return delivery_world_wait_attempts (world, key, state, 0);
}

GPtrArray *
delivery_world_journal (DeliveryWorld *world, DeliveryKey key)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *entries = NULL;

  world->engine.load_journal (world->store, key, &entries, &error);
  g_assert_no_error (error);
  return entries;
}

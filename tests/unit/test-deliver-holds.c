/* Connectors that take nothing, orders and long backlogs: what the delivery thread makes of them
 * together with the store, also when it is started anew. */
#include "support/delivery-world.h"

#define S G_TIME_SPAN_SECOND

static DeliveryWorld *
world_with (Receiver *receiver, const char *webhook_more, const char *target_more)
{
  DeliveryWorld *world = delivery_world_new (delivery_world_clock ());

  delivery_world_put_webhook (world, "a", receiver, webhook_more);
  delivery_world_put_rule (world, "r", "webhook/a", target_more);
  delivery_world_apply (world);
  delivery_world_start (world);
  return world;
}

static DeliveryKey
append (DeliveryWorld *world)
{
  return delivery_world_append (world, "default/r", "webhook/a", "{}");
}

static void
wait_and_free (DeliveryWorld *world, DeliveryKey key, DeliveryState state)
{
  stored_delivery_free (delivery_world_wait (world, key, state));
}

/* Waits until so many probes have failed. */
static void
wait_for_probes (DeliveryWorld *world, guint n)
{
  gint64 until_us = g_get_monotonic_time () + 30 * S;

  g_mutex_lock (&world->lock);
  while (TRUE)
    {
      g_autoptr (GPtrArray) holds = NULL;
      g_autoptr (GError) error = NULL;

      world->engine.holds (world->store, &holds, &error);
      g_assert_no_error (error);
      if (holds->len == 1 && ((StoredHold *) holds->pdata[0])->n_probes >= n)
        break;
      g_assert_true (g_cond_wait_until (&world->committed, &world->lock, until_us));
    }
  g_mutex_unlock (&world->lock);
}

/* Ten failures shut it; the rest is held without an attempt, until a probe works. */
static void
test_breaker (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (
      receiver, "\"Concurrency\":1,",
      ",\"RetryPolicy\":{\"Backoff\":{\"BaseSeconds\":3600,"
      "\"CapSeconds\":3600,\"Jitter\":0}}");
  g_autoptr (StoredDelivery) last = NULL;
  g_autoptr (StoredDelivery) probed = NULL;
  g_autoptr (GPtrArray) holds = NULL;
  g_autoptr (GError) error = NULL;
  DeliveryKey keys[15];

  receiver_set_status (receiver, 503);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    keys[i] = append (world);
  last = delivery_world_wait (world, keys[14], DELIVERY_HELD);
  g_assert_cmpuint (last->attempts, ==, 0);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 10);
  world->engine.holds (world->store, &holds, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (holds->len, ==, 1);

  /* A probe that fails costs the delivery nothing. */
  delivery_world_advance (world, 7 * S);
  probed = delivery_world_wait_attempts (world, keys[10], DELIVERY_HELD, 1);
  g_assert_cmpuint (probed->round_attempts, ==, 0);
  wait_for_probes (world, 1);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 11);

  receiver_set_status (receiver, 200);
  delivery_world_advance (world, 13 * S);
  wait_and_free (world, keys[14], DELIVERY_DONE);
  delivery_world_advance (world, 3700 * S);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    wait_and_free (world, keys[i], DELIVERY_DONE);
}

/* What was shut stays so over a restart, and is tried at its time. */
static void
test_shut_over_a_restart (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  BatchItem *item = batch_item_new_hold (HOLD_SHUT, "webhook/a");
  g_autoptr (GError) error = NULL;
  DeliveryKey key;

  delivery_world_stop (world, 1000);
  item->hold.since_us = clock_wall_us (world->clock);
  item->hold.until_us = item->hold.since_us + 20 * S;
  writer_submit_and_wait (world->writer, item, &error);
  g_assert_no_error (error);
  key = delivery_world_append_quietly (world, "default/r", "webhook/a", "{}");
  delivery_world_start (world);
  delivery_world_advance (world, 19 * S);
  wait_and_free (world, key, DELIVERY_HELD);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 0);
  delivery_world_advance (world, 1 * S);
  wait_and_free (world, key, DELIVERY_DONE);
}

static void
set_paused (DeliveryWorld *world, gboolean paused)
{
  BatchItem *item = batch_item_new_hold (HOLD_PAUSE, "webhook/a");
  g_autoptr (GError) error = NULL;

  item->hold.since_us = paused ? clock_wall_us (world->clock) : 0;
  writer_submit_and_wait (world->writer, item, &error);
  g_assert_no_error (error);
  deliver_set_paused (world->deliver, "webhook/a", paused);
}

static void
test_pause (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  DeliveryKey first, second;

  set_paused (world, TRUE);
  first = append (world);
  wait_and_free (world, first, DELIVERY_HELD);
  delivery_world_stop (world, 1000);
  delivery_world_start (world);
  second = append (world);
  delivery_world_advance (world, 3600 * S);
  wait_and_free (world, second, DELIVERY_HELD);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 0);
  set_paused (world, FALSE);
  wait_and_free (world, first, DELIVERY_DONE);
  wait_and_free (world, second, DELIVERY_DONE);
}

/* A failing head holds its own key back, and no other. */
static void
test_order (void)
{
  static const guint statuses[] = { 503 };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "",
                                                ",\"RetryPolicy\":{\"Backoff\":{\"Jitter\":0}}");
  DeliveryKey head, second, third, other;
  g_autoptr (StoredDelivery) behind = NULL;

  receiver_script (receiver, statuses, G_N_ELEMENTS (statuses));
  world->order_key = 7;
  head = append (world);
  wait_and_free (world, head, DELIVERY_WAITING);
  second = append (world);
  third = append (world);
  world->order_key = 8;
  other = append (world);
  wait_and_free (world, other, DELIVERY_DONE);
  behind = delivery_world_load (world, second);
  g_assert_cmpint (behind->due_us, ==, DELIVERY_NEVER_US);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 2);

  /* The store knows who follows. */
  delivery_world_stop (world, 1000);
  delivery_world_start (world);
  delivery_world_advance (world, 1 * S);
  wait_and_free (world, third, DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 5);
  g_assert_cmpstr (received_header (receiver_request (receiver, 2), "Signalbox-Attempt"), ==, "2");
  for (guint i = 0; i < 3; i++)
    {
      DeliveryKey keys[] = { head, second, third };
      g_autoptr (StoredDelivery) stored = delivery_world_load (world, keys[i]);

      g_assert_cmpstr (
          received_header (receiver_request (receiver, 2 + i), "Signalbox-Delivery-Id"), ==,
          stored->id);
    }
}

/* Far more than is kept in memory, told of before the start and after it. */
static void
test_backlog (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = delivery_world_new (delivery_world_clock ());
  DeliveryKey keys[200];

  delivery_world_put (world, "router.json", "{\"Limits\":{\"DeliveriesInMemory\":16}}");
  delivery_world_put_webhook (world, "a", receiver, "\"Concurrency\":3,");
  delivery_world_put_rule (world, "r", "webhook/a", "");
  delivery_world_apply (world);
  for (guint i = 0; i < 100; i++)
    keys[i] = delivery_world_append_quietly (world, "default/r", "webhook/a", "{}");
  delivery_world_start (world);
  for (guint i = 100; i < 200; i++)
    keys[i] = append (world);
  for (guint i = 0; i < 200; i++)
    wait_and_free (world, keys[i], DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 200);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/holds/breaker", test_breaker);
  g_test_add_func ("/deliver/holds/shut-over-a-restart", test_shut_over_a_restart);
  g_test_add_func ("/deliver/holds/pause", test_pause);
  g_test_add_func ("/deliver/holds/order", test_order);
  g_test_add_func ("/deliver/holds/backlog", test_backlog);
  return g_test_run ();
}

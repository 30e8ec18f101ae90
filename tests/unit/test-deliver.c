/* The delivery thread against scripted receivers, with a clock that the test sets. */
#include "support/delivery-world.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

#define S G_TIME_SPAN_SECOND

/* One webhook "a" at the receiver, one rule "r" for it, running. */
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
  return delivery_world_append (world, "default/r", "webhook/a", "{\"total\":7}");
}

static void
wait_and_free (DeliveryWorld *world, DeliveryKey key, DeliveryState state)
{
  stored_delivery_free (delivery_world_wait (world, key, state));
}

/* ---- What becomes of one delivery ---------------------------------------------------------- */

static void
test_done (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  DeliveryKey key = append (world);
  g_autoptr (StoredDelivery) stored = delivery_world_wait (world, key, DELIVERY_DONE);
  g_autoptr (GPtrArray) journal = delivery_world_journal (world, key);
  const ReceivedRequest *request = receiver_request (receiver, 0);
  g_autofree char *body = received_body (request);
  const JournalEntry *entry = g_ptr_array_index (journal, 0);

  g_assert_cmpuint (stored->attempts, ==, 1);
  g_assert_cmpint (stored->last_outcome, ==, OUTCOME_DELIVERED);
  g_assert_cmpint (stored->last_status, ==, 200);
  g_assert_cmpuint (journal->len, ==, 1);
  g_assert_cmpuint (entry->attempt, ==, 1);
  g_assert_cmpint (entry->at_us, ==, clock_wall_us (world->clock));

  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
  g_assert_cmpstr (received_header (request, "Signalbox-Delivery-Id"), ==, stored->id);
  g_assert_cmpstr (received_header (request, "Signalbox-Event-Id"), ==, stored->event_id);
  g_assert_cmpstr (received_header (request, "Signalbox-Attempt"), ==, "1");
  g_assert_cmpstr (received_header (request, "Content-Type"), ==, "application/json");
  g_assert_cmpstr (body, ==,
                   "{\"version\":\"0\",\"id\":\"01934b1c-0000-7000-8000-000000000001\","
                   "\"detail-type\":\"Order Paid\",\"source\":\"shop\","
                   "\"account\":\"000000000000\",\"time\":\"2026-11-21T09:14:00Z\","
                   "\"region\":\"local\",\"resources\":[],\"detail\":{\"total\":7}}");
}

static void
test_input (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (
      receiver, "",
      ",\"InputTransformer\":{\"InputPathsMap\":{\"n\":\"$.detail.total\"},"
      "\"InputTemplate\":\"\\\"<n> by <aws.events.rule-name>\\\"\"}");
  DeliveryKey key = append (world);
  g_autofree char *body = NULL;

  wait_and_free (world, key, DELIVERY_DONE);
  body = received_body (receiver_request (receiver, 0));
  g_assert_cmpstr (body, ==, "\"7 by r\"");
  g_assert_cmpstr (received_header (receiver_request (receiver, 0), "Content-Type"), ==,
                   "text/plain; charset=utf-8");
}

static void
test_retried_then_done (void)
{
  static const guint statuses[] = { 503, RECEIVER_DROP };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "",
                                                ",\"RetryPolicy\":{\"Backoff\":{\"Jitter\":0}}");
  g_autoptr (StoredDelivery) first = NULL;
  g_autoptr (StoredDelivery) second = NULL;
  g_autoptr (StoredDelivery) third = NULL;
  DeliveryKey key;

  receiver_script (receiver, statuses, G_N_ELEMENTS (statuses));
  key = append (world);
  first = delivery_world_wait (world, key, DELIVERY_WAITING);
  g_assert_cmpint (first->due_us, ==, clock_wall_us (world->clock) + 1 * S);
  g_assert_cmpint (first->last_status, ==, 503);
  g_assert_cmpstr (first->last_note, ==, "webhook/a answered 503 Service Unavailable");

  delivery_world_advance (world, 1 * S);
  second = delivery_world_wait_attempts (world, key, DELIVERY_WAITING, 2);
  g_assert_cmpint (second->due_us, ==, clock_wall_us (world->clock) + 2 * S);
  g_assert_cmpstr (second->last_error_code, ==, ERROR_CODE_CONNECTION_FAILURE);

  delivery_world_advance (world, 2 * S);
  third = delivery_world_wait (world, key, DELIVERY_DONE);
  g_assert_cmpuint (third->attempts, ==, 3);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 3);
  g_assert_cmpstr (received_header (receiver_request (receiver, 2), "Signalbox-Attempt"), ==, "3");
}

/* Before its time a delivery is not tried, however often the thread is woken. */
static void
test_not_before_it_is_due (void)
{
  static const guint statuses[] = { 500 };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (
      receiver, "", ",\"RetryPolicy\":{\"Backoff\":{\"BaseSeconds\":100}}");
  DeliveryKey waiting, other;

  receiver_script (receiver, statuses, G_N_ELEMENTS (statuses));
  waiting = append (world);
  wait_and_free (world, waiting, DELIVERY_WAITING);
  for (guint i = 0; i < 10; i++)
    {
      delivery_world_advance (world, 7 * S);
      deliver_add (world->deliver, &(StoreDue){ waiting, "webhook/a", clock_wall_us (world->clock),
                                                DELIVERY_DEFAULT_PRIORITY });
    }
  other = append (world);
  wait_and_free (world, other, DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 2);
}

/* Told that it is due when the store says that it is not yet: the store is right. */
static void
test_store_knows_better (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  DeliveryKey early, other;

  world->due_in_us = 100 * S;
  early = append (world);
  world->due_in_us = 0;
  other = append (world);
  wait_and_free (world, other, DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
  delivery_world_advance (world, 100 * S);
  wait_and_free (world, early, DELIVERY_DONE);
}

/* What was claimed from the store before the writer told of it: once it was tried, what is
 * remembered of it is too old to be believed. */
static void
check_remembered_late (guint status, DeliveryState state)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "\"Concurrency\":1,", "");
  g_autoptr (StoredDelivery) stored = NULL;
  DeliveryKey key, other;

  receiver_hold (receiver);
  receiver_script (receiver, &status, 1);
  key = append (world);
  receiver_wait (receiver, 1);
  delivery_world_remember (world, key, "default/r", "webhook/a", "{}");
  deliver_add (world->deliver, &(StoreDue){ key, "webhook/a", clock_wall_us (world->clock),
                                            DELIVERY_DEFAULT_PRIORITY });
  receiver_release (receiver);
  wait_and_free (world, key, state);
  delivery_world_advance (world, 60 * S);
  stored = delivery_world_wait (world, key, DELIVERY_DONE);
  other = append (world);
  wait_and_free (world, other, DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, stored->attempts + 1);
  g_assert_cmpuint (stored->attempts, ==, state == DELIVERY_DONE ? 1 : 2);
  if (state != DELIVERY_DONE)
    g_assert_cmpstr (received_header (receiver_request (receiver, 1), "Signalbox-Attempt"), ==,
                     "2");
}

static void
test_remembered_late (void)
{
  check_remembered_late (503, DELIVERY_WAITING);
  check_remembered_late (200, DELIVERY_DONE);
}

static void
test_retry_after (void)
{
  static const guint statuses[] = { 429 };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  g_autoptr (StoredDelivery) stored = NULL;
  DeliveryKey key;

  receiver_set_header (receiver, "Retry-After", "300");
  receiver_script (receiver, statuses, G_N_ELEMENTS (statuses));
  key = append (world);
  stored = delivery_world_wait (world, key, DELIVERY_WAITING);
  g_assert_cmpint (stored->due_us, ==, clock_wall_us (world->clock) + 300 * S);
  g_assert_cmpstr (stored->last_error_code, ==, ERROR_CODE_THROTTLING);
  delivery_world_advance (world, 300 * S);
  wait_and_free (world, key, DELIVERY_DONE);
}

static void
test_attempts_used_up (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "",
                                                ",\"RetryPolicy\":{\"MaximumRetryAttempts\":2}");
  g_autoptr (StoredDelivery) stored = NULL;
  DeliveryKey key;

  receiver_set_status (receiver, 500);
  key = append (world);
  for (guint attempts = 1; attempts <= 2; attempts++)
    {
      stored_delivery_free (delivery_world_wait_attempts (world, key, DELIVERY_WAITING, attempts));
      delivery_world_advance (world, 10 * S);
    }
  stored = delivery_world_wait (world, key, DELIVERY_DEAD);
  g_assert_cmpint (stored->dead, ==, DEAD_ATTEMPTS);
  g_assert_cmpuint (stored->attempts, ==, 3);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 3);
}

static void
test_too_old (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (
      receiver, "",
      ",\"RetryPolicy\":{\"MaximumEventAgeInSeconds\":60,"
      "\"Backoff\":{\"BaseSeconds\":20,\"Factor\":1,\"Jitter\":0}}");
  g_autoptr (StoredDelivery) stored = NULL;
  DeliveryKey key;

  receiver_set_status (receiver, 500);
  key = append (world);
  for (guint attempts = 1; attempts <= 2; attempts++)
    {
      stored_delivery_free (delivery_world_wait_attempts (world, key, DELIVERY_WAITING, attempts));
      delivery_world_advance (world, 20 * S);
    }
  /* After 40 s the next try would come at 60 s, when it is over. */
  stored = delivery_world_wait (world, key, DELIVERY_DEAD);
  g_assert_cmpint (stored->dead, ==, DEAD_AGE);
  g_assert_cmpuint (stored->attempts, ==, 3);
  g_assert_cmpint (stored->last_status, ==, 500);
}

/* The router was away for longer than the age: no try at all. */
static void
test_too_old_before_any_try (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (
      receiver, "", ",\"RetryPolicy\":{\"MaximumEventAgeInSeconds\":86400}");
  g_autoptr (StoredDelivery) stored = NULL;
  g_autoptr (GPtrArray) journal = NULL;
  DeliveryKey key;

  delivery_world_stop (world, 0);
  key = delivery_world_append_quietly (world, "default/r", "webhook/a", "1");
  clock_manual_advance (world->clock, G_TIME_SPAN_DAY);
  delivery_world_start (world);

  stored = delivery_world_wait (world, key, DELIVERY_DEAD);
  journal = delivery_world_journal (world, key);
  g_assert_cmpint (stored->dead, ==, DEAD_AGE);
  g_assert_cmpuint (stored->attempts, ==, 0);
  g_assert_cmpstr (stored->last_error_code, ==, ERROR_CODE_INTERNAL_ERROR);
  g_assert_cmpuint (journal->len, ==, 1);
  g_assert_cmpuint (((JournalEntry *) g_ptr_array_index (journal, 0))->attempt, ==, 0);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 0);
}

/* The whole day of tries that a target has which says nothing else, through the real loop. */
static void
test_the_usual_day (void)
{
  static const gint64 at_s[] = {
    0, 5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400, 72000, 86400
  };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  g_autoptr (StoredDelivery) dead = NULL;
  g_autoptr (GPtrArray) journal = NULL;
  gint64 begun_us = clock_wall_us (world->clock);
  gint64 real_us = g_get_monotonic_time ();
  DeliveryKey key;

  receiver_set_status (receiver, 503);
  key = append (world);
  for (guint i = 1; i < G_N_ELEMENTS (at_s); i++)
    {
      g_autoptr (StoredDelivery) stored = delivery_world_wait_attempts (world, key,
                                                                        DELIVERY_WAITING, i);
      gint64 wait_us = stored->due_us - clock_wall_us (world->clock);
      gint64 plain_us = (at_s[i] - at_s[i - 1]) * S;

      g_assert_cmpint (wait_us, >=, plain_us * 8 / 10);
      g_assert_cmpint (wait_us, <=, plain_us * 12 / 10);
      /* Not a moment before. */
      delivery_world_advance (world, wait_us - 1);
      deliver_add (world->deliver,
                   &(StoreDue){ key, "webhook/a", stored->due_us, DELIVERY_DEFAULT_PRIORITY });
      delivery_world_advance (world, 1);
    }
  dead = delivery_world_wait (world, key, DELIVERY_DEAD);
  journal = delivery_world_journal (world, key);
  g_assert_cmpint (dead->dead, ==, DEAD_ATTEMPTS);
  g_assert_cmpuint (dead->attempts, ==, 12);
  g_assert_cmpuint (journal->len, ==, 12);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 12);
  g_assert_cmpint (dead->changed_us - begun_us, >=, 86400 * S * 8 / 10);
  g_assert_cmpint (dead->changed_us - begun_us, <=, 86400 * S * 12 / 10);
  g_test_message ("%u tries over %.1f hours in %.1f ms of real time", dead->attempts,
                  (double) (dead->changed_us - begun_us) / G_TIME_SPAN_HOUR,
                  (double) (g_get_monotonic_time () - real_us) / 1000);
}

static void
test_refused (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  g_autoptr (StoredDelivery) stored = NULL;
  g_autoptr (GPtrArray) journal = NULL;
  const JournalEntry *entry;
  DeliveryKey key;

  receiver_set_status (receiver, 422);
  receiver_set_body (receiver, "no such order", -1);
  key = append (world);
  stored = delivery_world_wait (world, key, DELIVERY_DEAD);
  journal = delivery_world_journal (world, key);
  entry = g_ptr_array_index (journal, 0);
  g_assert_cmpint (stored->dead, ==, DEAD_REFUSED);
  g_assert_cmpuint (stored->attempts, ==, 1);
  g_assert_cmpint (entry->outcome.status, ==, 422);
  g_assert_cmpmem (g_bytes_get_data (entry->outcome.response, NULL),
                   g_bytes_get_size (entry->outcome.response), "no such order", 13);
}

/* 410: nothing more is sent, and nothing that is owed is given up. */
static void
test_gone (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Receiver) other = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "\"Concurrency\":1,", "");
  g_autoptr (StoredDelivery) first = NULL;
  g_autoptr (StoredDelivery) second = NULL;
  DeliveryKey key, later;

  receiver_set_status (receiver, 410);
  key = append (world);
  first = delivery_world_wait_attempts (world, key, DELIVERY_HELD, 1);
  g_assert_cmpstr (first->last_note, ==, "webhook/a answered 410 Gone and wants nothing more");
  later = append (world);
  delivery_world_advance (world, 2 * G_TIME_SPAN_DAY);

  /* Another connector's turn has come and gone, this one's has not. */
  delivery_world_put_webhook (world, "b", other, "");
  delivery_world_put_rule (world, "b", "webhook/b", "");
  delivery_world_apply (world);
  wait_and_free (world, delivery_world_append (world, "default/b", "webhook/b", "1"),
                 DELIVERY_DONE);
  second = delivery_world_load (world, later);
  g_assert_cmpuint (second->attempts, ==, 0);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
}

/* It says when, but not as a time: nothing is sent at the wrong one. */
static void
test_unreadable_time (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", ",\"DeliverAt\":\"$.source\"");
  DeliveryKey key = append (world);
  g_autoptr (StoredDelivery) stored = delivery_world_wait (world, key, DELIVERY_DEAD);

  g_assert_cmpint (stored->dead, ==, DEAD_TIME);
  g_assert_nonnull (strstr (stored->last_note, "DeliverAt: $.source is \""));
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 0);
}

static void
test_input_error (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", ",\"InputPath\":\"$.detail.none\"");
  DeliveryKey key = append (world);
  g_autoptr (StoredDelivery) stored = delivery_world_wait (world, key, DELIVERY_DEAD);

  g_assert_cmpint (stored->dead, ==, DEAD_INPUT);
  g_assert_cmpstr (stored->last_error_code, ==, ERROR_CODE_INVALID_JSON);
  g_assert_cmpstr (stored->last_note, !=, "");
  g_assert_cmpuint (stored->attempts, ==, 0);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 0);
}

static void
test_missing (void)
{
  static const struct
  {
    const char *rule, *note;
  } cases[] = {
    { "default/gone", "The rule default/gone is no longer there" },
    { "default/other", "The rule default/other has no target “t” any more" },
  };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");

  delivery_world_put (world, "rule/default/other.json",
                      "{\"Targets\":[{\"Id\":\"u\",\"Arn\":\"webhook/a\"}]}");
  delivery_world_apply (world);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DeliveryKey key = delivery_world_append (world, cases[i].rule, "webhook/a", "1");
      g_autoptr (StoredDelivery) stored = delivery_world_wait (world, key, DELIVERY_DEAD);

      g_assert_cmpint (stored->dead, ==, DEAD_NO_TARGET);
      g_assert_cmpstr (stored->last_error_code, ==, ERROR_CODE_NO_RESOURCE);
      g_assert_cmpstr (stored->last_note, ==, cases[i].note);
      g_assert_cmpuint (stored->attempts, ==, 0);
    }
}

/* The disk refuses in a way that an operator must mend: dead at once, and it works again after. */
static void
test_misconfigured (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  g_autofree char *in_the_way = g_build_filename (world->state_dir, "x", NULL);
  g_autoptr (StoredDelivery) stored = NULL;
  DeliveryKey key;

  g_assert_true (g_file_set_contents (in_the_way, "", 0, NULL));
  delivery_world_put (world, "file/f.json", "{\"Path\":\"x/log\"}");
  delivery_world_put_rule (world, "f", "file/f", "");
  delivery_world_apply (world);
  key = delivery_world_append (world, "default/f", "file/f", "1");
  stored = delivery_world_wait (world, key, DELIVERY_DEAD);
  g_assert_cmpint (stored->dead, ==, DEAD_MISCONFIGURED);
  g_assert_cmpuint (stored->attempts, ==, 1);

  delivery_world_put (world, "file/f.json", "{\"Path\":\"y/log\"}");
  delivery_world_apply (world);
  delivery_world_replay (world, key);
  wait_and_free (world, key, DELIVERY_DONE);
}

/* ---- Queues -------------------------------------------------------------------------------- */

/* The only message of the queue. */
static QueueMessage *
only_message (DeliveryWorld *world, const char *queue)
{
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (GError) error = NULL;
  gint64 after = 0;

  world->store->engine->find_messages (world->store, queue, &after, 10, &messages, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (messages->len, ==, 1);
  return g_ptr_array_steal_index (messages, 0);
}

static void
assert_body (const QueueMessage *message, const char *expected)
{
  g_assert_cmpmem (g_bytes_get_data (message->body, NULL), g_bytes_get_size (message->body),
                   expected, strlen (expected));
}

static void
test_to_queue (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  g_autoptr (StoredDelivery) stored = NULL;
  g_autoptr (QueueMessage) message = NULL;
  g_autoptr (QueueMessage) ordered = NULL;
  DeliveryKey key;

  delivery_world_put (world, "queue/work.json", "{\"DelaySeconds\":5}");
  delivery_world_put (world, "queue/line.json", "{\"FifoQueue\":true}");
  delivery_world_put_rule (world, "q", "queue/work", ",\"InputPath\":\"$.detail\"");
  delivery_world_put_rule (world, "f", "queue/line",
                           ",\"Input\":\"5\",\"SqsParameters\":{\"MessageGroupId\":\"g\"}");
  delivery_world_apply (world);
  key = delivery_world_append (world, "default/q", "queue/work", "{\"total\":7}");
  stored = delivery_world_wait (world, key, DELIVERY_DONE);
  g_assert_cmpuint (stored->attempts, ==, 1);
  g_assert_cmpint (stored->last_outcome, ==, OUTCOME_DELIVERED);
  message = only_message (world, "work");
  assert_body (message, "{\"total\":7}");
  g_assert_cmpstr (message->uid, ==, stored->id);
  g_assert_cmpstr (message->content_type, ==, "application/json");
  g_assert_cmpstr (message->group, ==, "");
  g_assert_cmpstr (message->attributes, ==, "");
  g_assert_cmpint (message->visible_us, ==, clock_wall_us (world->clock) + 5 * S);

  wait_and_free (world, delivery_world_append (world, "default/f", "queue/line", "1"),
                 DELIVERY_DONE);
  ordered = only_message (world, "line");
  assert_body (ordered, "5");
  g_assert_cmpstr (ordered->group, ==, "g");
  g_assert_cmpstr (ordered->dedup, ==, ordered->uid);
}

static void
test_too_large_for_queue (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  g_autofree char *text = g_strnfill (1100, 'x');
  g_autofree char *body = g_strdup_printf ("\"%s\"", text);
  g_autoptr (StoredDelivery) stored = NULL;

  delivery_world_put (world, "queue/work.json", "{\"MaximumMessageSize\":1024}");
  delivery_world_put_rule (world, "q", "queue/work", ",\"InputPath\":\"$.detail\"");
  delivery_world_apply (world);
  stored = delivery_world_wait (
      world, delivery_world_append (world, "default/q", "queue/work", body), DELIVERY_DEAD);
  g_assert_cmpint (stored->dead, ==, DEAD_REFUSED);
  g_assert_cmpstr (stored->last_error_code, ==, ERROR_CODE_INVALID_PARAMETER);
  g_assert_cmpstr (stored->last_note, ==,
                   "queue/work takes messages up to 1024 bytes, this one has 1102; raise its "
                   "MaximumMessageSize");
}

/* The original event, not what its target would have been sent, with EventBridge's attributes; the
 * dead letter is kept beside it, and a replay that fails makes another message. */
static void
test_dead_letter_queue (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  g_autoptr (QueueMessage) message = NULL;
  g_autoptr (StoredDelivery) stored = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  g_autofree char *origin = NULL;
  DeliveryKey key;
  gint64 after = 0;

  delivery_world_put (world, "queue/dead.json", "{}");
  delivery_world_put_rule (world, "r", "webhook/a",
                           ",\"Input\":\"1\",\"RetryPolicy\":{\"MaximumRetryAttempts\":1},"
                           "\"DeadLetterConfig\":{\"Arn\":\"queue/dead\"}");
  delivery_world_apply (world);
  receiver_set_status (receiver, 503);
  key = append (world);
  stored_delivery_free (delivery_world_wait_attempts (world, key, DELIVERY_WAITING, 1));
  delivery_world_advance (world, 10 * S);
  stored = delivery_world_wait (world, key, DELIVERY_DEAD);
  message = only_message (world, "dead");
  assert_body (message, "{\"version\":\"0\",\"id\":\"01934b1c-0000-7000-8000-000000000001\","
                        "\"detail-type\":\"Order Paid\",\"source\":\"shop\","
                        "\"account\":\"000000000000\",\"time\":\"2026-11-21T09:14:00Z\","
                        "\"region\":\"local\",\"resources\":[],\"detail\":{\"total\":7}}");
  g_assert_cmpstr (message->attributes, ==,
                   "{\"RULE_ARN\":\"signalbox:rule/default/r\","
                   "\"TARGET_ARN\":\"signalbox:webhook/a\","
                   "\"ERROR_CODE\":\"ERROR_FROM_TARGET\","
                   "\"ERROR_MESSAGE\":\"webhook/a answered 503 Service Unavailable\","
                   "\"EXHAUSTED_RETRY_CONDITION\":\"MaximumRetryAttempts\","
                   "\"RETRY_ATTEMPTS\":\"1\"}");
  origin = g_strconcat ("delivery/", stored->id, NULL);
  g_assert_cmpstr (message->origin, ==, origin);

  receiver_set_status (receiver, 404);
  delivery_world_replay (world, key);
  stored_delivery_free (delivery_world_wait_attempts (world, key, DELIVERY_DEAD, 3));
  world->store->engine->find_messages (world->store, "dead", &after, 10, &messages, NULL);
  g_assert_cmpuint (messages->len, ==, 2);
  g_assert_nonnull (strstr (((QueueMessage *) messages->pdata[1])->attributes,
                            "404 Not Found\",\"RETRY_ATTEMPTS\":\"0\"}"));
}

/* ---- Replay -------------------------------------------------------------------------------- */

static void
test_replay (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "",
                                                ",\"RetryPolicy\":{\"MaximumRetryAttempts\":0}");
  g_autoptr (GPtrArray) journal = NULL;
  g_autoptr (StoredDelivery) stored = NULL;
  DeliveryKey key;

  receiver_set_status (receiver, 500);
  key = append (world);
  wait_and_free (world, key, DELIVERY_DEAD);
  clock_manual_advance (world->clock, 2 * G_TIME_SPAN_DAY);

  /* Attempts and age count anew. */
  receiver_set_status (receiver, 200);
  delivery_world_replay (world, key);
  stored = delivery_world_wait (world, key, DELIVERY_DONE);
  g_assert_cmpuint (stored->attempts, ==, 2);
  g_assert_cmpuint (stored->round_attempts, ==, 1);
  g_assert_cmpstr (received_header (receiver_request (receiver, 1), "Signalbox-Attempt"), ==, "2");
  g_assert_cmpstr (received_header (receiver_request (receiver, 1), "Signalbox-Delivery-Id"), ==,
                   stored->id);
  journal = delivery_world_journal (world, key);
  g_assert_cmpuint (journal->len, ==, 3);
}

/* Replayed the moment that its death is known, over and over: each replay is one more try, none is
 * lost and none is made twice. */
static void
test_replay_at_once (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  g_autoptr (StoredDelivery) stored = NULL;
  DeliveryKey key;

  receiver_set_status (receiver, 400);
  key = append (world);
  for (guint i = 1; i <= 100; i++)
    {
      stored_delivery_free (delivery_world_wait_attempts (world, key, DELIVERY_DEAD, i));
      if (i == 100)
        receiver_set_status (receiver, 200);
      delivery_world_replay (world, key);
    }
  stored = delivery_world_wait (world, key, DELIVERY_DONE);
  g_assert_cmpuint (stored->attempts, ==, 101);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 101);
}

/* Told again of what is queued or under way: still one request. */
static void
test_added_again (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "\"Concurrency\":1,", "");
  DeliveryKey first, second;

  receiver_hold (receiver);
  first = append (world);
  second = append (world);
  receiver_wait (receiver, 1);
  for (guint i = 0; i < 5; i++)
    {
      deliver_add (world->deliver, &(StoreDue){ first, "webhook/a", clock_wall_us (world->clock),
                                                DELIVERY_DEFAULT_PRIORITY });
      deliver_add (world->deliver, &(StoreDue){ second, "webhook/a", clock_wall_us (world->clock),
                                                DELIVERY_DEFAULT_PRIORITY });
    }
  receiver_release (receiver);
  wait_and_free (world, first, DELIVERY_DONE);
  wait_and_free (world, second, DELIVERY_DONE);
  wait_and_free (world, append (world), DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 3);
}

/* ---- Starting and stopping ----------------------------------------------------------------- */

static void
test_restart (void)
{
  static const guint statuses[] = { 500 };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (
      receiver, "", ",\"RetryPolicy\":{\"Backoff\":{\"BaseSeconds\":50}}");
  DeliveryKey waiting, ready, done;
  DeliverStats stats;

  done = append (world);
  wait_and_free (world, done, DELIVERY_DONE);
  receiver_script (receiver, statuses, G_N_ELEMENTS (statuses));
  waiting = append (world);
  wait_and_free (world, waiting, DELIVERY_WAITING);
  delivery_world_stop (world, 1000);
  ready = delivery_world_append_quietly (world, "default/r", "webhook/a", "1");

  delivery_world_start (world);
  wait_and_free (world, ready, DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 3);
  delivery_world_advance (world, 61 * S);
  wait_and_free (world, waiting, DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 4);
  delivery_world_stop (world, 1000);

  delivery_world_start (world);
  deliver_stats (world->deliver, &stats);
  g_assert_cmpuint (stats.queued + stats.under_way, ==, 0);
}

/* More than a page of what was left. */
static void
test_claims_all_pages (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  DeliverStats stats;

  receiver_hold (receiver);
  delivery_world_stop (world, 0);
  for (guint i = 0; i < 2345; i++)
    delivery_world_append_quietly (world, "default/r", "webhook/a", "1");
  delivery_world_start (world);
  receiver_wait (receiver, 16);
  do
    deliver_stats (world->deliver, &stats);
  while (stats.under_way == 0);
  g_assert_cmpuint (stats.under_way, ==, 16);
  g_assert_cmpuint (stats.queued, ==, LIMIT_DELIVERIES_IN_MEMORY - 16);
}

static void
test_stop_with_work_under_way (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  g_autoptr (StoredDelivery) stopped = NULL;
  g_autoptr (StoredDelivery) stored = NULL;
  DeliveryKey key;

  receiver_hold (receiver);
  key = append (world);
  receiver_wait (receiver, 1);
  deliver_stop (world->deliver, 1);
  deliver_stop (world->deliver, 1000);
  delivery_world_stop (world, 1000);
  stopped = delivery_world_load (world, key);
  g_assert_cmpint (stopped->state, ==, DELIVERY_READY);
  g_assert_cmpuint (stopped->attempts, ==, 0);

  receiver_release (receiver);
  delivery_world_start (world);
  stored = delivery_world_wait (world, key, DELIVERY_DONE);
  g_assert_cmpuint (stored->attempts, ==, 1);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 2);
}

static gpointer
stop_in_thread (gpointer data)
{
  deliver_stop (data, 20000);
  return NULL;
}

static void
test_grace (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "\"Concurrency\":2,", "");
  g_autoptr (StoredDelivery) third = NULL;
  DeliveryKey first, second, not_begun;
  GThread *thread;

  receiver_hold (receiver);
  first = append (world);
  second = append (world);
  not_begun = append (world);
  receiver_wait (receiver, 2);
  thread = g_thread_new ("stop", stop_in_thread, world->deliver);
  receiver_release (receiver);
  wait_and_free (world, first, DELIVERY_DONE);
  wait_and_free (world, second, DELIVERY_DONE);
  g_thread_join (thread);
  third = delivery_world_load (world, not_begun);
  g_assert_true (third->state == DELIVERY_READY || third->state == DELIVERY_DONE);
}

/* What is said after the end, or before the beginning, does no harm. */
static void
test_add_when_not_running (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  DeliverSetup setup = delivery_world_setup (world);
  g_autoptr (Deliver) other = deliver_new (&setup);
  g_autoptr (GError) error = NULL;
  DeliveryKey key;

  delivery_world_stop (world, 0);
  key = delivery_world_append_quietly (world, "default/r", "webhook/a", "1");
  deliver_add (other, &(StoreDue){ key, "webhook/a", clock_wall_us (world->clock),
                                   DELIVERY_DEFAULT_PRIORITY });
  deliver_reconfigure (other);
  g_assert_true (deliver_start (other, &error));
  g_assert_no_error (error);
  wait_and_free (world, key, DELIVERY_DONE);
  deliver_stop (other, 1000);
  deliver_add (other, &(StoreDue){ key, "webhook/a", clock_wall_us (world->clock),
                                   DELIVERY_DEFAULT_PRIORITY });
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
}

static void
test_start_fails (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  DeliverSetup setup = delivery_world_setup (world);
  g_autoptr (Deliver) other = deliver_new (&setup);
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&world->fail_claims, 1);
  g_assert_false (deliver_start (other, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  deliver_stop (other, 1000);
}

/* ---- Connectors beside each other ---------------------------------------------------------- */

static void
test_window (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "\"Concurrency\":3,", "");
  DeliveryKey keys[20];

  receiver_hold (receiver);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    keys[i] = append (world);
  receiver_wait (receiver, 3);
  receiver_release (receiver);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    wait_and_free (world, keys[i], DELIVERY_DONE);
  g_assert_cmpuint (receiver_most_at_once (receiver), ==, 3);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, G_N_ELEMENTS (keys));
}

static void
test_slow_connector_delays_no_other (void)
{
  g_autoptr (Receiver) slow = receiver_new ();
  g_autoptr (Receiver) fast = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (slow, "\"Concurrency\":2,", "");
  DeliveryKey of_slow[50];

  delivery_world_put_webhook (world, "b", fast, "");
  delivery_world_put_rule (world, "b", "webhook/b", "");
  delivery_world_apply (world);
  receiver_hold (slow);
  for (guint i = 0; i < G_N_ELEMENTS (of_slow); i++)
    of_slow[i] = append (world);
  for (guint i = 0; i < 50; i++)
    {
      DeliveryKey key = delivery_world_append (world, "default/b", "webhook/b", "1");

      wait_and_free (world, key, DELIVERY_DONE);
    }
  g_assert_cmpuint (receiver_n_requests (slow), <=, 2);
  receiver_release (slow);
  for (guint i = 0; i < G_N_ELEMENTS (of_slow); i++)
    wait_and_free (world, of_slow[i], DELIVERY_DONE);
}

/* ---- The configuration changes ------------------------------------------------------------- */

/* The old connector ends what it has begun while the new one begins. */
static void
test_connector_changes (void)
{
  g_autoptr (Receiver) before = receiver_new ();
  g_autoptr (Receiver) after = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (before, "", "");
  DeliveryKey first, second;

  receiver_hold (before);
  first = append (world);
  receiver_wait (before, 1);
  delivery_world_put_webhook (world, "a", after, "");
  delivery_world_apply (world);
  second = append (world);
  wait_and_free (world, second, DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (after), ==, 1);
  receiver_release (before);
  wait_and_free (world, first, DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (before), ==, 1);
}

/* A target that names another connector by now: what waits goes there. */
static void
test_target_moves (void)
{
  static const guint statuses[] = { 500 };
  g_autoptr (Receiver) before = receiver_new ();
  g_autoptr (Receiver) after = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (before, "", "");
  DeliveryKey key;

  receiver_script (before, statuses, G_N_ELEMENTS (statuses));
  key = append (world);
  wait_and_free (world, key, DELIVERY_WAITING);
  delivery_world_put_webhook (world, "b", after, "");
  delivery_world_put_rule (world, "r", "webhook/b", "");
  delivery_world_delete (world, "webhook/a.json");
  delivery_world_apply (world);
  delivery_world_advance (world, 10 * S);
  wait_and_free (world, key, DELIVERY_DONE);
  g_assert_cmpuint (receiver_n_requests (before), ==, 1);
  g_assert_cmpuint (receiver_n_requests (after), ==, 1);
}

static void
test_window_grows (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "\"Concurrency\":1,", "");

  receiver_hold (receiver);
  for (guint i = 0; i < 4; i++)
    append (world);
  receiver_wait (receiver, 1);
  delivery_world_put_webhook (world, "a", receiver, "\"Concurrency\":4,");
  delivery_world_apply (world);
  receiver_wait (receiver, 4);
}

/* ---- The store has trouble ----------------------------------------------------------------- */

static void
test_load_fails (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "", "");
  g_autoptr (StoredDelivery) stored = NULL;
  DeliveryKey key;

  g_atomic_int_set (&world->fail_loads, 1);
  key = append (world);
  while (g_atomic_int_get (&world->fail_loads) > 0)
    g_thread_yield ();
  delivery_world_advance (world, 5 * S);
  stored = delivery_world_wait (world, key, DELIVERY_DONE);
  g_assert_cmpuint (stored->attempts, ==, 1);
}

/* What cannot be recorded is not sent again and again. */
static void
test_commit_fails (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = world_with (receiver, "\"Concurrency\":1,", "");
  DeliveryKey first, second;
  DeliverStats stats;

  first = delivery_world_append_quietly (world, "default/r", "webhook/a", "1");
  second = delivery_world_append_quietly (world, "default/r", "webhook/a", "2");
  g_atomic_int_set (&world->fail_commits, 1);
  deliver_add (world->deliver, &(StoreDue){ first, "webhook/a", clock_wall_us (world->clock),
                                            DELIVERY_DEFAULT_PRIORITY });
  deliver_add (world->deliver, &(StoreDue){ second, "webhook/a", clock_wall_us (world->clock),
                                            DELIVERY_DEFAULT_PRIORITY });
  receiver_wait (receiver, 1);
  do
    deliver_stats (world->deliver, &stats);
  while (stats.under_way > 0);
  delivery_world_advance (world, G_TIME_SPAN_HOUR);
  delivery_world_stop (world, 10000);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 1);
}

/* ---- Real time, and much of it ------------------------------------------------------------- */

/* Nobody wakes the thread here but its own alarm. */
static void
test_system_clock (void)
{
  static const guint statuses[] = { 500, 500, 500 };
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = delivery_world_new (clock_system_new ());
  g_autoptr (StoredDelivery) stored = NULL;

  receiver_script (receiver, statuses, G_N_ELEMENTS (statuses));
  delivery_world_put_webhook (world, "a", receiver, "");
  delivery_world_put_rule (world, "r", "webhook/a",
                           ",\"RetryPolicy\":{\"Backoff\":{\"BaseSeconds\":0.02}}");
  delivery_world_apply (world);
  delivery_world_start (world);
  stored = delivery_world_wait (world, append (world), DELIVERY_DONE);
  g_assert_cmpuint (stored->attempts, ==, 4);
}

/* A third of all tries fails: everything is done in the end, and every request is on record. */
static void
test_storm (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (DeliveryWorld) world = delivery_world_new (clock_system_new ());
  DeliveryKey keys[300];
  guint attempts = 0;

  receiver_fail_randomly (receiver, 33, 5);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("c%u", i);
      g_autofree char *connector = g_strdup_printf ("webhook/c%u", i);

      delivery_world_put_webhook (world, name, receiver, "\"Breaker\":{\"Failures\":0},");
      delivery_world_put_rule (
          world, name, connector,
          ",\"RetryPolicy\":{\"Backoff\":{\"BaseSeconds\":0.001,\"CapSeconds\":0.01}}");
    }
  delivery_world_apply (world);
  delivery_world_start (world);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *rule = g_strdup_printf ("default/c%u", i % 3);
      g_autofree char *connector = g_strdup_printf ("webhook/c%u", i % 3);

      keys[i] = delivery_world_append (world, rule, connector, "{\"n\":1}");
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (StoredDelivery) stored = delivery_world_wait (world, keys[i], DELIVERY_DONE);
      g_autoptr (GPtrArray) journal = delivery_world_journal (world, keys[i]);

      g_assert_cmpuint (journal->len, ==, stored->attempts);
      attempts += stored->attempts;
    }
  g_assert_cmpuint (receiver_n_requests (receiver), ==, attempts);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/deliver/done", test_done);
  g_test_add_func ("/deliver/input", test_input);
  g_test_add_func ("/deliver/retried-then-done", test_retried_then_done);
  g_test_add_func ("/deliver/not-before-it-is-due", test_not_before_it_is_due);
  g_test_add_func ("/deliver/store-knows-better", test_store_knows_better);
  g_test_add_func ("/deliver/remembered-late", test_remembered_late);
  g_test_add_func ("/deliver/retry-after", test_retry_after);
  g_test_add_func ("/deliver/attempts-used-up", test_attempts_used_up);
  g_test_add_func ("/deliver/too-old", test_too_old);
  g_test_add_func ("/deliver/too-old-before-any-try", test_too_old_before_any_try);
  g_test_add_func ("/deliver/the-usual-day", test_the_usual_day);
  g_test_add_func ("/deliver/refused", test_refused);
  g_test_add_func ("/deliver/gone", test_gone);
  g_test_add_func ("/deliver/unreadable-time", test_unreadable_time);
  g_test_add_func ("/deliver/input-error", test_input_error);
  g_test_add_func ("/deliver/missing", test_missing);
  g_test_add_func ("/deliver/misconfigured", test_misconfigured);
  g_test_add_func ("/deliver/to-queue", test_to_queue);
  g_test_add_func ("/deliver/too-large-for-queue", test_too_large_for_queue);
  g_test_add_func ("/deliver/dead-letter-queue", test_dead_letter_queue);
  g_test_add_func ("/deliver/replay", test_replay);
  g_test_add_func ("/deliver/replay-at-once", test_replay_at_once);
  g_test_add_func ("/deliver/added-again", test_added_again);
  g_test_add_func ("/deliver/restart", test_restart);
  g_test_add_func ("/deliver/claims-all-pages", test_claims_all_pages);
  g_test_add_func ("/deliver/stop-with-work-under-way", test_stop_with_work_under_way);
  g_test_add_func ("/deliver/grace", test_grace);
  g_test_add_func ("/deliver/add-when-not-running", test_add_when_not_running);
  g_test_add_func ("/deliver/start-fails", test_start_fails);
  g_test_add_func ("/deliver/window", test_window);
  g_test_add_func ("/deliver/slow-connector-delays-no-other", test_slow_connector_delays_no_other);
  g_test_add_func ("/deliver/connector-changes", test_connector_changes);
  g_test_add_func ("/deliver/target-moves", test_target_moves);
  g_test_add_func ("/deliver/window-grows", test_window_grows);
  g_test_add_func ("/deliver/load-fails", test_load_fails);
  g_test_add_func ("/deliver/commit-fails", test_commit_fails);
  g_test_add_func ("/deliver/system-clock", test_system_clock);
  g_test_add_func ("/deliver/storm", test_storm);

  return g_test_run ();
}

/* The schedule: due order, windows, turns between connectors, keys that are there only once. */
#include "schedule/schedule.h"

static DeliveryKey
key (gint64 event_seq)
{
  return (DeliveryKey){ .event_seq = event_seq, .index = 1 };
}

static void
assert_takes (Schedule *schedule, gint64 now_us, gint64 event_seq)
{
  ScheduleTicket ticket = { 0 };

  g_assert_true (schedule_take (schedule, now_us, &ticket));
  g_assert_cmpint (ticket.key.event_seq, ==, event_seq);
}

static void
assert_takes_nothing (Schedule *schedule, gint64 now_us)
{
  ScheduleTicket ticket;

  g_assert_false (schedule_take (schedule, now_us, &ticket));
}

static void
test_due_order (void)
{
  g_autoptr (Schedule) schedule = schedule_new (10);

  g_assert_cmpint (schedule_next_us (schedule), ==, G_MAXINT64);
  g_assert_true (schedule_add (schedule, key (1), "webhook/a", 300));
  g_assert_true (schedule_add (schedule, key (2), "webhook/a", 100));
  g_assert_true (schedule_add (schedule, key (3), "webhook/a", 200));
  g_assert_cmpint (schedule_next_us (schedule), ==, 100);
  g_assert_cmpuint (schedule_n_queued (schedule), ==, 3);

  assert_takes_nothing (schedule, 99);
  assert_takes (schedule, 100, 2);
  assert_takes_nothing (schedule, 199);
  g_assert_cmpint (schedule_next_us (schedule), ==, 200);
  assert_takes (schedule, 1000, 3);
  assert_takes (schedule, 1000, 1);
  assert_takes_nothing (schedule, 1000);
  g_assert_cmpuint (schedule_n_queued (schedule), ==, 0);
  g_assert_cmpuint (schedule_n_taken (schedule), ==, 3);
  g_assert_cmpint (schedule_next_us (schedule), ==, G_MAXINT64);
}

static void
test_window (void)
{
  g_autoptr (Schedule) schedule = schedule_new (1);
  ScheduleTicket first, second;

  schedule_set_window (schedule, "webhook/a", 2);
  for (gint64 i = 1; i <= 4; i++)
    g_assert_true (schedule_add (schedule, key (i), "webhook/a", i));

  g_assert_true (schedule_take (schedule, 10, &first));
  g_assert_true (schedule_take (schedule, 10, &second));
  assert_takes_nothing (schedule, 10);
  /* Time alone brings nothing: the queue is full. */
  g_assert_cmpint (schedule_next_us (schedule), ==, G_MAXINT64);

  schedule_release (schedule, &first);
  g_assert_cmpint (schedule_next_us (schedule), ==, 3);
  assert_takes (schedule, 10, 3);

  /* Lowered under way: nothing new until fewer than that are out. */
  schedule_set_window (schedule, "webhook/a", 0);
  schedule_release (schedule, &second);
  assert_takes_nothing (schedule, 10);
  schedule_release (schedule, &(ScheduleTicket){ .key = key (3), .connector = "webhook/a" });
  assert_takes (schedule, 10, 4);
}

static void
test_full_connector_leaves_others_alone (void)
{
  g_autoptr (Schedule) schedule = schedule_new (1);

  schedule_add (schedule, key (1), "webhook/slow", 1);
  schedule_add (schedule, key (2), "webhook/slow", 2);
  schedule_add (schedule, key (3), "webhook/fast", 50);

  assert_takes (schedule, 10, 1);
  assert_takes_nothing (schedule, 10);
  g_assert_cmpint (schedule_next_us (schedule), ==, 50);
  assert_takes (schedule, 50, 3);
}

static void
test_connectors_take_turns (void)
{
  static const gint64 expected[] = { 11, 21, 31, 12, 22, 13, 14 };
  g_autoptr (Schedule) schedule = schedule_new (10);

  for (gint64 i = 11; i <= 14; i++)
    schedule_add (schedule, key (i), "webhook/a", i);
  for (gint64 i = 21; i <= 22; i++)
    schedule_add (schedule, key (i), "webhook/b", i);
  schedule_add (schedule, key (31), "file/c", 31);

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    assert_takes (schedule, 100, expected[i]);
  assert_takes_nothing (schedule, 100);
}

static void
test_keys_are_there_once (void)
{
  g_autoptr (Schedule) schedule = schedule_new (10);
  ScheduleTicket ticket;

  g_assert_true (schedule_add (schedule, key (1), "webhook/a", 100));
  g_assert_false (schedule_add (schedule, key (1), "webhook/a", 5));
  g_assert_false (schedule_add (schedule, key (1), "webhook/b", 5));
  assert_takes_nothing (schedule, 99);

  g_assert_true (schedule_take (schedule, 100, &ticket));
  g_assert_cmpstr (ticket.connector, ==, "webhook/a");
  g_assert_true (ticket.connector == g_intern_string ("webhook/a"));
  g_assert_cmpint (ticket.due_us, ==, 100);
  g_assert_false (schedule_add (schedule, key (1), "webhook/a", 5));
  g_assert_cmpuint (schedule_n_queued (schedule), ==, 0);

  schedule_release (schedule, &ticket);
  g_assert_cmpuint (schedule_n_taken (schedule), ==, 0);
  g_assert_true (schedule_add (schedule, key (1), "webhook/a", 5));
  assert_takes (schedule, 5, 1);
}

/* The other deliveries of one event are other keys. */
static void
test_index_is_part_of_the_key (void)
{
  g_autoptr (Schedule) schedule = schedule_new (10);

  g_assert_true (schedule_add (schedule, (DeliveryKey){ 1, 1 }, "webhook/a", 1));
  g_assert_true (schedule_add (schedule, (DeliveryKey){ 1, 2 }, "webhook/a", 1));
  g_assert_cmpuint (schedule_n_queued (schedule), ==, 2);
}

static void
test_many (void)
{
  g_autoptr (Schedule) schedule = schedule_new (3);
  ScheduleTicket ticket;
  guint n = 0;

  for (gint64 i = 0; i < 30000; i++)
    {
      g_autofree char *connector = g_strdup_printf ("webhook/%d", (int) (i % 7));

      g_assert_true (schedule_add (schedule, key (i), connector, i * 7919 % 30011));
    }
  while (schedule_take (schedule, G_MAXINT64, &ticket))
    {
      schedule_release (schedule, &ticket);
      n++;
    }
  g_assert_cmpuint (n, ==, 30000);
  g_assert_cmpuint (schedule_n_queued (schedule), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/schedule/due-order", test_due_order);
  g_test_add_func ("/schedule/window", test_window);
  g_test_add_func ("/schedule/full-connector-leaves-others-alone",
                   test_full_connector_leaves_others_alone);
  g_test_add_func ("/schedule/connectors-take-turns", test_connectors_take_turns);
  g_test_add_func ("/schedule/keys-are-there-once", test_keys_are_there_once);
  g_test_add_func ("/schedule/index-is-part-of-the-key", test_index_is_part_of_the_key);
  g_test_add_func ("/schedule/many", test_many);

  return g_test_run ();
}

/* The schedule: due order, urgency, windows, rates, holds, turns between connectors, keys that are
 * there only once, and what it leaves in the store. */
#include "schedule/schedule.h"

#define S G_TIME_SPAN_SECOND

static const QueueSettings defaults = {
  .window = 10,
  .burst = 1,
  .breaker = { .window_us = 60 * S,
               .min_failures = 3,
               .ratio = 0.5,
               .probe_us = 10 * S,
               .factor = 2,
               .cap_us = 100 * S },
};

typedef struct
{
  Random *random;
  Schedule *schedule;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->random = random_seeded_new (1);
  fixture->schedule = schedule_new (100, &defaults, fixture->random);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  schedule_free (fixture->schedule);
  random_free (fixture->random);
}

static StoreDue
due_at (gint64 event_seq, const char *connector, gint64 due_us, guint priority)
{
  return (StoreDue){ { event_seq, 1 }, g_intern_string (connector), due_us, priority };
}

static gboolean
add (Fixture *fixture, gint64 event_seq, const char *connector, gint64 due_us)
{
  StoreDue due = due_at (event_seq, connector, due_us, DELIVERY_DEFAULT_PRIORITY);

  return schedule_add (fixture->schedule, &due, 0);
}

static ScheduleTicket
take (Fixture *fixture, gint64 now_us, gint64 event_seq)
{
  ScheduleTicket ticket = { 0 };

  g_assert_true (schedule_take (fixture->schedule, now_us, &ticket));
  g_assert_cmpint (ticket.key.event_seq, ==, event_seq);
  return ticket;
}

static void
take_nothing (Fixture *fixture, gint64 now_us)
{
  ScheduleTicket ticket;

  g_assert_false (schedule_take (fixture->schedule, now_us, &ticket));
}

static ScheduleChange
release (Fixture *fixture, const ScheduleTicket *ticket, BreakerSign sign, gint64 now_us)
{
  return schedule_release (fixture->schedule, ticket, sign, -1, now_us);
}

static void
configure (Fixture *fixture, const char *connector, guint window, double rate, guint burst)
{
  QueueSettings settings = defaults;

  settings.window = window;
  settings.rate = rate;
  settings.burst = burst;
  schedule_configure (fixture->schedule, connector, &settings, 0);
}

static void
test_due_order (Fixture *fixture, gconstpointer data)
{
  Schedule *schedule = fixture->schedule;

  g_assert_cmpint (schedule_next_us (schedule, 0), ==, G_MAXINT64);
  g_assert_true (add (fixture, 1, "webhook/a", 300));
  g_assert_true (add (fixture, 2, "webhook/a", 100));
  g_assert_true (add (fixture, 3, "webhook/a", 200));
  g_assert_cmpint (schedule_next_us (schedule, 0), ==, 100);
  g_assert_cmpuint (schedule_n_queued (schedule), ==, 3);

  take_nothing (fixture, 99);
  take (fixture, 100, 2);
  take_nothing (fixture, 199);
  g_assert_cmpint (schedule_next_us (schedule, 199), ==, 200);
  take (fixture, 1000, 3);
  take (fixture, 1000, 1);
  take_nothing (fixture, 1000);
  g_assert_cmpuint (schedule_n_queued (schedule), ==, 0);
  g_assert_cmpuint (schedule_n_taken (schedule), ==, 3);
  g_assert_cmpint (schedule_next_us (schedule, 1000), ==, G_MAXINT64);
}

static void
test_priority (Fixture *fixture, gconstpointer data)
{
  static const guint priorities[] = { 4, 0, 9, 4 };

  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    {
      StoreDue due = due_at (i + 1, "webhook/a", i, priorities[i]);

      schedule_add (fixture->schedule, &due, 0);
    }
  /* Not before it is due, however urgent. */
  take (fixture, 1, 1);
  take (fixture, 10, 3);
  take (fixture, 10, 4);
  take (fixture, 10, 2);
}

static void
test_window (Fixture *fixture, gconstpointer data)
{
  ScheduleTicket first;

  configure (fixture, "webhook/a", 2, 0, 1);
  for (gint64 i = 1; i <= 4; i++)
    add (fixture, i, "webhook/a", i);
  first = take (fixture, 10, 1);
  take (fixture, 10, 2);
  take_nothing (fixture, 10);
  g_assert_cmpint (schedule_next_us (fixture->schedule, 10), ==, G_MAXINT64);
  release (fixture, &first, BREAKER_WORKS, 10);
  take (fixture, 10, 3);
  take_nothing (fixture, 10);
}

static void
test_turns (Fixture *fixture, gconstpointer data)
{
  for (gint64 i = 1; i <= 3; i++)
    {
      add (fixture, i, "webhook/a", i);
      add (fixture, 10 + i, "webhook/b", 10 + i);
    }
  for (gint64 i = 1; i <= 3; i++)
    {
      take (fixture, 100, i);
      take (fixture, 100, 10 + i);
    }
}

static void
test_once (Fixture *fixture, gconstpointer data)
{
  ScheduleTicket ticket;

  g_assert_true (add (fixture, 1, "webhook/a", 1));
  g_assert_false (add (fixture, 1, "webhook/a", 2));
  g_assert_false (add (fixture, 1, "webhook/b", 1));
  g_assert_false (add (fixture, 2, "webhook/b", DELIVERY_NEVER_US));
  ticket = take (fixture, 10, 1);
  g_assert_false (add (fixture, 1, "webhook/a", 1));
  release (fixture, &ticket, BREAKER_NOTHING, 10);
  g_assert_true (add (fixture, 1, "webhook/a", 1));
}

static void
test_rate (Fixture *fixture, gconstpointer data)
{
  ScheduleTicket ticket;
  guint n = 0;

  configure (fixture, "webhook/a", 100, 10, 5);
  for (gint64 i = 1; i <= 50; i++)
    add (fixture, i, "webhook/a", 0);
  for (gint64 i = 1; i <= 5; i++)
    take (fixture, S, i);
  take_nothing (fixture, S);
  /* A tenth of a second later there is one more. */
  g_assert_cmpint (schedule_next_us (fixture->schedule, S), >=, S + S / 10);
  g_assert_cmpint (schedule_next_us (fixture->schedule, S), <=, S + S / 10 + 2);
  for (gint64 now_us = S; now_us <= 3 * S; now_us += 1000)
    while (schedule_take (fixture->schedule, now_us, &ticket))
      n++;
  g_assert_cmpuint (n, >=, 19);
  g_assert_cmpuint (n, <=, 20);
  /* A rest does not save up more than a burst. */
  n = 0;
  while (schedule_take (fixture->schedule, 1000 * S, &ticket))
    n++;
  g_assert_cmpuint (n, ==, 5);
}

static void
test_pause (Fixture *fixture, gconstpointer data)
{
  add (fixture, 1, "webhook/a", 1);
  schedule_set_paused (fixture->schedule, "webhook/a", TRUE, 1);
  add (fixture, 2, "webhook/a", 1);
  add (fixture, 3, "webhook/b", 1);
  take (fixture, 10, 3);
  take_nothing (fixture, 10);
  g_assert_cmpint (schedule_next_us (fixture->schedule, 10), ==, G_MAXINT64);
  schedule_set_paused (fixture->schedule, "webhook/a", FALSE, 10);
  take (fixture, 10, 1);
  take (fixture, 10, 2);
}

static void
test_breaker (Fixture *fixture, gconstpointer data)
{
  ScheduleTicket tickets[3], probe;
  gint64 until_us;

  for (gint64 i = 1; i <= 20; i++)
    add (fixture, i, "webhook/a", 0);
  for (guint i = 0; i < 3; i++)
    tickets[i] = take (fixture, S, i + 1);
  g_assert_cmpint (release (fixture, &tickets[0], BREAKER_FAILS, S), ==, SCHEDULE_FALTERS);
  g_assert_cmpint (release (fixture, &tickets[1], BREAKER_FAILS, S), ==, SCHEDULE_STAYS);
  g_assert_cmpint (release (fixture, &tickets[2], BREAKER_FAILS, S), ==, SCHEDULE_SHUTS);
  take_nothing (fixture, S);
  until_us = schedule_get_breaker (fixture->schedule, "webhook/a")->until_us;
  g_assert_cmpint (schedule_next_us (fixture->schedule, S), ==, until_us);
  take_nothing (fixture, until_us - 1);

  probe = take (fixture, until_us, 4);
  g_assert_true (probe.is_probe);
  take_nothing (fixture, until_us + 50 * S);
  g_assert_cmpint (release (fixture, &probe, BREAKER_WORKS, until_us), ==,
                   SCHEDULE_OPENS | SCHEDULE_RECOVERS);
  probe = take (fixture, until_us, 5);
  g_assert_false (probe.is_probe);
  take_nothing (fixture, until_us);
}

static void
test_shut_at_the_start (Fixture *fixture, gconstpointer data)
{
  StoredHold hold = { .connector = (char *) "webhook/a",
                      .shut_us = S,
                      .shut_until_us = 50 * S,
                      .n_probes = 2 };

  schedule_set_shut (fixture->schedule, &hold, 10 * S);
  add (fixture, 1, "webhook/a", 0);
  take_nothing (fixture, 50 * S - 1);
  schedule_probe (fixture->schedule, "webhook/a", 20 * S);
  g_assert_true (take (fixture, 20 * S, 1).is_probe);
}

/* ---- What is only in the store ---- */

typedef struct
{
  StoreDue *rows;
  guint n;
} Rows;

/* Answers like a store that has these rows, in the order in which they would go. */
static void
fill_from (Fixture *fixture, const Rows *rows, gint64 now_us)
{
  g_autoptr (GArray) due = g_array_new (FALSE, FALSE, sizeof (StoreDue));
  StoreClaim claim = { .due = due, .next_us = DELIVERY_NEVER_US };
  const char *connector;
  guint limit;

  while (schedule_wants (fixture->schedule, now_us, &connector, &limit))
    {
      g_array_set_size (due, 0);
      claim.has_more_due = rows->n > limit;
      g_array_append_vals (due, rows->rows, MIN (limit, rows->n));
      schedule_fill (fixture->schedule, connector, &claim, now_us);
    }
}

/* Ten thousand wait: a hundred are kept at a time, all leave in order. */
static void
test_backlog (Fixture *fixture, gconstpointer data)
{
  const guint n = 10000;
  g_autofree StoreDue *due = g_new (StoreDue, n);
  Rows rows = { due, n };
  const char *connector;
  guint limit;

  for (guint i = 0; i < n; i++)
    due[i] = due_at (i + 1, "webhook/a", i, 4);
  schedule_expect (fixture->schedule, "webhook/a", n);
  for (guint i = 0; i < n; i++)
    {
      ScheduleTicket ticket;

      fill_from (fixture, &rows, n);
      g_assert_cmpuint (schedule_n_queued (fixture->schedule), <=, 100);
      ticket = take (fixture, n, i + 1);
      rows.rows++;
      rows.n--;
      release (fixture, &ticket, BREAKER_WORKS, n);
    }
  take_nothing (fixture, n);
  g_assert_false (schedule_wants (fixture->schedule, n, &connector, &limit));
  g_assert_cmpint (schedule_next_us (fixture->schedule, n), ==, G_MAXINT64);
}

/* What does not fit stays in the store, and what came later does not pass it. */
static void
test_overflow (Fixture *fixture, gconstpointer data)
{
  const char *connector;
  guint limit;

  for (gint64 i = 1; i <= 150; i++)
    g_assert_true (add (fixture, i, "webhook/a", 0));
  g_assert_cmpuint (schedule_n_queued (fixture->schedule), ==, 100);
  g_assert_false (schedule_wants (fixture->schedule, S, &connector, &limit));
  for (gint64 i = 1; i <= 75; i++)
    {
      ScheduleTicket ticket = take (fixture, S, i);

      release (fixture, &ticket, BREAKER_WORKS, S);
    }
  g_assert_true (schedule_wants (fixture->schedule, S, &connector, &limit));
  g_assert_cmpstr (connector, ==, "webhook/a");
  /* One that is urgent is let in. */
  schedule_add (fixture->schedule, &(StoreDue){ { 500, 1 }, connector, 0, 9 }, S);
  add (fixture, 501, "webhook/a", 0);
  g_assert_cmpuint (schedule_n_queued (fixture->schedule), ==, 26);
  take (fixture, S, 500);
}

/* What becomes due in the store is asked for at its time. */
static void
test_later_in_the_store (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) nothing = g_array_new (FALSE, FALSE, sizeof (StoreDue));
  StoreClaim claim = { .due = nothing, .next_us = 90 * S };
  const char *connector;
  guint limit;

  schedule_expect (fixture->schedule, "webhook/a", S);
  g_assert_true (schedule_wants (fixture->schedule, S, &connector, &limit));
  schedule_fill (fixture->schedule, connector, &claim, S);
  g_assert_false (schedule_wants (fixture->schedule, 90 * S - 1, &connector, &limit));
  g_assert_cmpint (schedule_next_us (fixture->schedule, 2 * S), ==, 90 * S);
  g_assert_true (schedule_wants (fixture->schedule, 90 * S, &connector, &limit));
  schedule_fail_fill (fixture->schedule, connector, 90 * S);
  g_assert_false (schedule_wants (fixture->schedule, 90 * S, &connector, &limit));
  g_assert_true (schedule_wants (fixture->schedule, 96 * S, &connector, &limit));
}

static void
test_capacity (Fixture *fixture, gconstpointer data)
{
  for (gint64 i = 1; i <= 50; i++)
    add (fixture, i, "webhook/a", 100 * S + i);
  schedule_set_capacity (fixture->schedule, 20, S);
  g_assert_cmpuint (schedule_n_queued (fixture->schedule), ==, 20);
  for (gint64 i = 1; i <= 10; i++)
    take (fixture, 200 * S, i);
}

/* One after the other until nothing more is given. */
static void
take_all (Fixture *fixture, GArray *tickets)
{
  ScheduleTicket ticket;

  while (schedule_take (fixture->schedule, 0, &ticket))
    g_array_append_val (tickets, ticket);
}

static guint
n_of (GArray *tickets, const char *connector)
{
  guint n = 0;

  for (guint i = 0; i < tickets->len; i++)
    n += g_str_equal (g_array_index (tickets, ScheduleTicket, i).connector, connector);
  return n;
}

/* However many hang, whoever comes later finds a place, and so does the next one. */
static void
test_share (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) tickets = g_array_new (FALSE, FALSE, sizeof (ScheduleTicket));
  ScheduleTicket late = { 0 };
  gint64 seq = 0;

  schedule_set_budget (fixture->schedule, 40, 1000);
  for (guint i = 0; i < 20; i++)
    for (guint k = 0; k < 20; k++)
      {
        g_autofree char *name = g_strdup_printf ("webhook/hangs-%u", i);

        configure (fixture, name, 20, 0, 1);
        add (fixture, ++seq, name, 0);
      }
  take_all (fixture, tickets);
  g_assert_cmpuint (schedule_n_taken (fixture->schedule), <, 40);
  g_assert_true (schedule_has_room (fixture->schedule));
  /* It does not spin meanwhile. */
  g_assert_cmpint (schedule_next_us (fixture->schedule, 0), ==, G_MAXINT64);

  for (guint k = 0; k < 30; k++)
    add (fixture, ++seq, "webhook/late", 0);
  for (guint k = 0; k < 30; k++)
    {
      g_assert_true (schedule_take (fixture->schedule, 0, &late));
      g_assert_cmpstr (late.connector, ==, "webhook/late");
      release (fixture, &late, BREAKER_WORKS, 0);
    }
  take_nothing (fixture, 0);

  /* What is given back is shared out again. */
  release (fixture, &g_array_index (tickets, ScheduleTicket, 0), BREAKER_NOTHING, 0);
  release (fixture, &g_array_index (tickets, ScheduleTicket, 1), BREAKER_NOTHING, 0);
  g_assert_true (schedule_take (fixture->schedule, 0, &late));
}

/* Alone it gets half of them, and bytes count as places do. */
static void
test_share_bytes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) tickets = g_array_new (FALSE, FALSE, sizeof (ScheduleTicket));
  ScheduleTicket ticket = { 0 };

  schedule_set_budget (fixture->schedule, 30, 1000);
  configure (fixture, "webhook/a", 100, 0, 1);
  for (gint64 i = 1; i <= 30; i++)
    add (fixture, i, "webhook/a", 0);
  g_assert_true (schedule_take (fixture->schedule, 0, &ticket));
  schedule_charge (fixture->schedule, &ticket, 400);
  /* 400 of 1000, of which 600 are free. */
  take_nothing (fixture, 0);
  add (fixture, 100, "webhook/b", 0);
  take (fixture, 0, 100);
  release (fixture, &ticket, BREAKER_WORKS, 0);
  take_all (fixture, tickets);
  g_assert_cmpuint (n_of (tickets, "webhook/a"), ==, 10);

  schedule_charge (fixture->schedule, &g_array_index (tickets, ScheduleTicket, 0), 1000);
  g_assert_false (schedule_has_room (fixture->schedule));
  take_nothing (fixture, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, run) g_test_add ("/schedule/" path, Fixture, NULL, set_up, run, tear_down)
  ADD ("due-order", test_due_order);
  ADD ("priority", test_priority);
  ADD ("window", test_window);
  ADD ("turns", test_turns);
  ADD ("once", test_once);
  ADD ("rate", test_rate);
  ADD ("pause", test_pause);
  ADD ("breaker", test_breaker);
  ADD ("shut-at-the-start", test_shut_at_the_start);
  ADD ("backlog", test_backlog);
  ADD ("overflow", test_overflow);
  ADD ("later-in-the-store", test_later_in_the_store);
  ADD ("capacity", test_capacity);
  g_test_add ("/schedule/share", Fixture, NULL, set_up, test_share, tear_down);
  g_test_add ("/schedule/share-bytes", Fixture, NULL, set_up, test_share_bytes, tear_down);
  return g_test_run ();
}

/* The retry policy as a table, and a whole day of it in a moment. */
#include "schedule/policy.h"

#define S G_TIME_SPAN_SECOND

/* No jitter: waits of 1, 2, 4, 8, 10, 10 … seconds, four retries, a minute of age. */
static const Policy plain = {
  .max_retries = 4,
  .max_age_us = 60 * S,
  .base_us = 1 * S,
  .factor = 2.0,
  .cap_us = 10 * S,
};

/* What a target has whose RetryPolicy speaks EventBridge's words only. */
static const Policy usual = {
  .max_retries = 185,
  .max_age_us = G_TIME_SPAN_DAY,
  .base_us = 1 * S,
  .factor = 2.0,
  .cap_us = 600 * S,
  .jitter = 0.2,
};

typedef struct
{
  const char *name;
  OutcomeKind outcome;
  guint attempts;
  gint64 age_us, retry_after_us;
  DeliveryState state;
  gint64 wait_us;
  DeadReason dead;
} Case;

static const Case cases[] = {
  { "delivered", OUTCOME_DELIVERED, 1, 0, -1, DELIVERY_DONE, 0, DEAD_NOT },
  { "delivered at last", OUTCOME_DELIVERED, 99, 999 * S, -1, DELIVERY_DONE, 0, DEAD_NOT },
  { "refused", OUTCOME_REFUSED, 1, 0, -1, DELIVERY_DEAD, 0, DEAD_REFUSED },
  { "refused asks for nothing", OUTCOME_REFUSED, 1, 0, 5 * S, DELIVERY_DEAD, 0, DEAD_REFUSED },
  { "misconfigured", OUTCOME_MISCONFIGURED, 1, 0, -1, DELIVERY_DEAD, 0, DEAD_MISCONFIGURED },
  { "first failure", OUTCOME_RETRY, 1, 0, -1, DELIVERY_WAITING, 1 * S, DEAD_NOT },
  { "second", OUTCOME_RETRY, 2, 0, -1, DELIVERY_WAITING, 2 * S, DEAD_NOT },
  { "down is the same", OUTCOME_DOWN, 3, 0, -1, DELIVERY_WAITING, 4 * S, DEAD_NOT },
  { "last retry", OUTCOME_RETRY, 4, 0, -1, DELIVERY_WAITING, 8 * S, DEAD_NOT },
  { "used up", OUTCOME_RETRY, 5, 0, -1, DELIVERY_DEAD, 0, DEAD_ATTEMPTS },
  { "used up and old", OUTCOME_DOWN, 5, 70 * S, -1, DELIVERY_DEAD, 0, DEAD_ATTEMPTS },
  { "Retry-After longer", OUTCOME_RETRY, 1, 0, 30 * S, DELIVERY_WAITING, 30 * S, DEAD_NOT },
  { "Retry-After shorter", OUTCOME_RETRY, 3, 0, 1 * S, DELIVERY_WAITING, 4 * S, DEAD_NOT },
  { "Retry-After zero", OUTCOME_RETRY, 1, 0, 0, DELIVERY_WAITING, 1 * S, DEAD_NOT },
  { "Retry-After beyond the age", OUTCOME_RETRY, 1, 0, 61 * S, DELIVERY_DEAD, 0, DEAD_AGE },
  { "just in time", OUTCOME_RETRY, 1, 58 * S, -1, DELIVERY_WAITING, 1 * S, DEAD_NOT },
  { "the wait ends with the age", OUTCOME_RETRY, 1, 59 * S, -1, DELIVERY_DEAD, 0, DEAD_AGE },
  { "older than its age", OUTCOME_RETRY, 1, 80 * S, -1, DELIVERY_DEAD, 0, DEAD_AGE },
  { "the clock was set back", OUTCOME_RETRY, 1, -500 * S, -1, DELIVERY_WAITING, 1 * S, DEAD_NOT },
};

static void
test_table (void)
{
  g_autoptr (Random) random = random_seeded_new (1);
  gint64 now_us = 1000000 * S;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      DeliveryFacts facts = { .attempts = c->attempts, .since_us = now_us - c->age_us };
      Outcome outcome = { .kind = c->outcome, .retry_after_us = c->retry_after_us };
      Verdict verdict = policy_next (&plain, &facts, &outcome, now_us, random);

      g_test_message ("%s", c->name);
      g_assert_cmpint (verdict.state, ==, c->state);
      g_assert_cmpint (verdict.dead, ==, c->dead);
      if (c->state == DELIVERY_WAITING)
        g_assert_cmpint (verdict.due_us - now_us, ==, c->wait_us);
    }
}

/* The target wants nothing more: its connector is paused, the delivery waits for the operator. */
static void
test_gone (void)
{
  g_autoptr (Random) random = random_seeded_new (1);
  DeliveryFacts facts = { .attempts = 1, .since_us = 0 };
  Outcome outcome = { .kind = OUTCOME_REFUSED, .retry_after_us = -1 };
  Verdict verdict = policy_next (&plain, &facts, &outcome, 0, random);

  g_assert_false (verdict.pauses);
  outcome.gone = TRUE;
  verdict = policy_next (&plain, &facts, &outcome, 0, random);
  g_assert_true (verdict.pauses);
  g_assert_cmpint (verdict.state, ==, DELIVERY_WAITING);
  g_assert_cmpint (verdict.due_us, ==, 1 * S);
  facts.attempts = 5;
  verdict = policy_next (&plain, &facts, &outcome, 0, random);
  g_assert_true (verdict.pauses);
  g_assert_cmpint (verdict.dead, ==, DEAD_ATTEMPTS);
}

static void
test_no_retries (void)
{
  g_autoptr (Random) random = random_seeded_new (1);
  Policy policy = plain;
  DeliveryFacts facts = { .attempts = 1, .since_us = 0 };
  Outcome outcome = { .kind = OUTCOME_RETRY, .retry_after_us = -1 };

  policy.max_retries = 0;
  g_assert_cmpint (policy_next (&policy, &facts, &outcome, 0, random).dead, ==, DEAD_ATTEMPTS);
}

static void
test_cap (void)
{
  g_autoptr (Random) random = random_seeded_new (1);
  Policy policy = plain;
  Outcome outcome = { .kind = OUTCOME_RETRY, .retry_after_us = -1 };

  policy.max_retries = G_MAXUINT - 1;
  for (guint attempts = 5; attempts != 0; attempts = attempts > G_MAXUINT / 7 ? 0 : attempts * 7)
    {
      DeliveryFacts facts = { .attempts = attempts, .since_us = 0 };

      g_assert_cmpint (policy_next (&policy, &facts, &outcome, 0, random).due_us, ==, 10 * S);
    }
}

static void
test_retry_after_is_capped (void)
{
  g_autoptr (Random) random = random_seeded_new (1);
  Policy policy = plain;
  DeliveryFacts facts = { .attempts = 1, .since_us = 0 };
  Outcome outcome = { .kind = OUTCOME_RETRY, .retry_after_us = G_MAXINT64 };

  policy.max_age_us = G_MAXINT64;
  g_assert_cmpint (policy_next (&policy, &facts, &outcome, 0, random).due_us, ==, G_TIME_SPAN_DAY);
}

static void
test_jitter (void)
{
  g_autoptr (Random) random = random_seeded_new (42);
  Policy policy = plain;
  DeliveryFacts facts = { .attempts = 5, .since_us = 0 };
  Outcome outcome = { .kind = OUTCOME_RETRY, .retry_after_us = -1 };
  gint64 shortest = G_MAXINT64, longest = 0;

  policy.max_retries = 10;
  policy.jitter = 0.2;
  for (guint i = 0; i < 2000; i++)
    {
      gint64 wait_us = policy_next (&policy, &facts, &outcome, 0, random).due_us;

      shortest = MIN (shortest, wait_us);
      longest = MAX (longest, wait_us);
    }
  g_assert_cmpint (shortest, >=, 8 * S);
  g_assert_cmpint (shortest, <, 82 * S / 10);
  g_assert_cmpint (longest, <=, 12 * S);
  g_assert_cmpint (longest, >, 118 * S / 10);
}

static void
test_extremes_do_not_overflow (void)
{
  static const gint64 times[] = { G_MININT64, -1, 0, 1, G_MAXINT64 };
  g_autoptr (Random) random = random_seeded_new (3);
  Policy policy = { G_MAXUINT, G_MAXINT64, NULL, 0, G_MAXINT64, 1e300, G_MAXINT64, 1.0 };
  Outcome outcome = { .kind = OUTCOME_RETRY, .retry_after_us = G_MAXINT64 };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (times); j++)
      {
        DeliveryFacts facts = { .attempts = G_MAXUINT, .since_us = times[i] };
        Verdict verdict = policy_next (&policy, &facts, &outcome, times[j], random);

        if (verdict.state == DELIVERY_WAITING)
          g_assert_cmpint (verdict.due_us, >=, times[j]);
        else
          g_assert_cmpint (verdict.dead, ==, DEAD_AGE);
      }
}

static void
test_no_wait_at_all (void)
{
  g_autoptr (Random) random = random_seeded_new (3);
  Policy policy = { 2000, G_MAXINT64, NULL, 0, 0, 10, 0, 0.5 };
  DeliveryFacts facts = { .attempts = 1999, .since_us = 0 };
  Outcome outcome = { .kind = OUTCOME_DOWN, .retry_after_us = -1 };

  g_assert_cmpint (policy_next (&policy, &facts, &outcome, 77, random).due_us, ==, 77);
}

static void
test_expired (void)
{
  DeliveryFacts facts = { .since_us = 1000 };

  g_assert_false (policy_is_expired (&plain, &facts, 0));
  g_assert_false (policy_is_expired (&plain, &facts, 1000 + 60 * S - 1));
  g_assert_true (policy_is_expired (&plain, &facts, 1000 + 60 * S));
}

/* A target that never answers, under EventBridge's defaults: the tries of a whole day. */
static void
test_a_day (void)
{
  g_autoptr (Random) random = random_seeded_new (2026);
  Policy policy = usual;
  Outcome outcome = { .kind = OUTCOME_DOWN, .retry_after_us = -1 };
  DeliveryFacts facts = { .since_us = 0 };
  Verdict verdict;
  gint64 now_us = 0;

  do
    {
      g_assert_false (policy_is_expired (&policy, &facts, now_us));
      facts.attempts++;
      verdict = policy_next (&policy, &facts, &outcome, now_us, random);
      if (verdict.state == DELIVERY_WAITING)
        {
          g_assert_cmpint (verdict.due_us - now_us, >=, 8 * S / 10);
          g_assert_cmpint (verdict.due_us - now_us, <=, 720 * S);
          now_us = verdict.due_us;
        }
    }
  while (verdict.state == DELIVERY_WAITING);

  g_assert_cmpint (verdict.dead, ==, DEAD_AGE);
  g_assert_cmpint (now_us, <, G_TIME_SPAN_DAY);
  g_assert_cmpint (now_us, >, G_TIME_SPAN_DAY - 720 * S);
  /* 1 + 2 + … + 512 s take ten tries, the rest come every ten minutes. */
  g_assert_cmpuint (facts.attempts, >, 140);
  g_assert_cmpuint (facts.attempts, <, 165);
}

/* The same with the tries as the limit. */
static void
test_attempts_come_first (void)
{
  g_autoptr (Random) random = random_seeded_new (5);
  Policy policy = usual;
  Outcome outcome = { .kind = OUTCOME_RETRY, .retry_after_us = -1 };
  DeliveryFacts facts = { .since_us = 0 };
  Verdict verdict = { .due_us = 0 };

  policy.max_retries = 12;
  do
    {
      facts.attempts++;
      verdict = policy_next (&policy, &facts, &outcome, verdict.due_us, random);
    }
  while (verdict.state == DELIVERY_WAITING);

  g_assert_cmpint (verdict.dead, ==, DEAD_ATTEMPTS);
  g_assert_cmpuint (facts.attempts, ==, 13);
}

static void
test_list (void)
{
  static const gint64 waits[] = { 5 * S, 25 * S, 90 * S };
  g_autoptr (Random) random = random_seeded_new (5);
  Policy policy = { .max_retries = 3, .max_age_us = G_MAXINT64, .waits_us = waits, .n_waits = 3 };
  Outcome outcome = { .kind = OUTCOME_RETRY, .retry_after_us = -1 };
  DeliveryFacts facts = { .since_us = 0 };

  for (guint i = 0; i < 3; i++)
    {
      facts.attempts = i + 1;
      g_assert_cmpint (policy_next (&policy, &facts, &outcome, 100 * S, random).due_us, ==,
                       100 * S + waits[i]);
    }
  facts.attempts = 4;
  g_assert_cmpint (policy_next (&policy, &facts, &outcome, 100 * S, random).dead, ==,
                   DEAD_ATTEMPTS);

  outcome.retry_after_us = 26 * S;
  facts.attempts = 2;
  g_assert_cmpint (policy_next (&policy, &facts, &outcome, 0, random).due_us, ==, 26 * S);
  facts.attempts = 0; /* the router itself was at fault: nothing was tried */
  outcome.retry_after_us = -1;
  g_assert_cmpint (policy_next (&policy, &facts, &outcome, 0, random).due_us, ==, 5 * S);

  policy.n_waits = 0;
  policy.max_retries = 0;
  facts.attempts = 1;
  g_assert_cmpint (policy_next (&policy, &facts, &outcome, 0, random).dead, ==, DEAD_ATTEMPTS);
}

/* More retries than the list has waits: the last wait holds on. */
static void
test_list_goes_on (void)
{
  static const gint64 waits[] = { 5 * S, 25 * S };
  g_autoptr (Random) random = random_seeded_new (5);
  Policy policy = { .max_retries = 9, .max_age_us = G_MAXINT64, .waits_us = waits, .n_waits = 2 };
  Outcome outcome = { .kind = OUTCOME_RETRY, .retry_after_us = -1 };
  DeliveryFacts facts = { .attempts = 9 };

  g_assert_cmpint (policy_next (&policy, &facts, &outcome, 0, random).due_us, ==, 25 * S);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/schedule/policy/table", test_table);
  g_test_add_func ("/schedule/policy/gone", test_gone);
  g_test_add_func ("/schedule/policy/no-retries", test_no_retries);
  g_test_add_func ("/schedule/policy/cap", test_cap);
  g_test_add_func ("/schedule/policy/retry-after-is-capped", test_retry_after_is_capped);
  g_test_add_func ("/schedule/policy/jitter", test_jitter);
  g_test_add_func ("/schedule/policy/extremes-do-not-overflow", test_extremes_do_not_overflow);
  g_test_add_func ("/schedule/policy/no-wait-at-all", test_no_wait_at_all);
  g_test_add_func ("/schedule/policy/expired", test_expired);
  g_test_add_func ("/schedule/policy/a-day", test_a_day);
  g_test_add_func ("/schedule/policy/attempts-come-first", test_attempts_come_first);
  g_test_add_func ("/schedule/policy/list", test_list);
  g_test_add_func ("/schedule/policy/list-goes-on", test_list_goes_on);

  return g_test_run ();
}

/* When to try again, when to stop.  Pure: no clock, no chance and no state of its own; any thread.
 *
 * What must stay true: no arithmetic here can overflow whatever a configuration or a clock says,
 * and a verdict of waiting always names a time before the delivery's age is over. */
#include "schedule/policy.h"

#include <math.h>

/* What a target may ask for at most: a day, EventBridge's own longest age. */
#define MAX_RETRY_AFTER_US G_TIME_SPAN_DAY

static gint64
add_saturated (gint64 a, gint64 b)
{
  gint64 sum;

  if (__builtin_add_overflow (a, b, &sum))
    return b > 0 ? G_MAXINT64 : G_MININT64;
  return sum;
}

/* A clock that was set back makes nothing older. */
static gint64
age_us (const DeliveryFacts *facts, gint64 now_us)
{
  gint64 age;

  if (now_us <= facts->since_us)
    return 0;
  return __builtin_sub_overflow (now_us, facts->since_us, &age) ? G_MAXINT64 : age;
}

gboolean
policy_is_expired (const Policy *policy, const DeliveryFacts *facts, gint64 now_us)
{
  return age_us (facts, now_us) >= policy->max_age_us;
}

/* base * factor^(attempts - 1), at most cap.  In doubles, where too large is infinite and MIN()
 * brings it back; no wait times infinity would be no number at all. */
static double
backoff_us (const Policy *policy, guint attempts)
{
  double growth = pow (MAX (1, policy->factor), attempts > 0 ? attempts - 1 : 0);

  if (policy->base_us <= 0 || policy->cap_us <= 0)
    return 0;
  return MIN ((double) policy->base_us * growth, (double) policy->cap_us);
}

static double
listed_us (const Policy *policy, guint attempts)
{
  return (double) policy->waits_us[CLAMP (attempts, 1, policy->n_waits) - 1];
}

static gint64
wait_us (const Policy *policy, guint attempts, Random *random)
{
  double jitter = CLAMP (policy->jitter, 0, 1);
  double wait = policy->waits_us != NULL ? listed_us (policy, attempts)
                                         : backoff_us (policy, attempts);

  wait *= 1 + jitter * (2 * random_unit (random) - 1);
  return wait < (double) G_MAXINT64 ? (gint64) wait : G_MAXINT64;
}

static gboolean
is_used_up (const Policy *policy, guint attempts)
{
  return attempts > policy->max_retries || (policy->waits_us != NULL && policy->n_waits == 0);
}

static Verdict
dead (DeadReason reason)
{
  return (Verdict){ .state = DELIVERY_DEAD, .dead = reason };
}

static Verdict
again_or_dead (const Policy *policy,
               const DeliveryFacts *facts,
               const Outcome *outcome,
               gint64 now_us,
               Random *random)
{
  gint64 asked_us = CLAMP (outcome->retry_after_us, 0, MAX_RETRY_AFTER_US);
  gint64 due_us;

  if (is_used_up (policy, facts->attempts))
    return dead (DEAD_ATTEMPTS);

  /* A try that could only come when the age is over will never be made: say so now. */
  due_us = add_saturated (now_us, MAX (asked_us, wait_us (policy, facts->attempts, random)));
  if (policy_is_expired (policy, facts, due_us))
    return dead (DEAD_AGE);
  return (Verdict){ .state = DELIVERY_WAITING, .due_us = due_us };
}

/* What the target said is of itself and not of this event: the event goes on being owed, and an
 * operator decides whether it is ever sent again. */
static Verdict
held_or_dead (const Policy *policy,
              const DeliveryFacts *facts,
              const Outcome *outcome,
              gint64 now_us,
              Random *random)
{
  Verdict verdict = again_or_dead (policy, facts, outcome, now_us, random);

  verdict.pauses = TRUE;
  return verdict;
}

Verdict
policy_next (const Policy *policy,
             const DeliveryFacts *facts,
             const Outcome *outcome,
             gint64 now_us,
             Random *random)
{
  if (outcome->gone)
    return held_or_dead (policy, facts, outcome, now_us, random);
  switch (outcome->kind)
    {
    case OUTCOME_DELIVERED:
      return (Verdict){ .state = DELIVERY_DONE };
    case OUTCOME_REFUSED:
      return dead (DEAD_REFUSED);
    case OUTCOME_MISCONFIGURED:
      return dead (DEAD_MISCONFIGURED);
    case OUTCOME_RETRY:
    case OUTCOME_DOWN:
      break;
    }
  return again_or_dead (policy, facts, outcome, now_us, random);
}

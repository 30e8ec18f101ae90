/* policy.h: when to try again, when to stop.  Pure: data in, verdict out.
 *
 * The names and bounds are EventBridge's: MaximumRetryAttempts counts the tries after the first,
 * MaximumEventAgeInSeconds counts from when the event was accepted (or last replayed); whichever
 * comes first ends it.  The waits are either a list, one for each retry, or a back-off:
 * base * factor^(n-1), at most cap.  Both are spread by +/- jitter.  A wait begins when the try
 * before it ended, so that tries which come late are not followed by a burst. */
#pragma once

#include "base/delivery.h"
#include "base/outcome.h"
#include "base/random.h"

G_BEGIN_DECLS

typedef struct
{
  guint max_retries; /* 0: one try only */
  gint64 max_age_us;
  const gint64 *waits_us; /* before each retry; the last one holds for all further; or NULL */
  guint n_waits;          /* 0: no retry, whatever max_retries says, when there is a list */
  gint64 base_us;         /* without a list: wait after the first failure */
  double factor;          /* of each wait to the one before; at least 1 */
  gint64 cap_us;          /* of one wait */
  double jitter;          /* 0.2: each wait is spread over 80 % to 120 % */
} Policy;

typedef struct
{
  guint attempts;  /* made since since_us, the one just made included */
  gint64 since_us; /* accepted or last replayed */
} DeliveryFacts;

typedef struct
{
  DeliveryState state; /* done, waiting or dead */
  gint64 due_us;       /* when waiting */
  DeadReason dead;     /* when dead */
  gboolean pauses;     /* and the connector takes nothing more until an operator resumes it */
} Verdict;

Verdict policy_next (const Policy *policy,
                     const DeliveryFacts *facts,
                     const Outcome *outcome,
                     gint64 now_us,
                     Random *random);

/* Before an attempt: is the delivery already too old to be tried? */
gboolean policy_is_expired (const Policy *policy, const DeliveryFacts *facts, gint64 now_us);

G_END_DECLS

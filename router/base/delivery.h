/* delivery.h: the names and states of a delivery: one event owed to one target. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A delivery's address in the store.  Its public id is "<event id>-<index>". */
typedef struct
{
  gint64 event_seq; /* given by the store, ascending */
  guint32 index;    /* from 1 */
} DeliveryKey;

guint delivery_key_hash (gconstpointer key);
gboolean delivery_key_equal (gconstpointer a, gconstpointer b);

char *delivery_id_new (const char *event_id, guint32 index);
gboolean delivery_id_parse (const char *id, char **out_event_id, guint32 *out_index);

/* Every delivery is in exactly one of these.  "sending" is never stored: what is not settled after
 * a crash is simply due again.  The numbers are stored: never reuse one. */
typedef enum
{
  DELIVERY_READY = 1,     /* not tried since it was accepted or replayed */
  DELIVERY_WAITING = 2,   /* tried, failed, will be tried again at its due time */
  DELIVERY_HELD = 3,      /* its connector is paused or shut */
  DELIVERY_DONE = 4,      /* the target took it */
  DELIVERY_DEAD = 5,      /* gave up; waits for an operator */
  DELIVERY_DISCARDED = 6, /* an operator let it go */
} DeliveryState;

#define DELIVERY_N_STATES 7 /* states are 1 to 6 */
#define DELIVERY_STATE_BIT(state) (1u << (state))
#define DELIVERY_UNSETTLED                                                                         \
  (DELIVERY_STATE_BIT (DELIVERY_READY) | DELIVERY_STATE_BIT (DELIVERY_WAITING) |                   \
   DELIVERY_STATE_BIT (DELIVERY_HELD))

const char *delivery_state_name (DeliveryState state); /* "ready", "waiting" … */
gboolean delivery_state_parse (const char *name, DeliveryState *out_state);

/* Of a delivery that waits for another one with its order key to be settled. */
#define DELIVERY_NEVER_US G_MAXINT64

/* Of what is due, the higher number goes first. */
#define DELIVERY_MAX_PRIORITY 9
#define DELIVERY_DEFAULT_PRIORITY 4

/* Why a delivery is dead.  A closed list; the numbers are stored. */
typedef enum
{
  DEAD_NOT = 0,
  DEAD_REFUSED = 1,       /* the target said that it never will take it */
  DEAD_ATTEMPTS = 2,      /* RetryPolicy.MaximumRetryAttempts used up */
  DEAD_AGE = 3,           /* RetryPolicy.MaximumEventAgeInSeconds is over */
  DEAD_INPUT = 4,         /* the input transformer's result is not valid */
  DEAD_NO_TARGET = 5,     /* rule, target or connector no longer exist */
  DEAD_MISCONFIGURED = 6, /* the connector cannot work as it is configured */
  DEAD_OPERATOR = 7,      /* an operator gave it up */
  DEAD_HOPS = 8,          /* Limits.BusHops: it went from bus to bus too often */
  DEAD_TIME = 9,          /* DeliverAt leads to something that is no time */
  DEAD_N_REASONS,         /* not stored */
} DeadReason;

const char *dead_reason_name (DeadReason reason);                        /* "refused" … */
gboolean dead_reason_by_name (const char *name, DeadReason *out_reason); /* FALSE: none of these */
const char *dead_reason_sentence (DeadReason reason);                    /* for people */

G_END_DECLS

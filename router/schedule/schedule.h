/* schedule.h: what is due next?  Ids and times only, never bodies.
 *
 * One queue a connector, so that a slow, dead or paused one leaves the others alone.  Of what is
 * due the most urgent goes first, then what has been due for longest.  A queue keeps a bounded
 * number of deliveries; the rest stays in the store, from which the schedule asks for more when it
 * runs low: schedule_wants(), schedule_fill().
 *
 * Belongs to the delivery thread.  Times are steady (base/clock.h); now_us is passed in. */
#pragma once

#include "schedule/breaker.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct Schedule Schedule;

typedef struct
{
  guint window; /* how many may be under way at once; at least 1 */
  double rate;  /* how many may begin in a second; 0: as many as there are */
  guint burst;  /* how many of them at once, after a rest; at least 1 */
  BreakerSettings breaker;
} QueueSettings;

typedef struct
{
  DeliveryKey key;
  const char *connector; /* interned */
  gint64 due_us;
  guint priority;
  gboolean is_probe; /* to see whether the connector works again */
} ScheduleTicket;

/* capacity: how many deliveries of one queue are kept, besides those that are under way.  settings:
 * of queues that are not configured.  random outlives it. */
Schedule *schedule_new (guint capacity, const QueueSettings *settings, Random *random);
void schedule_free (Schedule *schedule);

/* What all that is under way together may take; without it there is no bound.  No connector gets
 * more than half of what is then still free, but always one: many that hang take less and less
 * each, and those that answer always find a place. */
void schedule_set_budget (Schedule *schedule, guint places, gsize bytes);

void schedule_set_capacity (Schedule *schedule, guint capacity, gint64 now_us);
void schedule_configure (Schedule *schedule,
                         const char *connector,
                         const QueueSettings *settings,
                         gint64 now_us);

/* Of a paused connector nothing is taken, whatever is due. */
void
schedule_set_paused (Schedule *schedule, const char *connector, gboolean paused, gint64 now_us);
/* As it was when the router stopped. */
void schedule_set_shut (Schedule *schedule, const StoredHold *hold, gint64 now_us);
/* A shut connector is probed at once. */
void schedule_probe (Schedule *schedule, const char *connector, gint64 now_us);

/* A key that is already there (queued or under way) is left alone: FALSE; except that one that
 * waits for a later time there is due at this one from now on. */
gboolean schedule_add (Schedule *schedule, const StoreDue *due, gint64 now_us);

/* There is work for the connector in the store. */
void schedule_expect (Schedule *schedule, const char *connector, gint64 now_us);

/* A queue runs low: the store should be asked what is due for it at now_us, for at most so many.
 * The answer goes to schedule_fill(), or schedule_fail_fill() says that there is none. */
gboolean
schedule_wants (Schedule *schedule, gint64 now_us, const char **out_connector, guint *out_limit);
void
schedule_fill (Schedule *schedule, const char *connector, const StoreClaim *claim, gint64 now_us);
void schedule_fail_fill (Schedule *schedule, const char *connector, gint64 now_us);

/* The next ticket that is due and whose connector has room; connectors take turns.  The ticket's
 * place in the window is taken until schedule_release(). */
gboolean schedule_take (Schedule *schedule, gint64 now_us, ScheduleTicket *out_ticket);

/* What it takes of the budget's bytes, once that is known; until it is released. */
void schedule_charge (Schedule *schedule, const ScheduleTicket *ticket, gsize bytes);

/* FALSE: nothing can be taken before something is released. */
gboolean schedule_has_room (Schedule *schedule);

typedef enum
{
  SCHEDULE_STAYS = 0,
  SCHEDULE_SHUTS = 1 << 0, /* or is shut for longer: schedule_get_shut() */
  SCHEDULE_OPENS = 1 << 1,
  SCHEDULE_FALTERS = 1 << 2,  /* the first failure after a success, or ever */
  SCHEDULE_RECOVERS = 1 << 3, /* the first success after a failure */
} ScheduleChange;

/* sign: what it showed; wait_us: how long the target asked to be left alone, or less than 0. */
ScheduleChange schedule_release (Schedule *schedule,
                                 const ScheduleTicket *ticket,
                                 BreakerSign sign,
                                 gint64 wait_us,
                                 gint64 now_us);

const Breaker *schedule_get_breaker (Schedule *schedule, const char *connector);

/* When schedule_wants() or schedule_take() can next succeed by the passing of time alone, which may
 * be now_us; G_MAXINT64: never. */
gint64 schedule_next_us (Schedule *schedule, gint64 now_us);

guint schedule_n_queued (Schedule *schedule); /* that are kept here */
guint schedule_n_taken (Schedule *schedule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Schedule, schedule_free)

G_END_DECLS

/* schedule.h: what is due next?  Ids and times only, never bodies.
 *
 * One queue a connector with a window (how many may be under way at once), each a heap by due time,
 * so that a slow connector leaves the others alone.  Belongs to the delivery thread. */
#pragma once

#include "base/delivery.h"

G_BEGIN_DECLS

typedef struct Schedule Schedule;

typedef struct
{
  DeliveryKey key;
  const char *connector; /* interned */
  gint64 due_us;         /* wall clock */
} ScheduleTicket;

Schedule *schedule_new (guint default_window);
void schedule_free (Schedule *schedule);

/* How many deliveries of a connector may be under way at once; at least 1. */
void schedule_set_window (Schedule *schedule, const char *connector, guint window);

/* Of a paused connector nothing is taken, whatever is due. */
void schedule_set_paused (Schedule *schedule, const char *connector, gboolean paused);

/* A key that is already there (queued or under way) is left alone: FALSE. */
gboolean schedule_add (Schedule *schedule, DeliveryKey key, const char *connector, gint64 due_us);

/* The next ticket that is due and whose connector has room; connectors take turns.  The ticket's
 * place in the window is taken until schedule_release(). */
gboolean schedule_take (Schedule *schedule, gint64 now_us, ScheduleTicket *out_ticket);
void schedule_release (Schedule *schedule, const ScheduleTicket *ticket);

/* When schedule_take() can next succeed by the passing of time alone; G_MAXINT64: never. */
gint64 schedule_next_us (Schedule *schedule);

guint schedule_n_queued (Schedule *schedule);
guint schedule_n_taken (Schedule *schedule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Schedule, schedule_free)

G_END_DECLS

/* timers.h: sources with a schedule.
 *
 * How far each has come is a record of the store, written in the commit that appends its event: a
 * restart at any moment neither loses a time nor has it twice.  A time that passed while the router
 * was not there, or more than a minute ago, counts as missed: the schedule's CatchUp says what
 * becomes of it.
 *
 * A source that is new, or whose expression or zone was changed, begins when the router first sees
 * it; so does one that was switched off for a while. */
#pragma once

#include "ingress/ingress.h"

G_BEGIN_DECLS

typedef struct Timers Timers;

typedef struct
{
  Clock *clock;
  Store *store;
  Writer *writer;
  Ingress *ingress;
  SnapshotHolder *snapshots;
} TimersSetup;

/* Reads how far the schedules have come. */
Timers *timers_new (const TimersSetup *setup, GError **error);
/* Stops it first. */
void timers_free (Timers *timers);

/* Makes the events that are due, waits until they are durable, and returns when the next is due
 * (wall clock; TIMETABLE_NEVER_US: never).  What could not be kept is due again at once.  Not while
 * the thread runs; not on the writer's. */
gint64 timers_step (Timers *timers);

/* Its own thread: steps whenever something is due, and looks at the wall clock once a second, as it
 * may be set. */
void timers_start (Timers *timers);
/* Any thread: another configuration is in force. */
void timers_reconfigure (Timers *timers);
/* Before the writer is stopped.  Idempotent. */
void timers_stop (Timers *timers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Timers, timers_free)

G_END_DECLS

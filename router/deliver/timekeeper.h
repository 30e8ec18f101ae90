/* timekeeper.h: steady time, from one process to the next.  Delivery thread.
 *
 * When deliveries are due is kept in steady time (base/clock.h), which nobody can set: however the
 * wall clock jumps, forward or back, what waits keeps its distance in time that passes, nothing
 * comes in a rush and nothing is late.  So does what was to be delivered at a time of day: that is
 * turned into a distance when the event is accepted.
 *
 * The store keeps a record of both.  While the machine is not started anew the time since then is
 * known exactly; over a start of the machine the wall clock is believed, as nothing else has
 * counted, but steady time never goes back. */
#pragma once

#include "base/clock.h"
#include "store/writer.h"

G_BEGIN_DECLS

typedef struct
{
  Clock *clock;
  Store *store;
  Writer *writer;
  StoredClock recorded;
} Timekeeper;

/* has_work: something in the store is due at some time; else both times begin as one. */
gboolean timekeeper_start (Timekeeper *keeper,
                           Clock *clock,
                           Store *store,
                           Writer *writer,
                           gboolean has_work,
                           GError **error);

/* Whenever there is something to do: notices that the wall clock was set, says so, and brings the
 * record up to date from time to time. */
void timekeeper_check (Timekeeper *keeper);

/* What steady time is now, by the last record.  Pure. */
gint64 timekeeper_resume_us (const StoredClock *recorded, const StoredClock *now);

G_END_DECLS

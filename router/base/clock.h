/* clock.h: time as a parameter.  Only clock.c asks the system.
 *
 * Wall time (microseconds since 1970, UTC) is for what is shown; monotonic time is for measuring
 * durations.  Steady time is for what is to happen in the future, and says when deliveries are due:
 * it is counted like wall time, but nobody can set it, and it goes on while the machine sleeps.
 * Both agree when a clock is made, and drift apart by as much as wall time is then set.
 *
 * All functions may be called from any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Clock Clock;

Clock *clock_system_new (void);

/* A clock that stands still until it is advanced; for tests. */
Clock *clock_manual_new (gint64 wall_us);
void clock_manual_advance (Clock *clock, gint64 by_us);
/* Wall time is set, nothing else. */
void clock_manual_set (Clock *clock, gint64 wall_us);

void clock_free (Clock *clock);

gint64 clock_wall_us (Clock *clock);
gint64 clock_monotonic_us (Clock *clock);

gint64 clock_steady_us (Clock *clock);
/* To go on with what an earlier process counted. */
void clock_set_steady (Clock *clock, gint64 steady_us);
/* What wall time says, now that it is what it is, about a steady time, and the other way round.
 * The ends of the range stay. */
gint64 clock_wall_from_steady (Clock *clock, gint64 steady_us);
gint64 clock_steady_from_wall (Clock *clock, gint64 wall_us);

/* Since the machine was started, sleep included, and which start that was: "" when unknown. */
gint64 clock_boot_us (Clock *clock);
char *clock_boot_id (Clock *clock);

/* "2026-11-21T09:14:00Z" (second precision, as EventBridge writes it) and with ".123456" before the
 * Z. */
char *clock_format_seconds (gint64 wall_us);
char *clock_format_us (gint64 wall_us);

/* RFC 3339 with any offset and fraction; FALSE when it is not. */
gboolean clock_parse (const char *text, gint64 *out_wall_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Clock, clock_free)

G_END_DECLS

/* timetable.h: when a schedule's expression says that it is time.
 *
 * EventBridge Scheduler's expressions:
 *
 * - rate(5 minutes): minute(s), hour(s) or day(s), singular only for 1; every so often from when it
 *   began, the first time after one period.
 * - cron(minutes hours day-of-month month day-of-week year): six fields; one of the two days is
 * "?".
 * - at(2026-11-21T09:14:00): once.
 *
 * cron and at are meant in a time zone.  A local time that a change of the clocks leaves out is the
 * first moment after it; one that occurs twice is the first of the two.
 *
 * Immutable once made; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Timetable Timetable;

#define TIMETABLE_NEVER_US G_MAXINT64

/* zone: an IANA name, as "Europe/Zurich", or NULL: UTC.  ROUTER_ERROR_INVALID says what is wrong
 * with the expression; *out_is_zone that it is the zone. */
Timetable *
timetable_new (const char *expression, const char *zone, gboolean *out_is_zone, GError **error);
void timetable_free (Timetable *timetable);

/* The first time after after_us (wall clock), or TIMETABLE_NEVER_US.  began_us: what a rate counts
 * from. */
gint64 timetable_next (const Timetable *timetable, gint64 began_us, gint64 after_us);

/* The last time at or before at_us and after after_us, or TIMETABLE_NEVER_US: there is none. */
gint64 timetable_last (const Timetable *timetable, gint64 began_us, gint64 after_us, gint64 at_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Timetable, timetable_free)

G_END_DECLS

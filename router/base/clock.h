/* clock.h: time as a parameter.  Only clock.c asks the system.
 *
 * Wall time (microseconds since 1970, UTC) is for what is stored or shown; monotonic time is for
 * measuring durations.  All functions may be called from any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Clock Clock;

Clock *clock_system_new (void);

/* A clock that stands still until it is advanced; for tests. */
Clock *clock_manual_new (gint64 wall_us);
void clock_manual_advance (Clock *clock, gint64 by_us);

void clock_free (Clock *clock);

gint64 clock_wall_us (Clock *clock);
gint64 clock_monotonic_us (Clock *clock);

/* "2026-11-21T09:14:00Z" (second precision, as EventBridge writes it) and with ".123456" before the
 * Z. */
char *clock_format_seconds (gint64 wall_us);
char *clock_format_us (gint64 wall_us);

/* RFC 3339 with any offset and fraction; FALSE when it is not. */
gboolean clock_parse (const char *text, gint64 *out_wall_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Clock, clock_free)

G_END_DECLS

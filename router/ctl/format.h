/* format.h: times, durations and sizes as people read them, and read from people. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "09:14:03.123" on the day of now, "2026-11-20 09:14:03" on another; in the zone, NULL: the local
 * one. */
char *format_time (gint64 wall_us, gint64 now_us, GTimeZone *zone);
/* The same from RFC 3339 as the API gives it; other text is given back as it is. */
char *format_rfc3339 (const char *text, gint64 now_us);

/* "850 µs", "12.3 ms", "3.2 s", "2 min 5 s", "1 h 4 min", "3 d 2 h". */
char *format_duration (gint64 duration_us);

/* "in 3.2 s", "2 min ago", "now". */
char *format_relative (gint64 wall_us, gint64 now_us);

/* "812 bytes", "12.3 KB", "4.0 MB" (of 1000). */
char *format_bytes (guint64 n_bytes);

/* "1 delivery", "3 deliveries". */
char *format_count (guint64 n, const char *one, const char *many);

/* "500ms", "2s", "1.5 min", "3h", "2d"; a bare number is in the default unit.  FALSE with error. */
gboolean parse_duration (const char *text, gint64 default_unit_us, gint64 *out_us, GError **error);

/* A moment: RFC 3339, or a duration that means so long ago.  FALSE with error. */
gboolean parse_moment (const char *text, gint64 now_us, gint64 *out_us, GError **error);

G_END_DECLS

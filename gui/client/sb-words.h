/* sb-words.h: numbers, times and outcomes in plain words, translated.
 *
 * The time now is always a parameter: it is the router's clock, which may differ from this
 * machine's (sb_router_get_now_us).  Times are microseconds since 1970. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "40,218", grouped as the locale does. */
char *sb_words_count (gint64 n);

/* "12", "4.1k", "40k", "1.2M": for badges. */
char *sb_words_short_count (gint64 n);

/* "in 12 s", "now". */
char *sb_words_countdown (gint64 due_us, gint64 now_us);

/* "12 s ago", "just now". */
char *sb_words_ago (gint64 at_us, gint64 now_us);

/* "14:03:07" when it is today, else with the date. */
char *sb_words_time (gint64 at_us, gint64 now_us);

/* Local time with its offset, and UTC: for tooltips. */
char *sb_words_exact_time (gint64 at_us);

/* "12 ms", "1.3 s", "2 min". */
char *sb_words_duration (gint64 duration_us);

/* "1.2 KB". */
char *sb_words_bytes (gint64 bytes);

/* What an attempt came to, in a few words: "503 Service Unavailable", "No connection".  outcome and
 * error_code are the API's names, status is 0 when there was no answer; what a status means depends
 * on the connector ("webhook/billing"). */
char *
sb_words_answer (const char *connector, const char *outcome, int status, const char *error_code);

/* "Delivered", "Refused" … of the API's outcome names; an unheard-of name is itself. */
const char *sb_words_outcome (const char *outcome);

G_END_DECLS

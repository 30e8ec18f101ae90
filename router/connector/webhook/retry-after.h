/* retry-after.h: how long a server asks to wait (RFC 9110, 10.2.3 and 5.6.7).  Pure; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A negative number of seconds: EventBridge takes it as a request to stop trying. */
#define RETRY_AFTER_NEVER G_GINT64_CONSTANT (-2)

/* The wait in microseconds, at most 2^31 - 1 seconds; -1 when the value says nothing; or
 * RETRY_AFTER_NEVER.  Seconds, also with a fraction, which is rounded up; or a date, from which
 * date, the answer's own Date field or NULL, is subtracted, so that it does not matter how the
 * server's clock is set; without one, now_us (wall clock) is. */
gint64 retry_after_parse (const char *value, const char *date, gint64 now_us);

/* An HTTP date in any of its three forms: "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94
 * 08:49:37 GMT" (a year that would be more than 50 years after now_us is of the century before),
 * "Sun Nov  6 08:49:37 1994".  Case counts, the locale does not. */
gboolean http_date_parse (const char *text, gint64 now_us, gint64 *out_us);

G_END_DECLS

/* sb-filter.h: what one types to find events, as the query that the router takes.
 *
 * Words with a colon choose: source:shop type:"Order Paid" rule:default/billing bus:warehouse
 * by:github (the way in) matched:no since: and until:, also called after: and before: (2h, that is
 * s, m, h or d before now, or a time as in RFC 3339).
 * state:dead,waiting connector:webhook/chat status:503 (or 5xx) choose by one delivery of the
 * event.
 * $.detail.total>100 compares a value of the body.  Anything else is looked for in the bodies as it
 * stands. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* now_us: the router's time.  NULL: out_problem says in one sentence what cannot be read. */
char *sb_filter_dup_query (const char *text, gint64 now_us, char **out_problem);

/* The text with another span of time, in whole seconds; from_us 0: without any. */
char *sb_filter_dup_with_span (const char *text, gint64 from_us, gint64 to_us);

G_END_DECLS

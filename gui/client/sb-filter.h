/* sb-filter.h: what one types to find events, as the query that the router takes.
 *
 * Words with a colon choose: source:shop type:"Order Paid" rule:default/billing bus:warehouse
 * by:github (the way in) since:2h (s, m, h, d) after: and before: (a time as in RFC 3339).
 * $.detail.total>100 compares a value of the body.  Anything else is looked for in the bodies as it
 * stands. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* now_us: the router's time.  NULL: out_problem says in one sentence what cannot be read. */
char *sb_filter_dup_query (const char *text, gint64 now_us, char **out_problem);

G_END_DECLS

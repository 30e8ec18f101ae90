/* trouble-log.h: what troubles came and went, kept over restarts.
 *
 * What is wrong now is found anew each time, see trouble.h; here it is compared with what was wrong
 * before.  A trouble that came and one that went are each a record of the store, so that whoever
 * asks is told the same.  Any thread. */
#pragma once

#include "http/trouble.h"

G_BEGIN_DECLS

/* A store that cannot be read begins an empty log. */
TroubleLog *trouble_log_new (Api *api);
void trouble_log_free (TroubleLog *log);

/* What is wrong now, and notes it; FALSE: the store failed. */
gboolean trouble_log_take (TroubleLog *log, Troubles *troubles, GError **error);
/* The same, for whoever wants nothing but that it is noted: the sampler, at most once a second. */
void trouble_log_look (TroubleLog *log);

/* Members "opened" and "times" of one that is there and was noted. */
void trouble_log_put_open (TroubleLog *log, const Trouble *trouble, JsonOut *out);
/* Since when it is there, as far as that is known better than by the trouble itself. */
gint64 trouble_log_first_us (TroubleLog *log, const Trouble *trouble);
/* Those that went within the last days, the latest first, each with all its members. */
void trouble_log_put_resolved (TroubleLog *log, JsonOut *out);

/* What a trouble is said to be, within an object, but for who has seen it. */
void trouble_put (const Trouble *trouble, gint64 first_us, JsonOut *out);

G_END_DECLS

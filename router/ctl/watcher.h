/* watcher.h: waits until something changes in the router, instead of asking again and again.
 *
 * A thread of its own listens to the router's stream of changes.  Where there is none (an older
 * router, too many listeners, no router at all) waiting falls back to a short sleep.  The functions
 * are for one thread. */
#pragma once

#include "ctl.h"

G_BEGIN_DECLS

typedef struct Watcher Watcher;

/* topics: as in the query of /v1/changes, or NULL: all. */
Watcher *watcher_new (Ctl *ctl, const char *topics);
void watcher_free (Watcher *watcher);

/* Returns when something has changed since the last call, or after this time; what came meanwhile
 * counts as one change. */
void watcher_wait (Watcher *watcher, gint64 timeout_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watcher, watcher_free)

G_END_DECLS

/* sb-local-router.h: starts a router of one's own, for who has none yet.
 *
 * It runs as the user in a session of its own, so that it goes on when the app is closed, and keeps
 * its configuration and its events below the user's data folder. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Starts signalboxd to listen at the socket; data_dir gets signalbox/config, when it is not there
 * with a source and a rule to begin with, signalbox/state and signalbox/log.  NULL with an
 * error when that cannot be. Why it ended, if it did, says sb_local_router_dup_log(). */
GSubprocess *sb_local_router_start (const char *socket, const char *data_dir, GError **error);

/* The last line that it wrote, or "". */
char *sb_local_router_dup_log (const char *data_dir);

G_END_DECLS

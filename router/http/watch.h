/* watch.h: deadlines of connections, and a decent end for those that are refused early.
 *
 * The server library's own timeout starts anew with every byte, so that a sender of one byte a
 * minute would hold its connection for ever.  Here every phase of a request (waiting for its head,
 * its body, sending the answer) has one absolute deadline; a connection that misses it is shut
 * down.
 *
 * All functions may be called from any thread. */
#pragma once

#include "base/clock.h"

G_BEGIN_DECLS

typedef struct HttpWatch HttpWatch;
typedef struct HttpWatched HttpWatched;

HttpWatch *http_watch_new (Clock *clock, gint64 limit_us, GError **error);
void http_watch_free (HttpWatch *watch);

/* The descriptor stays the caller's and must stay open until it is removed.  The time starts. */
HttpWatched *http_watch_add (HttpWatch *watch, int fd);
void http_watch_remove (HttpWatch *watch, HttpWatched *watched);

/* A new phase begins: its time starts anew. */
void http_watch_restart (HttpWatch *watch, HttpWatched *watched);
/* The router itself is at work: no deadline until the next restart. */
void http_watch_pause (HttpWatch *watch, HttpWatched *watched);

/* Takes a descriptor whose answer has been written although the sender is still sending.  Closing
 * it now would reset the connection and lose the answer on the sender's side; so what arrives is
 * read and dropped until the sender ends or a few seconds are over. */
void http_watch_linger (HttpWatch *watch, int fd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpWatch, http_watch_free)

G_END_DECLS

/* wakeup.h: a source that is ready when somebody says so, or at a time.
 *
 * It goes off once and is then quiet until it is set again; what was set last counts.  The callback
 * runs on the thread that iterates the context, and so does whoever sets a time; wakeup_now() alone
 * is for any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* context NULL: not yet attached, see g_source_attach().  What callback returns is ignored. */
GSource *
wakeup_new (const char *name, GMainContext *context, GSourceFunc callback, gpointer user_data);
void wakeup_free (GSource *wakeup);

void wakeup_now (GSource *wakeup);
void wakeup_in (GSource *wakeup, gint64 wait_us);
void wakeup_never (GSource *wakeup);

G_END_DECLS

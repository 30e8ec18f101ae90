/* sb-watch.h: hears of a router while nobody looks at it, and sleeps as long as nothing happens.
 *
 * It holds the router's stream of changes open and does nothing but wait for it to speak.  A router
 * that has much to say is heard every few seconds only: the stream is closed meanwhile. */
#pragma once

#include "sb-client.h"

G_BEGIN_DECLS

#define SB_TYPE_WATCH (sb_watch_get_type ())
G_DECLARE_FINAL_TYPE (SbWatch, sb_watch, SB, WATCH, GObject)

/* pause_ms: between two pieces of news; a router that is away is looked for after six of them. */
SbWatch *sb_watch_new (SbClient *client, guint pause_ms);

/* A watch that does not watch wakes nobody. */
void sb_watch_set_active (SbWatch *self, gboolean active);

/* Signals:
 *   news ()  something may be different from what was known: ask */

G_END_DECLS

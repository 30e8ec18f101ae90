/* sb-changes.h: the router's stream of changes: says at once that something is different now, never
 * what.
 *
 * The router sends at most ten messages a second, each for everything since the one before, so
 * whoever asks again after each message asks ten times a second at most. */
#pragma once

#include "sb-client.h"

G_BEGIN_DECLS

#define SB_TYPE_CHANGES (sb_changes_get_type ())
G_DECLARE_FINAL_TYPE (SbChanges, sb_changes, SB, CHANGES, GObject)

SbChanges *sb_changes_new (SbClient *client);

/* Opens the stream unless it is open, or the router has said that it has none. */
void sb_changes_open (SbChanges *self);
void sb_changes_close (SbChanges *self);

gboolean sb_changes_is_open (SbChanges *self);

/* Signals:
 *   changed ()  something is different, or was missed
 *   closed ()   the stream has ended, and not by sb_changes_close() */

G_END_DECLS

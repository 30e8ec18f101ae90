/* sb-pending.h: the files that say something else on disk than what is in force. */
#pragma once

#include "sb-client.h"

G_BEGIN_DECLS

#define SB_TYPE_PENDING (sb_pending_get_type ())
G_DECLARE_FINAL_TYPE (SbPending, sb_pending, SB, PENDING, GObject)

SbPending *sb_pending_new (SbClient *client);

/* Asks the router again. */
void sb_pending_refresh (SbPending *self);

/* Path -> text, or NULL of a file that is gone; empty when nothing is pending.  NULL before the
 * first answer.  Another table after each signal. */
GHashTable *sb_pending_get_files (SbPending *self);

/* Signals:
 *   changed ()  the files are others, or say something else */

G_END_DECLS

/* sb-captured.h: the newest events with all that is in them, for whoever writes a rule: to try it
 * out with, and to know the fields of.
 *
 * Some are the newest of all, some the newest that the rule in force has matched, which may be
 * older. */
#pragma once

#include "sb-client.h"
#include "sb-event.h"

G_BEGIN_DECLS

#define SB_TYPE_CAPTURED (sb_captured_get_type ())
G_DECLARE_FINAL_TYPE (SbCaptured, sb_captured, SB, CAPTURED, GObject)

/* rule: "default/paid". */
SbCaptured *sb_captured_new (SbClient *client, const char *rule);

/* Asks for them, or for those that came in since. */
void sb_captured_refresh (SbCaptured *self);

/* Is something asked for that has not come yet? */
gboolean sb_captured_is_loading (SbCaptured *self);

/* The newest first.  Owned by it, until the next change. */
guint sb_captured_get_n (SbCaptured *self);
SbEvent *sb_captured_get_event (SbCaptured *self, guint position);
/* All of it, as the API has it; NULL: not here yet. */
JsonObject *sb_captured_get_object (SbCaptured *self, guint position);
/* As a pattern sees it, one line of JSON; NULL: not here yet.  Caller frees. */
char *sb_captured_dup_envelope (SbCaptured *self, guint position);

/* Signals:
 *   changed ()        there are others, or one of them is here now
 *   arrived (object)  JsonObject of one that was not here before */

G_END_DECLS

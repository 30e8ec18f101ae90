/* sb-what-if.h: how many of the stored events a rule would match as it stands in the editor, and
 * which of them the rule in force treats otherwise. */
#pragma once

#include "sb-client.h"

G_BEGIN_DECLS

#define SB_TYPE_WHAT_IF (sb_what_if_get_type ())
G_DECLARE_FINAL_TYPE (SbWhatIf, sb_what_if, SB, WHAT_IF, GObject)

/* rule: "default/paid".  pause_ms: how long the text must stay before the router is asked. */
SbWhatIf *sb_what_if_new (SbClient *client, const char *rule, guint pause_ms);

/* The rule's text.  A pattern that is the same as before asks nothing; one that is wrong has no
 * answer. */
void sb_what_if_set_text (SbWhatIf *self, const char *text);
/* Ask anew: the rule in force may be another one. */
void sb_what_if_refresh (SbWhatIf *self);

/* In one sentence; "" when nothing is known.  Caller frees. */
char *sb_what_if_dup_words (SbWhatIf *self, gint64 now_us);

/* Events that would match and do not now, and the other way round: how many, and the ids of some.
 * The array is owned by it. */
gint64 sb_what_if_get_gained (SbWhatIf *self, char ***out_ids);
gint64 sb_what_if_get_lost (SbWhatIf *self, char ***out_ids);

/* Signals:
 *   changed () */

G_END_DECLS

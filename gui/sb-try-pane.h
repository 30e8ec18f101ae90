/* sb-try-pane.h: an event beside a rule that is being written: would it match, and what would be
 * sent? */
#pragma once

#include <adwaita.h>

#include "sb-captured.h"
#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_TRY_PANE (sb_try_pane_get_type ())
G_DECLARE_FINAL_TYPE (SbTryPane, sb_try_pane, SB, TRY_PANE, AdwBin)

/* Another rule: begins with the latest event that it has matched, or else with the latest of all.
 * captured: which ones can be chosen; the caller refreshes it once. */
void sb_try_pane_open (SbTryPane *self, SbRouter *router, const char *rule, SbCaptured *captured);

/* The rule's text as it is now. */
void sb_try_pane_set_text (SbTryPane *self, const char *text);

/* Signals:
 *   tried (const SbTrial *)  what came of it; valid during the signal */

G_END_DECLS

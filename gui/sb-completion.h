/* sb-completion.h: completes the text of a rule, by the place that is written at: fields and values
 * as captured events have them, operators of patterns, settings of a rule, connectors.
 *
 * A list opens while one writes within quotes, or on Ctrl+Space; Return or Tab takes what is
 * selected, Escape closes it. */
#pragma once

#include "sb-document-view.h"
#include "sb-fields.h"
#include "sb-settings.h"

G_BEGIN_DECLS

#define SB_TYPE_COMPLETION (sb_completion_get_type ())
G_DECLARE_FINAL_TYPE (SbCompletion, sb_completion, SB, COMPLETION, GObject)

SbCompletion *sb_completion_new (SbDocumentView *view);

/* What is proposed; each may be NULL. */
void sb_completion_set_fields (SbCompletion *self, SbFields *fields);
void
sb_completion_set_settings (SbCompletion *self, SbSettings *settings, const char *const *files);

G_END_DECLS

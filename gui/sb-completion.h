/* sb-completion.h: completes the text of a rule, by the place that is written at: fields and values
 * as captured events have them, operators of patterns, settings of a rule, connectors. */
#pragma once

#include <gtksourceview/gtksource.h>

#include "sb-fields.h"
#include "sb-settings.h"

G_BEGIN_DECLS

#define SB_TYPE_COMPLETION (sb_completion_get_type ())
G_DECLARE_FINAL_TYPE (SbCompletion, sb_completion, SB, COMPLETION, GObject)

SbCompletion *sb_completion_new (void);

/* What is proposed; each may be NULL. */
void sb_completion_set_fields (SbCompletion *self, SbFields *fields);
void
sb_completion_set_settings (SbCompletion *self, SbSettings *settings, const char *const *files);

G_END_DECLS

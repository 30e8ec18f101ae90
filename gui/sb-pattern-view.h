/* sb-pattern-view.h: an event pattern as rows of field, operator and values, over the text of the
 * rule. */
#pragma once

#include <adwaita.h>

#include "sb-document.h"
#include "sb-fields.h"
#include "sb-trial.h"

G_BEGIN_DECLS

#define SB_TYPE_PATTERN_VIEW (sb_pattern_view_get_type ())
G_DECLARE_FINAL_TYPE (SbPatternView, sb_pattern_view, SB, PATTERN_VIEW, AdwBin)

/* document: of a rule; NULL: none.  fields: what is proposed. */
void sb_pattern_view_set (SbPatternView *self, SbDocument *document, SbFields *fields);

/* Ticks and crosses: what each field makes of an event. */
void sb_pattern_view_show_trial (SbPatternView *self, const SbTrial *trial);

G_END_DECLS

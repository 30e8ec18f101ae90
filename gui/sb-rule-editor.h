/* sb-rule-editor.h: the text of one rule, checked while it is typed. */
#pragma once

#include "sb-page.h"

G_BEGIN_DECLS

#define SB_TYPE_RULE_EDITOR (sb_rule_editor_get_type ())
G_DECLARE_FINAL_TYPE (SbRuleEditor, sb_rule_editor, SB, RULE_EDITOR, SbPage)

/* rule: "default/chat".  One that is not there begins with an example. */
void sb_rule_editor_open (SbRuleEditor *self, const char *rule);

/* The rule that is open, or NULL. */
const char *sb_rule_editor_get_rule (SbRuleEditor *self);

/* Would closing lose something? */
gboolean sb_rule_editor_get_modified (SbRuleEditor *self);

/* Lets go of the rule and of what was not saved. */
void sb_rule_editor_close (SbRuleEditor *self);

/* Saves, and when that has worked emits "done". */
void sb_rule_editor_save_and_leave (SbRuleEditor *self);

/* Signals:
 *   done ()  saved after sb_rule_editor_save_and_leave () */

G_END_DECLS

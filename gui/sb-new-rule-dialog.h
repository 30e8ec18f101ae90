/* sb-new-rule-dialog.h: asks for the name of a new rule. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Ends in the parent's action win.edit-rule, or in nothing. */
void sb_new_rule_dialog_present (GtkWindow *parent);

/* May a rule or bus be called that?  1 to 64 of A-Z a-z 0-9 . _ and - (EventBridge's), and not
 * "." or "..", as it becomes the name of a file. */
gboolean sb_new_rule_dialog_is_name (const char *name);

G_END_DECLS

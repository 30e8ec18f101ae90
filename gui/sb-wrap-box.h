/* sb-wrap-box.h: children beside each other, each as wide as it likes to be, in as many lines as
 * that takes: buttons whose words are long in some languages. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* In a line, children whose halign is start come first; the others are moved to the line's end. */
#define SB_TYPE_WRAP_BOX (sb_wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (SbWrapBox, sb_wrap_box, SB, WRAP_BOX, GtkWidget)

G_END_DECLS

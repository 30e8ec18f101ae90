/* sb-json-view.h: JSON with syntax colours, in the colours of the desktop. */
#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

#define SB_TYPE_JSON_VIEW (sb_json_view_get_type ())
G_DECLARE_FINAL_TYPE (SbJsonView, sb_json_view, SB, JSON_VIEW, GtkSourceView)

/* Shows bytes from outside: JSON is indented, everything that cannot be seen is made visible, and
 * what is very long is cut, with a word that says so.  NULL: nothing. */
void sb_json_view_show_bytes (SbJsonView *self, GBytes *bytes);

G_END_DECLS

/* sb-change-row.h: rows that say how two configurations differ, and what is wrong with one. */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Of an answer's "changes" and "problems", appended to the list; how many. */
guint sb_change_rows_add (GtkListBox *list, JsonObject *answer);
guint sb_problem_rows_add (GtkListBox *list, JsonObject *answer);

/* A boxed list of the changes, or a word that there are none, in a window of limited height.
 * Floating. */
GtkWidget *sb_change_rows_new (JsonObject *answer);

G_END_DECLS

/* sb-value-row.h: rows of a boxed list that say one thing each. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* "title      value": a title and, at the end, a value that can be selected.  Floating. */
GtkWidget *sb_value_row_new (const char *title, const char *subtitle);
/* Another value; style: a class of the label, such as "error", or NULL. */
void sb_value_row_set (GtkWidget *row, const char *value, const char *style);

/* A glyph with its style, a title and what is to be said of it, all of it text from outside.
 * Floating. */
GtkWidget *sb_value_row_new_note (const char *icon_name,
                                  const char *style,
                                  const char *title,
                                  const char *note);

/* What a list without rows says in their place.  Floating. */
GtkWidget *sb_value_row_new_empty (const char *text);

/* A small word at the end of a row, dim. */
void sb_value_row_add_word (GtkWidget *row, const char *word, const char *tooltip);

G_END_DECLS

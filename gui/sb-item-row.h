/* sb-item-row.h: a row of a list: a glyph, a title with something at its end, and two lines below.
 *
 * What it says of its item is up to a function, which is called when the item changes and once a
 * second, for ages. */
#pragma once

#include <gtk/gtk.h>

#include "sb-item.h"

G_BEGIN_DECLS

#define SB_TYPE_ITEM_ROW (sb_item_row_get_type ())
G_DECLARE_FINAL_TYPE (SbItemRow, sb_item_row, SB, ITEM_ROW, GtkWidget)

typedef void (*SbItemRowFill) (SbItemRow *self, gpointer item, gint64 now_us);

GtkWidget *sb_item_row_new (SbItemRowFill fill);
void sb_item_row_set_item (SbItemRow *self, gpointer item);
void sb_item_row_beat (SbItemRow *self, gint64 now_us);

/* For the function: style is a class of the glyph ("error"), end_style one of the words at the end
 * ("dead" for a badge) or NULL for plain ones. */
void sb_item_row_set_icon (SbItemRow *self, const char *icon_name, const char *style);
void sb_item_row_set_title (SbItemRow *self, const char *title);
void sb_item_row_set_end (SbItemRow *self, const char *text, const char *end_style);
void sb_item_row_set_lines (SbItemRow *self, const char *first, const char *second);
/* A bar below; a negative fraction hides it. */
void sb_item_row_set_fraction (SbItemRow *self, double fraction);

G_END_DECLS

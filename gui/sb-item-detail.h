/* sb-item-detail.h: what is beside a list: a title, a card that says how it is with buttons, facts,
 * and whatever else a page puts below. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SB_TYPE_ITEM_DETAIL (sb_item_detail_get_type ())
G_DECLARE_FINAL_TYPE (SbItemDetail, sb_item_detail, SB, ITEM_DETAIL, AdwBin)

/* A button of the card; it is seen while its action is enabled.  style: "suggested-action",
 * "destructive-action" or NULL. */
void sb_item_detail_add_button (SbItemDetail *self,
                                const char *label,
                                const char *tooltip,
                                const char *action,
                                const char *style);

/* subtitle and the lines may be "". */
void sb_item_detail_set_title (SbItemDetail *self, const char *title, const char *subtitle);
void sb_item_detail_set_state (SbItemDetail *self,
                               const char *icon_name,
                               const char *style,
                               const char *words);
void sb_item_detail_set_lines (SbItemDetail *self, const char *note, const char *caption);

/* "title: value"; an empty value is passed over. */
void sb_item_detail_clear_facts (SbItemDetail *self);
/* Between these two the facts that are there are told anew, which costs next to nothing when they
 * are the same. */
void sb_item_detail_begin_facts (SbItemDetail *self);
void sb_item_detail_end_facts (SbItemDetail *self);
void sb_item_detail_add_fact (SbItemDetail *self, const char *title, const char *value);

/* Something of the page's own below everything; takes a floating reference. */
void sb_item_detail_append (SbItemDetail *self, GtkWidget *child);

/* A group below the facts with rows of its own; its list box. */
GtkListBox *sb_item_detail_add_list (SbItemDetail *self, const char *title);

G_END_DECLS

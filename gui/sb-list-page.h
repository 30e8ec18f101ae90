/* sb-list-page.h: a page with a paged list on the left and what is selected on the right; one after
 * the other where the window is narrow.
 *
 * In a .ui file a child of type "detail" stands on the right, "foot" below the list, "head" above
 * it, "top" above both, and is seen when there is nothing, too; "side" stands on the left and can
 * be put away. */
#pragma once

#include "sb-item.h"
#include "sb-page.h"
#include "sb-paged-list.h"

G_BEGIN_DECLS

#define SB_TYPE_LIST_PAGE (sb_list_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (SbListPage, sb_list_page, SB, LIST_PAGE, SbPage)

struct _SbListPageClass
{
  SbPageClass parent_class;

  const char *query; /* of the list, see sb_client_get_page_async */
  gboolean multiple; /* may several rows be selected? */
  gboolean is_inner; /* is there a page that leads to this one? */

  /* Of the rows: the class of the items, a new row, what it shows, and its ages and countdowns. */
  GType (*get_item_type) (void);
  GtkWidget *(*new_row) (SbListPage *self);
  void (*set_row_item) (GtkWidget *row, gpointer item);
  void (*beat_row) (GtkWidget *row, gint64 now_us);

  /* The rows that an item opens into, as a list that is refreshed when it is opened; NULL: it opens
   * into none.  Without the function there is no tree. */
  SbPagedList *(*new_children) (SbListPage *self, gpointer item);

  /* Other rows are selected, or the same ones have changed; GPtrArray of the items. */
  void (*selected) (SbListPage *self, GPtrArray *items);
};

/* NULL before the page has got its router. */
SbPagedList *sb_list_page_get_list (SbListPage *self);
void sb_list_page_set_query (SbListPage *self, const char *query);

/* What stands on the left is shown or put away.  Where there is little room it is put away at
 * first. */
void sb_list_page_toggle_side (SbListPage *self);

/* Everything that is loaded is selected, without a word to selected(); or one row, the first that
 * was selected before. */
void sb_list_page_select_all (SbListPage *self);
/* While the class is told what is selected: somebody chose it, the list did not just change. */
gboolean sb_list_page_is_selecting (SbListPage *self);
void sb_list_page_select_one (SbListPage *self);

/* The row at a position of the view, as items that were opened count: its item, or NULL. */
gpointer sb_list_page_dup_item (SbListPage *self, guint position);
/* Opens the item at that position, or closes it. */
void sb_list_page_set_expanded (SbListPage *self, guint position, gboolean expanded);

/* GPtrArray of the selected items, with references. */
GPtrArray *sb_list_page_dup_selected (SbListPage *self);

/* What is said when there is nothing. */
void sb_list_page_set_empty (SbListPage *self,
                             const char *icon_name,
                             const char *title,
                             const char *description);
/* Something below it, such as a hint; takes a floating reference. */
void sb_list_page_set_empty_child (SbListPage *self, GtkWidget *child);

/* A key without modifiers that activates an action while the list has the focus. */
void sb_list_page_add_key (SbListPage *self, guint keyval, const char *action);
/* The same with modifiers; it comes before what the list itself does with the key. */
void sb_list_page_add_accelerator (SbListPage *self,
                                   guint keyval,
                                   GdkModifierType modifiers,
                                   const char *action);

/* Selects the item of this id, now or once it is in the list. */
void sb_list_page_select (SbListPage *self, const char *id);

/* The detail is seen without the list. */
void sb_list_page_show_detail (SbListPage *self);

G_END_DECLS

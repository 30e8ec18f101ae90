/* sb-paged-list.h: a list of the router's as a GListModel that grows as one scrolls.
 *
 * Rows keep their identity: an item that is still there after a refresh is the same object, and
 * only what came or went is told with items-changed, so that selection and scrolling stay. */
#pragma once

#include "sb-client.h"
#include "sb-item.h"

G_BEGIN_DECLS

#define SB_TYPE_PAGED_LIST (sb_paged_list_get_type ())
G_DECLARE_FINAL_TYPE (SbPagedList, sb_paged_list, SB, PAGED_LIST, GObject)

/* item_type: a class of SbItem; query: see sb_client_get_page_async; page_size: rows that one
 * scrolls on by. */
SbPagedList *
sb_paged_list_new (SbClient *client, GType item_type, const char *query, guint page_size);

/* Another query.  The rows stay until the next refresh has its answer, so that nothing flickers. */
void sb_paged_list_set_query (SbPagedList *self, const char *query);

/* Fetches again what is there, at first one page.  Harmless while a fetch is under way: it is done
 * after that one. */
void sb_paged_list_refresh (SbPagedList *self);

/* Fetches the next page, when there is one and nothing is under way. */
void sb_paged_list_load_more (SbPagedList *self);

/* What else the router said, of a list that comes as a whole; NULL before the first answer. */
JsonObject *sb_paged_list_get_answer (SbPagedList *self);

/* Has there been an answer to this query?  Are all rows there?  Is a fetch under way? */
gboolean sb_paged_list_get_loaded (SbPagedList *self);
gboolean sb_paged_list_get_complete (SbPagedList *self);
gboolean sb_paged_list_get_loading (SbPagedList *self);

/* Signals:
 *   settled (error)  a fetch has ended; error is NULL or what went wrong */

G_END_DECLS

/* sb-node-view.h: one node of the routes: a card, or the bar of a bus. */
#pragma once

#include <gtk/gtk.h>

#include "sb-graph-overlay.h"

G_BEGIN_DECLS

#define SB_TYPE_NODE_VIEW (sb_node_view_get_type ())
G_DECLARE_FINAL_TYPE (SbNodeView, sb_node_view, SB, NODE_VIEW, GtkWidget)

SbNodeView *sb_node_view_new (const SbNode *node, SbOverlay overlay);

/* The same node, as it is now.  The node is needed only during the call.  What assistive
 * technologies are told changes at once; what is drawn only when the node is seen, else the widget
 * is stale until it is updated again. */
void sb_node_view_update (SbNodeView *self, const SbNode *node, SbOverlay overlay, gboolean seen);
gboolean sb_node_view_is_stale (SbNodeView *self);

const char *sb_node_view_get_id (SbNodeView *self);

/* Signals:
 *   activated ()  double click, Enter, or the action "node.activate" */

G_END_DECLS

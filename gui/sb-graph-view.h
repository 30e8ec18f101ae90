/* sb-graph-view.h: the routes, drawn: nodes that can be walked with the arrow keys, edges as thick
 * as what went along them. */
#pragma once

#include <gtk/gtk.h>

#include "sb-graph-overlay.h"

G_BEGIN_DECLS

#define SB_TYPE_GRAPH_VIEW (sb_graph_view_get_type ())
G_DECLARE_FINAL_TYPE (SbGraphView, sb_graph_view, SB, GRAPH_VIEW, GtkWidget)

/* Takes the graph over.  Nodes that were there before keep their widget, and the focus. */
void sb_graph_view_set_graph (SbGraphView *self, SbGraph *graph);
const SbGraph *sb_graph_view_get_graph (SbGraphView *self);

/* What the drawing is about; traffic at first.  What it is not about fades. */
void sb_graph_view_set_overlay (SbGraphView *self, SbOverlay overlay);

/* The node that was focused last, or NULL; its path stands out. */
const SbNode *sb_graph_view_get_current (SbGraphView *self);
void sb_graph_view_set_current (SbGraphView *self, const char *id);

/* Signals:
 *   current-changed ()
 *   node-activated (id)
 *   linked (rule, connector)  ids: one was dragged to the other */

G_END_DECLS

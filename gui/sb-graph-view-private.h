/* sb-graph-view-private.h: what the parts of the drawing of the routes share.
 *
 * sb-graph-view.c holds the graph and its widgets, sb-graph-draw.c draws the edges, and
 * sb-graph-input.c knows pointer and keys.  UI thread. */
#pragma once

#include "sb-graph-overlay.h"
#include "sb-graph-tiles.h"
#include "sb-graph-view.h"
#include "sb-node-view.h"

G_BEGIN_DECLS

#define NODE_SHADOW 16 /* how far it reaches out of a card */

/* `graph` has the positions of the last allocation, in coordinates that begin in the upper left
 * corner of the drawing; the drawing itself begins at offset_y and is mirrored where one reads from
 * right to left.  `lit` has a flag an edge. */
struct _SbGraphView
{
  GtkWidget parent_instance;

  SbGraph *graph;
  GHashTable *views; /* id -> SbNodeView, owned by us as our children */
  double offset_y;
  char *current;
  char *hovered;
  guint8 *on_path; /* nodes; NULL: no path is isolated */
  guint8 *edges_on_path;
  guint8 *lit;
  guint lit_id;
  SbOverlay overlay;
  SbGraphTiles *tiles;
  GHashTable *shadows; /* width << 16 | height of a card -> GskRenderNode */
  int shadows_scale;
  guint refresh_id;
  graphene_rect_t seen;      /* what was seen of it when it was drawn last */
  GtkAdjustment *scrolls[2]; /* while it is mapped, of the viewport around it, if there is one */
  char *dragged;             /* a rule that a connection is drawn from, or NULL */
  double drag_x0, drag_y0, drag_x1, drag_y1;
};

/* The widget of a node; where an id stands in the graph, or -1. */
SbNodeView *sb_graph_view_widget_of (SbGraphView *self, guint node);
int sb_graph_view_find (SbGraphView *self, const char *id);

/* What is isolated has changed. */
void sb_graph_view_update_path (SbGraphView *self);

void sb_graph_view_emit_activated (SbGraphView *self, const char *id);
void sb_graph_view_emit_linked (SbGraphView *self, const char *rule, const char *connector);

/* Edges, their glyphs, what is around unfolded groups and what is being dragged, as far as
 * self->seen reaches. */
void sb_graph_draw_edges (SbGraphView *self, GtkSnapshot *snapshot);

/* The shadow of a card. */
void sb_graph_draw_shadow (SbGraphView *self,
                           const graphene_rect_t *card,
                           float opacity,
                           GtkSnapshot *snapshot);

/* Pointer, drag and keys: once an instance, once for the class. */
void sb_graph_input_init (SbGraphView *self);
void sb_graph_input_class_init (GtkWidgetClass *widget_class);
void sb_graph_input_follow (SbGraphView *self, SbNodeView *view);

G_END_DECLS

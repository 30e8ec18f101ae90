#include "config.h"

#include "sb-graph-view-private.h"

#include <math.h>

#define FOOT 64           /* room at the foot, where the page lays something over the drawing */
#define FADED_OPACITY .3f /* as in the style sheet */
#define LIT_MS 900        /* how long an edge shows that something went along it */

static const SbGraphMetrics metrics = {
  .margin = 24,
  .min_gap = 36,
  .wanted_gap = 50,
  .max_gap = 90,
  .min_width = 160,
  .max_width = 230,
  .node_height = 58,
  .header_height = 34,
  .row_gap = 14,
  .bus_width = 92,
  .bus_label = 26,
  .band_gap = 30,
};

enum
{
  SIGNAL_CURRENT_CHANGED,
  SIGNAL_NODE_ACTIVATED,
  SIGNAL_LINKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbGraphView, sb_graph_view, GTK_TYPE_WIDGET)

SbNodeView *
sb_graph_view_widget_of (SbGraphView *self, guint node)
{
  return g_hash_table_lookup (self->views, sb_graph_node (self->graph, node)->id);
}

int
sb_graph_view_find (SbGraphView *self, const char *id)
{
  return self->graph != NULL && id != NULL ? sb_graph_find (self->graph, id) : -1;
}

void
sb_graph_view_emit_activated (SbGraphView *self, const char *id)
{
  g_signal_emit (self, signals[SIGNAL_NODE_ACTIVATED], 0, id);
}

void
sb_graph_view_emit_linked (SbGraphView *self, const char *rule, const char *connector)
{
  g_signal_emit (self, signals[SIGNAL_LINKED], 0, rule, connector);
}

/* ---- The isolated path ----------------------------------------------------------------------- */

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* An overlay that is about nothing that is there fades nothing. */
static SbOverlay
fading_overlay (SbGraphView *self)
{
  for (guint i = 0; self->graph != NULL && i < self->graph->nodes->len; i++)
    if (sb_node_is_meant (sb_graph_node (self->graph, i), self->overlay))
      return self->overlay;
  return SB_OVERLAY_TRAFFIC;
}

void
sb_graph_view_update_path (SbGraphView *self)
{
  SbOverlay overlay = fading_overlay (self);
  int node = sb_graph_view_find (self, self->hovered != NULL ? self->hovered : self->current);

  g_clear_pointer (&self->on_path, g_free);
  g_clear_pointer (&self->edges_on_path, g_free);
  /* The title of an unfolded group is on no way. */
  if (node >= 0 && !sb_graph_node (self->graph, (guint) node)->unfolded)
    self->on_path = sb_graph_path (self->graph, (guint) node, &self->edges_on_path);

  for (guint i = 0; self->graph != NULL && i < self->graph->nodes->len; i++)
    {
      GtkWidget *view = GTK_WIDGET (sb_graph_view_widget_of (self, i));

      set_class (view, "faded",
                 self->on_path != NULL
                     ? !self->on_path[i]
                     : !sb_node_is_meant (sb_graph_node (self->graph, i), overlay));
      set_class (view, "current",
                 g_strcmp0 (sb_graph_node (self->graph, i)->id, self->current) == 0);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Tab comes to one node, the current one, and leaves with the next. */
static gboolean
sb_graph_view_focus (GtkWidget *widget, GtkDirectionType direction)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);
  int node = sb_graph_view_find (self, self->current);

  if (gtk_widget_get_focus_child (widget) != NULL || self->graph == NULL ||
      self->graph->nodes->len == 0)
    return FALSE;
  return gtk_widget_grab_focus (GTK_WIDGET (sb_graph_view_widget_of (self, (guint) MAX (node, 0))));
}

/* ---- Placing --------------------------------------------------------------------------------- */

static void
sb_graph_view_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);

  *minimum = *natural = 0;
  if (self->graph == NULL)
    return;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = (int) ceil (self->graph->height) + FOOT;
  else
    *minimum = *natural = (int) ceil (2 * metrics.margin + metrics.bus_width +
                                      3 * (metrics.min_width + metrics.min_gap));
}

static void
sb_graph_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  if (self->graph == NULL)
    return;
  sb_graph_layout (self->graph, &metrics, width);
  self->offset_y = MAX (0, floor ((height - FOOT - self->graph->height) * .5));
  for (guint i = 0; i < self->graph->nodes->len; i++)
    {
      const SbNode *node = sb_graph_node (self->graph, i);
      double x = mirrored ? self->graph->width - node->x - node->width : node->x;
      GtkAllocation allocation = { (int) round (x), (int) round (node->y + self->offset_y),
                                   (int) round (node->width), (int) round (node->height) };
      GtkWidget *view = GTK_WIDGET (sb_graph_view_widget_of (self, i));
      int needed;

      /* Long texts are cut by the labels, so this is the rare case of huge fonts. */
      gtk_widget_measure (view, GTK_ORIENTATION_VERTICAL, -1, &needed, NULL, NULL, NULL);
      allocation.height = MAX (allocation.height, needed);
      gtk_widget_measure (view, GTK_ORIENTATION_HORIZONTAL, -1, &needed, NULL, NULL, NULL);
      allocation.width = MAX (allocation.width, needed);
      gtk_widget_size_allocate (view, &allocation, -1);
    }
}

/* ---- Drawing ----------------------------------------------------------------------------------
 */

/* The part of the drawing that the window around it shows. */
static graphene_rect_t
seen_part (SbGraphView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkWidget *window = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);
  graphene_rect_t whole = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget),
                                              gtk_widget_get_height (widget));
  graphene_rect_t shown;

  if (window == NULL)
    return whole;
  shown = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (window), gtk_widget_get_height (window));
  return gtk_widget_compute_bounds (window, widget, &shown) &&
                 graphene_rect_intersection (&shown, &whole, &shown)
             ? shown
             : whole;
}

/* Shadows reach a little out of a node. */
static gboolean
is_node_seen (SbGraphView *self, GtkWidget *view)
{
  graphene_rect_t bounds;

  if (!gtk_widget_compute_bounds (view, GTK_WIDGET (self), &bounds))
    return FALSE;
  graphene_rect_inset (&bounds, -NODE_SHADOW, -NODE_SHADOW);
  return graphene_rect_intersection (&bounds, &self->seen, NULL);
}

/* Nodes that came into sight since the graph came in get its figures. */
static gboolean
refresh_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);

  self->refresh_id = 0;
  for (guint i = 0; self->graph != NULL && i < self->graph->nodes->len; i++)
    {
      SbNodeView *view = sb_graph_view_widget_of (self, i);

      if (sb_node_view_is_stale (view) && is_node_seen (self, GTK_WIDGET (view)))
        sb_node_view_update (view, sb_graph_node (self->graph, i), self->overlay, TRUE);
    }
  return G_SOURCE_REMOVE;
}

static void
snapshot_shadow (SbGraphView *self, GtkWidget *view, GtkSnapshot *snapshot)
{
  graphene_rect_t card;

  if (gtk_widget_has_css_class (view, "card") &&
      gtk_widget_compute_bounds (view, GTK_WIDGET (self), &card))
    sb_graph_draw_shadow (self, &card, gtk_widget_has_css_class (view, "faded") ? FADED_OPACITY : 1,
                          snapshot);
}

/* Nodes that are scrolled out of sight are left out: they are most of a large drawing. */
static void
snapshot_nodes (SbGraphView *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean stale = FALSE;

  for (GtkWidget *view = gtk_widget_get_first_child (widget); view != NULL;
       view = gtk_widget_get_next_sibling (view))
    if (is_node_seen (self, view))
      {
        stale |= sb_node_view_is_stale (SB_NODE_VIEW (view));
        snapshot_shadow (self, view, snapshot);
        gtk_widget_snapshot_child (widget, view, snapshot);
      }
  if (stale && self->refresh_id == 0)
    self->refresh_id = gtk_widget_add_tick_callback (widget, refresh_cb, NULL, NULL);
}

static void
sb_graph_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);

  self->seen = seen_part (self);
  if (self->graph != NULL)
    sb_graph_draw_edges (self, snapshot);
  snapshot_nodes (self, snapshot);
}

/* What is drawn depends on what is seen, so scrolling draws anew. */
static void
sb_graph_view_map (GtkWidget *widget)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);
  GtkWidget *window = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);

  GTK_WIDGET_CLASS (sb_graph_view_parent_class)->map (widget);
  if (window == NULL)
    return;
  self->scrolls[0] = g_object_ref (gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (window)));
  self->scrolls[1] = g_object_ref (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (window)));
  for (guint i = 0; i < G_N_ELEMENTS (self->scrolls); i++)
    {
      g_signal_connect_swapped (self->scrolls[i], "changed", G_CALLBACK (gtk_widget_queue_draw),
                                self);
      g_signal_connect_swapped (self->scrolls[i], "value-changed",
                                G_CALLBACK (gtk_widget_queue_draw), self);
    }
}

static void
sb_graph_view_unmap (GtkWidget *widget)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);

  for (guint i = 0; i < G_N_ELEMENTS (self->scrolls); i++)
    if (self->scrolls[i] != NULL)
      {
        g_signal_handlers_disconnect_by_data (self->scrolls[i], self);
        g_clear_object (&self->scrolls[i]);
      }
  GTK_WIDGET_CLASS (sb_graph_view_parent_class)->unmap (widget);
}

/* ---- Another graph --------------------------------------------------------------------------- */

static void
unlit_cb (gpointer user_data)
{
  SbGraphView *self = user_data;

  self->lit_id = 0;
  g_clear_pointer (&self->lit, g_free);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Marks the edges along which something went since the graph before. */
static void
light_edges (SbGraphView *self, const SbGraph *before)
{
  gboolean any = FALSE;

  g_clear_handle_id (&self->lit_id, g_source_remove);
  g_clear_pointer (&self->lit, g_free);
  self->lit = g_new0 (guint8, self->graph->edges->len);
  for (guint i = 0; i < before->edges->len; i++)
    {
      const SbEdge *old = sb_graph_edge (before, i);
      int from = sb_graph_find (self->graph, sb_graph_node (before, old->from)->id);
      int to = sb_graph_find (self->graph, sb_graph_node (before, old->to)->id);
      int edge = from >= 0 && to >= 0 ? sb_graph_find_edge (self->graph, (guint) from, (guint) to)
                                      : -1;

      if (edge >= 0 && sb_graph_edge (self->graph, (guint) edge)->n > old->n)
        any = self->lit[edge] = TRUE;
    }
  if (any)
    self->lit_id = g_timeout_add_once (LIT_MS, unlit_cb, self);
}

static void
remove_view_cb (gpointer view)
{
  gtk_widget_unparent (GTK_WIDGET (view));
}

static void
update_views (SbGraphView *self)
{
  gboolean mapped = gtk_widget_get_mapped (GTK_WIDGET (self));
  GHashTableIter iter;
  gpointer id, view;

  g_hash_table_iter_init (&iter, self->views);
  while (g_hash_table_iter_next (&iter, &id, &view))
    if (sb_graph_find (self->graph, id) < 0)
      g_hash_table_iter_remove (&iter);

  for (guint i = 0; i < self->graph->nodes->len; i++)
    {
      const SbNode *node = sb_graph_node (self->graph, i);
      SbNodeView *known = g_hash_table_lookup (self->views, node->id);

      if (known != NULL)
        {
          sb_node_view_update (known, node, self->overlay,
                               !mapped || is_node_seen (self, GTK_WIDGET (known)));
          continue;
        }
      known = sb_node_view_new (node, self->overlay);
      sb_graph_input_follow (self, known);
      gtk_widget_set_parent (GTK_WIDGET (known), GTK_WIDGET (self));
      g_hash_table_insert (self->views, g_strdup (node->id), known);
    }
}

static void
sb_graph_view_dispose (GObject *object)
{
  SbGraphView *self = SB_GRAPH_VIEW (object);

  g_clear_handle_id (&self->lit_id, g_source_remove);
  if (self->refresh_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->refresh_id);
  self->refresh_id = 0;
  g_hash_table_remove_all (self->views);

  G_OBJECT_CLASS (sb_graph_view_parent_class)->dispose (object);
}

static void
sb_graph_view_finalize (GObject *object)
{
  SbGraphView *self = SB_GRAPH_VIEW (object);

  g_clear_pointer (&self->graph, sb_graph_free);
  g_clear_pointer (&self->views, g_hash_table_unref);
  g_clear_pointer (&self->current, g_free);
  g_clear_pointer (&self->hovered, g_free);
  g_clear_pointer (&self->dragged, g_free);
  g_clear_pointer (&self->on_path, g_free);
  g_clear_pointer (&self->edges_on_path, g_free);
  g_clear_pointer (&self->lit, g_free);
  g_clear_pointer (&self->tiles, sb_graph_tiles_free);
  g_clear_pointer (&self->shadows, g_hash_table_unref);

  G_OBJECT_CLASS (sb_graph_view_parent_class)->finalize (object);
}

static void
sb_graph_view_class_init (SbGraphViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_graph_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_graph_view_finalize;
  widget_class->measure = sb_graph_view_measure;
  widget_class->size_allocate = sb_graph_view_size_allocate;
  widget_class->snapshot = sb_graph_view_snapshot;
  widget_class->map = sb_graph_view_map;
  widget_class->unmap = sb_graph_view_unmap;
  widget_class->focus = sb_graph_view_focus;

  signals[SIGNAL_CURRENT_CHANGED] = g_signal_new ("current-changed", SB_TYPE_GRAPH_VIEW,
                                                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 0);
  signals[SIGNAL_LINKED] = g_signal_new ("linked", SB_TYPE_GRAPH_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_NODE_ACTIVATED] = g_signal_new ("node-activated", SB_TYPE_GRAPH_VIEW,
                                                 G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_css_name (widget_class, "routes");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  sb_graph_input_class_init (widget_class);
}

static void
sb_graph_view_init (SbGraphView *self)
{
  self->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, remove_view_cb);
  self->tiles = sb_graph_tiles_new ();
  self->shadows = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) gsk_render_node_unref);
  sb_graph_input_init (self);
}

void
sb_graph_view_set_graph (SbGraphView *self, SbGraph *graph)
{
  g_autoptr (SbGraph) before = NULL;

  g_return_if_fail (SB_IS_GRAPH_VIEW (self));

  before = g_steal_pointer (&self->graph);
  self->graph = graph;
  /* The height does not depend on the width; measuring needs it before the first allocation. */
  sb_graph_layout (graph, &metrics, gtk_widget_get_width (GTK_WIDGET (self)));
  update_views (self);
  if (before != NULL)
    light_edges (self, before);
  if (sb_graph_view_find (self, self->current) < 0)
    sb_graph_view_set_current (self, NULL);
  sb_graph_view_update_path (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_CURRENT_CHANGED], 0);
}

void
sb_graph_view_set_overlay (SbGraphView *self, SbOverlay overlay)
{
  g_return_if_fail (SB_IS_GRAPH_VIEW (self));

  if (self->overlay == overlay)
    return;
  self->overlay = overlay;
  if (self->graph == NULL)
    return;
  update_views (self);
  sb_graph_view_update_path (self);
}

const SbGraph *
sb_graph_view_get_graph (SbGraphView *self)
{
  g_return_val_if_fail (SB_IS_GRAPH_VIEW (self), NULL);

  return self->graph;
}

const SbNode *
sb_graph_view_get_current (SbGraphView *self)
{
  int node;

  g_return_val_if_fail (SB_IS_GRAPH_VIEW (self), NULL);

  node = sb_graph_view_find (self, self->current);
  return node >= 0 ? sb_graph_node (self->graph, (guint) node) : NULL;
}

void
sb_graph_view_set_current (SbGraphView *self, const char *id)
{
  g_return_if_fail (SB_IS_GRAPH_VIEW (self));

  if (g_strcmp0 (self->current, id) == 0)
    return;
  g_free (self->current);
  self->current = g_strdup (id);
  sb_graph_view_update_path (self);
  g_signal_emit (self, signals[SIGNAL_CURRENT_CHANGED], 0);
}

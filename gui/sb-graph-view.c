#include "config.h"

#include "sb-graph-view.h"

#include <math.h>

#include "sb-node-view.h"

#define FOOT 64 /* room at the foot, where the page lays something over the drawing */
#define NODE_SHADOW 16
#define LIT_MS 900 /* how long an edge shows that something went along it */

static const SbGraphMetrics metrics = {
  .margin = 24,
  .min_gap = 36,
  .wanted_gap = 50,
  .max_gap = 90,
  .min_width = 160,
  .max_width = 230,
  .node_height = 58,
  .row_gap = 14,
  .bus_width = 92,
  .bus_label = 26,
  .band_gap = 30,
};

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
  guint refresh_id;
  GdkRGBA colours[4];        /* error, warning, accent, text: looked up once a drawing */
  graphene_rect_t seen;      /* what was seen of it when it was drawn last */
  GtkAdjustment *scrolls[2]; /* while it is mapped, of the viewport around it, if there is one */
  char *dragged;             /* a rule that a connection is drawn from, or NULL */
  double drag_x0, drag_y0, drag_x1, drag_y1;
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

static SbNodeView *
view_of (SbGraphView *self, guint node)
{
  return g_hash_table_lookup (self->views, sb_graph_node (self->graph, node)->id);
}

static int
find (SbGraphView *self, const char *id)
{
  return self->graph != NULL && id != NULL ? sb_graph_find (self->graph, id) : -1;
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

static void
update_path (SbGraphView *self)
{
  int node = find (self, self->hovered != NULL ? self->hovered : self->current);

  g_clear_pointer (&self->on_path, g_free);
  g_clear_pointer (&self->edges_on_path, g_free);
  if (node >= 0)
    self->on_path = sb_graph_path (self->graph, (guint) node, &self->edges_on_path);

  for (guint i = 0; self->graph != NULL && i < self->graph->nodes->len; i++)
    {
      GtkWidget *view = GTK_WIDGET (view_of (self, i));

      set_class (view, "faded", self->on_path != NULL && !self->on_path[i]);
      set_class (view, "current",
                 g_strcmp0 (sb_graph_node (self->graph, i)->id, self->current) == 0);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_hovered (SbGraphView *self, const char *id)
{
  if (g_strcmp0 (self->hovered, id) == 0)
    return;
  g_free (self->hovered);
  self->hovered = g_strdup (id);
  update_path (self);
}

/* The id of the node there, or NULL. */
static const char *
pick_node (SbGraphView *self, double x, double y)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  GtkWidget *view = picked != NULL ? gtk_widget_get_ancestor (picked, SB_TYPE_NODE_VIEW) : NULL;

  return view != NULL ? sb_node_view_get_id (SB_NODE_VIEW (view)) : NULL;
}

static void
motion_cb (SbGraphView *self, double x, double y)
{
  set_hovered (self, pick_node (self, x, y));
}

/* ---- Dragging from a rule to a connector ----------------------------------------------------- */

static gboolean
is_kind (SbGraphView *self, const char *id, SbNodeKind kind)
{
  int node = find (self, id);

  return node >= 0 && sb_graph_node (self->graph, (guint) node)->kind == kind;
}

static void
drag_begin_cb (SbGraphView *self, double x, double y, GtkGesture *gesture)
{
  const char *id = pick_node (self, x, y);

  if (!is_kind (self, id, SB_NODE_RULE))
    {
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  g_free (self->dragged);
  self->dragged = g_strdup (id);
  self->drag_x0 = self->drag_x1 = x;
  self->drag_y0 = self->drag_y1 = y;
}

static void
drag_update_cb (SbGraphView *self, double dx, double dy)
{
  self->drag_x1 = self->drag_x0 + dx;
  self->drag_y1 = self->drag_y0 + dy;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_end_cb (SbGraphView *self, double dx, double dy)
{
  g_autofree char *rule = g_steal_pointer (&self->dragged);
  const char *id;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (rule == NULL)
    return;
  id = pick_node (self, self->drag_x0 + dx, self->drag_y0 + dy);
  if (is_kind (self, id, SB_NODE_CONNECTOR))
    g_signal_emit (self, signals[SIGNAL_LINKED], 0, rule, id);
}

static void
draw_drag (SbGraphView *self, cairo_t *cr)
{
  static const double dashes[] = { 6, 4 };
  GdkRGBA colour;

  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                       "accent_color", &colour))
    return;
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_line_width (cr, 2.5);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_move_to (cr, self->drag_x0, self->drag_y0);
  cairo_line_to (cr, self->drag_x1, self->drag_y1);
  cairo_stroke (cr);
}

static void
leave_cb (SbGraphView *self)
{
  set_hovered (self, NULL);
}

/* A click beside all nodes lets go of the current one. */
static void
released_cb (SbGraphView *self, int n_press, double x, double y)
{
  if (gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT) == GTK_WIDGET (self))
    sb_graph_view_set_current (self, NULL);
}

/* ---- Walking --------------------------------------------------------------------------------- */

static void
focus_cb (SbNodeView *view, GParamSpec *pspec, SbGraphView *self)
{
  if (gtk_widget_has_focus (GTK_WIDGET (view)))
    sb_graph_view_set_current (self, sb_node_view_get_id (view));
}

static void
activated_cb (SbNodeView *view, SbGraphView *self)
{
  g_signal_emit (self, signals[SIGNAL_NODE_ACTIVATED], 0, sb_node_view_get_id (view));
}

static gboolean
step_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);
  SbStep step = (SbStep) g_variant_get_int32 (args);
  GtkWidget *focused = gtk_widget_get_focus_child (widget);
  int here = focused != NULL ? find (self, sb_node_view_get_id (SB_NODE_VIEW (focused))) : -1;
  int there;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL && step >= SB_STEP_BACK)
    step = step == SB_STEP_BACK ? SB_STEP_ON : SB_STEP_BACK;
  if (here < 0)
    return FALSE;
  there = sb_graph_step (self->graph, (guint) here, step);
  if (there >= 0)
    gtk_widget_grab_focus (GTK_WIDGET (view_of (self, (guint) there)));
  /* At the end of a way the focus stays: leaving the graph is what Tab is for. */
  return TRUE;
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);

  if (self->current == NULL)
    return FALSE;
  sb_graph_view_set_current (self, NULL);
  return TRUE;
}

/* Tab comes to one node, the current one, and leaves with the next. */
static gboolean
sb_graph_view_focus (GtkWidget *widget, GtkDirectionType direction)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);
  int node = find (self, self->current);

  if (gtk_widget_get_focus_child (widget) != NULL || self->graph == NULL ||
      self->graph->nodes->len == 0)
    return FALSE;
  return gtk_widget_grab_focus (GTK_WIDGET (view_of (self, (guint) MAX (node, 0))));
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
      GtkWidget *view = GTK_WIDGET (view_of (self, i));
      int needed;

      /* Long texts are cut by the labels, so this is the rare case of huge fonts. */
      gtk_widget_measure (view, GTK_ORIENTATION_VERTICAL, -1, &needed, NULL, NULL, NULL);
      allocation.height = MAX (allocation.height, needed);
      gtk_widget_measure (view, GTK_ORIENTATION_HORIZONTAL, -1, &needed, NULL, NULL, NULL);
      allocation.width = MAX (allocation.width, needed);
      gtk_widget_size_allocate (view, &allocation, -1);
    }
}

/* ---- Drawing --------------------------------------------------------------------------------- */

typedef struct
{
  double x0, y0, x1, y1;
} Curve;

static Curve
curve_of (SbGraphView *self, const SbEdge *edge)
{
  Curve curve;

  sb_graph_edge_ends (self->graph, edge, &curve.x0, &curve.y0, &curve.x1, &curve.y1);
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    {
      curve.x0 = self->graph->width - curve.x0;
      curve.x1 = self->graph->width - curve.x1;
    }
  curve.y0 += self->offset_y;
  curve.y1 += self->offset_y;
  return curve;
}

static GdkRGBA
named_colour (GtkWidget *widget, const char *name)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA colour;

  if (!gtk_style_context_lookup_color (context, name, &colour))
    gtk_style_context_get_color (context, &colour);
  return colour;
}

enum
{
  COLOUR_ERROR,
  COLOUR_WARNING,
  COLOUR_ACCENT,
  COLOUR_TEXT,
};

static void
look_up_colours (SbGraphView *self)
{
  static const char *const names[] = { "error_color", "warning_color", "accent_color" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    self->colours[i] = named_colour (GTK_WIDGET (self), names[i]);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                               &self->colours[COLOUR_TEXT]);
}

static GdkRGBA
edge_colour (SbGraphView *self, guint position)
{
  const SbEdge *edge = sb_graph_edge (self->graph, position);
  GdkRGBA colour;

  if (edge->dead > 0)
    colour = self->colours[COLOUR_ERROR];
  else if (edge->waiting > 0)
    colour = self->colours[COLOUR_WARNING];
  else if (self->lit != NULL && self->lit[position])
    colour = self->colours[COLOUR_ACCENT];
  else
    {
      colour = self->colours[COLOUR_TEXT];
      colour.alpha = edge->n > 0 && edge->enabled ? .32f : .18f;
    }
  if (self->edges_on_path != NULL)
    {
      if (!self->edges_on_path[position])
        colour.alpha *= .2f;
      else if (edge->dead == 0 && edge->waiting == 0)
        colour = self->colours[COLOUR_ACCENT];
    }
  return colour;
}

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

/* A curve stays between its ends; a few pixels are for its thickness. */
static gboolean
is_seen (SbGraphView *self, const Curve *c)
{
  const graphene_rect_t *seen = &self->seen;

  return MAX (c->y0, c->y1) + 10 >= seen->origin.y &&
         MIN (c->y0, c->y1) - 10 <= seen->origin.y + seen->size.height &&
         MAX (c->x0, c->x1) + 10 >= seen->origin.x &&
         MIN (c->x0, c->x1) - 10 <= seen->origin.x + seen->size.width;
}

/* Where a curve is at height y, as its parameter.  A curve only rises or only falls: its height is
 * y0 + (y1 - y0)(3t² - 2t³). */
static double
parameter_at (const Curve *c, double y)
{
  double part = CLAMP ((y - c->y0) / (c->y1 - c->y0), 0, 1);
  double low = 0, high = 1;

  for (guint i = 0; i < 20; i++)
    {
      double t = (low + high) / 2;

      if (t * t * (3 - 2 * t) < part)
        low = t;
      else
        high = t;
    }
  return (low + high) / 2;
}

/* The value at (a, b, c) of the cubic with these control values, which is symmetric in the three:
 * the part between s and t has the control values (s, s, s), (s, s, t), (s, t, t), (t, t, t). */
static double
blossom (const double p[4], double a, double b, double c)
{
  double q0 = p[0] + (p[1] - p[0]) * a, q1 = p[1] + (p[2] - p[1]) * a;
  double q2 = p[2] + (p[3] - p[2]) * a;
  double r0 = q0 + (q1 - q0) * b, r1 = q1 + (q2 - q1) * b;

  return r0 + (r1 - r0) * c;
}

/* Only the part that is seen: most of a long curve is far outside, and takes as long to stroke.  A
 * dashed one is drawn as a whole, as its dashes begin where it does. */
static void
add_curve (SbGraphView *self, cairo_t *cr, const Curve *c, gboolean whole)
{
  double reach = (c->x1 - c->x0) * .5;
  const double x[] = { c->x0, c->x0 + reach, c->x1 - reach, c->x1 };
  const double y[] = { c->y0, c->y0, c->y1, c->y1 };
  double top = self->seen.origin.y - 10, s = 0, t = 1;
  double bottom = top + self->seen.size.height + 20;

  if (!whole && (MIN (c->y0, c->y1) < top || MAX (c->y0, c->y1) > bottom))
    {
      s = parameter_at (c, c->y0 < c->y1 ? top : bottom);
      t = parameter_at (c, c->y0 < c->y1 ? bottom : top);
    }
  cairo_move_to (cr, blossom (x, s, s, s), blossom (y, s, s, s));
  cairo_curve_to (cr, blossom (x, s, s, t), blossom (y, s, s, t), blossom (x, s, t, t),
                  blossom (y, s, t, t), blossom (x, t, t, t), blossom (y, t, t, t));
}

/* Thickness by the order of magnitude: one event and a million must both be seen. */
static double
edge_width (const SbEdge *edge)
{
  return MIN (1.4 + log10 (1 + (double) edge->n) * 1.1, 7);
}

static void
draw_edge (SbGraphView *self, cairo_t *cr, guint position)
{
  static const double dashes[] = { 5, 5 };
  const SbEdge *edge = sb_graph_edge (self->graph, position);
  Curve c = curve_of (self, edge);
  GdkRGBA colour;

  if (!is_seen (self, &c))
    return;
  colour = edge_colour (self, position);
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_line_width (cr, edge_width (edge));
  cairo_set_dash (cr, dashes, edge->enabled ? 0 : G_N_ELEMENTS (dashes), 0);
  add_curve (self, cr, &c, !edge->enabled);
  cairo_stroke (cr);
}

/* The glyph in the middle of an edge: a cross for dead letters, the hands of a clock for waiting
 * ones; colour alone would not be seen by everybody. */
static void
draw_mark (SbGraphView *self, cairo_t *cr, guint position)
{
  const SbEdge *edge = sb_graph_edge (self->graph, position);
  Curve c = curve_of (self, edge);
  double x = (c.x0 + c.x1) / 2, y = (c.y0 + c.y1) / 2;
  Curve middle = { x, y, x, y };
  GdkRGBA colour, background;

  if (!is_seen (self, &middle))
    return;
  colour = edge_colour (self, position);
  background = named_colour (GTK_WIDGET (self), "window_bg_color");
  cairo_arc (cr, x, y, 9, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, &background);
  cairo_fill (cr);
  cairo_arc (cr, x, y, 7, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_fill (cr);

  gdk_cairo_set_source_rgba (cr, &background);
  cairo_set_line_width (cr, 1.6);
  if (edge->dead > 0)
    {
      cairo_move_to (cr, x - 2.6, y - 2.6);
      cairo_line_to (cr, x + 2.6, y + 2.6);
      cairo_move_to (cr, x + 2.6, y - 2.6);
      cairo_line_to (cr, x - 2.6, y + 2.6);
    }
  else
    {
      cairo_move_to (cr, x, y - 4);
      cairo_line_to (cr, x, y);
      cairo_line_to (cr, x + 2.8, y + 1.8);
    }
  cairo_stroke (cr);
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
      SbNodeView *view = view_of (self, i);

      if (sb_node_view_is_stale (view) && is_node_seen (self, GTK_WIDGET (view)))
        sb_node_view_update (view, sb_graph_node (self->graph, i), TRUE);
    }
  return G_SOURCE_REMOVE;
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
        gtk_widget_snapshot_child (widget, view, snapshot);
      }
  if (stale && self->refresh_id == 0)
    self->refresh_id = gtk_widget_add_tick_callback (widget, refresh_cb, NULL, NULL);
}

static void
sb_graph_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);
  cairo_t *cr;

  self->seen = seen_part (self);
  if (self->graph != NULL && self->graph->edges->len > 0)
    {
      look_up_colours (self);
      cr = gtk_snapshot_append_cairo (snapshot, &self->seen);
      for (guint i = 0; i < self->graph->edges->len; i++)
        draw_edge (self, cr, i);
      cairo_set_dash (cr, NULL, 0, 0);
      for (guint i = 0; i < self->graph->edges->len; i++)
        {
          const SbEdge *edge = sb_graph_edge (self->graph, i);

          if (edge->dead > 0 || edge->waiting > 0)
            draw_mark (self, cr, i);
        }
      if (self->dragged != NULL)
        draw_drag (self, cr);
      cairo_destroy (cr);
    }
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
          sb_node_view_update (known, node, !mapped || is_node_seen (self, GTK_WIDGET (known)));
          continue;
        }
      known = sb_node_view_new (node);
      g_signal_connect_object (known, "notify::has-focus", G_CALLBACK (focus_cb), self, 0);
      g_signal_connect_object (known, "activated", G_CALLBACK (activated_cb), self, 0);
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

  G_OBJECT_CLASS (sb_graph_view_parent_class)->finalize (object);
}

static void
sb_graph_view_class_init (SbGraphViewClass *klass)
{
  static const struct
  {
    guint keyval;
    SbStep step;
  } keys[] = { { GDK_KEY_Up, SB_STEP_UP },
               { GDK_KEY_Down, SB_STEP_DOWN },
               { GDK_KEY_Left, SB_STEP_BACK },
               { GDK_KEY_Right, SB_STEP_ON } };
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
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i].keyval, 0, step_cb, "i", keys[i].step);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
}

static void
sb_graph_view_init (SbGraphView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, remove_view_cb);
  g_signal_connect_object (motion, "motion", G_CALLBACK (motion_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (motion, "leave", G_CALLBACK (leave_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_object (click, "released", G_CALLBACK (released_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (drag_update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-end", G_CALLBACK (drag_end_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
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
  if (find (self, self->current) < 0)
    sb_graph_view_set_current (self, NULL);
  update_path (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_CURRENT_CHANGED], 0);
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

  node = find (self, self->current);
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
  update_path (self);
  g_signal_emit (self, signals[SIGNAL_CURRENT_CHANGED], 0);
}

#include "config.h"

#include <math.h>

#include "sb-graph-view-private.h"

/* The edges of the routes: curves whose thickness says how much goes along them, and what is wrong
 * with it by colour and glyph.  UI thread. */

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

void
sb_graph_draw_edges (SbGraphView *self, GtkSnapshot *snapshot)
{
  cairo_t *cr;

  if (self->graph->edges->len == 0)
    return;
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

#include "config.h"

#include "sb-graph-tiles.h"

#include <math.h>

#define BAND 256 /* height of a band, in units */
#define REACH 12 /* how far a curve's thickness and a glyph reach */
#define GLYPH_R 7

typedef struct
{
  guint64 key;         /* of all that is in it */
  GskRenderNode *node; /* NULL: nothing is in it */
  guint turn;
} Tile;

struct _SbGraphTiles
{
  GHashTable *tiles; /* layer << 24 | band -> Tile */
  GtkWidget *widget; /* during a drawing */
  graphene_rect_t seen;
  GdkRGBA background;
  int scale;
  guint turn;
  guint n_drawn;
};

static void
tile_free (gpointer data)
{
  Tile *tile = data;

  g_clear_pointer (&tile->node, gsk_render_node_unref);
  g_free (tile);
}

SbGraphTiles *
sb_graph_tiles_new (void)
{
  SbGraphTiles *self = g_new0 (SbGraphTiles, 1);

  self->tiles = g_hash_table_new_full (NULL, NULL, NULL, tile_free);
  return self;
}

void
sb_graph_tiles_free (SbGraphTiles *self)
{
  g_hash_table_unref (self->tiles);
  g_free (self);
}

guint
sb_graph_tiles_get_n_drawn (SbGraphTiles *self)
{
  return self->n_drawn;
}

/* ---- Curves ---------------------------------------------------------------------------------- */

/* Where a curve is at height y, as its parameter.  A curve only rises or only falls: its height is
 * y0 + (y1 - y0)(3t² - 2t³). */
static double
parameter_at (const SbCurve *c, double y)
{
  double part = CLAMP ((y - c->y0) / (c->y1 - c->y0), 0, 1);
  double low = 0, high = 1;

  for (guint i = 0; i < 14; i++)
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

/* Only the part between two heights: most of a long curve is far outside, and takes as long to
 * stroke.  A dashed one is drawn as a whole, as its dashes begin where it does. */
static void
add_curve (cairo_t *cr, const SbCurve *c, double top, double bottom)
{
  double reach = (c->x1 - c->x0) * .5;
  const double x[] = { c->x0, c->x0 + reach, c->x1 - reach, c->x1 };
  const double y[] = { c->y0, c->y0, c->y1, c->y1 };
  double s = 0, t = 1;

  if (!c->dashed && (MIN (c->y0, c->y1) < top || MAX (c->y0, c->y1) > bottom))
    {
      s = parameter_at (c, c->y0 < c->y1 ? top : bottom);
      t = parameter_at (c, c->y0 < c->y1 ? bottom : top);
    }
  cairo_move_to (cr, blossom (x, s, s, s), blossom (y, s, s, s));
  cairo_curve_to (cr, blossom (x, s, s, t), blossom (y, s, s, t), blossom (x, s, t, t),
                  blossom (y, s, t, t), blossom (x, t, t, t), blossom (y, t, t, t));
}

static void
stroke (cairo_t *cr, const SbCurve *c, double top, double bottom)
{
  static const double dashes[] = { 5, 5 };

  gdk_cairo_set_source_rgba (cr, &c->colour);
  cairo_set_line_width (cr, c->width);
  cairo_set_dash (cr, dashes, c->dashed ? G_N_ELEMENTS (dashes) : 0, 0);
  add_curve (cr, c, top, bottom);
  cairo_stroke (cr);
}

/* ---- Glyphs ---------------------------------------------------------------------------------- */

static void
add_lines (cairo_t *cr, double x, double y, const double *points, guint n)
{
  for (guint i = 0; i < n; i += 4)
    {
      cairo_move_to (cr, x + points[i], y + points[i + 1]);
      cairo_line_to (cr, x + points[i + 2], y + points[i + 3]);
    }
  cairo_stroke (cr);
}

static void
draw_glyph (cairo_t *cr, const SbCurve *c, const GdkRGBA *background)
{
  static const double cross[] = { -2.6, -2.6, 2.6, 2.6, 2.6, -2.6, -2.6, 2.6 };
  static const double hands[] = { 0, -4, 0, 0.6, 0, 0, 2.8, 1.8 };
  static const double plus[] = { -3.2, 0, 3.2, 0, 0, -3.2, 0, 3.2 };
  static const double check[] = { -3, 0.4, -0.9, 2.5, -0.9, 2.5, 3, -2.2 };
  static const double change[] = { -3, -1.6, 3, -1.6, -3, 1.6, 3, 1.6 };
  static const struct
  {
    const double *points;
    guint n;
  } glyphs[] = {
    [SB_GLYPH_CROSS] = { cross, 8 }, [SB_GLYPH_CLOCK] = { hands, 8 },
    [SB_GLYPH_PLUS] = { plus, 8 },   [SB_GLYPH_MINUS] = { plus, 4 },
    [SB_GLYPH_CHECK] = { check, 8 }, [SB_GLYPH_CHANGE] = { change, 8 },
  };
  double x = (c->x0 + c->x1) / 2, y = (c->y0 + c->y1) / 2;

  cairo_arc (cr, x, y, GLYPH_R + 2, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, background);
  cairo_fill (cr);
  cairo_arc (cr, x, y, GLYPH_R, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, &c->colour);
  cairo_fill (cr);
  gdk_cairo_set_source_rgba (cr, background);
  cairo_set_line_width (cr, 1.6);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  add_lines (cr, x, y, glyphs[c->glyph].points, glyphs[c->glyph].n);
}

/* ---- Bands ----------------------------------------------------------------------------------- */

static gboolean
is_in_band (const SbCurve *c, SbLayer layer, double top)
{
  double middle = (c->y0 + c->y1) / 2;

  if (layer == SB_LAYER_GLYPHS)
    return c->glyph != SB_GLYPH_NONE && middle + REACH >= top && middle - REACH <= top + BAND;
  return MAX (c->y0, c->y1) + REACH >= top && MIN (c->y0, c->y1) - REACH <= top + BAND;
}

static guint64
mix (guint64 key, guint64 value)
{
  key = (key ^ value) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return key ^ key >> 29;
}

static guint64
mix_double (guint64 key, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  return mix (key, bits);
}

static guint64
mix_colour (guint64 key, const GdkRGBA *colour)
{
  key = mix_double (key, colour->red + 256 * (double) colour->green);
  return mix_double (key, colour->blue + 256 * (double) colour->alpha);
}

/* Of two bands with the same key the pictures are the same. */
static guint64
key_of (SbGraphTiles *self, SbLayer layer, GArray *curves, double top, guint *out_n)
{
  guint64 key = mix_colour (mix (1, (guint64) self->scale), &self->background);

  key = mix_double (mix_double (key, floor (self->seen.origin.x)), ceil (self->seen.size.width));
  *out_n = 0;
  for (guint i = 0; i < curves->len; i++)
    {
      const SbCurve *c = &g_array_index (curves, SbCurve, i);

      if (!is_in_band (c, layer, top))
        continue;
      key = mix_double (mix_double (key, c->x0), c->y0);
      key = mix_double (mix_double (key, c->x1), c->y1);
      key = mix_colour (mix_double (key, c->width), &c->colour);
      key = mix (key, (guint64) c->glyph << 1 | (c->dashed ? 1 : 0));
      (*out_n)++;
    }
  return key;
}

static GdkTexture *
new_texture (cairo_surface_t *surface)
{
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (
      cairo_image_surface_get_data (surface), stride * (gsize) height,
      (GDestroyNotify) cairo_surface_destroy, cairo_surface_reference (surface));

  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, stride);
}

GskRenderNode *
sb_graph_picture_new (GtkWidget *widget, cairo_surface_t *surface, const graphene_rect_t *bounds)
{
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  g_autoptr (GdkTexture) texture = NULL;
  GskRenderNode *node;
  cairo_t *cr;

  cairo_surface_flush (surface);
  if (!GSK_IS_CAIRO_RENDERER (renderer))
    {
      texture = new_texture (surface);
      return gsk_texture_node_new (texture, bounds);
    }
  node = gsk_cairo_node_new (bounds);
  cr = gsk_cairo_node_get_draw_context (node);
  cairo_translate (cr, bounds->origin.x, bounds->origin.y);
  cairo_scale (cr, bounds->size.width / cairo_image_surface_get_width (surface),
               bounds->size.height / cairo_image_surface_get_height (surface));
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  return node;
}

static GskRenderNode *
draw_band (SbGraphTiles *self, SbLayer layer, GArray *curves, double top)
{
  int width = (int) ceil (self->seen.size.width);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * self->scale,
                                                         BAND * self->scale);
  cairo_t *cr = cairo_create (surface);
  GskRenderNode *node;

  cairo_scale (cr, self->scale, self->scale);
  cairo_translate (cr, -floor (self->seen.origin.x), -top);
  /* Nobody sees the difference in a curve, and it takes a third of the time. */
  cairo_set_tolerance (cr, .25);
  for (guint i = 0; i < curves->len; i++)
    {
      const SbCurve *c = &g_array_index (curves, SbCurve, i);

      if (!is_in_band (c, layer, top))
        continue;
      if (layer == SB_LAYER_GLYPHS)
        draw_glyph (cr, c, &self->background);
      else
        stroke (cr, c, top - REACH, top + BAND + REACH);
    }
  cairo_destroy (cr);
  node = sb_graph_picture_new (
      self->widget, surface,
      &GRAPHENE_RECT_INIT (floorf (self->seen.origin.x), (float) top, (float) width, BAND));
  cairo_surface_destroy (surface);
  self->n_drawn++;
  return node;
}

/* ---- Drawings -------------------------------------------------------------------------------- */

void
sb_graph_tiles_begin (SbGraphTiles *self,
                      GtkWidget *widget,
                      const graphene_rect_t *seen,
                      const GdkRGBA *background)
{
  self->widget = widget;
  self->seen = *seen;
  self->scale = gtk_widget_get_scale_factor (widget);
  self->background = *background;
  self->turn++;
}

static void
draw_tile (SbGraphTiles *self, SbLayer layer, guint band, GArray *curves, GtkSnapshot *snapshot)
{
  gpointer place = GUINT_TO_POINTER ((guint) layer << 24 | band);
  Tile *tile = g_hash_table_lookup (self->tiles, place);
  double top = (double) band * BAND;
  guint n;
  guint64 key = key_of (self, layer, curves, top, &n);

  if (tile == NULL)
    {
      tile = g_new0 (Tile, 1);
      g_hash_table_insert (self->tiles, place, tile);
    }
  if (tile->key != key)
    {
      g_clear_pointer (&tile->node, gsk_render_node_unref);
      tile->node = n > 0 ? draw_band (self, layer, curves, top) : NULL;
      tile->key = key;
    }
  tile->turn = self->turn;
  /* The same node as the last time is not painted again. */
  if (tile->node != NULL)
    gtk_snapshot_append_node (snapshot, tile->node);
}

void
sb_graph_tiles_draw (SbGraphTiles *self, SbLayer layer, GArray *curves, GtkSnapshot *snapshot)
{
  float bottom = self->seen.origin.y + self->seen.size.height;
  guint first = (guint) MAX (floorf (self->seen.origin.y / BAND), 0);

  if (self->seen.size.width < 1)
    return;
  for (guint band = first; (float) (band * BAND) < bottom; band++)
    draw_tile (self, layer, band, curves, snapshot);
}

static gboolean
is_old (gpointer place, gpointer tile, gpointer self)
{
  return ((Tile *) tile)->turn != ((SbGraphTiles *) self)->turn;
}

void
sb_graph_tiles_end (SbGraphTiles *self)
{
  g_hash_table_foreach_remove (self->tiles, is_old, self);
}

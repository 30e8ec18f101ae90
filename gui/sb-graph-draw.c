#include "config.h"

#include <adwaita.h>
#include <math.h>

#include "sb-graph-view-private.h"

/* The edges of the routes: curves whose thickness says what the overlay is about, and what is wrong
 * with them by colour and glyph.  UI thread. */

#define BESIDE_PATH 0.2 /* how much is left of what is not on the isolated path */

/* ---- Colours --------------------------------------------------------------------------------- */

static GdkRGBA
named_colour (GtkWidget *widget, const char *name)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA colour;

  if (name == NULL || !gtk_style_context_lookup_color (context, name, &colour))
    gtk_style_context_get_color (context, &colour);
  return colour;
}

static void
look_up_colours (SbGraphView *self, GdkRGBA colours[SB_N_TONES])
{
  static const char *const names[] = {
    [SB_TONE_ACCENT] = "accent_color",
    [SB_TONE_SUCCESS] = "success_color",
    [SB_TONE_WARNING] = "warning_color",
    [SB_TONE_ERROR] = "error_color",
    [SB_TONE_PLAIN] = NULL,
  };

  for (guint i = 0; i < SB_N_TONES; i++)
    colours[i] = named_colour (GTK_WIDGET (self), names[i]);
}

/* ---- Curves ---------------------------------------------------------------------------------- */

static gboolean
is_high_contrast (void)
{
  return adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
}

static SbCurve
curve_of (SbGraphView *self, const SbEdge *edge, const GdkRGBA colours[SB_N_TONES])
{
  SbStyle style = sb_graph_edge_style (edge, self->overlay);
  SbCurve curve = { .colour = colours[style.tone],
                    .width = style.width,
                    .dashed = style.dashed,
                    .glyph = style.glyph };

  /* Widths in steps: what differs by a hair need not be drawn anew. */
  curve.width = round (curve.width * 4) / 4;
  curve.colour.alpha *= is_high_contrast () ? sqrtf (style.alpha) : style.alpha;
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

/* Does the edge stand out from the others: is it on the isolated path, or did something just go
 * along it? */
static gboolean
is_above (SbGraphView *self, guint edge)
{
  if (self->edges_on_path != NULL)
    return self->edges_on_path[edge];
  return self->lit != NULL && self->lit[edge] && self->overlay == SB_OVERLAY_TRAFFIC;
}

/* Three lists of SbCurve: all, those that stand out, and those whose glyph is drawn. */
static void
collect_curves (SbGraphView *self, const GdkRGBA colours[SB_N_TONES], GArray *lists[SB_N_LAYERS])
{
  for (guint i = 0; i < self->graph->edges->len; i++)
    {
      SbCurve curve = curve_of (self, sb_graph_edge (self->graph, i), colours);
      gboolean above = is_above (self, i);

      g_array_append_val (lists[SB_LAYER_ALL], curve);
      if (curve.glyph != SB_GLYPH_NONE && (self->edges_on_path == NULL || above))
        g_array_append_val (lists[SB_LAYER_GLYPHS], curve);
      if (!above)
        continue;
      if (curve.glyph == SB_GLYPH_NONE)
        curve.colour = colours[SB_TONE_ACCENT];
      g_array_append_val (lists[SB_LAYER_ABOVE], curve);
    }
}

/* ---- Unfolded groups ------------------------------------------------------------------------- */

static gboolean
is_within (SbGraphView *self, const SbNode *node, const char *group)
{
  while (node->group != NULL)
    {
      if (g_str_equal (node->group, group))
        return TRUE;
      node = sb_graph_node (self->graph, (guint) sb_graph_find (self->graph, node->group));
    }
  return FALSE;
}

/* What stands in an unfolded group stands on one sheet. */
static void
draw_sheet (SbGraphView *self, guint header, const GdkRGBA *text, GtkSnapshot *snapshot)
{
  const SbNode *node = sb_graph_node (self->graph, header);
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double x = mirrored ? self->graph->width - node->x - node->width : node->x;
  double bottom = node->y + node->height, inset = node->group != NULL ? 4 : 8;
  GdkRGBA colour = *text;
  graphene_rect_t bounds;
  GskRoundedRect sheet;

  for (guint i = header + 1; i < self->graph->nodes->len; i++)
    {
      const SbNode *other = sb_graph_node (self->graph, i);

      if (!is_within (self, other, node->id))
        break;
      bottom = MAX (bottom, other->y + other->height);
    }
  bounds = GRAPHENE_RECT_INIT ((float) (x - inset), (float) (node->y + self->offset_y - 2),
                               (float) (node->width + 2 * inset),
                               (float) (bottom - node->y + 2 + inset));
  if (!graphene_rect_intersection (&bounds, &self->seen, NULL))
    return;
  colour.alpha *= .06f;
  gsk_rounded_rect_init_from_rect (&sheet, &bounds, 14);
  gtk_snapshot_push_rounded_clip (snapshot, &sheet);
  gtk_snapshot_append_color (snapshot, &colour, &bounds);
  gtk_snapshot_pop (snapshot);
}

/* ---- Shadows --------------------------------------------------------------------------------- */

/* What the style sheet would draw of a card: a blur a card and frame, which is most of the time of
 * a frame without a graphics card. */
static GskRenderNode *
new_shadow (SbGraphView *self, float width, float height)
{
  static const struct
  {
    float dy, spread, blur, alpha;
  } shadows[] = { { 2, 2, 6, .03f }, { 1, 1, 3, .07f } };
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (GTK_WIDGET (self)));
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (-NODE_SHADOW, -NODE_SHADOW, width + 2 * NODE_SHADOW,
                                               height + 2 * NODE_SHADOW);
  float scale = (float) self->shadows_scale;
  cairo_surface_t *surface;
  GskRenderNode *picture;
  GskRoundedRect card;

  gsk_rounded_rect_init_from_rect (&card, &GRAPHENE_RECT_INIT (0, 0, width, height), 12);
  gtk_snapshot_scale (snapshot, scale, scale);
  for (guint i = 0; i < G_N_ELEMENTS (shadows); i++)
    gtk_snapshot_append_outset_shadow (snapshot, &card, &(GdkRGBA){ 0, 0, .02f, shadows[i].alpha },
                                       0, shadows[i].dy, shadows[i].spread, shadows[i].blur);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  texture = gsk_renderer_render_texture (
      renderer, node,
      &GRAPHENE_RECT_INIT (bounds.origin.x * scale, bounds.origin.y * scale,
                           bounds.size.width * scale, bounds.size.height * scale));
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, gdk_texture_get_width (texture),
                                        gdk_texture_get_height (texture));
  gdk_texture_download (texture, cairo_image_surface_get_data (surface),
                        (gsize) cairo_image_surface_get_stride (surface));
  cairo_surface_mark_dirty (surface);
  picture = sb_graph_picture_new (GTK_WIDGET (self), surface, &bounds);
  cairo_surface_destroy (surface);
  return picture;
}

void
sb_graph_draw_shadow (SbGraphView *self,
                      const graphene_rect_t *card,
                      float opacity,
                      GtkSnapshot *snapshot)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  gpointer key = GUINT_TO_POINTER ((guint) card->size.width << 16 | (guint) card->size.height);
  GskRenderNode *picture;

  if (scale != self->shadows_scale)
    g_hash_table_remove_all (self->shadows);
  self->shadows_scale = scale;
  picture = g_hash_table_lookup (self->shadows, key);
  if (picture == NULL)
    {
      picture = new_shadow (self, card->size.width, card->size.height);
      g_hash_table_insert (self->shadows, key, picture);
    }
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &card->origin);
  if (opacity < 1)
    gtk_snapshot_push_opacity (snapshot, opacity);
  gtk_snapshot_append_node (snapshot, picture);
  if (opacity < 1)
    gtk_snapshot_pop (snapshot);
  gtk_snapshot_restore (snapshot);
}

/* ---- All of it ------------------------------------------------------------------------------- */

static void
draw_drag (SbGraphView *self, const GdkRGBA *colour, GtkSnapshot *snapshot)
{
  static const double dashes[] = { 6, 4 };
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &self->seen);

  gdk_cairo_set_source_rgba (cr, colour);
  cairo_set_line_width (cr, 2.5);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_move_to (cr, self->drag_x0, self->drag_y0);
  cairo_line_to (cr, self->drag_x1, self->drag_y1);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

void
sb_graph_draw_edges (SbGraphView *self, GtkSnapshot *snapshot)
{
  GdkRGBA colours[SB_N_TONES], background;
  GArray *lists[SB_N_LAYERS];

  look_up_colours (self, colours);
  background = named_colour (GTK_WIDGET (self), "window_bg_color");
  for (guint i = 0; i < self->graph->nodes->len; i++)
    if (sb_graph_node (self->graph, i)->unfolded)
      draw_sheet (self, i, &colours[SB_TONE_PLAIN], snapshot);
  for (guint i = 0; i < SB_N_LAYERS; i++)
    lists[i] = g_array_sized_new (FALSE, FALSE, sizeof (SbCurve), self->graph->edges->len);
  collect_curves (self, colours, lists);

  sb_graph_tiles_begin (self->tiles, GTK_WIDGET (self), &self->seen, &background);
  if (self->edges_on_path != NULL)
    gtk_snapshot_push_opacity (snapshot, BESIDE_PATH);
  sb_graph_tiles_draw (self->tiles, SB_LAYER_ALL, lists[SB_LAYER_ALL], snapshot);
  if (self->edges_on_path != NULL)
    gtk_snapshot_pop (snapshot);
  sb_graph_tiles_draw (self->tiles, SB_LAYER_ABOVE, lists[SB_LAYER_ABOVE], snapshot);
  sb_graph_tiles_draw (self->tiles, SB_LAYER_GLYPHS, lists[SB_LAYER_GLYPHS], snapshot);
  sb_graph_tiles_end (self->tiles);

  for (guint i = 0; i < SB_N_LAYERS; i++)
    g_array_unref (lists[i]);
  if (self->dragged != NULL)
    draw_drag (self, &colours[SB_TONE_ACCENT], snapshot);
}

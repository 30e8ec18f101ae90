/* sb-graph-tiles.h: curves, drawn once and kept as pictures.
 *
 * Thousands of curves take tens of milliseconds to stroke, and while events flow they mostly stay
 * as they are.  So they are drawn band by band, and a band is drawn anew only when one of its
 * curves is another one.  UI thread. */
#pragma once

#include <gtk/gtk.h>

#include "sb-graph-overlay.h"

G_BEGIN_DECLS

/* A curve that leaves and arrives level, and what is in its middle. */
typedef struct
{
  double x0, y0, x1, y1;
  GdkRGBA colour;
  double width;
  gboolean dashed;
  SbGlyph glyph;
} SbCurve;

typedef enum
{
  SB_LAYER_ALL,
  SB_LAYER_ABOVE, /* what stands out, over all */
  SB_LAYER_GLYPHS,
  SB_N_LAYERS,
} SbLayer;

typedef struct _SbGraphTiles SbGraphTiles;

SbGraphTiles *sb_graph_tiles_new (void);
void sb_graph_tiles_free (SbGraphTiles *self);

/* Begins a drawing of what is seen of widget, whose pictures are for its renderer; background:
 * behind glyphs. */
void sb_graph_tiles_begin (SbGraphTiles *self,
                           GtkWidget *widget,
                           const graphene_rect_t *seen,
                           const GdkRGBA *background);

/* curves: SbCurve.  Of the layer of glyphs only the glyphs are drawn, of the others only the
 * curves. */
void sb_graph_tiles_draw (SbGraphTiles *self, SbLayer layer, GArray *curves, GtkSnapshot *snapshot);

/* Lets go of what was not drawn since begin. */
void sb_graph_tiles_end (SbGraphTiles *self);

/* How many bands were stroked in all, for tests. */
guint sb_graph_tiles_get_n_drawn (SbGraphTiles *self);

/* A picture that costs the widget's renderer little to draw again and again: with a graphics card a
 * texture, which stays there; without one a surface, as GTK converts a texture's pixels each time
 * that it draws it. */
GskRenderNode *
sb_graph_picture_new (GtkWidget *widget, cairo_surface_t *surface, const graphene_rect_t *bounds);

G_END_DECLS

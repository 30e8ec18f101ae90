#include "config.h"

#include "sb-drawing.h"

#include <adwaita.h>
#include <math.h>

#include "sb-words.h"

#define TEXT_SCALE 0.82
#define GAP 8  /* between the area and its numbers */
#define EDGE 6 /* on the side where nothing stands */

gboolean
sb_drawing_is_rtl (GtkWidget *widget)
{
  return gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
}

graphene_rect_t
sb_drawing_get_area (GtkWidget *widget, float head, float foot, float side)
{
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);

  return GRAPHENE_RECT_INIT (sb_drawing_is_rtl (widget) ? EDGE : side, head,
                             MAX (width - side - EDGE, 1), MAX (height - head - foot, 1));
}

GdkRGBA
sb_drawing_look_up (GtkWidget *widget, const char *name)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA color;

  if (!gtk_style_context_lookup_color (context, name, &color))
    gtk_style_context_get_color (context, &color);
  return color;
}

/* The colour of text, fainter; who asked for contrast gets it. */
static GdkRGBA
faint (GtkWidget *widget, float alpha, float alpha_in_contrast)
{
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  color.alpha *= adw_style_manager_get_high_contrast (adw_style_manager_get_default ())
                     ? alpha_in_contrast
                     : alpha;
  return color;
}

double
sb_drawing_round_up (double value)
{
  double power = pow (10, floor (log10 (MAX (value, 1))));
  double scaled = value / power;

  return (scaled <= 1 ? 1 : scaled <= 2 ? 2 : scaled <= 5 ? 5 : 10) * power;
}

char *
sb_drawing_dup_number (double value)
{
  return value == floor (value) ? sb_words_short_count ((gint64) value)
                                : g_strdup_printf ("%.3g", value);
}

static PangoLayout *
new_layout (GtkWidget *widget, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (TEXT_SCALE));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

void
sb_drawing_text (GtkWidget *widget,
                 GtkSnapshot *snapshot,
                 const char *text,
                 double x,
                 double y,
                 double align)
{
  g_autoptr (PangoLayout) layout = new_layout (widget, text);
  GdkRGBA color = faint (widget, 0.6f, 1);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (x - align * width),
                                                          (float) (y - (double) height / 2)));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

int
sb_drawing_get_width (GtkWidget *widget, const char *text)
{
  g_autoptr (PangoLayout) layout = new_layout (widget, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

void
sb_drawing_number (GtkWidget *widget,
                   GtkSnapshot *snapshot,
                   const graphene_rect_t *area,
                   double value,
                   double y)
{
  gboolean rtl = sb_drawing_is_rtl (widget);
  double left = (double) area->origin.x;
  g_autofree char *text = sb_drawing_dup_number (value);

  sb_drawing_text (widget, snapshot, text,
                   rtl ? left + (double) area->size.width + GAP : left - GAP, y, rtl ? 0 : 1);
}

void
sb_drawing_line (GtkWidget *widget, GtkSnapshot *snapshot, const graphene_rect_t *area, float y)
{
  GdkRGBA color = faint (widget, 0.12f, 0.4f);

  gtk_snapshot_append_color (snapshot, &color,
                             &GRAPHENE_RECT_INIT (area->origin.x, floorf (y), area->size.width, 1));
}

void
sb_drawing_times (GtkWidget *widget,
                  GtkSnapshot *snapshot,
                  const graphene_rect_t *area,
                  float foot,
                  const char *start,
                  const char *end)
{
  gboolean rtl = sb_drawing_is_rtl (widget);
  double left = (double) area->origin.x;
  double y = (double) (area->origin.y + area->size.height + foot / 2) + 1;

  sb_drawing_text (widget, snapshot, rtl ? end : start, left, y, 0);
  sb_drawing_text (widget, snapshot, rtl ? start : end, left + (double) area->size.width, y, 1);
}

/* sb-plot.h: lines over time, drawn by the app: as a sparkline, or with a grid, numbers and a
 * legend.
 *
 * Each line has a colour of the theme and a pattern of its own, so that colour alone says nothing.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SB_TYPE_PLOT (sb_plot_get_type ())
G_DECLARE_FINAL_TYPE (SbPlot, sb_plot, SB, PLOT, GtkWidget)

/* Property "compact": no grid, no numbers. */

/* Empties it; the values are at start_us + i * step_us. */
void sb_plot_begin (SbPlot *self, gint64 start_us, gint64 step_us);
/* color: a name of the theme's, "accent_color"; name: for the legend; values: taken as a copy, NAN
 * where nothing is known. */
void sb_plot_add (SbPlot *self, const char *name, const char *color, const double *values, guint n);

/* What a mark was, for those who do not see its colour. */
typedef enum
{
  SB_PLOT_DOT,
  SB_PLOT_DOWN,
  SB_PLOT_UP,
  SB_PLOT_DIAMOND,
  SB_PLOT_BARS,
  SB_PLOT_SQUARE,
} SbPlotShape;

/* Something that happened then, for the eye to line up with what the lines do; text is for the
 * tooltip, and safe to show.  What lies outside of the plot's time is left out. */
void sb_plot_add_mark (SbPlot *self,
                       gint64 at_us,
                       const char *color,
                       SbPlotShape shape,
                       const char *text);

/* Emitted by a click, or by Return where the arrow keys went: "activated" (from_us, to_us) of the
 * step that was meant. */

G_END_DECLS

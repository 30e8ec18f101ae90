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

/* Emitted by a click: "activated" (from_us, to_us) of the step that was meant. */

G_END_DECLS

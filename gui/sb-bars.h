/* sb-bars.h: how many, over time: bars that are stacked by kind, drawn by the app, and a span of
 * time that can be chosen by dragging.
 *
 * Each kind has a colour of the theme and a legend in words; a tooltip says the numbers. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SB_TYPE_BARS (sb_bars_get_type ())
G_DECLARE_FINAL_TYPE (SbBars, sb_bars, SB, BARS, GtkWidget)

/* Property "brush": a span can be chosen. */

/* Empties it; step i begins at start_us + i * step_us. */
void sb_bars_begin (SbBars *self, gint64 start_us, gint64 step_us, guint n_steps);
/* name: for the legend; counts: n_steps of them, taken as a copy.  The first one stands below. */
void sb_bars_add (SbBars *self, const char *name, const double *counts);

/* What is chosen is drawn so; from_us 0: nothing. */
void sb_bars_set_span (SbBars *self, gint64 from_us, gint64 to_us);

/* Signals:
 *   brushed (from_us, to_us)  a span was chosen, in whole steps; both 0: it was let go of */

G_END_DECLS

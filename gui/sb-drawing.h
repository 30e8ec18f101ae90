/* sb-drawing.h: what the drawn pictures of numbers over time have in common: the frame, its lines,
 * the way numbers and words stand in it.
 *
 * Colours are the theme's; in high contrast what is faint elsewhere is not. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Time goes the way of reading. */
gboolean sb_drawing_is_rtl (GtkWidget *widget);

/* What a frame leaves for the picture: the numbers stand beside it, where reading begins. */
graphene_rect_t sb_drawing_get_area (GtkWidget *widget, float head, float foot, float side);

/* A colour of the theme by its name, else that of text. */
GdkRGBA sb_drawing_look_up (GtkWidget *widget, const char *name);

/* 1, 2 or 5 times a power of ten, so that the scale has round numbers. */
double sb_drawing_round_up (double value);
/* Of the scale: "1.2k", "0.5". */
char *sb_drawing_dup_number (double value);

/* Small, in the middle of the height y; align: 0 begins at x, 1 ends there. */
void sb_drawing_text (GtkWidget *widget,
                      GtkSnapshot *snapshot,
                      const char *text,
                      double x,
                      double y,
                      double align);
/* How wide such a text is. */
int sb_drawing_get_width (GtkWidget *widget, const char *text);

/* A number of the scale, beside the area at the height y. */
void sb_drawing_number (GtkWidget *widget,
                        GtkSnapshot *snapshot,
                        const graphene_rect_t *area,
                        double value,
                        double y);

/* A faint line across. */
void
sb_drawing_line (GtkWidget *widget, GtkSnapshot *snapshot, const graphene_rect_t *area, float y);

/* Where the time begins and ends, below the area. */
void sb_drawing_times (GtkWidget *widget,
                       GtkSnapshot *snapshot,
                       const graphene_rect_t *area,
                       float foot,
                       const char *start,
                       const char *end);

G_END_DECLS

/* sb-number-card.h: one number that matters, and how it went lately. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SB_TYPE_NUMBER_CARD (sb_number_card_get_type ())
G_DECLARE_FINAL_TYPE (SbNumberCard, sb_number_card, SB, NUMBER_CARD, GtkWidget)

/* Properties: "title", what it is; "color" of its line. */

/* number: as it is shown; hint: what it means, for the tooltip; values: the line's. */
void sb_number_card_set (SbNumberCard *self,
                         const char *number,
                         const char *hint,
                         const double *values,
                         guint n);

G_END_DECLS

/* sb-delivery-row.h: a delivery in a list, in three lines. */
#pragma once

#include <gtk/gtk.h>

#include "sb-delivery.h"

G_BEGIN_DECLS

#define SB_TYPE_DELIVERY_ROW (sb_delivery_row_get_type ())
G_DECLARE_FINAL_TYPE (SbDeliveryRow, sb_delivery_row, SB, DELIVERY_ROW, GtkWidget)

GtkWidget *sb_delivery_row_new (void);
void sb_delivery_row_set_delivery (SbDeliveryRow *self, SbDelivery *delivery);

/* Says the age, or the time until the next attempt, as of now. */
void sb_delivery_row_beat (SbDeliveryRow *self, gint64 now_us);

G_END_DECLS

/* sb-edit-dialog.h: edits what an event holds and sends it again, as a new event that names the one
 * it was made from.  The original is never altered. */
#pragma once

#include <gtk/gtk.h>

#include "sb-delivery.h"
#include "sb-router.h"

G_BEGIN_DECLS

/* Of the delivery's event; parent: any widget of the window. */
void sb_edit_dialog_present (GtkWidget *parent, SbRouter *router, SbDelivery *delivery);

G_END_DECLS

/* sb-dead-row.h: a row of the dead letters by what they died of: a group, or one of it. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* An SbItemRow, whose item is an SbDeadGroup or an SbDelivery. */
GtkWidget *sb_dead_row_new (void);

G_END_DECLS

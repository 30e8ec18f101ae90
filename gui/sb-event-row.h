/* sb-event-row.h: an event in a list: what it is, and what became of it. */
#pragma once

#include <gtk/gtk.h>

#include "sb-event.h"

G_BEGIN_DECLS

#define SB_TYPE_EVENT_ROW (sb_event_row_get_type ())
G_DECLARE_FINAL_TYPE (SbEventRow, sb_event_row, SB, EVENT_ROW, GtkWidget)

GtkWidget *sb_event_row_new (void);
void sb_event_row_set_event (SbEventRow *self, SbEvent *event);

/* Says the age as of now. */
void sb_event_row_beat (SbEventRow *self, gint64 now_us);

G_END_DECLS

/* sb-event-window.h: one event in a window of its own, for links to it (signalbox://event/ID). */
#pragma once

#include <adwaita.h>

#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_EVENT_WINDOW (sb_event_window_get_type ())
G_DECLARE_FINAL_TYPE (SbEventWindow, sb_event_window, SB, EVENT_WINDOW, AdwWindow)

void sb_event_window_present (GtkWindow *parent, SbRouter *router, const char *event_id);

/* The event's id in "signalbox://event/ID"; NULL: no such link. */
char *sb_event_link_dup_id (const char *uri);

G_END_DECLS

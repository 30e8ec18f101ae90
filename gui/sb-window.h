/* sb-window.h: a window onto one router. */
#pragma once

#include <adwaita.h>

#include "sb-page.h"
#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_WINDOW (sb_window_get_type ())
G_DECLARE_FINAL_TYPE (SbWindow, sb_window, SB, WINDOW, AdwApplicationWindow)

SbWindow *sb_window_new (GtkApplication *application, SbRouter *router);

SbRouter *sb_window_get_router (SbWindow *self);

/* The page that is seen: "routes", "retrying", "dead-letters", "events", "editor". */
const char *sb_window_get_section (SbWindow *self);

/* Makes the page when it was never wanted before; NULL when there is none of that name. */
SbPage *sb_window_get_page (SbWindow *self, const char *section);

G_END_DECLS

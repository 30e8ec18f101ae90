/* sb-routes-page.h: sources, buses, rules and connectors, as a drawing or as lists. */
#pragma once

#include "sb-page.h"

G_BEGIN_DECLS

#define SB_TYPE_ROUTES_PAGE (sb_routes_page_get_type ())
G_DECLARE_FINAL_TYPE (SbRoutesPage, sb_routes_page, SB, ROUTES_PAGE, SbPage)

/* The way of one event is laid over the routes, until that is closed.  title: what the event is
 * called. */
void sb_routes_page_show_event (SbRoutesPage *self, const char *event, const char *title);

G_END_DECLS

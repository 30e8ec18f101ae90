/* sb-routes-list.h: the routes as lists: what the drawing shows, for narrow windows and for those
 * who cannot see it. */
#pragma once

#include <adwaita.h>

#include "sb-graph.h"

G_BEGIN_DECLS

#define SB_TYPE_ROUTES_LIST (sb_routes_list_get_type ())
G_DECLARE_FINAL_TYPE (SbRoutesList, sb_routes_list, SB, ROUTES_LIST, AdwBin)

/* The graph is needed only during the call. */
void sb_routes_list_set_graph (SbRoutesList *self, const SbGraph *graph);

/* Signals:
 *   node-activated (id) */

G_END_DECLS

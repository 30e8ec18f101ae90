/* sb-graph-fold.h: a large graph made small: only what is looked for, and groups instead of nodes.
 *
 * Above SB_GRAPH_FOLD_ABOVE nodes those of a layer whose names begin alike become one group each:
 * "orders-eu" and "orders-us" of a bus are in "orders".  Where that is not enough, all sources or
 * rules of a bus, or all connectors of a kind, become one.  Which groups there are follows from
 * names only, never from counts or from what is unfolded.  Buses stay. */
#pragma once

#include "sb-graph.h"

G_BEGIN_DECLS

#define SB_GRAPH_FOLD_ABOVE 60

/* A new graph.  filter: only nodes in whose name, bus or subtitle it is found, upper and lower case
 * being the same, and what lies on their ways; NULL or "": all.  unfolded: a set of ids of groups
 * whose members are shown, each below its group; NULL: none.
 *
 * A group's figures are the sums of its members', its time the worst; edges to and from members
 * are its own. */
SbGraph *sb_graph_fold (SbGraph *full, const char *filter, GHashTable *unfolded);

G_END_DECLS

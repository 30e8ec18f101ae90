/* sb-graph.h: the routes as a graph, and where its nodes stand.
 *
 * Layers from left to right: sources, buses, rules, connectors.  The order within a layer follows
 * names and connections only, never counts, so that nothing moves while events flow.  No widget is
 * needed to lay a graph out. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  SB_NODE_SOURCE,
  SB_NODE_BUS,
  SB_NODE_RULE,
  SB_NODE_CONNECTOR,
} SbNodeKind;

typedef enum
{
  SB_NODE_IDLE, /* nothing went through it yet */
  SB_NODE_FLOWING,
  SB_NODE_WAITING, /* deliveries wait for another attempt */
  SB_NODE_DEAD,    /* there are dead letters */
  SB_NODE_DISABLED,
  SB_NODE_MISSING, /* named by a rule, but not configured */
} SbNodeState;

/* Deliveries by state. */
typedef struct
{
  gint64 under_way; /* ready */
  gint64 waiting;   /* waiting and held */
  gint64 done, dead, discarded;
} SbCounts;

/* How a pending edit would change it. */
typedef enum
{
  SB_CHANGE_NONE,
  SB_CHANGE_CHANGED,
  SB_CHANGE_ADDED,
  SB_CHANGE_REMOVED,
} SbChange;

/* What became of one event there, the worst last. */
typedef enum
{
  SB_VISIT_NONE, /* it did not come there */
  SB_VISIT_PASSED,
  SB_VISIT_WAITING,
  SB_VISIT_DEAD,
} SbVisit;

/* What is measured of a node or an edge: means over the last minute. */
typedef struct
{
  double rate;        /* a second: events of a source or bus, matches of a rule, deliveries made */
  double failed_rate; /* a second: requests refused by a source, attempts that failed */
  double p95_ms;      /* of attempts; 0: there were none */
} SbMeasure;

typedef struct
{
  SbNodeKind kind;
  char *id;       /* unique in the graph: "rule/default/chat" */
  char *name;     /* "chat"; a connector's with its kind: "webhook/chat" */
  char *key;      /* what its place in the layer goes by, or NULL: the name */
  char *bus;      /* of sources and rules */
  char *subtitle; /* what it is for; or, when nobody said that, its place */
  char *place;    /* where it listens, or where it goes; "" of buses and rules */
  gboolean enabled;
  gboolean missing;
  gint64 n; /* events of a source or bus, matches of a rule, deliveries made by a connector */
  SbCounts counts;
  SbMeasure measure;
  SbChange change;
  SbVisit visit;

  guint n_members;   /* of a group, see sb-graph-fold.h; else 0 */
  gboolean unfolded; /* a group whose members stand below it */
  char *group;       /* id of the unfolded group that it stands in, or NULL */

  double x, y, width, height; /* after sb_graph_layout() */
} SbNode;

typedef struct
{
  guint from, to; /* positions in the nodes */
  gint64 n;
  gint64 waiting, dead;
  gboolean enabled;
  SbMeasure measure;
  SbChange change;
  SbVisit visit;
} SbEdge;

typedef struct
{
  GPtrArray *nodes;           /* SbNode, layer by layer, each from top to bottom */
  GArray *edges;              /* SbEdge */
  GHashTable *node_index;     /* id -> position + 1 */
  GHashTable *edge_index;     /* guint64: from << 32 | to -> position + 1 */
  guint *outgoing, *incoming; /* positions in the edges, node by node; made when asked for */
  guint *first_outgoing, *first_incoming; /* a node's begin there, and end where the next begin */
  gint64 n_events;
  double width, height; /* after sb_graph_layout() */
} SbGraph;

SbGraph *sb_graph_new (JsonObject *routes);
void sb_graph_free (SbGraph *self);

static inline SbNode *
sb_graph_node (const SbGraph *self, guint position)
{
  return (SbNode *) g_ptr_array_index (self->nodes, position);
}

static inline const SbEdge *
sb_graph_edge (const SbGraph *self, guint position)
{
  return &g_array_index (self->edges, SbEdge, position);
}

/* -1 when there is none. */
int sb_graph_find (const SbGraph *self, const char *id);
int sb_graph_find_edge (const SbGraph *self, guint from, guint to);

/* Edges that leave or reach a node: positions, valid until the graph gets another edge. */
const guint *sb_graph_edges_from (SbGraph *self, guint node, guint *out_n);
const guint *sb_graph_edges_to (SbGraph *self, guint node, guint *out_n);

/* For those who make a graph of another one: all nodes first, then sb_graph_sort(), then the edges.
 * Takes the node; one that is there already stays, and is returned.  An edge that is there already
 * gets the other's figures added. */
SbGraph *sb_graph_new_empty (void);
SbNode *sb_node_copy (const SbNode *node);
void sb_node_free (SbNode *node);
SbNode *sb_graph_add (SbGraph *self, SbNode *node);
void sb_graph_sort (SbGraph *self);
void sb_graph_add_edge (SbGraph *self, guint from, guint to, const SbEdge *edge);

/* What they come to together. */
void sb_counts_add (SbCounts *sum, const SbCounts *counts);
void sb_measure_add (SbMeasure *sum, const SbMeasure *measure);

guint sb_graph_count (const SbGraph *self, SbNodeKind kind);

/* "default/chat" of a rule. */
char *sb_node_dup_rule_name (const SbNode *node);

SbNodeState sb_node_get_state (const SbNode *node);

/* What an assistive technology calls it: kind, name, counts and state. */
char *sb_node_dup_words (const SbNode *node);

typedef struct
{
  double margin;                       /* around everything */
  double min_gap, wanted_gap, max_gap; /* between layers, on average */
  double min_width, max_width;         /* of a node; it grows once the gaps are as wanted */
  double node_height, row_gap;
  double header_height;                  /* of a group whose members stand below it */
  double bus_width, bus_label, band_gap; /* label: height above the bar; gap: between two buses */
} SbGraphMetrics;

/* Places all nodes within width, or wider when they do not fit. */
void sb_graph_layout (SbGraph *self, const SbGraphMetrics *metrics, double width);

/* Where an edge leaves and arrives. */
void sb_graph_edge_ends (const SbGraph *self,
                         const SbEdge *edge,
                         double *out_x0,
                         double *out_y0,
                         double *out_x1,
                         double *out_y1);

/* What lies on the ways through one node, up to the sources and down to the connectors: a flag a
 * node, and, when out_edges is not NULL, a flag an edge.  Caller frees. */
guint8 *sb_graph_path (SbGraph *self, guint node, guint8 **out_edges);

typedef enum
{
  SB_STEP_UP,
  SB_STEP_DOWN,
  SB_STEP_BACK, /* towards the sources */
  SB_STEP_ON,   /* towards the connectors */
} SbStep;

/* The node that one comes to, or -1: up and down in the layer, else the nearest that an edge leads
 * to. */
int sb_graph_step (SbGraph *self, guint node, SbStep step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbGraph, sb_graph_free)

G_END_DECLS

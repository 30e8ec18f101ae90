/* sb-graph-overlay.h: what is laid over the routes: which figures and colours say what. */
#pragma once

#include "sb-graph.h"

G_BEGIN_DECLS

/* The first four are chosen, the last one comes with an event. */
typedef enum
{
  SB_OVERLAY_TRAFFIC,
  SB_OVERLAY_ERRORS,
  SB_OVERLAY_LATENCY,
  SB_OVERLAY_CHANGES,
  SB_OVERLAY_EVENT,
} SbOverlay;

typedef enum
{
  SB_TONE_PLAIN,
  SB_TONE_ACCENT,
  SB_TONE_SUCCESS,
  SB_TONE_WARNING,
  SB_TONE_ERROR,
  SB_N_TONES,
} SbTone;

/* In the middle of an edge: colour alone would not be seen by everybody. */
typedef enum
{
  SB_GLYPH_NONE,
  SB_GLYPH_CROSS, /* dead letters, failures */
  SB_GLYPH_CLOCK, /* something waits, or takes long */
  SB_GLYPH_PLUS,
  SB_GLYPH_MINUS,
  SB_GLYPH_CHANGE,
  SB_GLYPH_CHECK,
} SbGlyph;

typedef struct
{
  SbTone tone;
  float alpha;
  double width; /* pixels */
  gboolean dashed;
  SbGlyph glyph;
} SbStyle;

/* How an edge is drawn. */
SbStyle sb_graph_edge_style (const SbEdge *edge, SbOverlay overlay);

/* Is the node what the overlay is about?  TRUE of all where it is about all. */
gboolean sb_node_is_meant (const SbNode *node, SbOverlay overlay);

/* The figure on a node, with its tone; "" when there is none: "12/s", "3 % failing", "240 ms",
 * "New". */
char *sb_node_dup_figure (const SbNode *node, SbOverlay overlay, SbTone *out_tone);

/* What thickness and figures mean, in one line. */
const char *sb_overlay_words (SbOverlay overlay);

/* Marks where the event of an answer of GET /v1/events/<id> went.  Returns how many nodes it
 * reached that are still there. */
guint sb_graph_visit (SbGraph *self, JsonObject *journey);

/* The routes as they would be: files (path -> text, or NULL of one that would be gone) instead of
 * those in force.  What is in neither is as in now; what cannot be read counts as changed.  A new
 * graph with what is in either, and how it would change. */
SbGraph *sb_graph_new_pending (JsonObject *routes, GHashTable *files);

G_END_DECLS

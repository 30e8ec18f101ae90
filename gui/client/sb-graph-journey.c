#include "config.h"

#include <string.h>

#include "sb-graph-overlay.h"
#include "sb-json.h"

/* The way of one event, marked on the routes as they are now. */

static void
visit_node (SbGraph *self, int node, SbVisit visit)
{
  SbNode *at;

  if (node < 0)
    return;
  at = sb_graph_node (self, (guint) node);
  at->visit = MAX (at->visit, visit);
}

static void
visit_edge (SbGraph *self, int from, int to, SbVisit visit)
{
  int position = from >= 0 && to >= 0 ? sb_graph_find_edge (self, (guint) from, (guint) to) : -1;
  SbEdge *edge;

  if (position < 0)
    return;
  edge = &g_array_index (self->edges, SbEdge, position);
  edge->visit = MAX (edge->visit, visit);
}

static SbVisit
visit_of_state (const char *state)
{
  if (g_str_equal (state, "dead"))
    return SB_VISIT_DEAD;
  if (g_str_equal (state, "waiting") || g_str_equal (state, "held") || g_str_equal (state, "ready"))
    return SB_VISIT_WAITING;
  return SB_VISIT_PASSED;
}

static int
find_named (const SbGraph *self, const char *kind, const char *name)
{
  g_autofree char *id = g_strjoin ("/", kind, name, NULL);

  return sb_graph_find (self, id);
}

/* Only what rules and connectors did says how it went; before them it passed. */
static void
visit_deliveries (SbGraph *self, JsonObject *journey)
{
  g_autoptr (GPtrArray) deliveries = sb_json_objects (journey, "deliveries");

  for (guint i = 0; i < deliveries->len; i++)
    {
      JsonObject *delivery = g_ptr_array_index (deliveries, i);
      SbVisit visit = visit_of_state (sb_json_string (delivery, "state"));
      int rule = find_named (self, "rule", sb_json_string (delivery, "rule"));
      int connector = find_named (self, "connector", sb_json_string (delivery, "connector"));

      visit_node (self, connector, visit);
      visit_edge (self, rule, connector, visit);
    }
}

guint
sb_graph_visit (SbGraph *self, JsonObject *journey)
{
  JsonObject *event = sb_json_object (journey, "event");
  const char *ingress = sb_json_string (event, "ingress");
  g_auto (GStrv) matched = sb_json_strings (event, "matched");
  int bus = find_named (self, "bus", sb_json_string (event, "bus"));
  int source = g_str_has_prefix (ingress, "source/") ? sb_graph_find (self, ingress)
                                                     : find_named (self, "source", ingress);
  guint n = 0;

  visit_node (self, source, SB_VISIT_PASSED);
  visit_node (self, bus, SB_VISIT_PASSED);
  visit_edge (self, source, bus, SB_VISIT_PASSED);
  for (guint i = 0; matched != NULL && matched[i] != NULL; i++)
    {
      int rule = find_named (self, "rule", matched[i]);

      visit_node (self, rule, SB_VISIT_PASSED);
      visit_edge (self, bus, rule, SB_VISIT_PASSED);
    }
  visit_deliveries (self, journey);
  for (guint i = 0; i < self->nodes->len; i++)
    n += sb_graph_node (self, i)->visit != SB_VISIT_NONE;
  return n;
}

#include <math.h>

#include "sb-graph.h"
#include "support.h"

static const SbGraphMetrics metrics = {
  .margin = 20,
  .min_gap = 30,
  .wanted_gap = 50,
  .max_gap = 80,
  .min_width = 100,
  .max_width = 200,
  .node_height = 50,
  .row_gap = 10,
  .header_height = 30,
  .bus_width = 80,
  .bus_label = 20,
  .band_gap = 30,
};

/* n_rules rules on each of n_buses buses; each leads to the connector of its number. */
static SbGraph *
make_graph (guint n_buses, guint n_rules, guint n_connectors)
{
  g_autoptr (GString) text = g_string_new ("{\"buses\":[");
  g_autoptr (JsonObject) object = NULL;

  for (guint i = 0; i < n_buses; i++)
    g_string_append_printf (text, "%s{\"name\":\"b%02u\"}", i > 0 ? "," : "", i);
  g_string_append (text, "],\"sources\":[");
  for (guint i = 0; i < n_buses; i++)
    g_string_append_printf (text, "%s{\"name\":\"s%02u\",\"bus\":\"b%02u\",\"events\":1}",
                            i > 0 ? "," : "", i, i);
  g_string_append (text, "],\"rules\":[");
  for (guint i = 0; i < n_buses * n_rules; i++)
    g_string_append_printf (text,
                            "%s{\"name\":\"b%02u/r%03u\",\"bus\":\"b%02u\",\"enabled\":true,"
                            "\"targets\":[{\"id\":\"t\",\"connector\":\"webhook/c%03u\"}]}",
                            i > 0 ? "," : "", i / n_rules, i, i / n_rules, (i * 7) % n_connectors);
  g_string_append (text, "],\"connectors\":[");
  for (guint i = 0; i < n_connectors; i++)
    g_string_append_printf (text, "%s{\"name\":\"webhook/c%03u\"}", i > 0 ? "," : "", i);
  g_string_append (text, "]}");
  object = parse_json (text->str);
  return sb_graph_new (object);
}

static void
assert_sound (const SbGraph *graph)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const SbNode *a = sb_graph_node (graph, i);

      g_assert_cmpfloat (a->x, >=, metrics.margin - 1);
      g_assert_cmpfloat (a->y, >=, metrics.margin - 1);
      g_assert_cmpfloat (a->x + a->width, <=, graph->width - metrics.margin + 1);
      g_assert_cmpfloat (a->y + a->height, <=, graph->height - metrics.margin + 1);
      for (guint j = 0; j < i; j++)
        {
          const SbNode *b = sb_graph_node (graph, j);

          g_assert_true (a->x >= b->x + b->width || b->x >= a->x + a->width ||
                         a->y >= b->y + b->height || b->y >= a->y + a->height);
        }
    }
  /* Every edge leads to the right. */
  for (guint i = 0; i < graph->edges->len; i++)
    {
      double x0, y0, x1, y1;

      sb_graph_edge_ends (graph, sb_graph_edge (graph, i), &x0, &y0, &x1, &y1);
      g_assert_cmpfloat (x0, <, x1);
    }
}

static void
test_sound (void)
{
  static const guint cases[][3] = { { 1, 1, 1 },  { 1, 8, 3 },   { 3, 4, 12 },
                                    { 2, 1, 20 }, { 5, 20, 30 }, { 1, 2, 1 } };
  static const double widths[] = { 0, 500, 900, 1400, 4000 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SbGraph) graph = make_graph (cases[i][0], cases[i][1], cases[i][2]);

      for (guint j = 0; j < G_N_ELEMENTS (widths); j++)
        {
          g_test_message ("%u buses, %u rules, %u connectors in %g", cases[i][0], cases[i][1],
                          cases[i][2], widths[j]);
          sb_graph_layout (graph, &metrics, widths[j]);
          g_assert_cmpfloat (graph->width, >=, widths[j]);
          assert_sound (graph);
        }
    }
}

static void
test_empty (void)
{
  g_autoptr (JsonObject) object = parse_json ("{}");
  g_autoptr (SbGraph) graph = sb_graph_new (object);

  sb_graph_layout (graph, &metrics, 800);
  g_assert_cmpfloat (graph->width, ==, 800);
  g_assert_cmpfloat (graph->height, >=, 0);
}

/* Counts never move anything. */
static void
test_stable (void)
{
  g_autoptr (SbGraph) before = make_graph (2, 5, 6);
  g_autoptr (SbGraph) after = make_graph (2, 5, 6);

  for (guint i = 0; i < after->nodes->len; i++)
    {
      sb_graph_node (after, i)->n += 1000 + i;
      sb_graph_node (after, i)->counts.dead = i;
    }
  sb_graph_layout (before, &metrics, 900);
  sb_graph_layout (after, &metrics, 900);
  for (guint i = 0; i < after->nodes->len; i++)
    {
      g_assert_cmpfloat (sb_graph_node (before, i)->x, ==, sb_graph_node (after, i)->x);
      g_assert_cmpfloat (sb_graph_node (before, i)->y, ==, sb_graph_node (after, i)->y);
    }
}

/* A connector of one rule stands beside it, when nobody is in the way. */
static void
test_beside (void)
{
  g_autoptr (SbGraph) graph = make_graph (1, 3, 3);

  sb_graph_layout (graph, &metrics, 900);
  for (guint i = 0; i < graph->edges->len; i++)
    {
      const SbEdge *edge = sb_graph_edge (graph, i);
      const SbNode *from = sb_graph_node (graph, edge->from);

      if (from->kind == SB_NODE_RULE)
        g_assert_cmpfloat_with_epsilon (from->y, sb_graph_node (graph, edge->to)->y, 1.5);
    }
}

static void
test_steps (void)
{
  g_autoptr (SbGraph) graph = make_graph (1, 3, 3);
  int here;

  sb_graph_layout (graph, &metrics, 900);
  here = sb_graph_find (graph, "source/s00");
  here = sb_graph_step (graph, (guint) here, SB_STEP_ON);
  g_assert_cmpstr (sb_graph_node (graph, (guint) here)->id, ==, "bus/b00");
  here = sb_graph_step (graph, (guint) here, SB_STEP_ON);
  g_assert_cmpstr (sb_graph_node (graph, (guint) here)->id, ==, "rule/b00/r001");
  here = sb_graph_step (graph, (guint) here, SB_STEP_DOWN);
  g_assert_cmpstr (sb_graph_node (graph, (guint) here)->id, ==, "rule/b00/r002");
  g_assert_cmpint (sb_graph_step (graph, (guint) here, SB_STEP_DOWN), ==, -1);
  here = sb_graph_step (graph, (guint) here, SB_STEP_ON);
  g_assert_cmpint (sb_graph_node (graph, (guint) here)->kind, ==, SB_NODE_CONNECTOR);
  g_assert_cmpint (sb_graph_step (graph, (guint) here, SB_STEP_ON), ==, -1);
  here = sb_graph_step (graph, (guint) here, SB_STEP_BACK);
  g_assert_cmpstr (sb_graph_node (graph, (guint) here)->id, ==, "rule/b00/r002");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph-layout/sound", test_sound);
  g_test_add_func ("/graph-layout/empty", test_empty);
  g_test_add_func ("/graph-layout/stable", test_stable);
  g_test_add_func ("/graph-layout/beside", test_beside);
  g_test_add_func ("/graph-layout/steps", test_steps);
  return g_test_run ();
}

#include "sb-graph.h"
#include "support.h"

static const char routes[] =
    "{\"generation\":7,\"sources\":["
    "{\"name\":\"shop\",\"enabled\":true,\"path\":\"/in/shop\",\"bus\":\"default\",\"events\":12},"
    "{\"name\":\"api\",\"path\":\"/v1/events\",\"events\":3},"
    "{\"name\":\"doors\",\"enabled\":false,\"path\":\"/in/doors\",\"bus\":\"house\",\"events\":0}],"
    "\"buses\":[{\"name\":\"house\",\"description\":\"\"},{\"name\":\"default\"}],"
    "\"rules\":["
    "{\"name\":\"house/open\",\"bus\":\"house\",\"enabled\":true,\"matched\":0,\"targets\":["
    "  {\"id\":\"a\",\"connector\":\"webhook/gone\",\"counts\":{}}]},"
    "{\"name\":\"default/chat\",\"bus\":\"default\",\"description\":\"Talk\",\"enabled\":true,"
    " \"matched\":5,\"targets\":["
    "  {\"id\":\"a\",\"connector\":\"webhook/chat\","
    "   \"counts\":{\"ready\":1,\"waiting\":1,\"held\":1,\"done\":4,\"dead\":2,\"discarded\":9}},"
    "  {\"id\":\"b\",\"connector\":\"webhook/chat\",\"counts\":{\"done\":1}},"
    "  {\"id\":\"c\",\"connector\":\"file/audit\",\"counts\":{\"done\":5}}]},"
    "{\"name\":\"default/off\",\"bus\":\"default\",\"enabled\":false,\"matched\":1,"
    " \"targets\":[]}],"
    "\"connectors\":["
    "{\"name\":\"webhook/chat\",\"description\":\"\",\"summary\":\"POST http://x\","
    " \"counts\":{\"waiting\":1,\"held\":1,\"done\":5,\"dead\":2}},"
    "{\"name\":\"file/audit\",\"description\":\"For ever\",\"summary\":\"file /x\","
    " \"counts\":{\"done\":5}}]}";

static SbGraph *
new_graph (const char *text)
{
  g_autoptr (JsonObject) object = parse_json (text);

  return sb_graph_new (object);
}

static const SbNode *
get (const SbGraph *graph, const char *id)
{
  int position = sb_graph_find (graph, id);

  g_assert_cmpint (position, >=, 0);
  return sb_graph_node (graph, (guint) position);
}

static const SbEdge *
edge_between (const SbGraph *graph, const char *from, const char *to)
{
  for (guint i = 0; i < graph->edges->len; i++)
    {
      const SbEdge *edge = sb_graph_edge (graph, i);

      if ((int) edge->from == sb_graph_find (graph, from) &&
          (int) edge->to == sb_graph_find (graph, to))
        return edge;
    }
  return NULL;
}

static void
test_nodes (void)
{
  g_autoptr (SbGraph) graph = new_graph (routes);
  const char *const order[] = { "source/api",
                                "source/shop",
                                "source/doors",
                                "bus/default",
                                "bus/house",
                                "rule/default/chat",
                                "rule/default/off",
                                "rule/house/open",
                                "connector/file/audit",
                                "connector/webhook/chat",
                                "connector/webhook/gone" };

  g_assert_cmpuint (graph->nodes->len, ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpstr (sb_graph_node (graph, i)->id, ==, order[i]);
  g_assert_cmpint (graph->n_events, ==, 15);
  g_assert_cmpuint (sb_graph_count (graph, SB_NODE_RULE), ==, 3);
  g_assert_cmpint (sb_graph_find (graph, "rule/none"), ==, -1);

  g_assert_cmpint (get (graph, "bus/default")->n, ==, 15);
  g_assert_cmpstr (get (graph, "connector/webhook/chat")->subtitle, ==, "POST http://x");
  g_assert_cmpstr (get (graph, "connector/file/audit")->subtitle, ==, "For ever");
  g_assert_cmpstr (get (graph, "source/shop")->subtitle, ==, "/in/shop");
  g_assert_cmpint (get (graph, "rule/default/chat")->counts.waiting, ==, 2);
  g_assert_cmpint (get (graph, "rule/default/chat")->counts.done, ==, 10);
}

static void
test_edges (void)
{
  g_autoptr (SbGraph) graph = new_graph (routes);
  const SbEdge *edge = edge_between (graph, "rule/default/chat", "connector/webhook/chat");

  /* Two targets of one rule at one connector are one edge. */
  g_assert_nonnull (edge);
  g_assert_cmpint (edge->n, ==, 1 + 2 + 4 + 2 + 1);
  g_assert_cmpint (edge->waiting, ==, 2);
  g_assert_cmpint (edge->dead, ==, 2);
  g_assert_true (edge->enabled);
  g_assert_false (edge_between (graph, "bus/default", "rule/default/off")->enabled);
  g_assert_nonnull (edge_between (graph, "source/api", "bus/default"));
  g_assert_null (edge_between (graph, "source/shop", "bus/house"));
  g_assert_nonnull (edge_between (graph, "rule/house/open", "connector/webhook/gone"));
}

static void
test_states (void)
{
  g_autoptr (SbGraph) graph = new_graph (routes);

  g_assert_cmpint (sb_node_get_state (get (graph, "rule/default/chat")), ==, SB_NODE_DEAD);
  g_assert_cmpint (sb_node_get_state (get (graph, "rule/default/off")), ==, SB_NODE_DISABLED);
  g_assert_cmpint (sb_node_get_state (get (graph, "rule/house/open")), ==, SB_NODE_IDLE);
  g_assert_cmpint (sb_node_get_state (get (graph, "connector/file/audit")), ==, SB_NODE_FLOWING);
  g_assert_cmpint (sb_node_get_state (get (graph, "connector/webhook/gone")), ==, SB_NODE_MISSING);
  g_assert_cmpint (sb_node_get_state (get (graph, "source/doors")), ==, SB_NODE_DISABLED);
}

static void
test_words (void)
{
  g_autoptr (SbGraph) graph = new_graph (routes);
  const struct
  {
    const char *id, *words;
  } cases[] = {
    { "source/shop", "Source shop: 12 events" },
    { "source/doors", "Source doors: 0 events, switched off" },
    { "bus/default", "Bus default: 15 events" },
    { "rule/default/chat", "Rule chat on bus default: 5 matches, 2 waiting, 2 dead letters" },
    { "rule/default/off", "Rule off on bus default: 1 match, switched off" },
    { "connector/webhook/gone", "Connector webhook/gone: 0 delivered, not configured" },
  };
  g_autofree char *name = sb_node_dup_rule_name (get (graph, "rule/default/chat"));

  g_assert_cmpstr (name, ==, "default/chat");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = sb_node_dup_words (get (graph, cases[i].id));

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_path (void)
{
  g_autoptr (SbGraph) graph = new_graph (routes);
  g_autofree guint8 *edges = NULL;
  g_autofree guint8 *nodes = sb_graph_path (
      graph, (guint) sb_graph_find (graph, "rule/default/chat"), &edges);
  guint n_edges = 0;

  for (guint i = 0; i < graph->edges->len; i++)
    n_edges += edges[i];
  g_assert_cmpuint (n_edges, ==, 2 + 1 + 2);
  g_assert_true (nodes[sb_graph_find (graph, "source/shop")]);
  g_assert_true (nodes[sb_graph_find (graph, "source/api")]);
  g_assert_true (nodes[sb_graph_find (graph, "connector/file/audit")]);
  g_assert_false (nodes[sb_graph_find (graph, "rule/default/off")]);
  g_assert_false (nodes[sb_graph_find (graph, "bus/house")]);
}

static void
test_strange (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"sources\":null,\"rules\":7,\"connectors\":[1,\"x\",null]}",
    "{\"rules\":[{}]}",
    "{\"rules\":[{\"name\":\"a/b\",\"targets\":[{}]},{\"name\":\"a/b\",\"bus\":\"a\"}]}",
    "{\"sources\":[{\"name\":\"twice\"},{\"name\":\"twice\",\"bus\":\"other\"}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (SbGraph) graph = new_graph (texts[i]);

      g_test_message ("%s", texts[i]);
      for (guint j = 0; j < graph->edges->len; j++)
        {
          g_assert_cmpuint (sb_graph_edge (graph, j)->from, <, graph->nodes->len);
          g_assert_cmpuint (sb_graph_edge (graph, j)->to, <, graph->nodes->len);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/nodes", test_nodes);
  g_test_add_func ("/graph/edges", test_edges);
  g_test_add_func ("/graph/states", test_states);
  g_test_add_func ("/graph/words", test_words);
  g_test_add_func ("/graph/path", test_path);
  g_test_add_func ("/graph/strange", test_strange);
  return g_test_run ();
}

#include "sb-graph-fold.h"
#include "support.h"

/* Many rules of two names and a few others on one bus, and a connector for each. */
static SbGraph *
make_graph (guint n_orders, guint n_bills, guint n_others)
{
  g_autoptr (GString) rules = g_string_new (NULL);
  g_autoptr (GString) connectors = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) object = NULL;

  for (guint i = 0; i < n_orders + n_bills + n_others; i++)
    {
      g_autofree char *name = i < n_orders ? g_strdup_printf ("orders-%02u", i)
                              : i < n_orders + n_bills
                                  ? g_strdup_printf ("bill%02u", i)
                                  : g_strdup_printf ("%c%c-other", 'a' + i % 26, 'a' + i / 26);

      g_string_append_printf (rules,
                              "%s{\"name\":\"default/%s\",\"bus\":\"default\",\"enabled\":%s,"
                              "\"matched\":2,\"matched_per_second\":0.5,\"targets\":[{\"id\":\"a\","
                              "\"connector\":\"webhook/%s\",\"counts\":{\"done\":1,\"waiting\":%u,"
                              "\"dead\":%u}}]}",
                              i > 0 ? "," : "", name, i == 1 ? "false" : "true", name, i == 0,
                              i == 3);
      g_string_append_printf (connectors,
                              "%s{\"name\":\"webhook/%s\",\"counts\":{\"done\":1},"
                              "\"delivered_per_second\":0.25,\"failed_per_second\":0,"
                              "\"p95_ms\":%u}",
                              i > 0 ? "," : "", name, 10 + i);
    }
  text = g_strdup_printf ("{\"sources\":[{\"name\":\"shop\",\"events\":7,\"in_per_second\":1.5}],"
                          "\"buses\":[{\"name\":\"default\"}],\"rules\":[%s],\"connectors\":[%s]}",
                          rules->str, connectors->str);
  object = parse_json (text);
  return sb_graph_new (object);
}

static const SbNode *
get (const SbGraph *graph, const char *id)
{
  int position = sb_graph_find (graph, id);

  g_test_message ("%s", id);
  g_assert_cmpint (position, >=, 0);
  return sb_graph_node (graph, (guint) position);
}

static SbGraph *
fold (SbGraph *full, const char *filter, const char *const *unfolded)
{
  g_autoptr (GHashTable) set = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; unfolded != NULL && unfolded[i] != NULL; i++)
    g_hash_table_add (set, (char *) unfolded[i]);
  return sb_graph_fold (full, filter, set);
}

static void
assert_sound (const SbGraph *graph)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const SbNode *node = sb_graph_node (graph, i);

      g_assert_cmpint (sb_graph_find (graph, node->id), ==, (int) i);
      if (node->group != NULL)
        g_assert_true (get (graph, node->group)->unfolded);
    }
  for (guint i = 0; i < graph->edges->len; i++)
    {
      const SbEdge *edge = sb_graph_edge (graph, i);

      g_assert_cmpuint (edge->from, <, graph->nodes->len);
      g_assert_cmpuint (edge->to, <, graph->nodes->len);
      /* What is unfolded stands for nobody. */
      g_assert_false (sb_graph_node (graph, edge->from)->unfolded);
      g_assert_false (sb_graph_node (graph, edge->to)->unfolded);
    }
}

static void
test_small (void)
{
  g_autoptr (SbGraph) full = make_graph (10, 10, 9);
  g_autoptr (SbGraph) folded = fold (full, NULL, NULL);

  g_assert_cmpuint (full->nodes->len, ==, SB_GRAPH_FOLD_ABOVE);
  g_assert_cmpuint (folded->nodes->len, ==, full->nodes->len);
  g_assert_cmpuint (folded->edges->len, ==, full->edges->len);
  for (guint i = 0; i < full->nodes->len; i++)
    g_assert_cmpstr (sb_graph_node (folded, i)->id, ==, sb_graph_node (full, i)->id);
  assert_sound (folded);
}

static void
test_heads (void)
{
  g_autoptr (SbGraph) full = make_graph (30, 20, 2);
  g_autoptr (SbGraph) folded = fold (full, "", NULL);
  const SbNode *orders = get (folded, "group/rule/default/orders");
  const SbNode *connectors = get (folded, "group/connector/webhook/orders");
  int edge;

  assert_sound (folded);
  /* Source, bus, two groups and two others of each kind. */
  g_assert_cmpuint (folded->nodes->len, ==, 2 + 2 * 4);
  g_assert_cmpuint (orders->n_members, ==, 30);
  g_assert_cmpstr (orders->name, ==, "orders");
  g_assert_cmpstr (connectors->name, ==, "webhook/orders");
  g_assert_cmpint (orders->n, ==, 60);
  g_assert_cmpint (orders->counts.waiting, ==, 1);
  g_assert_cmpint (orders->counts.dead, ==, 1);
  g_assert_true (orders->enabled);
  g_assert_cmpfloat_with_epsilon (orders->measure.rate, 15, 1e-9);
  g_assert_cmpfloat (connectors->measure.p95_ms, ==, 10 + 29);
  g_assert_cmpint (sb_node_get_state (orders), ==, SB_NODE_DEAD);

  edge = sb_graph_find_edge (folded, (guint) sb_graph_find (folded, orders->id),
                             (guint) sb_graph_find (folded, connectors->id));
  g_assert_cmpint (edge, >=, 0);
  g_assert_cmpint (sb_graph_edge (folded, (guint) edge)->n, ==, 30 + 2);
  g_assert_cmpint (sb_graph_edge (folded, (guint) edge)->dead, ==, 1);
}

static void
test_unfolded (void)
{
  static const char *const ids[] = { "group/rule/default/orders", NULL };
  g_autoptr (SbGraph) full = make_graph (30, 20, 2);
  g_autoptr (SbGraph) folded = fold (full, NULL, ids);
  int header = sb_graph_find (folded, ids[0]);

  assert_sound (folded);
  g_assert_cmpuint (folded->nodes->len, ==, 2 + 2 * 4 + 30);
  /* The members follow their header, and each has its own edges. */
  for (guint i = 0; i < 30; i++)
    {
      const SbNode *member = sb_graph_node (folded, (guint) header + 1 + i);
      guint n;

      g_assert_cmpstr (member->group, ==, ids[0]);
      sb_graph_edges_from (folded, (guint) header + 1 + i, &n);
      g_assert_cmpuint (n, ==, 1);
    }
  g_assert_false (get (folded, "rule/default/orders-01")->enabled);
}

/* Where names have nothing in common, layers become groups. */
static void
test_layers (void)
{
  static const char *const ids[] = { "group/rule/default/", "group/rule/default/orders", NULL };
  g_autoptr (SbGraph) full = make_graph (5, 0, 200);
  g_autoptr (SbGraph) folded = fold (full, NULL, NULL);
  g_autoptr (SbGraph) unfolded = fold (full, NULL, ids);

  assert_sound (folded);
  g_assert_cmpuint (folded->nodes->len, ==, 2 + 2);
  g_assert_cmpuint (get (folded, ids[0])->n_members, ==, 205);
  assert_sound (unfolded);
  g_assert_cmpuint (unfolded->nodes->len, ==, 2 + 1 + 1 + 1 + 205);
  g_assert_cmpstr (get (unfolded, ids[1])->group, ==, ids[0]);
  g_assert_cmpstr (get (unfolded, "rule/default/orders-00")->group, ==, ids[1]);
}

static void
test_filter (void)
{
  g_autoptr (SbGraph) full = make_graph (40, 40, 40);
  g_autoptr (SbGraph) one = fold (full, "ORDERS-07", NULL);
  g_autoptr (SbGraph) many = fold (full, "orders", NULL);
  g_autoptr (SbGraph) none = fold (full, "nothing like that", NULL);

  /* What is found, and its ways; so few that nothing is grouped. */
  assert_sound (one);
  g_assert_cmpuint (one->nodes->len, ==, 4);
  get (one, "rule/default/orders-07");
  get (one, "connector/webhook/orders-07");
  get (one, "source/shop");
  assert_sound (many);
  g_assert_cmpuint (get (many, "group/rule/default/orders")->n_members, ==, 40);
  g_assert_cmpint (sb_graph_find (many, "group/rule/default/bill"), ==, -1);
  g_assert_cmpuint (none->nodes->len, ==, 0);
}

/* Unfolded groups of connectors stand together, nothing stands on anything else. */
static void
test_layout (void)
{
  static const SbGraphMetrics metrics = {
    .margin = 20,
    .min_gap = 30,
    .wanted_gap = 50,
    .max_gap = 80,
    .min_width = 100,
    .max_width = 200,
    .node_height = 50,
    .header_height = 30,
    .row_gap = 10,
    .bus_width = 80,
    .bus_label = 20,
    .band_gap = 30,
  };
  static const char *const ids[] = { "group/connector/webhook/orders", "group/rule/default/bill",
                                     NULL };
  g_autoptr (SbGraph) full = make_graph (20, 20, 20);
  g_autoptr (SbGraph) graph = fold (full, NULL, ids);
  const SbNode *header;
  guint n = 0;

  sb_graph_layout (graph, &metrics, 1000);
  header = get (graph, ids[0]);
  g_assert_cmpfloat (header->height, ==, 30);
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const SbNode *a = sb_graph_node (graph, i);

      if (g_strcmp0 (a->group, ids[0]) == 0)
        {
          g_assert_cmpfloat (a->y, >, header->y);
          g_assert_cmpfloat (a->y, <, header->y + 30 + 20 * 60 + 1);
          n++;
        }
      for (guint j = i + 1; j < graph->nodes->len; j++)
        {
          const SbNode *b = sb_graph_node (graph, j);

          if (a->kind == b->kind)
            g_assert_true (a->y + a->height <= b->y || b->y + b->height <= a->y);
        }
    }
  g_assert_cmpuint (n, ==, 20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph-fold/small", test_small);
  g_test_add_func ("/graph-fold/heads", test_heads);
  g_test_add_func ("/graph-fold/unfolded", test_unfolded);
  g_test_add_func ("/graph-fold/layers", test_layers);
  g_test_add_func ("/graph-fold/filter", test_filter);
  g_test_add_func ("/graph-fold/layout", test_layout);
  return g_test_run ();
}

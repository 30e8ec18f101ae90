#include "config.h"

#include "sb-graph.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sb-json.h"
#include "sb-words.h"

/* ---- Building -------------------------------------------------------------------------------- */

static void
node_free (SbNode *node)
{
  g_free (node->id);
  g_free (node->name);
  g_free (node->bus);
  g_free (node->subtitle);
  g_free (node->place);
  g_free (node);
}

static SbNode *
node_new (SbNodeKind kind, const char *bus, const char *name)
{
  static const char *const kinds[] = { "source", "bus", "rule", "connector" };
  SbNode *node = g_new0 (SbNode, 1);

  node->kind = kind;
  node->id = kind == SB_NODE_RULE ? g_strjoin ("/", kinds[kind], bus, name, NULL)
                                  : g_strjoin ("/", kinds[kind], name, NULL);
  node->name = g_strdup (name);
  node->bus = g_strdup (bus);
  node->subtitle = g_strdup ("");
  node->place = g_strdup ("");
  node->enabled = TRUE;
  return node;
}

static void
add_counts (SbCounts *sum, JsonObject *counts)
{
  sum->under_way += sb_json_int (counts, "ready");
  sum->waiting += sb_json_int (counts, "waiting") + sb_json_int (counts, "held");
  sum->done += sb_json_int (counts, "done");
  sum->dead += sb_json_int (counts, "dead");
  sum->discarded += sb_json_int (counts, "discarded");
}

/* place: the member that says where it is reached or where it goes, or NULL. */
static void
set_texts (SbNode *node, JsonObject *object, const char *place)
{
  const char *description = sb_json_string (object, "description");

  g_free (node->subtitle);
  g_free (node->place);
  node->place = g_strdup (place != NULL ? sb_json_string (object, place) : "");
  node->subtitle = g_strdup (*description != '\0' ? description : node->place);
}

static SbNode *
add (SbGraph *self, SbNode *node)
{
  int position = sb_graph_find (self, node->id);

  if (position >= 0)
    {
      node_free (node);
      return sb_graph_node (self, (guint) position);
    }
  g_ptr_array_add (self->nodes, node);
  g_hash_table_insert (self->node_index, node->id, GUINT_TO_POINTER (self->nodes->len));
  return node;
}

static const char *
bus_of (JsonObject *object)
{
  const char *bus = sb_json_string (object, "bus");

  return *bus != '\0' ? bus : "default";
}

static void
add_sources (SbGraph *self, JsonObject *routes)
{
  g_autoptr (GPtrArray) sources = sb_json_objects (routes, "sources");

  for (guint i = 0; i < sources->len; i++)
    {
      JsonObject *object = g_ptr_array_index (sources, i);
      SbNode *node = add (
          self, node_new (SB_NODE_SOURCE, bus_of (object), sb_json_string (object, "name")));

      set_texts (node, object, "path");
      node->n = sb_json_int (object, "events");
      /* The events API has no switch. */
      node->enabled = !json_object_has_member (object, "enabled") ||
                      sb_json_bool (object, "enabled");
      self->n_events += node->n;
    }
}

static void
add_buses (SbGraph *self, JsonObject *routes)
{
  g_autoptr (GPtrArray) buses = sb_json_objects (routes, "buses");

  for (guint i = 0; i < buses->len; i++)
    {
      JsonObject *object = g_ptr_array_index (buses, i);
      SbNode *node = add (self, node_new (SB_NODE_BUS, "", sb_json_string (object, "name")));

      set_texts (node, object, NULL);
    }
}

/* "default/chat" is called "chat" on bus "default". */
static SbNode *
rule_node (JsonObject *object)
{
  const char *name = sb_json_string (object, "name");
  const char *bus = bus_of (object);
  gsize length = strlen (bus);

  if (strncmp (name, bus, length) == 0 && name[length] == '/')
    name += length + 1;
  return node_new (SB_NODE_RULE, bus, name);
}

static void
add_rules (SbGraph *self, JsonObject *routes)
{
  g_autoptr (GPtrArray) rules = sb_json_objects (routes, "rules");

  for (guint i = 0; i < rules->len; i++)
    {
      JsonObject *object = g_ptr_array_index (rules, i);
      SbNode *node = add (self, rule_node (object));
      g_autoptr (GPtrArray) targets = sb_json_objects (object, "targets");

      set_texts (node, object, NULL);
      node->n = sb_json_int (object, "matched");
      node->enabled = sb_json_bool (object, "enabled");
      for (guint j = 0; j < targets->len; j++)
        add_counts (&node->counts, sb_json_object (g_ptr_array_index (targets, j), "counts"));
    }
}

static void
add_connectors (SbGraph *self, JsonObject *routes)
{
  g_autoptr (GPtrArray) connectors = sb_json_objects (routes, "connectors");

  for (guint i = 0; i < connectors->len; i++)
    {
      JsonObject *object = g_ptr_array_index (connectors, i);
      SbNode *node = add (self, node_new (SB_NODE_CONNECTOR, "", sb_json_string (object, "name")));

      set_texts (node, object, "summary");
      add_counts (&node->counts, sb_json_object (object, "counts"));
      node->n = node->counts.done;
    }
}

/* What is referred to without being there gets a node of its own: an edge needs two ends, and the
 * operator should see it. */
static void
add_missing (SbGraph *self, JsonObject *routes)
{
  g_autoptr (GPtrArray) rules = sb_json_objects (routes, "rules");
  guint n_nodes = self->nodes->len;

  for (guint i = 0; i < n_nodes; i++)
    {
      SbNode *node = sb_graph_node (self, i);

      if (node->kind == SB_NODE_SOURCE || node->kind == SB_NODE_RULE)
        add (self, node_new (SB_NODE_BUS, "", node->bus));
    }
  for (guint i = 0; i < rules->len; i++)
    {
      g_autoptr (GPtrArray) targets = sb_json_objects (g_ptr_array_index (rules, i), "targets");

      for (guint j = 0; j < targets->len; j++)
        {
          const char *name = sb_json_string (g_ptr_array_index (targets, j), "connector");
          guint n_before = self->nodes->len;
          SbNode *node = add (self, node_new (SB_NODE_CONNECTOR, "", name));

          if (self->nodes->len > n_before)
            node->missing = TRUE;
        }
    }
}

static int
compare_nodes (gconstpointer a, gconstpointer b)
{
  const SbNode *x = *(SbNode *const *) a, *y = *(SbNode *const *) b;
  const char *bus_x = x->kind == SB_NODE_BUS ? x->name : x->bus;
  const char *bus_y = y->kind == SB_NODE_BUS ? y->name : y->bus;
  int order;

  if (x->kind != y->kind)
    return (int) x->kind - (int) y->kind;
  /* The default bus stands first. */
  order = (g_str_equal (bus_y, "default") ? 1 : 0) - (g_str_equal (bus_x, "default") ? 1 : 0);
  if (order == 0)
    order = strcmp (bus_x, bus_y);
  if (order == 0)
    order = strcmp (x->name, y->name);
  return order;
}

/* The order of the layers, once all nodes are there. */
static void
sort_nodes (SbGraph *self)
{
  g_ptr_array_sort (self->nodes, compare_nodes);
  for (guint i = 0; i < self->nodes->len; i++)
    g_hash_table_insert (self->node_index, sb_graph_node (self, i)->id, GUINT_TO_POINTER (i + 1));
}

static guint64
edge_key (guint from, guint to)
{
  return (guint64) from << 32 | to;
}

static void
add_edge (SbGraph *self, int from, int to, SbEdge edge)
{
  guint64 key;
  int known;

  g_assert (from >= 0 && to >= 0);

  known = sb_graph_find_edge (self, (guint) from, (guint) to);
  if (known >= 0)
    {
      SbEdge *other = &g_array_index (self->edges, SbEdge, known);

      other->n += edge.n;
      other->waiting += edge.waiting;
      other->dead += edge.dead;
      other->enabled |= edge.enabled;
      return;
    }
  edge.from = (guint) from;
  edge.to = (guint) to;
  g_array_append_val (self->edges, edge);
  key = edge_key (edge.from, edge.to);
  g_hash_table_insert (self->edge_index, g_memdup2 (&key, sizeof key),
                       GUINT_TO_POINTER (self->edges->len));
}

static int
find_bus (const SbGraph *self, const char *name)
{
  g_autofree char *id = g_strconcat ("bus/", name, NULL);

  return sb_graph_find (self, id);
}

static void
connect_targets (SbGraph *self, JsonObject *rule)
{
  g_autoptr (GPtrArray) targets = sb_json_objects (rule, "targets");
  SbNode *key = rule_node (rule);
  int from = sb_graph_find (self, key->id);

  node_free (key);
  for (guint i = 0; i < targets->len; i++)
    {
      JsonObject *target = g_ptr_array_index (targets, i);
      g_autofree char *id = g_strconcat ("connector/", sb_json_string (target, "connector"), NULL);
      SbCounts counts = { 0 };

      add_counts (&counts, sb_json_object (target, "counts"));
      add_edge (self, from, sb_graph_find (self, id),
                (SbEdge){ .n = counts.under_way + counts.waiting + counts.done + counts.dead,
                          .waiting = counts.waiting,
                          .dead = counts.dead,
                          .enabled = sb_graph_node (self, (guint) from)->enabled });
    }
}

static void
connect_nodes (SbGraph *self, JsonObject *routes)
{
  g_autoptr (GPtrArray) rules = sb_json_objects (routes, "rules");

  for (guint i = 0; i < self->nodes->len; i++)
    {
      SbNode *node = sb_graph_node (self, i);
      SbEdge edge = { .n = node->n, .enabled = node->enabled };
      int bus;

      if (node->kind != SB_NODE_SOURCE && node->kind != SB_NODE_RULE)
        continue;
      bus = find_bus (self, node->bus);
      if (node->kind == SB_NODE_SOURCE)
        {
          add_edge (self, (int) i, bus, edge);
          sb_graph_node (self, (guint) bus)->n += node->n;
        }
      else
        add_edge (self, bus, (int) i, edge);
    }
  for (guint i = 0; i < rules->len; i++)
    connect_targets (self, g_ptr_array_index (rules, i));
}

SbGraph *
sb_graph_new (JsonObject *routes)
{
  SbGraph *self = g_new0 (SbGraph, 1);

  self->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) node_free);
  self->edges = g_array_new (FALSE, FALSE, sizeof (SbEdge));
  self->node_index = g_hash_table_new (g_str_hash, g_str_equal);
  self->edge_index = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  add_sources (self, routes);
  add_buses (self, routes);
  add_rules (self, routes);
  add_connectors (self, routes);
  add_missing (self, routes);
  sort_nodes (self);
  connect_nodes (self, routes);
  return self;
}

void
sb_graph_free (SbGraph *self)
{
  g_hash_table_unref (self->node_index);
  g_hash_table_unref (self->edge_index);
  g_ptr_array_unref (self->nodes);
  g_array_unref (self->edges);
  g_free (self);
}

int
sb_graph_find (const SbGraph *self, const char *id)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (self->node_index, id)) - 1;
}

int
sb_graph_find_edge (const SbGraph *self, guint from, guint to)
{
  guint64 key = edge_key (from, to);

  return GPOINTER_TO_INT (g_hash_table_lookup (self->edge_index, &key)) - 1;
}

guint
sb_graph_count (const SbGraph *self, SbNodeKind kind)
{
  guint n = 0;

  for (guint i = 0; i < self->nodes->len; i++)
    n += sb_graph_node (self, i)->kind == kind;
  return n;
}

/* ---- Words ----------------------------------------------------------------------------------- */

char *
sb_node_dup_rule_name (const SbNode *node)
{
  g_return_val_if_fail (node->kind == SB_NODE_RULE, NULL);

  return g_strjoin ("/", node->bus, node->name, NULL);
}

SbNodeState
sb_node_get_state (const SbNode *node)
{
  if (node->missing)
    return SB_NODE_MISSING;
  if (node->counts.dead > 0)
    return SB_NODE_DEAD;
  if (node->counts.waiting > 0)
    return SB_NODE_WAITING;
  if (!node->enabled)
    return SB_NODE_DISABLED;
  return node->n > 0 ? SB_NODE_FLOWING : SB_NODE_IDLE;
}

static char *
node_title (const SbNode *node, const char *n)
{
  switch (node->kind)
    {
    case SB_NODE_SOURCE:
      return g_strdup_printf (
          ngettext ("Source %s: %s event", "Source %s: %s events", (gulong) node->n), node->name,
          n);
    case SB_NODE_BUS:
      return g_strdup_printf (ngettext ("Bus %s: %s event", "Bus %s: %s events", (gulong) node->n),
                              node->name, n);
    case SB_NODE_RULE:
      return g_strdup_printf (ngettext ("Rule %s on bus %s: %s match",
                                        "Rule %s on bus %s: %s matches", (gulong) node->n),
                              node->name, node->bus, n);
    case SB_NODE_CONNECTOR:
    default:
      return g_strdup_printf (
          ngettext ("Connector %s: %s delivered", "Connector %s: %s delivered", (gulong) node->n),
          node->name, n);
    }
}

char *
sb_node_dup_words (const SbNode *node)
{
  g_autofree char *n = sb_words_count (node->n);
  g_autofree char *waiting = sb_words_count (node->counts.waiting);
  g_autofree char *dead = sb_words_count (node->counts.dead);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (parts, node_title (node, n));
  if (node->counts.waiting > 0)
    g_ptr_array_add (
        parts, g_strdup_printf (
                   ngettext ("%s waiting", "%s waiting", (gulong) node->counts.waiting), waiting));
  if (node->counts.dead > 0)
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%s dead letter", "%s dead letters",
                                                       (gulong) node->counts.dead),
                                             dead));
  if (!node->enabled)
    g_ptr_array_add (parts, g_strdup (_ ("switched off")));
  if (node->missing)
    g_ptr_array_add (parts, g_strdup (_ ("not configured")));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (_ (", "), (char **) parts->pdata);
}

/* ---- Ways ------------------------------------------------------------------------------------ */

static void
walk (const SbGraph *self, guint node, gboolean on, guint8 *nodes, guint8 *edges)
{
  nodes[node] = TRUE;
  for (guint i = 0; i < self->edges->len; i++)
    {
      const SbEdge *edge = sb_graph_edge (self, i);
      guint here = on ? edge->from : edge->to;
      guint there = on ? edge->to : edge->from;

      if (here != node)
        continue;
      edges[i] = TRUE;
      /* Layers have no cycles, but a node may be reached twice. */
      if (!nodes[there])
        walk (self, there, on, nodes, edges);
    }
}

guint8 *
sb_graph_path (const SbGraph *self, guint node, guint8 **out_edges)
{
  guint8 *nodes = g_new0 (guint8, self->nodes->len);
  g_autofree guint8 *edges = g_new0 (guint8, self->edges->len);

  walk (self, node, TRUE, nodes, edges);
  walk (self, node, FALSE, nodes, edges);
  if (out_edges != NULL)
    *out_edges = g_steal_pointer (&edges);
  return nodes;
}

static int
step_in_layer (const SbGraph *self, guint node, SbStep step)
{
  const SbNode *here = sb_graph_node (self, node);
  int best = -1;

  for (guint i = 0; i < self->nodes->len; i++)
    {
      const SbNode *other = sb_graph_node (self, i);
      gboolean beyond = step == SB_STEP_UP ? other->y < here->y : other->y > here->y;

      if (other->kind != here->kind || !beyond)
        continue;
      if (best < 0 ||
          fabs (other->y - here->y) < fabs (sb_graph_node (self, (guint) best)->y - here->y))
        best = (int) i;
    }
  return best;
}

int
sb_graph_step (const SbGraph *self, guint node, SbStep step)
{
  const SbNode *here = sb_graph_node (self, node);
  double middle = here->y + here->height / 2, best_distance = G_MAXDOUBLE;
  int best = -1;

  if (step == SB_STEP_UP || step == SB_STEP_DOWN)
    return step_in_layer (self, node, step);

  for (guint i = 0; i < self->edges->len; i++)
    {
      const SbEdge *edge = sb_graph_edge (self, i);
      guint there = step == SB_STEP_ON ? edge->to : edge->from;
      const SbNode *other = sb_graph_node (self, there);
      double distance = fabs (other->y + other->height / 2 - middle);

      if ((step == SB_STEP_ON ? edge->from : edge->to) == node && distance < best_distance)
        {
          best = (int) there;
          best_distance = distance;
        }
    }
  return best;
}

#include "config.h"

#include "sb-graph.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sb-json.h"
#include "sb-words.h"

/* ---- Building -------------------------------------------------------------------------------- */

void
sb_node_free (SbNode *node)
{
  g_free (node->id);
  g_free (node->name);
  g_free (node->key);
  g_free (node->group);
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

SbNode *
sb_node_copy (const SbNode *node)
{
  SbNode *copy = g_memdup2 (node, sizeof *node);

  copy->id = g_strdup (node->id);
  copy->name = g_strdup (node->name);
  copy->key = g_strdup (node->key);
  copy->bus = g_strdup (node->bus);
  copy->subtitle = g_strdup (node->subtitle);
  copy->place = g_strdup (node->place);
  copy->group = g_strdup (node->group);
  return copy;
}

void
sb_counts_add (SbCounts *sum, const SbCounts *counts)
{
  sum->under_way += counts->under_way;
  sum->waiting += counts->waiting;
  sum->done += counts->done;
  sum->dead += counts->dead;
  sum->discarded += counts->discarded;
}

void
sb_measure_add (SbMeasure *sum, const SbMeasure *measure)
{
  sum->rate += measure->rate;
  sum->failed_rate += measure->failed_rate;
  sum->p95_ms = MAX (sum->p95_ms, measure->p95_ms);
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

SbNode *
sb_graph_add (SbGraph *self, SbNode *node)
{
  int position = sb_graph_find (self, node->id);

  if (position >= 0)
    {
      sb_node_free (node);
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
      SbNode *node = sb_graph_add (
          self, node_new (SB_NODE_SOURCE, bus_of (object), sb_json_string (object, "name")));

      set_texts (node, object, "path");
      node->n = sb_json_int (object, "events");
      node->measure.rate = sb_json_double (object, "in_per_second");
      node->measure.failed_rate = sb_json_double (object, "refused_per_second");
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
      SbNode *node = sb_graph_add (self,
                                   node_new (SB_NODE_BUS, "", sb_json_string (object, "name")));

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
      SbNode *node = sb_graph_add (self, rule_node (object));
      g_autoptr (GPtrArray) targets = sb_json_objects (object, "targets");

      set_texts (node, object, NULL);
      node->n = sb_json_int (object, "matched");
      node->measure.rate = sb_json_double (object, "matched_per_second");
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
      SbNode *node = sb_graph_add (
          self, node_new (SB_NODE_CONNECTOR, "", sb_json_string (object, "name")));

      set_texts (node, object, "summary");
      add_counts (&node->counts, sb_json_object (object, "counts"));
      node->n = node->counts.done;
      node->measure.rate = sb_json_double (object, "delivered_per_second");
      node->measure.failed_rate = sb_json_double (object, "failed_per_second");
      node->measure.p95_ms = sb_json_double (object, "p95_ms");
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
        sb_graph_add (self, node_new (SB_NODE_BUS, "", node->bus));
    }
  for (guint i = 0; i < rules->len; i++)
    {
      g_autoptr (GPtrArray) targets = sb_json_objects (g_ptr_array_index (rules, i), "targets");

      for (guint j = 0; j < targets->len; j++)
        {
          const char *name = sb_json_string (g_ptr_array_index (targets, j), "connector");
          guint n_before = self->nodes->len;
          SbNode *node = sb_graph_add (self, node_new (SB_NODE_CONNECTOR, "", name));

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
    order = strcmp (x->key != NULL ? x->key : x->name, y->key != NULL ? y->key : y->name);
  if (order == 0)
    order = strcmp (x->id, y->id);
  return order;
}

void
sb_graph_sort (SbGraph *self)
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
forget_ways (SbGraph *self)
{
  g_clear_pointer (&self->outgoing, g_free);
  g_clear_pointer (&self->incoming, g_free);
  g_clear_pointer (&self->first_outgoing, g_free);
  g_clear_pointer (&self->first_incoming, g_free);
}

static void
merge_edge (SbEdge *sum, const SbEdge *edge)
{
  sum->n += edge->n;
  sum->waiting += edge->waiting;
  sum->dead += edge->dead;
  sum->enabled |= edge->enabled;
  sum->measure.rate += edge->measure.rate;
  /* They may be known of one end only, and be the same for each. */
  sum->measure.failed_rate = MAX (sum->measure.failed_rate, edge->measure.failed_rate);
  sum->measure.p95_ms = MAX (sum->measure.p95_ms, edge->measure.p95_ms);
  sum->visit = MAX (sum->visit, edge->visit);
  if (sum->change != edge->change)
    sum->change = SB_CHANGE_CHANGED;
}

void
sb_graph_add_edge (SbGraph *self, guint from, guint to, const SbEdge *edge)
{
  int known = sb_graph_find_edge (self, from, to);
  SbEdge added = *edge;
  guint64 key = edge_key (from, to);

  if (known >= 0)
    {
      merge_edge (&g_array_index (self->edges, SbEdge, known), edge);
      return;
    }
  added.from = from;
  added.to = to;
  g_array_append_val (self->edges, added);
  g_hash_table_insert (self->edge_index, g_memdup2 (&key, sizeof key),
                       GUINT_TO_POINTER (self->edges->len));
  forget_ways (self);
}

static int
find_bus (const SbGraph *self, const char *name)
{
  g_autofree char *id = g_strconcat ("bus/", name, NULL);

  return sb_graph_find (self, id);
}

static void
connect_targets (SbGraph *self, JsonObject *object)
{
  g_autoptr (GPtrArray) targets = sb_json_objects (object, "targets");
  SbNode *key = rule_node (object);
  guint from = (guint) sb_graph_find (self, key->id);
  const SbNode *rule = sb_graph_node (self, from);

  sb_node_free (key);
  for (guint i = 0; i < targets->len; i++)
    {
      JsonObject *target = g_ptr_array_index (targets, i);
      g_autofree char *id = g_strconcat ("connector/", sb_json_string (target, "connector"), NULL);
      SbCounts counts = { 0 };

      add_counts (&counts, sb_json_object (target, "counts"));
      sb_graph_add_edge (
          self, from, (guint) sb_graph_find (self, id),
          &(SbEdge){ .n = counts.under_way + counts.waiting + counts.done + counts.dead,
                     .waiting = counts.waiting,
                     .dead = counts.dead,
                     .enabled = rule->enabled,
                     .measure = { .rate = rule->measure.rate } });
    }
}

/* How often attempts fail and how long they take is known of a connector, not of a target: each of
 * its edges has it. */
static void
measure_targets (SbGraph *self)
{
  for (guint i = 0; i < self->edges->len; i++)
    {
      SbEdge *edge = &g_array_index (self->edges, SbEdge, i);
      const SbNode *to = sb_graph_node (self, edge->to);

      if (to->kind == SB_NODE_CONNECTOR)
        {
          edge->measure.failed_rate = to->measure.failed_rate;
          edge->measure.p95_ms = to->measure.p95_ms;
        }
    }
}

static void
connect_nodes (SbGraph *self, JsonObject *routes)
{
  g_autoptr (GPtrArray) rules = sb_json_objects (routes, "rules");

  for (guint i = 0; i < self->nodes->len; i++)
    {
      SbNode *node = sb_graph_node (self, i);
      SbEdge edge = { .n = node->n, .enabled = node->enabled, .measure = node->measure };
      int bus;

      if (node->kind != SB_NODE_SOURCE && node->kind != SB_NODE_RULE)
        continue;
      bus = find_bus (self, node->bus);
      if (node->kind == SB_NODE_SOURCE)
        {
          sb_graph_add_edge (self, i, (guint) bus, &edge);
          sb_graph_node (self, (guint) bus)->n += node->n;
          sb_measure_add (&sb_graph_node (self, (guint) bus)->measure, &node->measure);
        }
      else
        sb_graph_add_edge (self, (guint) bus, i, &edge);
    }
  for (guint i = 0; i < rules->len; i++)
    connect_targets (self, g_ptr_array_index (rules, i));
  measure_targets (self);
}

SbGraph *
sb_graph_new_empty (void)
{
  SbGraph *self = g_new0 (SbGraph, 1);

  self->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_node_free);
  self->edges = g_array_new (FALSE, FALSE, sizeof (SbEdge));
  self->node_index = g_hash_table_new (g_str_hash, g_str_equal);
  self->edge_index = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return self;
}

SbGraph *
sb_graph_new (JsonObject *routes)
{
  SbGraph *self = sb_graph_new_empty ();

  add_sources (self, routes);
  add_buses (self, routes);
  add_rules (self, routes);
  add_connectors (self, routes);
  add_missing (self, routes);
  sb_graph_sort (self);
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
  forget_ways (self);
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
  if (node->n_members > 0)
    /* Translators: the name of a group, and what is in it: "Group orders: 12 rules" */
    return g_strdup_printf (_ ("Group %s: %s"), node->name, node->subtitle);
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

/* The edges, node by node, as a compressed table: first[node] is where a node's begin. */
static void
index_edges (const SbGraph *self, gboolean outgoing, guint **out_edges, guint **out_first)
{
  guint *edges = g_new (guint, MAX (self->edges->len, 1));
  guint *first = g_new0 (guint, self->nodes->len + 2);

  for (guint i = 0; i < self->edges->len; i++)
    first[(outgoing ? sb_graph_edge (self, i)->from : sb_graph_edge (self, i)->to) + 2]++;
  for (guint i = 2; i < self->nodes->len + 2; i++)
    first[i] += first[i - 1];
  /* Counting one node too far leaves the beginnings where they belong. */
  for (guint i = 0; i < self->edges->len; i++)
    edges[first[(outgoing ? sb_graph_edge (self, i)->from : sb_graph_edge (self, i)->to) + 1]++] =
        i;
  *out_edges = edges;
  *out_first = first;
}

const guint *
sb_graph_edges_from (SbGraph *self, guint node, guint *out_n)
{
  if (self->outgoing == NULL)
    index_edges (self, TRUE, &self->outgoing, &self->first_outgoing);
  *out_n = self->first_outgoing[node + 1] - self->first_outgoing[node];
  return self->outgoing + self->first_outgoing[node];
}

const guint *
sb_graph_edges_to (SbGraph *self, guint node, guint *out_n)
{
  if (self->incoming == NULL)
    index_edges (self, FALSE, &self->incoming, &self->first_incoming);
  *out_n = self->first_incoming[node + 1] - self->first_incoming[node];
  return self->incoming + self->first_incoming[node];
}

static void
walk (SbGraph *self, guint node, gboolean on, guint8 *nodes, guint8 *edges)
{
  guint n;
  const guint *ways = on ? sb_graph_edges_from (self, node, &n)
                         : sb_graph_edges_to (self, node, &n);

  nodes[node] = TRUE;
  for (guint i = 0; i < n; i++)
    {
      const SbEdge *edge = sb_graph_edge (self, ways[i]);
      guint there = on ? edge->to : edge->from;

      edges[ways[i]] = TRUE;
      /* Layers have no cycles, but a node may be reached twice. */
      if (!nodes[there])
        walk (self, there, on, nodes, edges);
    }
}

guint8 *
sb_graph_path (SbGraph *self, guint node, guint8 **out_edges)
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
sb_graph_step (SbGraph *self, guint node, SbStep step)
{
  const SbNode *here = sb_graph_node (self, node);
  double middle = here->y + here->height / 2, best_distance = G_MAXDOUBLE;
  const guint *ways;
  int best = -1;
  guint n;

  if (step == SB_STEP_UP || step == SB_STEP_DOWN)
    return step_in_layer (self, node, step);

  ways = step == SB_STEP_ON ? sb_graph_edges_from (self, node, &n)
                            : sb_graph_edges_to (self, node, &n);
  for (guint i = 0; i < n; i++)
    {
      const SbEdge *edge = sb_graph_edge (self, ways[i]);
      guint there = step == SB_STEP_ON ? edge->to : edge->from;
      const SbNode *other = sb_graph_node (self, there);
      double distance = fabs (other->y + other->height / 2 - middle);

      if (distance < best_distance)
        {
          best = (int) there;
          best_distance = distance;
        }
    }
  return best;
}

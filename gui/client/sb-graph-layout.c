#include "config.h"

#include "sb-graph.h"

#include <math.h>

/* Where the nodes of a graph stand.
 *
 * Every bus is a band across the first three layers: its sources on the left, its rules on the
 * right, both centred on the bar between them.  Connectors are shared by all buses; each would like
 * to stand at the mean height of the rules that lead to it. */

typedef struct
{
  double source_x, bus_x, rule_x, connector_x;
  double source_width, rule_width, connector_width;
} Columns;

/* Beside a bus all edges are level and need little room; between rules and connectors they cross.
 */
#define BUS_GAP 0.6
#define CROSSING_GAP 1.8

/* The names of rules and connectors are longer than those of sources. */
#define SOURCE_SHARE 0.88
#define RULE_SHARE 1.06
#define CONNECTOR_SHARE 1.06

static Columns
place_columns (SbGraph *self, const SbGraphMetrics *m, double width)
{
  double inner = width - 2 * m->margin - m->bus_width;
  Columns columns;
  double gap, share;

  share = floor (CLAMP ((inner - 3 * m->wanted_gap) / 3, m->min_width, m->max_width));
  gap = floor (CLAMP ((inner - 3 * share) / 3, m->min_gap, m->max_gap));
  self->width = MAX (width, 2 * m->margin + m->bus_width + 3 * (share + gap));
  columns.source_width = share * SOURCE_SHARE;
  columns.rule_width = share * RULE_SHARE;
  columns.connector_width = share * CONNECTOR_SHARE;

  /* What is left over goes to both sides. */
  columns.source_x = floor ((self->width - m->bus_width - 3 * (share + gap)) / 2);
  columns.bus_x = columns.source_x + columns.source_width + gap * BUS_GAP;
  columns.rule_x = columns.bus_x + m->bus_width + gap * BUS_GAP;
  columns.connector_x = columns.rule_x + columns.rule_width + gap * CROSSING_GAP;
  return columns;
}

static double
height_of (const SbGraphMetrics *m, const SbNode *node)
{
  return node->unfolded ? m->header_height : m->node_height;
}

static gboolean
is_in (const SbNode *node, SbNodeKind kind, const char *bus)
{
  return node->kind == kind && g_str_equal (node->bus, bus);
}

static double
stack_height (const SbGraph *self, const SbGraphMetrics *m, SbNodeKind kind, const char *bus)
{
  double height = 0;

  for (guint i = 0; i < self->nodes->len; i++)
    if (is_in (sb_graph_node (self, i), kind, bus))
      height += height_of (m, sb_graph_node (self, i)) + m->row_gap;
  return MAX (height - m->row_gap, 0);
}

/* Stands the nodes of one kind and bus below each other from y on. */
static void
place_stack (SbGraph *self,
             const SbGraphMetrics *m,
             SbNodeKind kind,
             const char *bus,
             double x,
             double y,
             double width)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      SbNode *node = sb_graph_node (self, i);

      if (!is_in (node, kind, bus))
        continue;
      node->x = x;
      node->y = y;
      node->width = width;
      node->height = height_of (m, node);
      y += node->height + m->row_gap;
    }
}

/* Returns the height at which the bands end. */
static double
place_bands (SbGraph *self, const SbGraphMetrics *m, const Columns *columns)
{
  double y = m->margin;

  for (guint i = 0; i < self->nodes->len; i++)
    {
      SbNode *bus = sb_graph_node (self, i);
      double sources, rules, height, middle;

      if (bus->kind != SB_NODE_BUS)
        continue;
      sources = stack_height (self, m, SB_NODE_SOURCE, bus->name);
      rules = stack_height (self, m, SB_NODE_RULE, bus->name);
      height = MAX (MAX (sources, rules), m->node_height);
      middle = y + m->bus_label + height / 2;

      bus->x = columns->bus_x;
      bus->y = y;
      bus->width = m->bus_width;
      bus->height = m->bus_label + height;
      place_stack (self, m, SB_NODE_SOURCE, bus->name, columns->source_x,
                   round (middle - sources / 2), columns->source_width);
      place_stack (self, m, SB_NODE_RULE, bus->name, columns->rule_x, round (middle - rules / 2),
                   columns->rule_width);
      y += bus->height + m->band_gap;
    }
  return y - m->band_gap;
}

/* One connector, or an unfolded group with all that stands below it. */
typedef struct
{
  guint first, n; /* nodes */
  double height;
  double wish; /* where its upper edge would like to be */
} Wish;

static double
wish_of (SbGraph *self, guint connector, double last_resort)
{
  double sum = 0;
  guint n;
  const guint *edges = sb_graph_edges_to (self, connector, &n);

  for (guint i = 0; i < n; i++)
    sum += sb_graph_node (self, sb_graph_edge (self, edges[i])->from)->y;
  return n > 0 ? sum / n : last_resort;
}

static int
compare_wishes (gconstpointer a, gconstpointer b)
{
  const Wish *x = a, *y = b;

  if (x->wish != y->wish)
    return x->wish < y->wish ? -1 : 1;
  return x->first < y->first ? -1 : 1;
}

typedef struct
{
  double sum; /* of the wishes, each less the space that those before it in the layer take */
  guint n;
} Block;

static void
place_wish (SbGraph *self, const SbGraphMetrics *m, const Wish *wish, double y)
{
  for (guint i = 0; i < wish->n; i++)
    {
      SbNode *node = sb_graph_node (self, wish->first + i);

      node->y = y;
      y += node->height + m->row_gap;
    }
}

/* Stands the connectors as near to their wishes as the space between them allows, which is isotonic
 * regression: blocks of neighbours that push each other share their mean (pool adjacent violators).
 */
static void
settle_wishes (SbGraph *self, const SbGraphMetrics *m, GArray *wishes)
{
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  double before = 0;
  guint position = 0;

  for (guint i = 0; i < wishes->len; i++)
    {
      Block block = { g_array_index (wishes, Wish, i).wish - before, 1 };

      before += g_array_index (wishes, Wish, i).height + m->row_gap;
      while (blocks->len > 0)
        {
          const Block *last = &g_array_index (blocks, Block, blocks->len - 1);

          if (last->sum / last->n <= block.sum / block.n)
            break;
          block.sum += last->sum;
          block.n += last->n;
          g_array_set_size (blocks, blocks->len - 1);
        }
      g_array_append_val (blocks, block);
    }
  before = 0;
  for (guint i = 0; i < blocks->len; i++)
    {
      const Block *block = &g_array_index (blocks, Block, i);

      for (guint j = 0; j < block->n; j++, position++)
        {
          const Wish *wish = &g_array_index (wishes, Wish, position);

          place_wish (self, m, wish, round (MAX (block->sum / block->n, m->margin) + before));
          before += wish->height + m->row_gap;
        }
    }
}

/* The nodes of an unfolded group follow it; their wish is the mean of theirs. */
static Wish
take_wish (SbGraph *self, const SbGraphMetrics *m, guint first, double last_resort)
{
  Wish wish = { first, 0, -m->row_gap, 0 };
  guint n_wishes = 0;

  do
    {
      SbNode *node = sb_graph_node (self, first + wish.n);

      node->height = height_of (m, node);
      wish.height += node->height + m->row_gap;
      if (!node->unfolded)
        {
          wish.wish += wish_of (self, first + wish.n, last_resort);
          n_wishes++;
        }
      wish.n++;
    }
  while (first + wish.n < self->nodes->len && sb_graph_node (self, first + wish.n)->group != NULL);
  wish.wish = wish.wish / MAX (n_wishes, 1) - (wish.height - m->node_height) / 2;
  return wish;
}

static void
place_connectors (SbGraph *self, const SbGraphMetrics *m, const Columns *columns, double bottom)
{
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (Wish));
  guint i = 0;

  while (i < self->nodes->len && sb_graph_node (self, i)->kind != SB_NODE_CONNECTOR)
    i++;
  for (guint j = i; j < self->nodes->len; j++)
    {
      sb_graph_node (self, j)->x = columns->connector_x;
      sb_graph_node (self, j)->width = columns->connector_width;
    }
  while (i < self->nodes->len)
    {
      Wish wish = take_wish (self, m, i, bottom);

      g_array_append_val (wishes, wish);
      i += wish.n;
    }
  g_array_sort (wishes, compare_wishes);
  settle_wishes (self, m, wishes);
}

void
sb_graph_layout (SbGraph *self, const SbGraphMetrics *metrics, double width)
{
  Columns columns = place_columns (self, metrics, width);
  double bottom = place_bands (self, metrics, &columns);

  place_connectors (self, metrics, &columns, bottom);
  for (guint i = 0; i < self->nodes->len; i++)
    bottom = MAX (bottom, sb_graph_node (self, i)->y + sb_graph_node (self, i)->height);
  self->height = bottom + metrics->margin;
}

/* The height at which something that stands at middle meets the bar of a bus. */
static double
meet_bus (const SbNode *bus, const SbNode *other)
{
  double middle = other->y + other->height / 2;
  double inset = MIN (other->height / 2, bus->height / 2);

  return CLAMP (middle, bus->y + inset, bus->y + bus->height - inset);
}

void
sb_graph_edge_ends (const SbGraph *self,
                    const SbEdge *edge,
                    double *out_x0,
                    double *out_y0,
                    double *out_x1,
                    double *out_y1)
{
  const SbNode *from = sb_graph_node (self, edge->from);
  const SbNode *to = sb_graph_node (self, edge->to);
  gboolean from_bus = from->kind == SB_NODE_BUS, to_bus = to->kind == SB_NODE_BUS;

  *out_x0 = from_bus ? from->x + from->width / 2 : from->x + from->width;
  *out_y0 = from_bus ? meet_bus (from, to) : from->y + from->height / 2;
  *out_x1 = to_bus ? to->x + to->width / 2 : to->x;
  *out_y1 = to_bus ? meet_bus (to, from) : to->y + to->height / 2;
}

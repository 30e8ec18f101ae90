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
stack_height (const SbGraphMetrics *m, guint n)
{
  return n == 0 ? 0 : n * m->node_height + (n - 1) * m->row_gap;
}

/* Stands the nodes of one kind and bus below each other, centred on middle. */
static void
place_stack (SbGraph *self,
             const SbGraphMetrics *m,
             SbNodeKind kind,
             const char *bus,
             guint n,
             double x,
             double middle,
             double width)
{
  double y = round (middle - stack_height (m, n) / 2);

  for (guint i = 0; i < self->nodes->len; i++)
    {
      SbNode *node = sb_graph_node (self, i);

      if (node->kind != kind || !g_str_equal (node->bus, bus))
        continue;
      node->x = x;
      node->y = y;
      node->width = width;
      node->height = m->node_height;
      y += m->node_height + m->row_gap;
    }
}

static guint
count_of_bus (const SbGraph *self, SbNodeKind kind, const char *bus)
{
  guint n = 0;

  for (guint i = 0; i < self->nodes->len; i++)
    n += sb_graph_node (self, i)->kind == kind && g_str_equal (sb_graph_node (self, i)->bus, bus);
  return n;
}

/* Returns the height at which the bands end. */
static double
place_bands (SbGraph *self, const SbGraphMetrics *m, const Columns *columns)
{
  double y = m->margin;

  for (guint i = 0; i < self->nodes->len; i++)
    {
      SbNode *bus = sb_graph_node (self, i);
      guint n_sources, n_rules;
      double height, middle;

      if (bus->kind != SB_NODE_BUS)
        continue;
      n_sources = count_of_bus (self, SB_NODE_SOURCE, bus->name);
      n_rules = count_of_bus (self, SB_NODE_RULE, bus->name);
      height = stack_height (m, MAX (MAX (n_sources, n_rules), 1));
      middle = y + m->bus_label + height / 2;

      bus->x = columns->bus_x;
      bus->y = y;
      bus->width = m->bus_width;
      bus->height = m->bus_label + height;
      place_stack (self, m, SB_NODE_SOURCE, bus->name, n_sources, columns->source_x, middle,
                   columns->source_width);
      place_stack (self, m, SB_NODE_RULE, bus->name, n_rules, columns->rule_x, middle,
                   columns->rule_width);
      y += bus->height + m->band_gap;
    }
  return y - m->band_gap;
}

typedef struct
{
  guint node;
  double wish; /* where its upper edge would like to be */
} Wish;

static double
wish_of (const SbGraph *self, guint connector, double last_resort)
{
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < self->edges->len; i++)
    if (sb_graph_edge (self, i)->to == connector)
      {
        sum += sb_graph_node (self, sb_graph_edge (self, i)->from)->y;
        n++;
      }
  return n > 0 ? sum / n : last_resort;
}

static int
compare_wishes (gconstpointer a, gconstpointer b)
{
  const Wish *x = a, *y = b;

  if (x->wish != y->wish)
    return x->wish < y->wish ? -1 : 1;
  return x->node < y->node ? -1 : 1;
}

typedef struct
{
  double sum; /* of the wishes, each less the space that those before it in the layer take */
  guint n;
} Block;

/* Stands the connectors as near to their wishes as the space between them allows, which is isotonic
 * regression: blocks of neighbours that push each other share their mean (pool adjacent violators).
 */
static void
settle_wishes (SbGraph *self, const SbGraphMetrics *m, GArray *wishes)
{
  double step = m->node_height + m->row_gap;
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  guint position = 0;

  for (guint i = 0; i < wishes->len; i++)
    {
      Block block = { g_array_index (wishes, Wish, i).wish - i * step, 1 };

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
  for (guint i = 0; i < blocks->len; i++)
    {
      const Block *block = &g_array_index (blocks, Block, i);

      for (guint j = 0; j < block->n; j++, position++)
        {
          SbNode *node = sb_graph_node (self, g_array_index (wishes, Wish, position).node);

          node->y = round (MAX (block->sum / block->n, m->margin) + position * step);
        }
    }
}

static void
place_connectors (SbGraph *self, const SbGraphMetrics *m, const Columns *columns, double bottom)
{
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (Wish));

  for (guint i = 0; i < self->nodes->len; i++)
    {
      SbNode *node = sb_graph_node (self, i);
      Wish wish = { i, 0 };

      if (node->kind != SB_NODE_CONNECTOR)
        continue;
      node->x = columns->connector_x;
      node->width = columns->connector_width;
      node->height = m->node_height;
      wish.wish = wish_of (self, i, bottom);
      g_array_append_val (wishes, wish);
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

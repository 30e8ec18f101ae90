#include "config.h"

#include "sb-graph-fold.h"

#include <glib/gi18n.h>
#include <string.h>

/* Groups of two levels: by how names begin, and by layer.  A node's chain of groups goes from the
 * outermost to the innermost; the outermost one that is not unfolded stands for it. */

#define MIN_MEMBERS 3 /* two nodes take no more room than their group, unfolded */

/* ---- What is looked for ---------------------------------------------------------------------- */

static gboolean
is_found (const SbNode *node, const char *wanted)
{
  const char *const texts[] = { node->name, node->bus, node->subtitle };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *folded = g_utf8_casefold (texts[i], -1);

      if (strstr (folded, wanted) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* A flag a node: found, or on the way of one that is. */
static guint8 *
find_wanted (SbGraph *full, const char *filter)
{
  guint8 *wanted = g_new0 (guint8, full->nodes->len);
  g_autofree char *folded = filter != NULL ? g_utf8_casefold (filter, -1) : NULL;

  for (guint i = 0; i < full->nodes->len; i++)
    {
      g_autofree guint8 *path = NULL;

      if (folded == NULL || *folded == '\0')
        wanted[i] = TRUE;
      else if (is_found (sb_graph_node (full, i), folded))
        {
          path = sb_graph_path (full, i, NULL);
          for (guint j = 0; j < full->nodes->len; j++)
            wanted[j] |= path[j];
        }
    }
  return wanted;
}

/* ---- Groups ---------------------------------------------------------------------------------- */

/* Of all nodes that are wanted. */
typedef struct
{
  SbGraph *full;
  guint8 *wanted;
  char **layers;     /* a node's layer: "group/rule/default/", or NULL of a bus */
  char **heads;      /* how its name begins, as an id: "group/rule/default/orders" */
  GHashTable *sizes; /* id of a layer or head -> how many nodes it has */
  GHashTable *whole; /* set of layers that are one group */
} Groups;

static void
groups_clear (Groups *self)
{
  g_strfreev (self->layers);
  g_strfreev (self->heads);
  g_free (self->wanted);
  g_hash_table_unref (self->sizes);
  g_hash_table_unref (self->whole);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Groups, groups_clear)

/* "orders" of "orders-eu" and of "orders12"; the kind of a connector is no part of it. */
static char *
head_of (const SbNode *node)
{
  const char *slash = node->kind == SB_NODE_CONNECTOR ? strchr (node->name, '/') : NULL;
  const char *name = slash != NULL ? slash + 1 : node->name;
  gsize length = strcspn (name, "/._-: 0123456789");

  return g_strndup (name, length > 0 ? length : strcspn (name, "/._-: "));
}

static char *
layer_of (const SbNode *node)
{
  const char *kinds[] = { "source", NULL, "rule", "connector" };
  const char *within = node->bus;
  g_autofree char *kind = NULL;

  if (node->kind == SB_NODE_BUS)
    return g_strdup ("");
  if (node->kind == SB_NODE_CONNECTOR)
    within = kind = g_strndup (node->name, strcspn (node->name, "/"));
  return g_strdup_printf ("group/%s/%s/", kinds[node->kind], within);
}

static guint
size_of (Groups *self, const char *id)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->sizes, id));
}

static void
count_one (Groups *self, const char *id)
{
  g_hash_table_insert (self->sizes, (char *) id, GUINT_TO_POINTER (size_of (self, id) + 1));
}

static gboolean
has_head (Groups *self, guint node)
{
  return *self->layers[node] != '\0' && size_of (self, self->heads[node]) >= MIN_MEMBERS &&
         !g_str_has_suffix (self->heads[node], "/");
}

/* How many places its nodes take while everything is folded. */
static guint
places_of (Groups *self, const char *layer)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;

  for (guint i = 0; i < self->full->nodes->len; i++)
    if (self->wanted[i] && g_str_equal (self->layers[i], layer))
      n += !has_head (self, i) || g_hash_table_add (seen, self->heads[i]);
  return n;
}

static int
compare_layers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  Groups *self = user_data;
  guint x = size_of (self, *(const char *const *) a), y = size_of (self, *(const char *const *) b);

  if (x != y)
    return x > y ? -1 : 1;
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The largest layers become one group each until the rest has few places enough. */
static void
choose_layers (Groups *self)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) layers = g_ptr_array_new ();
  guint n = 0;

  for (guint i = 0; i < self->full->nodes->len; i++)
    if (self->wanted[i] && *self->layers[i] == '\0')
      n++;
    else if (self->wanted[i] && g_hash_table_add (known, self->layers[i]))
      {
        n += places_of (self, self->layers[i]);
        g_ptr_array_add (layers, self->layers[i]);
      }
  g_ptr_array_sort_with_data (layers, compare_layers, self);
  for (guint i = 0; i < layers->len && n > SB_GRAPH_FOLD_ABOVE; i++)
    if (places_of (self, layers->pdata[i]) >= MIN_MEMBERS)
      {
        n -= places_of (self, layers->pdata[i]) - 1;
        g_hash_table_add (self->whole, layers->pdata[i]);
      }
}

static void
groups_init (Groups *self, SbGraph *full, const char *filter)
{
  guint n_wanted = 0;

  self->full = full;
  self->wanted = find_wanted (full, filter);
  self->layers = g_new0 (char *, full->nodes->len + 1);
  self->heads = g_new0 (char *, full->nodes->len + 1);
  self->sizes = g_hash_table_new (g_str_hash, g_str_equal);
  self->whole = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < full->nodes->len; i++)
    {
      const SbNode *node = sb_graph_node (full, i);
      g_autofree char *head = head_of (node);

      self->layers[i] = layer_of (node);
      self->heads[i] = g_strconcat (self->layers[i], head, NULL);
      n_wanted += self->wanted[i];
    }
  if (n_wanted <= SB_GRAPH_FOLD_ABOVE)
    return;
  for (guint i = 0; i < full->nodes->len; i++)
    if (self->wanted[i])
      {
        count_one (self, self->layers[i]);
        if (!g_str_equal (self->heads[i], self->layers[i]))
          count_one (self, self->heads[i]);
      }
  choose_layers (self);
}

/* The groups that a node is in, from the outermost; how many.  A group that would have everything
 * of the one around it is left out. */
static guint
chain_of (Groups *self, guint node, const char *chain[2])
{
  guint n = 0;

  if (g_hash_table_contains (self->whole, self->layers[node]))
    chain[n++] = self->layers[node];
  if (has_head (self, node) &&
      (n == 0 || size_of (self, self->heads[node]) < size_of (self, self->layers[node])))
    chain[n++] = self->heads[node];
  return n;
}

/* ---- The new graph --------------------------------------------------------------------------- */

static char *
group_name (const SbNode *member, const char *id, gboolean layer)
{
  const char *last = strrchr (id, '/') + 1;
  gsize kind = strcspn (member->name, "/");

  if (member->kind != SB_NODE_CONNECTOR)
    return g_strdup (layer ? member->bus : last);
  return layer ? g_strndup (member->name, kind)
               : g_strdup_printf ("%.*s/%s", (int) kind, member->name, last);
}

static char *
group_subtitle (SbNodeKind kind, guint n)
{
  switch (kind)
    {
    case SB_NODE_SOURCE:
      return g_strdup_printf (ngettext ("%u source", "%u sources", n), n);
    case SB_NODE_RULE:
      return g_strdup_printf (ngettext ("%u rule", "%u rules", n), n);
    case SB_NODE_BUS:
    case SB_NODE_CONNECTOR:
    default:
      return g_strdup_printf (ngettext ("%u connector", "%u connectors", n), n);
    }
}

/* parent_key: of the group around it, or NULL.  A key sorts a group right before its members and
 * these among what is beside them: names have no characters below the separator. */
static SbNode *
add_group (SbGraph *out, const char *id, const char *parent_key, const SbNode *member)
{
  int known = sb_graph_find (out, id);
  SbNode *node;

  if (known >= 0)
    return sb_graph_node (out, (guint) known);
  node = g_new0 (SbNode, 1);
  node->kind = member->kind;
  node->id = g_strdup (id);
  node->name = group_name (member, id, g_str_has_suffix (id, "/"));
  node->bus = g_strdup (member->bus);
  node->place = g_strdup ("");
  node->subtitle = g_strdup ("");
  node->change = member->change;
  node->key = parent_key != NULL ? g_strjoin ("\x01", parent_key, node->name, NULL)
                                 : g_strdup (node->name);
  return sb_graph_add (out, node);
}

static void
add_member (SbNode *group, const SbNode *member)
{
  group->n_members++;
  group->n += member->n;
  group->enabled |= member->enabled;
  group->missing |= member->missing;
  sb_counts_add (&group->counts, &member->counts);
  sb_measure_add (&group->measure, &member->measure);
  group->visit = MAX (group->visit, member->visit);
  if (group->change != member->change)
    group->change = SB_CHANGE_CHANGED;
  g_free (group->subtitle);
  group->subtitle = group_subtitle (group->kind, group->n_members);
}

/* Adds what stands for a node, and the groups around it.  Returns the id of what stands for it. */
static const char *
add_node (SbGraph *out, Groups *groups, guint position, GHashTable *unfolded)
{
  const SbNode *node = sb_graph_node (groups->full, position);
  const char *chain[2] = { NULL, NULL };
  guint n = chain_of (groups, position, chain);
  const SbNode *parent = NULL;
  SbNode *copy;

  for (guint i = 0; i < n; i++)
    {
      SbNode *group = add_group (out, chain[i], parent != NULL ? parent->key : NULL, node);

      add_member (group, node);
      if (group->group == NULL && parent != NULL)
        group->group = g_strdup (parent->id);
      group->unfolded = unfolded != NULL && g_hash_table_contains (unfolded, chain[i]);
      if (!group->unfolded)
        return group->id;
      parent = group;
    }
  copy = sb_node_copy (node);
  if (parent != NULL)
    {
      copy->key = g_strjoin ("\x01", parent->key, node->name, NULL);
      copy->group = g_strdup (parent->id);
    }
  return sb_graph_add (out, copy)->id;
}

SbGraph *
sb_graph_fold (SbGraph *full, const char *filter, GHashTable *unfolded)
{
  g_auto (Groups) groups = { 0 };
  SbGraph *out = sb_graph_new_empty ();
  g_autofree const char **stand_ins = g_new0 (const char *, full->nodes->len);

  groups_init (&groups, full, filter);
  for (guint i = 0; i < full->nodes->len; i++)
    if (groups.wanted[i])
      stand_ins[i] = add_node (out, &groups, i, unfolded);
  sb_graph_sort (out);
  for (guint i = 0; i < full->edges->len; i++)
    {
      const SbEdge *edge = sb_graph_edge (full, i);
      const char *from = stand_ins[edge->from], *to = stand_ins[edge->to];

      if (from != NULL && to != NULL)
        sb_graph_add_edge (out, (guint) sb_graph_find (out, from), (guint) sb_graph_find (out, to),
                           edge);
    }
  out->n_events = full->n_events;
  return out;
}

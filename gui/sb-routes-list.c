#include "config.h"

#include "sb-routes-list.h"

#include <glib/gi18n.h>

#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

/* A row a node, which lives as long as the node does; only when nodes come or go is everything
 * built anew, so that counting does not move the focus. */
struct _SbRoutesList
{
  AdwBin parent_instance;

  GHashTable *rows; /* id -> row */
  GtkWidget *page;
};

enum
{
  SIGNAL_NODE_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbRoutesList, sb_routes_list, ADW_TYPE_BIN)

static void
activated_cb (SbRoutesList *self, GtkWidget *row)
{
  g_signal_emit (self, signals[SIGNAL_NODE_ACTIVATED], 0, g_object_get_data (G_OBJECT (row), "id"));
}

static GtkWidget *
add_badge (GtkWidget *row, const char *name, const char *icon, const char *style)
{
  GtkWidget *badge = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  GtkWidget *image = gtk_image_new_from_icon_name (icon);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_image_set_pixel_size (GTK_IMAGE (image), 10);
  gtk_box_append (GTK_BOX (badge), image);
  gtk_box_append (GTK_BOX (badge), label);
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (badge, "badge");
  gtk_widget_add_css_class (badge, style);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), badge);
  g_object_set_data (G_OBJECT (row), name, badge);
  return badge;
}

static void
set_badge (GtkWidget *row, const char *name, gint64 n)
{
  GtkWidget *badge = g_object_get_data (G_OBJECT (row), name);
  g_autofree char *text = sb_words_short_count (n);

  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (badge)), text);
  gtk_widget_set_visible (badge, n > 0);
}

static const char *
icon_of (const SbNode *node)
{
  if (node->missing)
    return "dialog-question-symbolic";
  if (node->kind == SB_NODE_SOURCE)
    return "sb-source-symbolic";
  if (node->kind == SB_NODE_RULE)
    return node->enabled ? "sb-rule-symbolic" : "sb-held-symbolic";
  return sb_widget_connector_icon (node->name);
}

/* Where a rule leads to, when it has no description. */
static char *
targets_of (const SbGraph *graph, guint position)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < graph->edges->len; i++)
    if (sb_graph_edge (graph, i)->from == position)
      g_ptr_array_add (names, sb_graph_node (graph, sb_graph_edge (graph, i)->to)->name);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (_ (", "), (char **) names->pdata);
}

static void
update_row (SbRoutesList *self, const SbGraph *graph, guint position)
{
  const SbNode *node = sb_graph_node (graph, position);
  GtkWidget *row = g_hash_table_lookup (self->rows, node->id);
  GtkWidget *icon = g_object_get_data (G_OBJECT (row), "icon");
  GtkWidget *count = g_object_get_data (G_OBJECT (row), "count");
  g_autofree char *n = sb_words_count (node->n);
  g_autofree char *words = sb_node_dup_words (node);
  g_autofree char *targets = node->kind == SB_NODE_RULE ? targets_of (graph, position) : NULL;
  g_autofree char *text = NULL;
  g_autofree char *subtitle = NULL;

  if (targets != NULL && *targets != '\0')
    text = *node->subtitle != '\0' ? g_strdup_printf ("%s\n→ %s", node->subtitle, targets)
                                   : g_strdup_printf ("→ %s", targets);
  subtitle = sb_text_visible (text != NULL ? text : node->subtitle, -1, SB_TEXT_BLOCK);
  gtk_image_set_from_icon_name (GTK_IMAGE (icon), icon_of (node));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_label_set_text (GTK_LABEL (count), n);
  if (node->n_members > 0)
    sb_widget_set_icon (g_object_get_data (G_OBJECT (row), "arrow"),
                        node->unfolded ? "pan-down-symbolic" : "go-next-symbolic");
  gtk_widget_set_margin_start (row, node->group != NULL ? 18 : 0);
  set_badge (row, "waiting", node->counts.waiting);
  set_badge (row, "dead", node->counts.dead);
  sb_widget_set_name (row, words);
}

static GtkWidget *
new_row (SbRoutesList *self, const SbNode *node)
{
  g_autofree char *title = sb_text_visible (node->name, -1, SB_TEXT_LINE);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", title, "title-lines", 1,
                                            "subtitle-lines", 2, NULL);
  GtkWidget *icon = gtk_image_new ();
  GtkWidget *count = gtk_label_new (NULL);

  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  g_object_set_data (G_OBJECT (row), "icon", icon);
  add_badge (row, "waiting", "sb-waiting-symbolic", "waiting");
  add_badge (row, "dead", "sb-dead-symbolic", "dead");
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), count);
  g_object_set_data (G_OBJECT (row), "count", count);

  g_object_set_data_full (G_OBJECT (row), "id", g_strdup (node->id), g_free);
  if (node->kind == SB_NODE_RULE || node->kind == SB_NODE_CONNECTOR || node->n_members > 0)
    {
      GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

      adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
      g_object_set_data (G_OBJECT (row), "arrow", arrow);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      g_signal_connect_object (row, "activated", G_CALLBACK (activated_cb), self,
                               G_CONNECT_SWAPPED);
    }
  return row;
}

static void
add_group (SbRoutesList *self,
           const SbGraph *graph,
           SbNodeKind kind,
           const char *bus,
           const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();
  gboolean any = FALSE;

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const SbNode *node = sb_graph_node (graph, i);
      GtkWidget *row;

      if (node->kind != kind || (bus != NULL && !g_str_equal (node->bus, bus)))
        continue;
      row = new_row (self, node);
      g_hash_table_insert (self->rows, g_strdup (node->id), row);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
      any = TRUE;
    }
  if (any)
    adw_preferences_page_add (ADW_PREFERENCES_PAGE (self->page), ADW_PREFERENCES_GROUP (group));
  else
    g_object_ref_sink (group), g_object_unref (group);
}

static void
build (SbRoutesList *self, const SbGraph *graph)
{
  g_hash_table_remove_all (self->rows);
  self->page = adw_preferences_page_new ();
  adw_bin_set_child (ADW_BIN (self), self->page);

  add_group (self, graph, SB_NODE_SOURCE, NULL, _ ("Sources"));
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const SbNode *node = sb_graph_node (graph, i);
      g_autofree char *title = NULL;
      g_autofree char *escaped = NULL;

      if (node->kind != SB_NODE_BUS)
        continue;
      /* A group's title is markup. */
      escaped = g_markup_escape_text (node->name, -1);
      title = g_strdup_printf (_ ("Rules on Bus %s"), escaped);
      add_group (self, graph, SB_NODE_RULE, node->name, title);
    }
  add_group (self, graph, SB_NODE_CONNECTOR, NULL, _ ("Connectors"));
}

static gboolean
has_same_nodes (SbRoutesList *self, const SbGraph *graph)
{
  guint n = 0;

  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const SbNode *node = sb_graph_node (graph, i);

      if (node->kind == SB_NODE_BUS)
        continue;
      if (!g_hash_table_contains (self->rows, node->id))
        return FALSE;
      n++;
    }
  return n == g_hash_table_size (self->rows);
}

static void
sb_routes_list_finalize (GObject *object)
{
  g_clear_pointer (&SB_ROUTES_LIST (object)->rows, g_hash_table_unref);

  G_OBJECT_CLASS (sb_routes_list_parent_class)->finalize (object);
}

static void
sb_routes_list_class_init (SbRoutesListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_routes_list_finalize;

  signals[SIGNAL_NODE_ACTIVATED] = g_signal_new ("node-activated", SB_TYPE_ROUTES_LIST,
                                                 G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sb_routes_list_init (SbRoutesList *self)
{
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
sb_routes_list_set_graph (SbRoutesList *self, const SbGraph *graph)
{
  g_return_if_fail (SB_IS_ROUTES_LIST (self));

  if (self->page == NULL || !has_same_nodes (self, graph))
    build (self, graph);
  for (guint i = 0; i < graph->nodes->len; i++)
    if (sb_graph_node (graph, i)->kind != SB_NODE_BUS)
      update_row (self, graph, i);
}

#include "config.h"

#include "sb-list-page.h"

#include "sb-widget.h"

#define PAGE_SIZE 100
#define AHEAD 60 /* rows before the end at which more are asked for */

/* Selection: while list and detail are side by side something is always selected, so that the
 * detail is never empty; when the selected rows leave the list the row that took their place is
 * selected. Where the window is narrow nothing is selected until the user does it, which leads to
 * the detail. */
typedef struct
{
  SbPagedList *list;
  GListModel *model; /* what the view shows: the list, or the tree that grows out of it */
  GtkSelectionModel *selection;
  GHashTable *rows;     /* those that show an item now */
  GPtrArray *selected;  /* the items, to see whether they are others now */
  guint last_position;  /* of the first selected row */
  gboolean selecting;   /* by ourselves */
  gboolean by_user;     /* while the class is told what is selected */
  gboolean wants_focus; /* once there are rows */
  char *wanted;         /* id of an item that is to be selected, or NULL */

  guint fold_id;

  GtkWidget *stack;
  GtkWidget *error_page;
  gboolean failed; /* the last fetch, before anything came */
  GtkWidget *empty_page;
  GtkWidget *flap;
  GtkWidget *side_bin;
  GtkWidget *leaflet;
  GtkWidget *list_box;
  GtkWidget *top_bin;
  GtkWidget *head_bin;
  GtkWidget *list_view;
  GtkWidget *foot_bin;
  GtkWidget *separator;
  GtkWidget *detail_bin;
} SbListPagePrivate;

static GtkBuildableIface *parent_buildable_iface;

static void buildable_iface_init (GtkBuildableIface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (SbListPage,
                                  sb_list_page,
                                  SB_TYPE_PAGE,
                                  G_ADD_PRIVATE (SbListPage)
                                      G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                             buildable_iface_init))

static void
sb_list_page_add_child (GtkBuildable *buildable,
                        GtkBuilder *builder,
                        GObject *child,
                        const char *type)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (SB_LIST_PAGE (buildable));

  if (g_strcmp0 (type, "top") == 0)
    adw_bin_set_child (ADW_BIN (priv->top_bin), GTK_WIDGET (child));
  else if (g_strcmp0 (type, "side") == 0)
    {
      adw_bin_set_child (ADW_BIN (priv->side_bin), GTK_WIDGET (child));
      adw_flap_set_locked (ADW_FLAP (priv->flap), FALSE);
      adw_flap_set_reveal_flap (ADW_FLAP (priv->flap), TRUE);
    }
  else if (g_strcmp0 (type, "head") == 0)
    adw_bin_set_child (ADW_BIN (priv->head_bin), GTK_WIDGET (child));
  else if (g_strcmp0 (type, "foot") == 0)
    adw_bin_set_child (ADW_BIN (priv->foot_bin), GTK_WIDGET (child));
  else if (g_strcmp0 (type, "detail") == 0)
    adw_bin_set_child (ADW_BIN (priv->detail_bin), GTK_WIDGET (child));
  else
    parent_buildable_iface->add_child (buildable, builder, child, type);
}

static void
buildable_iface_init (GtkBuildableIface *iface)
{
  parent_buildable_iface = g_type_interface_peek_parent (iface);
  iface->add_child = sb_list_page_add_child;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

/* What stands in a row of the model: in a tree that is wrapped. */
static gpointer
unwrap (gpointer row)
{
  gpointer item;

  if (!GTK_IS_TREE_LIST_ROW (row))
    return row;
  item = gtk_tree_list_row_get_item (row);
  g_object_unref (row);
  return item;
}

static GtkWidget *
get_row (GtkListItem *list_item)
{
  GtkWidget *child = gtk_list_item_get_child (list_item);

  return GTK_IS_TREE_EXPANDER (child) ? gtk_tree_expander_get_child (GTK_TREE_EXPANDER (child))
                                      : child;
}

static void
setup_row_cb (SbListPage *self, GtkListItem *list_item)
{
  GtkWidget *row = SB_LIST_PAGE_GET_CLASS (self)->new_row (self);

  if (SB_LIST_PAGE_GET_CLASS (self)->new_children != NULL)
    {
      GtkWidget *expander = gtk_tree_expander_new ();

      gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), row);
      gtk_widget_set_hexpand (row, TRUE);
      row = expander;
    }
  gtk_list_item_set_child (list_item, row);
}

/* The list that the row at a position belongs to, and how far from its end the row is. */
static SbPagedList *
find_list (SbListPage *self, guint position, guint *out_n_below)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  g_autoptr (GtkTreeListRow) row = NULL;
  g_autoptr (GtkTreeListRow) parent = NULL;
  GListModel *list = G_LIST_MODEL (priv->list);
  guint index = position;

  if (GTK_IS_TREE_LIST_MODEL (priv->model))
    {
      row = gtk_tree_list_model_get_row (GTK_TREE_LIST_MODEL (priv->model), position);
      parent = row != NULL ? gtk_tree_list_row_get_parent (row) : NULL;
      if (parent == NULL)
        return NULL;
      list = gtk_tree_list_row_get_children (parent);
      index = position - gtk_tree_list_row_get_position (parent) - 1;
    }
  *out_n_below = g_list_model_get_n_items (list) - index;
  return SB_PAGED_LIST (list);
}

static void
bind_row_cb (SbListPage *self, GtkListItem *list_item)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  GtkWidget *row = get_row (list_item);
  g_autoptr (GObject) item = unwrap (g_object_ref (gtk_list_item_get_item (list_item)));
  guint n_below = 0;
  SbPagedList *list = find_list (self, gtk_list_item_get_position (list_item), &n_below);

  if (SB_LIST_PAGE_GET_CLASS (self)->new_children != NULL)
    gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (gtk_list_item_get_child (list_item)),
                                    gtk_list_item_get_item (list_item));
  SB_LIST_PAGE_GET_CLASS (self)->set_row_item (row, item);
  SB_LIST_PAGE_GET_CLASS (self)->beat_row (
      row, sb_router_get_now_us (sb_page_get_router (SB_PAGE (self))));
  g_hash_table_add (priv->rows, row);
  /* The next page is there before one has come to the end of this one. */
  if (list != NULL && n_below < AHEAD)
    sb_paged_list_load_more (list);
}

static void
unbind_row_cb (SbListPage *self, GtkListItem *list_item)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  GtkWidget *row = get_row (list_item);

  if (SB_LIST_PAGE_GET_CLASS (self)->new_children != NULL)
    gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (gtk_list_item_get_child (list_item)), NULL);
  g_hash_table_remove (priv->rows, row);
  SB_LIST_PAGE_GET_CLASS (self)->set_row_item (row, NULL);
}

/* ---- Selection ------------------------------------------------------------------------------- */

static gboolean
is_same_selection (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (g_ptr_array_index (a, i) != g_ptr_array_index (b, i))
      return FALSE;
  return TRUE;
}

static void
tell_selected (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  g_autoptr (GPtrArray) items = sb_list_page_dup_selected (self);
  g_autoptr (GtkBitset) set = gtk_selection_model_get_selection (priv->selection);

  if (items->len > 0)
    priv->last_position = gtk_bitset_get_minimum (set);
  if (is_same_selection (items, priv->selected))
    return;
  g_ptr_array_unref (priv->selected);
  priv->selected = g_ptr_array_ref (items);
  SB_LIST_PAGE_GET_CLASS (self)->selected (self, items);
}

static void
select_position (SbListPage *self, guint position)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  priv->selecting = TRUE;
  gtk_selection_model_select_item (priv->selection, position, TRUE);
  priv->selecting = FALSE;
  tell_selected (self);
}

/* Rows that have moved were taken out of the list and put in again, and are not selected any more:
 * an action would go to whatever stands in their place. */
static void
select_moved (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  g_autoptr (GtkBitset) set = gtk_selection_model_get_selection (priv->selection);
  g_autoptr (GtkBitset) moved = gtk_bitset_new_empty ();
  g_autoptr (GHashTable) were = g_hash_table_new (NULL, NULL);
  guint n_items = g_list_model_get_n_items (priv->model);

  if (gtk_bitset_get_size (set) >= priv->selected->len)
    return;
  for (guint i = 0; i < priv->selected->len; i++)
    g_hash_table_add (were, g_ptr_array_index (priv->selected, i));
  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GObject) item = sb_list_page_dup_item (self, i);

      if (item != NULL && g_hash_table_contains (were, item))
        gtk_bitset_add (moved, i);
    }
  if (gtk_bitset_is_empty (moved))
    return;
  priv->selecting = TRUE;
  /* A single selection takes no set. */
  if (gtk_bitset_get_size (moved) == 1)
    gtk_selection_model_select_item (priv->selection, gtk_bitset_get_minimum (moved), FALSE);
  else
    gtk_selection_model_set_selection (priv->selection, moved, moved);
  priv->selecting = FALSE;
}

/* Sees to it that side by side something is selected, and that no empty detail is seen. */
static void
complete_selection (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  g_autoptr (GtkBitset) set = gtk_selection_model_get_selection (priv->selection);
  guint n_items = g_list_model_get_n_items (priv->model);

  if (n_items > 0 && gtk_bitset_is_empty (set))
    {
      if (!adw_leaflet_get_folded (ADW_LEAFLET (priv->leaflet)))
        select_position (self, MIN (priv->last_position, n_items - 1));
      else
        adw_leaflet_set_visible_child (ADW_LEAFLET (priv->leaflet), priv->list_box);
    }
  tell_selected (self);
}

/* FALSE when it is not in the list yet. */
static gboolean
select_wanted (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (priv->list));

  for (guint i = 0; priv->wanted != NULL && i < n_items; i++)
    {
      g_autoptr (SbItem) item = g_list_model_get_item (G_LIST_MODEL (priv->list), i);

      if (!g_str_equal (sb_item_get_id (item), priv->wanted))
        continue;
      g_clear_pointer (&priv->wanted, g_free);
      select_position (self, i);
      gtk_widget_activate_action (priv->list_view, "list.scroll-to-item", "u", i);
      if (adw_leaflet_get_folded (ADW_LEAFLET (priv->leaflet)))
        sb_list_page_show_detail (self);
      return TRUE;
    }
  return FALSE;
}

static void
selection_changed_cb (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  priv->by_user = !priv->selecting;
  tell_selected (self);
  priv->by_user = FALSE;
  if (!priv->selecting && priv->selected->len > 0 &&
      adw_leaflet_get_folded (ADW_LEAFLET (priv->leaflet)))
    sb_list_page_show_detail (self);
}

static void
unselect_all (GtkSelectionModel *selection)
{
  /* A single selection does not know of all. */
  if (GTK_IS_SINGLE_SELECTION (selection))
    gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (selection), GTK_INVALID_LIST_POSITION);
  else
    gtk_selection_model_unselect_all (selection);
}

static void
update_folded (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  AdwLeaflet *leaflet = ADW_LEAFLET (priv->leaflet);
  gboolean folded = adw_leaflet_get_folded (leaflet);
  gboolean detail = adw_leaflet_get_visible_child (leaflet) == priv->detail_bin;

  sb_page_set_inner_back (SB_PAGE (self),
                          (folded && detail) || SB_LIST_PAGE_GET_CLASS (self)->is_inner);
  if (folded && !detail)
    unselect_all (priv->selection);
  complete_selection (self);
}

static void
fold_later_cb (gpointer user_data)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (SB_LIST_PAGE (user_data));

  priv->fold_id = 0;
  update_folded (SB_LIST_PAGE (user_data));
}

/* The leaflet folds while it is allocated, when nothing in it may change its size. */
static void
folded_cb (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  if (priv->selection != NULL && priv->fold_id == 0)
    priv->fold_id = g_idle_add_once (fold_later_cb, self);
}

/* ---- Contents -------------------------------------------------------------------------------- */

static void
update_stack (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  const char *name = "loading";

  if (g_list_model_get_n_items (priv->model) > 0)
    name = "panes";
  else if (sb_paged_list_get_loaded (priv->list))
    name = "empty";
  else if (priv->failed)
    name = "error";
  gtk_stack_set_visible_child_name (GTK_STACK (priv->stack), name);
}

static void
sb_list_page_take_focus (SbPage *page)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (SB_LIST_PAGE (page));

  priv->wants_focus = g_list_model_get_n_items (G_LIST_MODEL (priv->list)) == 0;
  if (!priv->wants_focus)
    gtk_widget_grab_focus (priv->list_view);
}

static void
settled_cb (SbListPage *self, const GError *error)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  priv->failed = error != NULL;
  if (error != NULL)
    {
      g_autofree char *message = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (ADW_STATUS_PAGE (priv->error_page), message);
    }
  update_stack (self);
  if (!select_wanted (self))
    {
      select_moved (self);
      complete_selection (self);
    }
  if (priv->wants_focus)
    sb_list_page_take_focus (SB_PAGE (self));
}

static void
edge_reached_cb (SbListPage *self, GtkPositionType position)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  if (position == GTK_POS_BOTTOM)
    sb_paged_list_load_more (priv->list);
}

static gboolean
refresh_weak_cb (gpointer user_data)
{
  g_autoptr (SbPagedList) list = g_weak_ref_get (user_data);

  if (list != NULL)
    sb_paged_list_refresh (list);
  return G_SOURCE_REMOVE;
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* GTK makes a list also to see whether there would be one, and drops it: only one that is still
 * there a moment later belongs to an opened row and asks the router. */
static GListModel *
create_children_cb (gpointer item, gpointer user_data)
{
  SbPagedList *list = SB_LIST_PAGE_GET_CLASS (user_data)->new_children (user_data, item);
  GWeakRef *weak;

  if (list == NULL)
    return NULL;
  weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, list);
  /* Not when all is idle: a window that is drawn all the time never is. */
  g_idle_add_full (G_PRIORITY_DEFAULT, refresh_weak_cb, weak, weak_ref_free);
  return G_LIST_MODEL (list);
}

static void
sb_list_page_connected (SbPage *page)
{
  SbListPage *self = SB_LIST_PAGE (page);
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  SbListPageClass *klass = SB_LIST_PAGE_GET_CLASS (self);
  GListModel *model;
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  priv->list = sb_paged_list_new (sb_router_get_client (sb_page_get_router (page)),
                                  klass->get_item_type (), klass->query, PAGE_SIZE);
  g_signal_connect_object (priv->list, "settled", G_CALLBACK (settled_cb), self, G_CONNECT_SWAPPED);

  model = G_LIST_MODEL (g_object_ref (priv->list));
  if (klass->new_children != NULL)
    model = G_LIST_MODEL (
        gtk_tree_list_model_new (model, FALSE, FALSE, create_children_cb, self, NULL));
  priv->model = g_object_ref (model);
  if (klass->multiple)
    priv->selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (model));
  else
    priv->selection = g_object_new (GTK_TYPE_SINGLE_SELECTION, "model", model, "autoselect", FALSE,
                                    "can-unselect", TRUE, NULL);
  if (!klass->multiple)
    g_object_unref (model);
  g_signal_connect_object (priv->selection, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_row_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_row_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_row_cb), self, G_CONNECT_SWAPPED);
  sb_page_set_inner_back (page, klass->is_inner);
  gtk_list_view_set_model (GTK_LIST_VIEW (priv->list_view), priv->selection);
  gtk_list_view_set_factory (GTK_LIST_VIEW (priv->list_view), factory);
  sb_widget_set_name (priv->list_view, sb_page_get_title (page));
}

/* Those of the rows that are open. */
static void
refresh_children (SbListPagePrivate *priv)
{
  GtkTreeListModel *tree = GTK_TREE_LIST_MODEL (priv->model);

  for (guint i = 0; i < g_list_model_get_n_items (gtk_tree_list_model_get_model (tree)); i++)
    {
      g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_child_row (tree, i);
      GListModel *children = row != NULL ? gtk_tree_list_row_get_children (row) : NULL;

      if (children != NULL)
        sb_paged_list_refresh (SB_PAGED_LIST (children));
    }
}

static void
sb_list_page_refresh (SbPage *page)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (SB_LIST_PAGE (page));

  sb_paged_list_refresh (priv->list);
  if (GTK_IS_TREE_LIST_MODEL (priv->model))
    refresh_children (priv);
}

static void
sb_list_page_beat (SbPage *page)
{
  SbListPage *self = SB_LIST_PAGE (page);
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (page));
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, priv->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    SB_LIST_PAGE_GET_CLASS (self)->beat_row (row, now_us);
}

static gboolean
sb_list_page_back (SbPage *page)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (SB_LIST_PAGE (page));

  return adw_leaflet_navigate (ADW_LEAFLET (priv->leaflet), ADW_NAVIGATION_DIRECTION_BACK);
}

/* Only where the detail stands beside the list: in a narrow window it is a place to go to. */
static void
sb_list_page_toggle_inspector (SbPage *page)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (SB_LIST_PAGE (page));
  gboolean shown = gtk_widget_get_visible (priv->detail_bin);

  if (adw_leaflet_get_folded (ADW_LEAFLET (priv->leaflet)))
    return;
  gtk_widget_set_visible (priv->detail_bin, !shown);
  gtk_widget_set_visible (priv->separator, !shown);
  gtk_widget_set_hexpand (priv->list_box, shown);
}

static void
sb_list_page_dispose (GObject *object)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (SB_LIST_PAGE (object));

  g_clear_handle_id (&priv->fold_id, g_source_remove);
  if (priv->list_view != NULL)
    gtk_list_view_set_model (GTK_LIST_VIEW (priv->list_view), NULL);
  g_clear_object (&priv->selection);
  g_clear_object (&priv->model);
  g_clear_object (&priv->list);

  G_OBJECT_CLASS (sb_list_page_parent_class)->dispose (object);
}

static void
sb_list_page_finalize (GObject *object)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (SB_LIST_PAGE (object));

  g_clear_pointer (&priv->rows, g_hash_table_unref);
  g_clear_pointer (&priv->selected, g_ptr_array_unref);
  g_clear_pointer (&priv->wanted, g_free);

  G_OBJECT_CLASS (sb_list_page_parent_class)->finalize (object);
}

static void
sb_list_page_class_init (SbListPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbPageClass *page_class = SB_PAGE_CLASS (klass);

  object_class->dispose = sb_list_page_dispose;
  object_class->finalize = sb_list_page_finalize;
  page_class->connected = sb_list_page_connected;
  page_class->refresh = sb_list_page_refresh;
  page_class->beat = sb_list_page_beat;
  page_class->take_focus = sb_list_page_take_focus;
  page_class->back = sb_list_page_back;
  page_class->toggle_inspector = sb_list_page_toggle_inspector;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-list-page.ui");
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, stack);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, error_page);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, empty_page);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, flap);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, side_bin);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, leaflet);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, list_box);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, top_bin);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, head_bin);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, list_view);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, foot_bin);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, separator);
  gtk_widget_class_bind_template_child_private (widget_class, SbListPage, detail_bin);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, edge_reached_cb);
}

static void
sb_list_page_init (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  priv->rows = g_hash_table_new (NULL, NULL);
  priv->selected = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
}

SbPagedList *
sb_list_page_get_list (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  g_return_val_if_fail (SB_IS_LIST_PAGE (self), NULL);

  return priv->list;
}

void
sb_list_page_set_query (SbListPage *self, const char *query)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  g_return_if_fail (SB_IS_LIST_PAGE (self));

  sb_paged_list_set_query (priv->list, query);
  priv->last_position = 0;
  update_stack (self);
  sb_page_refresh (SB_PAGE (self));
}

void
sb_list_page_toggle_side (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  g_return_if_fail (SB_IS_LIST_PAGE (self));

  adw_flap_set_reveal_flap (ADW_FLAP (priv->flap),
                            !adw_flap_get_reveal_flap (ADW_FLAP (priv->flap)));
}

void
sb_list_page_select_all (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  g_return_if_fail (SB_IS_LIST_PAGE (self));

  priv->selecting = TRUE;
  gtk_selection_model_select_all (priv->selection);
  priv->selecting = FALSE;
}

gboolean
sb_list_page_is_selecting (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  g_return_val_if_fail (SB_IS_LIST_PAGE (self), FALSE);

  return priv->by_user;
}

void
sb_list_page_select_one (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  g_return_if_fail (SB_IS_LIST_PAGE (self));

  if (g_list_model_get_n_items (priv->model) > 0)
    select_position (self, MIN (priv->last_position, g_list_model_get_n_items (priv->model) - 1));
}

gpointer
sb_list_page_dup_item (SbListPage *self, guint position)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  g_return_val_if_fail (SB_IS_LIST_PAGE (self), NULL);

  return unwrap (g_list_model_get_item (priv->model, position));
}

void
sb_list_page_set_expanded (SbListPage *self, guint position, gboolean expanded)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  g_autoptr (GtkTreeListRow) row = NULL;

  g_return_if_fail (SB_IS_LIST_PAGE (self));
  g_return_if_fail (GTK_IS_TREE_LIST_MODEL (priv->model));

  row = gtk_tree_list_model_get_row (GTK_TREE_LIST_MODEL (priv->model), position);
  if (row != NULL)
    gtk_tree_list_row_set_expanded (row, expanded);
}

GPtrArray *
sb_list_page_dup_selected (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) set = NULL;

  g_return_val_if_fail (SB_IS_LIST_PAGE (self), items);

  set = gtk_selection_model_get_selection (priv->selection);
  for (guint i = 0; i < gtk_bitset_get_size (set); i++)
    {
      gpointer item = sb_list_page_dup_item (self, gtk_bitset_get_nth (set, i));

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  return items;
}

void
sb_list_page_set_empty (SbListPage *self,
                        const char *icon_name,
                        const char *title,
                        const char *description)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  AdwStatusPage *page = ADW_STATUS_PAGE (priv->empty_page);

  g_return_if_fail (SB_IS_LIST_PAGE (self));

  adw_status_page_set_icon_name (page, icon_name);
  adw_status_page_set_title (page, title);
  adw_status_page_set_description (page, description);
}

void
sb_list_page_set_empty_child (SbListPage *self, GtkWidget *child)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  g_return_if_fail (SB_IS_LIST_PAGE (self));

  adw_status_page_set_child (ADW_STATUS_PAGE (priv->empty_page), child);
}

void
sb_list_page_add_key (SbListPage *self, guint keyval, const char *action)
{
  sb_list_page_add_accelerator (self, keyval, 0, action);
}

void
sb_list_page_add_accelerator (SbListPage *self,
                              guint keyval,
                              GdkModifierType modifiers,
                              const char *action)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);
  GtkEventController *controller;

  g_return_if_fail (SB_IS_LIST_PAGE (self));

  controller = gtk_shortcut_controller_new ();
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (keyval, modifiers), gtk_named_action_new (action)));
  gtk_widget_add_controller (priv->list_view, controller);
}

void
sb_list_page_select (SbListPage *self, const char *id)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  g_return_if_fail (SB_IS_LIST_PAGE (self));

  g_free (priv->wanted);
  priv->wanted = g_strdup (id);
  if (!select_wanted (self))
    sb_page_refresh (SB_PAGE (self));
}

void
sb_list_page_show_detail (SbListPage *self)
{
  SbListPagePrivate *priv = sb_list_page_get_instance_private (self);

  g_return_if_fail (SB_IS_LIST_PAGE (self));

  adw_leaflet_set_visible_child (ADW_LEAFLET (priv->leaflet), priv->detail_bin);
}

#include "config.h"

#include "sb-palette.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-graph.h"
#include "sb-widget.h"

#define MAX_SHOWN 50

typedef struct
{
  char *icon_name;
  char *title;
  char *hint;
  char *key; /* what is typed is looked for in: folded */
  char *action;
  char *target;
} Entry;

/* The entries are what the window puts in, and what the router's routes are.  The rows are those
 * that fit what is typed, made anew at each key. */
struct _SbPalette
{
  AdwWindow parent_instance;

  GPtrArray *entries;
  GCancellable *cancellable;

  GtkWidget *search_entry;
  GtkWidget *stack;
  GtkListBox *list;
  GtkAdjustment *adjustment;
};

G_DEFINE_FINAL_TYPE (SbPalette, sb_palette, ADW_TYPE_WINDOW)

static void
entry_free (Entry *entry)
{
  g_free (entry->icon_name);
  g_free (entry->title);
  g_free (entry->hint);
  g_free (entry->key);
  g_free (entry->action);
  g_free (entry->target);
  g_free (entry);
}

/* ---- Finding --------------------------------------------------------------------------------- */

/* Every word that is typed is somewhere in the entry. */
static gboolean
fits (const Entry *entry, const char *const *words)
{
  for (; *words != NULL; words++)
    if (strstr (entry->key, *words) == NULL)
      return FALSE;
  return TRUE;
}

static GtkWidget *
new_row (const Entry *entry)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *hint = gtk_label_new (NULL);
  GtkWidget *row = gtk_list_box_row_new ();

  sb_widget_set_text (title, entry->title);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_label_set_text (GTK_LABEL (hint), entry->hint);
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_add_css_class (hint, "caption");
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (entry->icon_name));
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), hint);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data (G_OBJECT (row), "entry", (gpointer) entry);
  sb_widget_set_name (row, entry->title);
  return row;
}

static void
update (SbPalette *self)
{
  g_autofree char *folded = g_utf8_casefold (
      gtk_editable_get_text (GTK_EDITABLE (self->search_entry)), -1);
  g_auto (GStrv) words = g_strsplit_set (folded, " ", -1);
  guint n = 0;

  sb_widget_clear_list_box (self->list);
  for (guint i = 0; i < self->entries->len && n < MAX_SHOWN; i++)
    if (fits (self->entries->pdata[i], (const char *const *) words))
      {
        gtk_list_box_append (self->list, new_row (self->entries->pdata[i]));
        n++;
      }
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), n > 0 ? "list" : "empty");
  gtk_adjustment_set_value (self->adjustment, 0);
}

/* ---- Choosing -------------------------------------------------------------------------------- */

/* The palette is gone before the action begins: that may open a dialog of its own. */
static void
activate_cb (SbPalette *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  const Entry *entry = row != NULL ? g_object_get_data (G_OBJECT (row), "entry") : NULL;
  g_autoptr (GtkWindow) parent = g_object_ref (gtk_window_get_transient_for (GTK_WINDOW (self)));
  g_autofree char *action = NULL;
  g_autofree char *target = NULL;

  if (entry == NULL)
    return;
  action = g_strdup (entry->action);
  target = g_strdup (entry->target);
  gtk_window_close (GTK_WINDOW (self));
  if (target != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), action, "s", target);
  else
    gtk_widget_activate_action (GTK_WIDGET (parent), action, NULL);
}

static void
row_activated_cb (SbPalette *self, GtkListBoxRow *row)
{
  gtk_list_box_select_row (self->list, row);
  activate_cb (self);
}

static void
move (SbPalette *self, int by)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  int index = row != NULL ? gtk_list_box_row_get_index (row) + by : 0;
  double y;

  row = gtk_list_box_get_row_at_index (self->list, MAX (index, 0));
  if (row == NULL)
    return;
  gtk_list_box_select_row (self->list, row);
  if (gtk_widget_translate_coordinates (GTK_WIDGET (row), GTK_WIDGET (self->list), 0, 0, NULL, &y))
    gtk_adjustment_clamp_page (self->adjustment, y, y + gtk_widget_get_height (GTK_WIDGET (row)));
}

/* The keyboard stays with the entry, and the arrows go to the list. */
static gboolean
key_pressed_cb (SbPalette *self, guint keyval)
{
  switch (keyval)
    {
    case GDK_KEY_Down:
      move (self, 1);
      return TRUE;
    case GDK_KEY_Up:
      move (self, -1);
      return TRUE;
    case GDK_KEY_Escape:
      gtk_window_close (GTK_WINDOW (self));
      return TRUE;
    default:
      return FALSE;
    }
}

/* ---- Routes ---------------------------------------------------------------------------------- */

static void
add_node (SbPalette *self, const SbNode *node)
{
  const char *name = strchr (node->id, '/');

  if (name == NULL)
    return;
  name++;
  if (node->kind == SB_NODE_RULE)
    {
      g_autofree char *title = g_strdup_printf (_ ("Edit Rule %s"), name);

      sb_palette_add (self, "sb-rule-symbolic", title, _ ("Routes"), "win.edit-rule", name);
    }
  else if (node->kind == SB_NODE_CONNECTOR)
    {
      g_autofree char *title = g_strdup_printf (_ ("Dead Letters of %s"), name);

      sb_palette_add (self, sb_widget_connector_icon (name), title,
                      _ ("Dead Letters"), "win.show-dead-letters", name);
    }
}

static void
routes_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JsonObject) routes = sb_client_get_finish (SB_CLIENT (source), result, NULL);
  g_autoptr (SbGraph) graph = NULL;
  SbPalette *self;

  /* Cancelled, or away: what the window put in is there. */
  if (routes == NULL)
    return;
  self = SB_PALETTE (user_data);
  graph = sb_graph_new (routes);
  for (guint i = 0; i < graph->nodes->len; i++)
    add_node (self, sb_graph_node (graph, i));
  update (self);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_palette_dispose (GObject *object)
{
  SbPalette *self = SB_PALETTE (object);

  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (sb_palette_parent_class)->dispose (object);
}

static void
sb_palette_finalize (GObject *object)
{
  SbPalette *self = SB_PALETTE (object);

  g_ptr_array_unref (self->entries);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (sb_palette_parent_class)->finalize (object);
}

static void
sb_palette_class_init (SbPaletteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_palette_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_palette_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-palette.ui");
  gtk_widget_class_bind_template_child (widget_class, SbPalette, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SbPalette, stack);
  gtk_widget_class_bind_template_child (widget_class, SbPalette, list);
  gtk_widget_class_bind_template_child (widget_class, SbPalette, adjustment);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
sb_palette_init (SbPalette *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

SbPalette *
sb_palette_new (GtkWindow *parent, SbRouter *router)
{
  SbPalette *self = g_object_new (SB_TYPE_PALETTE, "transient-for", parent, NULL);

  sb_client_get_routes_async (sb_router_get_client (router), self->cancellable, routes_cb, self);
  return self;
}

void
sb_palette_add (SbPalette *self,
                const char *icon_name,
                const char *title,
                const char *hint,
                const char *action,
                const char *target)
{
  Entry *entry = g_new0 (Entry, 1);
  g_autofree char *both = g_strconcat (title, " ", hint, NULL);

  g_return_if_fail (SB_IS_PALETTE (self));

  entry->icon_name = g_strdup (icon_name);
  entry->title = g_strdup (title);
  entry->hint = g_strdup (hint);
  entry->key = g_utf8_casefold (both, -1);
  entry->action = g_strdup (action);
  entry->target = g_strdup (target);
  g_ptr_array_add (self->entries, entry);
  update (self);
}

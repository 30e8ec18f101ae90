#include "config.h"

#include "sb-routes-page.h"

#include <glib/gi18n.h>

#include "sb-document.h"
#include "sb-graph-view.h"
#include "sb-json-edit.h"
#include "sb-routes-list.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

/* The squeezer shows the drawing while it fits and is wanted, else the lists. */
struct _SbRoutesPage
{
  SbPage parent_instance;

  GSettings *settings;
  gboolean fetching;
  gboolean fetch_again;
  guint update_id;
  SbDocument *linking; /* a rule that gets another target, or got it last */
  char *linked;        /* that target's connector */

  GtkWidget *view_switch;
  GtkWidget *graph_button;
  GtkWidget *list_button;
  GtkWidget *stack;
  GtkWidget *squeezer;
  AdwSqueezerPage *graph_page;
  GtkWidget *graph_window;
  SbGraphView *graph_view;
  SbRoutesList *routes_list;
  GtkWidget *hint_revealer;
  GtkWidget *hint;
  GtkWidget *strip_revealer;
  GtkWidget *strip_title;
  GtkWidget *strip_subtitle;
  GtkWidget *dead_button;
  GtkWidget *edit_button;
};

G_DEFINE_FINAL_TYPE (SbRoutesPage, sb_routes_page, SB_TYPE_PAGE)

/* ---- What is shown --------------------------------------------------------------------------- */

static void
update_stack (SbRoutesPage *self)
{
  const SbGraph *graph = sb_graph_view_get_graph (self->graph_view);
  gboolean list = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->list_button));
  gboolean drawn = adw_squeezer_get_visible_child (ADW_SQUEEZER (self->squeezer)) ==
                   self->graph_window;
  const char *name = "routes";

  if (graph == NULL)
    name = "loading";
  else if (sb_graph_count (graph, SB_NODE_RULE) + sb_graph_count (graph, SB_NODE_SOURCE) +
               sb_graph_count (graph, SB_NODE_CONNECTOR) ==
           0)
    name = "empty";
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), name);
  adw_squeezer_page_set_enabled (self->graph_page, !list);
  /* Where the drawing would not fit there is nothing to choose. */
  gtk_widget_set_visible (self->view_switch, g_str_equal (name, "routes") && (drawn || list));
}

static void
update_subtitle (SbRoutesPage *self, const SbGraph *graph)
{
  guint n_rules = sb_graph_count (graph, SB_NODE_RULE);
  guint n_connectors = sb_graph_count (graph, SB_NODE_CONNECTOR);
  g_autofree char *rules = g_strdup_printf (ngettext ("%u rule", "%u rules", n_rules), n_rules);
  g_autofree char *connectors = g_strdup_printf (
      ngettext ("%u connector", "%u connectors", n_connectors), n_connectors);
  g_autofree char *text = g_strjoin (_ (", "), rules, connectors, NULL);

  sb_page_set_subtitle (SB_PAGE (self), text);
}

static void
update_hint (SbRoutesPage *self, const SbGraph *graph)
{
  const char *path = "/v1/events";
  g_autofree char *line = NULL;

  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const SbNode *node = sb_graph_node (graph, i);

      if (node->kind == SB_NODE_SOURCE && node->enabled && *node->place == '/')
        {
          path = node->place;
          break;
        }
    }
  line = sb_router_dup_curl_line (sb_page_get_router (SB_PAGE (self)), path);
  gtk_label_set_text (GTK_LABEL (self->hint), line);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->hint_revealer),
                                 graph->n_events == 0 && graph->nodes->len > 0);
}

static void
current_changed_cb (SbRoutesPage *self)
{
  const SbNode *node = sb_graph_view_get_current (self->graph_view);
  gboolean rule = node != NULL && node->kind == SB_NODE_RULE;
  gboolean dead = node != NULL && node->kind == SB_NODE_CONNECTOR && node->counts.dead > 0;

  gtk_revealer_set_reveal_child (GTK_REVEALER (self->strip_revealer), node != NULL);
  if (node != NULL)
    {
      g_autofree char *words = sb_node_dup_words (node);
      g_autofree char *visible = sb_text_visible (words, -1, SB_TEXT_LINE);
      g_autofree char *subtitle = sb_widget_dup_about (node);

      gtk_label_set_text (GTK_LABEL (self->strip_title), visible);
      gtk_label_set_text (GTK_LABEL (self->strip_subtitle), subtitle);
      gtk_widget_set_visible (self->strip_subtitle, *subtitle != '\0');
    }

  gtk_widget_set_visible (self->edit_button, rule);
  if (rule)
    {
      g_autofree char *name = sb_node_dup_rule_name (node);

      gtk_actionable_set_action_target (GTK_ACTIONABLE (self->edit_button), "s", name);
    }
  gtk_widget_set_visible (self->dead_button, dead);
  if (dead)
    {
      gulong n = (gulong) node->counts.dead;
      g_autofree char *label = g_strdup_printf (
          ngettext ("Show %'lu Dead Letter", "Show %'lu Dead Letters", n), n);

      gtk_button_set_label (GTK_BUTTON (self->dead_button), label);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (self->dead_button), "s", node->name);
    }
}

/* ---- What is done ---------------------------------------------------------------------------- */

static void
node_activated_cb (SbRoutesPage *self, const char *id)
{
  const SbGraph *graph = sb_graph_view_get_graph (self->graph_view);
  int position = sb_graph_find (graph, id);
  const SbNode *node = position >= 0 ? sb_graph_node (graph, (guint) position) : NULL;

  if (node == NULL)
    return;
  if (node->kind == SB_NODE_RULE)
    {
      g_autofree char *name = sb_node_dup_rule_name (node);

      gtk_widget_activate_action (GTK_WIDGET (self), "win.edit-rule", "s", name);
    }
  else if (node->kind == SB_NODE_CONNECTOR && node->counts.dead > 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-dead-letters", "s", node->name);
  else if (node->kind == SB_NODE_CONNECTOR)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-connector", "s", node->name);
  else if (node->kind == SB_NODE_SOURCE)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-source", "s", node->name);
}

/* ---- A target is added by dragging ----------------------------------------------------------- */

/* "target-3" when the rule has two, unless there is one of the name. */
static char *
free_target_id (JsonArray *targets)
{
  for (guint n = targets != NULL ? json_array_get_length (targets) + 1 : 1;; n++)
    {
      g_autofree char *id = g_strdup_printf ("target-%u", n);
      gboolean taken = FALSE;

      for (guint i = 0; targets != NULL && i < json_array_get_length (targets); i++)
        {
          JsonNode *target = json_array_get_element (targets, i);

          taken |= JSON_NODE_HOLDS_OBJECT (target) &&
                   g_str_equal (json_object_get_string_member_with_default (
                                    json_node_get_object (target), "Id", ""),
                                id);
        }
      if (!taken)
        return g_steal_pointer (&id);
    }
}

static void
add_target (SbRoutesPage *self)
{
  JsonNode *root = sb_document_get_root (self->linking);
  JsonNode *node = root != NULL ? sb_json_pointer_get (root, "/Targets") : NULL;
  JsonArray *targets = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                    : NULL;
  g_autofree char *id = free_target_id (targets);
  g_autoptr (JsonNode) value = json_node_new (targets != NULL ? JSON_NODE_OBJECT : JSON_NODE_ARRAY);
  JsonObject *target = json_object_new ();

  json_object_set_string_member (target, "Id", id);
  json_object_set_string_member (target, "Arn", self->linked);
  if (targets != NULL)
    json_node_take_object (value, target);
  else
    {
      json_node_take_array (value, json_array_new ());
      json_array_add_object_element (json_node_get_array (value), target);
    }
  g_clear_pointer (&self->linked, g_free);
  sb_document_set_value (self->linking, targets != NULL ? "/Targets/-" : "/Targets", value);
  sb_document_save (self->linking);
}

static void
linking_cb (SbRoutesPage *self, SbDocument *document)
{
  if (document != self->linking)
    return;
  if (sb_document_get_state (document) == SB_DOCUMENT_READY && self->linked != NULL)
    add_target (self);
  else if (sb_document_get_state (document) == SB_DOCUMENT_FAILED && self->linked != NULL)
    {
      g_clear_pointer (&self->linked, g_free);
      sb_page_toast (SB_PAGE (self), sb_document_get_error (document));
    }
  else if (sb_document_get_state (document) == SB_DOCUMENT_READY &&
           sb_document_get_diagnostics (document)->len > 0 && !sb_document_may_undo (document))
    {
      const SbDiagnostic *first = sb_document_get_diagnostics (document)->pdata[0];

      sb_page_toast (SB_PAGE (self), first->message);
    }
}

static void
link_saved_cb (SbRoutesPage *self)
{
  sb_router_poke (sb_page_get_router (SB_PAGE (self)));
  sb_page_offer_undo (SB_PAGE (self), _ ("The rule has another target"));
}

static void
link_undone_cb (SbRoutesPage *self)
{
  sb_router_poke (sb_page_get_router (SB_PAGE (self)));
  sb_page_toast (SB_PAGE (self), _ ("The target is taken back"));
}

static void
link_failed_cb (SbRoutesPage *self, const char *message)
{
  sb_page_toast (SB_PAGE (self), message);
}

static void
linked_cb (SbRoutesPage *self, const char *rule, const char *connector)
{
  const SbGraph *graph = sb_graph_view_get_graph (self->graph_view);
  int from = sb_graph_find (graph, rule), to = sb_graph_find (graph, connector);
  g_autofree char *path = NULL;

  if (from < 0 || to < 0 || self->linked != NULL)
    return;
  if (sb_graph_find_edge (graph, (guint) from, (guint) to) >= 0)
    {
      sb_page_toast (SB_PAGE (self), _ ("The rule has this target already"));
      return;
    }
  path = g_strconcat (rule, ".json", NULL);
  g_clear_object (&self->linking);
  self->linking = sb_document_new (sb_router_get_client (sb_page_get_router (SB_PAGE (self))), path,
                                   0);
  self->linked = g_strdup (sb_graph_node (graph, (guint) to)->name);
  g_signal_connect_object (self->linking, "changed", G_CALLBACK (linking_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->linking, "saved", G_CALLBACK (link_saved_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->linking, "undone", G_CALLBACK (link_undone_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->linking, "failed", G_CALLBACK (link_failed_cb), self,
                           G_CONNECT_SWAPPED);
  sb_document_load (self->linking, NULL);
}

static void
sb_routes_page_undo (SbPage *page)
{
  if (SB_ROUTES_PAGE (page)->linking != NULL)
    sb_document_undo (SB_ROUTES_PAGE (page)->linking);
}

static void
update_later_cb (gpointer user_data)
{
  SbRoutesPage *self = user_data;

  self->update_id = 0;
  update_stack (self);
}

/* The squeezer chooses while it is allocated, when nothing may change its size. */
static void
view_changed_cb (SbRoutesPage *self)
{
  if (self->update_id == 0)
    self->update_id = g_idle_add_once (update_later_cb, self);
}

static void
copy_hint_cb (SbRoutesPage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_text (GTK_LABEL (self->hint)));
  sb_page_toast (SB_PAGE (self), _ ("Command copied"));
}

/* ---- Fetching -------------------------------------------------------------------------------- */

static void fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
sb_routes_page_refresh (SbPage *page)
{
  SbRoutesPage *self = SB_ROUTES_PAGE (page);

  self->fetch_again = self->fetching;
  if (self->fetching)
    return;
  self->fetching = TRUE;
  sb_client_get_routes_async (sb_router_get_client (sb_page_get_router (page)),
                              sb_page_get_cancellable (page), fetched_cb, self);
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) routes = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbRoutesPage *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = SB_ROUTES_PAGE (user_data);
  self->fetching = FALSE;
  if (routes != NULL)
    {
      SbGraph *graph = sb_graph_new (routes);

      sb_routes_list_set_graph (self->routes_list, graph);
      update_subtitle (self, graph);
      update_hint (self, graph);
      sb_graph_view_set_graph (self->graph_view, graph);
      update_stack (self);
    }
  if (self->fetch_again)
    sb_routes_page_refresh (SB_PAGE (self));
}

static void
sb_routes_page_dispose (GObject *object)
{
  SbRoutesPage *self = SB_ROUTES_PAGE (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  g_clear_object (&self->settings);
  g_clear_object (&self->linking);
  g_clear_pointer (&self->linked, g_free);

  G_OBJECT_CLASS (sb_routes_page_parent_class)->dispose (object);
}

static void
sb_routes_page_class_init (SbRoutesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_routes_page_dispose;
  SB_PAGE_CLASS (klass)->refresh = sb_routes_page_refresh;
  SB_PAGE_CLASS (klass)->undo = sb_routes_page_undo;

  g_type_ensure (SB_TYPE_GRAPH_VIEW);
  g_type_ensure (SB_TYPE_ROUTES_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-routes-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, view_switch);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, graph_button);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, list_button);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, squeezer);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, graph_page);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, graph_window);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, graph_view);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, routes_list);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, hint_revealer);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, hint);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, strip_revealer);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, strip_title);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, strip_subtitle);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, dead_button);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, edit_button);
  gtk_widget_class_bind_template_callback (widget_class, view_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, current_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, node_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_hint_cb);
  gtk_widget_class_bind_template_callback (widget_class, linked_cb);
}

static void
sb_routes_page_init (SbRoutesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new ("org.signalbox.Signalbox");
  g_settings_bind (self->settings, "routes-as-lists", self->list_button, "active",
                   G_SETTINGS_BIND_DEFAULT);
}

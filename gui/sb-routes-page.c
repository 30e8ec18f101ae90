#include "config.h"

#include "sb-routes-page.h"

#include <glib/gi18n.h>

#include "sb-document.h"
#include "sb-graph-fold.h"
#include "sb-graph-view.h"
#include "sb-json-edit.h"
#include "sb-pending.h"
#include "sb-routes-list.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

#define DRAWN_ABOVE 600 /* pixels of width; the drawing takes 640 */
#define MANY 30         /* rows that are looked through with an entry */

/* The squeezer shows the drawing while it fits and is wanted, else the lists.
 *
 * `routes` is the router's last answer.  What is shown is made of it anew whenever something about
 * it changes: with what is pending or an event's way, filtered, folded. */
struct _SbRoutesPage
{
  SbPage parent_instance;

  GSettings *settings;
  gboolean fetching;
  gboolean fetch_again;
  guint update_id;
  guint allocated_id;
  SbDocument *linking; /* a rule that gets another target, or got it last */
  char *linked;        /* that target's connector */

  JsonObject *routes;
  GHashTable *unfolded; /* set of ids of groups */
  SbPending *pending;
  char *event;          /* whose way is shown, or NULL */
  JsonObject *journey;  /* of that event, once it is known */
  GCancellable *asking; /* for it */

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
  GtkWidget *fold_button;
  GtkWidget *search_button;
  GtkWidget *search_bar;
  GtkWidget *search_entry;
  GtkWidget *overlay_choice;
  GtkWidget *event_revealer;
  GtkWidget *event_label;
  GtkWidget *legend;
};

G_DEFINE_FINAL_TYPE (SbRoutesPage, sb_routes_page, SB_TYPE_PAGE)

/* ---- What is shown --------------------------------------------------------------------------- */

static gboolean
is_filtered (SbRoutesPage *self)
{
  return *gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) != '\0';
}

/* Rows are made only when they are seen: there may be hundreds. */
static void
update_list (SbRoutesPage *self)
{
  const SbGraph *graph = sb_graph_view_get_graph (self->graph_view);

  if (graph != NULL && adw_squeezer_get_visible_child (ADW_SQUEEZER (self->squeezer)) ==
                           GTK_WIDGET (self->routes_list))
    sb_routes_list_set_graph (self->routes_list, graph);
}

static void update_stack (SbRoutesPage *self);

static gboolean
allocated_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  if (gtk_widget_get_width (widget) == 0)
    return G_SOURCE_CONTINUE;
  SB_ROUTES_PAGE (widget)->allocated_id = 0;
  update_stack (SB_ROUTES_PAGE (widget));
  return G_SOURCE_REMOVE;
}

static void
update_stack (SbRoutesPage *self)
{
  const SbGraph *graph = sb_graph_view_get_graph (self->graph_view);
  gboolean list = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->list_button));
  /* Before the squeezer was seen it has not chosen yet. */
  gboolean drawn = adw_squeezer_get_visible_child (ADW_SQUEEZER (self->squeezer)) ==
                       self->graph_window &&
                   gtk_widget_get_width (GTK_WIDGET (self)) > DRAWN_ABOVE;
  const char *name = "routes";

  if (graph == NULL)
    name = "loading";
  else if (graph->nodes->len == 0 && is_filtered (self))
    name = "nothing-found";
  else if (sb_graph_count (graph, SB_NODE_RULE) + sb_graph_count (graph, SB_NODE_SOURCE) +
               sb_graph_count (graph, SB_NODE_CONNECTOR) ==
           0)
    name = "empty";
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), name);
  adw_squeezer_page_set_enabled (self->graph_page, !list);
  /* Where the drawing would not fit there is nothing to choose. */
  gtk_widget_set_visible (self->view_switch, g_str_equal (name, "routes") && (drawn || list));
  gtk_widget_set_visible (self->overlay_choice, drawn && !list);
  if (gtk_widget_get_width (GTK_WIDGET (self)) == 0 && self->allocated_id == 0)
    self->allocated_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), allocated_cb, NULL, NULL);
  /* A narrow header bar has no room for the button; where there is much to look through, the entry
   * is there by itself. */
  gtk_widget_set_visible (self->search_button, drawn || list);
  if (!drawn && !list && graph != NULL && graph->nodes->len > MANY)
    gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (self->search_bar), TRUE);
  gtk_widget_set_visible (self->legend, drawn && !list && g_str_equal (name, "routes"));
  update_list (self);
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
  gboolean rule = node != NULL && node->kind == SB_NODE_RULE && node->n_members == 0;
  gboolean dead = node != NULL && node->n_members == 0 && node->kind == SB_NODE_CONNECTOR &&
                  node->counts.dead > 0;

  gtk_revealer_set_reveal_child (GTK_REVEALER (self->strip_revealer), node != NULL);
  if (node != NULL)
    {
      g_autofree char *words = sb_node_dup_words (node);
      g_autofree char *visible = sb_text_visible (words, -1, SB_TEXT_LINE);
      g_autofree char *subtitle = sb_widget_dup_about (node);

      gtk_label_set_text (GTK_LABEL (self->strip_title), visible);
      gtk_label_set_text (GTK_LABEL (self->strip_subtitle), subtitle);
      gtk_widget_set_visible (self->strip_subtitle, *subtitle != '\0' && node->n_members == 0);
    }

  gtk_widget_set_visible (self->fold_button, node != NULL && node->n_members > 0);
  if (node != NULL && node->n_members > 0)
    gtk_button_set_label (GTK_BUTTON (self->fold_button),
                          node->unfolded ? _ ("Fold") : _ ("Unfold"));
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

/* ---- What is laid over, looked for and folded -------------------------------------------------
 */

static SbOverlay
get_overlay (SbRoutesPage *self)
{
  if (self->event != NULL)
    return SB_OVERLAY_EVENT;
  return (SbOverlay) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->overlay_choice));
}

static SbGraph *
new_full_graph (SbRoutesPage *self)
{
  GHashTable *files = self->pending != NULL ? sb_pending_get_files (self->pending) : NULL;
  SbGraph *graph = get_overlay (self) == SB_OVERLAY_CHANGES && files != NULL
                       ? sb_graph_new_pending (self->routes, files)
                       : sb_graph_new (self->routes);

  if (self->event != NULL && self->journey != NULL)
    sb_graph_visit (graph, self->journey);
  return graph;
}

static const char *
legend_of (SbRoutesPage *self)
{
  GHashTable *files = self->pending != NULL ? sb_pending_get_files (self->pending) : NULL;

  if (get_overlay (self) == SB_OVERLAY_CHANGES && files != NULL && g_hash_table_size (files) == 0)
    return _ ("Nothing is pending: what the files say is in force");
  return sb_overlay_words (get_overlay (self));
}

static void
show (SbRoutesPage *self)
{
  g_autoptr (SbGraph) full = NULL;

  gtk_label_set_text (GTK_LABEL (self->legend), legend_of (self));
  if (self->routes == NULL)
    return;
  full = new_full_graph (self);
  update_subtitle (self, full);
  update_hint (self, full);
  sb_graph_view_set_overlay (self->graph_view, get_overlay (self));
  sb_graph_view_set_graph (self->graph_view,
                           sb_graph_fold (full,
                                          gtk_editable_get_text (GTK_EDITABLE (self->search_entry)),
                                          self->unfolded));
  update_stack (self);
}

static void
overlay_cb (SbRoutesPage *self)
{
  if (get_overlay (self) == SB_OVERLAY_CHANGES && self->pending != NULL)
    sb_pending_refresh (self->pending);
  show (self);
}

static void
toggle_group (SbRoutesPage *self, const char *id)
{
  g_autofree const char **ids = NULL;

  if (!g_hash_table_remove (self->unfolded, id))
    g_hash_table_add (self->unfolded, g_strdup (id));
  ids = (const char **) g_hash_table_get_keys_as_array (self->unfolded, NULL);
  g_settings_set_strv (self->settings, "routes-unfolded", ids);
  show (self);
}

static void
fold_cb (SbRoutesPage *self)
{
  const SbNode *node = sb_graph_view_get_current (self->graph_view);
  g_autofree char *id = node != NULL && node->n_members > 0 ? g_strdup (node->id) : NULL;

  if (id != NULL)
    toggle_group (self, id);
}

static void
sb_routes_page_search (SbPage *page)
{
  SbRoutesPage *self = SB_ROUTES_PAGE (page);

  gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (self->search_bar), TRUE);
  gtk_widget_grab_focus (self->search_entry);
}

/* Files are edited on disk without a word, and times go by. */
static void
sb_routes_page_beat (SbPage *page)
{
  SbRoutesPage *self = SB_ROUTES_PAGE (page);

  if (get_overlay (self) == SB_OVERLAY_CHANGES && self->pending != NULL &&
      sb_router_get_state (sb_page_get_router (page)) == SB_ROUTER_CONNECTED)
    sb_pending_refresh (self->pending);
}

/* ---- The way of an event --------------------------------------------------------------------- */

static void
journey_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) journey = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbRoutesPage *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_ROUTES_PAGE (user_data);
  g_clear_object (&self->asking);
  if (journey == NULL)
    {
      sb_page_toast (SB_PAGE (self), error->message);
      return;
    }
  g_clear_pointer (&self->journey, json_object_unref);
  self->journey = g_steal_pointer (&journey);
  show (self);
}

static void
ask_for_journey (SbRoutesPage *self)
{
  if (self->event == NULL || self->asking != NULL)
    return;
  self->asking = g_cancellable_new ();
  sb_client_get_event_async (sb_router_get_client (sb_page_get_router (SB_PAGE (self))),
                             self->event, self->asking, journey_cb, self);
}

static void
forget_event (SbRoutesPage *self)
{
  if (self->asking != NULL)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_pointer (&self->event, g_free);
  g_clear_pointer (&self->journey, json_object_unref);
}

static void
close_event_cb (SbRoutesPage *self)
{
  forget_event (self);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->event_revealer), FALSE);
  gtk_widget_set_sensitive (self->overlay_choice, TRUE);
  show (self);
}

void
sb_routes_page_show_event (SbRoutesPage *self, const char *event, const char *title)
{
  g_autofree char *visible = sb_text_visible (title, -1, SB_TEXT_LINE);
  g_autofree char *label = NULL;

  g_return_if_fail (SB_IS_ROUTES_PAGE (self));

  forget_event (self);
  self->event = g_strdup (event);
  /* Translators: the type of an event: "The way of order.created" */
  label = g_strdup_printf (_ ("The way of %s"), visible);
  gtk_label_set_text (GTK_LABEL (self->event_label), label);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->event_revealer), TRUE);
  /* The way is laid over instead. */
  gtk_widget_set_sensitive (self->overlay_choice, FALSE);
  /* A rest of a filter could hide it. */
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  sb_graph_view_set_current (self->graph_view, NULL);
  show (self);
  ask_for_journey (self);
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
  if (node->n_members > 0)
    {
      g_autofree char *group = g_strdup (id);

      toggle_group (self, group);
    }
  else if (node->kind == SB_NODE_RULE)
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
      g_clear_pointer (&self->routes, json_object_unref);
      self->routes = json_object_ref (routes);
      show (self);
      ask_for_journey (self);
    }
  if (self->fetch_again)
    sb_routes_page_refresh (SB_PAGE (self));
}

static void
sb_routes_page_connected (SbPage *page)
{
  SbRoutesPage *self = SB_ROUTES_PAGE (page);

  self->pending = sb_pending_new (sb_router_get_client (sb_page_get_router (page)));
  g_signal_connect_object (self->pending, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  if (get_overlay (self) == SB_OVERLAY_CHANGES)
    sb_pending_refresh (self->pending);
}

static void
sb_routes_page_dispose (GObject *object)
{
  SbRoutesPage *self = SB_ROUTES_PAGE (object);

  if (self->allocated_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->allocated_id);
  self->allocated_id = 0;
  forget_event (self);
  g_clear_object (&self->pending);
  g_clear_pointer (&self->routes, json_object_unref);
  g_clear_pointer (&self->unfolded, g_hash_table_unref);
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
  SB_PAGE_CLASS (klass)->connected = sb_routes_page_connected;
  SB_PAGE_CLASS (klass)->beat = sb_routes_page_beat;
  SB_PAGE_CLASS (klass)->search = sb_routes_page_search;

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
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, fold_button);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, search_button);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, overlay_choice);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, event_revealer);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, event_label);
  gtk_widget_class_bind_template_child (widget_class, SbRoutesPage, legend);
  gtk_widget_class_bind_template_callback (widget_class, show);
  gtk_widget_class_bind_template_callback (widget_class, overlay_cb);
  gtk_widget_class_bind_template_callback (widget_class, fold_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_event_cb);
  gtk_widget_class_bind_template_callback (widget_class, view_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, current_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, node_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_hint_cb);
  gtk_widget_class_bind_template_callback (widget_class, linked_cb);
}

static void
sb_routes_page_init (SbRoutesPage *self)
{
  g_auto (GStrv) unfolded = NULL;

  self->settings = g_settings_new ("org.signalbox.Signalbox");
  self->unfolded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  unfolded = g_settings_get_strv (self->settings, "routes-unfolded");
  for (char **id = unfolded; *id != NULL; id++)
    g_hash_table_add (self->unfolded, g_strdup (*id));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (GTK_SEARCH_BAR (self->search_bar),
                                GTK_EDITABLE (self->search_entry));
  g_settings_bind (self->settings, "routes-overlay", self->overlay_choice, "selected",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "routes-as-lists", self->list_button, "active",
                   G_SETTINGS_BIND_DEFAULT);
}

#include "config.h"

#include "sb-dead-letters-page.h"

#include <glib/gi18n.h>

#include "sb-delivery-detail.h"
#include "sb-delivery-row.h"
#include "sb-graph.h"
#include "sb-words.h"

#define QUERY "state=dead&order=newest"

/* One operation is under way at most; until its answer the actions are insensitive.  The rows leave
 * by themselves: what was replayed is not dead any more, and the poke makes the list ask. */
struct _SbDeadLettersPage
{
  SbListPage parent_instance;

  char *connector; /* NULL: all */
  gboolean chosen; /* by a query: how many all of them are is not known */
  gint64 n_of_connector;
  gint64 asked_us; /* the router's time when the operator was asked about all */
  gboolean operating;
  SbOperation operation; /* under way */

  GtkWidget *filter_revealer;
  GtkWidget *filter_label;
  GtkWidget *replay_all_bar;
  GtkWidget *replay_all_button;
  GtkWidget *detail_stack;
  SbDeliveryDetail *detail;
  GtkWidget *several_page;
  GtkWidget *replay_several_button;
  GtkWidget *discard_several_button;
};

G_DEFINE_FINAL_TYPE (SbDeadLettersPage, sb_dead_letters_page, SB_TYPE_LIST_PAGE)

static gint64
count_all (SbDeadLettersPage *self)
{
  const SbStatus *status = sb_router_get_status (sb_page_get_router (SB_PAGE (self)));

  if (self->chosen)
    return 0;
  if (self->connector != NULL)
    return self->n_of_connector;
  return status != NULL ? status->dead : 0;
}

static void
update_actions (SbDeadLettersPage *self)
{
  g_autoptr (GPtrArray) items = sb_list_page_dup_selected (SB_LIST_PAGE (self));
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  gboolean able = !self->operating && sb_router_get_state (router) == SB_ROUTER_CONNECTED;
  gint64 n_all = count_all (self);
  g_autofree char *n = sb_words_count (n_all);
  g_autofree char *label = g_strdup_printf (
      ngettext ("Replay All %s", "Replay All %s", (gulong) n_all), n);
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_button_set_label (GTK_BUTTON (self->replay_all_button), label);
  gtk_widget_set_visible (self->replay_all_bar, !self->chosen);
  gtk_widget_action_set_enabled (widget, "deliveries.replay", able && items->len > 0);
  gtk_widget_action_set_enabled (widget, "deliveries.discard", able && items->len > 0);
  gtk_widget_action_set_enabled (widget, "deliveries.replay-all", able && n_all > 0);
}

/* ---- Operating ------------------------------------------------------------------------------- */

static char *
result_words (SbOperation operation, gulong applied, gulong skipped)
{
  g_autofree char *done = NULL;
  g_autofree char *rest = NULL;

  if (operation == SB_OPERATION_REPLAY)
    done = g_strdup_printf (
        ngettext ("%'lu dead letter replayed", "%'lu dead letters replayed", applied), applied);
  else
    done = g_strdup_printf (
        ngettext ("%'lu dead letter discarded", "%'lu dead letters discarded", applied), applied);
  if (skipped == 0)
    return g_steal_pointer (&done);
  rest = g_strdup_printf (
      ngettext ("%'lu was not dead any more", "%'lu were not dead any more", skipped), skipped);
  return g_strjoin (_ (", "), done, rest, NULL);
}

static void
operated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  SbDeadLettersPage *self;
  gint64 applied = 0, skipped = 0;
  gboolean ok = sb_client_operate_finish (SB_CLIENT (source), result, &applied, &skipped, &error);
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = SB_DEAD_LETTERS_PAGE (user_data);
  self->operating = FALSE;
  words = ok ? result_words (self->operation, (gulong) applied, (gulong) skipped)
             : g_strdup (error->message);
  sb_page_toast (SB_PAGE (self), words);
  update_actions (self);
  sb_router_poke (sb_page_get_router (SB_PAGE (self)));
  sb_page_refresh (SB_PAGE (self));
}

static void
operate (SbDeadLettersPage *self, SbOperation operation, const SbDeadLetters *which)
{
  SbClient *client = sb_router_get_client (sb_page_get_router (SB_PAGE (self)));

  self->operating = TRUE;
  self->operation = operation;
  update_actions (self);
  sb_client_operate_async (client, operation, which, sb_page_get_cancellable (SB_PAGE (self)),
                           operated_cb, self);
}

static void
operate_selected (SbDeadLettersPage *self, SbOperation operation)
{
  g_autoptr (GPtrArray) items = sb_list_page_dup_selected (SB_LIST_PAGE (self));
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (ids, (gpointer) sb_item_get_id (g_ptr_array_index (items, i)));
  if (ids->len == 0)
    return;
  g_ptr_array_add (ids, NULL);
  operate (self, operation, &(SbDeadLetters){ .ids = (const char *const *) ids->pdata });
}

/* ---- Asking first ---------------------------------------------------------------------------- */

static AdwMessageDialog *
new_question (SbDeadLettersPage *self,
              const char *heading,
              const char *body,
              const char *response,
              const char *label,
              AdwResponseAppearance appearance)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                              heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel",
                                    _ ("_Cancel"), response, label, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), response, appearance);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  return ADW_MESSAGE_DIALOG (dialog);
}

static void
discard_cb (SbDeadLettersPage *self)
{
  operate_selected (self, SB_OPERATION_DISCARD);
}

static void
replay_all_cb (SbDeadLettersPage *self)
{
  /* What died since was not in the number that was agreed to. */
  operate (self, SB_OPERATION_REPLAY,
           &(SbDeadLetters){ .connector = self->connector, .to_us = self->asked_us });
}

static void
replay_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  operate_selected (SB_DEAD_LETTERS_PAGE (widget), SB_OPERATION_REPLAY);
}

static void
discard_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadLettersPage *self = SB_DEAD_LETTERS_PAGE (widget);
  g_autoptr (GPtrArray) items = sb_list_page_dup_selected (SB_LIST_PAGE (self));
  gulong n = items->len;
  g_autofree char *heading = g_strdup_printf (
      ngettext ("Discard %'lu Dead Letter?", "Discard %'lu Dead Letters?", n), n);
  g_autofree char *label = g_strdup_printf (ngettext ("_Discard %'lu", "_Discard %'lu", n), n);
  AdwMessageDialog *dialog = new_question (
      self, heading,
      _ ("Nobody will be sent what they hold. The router keeps a record of it."), "discard", label,
         ADW_RESPONSE_DESTRUCTIVE);

  g_signal_connect_object (dialog, "response::discard", G_CALLBACK (discard_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
replay_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadLettersPage *self = SB_DEAD_LETTERS_PAGE (widget);
  const SbStatus *status = sb_router_get_status (sb_page_get_router (SB_PAGE (self)));
  gulong n = (gulong) count_all (self);
  g_autofree char *heading = g_strdup_printf (
      ngettext ("Replay %'lu Dead Letter?", "Replay %'lu Dead Letters?", n), n);
  g_autofree char *label = g_strdup_printf (ngettext ("_Replay %'lu", "_Replay %'lu", n), n);
  AdwMessageDialog *dialog = new_question (
      self, heading,
      _ ("Each is sent to its target again, by the rules as they are now. "
         "What was sent cannot be taken back."),
         "replay", label, ADW_RESPONSE_SUGGESTED);

  self->asked_us = status != NULL ? status->now_us : 0;
  g_signal_connect_object (dialog, "response::replay", G_CALLBACK (replay_all_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
show_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_dead_letters_page_set_connector (SB_DEAD_LETTERS_PAGE (widget), NULL);
}

/* ---- The list -------------------------------------------------------------------------------- */

static GtkWidget *
sb_dead_letters_page_new_row (SbListPage *page)
{
  return sb_delivery_row_new ();
}

static void
sb_dead_letters_page_set_row_item (GtkWidget *row, gpointer item)
{
  sb_delivery_row_set_delivery (SB_DELIVERY_ROW (row), item);
}

static void
sb_dead_letters_page_beat_row (GtkWidget *row, gint64 now_us)
{
  sb_delivery_row_beat (SB_DELIVERY_ROW (row), now_us);
}

static void
show_several (SbDeadLettersPage *self, gulong n)
{
  g_autofree char *title = g_strdup_printf (
      ngettext ("%'lu Dead Letter Selected", "%'lu Dead Letters Selected", n), n);
  g_autofree char *replay = g_strdup_printf (ngettext ("Replay %'lu", "Replay %'lu", n), n);
  g_autofree char *discard = g_strdup_printf (ngettext ("Discard %'lu", "Discard %'lu", n), n);

  adw_status_page_set_title (ADW_STATUS_PAGE (self->several_page), title);
  gtk_button_set_label (GTK_BUTTON (self->replay_several_button), replay);
  gtk_button_set_label (GTK_BUTTON (self->discard_several_button), discard);
  gtk_stack_set_visible_child (GTK_STACK (self->detail_stack), self->several_page);
}

static void
sb_dead_letters_page_selected (SbListPage *page, GPtrArray *items)
{
  SbDeadLettersPage *self = SB_DEAD_LETTERS_PAGE (page);

  if (items->len > 1)
    show_several (self, items->len);
  else
    gtk_stack_set_visible_child (GTK_STACK (self->detail_stack), GTK_WIDGET (self->detail));
  sb_delivery_detail_show (self->detail, sb_page_get_router (SB_PAGE (self)),
                           items->len == 1 ? g_ptr_array_index (items, 0) : NULL);
  update_actions (self);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JsonObject) routes = sb_client_get_finish (SB_CLIENT (source), result, NULL);
  g_autoptr (SbGraph) graph = NULL;
  g_autofree char *id = NULL;
  SbDeadLettersPage *self;
  int node;

  /* Cancelled, or the router is away and the next refresh asks again. */
  if (routes == NULL)
    return;

  self = SB_DEAD_LETTERS_PAGE (user_data);
  if (self->connector == NULL)
    return;
  graph = sb_graph_new (routes);
  id = g_strconcat ("connector/", self->connector, NULL);
  node = sb_graph_find (graph, id);
  self->n_of_connector = node >= 0 ? sb_graph_node (graph, (guint) node)->counts.dead : 0;
  update_actions (self);
}

static void
sb_dead_letters_page_refresh (SbPage *page)
{
  SbDeadLettersPage *self = SB_DEAD_LETTERS_PAGE (page);

  SB_PAGE_CLASS (sb_dead_letters_page_parent_class)->refresh (page);
  if (self->connector != NULL)
    sb_client_get_routes_async (sb_router_get_client (sb_page_get_router (page)),
                                sb_page_get_cancellable (SB_PAGE (self)), counted_cb, self);
}

static void
sb_dead_letters_page_beat (SbPage *page)
{
  SbDeadLettersPage *self = SB_DEAD_LETTERS_PAGE (page);
  const SbStatus *status = sb_router_get_status (sb_page_get_router (page));
  gulong n = status != NULL ? (gulong) status->dead : 0;
  g_autofree char *subtitle = g_strdup_printf (
      ngettext ("%'lu delivery gave up", "%'lu deliveries gave up", n), n);

  sb_page_set_subtitle (page, n > 0 ? subtitle : "");
  SB_PAGE_CLASS (sb_dead_letters_page_parent_class)->beat (page);
  sb_delivery_detail_beat (self->detail);
  update_actions (self);
}

static gboolean
sb_dead_letters_page_back (SbPage *page)
{
  if (!SB_PAGE_CLASS (sb_dead_letters_page_parent_class)->back (page))
    gtk_widget_activate_action (GTK_WIDGET (page), "win.show-section", "s", "dead-groups");
  return TRUE;
}

static void
sb_dead_letters_page_finalize (GObject *object)
{
  SbDeadLettersPage *self = SB_DEAD_LETTERS_PAGE (object);

  g_clear_pointer (&self->connector, g_free);

  G_OBJECT_CLASS (sb_dead_letters_page_parent_class)->finalize (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "deliveries.replay", NULL, replay_action);
  gtk_widget_class_install_action (widget_class, "deliveries.discard", NULL, discard_action);
  gtk_widget_class_install_action (widget_class, "deliveries.replay-all", NULL, replay_all_action);
  gtk_widget_class_install_action (widget_class, "deliveries.show-all", NULL, show_all_action);
}

static void
sb_dead_letters_page_class_init (SbDeadLettersPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbPageClass *page_class = SB_PAGE_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  object_class->finalize = sb_dead_letters_page_finalize;
  page_class->refresh = sb_dead_letters_page_refresh;
  page_class->beat = sb_dead_letters_page_beat;
  page_class->back = sb_dead_letters_page_back;
  list_page_class->is_inner = TRUE;
  list_page_class->query = QUERY;
  list_page_class->multiple = TRUE;
  list_page_class->get_item_type = sb_delivery_get_type;
  list_page_class->new_row = sb_dead_letters_page_new_row;
  list_page_class->set_row_item = sb_dead_letters_page_set_row_item;
  list_page_class->beat_row = sb_dead_letters_page_beat_row;
  list_page_class->selected = sb_dead_letters_page_selected;

  g_type_ensure (SB_TYPE_DELIVERY_DETAIL);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/signalbox/Signalbox/ui/sb-dead-letters-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbDeadLettersPage, filter_revealer);
  gtk_widget_class_bind_template_child (widget_class, SbDeadLettersPage, filter_label);
  gtk_widget_class_bind_template_child (widget_class, SbDeadLettersPage, replay_all_bar);
  gtk_widget_class_bind_template_child (widget_class, SbDeadLettersPage, replay_all_button);
  gtk_widget_class_bind_template_child (widget_class, SbDeadLettersPage, detail_stack);
  gtk_widget_class_bind_template_child (widget_class, SbDeadLettersPage, detail);
  gtk_widget_class_bind_template_child (widget_class, SbDeadLettersPage, several_page);
  gtk_widget_class_bind_template_child (widget_class, SbDeadLettersPage, replay_several_button);
  gtk_widget_class_bind_template_child (widget_class, SbDeadLettersPage, discard_several_button);
  install_actions (widget_class);
}

static void
sb_dead_letters_page_init (SbDeadLettersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_r, "deliveries.replay");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_Delete, "deliveries.discard");
  sb_list_page_set_empty (
      SB_LIST_PAGE (self), "emblem-ok-symbolic",
      _ ("No Dead Letters"),
         _ ("A delivery that gives up is kept here until somebody replays or discards it."));
}

static void
show_only (SbDeadLettersPage *self, const char *query, const char *label)
{
  g_autofree char *whole = query != NULL ? g_strconcat (QUERY "&", query, NULL) : g_strdup (QUERY);

  gtk_label_set_label (GTK_LABEL (self->filter_label), label != NULL ? label : "");
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->filter_revealer), query != NULL);
  sb_list_page_set_query (SB_LIST_PAGE (self), whole);
  update_actions (self);
}

void
sb_dead_letters_page_set_connector (SbDeadLettersPage *self, const char *connector)
{
  g_autofree char *escaped = NULL;
  g_autofree char *query = NULL;
  g_autofree char *label = NULL;

  g_return_if_fail (SB_IS_DEAD_LETTERS_PAGE (self));

  if (connector != NULL && *connector == '\0')
    connector = NULL;
  if (g_strcmp0 (self->connector, connector) == 0 && !self->chosen)
    return;

  g_free (self->connector);
  self->connector = g_strdup (connector);
  self->chosen = FALSE;
  self->n_of_connector = 0;
  if (connector != NULL)
    {
      escaped = g_uri_escape_string (connector, NULL, FALSE);
      query = g_strconcat ("connector=", escaped, NULL);
      label = g_strdup_printf (_ ("Only %s"), connector);
    }
  show_only (self, query, label);
}

void
sb_dead_letters_page_set_query (SbDeadLettersPage *self, const char *query)
{
  g_return_if_fail (SB_IS_DEAD_LETTERS_PAGE (self));

  g_clear_pointer (&self->connector, g_free);
  self->chosen = TRUE;
  show_only (self, query, _ ("Only this group"));
}

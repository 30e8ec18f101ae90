#include "config.h"

#include "sb-connectors-page.h"

#include <glib/gi18n.h>

#include "sb-answer.h"
#include "sb-connector.h"
#include "sb-delivery.h"
#include "sb-item-detail.h"
#include "sb-item-row.h"
#include "sb-json.h"
#include "sb-object-pane.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

#define N_RECENT 5

/* Rates and ages go on by themselves, so the list is asked for at every beat while it is seen. */
struct _SbConnectorsPage
{
  SbListPage parent_instance;

  SbConnector *connector; /* selected, or NULL */
  SbAnswer *recent;       /* its latest deliveries */
  gboolean undo_pause;    /* what undo is about, else the pane's */
  char *tried;            /* the connector that the last test was of */

  SbObjectPane *pane;
  SbItemDetail *detail;
  GtkListBox *tried_list;
  GtkListBox *recent_list;
};

G_DEFINE_FINAL_TYPE (SbConnectorsPage, sb_connectors_page, SB_TYPE_LIST_PAGE)

/* ---- Showing --------------------------------------------------------------------------------- */

static char *
rates_words (SbConnector *connector)
{
  double p95_ms = sb_connector_get_p95_ms (connector);
  g_autofree char *p95 = p95_ms >= 0 ? sb_words_duration ((gint64) (p95_ms * 1000))
                                     : g_strdup ("–");

  /* Translators: "12.0/s delivered, 0.1/s failed, p95 30 ms" */
  return g_strdup_printf (_ ("%.1f/s delivered, %.1f/s failed, p95 %s"),
                             sb_connector_get_delivered_per_s (connector),
                             sb_connector_get_failed_per_s (connector), p95);
}

static void
add_time (SbConnectorsPage *self, const char *title, gint64 at_us, gint64 now_us)
{
  g_autofree char *ago = at_us >= 0 ? sb_words_ago (at_us, now_us) : g_strdup (_ ("Never"));

  sb_item_detail_add_fact (self->detail, title, ago);
}

static void
show_facts (SbConnectorsPage *self, gint64 now_us)
{
  SbConnector *connector = self->connector;
  g_autofree char *pending = sb_words_count (sb_connector_get_pending (connector));
  g_autofree char *oldest = sb_words_duration (
      (gint64) (sb_connector_get_oldest_pending_s (connector) * G_USEC_PER_SEC));
  g_autofree char *waits = sb_connector_get_pending (connector) > 0
      /* Translators: "12, the oldest for 3 min" */
      ? g_strdup_printf (_ ("%s, the oldest for %s"), pending, oldest)
      : g_strdup (pending);
  g_autofree char *done = sb_words_count (sb_connector_get_done (connector));
  g_autofree char *dead = sb_words_count (sb_connector_get_dead (connector));

  sb_item_detail_begin_facts (self->detail);
  sb_item_detail_add_fact (self->detail, _ ("Goes to"), sb_connector_get_summary (connector));
  sb_item_detail_add_fact (self->detail, _ ("Pending"), waits);
  sb_item_detail_add_fact (self->detail, _ ("Delivered"), done);
  sb_item_detail_add_fact (self->detail, _ ("Dead Letters"), dead);
  add_time (self, _ ("Last success"), sb_connector_get_last_success_us (connector), now_us);
  add_time (self, _ ("Last failure"), sb_connector_get_last_error_us (connector), now_us);
  sb_item_detail_add_fact (self->detail, _ ("It said"), sb_connector_get_last_error (connector));
  sb_item_detail_end_facts (self->detail);
}

/* The bus that is always there need not have one. */
static gboolean
has_file (SbConnector *connector)
{
  return !g_str_equal (sb_item_get_id (SB_ITEM (connector)), "bus/default");
}

static void
show_group (GtkListBox *list)
{
  GtkWidget *group = gtk_widget_get_ancestor (GTK_WIDGET (list), ADW_TYPE_PREFERENCES_GROUP);

  gtk_widget_set_visible (group, gtk_widget_get_first_child (GTK_WIDGET (list)) != NULL);
}

static GtkWidget *
new_row (const char *title, const char *subtitle, SbDeliveryState state)
{
  g_autofree char *shown = sb_text_visible (title, -1, SB_TEXT_LINE);
  g_autofree char *more = sb_text_visible (subtitle, -1, SB_TEXT_LINE);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", shown, "subtitle", more,
                                            "subtitle-lines", 0, NULL);
  GtkWidget *icon = gtk_image_new ();

  sb_widget_set_state_icon (icon, state);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  return row;
}

static void
recent_cb (SbConnectorsPage *self)
{
  JsonObject *answer = sb_answer_get (self->recent);
  g_autoptr (GPtrArray) objects = sb_json_objects (answer, "deliveries");
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));

  sb_widget_clear_list_box (self->recent_list);
  for (guint i = 0; i < objects->len; i++)
    {
      g_autoptr (SbItem) item = sb_item_new (SB_TYPE_DELIVERY, objects->pdata[i]);
      SbDelivery *delivery = SB_DELIVERY (item);
      g_autofree char *ago = sb_words_ago (sb_delivery_get_changed_us (delivery), now_us);
      g_autofree char *said = sb_delivery_dup_answer (delivery);
      g_autofree char *title = g_strdup_printf ("%s · %s", sb_delivery_get_detail_type (delivery),
                                                sb_delivery_get_source (delivery));
      /* Translators: what became of a delivery, and when: "401 Unauthorized, 3 min ago" */
      g_autofree char *subtitle = *said != '\0' ? g_strdup_printf (_ ("%s, %s"), said, ago)
                                                : g_strdup (ago);

      gtk_list_box_append (self->recent_list,
                           new_row (title, subtitle, sb_delivery_get_state (delivery)));
    }
  show_group (self->recent_list);
}

static void
ask_recent (SbConnectorsPage *self)
{
  g_autofree char *escaped = NULL;
  g_autofree char *query = NULL;

  if (self->connector == NULL)
    return;
  escaped = g_uri_escape_string (sb_item_get_id (SB_ITEM (self->connector)), NULL, FALSE);
  query = g_strdup_printf ("order=newest&limit=%d&connector=%s", N_RECENT, escaped);
  sb_answer_set_question (self->recent, "deliveries", query);
  sb_answer_refresh (self->recent);
}

static void
update (SbConnectorsPage *self)
{
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  gboolean able = self->connector != NULL && sb_router_get_state (router) == SB_ROUTER_CONNECTED;
  SbConnectorState state = able ? sb_connector_get_state (self->connector) : SB_CONNECTOR_OPEN;
  gint64 now_us = sb_router_get_now_us (router);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "connectors.pause",
                                 able && state != SB_CONNECTOR_PAUSED);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "connectors.resume",
                                 able && state != SB_CONNECTOR_OPEN);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "connectors.dead-letters",
                                 able && sb_connector_get_dead (self->connector) > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "connectors.test", able);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "connectors.probe", able);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "connectors.remove",
                                 able && has_file (self->connector));
  if (self->connector != NULL)
    {
      g_autofree char *reason = sb_connector_dup_reason (self->connector, now_us);
      g_autofree char *rates = rates_words (self->connector);

      sb_item_detail_set_title (self->detail, sb_item_get_id (SB_ITEM (self->connector)),
                                sb_connector_get_description (self->connector));
      sb_item_detail_set_state (self->detail, sb_connector_get_state_icon (self->connector),
                                sb_connector_get_state_style (self->connector),
                                sb_connector_get_state_words (self->connector));
      sb_item_detail_set_lines (self->detail, reason, rates);
      show_facts (self, now_us);
    }
}

static void
show_nothing_tried (SbConnectorsPage *self)
{
  sb_widget_clear_list_box (self->tried_list);
  gtk_list_box_append (self->tried_list,
                       g_object_new (ADW_TYPE_ACTION_ROW, "title",
                                     _ ("Not tried yet"), "subtitle",
                                        _ ("Outside of all rules, and without a delivery"), NULL));
}

static void
sb_connectors_page_selected (SbListPage *page, GPtrArray *items)
{
  SbConnectorsPage *self = SB_CONNECTORS_PAGE (page);
  SbConnector *connector = items->len > 0 ? g_ptr_array_index (items, 0) : NULL;

  if (self->connector != NULL)
    g_signal_handlers_disconnect_by_func (self->connector, update, self);
  g_set_object (&self->connector, connector);
  if (connector != NULL)
    {
      g_autofree char *path = g_strconcat (sb_item_get_id (SB_ITEM (connector)), ".json", NULL);

      g_signal_connect_object (connector, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      sb_object_pane_open (self->pane, sb_page_get_router (SB_PAGE (self)), path);
      if (g_strcmp0 (self->tried, sb_item_get_id (SB_ITEM (connector))) != 0)
        show_nothing_tried (self);
      ask_recent (self);
    }
  update (self);
}

static void
sb_connectors_page_connected (SbPage *page)
{
  SbConnectorsPage *self = SB_CONNECTORS_PAGE (page);

  SB_PAGE_CLASS (sb_connectors_page_parent_class)->connected (page);
  self->recent = sb_answer_new (sb_router_get_client (sb_page_get_router (page)), NULL, "");
  g_signal_connect_object (self->recent, "changed", G_CALLBACK (recent_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
sb_connectors_page_refresh (SbPage *page)
{
  SB_PAGE_CLASS (sb_connectors_page_parent_class)->refresh (page);
  sb_object_pane_look_again (SB_CONNECTORS_PAGE (page)->pane);
  ask_recent (SB_CONNECTORS_PAGE (page));
}

static void
fill_row (SbItemRow *row, gpointer item, gint64 now_us)
{
  SbConnector *connector = item;
  gint64 pending = sb_connector_get_pending (connector);
  g_autofree char *count = pending > 0 ? sb_words_short_count (pending) : g_strdup ("");
  g_autofree char *rates = rates_words (connector);
  g_autofree char *reason = sb_connector_dup_reason (connector, now_us);

  sb_item_row_set_icon (row, sb_connector_get_state_icon (connector),
                        sb_connector_get_state_style (connector));
  sb_item_row_set_title (row, sb_item_get_id (SB_ITEM (connector)));
  sb_item_row_set_end (row, count, pending > 0 ? "waiting" : NULL);
  sb_item_row_set_lines (row, sb_connector_get_summary (connector),
                         *reason != '\0' ? reason : rates);
}

static GtkWidget *
sb_connectors_page_new_row (SbListPage *page)
{
  return sb_item_row_new (fill_row);
}

static void
sb_connectors_page_set_row_item (GtkWidget *row, gpointer item)
{
  sb_item_row_set_item (SB_ITEM_ROW (row), item);
}

static void
sb_connectors_page_beat_row (GtkWidget *row, gint64 now_us)
{
  sb_item_row_beat (SB_ITEM_ROW (row), now_us);
}

static void
sb_connectors_page_beat (SbPage *page)
{
  SB_PAGE_CLASS (sb_connectors_page_parent_class)->beat (page);
  if (sb_router_get_state (sb_page_get_router (page)) == SB_ROUTER_CONNECTED)
    sb_paged_list_refresh (sb_list_page_get_list (SB_LIST_PAGE (page)));
  update (SB_CONNECTORS_PAGE (page));
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void
act (SbConnectorsPage *self, const char *verb)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *what = g_strdup_printf ("connectors/%s/%s",
                                           sb_item_get_id (SB_ITEM (self->connector)), verb);

  json_object_set_string_member (body, "actor", g_get_user_name ());
  sb_page_act (SB_PAGE (self), what, body, NULL);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbConnectorsPage *self = SB_CONNECTORS_PAGE (widget);
  g_autofree char *words = g_strdup_printf (_ ("%s is paused: its deliveries are held"),
                                               sb_item_get_id (SB_ITEM (self->connector)));

  act (self, "pause");
  self->undo_pause = TRUE;
  sb_page_offer_undo (SB_PAGE (self), words);
}

static void
resume_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  act (SB_CONNECTORS_PAGE (widget), "resume");
}

static void
sb_connectors_page_undo (SbPage *page)
{
  SbConnectorsPage *self = SB_CONNECTORS_PAGE (page);

  if (!self->undo_pause)
    sb_object_pane_undo (self->pane);
  else if (self->connector != NULL)
    act (self, "resume");
}

static void
done_cb (SbConnectorsPage *self, const char *text)
{
  self->undo_pause = FALSE;
  sb_page_offer_undo (SB_PAGE (self), text);
}

static void
told_cb (SbConnectorsPage *self, const char *text)
{
  sb_page_toast (SB_PAGE (self), text);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_object_pane_remove (SB_CONNECTORS_PAGE (widget)->pane);
}

/* ---- Trying ---------------------------------------------------------------------------------- */

static void
show_tried (SbConnectorsPage *self, const char *title, const char *text, SbDeliveryState state)
{
  sb_widget_clear_list_box (self->tried_list);
  gtk_list_box_append (self->tried_list, new_row (title, text, state));
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbConnectorsPage *self = user_data;
  g_autofree char *title = NULL;
  g_autofree char *duration = NULL;
  g_autofree char *text = NULL;
  gboolean delivered;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    {
      show_tried (self, _ ("It could not be tried"), error->message, SB_DELIVERY_DEAD);
      return;
    }
  if (g_strcmp0 (sb_json_string (answer, "connector"), self->tried) != 0)
    return;
  delivered = g_str_equal (sb_json_string (answer, "outcome"), "delivered");
  title = sb_words_answer (self->tried, sb_json_string (answer, "outcome"),
                           (int) sb_json_int (answer, "status"),
                           sb_json_string (answer, "error_code"));
  duration = sb_words_duration (sb_json_int (answer, "duration_us"));
  text = *sb_json_string (answer, "note") != '\0'
      /* Translators: what a connector said, and how long it took */
      ? g_strdup_printf (_ ("%s (%s)"), sb_json_string (answer, "note"), duration)
      : g_strdup_printf (_ ("It took %s"), duration);
  show_tried (self, title, text, delivered ? SB_DELIVERY_DONE : SB_DELIVERY_DEAD);
}

static void
try_connector (SbConnectorsPage *self, const char *verb, const char *words)
{
  const char *connector = sb_item_get_id (SB_ITEM (self->connector));
  g_autofree char *what = g_strdup_printf ("connectors/%s/%s", connector, verb);

  g_free (self->tried);
  self->tried = g_strdup (connector);
  sb_object_pane_show (self->pane, "state");
  show_tried (self, words, "", SB_DELIVERY_READY);
  sb_client_act_patiently_async (sb_router_get_client (sb_page_get_router (SB_PAGE (self))), what,
                                 NULL, sb_page_get_cancellable (SB_PAGE (self)), tried_cb, self);
}

static void
test_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  try_connector (SB_CONNECTORS_PAGE (widget), "test", _ ("Sending a test event…"));
}

static void
probe_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  try_connector (SB_CONNECTORS_PAGE (widget), "probe", _ ("Looking whether it can be reached…"));
}

static void
dead_letters_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.show-dead-letters", "s",
                              sb_item_get_id (SB_ITEM (SB_CONNECTORS_PAGE (widget)->connector)));
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_connectors_page_dispose (GObject *object)
{
  SbConnectorsPage *self = SB_CONNECTORS_PAGE (object);

  g_clear_object (&self->connector);
  g_clear_object (&self->recent);

  G_OBJECT_CLASS (sb_connectors_page_parent_class)->dispose (object);
}

static void
sb_connectors_page_finalize (GObject *object)
{
  g_free (SB_CONNECTORS_PAGE (object)->tried);

  G_OBJECT_CLASS (sb_connectors_page_parent_class)->finalize (object);
}

static const char *
sb_connectors_page_get_unsaved (SbPage *page)
{
  return sb_object_pane_get_unsaved (SB_CONNECTORS_PAGE (page)->pane);
}

static void
sb_connectors_page_class_init (SbConnectorsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  object_class->dispose = sb_connectors_page_dispose;
  object_class->finalize = sb_connectors_page_finalize;
  SB_PAGE_CLASS (klass)->connected = sb_connectors_page_connected;
  SB_PAGE_CLASS (klass)->refresh = sb_connectors_page_refresh;
  SB_PAGE_CLASS (klass)->get_unsaved = sb_connectors_page_get_unsaved;
  SB_PAGE_CLASS (klass)->beat = sb_connectors_page_beat;
  SB_PAGE_CLASS (klass)->undo = sb_connectors_page_undo;
  list_page_class->query = "";
  list_page_class->get_item_type = sb_connector_get_type;
  list_page_class->new_row = sb_connectors_page_new_row;
  list_page_class->set_row_item = sb_connectors_page_set_row_item;
  list_page_class->beat_row = sb_connectors_page_beat_row;
  list_page_class->selected = sb_connectors_page_selected;

  g_type_ensure (SB_TYPE_OBJECT_PANE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-connectors-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbConnectorsPage, pane);
  gtk_widget_class_bind_template_callback (widget_class, done_cb);
  gtk_widget_class_bind_template_callback (widget_class, told_cb);
  gtk_widget_class_install_action (widget_class, "connectors.test", NULL, test_action);
  gtk_widget_class_install_action (widget_class, "connectors.probe", NULL, probe_action);
  gtk_widget_class_install_action (widget_class, "connectors.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "connectors.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "connectors.resume", NULL, resume_action);
  gtk_widget_class_install_action (widget_class, "connectors.dead-letters", NULL,
                                   dead_letters_action);
}

static GtkWidget *
new_button (const char *label, const char *tooltip, const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static void
add_tests (SbConnectorsPage *self)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *group;

  self->tried_list = sb_item_detail_add_list (self->detail, _ ("Test"));
  group = gtk_widget_get_ancestor (GTK_WIDGET (self->tried_list), ADW_TYPE_PREFERENCES_GROUP);
  gtk_box_append (GTK_BOX (buttons), new_button (_ ("Probe"), _ ("See whether it can be reached"),
                                                                 "connectors.probe"));
  gtk_box_append (GTK_BOX (buttons),
                  new_button (_ ("Send Test Event"), _ ("Send one event through it, now (T)"),
                                                        "connectors.test"));
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (group), buttons);
}

static void
sb_connectors_page_init (SbConnectorsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->detail = g_object_new (SB_TYPE_ITEM_DETAIL, NULL);
  sb_object_pane_set_state (self->pane, GTK_WIDGET (self->detail));
  add_tests (self);
  self->recent_list = sb_item_detail_add_list (self->detail, _ ("Latest Deliveries"));
  show_group (self->recent_list);
  sb_item_detail_add_button (self->detail, _ ("Dead Letters"),
                                              _ ("List what this connector gave up"),
                                                 "connectors.dead-letters", NULL);
  sb_item_detail_add_button (self->detail, _ ("Pause"), _ ("Hold its deliveries for now (P)"),
                                                           "connectors.pause", NULL);
  sb_item_detail_add_button (self->detail, _ ("Resume"), _ ("Send again, at once"),
                                                            "connectors.resume",
                                                            "suggested-action");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_p, "connectors.pause");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_t, "connectors.test");
  sb_list_page_set_empty (SB_LIST_PAGE (self), "sb-webhook-symbolic",
                          _ ("No Connectors"), _ ("A connector says where deliveries go to."));
  sb_list_page_set_empty_child (SB_LIST_PAGE (self),
                                sb_widget_new_pill (_ ("New Connector"), "win.new-connector"));
}

void
sb_connectors_page_take_new (SbConnectorsPage *self, SbDocument *document)
{
  const char *path;
  g_autofree char *name = NULL;

  g_return_if_fail (SB_IS_CONNECTORS_PAGE (self));

  path = sb_document_get_path (document);
  name = g_strndup (path, strlen (path) - strlen (".json"));
  sb_object_pane_adopt (self->pane, document);
  self->undo_pause = FALSE;
  sb_connectors_page_select (self, name);
}

void
sb_connectors_page_select (SbConnectorsPage *self, const char *name)
{
  g_return_if_fail (SB_IS_CONNECTORS_PAGE (self));

  sb_object_pane_show (self->pane, "state");
  sb_list_page_select (SB_LIST_PAGE (self), name);
}

#include "config.h"

#include "sb-connectors-page.h"

#include <glib/gi18n.h>

#include "sb-connector.h"
#include "sb-item-detail.h"
#include "sb-item-row.h"
#include "sb-words.h"

/* Rates and ages go on by themselves, so the list is asked for at every beat while it is seen. */
struct _SbConnectorsPage
{
  SbListPage parent_instance;

  SbConnector *connector; /* selected, or NULL */

  SbItemDetail *detail;
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

  sb_item_detail_clear_facts (self->detail);
  sb_item_detail_add_fact (self->detail, _ ("Goes to"), sb_connector_get_summary (connector));
  sb_item_detail_add_fact (self->detail, _ ("Pending"), waits);
  sb_item_detail_add_fact (self->detail, _ ("Delivered"), done);
  sb_item_detail_add_fact (self->detail, _ ("Dead Letters"), dead);
  add_time (self, _ ("Last success"), sb_connector_get_last_success_us (connector), now_us);
  add_time (self, _ ("Last failure"), sb_connector_get_last_error_us (connector), now_us);
  sb_item_detail_add_fact (self->detail, _ ("It said"), sb_connector_get_last_error (connector));
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
sb_connectors_page_selected (SbListPage *page, GPtrArray *items)
{
  SbConnectorsPage *self = SB_CONNECTORS_PAGE (page);
  SbConnector *connector = items->len > 0 ? g_ptr_array_index (items, 0) : NULL;

  if (self->connector != NULL)
    g_signal_handlers_disconnect_by_func (self->connector, update, self);
  g_set_object (&self->connector, connector);
  if (connector != NULL)
    g_signal_connect_object (connector, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
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
acted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    sb_page_toast (SB_PAGE (user_data), error->message);
  sb_router_poke (sb_page_get_router (SB_PAGE (user_data)));
  sb_page_refresh (SB_PAGE (user_data));
}

static void
act (SbConnectorsPage *self, const char *verb)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *what = g_strdup_printf ("connectors/%s/%s",
                                           sb_item_get_id (SB_ITEM (self->connector)), verb);

  json_object_set_string_member (body, "actor", g_get_user_name ());
  sb_client_act_async (sb_router_get_client (sb_page_get_router (SB_PAGE (self))), what, body,
                       sb_page_get_cancellable (SB_PAGE (self)), acted_cb, self);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbConnectorsPage *self = SB_CONNECTORS_PAGE (widget);
  g_autofree char *words = g_strdup_printf (_ ("%s is paused: its deliveries are held"),
                                               sb_item_get_id (SB_ITEM (self->connector)));

  act (self, "pause");
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
  if (SB_CONNECTORS_PAGE (page)->connector != NULL)
    act (SB_CONNECTORS_PAGE (page), "resume");
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

  G_OBJECT_CLASS (sb_connectors_page_parent_class)->dispose (object);
}

static void
sb_connectors_page_class_init (SbConnectorsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  object_class->dispose = sb_connectors_page_dispose;
  SB_PAGE_CLASS (klass)->beat = sb_connectors_page_beat;
  SB_PAGE_CLASS (klass)->undo = sb_connectors_page_undo;
  list_page_class->query = "";
  list_page_class->get_item_type = sb_connector_get_type;
  list_page_class->new_row = sb_connectors_page_new_row;
  list_page_class->set_row_item = sb_connectors_page_set_row_item;
  list_page_class->beat_row = sb_connectors_page_beat_row;
  list_page_class->selected = sb_connectors_page_selected;

  g_type_ensure (SB_TYPE_ITEM_DETAIL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-connectors-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbConnectorsPage, detail);
  gtk_widget_class_install_action (widget_class, "connectors.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "connectors.resume", NULL, resume_action);
  gtk_widget_class_install_action (widget_class, "connectors.dead-letters", NULL,
                                   dead_letters_action);
}

static void
sb_connectors_page_init (SbConnectorsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_item_detail_add_button (self->detail, _ ("Dead Letters"),
                                              _ ("List what this connector gave up"),
                                                 "connectors.dead-letters", NULL);
  sb_item_detail_add_button (self->detail, _ ("Pause"), _ ("Hold its deliveries for now (P)"),
                                                           "connectors.pause", NULL);
  sb_item_detail_add_button (self->detail, _ ("Resume"), _ ("Send again, at once"),
                                                            "connectors.resume",
                                                            "suggested-action");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_p, "connectors.pause");
  sb_list_page_set_empty (SB_LIST_PAGE (self), "sb-webhook-symbolic",
                          _ ("No Connectors"),
                             _ ("A connector says where deliveries go to: a file of its own in the "
                                "configuration, such as webhook/desk.json."));
}

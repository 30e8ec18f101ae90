#include "config.h"

#include "sb-retrying-page.h"

#include <glib/gi18n.h>

#include "sb-delivery-detail.h"
#include "sb-delivery-row.h"
#include "sb-json.h"

#define POSTPONE_US ((gint64) 60 * 60 * G_USEC_PER_SEC)

struct _SbRetryingPage
{
  SbListPage parent_instance;

  SbDelivery *delivery; /* selected, or NULL */

  SbDeliveryDetail *detail;
};

G_DEFINE_FINAL_TYPE (SbRetryingPage, sb_retrying_page, SB_TYPE_LIST_PAGE)

static void
update_actions (SbRetryingPage *self)
{
  static const char *const actions[] = { "deliveries.retry", "deliveries.postpone",
                                         "deliveries.give-up" };
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  gboolean able = self->delivery != NULL && sb_router_get_state (router) == SB_ROUTER_CONNECTED;

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i], able);
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
  else if (sb_json_int (answer, "applied") == 0)
    sb_page_toast (SB_PAGE (user_data), _ ("It does not wait any more"));
  sb_router_poke (sb_page_get_router (SB_PAGE (user_data)));
  sb_page_refresh (SB_PAGE (user_data));
}

static void
act_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (widget);
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  const char *verb = name + strlen ("deliveries.");
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *ids = json_array_new ();

  json_array_add_string_element (ids, sb_item_get_id (SB_ITEM (self->delivery)));
  json_object_set_array_member (body, "ids", ids);
  json_object_set_string_member (body, "actor", g_get_user_name ());
  if (g_str_equal (verb, "postpone"))
    {
      g_autofree char *until = sb_json_format_time (sb_router_get_now_us (router) + POSTPONE_US);

      json_object_set_string_member (body, "until", until);
    }
  sb_client_act_async (sb_router_get_client (router), verb, body,
                       sb_page_get_cancellable (SB_PAGE (self)), acted_cb, self);
}

static GtkWidget *
sb_retrying_page_new_row (SbListPage *page)
{
  return sb_delivery_row_new ();
}

static void
sb_retrying_page_set_row_item (GtkWidget *row, gpointer item)
{
  sb_delivery_row_set_delivery (SB_DELIVERY_ROW (row), item);
}

static void
sb_retrying_page_beat_row (GtkWidget *row, gint64 now_us)
{
  sb_delivery_row_beat (SB_DELIVERY_ROW (row), now_us);
}

static void
sb_retrying_page_selected (SbListPage *page, GPtrArray *items)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (page);
  SbDelivery *delivery = items->len > 0 ? g_ptr_array_index (items, 0) : NULL;

  g_set_object (&self->delivery, delivery);
  sb_delivery_detail_show (self->detail, sb_page_get_router (SB_PAGE (self)), delivery);
  update_actions (self);
}

static void
sb_retrying_page_beat (SbPage *page)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (page);
  const SbStatus *status = sb_router_get_status (sb_page_get_router (page));
  gulong n = status != NULL ? (gulong) (status->waiting + status->held) : 0;
  g_autofree char *subtitle = g_strdup_printf (
      ngettext ("%'lu delivery waits", "%'lu deliveries wait", n), n);

  sb_page_set_subtitle (page, n > 0 ? subtitle : "");
  SB_PAGE_CLASS (sb_retrying_page_parent_class)->beat (page);
  sb_delivery_detail_beat (self->detail);
  update_actions (self);
}

static void
sb_retrying_page_dispose (GObject *object)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (object);

  g_clear_object (&self->delivery);

  G_OBJECT_CLASS (sb_retrying_page_parent_class)->dispose (object);
}

static void
sb_retrying_page_class_init (SbRetryingPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_retrying_page_dispose;
  SB_PAGE_CLASS (klass)->beat = sb_retrying_page_beat;
  list_page_class->query = "state=waiting,held&order=due";
  list_page_class->get_item_type = sb_delivery_get_type;
  list_page_class->new_row = sb_retrying_page_new_row;
  list_page_class->set_row_item = sb_retrying_page_set_row_item;
  list_page_class->beat_row = sb_retrying_page_beat_row;
  list_page_class->selected = sb_retrying_page_selected;

  g_type_ensure (SB_TYPE_DELIVERY_DETAIL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-retrying-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbRetryingPage, detail);
  gtk_widget_class_install_action (widget_class, "deliveries.retry", NULL, act_action);
  gtk_widget_class_install_action (widget_class, "deliveries.postpone", NULL, act_action);
  gtk_widget_class_install_action (widget_class, "deliveries.give-up", NULL, act_action);
}

static void
sb_retrying_page_init (SbRetryingPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_r, "deliveries.retry");
  sb_list_page_set_empty (SB_LIST_PAGE (self), "sb-waiting-symbolic",
                          _ ("Nothing Is Waiting"),
                             _ ("A delivery that fails waits here for its next attempt."));
}

#include "config.h"

#include "sb-retrying-page.h"

#include <glib/gi18n.h>

#include "sb-delivery-detail.h"
#include "sb-delivery-row.h"

struct _SbRetryingPage
{
  SbListPage parent_instance;

  SbDeliveryDetail *detail;
};

G_DEFINE_FINAL_TYPE (SbRetryingPage, sb_retrying_page, SB_TYPE_LIST_PAGE)

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

  sb_delivery_detail_show (self->detail, sb_page_get_router (SB_PAGE (self)),
                           items->len > 0 ? g_ptr_array_index (items, 0) : NULL);
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
}

static void
sb_retrying_page_class_init (SbRetryingPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

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
}

static void
sb_retrying_page_init (SbRetryingPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_list_page_set_empty (SB_LIST_PAGE (self), "sb-waiting-symbolic",
                          _ ("Nothing Is Waiting"),
                             _ ("A delivery that fails waits here for its next attempt."));
}

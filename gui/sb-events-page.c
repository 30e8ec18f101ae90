#include "config.h"

#include "sb-events-page.h"

#include <glib/gi18n.h>

#include "sb-event-detail.h"
#include "sb-event-row.h"
#include "sb-filter.h"

struct _SbEventsPage
{
  SbListPage parent_instance;

  GtkWidget *filter;
  GtkWidget *search_entry;
  GtkWidget *problem;
  SbEventDetail *detail;
};

G_DEFINE_FINAL_TYPE (SbEventsPage, sb_events_page, SB_TYPE_LIST_PAGE)

static void
update_empty (SbEventsPage *self, gboolean filtered)
{
  if (filtered)
    sb_list_page_set_empty (SB_LIST_PAGE (self), "system-search-symbolic",
                            _ ("Nothing Fits"), _ ("No event is as the filter says."));
  else
    sb_list_page_set_empty (SB_LIST_PAGE (self), "sb-events-symbolic",
                            _ ("No Events"), _ ("What is sent to the router is listed here."));
}

/* A filter that cannot be read leaves the list as it was, and says why. */
static void
filter_cb (SbEventsPage *self)
{
  static const char *const matched[] = { "", "matched=true", "matched=false" };
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->filter));
  g_autofree char *problem = NULL;
  g_autofree char *typed = NULL;
  g_autofree char *query = NULL;

  if (sb_page_get_router (SB_PAGE (self)) == NULL || selected >= G_N_ELEMENTS (matched))
    return;
  typed = sb_filter_dup_query (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)),
                               sb_router_get_now_us (sb_page_get_router (SB_PAGE (self))),
                               &problem);
  gtk_label_set_text (GTK_LABEL (self->problem), problem != NULL ? problem : "");
  gtk_widget_set_visible (self->problem, problem != NULL);
  if (typed == NULL)
    return;
  query = g_strconcat (typed, *typed != '\0' && *matched[selected] != '\0' ? "&" : "",
                       matched[selected], NULL);
  update_empty (self, *query != '\0');
  sb_list_page_set_query (SB_LIST_PAGE (self), query);
}

static void
sb_events_page_search (SbPage *page)
{
  gtk_widget_grab_focus (SB_EVENTS_PAGE (page)->search_entry);
}

static GtkWidget *
sb_events_page_new_row (SbListPage *page)
{
  return sb_event_row_new ();
}

static void
sb_events_page_set_row_item (GtkWidget *row, gpointer item)
{
  sb_event_row_set_event (SB_EVENT_ROW (row), item);
}

static void
sb_events_page_beat_row (GtkWidget *row, gint64 now_us)
{
  sb_event_row_beat (SB_EVENT_ROW (row), now_us);
}

static void
sb_events_page_selected (SbListPage *page, GPtrArray *items)
{
  SbEventsPage *self = SB_EVENTS_PAGE (page);

  sb_event_detail_show (self->detail, sb_page_get_router (SB_PAGE (self)),
                        items->len > 0 ? g_ptr_array_index (items, 0) : NULL);
}

static void
copy_cb (GtkWidget *button, SbEventsPage *self)
{
  GtkWidget *label = gtk_widget_get_prev_sibling (button);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (button),
                          gtk_label_get_text (GTK_LABEL (label)));
  sb_page_toast (SB_PAGE (self), _ ("Command copied"));
}

/* How to make the first one. */
static GtkWidget *
new_hint (SbEventsPage *self)
{
  g_autofree char *line = sb_router_dup_curl_line (sb_page_get_router (SB_PAGE (self)),
                                                   "/v1/events");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *label = gtk_label_new (line);
  GtkWidget *button = gtk_button_new_with_label (_ ("Copy the Command"));

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 64);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  g_signal_connect_object (button, "clicked", G_CALLBACK (copy_cb), self, 0);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

/* The address in the command is known once the router has answered. */
static void
sb_events_page_refresh (SbPage *page)
{
  SbEventsPage *self = SB_EVENTS_PAGE (page);
  const SbStatus *status = sb_router_get_status (sb_page_get_router (page));

  sb_list_page_set_empty_child (SB_LIST_PAGE (page),
                                status != NULL && status->events == 0 ? new_hint (self) : NULL);
  SB_PAGE_CLASS (sb_events_page_parent_class)->refresh (page);
}

static void
sb_events_page_beat (SbPage *page)
{
  SbEventsPage *self = SB_EVENTS_PAGE (page);
  const SbStatus *status = sb_router_get_status (sb_page_get_router (page));
  gulong n = status != NULL ? (gulong) status->events : 0;
  g_autofree char *subtitle = g_strdup_printf (
      ngettext ("%'lu event received", "%'lu events received", n), n);

  sb_page_set_subtitle (page, n > 0 ? subtitle : "");
  SB_PAGE_CLASS (sb_events_page_parent_class)->beat (page);
  sb_event_detail_beat (self->detail);
}

static void
sb_events_page_class_init (SbEventsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  SB_PAGE_CLASS (klass)->beat = sb_events_page_beat;
  SB_PAGE_CLASS (klass)->refresh = sb_events_page_refresh;
  SB_PAGE_CLASS (klass)->search = sb_events_page_search;
  list_page_class->query = "";
  list_page_class->get_item_type = sb_event_get_type;
  list_page_class->new_row = sb_events_page_new_row;
  list_page_class->set_row_item = sb_events_page_set_row_item;
  list_page_class->beat_row = sb_events_page_beat_row;
  list_page_class->selected = sb_events_page_selected;

  g_type_ensure (SB_TYPE_EVENT_DETAIL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-events-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbEventsPage, filter);
  gtk_widget_class_bind_template_child (widget_class, SbEventsPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SbEventsPage, problem);
  gtk_widget_class_bind_template_child (widget_class, SbEventsPage, detail);
  gtk_widget_class_bind_template_callback (widget_class, filter_cb);
}

static void
sb_events_page_init (SbEventsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update_empty (self, FALSE);
}

void
sb_events_page_set_filter (SbEventsPage *self, const char *text)
{
  g_return_if_fail (SB_IS_EVENTS_PAGE (self));

  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->filter), 0);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), text);
}

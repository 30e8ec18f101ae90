#include "config.h"

#include "sb-events-page.h"

#include <glib/gi18n.h>

#include "sb-answer.h"
#include "sb-bars.h"
#include "sb-event-detail.h"
#include "sb-event-row.h"
#include "sb-filter.h"
#include "sb-histogram.h"
#include "sb-json.h"
#include "sb-saved-views.h"

#define N_POINTS 60
/* A search is counted by looking at the events again, which costs the router much more than a page
 * of them. */
#define HISTOGRAM_INTERVAL_US (3 * G_USEC_PER_SEC)

struct _SbEventsPage
{
  SbListPage parent_instance;

  GSettings *settings;
  SbAnswer *histogram;
  gboolean out_of_date;  /* the histogram */
  gint64 asked_us;       /* for it, monotonic */
  gint64 from_us, to_us; /* chosen in it */
  char *deleted_name;    /* of the view that can be brought back */
  char *deleted_filter;

  GtkWidget *bars;
  GtkWidget *views_button;
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

/* ---- The histogram --------------------------------------------------------------------------- */

static void
ask_histogram (SbEventsPage *self)
{
  self->out_of_date = FALSE;
  self->asked_us = g_get_monotonic_time ();
  sb_answer_refresh (self->histogram);
}

static void
histogram_cb (SbEventsPage *self)
{
  sb_histogram_show (SB_BARS (self->bars), sb_answer_get (self->histogram), NULL);
  sb_bars_set_span (SB_BARS (self->bars), self->from_us, self->to_us);
}

/* The span becomes a part of the filter; the histogram goes on showing what it was chosen from. */
static void
brushed_cb (SbEventsPage *self, gint64 from_us, gint64 to_us)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  g_autofree char *filter = sb_filter_dup_with_span (text, from_us, to_us);

  self->from_us = from_us;
  self->to_us = to_us;
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), filter);
}

/* ---- The filter ------------------------------------------------------------------------------ */

static char *
dup_query (SbEventsPage *self, const char *text, char **out_problem)
{
  static const char *const matched[] = { "", "matched=true", "matched=false" };
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->filter));
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));
  g_autofree char *typed = sb_filter_dup_query (text, now_us, out_problem);
  const char *chosen = selected < G_N_ELEMENTS (matched) ? matched[selected] : "";

  if (typed == NULL)
    return NULL;
  return g_strconcat (typed, *typed != '\0' && *chosen != '\0' ? "&" : "", chosen, NULL);
}

static void update_views (SbEventsPage *self);

/* A filter that cannot be read leaves the list as it was, and says why.  While a span is chosen the
 * histogram is of the filter without it. */
static void
filter_cb (SbEventsPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  g_autofree char *without = sb_filter_dup_with_span (text, 0, 0);
  g_autofree char *with = sb_filter_dup_with_span (text, self->from_us, self->to_us);
  g_autofree char *problem = NULL;
  g_autofree char *ignored = NULL;
  g_autofree char *query = NULL;
  g_autofree char *counted = NULL;
  g_autofree char *histogram = NULL;

  if (sb_page_get_router (SB_PAGE (self)) == NULL)
    return;
  query = dup_query (self, text, &problem);
  gtk_label_set_text (GTK_LABEL (self->problem), problem != NULL ? problem : "");
  gtk_widget_set_visible (self->problem, problem != NULL);
  if (query == NULL)
    return;
  if (self->from_us != 0 && !g_str_equal (with, text))
    {
      self->from_us = self->to_us = 0;
      sb_bars_set_span (SB_BARS (self->bars), 0, 0);
    }
  counted = dup_query (self, self->from_us != 0 ? without : text, &ignored);
  histogram = g_strdup_printf ("points=%d%s%s", N_POINTS, *counted != '\0' ? "&" : "", counted);
  update_empty (self, *query != '\0');
  sb_list_page_set_query (SB_LIST_PAGE (self), query);
  sb_answer_set_query (self->histogram, histogram);
  ask_histogram (self);
  update_views (self);
}

/* ---- Saved views ----------------------------------------------------------------------------- */

/* What is saved: the text, and what the list beside it says. */
static char *
dup_filter (SbEventsPage *self)
{
  static const char *const words[] = { "", "matched:yes", "matched:no" };
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->filter));
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  const char *word = selected < G_N_ELEMENTS (words) ? words[selected] : "";

  return g_strconcat (text, *text != '\0' && *word != '\0' ? " " : "", word, NULL);
}

static void
append_item (GMenu *menu, const char *label, const char *action, const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, target != NULL ? "s" : NULL, target);
  g_menu_append_item (menu, item);
}

static void
update_views (SbEventsPage *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) views = g_menu_new ();
  g_autoptr (GMenu) actions = g_menu_new ();
  g_auto (GStrv) names = sb_saved_views_dup_names (self->settings);
  g_autofree char *filter = dup_filter (self);
  g_autofree char *name = sb_saved_views_dup_name (self->settings, filter);

  for (guint i = 0; names[i] != NULL; i++)
    append_item (views, names[i], "events.show-view", names[i]);
  append_item (actions, _ ("_Save This Filter…"), "events.save-view", NULL);
  if (name != NULL)
    {
      g_autofree char *rename = g_strdup_printf (_ ("_Rename “%s”…"), name);
      g_autofree char *remove = g_strdup_printf (_ ("_Delete “%s”"), name);

      append_item (actions, rename, "events.rename-view", name);
      append_item (actions, remove, "events.delete-view", name);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (views));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (actions));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->views_button), G_MENU_MODEL (menu));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "events.save-view", *filter != '\0');
}

static void
show_view_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SbEventsPage *self = SB_EVENTS_PAGE (widget);
  g_autofree char *filter = sb_saved_views_dup_filter (self->settings,
                                                       g_variant_get_string (parameter, NULL));

  if (filter != NULL)
    sb_events_page_set_filter (self, filter);
}

static void
named_cb (AdwMessageDialog *dialog, const char *response, SbEventsPage *self)
{
  GtkEditable *entry = GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog));
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  const char *old_name = g_object_get_data (G_OBJECT (dialog), "name");
  g_autofree char *filter = dup_filter (self);

  if (*name == '\0')
    return;
  if (old_name != NULL)
    sb_saved_views_rename (self->settings, old_name, name);
  else
    sb_saved_views_save (self->settings, name, filter);
  update_views (self);
}

static void
name_changed_cb (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_message_dialog_set_response_enabled (dialog, "save", *name != '\0');
}

/* name: of the view that is renamed; NULL: the filter is saved. */
static void
ask_name (SbEventsPage *self, const char *name)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                              name != NULL ? _ ("Rename the View")
                                                           : _ ("Save the Filter"), NULL);
  GtkWidget *entry = gtk_entry_new ();

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel",
                                    _ ("_Cancel"), "save",
                                       name != NULL ? _ ("_Rename") : _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "save", name != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), name != NULL ? name : "");
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of the view"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  g_object_set_data_full (G_OBJECT (dialog), "name", g_strdup (name), g_free);
  g_signal_connect_object (entry, "changed", G_CALLBACK (name_changed_cb), dialog, 0);
  g_signal_connect_object (dialog, "response::save", G_CALLBACK (named_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
save_view_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ask_name (SB_EVENTS_PAGE (widget), NULL);
}

static void
rename_view_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ask_name (SB_EVENTS_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
delete_view_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SbEventsPage *self = SB_EVENTS_PAGE (widget);
  const char *name = g_variant_get_string (parameter, NULL);
  g_autofree char *words = g_strdup_printf (_ ("“%s” deleted"), name);

  g_free (self->deleted_filter);
  self->deleted_filter = sb_saved_views_dup_filter (self->settings, name);
  g_free (self->deleted_name);
  self->deleted_name = g_strdup (name);
  sb_saved_views_remove (self->settings, name);
  update_views (self);
  sb_page_offer_undo (SB_PAGE (self), words);
}

static void
sb_events_page_undo (SbPage *page)
{
  SbEventsPage *self = SB_EVENTS_PAGE (page);

  if (self->deleted_filter == NULL)
    return;
  sb_saved_views_save (self->settings, self->deleted_name, self->deleted_filter);
  g_clear_pointer (&self->deleted_filter, g_free);
  update_views (self);
}

/* ---- The page -------------------------------------------------------------------------------- */

static void
sb_events_page_connected (SbPage *page)
{
  SbEventsPage *self = SB_EVENTS_PAGE (page);
  g_autofree char *query = g_strdup_printf ("points=%d", N_POINTS);

  SB_PAGE_CLASS (sb_events_page_parent_class)->connected (page);
  self->histogram = sb_answer_new (sb_router_get_client (sb_page_get_router (page)),
                                   "events/histogram", query);
  g_signal_connect_object (self->histogram, "changed", G_CALLBACK (histogram_cb), self,
                           G_CONNECT_SWAPPED);
  update_views (self);
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
  self->out_of_date = TRUE;
  if (sb_answer_get (self->histogram) == NULL)
    ask_histogram (self);
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
  if (self->out_of_date && g_get_monotonic_time () - self->asked_us > HISTOGRAM_INTERVAL_US)
    ask_histogram (self);
}

static void
sb_events_page_dispose (GObject *object)
{
  SbEventsPage *self = SB_EVENTS_PAGE (object);

  g_clear_object (&self->histogram);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (sb_events_page_parent_class)->dispose (object);
}

static void
sb_events_page_finalize (GObject *object)
{
  SbEventsPage *self = SB_EVENTS_PAGE (object);

  g_free (self->deleted_name);
  g_free (self->deleted_filter);

  G_OBJECT_CLASS (sb_events_page_parent_class)->finalize (object);
}

static void
copy_curl_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_event_detail_copy_curl (SB_EVENTS_PAGE (widget)->detail);
}

static void
sb_events_page_class_init (SbEventsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_events_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_events_page_finalize;
  SB_PAGE_CLASS (klass)->connected = sb_events_page_connected;
  SB_PAGE_CLASS (klass)->undo = sb_events_page_undo;
  SB_PAGE_CLASS (klass)->beat = sb_events_page_beat;
  SB_PAGE_CLASS (klass)->refresh = sb_events_page_refresh;
  SB_PAGE_CLASS (klass)->search = sb_events_page_search;
  list_page_class->query = "";
  list_page_class->get_item_type = sb_event_get_type;
  list_page_class->new_row = sb_events_page_new_row;
  list_page_class->set_row_item = sb_events_page_set_row_item;
  list_page_class->beat_row = sb_events_page_beat_row;
  list_page_class->selected = sb_events_page_selected;

  g_type_ensure (SB_TYPE_BARS);
  g_type_ensure (SB_TYPE_EVENT_DETAIL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-events-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbEventsPage, bars);
  gtk_widget_class_bind_template_child (widget_class, SbEventsPage, views_button);
  gtk_widget_class_bind_template_child (widget_class, SbEventsPage, filter);
  gtk_widget_class_bind_template_child (widget_class, SbEventsPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SbEventsPage, problem);
  gtk_widget_class_bind_template_child (widget_class, SbEventsPage, detail);
  gtk_widget_class_bind_template_callback (widget_class, filter_cb);
  gtk_widget_class_bind_template_callback (widget_class, brushed_cb);
  gtk_widget_class_install_action (widget_class, "events.copy-curl", NULL, copy_curl_action);
  gtk_widget_class_install_action (widget_class, "events.show-view", "s", show_view_action);
  gtk_widget_class_install_action (widget_class, "events.save-view", NULL, save_view_action);
  gtk_widget_class_install_action (widget_class, "events.rename-view", "s", rename_view_action);
  gtk_widget_class_install_action (widget_class, "events.delete-view", "s", delete_view_action);
}

static void
sb_events_page_init (SbEventsPage *self)
{
  self->settings = g_settings_new ("org.signalbox.Signalbox");
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_c, "events.copy-curl");
  update_empty (self, FALSE);
}

void
sb_events_page_set_filter (SbEventsPage *self, const char *text)
{
  g_return_if_fail (SB_IS_EVENTS_PAGE (self));

  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->filter), 0);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), text);
}

#include "config.h"

#include "sb-sources-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-curl.h"
#include "sb-event-window.h"
#include "sb-event.h"
#include "sb-item-detail.h"
#include "sb-item-row.h"
#include "sb-json.h"
#include "sb-object-pane.h"
#include "sb-source.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

/* Rates and ages go on by themselves, so the list is asked for at every beat while it is seen. */
struct _SbSourcesPage
{
  SbListPage parent_instance;

  SbSource *source; /* selected, or NULL */

  char *tested;    /* the source that the last test was of */
  char *tested_id; /* the event that it became, or NULL */

  SbObjectPane *pane;
  SbItemDetail *detail;
  GtkListBox *test_list;
  GtkWidget *curl_group;
  GtkWidget *curl;
};

G_DEFINE_FINAL_TYPE (SbSourcesPage, sb_sources_page, SB_TYPE_LIST_PAGE)

/* ---- Showing --------------------------------------------------------------------------------- */

static char *
rates_words (SbSource *source)
{
  /* Translators: "12.0/s in, 0.1/s refused" */
  return g_strdup_printf (_ ("%.1f/s in, %.1f/s refused"), sb_source_get_in_per_s (source),
                             sb_source_get_refused_per_s (source));
}

static void
add_time (SbSourcesPage *self, const char *title, gint64 at_us, gint64 now_us)
{
  g_autofree char *ago = at_us >= 0 ? sb_words_ago (at_us, now_us) : g_strdup (_ ("Never"));

  sb_item_detail_add_fact (self->detail, title, ago);
}

static void
show_facts (SbSourcesPage *self, gint64 now_us)
{
  SbSource *source = self->source;
  g_autofree char *events = sb_words_count (sb_source_get_events (source));

  sb_item_detail_begin_facts (self->detail);
  sb_item_detail_add_fact (self->detail, sb_source_takes_requests (source)
                           ? _ ("Listens at")
                           : _ ("Comes from"), sb_source_get_path (source));
  sb_item_detail_add_fact (self->detail, _ ("Bus"), sb_source_get_bus (source));
  sb_item_detail_add_fact (self->detail, _ ("Events"), events);
  add_time (self, _ ("Last event"), sb_source_get_last_event_us (source), now_us);
  if (sb_source_get_last_refused_us (source) >= 0)
    {
      add_time (self, _ ("Last refusal"), sb_source_get_last_refused_us (source), now_us);
      sb_item_detail_add_fact (self->detail, _ ("Why it was refused"),
                                                sb_source_get_last_refusal (source));
    }
  sb_item_detail_end_facts (self->detail);
}

static void
show_curl (SbSourcesPage *self)
{
  SbDocument *document = sb_object_pane_get_document (self->pane);
  JsonNode *root = document != NULL ? sb_document_get_root (document) : NULL;
  gboolean takes = sb_source_takes_requests (self->source);
  g_autofree char *hint = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *command = NULL;

  gtk_widget_set_visible (self->curl_group, takes);
  if (!takes)
    return;
  command = sb_curl_dup_command (sb_page_get_router (SB_PAGE (self)),
                                 sb_source_get_path (self->source),
                                 root != NULL ? json_node_get_object (root) : NULL, &hint);
  escaped = g_markup_escape_text (hint, -1);
  if (!g_str_equal (gtk_label_get_text (GTK_LABEL (self->curl)), command))
    gtk_label_set_text (GTK_LABEL (self->curl), command);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->curl_group),
                                         *escaped != '\0' ? escaped : NULL);
}

static GtkWidget *
test_group (SbSourcesPage *self)
{
  return gtk_widget_get_ancestor (GTK_WIDGET (self->test_list), ADW_TYPE_PREFERENCES_GROUP);
}

static void
update (SbSourcesPage *self)
{
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  gboolean connected = sb_router_get_state (router) == SB_ROUTER_CONNECTED;
  gint64 now_us = sb_router_get_now_us (router);
  g_autofree char *file = self->source != NULL ? sb_source_dup_file (self->source) : NULL;
  g_autofree char *rates = NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sources.remove", connected && file != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sources.events", self->source != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sources.test",
                                 connected && self->source != NULL &&
                                     sb_source_takes_requests (self->source));
  if (self->source == NULL)
    return;
  gtk_widget_set_visible (test_group (self), sb_source_takes_requests (self->source));
  rates = rates_words (self->source);
  sb_item_detail_set_title (self->detail, sb_item_get_id (SB_ITEM (self->source)),
                            sb_source_get_description (self->source));
  sb_item_detail_set_state (self->detail, sb_source_get_state_icon (self->source),
                            sb_source_get_state_style (self->source),
                            sb_source_get_state_words (self->source));
  sb_item_detail_set_lines (
      self->detail,
      sb_source_is_refusing (self->source) ? sb_source_get_last_refusal (self->source) : "", rates);
  show_facts (self, now_us);
  show_curl (self);
}

/* ---- Trying ---------------------------------------------------------------------------------- */

static void
show_test (SbSourcesPage *self, const char *title, const char *text, SbDeliveryState state)
{
  g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", title, "subtitle",
                                            visible, "subtitle-lines", 0, NULL);
  GtkWidget *icon = gtk_image_new ();

  sb_widget_set_state_icon (icon, state);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  if (self->tested_id != NULL)
    {
      GtkWidget *button = gtk_button_new_with_label (_ ("Show Journey"));

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "sources.journey");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  sb_widget_clear_list_box (self->test_list);
  gtk_list_box_append (self->test_list, row);
}

static void
show_nothing_tested (SbSourcesPage *self)
{
  g_clear_pointer (&self->tested, g_free);
  g_clear_pointer (&self->tested_id, g_free);
  sb_widget_clear_list_box (self->test_list);
  gtk_list_box_append (self->test_list,
                       g_object_new (ADW_TYPE_ACTION_ROW, "title",
                                     _ ("Not tried yet"), "subtitle",
                                        _ ("A real event: what rules match it gets it"), NULL));
}

/* What became of the event in the moment that it took to ask. */
static void
journey_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbSourcesPage *self = user_data;
  g_autoptr (SbItem) item = NULL;
  JsonObject *object = sb_json_object (answer, "event");

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || object == NULL)
    return;
  if (g_strcmp0 (sb_json_string (object, "id"), self->tested_id) != 0)
    return;
  item = sb_item_new (SB_TYPE_EVENT, object);
  if (item != NULL)
    {
      g_autofree char *words = sb_event_dup_words (SB_EVENT (item));

      show_test (self, _ ("Taken in"), words, SB_DELIVERY_DONE);
    }
}

static void
tested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  gboolean taken = sb_client_send_event_finish (SB_CLIENT (source), result, &id, &error);
  SbSourcesPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (self->source == NULL ||
      g_strcmp0 (self->tested, sb_item_get_id (SB_ITEM (self->source))) != 0)
    return;
  g_free (self->tested_id);
  self->tested_id = g_steal_pointer (&id);
  if (!taken)
    show_test (self, _ ("Turned away"), error->message, SB_DELIVERY_DEAD);
  else
    show_test (self, _ ("Taken in"), "", SB_DELIVERY_DONE);
  if (self->tested_id != NULL)
    sb_client_get_event_async (SB_CLIENT (source), self->tested_id,
                               sb_page_get_cancellable (SB_PAGE (self)), journey_cb, self);
}

static void
test_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbSourcesPage *self = SB_SOURCES_PAGE (widget);
  const char *path = sb_source_get_path (self->source);
  const char *event = sb_curl_get_event (path);
  g_autoptr (GBytes) json = g_bytes_new_static (event, strlen (event));

  g_free (self->tested);
  self->tested = g_strdup (sb_item_get_id (SB_ITEM (self->source)));
  g_clear_pointer (&self->tested_id, g_free);
  sb_object_pane_show (self->pane, "state");
  show_test (self, _ ("Sending a test event…"), "", SB_DELIVERY_READY);
  sb_client_send_event_async (sb_router_get_client (sb_page_get_router (SB_PAGE (self))), path,
                              json, sb_page_get_cancellable (SB_PAGE (self)), tested_cb, self);
}

static void
journey_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbSourcesPage *self = SB_SOURCES_PAGE (widget);

  if (self->tested_id != NULL)
    sb_event_window_present (GTK_WINDOW (gtk_widget_get_root (widget)),
                             sb_page_get_router (SB_PAGE (self)), self->tested_id);
}

static void
add_test (SbSourcesPage *self)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Send Test Event"));

  self->test_list = sb_item_detail_add_list (self->detail, _ ("Test"));
  sb_widget_set_name (GTK_WIDGET (self->test_list), _ ("Test of the source"));
  sb_widget_set_name (button, _ ("Send a Test Event to the Source"));
  gtk_widget_set_tooltip_text (button, _ ("Send one event to it, now (T)"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "sources.test");
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (test_group (self)), button);
  show_nothing_tested (self);
}

/* ---- The list -------------------------------------------------------------------------------- */

static void
sb_sources_page_selected (SbListPage *page, GPtrArray *items)
{
  SbSourcesPage *self = SB_SOURCES_PAGE (page);
  SbSource *source = items->len > 0 ? g_ptr_array_index (items, 0) : NULL;
  g_autofree char *file = source != NULL ? sb_source_dup_file (source) : NULL;

  if (self->source != NULL)
    g_signal_handlers_disconnect_by_func (self->source, update, self);
  g_set_object (&self->source, source);
  if (source != NULL)
    {
      g_signal_connect_object (source, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      sb_object_pane_open (self->pane, sb_page_get_router (SB_PAGE (self)), file);
      if (g_strcmp0 (self->tested, sb_item_get_id (SB_ITEM (source))) != 0)
        show_nothing_tested (self);
    }
  update (self);
}

static void
fill_row (SbItemRow *row, gpointer item, gint64 now_us)
{
  SbSource *source = item;
  g_autofree char *count = sb_source_get_events (source) > 0
                               ? sb_words_short_count (sb_source_get_events (source))
                               : g_strdup ("");
  g_autofree char *rates = rates_words (source);

  sb_item_row_set_icon (row, sb_source_get_state_icon (source), sb_source_get_state_style (source));
  sb_item_row_set_title (row, sb_item_get_id (SB_ITEM (source)));
  sb_item_row_set_end (row, count, NULL);
  sb_item_row_set_lines (row, sb_source_get_path (source),
                         sb_source_is_refusing (source) ? sb_source_get_last_refusal (source)
                                                        : rates);
}

static GtkWidget *
sb_sources_page_new_row (SbListPage *page)
{
  return sb_item_row_new (fill_row);
}

static void
sb_sources_page_set_row_item (GtkWidget *row, gpointer item)
{
  sb_item_row_set_item (SB_ITEM_ROW (row), item);
}

static void
sb_sources_page_beat_row (GtkWidget *row, gint64 now_us)
{
  sb_item_row_beat (SB_ITEM_ROW (row), now_us);
}

static void
sb_sources_page_beat (SbPage *page)
{
  SB_PAGE_CLASS (sb_sources_page_parent_class)->beat (page);
  if (sb_router_get_state (sb_page_get_router (page)) == SB_ROUTER_CONNECTED)
    sb_paged_list_refresh (sb_list_page_get_list (SB_LIST_PAGE (page)));
  update (SB_SOURCES_PAGE (page));
}

static void
sb_sources_page_refresh (SbPage *page)
{
  SB_PAGE_CLASS (sb_sources_page_parent_class)->refresh (page);
  sb_object_pane_look_again (SB_SOURCES_PAGE (page)->pane);
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void
copy_cb (SbSourcesPage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_text (GTK_LABEL (self->curl)));
  sb_page_toast (SB_PAGE (self), _ ("Command copied"));
}

static void
done_cb (SbSourcesPage *self, const char *text)
{
  sb_page_offer_undo (SB_PAGE (self), text);
}

static void
told_cb (SbSourcesPage *self, const char *text)
{
  sb_page_toast (SB_PAGE (self), text);
}

static void
sb_sources_page_undo (SbPage *page)
{
  sb_object_pane_undo (SB_SOURCES_PAGE (page)->pane);
}

static const char *
sb_sources_page_get_unsaved (SbPage *page)
{
  return sb_object_pane_get_unsaved (SB_SOURCES_PAGE (page)->pane);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_object_pane_remove (SB_SOURCES_PAGE (widget)->pane);
}

static void
events_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbSourcesPage *self = SB_SOURCES_PAGE (widget);
  const char *source = sb_item_get_id (SB_ITEM (self->source));
  g_autofree char *file = sb_source_dup_file (self->source);
  g_autofree char *filter = g_strdup_printf ("by:%s%s", file != NULL ? "source/" : "", source);

  gtk_widget_activate_action (widget, "win.list-events", "s", filter);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_sources_page_dispose (GObject *object)
{
  g_clear_object (&SB_SOURCES_PAGE (object)->source);

  G_OBJECT_CLASS (sb_sources_page_parent_class)->dispose (object);
}

static void
sb_sources_page_finalize (GObject *object)
{
  g_free (SB_SOURCES_PAGE (object)->tested);
  g_free (SB_SOURCES_PAGE (object)->tested_id);

  G_OBJECT_CLASS (sb_sources_page_parent_class)->finalize (object);
}

static void
sb_sources_page_class_init (SbSourcesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_sources_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_sources_page_finalize;
  SB_PAGE_CLASS (klass)->refresh = sb_sources_page_refresh;
  SB_PAGE_CLASS (klass)->beat = sb_sources_page_beat;
  SB_PAGE_CLASS (klass)->undo = sb_sources_page_undo;
  SB_PAGE_CLASS (klass)->get_unsaved = sb_sources_page_get_unsaved;
  list_page_class->query = "";
  list_page_class->get_item_type = sb_source_get_type;
  list_page_class->new_row = sb_sources_page_new_row;
  list_page_class->set_row_item = sb_sources_page_set_row_item;
  list_page_class->beat_row = sb_sources_page_beat_row;
  list_page_class->selected = sb_sources_page_selected;

  g_type_ensure (SB_TYPE_OBJECT_PANE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-sources-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbSourcesPage, pane);
  gtk_widget_class_bind_template_callback (widget_class, done_cb);
  gtk_widget_class_bind_template_callback (widget_class, told_cb);
  gtk_widget_class_install_action (widget_class, "sources.test", NULL, test_action);
  gtk_widget_class_install_action (widget_class, "sources.journey", NULL, journey_action);
  gtk_widget_class_install_action (widget_class, "sources.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "sources.events", NULL, events_action);
}

/* A command for a terminal, with a button that copies it. */
static void
add_curl (SbSourcesPage *self)
{
  GtkWidget *copy = gtk_button_new_with_label (_ ("Copy"));

  self->curl_group = adw_preferences_group_new ();
  self->curl = gtk_label_new ("");
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->curl_group),
                                   _ ("Send an Event from a Terminal"));
  gtk_label_set_xalign (GTK_LABEL (self->curl), 0);
  gtk_label_set_wrap (GTK_LABEL (self->curl), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->curl), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (self->curl), TRUE);
  gtk_widget_add_css_class (self->curl, "monospace");
  gtk_widget_add_css_class (self->curl, "card");
  gtk_widget_add_css_class (self->curl, "output");
  gtk_widget_set_valign (copy, GTK_ALIGN_CENTER);
  sb_widget_set_name (copy, _ ("Copy the Command"));
  g_signal_connect_object (copy, "clicked", G_CALLBACK (copy_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self->curl_group), copy);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->curl_group), self->curl);
  sb_item_detail_append (self->detail, self->curl_group);
}

static void
sb_sources_page_init (SbSourcesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->detail = g_object_new (SB_TYPE_ITEM_DETAIL, NULL);
  sb_object_pane_set_state (self->pane, GTK_WIDGET (self->detail));
  add_test (self);
  add_curl (self);
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_t, "sources.test");
  sb_item_detail_add_button (self->detail, _ ("Show Its Events"),
                                              _ ("List what came in by this source"),
                                                 "sources.events", NULL);
  sb_list_page_set_empty (SB_LIST_PAGE (self), "sb-source-symbolic",
                          _ ("No Sources"), _ ("A source takes events in."));
  sb_list_page_set_empty_child (SB_LIST_PAGE (self),
                                sb_widget_new_pill (_ ("New Source"), "win.new-source"));
}

void
sb_sources_page_select (SbSourcesPage *self, const char *name)
{
  g_return_if_fail (SB_IS_SOURCES_PAGE (self));

  sb_object_pane_show (self->pane, "state");
  sb_list_page_select (SB_LIST_PAGE (self), name);
}

void
sb_sources_page_take_new (SbSourcesPage *self, SbDocument *document)
{
  const char *path;
  g_autofree char *name = NULL;

  g_return_if_fail (SB_IS_SOURCES_PAGE (self));

  path = sb_document_get_path (document) + strlen ("source/");
  name = g_strndup (path, strlen (path) - strlen (".json"));
  sb_object_pane_adopt (self->pane, document);
  sb_sources_page_select (self, name);
}

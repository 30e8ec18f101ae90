#include "config.h"

#include "sb-event-detail.h"

#include <glib/gi18n.h>

#include "sb-attempt-row.h"
#include "sb-copy-curl.h"
#include "sb-event-payload.h"
#include "sb-event-why.h"
#include "sb-event-window.h"
#include "sb-json.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

/* `event` is the list's item; the deliveries are fetched, and fetched again when the item changes.
 * `rows` are their rows in the journey, each with its SbDelivery as data. */
struct _SbEventDetail
{
  AdwBin parent_instance;

  SbRouter *router;
  SbEvent *event;
  GSignalGroup *signals;
  GCancellable *cancellable;
  GPtrArray *deliveries;
  JsonObject *answer; /* the journey as the router tells it, or NULL */

  GtkWidget *scrolled_window;
  GtkWidget *title;
  GtkWidget *source;
  GtkWidget *journey_list;
  GtkWidget *view_stack;
  SbEventPayload *payload;
  GtkWidget *attempts_box;
  GtkWidget *attempts_empty;
  SbEventWhy *why;
  GtkWidget *related_list;
  GtkWidget *details_list;
};

G_DEFINE_FINAL_TYPE (SbEventDetail, sb_event_detail, ADW_TYPE_BIN)

/* ---- The journey ----------------------------------------------------------------------------- */

static GtkWidget *
add_step (SbEventDetail *self,
          const char *icon,
          const char *style,
          const char *title,
          const char *subtitle)
{
  g_autofree char *visible_title = sb_text_visible (title, -1, SB_TEXT_LINE);
  g_autofree char *visible_subtitle = sb_text_visible (subtitle, -1, SB_TEXT_LINE);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", visible_title, "subtitle",
                                            visible_subtitle, NULL);
  GtkWidget *image = gtk_image_new_from_icon_name (icon);

  gtk_widget_add_css_class (image, style);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
  gtk_list_box_append (GTK_LIST_BOX (self->journey_list), row);
  return row;
}

static char *
delivery_words (SbDelivery *delivery, gint64 now_us)
{
  g_autofree char *answer = sb_delivery_dup_answer (delivery);
  g_autofree char *due = NULL;
  guint n = sb_delivery_get_attempts (delivery);
  g_autofree char *attempts = g_strdup_printf (ngettext ("%u attempt", "%u attempts", n), n);
  const char *state = sb_delivery_state_words (sb_delivery_get_state (delivery));

  if (n == 0)
    return g_strdup (state);
  if (sb_delivery_get_state (delivery) == SB_DELIVERY_WAITING)
    {
      due = sb_words_countdown (sb_delivery_get_due_us (delivery), now_us);
      /* Translators: "503 Service Unavailable · 3 attempts, the next in 12 s" */
      return g_strdup_printf (_ ("%s · %s, the next %s"), answer, attempts, due);
    }
  return g_strdup_printf ("%s · %s", *answer != '\0' ? answer : state, attempts);
}

static void
add_received (SbEventDetail *self, gint64 now_us)
{
  SbEvent *event = self->event;
  g_autofree char *time = sb_words_time (sb_event_get_received_us (event), now_us);
  g_autofree char *exact = sb_words_exact_time (sb_event_get_received_us (event));
  g_autofree char *size = sb_words_bytes (sb_event_get_bytes (event));
  g_autofree char *title = g_strdup_printf (_ ("Received by %s"), sb_event_get_ingress (event));
  g_autofree char *subtitle = g_strdup_printf (_ ("%s · %s · bus %s"), time, size,
                                                  sb_event_get_bus (event));
  GtkWidget *row = add_step (self, "sb-source-symbolic", "dim-label", title, subtitle);

  gtk_widget_set_tooltip_text (row, exact);
}

static void
add_matched (SbEventDetail *self)
{
  const char *const *matched = sb_event_get_matched (self->event);
  guint n = g_strv_length ((char **) matched);
  g_autofree char *rules = g_strjoinv (_ (", "), (char **) matched);
  g_autofree char *title = g_strdup_printf (ngettext ("Matched %u Rule", "Matched %u Rules", n), n);

  if (n == 0)
    add_step (self, "sb-rule-symbolic", "dim-label",
              _ ("No Rule Matched"), _ ("It is kept, and nobody is sent it."));
  else
    add_step (self, "sb-rule-symbolic", "dim-label", title, rules);
}

/* ---- Lineage --------------------------------------------------------------------------------- */

static void
tie_activated_cb (GtkWidget *row, SbEventDetail *self)
{
  sb_event_window_present (GTK_WINDOW (gtk_widget_get_root (row)), self->router,
                           g_object_get_data (G_OBJECT (row), "event"));
}

/* A row that leads to the other event of a lineage. */
static GtkWidget *
new_tie_row (SbEventDetail *self, JsonObject *tie, const char *title)
{
  gint64 now_us = sb_router_get_now_us (self->router);
  g_autofree char *ago = sb_words_ago (sb_json_time_us (tie, "at"), now_us);
  const char *by = sb_json_string (tie, "by"), *reason = sb_json_string (tie, "reason");
  g_autofree char *who = *by != '\0' ? g_strdup_printf (_ ("by %s, %s"), by, ago) : g_strdup (ago);
  g_autofree char *words = *reason != '\0' ? g_strdup_printf ("%s · %s", who, reason)
                                           : g_strdup (who);
  g_autofree char *visible = sb_text_visible (words, -1, SB_TEXT_LINE);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", title, "subtitle",
                                            visible, "activatable", TRUE, NULL);

  adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("document-edit-symbolic"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_object_set_data_full (G_OBJECT (row), "event", g_strdup (sb_json_string (tie, "event")),
                          g_free);
  g_signal_connect_object (row, "activated", G_CALLBACK (tie_activated_cb), self, 0);
  return row;
}

static void
add_edited_from (SbEventDetail *self)
{
  JsonObject *from = sb_json_object (self->answer, "edited_from");

  if (from != NULL)
    gtk_list_box_append (GTK_LIST_BOX (self->journey_list),
                         new_tie_row (self, from,
                                      sb_json_int (from, "rules") != 0
                                      ? _ ("Routed Anew, from Another Event")
                                      : _ ("Edited from Another Event")));
}

static void
add_replays (SbEventDetail *self, SbDelivery *delivery)
{
  GPtrArray *history = sb_delivery_get_history (delivery);

  for (guint i = 0; i < history->len; i++)
    {
      const SbEntry *entry = g_ptr_array_index (history, i);

      if (entry->kind == SB_ENTRY_REPLAY)
        gtk_list_box_append (GTK_LIST_BOX (self->related_list),
                             sb_attempt_row_new (entry, sb_delivery_get_connector (delivery),
                                                 sb_router_get_now_us (self->router)));
    }
}

static void
alike_cb (GtkWidget *row, SbEventDetail *self)
{
  g_autofree char *filter = g_strdup_printf ("source:\"%s\" type:\"%s\"",
                                             sb_event_get_source (self->event),
                                             sb_event_get_detail_type (self->event));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.list-events", "s", filter);
}

static void
update_related (SbEventDetail *self)
{
  g_autoptr (GPtrArray) copies = sb_json_objects (self->answer, "edited_copies");
  JsonObject *from = sb_json_object (self->answer, "edited_from");
  GtkListBox *list = GTK_LIST_BOX (self->related_list);
  GtkWidget *alike;

  sb_widget_clear_list_box (list);
  if (from != NULL)
    gtk_list_box_append (list, new_tie_row (self, from,
                                            sb_json_int (from, "rules") != 0
                                            ? _ ("Routed Anew from This Event")
                                            : _ ("Edited from This Event")));
  for (guint i = 0; i < copies->len; i++)
    {
      JsonObject *copy = g_ptr_array_index (copies, i);

      gtk_list_box_append (list, new_tie_row (self, copy,
                                              sb_json_int (copy, "rules") != 0
                                              ? _ ("It, Routed Anew by Later Rules")
                                              : _ ("An Edited Copy of It")));
    }
  for (guint i = 0; i < self->deliveries->len; i++)
    add_replays (self, g_ptr_array_index (self->deliveries, i));
  alike = g_object_new (ADW_TYPE_ACTION_ROW, "title",
                        _ ("Events of Its Type and Source"), "activatable", TRUE, NULL);
  adw_action_row_add_suffix (ADW_ACTION_ROW (alike),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_signal_connect_object (alike, "activated", G_CALLBACK (alike_cb), self, 0);
  gtk_list_box_append (list, alike);
}

/* ---- Attempts -------------------------------------------------------------------------------- */

static void
copy_curl_cb (GtkWidget *button, SbEventDetail *self)
{
  sb_copy_curl (GTK_WIDGET (self), sb_router_get_client (self->router),
                g_object_get_data (G_OBJECT (button), "delivery"));
}

static GtkWidget *
new_curl_button (SbEventDetail *self, SbDelivery *delivery)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  g_autofree char *name = g_strdup_printf (_ ("Copy What %s Is Sent as cURL"),
                                              sb_delivery_get_connector (delivery));

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, name);
  sb_widget_set_name (button, name);
  g_object_set_data_full (G_OBJECT (button), "delivery", g_object_ref (delivery), g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (copy_curl_cb), self, 0);
  return button;
}

static GtkWidget *
new_attempts (SbEventDetail *self, SbDelivery *delivery)
{
  GPtrArray *history = sb_delivery_get_history (delivery);
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *list = gtk_list_box_new ();
  g_autofree char *title = g_markup_escape_text (sb_delivery_get_connector (delivery), -1);
  g_autofree char *name = g_strdup_printf (_ ("Attempts of %s"),
                                              sb_delivery_get_connector (delivery));

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  if (sb_copy_curl_can (delivery))
    adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (group),
                                             new_curl_button (self, delivery));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  sb_widget_set_name (list, name);
  for (guint i = history->len; i > 0; i--)
    gtk_list_box_append (GTK_LIST_BOX (list),
                         sb_attempt_row_new (g_ptr_array_index (history, i - 1),
                                             sb_delivery_get_connector (delivery),
                                             sb_router_get_now_us (self->router)));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), list);
  return group;
}

static void
clear_box (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

static void
update_attempts (SbEventDetail *self)
{
  gboolean any = FALSE;

  clear_box (self->attempts_box);
  for (guint i = 0; i < self->deliveries->len; i++)
    if (sb_delivery_get_history (g_ptr_array_index (self->deliveries, i))->len > 0)
      {
        gtk_box_append (GTK_BOX (self->attempts_box),
                        new_attempts (self, g_ptr_array_index (self->deliveries, i)));
        any = TRUE;
      }
  gtk_widget_set_visible (self->attempts_empty, !any);
}

static void
way_cb (GtkWidget *row, SbEventDetail *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-way", "(ss)",
                              sb_item_get_id (SB_ITEM (self->event)),
                              sb_event_get_detail_type (self->event));
}

static void
add_way (SbEventDetail *self)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title",
                                 _ ("Show Its Way in the Routes"), "activatable", TRUE, NULL);

  adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("sb-routes-symbolic"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_signal_connect_object (row, "activated", G_CALLBACK (way_cb), self, 0);
  gtk_list_box_append (GTK_LIST_BOX (self->journey_list), row);
}

static void
update_journey (SbEventDetail *self)
{
  gint64 now_us = sb_router_get_now_us (self->router);

  sb_widget_clear_list_box (GTK_LIST_BOX (self->journey_list));
  add_edited_from (self);
  add_received (self, now_us);
  add_matched (self);
  for (guint i = 0; i < self->deliveries->len; i++)
    {
      SbDelivery *delivery = g_ptr_array_index (self->deliveries, i);
      SbDeliveryState state = sb_delivery_get_state (delivery);
      g_autofree char *words = delivery_words (delivery, now_us);
      GtkWidget *row = add_step (self, sb_delivery_state_icon (state),
                                 sb_delivery_state_style (state),
                                 sb_delivery_get_connector (delivery), words);
      g_autofree char *sentence = sb_delivery_dup_sentence (delivery);
      g_autofree char *visible = sb_text_visible (sentence, -1, SB_TEXT_LINE);

      gtk_widget_set_tooltip_text (row, *visible != '\0' ? visible : NULL);
      g_object_set_data_full (G_OBJECT (row), "delivery", g_object_ref (delivery), g_object_unref);
    }
  add_way (self);
}

static void
update_head (SbEventDetail *self)
{
  g_autofree char *received = sb_words_exact_time (sb_event_get_received_us (self->event));
  g_auto (GStrv) lines = g_strsplit (received, "\n", 2);
  g_autofree char *generation = g_strdup_printf ("%" G_GINT64_FORMAT,
                                                 sb_event_get_generation (self->event));
  GtkListBox *details = GTK_LIST_BOX (self->details_list);

  sb_widget_set_text (self->title, sb_event_get_detail_type (self->event));
  sb_widget_set_text (self->source, sb_event_get_source (self->event));

  sb_widget_clear_list_box (details);
  gtk_list_box_append (
      details, sb_widget_new_property_row (_ ("Event"), sb_item_get_id (SB_ITEM (self->event))));
  gtk_list_box_append (
      details, sb_widget_new_property_row (_ ("Received"), lines[0] != NULL ? lines[0] : ""));
  gtk_list_box_append (details,
                       sb_widget_new_property_row (_ ("Routed by generation"), generation));
}

/* ---- Fetching -------------------------------------------------------------------------------- */

static void
event_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, NULL);
  g_autoptr (GPtrArray) objects = NULL;
  SbEventDetail *self;

  /* Cancelled, or gone: the list is refreshed by itself and will say so. */
  if (answer == NULL)
    return;

  self = SB_EVENT_DETAIL (user_data);
  g_clear_pointer (&self->answer, json_object_unref);
  self->answer = json_object_ref (answer);
  objects = sb_json_objects (answer, "deliveries");
  g_ptr_array_set_size (self->deliveries, 0);
  for (guint i = 0; i < objects->len; i++)
    {
      SbItem *item = sb_item_new (SB_TYPE_DELIVERY, g_ptr_array_index (objects, i));

      if (item != NULL)
        g_ptr_array_add (self->deliveries, item);
    }
  update_journey (self);
  update_attempts (self);
  update_related (self);
  sb_event_payload_set_deliveries (self->payload, self->deliveries);
  if (sb_json_object (answer, "event") != NULL)
    sb_event_why_set_object (self->why, sb_json_object (answer, "event"));
}

static void
body_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sb_client_fetch_finish (SB_CLIENT (source), result, NULL, &error);

  if (bytes == NULL)
    return;
  sb_event_payload_set_body (SB_EVENT_DETAIL (user_data)->payload, bytes);
  sb_event_why_set_body (SB_EVENT_DETAIL (user_data)->why, bytes);
}

static void
fetch (SbEventDetail *self, gboolean body)
{
  SbClient *client = sb_router_get_client (self->router);
  const char *id = sb_item_get_id (SB_ITEM (self->event));

  sb_client_get_event_async (client, id, self->cancellable, event_cb, self);
  if (body)
    sb_client_fetch_body_async (client, id, self->cancellable, body_cb, self);
}

static void
changed_cb (SbEventDetail *self)
{
  /* What was received never changes. */
  fetch (self, FALSE);
}

static void
clear (SbEventDetail *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->signals != NULL)
    g_signal_group_set_target (self->signals, NULL);
  g_clear_object (&self->event);
  g_clear_pointer (&self->answer, json_object_unref);
  g_ptr_array_set_size (self->deliveries, 0);
}

static void
sb_event_detail_dispose (GObject *object)
{
  SbEventDetail *self = SB_EVENT_DETAIL (object);

  clear (self);
  g_clear_object (&self->signals);
  g_clear_object (&self->router);

  G_OBJECT_CLASS (sb_event_detail_parent_class)->dispose (object);
}

static void
sb_event_detail_finalize (GObject *object)
{
  SbEventDetail *self = SB_EVENT_DETAIL (object);

  g_clear_pointer (&self->deliveries, g_ptr_array_unref);

  G_OBJECT_CLASS (sb_event_detail_parent_class)->finalize (object);
}

static void
sb_event_detail_class_init (SbEventDetailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_event_detail_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_event_detail_finalize;
  g_type_ensure (SB_TYPE_EVENT_PAYLOAD);
  g_type_ensure (SB_TYPE_EVENT_WHY);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-event-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, scrolled_window);
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, title);
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, source);
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, journey_list);
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, view_stack);
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, payload);
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, attempts_box);
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, attempts_empty);
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, why);
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, related_list);
  gtk_widget_class_bind_template_child (widget_class, SbEventDetail, details_list);
}

static void
sb_event_detail_init (SbEventDetail *self)
{
  self->deliveries = g_ptr_array_new_with_free_func (g_object_unref);
  self->signals = g_signal_group_new (SB_TYPE_EVENT);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (changed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sb_event_detail_show (SbEventDetail *self, SbRouter *router, SbEvent *event)
{
  g_return_if_fail (SB_IS_EVENT_DETAIL (self));

  g_set_object (&self->router, router);
  clear (self);
  if (event == NULL)
    return;

  self->event = g_object_ref (event);
  self->cancellable = g_cancellable_new ();
  g_signal_group_set_target (self->signals, event);
  gtk_adjustment_set_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled_window)), 0);
  /* Nothing of another event is left to be mistaken for this one's. */
  sb_event_payload_begin (self->payload, router);
  sb_event_why_begin (self->why, router, event);
  update_attempts (self);
  update_related (self);
  update_head (self);
  update_journey (self);
  fetch (self, TRUE);
}

void
sb_event_detail_beat (SbEventDetail *self)
{
  gint64 now_us;

  g_return_if_fail (SB_IS_EVENT_DETAIL (self));

  if (self->event == NULL)
    return;
  now_us = sb_router_get_now_us (self->router);
  for (GtkWidget *row = gtk_widget_get_first_child (self->journey_list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      SbDelivery *delivery = g_object_get_data (G_OBJECT (row), "delivery");
      g_autofree char *words = delivery != NULL ? delivery_words (delivery, now_us) : NULL;

      if (words != NULL)
        adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
    }
}

void
sb_event_detail_copy_curl (SbEventDetail *self)
{
  g_return_if_fail (SB_IS_EVENT_DETAIL (self));

  for (guint i = 0; self->deliveries != NULL && i < self->deliveries->len; i++)
    if (sb_copy_curl_can (g_ptr_array_index (self->deliveries, i)))
      {
        sb_copy_curl (GTK_WIDGET (self), sb_router_get_client (self->router),
                      g_ptr_array_index (self->deliveries, i));
        return;
      }
}

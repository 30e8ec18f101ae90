#include "config.h"

#include "sb-delivery-detail.h"

#include <glib/gi18n.h>

#include "sb-attempt-row.h"
#include "sb-comparison.h"
#include "sb-json-view.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"
#include "sb-wrap-box.h"

#define N_SHOWN_ATTEMPTS 10 /* more only when asked for: a retry policy allows 185 */

/* `delivery` is the list's item, which says enough for the head of the page at once; `full` is
 * fetched and has the history.  When the item changes everything is fetched again. */
struct _SbDeliveryDetail
{
  AdwBin parent_instance;

  SbRouter *router;
  SbDelivery *delivery;
  SbDelivery *full;
  GSignalGroup *signals;
  GCancellable *cancellable;
  SbComparison *comparison; /* of a dead letter with one that arrived */
  gboolean all_attempts;
  gboolean no_buttons;

  GtkWidget *scrolled_window;
  GtkWidget *title;
  GtkWidget *way;
  GtkWidget *icon;
  GtkWidget *sentence;
  GtkWidget *note;
  GtkWidget *summary;
  GtkWidget *buttons;
  GtkWidget *waiting_buttons;
  GtkWidget *attempts_group;
  GtkWidget *attempts_list;
  GtkWidget *comparison_group;
  GtkWidget *comparison_list;
  GtkWidget *payload_group;
  GtkWidget *payload_view;
  GtkWidget *details_list;
};

G_DEFINE_FINAL_TYPE (SbDeliveryDetail, sb_delivery_detail, ADW_TYPE_BIN)

static char *
summary_words (SbDelivery *delivery, gint64 now_us)
{
  guint n = sb_delivery_get_attempts (delivery);
  g_autofree char *attempts = g_strdup_printf (ngettext ("%u attempt", "%u attempts", n), n);
  g_autofree char *age = sb_words_ago (sb_delivery_get_changed_us (delivery), now_us);
  g_autofree char *due = NULL;

  switch (sb_delivery_get_state (delivery))
    {
    case SB_DELIVERY_DEAD:
      /* Translators: "5 attempts, given up 3 min ago" */
      return g_strdup_printf (_ ("%s, given up %s"), attempts, age);
    case SB_DELIVERY_WAITING:
      due = sb_words_countdown (sb_delivery_get_due_us (delivery), now_us);
      /* Translators: "5 attempts, the next in 12 s" */
      return g_strdup_printf (_ ("%s, the next %s"), attempts, due);
    default:
      return g_strdup_printf (_ ("%s, last change %s"), attempts, age);
    }
}

static void
update_summary (SbDeliveryDetail *self)
{
  g_autofree char *words = summary_words (self->delivery, sb_router_get_now_us (self->router));

  gtk_label_set_text (GTK_LABEL (self->summary), words);
}

static void
update_head (SbDeliveryDetail *self)
{
  SbDelivery *delivery = self->delivery;
  SbDeliveryState state = sb_delivery_get_state (delivery);
  g_autofree char *sentence = sb_delivery_dup_sentence (delivery);
  g_autofree char *visible = NULL, *shown = NULL;
  g_autofree char *note = sb_text_visible (sb_delivery_get_note (delivery), -1, SB_TEXT_LINE);
  g_autofree char *way = g_strdup_printf ("%s → %s → %s", sb_delivery_get_source (delivery),
                                          sb_delivery_get_rule (delivery),
                                          sb_delivery_get_connector (delivery));

  if (*sentence == '\0')
    {
      g_free (sentence);
      sentence = g_strdup (sb_delivery_state_words (state));
    }
  visible = sb_text_visible (sentence, -1, SB_TEXT_LINE);
  shown = sb_text_isolate (visible);
  gtk_label_set_text (GTK_LABEL (self->sentence), shown);
  gtk_label_set_text (GTK_LABEL (self->note), note);
  gtk_widget_set_visible (self->note, *note != '\0');
  sb_widget_set_text (self->title, sb_delivery_get_detail_type (delivery));
  sb_widget_set_text (self->way, way);
  sb_widget_set_state_icon (self->icon, state);
  gtk_widget_set_visible (self->waiting_buttons,
                          (state == SB_DELIVERY_WAITING || state == SB_DELIVERY_HELD) &&
                              !self->no_buttons);
  gtk_widget_set_visible (self->buttons, state == SB_DELIVERY_DEAD && !self->no_buttons);
  update_summary (self);
}

/* ---- Attempts -------------------------------------------------------------------------------- */

static void update_attempts (SbDeliveryDetail *self);

static void
show_all_cb (SbDeliveryDetail *self)
{
  self->all_attempts = TRUE;
  update_attempts (self);
}

static void
add_more_row (SbDeliveryDetail *self, guint n_all)
{
  g_autofree char *label = g_strdup_printf (
      ngettext ("Show All %u Entry", "Show All %u Entries", n_all), n_all);
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", G_CALLBACK (show_all_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (GTK_LIST_BOX (self->attempts_list), button);
}

static void
update_attempts (SbDeliveryDetail *self)
{
  GPtrArray *history = sb_delivery_get_history (self->full);
  guint n_shown = self->all_attempts ? history->len : MIN (history->len, N_SHOWN_ATTEMPTS);
  gint64 now_us = sb_router_get_now_us (self->router);

  sb_widget_clear_list_box (GTK_LIST_BOX (self->attempts_list));
  for (guint i = 0; i < n_shown; i++)
    {
      const SbEntry *entry = g_ptr_array_index (history, history->len - 1 - i);

      gtk_list_box_append (
          GTK_LIST_BOX (self->attempts_list),
          sb_attempt_row_new (entry, sb_delivery_get_connector (self->full), now_us));
    }
  if (n_shown < history->len)
    add_more_row (self, history->len);
  gtk_widget_set_visible (self->attempts_group, history->len > 0);
}

/* ---- Details --------------------------------------------------------------------------------- */

static void
add_detail (SbDeliveryDetail *self, const char *title, const char *value)
{
  if (*value != '\0')
    gtk_list_box_append (GTK_LIST_BOX (self->details_list),
                         sb_widget_new_property_row (title, value));
}

static void
update_details (SbDeliveryDetail *self)
{
  SbDelivery *full = self->full;
  const char *const *attributes = sb_delivery_get_attributes (full);
  g_autofree char *created = sb_words_exact_time (sb_delivery_get_created_us (full));
  g_auto (GStrv) lines = g_strsplit (created, "\n", 2);

  sb_widget_clear_list_box (GTK_LIST_BOX (self->details_list));
  add_detail (self, _ ("Delivery"), sb_item_get_id (SB_ITEM (full)));
  add_detail (self, _ ("Event"), sb_delivery_get_event (full));
  add_detail (self, _ ("Received"), lines[0] != NULL ? lines[0] : "");
  add_detail (self, _ ("Rule"), sb_delivery_get_rule (full));
  add_detail (self, _ ("Target"), sb_delivery_get_target (full));
  for (; attributes[0] != NULL; attributes += 2)
    add_detail (self, attributes[0], attributes[1]);
}

/* ---- Comparing ------------------------------------------------------------------------------- */

static void
add_change (SbDeliveryDetail *self, const SbJsonChange *change)
{
  g_autofree char *path = sb_text_visible (change->path, -1, SB_TEXT_LINE);
  g_autofree char *words = NULL;
  g_autofree char *visible = NULL;

  if (change->before == NULL)
    /* Translators: of a value that only this event has */
    words = g_strdup_printf (_ ("%s; the other has none"), change->after);
  else if (change->after == NULL)
    /* Translators: of a value that only the other event has */
    words = g_strdup_printf (_ ("missing; the other has %s"), change->before);
  else
    words = g_strdup_printf (_ ("%s; the other has %s"), change->after, change->before);
  visible = sb_text_visible (words, -1, SB_TEXT_LINE);
  gtk_list_box_append (GTK_LIST_BOX (self->comparison_list),
                       sb_widget_new_property_row (path, visible));
}

static void
update_comparison (SbDeliveryDetail *self)
{
  guint n_all = 0;
  GPtrArray *changes = sb_comparison_get_changes (self->comparison, &n_all);
  g_autofree char *ago = NULL;
  g_autofree char *words = NULL;

  sb_widget_clear_list_box (GTK_LIST_BOX (self->comparison_list));
  gtk_widget_set_visible (self->comparison_group, changes != NULL);
  if (changes == NULL)
    return;
  for (guint i = 0; i < changes->len; i++)
    add_change (self, g_ptr_array_index (changes, i));
  gtk_widget_set_visible (self->comparison_list, changes->len > 0);
  ago = sb_words_ago (sb_comparison_get_at_us (self->comparison),
                      sb_router_get_now_us (self->router));
  if (n_all == 0)
    words = g_strdup_printf (_ ("The last one that arrived, %s, carries the same."), ago);
  else
    words = g_strdup_printf (ngettext ("%u value is not as in the last one that arrived, %s.",
                                       "%u values are not as in the last one that arrived, %s.",
                                       n_all),
                             n_all, ago);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->comparison_group), words);
}

/* ---- Fetching -------------------------------------------------------------------------------- */

static void
delivery_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbDeliveryDetail *self;
  SbItem *full;

  /* Cancelled, or gone: the list is refreshed by itself and will say so. */
  if (answer == NULL)
    return;
  full = sb_item_new (SB_TYPE_DELIVERY, answer);
  if (full == NULL)
    return;

  self = SB_DELIVERY_DETAIL (user_data);
  g_clear_object (&self->full);
  self->full = SB_DELIVERY (full);
  update_attempts (self);
  update_details (self);
}

static void
payload_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sb_client_fetch_finish (SB_CLIENT (source), result, NULL, &error);
  SbDeliveryDetail *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = SB_DELIVERY_DETAIL (user_data);
  /* An error belongs here: a payload that cannot be made is often why the delivery is dead. */
  if (bytes == NULL)
    bytes = g_bytes_new (error->message, strlen (error->message));
  sb_json_view_show_bytes (SB_JSON_VIEW (self->payload_view), bytes);
}

static void
fetch (SbDeliveryDetail *self)
{
  SbClient *client = sb_router_get_client (self->router);
  const char *id = sb_item_get_id (SB_ITEM (self->delivery));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  sb_client_get_delivery_async (client, id, self->cancellable, delivery_cb, self);
  sb_client_fetch_payload_async (client, id, self->cancellable, payload_cb, self);
  if (self->comparison == NULL)
    {
      self->comparison = sb_comparison_new (client);
      g_signal_connect_object (self->comparison, "changed", G_CALLBACK (update_comparison), self,
                               G_CONNECT_SWAPPED);
    }
  sb_comparison_set_delivery (
      self->comparison,
      sb_delivery_get_state (self->delivery) == SB_DELIVERY_DEAD ? self->delivery : NULL);
}

static void
changed_cb (SbDeliveryDetail *self)
{
  update_head (self);
  fetch (self);
}

static void
copy_cb (SbDeliveryDetail *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->payload_view));
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _ ("Payload copied"));
}

static void
clear (SbDeliveryDetail *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->signals != NULL)
    g_signal_group_set_target (self->signals, NULL);
  if (self->comparison != NULL)
    sb_comparison_set_delivery (self->comparison, NULL);
  g_clear_object (&self->delivery);
  g_clear_object (&self->full);
}

static void
sb_delivery_detail_dispose (GObject *object)
{
  SbDeliveryDetail *self = SB_DELIVERY_DETAIL (object);

  g_clear_object (&self->comparison);
  clear (self);
  g_clear_object (&self->signals);
  g_clear_object (&self->router);

  G_OBJECT_CLASS (sb_delivery_detail_parent_class)->dispose (object);
}

static void
sb_delivery_detail_class_init (SbDeliveryDetailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_delivery_detail_dispose;
  g_type_ensure (SB_TYPE_JSON_VIEW);
  g_type_ensure (SB_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-delivery-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, scrolled_window);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, title);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, way);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, icon);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, sentence);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, note);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, summary);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, buttons);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, waiting_buttons);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, attempts_group);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, attempts_list);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, comparison_group);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, comparison_list);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, payload_group);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, payload_view);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryDetail, details_list);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
sb_delivery_detail_init (SbDeliveryDetail *self)
{
  self->signals = g_signal_group_new (SB_TYPE_DELIVERY);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (changed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sb_delivery_detail_show (SbDeliveryDetail *self, SbRouter *router, SbDelivery *delivery)
{
  g_return_if_fail (SB_IS_DELIVERY_DETAIL (self));

  g_set_object (&self->router, router);
  clear (self);
  if (delivery == NULL)
    return;

  self->delivery = g_object_ref (delivery);
  self->all_attempts = FALSE;
  /* Nothing of another delivery is left to be mistaken for this one's. */
  sb_widget_clear_list_box (GTK_LIST_BOX (self->attempts_list));
  sb_widget_clear_list_box (GTK_LIST_BOX (self->details_list));
  sb_json_view_show_bytes (SB_JSON_VIEW (self->payload_view), NULL);
  g_signal_group_set_target (self->signals, delivery);
  gtk_adjustment_set_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled_window)), 0);
  update_head (self);
  fetch (self);
}

void
sb_delivery_detail_beat (SbDeliveryDetail *self)
{
  g_return_if_fail (SB_IS_DELIVERY_DETAIL (self));

  if (self->delivery != NULL)
    update_summary (self);
}

void
sb_delivery_detail_hide_buttons (SbDeliveryDetail *self)
{
  g_return_if_fail (SB_IS_DELIVERY_DETAIL (self));

  self->no_buttons = TRUE;
}

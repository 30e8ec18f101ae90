#include "config.h"

#include "sb-send-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sb-json-view.h"
#include "sb-widget.h"

#define MAX_PRIORITY 100
#define MAX_DELAY_S 900

typedef struct
{
  GtkTextBuffer *body;
  GtkSpinButton *priority;
  GtkSpinButton *delay;
  GtkEditable *group; /* NULL: not a FIFO queue */
  GtkEditable *to;    /* of a redrive */
  SbSendFunc func;
  gpointer user_data;
} Order;

static AdwMessageDialog *
new_dialog (GtkWindow *parent, char *heading, const char *body, const char *verb, Order *order)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, heading, body));

  g_object_set_data_full (G_OBJECT (dialog), "order", order, g_free);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "do", verb, NULL);
  adw_message_dialog_set_response_appearance (dialog, "do", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "do");
  adw_message_dialog_set_close_response (dialog, "cancel");
  return dialog;
}

static GtkWidget *
new_list (void)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  return list;
}

static GtkSpinButton *
add_spin (GtkWidget *list, const char *title, const char *subtitle, double min, double max)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "subtitle", subtitle, NULL);
  GtkWidget *spin = gtk_spin_button_new_with_range (min, max, 1);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), 0);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  sb_widget_set_name (spin, title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  return GTK_SPIN_BUTTON (spin);
}

static GtkEditable *
add_entry (GtkWidget *list, const char *title)
{
  GtkWidget *entry = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), title);
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  return GTK_EDITABLE (entry);
}

static void
send_cb (AdwMessageDialog *dialog, const char *response, Order *order)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *text = NULL;
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (order->body, &start, &end);
  text = gtk_text_buffer_get_text (order->body, &start, &end, FALSE);
  json_object_set_string_member (body, "body", text);
  json_object_set_int_member (body, "priority", gtk_spin_button_get_value_as_int (order->priority));
  json_object_set_int_member (body, "delay_seconds",
                              gtk_spin_button_get_value_as_int (order->delay));
  if (order->group != NULL && *gtk_editable_get_text (order->group) != '\0')
    json_object_set_string_member (body, "group", gtk_editable_get_text (order->group));
  order->func (body, order->user_data);
}

void
sb_send_dialog_present (GtkWindow *parent,
                        const char *queue,
                        gboolean fifo,
                        SbSendFunc func,
                        gpointer user_data)
{
  g_autofree char *heading = g_strdup_printf (_ ("Send to %s"), queue);
  Order *order = g_new0 (Order, 1);
  AdwMessageDialog *dialog = new_dialog (parent, heading, NULL, _ ("_Send"), order);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *list = new_list ();
  GtkWidget *view = g_object_new (SB_TYPE_JSON_VIEW, "top-margin", 9, "bottom-margin", 9,
                                  "left-margin", 9, "right-margin", 9, "wrap-mode",
                                  GTK_WRAP_WORD_CHAR, "accepts-tab", FALSE, NULL);
  GtkWidget *window = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "min-content-height", 120,
                                    "min-content-width", 320, "child", view, "overflow",
                                    GTK_OVERFLOW_HIDDEN, NULL);

  gtk_widget_add_css_class (window, "card");
  gtk_widget_add_css_class (window, "code");
  sb_widget_set_name (view, _ ("The message's body"));
  order->func = func;
  order->user_data = user_data;
  order->body = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  gtk_text_buffer_set_text (order->body, "{}", -1);
  order->priority = add_spin (list, _ ("Priority"), _ ("Higher ones come first"), -MAX_PRIORITY,
                                                       MAX_PRIORITY);
  order->delay = add_spin (list, _ ("Delay"), _ ("Seconds until it can be received"), 0,
                                                 MAX_DELAY_S);
  if (fifo)
    order->group = add_entry (list, _ ("Group"));
  gtk_box_append (GTK_BOX (box), window);
  gtk_box_append (GTK_BOX (box), list);
  adw_message_dialog_set_extra_child (dialog, box);
  g_signal_connect (dialog, "response::do", G_CALLBACK (send_cb), order);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (view);
}

static void
redrive_cb (AdwMessageDialog *dialog, const char *response, Order *order)
{
  g_autoptr (JsonObject) body = json_object_new ();
  const char *to = gtk_editable_get_text (order->to);
  g_autofree char *queue = g_str_has_prefix (to, "queue/") ? g_strdup (to)
                                                           : g_strconcat ("queue/", to, NULL);

  if (*to != '\0')
    json_object_set_string_member (body, "to", queue);
  order->func (body, order->user_data);
}

void
sb_redrive_dialog_present (GtkWindow *parent,
                           const char *queue,
                           gint64 n_messages,
                           SbSendFunc func,
                           gpointer user_data)
{
  gulong n = (gulong) n_messages;
  g_autofree char *heading = g_strdup_printf (
      ngettext ("Redrive %'lu Message of %s?", "Redrive %'lu Messages of %s?", n), n, queue);
  Order *order = g_new0 (Order, 1);
  AdwMessageDialog *dialog = new_dialog (
      parent, heading,
      _ ("What is not in flight goes back to where it came from, as if it were sent now. Name a "
         "queue to send all of it there instead."),
         _ ("_Redrive"), order);
  GtkWidget *list = new_list ();

  order->func = func;
  order->user_data = user_data;
  order->to = add_entry (list, _ ("Another queue"));
  adw_message_dialog_set_extra_child (dialog, list);
  g_signal_connect (dialog, "response::do", G_CALLBACK (redrive_cb), order);
  gtk_window_present (GTK_WINDOW (dialog));
}

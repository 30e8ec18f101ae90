#include "config.h"

#include "sb-event-payload.h"

#include <glib/gi18n.h>

#include "sb-delivery.h"
#include "sb-json-view.h"
#include "sb-text.h"

#define N_RECEIVED 2 /* choices before the targets */
#define MAX_RAW_BYTES (256 * 1024)

/* What a target is sent is rendered by the router, with the rule in force, when it is looked at. */
struct _SbEventPayload
{
  AdwBin parent_instance;

  SbRouter *router;
  GBytes *body;
  GPtrArray *ids; /* of the deliveries, in the order of the choices */
  GCancellable *cancellable;

  GtkWidget *choice;
  GtkStringList *choices;
  GtkWidget *view;
};

G_DEFINE_FINAL_TYPE (SbEventPayload, sb_event_payload, ADW_TYPE_BIN)

static void
show_raw (SbEventPayload *self)
{
  gsize length = 0;
  const char *data = self->body != NULL ? g_bytes_get_data (self->body, &length) : "";
  gsize shown = sb_text_cut (data, length, MAX_RAW_BYTES);
  g_autofree char *visible = sb_text_visible (data, (gssize) shown, SB_TEXT_BLOCK);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), visible, -1);
}

static void
payload_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sb_client_fetch_finish (SB_CLIENT (source), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* That it cannot be made is often why it did not arrive. */
  if (bytes == NULL)
    bytes = g_bytes_new (error->message, strlen (error->message));
  sb_json_view_show_bytes (SB_JSON_VIEW (SB_EVENT_PAYLOAD (user_data)->view), bytes);
}

static void
update (SbEventPayload *self)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->choice));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->router == NULL || chosen == GTK_INVALID_LIST_POSITION)
    return;
  if (chosen == 0)
    sb_json_view_show_bytes (SB_JSON_VIEW (self->view), self->body);
  else if (chosen == 1)
    show_raw (self);
  else if (chosen - N_RECEIVED < self->ids->len)
    {
      self->cancellable = g_cancellable_new ();
      sb_json_view_show_bytes (SB_JSON_VIEW (self->view), NULL);
      sb_client_fetch_payload_async (sb_router_get_client (self->router),
                                     g_ptr_array_index (self->ids, chosen - N_RECEIVED),
                                     self->cancellable, payload_cb, self);
    }
}

static void
copy_cb (SbEventPayload *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _ ("Payload copied"));
}

static void
sb_event_payload_dispose (GObject *object)
{
  SbEventPayload *self = SB_EVENT_PAYLOAD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->router);

  G_OBJECT_CLASS (sb_event_payload_parent_class)->dispose (object);
}

static void
sb_event_payload_finalize (GObject *object)
{
  SbEventPayload *self = SB_EVENT_PAYLOAD (object);

  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->ids, g_ptr_array_unref);

  G_OBJECT_CLASS (sb_event_payload_parent_class)->finalize (object);
}

static void
sb_event_payload_class_init (SbEventPayloadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_event_payload_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_event_payload_finalize;
  g_type_ensure (SB_TYPE_JSON_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-event-payload.ui");
  gtk_widget_class_bind_template_child (widget_class, SbEventPayload, choice);
  gtk_widget_class_bind_template_child (widget_class, SbEventPayload, choices);
  gtk_widget_class_bind_template_child (widget_class, SbEventPayload, view);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
sb_event_payload_init (SbEventPayload *self)
{
  self->ids = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sb_event_payload_begin (SbEventPayload *self, SbRouter *router)
{
  GPtrArray *none = NULL;

  g_return_if_fail (SB_IS_EVENT_PAYLOAD (self));

  g_set_object (&self->router, router);
  g_clear_pointer (&self->body, g_bytes_unref);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->choice), 0);
  sb_event_payload_set_deliveries (self, none);
  update (self);
}

void
sb_event_payload_set_body (SbEventPayload *self, GBytes *body)
{
  g_return_if_fail (SB_IS_EVENT_PAYLOAD (self));

  g_clear_pointer (&self->body, g_bytes_unref);
  self->body = g_bytes_ref (body);
  if (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->choice)) < N_RECEIVED)
    update (self);
}

/* The choices change only when there are others, so that the one that was made stays. */
void
sb_event_payload_set_deliveries (SbEventPayload *self, GPtrArray *deliveries)
{
  guint n = deliveries != NULL ? deliveries->len : 0;
  gboolean same = n == self->ids->len;

  g_return_if_fail (SB_IS_EVENT_PAYLOAD (self));

  for (guint i = 0; same && i < n; i++)
    same = g_str_equal (g_ptr_array_index (self->ids, i),
                        sb_item_get_id (g_ptr_array_index (deliveries, i)));
  if (same)
    return;
  g_ptr_array_set_size (self->ids, 0);
  gtk_string_list_splice (self->choices, N_RECEIVED,
                          g_list_model_get_n_items (G_LIST_MODEL (self->choices)) - N_RECEIVED,
                          NULL);
  for (guint i = 0; i < n; i++)
    {
      SbDelivery *delivery = g_ptr_array_index (deliveries, i);
      g_autofree char *words = g_strdup_printf (_ ("Sent to %s"),
                                                   sb_delivery_get_connector (delivery));

      g_ptr_array_add (self->ids, g_strdup (sb_item_get_id (SB_ITEM (delivery))));
      gtk_string_list_append (self->choices, words);
    }
}

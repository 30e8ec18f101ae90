#include "config.h"

#include "sb-edit-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sb-event-window.h"
#include "sb-json-view.h"
#include "sb-json.h"
#include "sb-text.h"
#include "sb-widget.h"

/* The text is sent as it stands, so numbers stay as they were written. */
struct _SbEditDialog
{
  AdwWindow parent_instance;

  SbRouter *router;
  SbDelivery *delivery;
  GCancellable *cancellable;
  gboolean loaded;
  gboolean sending;
  char *child; /* the new event's id; NULL: not sent yet */

  GtkWidget *window_title;
  GtkWidget *stack;
  GtkWidget *view;
  GtkWidget *source_row;
  GtkWidget *type_row;
  GtkWidget *target_switch;
  GtkWidget *target_row;
  GtkWidget *discard_switch;
  GtkWidget *reason_row;
  GtkWidget *problem;
  GtkWidget *sent_page;
};

#define SB_TYPE_EDIT_DIALOG (sb_edit_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SbEditDialog, sb_edit_dialog, SB, EDIT_DIALOG, AdwWindow)
G_DEFINE_FINAL_TYPE (SbEditDialog, sb_edit_dialog, ADW_TYPE_WINDOW)

static char *
dup_text (SbEditDialog *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
set_problem (SbEditDialog *self, const char *text)
{
  g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);

  gtk_label_set_text (GTK_LABEL (self->problem), visible);
  gtk_widget_set_visible (self->problem, *visible != '\0');
}

/* Says where the text cannot be read while it is typed; what is sent can be. */
static void
update (SbEditDialog *self)
{
  g_autofree char *text = dup_text (self);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  gboolean valid = json_parser_load_from_data (parser, text, -1, &error) &&
                   json_parser_get_root (parser) != NULL;
  gboolean connected = sb_router_get_state (self->router) == SB_ROUTER_CONNECTED;

  if (self->loaded && !valid)
    {
      g_autofree char *words = g_strdup_printf (_ ("This is not JSON: line %u, column %u"),
                                                   json_parser_get_current_line (parser),
                                                   json_parser_get_current_pos (parser));

      set_problem (self, words);
    }
  else if (!self->sending)
    set_problem (self, "");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "edit.send",
                                 self->loaded && valid && connected && !self->sending);
}

static void
body_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sb_client_fetch_finish (SB_CLIENT (source), result, NULL, &error);
  SbEditDialog *self;
  g_autofree char *pretty = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_EDIT_DIALOG (user_data);
  if (bytes == NULL)
    {
      set_problem (self, error->message);
      return;
    }
  pretty = sb_text_pretty_json (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (!g_utf8_validate (pretty, -1, NULL))
    {
      set_problem (self, _ ("Its body is not text, and cannot be edited here."));
      return;
    }
  self->loaded = TRUE;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), pretty, -1);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->view), TRUE);
  update (self);
}

/* ---- Sending --------------------------------------------------------------------------------- */

static char *
json_string (const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);

  return json_to_string (node, FALSE);
}

static void
add_member (GString *body, const char *name, const char *value)
{
  g_autofree char *quoted = json_string (value);

  g_string_append_printf (body, ",\"%s\":%s", name, quoted);
}

static GBytes *
new_body (SbEditDialog *self)
{
  g_autofree char *text = dup_text (self);
  GString *body = g_string_new ("{\"detail\":");
  const char *reason = gtk_editable_get_text (GTK_EDITABLE (self->reason_row));

  g_string_append (body, text);
  add_member (body, "source", gtk_editable_get_text (GTK_EDITABLE (self->source_row)));
  add_member (body, "detail-type", gtk_editable_get_text (GTK_EDITABLE (self->type_row)));
  if (gtk_switch_get_active (GTK_SWITCH (self->target_switch)))
    {
      g_autofree char *id = json_string (sb_item_get_id (SB_ITEM (self->delivery)));

      g_string_append_printf (body, ",\"deliveries\":[%s]", id);
    }
  add_member (body, "actor", g_get_user_name ());
  if (*reason != '\0')
    add_member (body, "reason", reason);
  g_string_append_c (body, '}');
  return g_string_free_to_bytes (body);
}

static void
discard_original (SbEditDialog *self)
{
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *ids = json_array_new ();

  json_array_add_string_element (ids, sb_item_get_id (SB_ITEM (self->delivery)));
  json_object_set_array_member (body, "ids", ids);
  json_object_set_string_member (body, "actor", g_get_user_name ());
  json_object_set_string_member (body, "reason",
                                 /* Translators: the reason that is kept with a discarded one */
                                 _ ("An edited copy was sent instead"));
  sb_client_act_async (sb_router_get_client (self->router), "discard", body, NULL, NULL, NULL);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbEditDialog *self;
  g_autofree char *words = NULL;
  guint n;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_EDIT_DIALOG (user_data);
  if (answer == NULL)
    {
      set_problem (self, error->message);
      self->sending = FALSE;
      gtk_widget_action_set_enabled (GTK_WIDGET (self), "edit.send", TRUE);
      return;
    }
  self->child = g_strdup (sb_json_string (answer, "id"));
  n = (guint) sb_json_int (answer, "deliveries");
  words = n == 0
      ? g_strdup (_ ("No rule matches it: nobody is sent it."))
      : g_strdup_printf (ngettext ("It goes to %u target.", "It goes to %u targets.", n), n);
  adw_status_page_set_description (ADW_STATUS_PAGE (self->sent_page), words);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "sent");
  if (n > 0 && gtk_switch_get_active (GTK_SWITCH (self->discard_switch)))
    discard_original (self);
  sb_router_poke (self->router);
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbEditDialog *self = SB_EDIT_DIALOG (widget);
  g_autoptr (GBytes) body = new_body (self);
  g_autofree char *what = g_strdup_printf ("events/%s/edit",
                                           sb_delivery_get_event (self->delivery));

  self->sending = TRUE;
  gtk_widget_action_set_enabled (widget, "edit.send", FALSE);
  sb_client_post_async (sb_router_get_client (self->router), what, body, self->cancellable, sent_cb,
                        self);
}

static void
show_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbEditDialog *self = SB_EDIT_DIALOG (widget);

  sb_event_window_present (gtk_window_get_transient_for (GTK_WINDOW (self)), self->router,
                           self->child);
  gtk_window_close (GTK_WINDOW (self));
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_edit_dialog_dispose (GObject *object)
{
  SbEditDialog *self = SB_EDIT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->delivery);
  g_clear_object (&self->router);

  G_OBJECT_CLASS (sb_edit_dialog_parent_class)->dispose (object);
}

static void
sb_edit_dialog_finalize (GObject *object)
{
  g_free (SB_EDIT_DIALOG (object)->child);

  G_OBJECT_CLASS (sb_edit_dialog_parent_class)->finalize (object);
}

static void
sb_edit_dialog_class_init (SbEditDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_edit_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_edit_dialog_finalize;
  g_type_ensure (SB_TYPE_JSON_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-edit-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, window_title);
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, view);
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, source_row);
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, type_row);
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, target_switch);
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, target_row);
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, discard_switch);
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, reason_row);
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, SbEditDialog, sent_page);
  gtk_widget_class_install_action (widget_class, "edit.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "edit.show", NULL, show_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "edit.send",
                                       NULL);
}

static void
sb_edit_dialog_init (SbEditDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), "changed",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

void
sb_edit_dialog_present (GtkWidget *parent, SbRouter *router, SbDelivery *delivery)
{
  SbEditDialog *self = g_object_new (SB_TYPE_EDIT_DIALOG, NULL);
  g_autofree char *subtitle = sb_text_visible (sb_delivery_get_detail_type (delivery), -1,
                                               SB_TEXT_LINE);

  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (gtk_widget_get_root (parent)));
  self->router = g_object_ref (router);
  self->delivery = g_object_ref (delivery);
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->window_title), subtitle);
  gtk_editable_set_text (GTK_EDITABLE (self->source_row), sb_delivery_get_source (delivery));
  gtk_editable_set_text (GTK_EDITABLE (self->type_row), sb_delivery_get_detail_type (delivery));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->target_row),
                               sb_delivery_get_connector (delivery));
  g_signal_connect_object (router, "beat", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  sb_client_fetch_body_async (sb_router_get_client (router), sb_delivery_get_event (delivery),
                              self->cancellable, body_cb, self);
  gtk_window_present (GTK_WINDOW (self));
}

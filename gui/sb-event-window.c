#include "config.h"

#include "sb-event-window.h"

#include <glib/gi18n.h>

#include "sb-event-detail.h"
#include "sb-json.h"
#include "sb-spinner.h"
#include "sb-text.h"

/* The link names the event by its id alone: what is known of it is asked for, and shown as the page
 * of events shows it. */
struct _SbEventWindow
{
  AdwWindow parent_instance;

  SbRouter *router;
  GCancellable *cancellable;

  GtkStack *stack;
  AdwStatusPage *error_page;
  SbEventDetail *detail;
};

G_DEFINE_FINAL_TYPE (SbEventWindow, sb_event_window, ADW_TYPE_WINDOW)

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  JsonObject *object = sb_json_object (answer, "event");
  g_autoptr (SbItem) event = NULL;
  SbEventWindow *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (object != NULL)
    event = sb_item_new (SB_TYPE_EVENT, object);
  if (event != NULL)
    sb_event_detail_show (self->detail, self->router, SB_EVENT (event));
  else if (error != NULL)
    {
      g_autofree char *text = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (self->error_page, text);
    }
  gtk_stack_set_visible_child_name (self->stack, event != NULL ? "event" : "error");
}

static void
sb_event_window_dispose (GObject *object)
{
  SbEventWindow *self = SB_EVENT_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->router);

  G_OBJECT_CLASS (sb_event_window_parent_class)->dispose (object);
}

static void
sb_event_window_class_init (SbEventWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_event_window_dispose;
  g_type_ensure (SB_TYPE_EVENT_DETAIL);
  g_type_ensure (SB_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-event-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SbEventWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SbEventWindow, error_page);
  gtk_widget_class_bind_template_child (widget_class, SbEventWindow, detail);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

static void
sb_event_window_init (SbEventWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

void
sb_event_window_present (GtkWindow *parent, SbRouter *router, const char *event_id)
{
  SbEventWindow *self = g_object_new (SB_TYPE_EVENT_WINDOW, "transient-for", parent,
                                      "destroy-with-parent", TRUE, NULL);

  self->router = g_object_ref (router);
  sb_client_get_event_async (sb_router_get_client (router), event_id, self->cancellable, fetched_cb,
                             self);
  gtk_window_present (GTK_WINDOW (self));
}

char *
sb_event_link_dup_id (const char *uri)
{
  g_autoptr (GUri) link = g_uri_parse (uri, G_URI_FLAGS_NONE, NULL);
  const char *id;

  if (link == NULL || g_strcmp0 (g_uri_get_scheme (link), "signalbox") != 0 ||
      g_strcmp0 (g_uri_get_host (link), "event") != 0)
    return NULL;
  id = g_uri_get_path (link);
  if (*id == '/')
    id++;
  return *id != '\0' ? g_strdup (id) : NULL;
}

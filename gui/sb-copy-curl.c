#include "config.h"

#include "sb-copy-curl.h"

#include <glib/gi18n.h>

#include "sb-webhook-curl.h"

/* Two questions after each other: what is sent, and where to.  The widget may be gone before they
 * are answered. */
typedef struct
{
  GWeakRef widget;
  char *connector;
  GBytes *payload;
} Copy;

static void
copy_free (Copy *copy)
{
  g_weak_ref_clear (&copy->widget);
  g_free (copy->connector);
  g_clear_pointer (&copy->payload, g_bytes_unref);
  g_free (copy);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Copy, copy_free)

static void
toast (Copy *copy, const char *text)
{
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&copy->widget);

  if (widget != NULL)
    gtk_widget_activate_action (widget, "win.toast", "s", text);
}

static void
settings_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Copy) copy = user_data;
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&copy->widget);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sb_client_fetch_finish (SB_CLIENT (source), result, NULL, &error);
  g_autofree char *settings = NULL;
  g_autofree char *line = NULL;

  if (bytes == NULL)
    {
      toast (copy, error->message);
      return;
    }
  settings = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  line = sb_webhook_curl_dup (settings, copy->payload);
  if (line != NULL && widget != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), line);
  toast (copy, line != NULL ? _ ("Copied as a cURL command")
                            : _ ("The connector’s settings cannot be read"));
}

static void
payload_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Copy) copy = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strconcat (copy->connector, ".json", NULL);

  copy->payload = sb_client_fetch_finish (SB_CLIENT (source), result, NULL, &error);
  if (copy->payload == NULL)
    toast (copy, error->message);
  else
    sb_client_fetch_file_async (SB_CLIENT (source), path, NULL, settings_cb,
                                g_steal_pointer (&copy));
}

gboolean
sb_copy_curl_can (SbDelivery *delivery)
{
  return g_str_has_prefix (sb_delivery_get_connector (delivery), "webhook/");
}

void
sb_copy_curl (GtkWidget *widget, SbClient *client, SbDelivery *delivery)
{
  Copy *copy = g_new0 (Copy, 1);

  g_weak_ref_init (&copy->widget, widget);
  copy->connector = g_strdup (sb_delivery_get_connector (delivery));
  sb_client_fetch_payload_async (client, sb_item_get_id (SB_ITEM (delivery)), NULL, payload_cb,
                                 copy);
}

/* sb-send-dialog.h: asks for a message to a queue, and for where a queue's messages shall go. */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* order: the body of the API's call. */
typedef void (*SbSendFunc) (JsonObject *order, gpointer user_data);

void sb_send_dialog_present (GtkWindow *parent,
                             const char *queue,
                             gboolean fifo,
                             SbSendFunc func,
                             gpointer user_data);
void sb_redrive_dialog_present (GtkWindow *parent,
                                const char *queue,
                                gint64 n_messages,
                                SbSendFunc func,
                                gpointer user_data);

G_END_DECLS

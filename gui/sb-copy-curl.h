/* sb-copy-curl.h: puts what a target is sent on the clipboard, as a command for a terminal. */
#pragma once

#include <gtk/gtk.h>

#include "sb-client.h"
#include "sb-delivery.h"

G_BEGIN_DECLS

/* Only what a webhook is sent can be said so. */
gboolean sb_copy_curl_can (SbDelivery *delivery);

/* Says with a toast of the widget's window what came of it. */
void sb_copy_curl (GtkWidget *widget, SbClient *client, SbDelivery *delivery);

G_END_DECLS

/* sb-notifier.h: tells by a notification of the desktop what happens at a router while its window
 * is not the one that is worked with.
 *
 * While the window is seen it asks at the router's beats.  While it is hidden it waits until the
 * router itself says that something happened, and wakes nobody else. */
#pragma once

#include <gtk/gtk.h>

#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_NOTIFIER (sb_notifier_get_type ())
G_DECLARE_FINAL_TYPE (SbNotifier, sb_notifier, SB, NOTIFIER, GObject)

/* The window must have an application, and an action win.show-section; it is not held. */
SbNotifier *sb_notifier_new (GtkWindow *window, SbRouter *router);

/* Nobody can see the window. */
void sb_notifier_set_hidden (SbNotifier *self, gboolean hidden);

G_END_DECLS

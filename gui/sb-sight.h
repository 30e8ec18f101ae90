/* sb-sight.h: whether a window can be seen at all.
 *
 * GTK 4.8 calls a window mapped that is minimised, on another desktop or unmapped by the window
 * manager; GTK 4.12 calls it suspended.  A window that is covered by others counts as seen. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SB_TYPE_SIGHT (sb_sight_get_type ())
G_DECLARE_FINAL_TYPE (SbSight, sb_sight, SB, SIGHT, GObject)

/* Of a window that is realized.  Emits "changed" when sb_sight_get_seen() does; lives no longer
 * than the window's surface does. */
SbSight *sb_sight_new (GtkWindow *window);

gboolean sb_sight_get_seen (SbSight *self);

G_END_DECLS

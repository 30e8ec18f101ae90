/* lock.h: one daemon a folder. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A descriptor that holds the folder's lock until it is closed, or until the process ends in
 * whatever way; -1 with ROUTER_ERROR_CONFLICT when another holds it, naming the folder. */
int lock_take (const char *folder, GError **error);
/* Whether a router has it; takes it for a moment itself. */
gboolean lock_is_held (const char *folder);

void lock_release (int lock);

G_END_DECLS

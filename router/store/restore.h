/* restore.h: a backup becomes the store of a folder again.  No router may run on it. */
#pragma once

#include "base/clock.h"
#include "store/store.h"

G_BEGIN_DECLS

/* Reads the whole backup and refuses one that is damaged or of a newer version.  What is in the
 * folder is put aside, not deleted, and only with replace: *out_aside (to be freed) says where,
 * NULL when there was nothing.  ROUTER_ERROR_CONFLICT: a router runs, or there is a store already.
 * Blocks. */
gboolean store_restore (const char *file,
                        const char *folder,
                        gboolean replace,
                        Clock *clock,
                        StoreBackup *out_backup,
                        char **out_aside,
                        GError **error);

G_END_DECLS

/* disk.h: writing so that it stays written.
 *
 * All give 0 or an errno, and block.  Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes durable what was made, renamed or deleted in the folder. */
int disk_sync_folder (const char *folder);
/* The folder and its parents, mode 0750, durable. */
int disk_make_folders (const char *folder);
int disk_write_all (int fd, const char *bytes, gsize length);

G_END_DECLS

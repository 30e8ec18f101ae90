/* power-cut.h: a file system for SQLite that forgets what was not synced.
 *
 * Killing a process proves nothing about syncing, since the system's page cache survives it.  Here
 * what is written stays in this process's memory until it is synced; when the power is cut, the
 * process ends at once, and of what was not synced a random part (each 512 bytes: a torn page is
 * possible) has reached the file all the same, as disks do.
 *
 * For a child process that ends this way; not for threads that write the same file at the same
 * time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From now on every file that SQLite opens is treated so, and the n-th write or sync from now cuts
 * the power before it is done.  n 0: never. */
void power_cut_start (guint at_operation, guint32 seed);

/* Instead, the n-th operation fails with SQLite's code, once.  Want of room is found when writing:
 * with SQLITE_FULL a sync that is the n-th does not fail. */
void power_cut_fail_instead (int code);

/* Now. */
void power_cut (void) G_GNUC_NORETURN;

G_END_DECLS

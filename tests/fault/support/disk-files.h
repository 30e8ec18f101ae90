/* disk-files.h: the files of a disk, for the VFS only.
 *
 * Each call is one operation: it is recorded, and may be made to fail. */
#pragma once

#include "disk.h"

#include <pthread.h>
#include <sqlite3.h>

G_BEGIN_DECLS

#define DISK_N_SHARED_LOCKS 8 /* SQLITE_SHM_NLOCK */

typedef struct DiskFile DiskFile;

/* A file, whatever its name is by now. */
struct DiskFile
{
  Disk *disk;
  guint number;
  gboolean syncs_folder; /* its first sync is one of the folder too, as SQLite's own VFS does */
  GByteArray *content;   /* as everybody sees it */
  GByteArray *durable;   /* as it was last synced */
  GArray *pending;       /* DiskOperation since then */

  /* Locks of this process's connections. */
  guint n_open;
  guint n_shared;
  gpointer reserved, pending_lock, exclusive; /* which connection */
  GPtrArray *regions;                         /* shared memory */
  guint n_mapped;
  guint shared_count[DISK_N_SHARED_LOCKS];
  gpointer shared_exclusive[DISK_N_SHARED_LOCKS];
};

/* Guards everything of every disk.  Not GLib's, so that who schedules the threads of a simulation
 * by GLib's never finds one that waits inside of SQLite. */
void disk_lock (void);
void disk_unlock (void);

/* All of these with the lock held. */

/* The disk and the name within it; NULL: not on a disk. */
Disk *disk_of_path (const char *path, const char **out_name);

DiskFile *disk_file_find (Disk *disk, const char *name);
DiskFile *disk_file_create (Disk *disk, const char *name, gboolean syncs_folder);
int disk_file_delete (Disk *disk, const char *name, gboolean sync_folder);

int disk_file_read (DiskFile *file, void *buffer, gsize n, gsize offset);
int disk_file_write (DiskFile *file, const void *buffer, gsize n, gsize offset);
int disk_file_truncate (DiskFile *file, gsize size);
int disk_file_sync (DiskFile *file);

/* disk-vfs.c: makes SQLite's default VFS one that knows disks.  Once a process. */
void disk_vfs_register (void);

G_END_DECLS

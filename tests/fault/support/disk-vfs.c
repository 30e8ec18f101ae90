/* Disks as SQLite sees them: a VFS that is the system's for every other path.
 *
 * Locks are those of one process: what SQLite asks of them, and no more.  Every method takes the
 * lock of all disks. */
#include "disk-files.h"

#include <string.h>

typedef struct
{
  sqlite3_file base;
  DiskFile *file; /* NULL: the system's */
  int level;      /* SQLITE_LOCK_… */
  gboolean is_mapped;
  guint16 shared_locks, exclusive_locks; /* of the shared memory */
} OpenFile;

/* ---- Content ---- */

static int vfs_close (sqlite3_file *base);

static int
vfs_read (sqlite3_file *base, void *buffer, int n, sqlite3_int64 offset)
{
  int result;

  disk_lock ();
  result = disk_file_read (((OpenFile *) base)->file, buffer, (gsize) n, (gsize) offset);
  disk_unlock ();
  return result;
}

static int
vfs_write (sqlite3_file *base, const void *buffer, int n, sqlite3_int64 offset)
{
  int result;

  disk_lock ();
  result = disk_file_write (((OpenFile *) base)->file, buffer, (gsize) n, (gsize) offset);
  disk_unlock ();
  return result;
}

static int
vfs_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  int result;

  disk_lock ();
  result = disk_file_truncate (((OpenFile *) base)->file, (gsize) size);
  disk_unlock ();
  return result;
}

static int
vfs_sync (sqlite3_file *base, int flags)
{
  int result;

  disk_lock ();
  result = disk_file_sync (((OpenFile *) base)->file);
  disk_unlock ();
  return result;
}

static int
vfs_file_size (sqlite3_file *base, sqlite3_int64 *out_size)
{
  disk_lock ();
  *out_size = ((OpenFile *) base)->file->content->len;
  disk_unlock ();
  return SQLITE_OK;
}

/* ---- Locks of the file ---- */

static gboolean
is_free_for (gpointer owner, OpenFile *open)
{
  return owner == NULL || owner == open;
}

static int
raise_lock (OpenFile *open, int level)
{
  DiskFile *file = open->file;

  if (open->level == SQLITE_LOCK_NONE)
    {
      if (file->pending_lock != NULL || file->exclusive != NULL)
        return SQLITE_BUSY;
      file->n_shared++;
      open->level = SQLITE_LOCK_SHARED;
    }
  if (level == SQLITE_LOCK_SHARED)
    return SQLITE_OK;
  if (!is_free_for (file->reserved, open))
    return SQLITE_BUSY;
  if (level == SQLITE_LOCK_RESERVED)
    {
      file->reserved = open;
      open->level = level;
      return SQLITE_OK;
    }
  if (!is_free_for (file->pending_lock, open))
    return SQLITE_BUSY;
  file->pending_lock = open;
  if (file->n_shared > 1)
    return SQLITE_BUSY;
  file->exclusive = open;
  open->level = SQLITE_LOCK_EXCLUSIVE;
  return SQLITE_OK;
}

static int
vfs_lock (sqlite3_file *base, int level)
{
  OpenFile *open = (OpenFile *) base;
  int result = SQLITE_OK;

  disk_lock ();
  if (level > open->level)
    result = raise_lock (open, level);
  disk_unlock ();
  return result;
}

static void
lower_lock (OpenFile *open, int level)
{
  DiskFile *file = open->file;

  if (file->reserved == open)
    file->reserved = NULL;
  if (file->pending_lock == open)
    file->pending_lock = NULL;
  if (file->exclusive == open)
    file->exclusive = NULL;
  if (level == SQLITE_LOCK_NONE && open->level != SQLITE_LOCK_NONE)
    file->n_shared--;
  open->level = MIN (open->level, level);
}

static int
vfs_unlock (sqlite3_file *base, int level)
{
  disk_lock ();
  lower_lock ((OpenFile *) base, level);
  disk_unlock ();
  return SQLITE_OK;
}

static int
vfs_check_reserved (sqlite3_file *base, int *out_is)
{
  disk_lock ();
  *out_is = ((OpenFile *) base)->file->reserved != NULL;
  disk_unlock ();
  return SQLITE_OK;
}

/* ---- Shared memory ---- */

static int
vfs_shm_map (sqlite3_file *base, int region, int size, int extend, void volatile **out_memory)
{
  OpenFile *open = (OpenFile *) base;
  GPtrArray *regions = open->file->regions;

  disk_lock ();
  if (!open->is_mapped)
    open->file->n_mapped++;
  open->is_mapped = TRUE;
  while (extend && regions->len <= (guint) region)
    g_ptr_array_add (regions, g_malloc0 ((gsize) size));
  *out_memory = (guint) region < regions->len ? regions->pdata[region] : NULL;
  disk_unlock ();
  return SQLITE_OK;
}

static gboolean
can_lock_slot (OpenFile *open, int slot, int flags)
{
  DiskFile *file = open->file;
  guint own = (open->shared_locks >> slot) & 1;

  if (!is_free_for (file->shared_exclusive[slot], open))
    return FALSE;
  return (flags & SQLITE_SHM_SHARED) != 0 || file->shared_count[slot] == own;
}

static void
lock_slot (OpenFile *open, int slot, int flags)
{
  DiskFile *file = open->file;
  guint16 bit = (guint16) (1u << slot);

  if ((flags & SQLITE_SHM_SHARED) != 0)
    {
      file->shared_count[slot] += (open->shared_locks & bit) == 0;
      open->shared_locks |= bit;
    }
  else
    {
      file->shared_exclusive[slot] = open;
      open->exclusive_locks |= bit;
    }
}

static void
unlock_slot (OpenFile *open, int slot)
{
  DiskFile *file = open->file;
  guint16 bit = (guint16) (1u << slot);

  file->shared_count[slot] -= (open->shared_locks & bit) != 0;
  if (file->shared_exclusive[slot] == open)
    file->shared_exclusive[slot] = NULL;
  open->shared_locks &= (guint16) ~bit;
  open->exclusive_locks &= (guint16) ~bit;
}

static int
lock_slots (OpenFile *open, int first, int n, int flags)
{
  for (int slot = first; slot < first + n; slot++)
    if (!can_lock_slot (open, slot, flags))
      return SQLITE_BUSY;
  for (int slot = first; slot < first + n; slot++)
    lock_slot (open, slot, flags);
  return SQLITE_OK;
}

static int
vfs_shm_lock (sqlite3_file *base, int first, int n, int flags)
{
  OpenFile *open = (OpenFile *) base;
  int result = SQLITE_OK;

  disk_lock ();
  if ((flags & SQLITE_SHM_LOCK) != 0)
    result = lock_slots (open, first, n, flags);
  else
    for (int slot = first; slot < first + n; slot++)
      unlock_slot (open, slot);
  disk_unlock ();
  return result;
}

static void
vfs_shm_barrier (sqlite3_file *base)
{
  disk_lock ();
  disk_unlock ();
}

static void
unmap (OpenFile *open)
{
  if (!open->is_mapped)
    return;
  open->is_mapped = FALSE;
  /* Whoever maps it next finds it empty, as the first process to open the file does. */
  if (--open->file->n_mapped == 0)
    g_ptr_array_set_size (open->file->regions, 0);
}

static int
vfs_shm_unmap (sqlite3_file *base, int is_to_delete)
{
  disk_lock ();
  unmap ((OpenFile *) base);
  disk_unlock ();
  return SQLITE_OK;
}

/* ---- Other ---- */

static int
vfs_close (sqlite3_file *base)
{
  OpenFile *open = (OpenFile *) base;

  disk_lock ();
  for (int slot = 0; slot < DISK_N_SHARED_LOCKS; slot++)
    unlock_slot (open, slot);
  unmap (open);
  lower_lock (open, SQLITE_LOCK_NONE);
  open->file->n_open--;
  disk_unlock ();
  return SQLITE_OK;
}

static int
vfs_control (sqlite3_file *base, int operation, void *argument)
{
  return SQLITE_NOTFOUND; /* hints, which may be ignored */
}

/* What SQLite's own VFS says of an ordinary disk: a write does no harm beyond its ends. */
static int
vfs_sector_size (sqlite3_file *base)
{
  return 4096;
}

static int
vfs_characteristics (sqlite3_file *base)
{
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = vfs_close,
  .xRead = vfs_read,
  .xWrite = vfs_write,
  .xTruncate = vfs_truncate,
  .xSync = vfs_sync,
  .xFileSize = vfs_file_size,
  .xLock = vfs_lock,
  .xUnlock = vfs_unlock,
  .xCheckReservedLock = vfs_check_reserved,
  .xFileControl = vfs_control,
  .xSectorSize = vfs_sector_size,
  .xDeviceCharacteristics = vfs_characteristics,
  .xShmMap = vfs_shm_map,
  .xShmLock = vfs_shm_lock,
  .xShmBarrier = vfs_shm_barrier,
  .xShmUnmap = vfs_shm_unmap,
};

/* ---- The file system ---- */

static sqlite3_vfs *
system_vfs (sqlite3_vfs *vfs)
{
  return vfs->pAppData;
}

/* The main file is made before SQLite opens it, for the sake of its mode; here that is the same
 * moment. */
static int
open_on_disk (Disk *disk, const char *name, OpenFile *open, int flags)
{
  gboolean may_create = (flags & SQLITE_OPEN_CREATE) != 0 || ((flags & SQLITE_OPEN_MAIN_DB) != 0 &&
                                                              (flags & SQLITE_OPEN_READWRITE) != 0);

  open->file = disk_file_find (disk, name);
  if (open->file == NULL && !may_create)
    return SQLITE_CANTOPEN;
  if (open->file == NULL)
    open->file = disk_file_create (
        disk, name,
        (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0);
  open->file->n_open++;
  open->base.pMethods = &methods;
  return SQLITE_OK;
}

static int
vfs_open (sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags)
{
  const char *name;
  Disk *disk;
  int result = SQLITE_OK;

  disk_lock ();
  disk = disk_of_path (path, &name);
  if (disk != NULL)
    {
      memset (base, 0, sizeof (OpenFile));
      result = open_on_disk (disk, name, (OpenFile *) base, flags);
      if (out_flags != NULL)
        *out_flags = flags;
    }
  disk_unlock ();
  return disk != NULL ? result
                      : system_vfs (vfs)->xOpen (system_vfs (vfs), path, base, flags, out_flags);
}

static int
vfs_delete (sqlite3_vfs *vfs, const char *path, int sync_folder)
{
  const char *name;
  Disk *disk;
  int result = SQLITE_OK;

  disk_lock ();
  disk = disk_of_path (path, &name);
  if (disk != NULL)
    result = disk_file_delete (disk, name, sync_folder != 0);
  disk_unlock ();
  return disk != NULL ? result : system_vfs (vfs)->xDelete (system_vfs (vfs), path, sync_folder);
}

/* An empty file is as good as none, as SQLite's own VFS sees it. */
static int
vfs_access (sqlite3_vfs *vfs, const char *path, int flags, int *out_is)
{
  const char *name;
  Disk *disk;

  disk_lock ();
  disk = disk_of_path (path, &name);
  if (disk != NULL)
    {
      DiskFile *file = disk_file_find (disk, name);

      *out_is = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->content->len > 0);
    }
  disk_unlock ();
  return disk != NULL ? SQLITE_OK
                      : system_vfs (vfs)->xAccess (system_vfs (vfs), path, flags, out_is);
}

void
disk_vfs_register (void)
{
  static gsize once;
  static sqlite3_vfs vfs;

  if (!g_once_init_enter (&once))
    return;
  vfs = *sqlite3_vfs_find (NULL);
  vfs.pAppData = sqlite3_vfs_find (NULL);
  vfs.zName = "disk";
  vfs.szOsFile = MAX (vfs.szOsFile, (int) sizeof (OpenFile));
  vfs.pNext = NULL;
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  vfs.xAccess = vfs_access;
  sqlite3_vfs_register (&vfs, 1);
  g_once_init_leave (&once, 1);
}

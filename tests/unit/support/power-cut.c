/* A VFS between SQLite and the real one.  Each open file has its whole content in memory and a list
 * of the sectors that were changed since the last sync; locks and shared memory are the real
 * file's. */
#include "power-cut.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 512

/* A file by its path, for as long as the process lives: what was not synced when it was closed is
 * still not synced. */
typedef struct
{
  char *path;
  GByteArray *content;
  GHashTable *changed; /* numbers of sectors */
} Image;

typedef struct
{
  sqlite3_file base;
  Image *image;
  sqlite3_file *real;
} CutFile;

typedef struct
{
  sqlite3_vfs base;
  sqlite3_vfs *real;
  GHashTable *images;
  GRand *rand;
  guint n_operations;
  guint cut_at;
  int failure; /* instead of a cut */
} CutVfs;

/* Tests have one process to a cut, so one of these. */
static CutVfs vfs;

static sqlite3_file *
real_of (sqlite3_file *file)
{
  return ((CutFile *) file)->real;
}

/* ---- Images ---- */

static void
image_free (Image *image)
{
  g_free (image->path);
  g_byte_array_unref (image->content);
  g_hash_table_unref (image->changed);
  g_free (image);
}

static Image *
image_get (const char *path, sqlite3_file *real)
{
  Image *image = g_hash_table_lookup (vfs.images, path);
  sqlite3_int64 size = 0;

  if (image != NULL)
    return image;
  image = g_new0 (Image, 1);
  image->path = g_strdup (path);
  image->content = g_byte_array_new ();
  image->changed = g_hash_table_new (g_direct_hash, g_direct_equal);
  real->pMethods->xFileSize (real, &size);
  g_byte_array_set_size (image->content, (guint) size);
  if (size > 0)
    g_assert_cmpint (real->pMethods->xRead (real, image->content->data, (int) size, 0), ==,
                     SQLITE_OK);
  g_hash_table_insert (vfs.images, image->path, image);
  return image;
}

static void
image_note (Image *image, gsize from, gsize to)
{
  for (gsize sector = from / SECTOR; sector * SECTOR < to; sector++)
    g_hash_table_add (image->changed, GSIZE_TO_POINTER (sector));
}

static void
image_resize (Image *image, gsize size)
{
  gsize before = image->content->len;

  g_byte_array_set_size (image->content, (guint) size);
  if (size > before)
    memset (image->content->data + before, 0, size - before);
}

static void
write_sector (Image *image, sqlite3_file *real, gsize sector)
{
  gsize offset = sector * SECTOR;

  if (offset < image->content->len)
    real->pMethods->xWrite (real, image->content->data + offset,
                            (int) MIN (SECTOR, image->content->len - offset),
                            (sqlite3_int64) offset);
}

/* Everything that was changed reaches the real file. */
static int
image_sync (Image *image, sqlite3_file *real, int flags)
{
  GHashTableIter iter;
  gpointer sector;

  g_hash_table_iter_init (&iter, image->changed);
  while (g_hash_table_iter_next (&iter, &sector, NULL))
    write_sector (image, real, GPOINTER_TO_SIZE (sector));
  g_hash_table_remove_all (image->changed);
  real->pMethods->xTruncate (real, image->content->len);
  return real->pMethods->xSync (real, flags);
}

/* ---- The cut ---- */

static void
spill (gpointer key, gpointer value, gpointer user_data)
{
  Image *image = value;
  GHashTableIter iter;
  gpointer sector;
  FILE *file = fopen (image->path, "r+b");

  if (file == NULL)
    return; /* deleted */
  g_hash_table_iter_init (&iter, image->changed);
  while (g_hash_table_iter_next (&iter, &sector, NULL))
    {
      gsize offset = GPOINTER_TO_SIZE (sector) * SECTOR;

      if (offset >= image->content->len || g_rand_boolean (vfs.rand))
        continue;
      fseek (file, (long) offset, SEEK_SET);
      fwrite (image->content->data + offset, 1, MIN (SECTOR, image->content->len - offset), file);
    }
  fflush (file);
}

void
power_cut (void)
{
  g_hash_table_foreach (vfs.images, spill, NULL);
  _exit (0);
}

void
power_cut_fail_instead (int code)
{
  vfs.failure = code;
}

/* What the operation is to come to. */
static int
count_operation (void)
{
  if (++vfs.n_operations != vfs.cut_at)
    return SQLITE_OK;
  if (vfs.failure == SQLITE_OK)
    power_cut ();
  return vfs.failure;
}

/* ---- Methods of a file ---- */

static int
cut_close (sqlite3_file *file)
{
  CutFile *cut = (CutFile *) file;
  int result = cut->real->pMethods->xClose (cut->real);

  g_free (cut->real);
  return result;
}

static int
cut_read (sqlite3_file *file, void *buffer, int n, sqlite3_int64 offset)
{
  const GByteArray *content = ((CutFile *) file)->image->content;
  gsize available = offset < content->len ? MIN ((gsize) n, content->len - (gsize) offset) : 0;

  if (available > 0)
    memcpy (buffer, content->data + offset, available);
  memset ((char *) buffer + available, 0, (gsize) n - available);
  return available == (gsize) n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
cut_write (sqlite3_file *file, const void *buffer, int n, sqlite3_int64 offset)
{
  Image *image = ((CutFile *) file)->image;
  int result = count_operation ();

  if (result != SQLITE_OK)
    return result;
  if ((gsize) (offset + n) > image->content->len)
    image_resize (image, (gsize) (offset + n));
  memcpy (image->content->data + offset, buffer, (gsize) n);
  image_note (image, (gsize) offset, (gsize) (offset + n));
  return SQLITE_OK;
}

static int
cut_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  image_resize (((CutFile *) file)->image, (gsize) size);
  return SQLITE_OK;
}

static int
cut_sync (sqlite3_file *file, int flags)
{
  int result = count_operation ();

  if (result != SQLITE_OK && result != SQLITE_FULL)
    return result;
  return image_sync (((CutFile *) file)->image, real_of (file), flags);
}

static int
cut_file_size (sqlite3_file *file, sqlite3_int64 *out_size)
{
  *out_size = ((CutFile *) file)->image->content->len;
  return SQLITE_OK;
}

static int
cut_lock (sqlite3_file *file, int level)
{
  return real_of (file)->pMethods->xLock (real_of (file), level);
}

static int
cut_unlock (sqlite3_file *file, int level)
{
  return real_of (file)->pMethods->xUnlock (real_of (file), level);
}

static int
cut_check_reserved (sqlite3_file *file, int *out_is)
{
  return real_of (file)->pMethods->xCheckReservedLock (real_of (file), out_is);
}

static int
cut_control (sqlite3_file *file, int operation, void *argument)
{
  return SQLITE_NOTFOUND; /* hints, which may be ignored */
}

static int
cut_sector_size (sqlite3_file *file)
{
  return real_of (file)->pMethods->xSectorSize (real_of (file));
}

static int
cut_characteristics (sqlite3_file *file)
{
  return real_of (file)->pMethods->xDeviceCharacteristics (real_of (file));
}

static int
cut_shm_map (sqlite3_file *file, int region, int size, int extend, void volatile **out_memory)
{
  return real_of (file)->pMethods->xShmMap (real_of (file), region, size, extend, out_memory);
}

static int
cut_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return real_of (file)->pMethods->xShmLock (real_of (file), offset, n, flags);
}

static void
cut_shm_barrier (sqlite3_file *file)
{
  real_of (file)->pMethods->xShmBarrier (real_of (file));
}

static int
cut_shm_unmap (sqlite3_file *file, int delete)
{
  return real_of (file)->pMethods->xShmUnmap (real_of (file), delete);
}

static const sqlite3_io_methods cut_methods = {
  .iVersion = 2,
  .xClose = cut_close,
  .xRead = cut_read,
  .xWrite = cut_write,
  .xTruncate = cut_truncate,
  .xSync = cut_sync,
  .xFileSize = cut_file_size,
  .xLock = cut_lock,
  .xUnlock = cut_unlock,
  .xCheckReservedLock = cut_check_reserved,
  .xFileControl = cut_control,
  .xSectorSize = cut_sector_size,
  .xDeviceCharacteristics = cut_characteristics,
  .xShmMap = cut_shm_map,
  .xShmLock = cut_shm_lock,
  .xShmBarrier = cut_shm_barrier,
  .xShmUnmap = cut_shm_unmap,
};

/* ---- Methods of the file system ---- */

static int
cut_open (sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags, int *out_flags)
{
  CutFile *cut = (CutFile *) file;
  int result;

  memset (cut, 0, sizeof *cut);
  cut->real = g_malloc0 ((gsize) vfs.real->szOsFile);
  result = vfs.real->xOpen (vfs.real, path, cut->real, flags, out_flags);
  if (result != SQLITE_OK)
    {
      g_free (cut->real);
      return result;
    }
  cut->image = image_get (path, cut->real);
  cut->base.pMethods = &cut_methods;
  return SQLITE_OK;
}

static int
cut_delete (sqlite3_vfs *self, const char *path, int sync_dir)
{
  g_hash_table_remove (vfs.images, path);
  return vfs.real->xDelete (vfs.real, path, sync_dir);
}

void
power_cut_start (guint at_operation, guint32 seed)
{
  g_assert (vfs.real == NULL);
  vfs.real = sqlite3_vfs_find (NULL);
  vfs.base = *vfs.real;
  vfs.base.zName = "power-cut";
  vfs.base.szOsFile = sizeof (CutFile);
  vfs.base.pNext = NULL;
  vfs.base.xOpen = cut_open;
  vfs.base.xDelete = cut_delete;
  vfs.images = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) image_free);
  vfs.rand = g_rand_new_with_seed (seed);
  vfs.cut_at = at_operation;
  g_assert_cmpint (sqlite3_vfs_register (&vfs.base, 1), ==, SQLITE_OK);
}

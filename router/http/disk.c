/* What the file system says, and what follows from two of its answers. */
#include "http/disk.h"

#include <glib/gstdio.h>
#include <sys/statvfs.h>

#define FORECAST_DAYS 3650

static DiskKind
kind_of (const char *name)
{
  if (g_str_has_suffix (name, ".db"))
    return DISK_EVENTS;
  if (g_str_has_suffix (name, "-wal"))
    return DISK_LOG;
  if (g_str_has_suffix (name, "-shm"))
    return DISK_INDEX;
  return DISK_OTHER;
}

static void
measure_files (const char *path, DiskUsage *usage)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      GStatBuf status;

      if (g_lstat (file, &status) == 0 && S_ISREG (status.st_mode))
        usage->bytes[kind_of (name)] += status.st_size;
    }
}

gboolean
disk_measure (const char *folder, DiskUsage *out_usage)
{
  struct statvfs disk;

  if (statvfs (folder, &disk) != 0)
    return FALSE;
  *out_usage = (DiskUsage){
    .free_bytes = (gint64) disk.f_bavail * (gint64) disk.f_frsize,
    .disk_bytes = (gint64) disk.f_blocks * (gint64) disk.f_frsize,
  };
  measure_files (folder, out_usage);
  return TRUE;
}

gint64
disk_full_at (gint64 then_us, gint64 free_then_bytes, gint64 now_us, gint64 free_now_bytes)
{
  double taken = (double) (free_then_bytes - free_now_bytes);
  double left_us;

  if (taken <= 0 || now_us <= then_us)
    return 0;
  left_us = (double) free_now_bytes / taken * (double) (now_us - then_us);
  return left_us < (double) FORECAST_DAYS * (double) G_TIME_SPAN_DAY ? now_us + (gint64) left_us
                                                                     : 0;
}

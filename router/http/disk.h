/* disk.h: the files of the state folder by kind, and the disk that they are on.  Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  DISK_EVENTS,
  DISK_LOG,
  DISK_INDEX,
  DISK_OTHER,
  DISK_N_KINDS,
} DiskKind;

typedef struct
{
  gint64 bytes[DISK_N_KINDS];
  gint64 free_bytes, disk_bytes;
} DiskUsage;

/* FALSE: errno says why the disk cannot be asked. */
gboolean disk_measure (const char *folder, DiskUsage *out_usage);

/* When the disk is full, if it goes on as it did: free_then_bytes were free at then_us;
 * 0: it does not fill, or not within ten years. */
gint64 disk_full_at (gint64 then_us, gint64 free_then_bytes, gint64 now_us, gint64 free_now_bytes);

G_END_DECLS

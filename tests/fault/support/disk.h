/* disk.h: a disk for SQLite that exists in memory, remembers every operation, and can be looked at
 * as it might be found after the power was cut at any of them.
 *
 * Killing a process proves nothing about syncing, since the system's page cache survives it.  Here
 * what was written and not synced may be lost, kept, torn (each 512 bytes by itself) or kept out of
 * order; the same goes for the creation and deletion of files, until their folder is synced.  What
 * was synced stays.  A disk can also fail at the n-th operation, or have only so much room.
 *
 * Any thread may use SQLite on a disk.  The functions here are for one thread, while SQLite is at
 * rest or while what they are about cannot change. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Disk Disk;

Disk *disk_new (void);
void disk_free (Disk *disk);

/* From now on what SQLite opens in the folder is on this disk, until another is mounted there.
 * NULL: nothing is there.  Files that are open stay on the disk that they were opened on. */
void disk_mount (const char *folder, Disk *disk);

/* ---- The record of what was done ---- */

typedef enum
{
  DISK_CREATE,
  DISK_DELETE,
  DISK_WRITE,
  DISK_TRUNCATE,
  DISK_SYNC,        /* of one file */
  DISK_SYNC_FOLDER, /* of all names */
  DISK_NOTE,        /* disk_note() */
} DiskOperationKind;

/* Off unless asked for: a disk that is only used does not grow a record. */
void disk_record (Disk *disk);
guint disk_n_operations (Disk *disk);
DiskOperationKind disk_operation_kind (Disk *disk, guint i);

/* Any thread: puts a number of the caller's into the record at this moment, "so much has been
 * promised". */
void disk_note (Disk *disk, guint value);
/* Notes among the first n operations; the greatest of them, 0 when there is none. */
guint disk_greatest_note (Disk *disk, guint n_operations);

/* ---- After a power cut ---- */

/* What becomes of that which was not synced. */
typedef enum
{
  DISK_LOSE_ALL,
  DISK_LOSE_NONE,
  DISK_LOSE_LAST,    /* a run at the end: the disk was behind, in order */
  DISK_LOSE_ANY,     /* each operation by itself: out of order */
  DISK_LOSE_SECTORS, /* each sector of each write by itself, and any other operation */
  DISK_N_LOSSES,
} DiskLoss;

const char *disk_loss_name (DiskLoss loss);

/* The disk as it is found after a cut before operation number n of the record.  The caller's. */
Disk *disk_image (Disk *disk, guint n, DiskLoss loss, guint32 seed);
/* The same at this moment, without a record. */
Disk *disk_image_now (Disk *disk, DiskLoss loss, guint32 seed);

/* ---- Failing ---- */

typedef enum
{
  DISK_FAIL_WRITE,   /* EIO */
  DISK_FAIL_SYNC,    /* EIO, and what was not synced may be gone */
  DISK_FAIL_NO_ROOM, /* ENOSPC, of a write */
  DISK_FAIL_SHORT,   /* half of a write, then ENOSPC */
  DISK_FAIL_READ,    /* EIO */
  DISK_N_FAILURES,
} DiskFailure;

const char *disk_failure_name (DiskFailure failure);

/* The n-th operation of that kind from now (1: the next) fails; n 0: none does any more.  With
 * lasting, those after it too. */
void disk_fail (Disk *disk, DiskFailure failure, guint n, gboolean lasting);
guint disk_n_failed (Disk *disk); /* operations that did, ever */

/* So many bytes fit on the disk; 0: any number. */
void disk_set_room (Disk *disk, gsize bytes);
gsize disk_used (Disk *disk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Disk, disk_free)

G_END_DECLS

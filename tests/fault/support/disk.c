/* The disk itself: files with what everybody sees, what is durable, and what is between the two. */
#include "disk-files.h"

#include <string.h>

#define SECTOR 512

typedef struct
{
  DiskOperationKind kind;
  guint file;    /* number */
  gsize offset;  /* of a write; the size of a truncation; the value of a note */
  GBytes *bytes; /* of a write */
  char *name;    /* of a creation or deletion */
} DiskOperation;

struct Disk
{
  GPtrArray *files;      /* DiskFile by number */
  GHashTable *names;     /* name -> DiskFile, as everybody sees it */
  GHashTable *durable;   /* name -> DiskFile, when the folder was last synced */
  GArray *pending_names; /* DiskOperation since then */
  GArray *record;        /* DiskOperation; NULL: none is kept */
  Disk *redone; /* the record's first operations done again, for images one after another */
  guint n_redone;

  DiskFailure failure;
  guint fail_at; /* counts down; 0: never */
  gboolean fails_on;
  guint n_failed;
  gsize room;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GHashTable *mounts; /* folder -> Disk; guarded by lock */

void
disk_lock (void)
{
  pthread_mutex_lock (&lock);
}

void
disk_unlock (void)
{
  pthread_mutex_unlock (&lock);
}

/* ---- Operations ---- */

static void
operation_clear (gpointer data)
{
  DiskOperation *operation = data;

  g_clear_pointer (&operation->bytes, g_bytes_unref);
  g_clear_pointer (&operation->name, g_free);
}

static GArray *
operations_new (void)
{
  GArray *operations = g_array_new (FALSE, FALSE, sizeof (DiskOperation));

  g_array_set_clear_func (operations, operation_clear);
  return operations;
}

static void
operations_add (GArray *operations, const DiskOperation *operation)
{
  DiskOperation copy = *operation;

  if (copy.bytes != NULL)
    g_bytes_ref (copy.bytes);
  copy.name = g_strdup (copy.name);
  g_array_append_val (operations, copy);
}

static void
resize (GByteArray *content, gsize size)
{
  gsize before = content->len;

  g_byte_array_set_size (content, (guint) size);
  if (size > before)
    memset (content->data + before, 0, size - before);
}

static void
put_bytes (GByteArray *content, gsize offset, const guint8 *bytes, gsize n)
{
  if (offset + n > content->len)
    resize (content, offset + n);
  memcpy (content->data + offset, bytes, n);
}

/* Of a file: a write or a truncation. */
static void
apply (GByteArray *content, const DiskOperation *operation)
{
  gsize n;
  const guint8 *bytes;

  if (operation->kind == DISK_TRUNCATE)
    {
      resize (content, operation->offset);
      return;
    }
  bytes = g_bytes_get_data (operation->bytes, &n);
  put_bytes (content, operation->offset, bytes, n);
}

/* A write of which each sector is lost or not. */
static void
apply_torn (GByteArray *content, const DiskOperation *operation, GRand *rand)
{
  gsize n, at = 0;
  const guint8 *bytes = g_bytes_get_data (operation->bytes, &n);

  while (at < n)
    {
      gsize end = MIN (n, at + SECTOR - (operation->offset + at) % SECTOR);

      if (g_rand_boolean (rand))
        put_bytes (content, operation->offset + at, bytes + at, end - at);
      else if (operation->offset + end > content->len)
        resize (content, operation->offset + end);
      at = end;
    }
}

static void
note_operation (Disk *disk, GArray *pending, const DiskOperation *operation)
{
  if (disk->record != NULL)
    operations_add (disk->record, operation);
  if (pending != NULL)
    operations_add (pending, operation);
}

/* ---- Files ---- */

static DiskFile *
file_new (Disk *disk, gboolean syncs_folder)
{
  DiskFile *file = g_new0 (DiskFile, 1);

  file->disk = disk;
  file->number = disk->files->len;
  file->syncs_folder = syncs_folder;
  file->content = g_byte_array_new ();
  file->durable = g_byte_array_new ();
  file->pending = operations_new ();
  file->regions = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (disk->files, file);
  return file;
}

static void
file_free (gpointer data)
{
  DiskFile *file = data;

  g_byte_array_unref (file->content);
  g_byte_array_unref (file->durable);
  g_array_unref (file->pending);
  g_ptr_array_unref (file->regions);
  g_free (file);
}

static void
apply_name (Disk *disk, GHashTable *names, const DiskOperation *operation)
{
  if (operation->kind == DISK_CREATE)
    g_hash_table_insert (names, g_strdup (operation->name), disk->files->pdata[operation->file]);
  else
    g_hash_table_remove (names, operation->name);
}

static void
make_names_durable (Disk *disk)
{
  for (guint i = 0; i < disk->pending_names->len; i++)
    apply_name (disk, disk->durable, &g_array_index (disk->pending_names, DiskOperation, i));
  g_array_set_size (disk->pending_names, 0);
}

static void
make_durable (DiskFile *file)
{
  for (guint i = 0; i < file->pending->len; i++)
    apply (file->durable, &g_array_index (file->pending, DiskOperation, i));
  g_array_set_size (file->pending, 0);
}

DiskFile *
disk_file_find (Disk *disk, const char *name)
{
  return g_hash_table_lookup (disk->names, name);
}

DiskFile *
disk_file_create (Disk *disk, const char *name, gboolean syncs_folder)
{
  DiskFile *file = file_new (disk, syncs_folder);
  DiskOperation operation = { .kind = DISK_CREATE, .file = file->number, .name = (char *) name };

  apply_name (disk, disk->names, &operation);
  note_operation (disk, disk->pending_names, &operation);
  return file;
}

static void
sync_folder (Disk *disk)
{
  note_operation (disk, NULL, &(DiskOperation){ .kind = DISK_SYNC_FOLDER });
  make_names_durable (disk);
}

int
disk_file_delete (Disk *disk, const char *name, gboolean is_to_sync)
{
  DiskFile *file = disk_file_find (disk, name);
  DiskOperation operation = { .kind = DISK_DELETE, .name = (char *) name };

  if (file == NULL)
    return SQLITE_IOERR_DELETE_NOENT;
  operation.file = file->number;
  apply_name (disk, disk->names, &operation);
  note_operation (disk, disk->pending_names, &operation);
  if (is_to_sync)
    sync_folder (disk);
  return SQLITE_OK;
}

/* ---- Failing ---- */

static gboolean
is_to_fail (Disk *disk, DiskFailure failure)
{
  if (disk->failure != failure || (disk->fail_at == 0 && !disk->fails_on))
    return FALSE;
  if (disk->fail_at > 1)
    {
      disk->fail_at--;
      return FALSE;
    }
  disk->fail_at = 0;
  disk->n_failed++;
  return TRUE;
}

static gsize
used (Disk *disk)
{
  GHashTableIter iter;
  gpointer file;
  gsize n = 0;

  g_hash_table_iter_init (&iter, disk->names);
  while (g_hash_table_iter_next (&iter, NULL, &file))
    n += ((DiskFile *) file)->content->len;
  return n;
}

static gboolean
has_room (DiskFile *file, gsize end)
{
  Disk *disk = file->disk;

  return disk->room == 0 || end <= file->content->len ||
         used (disk) + (end - file->content->len) <= disk->room;
}

/* What a sync that fails leaves: the system has marked all as clean, the disk has some of it. */
static void
forget_pending (DiskFile *file)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (file->pending->len);

  for (guint i = 0; i < file->pending->len; i++)
    if (g_rand_boolean (rand))
      apply (file->durable, &g_array_index (file->pending, DiskOperation, i));
  g_array_set_size (file->pending, 0);
}

/* ---- What SQLite does with a file ---- */

int
disk_file_read (DiskFile *file, void *buffer, gsize n, gsize offset)
{
  gsize available = offset < file->content->len ? MIN (n, file->content->len - offset) : 0;

  if (is_to_fail (file->disk, DISK_FAIL_READ))
    return SQLITE_IOERR_READ;
  if (available > 0)
    memcpy (buffer, file->content->data + offset, available);
  memset ((char *) buffer + available, 0, n - available);
  return available == n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static void
write_some (DiskFile *file, const void *buffer, gsize n, gsize offset)
{
  g_autoptr (GBytes) bytes = g_bytes_new (buffer, n);
  DiskOperation operation = { DISK_WRITE, file->number, offset, bytes, NULL };

  apply (file->content, &operation);
  note_operation (file->disk, file->pending, &operation);
}

int
disk_file_write (DiskFile *file, const void *buffer, gsize n, gsize offset)
{
  if (is_to_fail (file->disk, DISK_FAIL_WRITE))
    return SQLITE_IOERR_WRITE;
  if (is_to_fail (file->disk, DISK_FAIL_SHORT))
    {
      write_some (file, buffer, n / 2, offset);
      return SQLITE_FULL;
    }
  if (is_to_fail (file->disk, DISK_FAIL_NO_ROOM) || !has_room (file, offset + n))
    return SQLITE_FULL;
  write_some (file, buffer, n, offset);
  return SQLITE_OK;
}

int
disk_file_truncate (DiskFile *file, gsize size)
{
  DiskOperation operation = { DISK_TRUNCATE, file->number, size, NULL, NULL };

  apply (file->content, &operation);
  note_operation (file->disk, file->pending, &operation);
  return SQLITE_OK;
}

int
disk_file_sync (DiskFile *file)
{
  if (is_to_fail (file->disk, DISK_FAIL_SYNC))
    {
      forget_pending (file);
      return SQLITE_IOERR_FSYNC;
    }
  note_operation (file->disk, NULL, &(DiskOperation){ .kind = DISK_SYNC, .file = file->number });
  make_durable (file);
  if (file->syncs_folder)
    sync_folder (file->disk);
  file->syncs_folder = FALSE;
  return SQLITE_OK;
}

/* ---- Images ---- */

/* Which of the operations reach the disk. */
static void
apply_some (GByteArray *content, GArray *operations, DiskLoss loss, GRand *rand)
{
  guint n = operations->len;

  if (loss == DISK_LOSE_ALL)
    return;
  if (loss == DISK_LOSE_LAST)
    n = (guint) g_rand_int_range (rand, 0, (gint32) n + 1);
  for (guint i = 0; i < n; i++)
    {
      const DiskOperation *operation = &g_array_index (operations, DiskOperation, i);

      if (loss == DISK_LOSE_SECTORS && operation->kind == DISK_WRITE)
        apply_torn (content, operation, rand);
      else if (loss == DISK_LOSE_NONE || loss == DISK_LOSE_LAST || g_rand_boolean (rand))
        apply (content, operation);
    }
}

static gboolean
name_survives (DiskLoss loss, GRand *rand)
{
  return loss == DISK_LOSE_NONE || (loss != DISK_LOSE_ALL && g_rand_boolean (rand));
}

/* Names are changed in order, as journalling file systems do. */
static GHashTable *
surviving_names (Disk *disk, DiskLoss loss, GRand *rand)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer name, file;

  g_hash_table_iter_init (&iter, disk->durable);
  while (g_hash_table_iter_next (&iter, &name, &file))
    g_hash_table_insert (names, g_strdup (name), file);
  for (guint i = 0; i < disk->pending_names->len; i++)
    if (name_survives (loss, rand))
      apply_name (disk, names, &g_array_index (disk->pending_names, DiskOperation, i));
    else
      break;
  return names;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

Disk *
disk_image_now (Disk *disk, DiskLoss loss, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Disk *image = disk_new ();
  g_autoptr (GHashTable) names = NULL;
  GList *sorted;

  disk_lock ();
  names = surviving_names (disk, loss, rand);
  /* In an order that chance depends on and addresses do not. */
  sorted = g_list_sort (g_hash_table_get_keys (names), compare_names);
  for (GList *link = sorted; link != NULL; link = link->next)
    {
      const DiskFile *from = g_hash_table_lookup (names, link->data);
      DiskFile *to = disk_file_create (image, link->data, FALSE);

      g_byte_array_append (to->content, from->durable->data, from->durable->len);
      apply_some (to->content, from->pending, loss, rand);
      g_byte_array_append (to->durable, to->content->data, to->content->len);
    }
  make_names_durable (image);
  disk_unlock ();
  g_list_free (sorted);
  return image;
}

/* Does an operation of the record again on a disk that has done all before it. */
static void
redo (Disk *disk, const DiskOperation *operation)
{
  DiskFile *file;

  if (operation->kind == DISK_NOTE)
    return;
  if (operation->kind == DISK_SYNC_FOLDER)
    {
      make_names_durable (disk);
      return;
    }
  if (operation->kind == DISK_CREATE)
    file_new (disk, FALSE);
  if (operation->kind == DISK_CREATE || operation->kind == DISK_DELETE)
    {
      apply_name (disk, disk->names, operation);
      operations_add (disk->pending_names, operation);
      return;
    }
  file = disk->files->pdata[operation->file];
  if (operation->kind == DISK_SYNC)
    make_durable (file);
  else
    operations_add (file->pending, operation);
}

Disk *
disk_image (Disk *disk, guint n, DiskLoss loss, guint32 seed)
{
  if (disk->redone == NULL || n < disk->n_redone)
    {
      g_clear_pointer (&disk->redone, disk_free);
      disk->redone = disk_new ();
      disk->n_redone = 0;
    }
  while (disk->n_redone < n)
    redo (disk->redone, &g_array_index (disk->record, DiskOperation, disk->n_redone++));
  return disk_image_now (disk->redone, loss, seed);
}

/* ---- Public ---- */

Disk *
disk_new (void)
{
  Disk *disk = g_new0 (Disk, 1);

  disk_vfs_register ();
  disk->files = g_ptr_array_new_with_free_func (file_free);
  disk->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  disk->durable = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  disk->pending_names = operations_new ();
  return disk;
}

void
disk_free (Disk *disk)
{
  g_hash_table_unref (disk->names);
  g_hash_table_unref (disk->durable);
  g_array_unref (disk->pending_names);
  g_clear_pointer (&disk->record, g_array_unref);
  g_clear_pointer (&disk->redone, disk_free);
  g_ptr_array_unref (disk->files);
  g_free (disk);
}

void
disk_mount (const char *folder, Disk *disk)
{
  disk_lock ();
  if (mounts == NULL)
    mounts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (disk != NULL)
    g_hash_table_insert (mounts, g_strdup (folder), disk);
  else
    g_hash_table_remove (mounts, folder);
  if (g_hash_table_size (mounts) == 0)
    g_clear_pointer (&mounts, g_hash_table_unref);
  disk_unlock ();
}

Disk *
disk_of_path (const char *path, const char **out_name)
{
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  Disk *disk = folder != NULL && mounts != NULL ? g_hash_table_lookup (mounts, folder) : NULL;

  if (disk != NULL)
    *out_name = strrchr (path, '/') + 1;
  return disk;
}

void
disk_record (Disk *disk)
{
  g_assert (disk->record == NULL && disk->files->len == 0);
  disk->record = operations_new ();
}

guint
disk_n_operations (Disk *disk)
{
  return disk->record->len;
}

DiskOperationKind
disk_operation_kind (Disk *disk, guint i)
{
  return g_array_index (disk->record, DiskOperation, i).kind;
}

void
disk_note (Disk *disk, guint value)
{
  disk_lock ();
  note_operation (disk, NULL, &(DiskOperation){ .kind = DISK_NOTE, .offset = value });
  disk_unlock ();
}

guint
disk_greatest_note (Disk *disk, guint n_operations)
{
  gsize greatest = 0;

  for (guint i = 0; i < n_operations; i++)
    {
      const DiskOperation *operation = &g_array_index (disk->record, DiskOperation, i);

      if (operation->kind == DISK_NOTE)
        greatest = MAX (greatest, operation->offset);
    }
  return (guint) greatest;
}

const char *
disk_loss_name (DiskLoss loss)
{
  static const char *const names[] = { "all lost", "all kept", "the last lost", "any lost",
                                       "torn by sectors" };

  return names[loss];
}

const char *
disk_failure_name (DiskFailure failure)
{
  static const char *const names[] = { "EIO writing", "EIO syncing", "no room", "a short write",
                                       "EIO reading" };

  return names[failure];
}

void
disk_fail (Disk *disk, DiskFailure failure, guint n, gboolean lasting)
{
  disk_lock ();
  disk->failure = failure;
  disk->fail_at = n;
  disk->fails_on = lasting && n > 0;
  disk_unlock ();
}

guint
disk_n_failed (Disk *disk)
{
  return disk->n_failed;
}

void
disk_set_room (Disk *disk, gsize bytes)
{
  disk_lock ();
  disk->room = bytes;
  disk_unlock ();
}

gsize
disk_used (Disk *disk)
{
  gsize n;

  disk_lock ();
  n = used (disk);
  disk_unlock ();
  return n;
}

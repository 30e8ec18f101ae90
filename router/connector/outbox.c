/* Whole files into a folder, on the disk worker's thread.
 *
 * Each file is synced by itself, the folder once for all jobs that were done together.  What must
 * stay true: a job without an error has every file under its final name, and that name synced. */
#include "connector/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct Outbox
{
  char *folder;
  char *staging_prefix;
  char *companion; /* or NULL */
  DiskWorker *worker;
};

static int
open_staged (const char *path)
{
  return open (path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
}

/* Opens the file, with the folders on the way when they are not there. */
static int
create_staged (Outbox *outbox, const char *path)
{
  g_autofree char *staging = g_path_get_dirname (path);
  int fd = open_staged (path);
  int error_number;

  if (fd >= 0 || errno != ENOENT)
    return fd;
  if ((error_number = disk_make_folders (staging)) != 0 ||
      (error_number = disk_make_folders (outbox->folder)) != 0 ||
      (outbox->companion != NULL && (error_number = disk_make_folders (outbox->companion)) != 0))
    {
      errno = error_number;
      return -1;
    }
  return open_staged (path);
}

static int
write_staged (Outbox *outbox, const char *path, GBytes *bytes)
{
  int fd = create_staged (outbox, path);
  int error_number;

  if (fd < 0)
    return errno;
  error_number = disk_write_all (fd, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (error_number == 0 && fsync (fd) != 0)
    error_number = errno;
  if (close (fd) != 0 && error_number == 0)
    error_number = errno;
  return error_number;
}

static int
move_in_place (Outbox *outbox, const char *staged, const char *path)
{
  int error_number;

  if (rename (staged, path) == 0)
    return 0;
  if (errno != ENOENT)
    return errno;
  /* The staging folder was there, the folder was not. */
  error_number = disk_make_folders (outbox->folder);
  if (error_number == 0 && rename (staged, path) != 0)
    error_number = errno;
  return error_number;
}

static void
put_file (Outbox *outbox, DiskJob *job, const DiskFile *file)
{
  g_autofree char *staged = g_strconcat (outbox->staging_prefix, file->name, NULL);
  g_autofree char *path = g_build_filename (outbox->folder, file->name, NULL);
  int error_number = write_staged (outbox, staged, file->bytes);

  if (error_number == 0)
    error_number = move_in_place (outbox, staged, path);
  if (error_number == 0)
    return;

  /* What is left of a half-written file would take room on a disk that may be full already. */
  unlink (staged);
  disk_job_fail (job, error_number, "cannot write %s", path);
}

/* Worker thread. */
static void
put_jobs (GPtrArray *jobs, gpointer user_data)
{
  Outbox *outbox = user_data;
  int error_number;

  for (guint i = 0; i < jobs->len; i++)
    {
      DiskJob *job = g_ptr_array_index (jobs, i);

      for (guint j = 0; j < job->n_files && !disk_job_has_failed (job); j++)
        put_file (outbox, job, &job->files[j]);
    }

  error_number = disk_sync_folder (outbox->folder);
  for (guint i = 0; i < jobs->len && error_number != 0; i++)
    disk_job_fail (g_ptr_array_index (jobs, i), error_number, "cannot sync the folder %s",
                   outbox->folder);
}

Outbox *
outbox_new (const char *label,
            const ConnectorHost *host,
            const char *folder,
            const char *staging_prefix)
{
  Outbox *outbox = g_new0 (Outbox, 1);

  outbox->folder = g_strdup (folder);
  outbox->staging_prefix = g_strdup (staging_prefix);
  outbox->worker = disk_worker_new (label, host, put_jobs, outbox);
  return outbox;
}

void
outbox_set_companion (Outbox *outbox, const char *folder)
{
  g_free (outbox->companion);
  outbox->companion = g_strdup (folder);
}

void
outbox_put (Outbox *outbox, DiskJob *job, ConnectorDone done, gpointer user_data)
{
  disk_worker_submit (outbox->worker, job, done, user_data);
}

void
outbox_probe (Outbox *outbox, ConnectorDone done, gpointer user_data)
{
  disk_worker_probe (outbox->worker, outbox->folder, done, user_data);
}

void
outbox_free (Outbox *outbox)
{
  disk_worker_free (outbox->worker);
  g_free (outbox->folder);
  g_free (outbox->staging_prefix);
  g_free (outbox->companion);
  g_free (outbox);
}

gboolean
outbox_check (JsonObject *settings, char **out_pointer, GError **error)
{
  const char *setting = json_object_get_string_member_with_default (settings, "Outbox", NULL);

  if (setting == NULL || disk_check_path (setting, error))
    return TRUE;
  *out_pointer = g_strdup ("/Outbox");
  return FALSE;
}

char *
outbox_path (const char *kind, const char *name, JsonObject *settings, const char *state_dir)
{
  g_autofree char *usual = g_strdup_printf ("outbox/%s/%s", kind, name);

  return disk_resolve_path (state_dir,
                            json_object_get_string_member_with_default (settings, "Outbox", usual));
}

char *
outbox_describe_recipients (JsonObject *settings)
{
  JsonArray *to = json_object_get_array_member (settings, "To");
  const char *first = json_array_get_string_element (to, 0);
  guint n = json_array_get_length (to);

  return n > 1 ? g_strdup_printf ("%s and %u more", first, n - 1) : g_strdup (first);
}

char *
outbox_describe (const char *kind,
                 const char *what,
                 const char *name,
                 JsonObject *settings,
                 const char *state_dir)
{
  g_autofree char *path = outbox_path (kind, name, settings, state_dir);
  g_autofree char *recipients = outbox_describe_recipients (settings);

  return g_strdup_printf ("%s to %s, in %s", what, recipients, path);
}

char *
outbox_file_stem (const ConnectorRequest *request)
{
  g_autofree char *delivery = disk_safe_name (request->delivery_id);
  GString *stem = g_string_new (NULL);

  for (const char *p = request->event_time; *p != '\0'; p++)
    if (g_ascii_isalnum (*p))
      g_string_append_c (stem, *p);
  g_string_append_printf (stem, "-%s", delivery);
  return g_string_free (stem, FALSE);
}

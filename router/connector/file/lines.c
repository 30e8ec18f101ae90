/* Appending lines, with one sync for all that came together.
 *
 * What must stay true: between two appends the file ends with a newline, unless a write failed and
 * could not be taken back; then, as after a crash, the next open ends the torn line, so that the
 * one after it is whole. */
#include "connector/file/lines.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct LineFile
{
  char *path;
  gint64 max_bytes;
  gint64 max_age_us; /* 0: any */
  guint keep;
  Clock *clock;

  int fd; /* -1: not open */
  gint64 size;
  gint64 begun_us;  /* wall clock; of an empty file, when its first line came */
  gboolean regular; /* and not a terminal or the like: has a size and can be synced */
};

LineFile *
line_file_new (const char *path, gint64 max_bytes, gint64 max_age_us, guint keep, Clock *clock)
{
  LineFile *file = g_new0 (LineFile, 1);

  file->path = g_strdup (path);
  file->max_bytes = max_bytes;
  file->max_age_us = max_age_us;
  file->keep = keep;
  file->clock = clock;
  file->fd = -1;
  return file;
}

static void
close_file (LineFile *file)
{
  if (file->fd >= 0)
    close (file->fd);
  file->fd = -1;
}

void
line_file_free (LineFile *file)
{
  close_file (file);
  g_free (file->path);
  g_free (file);
}

/* ---- Opening ------------------------------------------------------------------------------- */

static int
sync_parent (LineFile *file)
{
  g_autofree char *folder = g_path_get_dirname (file->path);

  return disk_sync_folder (folder);
}

/* Without O_NONBLOCK a named pipe would keep the thread until somebody reads from it. */
static int
open_for_append (const char *path, int more_flags)
{
  return open (path, O_RDWR | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | more_flags, 0640);
}

static int
open_or_create (LineFile *file)
{
  g_autofree char *folder = NULL;
  int error_number;

  file->fd = open_for_append (file->path, 0);
  if (file->fd >= 0 || errno != ENOENT)
    return file->fd >= 0 ? 0 : errno;

  folder = g_path_get_dirname (file->path);
  error_number = disk_make_folders (folder);
  if (error_number != 0)
    return error_number;
  file->fd = open_for_append (file->path, O_CREAT);
  return file->fd >= 0 ? sync_parent (file) : errno;
}

/* A crash can leave half a line at the end. */
static int
end_torn_line (LineFile *file)
{
  char last = '\n';

  if (file->size > 0 && pread (file->fd, &last, 1, file->size - 1) < 0)
    return errno;
  if (last == '\n')
    return 0;
  file->size++;
  return disk_write_all (file->fd, "\n", 1);
}

/* Of a file that was there: its birth, where the file system knows it, and else this moment. */
static gint64
birth_us (LineFile *file)
{
  gint64 now_us = clock_wall_us (file->clock);
  struct statx status;

  if (statx (file->fd, "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0 ||
      (status.stx_mask & STATX_BTIME) == 0)
    return now_us;
  return MIN (now_us, (gint64) status.stx_btime.tv_sec * G_USEC_PER_SEC);
}

static int
take_stock (LineFile *file)
{
  struct stat status;

  if (fstat (file->fd, &status) != 0)
    return errno;
  if (!S_ISREG (status.st_mode) && !S_ISCHR (status.st_mode))
    return EINVAL;
  file->regular = S_ISREG (status.st_mode);
  file->size = file->regular ? status.st_size : 0;
  file->begun_us = birth_us (file);
  return end_torn_line (file);
}

/* The name leads to the very file that is open: nobody moved or deleted it meanwhile.  Others may
 * have written to it, so its size is taken anew. */
static gboolean
is_still_there (LineFile *file)
{
  struct stat here, there;

  if (fstat (file->fd, &here) != 0 || stat (file->path, &there) != 0 ||
      here.st_dev != there.st_dev || here.st_ino != there.st_ino)
    return FALSE;
  file->size = file->regular ? here.st_size : 0;
  return TRUE;
}

static int
ensure_open (LineFile *file)
{
  int error_number;

  if (file->fd >= 0 && is_still_there (file))
    return 0;

  close_file (file);
  error_number = open_or_create (file);
  if (error_number == 0)
    error_number = take_stock (file);
  if (error_number != 0)
    close_file (file);
  return error_number;
}

/* ---- Writing ------------------------------------------------------------------------------- */

static int
sync_file (LineFile *file)
{
  return !file->regular || fdatasync (file->fd) == 0 ? 0 : errno;
}

static int
write_lines (LineFile *file, const GString *lines)
{
  int error_number = disk_write_all (file->fd, lines->str, lines->len);

  if (error_number == 0)
    error_number = sync_file (file);
  if (error_number == 0)
    {
      file->size += (gint64) lines->len;
      return 0;
    }

  /* These lines will come again: take back what there is of them.  After a failed sync nobody knows
   * what the disk holds, so the file is opened anew in any case. */
  if (file->regular && ftruncate (file->fd, file->size) != 0)
    log_message (LOG_WARNING, "connector", "%s: cannot take back a torn line: %s", file->path,
                 g_strerror (errno));
  close_file (file);
  return error_number;
}

static char *
turned_name (LineFile *file, guint n)
{
  return n == 0 ? g_strdup (file->path) : g_strdup_printf ("%s.%u", file->path, n);
}

/* name.(keep-1) becomes name.keep and so on down to name itself.  What is in the file is synced. */
static int
turn_over (LineFile *file)
{
  for (guint n = file->keep; n > 0; n--)
    {
      g_autofree char *from = turned_name (file, n - 1);
      g_autofree char *to = turned_name (file, n);

      if (rename (from, to) != 0 && errno != ENOENT)
        return errno;
    }
  close_file (file);
  return ensure_open (file);
}

static gboolean
is_full (LineFile *file, gsize next_length)
{
  gint64 now_us = clock_wall_us (file->clock);

  if (!file->regular)
    return FALSE;
  if (file->size == 0)
    {
      file->begun_us = now_us;
      return FALSE;
    }
  return file->size + (gint64) next_length > file->max_bytes ||
         (file->max_age_us > 0 && now_us - file->begun_us > file->max_age_us);
}

static const DiskFile *
line_of (GPtrArray *jobs, guint i)
{
  DiskJob *job = g_ptr_array_index (jobs, i);

  return &job->files[0];
}

static void
fail_jobs (LineFile *file, GPtrArray *jobs, guint first, guint end, int error_number)
{
  for (guint i = first; i < end; i++)
    disk_job_fail (g_ptr_array_index (jobs, i), error_number, "cannot write %s", file->path);
}

/* Writes as many of the jobs from first on as the file has room for, at least one.  Returns the
 * first that was not written. */
static guint
append_group (LineFile *file, GPtrArray *jobs, guint first)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  guint end = first;
  int error_number = ensure_open (file);

  if (error_number == 0 && is_full (file, g_bytes_get_size (line_of (jobs, first)->bytes)))
    {
      error_number = turn_over (file);
      file->begun_us = clock_wall_us (file->clock);
    }
  if (error_number != 0)
    {
      fail_jobs (file, jobs, first, jobs->len, error_number);
      return jobs->len;
    }

  do
    {
      GBytes *line = line_of (jobs, end)->bytes;

      g_string_append_len (lines, g_bytes_get_data (line, NULL), (gssize) g_bytes_get_size (line));
      end++;
    }
  while (end < jobs->len && file->size + (gint64) lines->len +
                                    (gint64) g_bytes_get_size (line_of (jobs, end)->bytes) <=
                                file->max_bytes);

  error_number = write_lines (file, lines);
  if (error_number != 0)
    fail_jobs (file, jobs, first, end, error_number);
  return end;
}

void
line_file_append (GPtrArray *jobs, gpointer file)
{
  for (guint next = 0; next < jobs->len;)
    next = append_group (file, jobs, next);
}

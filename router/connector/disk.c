/* The worker thread of a connector that writes to a disk, and the few calls they all need.
 *
 * Jobs go to the worker under the lock and come back under the lock; between the two they belong to
 * the worker alone.  What must stay true: done is called on the delivery thread, once, and never
 * after disk_worker_free(). */
#include "connector/disk.h"

#include "base/error.h"
#include "connector/wakeup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct DiskWorker
{
  char *label;
  DiskPerform perform;
  gpointer user_data;
  GSource *wakeup; /* on the delivery thread: something is finished */
  GThread *thread; /* started by the first job */

  GMutex lock;
  GCond work;
  GPtrArray *waiting;  /* guarded by lock */
  GPtrArray *finished; /* guarded by lock */
  gboolean closing;    /* guarded by lock */
};

/* ---- Jobs ---------------------------------------------------------------------------------- */

DiskJob *
disk_job_new (guint n_files)
{
  DiskJob *job = g_new0 (DiskJob, 1);

  job->files = g_new0 (DiskFile, n_files);
  job->n_files = n_files;
  job->outcome = (Outcome){ .kind = OUTCOME_DELIVERED, .retry_after_us = -1 };
  return job;
}

void
disk_job_free (DiskJob *job)
{
  for (guint i = 0; i < job->n_files; i++)
    {
      g_free (job->files[i].name);
      g_clear_pointer (&job->files[i].bytes, g_bytes_unref);
    }
  g_free (job->files);
  g_free (job->probed);
  outcome_clear (&job->outcome);
  g_free (job);
}

gboolean
disk_job_has_failed (const DiskJob *job)
{
  return job->outcome.kind != OUTCOME_DELIVERED;
}

/* What will pass by itself is tried again; for the rest an operator must act. */
static OutcomeKind
outcome_from_errno (int error_number, const char **out_error_code)
{
  switch (error_number)
    {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EAGAIN:
    case EBUSY:
    case EINTR:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ESTALE:
    case ETIMEDOUT:
      *out_error_code = ERROR_CODE_ERROR_FROM_TARGET;
      return OUTCOME_RETRY;
    case EACCES:
    case EPERM:
    case EROFS:
      *out_error_code = ERROR_CODE_NO_PERMISSIONS;
      return OUTCOME_MISCONFIGURED;
    default:
      *out_error_code = ERROR_CODE_INVALID_PARAMETER;
      return OUTCOME_MISCONFIGURED;
    }
}

void
disk_job_fail (DiskJob *job, int error_number, const char *format, ...)
{
  g_autofree char *problem = NULL;
  va_list args;

  if (disk_job_has_failed (job))
    return;

  va_start (args, format);
  problem = g_strdup_vprintf (format, args);
  va_end (args);
  job->outcome.kind = outcome_from_errno (error_number, &job->outcome.error_code);
  job->outcome.note = g_strdup_printf ("%s: %s", problem, g_strerror (error_number));
}

void
disk_job_refuse (DiskJob *job, const char *error_code, const char *format, ...)
{
  va_list args;

  job->outcome.kind = OUTCOME_REFUSED;
  job->outcome.error_code = error_code;
  va_start (args, format);
  job->outcome.note = g_strdup_vprintf (format, args);
  va_end (args);
}

static void
report (DiskWorker *worker, DiskJob *job)
{
  char *note = job->outcome.note;

  job->outcome.note = note != NULL ? g_strdup_printf ("%s %s", worker->label, note) : g_strdup ("");
  g_free (note);
  job->done (&job->outcome, job->user_data);
}

/* ---- The thread ---------------------------------------------------------------------------- */

static GPtrArray *
job_array_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) disk_job_free);
}

/* NULL: it is time to end. */
static GPtrArray *
wait_for_jobs (DiskWorker *worker)
{
  GPtrArray *jobs = NULL;

  g_mutex_lock (&worker->lock);
  while (worker->waiting->len == 0 && !worker->closing)
    g_cond_wait (&worker->work, &worker->lock);
  if (!worker->closing)
    {
      jobs = worker->waiting;
      worker->waiting = job_array_new ();
    }
  g_mutex_unlock (&worker->lock);
  return jobs;
}

static void
look_at_folder (DiskJob *job)
{
  int error_number = disk_make_folders (job->probed);

  if (error_number == 0 && access (job->probed, W_OK | X_OK) != 0)
    error_number = errno;
  if (error_number != 0)
    disk_job_fail (job, error_number, "cannot write to %s", job->probed);
}

/* Those that only look are not the connector's affair. */
static void
work_off (DiskWorker *worker, GPtrArray *jobs)
{
  g_autoptr (GPtrArray) writing = g_ptr_array_new ();

  for (guint i = 0; i < jobs->len; i++)
    {
      DiskJob *job = jobs->pdata[i];

      if (job->probed != NULL)
        look_at_folder (job);
      else
        g_ptr_array_add (writing, job);
    }
  if (writing->len > 0)
    worker->perform (writing, worker->user_data);
}

static gpointer
work_in_thread (gpointer data)
{
  DiskWorker *worker = data;
  GPtrArray *jobs;

  while ((jobs = wait_for_jobs (worker)) != NULL)
    {
      work_off (worker, jobs);

      g_mutex_lock (&worker->lock);
      g_ptr_array_extend_and_steal (worker->finished, jobs);
      g_mutex_unlock (&worker->lock);
      wakeup_now (worker->wakeup);
    }
  return NULL;
}

static gboolean
report_finished_cb (gpointer data)
{
  DiskWorker *worker = data;
  g_autoptr (GPtrArray) finished = NULL;

  g_mutex_lock (&worker->lock);
  finished = worker->finished;
  worker->finished = job_array_new ();
  g_mutex_unlock (&worker->lock);

  for (guint i = 0; i < finished->len; i++)
    report (worker, g_ptr_array_index (finished, i));
  return G_SOURCE_CONTINUE;
}

DiskWorker *
disk_worker_new (const char *label,
                 const ConnectorHost *host,
                 DiskPerform perform,
                 gpointer user_data)
{
  DiskWorker *worker = g_new0 (DiskWorker, 1);

  worker->label = g_strdup (label);
  worker->perform = perform;
  worker->user_data = user_data;
  worker->waiting = job_array_new ();
  worker->finished = job_array_new ();
  g_mutex_init (&worker->lock);
  g_cond_init (&worker->work);
  worker->wakeup = wakeup_new ("disk worker", host->context, report_finished_cb, worker);
  return worker;
}

void
disk_worker_submit (DiskWorker *worker, DiskJob *job, ConnectorDone done, gpointer user_data)
{
  job->done = done;
  job->user_data = user_data;
  if (worker->thread == NULL)
    worker->thread = g_thread_new ("disk", work_in_thread, worker);

  g_mutex_lock (&worker->lock);
  g_ptr_array_add (worker->waiting, job);
  g_cond_signal (&worker->work);
  g_mutex_unlock (&worker->lock);
}

void
disk_worker_probe (DiskWorker *worker, const char *folder, ConnectorDone done, gpointer user_data)
{
  DiskJob *job = disk_job_new (0);

  job->probed = g_strdup (folder);
  disk_worker_submit (worker, job, done, user_data);
}

void
disk_worker_free (DiskWorker *worker)
{
  g_mutex_lock (&worker->lock);
  worker->closing = TRUE;
  g_cond_signal (&worker->work);
  g_mutex_unlock (&worker->lock);
  g_clear_pointer (&worker->thread, g_thread_join);

  wakeup_free (worker->wakeup);
  g_ptr_array_unref (worker->waiting);
  g_ptr_array_unref (worker->finished);
  g_cond_clear (&worker->work);
  g_mutex_clear (&worker->lock);
  g_free (worker->label);
  g_free (worker);
}

/* ---- Files --------------------------------------------------------------------------------- */

/* The store's own files stand in the state folder, where relative paths begin. */
static gboolean
is_the_stores (const char *path, const char *last)
{
  while (g_str_has_prefix (path, "./"))
    path += 2;
  return g_str_has_prefix (last, "signalbox.db") || strcmp (path, "lock") == 0;
}

static gboolean
has_long_name (char **segments)
{
  for (; *segments != NULL; segments++)
    if (strlen (*segments) > NAME_MAX)
      return TRUE;
  return FALSE;
}

gboolean
disk_check_path (const char *path, GError **error)
{
  g_auto (GStrv) segments = g_strsplit (path, "/", -1);
  guint n_segments = g_strv_length (segments);

  if (n_segments == 0)
    g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                         "The path is empty; expected one like “outbox/audit”");
  else if (g_strv_contains ((const char *const *) segments, ".."))
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "The path “%s” has “..” in it; write it without, or as an absolute path", path);
  else if (is_the_stores (path, segments[n_segments - 1]))
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "“%s” is a file of the router's own store, which writing to it would destroy; "
                 "choose another name",
                 path);
  else if (has_long_name (segments))
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "The path has a name of more than %d bytes in it, which no disk takes", NAME_MAX);
  else
    return TRUE;
  return FALSE;
}

char *
disk_resolve_path (const char *state_dir, const char *path)
{
  return g_path_is_absolute (path) ? g_strdup (path) : g_build_filename (state_dir, path, NULL);
}

char *
disk_safe_name (const char *text)
{
  char *name = g_strdup (text);

  for (char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (".-_", *p) == NULL)
      *p = '_';
  return name;
}

#define MAX_FILE_NAME_BYTES 200

char *
disk_file_name (const char *text)
{
  char *name = disk_safe_name (text);

  if (strlen (name) > MAX_FILE_NAME_BYTES)
    name[MAX_FILE_NAME_BYTES] = '\0';
  if (*name == '.')
    *name = '_';
  if (*name == '\0')
    {
      g_free (name);
      return g_strdup ("_");
    }
  return name;
}

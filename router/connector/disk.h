/* disk.h: what the connectors that leave things on a disk share.
 *
 * A DiskWorker is one thread that does a connector's blocking work, so that the delivery thread
 * never waits for a disk: jobs that queue while it is busy are done together, with what syncing
 * that needs done once for all of them. */
#pragma once

#include "base/disk.h"
#include "connector/connector.h"

G_BEGIN_DECLS

typedef struct
{
  char *name; /* of a file in a folder, without a slash; NULL when there is nothing to name */
  GBytes *bytes;
} DiskFile;

/* One send.  All of its files must be durable before it succeeds. */
typedef struct
{
  DiskFile *files;
  guint n_files;

  char *probed; /* a folder: nothing is written, this is looked at; else NULL */

  Outcome outcome; /* DELIVERED until the job fails */

  ConnectorDone done;
  gpointer user_data;
} DiskJob;

DiskJob *disk_job_new (guint n_files);
void disk_job_free (DiskJob *job);

/* The work failed with this errno; the format says what could not be done: "cannot write …".  Keeps
 * the first failure. */
void disk_job_fail (DiskJob *job, int error_number, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* There is nothing to be done, as the request itself is at fault.  To be submitted like any other.
 */
void disk_job_refuse (DiskJob *job, const char *error_code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

gboolean disk_job_has_failed (const DiskJob *job);

/* Worker thread.  Does all jobs (of DiskJob), in order; those that failed are marked as such. */
typedef void (*DiskPerform) (GPtrArray *jobs, gpointer user_data);

typedef struct DiskWorker DiskWorker;

/* label: "file/audit", for notes.  user_data is for perform, and outlives the worker. */
DiskWorker *disk_worker_new (const char *label,
                             const ConnectorHost *host,
                             DiskPerform perform,
                             gpointer user_data);

/* Delivery thread.  Takes the job.  done is called on the delivery thread later, with the job's
 * outcome and the label before its note. */
void disk_worker_submit (DiskWorker *worker, DiskJob *job, ConnectorDone done, gpointer user_data);

/* Delivery thread.  Makes the folder, if need be, and learns whether it can be written to. */
void
disk_worker_probe (DiskWorker *worker, const char *folder, ConnectorDone done, gpointer user_data);

/* Delivery thread.  Waits for the jobs that are being done; those, and the ones that were not
 * begun, are given up without their done being called. */
void disk_worker_free (DiskWorker *worker);

/* Of a setting: ROUTER_ERROR_INVALID for an empty path and for one with a ".." in it. */
gboolean disk_check_path (const char *path, GError **error);

/* Where a setting's path leads: relative ones begin in state_dir. */
char *disk_resolve_path (const char *state_dir, const char *path);

/* The same, of at most 200 bytes, not hidden and not empty: whatever text says, it is one file of
 * its folder. */
char *disk_file_name (const char *text);

/* A file name of nothing but letters, digits, '.', '-' and '_'. */
char *disk_safe_name (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiskJob, disk_job_free)

G_END_DECLS

/* The disk worker and its calls: jobs together, outcomes from errnos, folders, names. */
#include "connector/disk.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  GMainContext *context;
  ConnectorHost host;
  GThread *thread; /* the test's */
  guint n_batches, n_jobs, n_done;
  GMutex lock; /* held by the test: the work waits */
  Outcome last;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->host.context = fixture->context;
  fixture->thread = g_thread_self ();
  g_mutex_init (&fixture->lock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  outcome_clear (&fixture->last);
  g_mutex_clear (&fixture->lock);
  g_main_context_unref (fixture->context);
}

static void
perform (GPtrArray *jobs, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (g_thread_self () != fixture->thread);
  g_mutex_lock (&fixture->lock);
  fixture->n_batches++;
  fixture->n_jobs += jobs->len;
  g_mutex_unlock (&fixture->lock);
}

static void
note_done (const Outcome *outcome, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (g_thread_self () == fixture->thread);
  outcome_clear (&fixture->last);
  outcome_copy (outcome, &fixture->last);
  fixture->n_done++;
}

static void
wait_for (Fixture *fixture, guint n_done)
{
  while (fixture->n_done < n_done)
    g_main_context_iteration (fixture->context, TRUE);
}

/* What queues while the worker is busy is done together. */
static void
test_together (Fixture *fixture, gconstpointer data)
{
  DiskWorker *worker = disk_worker_new ("file/x", &fixture->host, perform, fixture);

  g_mutex_lock (&fixture->lock);
  for (guint i = 0; i < 50; i++)
    disk_worker_submit (worker, disk_job_new (0), note_done, fixture);
  g_assert_cmpuint (fixture->n_done, ==, 0);
  g_mutex_unlock (&fixture->lock);
  wait_for (fixture, 50);
  g_assert_cmpuint (fixture->n_jobs, ==, 50);
  g_assert_cmpuint (fixture->n_batches, <=, 2);
  g_assert_cmpint (fixture->last.kind, ==, OUTCOME_DELIVERED);
  g_assert_cmpstr (fixture->last.note, ==, "");
  disk_worker_free (worker);
}

static void
test_unused (Fixture *fixture, gconstpointer data)
{
  disk_worker_free (disk_worker_new ("file/x", &fixture->host, perform, fixture));
}

static const struct
{
  int error_number;
  OutcomeKind kind;
  const char *error_code;
} errnos[] = {
  { ENOSPC, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET },
  { EDQUOT, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET },
  { EIO, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET },
  { EMFILE, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET },
  { EACCES, OUTCOME_MISCONFIGURED, ERROR_CODE_NO_PERMISSIONS },
  { EROFS, OUTCOME_MISCONFIGURED, ERROR_CODE_NO_PERMISSIONS },
  { ENOTDIR, OUTCOME_MISCONFIGURED, ERROR_CODE_INVALID_PARAMETER },
  { ENAMETOOLONG, OUTCOME_MISCONFIGURED, ERROR_CODE_INVALID_PARAMETER },
};

static void
test_outcomes (Fixture *fixture, gconstpointer data)
{
  DiskWorker *worker = disk_worker_new ("file/x", &fixture->host, perform, fixture);

  for (guint i = 0; i < G_N_ELEMENTS (errnos); i++)
    {
      DiskJob *job = disk_job_new (0);
      g_autofree char *note = g_strdup_printf ("file/x cannot write a: %s",
                                               g_strerror (errnos[i].error_number));

      disk_job_fail (job, errnos[i].error_number, "cannot write %s", "a");
      /* The first failure is the one that is told. */
      disk_job_fail (job, EPERM, "cannot do anything");
      disk_worker_submit (worker, job, note_done, fixture);
      wait_for (fixture, i + 1);
      g_assert_cmpint (fixture->last.kind, ==, errnos[i].kind);
      g_assert_cmpstr (fixture->last.error_code, ==, errnos[i].error_code);
      g_assert_cmpstr (fixture->last.note, ==, note);
      g_assert_cmpint (fixture->last.retry_after_us, ==, -1);
    }
  disk_worker_free (worker);
}

static void
test_folders (void)
{
  g_autofree char *top = g_dir_make_tmp ("signalbox-disk-XXXXXX", NULL);
  g_autofree char *a = g_build_filename (top, "a", NULL);
  g_autofree char *deep = g_build_filename (a, "b", NULL);
  g_autofree char *file = g_build_filename (deep, "file", NULL);
  g_autofree char *below_file = g_build_filename (file, "c", NULL);

  g_assert_cmpint (disk_make_folders (deep), ==, 0);
  g_assert_cmpint (disk_make_folders (deep), ==, 0);
  g_assert_true (g_file_test (deep, G_FILE_TEST_IS_DIR));
  g_assert_cmpint (disk_sync_folder (deep), ==, 0);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_cmpint (disk_make_folders (file), ==, ENOTDIR);
  g_assert_cmpint (disk_make_folders (below_file), ==, ENOTDIR);
  g_assert_cmpint (disk_sync_folder (file), ==, ENOTDIR);
  g_assert_cmpint (disk_sync_folder (below_file), ==, ENOTDIR);

  g_remove (file);
  g_remove (deep);
  g_remove (a);
  g_remove (top);
}

/* A folder that is there, and in which none can be made. */
static void
test_folder_that_takes_none (void)
{
  g_autofree char *top = g_dir_make_tmp ("signalbox-disk-XXXXXX", NULL);
  g_autofree char *here = g_get_current_dir ();

  g_assert_cmpint (g_chdir (top), ==, 0);
  g_assert_cmpint (g_rmdir (top), ==, 0);
  g_assert_cmpint (disk_make_folders ("a"), ==, ENOENT);
  g_assert_cmpint (disk_make_folders ("a/b"), ==, ENOENT);
  g_assert_cmpint (g_chdir (here), ==, 0);
}

static void
test_paths (void)
{
  static const struct
  {
    const char *path, *resolved;
  } cases[] = {
    { "log", "/state/log" },        { "a/b.c/..d/e..", "/state/a/b.c/..d/e.." },
    { "/var/log/x", "/var/log/x" }, { "./x", "/state/./x" },
    { "locks", "/state/locks" },    { "a/lock", "/state/a/lock" },
  };
  static const char *const wrong[] = {
    "",
    "..",
    "../x",
    "x/..",
    "x/../y",
    "/../x",
    /* The store's. */
    "lock",
    "././lock",
    "signalbox.db",
    "./signalbox.db-wal",
    "/var/lib/signalbox/signalbox.db",
  };
  g_autofree char *longest = g_strnfill (255, 'x');
  g_autofree char *too_long = g_strnfill (256, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = disk_resolve_path ("/state", cases[i].path);

      g_assert_true (disk_check_path (cases[i].path, NULL));
      g_assert_cmpstr (path, ==, cases[i].resolved);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (disk_check_path (wrong[i], NULL));
  g_assert_true (disk_check_path (longest, NULL));
  g_assert_false (disk_check_path (too_long, NULL));
}

static void
test_safe_names (void)
{
  g_autofree char *name = disk_safe_name ("aZ09.-_/\\ \n:ü");

  g_assert_cmpstr (name, ==, "aZ09.-________");
}

#define ADD(path, test) g_test_add ("/connector/disk/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("together", test_together);
  ADD ("unused", test_unused);
  ADD ("outcomes", test_outcomes);
  g_test_add_func ("/connector/disk/folders", test_folders);
  g_test_add_func ("/connector/disk/folder-that-takes-none", test_folder_that_takes_none);
  g_test_add_func ("/connector/disk/paths", test_paths);
  g_test_add_func ("/connector/disk/safe-names", test_safe_names);

  return g_test_run ();
}

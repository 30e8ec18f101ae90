/* A copy of the store while it is in use, and what becomes of one.
 *
 * The copy is one read transaction long, so it holds whole commits up to its beginning.  Meanwhile
 * the log cannot begin anew: it grows by what comes in, and shrinks after. */
#include "store/sqlite/sqlite-store.h"

#include "store/restore.h"
#include "store/sqlite/lock.h"
#include "store/sqlite/totals.h"

#include "base/disk.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_PAGES 64

/* A copy notices within this time that it is to end. */
#define NAP_US (50 * 1000)

static gboolean
fail (const char *doing, const char *path, int error_number, GError **error)
{
  gboolean is_full = error_number == ENOSPC || error_number == EDQUOT;

  g_set_error (error, ROUTER_ERROR,
               is_full                  ? ROUTER_ERROR_FULL
               : error_number == EEXIST ? ROUTER_ERROR_CONFLICT
                                        : ROUTER_ERROR_INVALID,
               "Cannot %s %s: %s", doing, path, g_strerror (error_number));
  return FALSE;
}

/* ---- The copy ---- */

/* Sleeps as long as the copy is ahead of its rate.  FALSE: there is to be none. */
static gboolean
keep_rate (SqliteStore *store, gint64 start_us, gint64 bytes, gint64 bytes_per_s)
{
  gint64 end_us = start_us +
                  (gint64) ((double) bytes / (double) MAX (bytes_per_s, 1) * G_USEC_PER_SEC);
  gint64 left_us;

  while (!g_atomic_int_get (&store->no_backups) && (left_us = end_us - g_get_monotonic_time ()) > 0)
    g_usleep ((gulong) MIN (left_us, NAP_US));
  return !g_atomic_int_get (&store->no_backups);
}

static gboolean
copy_pages (SqliteStore *store, Database *from, Database *to, gint64 bytes_per_s, GError **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (to->handle, "main", from->handle, "main");
  gint64 start_us = g_get_monotonic_time (), bytes = 0, page_bytes = 4096;
  int result;

  if (backup == NULL)
    return database_fail (to, "begin a copy", error);
  do
    {
      result = sqlite3_backup_step (backup, STEP_PAGES);
      bytes += STEP_PAGES * page_bytes;
    }
  while (result == SQLITE_OK && keep_rate (store, start_us, bytes, bytes_per_s));
  if (result == SQLITE_OK)
    {
      sqlite3_backup_finish (backup);
      g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE,
                           "The router is stopping; there is no copy");
      return FALSE;
    }
  result = sqlite3_backup_finish (backup);
  return result == SQLITE_OK || database_fail (to, "copy the store", error);
}

/* What was copied must be a store by itself. */
static gboolean
check_copy (Database *copy, StoreBackup *out_backup, GError **error)
{
  StoreLedger ledger;

  if (!schema_check (copy, schema_n_migrations, error) ||
      !sqlite_read_ledger (copy, FALSE, &ledger, error))
    return FALSE;
  if (store_ledger_difference (&ledger) != 0)
    return database_damaged (copy, error, "the ledger of the copy does not balance");
  out_backup->events = ledger.events - ledger.expired_events;
  out_backup->deliveries = ledger.created - ledger.expired;
  return TRUE;
}

static gboolean
make_copy (SqliteStore *store,
           Database *from,
           const char *partial,
           gint64 bytes_per_s,
           StoreBackup *out_backup,
           GError **error)
{
  g_autoptr (Database) to = database_open (partial, DATABASE_WRITER, error);
  g_autofree char *mark = g_strdup_printf ("PRAGMA application_id = %d", SCHEMA_APPLICATION_ID);

  /* Synced once, at the end: what breaks before is thrown away.  It says whose it is from the
   * first page on, so that the next backup can tell. */
  return to != NULL &&
         database_execute (to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", error) &&
         database_execute (to, mark, error) && copy_pages (store, from, to, bytes_per_s, error) &&
         check_copy (to, out_backup, error);
}

/* Synced, named, and its folder synced. */
static gboolean
publish (const char *partial, const char *path, gboolean replace, gint64 *out_bytes, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (partial, O_RDONLY | O_CLOEXEC);
  GStatBuf status;
  int failure;

  if (fd < 0)
    return fail ("open", partial, errno, error);
  failure = fsync (fd) != 0 ? errno : 0;
  close (fd);
  if (failure != 0)
    return fail ("sync", partial, failure, error);
  if (!replace && g_file_test (path, G_FILE_TEST_EXISTS))
    return fail ("write", path, EEXIST, error);
  if (g_stat (partial, &status) != 0 || g_rename (partial, path) != 0)
    return fail ("rename to", path, errno, error);
  *out_bytes = (gint64) status.st_size;
  failure = disk_sync_folder (folder);
  return failure == 0 || fail ("sync the folder of", path, failure, error);
}

/* Is it the rest of a backup that was killed?  Empty, or a database with our mark: where SQLite has
 * its application id, https://www.sqlite.org/fileformat.html#application_id */
static gboolean
is_rest_of_backup (int fd)
{
  static const char magic[16] = "SQLite format 3";
  struct stat status;
  guint8 head[72];
  guint32 id;
  gssize n;

  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode) || status.st_uid != geteuid () ||
      status.st_nlink != 1)
    return FALSE;
  if (status.st_size == 0)
    return TRUE;
  n = pread (fd, head, sizeof head, 0);
  if (n < (gssize) sizeof head || memcmp (head, magic, sizeof magic) != 0)
    return FALSE;
  memcpy (&id, head + 68, sizeof id);
  return GUINT32_FROM_BE (id) == SCHEMA_APPLICATION_ID;
}

/* An empty file that is locked while the descriptor is open.  What another backup left when it was
 * killed is emptied; one under way, and anybody else's file, are let alone.  -1 with error. */
static int
make_partial (const char *partial, GError **error)
{
  int fd = open (partial, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      fail ("make", partial, errno, error);
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) == 0 && is_rest_of_backup (fd) && ftruncate (fd, 0) == 0)
    return fd;
  close (fd);
  fail ("make", partial, EEXIST, error);
  return -1;
}

/* A transaction begins with what is read first.  Without that each step of the copy would be one of
 * its own, and the copy begin anew whenever something was committed between two. */
static gboolean
begin_reading (Database *from, GError **error)
{
  gint64 n_tables;

  return database_begin (from, FALSE, error) &&
         database_get_number (from, "SELECT count(*) FROM sqlite_schema", &n_tables, error);
}

gboolean
sqlite_backup (Store *base,
               const char *path,
               gint64 bytes_per_s,
               StoreBackup *out_backup,
               GError **error)
{
  SqliteStore *store = (SqliteStore *) base;
  g_autofree char *partial = g_strconcat (path, ".partial", NULL);
  g_autoptr (Database) from = NULL;
  StoreBackup backup = { 0 };
  gboolean ok;
  int fd;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return fail ("write", path, EEXIST, error);
  from = database_open (store->writer->path, DATABASE_READER, error);
  if (from == NULL)
    return FALSE;
  fd = make_partial (partial, error);
  if (fd < 0)
    return FALSE;
  ok = begin_reading (from, error) &&
       make_copy (store, from, partial, bytes_per_s, &backup, error) &&
       publish (partial, path, FALSE, &backup.bytes, error);
  database_rollback (from, NULL);
  if (!ok)
    g_unlink (partial);
  else
    *out_backup = backup;
  /* Not before: closing it would end the locks that SQLite has on it. */
  close (fd);
  return ok;
}

void
sqlite_stop_backups (Store *base)
{
  g_atomic_int_set (&((SqliteStore *) base)->no_backups, TRUE);
}

/* ---- Back again ---- */

static gboolean
check_backup (const char *file, StoreBackup *out_backup, GError **error)
{
  g_autoptr (Database) database = NULL;
  g_autoptr (GString) faults = g_string_new (NULL);

  if (!g_file_test (file, G_FILE_TEST_IS_REGULAR))
    return fail ("read", file, ENOENT, error);
  database = database_open (file, DATABASE_FROZEN, error);
  if (database == NULL || !check_copy (database, out_backup, error) ||
      !database_check (database, TRUE, faults, error))
    return FALSE;
  return faults->len == 0 || database_damaged (database, error, "%s", faults->str);
}

static gboolean
copy_file (const char *from, const char *to, GError **error)
{
  int in = open (from, O_RDONLY | O_CLOEXEC);
  int out = in < 0 ? -1 : open (to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  int failure = out < 0 ? errno : 0;
  g_autofree char *block = g_malloc (1024 * 1024);
  gssize length = 1;

  while (failure == 0 && length > 0)
    {
      length = read (in, block, 1024 * 1024);
      failure = length < 0 ? errno : length > 0 ? disk_write_all (out, block, (gsize) length) : 0;
    }
  if (in >= 0)
    close (in);
  if (out >= 0)
    close (out);
  return failure == 0 || fail ("copy the backup to", to, failure, error);
}

/* The log first: a file beside the log of another would be read together with it. */
static gboolean
put_aside (const char *path, const char *aside, GError **error)
{
  static const char *const ends[] = { "-wal", "-shm", "" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *from = g_strconcat (path, ends[i], NULL);
      g_autofree char *to = g_strconcat (aside, ends[i], NULL);

      if (g_rename (from, to) != 0 && errno != ENOENT)
        return fail ("put aside", from, errno, error);
    }
  return TRUE;
}

static gboolean
restore (const char *file,
         const char *folder,
         gboolean replace,
         Clock *clock,
         StoreBackup *out_backup,
         char **out_aside,
         GError **error)
{
  g_autofree char *path = g_build_filename (folder, "signalbox.db", NULL);
  g_autofree char *partial = g_strconcat (path, ".partial", NULL);
  g_autofree char *stamp = clock_format_seconds (clock_wall_us (clock));
  g_autofree char *aside = g_strconcat (path, ".before-", stamp, NULL);
  gboolean exists = g_file_test (path, G_FILE_TEST_EXISTS);

  if (exists && !replace)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT,
                   "There is a store in “%s” already; with --replace it is put aside, not deleted",
                   folder);
      return FALSE;
    }
  if (!check_backup (file, out_backup, error) || !copy_file (file, partial, error) ||
      !put_aside (path, aside, error) || !publish (partial, path, TRUE, &out_backup->bytes, error))
    return FALSE;
  if (exists)
    *out_aside = g_steal_pointer (&aside);
  return TRUE;
}

gboolean
store_restore (const char *file,
               const char *folder,
               gboolean replace,
               Clock *clock,
               StoreBackup *out_backup,
               char **out_aside,
               GError **error)
{
  StoreBackup backup = { 0 };
  int failure, lock;
  gboolean ok;

  failure = disk_make_folders (folder);
  if (failure != 0)
    return fail ("make the folder", folder, failure, error);
  lock = lock_take (folder, error);
  if (lock < 0)
    return FALSE;
  ok = restore (file, folder, replace, clock, &backup, out_aside, error);
  lock_release (lock);
  if (ok)
    *out_backup = backup;
  return ok;
}

/* Whether a store and the disk below it are well. */
#include "store/examine.h"

#include "base/error.h"
#include "store/sqlite/lock.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/totals.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOW_ROOM_BYTES (256 * 1024 * G_GINT64_CONSTANT (1024))
#define LARGE_LOG_BYTES (256 * 1024 * G_GINT64_CONSTANT (1024))
#define N_TRIAL_COMMITS 41
#define SLOW_COMMIT_US (20 * 1000)
#define SUSPICIOUSLY_FAST_US 15

/* 2024-01-01: before that this program did not exist. */
#define NOT_BEFORE_US (G_GINT64_CONSTANT (1704067200) * G_USEC_PER_SEC)
#define CLOCK_SLACK_US (60 * G_USEC_PER_SEC)

typedef struct
{
  const char *folder;
  char *path; /* of the file */
  gboolean thorough;
  Clock *clock;
  GPtrArray *findings;
} Examination;

Finding *
finding_new (const char *name, FindingLevel level, const char *remedy, const char *format, ...)
{
  Finding *finding = g_new0 (Finding, 1);
  va_list args;

  finding->name = g_strdup (name);
  finding->level = level;
  finding->remedy = g_strdup (remedy);
  va_start (args, format);
  finding->text = g_strdup_vprintf (format, args);
  va_end (args);
  return finding;
}

void
finding_free (Finding *finding)
{
  g_free (finding->name);
  g_free (finding->text);
  g_free (finding->remedy);
  g_free (finding);
}

#define FIND(examination, ...) g_ptr_array_add ((examination)->findings, finding_new (__VA_ARGS__))

/* ---- The folder ---- */

static void
check_owner (Examination *examination, const char *path, const GStatBuf *status)
{
  g_autofree char *remedy = NULL;

  if ((status->st_mode & 077) != 0)
    {
      remedy = g_strdup_printf ("chmod go-rwx '%s'", path);
      FIND (examination, "permissions", FINDING_WARNING, remedy,
            "Others than the router's user may get at “%s” (mode %03o)", path,
            (guint) status->st_mode & 0777);
    }
  else if (status->st_uid != geteuid () && geteuid () != 0)
    FIND (examination, "permissions", FINDING_WARNING, "Run this as the router's user",
          "“%s” belongs to another user (uid %u)", path, (guint) status->st_uid);
  else
    FIND (examination, "permissions", FINDING_GOOD, "", "Only the router's user gets at “%s”",
          path);
}

static void
check_room (Examination *examination)
{
  struct statvfs status;
  g_autofree char *room = NULL;
  guint64 bytes;

  if (statvfs (examination->folder, &status) != 0)
    {
      FIND (examination, "space", FINDING_BAD, "Check the disk", "Cannot look at the disk: %s",
            g_strerror (errno));
      return;
    }
  bytes = (guint64) status.f_bavail * status.f_frsize;
  room = g_format_size (bytes);
  if ((status.f_flag & ST_RDONLY) != 0)
    FIND (examination, "space", FINDING_BAD, "Mount it for writing", "The disk is read-only");
  else if (bytes < (guint64) LOW_ROOM_BYTES)
    FIND (examination, "space", FINDING_WARNING,
          "Free some space, or let Retention in router.json keep less",
          "Only %s are left on the disk", room);
  else
    FIND (examination, "space", FINDING_GOOD, "", "%s are left on the disk", room);
}

static gint64
file_bytes (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (gint64) status.st_size : 0;
}

static void
check_log (Examination *examination, gint64 log_bytes)
{
  g_autofree char *size = g_format_size ((guint64) log_bytes);

  if (log_bytes > LARGE_LOG_BYTES)
    FIND (examination, "log", FINDING_WARNING,
          "It shrinks when long questions and backups have ended; if not, restart the router",
          "The write-ahead log has grown to %s", size);
  else
    FIND (examination, "log", FINDING_GOOD, "", "The write-ahead log has %s", size);
}

/* ---- The disk ---- */

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static gboolean
time_commits (Examination *examination, Database *trial, gint64 *times_us, GError **error)
{
  if (!database_prepare_for_work (trial, -1, error) ||
      !database_execute (trial, "CREATE TABLE trial (n INTEGER)", error))
    return FALSE;
  for (guint i = 0; i < N_TRIAL_COMMITS; i++)
    {
      gint64 start_us = clock_monotonic_us (examination->clock);

      if (!database_execute (trial, "INSERT INTO trial VALUES (1)", error))
        return FALSE;
      times_us[i] = clock_monotonic_us (examination->clock) - start_us;
    }
  return TRUE;
}

static void
remove_trial (const char *path)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *one = g_strconcat (path, ends[i], NULL);

      g_unlink (one);
    }
}

static void
report_commits (Examination *examination, gint64 *times_us)
{
  gint64 median_us, worst_us;

  qsort (times_us, N_TRIAL_COMMITS, sizeof *times_us, compare);
  median_us = times_us[N_TRIAL_COMMITS / 2];
  worst_us = times_us[N_TRIAL_COMMITS - 1];
  if (median_us > SLOW_COMMIT_US)
    FIND (examination, "commit", FINDING_WARNING,
          "Put the state folder on a faster disk; every event waits for one commit",
          "A small commit takes %.1f ms on this disk (median of %d, the slowest %.1f ms)",
          (double) median_us / 1000, N_TRIAL_COMMITS, (double) worst_us / 1000);
  else if (median_us < SUSPICIOUSLY_FAST_US)
    FIND (examination, "commit", FINDING_WARNING,
          "If this is not a memory disk, check that the disk does not ignore syncs",
          "A small commit takes only %.3f ms: a disk that is really written to is slower",
          (double) median_us / 1000);
  else
    FIND (examination, "commit", FINDING_GOOD, "",
          "A small commit takes %.2f ms on this disk (median of %d, the slowest %.2f ms)",
          (double) median_us / 1000, N_TRIAL_COMMITS, (double) worst_us / 1000);
}

static void
check_commits (Examination *examination)
{
  g_autofree char *path = g_build_filename (examination->folder, "doctor-XXXXXX", NULL);
  gint64 times_us[N_TRIAL_COMMITS];
  g_autoptr (GError) error = NULL;
  int fd = g_mkstemp (path);
  gboolean ok = FALSE;

  if (fd >= 0)
    {
      g_autoptr (Database) trial = NULL;

      close (fd);
      trial = database_open (path, DATABASE_WRITER, &error);
      ok = trial != NULL && time_commits (examination, trial, times_us, &error);
      g_clear_pointer (&trial, database_close);
      remove_trial (path);
    }
  if (ok)
    report_commits (examination, times_us);
  else
    FIND (examination, "commit", FINDING_BAD, "Check the disk and the folder's owner",
          "Nothing can be written to “%s”: %s", examination->folder,
          error != NULL ? error->message : g_strerror (errno));
}

/* ---- The file ---- */

/* TRUE: the store has all the tables that this program knows. */
static gboolean
check_version (Examination *examination, Database *database)
{
  g_autoptr (GError) error = NULL;
  gint64 version = 0;

  if (!schema_check (database, schema_n_migrations, &error) ||
      !database_get_number (database, "PRAGMA user_version", &version, &error))
    FIND (examination, "schema", FINDING_BAD, "", "%s", error->message);
  else if (version < (gint64) schema_n_migrations)
    FIND (examination, "schema", FINDING_GOOD, "",
          "The store has version %d; the next start of signalboxd brings it to %u", (int) version,
          schema_n_migrations);
  else
    FIND (examination, "schema", FINDING_GOOD, "", "The store has version %d, the newest",
          (int) version);
  return error == NULL && version == (gint64) schema_n_migrations;
}

static void
check_ledger (Examination *examination, Database *database)
{
  StoreLedger kept, counted;
  g_autoptr (GError) error = NULL;

  if (!sqlite_read_ledger (database, FALSE, &kept, &error) ||
      (examination->thorough && !sqlite_read_ledger (database, TRUE, &counted, &error)))
    FIND (examination, "ledger", FINDING_BAD, "", "%s", error->message);
  else if (store_ledger_difference (&kept) != 0)
    FIND (examination, "ledger", FINDING_BAD, "Keep a copy of the folder and restore a backup",
          "The ledger does not balance: of %" G_GINT64_FORMAT " deliveries %" G_GINT64_FORMAT
          " are in no state or in two",
          kept.created, ABS (store_ledger_difference (&kept)));
  else if (examination->thorough && memcmp (&kept, &counted, sizeof kept) != 0)
    FIND (examination, "ledger", FINDING_BAD, "Keep a copy of the folder and restore a backup",
          "The ledger says other than the rows: %" G_GINT64_FORMAT " events and %" G_GINT64_FORMAT
          " deliveries, where %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " were found",
          kept.events, kept.created, counted.events, counted.created);
  else
    FIND (examination, "ledger", FINDING_GOOD, "",
          "The ledger balances: %" G_GINT64_FORMAT " events, %" G_GINT64_FORMAT " deliveries%s",
          kept.events, kept.created, examination->thorough ? ", counted anew" : "");
}

/* Each queue's counter against its messages, all of which are read. */
static void
check_queues (Examination *examination, Database *database)
{
  gint64 n_wrong = 0;
  g_autoptr (GError) error = NULL;

  if (!database_get_number (database,
                            "SELECT count (*) FROM ("
                            "SELECT queue FROM (SELECT queue, n FROM queue_size UNION ALL"
                            " SELECT queue, -count (*) FROM message GROUP BY queue)"
                            " GROUP BY queue HAVING sum (n) != 0)",
                            &n_wrong, &error))
    FIND (examination, "queues", FINDING_BAD, "", "%s", error->message);
  else if (n_wrong > 0)
    FIND (examination, "queues", FINDING_BAD, "Keep a copy of the folder and restore a backup",
          "The counters of %d queues say other than their messages", (int) n_wrong);
  else
    FIND (examination, "queues", FINDING_GOOD, "", "The queues' counters agree with the messages");
}

static void
check_clock (Examination *examination, Database *database)
{
  gint64 now_us = clock_wall_us (examination->clock), newest_us = 0;
  g_autoptr (GError) error = NULL;

  if (!database_get_number (database, "SELECT coalesce (max (received_us), 0) FROM event",
                            &newest_us, &error))
    FIND (examination, "clock", FINDING_BAD, "", "%s", error->message);
  else if (now_us < NOT_BEFORE_US || newest_us > now_us + CLOCK_SLACK_US)
    {
      g_autofree char *now = clock_format_seconds (now_us);
      g_autofree char *newest = clock_format_seconds (newest_us);

      FIND (examination, "clock", FINDING_WARNING, "Set the clock, by NTP if possible",
            "This machine's clock says %s, and the newest event came in at %s", now, newest);
    }
  else
    FIND (examination, "clock", FINDING_GOOD, "", "The clock is not behind what is stored");
}

static void
check_integrity (Examination *examination, Database *database)
{
  g_autoptr (GString) faults = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (!database_check (database, examination->thorough, faults, &error))
    FIND (examination, "integrity", FINDING_BAD, "", "%s", error->message);
  else if (faults->len > 0)
    FIND (examination, "integrity", FINDING_BAD,
          "Stop the router, keep a copy of the folder, and restore a backup: signalboxctl restore",
          "The file is damaged: %s", faults->str);
  else
    FIND (examination, "integrity", FINDING_GOOD, "", "The whole file is sound");
}

static void
check_file (Examination *examination, DatabaseRole role)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Database) database = database_open (examination->path, role, &error);
  gboolean is_newest;

  if (database == NULL || !database_begin (database, FALSE, &error))
    {
      FIND (examination, "schema", FINDING_BAD, "Run this as the router's user", "%s",
            error->message);
      return;
    }
  is_newest = check_version (examination, database);
  check_ledger (examination, database);
  check_clock (examination, database);
  if (examination->thorough && is_newest)
    check_queues (examination, database);
  if (examination->thorough)
    check_integrity (examination, database);
  database_rollback (database, NULL);
}

GPtrArray *
store_examine (const char *folder, gboolean thorough, Clock *clock)
{
  Examination examination = { .folder = folder, .thorough = thorough, .clock = clock };
  g_autofree char *log = g_build_filename (folder, "signalbox.db-wal", NULL);
  gint64 log_bytes = file_bytes (log);
  GStatBuf status;

  examination.findings = g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);
  examination.path = g_build_filename (folder, "signalbox.db", NULL);
  if (g_stat (examination.path, &status) != 0)
    FIND (&examination, "store", errno == ENOENT ? FINDING_WARNING : FINDING_BAD,
          "Name the folder with --state DIR", "There is no store in “%s”: %s", folder,
          g_strerror (errno));
  else
    {
      check_owner (&examination, examination.path, &status);
      check_room (&examination);
      check_log (&examination, log_bytes);
      check_commits (&examination);
      /* Nobody has it open, and all of it is in the file: then it is read without a trace. */
      check_file (&examination,
                  log_bytes == 0 && !lock_is_held (folder) ? DATABASE_FROZEN : DATABASE_READER);
    }
  g_free (examination.path);
  return examination.findings;
}

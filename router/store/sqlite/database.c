/* One SQLite connection.  The only file that turns SQLite's result codes into errors.
 *
 * A full disk must be told apart from every other failure with care: only where nothing can have
 * been made durable may the writer try again. */
#include "store/sqlite/database.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a connection waits for a lock.  The one writer never waits for readers nor they for it;
 * this covers the short exclusive moments of opening and closing. */
#define BUSY_TIMEOUT_MS 10000

/* A log page cache of this size holds all pages that a busy commit touches. */
#define WRITER_CACHE_KIB 16384
#define READER_CACHE_KIB 4096

/* A search takes a few kilobytes for each of the six states that it looks into. */
#define MAX_SEARCHES 60

static void
statement_free (Statement *statement)
{
  sqlite3_finalize (statement->handle);
  g_free (statement);
}

void
database_close (Database *database)
{
  int result;

  g_hash_table_unref (database->statements);
  g_hash_table_unref (database->searches);
  result = sqlite3_close (database->handle);
  g_assert (result == SQLITE_OK); /* else a statement is still out */
  g_free (database->path);
  g_free (database);
}

/* SQLite would make the file readable by everyone whom the umask lets; its log and index take over
 * the mode of the file. */
static gboolean
make_private_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int result = fd < 0 ? -1 : fchmod (fd, 0600);
  int saved_errno = errno;

  if (fd >= 0)
    close (fd);
  if (result == 0)
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE,
               "Store %s: cannot open the file for writing: %s; check the folder's owner and mode",
               path, g_strerror (saved_errno));
  return FALSE;
}

static gboolean
configure (Database *database, DatabaseRole role, GError **error)
{
  g_autofree char *sql = g_strdup_printf (
      /* A damaged page must be an error, never a wild read. */
      "PRAGMA cell_size_check = ON;"
      "PRAGMA mmap_size = 0;"
      /* Nothing secret is deleted: what leaves an index is still in its row. */
      "PRAGMA secure_delete = OFF;"
      "PRAGMA trusted_schema = OFF;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA cache_size = -%d;",
      role == DATABASE_WRITER ? WRITER_CACHE_KIB : READER_CACHE_KIB);

  sqlite3_extended_result_codes (database->handle, 1);
  sqlite3_busy_timeout (database->handle, BUSY_TIMEOUT_MS);
  sqlite3_db_config (database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return database_execute (database, sql, error);
}

/* A path that begins with "file:" would be taken for one. */
static char *
make_uri (const char *path, DatabaseRole role)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *escaped = g_uri_escape_string (absolute, "/", FALSE);

  return g_strconcat ("file://", escaped, role == DATABASE_FROZEN ? "?immutable=1" : "", NULL);
}

Database *
database_open (const char *path, DatabaseRole role, GError **error)
{
  g_autoptr (Database) database = NULL;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI |
              (role == DATABASE_WRITER ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  g_autofree char *uri = make_uri (path, role);

  if (role == DATABASE_WRITER && !make_private_file (path, error))
    return NULL;
  database = g_new0 (Database, 1);
  database->path = g_strdup (path);
  database->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL,
                                                (GDestroyNotify) statement_free);
  /* SQLite keeps the text of a statement: that is the key. */
  database->searches = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                              (GDestroyNotify) statement_free);
  if (sqlite3_open_v2 (uri, &database->handle, flags, NULL) != SQLITE_OK)
    {
      database_fail (database, "open the file", error);
      return NULL;
    }
  if (!configure (database, role, error))
    return NULL;
  return g_steal_pointer (&database);
}

/* SQLite gives the row with the new mode before it has committed the change to the file, so only
 * the end of the statement says whether it took. */
static gboolean
turn_on_log (Database *database, gboolean *out_is_on, GError **error)
{
  static const char doing[] = "turn on the write-ahead log";
  g_autoptr (Statement) mode = database_prepare (database, "PRAGMA journal_mode = WAL", error);
  gboolean has_row, is_on;

  if (mode == NULL || !statement_step (mode, &has_row, doing, error))
    return FALSE;
  is_on = has_row && g_str_equal (statement_read_text (mode), "wal");
  while (has_row)
    if (!statement_step (mode, &has_row, doing, error))
      return FALSE;
  *out_is_on = is_on;
  return TRUE;
}

gboolean
database_prepare_for_work (Database *database, gint64 journal_limit_bytes, GError **error)
{
  g_autofree char *limit = g_strdup_printf ("PRAGMA journal_size_limit = %" G_GINT64_FORMAT,
                                            journal_limit_bytes);
  gboolean is_on;

  if (!turn_on_log (database, &is_on, error))
    return FALSE;
  if (!is_on)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE,
                   "Store %s: this file system does not allow a write-ahead log (shared memory); "
                   "choose a folder on a local disk",
                   database->path);
      return FALSE;
    }
  sqlite3_wal_autocheckpoint (database->handle, 0);
  return database_execute (database, "PRAGMA synchronous = FULL", error) &&
         database_execute (database, limit, error);
}

/* With NORMAL SQLite still syncs the log before it begins it anew and before its pages go into the
 * file, and the file after that; what it leaves out is one sync of the log for each commit. */
gboolean
database_sync_apart (Database *database, GError **error)
{
  gint64 n_pages;

  if (!database_execute (database, "PRAGMA synchronous = NORMAL", error) ||
      /* The log is opened by the first who reads. */
      !database_get_number (database, "PRAGMA page_count", &n_pages, error))
    return FALSE;
  if (sqlite3_file_control (database->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER,
                            &database->log) != SQLITE_OK ||
      database->log == NULL || database->log->pMethods == NULL)
    return database_fail (database, "find the log", error);
  /* The first sync of a file also syncs its folder, once, which no two threads may do together. */
  return database_sync_log (database, error);
}

gboolean
database_sync_log (Database *database, GError **error)
{
  int result = database->log->pMethods->xSync (database->log, SQLITE_SYNC_NORMAL);

  if (result == SQLITE_OK)
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE,
               "Store %s: cannot sync the log: %s (SQLite %d)", database->path,
               sqlite3_errstr (result), result);
  return FALSE;
}

/* ---- Errors ---- */

#define DAMAGED "the file is damaged: keep a copy of it and restore the folder from a backup"

gboolean
database_damaged (Database *database, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE, "Store %s: %s; " DAMAGED, database->path,
               what);
  return FALSE;
}

/* Want of room while pages are written is undone by a rollback.  While syncing it is not: a failed
 * sync leaves the fate of what was written unknown, whatever the reason. */
static gboolean
is_want_of_room (int code, int system_error)
{
  if ((code & 0xff) == SQLITE_FULL)
    return TRUE;
  if (system_error != ENOSPC && system_error != EDQUOT)
    return FALSE;
  return code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE ||
         code == SQLITE_IOERR_SHMOPEN || code == SQLITE_CANTOPEN;
}

/* So is a write that fails, as on a file system that has become read-only: what it was part of has
 * not been marked as committed in the log, and the next transaction is written over it. */
static gboolean
is_blocked (int code)
{
  return code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_SHMOPEN;
}

gboolean
database_fail (Database *database, const char *doing, GError **error)
{
  int code = sqlite3_extended_errcode (database->handle);
  int system_error = sqlite3_system_errno (database->handle);
  const char *message = sqlite3_errmsg (database->handle);
  gboolean of_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  const char *reason = of_system && system_error != 0 ? g_strerror (system_error) : "";
  const char *advice = "";

  if (is_want_of_room (code, system_error))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL,
                   "Store %s: cannot %s: there is no room left on the disk; free some space",
                   database->path, doing);
      return FALSE;
    }
  if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
    advice = "; " DAMAGED;
  if (is_blocked (code))
    advice = "; look after the disk, the router tries again";
  g_set_error (error, ROUTER_ERROR, is_blocked (code) ? ROUTER_ERROR_BLOCKED : ROUTER_ERROR_STORAGE,
               "Store %s: cannot %s: %s (SQLite %d%s%s)%s", database->path, doing, message, code,
               *reason != '\0' ? ", " : "", reason, advice);
  return FALSE;
}

/* ---- Statements ---- */

gboolean
database_execute (Database *database, const char *sql, GError **error)
{
  if (sqlite3_exec (database->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return database_fail (database, "execute a statement", error);
}

gboolean
database_get_number (Database *database, const char *sql, gint64 *out_number, GError **error)
{
  g_autoptr (Statement) statement = database_prepare (database, sql, error);
  gboolean has_row;
  gint64 number;

  if (statement == NULL || !statement_step (statement, &has_row, "read a number", error))
    return FALSE;
  number = has_row ? statement_read_int (statement) : 0;
  if (!statement_check_row (statement, "number", 0, error))
    return FALSE;
  *out_number = number;
  return TRUE;
}

gboolean
database_check (Database *database, gboolean thorough, GString *faults, GError **error)
{
  g_autoptr (Statement) check = database_prepare (
      database, thorough ? "PRAGMA integrity_check (5)" : "PRAGMA quick_check (5)", error);
  gboolean has_row;

  if (check == NULL)
    return FALSE;
  while (TRUE)
    {
      const char *line;

      if (!statement_step (check, &has_row, "check the file", error))
        return FALSE;
      if (!has_row)
        return TRUE;
      line = statement_read_text (check);
      if (!g_str_equal (line, "ok"))
        g_string_append_printf (faults, "%s%s", faults->len > 0 ? "; " : "", line);
    }
}

static gboolean
run_kept (Database *database, const char *sql, const char *doing, GError **error)
{
  g_autoptr (Statement) statement = database_prepare (database, sql, error);

  return statement != NULL && statement_run (statement, doing, error);
}

gboolean
database_begin (Database *database, gboolean to_write, GError **error)
{
  if (to_write)
    return run_kept (database, "BEGIN IMMEDIATE", "begin a transaction", error);
  return run_kept (database, "BEGIN", "begin reading", error);
}

gboolean
database_commit (Database *database, GError **error)
{
  return run_kept (database, "COMMIT", "commit", error);
}

gboolean
database_rollback (Database *database, GError **error)
{
  /* SQLite rolls back by itself after some failures. */
  if (sqlite3_get_autocommit (database->handle))
    return TRUE;
  return run_kept (database, "ROLLBACK", "take back a transaction", error);
}

static Statement *
statement_new (Database *database, const char *sql, GError **error)
{
  Statement *statement;
  sqlite3_stmt *handle;

  if (sqlite3_prepare_v3 (database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL) !=
      SQLITE_OK)
    {
      database_fail (database, "prepare a statement", error);
      return NULL;
    }
  statement = g_new0 (Statement, 1);
  statement->database = database;
  statement->handle = handle;
  return statement;
}

Statement *
database_prepare (Database *database, const char *sql, GError **error)
{
  Statement *statement = g_hash_table_lookup (database->statements, sql);

  if (statement != NULL)
    return statement;
  statement = statement_new (database, sql, error);
  if (statement != NULL)
    g_hash_table_insert (database->statements, (gpointer) sql, statement);
  return statement;
}

Statement *
database_prepare_search (Database *database, const char *sql, GError **error)
{
  Statement *statement = g_hash_table_lookup (database->searches, sql);

  if (statement != NULL)
    return statement;
  statement = statement_new (database, sql, error);
  if (statement != NULL)
    g_hash_table_insert (database->searches, (gpointer) sqlite3_sql (statement->handle), statement);
  return statement;
}

void
database_forget_searches (Database *database)
{
  if (g_hash_table_size (database->searches) > MAX_SEARCHES)
    g_hash_table_remove_all (database->searches);
}

void
statement_reset (Statement *statement)
{
  /* The result repeats the failure of the last step, which was reported then. */
  sqlite3_reset (statement->handle);
  statement->parameter = 0;
  statement->column = 0;
  statement->failure = SQLITE_OK;
  statement->damaged = FALSE;
}

static void
note_bind (Statement *statement, int result)
{
  if (result != SQLITE_OK && statement->failure == SQLITE_OK)
    statement->failure = result;
}

void
statement_bind_null (Statement *statement)
{
  note_bind (statement, sqlite3_bind_null (statement->handle, ++statement->parameter));
}

void
statement_bind_int (Statement *statement, gint64 value)
{
  note_bind (statement, sqlite3_bind_int64 (statement->handle, ++statement->parameter, value));
}

void
statement_bind_text (Statement *statement, const char *text)
{
  statement_bind_text_or_null (statement, text != NULL ? text : "");
}

void
statement_bind_text_or_null (Statement *statement, const char *text)
{
  note_bind (statement, sqlite3_bind_text (statement->handle, ++statement->parameter, text, -1,
                                           SQLITE_STATIC));
}

void
statement_bind_bytes_or_null (Statement *statement, GBytes *bytes)
{
  gsize n_bytes = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &n_bytes) : NULL;

  /* Bytes of no length are not NULL, but their address may be. */
  if (bytes != NULL && data == NULL)
    data = "";
  note_bind (statement, sqlite3_bind_blob64 (statement->handle, ++statement->parameter, data,
                                             n_bytes, SQLITE_STATIC));
}

gboolean
statement_step (Statement *statement, gboolean *out_has_row, const char *doing, GError **error)
{
  int result;

  statement->column = 0;
  statement->damaged = FALSE;
  if (statement->failure != SQLITE_OK)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE, "Store %s: cannot %s: %s",
                   statement->database->path, doing, sqlite3_errstr (statement->failure));
      return FALSE;
    }
  result = sqlite3_step (statement->handle);
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    return database_fail (statement->database, doing, error);
  *out_has_row = result == SQLITE_ROW;
  return TRUE;
}

gboolean
statement_run (Statement *statement, const char *doing, GError **error)
{
  gboolean has_row;
  gboolean ok = statement_step (statement, &has_row, doing, error);

  statement_reset (statement);
  return ok;
}

/* ---- Rows ---- */

static gboolean
next_is (Statement *statement, int type)
{
  gboolean is = sqlite3_column_type (statement->handle, statement->column++) == type;

  statement->damaged |= !is;
  return is;
}

gint64
statement_read_int (Statement *statement)
{
  if (!next_is (statement, SQLITE_INTEGER))
    return 0;
  return sqlite3_column_int64 (statement->handle, statement->column - 1);
}

gint64
statement_read_int_between (Statement *statement, gint64 min, gint64 max)
{
  gint64 value = statement_read_int (statement);

  if (value >= min && value <= max)
    return value;
  statement->damaged = TRUE;
  return min;
}

const char *
statement_read_text (Statement *statement)
{
  const char *text = NULL;

  if (next_is (statement, SQLITE_TEXT))
    text = (const char *) sqlite3_column_text (statement->handle, statement->column - 1);
  statement->damaged |= text == NULL;
  return text != NULL ? text : "";
}

const char *
statement_read_text_or_null (Statement *statement)
{
  if (sqlite3_column_type (statement->handle, statement->column) != SQLITE_NULL)
    return statement_read_text (statement);
  statement->column++;
  return NULL;
}

GBytes *
statement_read_bytes_or_null (Statement *statement)
{
  const void *data;

  if (sqlite3_column_type (statement->handle, statement->column) == SQLITE_NULL)
    {
      statement->column++;
      return NULL;
    }
  if (!next_is (statement, SQLITE_BLOB))
    return NULL;
  data = sqlite3_column_blob (statement->handle, statement->column - 1);
  return g_bytes_new (data,
                      (gsize) sqlite3_column_bytes (statement->handle, statement->column - 1));
}

const char *
statement_read_bytes_in_place (Statement *statement, gsize *out_length)
{
  const char *data;

  *out_length = 0;
  if (!next_is (statement, SQLITE_BLOB))
    return NULL;
  data = sqlite3_column_blob (statement->handle, statement->column - 1);
  *out_length = (gsize) sqlite3_column_bytes (statement->handle, statement->column - 1);
  return data != NULL ? data : "";
}

gboolean
statement_check_row (Statement *statement, const char *what, gint64 id, GError **error)
{
  if (!statement->damaged)
    return TRUE;
  return database_damaged (statement->database, error,
                           "%s %" G_GINT64_FORMAT " holds a value that this version does not know",
                           what, id);
}

/* database.h: one SQLite connection, its kept statements, and its errors as GError.
 *
 * A Database and its statements belong to one thread at a time.  Nothing here knows the schema. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct
{
  sqlite3 *handle;
  char *path;             /* of the file: every message names it */
  GHashTable *statements; /* SQL text, by address -> Statement */
  GHashTable *searches;   /* SQL text -> Statement */
  sqlite3_file *log;      /* after database_sync_apart(), the connection's */
} Database;

typedef enum
{
  DATABASE_WRITER, /* made when it is not there, readable by its owner only */
  DATABASE_FROZEN, /* nobody has it open and it has no log: read without making any file beside it
                    */
  DATABASE_READER, /* never writes; the writer must have opened the file before */
} DatabaseRole;

/* Opens the file as it is: what kind of database it holds is for the caller to find out, with
 * database_prepare_for_work() afterwards. */
Database *database_open (const char *path, DatabaseRole role, GError **error);
void database_close (Database *database);

/* Write-ahead log, synced at every commit, checkpoints only when asked for. */
gboolean database_prepare_for_work (Database *database, gint64 journal_limit_bytes, GError **error);

/* After database_prepare_for_work(): from now on a commit is durable when database_sync_log() was
 * called after it and returned TRUE.  That may be on any thread, while the next transaction is
 * under way.  When it fails, nobody knows what is durable. */
gboolean database_sync_apart (Database *database, GError **error);
gboolean database_sync_log (Database *database, GError **error);

/* Statements without results, separated by semicolons. */
gboolean database_execute (Database *database, const char *sql, GError **error);

/* The first column of the first row of a query that gives a number. */
gboolean
database_get_number (Database *database, const char *sql, gint64 *out_number, GError **error);

/* Whether the file is sound: faults gets what is not, at most a few lines.  thorough: indices
 * against their tables too. */
gboolean database_check (Database *database, gboolean thorough, GString *faults, GError **error);

gboolean database_begin (Database *database, gboolean to_write, GError **error);
gboolean database_commit (Database *database, GError **error);
/* Does nothing when no transaction is open. */
gboolean database_rollback (Database *database, GError **error);

/* ROUTER_ERROR_STORAGE: the file holds what cannot be.  The format says what and where.  Returns
 * FALSE. */
gboolean database_damaged (Database *database, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Sets error from what SQLite says went wrong last; returns FALSE.  Want of room is
 * ROUTER_ERROR_FULL, everything else ROUTER_ERROR_STORAGE.  doing completes "cannot …". */
gboolean database_fail (Database *database, const char *doing, GError **error);

/* A statement being filled in, run and read from left to right. */
typedef struct
{
  Database *database;
  sqlite3_stmt *handle;
  int parameter;    /* bound so far */
  int column;       /* read so far, of the current row */
  int failure;      /* of a bind; reported by the next step */
  gboolean damaged; /* a column of the current row was not what the schema promises */
} Statement;

/* The text must be a literal: its address is the key under which the
 * statement is kept.  NULL with error.  Reset it before it is prepared again (g_autoptr does). */
Statement *database_prepare (Database *database, const char *sql, GError **error);
void statement_reset (Statement *statement);

/* The same for a text that was put together.  There are as many as combinations of filters, so that
 * not all can be kept: database_forget_searches() drops them when there are too many; none may be
 * in use. */
Statement *database_prepare_search (Database *database, const char *sql, GError **error);
void database_forget_searches (Database *database);

/* Texts and bytes must live until the statement is reset.  NULL text is bound as "". */
void statement_bind_null (Statement *statement);
void statement_bind_int (Statement *statement, gint64 value);
void statement_bind_text (Statement *statement, const char *text);
void statement_bind_text_or_null (Statement *statement, const char *text);
void statement_bind_bytes_or_null (Statement *statement, GBytes *bytes);

gboolean
statement_step (Statement *statement, gboolean *out_has_row, const char *doing, GError **error);
/* A statement without results: runs it and makes it ready to be filled in again. */
gboolean statement_run (Statement *statement, const char *doing, GError **error);

/* The next column.  One of another type gives 0, "" or NULL and marks the row as damaged. */
gint64 statement_read_int (Statement *statement);
gint64 statement_read_int_between (Statement *statement, gint64 min, gint64 max);
const char *statement_read_text (Statement *statement); /* until the next step */
const char *statement_read_text_or_null (Statement *statement);
GBytes *statement_read_bytes_or_null (Statement *statement); /* the caller's */
/* The same without a copy: until the next step.  NULL: they are none. */
const char *statement_read_bytes_in_place (Statement *statement, gsize *out_length);

/* FALSE with ROUTER_ERROR_STORAGE when a column of this row could not be read as promised. */
gboolean statement_check_row (Statement *statement, const char *what, gint64 id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Statement, statement_reset)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Database, database_close)

G_END_DECLS

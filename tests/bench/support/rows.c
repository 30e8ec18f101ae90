/* The rows by statements of their own; the tables come from the store's schema, so that both write
 * the same. */
#include "support/rows.h"

#include "store/sqlite/schema.h"

#include <sqlite3.h>

/* As the store: 16 MiB of pages. */
#define CEILING_FRAMES "4000"

struct Rows
{
  sqlite3 *handle;
  sqlite3_stmt *begin, *event, *body, *delivery, *commit;
  gint64 seq;
};

static sqlite3_stmt *
prepare (Rows *rows, const char *sql)
{
  sqlite3_stmt *statement;

  if (sqlite3_prepare_v3 (rows->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
      SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (rows->handle));
  return statement;
}

static void
run (Rows *rows, sqlite3_stmt *statement)
{
  if (sqlite3_step (statement) != SQLITE_DONE)
    g_error ("%s: %s", sqlite3_sql (statement), sqlite3_errmsg (rows->handle));
  sqlite3_reset (statement);
}

static void
execute (Rows *rows, const char *sql)
{
  if (sqlite3_exec (rows->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (rows->handle));
}

Rows *
rows_open (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "bare.db", NULL);
  Rows *rows = g_new0 (Rows, 1);

  if (sqlite3_open_v2 (path, &rows->handle,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                       NULL) != SQLITE_OK)
    g_error ("%s: %s", path, sqlite3_errmsg (rows->handle));
  execute (rows, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;"
                 "PRAGMA wal_autocheckpoint = " CEILING_FRAMES);
  for (guint i = 0; i < schema_n_migrations; i++)
    execute (rows, schema_migrations[i]);
  rows->begin = prepare (rows, "BEGIN IMMEDIATE");
  rows->commit = prepare (rows, "COMMIT");
  rows->event = prepare (rows, "INSERT INTO event (seq, id, received_us, time_us, bus, ingress,"
                               " generation, body_bytes, matched, source, detail_type, resources,"
                               " content_type) VALUES (?1, ?2, ?3, ?3, 1, 2, 1, ?4, ',3,', 'shop',"
                               " 'Order Paid', '[]', 'application/json')");
  rows->body = prepare (rows, "INSERT INTO body VALUES (?, ?)");
  rows->delivery = prepare (rows, "INSERT INTO delivery (id, route, state, dead, since_us, due_us,"
                                  " changed_us, attempts, round_attempts, n_journal, last_outcome,"
                                  " last_status, last_note, last_error_code)"
                                  " VALUES (?1, 1, 1, 0, ?2, ?2, ?2, 0, 0, 0, 0, 0, '', '')");
  return rows;
}

void
rows_close (Rows *rows)
{
  sqlite3_finalize (rows->begin);
  sqlite3_finalize (rows->event);
  sqlite3_finalize (rows->body);
  sqlite3_finalize (rows->delivery);
  sqlite3_finalize (rows->commit);
  sqlite3_close (rows->handle);
  g_free (rows);
}

void
rows_begin (Rows *rows)
{
  run (rows, rows->begin);
}

void
rows_put (Rows *rows, const char *body, gsize length)
{
  gint64 now_us = g_get_real_time ();
  char id[40];

  rows->seq++;
  /* Ids grow with time, as the router's do. */
  g_snprintf (id, sizeof id, "%08x-%04x-7%03x-8000-%012" G_GINT64_MODIFIER "x",
              (guint) ((now_us / 1000) >> 16), (guint) (now_us / 1000) & 0xffff, 0U, rows->seq);
  sqlite3_bind_int64 (rows->event, 1, rows->seq);
  sqlite3_bind_text (rows->event, 2, id, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (rows->event, 3, now_us);
  sqlite3_bind_int64 (rows->event, 4, (gint64) length);
  run (rows, rows->event);
  sqlite3_bind_int64 (rows->body, 1, rows->seq);
  sqlite3_bind_blob (rows->body, 2, body, (int) length, SQLITE_STATIC);
  run (rows, rows->body);
  sqlite3_bind_int64 (rows->delivery, 1, (rows->seq << SCHEMA_INDEX_BITS) | 1);
  sqlite3_bind_int64 (rows->delivery, 2, now_us);
  run (rows, rows->delivery);
}

void
rows_commit (Rows *rows)
{
  run (rows, rows->commit);
}

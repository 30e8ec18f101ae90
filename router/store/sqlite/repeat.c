/* Keys of requests that may come again.  Writer thread only.
 *
 * A key is looked up and kept in the transaction that appends its events.  Expired keys go in small
 * steps: every commit that adds keys takes twice as many away, so that they do not pile up under
 * load that never pauses, and idle moments take the rest. */
#include "store/sqlite/sqlite-store.h"

#include "base/error.h"

#include <string.h>

/* Of one idle moment: some milliseconds. */
#define IDLE_KEYS 1000

typedef struct
{
  gboolean is_known;
  gboolean is_same;
  char *answer; /* when it is the same */
} Known;

static gboolean
find (SqliteStore *store, const Repeat *repeat, gint64 scope, Known *out_known, GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer,
      "SELECT id, expires_us, fingerprint, answer FROM repeat WHERE scope = ? AND key = ?", error);
  g_autoptr (GBytes) fingerprint = NULL;
  gboolean has_row;
  gint64 id, expires_us;
  const char *answer;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, scope);
  statement_bind_text (select, repeat->key);
  if (!statement_step (select, &has_row, "look for a request's key", error))
    return FALSE;
  if (!has_row)
    return TRUE;
  id = statement_read_int (select);
  expires_us = statement_read_int (select);
  fingerprint = statement_read_bytes_or_null (select);
  answer = statement_read_text (select);
  if (!statement_check_row (select, "request key", id, error))
    return FALSE;
  if (expires_us <= repeat->at_us)
    return TRUE;
  out_known->is_known = TRUE;
  out_known->is_same = fingerprint != NULL &&
                       g_bytes_get_size (fingerprint) == REPEAT_FINGERPRINT_BYTES &&
                       memcmp (g_bytes_get_data (fingerprint, NULL), repeat->fingerprint,
                               REPEAT_FINGERPRINT_BYTES) == 0;
  if (out_known->is_same)
    out_known->answer = g_strdup (answer);
  return TRUE;
}

static gboolean
keep (SqliteStore *store, const Repeat *repeat, gint64 scope, GError **error)
{
  g_autoptr (GBytes) fingerprint = g_bytes_new (repeat->fingerprint, REPEAT_FINGERPRINT_BYTES);
  /* What is replaced has expired. */
  Statement *insert = database_prepare (store->writer,
                                        "INSERT OR REPLACE INTO repeat"
                                        " (scope, key, fingerprint, expires_us, answer)"
                                        " VALUES (?, ?, ?, ?, ?)",
                                        error);

  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, scope);
  statement_bind_text (insert, repeat->key);
  statement_bind_bytes_or_null (insert, fingerprint);
  statement_bind_int (insert, repeat->expires_us);
  statement_bind_text (insert, repeat->answer);
  store->n_new_repeats++;
  return statement_run (insert, "keep a request's key", error);
}

gboolean
sqlite_repeat (SqliteStore *store, Repeat *repeat, GError **error)
{
  Known known = { 0 };
  gint64 scope;

  /* The item may come a second time, after a full disk. */
  repeat->out_verdict = REPEAT_FIRST;
  g_clear_pointer (&repeat->out_answer, g_free);
  if (!catalog_get_name (store->catalog, repeat->scope, &scope, error) ||
      !find (store, repeat, scope, &known, error))
    return FALSE;
  if (!known.is_known)
    return keep (store, repeat, scope, error);
  repeat->out_verdict = known.is_same ? REPEAT_SAME : REPEAT_OTHER;
  repeat->out_answer = known.answer;
  return TRUE;
}

static gboolean
forget (SqliteStore *store, guint limit, GError **error)
{
  Statement *delete = database_prepare (
      store->writer,
      "DELETE FROM repeat WHERE id IN"
      " (SELECT id FROM repeat WHERE expires_us <= ? ORDER BY expires_us LIMIT ?)",
      error);

  if (delete == NULL)
    return FALSE;
  statement_bind_int (delete, store->now_us);
  statement_bind_int (delete, limit);
  return statement_run (delete, "forget expired keys of requests", error);
}

gboolean
sqlite_repeat_make_room (SqliteStore *store, GError **error)
{
  guint n_new = store->n_new_repeats;

  store->n_new_repeats = 0;
  return n_new == 0 || forget (store, 2 * n_new, error);
}

static gboolean
has_expired (SqliteStore *store, gboolean *out_has, GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer, "SELECT 1 FROM repeat WHERE expires_us <= ? LIMIT 1", error);

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, store->now_us);
  return statement_step (select, out_has, "look for expired keys", error);
}

gboolean
sqlite_repeat_idle (SqliteStore *store, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean has = FALSE;

  if (!has_expired (store, &has, error))
    return FALSE;
  if (!has)
    return TRUE;
  if (database_begin (store->writer, TRUE, &local_error) &&
      forget (store, IDLE_KEYS, &local_error) && database_commit (store->writer, &local_error))
    return TRUE;
  if (!database_rollback (store->writer, error))
    return FALSE;
  /* Nothing hangs on it: the next idle moment tries again. */
  if (router_error_is_passing (local_error))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

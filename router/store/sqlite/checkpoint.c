/* When pages are brought from the write-ahead log into the file.  Writer thread only.
 *
 * The work is the same sooner or later; what can be chosen is who waits for it.  In an idle moment
 * nobody does.  Under load that never pauses the log would grow without end, so at a ceiling a
 * commit pays for it before it begins: those who were waiting for the one before have been told by
 * then. */
#include "store/sqlite/sqlite-store.h"

#include "base/error.h"

/* Below this an idle moment leaves the log alone: one sync of the file for a few pages. */
#define IDLE_FRAMES 1000

/* 16 MiB of pages.  A higher ceiling saves little, since most pages of a log under load are new
 * ones, and makes the pause longer. */
#define CEILING_FRAMES 4000

/* SQLite calls this after every commit with the number of pages then in the log. */
static int
committed (void *data, sqlite3 *handle, const char *schema, int n_frames)
{
  SqliteStore *store = data;

  store->log_frames = (guint) n_frames;
  /* The log began anew. */
  if (store->log_frames < store->log_frames_tried)
    store->log_frames_tried = 0;
  return SQLITE_OK;
}

void
sqlite_checkpoint_watch (SqliteStore *store)
{
  sqlite3_wal_hook (store->writer->handle, committed, store);
}

/* A reader that still needs the log keeps it from being begun anew, and perhaps from being brought
 * home whole.  Trying again at every commit would be in vain and cost a sync each time: the log
 * grows by as much again first, whatever came of it.
 *
 * Want of room for the file, or one that takes nothing, is not a failure yet: everything is safe in
 * the log, and the next commit finds out for itself whether the log can still grow. */
static gboolean
checkpoint (SqliteStore *store, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  int result = sqlite3_wal_checkpoint_v2 (store->writer->handle, NULL, SQLITE_CHECKPOINT_PASSIVE,
                                          NULL, NULL);

  store->log_frames_tried = store->log_frames;
  if (result == SQLITE_OK || result == SQLITE_BUSY)
    return TRUE;
  database_fail (store->writer, "bring the log into the file", &local_error);
  if (router_error_is_passing (local_error))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
sqlite_checkpoint_at_ceiling (SqliteStore *store, GError **error)
{
  if (store->log_frames - store->log_frames_tried < CEILING_FRAMES)
    return TRUE;
  return checkpoint (store, error);
}

void
sqlite_idle (Store *base)
{
  SqliteStore *store = (SqliteStore *) base;

  if (store->idle_failure == NULL)
    sqlite_repeat_idle (store, &store->idle_failure);
  if (store->idle_failure == NULL && store->log_frames - store->log_frames_tried >= IDLE_FRAMES)
    checkpoint (store, &store->idle_failure);
}

/* The SQLite engine's table, and the opening and closing of a store.
 *
 * One folder is one store: "signalbox.db" with its log and index beside it, and "lock".  One
 * connection writes, on the writer thread; a few read. */
#include "store/sqlite/sqlite-store.h"

#include "store/sqlite/lock.h"

/* More threads than these ask seldom at the same time; each costs a page cache. */
#define MAX_LOOKUPS 2
#define MAX_SEARCHES 3

static void
sqlite_close (Store *base)
{
  SqliteStore *store = (SqliteStore *) base;

  /* The writer last: the last connection to be closed empties the log, which readers cannot do. */
  g_clear_pointer (&store->lookups, reader_pool_free);
  g_clear_pointer (&store->searches, reader_pool_free);
  g_clear_pointer (&store->tally, tally_free);
  g_clear_pointer (&store->catalog, catalog_free);
  g_clear_pointer (&store->writer, database_close);
  if (store->lock >= 0)
    lock_release (store->lock);
  reserve_clear (&store->reserve);
  ahead_clear (&store->ahead);
  g_clear_error (&store->idle_failure);
  g_free (store);
}

/* Numbers of events are never used twice, even if the newest were ever removed. */
static gboolean
read_last_seq (SqliteStore *store, GError **error)
{
  gint64 newest, n_ever;

  if (!database_get_number (store->writer, "SELECT coalesce (max (seq), 0) FROM event", &newest,
                            error) ||
      !database_get_number (store->writer,
                            "SELECT coalesce (max (n), 0) FROM counter WHERE kind = 1", &n_ever,
                            error))
    return FALSE;
  store->last_seq = MAX (newest, n_ever);
  if (store->last_seq >= 0 && store->last_seq < SCHEMA_MAX_SEQ)
    return TRUE;
  return database_damaged (store->writer, error,
                           "the newest event has number %" G_GINT64_FORMAT ", which cannot be",
                           store->last_seq);
}

static gboolean
open_files (SqliteStore *store, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "signalbox.db", NULL);

  store->lock = lock_take (folder, error);
  if (store->lock < 0)
    return FALSE;
  store->writer = database_open (path, DATABASE_WRITER, error);
  /* The schema first: a file that is not ours must not even be turned to another journal mode. */
  if (store->writer == NULL || !schema_check (store->writer, schema_n_migrations, error) ||
      !database_prepare_for_work (store->writer, SQLITE_LOG_LIMIT_BYTES, error) ||
      !schema_migrate (store->writer, schema_migrations, schema_n_migrations, error))
    return FALSE;
  store->catalog = catalog_new (store->writer, error);
  if (store->catalog == NULL || !read_last_seq (store, error) ||
      !database_sync_apart (store->writer, error))
    return FALSE;
  store->written_seq = store->durable_seq = store->last_seq;
  store->tally = tally_new (store->writer);
  reserve_init (&store->reserve, folder);
  store->lookups = reader_pool_new (path, MAX_LOOKUPS);
  store->searches = reader_pool_new (path, MAX_SEARCHES);
  sqlite_checkpoint_watch (store);
  return TRUE;
}

static Store *
sqlite_open (const char *path, GError **error)
{
  SqliteStore *store = g_new0 (SqliteStore, 1);

  store->base.engine = &store_engine_sqlite;
  store->lock = -1;
  ahead_init (&store->ahead);
  if (open_files (store, path, error))
    return &store->base;
  sqlite_close (&store->base);
  return NULL;
}

const StoreEngine store_engine_sqlite = {
  .name = "sqlite",
  .capabilities = STORE_QUERY | STORE_DURABLE,
  .open = sqlite_open,
  .close = sqlite_close,
  .commit = sqlite_commit,
  .commit_ahead = sqlite_commit_ahead,
  .sync = sqlite_sync,
  .claim = sqlite_claim,
  .holds = sqlite_holds,
  .load_event = sqlite_load_event,
  .load_delivery = sqlite_load_delivery,
  .load_deliveries = sqlite_load_deliveries,
  .load_journal = sqlite_load_journal,
  .find_events = sqlite_find_events,
  .find_deliveries = sqlite_find_deliveries,
  .event_minutes = sqlite_event_minutes,
  .dead_groups = sqlite_dead_groups,
  .dead_minutes = sqlite_dead_minutes,
  .oldest_pending = sqlite_oldest_pending,
  .counts = sqlite_counts,
  .ledger = sqlite_ledger,
  .find_messages = sqlite_find_messages,
  .queue_depth = sqlite_queue_depth,
  .find_records = sqlite_find_records,
  .last_generation = sqlite_last_generation,
  .last_clock = sqlite_last_clock,
  .load_generation = sqlite_load_generation,
  .find_generations = sqlite_find_generations,
  .idle = sqlite_idle,
  .expire = sqlite_expire,
  .backup = sqlite_backup,
  .stop_backups = sqlite_stop_backups,
};

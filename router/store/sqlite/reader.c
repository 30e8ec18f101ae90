/* Reading connections.
 *
 * Thanks to the write-ahead log they neither wait for the writer nor hold it up; a question that
 * runs long only keeps the log from being reused.  Each connection remembers the names and routes
 * that it has met: rows of those tables never change. */
#include "store/sqlite/reader.h"

struct ReaderPool
{
  char *path;
  guint max;
  GMutex lock; /* guards what follows */
  GCond given_back;
  GPtrArray *idle; /* Reader */
  guint n_open;
};

struct Reader
{
  ReaderPool *pool;
  Database *database;
  GHashTable *names;  /* id -> text */
  GHashTable *routes; /* id -> ReaderRoute */
};

ReaderPool *
reader_pool_new (const char *path, guint max)
{
  ReaderPool *pool = g_new0 (ReaderPool, 1);

  pool->path = g_strdup (path);
  pool->max = max;
  pool->idle = g_ptr_array_new ();
  g_mutex_init (&pool->lock);
  g_cond_init (&pool->given_back);
  return pool;
}

static void
reader_close (Reader *reader)
{
  g_clear_pointer (&reader->database, database_close);
  g_hash_table_unref (reader->names);
  g_hash_table_unref (reader->routes);
  g_free (reader);
}

void
reader_pool_free (ReaderPool *pool)
{
  g_assert (pool->n_open == pool->idle->len);
  for (guint i = 0; i < pool->idle->len; i++)
    reader_close (g_ptr_array_index (pool->idle, i));
  g_ptr_array_unref (pool->idle);
  g_mutex_clear (&pool->lock);
  g_cond_clear (&pool->given_back);
  g_free (pool->path);
  g_free (pool);
}

static Reader *
reader_open (ReaderPool *pool, GError **error)
{
  Database *database = database_open (pool->path, DATABASE_READER, error);
  Reader *reader;

  if (database == NULL)
    return NULL;
  reader = g_new0 (Reader, 1);
  reader->pool = pool;
  reader->database = database;
  reader->names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  reader->routes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return reader;
}

/* NULL: none is idle, and there may be one more, which is counted as open already. */
static Reader *
take_idle (ReaderPool *pool)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&pool->lock);

  while (pool->idle->len == 0 && pool->n_open == pool->max)
    g_cond_wait (&pool->given_back, &pool->lock);
  if (pool->idle->len > 0)
    return g_ptr_array_steal_index_fast (pool->idle, pool->idle->len - 1);
  pool->n_open++;
  return NULL;
}

/* A connection that failed is not trusted again. */
static void
discard (ReaderPool *pool, Reader *reader)
{
  if (reader != NULL)
    reader_close (reader);
  g_mutex_lock (&pool->lock);
  pool->n_open--;
  g_cond_signal (&pool->given_back);
  g_mutex_unlock (&pool->lock);
}

Reader *
reader_take (ReaderPool *pool, GError **error)
{
  Reader *reader = take_idle (pool);

  if (reader == NULL)
    reader = reader_open (pool, error);
  if (reader != NULL && database_begin (reader->database, FALSE, error))
    return reader;
  discard (pool, reader);
  return NULL;
}

void
reader_give_back (Reader *reader)
{
  ReaderPool *pool = reader->pool;

  database_forget_searches (reader->database);
  if (!database_rollback (reader->database, NULL))
    {
      discard (pool, reader);
      return;
    }
  g_mutex_lock (&pool->lock);
  g_ptr_array_add (pool->idle, reader);
  g_cond_signal (&pool->given_back);
  g_mutex_unlock (&pool->lock);
}

Statement *
reader_prepare (Reader *reader, const char *sql, GError **error)
{
  return database_prepare (reader->database, sql, error);
}

Statement *
reader_prepare_search (Reader *reader, const char *sql, GError **error)
{
  return database_prepare_search (reader->database, sql, error);
}

Database *
reader_get_database (Reader *reader)
{
  return reader->database;
}

/* The row of a table by its id, its columns ready to be read. */
static gboolean
seek (Reader *reader, Statement *statement, const char *what, gint64 id, GError **error)
{
  gboolean has_row;

  statement_bind_int (statement, id);
  if (!statement_step (statement, &has_row, "read a name or route", error))
    return FALSE;
  return has_row ||
         database_damaged (reader->database, error,
                           "a row refers to %s %" G_GINT64_FORMAT ", which is missing", what, id);
}

gboolean
reader_find_name (Reader *reader, const char *text, gint64 *out_id, GError **error)
{
  g_autoptr (Statement) select = reader_prepare (reader, "SELECT id FROM name WHERE text = ?",
                                                 error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_text (select, text);
  if (!statement_step (select, &has_row, "find a name", error))
    return FALSE;
  /* No name has the number 0, so that nothing is queued for one that is unknown. */
  *out_id = has_row ? statement_read_int (select) : 0;
  return statement_check_row (select, "name", 0, error);
}

gboolean
reader_get_name (Reader *reader, gint64 id, const char **out_text, GError **error)
{
  const char *text = g_hash_table_lookup (reader->names, &id);

  if (text == NULL)
    {
      g_autoptr (Statement) statement = reader_prepare (
          reader, "SELECT text FROM name WHERE id = ?", error);

      if (statement == NULL || !seek (reader, statement, "name", id, error))
        return FALSE;
      text = statement_read_text (statement);
      if (!statement_check_row (statement, "name", id, error))
        return FALSE;
      text = g_strdup (text);
      g_hash_table_insert (reader->names, g_memdup2 (&id, sizeof id), (gpointer) text);
    }
  *out_text = text;
  return TRUE;
}

static gboolean
load_route (Reader *reader, gint64 id, ReaderRoute *out_route, GError **error)
{
  g_autoptr (Statement) statement = reader_prepare (
      reader, "SELECT rule, target, connector FROM route WHERE id = ?", error);
  gint64 rule, target, connector;

  if (statement == NULL || !seek (reader, statement, "route", id, error))
    return FALSE;
  rule = statement_read_int (statement);
  target = statement_read_int (statement);
  connector = statement_read_int (statement);
  return statement_check_row (statement, "route", id, error) &&
         reader_get_name (reader, rule, &out_route->rule, error) &&
         reader_get_name (reader, target, &out_route->target, error) &&
         reader_get_name (reader, connector, &out_route->connector, error);
}

gboolean
reader_get_route (Reader *reader, gint64 id, ReaderRoute *out_route, GError **error)
{
  const ReaderRoute *known = g_hash_table_lookup (reader->routes, &id);
  ReaderRoute route;

  if (known == NULL)
    {
      if (!load_route (reader, id, &route, error))
        return FALSE;
      g_hash_table_insert (reader->routes, g_memdup2 (&id, sizeof id),
                           g_memdup2 (&route, sizeof route));
    }
  *out_route = known != NULL ? *known : route;
  return TRUE;
}

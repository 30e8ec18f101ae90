/* reader.h: the connections that answer questions, a few, shared by all threads.
 *
 * A Reader is taken for one question and sees one state of the store until it is given back.  The
 * pool may be used from any thread; a Reader by the thread that took it. */
#pragma once

#include "store/sqlite/database.h"

G_BEGIN_DECLS

typedef struct ReaderPool ReaderPool;
typedef struct Reader Reader;

/* Opens connections to the file when they are first needed, at most max. */
ReaderPool *reader_pool_new (const char *path, guint max);
/* No reader may be out. */
void reader_pool_free (ReaderPool *pool);

/* Waits while all are out.  A read transaction is open. */
Reader *reader_take (ReaderPool *pool, GError **error);
/* Reset its statements first (g_autoptr does, when the reader was declared before them). */
void reader_give_back (Reader *reader);

/* A kept statement; sql must be a literal.  A search's text may be any. */
Statement *reader_prepare (Reader *reader, const char *sql, GError **error);
Statement *reader_prepare_search (Reader *reader, const char *sql, GError **error);

Database *reader_get_database (Reader *reader);

/* The names are the reader's.  What a row names must be there: else ROUTER_ERROR_STORAGE. */
typedef struct
{
  const char *rule, *target, *connector;
} ReaderRoute;

/* 0 when there is no such name. */
gboolean reader_find_name (Reader *reader, const char *text, gint64 *out_id, GError **error);
gboolean reader_get_name (Reader *reader, gint64 id, const char **out_text, GError **error);
gboolean reader_get_route (Reader *reader, gint64 id, ReaderRoute *out_route, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reader, reader_give_back)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReaderPool, reader_pool_free)

G_END_DECLS

/* Counter changes of one transaction. */
#include "store/sqlite/tally.h"

typedef struct
{
  StoreCountKind kind;
  DeliveryState state;
  gint64 subject;
  gint64 n;
} Change;

struct Tally
{
  Database *database;
  GHashTable *changes; /* Change, by all but n */
  GHashTable *minutes; /* gint64: minute -> events */
};

static guint
change_hash (gconstpointer data)
{
  const Change *change = data;

  return (guint) change->subject * 64 + change->kind * 8 + change->state;
}

static gboolean
change_equal (gconstpointer a, gconstpointer b)
{
  const Change *x = a, *y = b;

  return x->kind == y->kind && x->state == y->state && x->subject == y->subject;
}

Tally *
tally_new (Database *database)
{
  Tally *tally = g_new0 (Tally, 1);

  tally->database = database;
  tally->changes = g_hash_table_new_full (change_hash, change_equal, g_free, NULL);
  tally->minutes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return tally;
}

void
tally_free (Tally *tally)
{
  g_hash_table_unref (tally->changes);
  g_hash_table_unref (tally->minutes);
  g_free (tally);
}

void
tally_add (Tally *tally, StoreCountKind kind, gint64 subject, DeliveryState state, gint64 n)
{
  const Change key = { .kind = kind, .state = state, .subject = subject };
  Change *change = g_hash_table_lookup (tally->changes, &key);

  if (change == NULL)
    {
      change = g_memdup2 (&key, sizeof key);
      g_hash_table_add (tally->changes, change);
    }
  change->n += n;
}

void
tally_add_received (Tally *tally, gint64 received_us, gint64 n)
{
  gint64 minute = received_us / (60 * G_USEC_PER_SEC);
  gint64 *counted = g_hash_table_lookup (tally->minutes, &minute);

  if (counted == NULL)
    {
      counted = g_new0 (gint64, 1);
      g_hash_table_insert (tally->minutes, g_memdup2 (&minute, sizeof minute), counted);
    }
  *counted += n;
}

static gboolean
write_minute (Tally *tally, gint64 minute, gint64 n, GError **error)
{
  Statement *add = database_prepare (tally->database,
                                     "INSERT INTO event_minute VALUES (?, ?)"
                                     " ON CONFLICT DO UPDATE SET n = n + excluded.n",
                                     error);
  Statement *drop;

  if (add == NULL)
    return FALSE;
  statement_bind_int (add, minute);
  statement_bind_int (add, n);
  if (!statement_run (add, "count events", error))
    return FALSE;
  if (n > 0)
    return TRUE;
  drop = database_prepare (tally->database, "DELETE FROM event_minute WHERE minute = ? AND n <= 0",
                           error);
  if (drop == NULL)
    return FALSE;
  statement_bind_int (drop, minute);
  return statement_run (drop, "count events", error);
}

static gboolean
write_minutes (Tally *tally, GError **error)
{
  GHashTableIter iter;
  gpointer minute, n;

  g_hash_table_iter_init (&iter, tally->minutes);
  while (g_hash_table_iter_next (&iter, &minute, &n))
    if (*(gint64 *) n != 0 && !write_minute (tally, *(gint64 *) minute, *(gint64 *) n, error))
      return FALSE;
  return TRUE;
}

gboolean
tally_write (Tally *tally, GError **error)
{
  Statement *add = database_prepare (tally->database,
                                     "INSERT INTO counter VALUES (?, ?, ?, ?)"
                                     " ON CONFLICT DO UPDATE SET n = n + excluded.n",
                                     error);
  GHashTableIter iter;
  gpointer key;

  if (add == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, tally->changes);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const Change *change = key;

      if (change->n == 0)
        continue;
      statement_bind_int (add, change->kind);
      statement_bind_int (add, change->subject);
      statement_bind_int (add, change->state);
      statement_bind_int (add, change->n);
      if (!statement_run (add, "write the counters", error))
        return FALSE;
    }
  return write_minutes (tally, error);
}

void
tally_clear (Tally *tally)
{
  g_hash_table_remove_all (tally->changes);
  g_hash_table_remove_all (tally->minutes);
}

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
  return tally;
}

void
tally_free (Tally *tally)
{
  g_hash_table_unref (tally->changes);
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
  return TRUE;
}

void
tally_clear (Tally *tally)
{
  g_hash_table_remove_all (tally->changes);
}

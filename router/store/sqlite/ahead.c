/* Which deliveries have their turn by a commit that is not durable yet.  Any thread.
 *
 * What must stay true: a delivery is here before any reader can see its new time, and until that
 * is durable. */
#include "store/sqlite/ahead.h"

void
ahead_init (Ahead *ahead)
{
  g_mutex_init (&ahead->lock);
  ahead->commits = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

void
ahead_clear (Ahead *ahead)
{
  g_clear_pointer (&ahead->commits, g_hash_table_unref);
  g_mutex_clear (&ahead->lock);
}

void
ahead_add (Ahead *ahead, gint64 delivery)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ahead->lock);
  gint64 commit = ahead->n_committed + 1;

  g_hash_table_replace (ahead->commits, g_memdup2 (&delivery, sizeof delivery),
                        g_memdup2 (&commit, sizeof commit));
}

void
ahead_committed (Ahead *ahead)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ahead->lock);

  ahead->n_committed++;
}

static gboolean
is_open (gpointer delivery, gpointer commit, gpointer n_committed)
{
  return *(const gint64 *) commit > *(const gint64 *) n_committed;
}

void
ahead_taken_back (Ahead *ahead)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ahead->lock);

  g_hash_table_foreach_remove (ahead->commits, is_open, &ahead->n_committed);
}

gint64
ahead_newest (Ahead *ahead)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ahead->lock);

  return ahead->n_committed;
}

static gboolean
is_durable (gpointer delivery, gpointer commit, gpointer newest)
{
  return *(const gint64 *) commit <= *(const gint64 *) newest;
}

void
ahead_synced (Ahead *ahead, gint64 newest)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ahead->lock);

  g_hash_table_foreach_remove (ahead->commits, is_durable, &newest);
}

gboolean
ahead_has (Ahead *ahead, gint64 delivery, gboolean *out_open)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ahead->lock);
  const gint64 *commit = g_hash_table_lookup (ahead->commits, &delivery);

  *out_open = commit != NULL && *commit > ahead->n_committed;
  return commit != NULL;
}

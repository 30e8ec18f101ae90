/* snapshot.c: the configuration in force, and the one place where it is switched.
 *
 * The lock is held for a few instructions, to take a reference or to swap pointers: without it a
 * reader could take a reference on a snapshot that a publisher just gave up. */
#include "config/snapshot.h"

struct SnapshotHolder
{
  GMutex lock;
  Snapshot *current;
};

Snapshot *
snapshot_new (guint64 generation, Configuration *configuration)
{
  Snapshot *snapshot = g_atomic_rc_box_new0 (Snapshot);

  snapshot->generation = generation;
  snapshot->configuration = configuration_ref (configuration);
  return snapshot;
}

Snapshot *
snapshot_ref (Snapshot *snapshot)
{
  return g_atomic_rc_box_acquire (snapshot);
}

static void
clear_snapshot (gpointer data)
{
  Snapshot *snapshot = data;

  configuration_unref (snapshot->configuration);
}

void
snapshot_unref (Snapshot *snapshot)
{
  g_atomic_rc_box_release_full (snapshot, clear_snapshot);
}

SnapshotHolder *
snapshot_holder_new (Snapshot *first)
{
  SnapshotHolder *holder = g_new0 (SnapshotHolder, 1);

  g_mutex_init (&holder->lock);
  holder->current = snapshot_ref (first);
  return holder;
}

void
snapshot_holder_free (SnapshotHolder *holder)
{
  if (!holder)
    return;
  snapshot_unref (holder->current);
  g_mutex_clear (&holder->lock);
  g_free (holder);
}

Snapshot *
snapshot_current (SnapshotHolder *holder)
{
  Snapshot *current;

  g_mutex_lock (&holder->lock);
  current = snapshot_ref (holder->current);
  g_mutex_unlock (&holder->lock);
  return current;
}

void
snapshot_publish (SnapshotHolder *holder, Snapshot *next)
{
  Snapshot *previous;

  snapshot_ref (next);
  g_mutex_lock (&holder->lock);
  previous = holder->current;
  holder->current = next;
  g_mutex_unlock (&holder->lock);
  /* Outside of the lock: it may be the last reference, and freeing a large configuration takes
   * time. */
  snapshot_unref (previous);
}

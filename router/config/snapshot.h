/* snapshot.h: the configuration in force, and the one place where it is switched.
 *
 * A snapshot is immutable and counted.  Whoever works with one holds it to the end, so that one
 * event is matched by exactly one generation. */
#pragma once

#include "config/configuration.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 generation;
  Configuration *configuration;
} Snapshot;

/* Takes a reference of its own on the configuration. */
Snapshot *snapshot_new (guint64 generation, Configuration *configuration);
Snapshot *snapshot_ref (Snapshot *snapshot);
void snapshot_unref (Snapshot *snapshot);

typedef struct SnapshotHolder SnapshotHolder;

/* The holder takes references of its own: the caller keeps his on first and next. */
SnapshotHolder *snapshot_holder_new (Snapshot *first);
void snapshot_holder_free (SnapshotHolder *holder);

/* Any thread.  Current: a new reference, for the caller to give back. */
Snapshot *snapshot_current (SnapshotHolder *holder);
void snapshot_publish (SnapshotHolder *holder, Snapshot *next);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Snapshot, snapshot_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnapshotHolder, snapshot_holder_free)

G_END_DECLS

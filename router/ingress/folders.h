/* folders.h: sources with a folder: files that are put there become events.
 *
 * A file goes from the folder to claimed/, which only one can do, and from there to done/ or, with
 * the reason beside it, to failed/.  Between the two its events are kept, with a key that is made
 * of the file itself: after a crash at any moment the file is still somewhere, and what was kept of
 * it is not kept again. */
#pragma once

#include "ingress/ingress.h"

G_BEGIN_DECLS

typedef struct Folders Folders;

typedef struct
{
  Clock *clock;
  Ingress *ingress;
  SnapshotHolder *snapshots;
  const char *state_dir; /* relative paths begin here; outlives it */
} FoldersSetup;

Folders *folders_new (const FoldersSetup *setup);
/* Stops it first. */
void folders_free (Folders *folders);

/* Takes what is ready in all folders; returns how many files were settled.  Not while the thread
 * runs, and not on the writer's. */
guint folders_step (Folders *folders);

/* Its own thread, which looks when something moves in a folder. */
void folders_start (Folders *folders);
/* A configuration is in force.  Any thread. */
void folders_reconfigure (Folders *folders);
/* Before the writer is stopped.  Idempotent. */
void folders_stop (Folders *folders);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Folders, folders_free)

G_END_DECLS

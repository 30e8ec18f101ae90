/* workload.h: the life of a store, the same each time: events that owe deliveries, settlements,
 * operators' actions, checkpoints; and what must be there of it after a crash.
 *
 * It goes through the real writer.  Promises are counted in the order in which they are made; what
 * the n-th promised, and whatever a store holds beyond promises, is held against the plan. */
#pragma once

#include "evidence.h"

G_BEGIN_DECLS

typedef struct Workload Workload;

/* Called when promise number n (from 1) is made: writer thread, or where early was asked for. */
typedef void (*WorkloadPromised) (guint n, gpointer user_data);

typedef struct
{
  guint n_events;
  guint32 seed;
  gboolean unsynced; /* broken on purpose: the engine leaves syncing out */
  gboolean early;    /* broken on purpose: promises before the commit */
  WorkloadPromised promised;
  gpointer user_data;
} WorkloadSettings;

Workload *workload_new (const WorkloadSettings *settings);
void workload_free (Workload *workload);

/* Opens a store in the folder, does everything, closes it.  FALSE: the store failed on the way,
 * which out_error describes; what was promised by then still counts. */
gboolean workload_run (Workload *workload, const char *folder, GError **out_error);
guint workload_n_promised (Workload *workload);

/* What the senders know after n promises; n must not be less than in the last call. */
void workload_tell (Workload *workload, Evidence *evidence, guint n);

/* Holds a store against the plan after n promises: every promised step of every delivery is there,
 * and each delivery is as its own history says that it is.  Appends texts to found. */
void workload_check (Workload *workload, Store *store, guint n, GPtrArray *found);

/* Opens what is in the folder, which holds what n promises left, and checks everything: the file,
 * plan, L1 to L3, and that life goes on.  NULL, or what is wrong, one a line. */
char *workload_check_folder (Workload *workload, Evidence *evidence, const char *folder, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Workload, workload_free)

G_END_DECLS

/* syncer.h: a thread that makes durable what another one has committed, while that one goes on.
 *
 * One thread gives, in order; what it gives is done in order.  At most one piece of work is being
 * synced and one waits: syncer_wait_ready() is where the giver is held back, so that what comes
 * meanwhile gathers for a larger commit instead of many small ones. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

typedef struct Syncer Syncer;

/* Syncer's thread, once for each piece of work.  error NULL: it is durable; else unknown, and so is
 * all that was given after it. */
typedef void (*SyncerDone) (gpointer work, const GError *error, gpointer user_data);

/* The store's engine has sync(), and outlives the syncer. */
Syncer *syncer_new (Store *store, SyncerDone done, gpointer user_data);
/* Everything that was given is done before it returns. */
void syncer_free (Syncer *syncer);

/* Blocks until nothing waits. */
void syncer_wait_ready (Syncer *syncer);
/* After syncer_wait_ready(): what the work stands for has been committed. */
void syncer_give (Syncer *syncer, gpointer work);
/* Blocks until everything that was given is done. */
void syncer_flush (Syncer *syncer);

G_END_DECLS

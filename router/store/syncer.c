/* The syncer: its own thread, and a place of one piece of work between the giver's and its own.
 *
 * What must stay true: done is called without the lock, in the order of giving; after a failed sync
 * nothing is synced any more, as a later success would say nothing about what the failed one lost.
 */
#include "store/syncer.h"

struct Syncer
{
  Store *store;
  SyncerDone done;
  gpointer user_data;
  GThread *thread;

  GMutex lock; /* guards what follows */
  GCond given; /* for the thread */
  GCond taken; /* for the giver */
  gpointer waiting;
  gboolean is_busy; /* with what was taken */
  gboolean is_ending;
};

/* NULL: there is nothing more to come. */
static gpointer
take (Syncer *syncer)
{
  gpointer work;

  g_mutex_lock (&syncer->lock);
  syncer->is_busy = FALSE;
  g_cond_signal (&syncer->taken);
  while (syncer->waiting == NULL && !syncer->is_ending)
    g_cond_wait (&syncer->given, &syncer->lock);
  work = g_steal_pointer (&syncer->waiting);
  syncer->is_busy = work != NULL;
  g_cond_signal (&syncer->taken);
  g_mutex_unlock (&syncer->lock);
  return work;
}

static gpointer
sync_in_thread (gpointer data)
{
  Syncer *syncer = data;
  g_autoptr (GError) error = NULL;
  gpointer work;

  while ((work = take (syncer)) != NULL)
    {
      if (error == NULL)
        syncer->store->engine->sync (syncer->store, &error);
      syncer->done (work, error, syncer->user_data);
    }
  return NULL;
}

Syncer *
syncer_new (Store *store, SyncerDone done, gpointer user_data)
{
  Syncer *syncer = g_new0 (Syncer, 1);

  syncer->store = store;
  syncer->done = done;
  syncer->user_data = user_data;
  g_mutex_init (&syncer->lock);
  g_cond_init (&syncer->given);
  g_cond_init (&syncer->taken);
  syncer->thread = g_thread_new ("syncer", sync_in_thread, syncer);
  return syncer;
}

void
syncer_free (Syncer *syncer)
{
  g_mutex_lock (&syncer->lock);
  syncer->is_ending = TRUE;
  g_cond_signal (&syncer->given);
  g_mutex_unlock (&syncer->lock);
  g_thread_join (syncer->thread);
  g_cond_clear (&syncer->given);
  g_cond_clear (&syncer->taken);
  g_mutex_clear (&syncer->lock);
  g_free (syncer);
}

void
syncer_wait_ready (Syncer *syncer)
{
  g_mutex_lock (&syncer->lock);
  while (syncer->waiting != NULL)
    g_cond_wait (&syncer->taken, &syncer->lock);
  g_mutex_unlock (&syncer->lock);
}

void
syncer_give (Syncer *syncer, gpointer work)
{
  g_mutex_lock (&syncer->lock);
  g_assert (syncer->waiting == NULL && work != NULL);
  syncer->waiting = work;
  g_cond_signal (&syncer->given);
  g_mutex_unlock (&syncer->lock);
}

void
syncer_flush (Syncer *syncer)
{
  g_mutex_lock (&syncer->lock);
  while (syncer->waiting != NULL || syncer->is_busy)
    g_cond_wait (&syncer->taken, &syncer->lock);
  g_mutex_unlock (&syncer->lock);
}

/* One thread that sleeps until the next receive's time, and not at all while none waits. */
#include "http/queue-wait.h"

typedef struct
{
  char *queue;
  gint64 deadline_us, again_us;
  gpointer waiting;
} Wait;

struct QueueWaits
{
  QueueWaitResume resume;
  GMutex lock; /* guards what follows */
  GCond changed;
  GThread *thread; /* from the first wait on */
  GPtrArray *waits;
  gboolean is_stopping;
};

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  g_free (wait->queue);
  g_free (wait);
}

/* With the lock.  NULL: none is due; *out_next_us says when one is. */
static Wait *
take_due (QueueWaits *waits, gint64 now_us, gint64 *out_next_us)
{
  *out_next_us = G_MAXINT64;
  for (guint i = 0; i < waits->waits->len; i++)
    {
      const Wait *wait = g_ptr_array_index (waits->waits, i);
      gint64 due_us = MIN (wait->deadline_us, wait->again_us);

      if (waits->is_stopping || due_us <= now_us)
        return g_ptr_array_steal_index (waits->waits, i);
      *out_next_us = MIN (*out_next_us, due_us);
    }
  return NULL;
}

static gpointer
run (gpointer data)
{
  QueueWaits *waits = data;

  g_mutex_lock (&waits->lock);
  while (!waits->is_stopping || waits->waits->len > 0)
    {
      gint64 now_us = g_get_monotonic_time (), next_us;
      Wait *wait = take_due (waits, now_us, &next_us);
      gboolean is_over;

      if (wait == NULL && next_us == G_MAXINT64)
        g_cond_wait (&waits->changed, &waits->lock);
      else if (wait == NULL)
        g_cond_wait_until (&waits->changed, &waits->lock, next_us);
      else
        {
          is_over = waits->is_stopping || wait->deadline_us <= now_us;
          g_mutex_unlock (&waits->lock);
          waits->resume (wait->waiting, is_over);
          wait_free (wait);
          g_mutex_lock (&waits->lock);
        }
    }
  g_mutex_unlock (&waits->lock);
  return NULL;
}

QueueWaits *
queue_waits_new (QueueWaitResume resume)
{
  QueueWaits *waits = g_new0 (QueueWaits, 1);

  waits->resume = resume;
  waits->waits = g_ptr_array_new ();
  g_mutex_init (&waits->lock);
  g_cond_init (&waits->changed);
  return waits;
}

void
queue_waits_stop (QueueWaits *waits)
{
  GThread *thread;

  g_mutex_lock (&waits->lock);
  waits->is_stopping = TRUE;
  thread = g_steal_pointer (&waits->thread);
  g_cond_signal (&waits->changed);
  g_mutex_unlock (&waits->lock);
  if (thread != NULL)
    g_thread_join (thread);
}

void
queue_waits_free (QueueWaits *waits)
{
  queue_waits_stop (waits);
  g_assert (waits->waits->len == 0);
  g_ptr_array_unref (waits->waits);
  g_mutex_clear (&waits->lock);
  g_cond_clear (&waits->changed);
  g_free (waits);
}

void
queue_waits_add (QueueWaits *waits,
                 const char *queue,
                 gint64 deadline_us,
                 gint64 again_us,
                 gpointer waiting)
{
  gboolean is_stopping;

  g_mutex_lock (&waits->lock);
  is_stopping = waits->is_stopping;
  if (!is_stopping)
    {
      Wait *wait = g_new (Wait, 1);

      *wait = (Wait){ g_strdup (queue), deadline_us, again_us, waiting };
      g_ptr_array_add (waits->waits, wait);
      if (waits->thread == NULL)
        waits->thread = g_thread_new ("queue waits", run, waits);
      g_cond_signal (&waits->changed);
    }
  g_mutex_unlock (&waits->lock);
  if (is_stopping)
    waits->resume (waiting, TRUE);
}

void
queue_waits_wake (QueueWaits *waits, const char *queue)
{
  g_mutex_lock (&waits->lock);
  for (guint i = 0; i < waits->waits->len; i++)
    {
      Wait *wait = g_ptr_array_index (waits->waits, i);

      if (queue != NULL && !g_str_equal (queue, wait->queue))
        continue;
      wait->again_us = 0;
      g_cond_signal (&waits->changed);
    }
  g_mutex_unlock (&waits->lock);
}

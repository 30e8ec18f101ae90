/* Waiting for what the router keeps of itself. */
#include "ingress/own.h"

typedef struct
{
  GMutex lock;
  GCond moved;
  gboolean is_done;
  guint status;
  char *why;
} Wait;

static void
finish (Wait *wait, const Problem *problem)
{
  g_mutex_lock (&wait->lock);
  wait->status = problem != NULL ? problem->status : 0;
  wait->why = g_strdup (problem != NULL ? problem->detail : NULL);
  wait->is_done = TRUE;
  g_cond_signal (&wait->moved);
  g_mutex_unlock (&wait->lock);
}

static void
on_kept (const IngressReply *reply, const Problem *problem, gpointer user_data)
{
  finish (user_data, problem);
}

guint
ingress_keep_own_and_wait (Ingress *ingress, const OwnEvents *own, char **out_why)
{
  g_autoptr (Problem) problem = NULL;
  Wait wait = { .is_done = FALSE };

  g_mutex_init (&wait.lock);
  g_cond_init (&wait.moved);
  if (!ingress_keep_own (ingress, own, on_kept, &wait, &problem))
    finish (&wait, problem);
  g_mutex_lock (&wait.lock);
  while (!wait.is_done)
    g_cond_wait (&wait.moved, &wait.lock);
  g_mutex_unlock (&wait.lock);
  g_mutex_clear (&wait.lock);
  g_cond_clear (&wait.moved);
  *out_why = wait.why;
  return wait.status;
}

gboolean
own_may_pass (guint status)
{
  return status >= 500 || status == 429 || status == 409;
}

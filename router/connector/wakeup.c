/* The wake-up source.  Its times are the main loop's own, which is always the system's monotonic
 * clock: who has another clock converts before.
 *
 * g_source_set_ready_time() would do, but it writes to the context's descriptor even on the thread
 * that is about to poll, which costs two system calls and a turn of the loop each time.  So the
 * time is kept here, where the loop asks for it before it sleeps. */
#include "connector/wakeup.h"

typedef struct
{
  GSource source;
  gint is_now;   /* atomic */
  gint64 due_us; /* monotonic, G_MAXINT64 for never; the context's thread's */
} Wakeup;

static gboolean
wakeup_prepare (GSource *source, gint *out_timeout_ms)
{
  Wakeup *wakeup = (Wakeup *) source;
  gint64 wait_us;

  *out_timeout_ms = -1;
  if (g_atomic_int_get (&wakeup->is_now))
    return TRUE;
  if (wakeup->due_us == G_MAXINT64)
    return FALSE;
  wait_us = wakeup->due_us - g_get_monotonic_time ();
  if (wait_us <= 0)
    return TRUE;
  /* Rounded up, so as not to poll again and again in the last millisecond. */
  *out_timeout_ms = (gint) MIN (G_MAXINT, (wait_us + 999) / 1000);
  return FALSE;
}

static gboolean
wakeup_check (GSource *source)
{
  Wakeup *wakeup = (Wakeup *) source;

  return g_atomic_int_get (&wakeup->is_now) ||
         (wakeup->due_us != G_MAXINT64 && wakeup->due_us <= g_get_monotonic_time ());
}

static gboolean
wakeup_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  /* Before the callback, so that what is set from within it, or meanwhile, is not lost. */
  wakeup_never (source);
  callback (user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs wakeup_funcs = {
  .prepare = wakeup_prepare,
  .check = wakeup_check,
  .dispatch = wakeup_dispatch,
};

GSource *
wakeup_new (const char *name, GMainContext *context, GSourceFunc callback, gpointer user_data)
{
  GSource *source = g_source_new (&wakeup_funcs, sizeof (Wakeup));

  ((Wakeup *) source)->due_us = G_MAXINT64;
  g_source_set_static_name (source, name);
  g_source_set_callback (source, callback, user_data, NULL);
  if (context != NULL)
    g_source_attach (source, context);
  return source;
}

void
wakeup_free (GSource *wakeup)
{
  g_source_destroy (wakeup);
  g_source_unref (wakeup);
}

void
wakeup_now (GSource *wakeup)
{
  GMainContext *context = g_source_get_context (wakeup);

  g_atomic_int_set (&((Wakeup *) wakeup)->is_now, TRUE);
  /* The thread whose loop it is sees it before it sleeps. */
  if (context != NULL && !g_main_context_is_owner (context))
    g_main_context_wakeup (context);
}

void
wakeup_in (GSource *wakeup, gint64 wait_us)
{
  ((Wakeup *) wakeup)->due_us = g_get_monotonic_time () + wait_us;
  g_atomic_int_set (&((Wakeup *) wakeup)->is_now, FALSE);
}

void
wakeup_never (GSource *wakeup)
{
  ((Wakeup *) wakeup)->due_us = G_MAXINT64;
  g_atomic_int_set (&((Wakeup *) wakeup)->is_now, FALSE);
}

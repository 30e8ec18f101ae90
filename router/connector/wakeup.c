/* The wake-up source.  Its times are the main loop's own, which is always the system's monotonic
 * clock: who has another clock converts before. */
#include "connector/wakeup.h"

static gboolean
wakeup_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  /* Before the callback, so that what is set from within it, or meanwhile, is not lost. */
  g_source_set_ready_time (source, -1);
  callback (user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs wakeup_funcs = { .dispatch = wakeup_dispatch };

GSource *
wakeup_new (const char *name, GMainContext *context, GSourceFunc callback, gpointer user_data)
{
  GSource *wakeup = g_source_new (&wakeup_funcs, sizeof (GSource));

  g_source_set_static_name (wakeup, name);
  g_source_set_callback (wakeup, callback, user_data, NULL);
  if (context != NULL)
    g_source_attach (wakeup, context);
  return wakeup;
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
  g_source_set_ready_time (wakeup, 0);
}

void
wakeup_in (GSource *wakeup, gint64 wait_us)
{
  g_source_set_ready_time (wakeup, g_get_monotonic_time () + wait_us);
}

void
wakeup_never (GSource *wakeup)
{
  g_source_set_ready_time (wakeup, -1);
}

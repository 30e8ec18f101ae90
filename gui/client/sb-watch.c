#include "config.h"

#include "sb-watch.h"

#include "sb-changes.h"

#define AWAY_PAUSES 6

/* Either the stream is open, or a timer says when it is opened again.  What is missed between the
 * two is why opening it is news. */
struct _SbWatch
{
  GObject parent_instance;

  SbChanges *changes;
  guint pause_ms;
  guint timer_id;
  gboolean active;
};

enum
{
  SIGNAL_NEWS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbWatch, sb_watch, G_TYPE_OBJECT)

static void wait_for (SbWatch *self, guint n_pauses);

static void
timer_cb (gpointer user_data)
{
  SbWatch *self = user_data;

  self->timer_id = 0;
  if (sb_changes_is_open (self->changes))
    return;
  sb_changes_open (self->changes);
  /* Whether that succeeds is seen then. */
  wait_for (self, AWAY_PAUSES);
  g_signal_emit (self, signals[SIGNAL_NEWS], 0);
}

static void
wait_for (SbWatch *self, guint n_pauses)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->timer_id = g_timeout_add_once (n_pauses * self->pause_ms, timer_cb, self);
}

static void
changed_cb (SbWatch *self)
{
  sb_changes_close (self->changes);
  wait_for (self, 1);
}

static void
closed_cb (SbWatch *self)
{
  wait_for (self, AWAY_PAUSES);
}

static void
sb_watch_dispose (GObject *object)
{
  SbWatch *self = SB_WATCH (object);

  if (self->changes != NULL)
    sb_watch_set_active (self, FALSE);
  g_clear_object (&self->changes);

  G_OBJECT_CLASS (sb_watch_parent_class)->dispose (object);
}

static void
sb_watch_class_init (SbWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_watch_dispose;

  signals[SIGNAL_NEWS] = g_signal_new ("news", SB_TYPE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 0);
}

static void
sb_watch_init (SbWatch *self)
{
}

SbWatch *
sb_watch_new (SbClient *client, guint pause_ms)
{
  SbWatch *self = g_object_new (SB_TYPE_WATCH, NULL);

  self->pause_ms = pause_ms;
  self->changes = sb_changes_new (client);
  g_signal_connect_object (self->changes, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->changes, "closed", G_CALLBACK (closed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
sb_watch_set_active (SbWatch *self, gboolean active)
{
  g_return_if_fail (SB_IS_WATCH (self));

  active = !!active;
  if (self->active == active)
    return;
  self->active = active;
  if (active)
    {
      wait_for (self, 1);
      return;
    }
  g_clear_handle_id (&self->timer_id, g_source_remove);
  sb_changes_close (self->changes);
}

#include "config.h"

#include "sb-sight.h"

#include "sb-widget.h"

#ifdef GDK_WINDOWING_X11
#include <gdk/x11/gdkx.h>
#endif

/* GDK tells of minimising.  Under X11 the server tells of the rest; GDK keeps that to itself, but
 * lets everyone listen to the events as they come.  Elsewhere what GDK tells has to do. */
struct _SbSight
{
  GObject parent_instance;

  GtkWindow *window;
  GdkSurface *surface;
  gboolean unmapped;  /* by the window manager, behind GTK's back */
  gboolean elsewhere; /* on a desktop that is not shown */
  gboolean seen;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbSight, sb_sight, G_TYPE_OBJECT)

static void
update (SbSight *self)
{
  gboolean seen = sb_widget_is_seen (GTK_WIDGET (self->window)) && !self->unmapped &&
                  !self->elsewhere;

  if (seen == self->seen)
    return;
  self->seen = seen;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* A window that is hidden and shown again by GTK begins anew. */
static void
mapped_cb (SbSight *self)
{
  self->unmapped = FALSE;
  update (self);
}

/* ---- X11 ------------------------------------------------------------------------------------- */

#ifdef GDK_WINDOWING_X11

#define EVERY_DESKTOP G_MAXUINT32

static void
update_desktop (SbSight *self)
{
  guint32 desktop = gdk_x11_surface_get_desktop (self->surface);
  GdkX11Screen *screen = gdk_x11_display_get_screen (gdk_surface_get_display (self->surface));

  self->elsewhere = desktop != EVERY_DESKTOP &&
                    desktop != gdk_x11_screen_get_current_desktop (screen);
  update (self);
}

static gboolean
xevent_cb (SbSight *self, gpointer xevent, GdkDisplay *display)
{
  const XEvent *event = xevent;
  Window window = gdk_x11_surface_get_xid (self->surface);

  switch (event->type)
    {
    case MapNotify:
      if (event->xmap.window == window)
        mapped_cb (self);
      break;
    case UnmapNotify:
      self->unmapped |= event->xunmap.window == window;
      update (self);
      break;
    case PropertyNotify:
      if (event->xproperty.atom ==
              gdk_x11_get_xatom_by_name_for_display (display, "_NET_CURRENT_DESKTOP") ||
          (event->xproperty.window == window &&
           event->xproperty.atom ==
               gdk_x11_get_xatom_by_name_for_display (display, "_NET_WM_DESKTOP")))
        update_desktop (self);
      break;
    default:
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

static void
watch_display (SbSight *self)
{
  if (GDK_IS_X11_SURFACE (self->surface))
    g_signal_connect_object (gdk_surface_get_display (self->surface), "xevent",
                             G_CALLBACK (xevent_cb), self, G_CONNECT_SWAPPED);
}

#else

static void
watch_display (SbSight *self)
{
}

#endif

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_sight_finalize (GObject *object)
{
  g_object_unref (SB_SIGHT (object)->surface);

  G_OBJECT_CLASS (sb_sight_parent_class)->finalize (object);
}

static void
sb_sight_class_init (SbSightClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_sight_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_SIGHT, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
sb_sight_init (SbSight *self)
{
}

SbSight *
sb_sight_new (GtkWindow *window)
{
  SbSight *self = g_object_new (SB_TYPE_SIGHT, NULL);

  self->window = window;
  self->surface = g_object_ref (gtk_native_get_surface (GTK_NATIVE (window)));
  g_signal_connect_object (self->surface, "notify::state", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "map", G_CALLBACK (mapped_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (window, "unmap", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  watch_display (self);
  update (self);
  return self;
}

gboolean
sb_sight_get_seen (SbSight *self)
{
  g_return_val_if_fail (SB_IS_SIGHT (self), FALSE);

  return self->seen;
}

#include "config.h"

#include "sb-notifier.h"

#include <glib/gi18n.h>

#include "sb-answer.h"
#include "sb-news.h"
#include "sb-text.h"
#include "sb-watch.h"

#define BEATS 5       /* between two questions */
#define PAUSE_MS 5000 /* the same, while the window is hidden */

struct _SbNotifier
{
  GObject parent_instance;

  GtkWindow *window; /* weak */
  SbRouter *router;
  GSettings *settings;
  SbNews *news;
  SbAnswer *jobs;
  SbAnswer *problems;
  SbWatch *watch;
  guint n_beats;
  gboolean hidden;
};

G_DEFINE_FINAL_TYPE (SbNotifier, sb_notifier, G_TYPE_OBJECT)

/* Takes the news.  Whoever works with the window sees it there. */
static void
tell (SbNotifier *self, GPtrArray *news)
{
  g_autoptr (GPtrArray) owned G_GNUC_UNUSED = news;
  GtkApplication *application;

  if (self->window == NULL || gtk_window_is_active (self->window) ||
      !g_settings_get_boolean (self->settings, "notifications"))
    return;
  application = gtk_window_get_application (self->window);
  for (guint i = 0; application != NULL && i < news->len; i++)
    {
      const SbPieceOfNews *piece = g_ptr_array_index (news, i);
      g_autofree char *title = sb_text_isolate (piece->title);
      g_autofree char *body = sb_text_isolate (piece->body);
      g_autoptr (GNotification) notification = g_notification_new (title);

      g_notification_set_body (notification, body);
      g_notification_set_default_action_and_target (notification, "app.show-section", "s",
                                                    piece->section);
      g_notification_add_button_with_target (notification, _ ("Show"), "app.show-section", "s",
                                                              piece->section);
      g_application_send_notification (G_APPLICATION (application), piece->id, notification);
    }
}

static void
jobs_cb (SbNotifier *self)
{
  tell (self, sb_news_take_jobs (self->news, sb_answer_get (self->jobs)));
}

static void
problems_cb (SbNotifier *self)
{
  tell (self, sb_news_take_problems (self->news, sb_answer_get (self->problems),
                                     sb_router_get_now_us (self->router)));
}

static void
ask (SbNotifier *self)
{
  sb_answer_refresh (self->jobs);
  sb_answer_refresh (self->problems);
}

static void
beat_cb (SbNotifier *self, SbRouter *router)
{
  if (sb_router_get_state (router) == SB_ROUTER_CONNECTED && self->n_beats++ % BEATS == 0)
    ask (self);
}

static void
update_watch (SbNotifier *self)
{
  sb_watch_set_active (self->watch,
                       self->hidden && g_settings_get_boolean (self->settings, "notifications"));
}

static void
sb_notifier_dispose (GObject *object)
{
  SbNotifier *self = SB_NOTIFIER (object);

  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->settings);
  g_clear_object (&self->watch);
  g_clear_object (&self->router);
  g_clear_object (&self->jobs);
  g_clear_object (&self->problems);
  g_clear_pointer (&self->news, sb_news_free);

  G_OBJECT_CLASS (sb_notifier_parent_class)->dispose (object);
}

static void
sb_notifier_class_init (SbNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_notifier_dispose;
}

static void
sb_notifier_init (SbNotifier *self)
{
  self->settings = g_settings_new ("org.signalbox.Signalbox");
  self->news = sb_news_new ();
}

SbNotifier *
sb_notifier_new (GtkWindow *window, SbRouter *router)
{
  SbNotifier *self = g_object_new (SB_TYPE_NOTIFIER, NULL);
  SbClient *client = sb_router_get_client (router);

  g_set_weak_pointer (&self->window, window);
  self->router = g_object_ref (router);
  self->jobs = sb_answer_new (client, "jobs", "limit=20");
  self->problems = sb_answer_new (client, "problems", "");
  g_signal_connect_object (self->jobs, "changed", G_CALLBACK (jobs_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->problems, "changed", G_CALLBACK (problems_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (router, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  self->watch = sb_watch_new (client, PAUSE_MS);
  g_signal_connect_object (self->watch, "news", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::notifications", G_CALLBACK (update_watch),
                           self, G_CONNECT_SWAPPED);
  return self;
}

void
sb_notifier_set_hidden (SbNotifier *self, gboolean hidden)
{
  g_return_if_fail (SB_IS_NOTIFIER (self));

  self->hidden = hidden;
  update_watch (self);
}

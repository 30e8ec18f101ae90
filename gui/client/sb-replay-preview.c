#include "config.h"

#include "sb-replay-preview.h"

#include "sb-json.h"

/* A new question cancels the one before, whose answer would be to something else. */
struct _SbReplayPreview
{
  GObject parent_instance;

  SbClient *client;
  JsonObject *filter;
  gboolean rules_now, skips_succeeded;
  SbReplayFigures figures;
  GCancellable *cancellable; /* of the question that is under way, or NULL */
};

G_DEFINE_FINAL_TYPE (SbReplayPreview, sb_replay_preview, G_TYPE_OBJECT)

static guint changed_signal;

static void ask_on (SbReplayPreview *self, const char *after);

static void
add (SbReplayFigures *figures, JsonObject *answer)
{
  gint64 nowhere = sb_json_int (answer, "nowhere");

  figures->looked_at += sb_json_int (answer, "looked_at");
  figures->differently += sb_json_int (answer, "moved") + sb_json_int (answer, "more") +
                          sb_json_int (answer, "elsewhere") + nowhere;
  figures->nowhere += nowhere;
  figures->succeeded += sb_json_int (answer, "succeeded");
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbReplayPreview *self;
  const char *next;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_REPLAY_PREVIEW (user_data);
  g_clear_object (&self->cancellable);
  if (answer == NULL)
    {
      self->figures = (SbReplayFigures){ .has_failed = TRUE };
      g_signal_emit (self, changed_signal, 0);
      return;
    }
  add (&self->figures, answer);
  next = sb_json_string (answer, "next");
  self->figures.is_complete = *next == '\0';
  if (!self->figures.is_complete)
    ask_on (self, next);
  g_signal_emit (self, changed_signal, 0);
}

static void
ask_on (SbReplayPreview *self, const char *after)
{
  g_autoptr (JsonObject) body = json_object_new ();

  json_object_set_object_member (body, "filter", json_object_ref (self->filter));
  json_object_set_string_member (body, "rules", self->rules_now ? "now" : "then");
  json_object_set_boolean_member (body, "skip_succeeded", self->skips_succeeded);
  if (after != NULL)
    json_object_set_string_member (body, "after", after);
  self->cancellable = g_cancellable_new ();
  sb_client_act_async (self->client, "replay/preview", body, self->cancellable, answered_cb, self);
}

static void
stop (SbReplayPreview *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
sb_replay_preview_dispose (GObject *object)
{
  SbReplayPreview *self = SB_REPLAY_PREVIEW (object);

  stop (self);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (sb_replay_preview_parent_class)->dispose (object);
}

static void
sb_replay_preview_finalize (GObject *object)
{
  g_clear_pointer (&SB_REPLAY_PREVIEW (object)->filter, json_object_unref);

  G_OBJECT_CLASS (sb_replay_preview_parent_class)->finalize (object);
}

static void
sb_replay_preview_class_init (SbReplayPreviewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_replay_preview_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_replay_preview_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
sb_replay_preview_init (SbReplayPreview *self)
{
}

SbReplayPreview *
sb_replay_preview_new (SbClient *client, JsonObject *filter)
{
  SbReplayPreview *self = g_object_new (SB_TYPE_REPLAY_PREVIEW, NULL);

  self->client = g_object_ref (client);
  self->filter = json_object_ref (filter);
  return self;
}

void
sb_replay_preview_ask (SbReplayPreview *self, gboolean rules_now, gboolean skips_succeeded)
{
  g_return_if_fail (SB_IS_REPLAY_PREVIEW (self));

  stop (self);
  self->rules_now = rules_now;
  self->skips_succeeded = skips_succeeded;
  self->figures = (SbReplayFigures){ 0 };
  ask_on (self, NULL);
}

const SbReplayFigures *
sb_replay_preview_get_figures (SbReplayPreview *self)
{
  g_return_val_if_fail (SB_IS_REPLAY_PREVIEW (self), NULL);

  return &self->figures;
}

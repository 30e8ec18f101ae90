#include "config.h"

#include "sb-changes.h"

#include <string.h>

#include "sb-error.h"

/* One stream at most: `cancellable` is there from the asking until the stream has ended.  Of the
 * messages only that they come is read: "start" begins a stream, every other one is news. */
struct _SbChanges
{
  GObject parent_instance;

  SbClient *client;
  GCancellable *cancellable;
  GDataInputStream *stream; /* NULL while it is being asked for */
  gboolean starting;        /* the message that is being read is the first */
  gboolean unsupported;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbChanges, sb_changes, G_TYPE_OBJECT)

static void read_line (SbChanges *self);

static void
end (SbChanges *self)
{
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

static void
take_line (SbChanges *self, const char *line)
{
  if (g_str_has_prefix (line, "event:"))
    self->starting = strstr (line, "start") != NULL;
  else if (g_str_has_prefix (line, "data:") && !self->starting)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
line_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source),
                                                                result, NULL, &error);
  g_autoptr (SbChanges) self = NULL;

  /* Cancelled by closing or dispose, and user_data may be gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = g_object_ref (SB_CHANGES (user_data));
  if (line == NULL)
    {
      end (self);
      return;
    }
  take_line (self, line);
  if (self->stream != NULL)
    read_line (self);
}

static void
read_line (SbChanges *self)
{
  g_data_input_stream_read_line_async (self->stream, G_PRIORITY_DEFAULT, self->cancellable, line_cb,
                                       self);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = sb_client_open_changes_finish (SB_CLIENT (source), result,
                                                                   &error);
  g_autoptr (SbChanges) self = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = g_object_ref (SB_CHANGES (user_data));
  self->unsupported = g_error_matches (error, SB_ERROR, SB_ERROR_NOT_FOUND);
  if (stream == NULL)
    {
      g_clear_object (&self->cancellable);
      return;
    }
  self->stream = g_data_input_stream_new (stream);
  g_data_input_stream_set_newline_type (self->stream, G_DATA_STREAM_NEWLINE_TYPE_LF);
  read_line (self);
}

static void
sb_changes_dispose (GObject *object)
{
  SbChanges *self = SB_CHANGES (object);

  sb_changes_close (self);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (sb_changes_parent_class)->dispose (object);
}

static void
sb_changes_class_init (SbChangesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_changes_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_CHANGES, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", SB_TYPE_CHANGES, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
}

static void
sb_changes_init (SbChanges *self)
{
}

SbChanges *
sb_changes_new (SbClient *client)
{
  SbChanges *self = g_object_new (SB_TYPE_CHANGES, NULL);

  self->client = g_object_ref (client);
  return self;
}

void
sb_changes_open (SbChanges *self)
{
  g_return_if_fail (SB_IS_CHANGES (self));

  if (self->cancellable != NULL || self->unsupported)
    return;
  self->cancellable = g_cancellable_new ();
  sb_client_open_changes_async (self->client, self->cancellable, opened_cb, self);
}

void
sb_changes_close (SbChanges *self)
{
  g_return_if_fail (SB_IS_CHANGES (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);
}

gboolean
sb_changes_is_open (SbChanges *self)
{
  g_return_val_if_fail (SB_IS_CHANGES (self), FALSE);

  return self->stream != NULL;
}

#include "config.h"

#include "sb-export.h"

#include "sb-error.h"
#include "sb-json.h"

#define PAGE_SIZE 100
#define N_AT_ONCE 6 /* events that are asked for at the same time */

/* One page after the other.  The events of a page are asked for a few at a time and come in any
 * order: `events` keeps them until the page is complete and is written in its own order. */
struct _SbExport
{
  GObject parent_instance;

  SbClient *client;
  char *query;
  GFile *file;
  GFile *part; /* beside it: takes its place when all is written */

  GFileOutputStream *stream;
  GTask *task;
  JsonObject *page;      /* the answer */
  GPtrArray *deliveries; /* of the page: JsonObject */
  GPtrArray *events;     /* of each of them: JsonObject, or NULL when it is gone by now */
  guint n_asked, n_answered;
  GBytes *lines; /* being written */
  gint64 n_written;
};

enum
{
  SIGNAL_PROGRESS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbExport, sb_export, G_TYPE_OBJECT)

static void
json_object_unref0 (gpointer object)
{
  if (object != NULL)
    json_object_unref (object);
}

static void
clear_page (SbExport *self)
{
  g_clear_pointer (&self->deliveries, g_ptr_array_unref);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->page, json_object_unref);
  g_clear_pointer (&self->lines, g_bytes_unref);
}

/* ---- The end --------------------------------------------------------------------------------- */

/* The task is let go of first: its callback may begin another export. */
static void
fail (SbExport *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  clear_page (self);
  if (self->stream != NULL)
    {
      g_output_stream_close (G_OUTPUT_STREAM (self->stream), NULL, NULL);
      g_clear_object (&self->stream);
      g_file_delete (self->part, NULL, NULL);
    }
  if (task != NULL)
    g_task_return_error (task, error);
  else
    g_error_free (error);
}

static void
moved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SbExport) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;

  if (!g_file_move_finish (G_FILE (source), result, &error))
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  g_clear_object (&self->stream);
  task = g_steal_pointer (&self->task);
  g_task_return_boolean (task, TRUE);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SbExport) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error))
    fail (self, g_steal_pointer (&error));
  else
    g_file_move_async (self->part, self->file, G_FILE_COPY_OVERWRITE, G_PRIORITY_DEFAULT,
                       g_task_get_cancellable (self->task), NULL, NULL, moved_cb,
                       g_object_ref (self));
}

/* ---- Pages ----------------------------------------------------------------------------------- */

static void ask_for_page (SbExport *self, const char *after);

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SbExport) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *next = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  self->n_written += self->deliveries->len;
  next = sb_json_dup_text (self->page, "next");
  clear_page (self);
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
  if (*next != '\0')
    ask_for_page (self, next);
  else
    g_output_stream_close_async (G_OUTPUT_STREAM (self->stream), G_PRIORITY_DEFAULT,
                                 g_task_get_cancellable (self->task), closed_cb,
                                 g_object_ref (self));
}

static void
write_page (SbExport *self)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < self->deliveries->len; i++)
    {
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), json_object_new ());
      JsonObject *line = json_node_get_object (node);
      JsonObject *event = g_ptr_array_index (self->events, i);
      g_autofree char *text = NULL;

      json_object_unref (line);
      json_object_set_object_member (line, "delivery",
                                     json_object_ref (g_ptr_array_index (self->deliveries, i)));
      if (event != NULL)
        json_object_set_object_member (line, "event", json_object_ref (event));
      else
        json_object_set_null_member (line, "event");
      text = json_to_string (node, FALSE);
      g_string_append (lines, text);
      g_string_append_c (lines, '\n');
    }
  self->lines = g_string_free_to_bytes (g_steal_pointer (&lines));
  g_output_stream_write_all_async (
      G_OUTPUT_STREAM (self->stream), g_bytes_get_data (self->lines, NULL),
      g_bytes_get_size (self->lines), G_PRIORITY_DEFAULT, g_task_get_cancellable (self->task),
      written_cb, g_object_ref (self));
}

/* ---- Events ---------------------------------------------------------------------------------- */

typedef struct
{
  SbExport *self;
  guint index;
} Asked;

static void ask_for_event (SbExport *self);

static void
event_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (SbExport) self = asked->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  JsonObject *event = sb_json_object (answer, "event");

  /* Another one has failed already. */
  if (self->task == NULL)
    return;
  if (answer == NULL && !g_error_matches (error, SB_ERROR, SB_ERROR_NOT_FOUND))
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  if (event != NULL)
    g_ptr_array_index (self->events, asked->index) = json_object_ref (event);
  self->n_answered++;
  if (self->n_answered == self->deliveries->len)
    write_page (self);
  else
    ask_for_event (self);
}

static void
ask_for_event (SbExport *self)
{
  Asked *asked;

  if (self->n_asked == self->deliveries->len)
    return;
  asked = g_new (Asked, 1);
  asked->self = g_object_ref (self);
  asked->index = self->n_asked++;
  sb_client_get_event_async (
      self->client, sb_json_string (g_ptr_array_index (self->deliveries, asked->index), "event"),
      g_task_get_cancellable (self->task), event_cb, asked);
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SbExport) self = user_data;
  g_autoptr (GError) error = NULL;

  self->page = sb_client_get_finish (SB_CLIENT (source), result, &error);
  if (self->page == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  self->deliveries = sb_json_objects (self->page, "deliveries");
  self->events = g_ptr_array_new_with_free_func (json_object_unref0);
  g_ptr_array_set_size (self->events, (int) self->deliveries->len);
  self->n_asked = self->n_answered = 0;
  if (self->deliveries->len == 0)
    write_page (self);
  for (guint i = 0; i < N_AT_ONCE && self->n_asked < self->deliveries->len; i++)
    ask_for_event (self);
}

static void
ask_for_page (SbExport *self, const char *after)
{
  sb_client_get_page_async (self->client, "deliveries", self->query, after, PAGE_SIZE,
                            g_task_get_cancellable (self->task), page_cb, g_object_ref (self));
}

static void
replaced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SbExport) self = user_data;
  g_autoptr (GError) error = NULL;

  self->stream = g_file_replace_finish (G_FILE (source), result, &error);
  if (self->stream == NULL)
    fail (self, g_steal_pointer (&error));
  else
    ask_for_page (self, NULL);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_export_finalize (GObject *object)
{
  SbExport *self = SB_EXPORT (object);

  clear_page (self);
  g_clear_object (&self->stream);
  g_clear_object (&self->client);
  g_clear_object (&self->file);
  g_clear_object (&self->part);
  g_free (self->query);

  G_OBJECT_CLASS (sb_export_parent_class)->finalize (object);
}

static void
sb_export_class_init (SbExportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_export_finalize;

  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", SB_TYPE_EXPORT, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

static void
sb_export_init (SbExport *self)
{
}

SbExport *
sb_export_new (SbClient *client, const char *query, GFile *file)
{
  SbExport *self = g_object_new (SB_TYPE_EXPORT, NULL);

  self->client = g_object_ref (client);
  self->query = g_strdup (query);
  self->file = g_object_ref (file);
  return self;
}

void
sb_export_run_async (SbExport *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autofree char *uri = g_file_get_uri (self->file);
  g_autofree char *part = g_strconcat (uri, ".part", NULL);

  g_return_if_fail (SB_IS_EXPORT (self));
  g_return_if_fail (self->task == NULL && self->n_written == 0);

  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, sb_export_run_async);
  self->part = g_file_new_for_uri (part);
  g_file_replace_async (self->part, NULL, FALSE, G_FILE_CREATE_PRIVATE, G_PRIORITY_DEFAULT,
                        cancellable, replaced_cb, g_object_ref (self));
}

gboolean
sb_export_finish (SbExport *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gint64
sb_export_get_n_written (SbExport *self)
{
  g_return_val_if_fail (SB_IS_EXPORT (self), 0);

  return self->n_written;
}

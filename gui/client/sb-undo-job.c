#include "config.h"

#include "sb-undo-job.h"

#include "sb-json.h"

struct _SbUndoJob
{
  GObject parent_instance;

  SbClient *client;
  char *job; /* that may still be at it, or NULL */
  gint64 operation;
  char *opposite;
};

G_DEFINE_FINAL_TYPE (SbUndoJob, sb_undo_job, G_TYPE_OBJECT)

static void
sb_undo_job_finalize (GObject *object)
{
  SbUndoJob *self = SB_UNDO_JOB (object);

  g_clear_object (&self->client);
  g_free (self->job);
  g_free (self->opposite);

  G_OBJECT_CLASS (sb_undo_job_parent_class)->finalize (object);
}

static void
sb_undo_job_class_init (SbUndoJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_undo_job_finalize;
}

static void
sb_undo_job_init (SbUndoJob *self)
{
}

JsonObject *
sb_undo_job_new_job (const char *kind, JsonObject *filter)
{
  JsonObject *job = json_object_new ();

  json_object_set_string_member (job, "kind", kind);
  json_object_set_object_member (job, "filter", json_object_ref (filter));
  json_object_set_string_member (job, "actor", g_get_user_name ());
  return job;
}

SbUndoJob *
sb_undo_job_new (SbClient *client, JsonObject *answer, const char *opposite)
{
  SbUndoJob *self = g_object_new (SB_TYPE_UNDO_JOB, NULL);

  self->client = g_object_ref (client);
  self->operation = sb_json_int (answer, "operation");
  if (json_object_has_member (answer, "id"))
    self->job = sb_json_dup_text (answer, "id");
  self->opposite = g_strdup (opposite);
  return self;
}

static void
made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);

  if (answer != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
take_back (SbUndoJob *self, GTask *task)
{
  g_autoptr (JsonObject) filter = json_object_new ();
  g_autoptr (JsonObject) job = NULL;

  json_object_set_int_member (filter, "operation", self->operation);
  job = sb_undo_job_new_job (self->opposite, filter);
  sb_client_act_async (self->client, "jobs", job, g_task_get_cancellable (task), made_cb, task);
}

/* Whether it was cancelled or had ended: what it did is taken back now. */
static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SbUndoJob *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer G_GNUC_UNUSED = sb_client_get_finish (SB_CLIENT (source), result,
                                                                      &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    take_back (self, g_steal_pointer (&task));
}

void
sb_undo_job_run_async (SbUndoJob *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autofree char *what = NULL;
  GTask *task;

  g_return_if_fail (SB_IS_UNDO_JOB (self));

  task = g_task_new (self, cancellable, callback, user_data);
  if (self->job == NULL)
    {
      take_back (self, task);
      return;
    }
  what = g_strdup_printf ("jobs/%s/cancel", self->job);
  g_clear_pointer (&self->job, g_free);
  sb_client_act_async (self->client, what, NULL, cancellable, stopped_cb, task);
}

gboolean
sb_undo_job_run_finish (SbUndoJob *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

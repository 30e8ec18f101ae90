#include "config.h"

#include "sb-pending.h"

#include "sb-answer.h"
#include "sb-error.h"
#include "sb-json.h"

/* The router says which files differ; each of them is read then.  `reading` fills while texts come
 * in, and becomes `files` with the last. */
struct _SbPending
{
  GObject parent_instance;

  SbClient *client;
  SbAnswer *changes;
  GHashTable *files;

  GCancellable *cancellable; /* of the reading under way, or NULL */
  GHashTable *reading;
  guint n_reading;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbPending, sb_pending, G_TYPE_OBJECT)

typedef struct
{
  SbPending *pending; /* not to be touched when the reading was cancelled */
  char *path;
} Reading;

static void
finish_reading (SbPending *self)
{
  if (self->n_reading > 0)
    return;
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->files, g_hash_table_unref);
  self->files = g_steal_pointer (&self->reading);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = user_data;
  g_autofree char *path = reading->path;
  SbPending *self = reading->pending;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sb_client_fetch_finish (SB_CLIENT (source), result, NULL, &error);

  g_free (reading);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes != NULL)
    g_hash_table_insert (self->reading, g_steal_pointer (&path),
                         g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
  else if (g_error_matches (error, SB_ERROR, SB_ERROR_NOT_FOUND))
    g_hash_table_insert (self->reading, g_steal_pointer (&path), NULL);
  self->n_reading--;
  finish_reading (self);
}

static void
stop_reading (SbPending *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->reading, g_hash_table_unref);
  self->n_reading = 0;
}

static void
changes_cb (SbPending *self)
{
  JsonObject *answer = sb_answer_get (self->changes);
  g_autoptr (GPtrArray) changes = sb_json_objects (answer, "changes");
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);

  if (answer == NULL)
    return;
  stop_reading (self);
  self->cancellable = g_cancellable_new ();
  self->reading = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < changes->len; i++)
    {
      const char *path = sb_json_string (changes->pdata[i], "file");
      Reading *reading;

      if (!g_hash_table_add (paths, (char *) path))
        continue;
      reading = g_new (Reading, 1);
      *reading = (Reading){ self, g_strdup (path) };
      self->n_reading++;
      sb_client_fetch_file_async (self->client, path, self->cancellable, read_cb, reading);
    }
  finish_reading (self);
}

static void
sb_pending_dispose (GObject *object)
{
  SbPending *self = SB_PENDING (object);

  stop_reading (self);
  g_clear_pointer (&self->files, g_hash_table_unref);
  g_clear_object (&self->changes);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (sb_pending_parent_class)->dispose (object);
}

static void
sb_pending_class_init (SbPendingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_pending_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_PENDING, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
sb_pending_init (SbPending *self)
{
}

SbPending *
sb_pending_new (SbClient *client)
{
  SbPending *self = g_object_new (SB_TYPE_PENDING, NULL);

  self->client = g_object_ref (client);
  self->changes = sb_answer_new (client, "config/pending", "");
  g_signal_connect_object (self->changes, "changed", G_CALLBACK (changes_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
sb_pending_refresh (SbPending *self)
{
  g_return_if_fail (SB_IS_PENDING (self));

  sb_answer_refresh (self->changes);
}

GHashTable *
sb_pending_get_files (SbPending *self)
{
  g_return_val_if_fail (SB_IS_PENDING (self), NULL);

  return self->files;
}

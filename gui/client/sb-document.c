#include "config.h"

#include "sb-document.h"

#include <string.h>

#include "sb-error.h"
#include "sb-rule-check.h"

/* `checking` is the one check under way; a change of the text cancels it, so an answer always
 * belongs to the text that is there.  Saves and loads are under `cancellable`, which only dispose
 * cancels. */
struct _SbDocument
{
  GObject parent_instance;

  SbClient *client;
  char *path;
  guint pause_ms;

  SbDocumentState state;
  char *error;
  char *template_text; /* of a file that is not there yet */
  char *router_text;   /* NULL: the router has none */
  char *etag;          /* of router_text; SB_CLIENT_NEW_FILE when it has none */
  char *text;
  char *saving_text;
  gboolean conflict;

  SbVerdict verdict;
  GPtrArray *diagnostics;
  guint pause_id;
  GCancellable *checking;
  GCancellable *cancellable;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_TEXT_REPLACED,
  SIGNAL_SAVED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbDocument, sb_document, G_TYPE_OBJECT)

static void
changed (SbDocument *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* ---- Checking -------------------------------------------------------------------------------- */

static void
take_diagnostics (SbDocument *self, GPtrArray *diagnostics)
{
  g_ptr_array_unref (self->diagnostics);
  self->diagnostics = diagnostics;
  self->verdict = diagnostics->len > 0 ? SB_VERDICT_INVALID : SB_VERDICT_VALID;
}

/* The checks of the whole folder may find fault with other files too; those are not this
 * document's. */
static void
keep_own (SbDocument *self, GPtrArray *diagnostics)
{
  for (guint i = diagnostics->len; i > 0; i--)
    {
      const SbDiagnostic *diagnostic = g_ptr_array_index (diagnostics, i - 1);

      if (*diagnostic->file != '\0' && !g_str_equal (diagnostic->file, self->path))
        g_ptr_array_remove_index (diagnostics, i - 1);
    }
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  SbDocument *self;
  gint64 generation = 0;
  gboolean valid = sb_client_write_file_finish (SB_CLIENT (source), result, &generation, &problems,
                                                &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = SB_DOCUMENT (user_data);
  g_clear_object (&self->checking);
  self->verdict = SB_VERDICT_UNKNOWN;
  if (valid)
    self->verdict = SB_VERDICT_VALID;
  else if (problems != NULL)
    {
      keep_own (self, problems);
      take_diagnostics (self, g_steal_pointer (&problems));
    }
  changed (self);
}

static gboolean
paused_cb (gpointer user_data)
{
  SbDocument *self = user_data;
  g_autoptr (GBytes) bytes = g_bytes_new (self->text, strlen (self->text));

  self->pause_id = 0;
  self->checking = g_cancellable_new ();
  self->verdict = SB_VERDICT_CHECKING;
  sb_client_write_file_async (self->client, self->path, bytes, NULL, SB_WRITE_CHECK, self->checking,
                              checked_cb, self);
  changed (self);
  return G_SOURCE_REMOVE;
}

static void
stop_checking (SbDocument *self)
{
  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
}

static void
check (SbDocument *self)
{
  stop_checking (self);
  take_diagnostics (self, sb_rule_check (self->text, strlen (self->text)));
  if (self->diagnostics->len > 0)
    return;
  self->verdict = SB_VERDICT_UNKNOWN;
  self->pause_id = g_timeout_add (self->pause_ms, paused_cb, self);
}

/* ---- Loading --------------------------------------------------------------------------------- */

static void
replace_text (SbDocument *self, const char *text)
{
  g_free (self->text);
  self->text = g_strdup (text);
  check (self);
  g_signal_emit (self, signals[SIGNAL_TEXT_REPLACED], 0);
}

static void
take_router_text (SbDocument *self, GBytes *bytes, char *etag)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  g_free (self->router_text);
  g_free (self->etag);
  /* What is not UTF-8 could not be shown; saving it as it is shown would change it, and the router
   * refuses it as JSON anyway. */
  self->router_text = g_utf8_make_valid (data, (gssize) length);
  self->etag = etag;
  self->conflict = FALSE;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *etag = NULL;
  g_autoptr (GBytes) bytes = sb_client_fetch_finish (SB_CLIENT (source), result, &etag, &error);
  SbDocument *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = SB_DOCUMENT (user_data);
  self->state = SB_DOCUMENT_READY;
  if (bytes != NULL)
    {
      take_router_text (self, bytes, g_steal_pointer (&etag));
      replace_text (self, self->router_text);
    }
  else if (g_error_matches (error, SB_ERROR, SB_ERROR_NOT_FOUND) && self->template_text != NULL)
    {
      g_free (self->etag);
      self->etag = g_strdup (SB_CLIENT_NEW_FILE);
      replace_text (self, self->template_text);
    }
  else
    {
      self->state = SB_DOCUMENT_FAILED;
      g_free (self->error);
      self->error = g_strdup (error->message);
    }
  changed (self);
}

/* What the router has now, while the user has a text already. */
static void
take_news (SbDocument *self, GBytes *bytes, char *etag)
{
  gboolean modified = sb_document_get_modified (self);
  g_autofree char *before = g_strdup (self->router_text);

  if (g_strcmp0 (etag, self->etag) == 0)
    {
      g_free (etag);
      return;
    }
  take_router_text (self, bytes, etag);
  if (g_strcmp0 (before, self->router_text) == 0)
    return;
  if (modified)
    self->conflict = TRUE;
  else
    replace_text (self, self->router_text);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *etag = NULL;
  g_autoptr (GBytes) bytes = sb_client_fetch_finish (SB_CLIENT (source), result, &etag, &error);
  SbDocument *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = SB_DOCUMENT (user_data);
  if (self->saving_text == NULL)
    self->state = SB_DOCUMENT_READY;
  if (bytes != NULL && self->state == SB_DOCUMENT_READY)
    take_news (self, bytes, g_steal_pointer (&etag));
  changed (self);
}

/* ---- Saving ---------------------------------------------------------------------------------- */

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  SbDocument *self;
  gint64 generation = 0;

  if (sb_client_write_file_finish (SB_CLIENT (source), result, &generation, &problems, &error))
    {
      self = SB_DOCUMENT (user_data);
      g_free (self->router_text);
      self->router_text = g_steal_pointer (&self->saving_text);
      self->conflict = FALSE;
      self->verdict = self->diagnostics->len == 0 ? SB_VERDICT_VALID : self->verdict;
      /* The answer has no ETag.  Until it is known nothing can be saved, so the state stays. */
      sb_client_fetch_file_async (self->client, self->path, self->cancellable, looked_cb, self);
      changed (self);
      g_signal_emit (self, signals[SIGNAL_SAVED], 0, generation);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = SB_DOCUMENT (user_data);
  self->state = SB_DOCUMENT_READY;
  g_clear_pointer (&self->saving_text, g_free);
  if (problems != NULL)
    {
      guint n_all = problems->len;

      keep_own (self, problems);
      if (problems->len == 0 && n_all > 0)
        g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
      else
        take_diagnostics (self, g_steal_pointer (&problems));
    }
  else if (g_error_matches (error, SB_ERROR, SB_ERROR_CONFLICT))
    self->conflict = TRUE;
  else
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
  changed (self);
}

static void
write_text (SbDocument *self, const char *etag)
{
  g_autoptr (GBytes) bytes = g_bytes_new (self->text, strlen (self->text));

  stop_checking (self);
  self->state = SB_DOCUMENT_SAVING;
  g_free (self->saving_text);
  self->saving_text = g_strdup (self->text);
  sb_client_write_file_async (self->client, self->path, bytes, etag, SB_WRITE_SAVE,
                              self->cancellable, saved_cb, self);
  changed (self);
}

static void
sb_document_dispose (GObject *object)
{
  SbDocument *self = SB_DOCUMENT (object);

  stop_checking (self);
  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (sb_document_parent_class)->dispose (object);
}

static void
sb_document_finalize (GObject *object)
{
  SbDocument *self = SB_DOCUMENT (object);

  g_clear_object (&self->client);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->template_text, g_free);
  g_clear_pointer (&self->router_text, g_free);
  g_clear_pointer (&self->etag, g_free);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->saving_text, g_free);
  g_clear_pointer (&self->diagnostics, g_ptr_array_unref);

  G_OBJECT_CLASS (sb_document_parent_class)->finalize (object);
}

static void
sb_document_class_init (SbDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sb_document_dispose;
  object_class->finalize = sb_document_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_TEXT_REPLACED] = g_signal_new (
      "text-replaced", SB_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SAVED] = g_signal_new ("saved", SB_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", SB_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sb_document_init (SbDocument *self)
{
  self->cancellable = g_cancellable_new ();
  self->diagnostics = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_diagnostic_free);
  self->text = g_strdup ("");
}

SbDocument *
sb_document_new (SbClient *client, const char *path, guint pause_ms)
{
  SbDocument *self = g_object_new (SB_TYPE_DOCUMENT, NULL);

  self->client = g_object_ref (client);
  self->path = g_strdup (path);
  self->pause_ms = pause_ms;
  return self;
}

void
sb_document_load (SbDocument *self, const char *text)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  g_free (self->template_text);
  self->template_text = g_strdup (text);
  self->state = SB_DOCUMENT_LOADING;
  sb_client_fetch_file_async (self->client, self->path, self->cancellable, loaded_cb, self);
  changed (self);
}

const char *
sb_document_get_path (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), NULL);

  return self->path;
}

SbDocumentState
sb_document_get_state (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), SB_DOCUMENT_FAILED);

  return self->state;
}

const char *
sb_document_get_error (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), NULL);

  return self->error;
}

const char *
sb_document_get_text (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), NULL);

  return self->text;
}

void
sb_document_set_text (SbDocument *self, const char *text)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  if (g_str_equal (self->text, text))
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  check (self);
  changed (self);
}

gboolean
sb_document_get_modified (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), FALSE);

  return (self->state == SB_DOCUMENT_READY || self->state == SB_DOCUMENT_SAVING) &&
         g_strcmp0 (self->text, self->router_text) != 0;
}

gboolean
sb_document_get_conflict (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), FALSE);

  return self->conflict;
}

SbVerdict
sb_document_get_verdict (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), SB_VERDICT_UNKNOWN);

  return self->verdict;
}

GPtrArray *
sb_document_get_diagnostics (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), NULL);

  return self->diagnostics;
}

void
sb_document_save (SbDocument *self)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  /* In a conflict the user says first whose text it shall be. */
  if (self->state == SB_DOCUMENT_READY && !self->conflict)
    write_text (self, self->etag);
}

void
sb_document_reload (SbDocument *self)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  if (self->state == SB_DOCUMENT_READY)
    sb_document_load (self, NULL);
}

void
sb_document_keep (SbDocument *self)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  if (self->state == SB_DOCUMENT_READY)
    write_text (self, NULL);
}

void
sb_document_look_again (SbDocument *self)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  if (self->state == SB_DOCUMENT_READY)
    sb_client_fetch_file_async (self->client, self->path, self->cancellable, looked_cb, self);
}

#include "config.h"

#include "sb-document.h"

#include <string.h>

#include "sb-error.h"
#include "sb-json-edit.h"
#include "sb-rule-check.h"

/* What is being written: the text, what was there before it, or nothing. */
typedef enum
{
  WRITE_TEXT,
  WRITE_UNDO,
  WRITE_REMOVAL,
} Write;

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
  JsonNode *root;    /* of the text; NULL: not asked for yet, or no JSON */
  Write write;       /* under way */
  char *saving_text; /* NULL: there shall be no such file */
  gboolean may_undo;
  char *undo_text; /* NULL: there was no such file */
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
  SIGNAL_TEXT_EDITED,
  SIGNAL_SAVED,
  SIGNAL_UNDONE,
  SIGNAL_REMOVED,
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

/* What every file must be; of a rule much more is known here. */
static GPtrArray *
check_here (SbDocument *self)
{
  return g_str_has_prefix (self->path, "rule/") ? sb_rule_check (self->text, strlen (self->text))
                                                : sb_file_check (self->text, strlen (self->text));
}

static void
check (SbDocument *self)
{
  stop_checking (self);
  g_clear_pointer (&self->root, json_node_unref);
  take_diagnostics (self, check_here (self));
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
tell_failure (SbDocument *self, const char *message, GPtrArray *problems)
{
  const SbDiagnostic *first = problems != NULL && problems->len > 0 ? problems->pdata[0] : NULL;
  g_autofree char *text = first != NULL && *first->file != '\0'
                              ? g_strdup_printf ("%s: %s", first->file, first->message)
                              : g_strdup (message);

  g_signal_emit (self, signals[SIGNAL_FAILED], 0, text);
}

/* The text of the router is now what was written, and the text before it may come back. */
static void
take_written (SbDocument *self, gint64 generation)
{
  Write write = self->write;
  gboolean was_modified = sb_document_get_modified (self);
  gboolean follow = write == WRITE_UNDO && self->saving_text != NULL && !was_modified;

  g_free (self->undo_text);
  self->undo_text = self->router_text;
  self->may_undo = write != WRITE_UNDO;
  self->router_text = g_steal_pointer (&self->saving_text);
  self->conflict = FALSE;
  if (follow)
    replace_text (self, self->router_text);
  self->verdict = self->diagnostics->len == 0 ? SB_VERDICT_VALID : self->verdict;
  if (self->router_text != NULL)
    /* The answer has no ETag.  Until it is known nothing can be saved, so the state stays. */
    sb_client_fetch_file_async (self->client, self->path, self->cancellable, looked_cb, self);
  else
    {
      self->state = SB_DOCUMENT_READY;
      g_free (self->etag);
      self->etag = g_strdup (SB_CLIENT_NEW_FILE);
    }
  changed (self);
  g_signal_emit (self,
                 signals[write == WRITE_TEXT   ? SIGNAL_SAVED
                         : write == WRITE_UNDO ? SIGNAL_UNDONE
                                               : SIGNAL_REMOVED],
                 0, generation);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  SbDocument *self;
  gint64 generation = 0;

  if (sb_client_write_file_finish (SB_CLIENT (source), result, &generation, &problems, &error))
    {
      take_written (SB_DOCUMENT (user_data), generation);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = SB_DOCUMENT (user_data);
  self->state = SB_DOCUMENT_READY;
  g_clear_pointer (&self->saving_text, g_free);
  if (g_error_matches (error, SB_ERROR, SB_ERROR_CONFLICT) && self->write == WRITE_TEXT)
    self->conflict = TRUE;
  else if (problems == NULL || self->write != WRITE_TEXT)
    tell_failure (self, error->message, problems);
  else
    {
      g_autoptr (GPtrArray) all = g_ptr_array_ref (problems);
      guint n_all = all->len;
      g_autofree char *first = NULL;

      if (n_all > 0)
        {
          const SbDiagnostic *diagnostic = all->pdata[0];

          first = g_strdup_printf ("%s: %s", diagnostic->file, diagnostic->message);
        }
      keep_own (self, problems);
      if (problems->len == 0 && n_all > 0)
        g_signal_emit (self, signals[SIGNAL_FAILED], 0, first);
      else
        take_diagnostics (self, g_steal_pointer (&problems));
    }
  changed (self);
}

/* text: NULL removes the file. */
static void
write_text (SbDocument *self, Write write, const char *text, const char *etag)
{
  g_autoptr (GBytes) bytes = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;

  stop_checking (self);
  self->state = SB_DOCUMENT_SAVING;
  self->write = write;
  g_free (self->saving_text);
  self->saving_text = g_strdup (text);
  if (text != NULL)
    sb_client_write_file_async (self->client, self->path, bytes, etag, SB_WRITE_SAVE,
                                self->cancellable, written_cb, self);
  else
    sb_client_remove_file_async (self->client, self->path, etag, self->cancellable, written_cb,
                                 self);
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
  g_clear_pointer (&self->undo_text, g_free);
  g_clear_pointer (&self->root, json_node_unref);
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
  signals[SIGNAL_TEXT_EDITED] = g_signal_new ("text-edited", SB_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0,
                                              NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_UNDONE] = g_signal_new ("undone", SB_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[SIGNAL_REMOVED] = g_signal_new ("removed", SB_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
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

static void
edit_text (SbDocument *self, char *text)
{
  if (text == NULL || g_str_equal (text, self->text))
    {
      g_free (text);
      return;
    }
  g_free (self->text);
  self->text = text;
  check (self);
  g_signal_emit (self, signals[SIGNAL_TEXT_EDITED], 0);
  changed (self);
}

JsonNode *
sb_document_get_root (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), NULL);

  if (self->root == NULL && sb_file_is_readable (self->text, strlen (self->text)))
    self->root = json_from_string (self->text, NULL);
  return self->root;
}

void
sb_document_set_value (SbDocument *self, const char *pointer, JsonNode *value)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  edit_text (self, sb_json_edit_set (self->text, pointer, value));
}

void
sb_document_remove_value (SbDocument *self, const char *pointer, gboolean prune)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  edit_text (self, sb_json_edit_remove (self->text, pointer, prune));
}

void
sb_document_rename (SbDocument *self, const char *path)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));
  g_return_if_fail (self->router_text == NULL);

  if (g_str_equal (self->path, path))
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  self->conflict = FALSE;
  check (self);
  changed (self);
}

void
sb_document_begin (SbDocument *self, const char *text)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  g_free (self->etag);
  self->etag = g_strdup (SB_CLIENT_NEW_FILE);
  self->state = SB_DOCUMENT_READY;
  replace_text (self, text);
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
    write_text (self, WRITE_TEXT, self->text, self->etag);
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
    write_text (self, WRITE_TEXT, self->text, NULL);
}

void
sb_document_revert (SbDocument *self)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  if (self->state == SB_DOCUMENT_READY && self->router_text != NULL)
    replace_text (self, self->router_text);
  changed (self);
}

gboolean
sb_document_is_new (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), FALSE);

  return self->router_text == NULL;
}

gboolean
sb_document_may_undo (SbDocument *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT (self), FALSE);

  return self->may_undo;
}

void
sb_document_undo (SbDocument *self)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  if (self->may_undo && self->state == SB_DOCUMENT_READY)
    write_text (self, WRITE_UNDO, self->undo_text, self->etag);
}

void
sb_document_remove (SbDocument *self)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  if (self->state == SB_DOCUMENT_READY && self->router_text != NULL)
    write_text (self, WRITE_REMOVAL, NULL, self->etag);
}

void
sb_document_look_again (SbDocument *self)
{
  g_return_if_fail (SB_IS_DOCUMENT (self));

  if (self->state == SB_DOCUMENT_READY)
    sb_client_fetch_file_async (self->client, self->path, self->cancellable, looked_cb, self);
}

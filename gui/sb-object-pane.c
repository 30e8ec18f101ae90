#include "config.h"

#include "sb-object-pane.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-document-view.h"
#include "sb-form.h"
#include "sb-json.h"
#include "sb-settings.h"
#include "sb-spinner.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

#define PAUSE_MS 400 /* without a change, before the router is asked */

/* Documents are kept while they differ from what is in force.  The tables of settings do not change
 * while the router runs, and are kept too. */
struct _SbObjectPane
{
  AdwBin parent_instance;

  SbRouter *router;
  SbDocument *document;
  SbDocument *acted;     /* what undo is about */
  GSignalGroup *signals; /* of the document */
  GHashTable *unsaved;   /* path -> SbDocument */
  GHashTable *tables;    /* kind -> SbSettings */
  char **files;
  GCancellable *cancellable; /* of what the form is made from */

  GtkWidget *stack;
  GtkWidget *state_bin;
  GtkWidget *form_stack;
  GtkWidget *failed_page;
  SbForm *form;
  SbDocumentView *view;
  GtkWidget *bar_revealer;
  GtkWidget *bar_icon;
  GtkWidget *bar_label;
  GtkWidget *revert_button;
  GtkWidget *keep_button;
  GtkWidget *apply_button;
};

enum
{
  SIGNAL_DONE,
  SIGNAL_TOLD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbObjectPane, sb_object_pane, ADW_TYPE_BIN)

/* ---- The form -------------------------------------------------------------------------------- */

static void
show_failure (SbObjectPane *self, const char *message)
{
  g_autofree char *text = g_markup_escape_text (message, -1);

  adw_status_page_set_description (ADW_STATUS_PAGE (self->failed_page), text);
  gtk_stack_set_visible_child_name (GTK_STACK (self->form_stack), "failed");
}

static char *
dup_kind (SbObjectPane *self)
{
  const char *path = sb_document_get_path (self->document);
  const char *slash = strchr (path, '/');

  return slash != NULL ? g_strndup (path, (gsize) (slash - path)) : g_strdup ("router");
}

static void
fill_form (SbObjectPane *self)
{
  g_autofree char *kind = dup_kind (self);
  SbSettings *settings = g_hash_table_lookup (self->tables, kind);

  if (settings == NULL || self->files == NULL)
    return;
  sb_form_set (self->form, self->document, settings, (SbFormChoice){ 0 },
               (const char *const *) self->files);
  gtk_stack_set_visible_child_name (GTK_STACK (self->form_stack), "form");
}

static void
table_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbObjectPane *self;
  SbSettings *settings;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_OBJECT_PANE (user_data);
  if (answer == NULL)
    {
      show_failure (self, error->message);
      return;
    }
  settings = sb_settings_new (answer);
  g_hash_table_insert (self->tables, g_strdup (settings->kind), settings);
  fill_form (self);
}

static void
files_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbObjectPane *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_OBJECT_PANE (user_data);
  if (answer == NULL)
    {
      show_failure (self, error->message);
      return;
    }
  g_strfreev (self->files);
  self->files = sb_json_strings (answer, "files");
  fill_form (self);
}

static void
make_form (SbObjectPane *self)
{
  SbClient *client = sb_router_get_client (self->router);
  g_autofree char *kind = dup_kind (self);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->files, g_strfreev);
  sb_form_set (self->form, NULL, NULL, (SbFormChoice){ 0 }, NULL);
  gtk_stack_set_visible_child_name (GTK_STACK (self->form_stack), "loading");
  sb_client_ask_async (client, "config/files", "", self->cancellable, files_cb, self);
  if (g_hash_table_lookup (self->tables, kind) == NULL)
    {
      g_autofree char *what = g_strconcat ("config/schemas/", kind, NULL);

      sb_client_ask_async (client, what, "", self->cancellable, table_cb, self);
    }
}

/* ---- The bar --------------------------------------------------------------------------------- */

static void
show_bar (SbObjectPane *self, const char *icon, const char *style, const char *text)
{
  static const char *const styles[] = { "success", "error", "warning", "dim-label", NULL };
  g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);

  gtk_image_set_from_icon_name (GTK_IMAGE (self->bar_icon), icon);
  sb_widget_set_style (self->bar_icon, styles, style);
  gtk_label_set_text (GTK_LABEL (self->bar_label), visible);
}

static void
update_bar (SbObjectPane *self)
{
  GPtrArray *diagnostics = sb_document_get_diagnostics (self->document);

  if (sb_document_get_conflict (self->document))
    show_bar (self, "dialog-warning-symbolic", "warning",
              _ ("Somebody else has changed this meanwhile."));
  else if (diagnostics->len > 0)
    {
      const SbDiagnostic *first = diagnostics->pdata[0];
      g_autofree char *text = *first->key != '\0'
                                  ? g_strdup_printf ("%s: %s", first->key, first->message)
                                  : g_strdup (first->message);

      show_bar (self, "sb-dead-symbolic", "error", text);
    }
  else if (sb_document_get_verdict (self->document) == SB_VERDICT_VALID)
    show_bar (self, "sb-done-symbolic", "success", _ ("Valid, not applied yet"));
  else
    show_bar (self, "sb-waiting-symbolic", "dim-label", _ ("Checking…"));
}

static void
remember (SbObjectPane *self)
{
  const char *path = sb_document_get_path (self->document);

  if (sb_document_get_modified (self->document))
    g_hash_table_insert (self->unsaved, g_strdup (path), g_object_ref (self->document));
  else
    g_hash_table_remove (self->unsaved, path);
}

static void
update (SbObjectPane *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  SbDocumentState state = sb_document_get_state (self->document);
  gboolean ready = state == SB_DOCUMENT_READY;
  gboolean modified = sb_document_get_modified (self->document) &&
                      !sb_document_is_new (self->document);
  gboolean conflict = sb_document_get_conflict (self->document);
  gboolean connected = sb_router_get_state (self->router) == SB_ROUTER_CONNECTED;

  if (state == SB_DOCUMENT_FAILED)
    show_failure (self, sb_document_get_error (self->document));
  remember (self);
  update_bar (self);
  gtk_widget_set_visible (self->keep_button, conflict);
  gtk_widget_set_visible (self->apply_button, !conflict);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->bar_revealer), modified || conflict);
  gtk_widget_action_set_enabled (widget, "object.revert", ready);
  gtk_widget_action_set_enabled (widget, "object.keep", ready && conflict && connected);
  gtk_widget_action_set_enabled (widget, "object.apply",
                                 ready && modified && !conflict && connected &&
                                     sb_document_get_diagnostics (self->document)->len == 0);
}

/* ---- What came of it ------------------------------------------------------------------------- */

static void
tell (SbObjectPane *self, guint signal, const char *format, gint64 generation)
{
  g_autofree char *number = sb_words_count (generation);
  g_autoptr (GString) text = g_string_new (format);

  g_string_replace (text, "%s", number, 1);
  sb_router_poke (self->router);
  g_signal_emit (self, signals[signal], 0, text->str);
}

static void
saved_cb (SbObjectPane *self, gint64 generation)
{
  g_set_object (&self->acted, self->document);
  /* Translators: %s is a number */
  tell (self, SIGNAL_DONE, _ ("Applied, generation %s is in force"), generation);
}

static void
removed_cb (SbObjectPane *self, gint64 generation)
{
  g_hash_table_remove (self->unsaved, sb_document_get_path (self->document));
  g_set_object (&self->acted, self->document);
  /* Translators: %s is a number */
  tell (self, SIGNAL_DONE, _ ("Removed, generation %s is in force"), generation);
}

static void
undone_cb (SbObjectPane *self, gint64 generation)
{
  /* Translators: %s is a number */
  tell (self, SIGNAL_TOLD, _ ("Taken back, generation %s is in force"), generation);
}

static void
failed_cb (SbObjectPane *self, const char *message)
{
  g_signal_emit (self, signals[SIGNAL_TOLD], 0, message);
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void
apply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_document_save (SB_OBJECT_PANE (widget)->document);
}

static void
revert_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDocument *document = SB_OBJECT_PANE (widget)->document;

  if (sb_document_get_conflict (document))
    sb_document_reload (document);
  else
    sb_document_revert (document);
}

static void
keep_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_document_keep (SB_OBJECT_PANE (widget)->document);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_object_pane_dispose (GObject *object)
{
  SbObjectPane *self = SB_OBJECT_PANE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->signals);
  g_clear_object (&self->document);
  g_clear_object (&self->acted);
  g_clear_object (&self->router);

  G_OBJECT_CLASS (sb_object_pane_parent_class)->dispose (object);
}

static void
sb_object_pane_finalize (GObject *object)
{
  SbObjectPane *self = SB_OBJECT_PANE (object);

  g_hash_table_unref (self->unsaved);
  g_hash_table_unref (self->tables);
  g_strfreev (self->files);

  G_OBJECT_CLASS (sb_object_pane_parent_class)->finalize (object);
}

static void
sb_object_pane_class_init (SbObjectPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_object_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_object_pane_finalize;

  signals[SIGNAL_DONE] = g_signal_new ("done", SB_TYPE_OBJECT_PANE, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TOLD] = g_signal_new ("told", SB_TYPE_OBJECT_PANE, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (SB_TYPE_FORM);
  g_type_ensure (SB_TYPE_DOCUMENT_VIEW);
  g_type_ensure (SB_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-object-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, stack);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, state_bin);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, form_stack);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, failed_page);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, form);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, view);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, bar_revealer);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, bar_icon);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, bar_label);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, revert_button);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, keep_button);
  gtk_widget_class_bind_template_child (widget_class, SbObjectPane, apply_button);
  gtk_widget_class_install_action (widget_class, "object.apply", NULL, apply_action);
  gtk_widget_class_install_action (widget_class, "object.revert", NULL, revert_action);
  gtk_widget_class_install_action (widget_class, "object.keep", NULL, keep_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "object.apply",
                                       NULL);
}

static void
sb_object_pane_init (SbObjectPane *self)
{
  self->unsaved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) sb_settings_unref);
  self->signals = g_signal_group_new (SB_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->signals, "saved", G_CALLBACK (saved_cb), self);
  g_signal_group_connect_swapped (self->signals, "removed", G_CALLBACK (removed_cb), self);
  g_signal_group_connect_swapped (self->signals, "undone", G_CALLBACK (undone_cb), self);
  g_signal_group_connect_swapped (self->signals, "failed", G_CALLBACK (failed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_document_view_set_name (self->view, _ ("Settings as JSON"));
}

void
sb_object_pane_set_state (SbObjectPane *self, GtkWidget *state)
{
  g_return_if_fail (SB_IS_OBJECT_PANE (self));

  adw_bin_set_child (ADW_BIN (self->state_bin), state);
}

void
sb_object_pane_open (SbObjectPane *self, SbRouter *router, const char *path)
{
  SbDocument *kept;

  g_return_if_fail (SB_IS_OBJECT_PANE (self));

  if (path != NULL && self->document != NULL &&
      g_str_equal (path, sb_document_get_path (self->document)) &&
      !sb_document_is_new (self->document))
    return;
  g_set_object (&self->router, router);
  g_signal_group_set_target (self->signals, NULL);
  sb_document_view_set_document (self->view, NULL);
  sb_form_set (self->form, NULL, NULL, (SbFormChoice){ 0 }, NULL);
  g_clear_object (&self->document);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->bar_revealer), FALSE);
  if (path == NULL)
    return;
  kept = g_hash_table_lookup (self->unsaved, path);
  self->document = kept != NULL ? g_object_ref (kept)
                                : sb_document_new (sb_router_get_client (router), path, PAUSE_MS);
  g_signal_group_set_target (self->signals, self->document);
  sb_document_view_set_document (self->view, self->document);
  make_form (self);
  if (kept == NULL)
    sb_document_load (self->document, NULL);
  else
    update (self);
}

SbDocument *
sb_object_pane_get_document (SbObjectPane *self)
{
  g_return_val_if_fail (SB_IS_OBJECT_PANE (self), NULL);

  return self->document;
}

void
sb_object_pane_look_again (SbObjectPane *self)
{
  g_return_if_fail (SB_IS_OBJECT_PANE (self));

  if (self->document != NULL)
    sb_document_look_again (self->document);
}

void
sb_object_pane_show (SbObjectPane *self, const char *view)
{
  g_return_if_fail (SB_IS_OBJECT_PANE (self));

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), view);
}

void
sb_object_pane_remove (SbObjectPane *self)
{
  g_return_if_fail (SB_IS_OBJECT_PANE (self));

  if (self->document != NULL)
    sb_document_remove (self->document);
}

void
sb_object_pane_undo (SbObjectPane *self)
{
  g_return_if_fail (SB_IS_OBJECT_PANE (self));

  if (self->acted == NULL)
    return;
  /* It may be another one that is looked at by now: what comes of it is told all the same. */
  if (self->acted != self->document)
    {
      g_signal_connect_object (self->acted, "undone", G_CALLBACK (undone_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->acted, "failed", G_CALLBACK (failed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  sb_document_undo (self->acted);
}

void
sb_object_pane_adopt (SbObjectPane *self, SbDocument *document)
{
  g_return_if_fail (SB_IS_OBJECT_PANE (self));

  g_set_object (&self->acted, document);
}

const char *
sb_object_pane_get_unsaved (SbObjectPane *self)
{
  GHashTableIter iter;
  gpointer path;

  g_return_val_if_fail (SB_IS_OBJECT_PANE (self), NULL);

  g_hash_table_iter_init (&iter, self->unsaved);
  return g_hash_table_iter_next (&iter, &path, NULL) ? path : NULL;
}

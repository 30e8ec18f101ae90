#include "config.h"

#include "sb-completion.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-proposals.h"
#include "sb-text.h"

/* ---- A proposal ------------------------------------------------------------------------------ */

#define SB_TYPE_COMPLETION_ITEM (sb_completion_item_get_type ())
G_DECLARE_FINAL_TYPE (SbCompletionItem, sb_completion_item, SB, COMPLETION_ITEM, GObject)

struct _SbCompletionItem
{
  GObject parent_instance;

  char *text;
  char *comment;
  gboolean is_name;
};

static char *
sb_completion_item_get_typed_text (GtkSourceCompletionProposal *proposal)
{
  return g_strdup (SB_COMPLETION_ITEM (proposal)->text);
}

static void
sb_completion_item_proposal_init (GtkSourceCompletionProposalInterface *iface)
{
  iface->get_typed_text = sb_completion_item_get_typed_text;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SbCompletionItem,
                               sb_completion_item,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GTK_SOURCE_TYPE_COMPLETION_PROPOSAL,
                                                      sb_completion_item_proposal_init))

static void
sb_completion_item_finalize (GObject *object)
{
  g_free (SB_COMPLETION_ITEM (object)->text);
  g_free (SB_COMPLETION_ITEM (object)->comment);

  G_OBJECT_CLASS (sb_completion_item_parent_class)->finalize (object);
}

static void
sb_completion_item_class_init (SbCompletionItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_completion_item_finalize;
}

static void
sb_completion_item_init (SbCompletionItem *self)
{
}

/* ---- The provider ---------------------------------------------------------------------------- */

struct _SbCompletion
{
  GObject parent_instance;

  SbFields *fields;
  SbSettings *settings;
  char **files;
};

/* Where the cursor is, and the place in bytes as that counts them. */
static SbJsonPlace *
find_place (GtkSourceCompletionContext *context, GtkTextIter *out_cursor)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (gtk_source_completion_context_get_buffer (context));
  GtkTextIter start;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_mark (buffer, out_cursor, gtk_text_buffer_get_insert (buffer));
  text = gtk_text_buffer_get_text (buffer, &start, out_cursor, TRUE);
  return sb_json_place_new (text, strlen (text));
}

static void
fill (SbCompletion *self, GtkSourceCompletionContext *context, GListStore *store)
{
  GtkTextIter cursor;
  g_autoptr (SbJsonPlace) place = find_place (context, &cursor);
  g_autoptr (GPtrArray) proposals = place != NULL
                                        ? sb_proposals_new (place, self->fields, self->settings,
                                                            (const char *const *) self->files)
                                        : NULL;

  g_list_store_remove_all (store);
  for (guint i = 0; proposals != NULL && i < proposals->len; i++)
    {
      const SbProposal *proposal = proposals->pdata[i];
      g_autoptr (SbCompletionItem) item = g_object_new (SB_TYPE_COMPLETION_ITEM, NULL);

      item->text = g_strdup (proposal->text);
      item->comment = g_strdup (proposal->comment);
      item->is_name = proposal->is_name;
      g_list_store_append (store, item);
    }
}

static char *
sb_completion_get_title (GtkSourceCompletionProvider *provider)
{
  return g_strdup (_ ("What can stand here"));
}

/* A name or text begins, or goes on behind what GtkSourceView takes for its end. */
static gboolean
sb_completion_is_trigger (GtkSourceCompletionProvider *provider,
                          const GtkTextIter *iter,
                          gunichar ch)
{
  return ch == '"' || ch == '-' || ch == '.' || ch == '/' || ch == '$';
}

static void
sb_completion_populate_async (GtkSourceCompletionProvider *provider,
                              GtkSourceCompletionContext *context,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);
  g_autoptr (GListStore) store = g_list_store_new (SB_TYPE_COMPLETION_ITEM);

  fill (SB_COMPLETION (provider), context, store);
  g_task_return_pointer (task, g_steal_pointer (&store), g_object_unref);
}

static GListModel *
sb_completion_populate_finish (GtkSourceCompletionProvider *provider,
                               GAsyncResult *result,
                               GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
sb_completion_refilter (GtkSourceCompletionProvider *provider,
                        GtkSourceCompletionContext *context,
                        GListModel *model)
{
  fill (SB_COMPLETION (provider), context, G_LIST_STORE (model));
}

static void
sb_completion_display (GtkSourceCompletionProvider *provider,
                       GtkSourceCompletionContext *context,
                       GtkSourceCompletionProposal *proposal,
                       GtkSourceCompletionCell *cell)
{
  SbCompletionItem *item = SB_COMPLETION_ITEM (proposal);
  g_autofree char *visible = NULL;

  switch (gtk_source_completion_cell_get_column (cell))
    {
    case GTK_SOURCE_COMPLETION_COLUMN_TYPED_TEXT:
      visible = sb_text_visible (item->text, -1, SB_TEXT_LINE);
      gtk_source_completion_cell_set_text (cell, visible);
      break;
    case GTK_SOURCE_COMPLETION_COLUMN_AFTER:
      gtk_source_completion_cell_set_text (cell, item->comment);
      break;
    case GTK_SOURCE_COMPLETION_COLUMN_ICON:
    case GTK_SOURCE_COMPLETION_COLUMN_BEFORE:
    case GTK_SOURCE_COMPLETION_COLUMN_COMMENT:
    case GTK_SOURCE_COMPLETION_COLUMN_DETAILS:
    default:
      gtk_source_completion_cell_set_text (cell, NULL);
      break;
    }
}

/* What is written of it already goes, with the quote that may stand behind the cursor. */
static void
sb_completion_activate (GtkSourceCompletionProvider *provider,
                        GtkSourceCompletionContext *context,
                        GtkSourceCompletionProposal *proposal)
{
  SbCompletionItem *item = SB_COMPLETION_ITEM (proposal);
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (gtk_source_completion_context_get_buffer (context));
  GtkTextIter start, end;
  g_autoptr (SbJsonPlace) place = find_place (context, &end);
  g_autofree char *text = NULL;
  gboolean colon;

  if (place == NULL)
    return;
  start = end;
  gtk_text_iter_backward_chars (
      &start, (int) (g_utf8_strlen (place->written, -1) + (place->quoted ? 1 : 0)));
  if (place->quoted && gtk_text_iter_get_char (&end) == '"')
    gtk_text_iter_forward_char (&end);
  colon = item->is_name && gtk_text_iter_get_char (&end) != ':';
  text = g_strconcat (item->text, colon ? ": " : "", NULL);
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, text, -1);
  gtk_text_buffer_end_user_action (buffer);
}

static void
sb_completion_provider_init (GtkSourceCompletionProviderInterface *iface)
{
  iface->get_title = sb_completion_get_title;
  iface->is_trigger = sb_completion_is_trigger;
  iface->populate_async = sb_completion_populate_async;
  iface->populate_finish = sb_completion_populate_finish;
  iface->refilter = sb_completion_refilter;
  iface->display = sb_completion_display;
  iface->activate = sb_completion_activate;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SbCompletion,
                               sb_completion,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GTK_SOURCE_TYPE_COMPLETION_PROVIDER,
                                                      sb_completion_provider_init))

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_completion_finalize (GObject *object)
{
  SbCompletion *self = SB_COMPLETION (object);

  g_clear_object (&self->fields);
  g_clear_pointer (&self->settings, sb_settings_unref);
  g_strfreev (self->files);

  G_OBJECT_CLASS (sb_completion_parent_class)->finalize (object);
}

static void
sb_completion_class_init (SbCompletionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_completion_finalize;
}

static void
sb_completion_init (SbCompletion *self)
{
}

SbCompletion *
sb_completion_new (void)
{
  return g_object_new (SB_TYPE_COMPLETION, NULL);
}

void
sb_completion_set_fields (SbCompletion *self, SbFields *fields)
{
  g_return_if_fail (SB_IS_COMPLETION (self));

  g_set_object (&self->fields, fields);
}

void
sb_completion_set_settings (SbCompletion *self, SbSettings *settings, const char *const *files)
{
  g_return_if_fail (SB_IS_COMPLETION (self));

  g_clear_pointer (&self->settings, sb_settings_unref);
  self->settings = settings != NULL ? sb_settings_ref (settings) : NULL;
  g_strfreev (self->files);
  self->files = g_strdupv ((char **) files);
}

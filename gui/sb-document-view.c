#include "config.h"

#include "sb-document-view.h"

#include "sb-json-view.h"

#define MARK "problem"

struct _SbDocumentView
{
  AdwBin parent_instance;

  SbDocument *document;
  GSignalGroup *signals; /* of the document */
  gboolean replacing;    /* the text, by ourselves */
  GtkWidget *view;
};

G_DEFINE_FINAL_TYPE (SbDocumentView, sb_document_view, ADW_TYPE_BIN)

static GtkTextBuffer *
get_buffer (SbDocumentView *self)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
}

/* A diagnostic counts bytes; a line that is shorter by now, or a column within a character, comes
 * to the nearest place there is. */
static void
get_place (SbDocumentView *self, const SbDiagnostic *diagnostic, GtkTextIter *iter)
{
  GtkTextBuffer *buffer = get_buffer (self);
  GtkTextIter line_end;
  int line = MAX ((int) diagnostic->line, 1) - 1;
  int column = MAX ((int) diagnostic->column, 1) - 1;

  gtk_text_buffer_get_iter_at_line (buffer, iter, line);
  line_end = *iter;
  if (!gtk_text_iter_ends_line (&line_end))
    gtk_text_iter_forward_to_line_end (&line_end);
  gtk_text_iter_set_line_index (iter, MIN (column, gtk_text_iter_get_line_index (&line_end)));
}

static void
mark_problems (SbDocumentView *self)
{
  GtkTextBuffer *buffer = get_buffer (self);
  GPtrArray *diagnostics = sb_document_get_diagnostics (self->document);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_tag_by_name (buffer, MARK, &start, &end);
  gtk_source_buffer_remove_source_marks (GTK_SOURCE_BUFFER (buffer), &start, &end, MARK);
  for (guint i = 0; i < diagnostics->len; i++)
    {
      const SbDiagnostic *diagnostic = g_ptr_array_index (diagnostics, i);

      if (diagnostic->line == 0)
        continue;
      get_place (self, diagnostic, &start);
      gtk_source_buffer_create_source_mark (GTK_SOURCE_BUFFER (buffer), NULL, MARK, &start);
      /* From the place to the end of the line, or, at the end, the whole line. */
      end = start;
      if (!gtk_text_iter_ends_line (&end))
        gtk_text_iter_forward_to_line_end (&end);
      else
        gtk_text_iter_set_line_offset (&start, 0);
      gtk_text_buffer_apply_tag_by_name (buffer, MARK, &start, &end);
    }
}

static void
text_replaced_cb (SbDocumentView *self)
{
  GtkTextBuffer *buffer = get_buffer (self);
  GtkTextIter start;

  self->replacing = TRUE;
  /* Undo does not go back behind what the router has. */
  gtk_text_buffer_begin_irreversible_action (buffer);
  gtk_text_buffer_set_text (buffer, sb_document_get_text (self->document), -1);
  gtk_text_buffer_end_irreversible_action (buffer);
  self->replacing = FALSE;
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
}

/* What was changed in a form can be undone in the text as well. */
static void
text_edited_cb (SbDocumentView *self)
{
  GtkTextBuffer *buffer = get_buffer (self);
  GtkTextIter start, end;

  self->replacing = TRUE;
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, sb_document_get_text (self->document), -1);
  gtk_text_buffer_end_user_action (buffer);
  self->replacing = FALSE;
}

static void
buffer_changed_cb (SbDocumentView *self, GtkTextBuffer *buffer)
{
  g_autofree char *text = NULL;
  GtkTextIter start, end;

  if (self->replacing || self->document == NULL)
    return;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  sb_document_set_text (self->document, text);
}

static void
sb_document_view_dispose (GObject *object)
{
  SbDocumentView *self = SB_DOCUMENT_VIEW (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->document);

  G_OBJECT_CLASS (sb_document_view_parent_class)->dispose (object);
}

static void
sb_document_view_class_init (SbDocumentViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_document_view_dispose;
}

static void
set_up_marks (SbDocumentView *self)
{
  const GdkRGBA background = { .9f, .2f, .2f, .14f };
  g_autoptr (GtkSourceMarkAttributes) attributes = gtk_source_mark_attributes_new ();

  gtk_source_mark_attributes_set_background (attributes, &background);
  gtk_source_view_set_mark_attributes (GTK_SOURCE_VIEW (self->view), MARK, attributes, 1);
  gtk_text_buffer_create_tag (get_buffer (self), MARK, "underline", PANGO_UNDERLINE_ERROR, NULL);
}

static void
sb_document_view_init (SbDocumentView *self)
{
  GtkWidget *window = gtk_scrolled_window_new ();

  self->view = g_object_new (SB_TYPE_JSON_VIEW, "show-line-numbers", TRUE, "highlight-current-line",
                             TRUE, "top-margin", 6, "bottom-margin", 48, "left-margin", 6,
                             "right-margin", 6, "wrap-mode", GTK_WRAP_WORD_CHAR, NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), self->view);
  gtk_widget_set_vexpand (window, TRUE);
  adw_bin_set_child (ADW_BIN (self), window);
  set_up_marks (self);
  g_signal_connect_object (get_buffer (self), "changed", G_CALLBACK (buffer_changed_cb), self,
                           G_CONNECT_SWAPPED);
  self->signals = g_signal_group_new (SB_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (mark_problems), self);
  g_signal_group_connect_swapped (self->signals, "text-replaced", G_CALLBACK (text_replaced_cb),
                                  self);
  g_signal_group_connect_swapped (self->signals, "text-edited", G_CALLBACK (text_edited_cb), self);
}

void
sb_document_view_set_document (SbDocumentView *self, SbDocument *document)
{
  g_return_if_fail (SB_IS_DOCUMENT_VIEW (self));

  g_signal_group_set_target (self->signals, document);
  g_set_object (&self->document, document);
  if (document == NULL)
    return;
  text_replaced_cb (self);
  mark_problems (self);
}

void
sb_document_view_set_name (SbDocumentView *self, const char *name)
{
  g_return_if_fail (SB_IS_DOCUMENT_VIEW (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

GtkSourceView *
sb_document_view_get_view (SbDocumentView *self)
{
  g_return_val_if_fail (SB_IS_DOCUMENT_VIEW (self), NULL);

  return GTK_SOURCE_VIEW (self->view);
}

void
sb_document_view_go_to_problem (SbDocumentView *self)
{
  GPtrArray *diagnostics;
  GtkTextIter iter;

  g_return_if_fail (SB_IS_DOCUMENT_VIEW (self));

  if (self->document == NULL)
    return;
  diagnostics = sb_document_get_diagnostics (self->document);
  if (diagnostics->len == 0)
    return;
  get_place (self, g_ptr_array_index (diagnostics, 0), &iter);
  gtk_text_buffer_place_cursor (get_buffer (self), &iter);
  gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (self->view), &iter, .2, FALSE, 0, 0);
  gtk_widget_grab_focus (self->view);
}

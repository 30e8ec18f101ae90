#include "config.h"

#include "sb-json-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sb-text.h"
#include "sb-words.h"

#define MAX_SHOWN_BYTES (256 * 1024) /* a text view with much more is slow to lay out */

struct _SbJsonView
{
  GtkSourceView parent_instance;
};

G_DEFINE_FINAL_TYPE (SbJsonView, sb_json_view, GTK_SOURCE_TYPE_VIEW)

static void
follow_scheme (SbJsonView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleScheme *scheme = gtk_source_style_scheme_manager_get_scheme (
      gtk_source_style_scheme_manager_get_default (), dark ? "Adwaita-dark" : "Adwaita");

  gtk_source_buffer_set_style_scheme (GTK_SOURCE_BUFFER (buffer), scheme);
}

/* Not in init: a source view cannot change its buffer before it is constructed. */
static void
sb_json_view_constructed (GObject *object)
{
  SbJsonView *self = SB_JSON_VIEW (object);
  GtkSourceLanguageManager *languages = gtk_source_language_manager_get_default ();
  g_autoptr (GtkSourceBuffer) buffer = gtk_source_buffer_new_with_language (
      gtk_source_language_manager_get_language (languages, "json"));

  G_OBJECT_CLASS (sb_json_view_parent_class)->constructed (object);

  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self), GTK_TEXT_BUFFER (buffer));
  follow_scheme (self);
}

static void
sb_json_view_class_init (SbJsonViewClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = sb_json_view_constructed;
}

static void
sb_json_view_init (SbJsonView *self)
{
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self), TRUE);
  gtk_source_view_set_tab_width (GTK_SOURCE_VIEW (self), 2);
  gtk_source_view_set_insert_spaces_instead_of_tabs (GTK_SOURCE_VIEW (self), TRUE);
  gtk_source_view_set_auto_indent (GTK_SOURCE_VIEW (self), TRUE);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (follow_scheme), self, G_CONNECT_SWAPPED);
}

void
sb_json_view_show_bytes (SbJsonView *self, GBytes *bytes)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  gsize length = 0, shown;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  g_autofree char *pretty = NULL;
  g_autofree char *visible = NULL;

  g_return_if_fail (SB_IS_JSON_VIEW (self));

  shown = sb_text_cut (data != NULL ? data : "", length, MAX_SHOWN_BYTES);
  pretty = sb_text_pretty_json (data != NULL ? data : "", shown);
  visible = sb_text_visible (pretty, -1, SB_TEXT_BLOCK);
  /* An error in its place is a sentence, and no mistaken JSON. */
  gtk_source_buffer_set_highlight_syntax (GTK_SOURCE_BUFFER (buffer),
                                          *visible == '{' || *visible == '[');
  gtk_text_buffer_set_text (buffer, visible, -1);
  if (shown < length)
    {
      g_autofree char *rest = sb_words_bytes ((gint64) (length - shown));
      g_autofree char *note = g_strdup_printf (_ ("\n… and %s more"), rest);
      GtkTextIter end;

      gtk_text_buffer_get_end_iter (buffer, &end);
      gtk_text_buffer_insert (buffer, &end, note, -1);
    }
}

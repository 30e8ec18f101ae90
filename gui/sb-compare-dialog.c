#include "config.h"

#include "sb-compare-dialog.h"

#include <glib/gi18n.h>

#include "sb-json.h"
#include "sb-line-diff.h"
#include "sb-text.h"
#include "sb-value-row.h"
#include "sb-widget.h"

#define CONTEXT 3
#define WIDTH 760
#define HEIGHT 620

static void
add_tag (GtkTextBuffer *buffer, const char *name, const char *color)
{
  GdkRGBA rgba;

  gdk_rgba_parse (&rgba, color);
  rgba.alpha = 0.22f;
  gtk_text_buffer_create_tag (buffer, name, "paragraph-background-rgba", &rgba, NULL);
}

/* The sign stands before each line, for those who do not see the colour. */
static void
insert_line (GtkTextBuffer *buffer, const SbDiffLine *line)
{
  g_autofree char *visible = sb_text_visible (line->text, -1, SB_TEXT_LINE);
  g_autofree char *text = line->sign == '@' ? g_strdup ("⋯\n")
                                            : g_strdup_printf ("%c %s\n", line->sign, visible);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  if (line->sign == '+' || line->sign == '-')
    gtk_text_buffer_insert_with_tags_by_name (buffer, &end, text, -1,
                                              line->sign == '+' ? "added" : "removed", NULL);
  else
    gtk_text_buffer_insert (buffer, &end, text, -1);
}

static GtkWidget *
new_view (JsonObject *file)
{
  g_autoptr (SbLineDiff) diff = sb_line_diff_new (sb_json_string (file, "in_force"),
                                                  sb_json_string (file, "on_disk"), CONTEXT);
  GtkWidget *view = g_object_new (GTK_TYPE_TEXT_VIEW, "editable", FALSE, "cursor-visible", FALSE,
                                  "monospace", TRUE, "wrap-mode", GTK_WRAP_WORD_CHAR, "top-margin",
                                  9, "bottom-margin", 9, "left-margin", 12, "right-margin", 12,
                                  NULL);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  guint n;
  const SbDiffLine *lines = sb_line_diff_get (diff, &n);

  add_tag (buffer, "added", "#2ec27e");
  add_tag (buffer, "removed", "#e01b24");
  for (guint i = 0; i < n; i++)
    insert_line (buffer, &lines[i]);
  gtk_widget_add_css_class (view, "card");
  gtk_widget_add_css_class (view, "code");
  gtk_widget_set_direction (view, GTK_TEXT_DIR_LTR);
  sb_widget_set_name (view, sb_json_string (file, "file"));
  return view;
}

static const char *
describe (JsonObject *file)
{
  if (json_object_get_null_member (file, "in_force"))
    return _ ("A new file");
  if (json_object_get_null_member (file, "on_disk"))
    return _ ("The file is gone");
  return _ ("− is in force, + is on disk");
}

static void
add_file (AdwPreferencesPage *page, JsonObject *file)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  g_autofree char *visible = sb_text_visible (sb_json_string (file, "file"), -1, SB_TEXT_LINE);
  g_autofree char *title = g_markup_escape_text (visible, -1);

  adw_preferences_group_set_title (group, title);
  adw_preferences_group_set_description (group, describe (file));
  adw_preferences_group_add (group, new_view (file));
  adw_preferences_page_add (page, group);
}

void
sb_compare_dialog_present (GtkWindow *parent, JsonObject *answer)
{
  g_autoptr (GPtrArray) files = sb_json_objects (answer, "files");
  GtkWidget *window = g_object_new (ADW_TYPE_WINDOW, "title",
                                    _ ("Compare"), "transient-for", parent, "modal", TRUE,
                                       "destroy-with-parent", TRUE, "default-width", WIDTH,
                                       "default-height", HEIGHT, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();

  for (guint i = 0; i < files->len; i++)
    add_file (ADW_PREFERENCES_PAGE (page), files->pdata[i]);
  if (files->len == 0)
    {
      AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

      adw_preferences_group_add (
          group, sb_value_row_new_note ("sb-done-symbolic", "success",
                                        _ ("The files are as they are in force"), ""));
      adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), group);
    }
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
}

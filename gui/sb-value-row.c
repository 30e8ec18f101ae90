#include "config.h"

#include "sb-value-row.h"

#include "sb-text.h"
#include "sb-widget.h"

#define VALUE "sb-value"

GtkWidget *
sb_value_row_new (const char *title, const char *subtitle)
{
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", title, "subtitle",
                                            subtitle, NULL);
  GtkWidget *value = g_object_new (GTK_TYPE_LABEL, "selectable", TRUE, "ellipsize",
                                   PANGO_ELLIPSIZE_MIDDLE, "xalign", 1.0, "justify",
                                   GTK_JUSTIFY_RIGHT, "can-focus", FALSE, NULL);

  gtk_widget_add_css_class (value, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), value);
  g_object_set_data (G_OBJECT (row), VALUE, value);
  return row;
}

void
sb_value_row_set (GtkWidget *row, const char *value, const char *style)
{
  static const char *const styles[] = { "dim-label", "success", "warning", "error", NULL };
  GtkWidget *label = g_object_get_data (G_OBJECT (row), VALUE);
  g_autofree char *visible = sb_text_visible (value, -1, SB_TEXT_BLOCK);

  gtk_label_set_text (GTK_LABEL (label), visible);
  gtk_widget_set_tooltip_text (label, visible);
  sb_widget_set_style (label, styles, style);
}

GtkWidget *
sb_value_row_new_note (const char *icon_name,
                       const char *style,
                       const char *title,
                       const char *note)
{
  g_autofree char *visible_title = sb_text_visible (title, -1, SB_TEXT_LINE);
  g_autofree char *visible_note = sb_text_visible (note, -1, SB_TEXT_LINE);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", visible_title, "subtitle",
                                            visible_note, "title-lines", 0, "subtitle-lines", 0,
                                            NULL);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", icon_name, "accessible-role",
                                  GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  if (style != NULL)
    gtk_widget_add_css_class (icon, style);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  return row;
}

GtkWidget *
sb_value_row_new_empty (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_set_margin_top (label, 18);
  gtk_widget_set_margin_bottom (label, 18);
  gtk_widget_add_css_class (label, "dim-label");
  return g_object_new (GTK_TYPE_LIST_BOX_ROW, "activatable", FALSE, "child", label, NULL);
}

void
sb_value_row_add_word (GtkWidget *row, const char *word, const char *tooltip)
{
  GtkWidget *label = gtk_label_new (word);

  gtk_widget_set_tooltip_text (label, tooltip);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_margin_start (label, 6);
  /* Where the window is narrow it gives way. */
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
}

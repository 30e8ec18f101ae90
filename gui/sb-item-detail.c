#include "config.h"

#include "sb-item-detail.h"

#include "sb-text.h"
#include "sb-widget.h"

struct _SbItemDetail
{
  AdwBin parent_instance;

  GtkWidget *box;
  GtkWidget *title;
  GtkWidget *subtitle;
  GtkWidget *icon;
  GtkWidget *state;
  GtkWidget *note;
  GtkWidget *caption;
  GtkWidget *buttons;
  GtkWidget *facts_group;
  GtkWidget *facts_list;
  int n_facts; /* told since the last beginning */
};

G_DEFINE_FINAL_TYPE (SbItemDetail, sb_item_detail, ADW_TYPE_BIN)

static void
sb_item_detail_class_init (SbItemDetailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-item-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, SbItemDetail, box);
  gtk_widget_class_bind_template_child (widget_class, SbItemDetail, title);
  gtk_widget_class_bind_template_child (widget_class, SbItemDetail, subtitle);
  gtk_widget_class_bind_template_child (widget_class, SbItemDetail, icon);
  gtk_widget_class_bind_template_child (widget_class, SbItemDetail, state);
  gtk_widget_class_bind_template_child (widget_class, SbItemDetail, note);
  gtk_widget_class_bind_template_child (widget_class, SbItemDetail, caption);
  gtk_widget_class_bind_template_child (widget_class, SbItemDetail, buttons);
  gtk_widget_class_bind_template_child (widget_class, SbItemDetail, facts_group);
  gtk_widget_class_bind_template_child (widget_class, SbItemDetail, facts_list);
}

static void
sb_item_detail_init (SbItemDetail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_item_detail_set_lines (self, "", "");
}

static void
set_line (GtkWidget *label, const char *text)
{
  g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);
  g_autofree char *shown = sb_text_isolate (visible);

  gtk_label_set_text (GTK_LABEL (label), shown);
  gtk_widget_set_visible (label, *visible != '\0');
}

void
sb_item_detail_add_button (SbItemDetail *self,
                           const char *label,
                           const char *tooltip,
                           const char *action,
                           const char *style)
{
  GtkWidget *button = gtk_button_new ();

  g_return_if_fail (SB_IS_ITEM_DETAIL (self));

  sb_widget_set_button_label (button, label);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  if (style != NULL)
    gtk_widget_add_css_class (button, style);
  g_object_bind_property (button, "sensitive", button, "visible", G_BINDING_DEFAULT);
  gtk_box_append (GTK_BOX (self->buttons), button);
}

void
sb_item_detail_set_title (SbItemDetail *self, const char *title, const char *subtitle)
{
  g_return_if_fail (SB_IS_ITEM_DETAIL (self));

  set_line (self->title, title);
  set_line (self->subtitle, subtitle);
}

void
sb_item_detail_set_state (SbItemDetail *self,
                          const char *icon_name,
                          const char *style,
                          const char *words)
{
  static const char *const styles[] = {
    "accent", "success", "warning", "error", "dim-label", NULL
  };

  g_return_if_fail (SB_IS_ITEM_DETAIL (self));

  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), icon_name);
  sb_widget_set_style (self->icon, styles, style);
  set_line (self->state, words);
}

void
sb_item_detail_set_lines (SbItemDetail *self, const char *note, const char *caption)
{
  g_return_if_fail (SB_IS_ITEM_DETAIL (self));

  set_line (self->note, note);
  set_line (self->caption, caption);
}

void
sb_item_detail_clear_facts (SbItemDetail *self)
{
  g_return_if_fail (SB_IS_ITEM_DETAIL (self));

  sb_widget_clear_list_box (GTK_LIST_BOX (self->facts_list));
  gtk_widget_set_visible (self->facts_group, FALSE);
  self->n_facts = 0;
}

void
sb_item_detail_begin_facts (SbItemDetail *self)
{
  g_return_if_fail (SB_IS_ITEM_DETAIL (self));

  self->n_facts = 0;
}

void
sb_item_detail_end_facts (SbItemDetail *self)
{
  GtkListBoxRow *row;

  g_return_if_fail (SB_IS_ITEM_DETAIL (self));

  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->facts_list), self->n_facts)) !=
         NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->facts_list), GTK_WIDGET (row));
  gtk_widget_set_visible (self->facts_group, self->n_facts > 0);
}

/* A row that is there already is told anew. */
void
sb_item_detail_add_fact (SbItemDetail *self, const char *title, const char *value)
{
  GtkListBoxRow *row;
  g_autofree char *visible = NULL;

  g_return_if_fail (SB_IS_ITEM_DETAIL (self));

  if (*value == '\0')
    return;
  row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->facts_list), self->n_facts++);
  if (row == NULL)
    {
      gtk_list_box_append (GTK_LIST_BOX (self->facts_list),
                           sb_widget_new_property_row (title, value));
      gtk_widget_set_visible (self->facts_group, TRUE);
      return;
    }
  visible = sb_text_visible (value, -1, SB_TEXT_LINE);
  if (g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), title) != 0)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), visible) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), visible);
}

void
sb_item_detail_append (SbItemDetail *self, GtkWidget *child)
{
  g_return_if_fail (SB_IS_ITEM_DETAIL (self));

  gtk_box_append (GTK_BOX (self->box), child);
}

GtkListBox *
sb_item_detail_add_list (SbItemDetail *self, const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *list = gtk_list_box_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  sb_widget_set_name (list, title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), list);
  gtk_box_append (GTK_BOX (self->box), group);
  return GTK_LIST_BOX (list);
}

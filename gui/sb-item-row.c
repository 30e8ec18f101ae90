#include "config.h"

#include "sb-item-row.h"

#include <glib/gi18n.h>

#include "sb-text.h"
#include "sb-widget.h"

struct _SbItemRow
{
  GtkWidget parent_instance;

  SbItemRowFill fill;
  GSignalGroup *signals;
  gint64 now_us;

  GtkWidget *icon;
  GtkWidget *title;
  GtkWidget *end;
  GtkWidget *first;
  GtkWidget *second;
  GtkWidget *bar;
};

G_DEFINE_FINAL_TYPE (SbItemRow, sb_item_row, GTK_TYPE_WIDGET)

static void
changed_cb (SbItemRow *self, SbItem *item)
{
  g_autofree char *name = NULL;

  self->fill (self, item, self->now_us);
  name = g_strjoin (_ (", "), gtk_inscription_get_text (GTK_INSCRIPTION (self->title)),
                       gtk_label_get_label (GTK_LABEL (self->end)),
                       gtk_inscription_get_text (GTK_INSCRIPTION (self->first)), NULL);
  sb_widget_set_row_name (GTK_WIDGET (self), name);
}

static void
sb_item_row_dispose (GObject *object)
{
  SbItemRow *self = SB_ITEM_ROW (object);

  g_clear_object (&self->signals);
  sb_widget_unparent_children (GTK_WIDGET (self));

  G_OBJECT_CLASS (sb_item_row_parent_class)->dispose (object);
}

static void
sb_item_row_class_init (SbItemRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_item_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-item-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SbItemRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SbItemRow, title);
  gtk_widget_class_bind_template_child (widget_class, SbItemRow, end);
  gtk_widget_class_bind_template_child (widget_class, SbItemRow, first);
  gtk_widget_class_bind_template_child (widget_class, SbItemRow, second);
  gtk_widget_class_bind_template_child (widget_class, SbItemRow, bar);
}

static void
sb_item_row_init (SbItemRow *self)
{
  self->now_us = g_get_real_time ();
  self->signals = g_signal_group_new (SB_TYPE_ITEM);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (changed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sb_item_row_new (SbItemRowFill fill)
{
  SbItemRow *self = g_object_new (SB_TYPE_ITEM_ROW, NULL);

  self->fill = fill;
  return GTK_WIDGET (self);
}

void
sb_item_row_set_item (SbItemRow *self, gpointer item)
{
  g_return_if_fail (SB_IS_ITEM_ROW (self));

  g_signal_group_set_target (self->signals, item);
  if (item != NULL)
    changed_cb (self, item);
}

void
sb_item_row_beat (SbItemRow *self, gint64 now_us)
{
  g_autoptr (SbItem) item = g_signal_group_dup_target (self->signals);

  g_return_if_fail (SB_IS_ITEM_ROW (self));

  self->now_us = now_us;
  if (item != NULL)
    self->fill (self, item, now_us);
}

void
sb_item_row_set_icon (SbItemRow *self, const char *icon_name, const char *style)
{
  static const char *const styles[] = {
    "accent", "success", "warning", "error", "dim-label", NULL
  };

  g_return_if_fail (SB_IS_ITEM_ROW (self));

  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), icon_name);
  sb_widget_set_style (self->icon, styles, style);
}

void
sb_item_row_set_title (SbItemRow *self, const char *title)
{
  g_return_if_fail (SB_IS_ITEM_ROW (self));

  sb_widget_set_text (self->title, title);
}

void
sb_item_row_set_end (SbItemRow *self, const char *text, const char *end_style)
{
  static const char *const styles[] = { "dead", "waiting", "plain", "dim-label", NULL };

  g_return_if_fail (SB_IS_ITEM_ROW (self));

  gtk_label_set_label (GTK_LABEL (self->end), text);
  if (end_style != NULL)
    gtk_widget_add_css_class (self->end, "badge");
  else
    gtk_widget_remove_css_class (self->end, "badge");
  sb_widget_set_style (self->end, styles, end_style != NULL ? end_style : "dim-label");
}

void
sb_item_row_set_lines (SbItemRow *self, const char *first, const char *second)
{
  g_return_if_fail (SB_IS_ITEM_ROW (self));

  sb_widget_set_text (self->first, first);
  sb_widget_set_text (self->second, second);
  gtk_widget_set_visible (self->second, *second != '\0');
}

void
sb_item_row_set_fraction (SbItemRow *self, double fraction)
{
  g_return_if_fail (SB_IS_ITEM_ROW (self));

  gtk_widget_set_visible (self->bar, fraction >= 0);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), fraction);
}

#include "config.h"

#include "sb-delivery-row.h"

#include <glib/gi18n.h>

#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

struct _SbDeliveryRow
{
  GtkWidget parent_instance;

  GSignalGroup *signals; /* of the delivery that is shown */

  GtkWidget *icon;
  GtkWidget *title;
  GtkWidget *time;
  GtkWidget *way;
  GtkWidget *cause;
  GtkWidget *attempts;
};

G_DEFINE_FINAL_TYPE (SbDeliveryRow, sb_delivery_row, GTK_TYPE_WIDGET)

static void
show (SbDeliveryRow *self, SbDelivery *delivery)
{
  SbDeliveryState state = sb_delivery_get_state (delivery);
  guint n = sb_delivery_get_attempts (delivery);
  g_autofree char *answer = sb_delivery_dup_answer (delivery);
  g_autofree char *way = g_strdup_printf ("%s → %s", sb_delivery_get_source (delivery),
                                          sb_delivery_get_connector (delivery));
  g_autofree char *attempts = g_strdup_printf (ngettext ("%u attempt", "%u attempts", n), n);
  g_autofree char *time = sb_words_time (sb_delivery_get_changed_us (delivery),
                                         sb_delivery_get_changed_us (delivery));
  g_autofree char *name = g_strjoin (_ (", "), sb_delivery_get_detail_type (delivery), way, answer,
                                        attempts, time, NULL);

  sb_widget_set_row_name (GTK_WIDGET (self), name);
  sb_widget_set_state_icon (self->icon, state);
  sb_widget_set_text (self->title, sb_delivery_get_detail_type (delivery));
  sb_widget_set_text (self->way, way);
  sb_widget_set_text (self->cause, answer);
  gtk_label_set_label (GTK_LABEL (self->attempts), attempts);
}

static void
changed_cb (SbDeliveryRow *self, SbDelivery *delivery)
{
  show (self, delivery);
}

static void
sb_delivery_row_dispose (GObject *object)
{
  SbDeliveryRow *self = SB_DELIVERY_ROW (object);

  g_clear_object (&self->signals);
  sb_widget_unparent_children (GTK_WIDGET (self));

  G_OBJECT_CLASS (sb_delivery_row_parent_class)->dispose (object);
}

static void
sb_delivery_row_class_init (SbDeliveryRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_delivery_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-delivery-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryRow, title);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryRow, time);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryRow, way);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryRow, cause);
  gtk_widget_class_bind_template_child (widget_class, SbDeliveryRow, attempts);
}

static void
sb_delivery_row_init (SbDeliveryRow *self)
{
  self->signals = g_signal_group_new (SB_TYPE_DELIVERY);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (changed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sb_delivery_row_new (void)
{
  return g_object_new (SB_TYPE_DELIVERY_ROW, NULL);
}

void
sb_delivery_row_set_delivery (SbDeliveryRow *self, SbDelivery *delivery)
{
  g_return_if_fail (SB_IS_DELIVERY_ROW (self));

  g_signal_group_set_target (self->signals, delivery);
  if (delivery != NULL)
    show (self, delivery);
}

void
sb_delivery_row_beat (SbDeliveryRow *self, gint64 now_us)
{
  g_autoptr (SbDelivery) delivery = g_signal_group_dup_target (self->signals);
  g_autofree char *text = NULL;

  g_return_if_fail (SB_IS_DELIVERY_ROW (self));

  if (delivery == NULL)
    return;
  if (sb_delivery_get_state (delivery) == SB_DELIVERY_WAITING &&
      sb_delivery_get_due_us (delivery) >= 0)
    text = sb_words_countdown (sb_delivery_get_due_us (delivery), now_us);
  else
    text = sb_words_ago (sb_delivery_get_changed_us (delivery), now_us);
  gtk_label_set_label (GTK_LABEL (self->time), text);
}

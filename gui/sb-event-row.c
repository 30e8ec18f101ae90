#include "config.h"

#include "sb-event-row.h"

#include <glib/gi18n.h>

#include "sb-widget.h"
#include "sb-words.h"

struct _SbEventRow
{
  GtkWidget parent_instance;

  GSignalGroup *signals; /* of the event that is shown */

  GtkWidget *icon;
  GtkWidget *title;
  GtkWidget *time;
  GtkWidget *source;
  GtkWidget *words;
};

G_DEFINE_FINAL_TYPE (SbEventRow, sb_event_row, GTK_TYPE_WIDGET)

static void
show (SbEventRow *self, SbEvent *event)
{
  g_autofree char *words = sb_event_dup_words (event);
  g_autofree char *time = sb_words_time (sb_event_get_received_us (event),
                                         sb_event_get_received_us (event));
  g_autofree char *name = g_strjoin (_ (", "), sb_event_get_detail_type (event),
                                        sb_event_get_source (event), words, time, NULL);

  sb_widget_set_row_name (GTK_WIDGET (self), name);
  sb_widget_set_event_icon (self->icon, event);
  sb_widget_set_text (self->title, sb_event_get_detail_type (event));
  sb_widget_set_text (self->source, sb_event_get_source (event));
  sb_widget_set_text (self->words, words);
}

static void
changed_cb (SbEventRow *self, SbEvent *event)
{
  show (self, event);
}

static void
sb_event_row_dispose (GObject *object)
{
  SbEventRow *self = SB_EVENT_ROW (object);

  g_clear_object (&self->signals);
  sb_widget_unparent_children (GTK_WIDGET (self));

  G_OBJECT_CLASS (sb_event_row_parent_class)->dispose (object);
}

static void
sb_event_row_class_init (SbEventRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_event_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-event-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SbEventRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SbEventRow, title);
  gtk_widget_class_bind_template_child (widget_class, SbEventRow, time);
  gtk_widget_class_bind_template_child (widget_class, SbEventRow, source);
  gtk_widget_class_bind_template_child (widget_class, SbEventRow, words);
}

static void
sb_event_row_init (SbEventRow *self)
{
  self->signals = g_signal_group_new (SB_TYPE_EVENT);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (changed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sb_event_row_new (void)
{
  return g_object_new (SB_TYPE_EVENT_ROW, NULL);
}

void
sb_event_row_set_event (SbEventRow *self, SbEvent *event)
{
  g_return_if_fail (SB_IS_EVENT_ROW (self));

  g_signal_group_set_target (self->signals, event);
  if (event != NULL)
    show (self, event);
}

void
sb_event_row_beat (SbEventRow *self, gint64 now_us)
{
  g_autoptr (SbEvent) event = g_signal_group_dup_target (self->signals);
  g_autofree char *text = NULL;

  g_return_if_fail (SB_IS_EVENT_ROW (self));

  if (event == NULL)
    return;
  text = sb_words_ago (sb_event_get_received_us (event), now_us);
  gtk_label_set_label (GTK_LABEL (self->time), text);
}

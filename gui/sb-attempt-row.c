#include "config.h"

#include "sb-attempt-row.h"

#include <glib/gi18n.h>

#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

/* Not an AdwExpanderRow: that one's inner list and row have no names of their own, and cannot be
 * given any. */
struct _SbAttemptRow
{
  GtkListBoxRow parent_instance;

  GtkWidget *icon;
  GtkWidget *title;
  GtkWidget *subtitle;
  GtkWidget *toggle;
  GtkWidget *revealer;
  GtkWidget *note;
  GtkWidget *response;
};

G_DEFINE_FINAL_TYPE (SbAttemptRow, sb_attempt_row, GTK_TYPE_LIST_BOX_ROW)

static char *
done_by (const SbEntry *entry)
{
  switch (entry->kind)
    {
    case SB_ENTRY_REPLAY:
      return g_strdup_printf (_ ("Replayed by %s"), entry->actor);
    case SB_ENTRY_DISCARD:
      return g_strdup_printf (_ ("Discarded by %s"), entry->actor);
    case SB_ENTRY_RESTORE:
      return g_strdup_printf (_ ("Restored by %s"), entry->actor);
    case SB_ENTRY_RETRY:
      return g_strdup_printf (_ ("Brought forward by %s"), entry->actor);
    case SB_ENTRY_POSTPONE:
      return g_strdup_printf (_ ("Postponed by %s"), entry->actor);
    case SB_ENTRY_GIVE_UP:
    default:
      return g_strdup_printf (_ ("Given up by %s"), entry->actor);
    }
}

static char *
title_of (const SbEntry *entry, const char *connector)
{
  static const char
      *const
          done
              [] = {
                [SB_ENTRY_REPLAY] = N_ ("Replayed"),
                                        [SB_ENTRY_DISCARD] = N_ ("Discarded"),
                                                                 [SB_ENTRY_RESTORE] = N_ ("Restored"),
                                                                                          [SB_ENTRY_RETRY] = N_ ("Brought forward"),
                                                                                                                 [SB_ENTRY_POSTPONE] = N_ ("Postponed"),
                                                                                                                                           [SB_ENTRY_GIVE_UP] = N_ ("Given up by hand"),
                                                                                                                                           };

  if (entry->kind == SB_ENTRY_ATTEMPT)
    return sb_words_answer (connector, entry->outcome, entry->status, entry->error_code);
  return *entry->actor != '\0' ? done_by (entry) : g_strdup (_ (done[entry->kind]));
}

static char *
subtitle_of (const SbEntry *entry, gint64 now_us)
{
  g_autofree char *time = sb_words_time (entry->at_us, now_us);
  g_autofree char *duration = sb_words_duration (entry->duration_us);

  if (entry->kind != SB_ENTRY_ATTEMPT)
    return *entry->reason != '\0' ? g_strdup_printf ("%s · %s", time, entry->reason)
                                  : g_steal_pointer (&time);
  /* Translators: "Attempt 3 · 14:03:07 · took 120 ms" */
  return g_strdup_printf (_ ("Attempt %u · %s · took %s"), entry->attempt, time, duration);
}

static SbDeliveryState
state_of (const SbEntry *entry)
{
  switch (entry->kind)
    {
    case SB_ENTRY_REPLAY:
    case SB_ENTRY_RETRY:
      return SB_DELIVERY_READY;
    case SB_ENTRY_DISCARD:
      return SB_DELIVERY_DISCARDED;
    case SB_ENTRY_POSTPONE:
      return SB_DELIVERY_WAITING;
    case SB_ENTRY_RESTORE:
    case SB_ENTRY_GIVE_UP:
      return SB_DELIVERY_DEAD;
    case SB_ENTRY_ATTEMPT:
    default:
      break;
    }
  if (g_str_equal (entry->outcome, "delivered"))
    return SB_DELIVERY_DONE;
  if (g_str_equal (entry->outcome, "retry") || g_str_equal (entry->outcome, "down"))
    return SB_DELIVERY_WAITING;
  return SB_DELIVERY_DEAD;
}

static void
toggled_cb (SbAttemptRow *self)
{
  gboolean open = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->toggle));

  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), open);
  gtk_button_set_icon_name (GTK_BUTTON (self->toggle),
                            open ? "pan-down-symbolic" : "pan-end-symbolic");
}

static void
toggle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkToggleButton *toggle = GTK_TOGGLE_BUTTON (SB_ATTEMPT_ROW (widget)->toggle);

  gtk_toggle_button_set_active (toggle, !gtk_toggle_button_get_active (toggle));
}

static void
sb_attempt_row_class_init (SbAttemptRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-attempt-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SbAttemptRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SbAttemptRow, title);
  gtk_widget_class_bind_template_child (widget_class, SbAttemptRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, SbAttemptRow, toggle);
  gtk_widget_class_bind_template_child (widget_class, SbAttemptRow, revealer);
  gtk_widget_class_bind_template_child (widget_class, SbAttemptRow, note);
  gtk_widget_class_bind_template_child (widget_class, SbAttemptRow, response);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
  gtk_widget_class_install_action (widget_class, "attempt.toggle", NULL, toggle_action);
}

static void
sb_attempt_row_init (SbAttemptRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_names (SbAttemptRow *self, const SbEntry *entry, const char *title, const char *subtitle)
{
  g_autofree char *name = g_strjoin (_ (", "), title, subtitle, NULL);
  g_autofree char *toggle_name = g_strdup_printf (_ ("Answer to Attempt %u"), entry->attempt);

  sb_widget_set_name (GTK_WIDGET (self), name);
  sb_widget_set_name (self->toggle, toggle_name);
  gtk_widget_set_tooltip_text (self->toggle, toggle_name);
}

GtkWidget *
sb_attempt_row_new (const SbEntry *entry, const char *connector, gint64 now_us)
{
  SbAttemptRow *self = g_object_new (SB_TYPE_ATTEMPT_ROW, NULL);
  gboolean opens = *entry->note != '\0' || *entry->response != '\0';
  g_autofree char *title = title_of (entry, connector);
  g_autofree char *subtitle = subtitle_of (entry, now_us);
  g_autofree char *exact = sb_words_exact_time (entry->at_us);
  g_autofree char *note = sb_text_visible (entry->note, -1, SB_TEXT_LINE);
  g_autofree char *response = sb_text_visible (entry->response, -1, SB_TEXT_BLOCK);

  sb_widget_set_state_icon (self->icon, state_of (entry));
  sb_widget_set_text (self->title, title);
  sb_widget_set_text (self->subtitle, subtitle);
  gtk_widget_set_tooltip_text (self->subtitle, exact);
  gtk_label_set_text (GTK_LABEL (self->note), note);
  gtk_widget_set_visible (self->note, *note != '\0');
  gtk_label_set_text (GTK_LABEL (self->response), response);
  gtk_widget_set_visible (self->response, *response != '\0');
  gtk_widget_set_visible (self->toggle, opens);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), opens);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self), opens ? "attempt.toggle" : NULL);
  set_names (self, entry, title, subtitle);
  return GTK_WIDGET (self);
}

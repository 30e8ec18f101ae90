#include "config.h"

#include "sb-attempt-row.h"

#include <glib/gi18n.h>

#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

static char *
title_of (const SbEntry *entry, const char *connector)
{
  switch (entry->kind)
    {
    case SB_ENTRY_REPLAY:
      return *entry->actor != '\0' ? g_strdup_printf (_ ("Replayed by %s"), entry->actor)
                                   : g_strdup (_ ("Replayed"));
    case SB_ENTRY_DISCARD:
      return *entry->actor != '\0' ? g_strdup_printf (_ ("Discarded by %s"), entry->actor)
                                   : g_strdup (_ ("Discarded"));
    case SB_ENTRY_ATTEMPT:
    default:
      return sb_words_answer (connector, entry->outcome, entry->status, entry->error_code);
    }
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

static GtkWidget *
new_icon (const SbEntry *entry)
{
  GtkWidget *image = gtk_image_new ();

  if (entry->kind == SB_ENTRY_REPLAY)
    sb_widget_set_state_icon (image, SB_DELIVERY_READY);
  else if (entry->kind == SB_ENTRY_DISCARD)
    sb_widget_set_state_icon (image, SB_DELIVERY_DISCARDED);
  else if (g_str_equal (entry->outcome, "delivered"))
    sb_widget_set_state_icon (image, SB_DELIVERY_DONE);
  else if (g_str_equal (entry->outcome, "retry") || g_str_equal (entry->outcome, "down"))
    sb_widget_set_state_icon (image, SB_DELIVERY_WAITING);
  else
    sb_widget_set_state_icon (image, SB_DELIVERY_DEAD);
  gtk_widget_set_tooltip_text (image, sb_words_outcome (entry->outcome));
  return image;
}

/* What opens: the sentence about the attempt and the head of the answer. */
static GtkWidget *
new_answer (const SbEntry *entry)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *note = sb_text_visible (entry->note, -1, SB_TEXT_LINE);
  g_autofree char *response = sb_text_visible (entry->response, -1, SB_TEXT_BLOCK);

  gtk_widget_add_css_class (box, "answer");
  if (*note != '\0')
    {
      GtkWidget *label = gtk_label_new (note);

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_box_append (GTK_BOX (box), label);
    }
  if (*response != '\0')
    {
      GtkWidget *label = gtk_label_new (response);

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_selectable (GTK_LABEL (label), TRUE);
      gtk_widget_add_css_class (label, "monospace");
      gtk_box_append (GTK_BOX (box), label);
    }
  return box;
}

GtkWidget *
sb_attempt_row_new (const SbEntry *entry, const char *connector, gint64 now_us)
{
  gboolean opens = *entry->note != '\0' || *entry->response != '\0';
  g_autofree char *title_text = title_of (entry, connector);
  g_autofree char *title = sb_text_visible (title_text, -1, SB_TEXT_LINE);
  g_autofree char *subtitle_text = subtitle_of (entry, now_us);
  g_autofree char *subtitle = sb_text_visible (subtitle_text, -1, SB_TEXT_LINE);
  g_autofree char *exact = sb_words_exact_time (entry->at_us);
  GtkWidget *row = g_object_new (opens ? ADW_TYPE_EXPANDER_ROW : ADW_TYPE_ACTION_ROW, "use-markup",
                                 FALSE, "title", title, "subtitle", subtitle, "tooltip-text", exact,
                                 NULL);

  if (opens)
    {
      GtkWidget *answer = gtk_list_box_row_new ();

      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (answer), new_answer (entry));
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (answer), FALSE);
      gtk_widget_set_focusable (answer, FALSE);
      adw_expander_row_add_prefix (ADW_EXPANDER_ROW (row), new_icon (entry));
      adw_expander_row_add_row (ADW_EXPANDER_ROW (row), answer);
    }
  else
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), new_icon (entry));
  return row;
}

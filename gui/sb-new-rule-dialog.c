#include "config.h"

#include "sb-new-rule-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "sb-widget.h"

typedef struct
{
  AdwMessageDialog *dialog;
  GtkEditable *bus;
  GtkEditable *name;
} Fields;

gboolean
sb_new_rule_dialog_is_name (const char *name)
{
  gsize length = strlen (name);

  return length >= 1 && length <= 64 && strcmp (name, ".") != 0 && strcmp (name, "..") != 0 &&
         strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-") == length;
}

static void
check_row (GtkEditable *row, gboolean *out_valid)
{
  const char *text = gtk_editable_get_text (row);
  gboolean valid = sb_new_rule_dialog_is_name (text);

  /* Empty is not wrong, only unfinished. */
  if (!valid && *text != '\0')
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  *out_valid = *out_valid && valid;
}

static void
changed_cb (GtkEditable *editable, Fields *fields)
{
  gboolean valid = TRUE;

  check_row (fields->bus, &valid);
  check_row (fields->name, &valid);
  adw_message_dialog_set_response_enabled (fields->dialog, "create", valid);
}

static void
create_cb (AdwMessageDialog *dialog, const char *response, Fields *fields)
{
  g_autofree char *rule = g_strjoin ("/", gtk_editable_get_text (fields->bus),
                                     gtk_editable_get_text (fields->name), NULL);

  gtk_widget_activate_action (GTK_WIDGET (gtk_window_get_transient_for (GTK_WINDOW (dialog))),
                              "win.edit-rule", "s", rule);
}

void
sb_new_rule_dialog_present (GtkWindow *parent)
{
  GtkWidget *dialog = adw_message_dialog_new (
      parent, _ ("New Rule"), _ ("Letters, digits, full stops, hyphens and underscores."));
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *bus = adw_entry_row_new ();
  GtkWidget *name = adw_entry_row_new ();
  Fields *fields = g_new0 (Fields, 1);

  sb_widget_set_group_name (group, _ ("New Rule"));
  fields->dialog = ADW_MESSAGE_DIALOG (dialog);
  fields->bus = GTK_EDITABLE (bus);
  fields->name = GTK_EDITABLE (name);
  g_object_set_data_full (G_OBJECT (dialog), "fields", fields, g_free);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (name), _ ("Name"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (bus), _ ("Bus"));
  gtk_editable_set_text (GTK_EDITABLE (bus), "default");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), name);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), bus);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (name), TRUE);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (bus), TRUE);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), group);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel",
                                    _ ("_Cancel"), "create", _ ("C_ontinue"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "create",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "create", FALSE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "create");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (bus, "changed", G_CALLBACK (changed_cb), fields);
  g_signal_connect (name, "changed", G_CALLBACK (changed_cb), fields);
  g_signal_connect (dialog, "response::create", G_CALLBACK (create_cb), fields);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (name);
}

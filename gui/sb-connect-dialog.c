#include "config.h"

#include "sb-connect-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct
{
  AdwMessageDialog *dialog;
  GtkEditable *place;
  GtkEditable *token;
  SbConnectFunc func;
  gpointer user_data;
} Question;

static void
changed_cb (GtkEditable *editable, Question *question)
{
  const char *text = gtk_editable_get_text (editable);
  g_autoptr (SbAddress) address = sb_address_new_place (text, NULL);

  if (address == NULL && *text != '\0')
    gtk_widget_add_css_class (GTK_WIDGET (editable), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (editable), "error");
  adw_message_dialog_set_response_enabled (question->dialog, "connect", address != NULL);
  /* Over a socket the router knows who asks. */
  gtk_widget_set_sensitive (GTK_WIDGET (question->token),
                            address != NULL && sb_address_get_connectable (address) == NULL);
}

static void
connect_cb (AdwMessageDialog *dialog, const char *response, Question *question)
{
  g_autoptr (SbAddress) address = sb_address_new_place (gtk_editable_get_text (question->place),
                                                        NULL);

  if (address != NULL)
    question->func (address, gtk_editable_get_text (question->token), question->user_data);
}

void
sb_connect_dialog_present (GtkWindow *parent, SbConnectFunc func, gpointer user_data)
{
  GtkWidget *dialog = adw_message_dialog_new (
      parent, _ ("Connect to Another Router"),
                 _ ("A URL such as https://router.example:4610, or the path of a Unix socket. A "
"token is kept in the keyring."));
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *place = adw_entry_row_new ();
  GtkWidget *token = adw_password_entry_row_new ();
  Question *question = g_new0 (Question, 1);

  question->dialog = ADW_MESSAGE_DIALOG (dialog);
  question->place = GTK_EDITABLE (place);
  question->token = GTK_EDITABLE (token);
  question->func = func;
  question->user_data = user_data;
  g_object_set_data_full (G_OBJECT (dialog), "question", question, g_free);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (place), _ ("Address"));
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (place), TRUE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), place);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (token),
                                 _ ("Token, if the router asks for one"));
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (token), TRUE);
  gtk_widget_set_sensitive (token, FALSE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), token);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), group);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel",
                                    _ ("_Cancel"), "connect", _ ("C_onnect"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "connect",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "connect", FALSE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "connect");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (place, "changed", G_CALLBACK (changed_cb), question);
  g_signal_connect (dialog, "response::connect", G_CALLBACK (connect_cb), question);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (place);
}

#include "config.h"

#include "sb-connect-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sb-widget.h"

typedef struct
{
  AdwMessageDialog *dialog;
  GtkEditable *place;
  GtkEditable *token;
  GtkEditable *certificates;
  GtkWidget *warning;
  GtkFileChooserNative *chooser; /* NULL while no file is being chosen */
  SbConnectFunc func;
  gpointer user_data;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (question->chooser));
  g_clear_object (&question->chooser);
  g_free (question);
}

static SbAddress *
dup_address (Question *question)
{
  return sb_address_new_place (gtk_editable_get_text (question->place), NULL);
}

static void
changed_cb (Question *question)
{
  g_autoptr (SbAddress) address = dup_address (question);

  if (address == NULL && *gtk_editable_get_text (question->place) != '\0')
    gtk_widget_add_css_class (GTK_WIDGET (question->place), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (question->place), "error");
  adw_message_dialog_set_response_enabled (question->dialog, "connect", address != NULL);
  /* Over a socket the router knows who asks. */
  gtk_widget_set_sensitive (GTK_WIDGET (question->token),
                            address != NULL && sb_address_get_connectable (address) == NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (question->certificates),
                            address != NULL && sb_address_is_tls (address));
  gtk_widget_set_visible (question->warning, address != NULL && sb_address_is_open (address));
}

static void
chosen_cb (Question *question, int response)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (question->chooser));
  path = file != NULL ? g_file_get_path (file) : NULL;
  if (path != NULL)
    gtk_editable_set_text (question->certificates, path);
  g_clear_object (&question->chooser);
}

static void
choose_cb (Question *question)
{
  g_autoptr (GtkFileFilter) pem = gtk_file_filter_new ();

  if (question->chooser != NULL)
    return;
  question->chooser = gtk_file_chooser_native_new (_ ("Certificates to Trust"),
                                                      GTK_WINDOW (question->dialog),
                                                      GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_file_filter_set_name (pem, _ ("Certificates (PEM)"));
  gtk_file_filter_add_pattern (pem, "*.pem");
  gtk_file_filter_add_pattern (pem, "*.crt");
  gtk_file_filter_add_pattern (pem, "*.cer");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (question->chooser), pem);
  g_signal_connect_swapped (question->chooser, "response", G_CALLBACK (chosen_cb), question);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (question->chooser));
}

static void
connect_cb (Question *question)
{
  g_autoptr (SbAddress) address = dup_address (question);

  if (address == NULL)
    return;
  sb_address_set_certificates (address, gtk_editable_get_text (question->certificates));
  question->func (address, gtk_editable_get_text (question->token), question->user_data);
}

static GtkEditable *
add_row (GtkWidget *group, GtkWidget *row, const char *title, const char *text)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return GTK_EDITABLE (row);
}

/* No AdwPasswordEntryRow: that of libadwaita 1.2 is called by its text when it is gone already, as
 * soon as a key that was typed in it closes the dialog. */
static GtkWidget *
new_secret_row (void)
{
  GtkWidget *row = adw_entry_row_new ();
  GtkText *text = GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (row)));

  gtk_text_set_visibility (text, FALSE);
  gtk_text_set_input_purpose (text, GTK_INPUT_PURPOSE_PASSWORD);
  return row;
}

static GtkWidget *
new_choose_button (Question *question)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("document-open-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  sb_widget_set_tooltip (button, _ ("Choose a File"));
  sb_widget_set_name (button, _ ("Choose a File"));
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (choose_cb), question);
  return button;
}

static GtkWidget *
new_warning (void)
{
  GtkWidget *label = gtk_label_new (
      _ ("Without https:// whoever is on the way can read the token and the events."));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "warning");
  gtk_widget_add_css_class (label, "caption");
  return label;
}

/* The rows of the question, filled with what is known of the connection. */
static GtkWidget *
new_form (Question *question, const SbAddress *address)
{
  GtkWidget *form = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *group = adw_preferences_group_new ();

  sb_widget_set_group_name (group, _ ("Router"));
  question->place = add_row (group, adw_entry_row_new (),
                             _ ("Address"), address != NULL ? sb_address_get_place (address) : "");
  question->token = add_row (group, new_secret_row (), _ ("Token, if the router asks for one"), "");
  question->certificates = add_row (group, adw_entry_row_new (),
                                    _ ("Certificates to trust, not those of this computer"),
                                       address != NULL ? sb_address_get_certificates (address)
                                                       : "");
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (question->certificates), new_choose_button (question));
  question->warning = new_warning ();
  gtk_box_append (GTK_BOX (form), group);
  gtk_box_append (GTK_BOX (form), question->warning);
  return form;
}

void
sb_connect_dialog_present (GtkWindow *parent,
                           const SbAddress *address,
                           SbConnectFunc func,
                           gpointer user_data)
{
  GtkWidget *dialog = adw_message_dialog_new (
      parent, address != NULL
      ? _ ("Connection")
      : _ ("Connect to Another Router"),
           _ ("A URL such as https://router.example:4610, or the path of a Unix socket. A "
"token is kept in the keyring."));
  Question *question = g_new0 (Question, 1);

  question->dialog = ADW_MESSAGE_DIALOG (dialog);
  question->func = func;
  question->user_data = user_data;
  g_object_set_data_full (G_OBJECT (dialog), "question", question, question_free);
  adw_message_dialog_set_extra_child (question->dialog, new_form (question, address));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel",
                                    _ ("_Cancel"), "connect", _ ("C_onnect"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "connect",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "connect");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  changed_cb (question);
  g_signal_connect_swapped (question->place, "changed", G_CALLBACK (changed_cb), question);
  g_signal_connect_swapped (dialog, "response::connect", G_CALLBACK (connect_cb), question);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (GTK_WIDGET (address != NULL ? question->token : question->place));
}

#include "config.h"

#include "sb-new-object-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-form.h"
#include "sb-json.h"
#include "sb-settings.h"
#include "sb-text.h"
#include "sb-widget.h"

#define PAUSE_MS 300 /* without a change, before the router is asked */

/* What one can begin with.  text: of the file at first; settings: the few that are asked for. */
typedef struct
{
  SbNewObject what;
  const char *kind; /* the folder of its file */
  const char *name; /* proposed, or "" */
  const char *icon;
  const char *title;
  const char *subtitle;
  const char *text;
  const char *settings[6];
} Card;

#define SIGNED(preset)                                                                             \
  "{\n  \"Preset\": \"" preset                                                                     \
  "\",\n  \"Signature\": {\n    \"Secrets\": [{ \"Secret\": \"" preset "\" }]\n  }\n}\n"

/* clang-format off */
static const Card cards[] = {
  { SB_NEW_CONNECTOR, "webhook", "", "sb-webhook-symbolic", N_("Webhook"),
    N_("An HTTP request to a URL"), "{\n  \"Url\": \"\"\n}\n",
    { "Description", "Url", "Method", "Auth", "AllowAddresses" } },
  { SB_NEW_CONNECTOR, "email", "", "mail-unread-symbolic", N_("Email"),
    N_("A mail to somebody"), "{\n  \"To\": []\n}\n",
    { "To", "Subject", "From", "Smtp", "Outbox" } },
  { SB_NEW_CONNECTOR, "file", "", "text-x-generic-symbolic", N_("File"),
    N_("A line, or a file, on the router's disk"), "{\n  \"Path\": \"events.jsonl\"\n}\n",
    { "Description", "Path", "Form" } },
  { SB_NEW_CONNECTOR, "queue", "", "view-list-symbolic", N_("Queue"),
    N_("Waits until a program fetches it"), "{\n}\n",
    { "Description", "FifoQueue", "VisibilityTimeout" } },
  { SB_NEW_CONNECTOR, "exec", "", "utilities-terminal-symbolic", N_("Program"),
    N_("A command on the router's machine"), "{\n  \"Command\": []\n}\n",
    { "Description", "Command", "TimeoutSeconds" } },
  { SB_NEW_CONNECTOR, "sms", "", "phone-symbolic", N_("SMS"),
    N_("A text message by a gateway"), "{\n  \"To\": []\n}\n",
    { "To", "Text", "Gateway", "Outbox" } },
  { SB_NEW_CONNECTOR, "bus", "", "sb-bus-symbolic", N_("Bus"),
    N_("Rules of another event bus"), "{\n}\n", { "Description" } },
  { SB_NEW_CONNECTOR, "log", "", "network-server-symbolic", N_("Log"),
    N_("A line in the router's log"), "{\n}\n", { "Description", "Level" } },

  { SB_NEW_SOURCE, "source", "", "sb-source-symbolic", N_("Any Webhook"),
    N_("JSON that anybody posts"), "{\n}\n",
    { "Description", "DetailType", "Auth", "Signature" } },
  { SB_NEW_SOURCE, "source", "github", "sb-source-symbolic", "GitHub",
    N_("Pushes, issues, releases"), SIGNED ("github"), { "Description", "Signature" } },
  { SB_NEW_SOURCE, "source", "gitlab", "sb-source-symbolic", "GitLab",
    N_("Pushes, pipelines, issues"), SIGNED ("gitlab"), { "Description", "Signature" } },
  { SB_NEW_SOURCE, "source", "stripe", "sb-source-symbolic", "Stripe",
    N_("Payments and invoices"), SIGNED ("stripe"), { "Description", "Signature" } },
  { SB_NEW_SOURCE, "source", "slack", "sb-source-symbolic", "Slack",
    N_("Messages and commands"), SIGNED ("slack"), { "Description", "Signature" } },
  { SB_NEW_SOURCE, "source", "shopify", "sb-source-symbolic", "Shopify",
    N_("Orders and products"), SIGNED ("shopify"), { "Description", "Signature" } },
  { SB_NEW_SOURCE, "source", "svix", "sb-source-symbolic", "Svix",
    N_("Whatever is sent by Svix"), SIGNED ("svix"), { "Description", "Signature" } },
  { SB_NEW_SOURCE, "source", "hookdeck", "sb-source-symbolic", "Hookdeck",
    N_("Whatever is sent by Hookdeck"), SIGNED ("hookdeck"), { "Description", "Signature" } },
  { SB_NEW_SOURCE, "source", "twilio", "sb-source-symbolic", "Twilio",
    N_("Messages and calls"),
    "{\n  \"Preset\": \"twilio\",\n  \"Signature\": {\n    \"PublicUrl\": \"\",\n"
    "    \"Secrets\": [{ \"Secret\": \"twilio\" }]\n  }\n}\n",
    { "Description", "Signature" } },
  { SB_NEW_SOURCE, "source", "partner", "sb-source-symbolic", "Standard Webhooks",
    N_("Senders that sign by this standard"),
    "{\n  \"Preset\": \"standard-webhooks\",\n  \"Signature\": {\n"
    "    \"Secrets\": [{ \"Secret\": \"partner\" }]\n  }\n}\n",
    { "Description", "Signature" } },
  { SB_NEW_SOURCE, "source", "", "sb-source-symbolic", "CloudEvents",
    N_("Events of the CNCF's format"), "{\n  \"Preset\": \"cloudevents\"\n}\n",
    { "Description", "Auth" } },
  { SB_NEW_SOURCE, "source", "", "sb-waiting-symbolic", N_("Schedule"),
    N_("The router makes an event by the clock"),
    "{\n  \"DetailType\": \"tick\",\n  \"Schedule\": {\n"
    "    \"Expression\": \"rate(5 minutes)\"\n  }\n}\n",
    { "Description", "DetailType", "Schedule" } },
  { SB_NEW_SOURCE, "source", "", "folder-symbolic", N_("Folder"),
    N_("Files that are put into a folder"),
    "{\n  \"Folder\": {\n    \"Path\": \"inbox\"\n  }\n}\n",
    { "Description", "DetailType", "Folder" } },
};
/* clang-format on */

struct _SbNewObjectDialog
{
  AdwWindow parent_instance;

  SbRouter *router;
  SbNewObject what;
  const Card *card;
  SbDocument *document;
  GSignalGroup *signals; /* of the document */
  SbSettings *settings;
  char **files;
  gboolean named;  /* by the user */
  gboolean naming; /* by ourselves */
  GCancellable *cancellable;

  GtkWidget *stack;
  GtkWidget *card_box;
  GtkWidget *heading;
  GtkWidget *back_button;
  GtkWidget *create_button;
  GtkWidget *name_row;
  GtkWidget *path_label;
  SbForm *form;
  GtkWidget *verdict_icon;
  GtkWidget *verdict;
};

enum
{
  SIGNAL_CREATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbNewObjectDialog, sb_new_object_dialog, ADW_TYPE_WINDOW)

/* Names of products are not translated. */
static const char *
words (const char *text)
{
  return _ (text);
}

/* ---- The second step ------------------------------------------------------------------------- */

static void
show_verdict (SbNewObjectDialog *self, const char *icon, const char *style, const char *text)
{
  static const char *const styles[] = { "success", "error", "dim-label", NULL };
  g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);

  gtk_image_set_from_icon_name (GTK_IMAGE (self->verdict_icon), icon);
  sb_widget_set_style (self->verdict_icon, styles, style);
  gtk_label_set_text (GTK_LABEL (self->verdict), visible);
}

static void
update (SbNewObjectDialog *self)
{
  GPtrArray *diagnostics = sb_document_get_diagnostics (self->document);
  gboolean named = *gtk_editable_get_text (GTK_EDITABLE (self->name_row)) != '\0';
  gboolean conflict = sb_document_get_conflict (self->document);

  if (!named)
    show_verdict (self, "sb-waiting-symbolic", "dim-label", _ ("It needs a name"));
  else if (conflict)
    show_verdict (self, "sb-dead-symbolic", "error", _ ("There is one of this name already"));
  else if (diagnostics->len > 0)
    {
      const SbDiagnostic *first = diagnostics->pdata[0];
      g_autofree char *text = *first->key != '\0'
                                  ? g_strdup_printf ("%s: %s", first->key, first->message)
                                  : g_strdup (first->message);

      show_verdict (self, "sb-dead-symbolic", "error", text);
    }
  else if (sb_document_get_verdict (self->document) == SB_VERDICT_VALID)
    show_verdict (self, "sb-done-symbolic", "success", _ ("Ready to be created"));
  else
    show_verdict (self, "sb-waiting-symbolic", "dim-label", _ ("Checking…"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "new.create",
                                 named && !conflict && diagnostics->len == 0 &&
                                     sb_document_get_state (self->document) == SB_DOCUMENT_READY);
}

/* What cannot stand in a file's name becomes a hyphen. */
static char *
dup_path (SbNewObjectDialog *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->name_row));
  g_autofree char *name = g_ascii_strdown (*text != '\0' ? text : "new", -1);

  g_strstrip (name);
  g_strcanon (name, "abcdefghijklmnopqrstuvwxyz0123456789-_.", '-');
  return g_strdup_printf ("%s/%s.json", self->card->kind, name);
}

static void
name_changed_cb (SbNewObjectDialog *self)
{
  g_autofree char *path = NULL;

  if (self->document == NULL)
    return;
  if (!self->naming)
    self->named = TRUE;
  path = dup_path (self);
  gtk_label_set_text (GTK_LABEL (self->path_label), path);
  sb_document_rename (self->document, path);
  update (self);
}

static void
saved_cb (SbNewObjectDialog *self)
{
  g_signal_emit (self, signals[SIGNAL_CREATED], 0, self->document);
  gtk_window_close (GTK_WINDOW (self));
}

static void
failed_cb (SbNewObjectDialog *self, const char *message)
{
  show_verdict (self, "sb-dead-symbolic", "error", message);
}

static void
fill_form (SbNewObjectDialog *self)
{
  SbFormChoice choice = { .only = self->card->settings };

  if (self->settings == NULL || self->files == NULL)
    return;
  sb_form_set (self->form, self->document, self->settings, choice,
               (const char *const *) self->files);
}

static void
table_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbNewObjectDialog *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    {
      show_verdict (self, "sb-dead-symbolic", "error", error->message);
      return;
    }
  g_clear_pointer (&self->settings, sb_settings_unref);
  self->settings = sb_settings_new (answer);
  fill_form (self);
}

static void
files_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbNewObjectDialog *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_strfreev (self->files);
  self->files = sb_json_strings (answer, "files");
  if (self->card != NULL)
    fill_form (self);
}

static void
take_card (SbNewObjectDialog *self, const Card *card)
{
  SbClient *client = sb_router_get_client (self->router);
  g_autofree char *what = g_strconcat ("config/schemas/", card->kind, NULL);
  g_autofree char *path = NULL;

  self->card = card;
  self->naming = TRUE;
  g_clear_object (&self->document);
  if (!self->named)
    gtk_editable_set_text (GTK_EDITABLE (self->name_row), card->name);
  self->naming = FALSE;
  path = dup_path (self);
  self->document = sb_document_new (client, path, PAUSE_MS);
  g_signal_group_set_target (self->signals, self->document);
  sb_document_begin (self->document, card->text);
  gtk_label_set_text (GTK_LABEL (self->path_label), path);

  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->heading), words (card->title));
  sb_form_set (self->form, NULL, NULL, (SbFormChoice){ 0 }, NULL);
  g_clear_pointer (&self->settings, sb_settings_unref);
  sb_client_ask_async (client, what, "", self->cancellable, table_cb, self);
  gtk_widget_set_visible (self->back_button, TRUE);
  gtk_widget_set_visible (self->create_button, TRUE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "form");
  gtk_widget_grab_focus (self->name_row);
  update (self);
}

/* ---- The first step -------------------------------------------------------------------------- */

static void
card_cb (GtkButton *button, SbNewObjectDialog *self)
{
  take_card (self, g_object_get_data (G_OBJECT (button), "card"));
}

static GtkWidget *
new_line (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, style);
  return label;
}

static void
add_card (SbNewObjectDialog *self, const Card *card)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *icon = gtk_image_new_from_icon_name (card->icon);

  gtk_image_set_icon_size (GTK_IMAGE (icon), GTK_ICON_SIZE_LARGE);
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_box_append (GTK_BOX (lines), new_line (words (card->title), "heading"));
  gtk_box_append (GTK_BOX (lines), new_line (words (card->subtitle), "dim-label"));
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), lines);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "card");
  gtk_widget_add_css_class (button, "kind-card");
  sb_widget_set_name (button, words (card->title));
  g_object_set_data (G_OBJECT (button), "card", (gpointer) card);
  g_signal_connect_object (button, "clicked", G_CALLBACK (card_cb), self, 0);
  gtk_flow_box_append (GTK_FLOW_BOX (self->card_box), button);
  /* The keyboard goes from button to button, not by way of what the box puts around them. */
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
create_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_document_save (SB_NEW_OBJECT_DIALOG (widget)->document);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbNewObjectDialog *self = SB_NEW_OBJECT_DIALOG (widget);

  gtk_widget_set_visible (self->back_button, FALSE);
  gtk_widget_set_visible (self->create_button, FALSE);
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->heading), NULL);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "cards");
  gtk_widget_child_focus (self->card_box, GTK_DIR_TAB_FORWARD);
}

static void
sb_new_object_dialog_dispose (GObject *object)
{
  SbNewObjectDialog *self = SB_NEW_OBJECT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->signals);
  g_clear_object (&self->document);
  g_clear_object (&self->router);

  G_OBJECT_CLASS (sb_new_object_dialog_parent_class)->dispose (object);
}

static void
sb_new_object_dialog_finalize (GObject *object)
{
  SbNewObjectDialog *self = SB_NEW_OBJECT_DIALOG (object);

  g_clear_pointer (&self->settings, sb_settings_unref);
  g_strfreev (self->files);

  G_OBJECT_CLASS (sb_new_object_dialog_parent_class)->finalize (object);
}

static void
sb_new_object_dialog_class_init (SbNewObjectDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_new_object_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_new_object_dialog_finalize;
  signals[SIGNAL_CREATED] = g_signal_new ("created", SB_TYPE_NEW_OBJECT_DIALOG, G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, SB_TYPE_DOCUMENT);

  g_type_ensure (SB_TYPE_FORM);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/signalbox/Signalbox/ui/sb-new-object-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SbNewObjectDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SbNewObjectDialog, card_box);
  gtk_widget_class_bind_template_child (widget_class, SbNewObjectDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, SbNewObjectDialog, back_button);
  gtk_widget_class_bind_template_child (widget_class, SbNewObjectDialog, create_button);
  gtk_widget_class_bind_template_child (widget_class, SbNewObjectDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, SbNewObjectDialog, path_label);
  gtk_widget_class_bind_template_child (widget_class, SbNewObjectDialog, form);
  gtk_widget_class_bind_template_child (widget_class, SbNewObjectDialog, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, SbNewObjectDialog, verdict);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
  gtk_widget_class_install_action (widget_class, "new.create", NULL, create_action);
  gtk_widget_class_install_action (widget_class, "new.back", NULL, back_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "new.create",
                                       NULL);
}

static void
sb_new_object_dialog_init (SbNewObjectDialog *self)
{
  self->cancellable = g_cancellable_new ();
  self->signals = g_signal_group_new (SB_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->signals, "saved", G_CALLBACK (saved_cb), self);
  g_signal_group_connect_swapped (self->signals, "failed", G_CALLBACK (failed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

SbNewObjectDialog *
sb_new_object_dialog_new (GtkWindow *parent, SbRouter *router, SbNewObject what)
{
  SbNewObjectDialog *self = g_object_new (SB_TYPE_NEW_OBJECT_DIALOG, "transient-for", parent, NULL);
  const char *title = what == SB_NEW_SOURCE ? _ ("New Source") : _ ("New Connector");

  self->router = g_object_ref (router);
  self->what = what;
  gtk_window_set_title (GTK_WINDOW (self), title);
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->heading), title);
  for (guint i = 0; i < G_N_ELEMENTS (cards); i++)
    if (cards[i].what == what)
      add_card (self, &cards[i]);
  sb_client_ask_async (sb_router_get_client (router), "config/files", "", self->cancellable,
                       files_cb, self);
  return self;
}

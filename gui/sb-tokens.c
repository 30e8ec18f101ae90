#include "config.h"

#include "sb-tokens.h"

#include <glib/gi18n.h>

#include "sb-answer.h"
#include "sb-json.h"
#include "sb-text.h"
#include "sb-value-row.h"
#include "sb-widget.h"
#include "sb-words.h"

/* A token is said once, by the answer that made it: it is in the dialog that shows it and nowhere
 * else.  Revoked and expired ones stay in the list, dim: the audit log speaks of them. */
struct _SbTokens
{
  AdwPreferencesGroup parent_instance;

  SbPage *page; /* that it is part of */
  SbAnswer *tokens;

  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (SbTokens, sb_tokens, ADW_TYPE_PREFERENCES_GROUP)

/* In the order of the drop-downs. */
static const struct
{
  const char *name, *words;
} roles[] = {
  { "viewer", N_ ("Viewer: looks") },
    { "operator", N_ ("Operator: sends events, replays, pauses") },
      { "editor", N_ ("Editor: also changes the configuration") },
        { "admin", N_ ("Administrator: also tokens and backups") },
      };

static const struct
{
  const char *words;
  gint64 seconds; /* 0: never */
} times[] = {
  { N_ ("In 30 days"), 30 * 86400 }, { N_ ("In 90 days"), 90 * 86400 },
                                       { N_ ("In a year"), 365 * 86400 }, { N_ ("Never"), 0 },
                                       };

static SbClient *
get_client (SbTokens *self)
{
  return sb_router_get_client (sb_page_get_router (self->page));
}

/* ---- Answers --------------------------------------------------------------------------------- */

static void
copy_clicked_cb (GtkWidget *button)
{
  const char *token = g_object_get_data (G_OBJECT (button), "token");

  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), token);
  gtk_button_set_label (GTK_BUTTON (button), _ ("Copied"));
}

static void
show_token (SbTokens *self, const char *name, const char *token)
{
  g_autofree char *visible = sb_text_visible (name, -1, SB_TEXT_LINE);
  g_autofree char *heading = g_strdup_printf (_ ("Token %s"), visible);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), heading,
      _ ("Keep it where only its user can read it: the router knows no more than its fingerprint, "
         "and nobody can show it again."));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", token, "selectable", TRUE, "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_CHAR, "max-width-chars", 40, NULL);
  GtkWidget *button = gtk_button_new_with_label (_ ("Copy"));

  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (button), "token", g_strdup (token), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (copy_clicked_cb), NULL);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), box);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbTokens *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    sb_page_toast (self->page, error->message);
  else if (*sb_json_string (answer, "token") != '\0')
    show_token (self, sb_json_string (answer, "name"), sb_json_string (answer, "token"));
  sb_tokens_refresh (self);
}

/* ---- Revoking -------------------------------------------------------------------------------- */

static void
revoke_cb (SbTokens *self, const char *response, AdwMessageDialog *dialog)
{
  const char *id = g_object_get_data (G_OBJECT (dialog), "id");
  g_autofree char *what = g_strconcat ("tokens/", id, NULL);

  if (g_str_equal (response, "revoke"))
    sb_client_delete_async (get_client (self), what, sb_page_get_cancellable (self->page),
                            answered_cb, self);
}

/* It cannot be taken back, and whoever uses it is locked out. */
static void
revoke_clicked_cb (SbTokens *self, GtkWidget *button)
{
  const char *name = g_object_get_data (G_OBJECT (button), "name");
  g_autofree char *visible = sb_text_visible (name, -1, SB_TEXT_LINE);
  g_autofree char *heading = g_strdup_printf (_ ("Revoke %s?"), visible);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), heading,
      _ ("Whoever uses this token is turned away from now on. A revoked token stays revoked."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel",
                                    _ ("_Cancel"), "revoke", _ ("_Revoke"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "revoke",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "id",
                          g_strdup (g_object_get_data (G_OBJECT (button), "id")), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (revoke_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- The list -------------------------------------------------------------------------------- */

static const char *
role_words (const char *role)
{
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_str_equal (roles[i].name, role))
      return _ (roles[i].words);
  return role;
}

static char *
state_words (JsonObject *token, gint64 now_us)
{
  const char *state = sb_json_string (token, "state");
  gint64 expires_us = sb_json_time_us (token, "expires");
  g_autofree char *left = sb_words_countdown (expires_us, now_us);
  g_autofree char *revoked = sb_words_ago (sb_json_time_us (token, "revoked"), now_us);

  if (g_str_equal (state, "revoked"))
    /* Translators: of a token: "revoked 3 min ago" */
    return g_strdup_printf (C_ ("token", "revoked %s"), revoked);
  if (g_str_equal (state, "expired"))
    return g_strdup (C_ ("token", "expired"));
  if (expires_us <= 0)
    return g_strdup (_ ("never expires"));
  /* Translators: of a token: "expires in 5 days" */
  return g_strdup_printf (C_ ("token", "expires %s"), left);
}

static void
add_revoke_button (SbTokens *self, GtkWidget *row, JsonObject *token)
{
  const char *name = sb_json_string (token, "name");
  GtkWidget *button = g_object_new (GTK_TYPE_BUTTON, "icon-name", "user-trash-symbolic", "valign",
                                    GTK_ALIGN_CENTER, NULL);
  g_autofree char *visible = sb_text_visible (name, -1, SB_TEXT_LINE);
  g_autofree char *words = g_strdup_printf (_ ("Revoke token %s"), visible);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, words);
  sb_widget_set_name (button, words);
  g_object_set_data_full (G_OBJECT (button), "name", g_strdup (name), g_free);
  g_object_set_data_full (G_OBJECT (button), "id",
                          g_strdup_printf ("%" G_GINT64_FORMAT, sb_json_int (token, "id")), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (revoke_clicked_cb), self,
                           G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static GtkWidget *
new_row (SbTokens *self, JsonObject *token, gint64 now_us)
{
  gboolean valid = g_str_equal (sb_json_string (token, "state"), "valid");
  const char *role = role_words (sb_json_string (token, "role"));
  g_autofree char *by = sb_text_visible (sb_json_string (token, "by"), -1, SB_TEXT_LINE);
  g_autofree char *made = sb_words_time (sb_json_time_us (token, "created"), now_us);
  g_autofree char *state = state_words (token, now_us);
  /* Translators: of a token: what it may do, until when, who made it, when */
  g_autofree char *note = g_strdup_printf (_ ("%s · %s · made by %s, %s"), role, state, by, made);
  GtkWidget *row = sb_value_row_new_note ("dialog-password-symbolic",
                                          valid ? "accent" : "dim-label",
                                          sb_json_string (token, "name"), note);

  if (valid)
    add_revoke_button (self, row, token);
  return row;
}

static void
changed_cb (SbTokens *self)
{
  JsonObject *answer = sb_answer_get (self->tokens);
  const char *error = sb_answer_get_error (self->tokens);
  g_autoptr (GPtrArray) tokens = sb_json_objects (answer, "tokens");
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (self->page));

  sb_widget_clear_list_box (self->list);
  for (guint i = 0; i < tokens->len; i++)
    gtk_list_box_append (self->list, new_row (self, tokens->pdata[i], now_us));
  /* A token that is no administrator's may not see the others. */
  if (answer == NULL && error != NULL)
    gtk_list_box_append (self->list,
                         sb_value_row_new_note ("dialog-warning-symbolic", "warning",
                                                _ ("The tokens cannot be shown"), error));
  else if (tokens->len == 0)
    gtk_list_box_append (
        self->list,
        sb_value_row_new_empty (_ ("Nobody needs a token yet: the router trusts its machine")));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tokens.new", answer != NULL);
}

/* ---- Making one ------------------------------------------------------------------------------ */

typedef struct
{
  GtkEditable *name;
  AdwComboRow *role, *expires;
} Order;

static void
make_cb (SbTokens *self, const char *response, AdwMessageDialog *dialog)
{
  Order *order = g_object_get_data (G_OBJECT (dialog), "order");
  g_autoptr (JsonObject) body = json_object_new ();
  guint role = adw_combo_row_get_selected (order->role);
  guint expires = adw_combo_row_get_selected (order->expires);

  if (!g_str_equal (response, "make"))
    return;
  json_object_set_string_member (body, "name", gtk_editable_get_text (order->name));
  json_object_set_string_member (body, "role", roles[MIN (role, G_N_ELEMENTS (roles) - 1)].name);
  expires = MIN (expires, G_N_ELEMENTS (times) - 1);
  if (times[expires].seconds > 0)
    json_object_set_int_member (body, "expires_in_seconds", times[expires].seconds);
  sb_client_act_async (get_client (self), "tokens", body, sb_page_get_cancellable (self->page),
                       answered_cb, self);
}

static void
name_changed_cb (AdwMessageDialog *dialog, GtkEditable *name)
{
  adw_message_dialog_set_response_enabled (dialog, "make", *gtk_editable_get_text (name) != '\0');
}

static AdwComboRow *
add_combo (GtkListBox *list, const char *title, const char *const *words)
{
  g_autoptr (GtkStringList) model = gtk_string_list_new (words);
  GtkWidget *row = g_object_new (ADW_TYPE_COMBO_ROW, "title", title, "model", model, "use-subtitle",
                                 TRUE, NULL);

  gtk_list_box_append (list, row);
  return ADW_COMBO_ROW (row);
}

static GtkWidget *
new_form (Order *order)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *name = adw_entry_row_new ();
  const char *role_names[G_N_ELEMENTS (roles) + 1] = { NULL };
  const char *time_names[G_N_ELEMENTS (times) + 1] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    role_names[i] = _ (roles[i].words);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    time_names[i] = _ (times[i].words);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_size_request (list, 360, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (name), _ ("Name"));
  gtk_list_box_append (GTK_LIST_BOX (list), name);
  order->name = GTK_EDITABLE (name);
  order->role = add_combo (GTK_LIST_BOX (list), _ ("Role"), role_names);
  order->expires = add_combo (GTK_LIST_BOX (list), _ ("Expires"), time_names);
  adw_combo_row_set_selected (order->role, 1);
  return list;
}

static void
new_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbTokens *self = SB_TOKENS (widget);
  Order *order = g_new0 (Order, 1);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("New Token"), NULL));

  g_object_set_data_full (G_OBJECT (dialog), "order", order, g_free);
  adw_message_dialog_set_extra_child (dialog, new_form (order));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "make", _ ("_Make"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "make", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (dialog, "make", FALSE);
  adw_message_dialog_set_default_response (dialog, "make");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (order->name, "changed", G_CALLBACK (name_changed_cb), dialog,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (dialog, "response", G_CALLBACK (make_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (GTK_WIDGET (order->name));
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_tokens_dispose (GObject *object)
{
  g_clear_object (&SB_TOKENS (object)->tokens);

  G_OBJECT_CLASS (sb_tokens_parent_class)->dispose (object);
}

static void
sb_tokens_class_init (SbTokensClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_tokens_dispose;
  gtk_widget_class_install_action (widget_class, "tokens.new", NULL, new_action);
}

static void
sb_tokens_init (SbTokens *self)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("New Token…"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "tokens.new");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("Tokens"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self),
                                         _ ("Who may ask the router over the network, and for what. As soon as there is one, everybody "
         "there needs one."));
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), button);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  sb_widget_set_name (GTK_WIDGET (self->list), _ ("Tokens"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->list));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tokens.new", FALSE);
}

void
sb_tokens_set_page (SbTokens *self, SbPage *page)
{
  g_return_if_fail (SB_IS_TOKENS (self));

  self->page = page;
  self->tokens = sb_answer_new (get_client (self), "tokens", "");
  g_signal_connect_object (self->tokens, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}

void
sb_tokens_refresh (SbTokens *self)
{
  g_return_if_fail (SB_IS_TOKENS (self));

  sb_answer_refresh (self->tokens);
}

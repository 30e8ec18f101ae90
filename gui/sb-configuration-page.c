#include "config.h"

#include "sb-configuration-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-answer.h"
#include "sb-change-row.h"
#include "sb-compare-dialog.h"
#include "sb-json-view.h"
#include "sb-json.h"
#include "sb-text.h"
#include "sb-value-row.h"
#include "sb-widget.h"
#include "sb-words.h"

#define HISTORY_PAGE 20
#define HISTORY_MAX 1000 /* the API's */

/* What one generation changed is asked for when its row is opened, and what going back to it would
 * change before its dialog is shown: nobody rolls back blindly. */
struct _SbConfigurationPage
{
  SbPage parent_instance;

  SbAnswer *config;
  SbAnswer *pending;
  SbAnswer *history;
  guint n_history;

  GtkStack *stack;
  AdwStatusPage *error_page;
  GtkWidget *pending_group;
  GtkListBox *pending_list;
  GtkEditable *reason_row;
  GtkWidget *restart_group;
  GtkListBox *restart_list;
  AdwPreferencesGroup *files_group;
  GtkListBox *files_list;
  GtkListBox *history_list;
  GtkWidget *more_button;
};

G_DEFINE_FINAL_TYPE (SbConfigurationPage, sb_configuration_page, SB_TYPE_PAGE)

static SbClient *
get_client (SbConfigurationPage *self)
{
  return sb_router_get_client (sb_page_get_router (SB_PAGE (self)));
}

static JsonObject *
new_order (gint64 generation, const char *reason)
{
  JsonObject *order = json_object_new ();

  json_object_set_int_member (order, "generation", generation);
  if (reason != NULL && *reason != '\0')
    json_object_set_string_member (order, "reason", reason);
  return order;
}

/* ---- Files ----------------------------------------------------------------------------------- */

static void
file_opened_cb (AdwExpanderRow *row)
{
  SbJsonView *view = g_object_get_data (G_OBJECT (row), "view");
  const char *text = g_object_get_data (G_OBJECT (row), "text");
  g_autoptr (GBytes) bytes = NULL;

  if (view != NULL || !adw_expander_row_get_expanded (row))
    return;
  view = g_object_new (SB_TYPE_JSON_VIEW, "editable", FALSE, "cursor-visible", FALSE, "top-margin",
                       12, "bottom-margin", 12, "left-margin", 12, "right-margin", 12, "wrap-mode",
                       GTK_WRAP_WORD_CHAR, NULL);
  bytes = g_bytes_new (text, strlen (text));
  sb_json_view_show_bytes (view, bytes);
  sb_widget_set_name (GTK_WIDGET (view), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  adw_expander_row_add_row (row, GTK_WIDGET (view));
  g_object_set_data (G_OBJECT (row), "view", view);
}

/* "default/paid" of "rule/default/paid.json"; NULL: no rule. */
static char *
rule_of (const char *path)
{
  const char *name = path + strlen ("rule/");

  if (!g_str_has_prefix (path, "rule/") || !g_str_has_suffix (path, ".json"))
    return NULL;
  return g_strndup (name, strlen (name) - strlen (".json"));
}

static const char *
file_icon (const char *path)
{
  if (g_str_has_prefix (path, "rule/"))
    return "sb-rule-symbolic";
  if (g_str_has_prefix (path, "source/"))
    return "sb-source-symbolic";
  if (g_str_has_prefix (path, "bus/"))
    return "sb-bus-symbolic";
  if (g_str_has_prefix (path, "queue/"))
    return "sb-queues-symbolic";
  if (g_str_equal (path, "router.json"))
    return "sb-system-symbolic";
  if (g_str_has_prefix (path, "tests/"))
    return "sb-done-symbolic";
  return sb_widget_connector_icon (path);
}

static GtkWidget *
new_file_row (const char *path, const char *text)
{
  g_autofree char *title = sb_text_visible (path, -1, SB_TEXT_LINE);
  g_autofree char *rule = rule_of (path);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_EXPANDER_ROW, "title", title, NULL);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", file_icon (path), "accessible-role",
                                  GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  sb_widget_name_expander (row);
  adw_expander_row_add_prefix (ADW_EXPANDER_ROW (row), icon);
  if (rule != NULL)
    {
      GtkWidget *button = g_object_new (GTK_TYPE_BUTTON, "icon-name", "document-edit-symbolic",
                                        "valign", GTK_ALIGN_CENTER, "action-name", "win.edit-rule",
                                        "action-target", g_variant_new_string (rule), NULL);
      g_autofree char *name = g_strdup_printf (_ ("Edit rule %s"), rule);

      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, name);
      sb_widget_set_name (button, name);
      adw_expander_row_add_action (ADW_EXPANDER_ROW (row), button);
    }
  g_object_set_data_full (G_OBJECT (row), "path", g_strdup (path), g_free);
  g_object_set_data_full (G_OBJECT (row), "text", g_strdup (text), g_free);
  g_signal_connect (row, "notify::expanded", G_CALLBACK (file_opened_cb), NULL);
  return row;
}

static void
show_restart (SbConfigurationPage *self, JsonObject *config)
{
  g_auto (GStrv) restart = sb_json_strings (config, "restart");

  sb_widget_clear_list_box (self->restart_list);
  for (gsize i = 0; restart[i] != NULL; i++)
    gtk_list_box_append (self->restart_list, sb_value_row_new_note ("view-refresh-symbolic",
                                                                    "warning", restart[i], ""));
  gtk_widget_set_visible (self->restart_group, restart[0] != NULL);
}

/* A file row says what is wrong with its file on disk. */
static void
mark_file (GtkWidget *row, GPtrArray *problems)
{
  const char *path = g_object_get_data (G_OBJECT (row), "path");
  g_autofree char *visible = NULL;

  for (guint i = 0; path != NULL && visible == NULL && i < problems->len; i++)
    if (g_str_equal (sb_json_string (problems->pdata[i], "file"), path))
      visible = sb_text_visible (sb_json_string (problems->pdata[i], "message"), -1, SB_TEXT_LINE);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), visible != NULL ? visible : "");
  if (visible != NULL)
    gtk_widget_add_css_class (row, "faulty");
  else
    gtk_widget_remove_css_class (row, "faulty");
}

static void
mark_files (SbConfigurationPage *self)
{
  g_autoptr (GPtrArray) problems = sb_json_objects (sb_answer_get (self->pending), "problems");

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->files_list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    mark_file (row, problems);
}

static void
config_changed_cb (SbConfigurationPage *self)
{
  JsonObject *config = sb_answer_get (self->config);
  JsonObject *files = sb_json_object (config, "files");
  g_autoptr (GList) paths = files != NULL ? json_object_get_members (files) : NULL;
  g_autofree char *words = NULL;
  gulong n = 0;

  if (config == NULL)
    {
      adw_status_page_set_description (self->error_page, sb_answer_get_error (self->config));
      gtk_stack_set_visible_child_name (self->stack, "error");
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "configuration");
  sb_widget_clear_list_box (self->files_list);
  paths = g_list_sort (paths, (GCompareFunc) strcmp);
  for (GList *path = paths; path != NULL; path = path->next, n++)
    gtk_list_box_append (self->files_list,
                         new_file_row (path->data, sb_json_string (files, path->data)));
  words = g_strdup_printf (ngettext ("%'lu file is in force.", "%'lu files are in force.", n), n);
  adw_preferences_group_set_description (self->files_group, words);
  gtk_widget_set_visible (GTK_WIDGET (self->files_list), n > 0);
  show_restart (self, config);
  mark_files (self);
}

/* ---- Changed on disk ------------------------------------------------------------------------- */

static void
pending_changed_cb (SbConfigurationPage *self)
{
  JsonObject *answer = sb_answer_get (self->pending);
  gboolean pending = sb_json_bool (answer, "pending");
  guint n_problems;

  sb_widget_clear_list_box (self->pending_list);
  n_problems = sb_problem_rows_add (self->pending_list, answer);
  if (n_problems + sb_change_rows_add (self->pending_list, answer) == 0)
    gtk_list_box_append (self->pending_list,
                         sb_value_row_new_note ("document-edit-symbolic", "dim-label",
                                                _ ("Only the layout of the files"), ""));
  gtk_widget_set_visible (self->pending_group, pending);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "configuration.apply",
                                 pending && n_problems == 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "configuration.keep", pending);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "configuration.compare", pending);
  mark_files (self);
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    sb_page_toast (SB_PAGE (user_data), error->message);
  else
    sb_compare_dialog_present (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (user_data))), answer);
}

static void
compare_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbConfigurationPage *self = SB_CONFIGURATION_PAGE (widget);

  sb_client_ask_async (get_client (self), "config/pending", "texts=true",
                       sb_page_get_cancellable (SB_PAGE (self)), compared_cb, self);
}

/* In force, put back or gone back to: everything that is shown may be another. */
static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (JsonObject) answer = sb_client_act_finish (SB_CLIENT (source), result, &problems,
                                                        &error);
  SbConfigurationPage *self = user_data;
  g_autofree char *number = NULL;
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (problems != NULL && problems->len > 0)
    sb_page_toast (SB_PAGE (self), ((SbDiagnostic *) problems->pdata[0])->message);
  else if (answer == NULL)
    sb_page_toast (SB_PAGE (self), error->message);
  else
    {
      number = sb_words_count (sb_json_int (answer, "generation"));
      text = g_strdup_printf (_ ("Generation %s is in force"), number);
      sb_page_toast (SB_PAGE (self), text);
      gtk_editable_set_text (self->reason_row, "");
    }
  sb_router_poke (sb_page_get_router (SB_PAGE (self)));
  sb_page_refresh (SB_PAGE (self));
}

static void
apply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbConfigurationPage *self = SB_CONFIGURATION_PAGE (widget);
  g_autofree char *reason = g_uri_escape_string (gtk_editable_get_text (self->reason_row), NULL,
                                                 TRUE);
  g_autofree char *what = g_strconcat ("reload?reason=", reason, NULL);

  sb_client_act_async (get_client (self), what, NULL, sb_page_get_cancellable (SB_PAGE (self)),
                       done_cb, self);
}

static void
keep_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbConfigurationPage *self = SB_CONFIGURATION_PAGE (widget);
  gint64 generation = sb_json_int (sb_answer_get (self->pending), "generation");
  g_autoptr (JsonObject) order = new_order (generation, gtk_editable_get_text (self->reason_row));

  sb_client_act_async (get_client (self), "config/rollback?overwrite=true&tests=false", order,
                       sb_page_get_cancellable (SB_PAGE (self)), done_cb, self);
}

/* ---- History --------------------------------------------------------------------------------- */

typedef struct
{
  SbConfigurationPage *page;
  gint64 generation;
  AdwMessageDialog *dialog;
  GtkWidget *box;
  GtkEditable *reason;
} Return;

static void
return_cb (AdwMessageDialog *dialog, const char *response, Return *way)
{
  g_autoptr (JsonObject) order = new_order (way->generation, gtk_editable_get_text (way->reason));

  sb_client_act_async (get_client (way->page), "config/rollback?overwrite=true", order,
                       sb_page_get_cancellable (SB_PAGE (way->page)), done_cb, way->page);
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (JsonObject) answer = sb_client_act_finish (SB_CLIENT (source), result, &problems,
                                                        &error);
  g_autoptr (AdwMessageDialog) dialog = user_data;
  Return *way = g_object_get_data (G_OBJECT (dialog), "return");

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      gtk_window_destroy (GTK_WINDOW (dialog));
      return;
    }
  if (answer == NULL)
    {
      sb_page_toast (SB_PAGE (way->page), problems != NULL && problems->len > 0
                                              ? ((SbDiagnostic *) problems->pdata[0])->message
                                              : error->message);
      gtk_window_destroy (GTK_WINDOW (dialog));
      return;
    }
  gtk_box_prepend (GTK_BOX (way->box), sb_change_rows_new (answer));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
fill_return_dialog (Return *way)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *entry = adw_entry_row_new ();

  way->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  way->reason = GTK_EDITABLE (entry);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _ ("Reason, for the history"));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  gtk_box_append (GTK_BOX (way->box), list);
  adw_message_dialog_set_extra_child (way->dialog, way->box);
}

static void
return_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbConfigurationPage *self = SB_CONFIGURATION_PAGE (widget);
  Return *way = g_new0 (Return, 1);
  gint64 generation = g_variant_get_int64 (parameter);
  g_autofree char *number = sb_words_count (generation);
  g_autofree char *heading = g_strdup_printf (_ ("Go Back to Generation %s?"), number);
  g_autoptr (JsonObject) order = new_order (generation, NULL);

  way->page = self;
  way->generation = generation;
  way->dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), heading,
                              _ ("Its files become a new generation. This is what would change:")));
  g_object_set_data_full (G_OBJECT (way->dialog), "return", way, g_free);
  fill_return_dialog (way);
  adw_message_dialog_add_responses (way->dialog, "cancel",
                                    _ ("_Cancel"), "return", _ ("_Go Back"), NULL);
  adw_message_dialog_set_response_appearance (way->dialog, "return", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (way->dialog, "return");
  adw_message_dialog_set_close_response (way->dialog, "cancel");
  g_signal_connect (way->dialog, "response::return", G_CALLBACK (return_cb), way);
  sb_client_act_async (get_client (self), "config/rollback?check=true&overwrite=true", order,
                       sb_page_get_cancellable (SB_PAGE (self)), checked_cb,
                       g_object_ref (way->dialog));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  g_autoptr (AdwExpanderRow) row = user_data;
  g_autoptr (GPtrArray) changes G_GNUC_UNUSED = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      gtk_widget_get_root (GTK_WIDGET (row)) == NULL)
    return;
  if (answer == NULL)
    {
      adw_expander_row_add_row (
          row, sb_value_row_new_note ("dialog-warning-symbolic", "warning", error->message, ""));
      return;
    }
  adw_expander_row_add_row (row, sb_change_rows_new (answer));
}

static void
generation_opened_cb (SbConfigurationPage *self, GParamSpec *pspec, AdwExpanderRow *row)
{
  gint64 *generation = g_object_get_data (G_OBJECT (row), "generation");
  g_autofree char *query = NULL;

  if (!adw_expander_row_get_expanded (row) || g_object_get_data (G_OBJECT (row), "asked") != NULL)
    return;
  g_object_set_data (G_OBJECT (row), "asked", row);
  query = g_strdup_printf ("from=%" G_GINT64_FORMAT "&to=%" G_GINT64_FORMAT, *generation - 1,
                           *generation);
  sb_client_ask_async (get_client (self), "config/diff", query,
                       sb_page_get_cancellable (SB_PAGE (self)), opened_cb, g_object_ref (row));
}

static void
add_return_button (GtkWidget *row, gint64 generation)
{
  GtkWidget *button = g_object_new (GTK_TYPE_BUTTON, "icon-name", "edit-undo-symbolic", "valign",
                                    GTK_ALIGN_CENTER, "action-name", "configuration.return",
                                    "action-target", g_variant_new_int64 (generation), NULL);
  g_autofree char *number = sb_words_count (generation);
  g_autofree char *name = g_strdup_printf (_ ("Go back to generation %s"), number);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  sb_widget_set_name (button, name);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (row), button);
}

static GtkWidget *
new_generation_row (SbConfigurationPage *self, JsonObject *generation, gint64 now_us)
{
  gint64 number = sb_json_int (generation, "generation");
  gint64 at_us = sb_json_time_us (generation, "at");
  const char *reason = sb_json_string (generation, "reason");
  gboolean in_force = sb_json_bool (generation, "in_force");
  g_autofree char *count = sb_words_count (number);
  g_autofree char *name = g_strdup_printf (_ ("Generation %s"), count);
  g_autofree char *title = *reason != '\0' ? sb_text_visible (reason, -1, SB_TEXT_LINE)
                                           : g_strdup (_ ("No reason given"));
  g_autofree char *author = sb_text_visible (sb_json_string (generation, "author"), -1,
                                             SB_TEXT_LINE);
  g_autofree char *time = sb_words_time (at_us, now_us);
  g_autofree char *exact = sb_words_exact_time (at_us);
  /* Translators: a generation, who made it, when */
  g_autofree char *subtitle = g_strdup_printf (C_ ("history", "%s · %s · %s"), name, author, time);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_EXPANDER_ROW, "title", title, "subtitle",
                                            subtitle, "tooltip-text", exact, NULL);

  sb_widget_name_expander (row);
  g_object_set_data_full (G_OBJECT (row), "generation", g_memdup2 (&number, sizeof number), g_free);
  if (in_force)
    {
      GtkWidget *badge = gtk_label_new (_ ("In force"));

      gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (badge, "badge");
      adw_expander_row_add_action (ADW_EXPANDER_ROW (row), badge);
    }
  else
    add_return_button (row, number);
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (row), number > 1);
  g_signal_connect_object (row, "notify::expanded", G_CALLBACK (generation_opened_cb), self,
                           G_CONNECT_SWAPPED);
  return row;
}

static void
history_changed_cb (SbConfigurationPage *self)
{
  g_autoptr (GPtrArray) generations = sb_json_objects (sb_answer_get (self->history),
                                                       "generations");
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));

  sb_widget_clear_list_box (self->history_list);
  for (guint i = 0; i < generations->len; i++)
    gtk_list_box_append (self->history_list,
                         new_generation_row (self, generations->pdata[i], now_us));
  gtk_widget_set_visible (self->more_button,
                          generations->len == self->n_history && self->n_history < HISTORY_MAX);
}

static void
show_more_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbConfigurationPage *self = SB_CONFIGURATION_PAGE (widget);
  g_autofree char *query = NULL;

  self->n_history = MIN (self->n_history * 3, HISTORY_MAX);
  query = g_strdup_printf ("limit=%u", self->n_history);
  sb_answer_set_query (self->history, query);
  sb_answer_refresh (self->history);
}

/* ---- The page -------------------------------------------------------------------------------- */

static void
connect_answer (SbConfigurationPage *self,
                SbAnswer **out_answer,
                const char *what,
                const char *query,
                void (*changed) (SbConfigurationPage *self))
{
  *out_answer = sb_answer_new (get_client (self), what, query);
  g_signal_connect_object (*out_answer, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
}

static void
sb_configuration_page_connected (SbPage *page)
{
  SbConfigurationPage *self = SB_CONFIGURATION_PAGE (page);
  g_autofree char *query = g_strdup_printf ("limit=%u", self->n_history);

  connect_answer (self, &self->config, "config", "", config_changed_cb);
  connect_answer (self, &self->pending, "config/pending", "", pending_changed_cb);
  connect_answer (self, &self->history, "config/history", query, history_changed_cb);
}

static void
sb_configuration_page_refresh (SbPage *page)
{
  SbConfigurationPage *self = SB_CONFIGURATION_PAGE (page);

  sb_answer_refresh (self->config);
  sb_answer_refresh (self->pending);
  sb_answer_refresh (self->history);
}

/* Nobody tells of files that somebody edits on disk. */
static void
sb_configuration_page_beat (SbPage *page)
{
  if (sb_router_get_state (sb_page_get_router (page)) == SB_ROUTER_CONNECTED)
    sb_answer_refresh (SB_CONFIGURATION_PAGE (page)->pending);
}

static void
sb_configuration_page_dispose (GObject *object)
{
  SbConfigurationPage *self = SB_CONFIGURATION_PAGE (object);

  g_clear_object (&self->config);
  g_clear_object (&self->pending);
  g_clear_object (&self->history);

  G_OBJECT_CLASS (sb_configuration_page_parent_class)->dispose (object);
}

static void
sb_configuration_page_class_init (SbConfigurationPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbPageClass *page_class = SB_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_configuration_page_dispose;
  page_class->connected = sb_configuration_page_connected;
  page_class->refresh = sb_configuration_page_refresh;
  page_class->beat = sb_configuration_page_beat;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/signalbox/Signalbox/ui/sb-configuration-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, error_page);
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, pending_group);
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, pending_list);
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, reason_row);
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, restart_group);
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, restart_list);
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, files_group);
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, files_list);
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, history_list);
  gtk_widget_class_bind_template_child (widget_class, SbConfigurationPage, more_button);

  gtk_widget_class_install_action (widget_class, "configuration.apply", NULL, apply_action);
  gtk_widget_class_install_action (widget_class, "configuration.keep", NULL, keep_action);
  gtk_widget_class_install_action (widget_class, "configuration.compare", NULL, compare_action);
  gtk_widget_class_install_action (widget_class, "configuration.return", "x", return_action);
  gtk_widget_class_install_action (widget_class, "configuration.show-more", NULL, show_more_action);
}

static void
sb_configuration_page_init (SbConfigurationPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->n_history = HISTORY_PAGE;
  gtk_widget_set_visible (self->pending_group, FALSE);
}

#include "config.h"

#include "sb-system-page.h"

#include <glib/gi18n.h>

#include "sb-answer.h"
#include "sb-json.h"
#include "sb-spinner.h"
#include "sb-tokens.h"
#include "sb-value-row.h"
#include "sb-widget.h"
#include "sb-words.h"

#define AUDIT_PAGE 20
#define AUDIT_MAX 1000 /* the API's */

/* Rows that say one value are made once, from tables, and only their values change; the audit log
 * and what a check found are lists that are made anew when they differ. */
typedef enum
{
  ROW_VERSION,
  ROW_UPTIME,
  ROW_PLACES,
  ROW_CONFIG,
  ROW_CERTIFICATE,
  ROW_COMMIT,
  ROW_COMMITS,
  ROW_WAITING,
  ROW_UNDER_WAY,
  N_ROUTER_ROWS
} RouterRow;

#define N_DISK_ROWS 4
#define N_EVENT_ROWS 3
#define N_LEDGER_ROWS 8

/* A disk that is full that soon is worth a colour. */
#define SOON_US (7 * G_TIME_SPAN_DAY)
#define VERY_SOON_US G_TIME_SPAN_DAY

struct _SbSystemPage
{
  SbPage parent_instance;

  SbAnswer *status;
  SbAnswer *disk;
  SbAnswer *audit;
  guint n_audit;
  gint64 started_us;
  GtkFileChooserNative *chooser;

  GtkWidget *router_rows[N_ROUTER_ROWS];
  GtkWidget *disk_rows[N_DISK_ROWS];
  GtkWidget *forecast_row;
  GtkWidget *event_rows[N_EVENT_ROWS];
  GtkWidget *ledger_rows[N_LEDGER_ROWS];
  GtkWidget *difference_row;

  GtkStack *stack;
  AdwStatusPage *error_page;
  AdwPreferencesGroup *router_group;
  AdwPreferencesGroup *disk_group;
  AdwPreferencesGroup *ledger_group;
  GtkWidget *disk_bar;
  GtkWidget *disk_label;
  SbSpinner *check_spinner;
  GtkListBox *check_list;
  AdwActionRow *backup_row;
  SbSpinner *backup_spinner;
  SbTokens *tokens;
  GtkListBox *audit_list;
  GtkWidget *more_button;
};

G_DEFINE_FINAL_TYPE (SbSystemPage, sb_system_page, SB_TYPE_PAGE)

/* ---- The router ------------------------------------------------------------------------------ */

static void
set_count (GtkWidget *row, gint64 n)
{
  g_autofree char *text = sb_words_count (n);

  sb_value_row_set (row, text, n == 0 ? "dim-label" : NULL);
}

static void
show_uptime (SbSystemPage *self)
{
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  gint64 now_us = sb_router_get_now_us (router);
  g_autofree char *at = NULL;
  g_autofree char *ago = NULL;
  g_autofree char *exact = NULL;
  g_autofree char *text = NULL;

  if (self->started_us <= 0)
    return;
  at = sb_words_time (self->started_us, now_us);
  ago = sb_words_ago (self->started_us, now_us);
  exact = sb_words_exact_time (self->started_us);
  /* Translators: a time, and how long ago that is */
  text = g_strdup_printf (C_ ("time and age", "%s, %s"), at, ago);
  sb_value_row_set (self->router_rows[ROW_UPTIME], text, NULL);
  gtk_widget_set_tooltip_text (self->router_rows[ROW_UPTIME], exact);
}

static void
show_certificate (SbSystemPage *self, JsonObject *tls)
{
  GtkWidget *row = self->router_rows[ROW_CERTIFICATE];
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));
  gint64 expires_us = sb_json_time_us (tls, "expires");
  g_autofree char *left = sb_words_countdown (expires_us, now_us);
  g_autofree char *exact = sb_words_exact_time (expires_us);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (row, tls != NULL);
  if (tls == NULL)
    return;
  text = expires_us <= now_us ? g_strdup (_ ("Expired"))
                              /* Translators: "Expires in 5 days" */
                              : g_strdup_printf (_ ("Expires %s"), left);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), *sb_json_string (tls, "problem") != '\0'
                                                         ? sb_json_string (tls, "problem")
                                                         : sb_json_string (tls, "subject"));
  sb_value_row_set (row, text,
                    expires_us <= now_us ? "error"
                    : sb_json_bool (tls, "expires_soon") || *sb_json_string (tls, "problem") != '\0'
                        ? "warning"
                        : NULL);
  gtk_widget_set_tooltip_text (row, exact);
}

/* "1 ms / 3 ms / 9 ms": of what most commits take less. */
static char *
commit_words (JsonObject *store)
{
  JsonObject *quantiles = sb_json_object (store, "commit_us");
  g_autofree char *half = sb_words_duration (sb_json_int (quantiles, "p50"));
  g_autofree char *most = sb_words_duration (sb_json_int (quantiles, "p95"));
  g_autofree char *nearly_all = sb_words_duration (sb_json_int (quantiles, "p99"));

  if (sb_json_int (quantiles, "p99") == 0)
    return g_strdup ("—");
  return g_strdup_printf ("%s / %s / %s", half, most, nearly_all);
}

static void
show_router (SbSystemPage *self, JsonObject *status)
{
  JsonObject *store = sb_json_object (status, "store");
  JsonObject *schedule = sb_json_object (status, "schedule");
  g_auto (GStrv) places = sb_json_strings (status, "listen");
  g_autofree char *listen = g_strjoinv ("\n", places);
  gint64 commit_us = sb_json_int (store, "last_commit_us");
  g_autofree char *commit = commit_us > 0 ? sb_words_duration (commit_us) : g_strdup ("—");
  g_autofree char *commits = commit_words (store);
  GtkWidget **rows = self->router_rows;

  sb_value_row_set (rows[ROW_VERSION], sb_json_string (status, "version"), NULL);
  self->started_us = sb_json_time_us (status, "started_at");
  show_uptime (self);
  sb_value_row_set (rows[ROW_PLACES], listen, NULL);
  sb_value_row_set (rows[ROW_CONFIG], sb_json_string (status, "config_dir"), NULL);
  show_certificate (self, sb_json_object (status, "tls"));
  sb_value_row_set (rows[ROW_COMMIT], commit, NULL);
  sb_value_row_set (rows[ROW_COMMITS], commits, NULL);
  set_count (rows[ROW_WAITING], sb_json_int (store, "queued_events"));
  set_count (rows[ROW_UNDER_WAY], sb_json_int (schedule, "under_way"));
}

static const char *const ledger_members[N_LEDGER_ROWS] = { "ready", "waiting",   "held",    "done",
                                                           "dead",  "discarded", "expired", NULL };

static void
show_ledger (SbSystemPage *self, JsonObject *ledger)
{
  gint64 difference = sb_json_int (ledger, "difference");
  g_autofree char *text = NULL;

  set_count (self->event_rows[0], sb_json_int (ledger, "events"));
  set_count (self->event_rows[1], sb_json_int (ledger, "unmatched"));
  set_count (self->event_rows[2], sb_json_int (ledger, "expired_events"));
  for (guint i = 0; ledger_members[i] != NULL; i++)
    set_count (self->ledger_rows[i], sb_json_int (ledger, ledger_members[i]));
  set_count (self->ledger_rows[N_LEDGER_ROWS - 1], sb_json_int (ledger, "deliveries"));
  text = difference == 0
      ? g_strdup (_ ("Nothing is missing"))
      : g_strdup_printf (ngettext ("%'lu delivery is missing", "%'lu deliveries are missing",
                                   (gulong) ABS (difference)),
                         (gulong) ABS (difference));
  sb_value_row_set (self->difference_row, text, difference == 0 ? "success" : "error");
}

static void
status_changed_cb (SbSystemPage *self)
{
  JsonObject *status = sb_answer_get (self->status);

  if (status == NULL)
    {
      adw_status_page_set_description (self->error_page, sb_answer_get_error (self->status));
      gtk_stack_set_visible_child_name (self->stack, "error");
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "system");
  show_router (self, status);
  show_ledger (self, sb_json_object (status, "ledger"));
}

/* ---- The disk -------------------------------------------------------------------------------- */

/* What was measured, and what follows if it goes on. */
static void
show_forecast (SbSystemPage *self, JsonObject *forecast)
{
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));
  gint64 since_us = sb_json_time_us (forecast, "since");
  gint64 full_us = sb_json_time_us (forecast, "full_at");
  gint64 grown = sb_json_int (forecast, "grown_bytes");
  g_autofree char *ago = sb_words_ago (since_us, now_us);
  g_autofree char *bytes = sb_words_bytes (ABS (grown));
  g_autofree char *left = sb_words_countdown (full_us, now_us);
  g_autofree char *value = NULL;
  g_autofree char *note = NULL;

  if (forecast == NULL)
    {
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->forecast_row),
                                   _ ("Ten minutes are measured before anything is said"));
      sb_value_row_set (self->forecast_row, "—", "dim-label");
      return;
    }
  /* Translators: a size, and since when it is measured: "24 h ago" */
  note = g_strdup_printf (
      grown >= 0 ? _ ("The router’s files have grown by %s; measured since %s")
                 : _ ("The router’s files have shrunk by %s; measured since %s"), bytes, ago);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->forecast_row), note);
  /* Translators: of the disk: "Full in 12 days" */
  value = full_us > 0 ? g_strdup_printf (_ ("Full %s"), left) : g_strdup (_ ("Does not fill"));
  sb_value_row_set (self->forecast_row, value,
                    full_us <= 0                      ? NULL
                    : full_us - now_us < VERY_SOON_US ? "error"
                    : full_us - now_us < SOON_US      ? "warning"
                                                      : NULL);
}

static void
disk_changed_cb (SbSystemPage *self)
{
  static const char *const kinds[N_DISK_ROWS] = { "events", "log", "index", "other" };
  JsonObject *disk = sb_answer_get (self->disk);
  JsonObject *bytes = sb_json_object (disk, "bytes");
  double all = (double) sb_json_int (disk, "disk_bytes");
  double free_bytes = (double) sb_json_int (disk, "free_bytes");
  g_autofree char *free_words = sb_words_bytes (sb_json_int (disk, "free_bytes"));
  g_autofree char *all_words = sb_words_bytes (sb_json_int (disk, "disk_bytes"));
  g_autofree char *text = g_strdup_printf (_ ("%s of %s are free"), free_words, all_words);

  gtk_widget_set_visible (GTK_WIDGET (self->disk_group), disk != NULL && all > 0);
  if (disk == NULL || all <= 0)
    return;
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->disk_bar), CLAMP (1 - free_bytes / all, 0, 1));
  gtk_label_set_label (GTK_LABEL (self->disk_label), text);
  for (guint i = 0; i < N_DISK_ROWS; i++)
    {
      g_autofree char *words = sb_words_bytes (sb_json_int (bytes, kinds[i]));

      sb_value_row_set (self->disk_rows[i], words, NULL);
    }
  show_forecast (self, sb_json_object (disk, "forecast"));
}

/* ---- Checking -------------------------------------------------------------------------------- */

static void
show_findings (SbSystemPage *self, JsonObject *answer)
{
  g_autoptr (GPtrArray) findings = sb_json_objects (answer, "findings");

  sb_widget_clear_list_box (self->check_list);
  for (guint i = 0; i < findings->len; i++)
    {
      JsonObject *finding = g_ptr_array_index (findings, i);
      const char *level = sb_json_string (finding, "level");
      gboolean good = g_str_equal (level, "good");
      gboolean bad = g_str_equal (level, "bad");

      gtk_list_box_append (
          self->check_list,
          sb_value_row_new_note (good ? "sb-done-symbolic" : "dialog-warning-symbolic",
                                 good  ? "success"
                                 : bad ? "error"
                                       : "warning",
                                 sb_json_string (finding, "text"),
                                 sb_json_string (finding, "remedy")));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->check_list), findings->len > 0);
}

static void
set_checking (SbSystemPage *self, gboolean checking)
{
  sb_spinner_set_spinning (self->check_spinner, checking);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "system.check", !checking);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "system.check-thoroughly", !checking);
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbSystemPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_checking (self, FALSE);
  if (answer != NULL)
    show_findings (self, answer);
  else
    sb_page_toast (SB_PAGE (self), error->message);
}

static void
check (SbSystemPage *self, gboolean thorough)
{
  g_autoptr (JsonObject) body = json_object_new ();

  json_object_set_boolean_member (body, "thorough", thorough);
  set_checking (self, TRUE);
  sb_client_act_patiently_async (sb_router_get_client (sb_page_get_router (SB_PAGE (self))),
                                 "doctor", body, sb_page_get_cancellable (SB_PAGE (self)),
                                 checked_cb, self);
}

static void
check_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  check (SB_SYSTEM_PAGE (widget), g_str_equal (name, "system.check-thoroughly"));
}

/* ---- Backing up ------------------------------------------------------------------------------ */

static void
set_backing_up (SbSystemPage *self, gboolean backing_up)
{
  sb_spinner_set_spinning (self->backup_spinner, backing_up);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "system.back-up", !backing_up);
}

static void
backed_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbSystemPage *self = user_data;
  g_autofree char *bytes = NULL;
  g_autofree char *text = NULL;
  gulong n;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_backing_up (self, FALSE);
  if (answer == NULL)
    {
      adw_action_row_set_subtitle (self->backup_row, error->message);
      return;
    }
  n = (gulong) sb_json_int (answer, "events");
  bytes = sb_words_bytes (sb_json_int (answer, "bytes"));
  /* Translators: the first is a file, the last a size */
  text = g_strdup_printf (ngettext ("%s: %'lu event, %s", "%s: %'lu events, %s", n),
                          sb_json_string (answer, "file"), n, bytes);
  adw_action_row_set_subtitle (self->backup_row, text);
  sb_page_toast (SB_PAGE (self), _ ("The backup is whole and on the disk"));
}

static void
back_up (SbSystemPage *self, const char *path)
{
  g_autoptr (JsonObject) body = json_object_new ();

  json_object_set_string_member (body, "file", path);
  set_backing_up (self, TRUE);
  sb_client_act_patiently_async (sb_router_get_client (sb_page_get_router (SB_PAGE (self))),
                                 "backup", body, sb_page_get_cancellable (SB_PAGE (self)),
                                 backed_up_cb, self);
}

static void
chosen_cb (SbSystemPage *self, int response)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    back_up (self, g_file_peek_path (file));
  g_clear_object (&self->chooser);
}

static void
back_up_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbSystemPage *self = SB_SYSTEM_PAGE (widget);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *file = g_date_time_format (now, "signalbox-%Y-%m-%d-%H%M.db");

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (
      _ ("Back Up to a File"), GTK_WINDOW (gtk_widget_get_root (widget)),
         GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Back Up"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), file);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- The audit log --------------------------------------------------------------------------- */

static GtkWidget *
new_audit_row (JsonObject *line, gint64 now_us)
{
  gint64 at_us = sb_json_time_us (line, "at");
  gint64 status = sb_json_int (line, "status");
  gboolean refused = status >= 400;
  g_autofree char *what = g_strdup_printf ("%s %s", sb_json_string (line, "method"),
                                           sb_json_string (line, "target"));
  g_autofree char *answer = refused ? g_strdup_printf (_ ("refused with %d"), (int) status)
                                    : g_strdup (_ ("done"));
  /* Translators: who did it, and what came of it */
  g_autofree char *note = g_strdup_printf (C_ ("audit", "%s · %s"), sb_json_string (line, "who"),
                                               answer);
  g_autofree char *time = sb_words_time (at_us, now_us);
  g_autofree char *exact = sb_words_exact_time (at_us);
  GtkWidget *row = sb_value_row_new_note (refused ? "dialog-warning-symbolic" : "sb-done-symbolic",
                                          refused ? "warning" : "dim-label", what, note);

  sb_value_row_add_word (row, time, exact);
  if (*sb_json_string (line, "body") != '\0')
    gtk_widget_set_tooltip_text (row, sb_json_string (line, "body"));
  return row;
}

static void
audit_changed_cb (SbSystemPage *self)
{
  JsonObject *answer = sb_answer_get (self->audit);
  g_autoptr (GPtrArray) lines = sb_json_objects (answer, "lines");
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));

  sb_widget_clear_list_box (self->audit_list);
  for (guint i = 0; i < lines->len; i++)
    gtk_list_box_append (self->audit_list,
                         new_audit_row (sb_json_object (lines->pdata[i], "line"), now_us));
  if (lines->len == 0 && answer != NULL)
    gtk_list_box_append (self->audit_list, sb_value_row_new_empty (_ ("Nothing was changed yet")));
  gtk_widget_set_visible (self->more_button,
                          lines->len == self->n_audit && self->n_audit < AUDIT_MAX);
}

static void
show_more_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbSystemPage *self = SB_SYSTEM_PAGE (widget);
  g_autofree char *query = NULL;

  self->n_audit = MIN (self->n_audit * 3, AUDIT_MAX);
  query = g_strdup_printf ("limit=%u", self->n_audit);
  sb_answer_set_query (self->audit, query);
  sb_answer_refresh (self->audit);
}

/* ---- The page -------------------------------------------------------------------------------- */

static void
connect_answer (SbSystemPage *self,
                SbAnswer **out_answer,
                const char *what,
                const char *query,
                void (*changed) (SbSystemPage *self))
{
  *out_answer = sb_answer_new (sb_router_get_client (sb_page_get_router (SB_PAGE (self))), what,
                               query);
  g_signal_connect_object (*out_answer, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
}

static void
sb_system_page_connected (SbPage *page)
{
  SbSystemPage *self = SB_SYSTEM_PAGE (page);
  const SbAddress *address = sb_client_get_address (
      sb_router_get_client (sb_page_get_router (page)));
  gboolean local = sb_address_get_connectable (address) != NULL;
  g_autofree char *query = g_strdup_printf ("limit=%u", self->n_audit);

  connect_answer (self, &self->status, "status", "", status_changed_cb);
  connect_answer (self, &self->disk, "disk", "", disk_changed_cb);
  connect_answer (self, &self->audit, "audit", query, audit_changed_cb);
  sb_tokens_set_page (self->tokens, page);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "system.back-up", local);
  adw_action_row_set_subtitle (self->backup_row,
                               local ? _ ("No backup was made from this window yet")
                                     : _ ("The file is made on the router's machine: connect to it "
                                          "there, by its Unix socket"));
}

static void
sb_system_page_refresh (SbPage *page)
{
  SbSystemPage *self = SB_SYSTEM_PAGE (page);

  sb_answer_refresh (self->status);
  sb_answer_refresh (self->disk);
  sb_answer_refresh (self->audit);
  sb_tokens_refresh (self->tokens);
}

static void
sb_system_page_beat (SbPage *page)
{
  show_uptime (SB_SYSTEM_PAGE (page));
}

static void
sb_system_page_dispose (GObject *object)
{
  SbSystemPage *self = SB_SYSTEM_PAGE (object);

  g_clear_object (&self->chooser);
  g_clear_object (&self->status);
  g_clear_object (&self->disk);
  g_clear_object (&self->audit);

  G_OBJECT_CLASS (sb_system_page_parent_class)->dispose (object);
}

static void
sb_system_page_class_init (SbSystemPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbPageClass *page_class = SB_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_system_page_dispose;
  page_class->connected = sb_system_page_connected;
  page_class->refresh = sb_system_page_refresh;
  page_class->beat = sb_system_page_beat;

  g_type_ensure (SB_TYPE_TOKENS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-system-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, error_page);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, router_group);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, disk_group);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, ledger_group);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, disk_bar);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, disk_label);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, check_spinner);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, check_list);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, backup_row);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, backup_spinner);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, tokens);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, audit_list);
  gtk_widget_class_bind_template_child (widget_class, SbSystemPage, more_button);

  gtk_widget_class_install_action (widget_class, "system.check", NULL, check_action);
  gtk_widget_class_install_action (widget_class, "system.check-thoroughly", NULL, check_action);
  gtk_widget_class_install_action (widget_class, "system.back-up", NULL, back_up_action);
  gtk_widget_class_install_action (widget_class, "system.show-more", NULL, show_more_action);
}

static GtkWidget *
add_row (AdwPreferencesGroup *group, const char *title, const char *subtitle)
{
  GtkWidget *row = sb_value_row_new (title, subtitle);

  adw_preferences_group_add (group, row);
  return row;
}

static void
sb_system_page_init (SbSystemPage *self)
{
  const char *const router_titles[N_ROUTER_ROWS] = {
    [ROW_VERSION] = _ ("Version"), [ROW_UPTIME] = _ ("Running since"),
                                      [ROW_PLACES] = _ ("Listens on"),
                                          [ROW_CONFIG] = _ ("Configuration folder"),
                                              [ROW_CERTIFICATE] = _ ("Certificate"),
                                                  [ROW_COMMIT] = _ ("Last commit took"),
                                                      [ROW_COMMITS] = _ ("Commits take up to, for 50 / 95 / 99 %"),
                                                          [ROW_WAITING] = _ ("Events that wait for a commit"),
                                                              [ROW_UNDER_WAY] = _ ("Deliveries under way"),
                                                              };
  const char *const disk_titles[N_DISK_ROWS][2] = {
    { _ ("Events and deliveries"), _ ("The store itself") },
      { _ ("Write-ahead log"), _ ("What was committed last") },
        { _ ("Index of the log"), _ ("Made anew at every start") },
          { _ ("Other files"), _ ("Series for the plots, and what else is in the folder") },
        };
  const char *const event_titles[N_EVENT_ROWS] = { _ ("Events that were taken in"),
                                                      _ ("Of these, matched no rule"),
                                                         _ ("Of these, removed after their time") };
  const char *const ledger_titles[N_LEDGER_ROWS] = {
    _ ("Ready"), _ ("Waiting for the next attempt"),
                    _ ("Held by a pause or a breaker"),
                       _ ("Delivered"), _ ("Dead letters"),
                                           _ ("Discarded"), _ ("Removed after their time"),
                                                               _ ("All deliveries that were made"),
                                           };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->n_audit = AUDIT_PAGE;
  for (guint i = 0; i < N_ROUTER_ROWS; i++)
    self->router_rows[i] = add_row (self->router_group, router_titles[i], NULL);
  for (guint i = 0; i < N_DISK_ROWS; i++)
    self->disk_rows[i] = add_row (self->disk_group, disk_titles[i][0], disk_titles[i][1]);
  self->forecast_row = add_row (self->disk_group, _ ("Forecast"), NULL);
  for (guint i = 0; i < N_EVENT_ROWS; i++)
    self->event_rows[i] = add_row (self->ledger_group, event_titles[i], NULL);
  for (guint i = 0; i < N_LEDGER_ROWS; i++)
    self->ledger_rows[i] = add_row (self->ledger_group, ledger_titles[i], NULL);
  self->difference_row = add_row (self->ledger_group, _ ("Difference"), NULL);
}

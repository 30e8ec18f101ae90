#include "config.h"

#include "sb-replay-dialog.h"

#include <glib/gi18n.h>

#include "sb-job.h"
#include "sb-replay-preview.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

/* At first a form; once the job is made the form is gone and what the job comes to is shown.  The
 * first answer is looked at by a human, who lets ten more go; from then on the job goes alone, as
 * its guard stops it when a step fails.  The job is the router's: closing the dialog stops nothing,
 * it only pauses where it would have asked. */
struct _SbReplayDialog
{
  AdwWindow parent_instance;

  SbRouter *router;
  JsonObject *filter;
  gint64 n;
  SbReplayPreview *preview;
  SbJob *job; /* NULL until it is made */
  GCancellable *cancellable;
  gboolean acting; /* a call that changes something is under way */
  gboolean alone;  /* it was told to go on once */

  GtkWidget *window_title;
  GtkWidget *stack;
  GtkWidget *heading;
  GtkWidget *rules_row;
  GtkWidget *skip_row;
  GtkWidget *skip_switch;
  GtkWidget *guard_switch;
  GtkWidget *rate_spin;
  GtkWidget *rate_row;
  GtkWidget *reason_row;
  GtkWidget *icon;
  GtkWidget *state;
  GtkWidget *words;
  GtkWidget *bar;
  GtkWidget *problem;
  GtkWidget *stop_button;
  GtkWidget *go_button;
};

G_DEFINE_FINAL_TYPE (SbReplayDialog, sb_replay_dialog, ADW_TYPE_WINDOW)

/* ---- Words ----------------------------------------------------------------------------------- */

/* How many are to be sent, as far as is known. */
static gint64
count_wanted (SbReplayDialog *self)
{
  const SbReplayFigures *figures = sb_replay_preview_get_figures (self->preview);

  return MAX (self->n - figures->nowhere - figures->succeeded, 0);
}

/* What the next press of the button does. */
static char *
go_label (SbReplayDialog *self)
{
  g_autofree char *count = sb_words_count (count_wanted (self));
  gint64 rest;

  if (self->job == NULL)
    return gtk_switch_get_active (GTK_SWITCH (self->guard_switch))
        ? g_strdup (_ ("Send First Event"))
        : g_strdup_printf (_ ("Replay %s"), count);
  rest = sb_job_get_total (self->job) - sb_job_get_applied (self->job) -
         sb_job_get_skipped (self->job);
  if (sb_job_get_step (self->job) == 0 ||
      (sb_job_get_total (self->job) >= 0 && rest <= sb_job_get_step (self->job)))
    {
      g_autofree char *left = sb_words_count (rest);

      return g_strdup_printf (_ ("Continue with the Rest (%s)"), left);
    }
  return g_strdup_printf (_ ("Continue with %d"), (int) sb_job_get_step (self->job));
}

/* What is said of the rules: how many would go elsewhere, as soon as it is known of all. */
static char *
rules_words (SbReplayDialog *self, const SbReplayFigures *figures)
{
  g_autofree char *looked = sb_words_count (figures->looked_at);
  g_autofree char *all = sb_words_count (self->n);
  g_autofree char *differently = sb_words_count (figures->differently);
  g_autofree char *nowhere = sb_words_count (figures->nowhere);

  if (adw_combo_row_get_selected (ADW_COMBO_ROW (self->rules_row)) != 0)
    return g_strdup (_ ("To the targets that were chosen then, as they are set now"));
  if (figures->has_failed)
    return g_strdup (_ ("The router does not say how many would go elsewhere"));
  if (!figures->is_complete)
    /* Translators: "512 of 40,218 looked at, 3 would go elsewhere" */
    return g_strdup_printf (_ ("%s of %s looked at, %s would go elsewhere"), looked, all,
                               differently);
  if (figures->differently == 0)
    return g_strdup (_ ("None would now go elsewhere"));
  if (figures->nowhere == 0)
    /* Translators: "3 of 40,218 would now go elsewhere" */
    return g_strdup_printf (_ ("%s of %s would now go elsewhere"), differently, looked);
  /* Translators: "3 of 40,218 would now go elsewhere, 2 of them nowhere: these stay" */
  return g_strdup_printf (_ ("%s of %s would now go elsewhere, %s of them nowhere: these stay"),
                             differently, looked, nowhere);
}

static char *
skip_words (SbReplayDialog *self, const SbReplayFigures *figures)
{
  g_autofree char *succeeded = sb_words_count (figures->succeeded);

  if (!gtk_switch_get_active (GTK_SWITCH (self->skip_switch)))
    return g_strdup (_ ("What an edited copy delivered is sent once more"));
  if (figures->has_failed)
    return g_strdup ("");
  if (figures->is_complete && figures->succeeded == 0)
    return g_strdup (_ ("None has arrived meanwhile"));
  return figures->succeeded == 0
      ? g_strdup (_ ("Looking for what arrived meanwhile…"))
      /* Translators: "3 arrived meanwhile, as edited copies for instance" */
      : g_strdup_printf (_ ("%s arrived meanwhile, as edited copies for instance"), succeeded);
}

/* What has come of it, in one line. */
static char *
state_words (SbJob *job)
{
  gint64 succeeded = sb_job_get_succeeded (job), failed = sb_job_get_failed (job);

  switch (sb_job_get_state (job))
    {
    case SB_JOB_PAUSED:
      if (succeeded == 1 && failed == 0)
        return g_strdup (_ ("The first event arrived"));
      if (failed == 0)
        return g_strdup (_ ("All that were sent arrived"));
      return g_strdup_printf (
          ngettext ("%'lu of them failed", "%'lu of them failed", (gulong) failed),
          (gulong) failed);
    case SB_JOB_RUNNING:
      return g_strdup (sb_job_get_applied (job) <= 1 ? _ ("Sending, and waiting for the answer…")
                                                     : _ ("Sending…"));
    case SB_JOB_CANCELLED:
      return g_strdup (_ ("Stopped. What was not sent is still a dead letter."));
    case SB_JOB_STOPPED:
      return g_strdup (_ ("Stopped by itself. What was not sent is still a dead letter."));
    case SB_JOB_DONE:
    default:
      return g_strdup (failed == 0 ? _ ("All arrived") : _ ("Done"));
    }
}

static void
set_problem (SbReplayDialog *self, const char *text)
{
  g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);

  gtk_label_set_text (GTK_LABEL (self->problem), visible);
  gtk_widget_set_visible (self->problem, *visible != '\0');
}

static void
show_job (SbReplayDialog *self)
{
  static const char *const styles[] = {
    "accent", "success", "warning", "error", "dim-label", NULL
  };
  gboolean troubled = sb_job_get_failed (self->job) > 0;
  gboolean well = sb_job_get_state (self->job) == SB_JOB_PAUSED && !troubled;
  g_autofree char *state = state_words (self->job);
  g_autofree char *progress = sb_job_dup_progress (self->job);
  g_autofree char *remaining = sb_job_dup_remaining (self->job,
                                                     sb_router_get_now_us (self->router));
  g_autofree char *words = *remaining != '\0' ? g_strdup_printf ("%s · %s", progress, remaining)
                                              : g_strdup (progress);

  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon),
                                well ? "sb-done-symbolic" : sb_job_get_state_icon (self->job));
  sb_widget_set_style (self->icon, styles, well ? "success" : sb_job_get_state_style (self->job));
  gtk_label_set_text (GTK_LABEL (self->state), state);
  gtk_label_set_text (GTK_LABEL (self->words), words);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar),
                                 MAX (sb_job_get_fraction (self->job), 0));
  /* Where it only waits to be told to go on the note says nothing that is not said above. */
  set_problem (self, well ? "" : sb_job_get_note (self->job));
}

static void
show_preview (SbReplayDialog *self)
{
  const SbReplayFigures *figures = sb_replay_preview_get_figures (self->preview);
  g_autofree char *rules = rules_words (self, figures);
  g_autofree char *skip = skip_words (self, figures);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rules_row), rules);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->skip_row), skip);
}

static void
update (SbReplayDialog *self)
{
  gboolean connected = sb_router_get_state (self->router) == SB_ROUTER_CONNECTED;
  gboolean finished = self->job != NULL && sb_job_is_finished (self->job);
  gboolean asks = self->job == NULL || sb_job_get_state (self->job) == SB_JOB_PAUSED;
  gboolean has_any = self->job != NULL || count_wanted (self) > 0;
  g_autofree char *label = go_label (self);

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), self->job != NULL ? "job" : "form");
  if (self->job != NULL)
    show_job (self);
  else
    show_preview (self);
  gtk_button_set_label (GTK_BUTTON (self->go_button), finished ? _ ("Close") : label);
  gtk_widget_set_visible (self->go_button, asks || finished);
  gtk_widget_set_visible (self->stop_button, self->job != NULL && !finished);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "replay.go",
                                 finished || (connected && !self->acting && asks && has_any));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "replay.stop", connected && !self->acting);
}

static void
ask_preview (SbReplayDialog *self)
{
  sb_replay_preview_ask (self->preview,
                         adw_combo_row_get_selected (ADW_COMBO_ROW (self->rules_row)) == 0,
                         gtk_switch_get_active (GTK_SWITCH (self->skip_switch)));
  update (self);
}

static void act (SbReplayDialog *self, const char *what, JsonObject *body);

static void
resume (SbReplayDialog *self)
{
  g_autofree char *what = g_strdup_printf ("jobs/%s/resume", sb_item_get_id (SB_ITEM (self->job)));

  act (self, what, NULL);
}

/* ---- The job --------------------------------------------------------------------------------- */

static void
take_job (SbReplayDialog *self, JsonObject *answer)
{
  if (self->job == NULL)
    self->job = SB_JOB (sb_item_new (SB_TYPE_JOB, answer));
  else
    sb_item_update (SB_ITEM (self->job), answer);
  /* There is nothing to ask about when the last step was the rest, or ten arrived as they should.
   */
  if (!self->acting && sb_job_get_state (self->job) == SB_JOB_PAUSED &&
      (self->alone || sb_job_get_fraction (self->job) >= 1))
    resume (self);
  else
    update (self);
}

static void
acted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbReplayDialog *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_REPLAY_DIALOG (user_data);
  self->acting = FALSE;
  if (answer != NULL)
    {
      set_problem (self, "");
      take_job (self, answer);
    }
  else
    {
      update (self);
      set_problem (self, error->message);
    }
  sb_router_poke (self->router);
}

static void
act (SbReplayDialog *self, const char *what, JsonObject *body)
{
  self->acting = TRUE;
  update (self);
  sb_client_act_async (sb_router_get_client (self->router), what, body, self->cancellable, acted_cb,
                       self);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, NULL);

  /* Cancelled, or the router is away, and the next change asks again. */
  if (answer != NULL)
    take_job (SB_REPLAY_DIALOG (user_data), answer);
}

static void
look (SbReplayDialog *self)
{
  g_autofree char *what = NULL;

  update (self);
  if (self->job == NULL || sb_job_is_finished (self->job))
    return;
  what = g_strdup_printf ("jobs/%s", sb_item_get_id (SB_ITEM (self->job)));
  sb_client_ask_async (sb_router_get_client (self->router), what, "", self->cancellable, looked_cb,
                       self);
}

static JsonObject *
new_job (SbReplayDialog *self)
{
  JsonObject *job = json_object_new ();
  const char *reason = gtk_editable_get_text (GTK_EDITABLE (self->reason_row));
  double rate = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->rate_spin));

  json_object_set_string_member (job, "kind", "replay");
  json_object_set_object_member (job, "filter", json_object_ref (self->filter));
  json_object_set_string_member (
      job, "rules",
      adw_combo_row_get_selected (ADW_COMBO_ROW (self->rules_row)) == 0 ? "now" : "then");
  json_object_set_boolean_member (job, "skip_succeeded",
                                  gtk_switch_get_active (GTK_SWITCH (self->skip_switch)));
  json_object_set_string_member (job, "actor", g_get_user_name ());
  if (*reason != '\0')
    json_object_set_string_member (job, "reason", reason);
  if (rate > 0)
    json_object_set_double_member (job, "rate_per_second", rate);
  if (gtk_switch_get_active (GTK_SWITCH (self->guard_switch)))
    {
      JsonObject *guard = json_object_new ();

      json_object_set_boolean_member (guard, "confirm", TRUE);
      json_object_set_object_member (job, "guard", guard);
    }
  return job;
}

static void
go_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbReplayDialog *self = SB_REPLAY_DIALOG (widget);

  if (self->job == NULL)
    {
      g_autoptr (JsonObject) job = new_job (self);

      act (self, "jobs", job);
    }
  else if (sb_job_is_finished (self->job))
    gtk_window_close (GTK_WINDOW (self));
  else
    {
      self->alone = TRUE;
      resume (self);
    }
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbReplayDialog *self = SB_REPLAY_DIALOG (widget);
  g_autofree char *what = NULL;

  if (self->job == NULL)
    return;
  self->alone = FALSE;
  what = g_strdup_printf ("jobs/%s/cancel", sb_item_get_id (SB_ITEM (self->job)));
  act (self, what, NULL);
}

static void
rate_cb (SbReplayDialog *self)
{
  double rate = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->rate_spin));
  g_autofree char *time = sb_words_duration (
      rate > 0 ? (gint64) ((double) self->n / rate * G_USEC_PER_SEC) : 0);
  g_autofree char *words = rate > 0 ? g_strdup_printf (_ ("A second; about %s for all"), time)
                                    : g_strdup (_ ("0: as fast as it goes"));

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rate_row), words);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_replay_dialog_dispose (GObject *object)
{
  SbReplayDialog *self = SB_REPLAY_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->job);
  g_clear_object (&self->preview);
  g_clear_object (&self->router);

  G_OBJECT_CLASS (sb_replay_dialog_parent_class)->dispose (object);
}

static void
sb_replay_dialog_finalize (GObject *object)
{
  SbReplayDialog *self = SB_REPLAY_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->filter, json_object_unref);

  G_OBJECT_CLASS (sb_replay_dialog_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, window_title);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, rules_row);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, skip_row);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, skip_switch);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, guard_switch);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, rate_spin);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, rate_row);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, reason_row);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, icon);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, state);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, words);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, bar);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, stop_button);
  gtk_widget_class_bind_template_child (widget_class, SbReplayDialog, go_button);
}

static void
sb_replay_dialog_class_init (SbReplayDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_replay_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_replay_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-replay-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, ask_preview);
  gtk_widget_class_bind_template_callback (widget_class, rate_cb);
  gtk_widget_class_install_action (widget_class, "replay.go", NULL, go_action);
  gtk_widget_class_install_action (widget_class, "replay.stop", NULL, stop_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sb_replay_dialog_init (SbReplayDialog *self)
{
  self->cancellable = g_cancellable_new ();
}

SbReplayDialog *
sb_replay_dialog_new (GtkWindow *parent,
                      SbRouter *router,
                      JsonObject *filter,
                      const char *connector,
                      gint64 n)
{
  SbReplayDialog *self = g_object_new (SB_TYPE_REPLAY_DIALOG, "transient-for", parent, NULL);
  g_autofree char *title = g_strdup_printf (
      ngettext ("Replay %'lu Dead Letter", "Replay %'lu Dead Letters", (gulong) n), (gulong) n);
  g_autofree char *subtitle = *connector != '\0' ? g_strdup_printf (_ ("to %s"), connector)
                                                 : g_strdup ("");

  self->router = g_object_ref (router);
  self->filter = json_object_ref (filter);
  self->n = n;
  self->preview = sb_replay_preview_new (sb_router_get_client (router), filter);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_title (GTK_WINDOW (self), title);
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->window_title), title);
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->window_title), subtitle);
  g_signal_connect_object (router, "changed", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (router, "beat", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->preview, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  rate_cb (self);
  ask_preview (self);
  return self;
}

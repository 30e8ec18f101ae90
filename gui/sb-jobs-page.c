#include "config.h"

#include "sb-jobs-page.h"

#include <glib/gi18n.h>

#include "sb-answer.h"
#include "sb-delivery.h"
#include "sb-item-row.h"
#include "sb-job.h"
#include "sb-json.h"
#include "sb-text.h"
#include "sb-value-row.h"
#include "sb-widget.h"
#include "sb-words.h"

#define N_FAILURES 50
#define FAILURE_BEATS 3
#define RATE_DELAY_MS 600

struct _SbJobsPage
{
  SbListPage parent_instance;

  SbJob *job;         /* selected, or NULL */
  SbAnswer *failures; /* of its deliveries those that did not arrive */
  guint n_beats;
  guint rate_id;    /* a rate was chosen and is told soon */
  gboolean showing; /* it is the page that sets the rate */

  GtkWidget *heading;
  GtkWidget *icon;
  GtkWidget *state;
  GtkWidget *note;
  GtkWidget *progress;
  GtkWidget *bar;
  GtkWidget *buttons;
  GtkWidget *pause_button;
  GtkWidget *resume_button;
  GtkWidget *details_list;
  GtkWidget *rate_group;
  GtkWidget *rate;
  GtkWidget *failures_group;
  GtkWidget *failures_list;
};

G_DEFINE_FINAL_TYPE (SbJobsPage, sb_jobs_page, SB_TYPE_LIST_PAGE)

static char *
progress_words (SbJob *job, gint64 now_us)
{
  g_autofree char *progress = sb_job_dup_progress (job);
  g_autofree char *remaining = sb_job_dup_remaining (job, now_us);

  return *remaining != '\0' ? g_strdup_printf ("%s · %s", progress, remaining)
                            : g_steal_pointer (&progress);
}

static void
update_progress (SbJobsPage *self)
{
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  g_autofree char *words = progress_words (self->job, sb_router_get_now_us (router));
  gboolean finished = sb_job_is_finished (self->job);
  gboolean paused = sb_job_get_state (self->job) == SB_JOB_PAUSED;
  gboolean able = !finished && sb_router_get_state (router) == SB_ROUTER_CONNECTED;

  gtk_label_set_text (GTK_LABEL (self->progress), words);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar),
                                 MAX (sb_job_get_fraction (self->job), 0));
  gtk_widget_set_visible (self->bar, !finished);
  gtk_widget_set_visible (self->buttons, !finished);
  gtk_widget_set_visible (self->pause_button, !paused);
  gtk_widget_set_visible (self->resume_button, paused);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "jobs.cancel", able);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "jobs.pause", able && !paused);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "jobs.resume", able && paused);
}

static void
add_detail (SbJobsPage *self, const char *title, const char *value)
{
  if (*value != '\0')
    gtk_list_box_append (GTK_LIST_BOX (self->details_list),
                         sb_widget_new_property_row (title, value));
}

static void
update_details (SbJobsPage *self)
{
  g_autofree char *created = sb_words_exact_time (sb_job_get_created_us (self->job));
  g_auto (GStrv) lines = g_strsplit (created, "\n", 2);
  g_autofree char *rate = sb_job_get_rate (self->job) > 0
      ? g_strdup_printf (_ ("%g a second"), sb_job_get_rate (self->job))
      : g_strdup (_ ("As fast as it goes"));

  g_autofree char *which = sb_job_dup_which (
      self->job, sb_router_get_now_us (sb_page_get_router (SB_PAGE (self))));

  sb_widget_clear_list_box (GTK_LIST_BOX (self->details_list));
  add_detail (self, _ ("Begun"), lines[0] != NULL ? lines[0] : "");
  add_detail (self, _ ("By"), sb_job_get_actor (self->job));
  add_detail (self, _ ("Reason"), sb_job_get_reason (self->job));
  add_detail (self, _ ("Which"), which);
  if (sb_job_is_finished (self->job))
    add_detail (self, _ ("Rate"), rate);
  add_detail (self, _ ("Number"), sb_item_get_id (SB_ITEM (self->job)));
}

/* ---- Its rate -------------------------------------------------------------------------------- */

static void
update_rate (SbJobsPage *self)
{
  gtk_widget_set_visible (self->rate_group, !sb_job_is_finished (self->job));
  /* Not while somebody is at it. */
  if (gtk_widget_has_focus (self->rate) || self->rate_id != 0 ||
      gtk_widget_get_focus_child (self->rate) != NULL)
    return;
  self->showing = TRUE;
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->rate), sb_job_get_rate (self->job));
  self->showing = FALSE;
}

static void
set_rate_cb (gpointer user_data)
{
  SbJobsPage *self = user_data;
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *what = NULL;

  self->rate_id = 0;
  if (self->job == NULL || sb_job_is_finished (self->job))
    return;
  what = g_strdup_printf ("jobs/%s/rate", sb_item_get_id (SB_ITEM (self->job)));
  json_object_set_double_member (body, "rate_per_second",
                                 gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->rate)));
  sb_page_act (SB_PAGE (self), what, body, NULL);
}

static void
rate_changed_cb (SbJobsPage *self)
{
  if (self->showing)
    return;
  g_clear_handle_id (&self->rate_id, g_source_remove);
  self->rate_id = g_timeout_add_once (RATE_DELAY_MS, set_rate_cb, self);
}

/* ---- What failed ----------------------------------------------------------------------------- */

static GtkWidget *
new_failure_row (JsonObject *object, gint64 now_us)
{
  g_autoptr (SbItem) item = sb_item_new (SB_TYPE_DELIVERY, object);
  SbDelivery *delivery = SB_DELIVERY (item);
  g_autofree char *ago = sb_words_ago (sb_delivery_get_changed_us (delivery), now_us);
  g_autofree char *said = sb_delivery_dup_answer (delivery);
  g_autofree char *title = g_strdup_printf ("%s · %s", sb_delivery_get_detail_type (delivery),
                                            sb_delivery_get_source (delivery));
  GtkWidget *row = sb_value_row_new_note (
      sb_delivery_state_icon (sb_delivery_get_state (delivery)),
      sb_delivery_state_style (sb_delivery_get_state (delivery)), title, said);

  sb_value_row_add_word (row, ago, NULL);
  return row;
}

static void
failures_cb (SbJobsPage *self)
{
  g_autoptr (GPtrArray) failures = sb_json_objects (sb_answer_get (self->failures), "deliveries");
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));

  sb_widget_clear_list_box (GTK_LIST_BOX (self->failures_list));
  for (guint i = 0; i < failures->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->failures_list),
                         new_failure_row (failures->pdata[i], now_us));
  gtk_widget_set_visible (self->failures_group, failures->len > 0);
}

/* What a replay sent and did not arrive: it is tried again, or dead once more. */
static void
ask_failures (SbJobsPage *self)
{
  gboolean replays = self->job != NULL && g_str_equal (sb_job_get_kind (self->job), "replay") &&
                     sb_job_get_operation (self->job) > 0;
  g_autofree char *query = NULL;

  if (replays)
    query = g_strdup_printf ("operation=%" G_GINT64_FORMAT "&state=waiting,dead&limit=%d",
                             sb_job_get_operation (self->job), N_FAILURES);
  sb_answer_set_question (self->failures, replays ? "deliveries" : NULL, replays ? query : "");
  sb_answer_refresh (self->failures);
  failures_cb (self);
}

static void
show_failures_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbJobsPage *self = SB_JOBS_PAGE (widget);
  g_autofree char *query = NULL;

  if (self->job == NULL)
    return;
  query = g_strdup_printf ("operation=%" G_GINT64_FORMAT, sb_job_get_operation (self->job));
  gtk_widget_activate_action (widget, "win.list-dead-letters", "s", query);
}

/* ---- The selected one ------------------------------------------------------------------------ */

static void
update (SbJobsPage *self)
{
  static const char *const styles[] = {
    "accent", "success", "warning", "error", "dim-label", NULL
  };
  g_autofree char *title = sb_job_dup_title (self->job);
  g_autofree char *note = sb_text_visible (sb_job_get_note (self->job), -1, SB_TEXT_LINE);

  sb_widget_set_text (self->heading, title);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), sb_job_get_state_icon (self->job));
  sb_widget_set_style (self->icon, styles, sb_job_get_state_style (self->job));
  gtk_label_set_text (GTK_LABEL (self->state), sb_job_get_state_words (self->job));
  gtk_label_set_text (GTK_LABEL (self->note), note);
  gtk_widget_set_visible (self->note, *note != '\0');
  update_progress (self);
  update_details (self);
  update_rate (self);
}

static void
sb_jobs_page_selected (SbListPage *page, GPtrArray *items)
{
  SbJobsPage *self = SB_JOBS_PAGE (page);
  SbJob *job = items->len > 0 ? g_ptr_array_index (items, 0) : NULL;

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_func (self->job, update, self);
  if (job != self->job)
    g_clear_handle_id (&self->rate_id, g_source_remove);
  g_set_object (&self->job, job);
  ask_failures (self);
  if (job == NULL)
    return;
  g_signal_connect_object (job, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
fill_row (SbItemRow *row, gpointer item, gint64 now_us)
{
  SbJob *job = item;
  g_autofree char *title = sb_job_dup_title (job);
  g_autofree char *ago = sb_words_ago (sb_job_get_created_us (job), now_us);
  g_autofree char *progress = progress_words (job, now_us);

  sb_item_row_set_icon (row, sb_job_get_state_icon (job), sb_job_get_state_style (job));
  sb_item_row_set_title (row, title);
  sb_item_row_set_end (row, ago, NULL);
  sb_item_row_set_lines (row, sb_job_get_state_words (job), progress);
  sb_item_row_set_fraction (row,
                            sb_job_is_finished (job) ? -1 : MAX (sb_job_get_fraction (job), 0));
}

static GtkWidget *
sb_jobs_page_new_row (SbListPage *page)
{
  return sb_item_row_new (fill_row);
}

static void
sb_jobs_page_set_row_item (GtkWidget *row, gpointer item)
{
  sb_item_row_set_item (SB_ITEM_ROW (row), item);
}

static void
sb_jobs_page_beat_row (GtkWidget *row, gint64 now_us)
{
  sb_item_row_beat (SB_ITEM_ROW (row), now_us);
}

static void
sb_jobs_page_beat (SbPage *page)
{
  SbJobsPage *self = SB_JOBS_PAGE (page);

  SB_PAGE_CLASS (sb_jobs_page_parent_class)->beat (page);
  if (self->job == NULL)
    return;
  update_progress (self);
  if (!sb_job_is_finished (self->job) && self->n_beats++ % FAILURE_BEATS == 0)
    ask_failures (self);
}

static void
sb_jobs_page_connected (SbPage *page)
{
  SbJobsPage *self = SB_JOBS_PAGE (page);

  self->failures = sb_answer_new (sb_router_get_client (sb_page_get_router (page)), NULL, "");
  g_signal_connect_object (self->failures, "changed", G_CALLBACK (failures_cb), self,
                           G_CONNECT_SWAPPED);
  SB_PAGE_CLASS (sb_jobs_page_parent_class)->connected (page);
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void
act_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbJobsPage *self = SB_JOBS_PAGE (widget);
  const char *verb = name + strlen ("jobs.");
  g_autofree char *what = NULL;

  if (self->job == NULL)
    return;
  what = g_strdup_printf ("jobs/%s/%s", sb_item_get_id (SB_ITEM (self->job)), verb);
  sb_page_act (SB_PAGE (self), what, NULL, NULL);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_jobs_page_dispose (GObject *object)
{
  SbJobsPage *self = SB_JOBS_PAGE (object);

  g_clear_handle_id (&self->rate_id, g_source_remove);
  g_clear_object (&self->job);
  g_clear_object (&self->failures);

  G_OBJECT_CLASS (sb_jobs_page_parent_class)->dispose (object);
}

static void
sb_jobs_page_class_init (SbJobsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  object_class->dispose = sb_jobs_page_dispose;
  SB_PAGE_CLASS (klass)->beat = sb_jobs_page_beat;
  SB_PAGE_CLASS (klass)->connected = sb_jobs_page_connected;
  list_page_class->query = "";
  list_page_class->get_item_type = sb_job_get_type;
  list_page_class->new_row = sb_jobs_page_new_row;
  list_page_class->set_row_item = sb_jobs_page_set_row_item;
  list_page_class->beat_row = sb_jobs_page_beat_row;
  list_page_class->selected = sb_jobs_page_selected;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-jobs-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, heading);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, icon);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, state);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, note);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, progress);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, bar);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, buttons);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, resume_button);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, details_list);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, rate_group);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, rate);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, failures_group);
  gtk_widget_class_bind_template_child (widget_class, SbJobsPage, failures_list);
  gtk_widget_class_bind_template_callback (widget_class, rate_changed_cb);
  gtk_widget_class_install_action (widget_class, "jobs.show-failures", NULL, show_failures_action);
  gtk_widget_class_install_action (widget_class, "jobs.pause", NULL, act_action);
  gtk_widget_class_install_action (widget_class, "jobs.resume", NULL, act_action);
  gtk_widget_class_install_action (widget_class, "jobs.cancel", NULL, act_action);
}

static void
sb_jobs_page_init (SbJobsPage *self)
{
  GtkWidget *pill = sb_widget_new_pill (_ ("Look at the Dead Letters"), "win.show-section");

  gtk_actionable_set_action_target (GTK_ACTIONABLE (pill), "s", "dead-groups");
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_p, "jobs.pause");
  sb_list_page_set_empty (SB_LIST_PAGE (self), "sb-jobs-symbolic",
                          _ ("No Jobs"),
                             _ ("Replaying or discarding many dead letters is a job of the router, "
                                "and goes on when this window is closed."));
  sb_list_page_set_empty_child (SB_LIST_PAGE (self), pill);
}

#include "config.h"

#include "sb-problems-page.h"

#include <glib/gi18n.h>

#include "sb-answer.h"
#include "sb-bars.h"
#include "sb-histogram.h"
#include "sb-item-detail.h"
#include "sb-item-row.h"
#include "sb-json.h"
#include "sb-problem.h"
#include "sb-replay-dialog.h"
#include "sb-series.h"
#include "sb-widget.h"
#include "sb-words.h"

#define N_POINTS 60
/* A drawing of the last hours is not looked at so often. */
#define HISTORY_BEATS 5

struct _SbProblemsPage
{
  SbListPage parent_instance;

  SbProblem *problem;  /* selected, or NULL */
  SbAnswer *connector; /* that it is about, as it is now */
  SbAnswer *history;   /* of what failed, or died */
  guint n_beats;
  char *paused; /* what undo is about, or NULL */

  SbItemDetail *detail;
  GtkWidget *history_group;
  SbBars *bars;
};

G_DEFINE_FINAL_TYPE (SbProblemsPage, sb_problems_page, SB_TYPE_LIST_PAGE)

/* ---- Showing --------------------------------------------------------------------------------- */

static const struct
{
  const char *icon, *style, *end_style;
} looks[] = {
  [SB_PROBLEM_OPEN] = { "sb-dead-symbolic", "error", "dead" },
  [SB_PROBLEM_ACKNOWLEDGED] = { "sb-held-symbolic", "warning", "waiting" },
  [SB_PROBLEM_RESOLVED] = { "sb-done-symbolic", "success", "plain" },
};

static char *
state_words (SbProblem *problem, gint64 now_us)
{
  g_autofree char *ago = sb_words_ago (sb_problem_get_resolved_us (problem), now_us);

  if (sb_problem_get_state (problem) == SB_PROBLEM_RESOLVED)
    /* Translators: "Resolved 3 min ago" */
    return g_strdup_printf (_ ("Resolved %s"), ago);
  return sb_problem_dup_acknowledged (problem, now_us);
}

static void
enable (SbProblemsPage *self, const char *action, gboolean enabled)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, enabled);
}

/* What can be done about it depends on what it is about, and on how that is. */
static void
update_actions (SbProblemsPage *self)
{
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  SbProblem *problem = self->problem;
  gboolean able = problem != NULL && sb_router_get_state (router) == SB_ROUTER_CONNECTED;
  SbProblemState state = able ? sb_problem_get_state (problem) : SB_PROBLEM_RESOLVED;
  SbProblemKind kind = able ? sb_problem_get_kind (problem) : SB_PROBLEM_OTHER;
  gboolean there = able && state != SB_PROBLEM_RESOLVED;
  gboolean has_connector = able && *sb_problem_get_connector (problem) != '\0';
  const char *held = has_connector ? sb_json_string (sb_answer_get (self->connector), "state") : "";
  gboolean paused = g_str_equal (held, "paused");

  enable (self, "problems.acknowledge", there && state == SB_PROBLEM_OPEN);
  enable (self, "problems.reopen", there && state == SB_PROBLEM_ACKNOWLEDGED);
  enable (self, "problems.pause", there && has_connector && *held != '\0' && !paused);
  enable (self, "problems.resume", has_connector && paused);
  enable (self, "problems.probe", has_connector);
  enable (self, "problems.edit", has_connector);
  enable (self, "problems.look", there && kind == SB_PROBLEM_DEAD_LETTERS);
  enable (self, "problems.replay", there && kind == SB_PROBLEM_DEAD_LETTERS);
  enable (self, "problems.system",
          there && (kind == SB_PROBLEM_CERTIFICATE || kind == SB_PROBLEM_DISK));
}

static void
add_time (SbProblemsPage *self, const char *title, gint64 at_us, gint64 now_us)
{
  g_autofree char *time = NULL;
  g_autofree char *ago = NULL;
  g_autofree char *text = NULL;

  if (at_us <= 0)
    return;
  time = sb_words_time (at_us, now_us);
  ago = sb_words_ago (at_us, now_us);
  /* Translators: a time, and how long ago that is */
  text = g_strdup_printf (C_ ("time and age", "%s, %s"), time, ago);
  sb_item_detail_add_fact (self->detail, title, text);
}

static void
show_facts (SbProblemsPage *self, gint64 now_us)
{
  SbProblem *problem = self->problem;
  SbProblemKind kind = sb_problem_get_kind (problem);
  gboolean counts = kind == SB_PROBLEM_CONNECTOR || kind == SB_PROBLEM_DEAD_LETTERS;
  gboolean resolved = sb_problem_get_state (problem) == SB_PROBLEM_RESOLVED;
  g_autofree char *count = sb_words_count (sb_problem_get_count (problem));
  g_autofree char *times = sb_words_count (sb_problem_get_times (problem));

  sb_item_detail_begin_facts (self->detail);
  if (counts)
    sb_item_detail_add_fact (self->detail, resolved ? _ ("At most there were")
                                                    : kind == SB_PROBLEM_CONNECTOR
                             ? _ ("Deliveries that wait")
                             : _ ("Dead Letters"), count);
  if (counts && !resolved)
    sb_item_detail_add_fact (self->detail, _ ("Trend"), sb_problem_get_trend (problem));
  add_time (self, _ ("First seen"), sb_problem_get_first_us (problem), now_us);
  add_time (self, _ ("Last seen"), sb_problem_get_last_us (problem), now_us);
  add_time (self, _ ("Resolved"), sb_problem_get_resolved_us (problem), now_us);
  add_time (self, _ ("Last success"), sb_problem_get_worked_us (problem), now_us);
  if (sb_problem_get_times (problem) > 1)
    sb_item_detail_add_fact (self->detail, _ ("Times it has come"), times);
  sb_item_detail_add_fact (self->detail, _ ("It said"), sb_problem_get_message (problem));
  sb_item_detail_end_facts (self->detail);
}

static void
update (SbProblemsPage *self)
{
  SbProblem *problem = self->problem;
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));
  g_autofree char *title = NULL;
  g_autofree char *sentence = NULL;
  g_autofree char *note = NULL;

  update_actions (self);
  if (problem == NULL)
    return;
  title = sb_problem_dup_title (problem);
  sentence = sb_problem_dup_sentence (problem, now_us);
  note = state_words (problem, now_us);
  sb_item_detail_set_title (self->detail, title, sb_problem_get_rule (problem));
  sb_item_detail_set_state (self->detail, looks[sb_problem_get_state (problem)].icon,
                            looks[sb_problem_get_state (problem)].style, sentence);
  sb_item_detail_set_lines (self->detail, note, "");
  show_facts (self, now_us);
}

static void
fill_row (SbItemRow *row, gpointer item, gint64 now_us)
{
  SbProblem *problem = item;
  SbProblemState state = sb_problem_get_state (problem);
  g_autofree char *title = sb_problem_dup_title (problem);
  g_autofree char *summary = sb_problem_dup_summary (problem, now_us);
  g_autofree char *count = sb_words_short_count (sb_problem_get_count (problem));
  g_autofree char *last = sb_words_ago (sb_problem_get_last_us (problem), now_us);
  g_autofree char *words = state == SB_PROBLEM_OPEN
                               ? g_strdup_printf ("%s · %s", sb_problem_get_trend (problem), last)
                               : state_words (problem, now_us);

  sb_item_row_set_icon (row, looks[state].icon, looks[state].style);
  sb_item_row_set_title (row, title);
  sb_item_row_set_end (row, count, looks[state].end_style);
  sb_item_row_set_lines (row, summary, words);
}

static GtkWidget *
sb_problems_page_new_row (SbListPage *page)
{
  return sb_item_row_new (fill_row);
}

static void
sb_problems_page_set_row_item (GtkWidget *row, gpointer item)
{
  sb_item_row_set_item (SB_ITEM_ROW (row), item);
}

static void
sb_problems_page_beat_row (GtkWidget *row, gint64 now_us)
{
  sb_item_row_beat (SB_ITEM_ROW (row), now_us);
}

/* ---- What is asked of the selected one ------------------------------------------------------- */

static void
show_failures (SbProblemsPage *self, JsonObject *answer)
{
  g_autoptr (SbSeries) series = sb_series_new (answer);

  for (guint i = 0; i < series->n; i++)
    if (!(series->failed.values[i] >= 0)) /* not a number: the router was not there */
      series->failed.values[i] = 0;
  sb_bars_begin (self->bars, series->start_us, series->step_us, series->n);
  sb_bars_add (self->bars, _ ("Failed"), series->failed.values);
}

static void
history_cb (SbProblemsPage *self)
{
  JsonObject *answer = sb_answer_get (self->history);

  gtk_widget_set_visible (self->history_group, answer != NULL);
  if (answer == NULL || self->problem == NULL)
    return;
  if (sb_problem_get_kind (self->problem) == SB_PROBLEM_CONNECTOR)
    show_failures (self, answer);
  else
    sb_histogram_show (self->bars, answer, sb_histogram_cause);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->history_group),
                                   sb_problem_get_kind (self->problem) == SB_PROBLEM_CONNECTOR
                                   ? _ ("Failures of the Last Hour")
                                   : _ ("When They Died"));
}

static void
ask_history (SbProblemsPage *self)
{
  SbProblem *problem = self->problem;
  SbProblemKind kind = problem != NULL ? sb_problem_get_kind (problem) : SB_PROBLEM_OTHER;
  gboolean died = kind == SB_PROBLEM_DEAD_LETTERS &&
                  sb_problem_get_state (problem) != SB_PROBLEM_RESOLVED;
  g_autofree char *name = g_uri_escape_string (
      kind == SB_PROBLEM_CONNECTOR ? sb_problem_get_connector (problem)
      : problem != NULL            ? sb_item_get_id (SB_ITEM (problem))
                                   : "",
      NULL, FALSE);
  g_autofree char *query = g_strdup_printf (kind == SB_PROBLEM_CONNECTOR
                                                ? "step=1m&points=%d&of=connectors&name=%s"
                                                : "points=%d&fingerprint=%s",
                                            N_POINTS, name);

  sb_answer_set_question (self->history,
                          kind == SB_PROBLEM_CONNECTOR ? "series"
                          : died                       ? "dead-letters/histogram"
                                                       : NULL,
                          query);
  sb_answer_refresh (self->history);
  history_cb (self);
}

static void
ask_connector (SbProblemsPage *self)
{
  g_autofree char *what = NULL;

  if (self->problem != NULL && *sb_problem_get_connector (self->problem) != '\0')
    what = g_strconcat ("connectors/", sb_problem_get_connector (self->problem), NULL);
  sb_answer_set_question (self->connector, what, "");
  sb_answer_refresh (self->connector);
}

static void
sb_problems_page_selected (SbListPage *page, GPtrArray *items)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (page);
  SbProblem *item = items->len > 0 ? g_ptr_array_index (items, 0) : NULL;
  gboolean other = item != self->problem;

  if (self->problem != NULL)
    g_signal_handlers_disconnect_by_func (self->problem, update, self);
  g_set_object (&self->problem, item);
  if (item != NULL)
    g_signal_connect_object (item, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  if (other)
    {
      ask_connector (self);
      ask_history (self);
    }
  update (self);
}

static void
sb_problems_page_connected (SbPage *page)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (page);
  SbClient *client = sb_router_get_client (sb_page_get_router (page));

  self->connector = sb_answer_new (client, NULL, "");
  self->history = sb_answer_new (client, NULL, "");
  g_signal_connect_object (self->connector, "changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->history, "changed", G_CALLBACK (history_cb), self,
                           G_CONNECT_SWAPPED);
  SB_PAGE_CLASS (sb_problems_page_parent_class)->connected (page);
}

static void
sb_problems_page_beat (SbPage *page)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (page);

  SB_PAGE_CLASS (sb_problems_page_parent_class)->beat (page);
  if (sb_router_get_state (sb_page_get_router (page)) == SB_ROUTER_CONNECTED)
    {
      sb_paged_list_refresh (sb_list_page_get_list (SB_LIST_PAGE (page)));
      ask_connector (self);
      if (self->n_beats++ % HISTORY_BEATS == 0)
        ask_history (self);
    }
  update (self);
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void
act_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (widget);
  g_autofree char *what = g_strdup_printf (
      "problems/%s/%s", sb_item_get_id (SB_ITEM (self->problem)), name + strlen ("problems."));

  sb_page_act (SB_PAGE (self), what, NULL, NULL);
}

static void
hold (SbProblemsPage *self, const char *connector, const char *verb)
{
  g_autofree char *what = g_strdup_printf ("connectors/%s/%s", connector, verb);

  sb_page_act (SB_PAGE (self), what, NULL, NULL);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (widget);
  g_autofree char *text = NULL;

  g_free (self->paused);
  self->paused = g_strdup (sb_problem_get_connector (self->problem));
  text = g_strdup_printf (_ ("%s is paused"), self->paused);
  hold (self, self->paused, "pause");
  sb_page_offer_undo (SB_PAGE (self), text);
}

static void
resume_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (widget);

  hold (self, sb_problem_get_connector (self->problem), "resume");
}

static void
sb_problems_page_undo (SbPage *page)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (page);
  g_autofree char *paused = g_steal_pointer (&self->paused);

  if (paused != NULL)
    hold (self, paused, "resume");
}

static void
probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  const char *connector = sb_json_string (answer, "connector");
  g_autofree char *said = NULL;
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    {
      sb_page_toast (SB_PAGE (user_data), error->message);
      return;
    }
  said = sb_words_answer (connector, sb_json_string (answer, "outcome"),
                          (int) sb_json_int (answer, "status"),
                          sb_json_string (answer, "error_code"));
  text = g_str_equal (sb_json_string (answer, "outcome"), "delivered")
      ? g_strdup_printf (_ ("%s can be reached"), connector)
      /* Translators: of a connector: "webhook/orders: No connection" */
      : g_strdup_printf (C_ ("probe", "%s: %s"), connector, said);
  sb_page_toast (SB_PAGE (user_data), text);
}

static void
probe_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (widget);
  g_autofree char *what = g_strdup_printf ("connectors/%s/probe",
                                           sb_problem_get_connector (self->problem));

  sb_client_act_patiently_async (sb_router_get_client (sb_page_get_router (SB_PAGE (self))), what,
                                 NULL, sb_page_get_cancellable (SB_PAGE (self)), probed_cb, self);
}

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.show-connector", "s",
                              sb_problem_get_connector (SB_PROBLEMS_PAGE (widget)->problem));
}

static void
look_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (widget);
  g_autofree char *fingerprint = g_uri_escape_string (sb_item_get_id (SB_ITEM (self->problem)),
                                                      NULL, FALSE);
  g_autofree char *query = g_strconcat ("fingerprint=", fingerprint, NULL);

  gtk_widget_activate_action (widget, "win.list-dead-letters", "s", query);
}

static void
system_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.show-section", "s", "system");
}

/* What dies later is not meant. */
static void
replay_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (widget);
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  g_autoptr (JsonObject) filter = json_object_new ();
  g_autofree char *to = sb_json_format_time (sb_router_get_now_us (router));

  json_object_set_string_member (filter, "fingerprint", sb_item_get_id (SB_ITEM (self->problem)));
  json_object_set_string_member (filter, "to", to);
  gtk_window_present (GTK_WINDOW (sb_replay_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (widget)), router, filter,
      sb_problem_get_connector (self->problem), sb_problem_get_count (self->problem))));
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_problems_page_dispose (GObject *object)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (object);

  g_clear_object (&self->problem);
  g_clear_object (&self->connector);
  g_clear_object (&self->history);
  g_clear_pointer (&self->paused, g_free);

  G_OBJECT_CLASS (sb_problems_page_parent_class)->dispose (object);
}

static void
sb_problems_page_class_init (SbProblemsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbPageClass *page_class = SB_PAGE_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  object_class->dispose = sb_problems_page_dispose;
  page_class->connected = sb_problems_page_connected;
  page_class->beat = sb_problems_page_beat;
  page_class->undo = sb_problems_page_undo;
  list_page_class->query = "resolved=true";
  list_page_class->get_item_type = sb_problem_get_type;
  list_page_class->new_row = sb_problems_page_new_row;
  list_page_class->set_row_item = sb_problems_page_set_row_item;
  list_page_class->beat_row = sb_problems_page_beat_row;
  list_page_class->selected = sb_problems_page_selected;

  g_type_ensure (SB_TYPE_ITEM_DETAIL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-problems-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbProblemsPage, detail);
  gtk_widget_class_install_action (widget_class, "problems.acknowledge", NULL, act_action);
  gtk_widget_class_install_action (widget_class, "problems.reopen", NULL, act_action);
  gtk_widget_class_install_action (widget_class, "problems.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "problems.resume", NULL, resume_action);
  gtk_widget_class_install_action (widget_class, "problems.probe", NULL, probe_action);
  gtk_widget_class_install_action (widget_class, "problems.edit", NULL, edit_action);
  gtk_widget_class_install_action (widget_class, "problems.look", NULL, look_action);
  gtk_widget_class_install_action (widget_class, "problems.system", NULL, system_action);
  gtk_widget_class_install_action (widget_class, "problems.replay", NULL, replay_action);
}

static void
add_buttons (SbProblemsPage *self)
{
  const struct
  {
    const char *label, *tooltip, *action, *style;
  } buttons[] = {
    { _ ("Acknowledge"), _ ("Somebody sees to it"), "problems.acknowledge", NULL },
      { _ ("Reopen"), _ ("Nobody sees to it any more"), "problems.reopen", NULL },
        { _ ("Pause"), _ ("Hold what goes to this connector (P)"), "problems.pause", NULL },
          { _ ("Resume"), _ ("Send again what is held"), "problems.resume", NULL },
            { _ ("Probe"), _ ("See whether it can be reached (T)"), "problems.probe", NULL },
              { _ ("Edit"), _ ("Go to the connector’s settings (E)"), "problems.edit", NULL },
                { _ ("Show"), _ ("Go to these dead letters"), "problems.look", NULL },
                  { _ ("Show System"),
                       _ ("Go to where it is said how the router is"), "problems.system", NULL },
                    { _ ("Replay…"),
                         _ ("Send these dead letters again (R)"), "problems.replay",
                            "suggested-action" },
                  };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    sb_item_detail_add_button (self->detail, buttons[i].label, buttons[i].tooltip,
                               buttons[i].action, buttons[i].style);
}

static void
sb_problems_page_init (SbProblemsPage *self)
{
  GtkWidget *pill;

  gtk_widget_init_template (GTK_WIDGET (self));
  add_buttons (self);
  self->history_group = adw_preferences_group_new ();
  self->bars = g_object_new (SB_TYPE_BARS, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->bars), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self->bars), "plot");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->history_group), GTK_WIDGET (self->bars));
  gtk_widget_set_visible (self->history_group, FALSE);
  sb_item_detail_append (self->detail, self->history_group);
  /* Before the facts, which stand last until then. */
  gtk_box_reorder_child_after (GTK_BOX (gtk_widget_get_parent (self->history_group)),
                               gtk_widget_get_prev_sibling (self->history_group),
                               self->history_group);
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_r, "problems.replay");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_e, "problems.edit");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_p, "problems.pause");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_t, "problems.probe");
  sb_list_page_set_empty (SB_LIST_PAGE (self), "emblem-ok-symbolic",
                          _ ("No Problems"),
                             _ ("What fails is listed here, one row a cause, and for a week after "
                                "it was resolved."));
  pill = sb_widget_new_pill (_ ("Look at the Overview"), "win.show-section");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (pill), "s", "overview");
  sb_list_page_set_empty_child (SB_LIST_PAGE (self), pill);
}

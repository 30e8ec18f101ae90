#include "config.h"

#include "sb-overview-page.h"

#include <glib/gi18n.h>

#include "sb-answer.h"
#include "sb-connector.h"
#include "sb-json.h"
#include "sb-number-card.h"
#include "sb-paged-list.h"
#include "sb-plot.h"
#include "sb-series.h"
#include "sb-text.h"
#include "sb-timeline.h"
#include "sb-value-row.h"
#include "sb-widget.h"
#include "sb-words.h"

#define MEAN_STEPS 10    /* that a rate is the mean of */
#define FAILING_STEPS 60 /* that the failing share is of */
#define MAX_CELLS 60     /* connectors; the rest is on their own page */
#define MAX_HAPPENINGS 8 /* rows; all of them are marks in the plots */
#define TIMELINE_BEATS 5 /* between two questions for what changed */
#define MAX_MARKS 500    /* in a plot */

/* Time goes on by itself, so the numbers are asked for once a second while the page is seen, not
 * when something changes.  The last five minutes are for the numbers, and for the plots whatever
 * range is chosen. */
struct _SbOverviewPage
{
  SbPage parent_instance;

  SbPagedList *connectors;
  char **cells;        /* the connectors that have one */
  SbAnswer *changes;   /* what the timeline is made of */
  GPtrArray *timeline; /* of SbHappening; NULL: nothing is known yet */
  char *shown;         /* the rows that are there, to leave them alone while they are right */
  guint n_beats;
  gboolean asking;
  gboolean asking_range;

  GtkWidget *stack;
  AdwStatusPage *error_page;
  GtkWidget *range;
  SbNumberCard *in_card;
  SbNumberCard *delivered_card;
  SbNumberCard *failing_card;
  SbNumberCard *pending_card;
  SbNumberCard *oldest_card;
  SbNumberCard *dead_card;
  SbPlot *rates_plot;
  SbPlot *backlog_plot;
  GtkFlowBox *connectors_box;
  GtkWidget *connectors_group;
  GtkListBox *changes_list;
};

G_DEFINE_FINAL_TYPE (SbOverviewPage, sb_overview_page, SB_TYPE_PAGE)

static const struct
{
  const char *query;
  gint64 span_us;
} ranges[] = {
  { "step=1s&points=300", 300 * G_TIME_SPAN_SECOND },
  { "step=1m&points=60", G_TIME_SPAN_HOUR },
  { "step=1m&points=1440", G_TIME_SPAN_DAY },
  { "step=1h&points=168", 7 * G_TIME_SPAN_DAY },
};

/* ---- Numbers --------------------------------------------------------------------------------- */

static double
mean (const SbValues *values, guint n_steps)
{
  guint n_known;
  double sum = sb_values_sum (values, n_steps, &n_known);

  return n_known > 0 ? sum / n_known : 0;
}

static char *
rate_text (double rate)
{
  if (rate > 0 && rate < 10)
    /* Translators: so many a second */
    return g_strdup_printf (_ ("%.1f/s"), rate);
  return g_strdup_printf (_ ("%.0f/s"), rate);
}

static void
show_numbers (SbOverviewPage *self, const SbSeries *series)
{
  double failed = sb_values_sum (&series->failed, FAILING_STEPS, NULL);
  double delivered = sb_values_sum (&series->delivered, FAILING_STEPS, NULL);
  g_autofree char *in = rate_text (mean (&series->in, MEAN_STEPS));
  g_autofree char *out = rate_text (mean (&series->delivered, MEAN_STEPS));
  g_autofree char *failing = g_strdup_printf (
      _ ("%.1f %%"), failed + delivered > 0 ? 100 * failed / (failed + delivered) : 0.0);
  g_autofree char *pending = sb_words_count ((gint64) sb_values_last (&series->pending));
  g_autofree char *oldest = sb_words_duration (
      (gint64) (sb_values_last (&series->oldest_pending_s) * G_USEC_PER_SEC));
  g_autofree char *dead = sb_words_count ((gint64) sb_values_last (&series->dead_letters));

  sb_number_card_set (self->in_card, in,
                      _ ("Events taken in, a mean of ten seconds"), series->in.values, series->n);
  sb_number_card_set (self->delivered_card, out,
                      _ ("Deliveries that arrived, a mean of ten seconds"),
                         series->delivered.values, series->n);
  sb_number_card_set (self->failing_card, failing,
                      _ ("Of the attempts of the last minute"), series->failed.values, series->n);
  sb_number_card_set (self->pending_card, pending,
                      _ ("Deliveries that are not settled yet"), series->pending.values, series->n);
  sb_number_card_set (self->oldest_card,
                      sb_values_last (&series->pending) > 0
                          ? oldest
                          : _ ("none"), _ ("How long the oldest unsettled delivery has waited"),
                                           series->oldest_pending_s.values, series->n);
  sb_number_card_set (self->dead_card, dead,
                      _ ("Deliveries that gave up"), series->dead_letters.values, series->n);
}

static void
add_rate (SbPlot *plot,
          const char *name,
          const char *color,
          const SbSeries *series,
          const SbValues *values)
{
  g_autofree double *rates = sb_values_dup_rate (values, series->step_us);

  sb_plot_add (plot, name, color, rates, values->n);
}

/* ---- What changed ---------------------------------------------------------------------------- */

static GtkWidget *
new_change_row (const SbHappening *happening, gint64 now_us)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (sb_happening_get_icon (happening->kind));
  GtkWidget *time = gtk_label_new (NULL);
  g_autofree char *at = sb_words_time (happening->at_us, now_us);
  g_autofree char *exactly = sb_words_exact_time (happening->at_us);
  g_autofree char *text = sb_text_isolate (happening->text);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  gtk_widget_add_css_class (icon, sb_happening_get_style (happening->kind));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  gtk_label_set_text (GTK_LABEL (time), at);
  sb_widget_set_tooltip (time, exactly);
  gtk_widget_add_css_class (time, "dim-label");
  gtk_widget_add_css_class (time, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), time);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.show-section");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s",
                                    sb_happening_get_section (happening->kind));
  return row;
}

/* The rows of the time that the plots are about. */
static void
show_changes (SbOverviewPage *self, gint64 start_us)
{
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));
  g_autoptr (GString) shown = g_string_new (NULL);
  guint n = 0;

  if (self->timeline == NULL)
    return;
  for (; n < MIN (self->timeline->len, MAX_HAPPENINGS); n++)
    {
      const SbHappening *happening = g_ptr_array_index (self->timeline, n);

      if (happening->at_us < start_us)
        break;
      g_string_append_printf (shown, "%" G_GINT64_FORMAT " %s\n", happening->at_us,
                              happening->text);
    }
  if (g_strcmp0 (shown->str, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_string_free (g_steal_pointer (&shown), FALSE);
  sb_widget_clear_list_box (self->changes_list);
  for (guint i = 0; i < n; i++)
    gtk_list_box_append (self->changes_list,
                         new_change_row (g_ptr_array_index (self->timeline, i), now_us));
  if (n == 0)
    gtk_list_box_append (self->changes_list,
                         sb_value_row_new_note ("sb-done-symbolic", "dim-label",
                                                _ ("Nothing was changed in this time"), ""));
}

static void
timeline_cb (SbOverviewPage *self)
{
  g_clear_pointer (&self->timeline, g_ptr_array_unref);
  self->timeline = sb_timeline_new (sb_answer_get (self->changes));
}

/* Of the time that the plots are about, from the hour on in which it began: a question that stays
 * the same is not cut short by the next one. */
static void
ask_what_changed (SbOverviewPage *self)
{
  guint range = MIN (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->range)),
                     G_N_ELEMENTS (ranges) - 1);
  gint64 from_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self))) -
                   ranges[range].span_us;
  g_autofree char *from = sb_json_format_time (from_us - from_us % G_TIME_SPAN_HOUR);
  g_autofree char *query = g_strdup_printf ("from=%s&limit=%d", from, MAX_MARKS);

  sb_answer_set_query (self->changes, query);
  sb_answer_refresh (self->changes);
}

static SbPlotShape
shape_of (SbHappeningKind kind)
{
  static const SbPlotShape shapes[] = {
    [SB_HAPPENING_DEPLOY] = SB_PLOT_DIAMOND, [SB_HAPPENING_BREAKER] = SB_PLOT_DOWN,
    [SB_HAPPENING_RECOVERY] = SB_PLOT_UP,    [SB_HAPPENING_REPLAY] = SB_PLOT_DOT,
    [SB_HAPPENING_PAUSE] = SB_PLOT_BARS,     [SB_HAPPENING_RESTART] = SB_PLOT_SQUARE,
  };

  return shapes[kind];
}

static void
add_marks (SbOverviewPage *self, SbPlot *plot)
{
  for (guint i = 0; self->timeline != NULL && i < self->timeline->len; i++)
    {
      const SbHappening *happening = g_ptr_array_index (self->timeline, i);

      sb_plot_add_mark (plot, happening->at_us, sb_happening_get_color (happening->kind),
                        shape_of (happening->kind), happening->text);
    }
}

static void
show_plots (SbOverviewPage *self, const SbSeries *series)
{
  sb_plot_begin (self->rates_plot, series->start_us, series->step_us);
  add_rate (self->rates_plot, _ ("In"), "accent_color", series, &series->in);
  add_rate (self->rates_plot, _ ("Delivered"), "success_color", series, &series->delivered);
  add_rate (self->rates_plot, _ ("Failed"), "error_color", series, &series->failed);
  sb_plot_begin (self->backlog_plot, series->start_us, series->step_us);
  sb_plot_add (self->backlog_plot, _ ("Pending"), "warning_color", series->pending.values,
                                      series->n);
  sb_plot_add (self->backlog_plot, _ ("Dead letters"), "error_color", series->dead_letters.values,
                                      series->n);
  add_marks (self, self->rates_plot);
  add_marks (self, self->backlog_plot);
  show_changes (self, series->start_us);
}

/* ---- Connectors ------------------------------------------------------------------------------ */

static GtkWidget *
new_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  sb_widget_set_text (label, text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (label, style);
  return label;
}

static void
update_cell (GtkWidget *button, SbConnector *connector)
{
  static const char *const styles[] = {
    "accent", "success", "warning", "error", "dim-label", NULL
  };
  GtkWidget *icon = gtk_widget_get_first_child (gtk_button_get_child (GTK_BUTTON (button)));
  GtkWidget *text = gtk_widget_get_last_child (gtk_widget_get_next_sibling (icon));
  const char *words = sb_connector_get_state_words (connector);
  g_autofree char *pending = sb_words_short_count (sb_connector_get_pending (connector));
  g_autofree char *waits = g_strdup_printf (_ ("%s pending"), pending);
  g_autofree char *p95 = sb_connector_get_p95_ms (connector) >= 0
                             ? sb_words_duration (
                                   (gint64) (sb_connector_get_p95_ms (connector) * 1000))
                             : g_strdup ("–");
  g_autofree char *line = g_strdup_printf (_ ("%s · p95 %s"), waits, p95);
  g_autofree char *label = g_strjoin (_ (", "), sb_item_get_id (SB_ITEM (connector)), words, line,
                                         NULL);

  sb_widget_set_icon (icon, sb_connector_get_state_icon (connector));
  sb_widget_set_style (icon, styles, sb_connector_get_state_style (connector));
  gtk_label_set_text (GTK_LABEL (text), line);
  sb_widget_set_tooltip (button, words);
  sb_widget_set_name (button, label);
}

static GtkWidget *
new_cell (const char *name)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_box_append (GTK_BOX (lines), new_label (name, "heading"));
  gtk_box_append (GTK_BOX (lines), new_label ("", "caption"));
  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), lines);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "card");
  gtk_widget_add_css_class (button, "cell");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-connector");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", name);
  return button;
}

static void
make_cells (SbOverviewPage *self, const char *const *names)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->connectors_box))) != NULL)
    gtk_flow_box_remove (self->connectors_box, child);
  for (; *names != NULL; names++)
    {
      gtk_flow_box_append (self->connectors_box, new_cell (*names));
      child = gtk_widget_get_last_child (GTK_WIDGET (self->connectors_box));
      gtk_widget_set_focusable (child, FALSE);
    }
}

/* Cells stay as long as the connectors do: one of them may have the focus. */
static void
settled_cb (SbOverviewPage *self)
{
  GListModel *list = G_LIST_MODEL (self->connectors);
  guint n = MIN (g_list_model_get_n_items (list), MAX_CELLS);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SbItem) item = g_list_model_get_item (list, i);

      g_strv_builder_add (builder, sb_item_get_id (item));
    }
  names = g_strv_builder_end (builder);
  if (self->cells == NULL ||
      !g_strv_equal ((const char *const *) self->cells, (const char *const *) names))
    {
      make_cells (self, (const char *const *) names);
      g_clear_pointer (&self->cells, g_strfreev);
      self->cells = g_steal_pointer (&names);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SbConnector) connector = g_list_model_get_item (list, i);
      GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (self->connectors_box, (int) i);

      update_cell (gtk_flow_box_child_get_child (child), connector);
    }
  gtk_widget_set_visible (self->connectors_group, n > 0);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

static void
show_error (SbOverviewPage *self, const char *message)
{
  g_autofree char *visible = sb_text_visible (message, -1, SB_TEXT_LINE);
  g_autofree char *text = g_markup_escape_text (visible, -1);

  adw_status_page_set_description (self->error_page, text);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "error");
}

static void
numbers_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  g_autoptr (SbSeries) series = NULL;
  SbOverviewPage *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_OVERVIEW_PAGE (user_data);
  self->asking = FALSE;
  if (answer == NULL)
    {
      /* What was said once stays. */
      if (!g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (self->stack)), "numbers"))
        show_error (self, error->message);
      return;
    }
  series = sb_series_new (answer);
  show_numbers (self, series);
  if (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->range)) == 0)
    show_plots (self, series);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "numbers");
}

static void
range_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  g_autoptr (SbSeries) series = NULL;
  SbOverviewPage *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_OVERVIEW_PAGE (user_data);
  self->asking_range = FALSE;
  if (answer == NULL)
    return;
  series = sb_series_new (answer);
  show_plots (self, series);
}

static void
ask (SbOverviewPage *self)
{
  SbClient *client = sb_router_get_client (sb_page_get_router (SB_PAGE (self)));
  guint range = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->range));

  if (!self->asking)
    {
      self->asking = TRUE;
      sb_client_ask_async (client, "series", ranges[0].query,
                           sb_page_get_cancellable (SB_PAGE (self)), numbers_cb, self);
    }
  if (range > 0 && range < G_N_ELEMENTS (ranges) && !self->asking_range)
    {
      self->asking_range = TRUE;
      sb_client_ask_async (client, "series", ranges[range].query,
                           sb_page_get_cancellable (SB_PAGE (self)), range_cb, self);
    }
}

static void
range_chosen_cb (SbOverviewPage *self)
{
  if (sb_page_get_router (SB_PAGE (self)) == NULL)
    return;
  ask (self);
  ask_what_changed (self);
}

/* A peak is looked into: the events of that step. */
static void
plot_activated_cb (SbOverviewPage *self, gint64 from_us, gint64 to_us)
{
  g_autofree char *from = sb_json_format_time (from_us);
  g_autofree char *to = sb_json_format_time (to_us);
  g_autofree char *filter = g_strdup_printf ("after:%s before:%s", from, to);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.list-events", "s", filter);
}

static void
sb_overview_page_connected (SbPage *page)
{
  SbOverviewPage *self = SB_OVERVIEW_PAGE (page);
  SbClient *client = sb_router_get_client (sb_page_get_router (page));

  self->connectors = sb_paged_list_new (client, SB_TYPE_CONNECTOR, "", 100);
  g_signal_connect_object (self->connectors, "settled", G_CALLBACK (settled_cb), self,
                           G_CONNECT_SWAPPED);
  self->changes = sb_answer_new (client, "timeline", "");
  g_signal_connect_object (self->changes, "changed", G_CALLBACK (timeline_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
sb_overview_page_beat (SbPage *page)
{
  SbOverviewPage *self = SB_OVERVIEW_PAGE (page);

  if (sb_router_get_state (sb_page_get_router (page)) != SB_ROUTER_CONNECTED)
    return;
  ask (self);
  sb_paged_list_refresh (self->connectors);
  if (self->n_beats++ % TIMELINE_BEATS == 0)
    ask_what_changed (self);
}

static void
sb_overview_page_dispose (GObject *object)
{
  SbOverviewPage *self = SB_OVERVIEW_PAGE (object);

  g_clear_object (&self->connectors);
  g_clear_object (&self->changes);
  g_clear_pointer (&self->timeline, g_ptr_array_unref);
  g_clear_pointer (&self->shown, g_free);
  g_clear_pointer (&self->cells, g_strfreev);

  G_OBJECT_CLASS (sb_overview_page_parent_class)->dispose (object);
}

static void
sb_overview_page_class_init (SbOverviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_overview_page_dispose;
  SB_PAGE_CLASS (klass)->connected = sb_overview_page_connected;
  SB_PAGE_CLASS (klass)->beat = sb_overview_page_beat;

  g_type_ensure (SB_TYPE_NUMBER_CARD);
  g_type_ensure (SB_TYPE_PLOT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-overview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, error_page);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, range);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, in_card);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, delivered_card);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, failing_card);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, pending_card);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, oldest_card);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, dead_card);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, rates_plot);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, backlog_plot);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, connectors_box);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, connectors_group);
  gtk_widget_class_bind_template_child (widget_class, SbOverviewPage, changes_list);
  gtk_widget_class_bind_template_callback (widget_class, range_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, plot_activated_cb);
}

static void
sb_overview_page_init (SbOverviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
